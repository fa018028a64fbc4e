/* library.c - a stranger's program against libscalelaw: scalelaw.h, the
 * standard library, and nothing beside. Linked in the tree with the shared
 * and with the static library, and after an install by pkg-config
 * (tests/cli/library.sh). Prints its own sum, as tests do. */

#include <scalelaw.h>

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZES = 6, HORIZONS = 5, RUNS = SIZES * HORIZONS };

static int passed, failed;

static bool check(bool holds, const char *promise)
{
    printf("%s %s\n", holds ? "ok" : "not ok", promise);
    if (holds)
        passed++;
    else
        failed++;
    return holds;
}

static bool near(double seen, double want, double relative)
{
    return fabs(seen - want) <= relative * fabs(want);
}

static bool refused(const sl_error *e, int kind, const char *words)
{
    if (e->kind == kind && strstr(e->text, words))
        return true;
    printf("   kind %d: %s\n", e->kind, e->text);
    return false;
}

/* ---- runs of a law with constants of no published one ------------------- */

static const struct { const char *name; double value; } truth[] = {
    { "E", 1.3 }, { "A", 210 }, { "B", 530 }, { "alpha", .31 },
    { "beta", .37 },
};
enum { PARAMS = sizeof truth / sizeof *truth };

static double loss_of(double n, double d)
{
    return truth[0].value + truth[1].value * pow(n, -truth[3].value)
         + truth[2].value * pow(d, -truth[4].value);
}

/* Noise that is the same everywhere: a sine of the row. */
static sl_table *runs_of(double noise, sl_error *e)
{
    double n[RUNS], d[RUNS], loss[RUNS];
    for (int i = 0; i < RUNS; i++) {
        n[i] = 1e6 * pow(3, i % SIZES);
        d[i] = 2e7 * pow(4, i / SIZES);
        loss[i] = loss_of(n[i], d[i]) * (1 + noise * sin(37 * i + 1));
    }
    sl_table *runs = sl_table_new(RUNS, e);
    if (runs && sl_table_set(runs, "N", n, e) && sl_table_set(runs, "D", d, e)
        && sl_table_set(runs, "loss", loss, e))
        return runs;
    sl_table_free(runs);
    return NULL;
}

static sl_fit *fit_of(double noise, int64_t resamples, int threads, sl_error *e)
{
    sl_table   *runs = runs_of(noise, e);
    sl_law     *law = sl_law_load("chinchilla", e);
    sl_options *o = sl_options_new(e);
    sl_fit     *fit = NULL;
    if (runs && law && o && sl_options_resamples(o, resamples, e)
        && sl_options_threads(o, threads, e))
        fit = sl_fit_law(law, runs, o, e);
    sl_options_free(o);
    sl_table_free(runs); /* before the fit: it keeps what it needs */
    sl_law_free(law);
    return fit;
}

/* ---- fits and plans ----------------------------------------------------- */

static void check_recovery(void)
{
    sl_error    e;
    sl_interval x;
    sl_fit     *fit = fit_of(0, 0, 1, &e);
    if (!check(fit != NULL && e.kind == SL_OK, "a law is fitted"))
        return;
    bool all = sl_fit_params(fit) == PARAMS;
    for (int i = 0; i < PARAMS; i++)
        all = all && sl_fit_param(fit, truth[i].name, &x, &e)
           && near(x.value, truth[i].value, 1e-4) && isnan(x.low);
    check(all, "the constants of a known law are recovered");
    check(!sl_fit_param(fit, "gamma", &x, &e)
              && refused(&e, SL_USAGE, "no parameter \"gamma\""),
          "an unknown parameter is refused in words");
    sl_fit_free(fit);
}

static void check_certificate(const sl_fit *fit)
{
    check(sl_fit_number(fit, "rows") == RUNS
              && sl_fit_number(fit, "agree") >= 2
              && sl_fit_number(fit, "gradient") < 1e-8
              && near(sl_fit_number(fit, "c_max"), 6 * 2.43e8 * 5.12e9, 1e-9)
              && isnan(sl_fit_number(fit, "no such number"))
              && strlen(sl_fit_words(fit)) > 10,
          "a fit carries its certificate");
    check(sl_fit_se(fit, "alpha") > 0 && !sl_fit_at_bound(fit, "alpha"),
          "and standard errors");
}

