/* test_fit_search.c - the parts of a fit, each held by itself: the objective's
 * slopes and curvatures, non-negative least squares, the lattice's inner
 * solution, the choice between basins. */

#include "fit/search.h"

#include "tests/fit_world.h"

static Arena arena;

static const double truth[] = { 1.1, 60, 400, 0.42, 0.35 };

static Problem problem_of(const Law *law, const Table *t,
                          FitObjective objective, double delta)
{
    double **column = NEW(&arena, double *, LAW_COLUMNS_MAX);
    double *weight = NEW(&arena, double, t->nrow);
    FitOptions o = fit_defaults();
    o.objective = objective;
    o.delta = delta;
    o.quantile = 0.3;
    for (int c = 0; c < law->ncolumn; c++)
        column[c] = table_column(t, law->column[c]);
    Problem p = problem_new(&arena, law, column,
                            table_column(t, law->response), t->nrow, &o);
    for (i64 i = 0; i < t->nrow; i++)
        weight[i] = 1 + (double)(i % 3); /* rows count differently */
    p.weight = weight;
    p.delta = delta;
    return p;
}

static const Law *parsed(const char *text)
{
    Err err = { 0 };
    const Law *law = NULL;
    test_note("%s", err.text);
    CHECK(law_parse(&law, &arena, text, "test.law", &err));
    return law;
}

/* ---- the objective ----------------------------------------------------- */

typedef struct Slopes {
    double value, grad[P_MAX], scale[P_MAX], hess[P_MAX * P_MAX];
} Slopes;

static Slopes slopes_at(const Problem *p, const double *theta, Scratch *s,
                        bool search)
{
    Slopes out;
    out.value = objective(out.grad, out.scale, out.hess, p, theta, s);
    if (search)
        to_search(out.grad, out.scale, out.hess, p->law, theta);
    return out;
}

/* theta with parameter i moved by h, in natural or in the search's terms. */
static void moved(double *to, const double *theta, const Law *law, int i,
                  double h, bool search)
{
    memcpy(to, theta, (size_t)law->nparam * sizeof *to);
    if (search && searched_by_log(&law->param[i]))
        to[i] *= exp(h);
    else
        to[i] += h;
}

static void check_slopes(const Problem *p, const double *theta, bool search)
{
    Scratch s = scratch_new(&arena, p);
    const Slopes here = slopes_at(p, theta, &s, search);
    const int n = p->law->nparam;
    for (int i = 0; i < n; i++) {
        double there[P_MAX];
        const bool by_log = search && searched_by_log(&p->law->param[i]);
        const double h = 1e-6 * (by_log ? 1 : theta[i]);
        moved(there, theta, p->law, i, h, search);
        const Slopes above = slopes_at(p, there, &s, search);
        moved(there, theta, p->law, i, -h, search);
        const Slopes below = slopes_at(p, there, &s, search);
        test_note("%s, %s%s", fit_objective_name(p->objective),
                  p->law->param[i].name, search ? ", as searched" : "");
        CHECK_NEAR(here.grad[i], (above.value - below.value) / (2 * h), 1e-5);
        for (int j = 0; j < n; j++) {
            const double seen = (above.grad[j] - below.grad[j]) / (2 * h);
            const double size = sqrt(fabs(here.hess[i * n + i]
                                          * here.hess[j * n + j]));
            CHECK_BELOW(fabs(here.hess[j * n + i] - seen) / size, 1e-4);
        }
    }
}

/* Off the minimum, so that the gradient's part of the curvature shows; delta
 * such that some residuals are inside and some beyond. */
TEST(the_objective_knows_its_slopes_and_curvatures)
{
    const double off[] = { 1.2, 75, 300, 0.40, 0.36 };
    const Table t = world_study(&arena, truth, 5, 5, 0.05, 3);
    const Law *law = world_law(&arena, "chinchilla");
    for (int o = FIT_HUBER_LOG; o <= FIT_QUANTILE; o++) {
        const Problem p = problem_of(law, &t, (FitObjective)o, 0.08);
        check_slopes(&p, off, false);
        check_slopes(&p, off, true);
    }
}

