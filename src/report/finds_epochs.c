/* finds_epochs.c - see finds_epochs.h. */

#include "report/finds_epochs.h"

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 300, SIZE_ROWS = 3 };

static const double value_at[EPOCH_VALUES] = { 4, 16, 64 };
static const double OVERFIT = 1.01;

double epochs_share(double r_d, double epochs)
{
    return (1 + r_d * (1 - exp((1 - epochs) / r_d))) / epochs;
}

/* -- Which runs ------------------------------------------------------------------ */

static bool repeated(const Run *run)
{
    return finds_done(run) && run->unique_tokens > 0 && !run->start
        && (double)run->tokens > 1.02 * (double)run->unique_tokens;
}

static bool taken(const Run *run, const Run *like)
{
    return finds_done(run) && !run->start && run->unique_tokens > 0
        && finds_same_text(run->corpus_sha256, like->corpus_sha256)
        && finds_same_text(run->arch, like->arch);
}

static double least_loss(const Run *run)
{
    return run->least_loss > 0 ? fmin(run->val_loss, run->least_loss)
                               : run->val_loss;
}

static const Run *first_repeated(const RunList *runs)
{
    for (i64 i = 0; i < runs->count; i++)
        if (repeated(&runs->run[i]))
            return &runs->run[i];
    return NULL;
}

/* -- Without the law: fresh text of equal loss ---------------------------------------- */

static double worth_of(Arena *arena, const RunList *runs, const Run *run)
{
    const Run **fresh = NEW(arena, const Run *, runs->count + 1);
    double      squares = 0;
    i64         count = 0, freedom = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *one = &runs->run[i];
        if (taken(one, run) && !repeated(one)
            && finds_same_shape(&one->shape, &run->shape))
            fresh[count++] = one;
    }
    const DataCells cells = data_cells(arena, fresh, count, least_loss,
                                       &squares, &freedom);
    const EqualData curve = equal_data(arena, &cells, NULL);
    return exp(equal_data_at(&curve, log(least_loss(run)), false))
           / (double)run->tokens;
}

static int by_size_text_length(const void *a, const void *b)
{
    const EpochRow *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    if (x->unique != y->unique)
        return x->unique < y->unique ? -1 : 1;
    return (x->epochs > y->epochs) - (x->epochs < y->epochs);
}

static void find_rows(Epochs *out, Arena *arena, const RunList *runs,
                      const Run *like, CountN counts)
{
    out->row = NEW(arena, EpochRow, runs->count + 1);
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        if (!taken(run, like))
            continue;
        if (!repeated(run)) {
            out->fresh++;
            continue;
        }
        const double u = (double)run->unique_tokens;
        EpochRow    *row = &out->row[out->count++];
        *row = (EpochRow){
            .run = run, .n = count_n(run->shape, counts), .unique = u,
            .epochs = (double)run->tokens / u, .loss = least_loss(run),
            .worth = worth_of(arena, runs, run), .by_law = NAN,
            .overfit = run->val_loss > OVERFIT * least_loss(run),
        };
        out->overfit += row->overfit;
    }
    qsort(out->row, (size_t)out->count, sizeof *out->row,
          by_size_text_length);
}

/* -- Each size by itself ---------------------------------------------------------- */

static const double LEAST_R = 0.05, MOST_R = 1000;

static double misses(const EpochRow *const *row, i64 count, double r_d)
{
    double sum = 0;
    for (i64 i = 0; i < count; i++) {
        const double off = row[i]->worth - epochs_share(r_d, row[i]->epochs);
        sum += off * off;
    }
    return sum;
}

/* Least squares in one constant: a walk over its logarithm, then thirds. */
static double best_r(const EpochRow *const *row, i64 count)
{
    enum { STEPS = 100 };
    const double wide = log(MOST_R / LEAST_R) / STEPS;
    double       at = log(LEAST_R);
    for (int i = 0; i <= STEPS; i++)
        if (misses(row, count, LEAST_R * exp(wide * i))
            < misses(row, count, exp(at)))
            at = log(LEAST_R) + wide * i;
    double low = at - wide, high = at + wide;
    while (high - low > 1e-9) {
        const double a = low + (high - low) / 3, b = high - (high - low) / 3;
        if (misses(row, count, exp(a)) < misses(row, count, exp(b)))
            high = b;
        else
            low = a;
    }
    return exp((low + high) / 2);
}

static bool bounded(double r_d)
{
    return r_d > LEAST_R * 1.01 && r_d < MOST_R / 1.01;
}

static void judge_size(EpochSize *size, const EpochRow *const *row,
                       FitOptions options)
{
    const i64 draws = i64_min(options.resamples, RESAMPLES);
    Arena     scratch = { 0 };
    double   *r = NEW(&scratch, double, draws + 1);
    const EpochRow **drawn = NEW(&scratch, const EpochRow *, size->rows + 1);
    const double value = best_r(row, size->rows);
    size->lossless = !(value < MOST_R / 1.01);
    for (i64 b = 0; b < draws; b++) {
        for (i64 i = 0; i < size->rows; i++)
            drawn[i] = row[rng_below(options.seed, RNG_BOOTSTRAP,
                                     (u64)(b * size->rows + i), size->rows)];
        r[b] = best_r(drawn, size->rows);
    }
    if (bounded(value))
        size->r_d = draws ? fit_interval(value, r, draws, options.level)
                          : (Interval){ value, NAN, NAN };
    arena_free(&scratch);
}

