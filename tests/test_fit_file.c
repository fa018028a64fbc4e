/* test_fit_file.c - a fit is a file that means the same wherever it is read:
 * every number bit for bit, whatever the objective, the law's origin and what
 * was asked beside; and files of the first schema still read. */

#include "fit/fit.h"

#include "base/file.h"
#include "tests/fit_world.h"

static Arena arena;
static const double truth[] = { 1.1, 60, 400, 0.42, 0.35 };

static bool same_bits(const double *a, const double *b, i64 n)
{
    return n == 0 || memcmp(a, b, (size_t)n * sizeof *a) == 0;
}

/* NaN is NaN, whatever its bits: files have null for all. */
static bool same(const double *a, const double *b, i64 n)
{
    for (i64 i = 0; i < n; i++)
        if (!(isnan(a[i]) && isnan(b[i])) && !same_bits(&a[i], &b[i], 1))
            return false;
    return true;
}

static bool fitted(Fit *out, const Law *law, const Table *runs, FitOptions o)
{
    Err err = { 0 };
    const bool ok = fit_law(out, &arena, law, runs, o, &err);
    if (!ok)
        test_note("%s", err.text);
    return CHECK(ok);
}

static bool through_file(Fit *out, const Fit *fit)
{
    Str text = { 0 };
    Err err = { 0 };
    const char *path = arena_print(&arena, "%s/fit.json", test_folder());
    fit_write(&text, fit);
    CHECK(file_write(path, text.text, text.size, &err));
    str_free(&text);
    const bool ok = fit_read(out, &arena, path, &err);
    if (!ok)
        test_note("%s", err.text);
    return CHECK(ok);
}

static void check_same(const Fit *f, const Fit *g)
{
    const int n = f->law->nparam;
    CHECK(same(f->theta, g->theta, n) && same(f->low, g->low, n));
    CHECK(same(f->high, g->high, n) && same(f->se, g->se, n));
    CHECK(same(f->profile_low, g->profile_low, n));
    CHECK(same(f->profile_high, g->profile_high, n));
    CHECK(same(&f->objective, &g->objective, 1));
    CHECK(same(&f->rmse_log, &g->rmse_log, 1));
    CHECK(same(&f->c_max, &g->c_max, 1));
    CHECK(f->nresidual == g->nresidual && f->ndraw == g->ndraw);
    CHECK(same_bits(f->residual, g->residual, f->nresidual));
    CHECK(same_bits(f->draw, g->draw, f->ndraw * n));
    CHECK(f->nrow == g->nrow);
}

static void check_options(const FitOptions *o, const FitOptions *p)
{
    CHECK(o->objective == p->objective && o->delta == p->delta);
    CHECK(o->quantile == p->quantile && o->resamples == p->resamples);
    CHECK(o->resample == p->resample && o->profile == p->profile);
    CHECK(o->seed == p->seed && o->level == p->level);
    CHECK_TEXT(p->weight, o->weight);
    CHECK_TEXT(p->cluster, o->cluster);
}

TEST(every_objective_and_option_comes_back)
{
    Table t = world_study(&arena, truth, 5, 5, 0.003, 5);
    t.name[4] = "seeds"; /* the budget column: above 0 in all rows */
    for (i64 i = 0; i < t.nrow; i++)
        t.column[4][i] = 1 + (double)(i % 3);
    for (int k = 0; k <= FIT_QUANTILE; k++) {
        FitOptions o = fit_defaults();
        Fit f, g;
        o.objective = (FitObjective)k;
        o.resamples = 40;
        o.seed = 7;
        o.level = 0.9;
        o.quantile = 0.4;
        o.weight = k % 2 ? "seeds" : NULL;
        o.resample = k == 0 ? FIT_RESAMPLE_WILD : FIT_RESAMPLE_RUNS;
        o.profile = k == 0;
        test_note("%s", fit_objective_name(o.objective));
        if (!fitted(&f, world_law(&arena, "chinchilla"), &t, o)
            || !through_file(&g, &f))
            return;
        check_same(&f, &g);
        check_options(&f.options, &g.options);
    }
}

