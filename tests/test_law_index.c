/* test_law_index.c - sums and products over an index, families of parameters,
 * and what the formula language has besides. */

#include "law/law.h"

#include "base/rng.h"
#include "law/formula.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static Arena arena;

static const Law *parse(const char *text)
{
    Err err = { 0 };
    const Law *law = NULL;
    if (!CHECK(law_parse(&law, &arena, text, "test.law", &err)))
        test_note("%s", err.text);
    return law;
}

static void check_refused(const char *text, const char *words)
{
    Err err = { 0 };
    const Law *law;
    test_note("%s", text);
    if (CHECK(!law_parse(&law, &arena, text, "test.law", &err)))
        CHECK_HAS(err.text, words);
}

#define FAMILY "[param.E]\nfrom = 1\nto = 2\n" \
               "[param.t]\ncount = \"n\"\nfrom = 0.1\nto = 3\n"

static const char MIXTURE[] = "name = \"m\"\nformula = \"loss = E"
    " + sum(j, 1, n, t[j]*r[j])\"\nzero = [\"r1\", \"r2\", \"r3\"]\n"
    "[index]\nn = 3\n" FAMILY;

TEST(a_sum_over_an_index_is_the_sum_written_out)
{
    const Law *law = parse(MIXTURE);
    CHECK(law->nparam == 4 && law->ncolumn == 3);
    CHECK_TEXT(law->param[3].name, "t3");
    CHECK_TEXT(law->column[1], "r2");
    CHECK_TEXT(law->formula, "loss = E + sum(j, 1, 3, t[j]*r[j])");
    const double theta[] = { 1, 2, 3, 5 };
    double r1 = 0.5, r2 = 0, r3 = 0.25, *column[] = { &r1, &r2, &r3 }, out;
    law_eval(&out, NULL, NULL, law, theta, column, 1);
    CHECK(out == 1 + 2 * 0.5 + 5 * 0.25);
    for (int i = 0; i < 4; i++)
        CHECK(law->param[i].linear);
    for (int c = 0; c < 3; c++)
        CHECK(law->zero[c]);
}

/* One number changed in the file, and the law is another size. */
TEST(the_count_stands_in_one_place)
{
    char text[1000];
    for (int n = 1; n <= 20; n++) {
        snprintf(text, sizeof text, "name = \"m\"\nformula = \"loss = E"
                 " + sum(j, 1, n, t[j]*r[j])\"\n[index]\nn = %d\n" FAMILY, n);
        const Law *law = parse(text);
        test_note("n = %d", n);
        CHECK(law && law->nparam == n + 1 && law->ncolumn == n);
    }
}

static double value_of(const char *formula, double x)
{
    char text[600];
    const double theta[] = { 1.5 };
    double *column[] = { &x }, out = NAN;
    snprintf(text, sizeof text, "name = \"x\"\nformula = \"y = %s + min(p, 0)"
             " + min(x, 0)\"\n[index]\nn = 3\n[param.p]\nfrom = 1\nto = 2\n",
             formula);
    test_note("%s", formula);
    const Law *law = parse(text);
    if (law)
        law_eval(&out, NULL, NULL, law, theta, column, 1);
    return out;
}

TEST(indices_nest_and_reckon)
{
    CHECK_NEAR(value_of("sum(j, 1, 4, j)", 1), 10, 1e-15);
    CHECK_NEAR(value_of("sum(j, 1, n, x^j)", 2), 14, 1e-15);
    CHECK_NEAR(value_of("prod(j, 1, n + 2, j)", 1), 120, 1e-15);
    CHECK_NEAR(value_of("sum(j, 1, 3, sum(k, j, 3, j*k))", 1), 25, 1e-15);
    CHECK_NEAR(value_of("sum(j, -1, 2*(n - 2), j)", 1), 2, 1e-15);
    CHECK_NEAR(value_of("sum(j, 2, 1, x)", 1), 0, 1e-15);
    CHECK_NEAR(value_of("prod(j, 2, 1, zz[j]*(x + 1))", 1), 1, 1e-15);
    CHECK_NEAR(value_of("n*x", 2), 6, 1e-15);
    CHECK_NEAR(value_of("sum(j, 1, 2, 10)/4", 1), 5, 1e-15);
}