static void find_sizes(Epochs *out, Arena *arena, FitOptions options)
{
    const EpochRow **row = NEW(arena, const EpochRow *, out->count + 1);
    out->size = NEW(arena, EpochSize, out->count + 1);
    for (i64 from = 0, to; from < out->count; from = to) {
        EpochSize *size = &out->size[out->sizes++];
        *size = (EpochSize){ .run = out->row[from].run,
                             .n = out->row[from].n,
                             .r_d = { NAN, NAN, NAN } };
        for (to = from; to < out->count && out->row[to].n == size->n; to++)
            if (isfinite(out->row[to].worth))
                row[size->rows++] = &out->row[to];
        if (size->rows >= SIZE_ROWS)
            judge_size(size, row, options);
    }
}

/* -- The law ------------------------------------------------------------------------ */

static Table table_of(Arena *arena, const RunList *runs, const Run *like,
                      CountN counts, i64 rows)
{
    static const char *const names[] = { "N", "U", "D", "loss" };
    Table table = table_new(arena, 4, names, rows);
    i64   row = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        if (!taken(run, like))
            continue;
        table.column[0][row] = count_n(run->shape, counts);
        table.column[1][row] = (double)run->unique_tokens;
        table.column[2][row] = (double)run->tokens;
        table.column[3][row] = least_loss(run);
        table.label[row++]   = run->id;
    }
    return table;
}

/* A constant that the runs tell: inside its bounds, its interval closed. */
static Interval told(const Fit *fit, const char *name)
{
    const int k = law_param(fit->law, name);
    if (fit->certificate.at_bound[k] || fit->certificate.unidentified[k])
        return (Interval){ NAN, NAN, NAN };
    return (Interval){ fit->theta[k], fit->low[k], fit->high[k] };
}

static void find_values(Epochs *out, double level)
{
    Arena        scratch = { 0 };
    const Fit   *fit = &out->law;
    const int    k = law_param(fit->law, "R_D"), n = fit->law->nparam;
    double      *share = NEW(&scratch, double, fit->ndraw + 1);
    for (int v = 0; v < EPOCH_VALUES; v++) {
        const double value = epochs_share(fit->theta[k], value_at[v]);
        for (i64 b = 0; b < fit->ndraw; b++)
            share[b] = epochs_share(fit->draw[b * n + k], value_at[v]);
        out->value[v].share = fit->ndraw
            ? fit_interval(value, share, fit->ndraw, level)
            : (Interval){ value, NAN, NAN };
    }
    for (i64 i = 0; i < out->count; i++)
        out->row[i].by_law = epochs_share(fit->theta[k], out->row[i].epochs);
    arena_free(&scratch);
}

/* Where R_D is large and D is U the law is E + A/N^alpha + B/D^beta, as long as
 * N is one that D can feed. */
static bool find_fresh_law(Epochs *out, Arena *arena, Err *err)
{
    const Law *law;
    if (!law_load(&law, arena, "chinchilla", err))
        return false;
    out->fresh_law = (Fit){ .law = law, .options = out->law.options,
                            .nrow = out->fresh };
    for (int k = 0; k < law->nparam; k++) {
        const int from = law_param(out->law.law, law->param[k].name);
        if (from < 0) {
            out->fresh_law.law = NULL;
            return true;
        }
        out->fresh_law.theta[k] = out->law.theta[from];
        out->fresh_law.low[k]   = out->law.low[from];
        out->fresh_law.high[k]  = out->law.high[from];
    }
    return true;
}

static bool refused(Epochs *out, Arena *arena, Err *err)
{
    out->law   = (Fit){ .law = NULL };
    out->words = arena_print(arena, "no law of repeating: %s", err->text);
    if (err->kind != ERR_REFUSED)
        return false;
    *err = (Err){ 0 };
    return true;
}

static bool find_law(Epochs *out, Arena *arena, const Table *table,
                     FitOptions options, Err *err)
{
    const Law *law;
    if (!law_load(&law, arena, "muennighoff", err))
        return false;
    options.objective = FIT_HUBER_LOG;
    options.resamples = i64_min(options.resamples, RESAMPLES);
    options.profile   = false;
    if (!fit_law(&out->law, arena, law, table, options, err))
        return refused(out, arena, err);
    out->r_d = told(&out->law, "R_D");
    out->r_n = told(&out->law, "R_N");
    if (isfinite(out->r_d.value))
        find_values(out, options.level);
    else
        out->words = "R*_D is not identifiable from these runs: more or "
                     "fewer epochs would have to be trained";
    return find_fresh_law(out, arena, err);
}

bool epochs_find(Epochs *out, Arena *arena, const RunList *runs, CountN counts,
                 FitOptions options, Err *err)
{
    const Run     *like = first_repeated(runs);
    const Interval none = { NAN, NAN, NAN };
    *out = (Epochs){ .r_d = none, .r_n = none };
    for (int v = 0; v < EPOCH_VALUES; v++)
        out->value[v] = (EpochValue){ value_at[v], none };
    if (!like)
        return true;
    find_rows(out, arena, runs, like, counts);
    find_sizes(out, arena, options);
    const Table table = table_of(arena, runs, like, counts,
                                 out->count + out->fresh);
    return find_law(out, arena, &table, options, err);
}
