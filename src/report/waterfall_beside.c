/* waterfall_beside.c - the exponent by other roads, from runs that are there
 * anyway: the tuned runs by every estimator and with attention counted; Kaplan's
 * runs by his own law of size and steps, and with his correction for the batch;
 * and the counting alone, on our surface and on Chinchilla's.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, equations 1.6 and 5.5; Porian et
 *         al. 2024, arXiv:2406.19146; Hoffmann et al. 2022, arXiv:2203.15556. */

#include "report/waterfall_beside.h"

#include "report/curves.h"
#include "report/finds.h"
#include "report/finds_cmin.h"
#include "report/finds_counting.h"

#include <math.h>
#include <string.h>

enum { DRAWS = 200, ENVELOPE_BINS = 200 };

typedef struct Beside {
    Waterfall    *out;
    Str          *lost;
    Arena        *arena;
    const char   *runs_dir;
    FitOptions    options;
    const Midway *kaplan, *tuned;
} Beside;

static const Interval unknown = { NAN, NAN, NAN };

static void put(Beside *b, const char *name, const char *from, Interval a,
                double published, const char *words)
{
    Waterfall *w = b->out;
    w->beside[w->nbeside++] = (WaterBeside){
        .name = name, .from = from, .a = a, .published = published,
        .words = arena_text(b->arena, words ? words : "") };
}

/* -- The same parabolas, otherwise counted --------------------------------- */

static void counted(Beside *b, const char *name, const Midway *from,
                    CountN counts, double published)
{
    MidExponent e;
    midway_exponent(&e, b->arena, from, counts, b->options);
    put(b, name, from->group, e.a, published, e.words);
}

/* Every point moved to the compute that Kaplan would have had it cost, far
 * below the critical batch. */
static void with_cmin(Beside *b)
{
    Midway      moved;
    CminLine    line;
    MidExponent e = { .a = unknown };
    if (!cmin_curves(&moved, &line, b->lost, b->arena, b->kaplan, b->runs_dir)) {
        put(b, "Kaplan's way, by C_min", "kaplan", unknown, 0.73, line.words);
        return;
    }
    midway_exponent(&e, b->arena, &moved, N_BODY, b->options);
    put(b, "Kaplan's way, by C_min", "kaplan", e.a, 0.73, line.words);
}

/* -- The tuned runs by other estimators ------------------------------------ */

enum { COL_N, COL_D, COL_C, COL_LOSS, COL_BUDGET, COLS };

static Table ends_table(Arena *arena, const Midway *from)
{
    static const char *const names[COLS] = { "N", "D", "C", "loss", "budget" };
    Table table = table_new(arena, COLS, names, from->count);
    for (i64 i = 0; i < from->count; i++) {
        const Run   *run = from->curve[i].run;
        const double n = count_n(run->shape, N_BODY_HEAD);
        table.column[COL_N][i]      = n;
        table.column[COL_D][i]      = (double)run->tokens;
        table.column[COL_C][i]      = 6 * n * (double)run->tokens;
        table.column[COL_LOSS][i]   = run->val_loss;
        table.column[COL_BUDGET][i] = run->budget;
        table.label[i]              = run->id;
    }
    return table;
}

static void by_akima(Beside *b, const Table *table)
{
    IsoflopOptions options = { .fit = b->options, .curve = ISOFLOP_AKIMA,
                               .noise = NAN };
    IsoflopBudget *budget;
    Frontier       line = { .npoint = 0 };
    i64            count;
    Err            err = { 0 };
    const bool ok = isoflop_fit_by(&budget, &count, &line, b->arena, table,
                                   &options, &err);
    put(b, "tuned, Akima for parabolas", b->tuned->group, ok ? line.a : unknown,
        NAN, ok ? line.words : err.text);
}

/* The additive law and where its optimum goes; and, of the same surface, where
 * it would seem to go if the body alone were counted. */
