/* test_law_derive.c - laws made from laws: pinned, bounded, one a group; and
 * that they are laws like any other. */

#include "law/law.h"

#include "base/know.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
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

static const Law *parse(const char *text)
{
    Err err = { 0 };
    const Law *law = NULL;
    if (!CHECK(law_parse(&law, &arena, text, "test.law", &err)))
        test_note("%s", err.text);
    return law;
}

static const Law *through_text(const Law *law)
{
    Str text = { 0 };
    law_print(&text, law);
    test_note("%s", text.text);
    const Law *back = parse(text.text);
    str_free(&text);
    return back;
}

static void check_same_text(const char *a, const char *b)
{
    CHECK((a == NULL) == (b == NULL));
    if (a && b)
        CHECK_TEXT(a, b);
}

static void check_same(const Law *a, const Law *b)
{
    check_same_text(a->name, b->name);
    check_same_text(a->title, b->title);
    check_same_text(a->formula, b->formula);
    check_same_text(a->source, b->source);
    check_same_text(a->counts, b->counts);
    check_same_text(a->cost, b->cost);
    CHECK(a->nparam == b->nparam && a->ncolumn == b->ncolumn
          && a->npair == b->npair && a->nconstants == b->nconstants
          && a->ncaveat == b->ncaveat && a->code == b->code);
    for (int i = 0; i < a->nparam && i < b->nparam; i++) {
        const LawParam *p = &a->param[i], *q = &b->param[i];
        CHECK_TEXT(p->name, q->name);
        CHECK_TEXT(p->unit, q->unit);
        CHECK(p->from == q->from && p->to == q->to && p->low == q->low
              && p->high == q->high && p->linear == q->linear);
    }
    for (int c = 0; c < a->ncolumn && c < b->ncolumn; c++) {
        CHECK_TEXT(a->column[c], b->column[c]);
        CHECK(a->zero[c] == b->zero[c]);
        CHECK_TEXT(a->about[c].about, b->about[c].about);
    }
    for (int k = 0; k < a->nconstants && k < b->nconstants; k++) {
        const LawConstants *s = &a->constants[k], *t = &b->constants[k];
        CHECK_TEXT(s->name, t->name);
        CHECK(s->check.count == t->check.count
              && s->optimum.count == t->optimum.count);
        for (int i = 0; i < a->nparam; i++)
            CHECK(s->theta[i] == t->theta[i]
                  && isnan(s->low[i]) == isnan(t->low[i]));
    }
    for (int k = 0; k < a->ncaveat && k < b->ncaveat; k++)
        CHECK_TEXT(a->caveat[k], b->caveat[k]);
}

TEST(every_law_is_itself_again_after_it_was_printed)
{
    const char **name;
    const int count = know_names(&name, &arena, "laws", ".law");
    CHECK(count >= 7);
    for (int i = 0; i < count; i++) {
        const Law *law = load(name[i]);
        const Law *back = law ? through_text(law) : NULL;
        if (back)
            check_same(law, back);
    }
}

TEST(a_text_with_quotes_and_breaks_comes_through)
{
    const Law *law = parse("name = \"x\"\ntitle = \"a \\\"b\\\" \\\\ c\\td\"\n"
        "formula = \"\"\"\ny = p\n  *x\"\"\"\ncaveat = [\"\", \"e \\\"f\\\"\"]\n"
        "zero = [\"x\"]\n[param.p]\nfrom = 0.1\nto = 2.7182818284590451\n");
    check_same(law, through_text(law));
}

/* ---- pinned ------------------------------------------------------------ */

static double at(const Law *law, const double *theta, double n, double d)
{
    return law_at(law, theta, n, d);
}

static const Law *pin(const Law *law, const char *param, double value)
{
    Err err = { 0 };
    const Law *out = NULL;
    if (!CHECK(law_pin(&out, &arena, law, param, value, &err)))
        test_note("%s", err.text);
    return out;
}

TEST(a_pinned_parameter_is_a_number_in_the_formula)
{
    const Law *law = pin(load("chinchilla"), "alpha", 0.34);
    CHECK_TEXT(law->formula, "loss = E + A/N^0.34000000000000002 + B/D^beta");
    CHECK(law->nparam == 4 && law_param(law, "alpha") < 0);
    const double theta[] = { 1.69, 406.4, 410.7, 0.28 };
    const double whole[] = { 1.69, 406.4, 410.7, 0.34, 0.28 };
    CHECK_NEAR(at(law, theta, 7e10, 1.4e12),
               at(load("chinchilla"), whole, 7e10, 1.4e12), 1e-15);
    check_same(law, through_text(law));
    const Law *twice = pin(pin(law, "E", 0), "B", 410.7);
    CHECK(twice->nparam == 2 && twice->param[0].linear);
}

