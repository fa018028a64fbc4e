/* test_law_vec.c - exp and log of our own over the whole line; and formulas run
 * over rows: by every vector width as by the definition, a row alone as one of
 * many. */

#include "law/law.h"

#include "base/know.h"
#include "base/rng.h"
#include "law/law_vec.h"
#include "tests/test.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Arena arena;

static const char *const widths[] = { "avx512", "avx2", "plain" };

/* ---- exp and log ------------------------------------------------------- */

/* How far y is from the true value, in units of its last place. */
static double ulps(double y, long double want)
{
    const double near = (double)want;
    if (isinf(near) || near == 0)
        return y == near ? 0 : INFINITY;
    const double size = fmax(fabs(near), DBL_MIN);
    const double ulp = nextafter(size, INFINITY) - size;
    return (double)(fabsl((long double)y - want) / ulp);
}

typedef long double Truth(long double x);

static double worst_of(void (*f)(double *, const double *, i64), Truth *truth,
                       const double *x, i64 n)
{
    double *y = malloc((size_t)n * sizeof *y), worst = 0;
    f(y, x, n);
    for (i64 i = 0; i < n; i++) {
        const double far = ulps(y[i], truth(x[i]));
        if (!(far <= worst)) {
            worst = far;
            test_note("x = %a", x[i]);
        }
    }
    free(y);
    return worst;
}

enum { MANY = 200001 };

/* The error that law_lanes.inc.h states: 1.5 units in the last place, where the
 * result is a normal number; a subnormal one is rounded once more. */
TEST(exp_is_within_its_error_from_underflow_to_overflow)
{
    static double x[MANY];
    for (int w = 0; w < COUNT_OF(widths); w++) {
        const LawVec *vec = law_vec_find(widths[w]);
        if (!vec)
            continue;
        for (i64 i = 0; i < MANY; i++)
            x[i] = -760 + 1480.0 * (double)i / MANY;
        CHECK_BELOW(worst_of(vec->exp, expl, x, MANY), 1.5);
        for (i64 i = 0; i < MANY; i++)
            x[i] = -1.5 + 3.0 * (double)i / MANY;
        CHECK_BELOW(worst_of(vec->exp, expl, x, MANY), 1.5);
        for (i64 i = 0; i < MANY; i++) /* every size near 0, both signs */
            x[i] = (i & 1 ? -1 : 1) * ldexp(1 + (double)i / MANY,
                                            -(int)(i % 1070));
        CHECK_BELOW(worst_of(vec->exp, expl, x, MANY), 1.5);
    }
}

TEST(log_is_within_its_error_over_all_positive_numbers)
{
    static double x[MANY];
    for (int w = 0; w < COUNT_OF(widths); w++) {
        const LawVec *vec = law_vec_find(widths[w]);
        if (!vec)
            continue;
        for (i64 i = 0; i < MANY; i++) /* subnormal to the largest */
            x[i] = ldexp(1 + (double)i / MANY, (int)(i % 2097) - 1073);
        CHECK_BELOW(worst_of(vec->log, logl, x, MANY), 1.5);
        for (i64 i = 0; i < MANY; i++)
            x[i] = 0.5 + 1.5 * (double)i / MANY;
        CHECK_BELOW(worst_of(vec->log, logl, x, MANY), 1.5);
        for (i64 i = 0; i < MANY; i++) /* both sides of 1, ever nearer */
            x[i] = 1 + (i & 1 ? -1 : 1) * ldexp(1, -(int)(i % 53));
        x[1] = 2;
        for (i64 i = 0; i < MANY; i++)
            x[i] = x[i] > 0 ? x[i] : 1;
        CHECK_BELOW(worst_of(vec->log, logl, x, MANY), 1.5);
    }
}