/* What plan and predict read from a fit is in these. */
TEST(a_fit_read_back_foretells_the_same_bits)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 5);
    FitOptions o = fit_defaults();
    Fit f, g;
    o.resamples = 100;
    if (!fitted(&f, world_law(&arena, "chinchilla"), &t, o)
        || !through_file(&g, &f))
        return;
    for (double n = 1e5; n < 1e8; n *= 5) {
        const double column[] = { n, 30 * n };
        const Interval a = fit_predict(&f, column), b = fit_predict(&g, column);
        const Interval c = fit_predict_run(&f, column);
        const Interval d = fit_predict_run(&g, column);
        CHECK(same_bits(&a.value, &b.value, 3));
        CHECK(same_bits(&c.value, &d.value, 3));
        CHECK(c.low < a.low && a.high < c.high);
    }
    CHECK(isfinite(g.c_max) && g.nresidual == t.nrow);
}

/* Groups: columns of which 0 is a value, and a law that no file holds. */
TEST(a_law_of_groups_comes_back_with_its_zeros)
{
    const Table t = world_study(&arena, truth, 5, 6, 0.003, 5);
    static const char *const group[] = { "lstm", "gpt" };
    static const char *const own_names[] = { "E" };
    const TextList own = { 1, own_names };
    double code[30];
    const Law *law;
    Err err = { 0 };
    Fit f, g;
    for (i64 i = 0; i < t.nrow; i++)
        code[i] = (double)(i % 2);
    if (!CHECK(law_group(&law, &arena, world_law(&arena, "chinchilla"), &own,
                         group, 2, &err)))
        return;
    const Table marked = law_group_columns(&arena, &t, code, group, 2);
    FitOptions o = fit_defaults();
    o.resamples = 0;
    if (!fitted(&f, law, &marked, o) || !through_file(&g, &f))
        return;
    check_same(&f, &g);
    CHECK(g.law->ncolumn == law->ncolumn);
    int zeros = 0;
    for (int c = 0; c < law->ncolumn; c++) {
        CHECK_TEXT(g.law->column[c], law->column[c]);
        CHECK(g.law->zero[c] == law->zero[c]);
        zeros += g.law->zero[c];
    }
    CHECK(zeros == 2);
}

TEST(a_law_of_code_comes_back_as_that_code)
{
    const Law *law = world_law(&arena, "tissue");
    Fit f = { .law = law, .options = fit_defaults(), .c_max = NAN,
              .objective = 1, .rmse_log = 0.1 }, g;
    for (int i = 0; i < law->nparam; i++)
        f.theta[i] = 0.5 + i;
    CHECK(law->code != NULL);
    if (!through_file(&g, &f))
        return;
    CHECK(g.law->code == law->code);
    check_same(&f, &g);
}

/* A file as version 0.1 wrote them. */
static const char first_schema[] =
    "{\"scalelaw\":\"fit\",\"schema\":1,\"law\":{\"name\":\"x\",\"title\":\"\","
    "\"formula\":\"loss = E + A/N^alpha\",\"source\":\"\",\"counts\":null,"
    "\"cost\":null,\"param\":["
    "{\"name\":\"E\",\"unit\":\"nats\",\"from\":1,\"to\":2,\"low\":0,"
    "\"high\":null},"
    "{\"name\":\"A\",\"unit\":\"\",\"from\":1,\"to\":2,\"low\":0,"
    "\"high\":null},"
    "{\"name\":\"alpha\",\"unit\":\"\",\"from\":0.1,\"to\":1,\"low\":0,"
    "\"high\":5}]},\"counts\":\"total\",\"runs\":12,"
    "\"options\":{\"objective\":\"squares\",\"delta\":0.001,\"resamples\":1,"
    "\"resampled\":\"runs\",\"seed\":3,\"level\":0.95},"
    "\"theta\":[1.5,10,0.3],\"low\":[1,null,0.2],\"high\":[2,20,0.4],"
    "\"objective\":0.25,\"rmse_log\":0.01,"
    "\"certificate\":{\"grid_points\":24,\"starts\":8,\"agree\":8,"
    "\"gradient\":1e-12,\"condition\":10,\"iterations\":5,"
    "\"at_bound\":[false,true,false],\"unidentified\":[false,false,true],"
    "\"refits_failed\":0,\"words\":\"fine\"},\"draws\":[[1.4,9,0.29]]}\n";