TEST(a_negative_number_may_be_pinned_in_an_exponent)
{
    const Law *law = parse("name = \"x\"\nformula = \"y = q*x^p - p\"\n"
        "[param.p]\nfrom = -2\nto = 2\n[param.q]\nfrom = 1\nto = 2\n");
    const Law *made = pin(law, "p", -0.5);
    CHECK_TEXT(made->formula, "y = q*x^(-0.5) - (-0.5)");
    double x = 4, *column[] = { &x }, q = 3, out;
    law_eval(&out, NULL, NULL, made, &q, column, 1);
    CHECK_NEAR(out, 2, 1e-15);
}

/* Published sets that have this very value stay, without it. */
TEST(published_sets_go_along_where_they_agree)
{
    const Law *law = load("chinchilla");
    const LawConstants *set = &law->constants[0];
    const int i = law_param(law, "beta");
    const Law *made = pin(law, "beta", set->theta[i]);
    CHECK(made->nconstants >= 1);
    CHECK_TEXT(made->constants[0].name, set->name);
    CHECK(made->constants[0].theta[0] == set->theta[0]);
    CHECK(made->constants[0].check.count == set->check.count);
    CHECK(pin(law, "beta", 0.123)->nconstants == 0);
    Str text = { 0 };
    CHECK(law_check(made, &text));
    str_free(&text);
}

TEST(one_of_a_family_may_be_pinned)
{
    const Law *law = parse("name = \"m\"\nformula = \"loss = E + sum(j, 1, 3, "
        "t[j]*r[j])\"\n[param.E]\nfrom = 1\nto = 2\n[param.t]\ncount = 3\n"
        "from = 0\nto = 1\n");
    const Law *made = pin(law, "t2", 0.5);
    CHECK_TEXT(made->formula, "loss = E + (t1*r1 + 0.5*r2 + t3*r3)");
    CHECK(made->nparam == 3 && made->ncolumn == 3);
    const Law *product = parse("name = \"m\"\nformula = \"y = prod(j, 1, 2, a"
        " + t[j + 1]*x^j)*(2e3 + sum(j, 2, 1, x))\"\n[param.a]\nfrom = 1\n"
        "to = 2\n[param.t2]\nfrom = 0\nto = 1\n[param.t3]\nfrom = 0\nto = 1\n");
    CHECK_TEXT(pin(product, "t3", 0.25)->formula,
               "y = ((a + t2*x^1)*(a + 0.25*x^2))*(2e3 + 0)");
}

static void check_pin_refused(const Law *law, const char *param, double value,
                              const char *words)
{
    Err err = { 0 };
    const Law *out;
    if (CHECK(!law_pin(&out, &arena, law, param, value, &err)))
        CHECK_HAS(err.text, words);
}

TEST(a_pin_that_cannot_be_is_refused_in_words)
{
    const Law *law = load("chinchilla");
    check_pin_refused(law, "alpa", 0.3, "did you mean alpha?");
    check_pin_refused(law, "alpha", -1, "outside its bounds");
    check_pin_refused(law, "alpha", NAN, "outside its bounds");
    check_pin_refused(law, "A", 0, "does not mention it");
    const Law *one = parse("name = \"x\"\nformula = \"y = p*x\"\n[param.p]\n"
                           "from = 1\nto = 2\n");
    check_pin_refused(one, "p", 1, "nothing is left to fit");
}

/* ---- bounded ----------------------------------------------------------- */

TEST(other_bounds_move_the_search_into_them)
{
    Err err = { 0 };
    const Law *law = load("chinchilla"), *out;
    const int i = law_param(law, "alpha");
    CHECK(law_bound(&out, &arena, law, "alpha", 0.3, 0.4, &err));
    CHECK(out->param[i].low == 0.3 && out->param[i].high == 0.4
          && out->param[i].from == 0.3 && out->param[i].to == 0.4);
    CHECK(out->nconstants > 0 && out->nconstants <= law->nconstants);
    CHECK(law_bound(&out, &arena, law, "alpha", 3, INFINITY, &err));
    CHECK(out->param[i].from == 3 && out->param[i].to > 3
          && out->param[i].high == INFINITY && out->nconstants == 0);
    CHECK(law_bound(&out, &arena, law, "alpha", -INFINITY, INFINITY, &err));
    CHECK(out->param[i].low == -INFINITY
          && out->param[i].from == law->param[i].from);
    check_same(out, through_text(out));
    CHECK(!law_bound(&out, &arena, law, "alpha", 0.4, 0.4, &err));
    CHECK_HAS(err.text, "pin it");
    CHECK(!law_bound(&out, &arena, law, "alpha", NAN, 0.4, &err));
}

/* ---- groups ------------------------------------------------------------ */

static const char *const two[] = { "lstm", "GPT-2" };