TEST(the_ends_of_the_line_are_what_they_should_be)
{
    for (int w = 0; w < COUNT_OF(widths); w++) {
        const LawVec *vec = law_vec_find(widths[w]);
        if (!vec)
            continue;
        test_note("%s", widths[w]);
        const double x[] = { INFINITY, -INFINITY, NAN, 0, -0.0, 710, -746, 1e300,
                             -1e300, 709.78, -745.13 };
        double y[COUNT_OF(x)];
        vec->exp(y, x, COUNT_OF(x));
        CHECK(y[0] == INFINITY && y[1] == 0 && isnan(y[2]));
        CHECK(y[3] == 1 && y[4] == 1);
        CHECK(y[5] == INFINITY && y[6] == 0 && y[7] == INFINITY && y[8] == 0);
        CHECK(isfinite(y[9]) && y[9] > 1.7e308);
        CHECK(y[10] > 0 && y[10] < 1e-323);
        const double u[] = { INFINITY, -INFINITY, NAN, 0, -0.0, -1, 1,
                             0x1p-1074, DBL_MAX };
        vec->log(y, u, COUNT_OF(u));
        CHECK(y[0] == INFINITY && isnan(y[1]) && isnan(y[2]));
        CHECK(y[3] == -INFINITY && y[4] == -INFINITY && isnan(y[5]));
        CHECK(y[6] == 0);
        CHECK_NEAR(y[7], log(0x1p-1074), 1e-15);
        CHECK_NEAR(y[8], log(DBL_MAX), 1e-15);
    }
}

/* ---- the definition ---------------------------------------------------- */

static double one(TapeOp op, double a, double b, double c)
{
    switch (op) {
    case TAPE_COPY:      return a;
    case TAPE_NEG:       return -a;
    case TAPE_EXP:       return exp(a);
    case TAPE_LOG:       return a == 0 ? DAG_LOG_OF_0 : log(a);
    case TAPE_SIGMOID:   return 1 / (1 + exp(-a));
    case TAPE_ADD:       return a + b;
    case TAPE_SUB:       return a - b;
    case TAPE_MUL:       return a * b;
    case TAPE_DIV:       return a / b;
    case TAPE_MIN:       return b < a ? b : a;
    case TAPE_MAX:       return b > a ? b : a;
    case TAPE_GE:        return a >= b;
    case TAPE_NMUL:      return -(a * b);
    case TAPE_EXP_MUL:   return exp(a * b);
    case TAPE_EXP_NMUL:  return exp(-(a * b));
    case TAPE_MUL_ADD:   return a * b + c;
    case TAPE_MUL_SUB:   return a * b - c;
    case TAPE_NMUL_ADD:  return c - a * b;
    case TAPE_MUL_MUL:   return a * b * c;
    case TAPE_NMUL_MUL:  return -(a * b * c);
    case TAPE_OPS:       break;
    }
    return NAN;
}

static double *at(const Memory *m, u8 kind, i32 slot)
{
    return m->base[kind] + slot * m->stride[kind];
}

/* One row after another; libm. Never says that all is finite, so that every
 * result is looked at. */
static bool run(const TapeStep *step, int nstep, const Memory *m, i64 n)
{
    for (int k = 0; k < nstep; k++) {
        const TapeStep *s = &step[k];
        const i64 da = s->a_kind != TAPE_SCALAR, db = s->b_kind != TAPE_SCALAR;
        const i64 dc = s->c_kind != TAPE_SCALAR;
        for (i64 i = 0; i < n; i++)
            at(m, s->kind, s->slot)[i]
                = one(s->op, at(m, s->a_kind, s->a)[i * da],
                      at(m, s->b_kind, s->b)[i * db],
                      at(m, s->c_kind, s->c)[i * dc]);
    }
    return false;
}

static const LawVec definition = { .name = "definition", .run = run };

/* ---- every law, every width -------------------------------------------- */

static const i64 counts[] = { 1, 7, 8, 9, 63, 64, 65, 127, 129, 600 };
enum { ROWS_MAX = 600, PAIRS_MAX = LAW_PARAMS_MAX * (LAW_PARAMS_MAX + 1) / 2 };