/* 3 - x is 0 at the fourth row and below at the fifth. */
TEST(a_value_without_a_logarithm_is_infinitely_wrong_unless_it_has_no_say)
{
    const Law *law = parsed("name = \"down\"\nformula = \"y = a - x\"\n"
                            "[param.a]\nfrom = 1\nto = 9\n");
    static const char *const names[] = { "x", "y" };
    Table t = table_new(&arena, 2, names, 4);
    const double at = 3;
    for (i64 i = 0; i < t.nrow; i++) {
        t.column[0][i] = (double)i + 1;
        t.column[1][i] = 2;
    }
    for (int o = FIT_HUBER_LOG; o <= FIT_QUANTILE; o++) {
        Problem p = problem_of(law, &t, (FitObjective)o, 0.1);
        double *weight = NEW(&arena, double, 4);
        Scratch s = scratch_new(&arena, &p);
        test_note("objective %d", o);
        const bool by_log = objective_by_log((FitObjective)o);
        CHECK(isinf(objective(NULL, NULL, NULL, &p, &at, &s)) == by_log);
        weight[0] = weight[1] = weight[2] = 1;
        p.weight = weight;
        CHECK(isinf(objective(NULL, NULL, NULL, &p, &at, &s)) == by_log);
        weight[2] = 0;
        CHECK(isfinite(objective(NULL, NULL, NULL, &p, &at, &s)));
    }
}

TEST(a_row_of_weight_two_is_a_row_twice)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.05, 3);
    const Problem p = problem_of(world_law(&arena, "chinchilla"), &t,
                                 FIT_HUBER_LOG, 0.02);
    Scratch s = scratch_new(&arena, &p);
    double want = 0;
    const double seen = objective(NULL, NULL, NULL, &p, truth, &s);
    for (i64 i = 0; i < p.nrow; i++)
        for (int k = 0; k < 1 + i % 3; k++)
            want += objective_term(&p, s.residual[i]);
    CHECK_NEAR(seen, want, 1e-14);
}

/* 2500 rows are three blocks, the last not whole; in parts of other sizes they
 * give the same sums. */
TEST(blocks_of_rows_add_up)
{
    enum { MANY = 2500 };
    static const char *const names[] = { "N", "D", "loss" };
    static const i64 from[] = { 0, 900, 901, 2300, MANY };
    const Law *law = world_law(&arena, "chinchilla");
    Table t = table_new(&arena, 3, names, MANY);
    i64 row[MANY];
    for (i64 i = 0; i < MANY; i++) {
        const u64 at = 3 * (u64)i;
        row[i] = i;
        t.column[0][i] = 1e6 * pow(1e3, rng_unit(3, RNG_TEST, at));
        t.column[1][i] = 2e7 * pow(1e3, rng_unit(3, RNG_TEST, at + 1));
        t.column[2][i] = 2 + rng_unit(3, RNG_TEST, at + 2);
    }
    const Problem p = problem_of(law, &t, FIT_HUBER_LOG, 0.1);
    Scratch s = scratch_new(&arena, &p);
    const Slopes whole = slopes_at(&p, truth, &s, false);
    CHECK(p.nblock == 3);
    Slopes sum = { 0 };
    for (int k = 0; k + 1 < COUNT_OF(from); k++) {
        const Problem part = problem_part(&arena, &p, row + from[k],
                                          from[k + 1] - from[k], p.weight);
        const Slopes own = slopes_at(&part, truth, &s, false);
        sum.value += own.value;
        for (int i = 0; i < 5; i++)
            sum.grad[i] += own.grad[i];
        for (int i = 0; i < 25; i++)
            sum.hess[i] += own.hess[i];
    }
    CHECK_NEAR(whole.value, sum.value, 1e-13);
    for (int i = 0; i < 5; i++)
        CHECK_NEAR(whole.grad[i], sum.grad[i], 1e-11);
    for (int i = 0; i < 25; i++)
        CHECK_BELOW(fabs(whole.hess[i] - sum.hess[i]),
                    1e-12 * sqrt(fabs(whole.hess[i / 5 * 6]
                                      * whole.hess[i % 5 * 6])) + 1e-300);
}

/* ---- non-negative least squares ---------------------------------------- */

/* At the optimum the gradient is 0 where x > 0 and not below 0 where x = 0
 * (Karush, Kuhn, Tucker): necessary and, for a convex problem, enough. */