static const Law *group(const Law *law, const TextList *own,
                        const char *const *names, i64 n)
{
    Err err = { 0 };
    const Law *out = NULL;
    if (!CHECK(law_group(&out, &arena, law, own, names, n, &err)))
        test_note("%s", err.text);
    return out;
}

static int column_of(const Law *law, const char *name)
{
    for (int c = 0; c < law->ncolumn; c++)
        if (strcmp(law->column[c], name) == 0)
            return c;
    CHECK(!name);
    return 0;
}

TEST(a_group_has_its_own_parameters_and_shares_the_others)
{
    const char *const names[] = { "E", "alpha" };
    const TextList own = { 2, names };
    const Law *law = group(load("chinchilla"), &own, two, 2);
    CHECK_TEXT(law->formula, "loss = (E_lstm*is_lstm + E_GPT_2*is_GPT_2) + "
               "A/N^(alpha_lstm*is_lstm + alpha_GPT_2*is_GPT_2) + B/D^beta");
    CHECK(law->nparam == 7 && law->ncolumn == 4);
    static const char *const linear[] = { "E_lstm", "E_GPT_2", "A", "B" };
    for (int i = 0; i < 4; i++)
        CHECK(law->param[law_param(law, linear[i])].linear);
    CHECK(!law->param[law_param(law, "alpha_lstm")].linear);
    CHECK(law->zero[column_of(law, "is_lstm")] && !law->zero[0]
          == (column_of(law, "is_lstm") != 0));
    CHECK_TEXT(law->about[column_of(law, "is_GPT_2")].about,
               "1 for the runs of GPT-2");
    check_same(law, through_text(law));
    Str text = { 0 };
    CHECK(law_check(law, &text));
    str_free(&text);
}

/* With the indicators at 1 and 0 a grouped law is the law of the group: value,
 * slopes and curvatures, with nothing of the other group in them. */
TEST(a_grouped_law_is_the_law_of_each_group)
{
    const TextList all = { 0 };
    const Law *law = load("chinchilla"), *both = group(law, &all, two, 2);
    const double theta[2][5] = { { 1.7, 300, 900, 0.31, 0.37 },
                                 { 1.2, 50, 2000, 0.5, 0.4 } };
    double mixed[10], n = 3e7, d = 2e9, is[2];
    CHECK(both->nparam == 10);
    for (int i = 0; i < 5; i++)
        for (int g = 0; g < 2; g++)
            mixed[law_param(both, arena_print(&arena, "%s_%s",
                law->param[i].name, g ? "GPT_2" : "lstm"))] = theta[g][i];
    double *plain[] = { &n, &d }, *column[4];
    for (int c = 0; c < 4; c++) {
        const char *name = both->column[c];
        column[c] = *name == 'N' ? &n : *name == 'D' ? &d
                  : &is[strcmp(name, "is_lstm") != 0];
    }
    for (int g = 0; g < 2; g++) {
        double want, seen, slope[5], jac[10], hess[100], curve[25];
        is[g] = 1;
        is[1 - g] = 0;
        law_eval(&want, slope, curve, law, theta[g], plain, 1);
        law_eval(&seen, jac, hess, both, mixed, column, 1);
        CHECK_NEAR(seen, want, 1e-14);
        for (int i = 0; i < 5; i++) {
            const int mine = law_param(both, arena_print(&arena, "%s_%s",
                law->param[i].name, g ? "GPT_2" : "lstm"));
            const int other = law_param(both, arena_print(&arena, "%s_%s",
                law->param[i].name, g ? "lstm" : "GPT_2"));
            test_note("group %d, %s", g, law->param[i].name);
            CHECK_NEAR(jac[mine], slope[i], 1e-13);
            CHECK(jac[other] == 0);
            CHECK_NEAR(hess[mine * 10 + mine], curve[i * 5 + i], 1e-13);
            CHECK(hess[other * 10 + mine] == 0);
        }
    }
}

TEST(derivatives_of_a_grouped_law_meet_their_differences)
{
    const TextList all = { 0 };
    static const char *const laws[] = { "chinchilla", "kaplan-nd",
                                        "outer-exponent" };
    static const char *const three[] = { "a", "b", "c" };
    for (int k = 0; k < COUNT_OF(laws); k++) {
        const Law *law = group(load(laws[k]), &all, three, 3);
        Str text = { 0 };
        test_note("%s", laws[k]);
        CHECK(law_check(law, &text));
        if (strstr(text.text, "FAILED"))
            test_note("%s", text.text);
        str_free(&text);
    }
}

/* As many groups as there may be, of parameters that enter deep: too large to
 * differentiate forwards. */