typedef struct Results {
    double value[ROWS_MAX], jac[LAW_PARAMS_MAX * ROWS_MAX];
    double hess[PAIRS_MAX * ROWS_MAX];
} Results;

static Results want, seen;

static double **rows_of(const Law *law, i64 n)
{
    double **column = NEW(&arena, double *, law->ncolumn + 1);
    for (int c = 0; c < law->ncolumn; c++) {
        const LawColumn *about = &law->about[c];
        const double from = isnan(about->from) ? 1e3 : about->from;
        const double to = isnan(about->to) ? 1e11 : about->to;
        column[c] = NEW(&arena, double, n);
        for (i64 i = 0; i < n; i++) {
            const double t = fmod((c + 1) * 0.618034 * ((double)i + 0.5), 1);
            column[c][i] = from > 0 ? from * pow(to / from, t)
                                    : from + t * (to - from);
        }
    }
    return column;
}

static void middle(double *theta, const Law *law)
{
    for (int i = 0; i < law->nparam; i++) {
        const LawParam *p = &law->param[i];
        const double t = 0.35 + 0.3 * (i + 0.5) / law->nparam;
        theta[i] = p->from > 0 ? p->from * pow(p->to / p->from, t)
                               : p->from + t * (p->to - p->from);
    }
}

static void eval(Results *out, const Law *law, const double *theta,
                 double **column, i64 n, const LawVec *vec)
{
    law_vec_use(vec);
    const LawRows *rows = law_rows(&arena, law, column, n);
    memset(out, 0x7f, sizeof *out);
    law_rows_eval(out->value, out->jac, out->hess, rows, theta);
    law_vec_use(NULL);
}

static double largest(const double *x, i64 n)
{
    double most = 0;
    for (i64 i = 0; i < n; i++)
        if (isfinite(x[i]))
            most = fmax(most, fabs(x[i]));
    return most;
}

/* Roundings differ, and differences of large terms make them larger, as in
 * log(1 + u) for a small u: 1e-11 of the largest of the kind, or 1e-12 of the
 * value by what the parameter itself counts in. */
static void check_close(const double *x, const double *y, i64 n, double unit)
{
    const double allowed = fmax(1e-11 * largest(y, n),
                                1e-12 * largest(want.value, n) / unit);
    for (i64 i = 0; i < n; i++)
        if (!CHECK(x[i] == y[i] || fabs(x[i] - y[i]) <= allowed)) {
            test_note("row %lld: %.17g, want %.17g", (long long)i, x[i], y[i]);
            return;
        }
}

static void check_untouched(const double *x, i64 from, i64 to)
{
    double poison;
    memset(&poison, 0x7f, sizeof poison);
    for (i64 i = from; i < to; i++)
        if (!CHECK(memcmp(&x[i], &poison, sizeof poison) == 0))
            return;
}

static void check_width(const Law *law, const double *theta, const char *width)
{
    const LawVec *vec = law_vec_find(width);
    for (int k = 0; vec && k < COUNT_OF(counts); k++) {
        const i64 n = counts[k];
        double **column = rows_of(law, n);
        eval(&want, law, theta, column, n, &definition);
        eval(&seen, law, theta, column, n, vec);
        test_note("%s, %s, %lld rows", law->name, width, (long long)n);
        check_close(seen.value, want.value, n, 1);
        for (int p = 0; p < law->nparam; p++)
            check_close(seen.jac + p * n, want.jac + p * n, n,
                        fabs(theta[p]));
        for (int p = 0; p < law->npair; p++)
            check_close(seen.hess + p * n, want.hess + p * n, n,
                        fabs(theta[law->pair[p][0]]
                             * theta[law->pair[p][1]]));
        check_untouched(seen.value, n, ROWS_MAX);
        check_untouched(seen.jac, law->nparam * n,
                        LAW_PARAMS_MAX * ROWS_MAX);
        check_untouched(seen.hess, law->npair * n, PAIRS_MAX * ROWS_MAX);
    }
}