static void by_law(Beside *b, const Table *table, FitObjective objective,
                   const char *name, Fit *fit)
{
    const Law *law;
    Err        err  = { 0 };
    Frontier   line = { .a = unknown };
    double     low = INFINITY, high = 0;
    for (i64 i = 0; i < table->nrow; i++) {
        low  = fmin(low, table->column[COL_C][i]);
        high = fmax(high, table->column[COL_C][i]);
    }
    b->options.objective = objective;
    *fit = (Fit){ .law = NULL };
    if (!law_load(&law, b->arena, "chinchilla", &err)
        || !fit_law(fit, b->arena, law, table, b->options, &err)) {
        *fit = (Fit){ .law = NULL };
        put(b, name, b->tuned->group, unknown, NAN, err.text);
        return;
    }
    const bool ok = parametric_frontier(&line, b->arena, fit, low, high, &err);
    put(b, name, b->tuned->group, ok ? line.a : unknown, NAN,
        ok ? line.words : err.text);
}

static void by_envelope(Beside *b)
{
    RunList  list = { .run = NEW(b->arena, Run, b->tuned->count + 1) };
    Curves   curves = { 0 };
    Frontier line;
    Err      err = { 0 };
    for (i64 i = 0; i < b->tuned->count; i++)
        list.run[list.count++] = *b->tuned->curve[i].run;
    const bool ok = curves_read(&curves, b->lost, b->arena, &list, N_BODY_HEAD,
                                b->runs_dir, &err)
        && envelope_fit(&line, b->arena, &curves.table, ENVELOPE_BINS,
                        b->options, &err);
    put(b, "tuned, envelope of the curves", b->tuned->group,
        ok ? line.a : unknown, NAN, ok ? line.words : err.text);
}

/* -- The counting alone ---------------------------------------------------- */

/* One depth and 12 L d^2 in the matrices, so that the head is V d with d the
 * root of the body. */
static bool family_of(CountFamily *out, const Midway *from)
{
    const Shape first = from->curve[0].run->shape;
    *out = (CountFamily){ (double)first.vocab
                          / sqrt(12.0 * (double)first.layers), 0.5 };
    for (i64 i = 0; i < from->count; i++) {
        const Shape  s = from->curve[i].run->shape;
        const double n = count_n(s, N_BODY);
        if (!finds_same(counting_all(*out, n), count_n(s, N_BODY_HEAD), 0.02))
            return false;
    }
    return true;
}

static void by_counting(Beside *b, const Fit *fit)
{
    const MidExponent *e = &b->out->step[WATER_STEPS - 1].e;
    CountFamily        family;
    Interval           a = unknown;
    const char        *words = "the best sizes of the last step are not known";
    if (!family_of(&family, b->tuned))
        words = "the sizes are not one family of one depth";
    else if (fit->law && e->n_high > e->n_low) {
        a = counting_exponent(fit, family, counting_body(family, e->n_low),
                              counting_body(family, e->n_high));
        words = "our surface, asked as if the head were neither size nor cost";
    }
    put(b, "tuned, counted as Kaplan did", b->tuned->group, a, 0.7115, words);
}

static void by_nothing(Beside *b)
{
    Err    err = { 0 };
    double a   = NAN;
    if (!counting_published(&a, b->arena, "hoffmann-printed", &err))
        a = NAN;
    put(b, "Chinchilla's surface, counted as Kaplan did", "no run",
        (Interval){ a, NAN, NAN }, 0.74,
        err.kind ? err.text : "Pearce and Song's demonstration, over the sizes "
                              "that Kaplan trained");
}

/* -- Kaplan's law of size and steps ---------------------------------------- */

enum { NS_N, NS_S, NS_LOSS, NS_COLS };