static void check_plan(const sl_fit *fit)
{
    sl_error    e;
    sl_interval n, d, loss, c;
    sl_plan    *plan = sl_plan_budget(fit, 1e18, &e);
    bool ok = plan && sl_plan_value(plan, "N", &n, &e)
           && sl_plan_value(plan, "D", &d, &e)
           && sl_plan_value(plan, "loss", &loss, &e)
           && sl_plan_value(plan, "C", &c, &e);
    check(ok && near(6 * n.value * d.value, 1e18, 1e-6) && c.value == 1e18,
          "a plan spends its budget");
    check(ok && n.low < n.value && n.value < n.high && loss.low < loss.high,
          "a plan carries intervals");
    check(!sl_plan_value(plan, "price", &n, &e)
              && refused(&e, SL_USAGE, "\"price\""),
          "what a plan does not say is refused");
    sl_plan_free(plan);
    const sl_family family = { .size = sizeof family, .vocab = 256,
                               .context = 128, .aspect = 32, .layers_min = 2,
                               .counts = "body+head" };
    plan = sl_plan_family(fit, 1e18, &family, &e);
    ok = plan && sl_plan_value(plan, "N", &c, &e)
      && sl_plan_value(plan, "width", &d, &e);
    check(ok && c.value < n.value && d.value > 0,
          "a family of shapes pays for its attention");
    sl_plan_free(plan);
    check(!sl_plan_budget(fit, -1, &e) && e.kind == SL_USAGE,
          "a budget below nothing is refused");
}

static void check_predictions(const sl_fit *fit)
{
    const double at[] = { 3e8, 6e9 };
    sl_error     e;
    sl_interval  law, run;
    const bool   ok = sl_fit_predict(fit, at, &law, &run, &e);
    check(ok && near(law.value, loss_of(at[0], at[1]), .01)
              && law.low < law.value && law.value < law.high,
          "a loss is predicted with its interval");
    check(ok && run.high - run.low > law.high - law.low,
          "one run scatters more than the law is unsure");
    const double nonsense[] = { 3e8, -1 };
    check(!sl_fit_predict(fit, nonsense, &law, NULL, &e)
              && refused(&e, SL_USAGE, "D is -1"),
          "a run of -1 tokens is refused");
}

/* Every number of `fit` again after writing and reading. */
static void check_file(const sl_fit *fit)
{
    char        path[] = "/tmp/scalelaw_library_XXXXXX";
    const int   handle = mkstemp(path);
    sl_error    e;
    sl_interval a, b;
    bool        same = handle >= 0 && sl_fit_write(fit, path, &e);
    sl_fit     *back = same ? sl_fit_read(path, &e) : NULL;
    same = same && back;
    for (int i = 0; same && i < PARAMS; i++) {
        const char *name = sl_fit_param_name(fit, i);
        same = sl_fit_param(fit, name, &a, &e)
            && sl_fit_param(back, name, &b, &e)
            && memcmp(&a, &b, sizeof a) == 0;
    }
    double one[PARAMS], two[PARAMS];
    same = same && sl_fit_draw(fit, 7, one, &e) && sl_fit_draw(back, 7, two, &e)
        && memcmp(one, two, sizeof one) == 0;
    check(same, "a fit read back is the fit that was written");
    char *json = sl_fit_json(fit, &e);
    check(json && json[0] == '{' && strstr(json, "\"draws\""),
          "a fit is JSON as well");
    sl_text_free(json);
    sl_fit_free(back);
    if (handle >= 0)
        close(handle);
    remove(path);
    check(!sl_fit_read(path, &e) && refused(&e, SL_IO, path),
          "a file that is not there is named");
}