TEST(nonnegative_least_squares_meets_its_conditions)
{
    enum { N = 4, ROWS = 7, CASES = 400 };
    int bound = 0;
    for (int c = 0; c < CASES; c++) {
        double a[ROWS][N], y[ROWS], gram[N * N] = { 0 }, b[N] = { 0 }, x[N];
        const bool nonneg[N] = { true, true, c % 2 == 0, true };
        for (int r = 0; r < ROWS; r++) {
            const u64 at = (u64)(c * ROWS + r) * (N + 1);
            y[r] = rng_normal(3, RNG_TEST, at);
            for (int i = 0; i < N; i++)
                a[r][i] = rng_normal(3, RNG_TEST, at + 1 + (u64)i)
                        * pow(1e3, i); /* scales as far apart as A and E */
        }
        for (int r = 0; r < ROWS; r++)
            for (int i = 0; i < N; i++) {
                b[i] += a[r][i] * y[r];
                for (int j = 0; j < N; j++)
                    gram[i * N + j] += a[r][i] * a[r][j];
            }
        test_note("case %d", c);
        if (!CHECK(small_nonneg(x, gram, b, nonneg, N)))
            return;
        for (int i = 0; i < N; i++) {
            double slope = -b[i];
            for (int j = 0; j < N; j++)
                slope += gram[i * N + j] * x[j];
            slope /= sqrt(gram[i * N + i]);
            bound += nonneg[i] && x[i] == 0;
            if (nonneg[i] && x[i] == 0)
                CHECK(slope > -1e-9);
            else
                CHECK_BELOW(fabs(slope), 1e-9);
            CHECK(!nonneg[i] || x[i] >= 0);
        }
    }
    CHECK(bound > CASES); /* the bounds were felt */
}

/* A column that stands twice: one of the two takes it all. */
TEST(nonnegative_least_squares_does_without_a_column_that_is_another)
{
    enum { N = 3, ROWS = 5 };
    const bool nonneg[N] = { true, true, true };
    double gram[N * N] = { 0 }, b[N] = { 0 }, x[N];
    for (int r = 0; r < ROWS; r++) {
        const double a[N] = { 1, r, r }, y = 2 + 3.0 * r;
        for (int i = 0; i < N; i++) {
            b[i] += a[i] * y;
            for (int j = 0; j < N; j++)
                gram[i * N + j] += a[i] * a[j];
        }
    }
    if (!CHECK(small_nonneg(x, gram, b, nonneg, N)))
        return;
    CHECK_NEAR(x[0], 2, 1e-9);
    CHECK_NEAR(x[1] + x[2], 3, 1e-9);
    CHECK(x[1] >= 0 && x[2] >= 0);
}

TEST(a_singular_matrix_has_no_finite_condition)
{
    const double well[] = { 4, 0, 0, 9 }, singular[] = { 1, 2, 2, 4 };
    double weakest[2];
    CHECK_NEAR(small_condition(weakest, well, 2), 1, 1e-12);
    CHECK(small_condition(weakest, singular, 2) > 1e7);
    CHECK_NEAR(fabs(weakest[0]), sqrt(0.5), 1e-6);
}

/* ---- the lattice ------------------------------------------------------- */

/* All parameters linear: the lattice is one point, and what it gives for Huber
 * should already be near the minimum, three rows being far off. */
TEST(the_inner_solution_of_huber_is_near_its_minimum)
{
    const Law *law = parsed("name = \"linear\"\n"
        "formula = \"loss = E + A/N^0.42 + B/D^0.35\"\n"
        "[param.E]\nfrom = 0.1\nto = 5\nlow = 0\n"
        "[param.A]\nfrom = 1\nto = 1e5\nlow = 0\n"
        "[param.B]\nfrom = 1\nto = 1e6\nlow = 0\n");
    const Table t = world_study(&arena, truth, 5, 5, 0.002, 3);
    t.column[3][3] *= 1.1;
    t.column[3][12] *= 1.2;
    t.column[3][20] *= 0.9;
    const Problem p = problem_of(law, &t, FIT_HUBER_LOG, 1e-3);
    Scratch s = scratch_new(&arena, &p);
    const Grid grid = grid_new(&arena, &p, false);
    GridSpace space = grid_space(&arena, &grid);
    double start[1][P_MAX];
    CHECK(grid.count == 1 && grid.nlinear == 3 && grid.naxis == 0);
    CHECK(grid_starts(start, 1, &grid, &p, &space) == 1);
    const double value = space.objective[0];
    const double least = polish(&p, start[0], &s).objective;
    CHECK_NEAR(objective(NULL, NULL, NULL, &p, start[0], &s), value, 1e-12);
    CHECK(value >= least);
    CHECK_BELOW(value / least, 1.25);
}