TEST(a_file_of_the_first_schema_still_reads)
{
    const char *path = arena_print(&arena, "%s/old.json", test_folder());
    Err err = { 0 };
    Fit f;
    CHECK(file_write(path, first_schema, (i64)strlen(first_schema), &err));
    test_note("%s", err.text);
    if (!CHECK(fit_read(&f, &arena, path, &err)))
        return;
    CHECK(f.theta[1] == 10 && isnan(f.low[1]) && f.draw[2] == 0.29);
    CHECK(f.certificate.at_bound[1] && f.certificate.unidentified[2]);
    CHECK(f.options.objective == FIT_SQUARES && f.options.seed == 3);
    CHECK_TEXT(f.options.cluster, "cluster");
    /* What that schema had not is absent, not 0. */
    CHECK(isnan(f.c_max) && isnan(f.se[0]) && isnan(f.profile_high[2]));
    CHECK(f.nresidual == 0);
    const double column[] = { 1e6 };
    CHECK(isnan(fit_predict_run(&f, column).low));
}

TEST(the_names_of_objectives_and_resampling_are_read_back)
{
    for (int k = 0; k <= FIT_QUANTILE; k++) {
        FitObjective back = FIT_HUBER_LOG;
        CHECK(fit_objective_find(&back, fit_objective_name((FitObjective)k)));
        CHECK((int)back == k);
    }
    for (int k = 0; k <= FIT_RESAMPLE_WILD; k++) {
        FitResample back = FIT_RESAMPLE_AUTO;
        CHECK(fit_resample_find(&back, fit_resample_name((FitResample)k)));
        CHECK((int)back == k);
    }
    FitObjective none;
    CHECK(!fit_objective_find(&none, "huge"));
}

TEST(what_is_wrong_in_a_file_is_said)
{
    static const struct { const char *find, *put, *words; } bent[] = {
        { "\"squares\"", "\"mean\"", "objective 'mean' is none" },
        { "\"schema\":1", "\"schema\":3", "another version" },
        { "\"cost\":null", "\"code\":\"nosuch\"", "code 'nosuch'" },
        { "\"draws\":[[1.4,9,0.29]]", "\"residuals\":[1,\"x\"]", "residual" },
        { "\"draws\":[[1.4,9,0.29]]", "\"se\":[1]", "se, profile_low" },
        { "[[1.4,9,0.29]]", "[[1.4,9]]", "draw 1 is not 3 numbers" },
    };
    for (int i = 0; i < COUNT_OF(bent); i++) {
        const char *at = strstr(first_schema, bent[i].find);
        if (!CHECK(at != NULL))
            return;
        const char *text = arena_print(&arena, "%.*s%s%s",
                                       (int)(at - first_schema), first_schema,
                                       bent[i].put, at + strlen(bent[i].find));
        const char *path = arena_print(&arena, "%s/%d.json", test_folder(), i);
        Err err = { 0 };
        Fit f;
        CHECK(file_write(path, text, (i64)strlen(text), &err));
        test_note("%s", bent[i].put);
        if (CHECK(!fit_read(&f, &arena, path, &err)))
            CHECK_HAS(err.text, bent[i].words);
    }
}