static void check_frontiers(const sl_fit *fit)
{
    sl_error     e;
    sl_interval  a, n;
    double       point[4];
    sl_frontier *f = sl_frontier_parametric(fit, 1e15, 1e20, &e);
    check(f && sl_frontier_value(f, "a", 0, &a, &e)
              && sl_frontier_value(f, "N", 1e18, &n, &e)
              && a.low < a.value && n.low < n.value && n.value < n.high
              && near(a.value, .37 / .68, .05),
          "approach 3 has its exponent and its line");
    check(sl_frontier_points(f) > 2 && sl_frontier_point(f, 0, point, &e)
              && near(6 * point[1] * point[2], point[0], 1e-6)
              && !sl_frontier_point(f, -1, point, &e),
          "its points are on the budget");
    sl_frontier_free(f);

    enum { BUDGETS = 3, EACH = 9, N = BUDGETS * EACH };
    double column[5][N];
    const char *name[] = { "N", "D", "C", "loss", "budget" };
    for (int i = 0; i < N; i++) {
        column[2][i] = column[4][i] = 1e16 * pow(10, i / EACH);
        column[0][i] = 2e7 * pow(3.3, i / EACH) * pow(1.5, i % EACH - 4);
        column[1][i] = column[2][i] / 6 / column[0][i];
        column[3][i] = loss_of(column[0][i], column[1][i]);
    }
    sl_table *t = sl_table_new(N, &e);
    bool      ok = t != NULL;
    for (int i = 0; ok && i < 5; i++)
        ok = sl_table_set(t, name[i], column[i], &e);
    for (int k = 0; k < 2; k++) {
        const char *method = k ? "akima" : "parabola";
        f = ok ? sl_frontier_isoflop(t, method, NULL, &e) : NULL;
        check(f && sl_frontier_value(f, "a", 0, &a, &e)
                  && near(a.value, .37 / .68, .05)
                  && strstr(sl_frontier_words(f), "3 of 3 budgets"),
              k ? "approach 2 by Akima curves" : "approach 2 by parabolas");
        sl_frontier_free(f);
    }
    check(!sl_frontier_isoflop(t, "spline", NULL, &e) && e.kind == SL_USAGE,
          "an unknown curve is refused");
    sl_table_free(t);
}

static void check_changes(void)
{
    sl_error    e;
    sl_interval x;
    sl_table   *runs = runs_of(.001, &e);
    sl_law     *law = sl_law_load("chinchilla", &e);
    sl_options *o = sl_options_new(&e);
    bool ok = runs && law && o && sl_options_resamples(o, 0, &e)
           && sl_options_objective(o, "squares", &e)
           && sl_options_pin(o, "E", 1.25, &e)
           && sl_options_bound(o, "alpha", .05, .3, &e);
    sl_fit *fit = ok ? sl_fit_law(law, runs, o, &e) : NULL;
    check(fit && sl_fit_params(fit) == PARAMS - 1
              && !sl_fit_param(fit, "E", &x, &e)
              && sl_fit_param(fit, "alpha", &x, &e) && x.value <= .3,
          "a pinned parameter is gone, a bounded one is within");
    sl_fit_free(fit);

    const char *kind[RUNS];
    for (int i = 0; i < RUNS; i++)
        kind[i] = i % 2 ? "gpt" : "lstm";
    sl_options_free(o);
    o = sl_options_new(&e);
    ok = o && sl_table_set_text(runs, "arch", kind, &e)
      && sl_options_resamples(o, 0, &e)
      && sl_options_group(o, "arch", "E", &e);
    fit = ok ? sl_fit_law(law, runs, o, &e) : NULL;
    check(fit && sl_fit_params(fit) == PARAMS + 1
              && sl_fit_param(fit, "E_gpt", &x, &e)
              && near(x.value, 1.3, .05),
          "a parameter is one a group where asked");
    sl_fit_free(fit);
    check(!sl_options_objective(o, "hubert", &e)
              && refused(&e, SL_USAGE, "\"hubert\"")
              && !sl_options_level(o, 1.5, &e) && !sl_options_delta(o, NAN, &e),
          "options that cannot be are refused");
    sl_options_free(o);
    sl_law_free(law);
    sl_table_free(runs);
}