/* Too many rows to keep the lattice's columns: made anew, and the same. */
TEST(a_lattice_that_keeps_nothing_finds_the_same)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 3);
    const Law *law = world_law(&arena, "chinchilla");
    const Problem p = problem_of(law, &t, FIT_HUBER_LOG, 1e-3);
    Grid grid = grid_new(&arena, &p, false);
    GridSpace space = grid_space(&arena, &grid);
    double kept[4][P_MAX], anew[4][P_MAX];
    const int count = grid_starts(kept, 4, &grid, &p, &space);
    CHECK(grid.offset != NULL && count == 4);
    grid.offset = grid.basis = NULL;
    CHECK(grid_starts(anew, 4, &grid, &p, &space) == count);
    for (int i = 0; i < count; i++)
        CHECK(memcmp(kept[i], anew[i], 5 * sizeof(double)) == 0);
}

/* Of many rows the basins are found on some, evenly chosen: the first rows are
 * all of one bump. */
TEST(of_two_basins_in_many_rows_the_deeper_is_taken)
{
    enum { MANY = 20000 };
    const Law *law = parsed("name = \"bump\"\n"
        "formula = \"y = 1 + A*exp(-(x - m)^2/8)\"\n"
        "[param.A]\nfrom = 0.1\nto = 9\nlow = 0\n"
        "[param.m]\nfrom = 1\nto = 90\nlow = 0\n");
    static const char *const names[] = { "x", "y" };
    Table t = table_new(&arena, 2, names, MANY);
    for (i64 i = 0; i < t.nrow; i++) {
        const double x = 1 + 90.0 * (double)i / MANY;
        t.column[0][i] = x;
        t.column[1][i] = 1 + 2 * exp(-(x - 9) * (x - 9) / 8)
                       + 3 * exp(-(x - 70) * (x - 70) / 8);
    }
    FitOptions options = fit_defaults();
    Err err = { 0 };
    Fit f;
    options.objective = FIT_SQUARES;
    options.resamples = 0;
    if (CHECK(fit_law(&f, &arena, law, &t, options, &err)))
        CHECK_NEAR(f.theta[1], 70, 1e-3);
}

/* Two bumps, the lower one nearer the middle of the search: a fit that took
 * the first basin, or the worst, would end there. */
TEST(of_two_basins_the_deeper_is_taken_and_the_disagreement_said)
{
    const Law *law = parsed("name = \"bump\"\n"
        "formula = \"y = 1 + A*exp(-(x - m)^2)\"\n"
        "[param.A]\nfrom = 0.1\nto = 9\nlow = 0\n"
        "[param.m]\nfrom = 1\nto = 90\nlow = 0\n");
    static const char *const names[] = { "x", "y" };
    Table t = table_new(&arena, 2, names, 91);
    for (i64 i = 0; i < t.nrow; i++) {
        const double x = 1 + (double)i;
        t.column[0][i] = x;
        t.column[1][i] = 1 + 2 * exp(-(x - 9) * (x - 9))
                       + 3 * exp(-(x - 70) * (x - 70));
    }
    for (int o = 0; o < 2; o++) {
        FitOptions options = fit_defaults();
        Err err = { 0 };
        Fit f;
        options.objective = (FitObjective)o;
        options.delta = 10;
        options.resamples = 0;
        if (!CHECK(fit_law(&f, &arena, law, &t, options, &err)))
            return;
        test_note("%s", fit_objective_name((FitObjective)o));
        CHECK_NEAR(f.theta[1], 70, 1e-3);
        CHECK(f.certificate.agree >= 1);
        CHECK(f.certificate.agree < f.certificate.starts);
    }
}