static const Law *load(const char *name)
{
    Err err = { 0 };
    const Law *law = NULL;
    if (!CHECK(law_load(&law, &arena, name, &err)))
        test_note("%s", err.text);
    return law;
}

TEST(every_width_computes_what_the_definition_computes)
{
    const char **name;
    const int count = know_names(&name, &arena, "laws", ".law");
    for (int i = 0; i < count; i++) {
        double theta[LAW_PARAMS_MAX];
        const Law *law = load(name[i]);
        if (!law || law->code)
            continue;
        middle(theta, law);
        for (int w = 0; w < COUNT_OF(widths); w++)
            check_width(law, theta, widths[w]);
    }
}

/* The same bits wherever a row stands, and whatever is asked beside it. */
static void check_alone(const Law *law, const double *theta, const LawVec *vec)
{
    static double value[ROWS_MAX], jac[LAW_PARAMS_MAX * ROWS_MAX];
    double slope[LAW_PARAMS_MAX], y;
    const i64 n = 129;
    double **column = rows_of(law, n), *here[LAW_COLUMNS_MAX];
    eval(&seen, law, theta, column, n, vec);
    law_vec_use(vec);
    const LawRows *rows = law_rows(&arena, law, column, n);
    law_rows_eval(value, NULL, NULL, rows, theta);
    CHECK(memcmp(value, seen.value, (size_t)n * sizeof *value) == 0);
    law_rows_eval(value, jac, NULL, rows, theta);
    CHECK(memcmp(value, seen.value, (size_t)n * sizeof *value) == 0);
    CHECK(memcmp(jac, seen.jac, (size_t)(law->nparam * n) * sizeof *jac) == 0);
    law_rows_eval(value, NULL, want.hess, rows, theta);
    CHECK(memcmp(want.hess, seen.hess,
                 (size_t)(law->npair * n) * sizeof *jac) == 0);
    for (i64 i = 0; i < n; i += 11) {
        for (int c = 0; c < law->ncolumn; c++)
            here[c] = column[c] + i;
        law_eval(&y, slope, NULL, law, theta, here, 1);
        CHECK(y == seen.value[i]);
        for (int p = 0; p < law->nparam; p++)
            CHECK(slope[p] == seen.jac[p * n + i]);
    }
    law_vec_use(NULL);
}

TEST(a_row_alone_is_as_one_of_many_at_every_width)
{
    const char **name;
    const int count = know_names(&name, &arena, "laws", ".law");
    for (int i = 0; i < count; i++) {
        double theta[LAW_PARAMS_MAX];
        const Law *law = load(name[i]);
        if (!law || law->code)
            continue;
        middle(theta, law);
        for (int w = 0; w < COUNT_OF(widths); w++) {
            const LawVec *vec = law_vec_find(widths[w]);
            test_note("%s, %s", name[i], widths[w]);
            if (vec)
                check_alone(law, theta, vec);
        }
    }
}

TEST(the_environment_may_ask_for_a_width)
{
    CHECK(law_vec_find("plain"));
    CHECK(!law_vec_find("avx1024"));
    setenv("SCALELAW_VECTOR", "plain", 1);
    law_vec_use(NULL);
    CHECK_TEXT(law_vec()->name, "plain");
    setenv("SCALELAW_VECTOR", "no such", 1);
    law_vec_use(NULL);
    CHECK(law_vec() == law_vec_find(law_vec()->name));
    unsetenv("SCALELAW_VECTOR");
    law_vec_use(NULL);
}

/* ---- formulas that nobody wrote ---------------------------------------- */

/* A random expression over parameters p, q and columns x, y, and its value by
 * plain arithmetic beside it: nothing of the compiler is used. */
typedef struct Expr { char text[3000]; double value[9]; } Expr;

enum { EXPR_ROWS = 9 };

/* No two things are equal by chance: min and max have kinks there. */
static const double P = 0.7137, Q = 1.2891;

