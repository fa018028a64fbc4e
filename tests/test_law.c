/* test_law.c - what every law promises, and what papers say of each. A new law
 * is tested by lying in laws/. */

#include "law/law.h"

#include "base/know.h"
#include "tests/test.h"

#include <math.h>
#include <string.h>

static Arena arena;

static const Law *load(const char *name)
{
    Err err = { 0 };
    const Law *law = NULL;
    if (!CHECK(law_load(&law, &arena, name, &err)))
        test_note("%s", err.text);
    return law;
}

/* Whether N is one of its columns: then it says which N. */
static bool of_size(const Law *law)
{
    for (int c = 0; c < law->ncolumn; c++)
        if (strcmp(law->column[c], "N") == 0)
            return true;
    return false;
}

TEST(every_law_holds_what_it_says_of_itself)
{
    const char **name;
    const int count = know_names(&name, &arena, "laws", ".law");
    CHECK(count >= 7);
    for (int i = 0; i < count; i++) {
        Str text = { 0 };
        const Law *law = load(name[i]);
        test_note("%s", name[i]);
        if (!law)
            return;
        CHECK_TEXT(law->name, name[i]);
        CHECK(*law->title && *law->source);
        CHECK(law->counts || !of_size(law));
        CHECK(law_check(law, &text));
        CHECK(!strstr(text.text, "FAILED"));
        str_free(&text);
    }
}

/* ---- a check that cannot fail proves nothing --------------------------- */

static const Law *parse(const char *text)
{
    Err err = { 0 };
    const Law *law = NULL;
    if (!CHECK(law_parse(&law, &arena, text, "test.law", &err)))
        test_note("%s", err.text);
    return law;
}

#define PARAMS \
    "[param.E]\nfrom = 0.1\nto = 5\nlow = 0\n" \
    "[param.A]\nfrom = 1\nto = 1e5\nlow = 0\n" \
    "[param.B]\nfrom = 1\nto = 1e6\nlow = 0\n" \
    "[param.alpha]\nfrom = 0.04\nto = 1.6\nlow = 0\n" \
    "[param.beta]\nfrom = 0.04\nto = 1.6\nlow = 0\n"

static const double theta5[] = { 1.7, 300, 900, 0.31, 0.37 };

TEST(a_slope_bent_by_a_thousandth_would_be_noticed)
{
    const Law *law = load("chinchilla");
    const Law *bent = parse("name = \"bent\"\n"
        "formula = \"loss = E + A/N^alpha + 1.001*B/D^beta\"\n" PARAMS);
    double n[] = { 1e6, 3e7, 5e9 }, d[] = { 4e8, 2e9, 7e10 };
    double *column[] = { n, d };
    const LawGaps right = law_gaps(law, law, theta5, column, 3);
    const LawGaps wrong = law_gaps(law, bent, theta5, column, 3);
    CHECK_BELOW(right.slope, 1e-9);
    CHECK_BELOW(right.curve, 1e-9);
    CHECK(wrong.slope > 5e-4);
    CHECK(wrong.curve > 5e-4);
}

/* Either branch of min and max, a sum, a quotient and a power of sums. */
TEST(slopes_through_min_and_max_and_quotients_are_true)
{
    const Law *law = parse("name = \"kinks\"\nformula = \"loss = "
        "E + min(A/N^alpha, B/D^beta) + max(A/D^beta, E*log(N))/(E + alpha)"
        " + (A + B/N)^beta\"\n" PARAMS);
    double n[] = { 1e6, 3e3, 5e9, 12 }, d[] = { 4, 2e9, 70, 3e10 };
    double *column[] = { n, d };
    const LawGaps gaps = law_gaps(law, law, theta5, column, 4);
    CHECK_BELOW(gaps.slope, 1e-8);
    CHECK_BELOW(gaps.curve, 1e-8);
}