static Table steps_table(Beside *b)
{
    static const char *const names[NS_COLS] = { "N", "S", "loss" };
    RunList list = { .run = NEW(b->arena, Run, b->kaplan->count + 1) };
    Curves  curves = { 0 };
    Err     err = { 0 };
    for (i64 i = 0; i < b->kaplan->count; i++)
        list.run[list.count++] = *b->kaplan->curve[i].run;
    if (!curves_read(&curves, b->lost, b->arena, &list, N_BODY, b->runs_dir,
                     &err))
        return (Table){ 0 };
    const Table *t = &curves.table;
    Table        out = table_new(b->arena, NS_COLS, names, t->nrow);
    const char **cluster = NEW(b->arena, const char *, t->nrow + 1);
    const double *run = table_column(t, "run"), *n = table_column(t, "N");
    const double *d = table_column(t, "D"), *loss = table_column(t, "loss");
    for (i64 i = 0; i < t->nrow; i++) {
        const Run *of = &list.run[(i64)run[i]];
        out.column[NS_N][i]    = n[i];
        out.column[NS_S][i]    = d[i] / (double)of->batch_tokens;
        out.column[NS_LOSS][i] = loss[i];
        out.label[i] = cluster[i] = of->id;
    }
    table_add_text(&out, b->arena, "cluster", cluster);
    return out;
}

/* Least of (N_c/N)^alpha_N + (S_c/S)^alpha_S at C = 6 N B S. */
static double steps_exponent(const Law *law, const double *theta)
{
    const double n = theta[law_param(law, "alpha_N")];
    const double s = theta[law_param(law, "alpha_S")];
    return s / (s + n);
}

static void by_steps(Beside *b)
{
    const char *name = "Kaplan's way, by his L(N,S)";
    const Table table = steps_table(b);
    const Law  *law;
    Fit         fit;
    Err         err = { 0 };
    b->options.objective = FIT_HUBER_LOG;
    if (table.nrow == 0
        || !law_load(&law, b->arena, "kaplan-ns", &err)
        || !fit_law(&fit, b->arena, law, &table, b->options, &err)) {
        put(b, name, "kaplan", unknown, 0.73, err.text);
        return;
    }
    double *draw = NEW(b->arena, double, fit.ndraw + 1);
    for (i64 k = 0; k < fit.ndraw; k++)
        draw[k] = steps_exponent(law, fit.draw + k * law->nparam);
    Interval a = { steps_exponent(law, fit.theta), NAN, NAN };
    if (fit.ndraw > 0)
        a = fit_interval(a.value, draw, fit.ndraw, b->options.level);
    put(b, name, "kaplan", a, 0.73,
        arena_print(b->arena, "after the warm-up, raw steps; scatter %.1f %%",
                    100 * fit.rmse_log));
}

/* -- All of them ----------------------------------------------------------- */

static void of_tuned(Beside *b)
{
    Fit huber, squares;
    if (b->tuned->count == 0)
        return;
    const Table table = ends_table(b->arena, b->tuned);
    counted(b, "tuned, attention counted", b->tuned, N_FLOP, 0.505);
    by_akima(b, &table);
    by_law(b, &table, FIT_HUBER_LOG, "tuned, additive law (Huber)", &huber);
    by_law(b, &table, FIT_SQUARES, "tuned, additive law (squares)", &squares);
    by_envelope(b);
    by_counting(b, &huber);
}

void waterfall_beside(Waterfall *out, Str *lost, Arena *arena,
                      const Midway *kaplan, const Midway *tuned,
                      const char *runs_dir, FitOptions options)
{
    Beside b = { .out = out, .lost = lost, .arena = arena,
                 .runs_dir = runs_dir, .options = options, .kaplan = kaplan,
                 .tuned = tuned };
    b.options.resamples = i64_min(options.resamples, DRAWS);
    if (kaplan->count > 0) {
        counted(&b, "Kaplan's way, head and attention counted", kaplan, N_FLOP,
                0.717);
        with_cmin(&b);
        by_steps(&b);
    }
    of_tuned(&b);
    by_nothing(&b);
}