/* ---- what a library owes its host ---------------------------------------- */

static void check_refusals(void)
{
    sl_error  e;
    sl_table *runs = sl_table_new(INT64_C(1) << 52, &e);
    check(!runs && refused(&e, SL_MEMORY, "ask for less"),
          "more rows than the machine holds are refused, and it lives on");
    sl_law *law = sl_law_load("chinchila", &e);
    check(!law && e.kind == SL_USAGE && strstr(e.text, "chinchila"),
          "an unknown law is named");
    law = sl_law_parse("name = \"x\"\nformula = \"loss = N^^2\"\n", &e);
    check(!law && e.kind == SL_FORMAT, "a formula that is none is refused");
    check(!sl_fit_law(NULL, NULL, NULL, NULL) && !sl_table_get(NULL, "N")
              && isnan(sl_fit_se(NULL, "E")) && sl_law_params(NULL) == 0,
          "NULL is refused, and errors need not be asked for");
    sl_fit_free(NULL);

    law = sl_law_load("chinchilla", &e);
    runs = sl_table_new(12, &e);
    double n[12], d[12], loss[12];
    for (int i = 0; i < 12; i++) {
        n[i] = 1e6 * pow(2, i);
        d[i] = 20 * n[i];
        loss[i] = loss_of(n[i], d[i]);
    }
    sl_table_set(runs, "N", n, NULL);
    sl_table_set(runs, "D", d, NULL);
    sl_table_set(runs, "loss", loss, NULL);
    check(!sl_fit_law(law, runs, NULL, &e) && e.kind == SL_REFUSED
              && strlen(e.text) > 20,
          "runs on one ray D = 20 N are refused as data that cannot say");
    sl_options *o = sl_options_new(&e);
    check(sl_options_resamples(o, INT64_MAX / 2, &e)
              && !sl_fit_law(law, runs, o, &e) && e.kind == SL_MEMORY,
          "more draws than the machine holds are refused");
    sl_options_free(o);
    sl_table_free(runs);
    sl_law_free(law);
}

/* One of the locales that write 1,5; NULL if the machine has none. */
static const char *comma_locale(void)
{
    static const char *const name[] = { "de_DE.UTF-8", "de_DE.utf8",
                                        "fr_FR.UTF-8", "fr_FR.utf8" };
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (setlocale(LC_ALL, name[i])
            && strcmp(localeconv()->decimal_point, ",") == 0)
            return name[i];
    return NULL;
}

static char *everything_as_text(void)
{
    sl_error  e;
    sl_fit   *fit = fit_of(.001, 50, 1, &e);
    sl_table *t = runs_of(.001, &e);
    char     *json = sl_fit_json(fit, &e), *csv = sl_table_csv(t, &e), *all;
    sl_law   *law = sl_law_load("chinchilla", &e);
    double    theta[32];
    const size_t room = strlen(json) + strlen(csv) + 100;
    if (!law || !sl_law_set(law, "hoffmann", theta, &e))
        theta[1] = NAN;
    all = malloc(room);
    snprintf(all, room, "%s%s%d", json, csv, (int)(10 * theta[1]));
    sl_law_free(law);
    sl_text_free(json);
    sl_text_free(csv);
    sl_table_free(t);
    sl_fit_free(fit);
    return all;
}

static void check_locale(void)
{
    char       *plain = everything_as_text();
    const char *name = comma_locale();
    if (!name) {
        printf("skip numbers are the same in every locale: no locale with a "
               "decimal comma is installed\n");
    } else {
        char  own[32];
        char *there = everything_as_text();
        check(strcmp(plain, there) == 0,
              "numbers are the same in a locale that writes 1,5");
        snprintf(own, sizeof own, "%.1f", 1.5);
        check(strcmp(own, "1,5") == 0, "whose program still writes 1,5 itself");
        free(there);
        setlocale(LC_ALL, "C");
    }
    free(plain);
}