TEST(a_published_value_that_is_off_by_a_thousandth_fails_the_check)
{
    const Law *law = parse("name = \"off\"\nformula = \"loss = E + A/N^alpha "
        "+ B/D^beta\"\n" PARAMS "[published.x]\nE = 1.69\nA = 406.4\n"
        "B = 410.7\nalpha = 0.34\nbeta = 0.28\ncheck = [70e9, 1.4e12, 1.9386]\n"
        "optimum = [5.76e23, 40.36e9]\n");
    Str text = { 0 };
    CHECK(!law_check(law, &text));
    CHECK_HAS(text.text, "FAILED off: x at N = 7e+10");
    CHECK_HAS(text.text, "FAILED off: x at 5.76e+23 FLOP is best at");
    str_free(&text);
}

/* ---- linear parameters ------------------------------------------------- */

static void check_linear(const char *name, const char *wanted)
{
    const Law *law = load(name);
    char seen[200] = "";
    for (int i = 0; law && i < law->nparam; i++)
        if (law->param[i].linear) {
            strcat(seen, law->param[i].name);
            strcat(seen, " ");
        }
    test_note("%s", name);
    CHECK_TEXT(seen, wanted);
}

TEST(linear_parameters_are_found)
{
    check_linear("chinchilla", "E A B ");
    check_linear("tied-exponent", "E A B ");
    check_linear("kaplan-n", "");
    check_linear("kaplan-nd", "");
    check_linear("kaplan-ns", "");
}

/* A and C multiply each other: each is linear alone, not both. Under max
 * nothing is, though every second derivative is 0 there. */
TEST(parameters_linear_alone_are_not_taken_for_linear_together)
{
    const Law *law = parse("name = \"x\"\n"
        "formula = \"loss = E + A*C/N + max(B*N, G)\"\n"
        "[param.E]\nfrom = 1\nto = 2\n[param.A]\nfrom = 1\nto = 2\n"
        "[param.B]\nfrom = 1\nto = 2\n[param.C]\nfrom = 1\nto = 2\n"
        "[param.G]\nfrom = 1\nto = 2\n");
    CHECK(law->param[law_param(law, "E")].linear);
    CHECK(law->param[law_param(law, "A")].linear
          != law->param[law_param(law, "C")].linear);
    CHECK(!law->param[law_param(law, "B")].linear);
    CHECK(!law->param[law_param(law, "G")].linear);
}

/* ---- formulas ---------------------------------------------------------- */

static double value_of(const char *formula, double x)
{
    char text[400];
    Err err = { 0 };
    const Law *law;
    double theta[] = { 1.5 }, *column[] = { &x }, out = NAN;
    /* 0*p folds away, so p is put in where it cannot matter. */
    snprintf(text, sizeof text, "name = \"x\"\nformula = \"y = %s + (p - p^1) "
             "+ min(p, 0)\"\n[param.p]\nfrom = 1\nto = 2\n", formula);
    test_note("%s", formula);
    if (!CHECK(law_parse(&law, &arena, text, "x", &err)))
        return NAN;
    if (law->ncolumn)
        law_eval(&out, NULL, NULL, law, theta, column, 1);
    else
        law_eval(&out, NULL, NULL, law, theta, NULL, 1);
    return out;
}

TEST(operators_bind_as_in_print)
{
    CHECK_NEAR(value_of("2 + 3*4", 1), 14, 1e-15);
    CHECK_NEAR(value_of("2 - 3 - 4", 1), -5, 1e-15);
    CHECK_NEAR(value_of("12/3/2", 1), 2, 1e-15);
    CHECK_NEAR(value_of("2^3^2", 1), 512, 1e-12);
    CHECK_NEAR(value_of("-2^2", 1), -4, 1e-15);
    CHECK_NEAR(value_of("2^-2", 1), 0.25, 1e-15);
    CHECK_NEAR(value_of("(2 - 3)^3", 1), -1, 1e-15);
    CHECK_NEAR(value_of("x^0.5", 9), 3, 1e-14);
    CHECK_NEAR(value_of("sqrt(x)", 9), 3, 1e-14);
    CHECK_NEAR(value_of("exp(log(x)/2)", 9), 3, 1e-14);
    CHECK_NEAR(value_of("min(x, 4, 5)", 9), 4, 1e-15);
    CHECK_NEAR(value_of("max(x, 4, 5)", 9), 9, 1e-15);
    CHECK_NEAR(value_of("1.5e3/x", 3), 500, 1e-15);
    CHECK_NEAR(value_of("x^2/x^3", 4), 0.25, 1e-15);
}