static u64 draws;

static i64 draw(i64 below)
{
    return rng_below(12, RNG_TEST, draws++, below);
}

static double column_x(int i) { return 0.3319 + 0.4177 * i; }
static double column_y(int i) { return 3.0471 - 0.3253 * i; }

static void leaf(Expr *e)
{
    static const char *const names[] = { "p", "q", "x", "y", "0.5", "2" };
    const i64 which = draw(6);
    strcpy(e->text, names[which]);
    for (int i = 0; i < EXPR_ROWS; i++) {
        const double value[] = { P, Q, column_x(i), column_y(i), 0.5, 2 };
        e->value[i] = value[which];
    }
}

static double apply(i64 op, double a, double b)
{
    switch (op) {
    case 0:  return a + b;
    case 1:  return a - b;
    case 2:  return a * b;
    case 3:  return a / (1 + b * b);
    case 4:  return fmin(a, b);
    case 5:  return fmax(a, b);
    case 6:  return exp(-a * a);
    case 7:  return log(1 + a * a);
    case 8:  return 1 / (1 + exp(-a));
    case 9:  return pow(1 + a * a, 0.3);
    case 10: return tanh(a);
    default: return -a;
    }
}

static const char *const shapes[] = {
    "(%s + %s)", "(%s - %s)", "%s*%s", "%s/(1 + (%s)^2)", "min(%s, %s)",
    "max(%s, %s)", "exp(-(%s)^2)", "log(1 + (%s)^2)", "sigmoid(%s)",
    "(1 + (%s)^2)^0.3", "tanh(%s)", "(-%s)",
};

static void random_expr(Expr *e, int depth)
{
    if (depth == 0) {
        leaf(e);
        return;
    }
    Expr *a = NEW(&arena, Expr, 1), *b = NEW(&arena, Expr, 1);
    const i64 op = draw(COUNT_OF(shapes));
    random_expr(a, depth - 1);
    random_expr(b, depth - 1);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(e->text, sizeof e->text, shapes[op], a->text, b->text);
#pragma GCC diagnostic pop
    for (int i = 0; i < EXPR_ROWS; i++)
        e->value[i] = apply(op, a->value[i], b->value[i]);
}

TEST(formulas_that_nobody_wrote_are_worth_what_they_say)
{
    double x[EXPR_ROWS], y[EXPR_ROWS], out[EXPR_ROWS];
    for (int i = 0; i < EXPR_ROWS; i++) {
        x[i] = column_x(i);
        y[i] = column_y(i);
    }
    for (int k = 0; k < 300; k++) {
        Expr *e = NEW(&arena, Expr, 1);
        Err err = { 0 };
        const Law *law;
        double *column[2];
        const double theta[] = { P, Q };
        random_expr(e, 1 + k % 5);
        const char *text = arena_print(&arena, "name = \"r\"\n"
            "formula = \"out = %s + p*x + q*y\"\n[param.p]\nfrom = 0\nto = 1\n"
            "[param.q]\nfrom = 0\nto = 2\n", e->text);
        test_note("%s", e->text);
        if (!CHECK(law_parse(&law, &arena, text, "r", &err)))
            return;
        for (int c = 0; c < 2; c++)
            column[c] = *law->column[c] == 'x' ? x : y;
        law_eval(out, NULL, NULL, law, theta, column, EXPR_ROWS);
        for (int i = 0; i < EXPR_ROWS; i++) {
            const double want_one = e->value[i] + P * x[i] + Q * y[i];
            const double size = 1 + fabs(e->value[i]) + P * x[i] + Q * y[i];
            if (!CHECK(fabs(out[i] - want_one) <= 1e-12 * size))
                return;
        }
        const LawGaps gaps = law_gaps(law, law, theta, column, EXPR_ROWS);
        CHECK_BELOW(gaps.slope, 1e-6);
        CHECK_BELOW(gaps.curve, 1e-6);
    }
}