TEST(eight_groups_of_a_law_that_is_nonlinear_in_everything)
{
    const TextList all = { 0 };
    static const char *const eight[] = { "a", "b", "c", "d", "e", "f", "g",
                                         "h" };
    const Law *law = group(load("kaplan-nd"), &all, eight, 8);
    CHECK(law->nparam == 32 && law->npair == 528);
    Str text = { 0 };
    CHECK(law_check(law, &text));
    str_free(&text);
}

TEST(the_groups_columns_stand_in_the_table)
{
    const char *const names[] = { "N", "is_lstm" };
    Table table = table_new(&arena, 2, names, 4);
    const double code[] = { 0, 1, 0, NAN };
    const Table out = law_group_columns(&arena, &table, code, two, 2);
    CHECK(out.ncol == 3 && out.nrow == 4 && table.ncol == 2);
    const double *lstm = table_column(&out, "is_lstm");
    const double *gpt = table_column(&out, "is_GPT_2");
    CHECK(lstm && gpt);
    for (int i = 0; i < 4; i++) {
        CHECK(lstm[i] == (code[i] == 0));
        CHECK(gpt[i] == (code[i] == 1));
    }
}

static void check_group_refused(const Law *law, const char *own,
                                const char *const *names, i64 n,
                                const char *words)
{
    Err err = { 0 };
    const Law *out;
    const TextList list = { own ? 1 : 0, &own };
    if (CHECK(!law_group(&out, &arena, law, &list, names, n, &err)))
        CHECK_HAS(err.text, words);
}

TEST(groups_that_cannot_be_are_refused_in_words)
{
    const Law *law = load("chinchilla");
    const char *const alike[] = { "a-b", "a b" };
    const char *const many[] = { "a", "b", "c", "d", "e", "f", "g" };
    check_group_refused(law, NULL, alike, 2, "groups 'a-b' and 'a b' would");
    check_group_refused(law, NULL, many, 7, "would make 35 parameters");
    check_group_refused(law, "G", many, 2, "no parameter 'G'");
    check_group_refused(law, NULL, many, 0, "no groups");
    check_group_refused(group(law, &(TextList){ 0 }, two, 1), NULL, two, 1,
                        "has a column is_lstm already");
}

/* ---- columns at zero --------------------------------------------------- */

TEST(zero_in_a_column_gives_numbers_and_never_nan)
{
    const Law *law = parse("name = \"z\"\nformula = \"loss = E + A*r^a + "
        "B*(r*c + s)^b + exp(-k*log(1 + r)) + C*min(r, s)^d\"\n"
        "zero = [\"r\", \"s\"]\n"
        "[param.E]\nfrom = 1\nto = 2\nlow = 0\n"
        "[param.A]\nfrom = 1\nto = 2\nlow = 0\n"
        "[param.B]\nfrom = 1\nto = 2\nlow = 0\n"
        "[param.C]\nfrom = 1\nto = 2\nlow = 0\n"
        "[param.a]\nfrom = 0.1\nto = 2\nlow = 0\n"
        "[param.b]\nfrom = 0.1\nto = 2\nlow = 0\n"
        "[param.c]\nfrom = 0.1\nto = 2\nlow = 0\n"
        "[param.d]\nfrom = 0.1\nto = 2\nlow = 0\n"
        "[param.k]\nfrom = 0.1\nto = 2\nlow = 0\n");
    const double theta[] = { 1.5, 2, 3, 4, 0.5, 0.7, 1.1, 0.3, 0.9 };
    double r[] = { 0, 0, 1, 0.5 }, s[] = { 0, 1, 0, 0.25 };
    double *column[] = { r, s }, out[4], jac[9 * 4], hess[81 * 4];
    law_eval(out, jac, hess, law, theta, column, 4);
    for (int i = 0; i < 4; i++) {
        const double want = 1.5 + 2 * pow(r[i], 0.5)
                          + 3 * pow(r[i] * 1.1 + s[i], 0.7)
                          + pow(1 + r[i], -0.9)
                          + 4 * pow(fmin(r[i], s[i]), 0.3);
        test_note("row %d", i);
        CHECK_NEAR(out[i], want, 1e-14);
    }
    for (int i = 0; i < 9 * 4; i++)
        CHECK(isfinite(jac[i]));
    for (int i = 0; i < 81 * 4; i++)
        CHECK(isfinite(hess[i]));
    CHECK(jac[law_param(law, "a") * 4] == 0); /* 0^a does not feel a */
    CHECK(jac[law_param(law, "E") * 4] == 1);
    /* 0^0 is 1: what N^0 is for all other rows */
    const double flat[] = { 1.5, 2, 3, 4, 0, 0.7, 1.1, 0.3, 0.9 };
    law_eval(out, NULL, NULL, law, flat, column, 1);
    CHECK_NEAR(out[0], 1.5 + 2 + 1, 1e-15);
}