static void check_refused(const char *formula, const char *words)
{
    char text[2000];
    Err err = { 0 };
    const Law *law;
    snprintf(text, sizeof text, "name = \"x\"\nformula = \"%s\"\n"
             "[param.p]\nfrom = 1\nto = 2\n", formula);
    test_note("%s", formula);
    if (CHECK(!law_parse(&law, &arena, text, "x.law", &err)))
        CHECK_HAS(err.text, words);
}

TEST(a_broken_formula_is_refused_with_its_place)
{
    check_refused("y = p +", "line 1, column 8: the formula ends where");
    check_refused("y = p + * x", "line 1, column 9: a number, a name or '('");
    check_refused("y = (p + x", "line 1, column 11: ')' is missing");
    check_refused("y = p x", "line 1, column 7: an operator is expected");
    check_refused("y = 2p", "line 1, column 5: a number runs into a name");
    check_refused("y = p*sin(x)", "there are exp, log, log10");
    check_refused("y = min(p)", "min and max take two operands or more");
    check_refused("y = p*y", "on the left may not stand on the right");
    check_refused("p + x", "it begins with the name of what it predicts");
    check_refused("y = x", "does not mention it");
    check_refused("y = p*(a+b+c+d+f+g+h+i+j+k+l+m+n+o+q+r+s+t+u"
                  "+v+w+x+z+aa+bb)", "more columns than a law may");
    check_refused("y = p*1e999", "too large for the machine");
    check_refused("", "it begins with the name");
}

TEST(parentheses_nested_without_end_are_refused_and_not_a_crash)
{
    char formula[1400] = "y = ";
    memset(formula + 4, '(', 1200);
    formula[1204] = 0;
    check_refused(formula, "nested too deeply");
    memset(formula + 4, '-', 1200);
    check_refused(formula, "nested too deeply");
}