static void *fit_in_thread(void *to)
{
    sl_error e;
    sl_fit **fit = to;
    *fit = fit_of(.002, 200, 2, &e);
    return NULL;
}

/* The same law, fitted by four threads at once and once alone. */
static void check_threads(void)
{
    enum { THREADS = 4 };
    pthread_t thread[THREADS];
    sl_fit   *fit[THREADS + 1] = { NULL };
    char     *text[THREADS + 1] = { NULL };
    bool      same = true;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, fit_in_thread, &fit[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    fit_in_thread(&fit[THREADS]);
    for (int i = 0; i <= THREADS; i++)
        text[i] = sl_fit_json(fit[i], NULL);
    for (int i = 0; i < THREADS; i++)
        same = same && text[i] && strcmp(text[i], text[THREADS]) == 0;
    check(same, "four threads that fit at once get what one alone gets");
    for (int i = 0; i <= THREADS; i++) {
        sl_text_free(text[i]);
        sl_fit_free(fit[i]);
    }
}

static void check_knowledge(void)
{
    sl_error e;
    char    *list = sl_law_list(&e);
    check(list && strstr(list, "chinchilla\n"), "laws are listed");
    sl_text_free(list);
    sl_law *law = sl_law_load("chinchilla", &e);
    double  theta[32], out[2];
    const double  n[] = { 1e9, 7e10 }, d[] = { 2e10, 1.4e12 };
    const double *column[] = { n, d };
    check(law && sl_law_columns(law) == 2 && sl_law_params(law) == PARAMS
              && strcmp(sl_law_response(law), "loss") == 0
              && strcmp(sl_law_column_name(law, 0), "N") == 0
              && sl_law_column_name(law, 2) == NULL && sl_law_sets(law) > 0,
          "a law says what it is of");
    check(sl_law_set(law, "besiroglu", theta, &e)
              && sl_law_eval(law, theta, column, 2, out, &e) && out[1] < out[0]
              && near(out[0], 1.8172 + 482.01 * pow(1e9, -.3478)
                                  + 2085.43 * pow(2e10, -.3658), 1e-9),
          "a published law is evaluated");
    sl_fit *fit = sl_fit_published(law, "besiroglu", &e);
    sl_interval ratio;
    sl_plan *plan = sl_plan_budget(fit, 5.76e23, &e);
    check(plan && sl_plan_value(plan, "ratio", &ratio, &e)
              && near(ratio.value, 18.4, .005), /* as literature has it */
          "and planned from");
    sl_plan_free(plan);
    sl_fit_free(fit);
    sl_law_free(law);
    /* SOURCE: Radford et al. 2019 published GPT-2 small: 124439808 numbers. */
    sl_shape shape = { .size = sizeof shape, .layers = 12, .width = 768,
                       .heads = 12, .ff = 3072, .vocab = 50257,
                       .context = 1024, .tied = true };
    double count = 0;
    check(sl_count_params(&shape, "total", &count, &e) && count == 124439808,
          "GPT-2 small is counted");
    shape.size = 3;
    check(!sl_count_params(&shape, "total", &count, &e) && e.kind == SL_USAGE,
          "a struct of another size is refused");
}

static void check_version(void)
{
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", SL_VERSION_MAJOR, SL_VERSION_MINOR,
             SL_VERSION_PATCH);
    check(sl_version() == SL_VERSION && strcmp(sl_version_text(), text) == 0,
          "header and library are of one version");
}

int main(void)
{
    sl_error e;
    check_version();
    check_knowledge();
    check_recovery();
    sl_fit *fit = fit_of(.002, 300, 1, &e);
    if (check(fit && sl_fit_number(fit, "draws") > 250, "draws are kept")) {
        check_certificate(fit);
        check_plan(fit);
        check_predictions(fit);
        check_file(fit);
        check_frontiers(fit);
    }
    sl_fit_free(fit);
    check_changes();
    check_refusals();
    check_threads();
    check_locale();
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