TEST(functions_are_what_their_names_say)
{
    for (double x = 0.01; x < 30; x *= 3) {
        CHECK_NEAR(value_of("tanh(x)", x), tanh(x), 1e-13);
        CHECK_NEAR(value_of("-tanh(-x)", x), tanh(x), 1e-13);
        CHECK_NEAR(value_of("sigmoid(x)", x), 1 / (1 + exp(-x)), 1e-15);
        CHECK_NEAR(value_of("logistic(-x)", x), 1 / (1 + exp(x)), 1e-15);
        CHECK_NEAR(value_of("log10(x) + 3", x), log10(x) + 3, 1e-15);
        CHECK_NEAR(value_of("pow(x, 0.3)", x), pow(x, 0.3), 1e-15);
    }
    CHECK(value_of("tanh(1000*x)", 9) == 1);
    CHECK(value_of("sigmoid(-1000*x)", 9) == 0);
}

TEST(two_indices_name_a_matrix)
{
    const Law *law = parse("name = \"m\"\nformula = \"loss = sum(i, 1, 2, "
        "sum(j, 1, 3, t[i, j]*r[i]*s[j]))\"\n[param.t]\ncount = [2, 3]\n"
        "from = 0\nto = 1\n");
    CHECK(law->nparam == 6 && law->ncolumn == 5);
    CHECK_TEXT(law->param[0].name, "t1_1");
    CHECK_TEXT(law->param[5].name, "t2_3");
    const double theta[] = { 1, 2, 3, 4, 5, 6 };
    double v[] = { 1, 10, 1, 100, 10000 }, out;
    double *column[5];
    for (int c = 0; c < 5; c++) {
        const char *name = law->column[c];
        column[c] = &v[(name[0] == 's' ? 2 : 0) + name[1] - '1'];
    }
    law_eval(&out, NULL, NULL, law, theta, column, 1);
    CHECK_NEAR(out, 1 + 200 + 30000 + 40 + 5000 + 600000, 1e-15);
}

/* Derivatives of a law with a sum, a product, tanh and sigmoid in it. */
TEST(derivatives_of_laws_with_indices_meet_their_differences)
{
    const Law *law = parse("name = \"m\"\nformula = \"loss = E"
        " + prod(j, 1, 2, (1 + (N/d[j])^(1/f[j]))^(-c[j]*f[j]))"
        " + exp(-sum(j, 1, 2, c[j]*r[j])) + d1*tanh(f1*r1) "
        " + sigmoid(c1*r2 - f2)*log10(N*d2)\"\nzero = [\"r1\"]\n"
        "[param.E]\nfrom = 1\nto = 2\n"
        "[param.c]\ncount = 2\nfrom = 0.1\nto = 2\n"
        "[param.d]\ncount = 2\nfrom = 10\nto = 1e5\nlow = 0\n"
        "[param.f]\ncount = 2\nfrom = 0.2\nto = 2\nlow = 0.01\n");
    double value[4][5] = { { 10, 1e3, 1e5, 3e3, 1e2 }, { 0, 1, 0.5, 0.1, 2 },
                           { 1, 0.5, 0.2, 1, 3 } }, *column[4];
    const double theta[] = { 1.3, 0.4, 0.7, 200, 1e4, 0.5, 0.8 };
    CHECK(law->ncolumn == 3);
    for (int c = 0; c < 3; c++)
        column[c] = value[law->column[c][0] == 'N' ? 0
                          : law->column[c][1] - '0'];
    const LawGaps gaps = law_gaps(law, law, theta, column, 5);
    CHECK_BELOW(gaps.slope, 1e-8);
    CHECK_BELOW(gaps.curve, 1e-8);
}

#define P "[param.p]\nfrom = 1\nto = 2\n"
#define X(formula) "name = \"x\"\nformula = \"" formula "\"\n" P