TEST(a_law_file_that_is_wrong_is_refused_in_words)
{
    static const struct { const char *text, *words; } wrong[] = {
        { "formula = \"y = p\"\n[param.p]\nfrom = 1\nto = 2\n",
          "name is missing" },
        { "name = \"x\"\n[param.p]\nfrom = 1\nto = 2\n", "formula is missing" },
        { "name = \"x\"\nformula = \"y = p\"\n", "no [param.NAME] section" },
        { "name = \"x\"\nformula = \"y = p\"\n[param.p]\nfrom = 1\n",
          "[param.p] to is missing" },
        { "name = \"x\"\nformula = \"y = p\"\n[param.p]\nfrom = 3\nto = 2\n",
          "low <= from < to <= high" },
        { "name = \"x\"\nformula = \"y = p\"\n[param.p]\nfrom = 1\nto = 2\n"
          "[published.a]\n", "[published.a] p is missing" },
        { "name = \"x\"\nformula = \"y = p\"\n[param.p]\nfrom = 1\nto = 2\n"
          "[other]\n", "[published.NAME] and [index] only" },
        { "name = \"x\"\nformula = \"y = p\"\n[param.p]\nform = 1\nto = 2\n",
          "from" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Err err = { 0 };
        const Law *law;
        test_note("%s", wrong[i].text);
        if (CHECK(!law_parse(&law, &arena, wrong[i].text, "x.law", &err)))
            CHECK_HAS(err.text, wrong[i].words);
    }
}

/* ---- evaluation -------------------------------------------------------- */

/* By hand: 1.69 + 406.4/70e9^.34 + 410.7/1.4e12^.28. */
TEST(chinchilla_at_chinchilla_itself)
{
    const Law *law = load("chinchilla");
    const double theta[] = { 1.69, 406.4, 410.7, 0.34, 0.28 };
    const double want = 1.69 + 406.4 * pow(70e9, -0.34)
                      + 410.7 * pow(1.4e12, -0.28);
    CHECK_NEAR(law_at(law, theta, 70e9, 1.4e12), want, 1e-14);
    CHECK_NEAR(want, 1.93665, 1e-5);
}

TEST(many_rows_are_each_as_one_alone)
{
    enum { ROWS = 301 }; /* no multiple of a block */
    static double n[ROWS], d[ROWS], all[ROWS], jac[5 * ROWS],
                  hess[25 * ROWS], rows_out[ROWS], rows_jac[5 * ROWS];
    const Law *law = load("chinchilla");
    double *column[] = { n, d };
    for (int i = 0; i < ROWS; i++) {
        n[i] = 1e5 * pow(1.03, i);
        d[i] = 3e6 * pow(1.02, (i * 37) % ROWS);
    }
    law_eval(all, jac, hess, law, theta5, column, ROWS);
    double *rows_hess = NEW(&arena, double, law->npair * ROWS);
    LawRows *rows = law_rows(&arena, law, column, ROWS);
    law_rows_eval(rows_out, rows_jac, rows_hess, rows, theta5);
    for (int i = 0; i < ROWS; i++) {
        double one, slope[5], curve[25], *here[] = { &n[i], &d[i] };
        law_eval(&one, slope, curve, law, theta5, here, 1);
        test_note("row %d", i);
        CHECK(one == all[i] && one == rows_out[i]);
        for (int p = 0; p < 5; p++) {
            CHECK(slope[p] == jac[p * ROWS + i]);
            CHECK(slope[p] == rows_jac[p * ROWS + i]);
        }
        for (int p = 0; p < 25; p++)
            CHECK(curve[p] == hess[p * ROWS + i]);
        for (int k = 0; k < law->npair; k++)
            CHECK(rows_hess[k * ROWS + i]
                  == curve[law->pair[k][0] * 5 + law->pair[k][1]]);
    }
}

TEST(at_its_bounds_a_law_gives_no_nan)
{
    static const double edge[][5] = {
        { 0, 0, 0, 0, 0 }, { 0, 1e300, 1e300, 0, 5 }, { 5, 0, 1e6, 5, 5 },
        { 1, 1e308, 1e308, 0, 0 }, { 1e-300, 1e-300, 1, 5, 0 },
    };
    double n[] = { 1e-300, 1, 1e300 }, d[] = { 1e300, 1e-300, 1 };
    double *column[] = { n, d }, out[3], jac[15], hess[75];
    const Law *law = load("chinchilla");
    for (int k = 0; k < COUNT_OF(edge); k++) {
        law_eval(out, jac, hess, law, edge[k], column, 3);
        test_note("edge %d", k);
        for (int i = 0; i < 3; i++)
            CHECK(!isnan(out[i]));
        for (int i = 0; i < 15; i++)
            CHECK(isfinite(jac[i]));
        for (int i = 0; i < 75; i++)
            CHECK(isfinite(hess[i]));
    }
    const double none[] = { 0, 0, 0.1, 0.1 }; /* ln 0 stands in the slopes */
    law_eval(out, jac, hess, load("kaplan-nd"), none, column, 3);
    test_note("kaplan-nd");
    for (int i = 0; i < 12; i++)
        CHECK(isfinite(jac[i]));
    for (int i = 0; i < 48; i++)
        CHECK(isfinite(hess[i]));
}

/* N_opt = G (C/6)^a with G = (alpha A / beta B)^(1/(alpha+beta)). */
TEST(the_optimum_is_the_closed_form)
{
    const Law *law = load("chinchilla");
    const double *t = theta5;
    for (int digits = 12; digits <= 27; digits += 5) {
        const double c = pow(10, digits), a = t[4] / (t[3] + t[4]);
        const double g = pow(t[3] * t[1] / (t[4] * t[2]), 1 / (t[3] + t[4]));
        test_note("%g FLOP", c);
        CHECK_NEAR(law_optimum(law, t, c), g * pow(c / 6, a), 1e-6);
    }
    const double flat[] = { 1.7, 0, 900, 0.3, 0.3 }; /* smaller is better */
    CHECK(isnan(law_optimum(law, flat, 1e20)));
    CHECK(isnan(law_optimum(load("kaplan-n"), t, 1e20)));
}

TEST(an_unknown_law_is_refused_with_the_names_there_are)
{
    Err err = { 0 };
    const Law *law;
    CHECK(!law_load(&law, &arena, "chinchila", &err));
    CHECK_HAS(err.text, "chinchilla");
}