TEST(a_broken_sum_is_refused_with_its_place)
{
    check_refused(X("y = p + sum(1, 2, 3, x)"),
                  "line 1, column 13: the name of the index");
    check_refused(X("y = p + sum(j, 1, 3 x)"),
                  "line 1, column 21: ',' is missing here");
    check_refused(X("y = p + sum(j, 1, m, x)"),
                  "line 1, column 19: no index of this name");
    check_refused(X("y = p + sum(j, 1, 2.5, x)"),
                  "line 1, column 20: an index is a whole number");
    check_refused(X("y = p + sum(j, 1, 3, x*)"),
                  "line 1, column 24: a number, a name");
    check_refused(X("y = p + sum(j, 1, 3, x"), "column 23: ')' is missing");
    check_refused(X("y = p + sum(p, 1, 3, x)"), "means something else");
    check_refused(X("y = p + sum(j, 1, 2, sum(j, 1, 2, x))"),
                  "means something else");
    check_refused(X("y = p + t[1"), "']' is missing");
    check_refused(X("y = p + t[0 - 1]*x"), "an index below 0");
    check_refused(X("y = p*sum(i,1,900,sum(j,1,900,sum(k,1,900,x)))"),
                  "too many terms");
    check_refused(X("y = p*sum(i, 1, 99999999999, x)"), "is no index");
    check_refused("name = \"x\"\nformula = \"y = sum(j, 1, 4, t[j]*x)\"\n"
                  "[param.t]\ncount = 3\nfrom = 1\nto = 2\n",
                  "column 18: an index past those");
}

TEST(a_broken_count_is_refused_in_words)
{
#define T "name = \"x\"\nformula = \"y = p*t1\"\n" P "[param.t]\nfrom = 1\nto = 2\n"
    check_refused(T "count = 0\n", "a whole number from 1 to");
    check_refused(T "count = 2.5\n", "a whole number from 1 to");
    check_refused(T "count = \"n\"\n", "[index] does not say what 'n' is");
    check_refused(T "count = [1, 2, 3]\n", "at most two counts");
    check_refused(T "count = 2\n", "does not mention it");
    check_refused(T "count = 33\n", "a whole number from 1 to");
    check_refused(T "count = 32\n", "more than 32 parameters");
    check_refused(T "[index]\nn = 1.5\n", "a whole number of at most");
    check_refused(T "[param.t1]\nfrom = 1\nto = 2\n[param.u]\nfrom = 1\n"
                  "to = 2\ncount = [0]\n", "a whole number from 1");
    check_refused("name = \"x\"\nformula = \"y = p*x\"\nzero = [\"z\"]\n" P,
                  "'z' is no column");
}

/* mentions[] of a random graph, now and then with a parameter in its own. */
static u32 random_mentions(u32 *mentions, int n, u64 seed)
{
    const i64 density = 2 + rng_below(seed, RNG_TEST, 1000, 8);
    for (int i = 0; i < n; i++) {
        mentions[i] = 0;
        for (int j = 0; j < n; j++)
            if (rng_below(seed, RNG_TEST, (u64)(i * n + j), 10) >= density)
                mentions[i] |= i == j && j % 3 ? 0 : 1u << j;
    }
    return (1u << n) - 1 - (u32)rng_below(seed, RNG_TEST, 2000, 4);
}

/* Every set there is, the definition of the largest. */
static u32 largest_of_all(const u32 *mentions, u32 used, int n)
{
    u32 best = 0;
    for (u32 set = 1; set < 1u << n; set++) {
        bool linear = (set & ~used) == 0;
        for (int i = 0; i < n; i++)
            linear = linear && !((set >> i & 1u) && (mentions[i] & set));
        if (linear && __builtin_popcount(set) > __builtin_popcount(best))
            best = set;
    }
    return best;
}

TEST(the_largest_linear_set_is_the_largest_of_all_sets)
{
    for (u64 seed = 0; seed < 400; seed++) {
        u32 mentions[12];
        const int n = 3 + (int)(seed % 9);
        const u32 used = random_mentions(mentions, n, seed);
        test_note("graph %d", (int)seed);
        CHECK(formula_linear(mentions, used, n)
              == largest_of_all(mentions, used, n));
    }
}

TEST(a_law_with_as_many_parameters_as_there_may_be_compiles_at_once)
{
    const Law *law = parse("name = \"x\"\nformula = \"y = sum(j, 1, 16, "
        "a[j]*x^b[j])\"\n[param.a]\ncount = 16\nfrom = 1\nto = 2\n"
        "[param.b]\ncount = 16\nfrom = 1\nto = 2\n");
    CHECK(law->nparam == 32 && law->npair == 32);
    for (int i = 0; i < 32; i++)
        CHECK(law->param[i].linear == (i < 16));
}
