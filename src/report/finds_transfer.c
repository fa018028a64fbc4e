/* finds_transfer.c - see finds_transfer.h. */

#include "report/finds_transfer.h"

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 1000, POINTS_MIN = 6 };

/* -- Which runs ---------------------------------------------------------------- */

static const Run *begun_from(const RunList *runs, const Run *run)
{
    for (i64 i = 0; run->start && i < runs->count; i++)
        if (strcmp(runs->run[i].id, run->start) == 0)
            return &runs->run[i];
    return NULL;
}

/* The run of another text that it began from, or NULL. */
static const Run *other_text(const RunList *runs, const Run *run)
{
    const Run *from = finds_done(run) ? begun_from(runs, run) : NULL;
    return from && !finds_same_text(from->corpus_sha256, run->corpus_sha256)
           ? from : NULL;
}

static bool from_nothing(const Run *run, const Run *like)
{
    return finds_done(run) && !run->start
        && finds_same_text(run->corpus_sha256, like->corpus_sha256)
        && finds_same_text(run->arch, like->arch)
        && finds_same_shape(&run->shape, &like->shape)
        && (double)run->tokens <= 1.02 * (double)run->unique_tokens;
}

static double final_loss(const Run *run) { return run->val_loss; }

/* -- Sizes ----------------------------------------------------------------------- */

typedef struct Search {
    Transfer      *out;
    Arena         *arena;
    const RunList *runs;
    CountN         counts;
    double         squares;
} Search;

static bool known(const Search *s, const Run *run)
{
    for (i64 k = 0; k < s->out->sizes; k++)
        if (finds_same_shape(&s->out->size[k].tuned.cell[0].run->shape,
                             &run->shape))
            return true;
    return false;
}

/* All of the shape, and to the same text, of `like`. */
static void add_size(Search *s, const Run *like)
{
    const RunList *runs = s->runs;
    const Run **tuned = NEW(s->arena, const Run *, runs->count + 1);
    const Run **fresh = NEW(s->arena, const Run *, runs->count + 1);
    i64         ntuned = 0, nfresh = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        if (from_nothing(run, like))
            fresh[nfresh++] = run;
        else if (other_text(runs, run)
                 && finds_same_shape(&run->shape, &like->shape)
                 && finds_same_text(run->corpus_sha256, like->corpus_sha256))
            tuned[ntuned++] = run;
    }
    TransferSize *size = &s->out->size[s->out->sizes++];
    *size = (TransferSize){
        .n = count_n(like->shape, s->counts),
        .tuned = data_cells(s->arena, tuned, ntuned, final_loss, &s->squares,
                            &s->out->repeats),
        .scratch = data_cells(s->arena, fresh, nfresh, final_loss,
                              &s->squares, &s->out->repeats),
    };
    size->curve = equal_data(s->arena, &size->scratch, NULL);
}

static int by_size(const void *a, const void *b)
{
    const TransferSize *x = a, *y = b;
    return (x->n > y->n) - (x->n < y->n);
}

/* The first corpus that some run was tuned to is the study's. */
static void find_sizes(Search *s)
{
    Transfer *out = s->out;
    const Run *first = NULL;
    for (i64 i = 0; i < s->runs->count; i++) {
        const Run *run = &s->runs->run[i], *from = other_text(s->runs, run);
        if (!from || (first && !finds_same_text(first->corpus_sha256,
                                                run->corpus_sha256)))
            continue;
        if (!first) {
            first = run;
            out->from = from->corpus, out->to = run->corpus;
            out->pre_tokens = (double)from->tokens;
        }
        if ((double)from->tokens != out->pre_tokens)
            out->pre_tokens = NAN;
        if (!known(s, run))
            add_size(s, run);
    }
    qsort(out->size, (size_t)out->sizes, sizeof *out->size, by_size);
}

/* -- Points ------------------------------------------------------------------------ */

static TransferPoint point_of(const TransferSize *size, i64 which,
                              const DataCell *cell)
{
    const EqualData *c = &size->curve;
    const double     d_e = exp(equal_data_at(c, cell->ln_loss, false));
    TransferPoint    point = {
        .run = cell->run, .size = which, .d_f = cell->d,
        .loss = exp(cell->ln_loss), .seeds = cell->seeds,
        .d_e = { d_e, NAN, NAN }, .d_t = { d_e - cell->d, NAN, NAN },
    };
    if (isnan(d_e))
        point.where = c->count && -cell->ln_loss > c->x[c->count - 1]
                      ? TRANSFER_BETTER : TRANSFER_WORSE;
    return point;
}

static void find_points(Search *s)
{
    Transfer *out = s->out;
    i64       room = 0;
    for (i64 k = 0; k < out->sizes; k++)
        room += out->size[k].tuned.count;
    out->point = NEW(s->arena, TransferPoint, room + 1);
    for (i64 k = 0; k < out->sizes; k++)
        for (i64 i = 0; i < out->size[k].tuned.count; i++)
            out->point[out->count++] = point_of(&out->size[k], k,
                                                &out->size[k].tuned.cell[i]);
}

/* -- Draws --------------------------------------------------------------------------- */

typedef struct Draws { i64 count; double *d_e; } Draws; /* [count][points] */

/* Every loss moved by what a seed moves it: nodes 0.. of the curve, then points. */
static void draw_size(double *d_e, Arena *scratch, const Transfer *t, i64 k,
                      i64 draw, u64 seed)
{
    const TransferSize *size = &t->size[k];
    const u64 base = (u64)(draw * t->sizes + k) << 16;
    double   *noise = NEW(scratch, double, size->scratch.count + 1);
    i64       at = 0;
    for (; at < size->scratch.count; at++)
        noise[at] = t->noise / sqrt((double)size->scratch.cell[at].seeds)
                  * rng_normal(seed, RNG_BOOTSTRAP, base + (u64)at);
    const EqualData curve = equal_data(scratch, &size->scratch, noise);
    for (i64 i = 0; i < t->count; i++) {
        const TransferPoint *p = &t->point[i];
        if (p->size != k)
            continue;
        const double by = t->noise / sqrt((double)p->seeds)
                        * rng_normal(seed, RNG_BOOTSTRAP, base + (u64)at++);
        d_e[i] = exp(equal_data_at(&curve, log(p->loss) + by, true));
    }
}

static Draws draw_all(Arena *arena, const Transfer *t, FitOptions options)
{
    Draws draws = { .count = options.resamples > 0 && isfinite(t->noise)
                             ? i64_min(options.resamples, DRAWS) : 0 };
    draws.d_e = NEW(arena, double, draws.count * t->count + 1);
    for (i64 b = 0; b < draws.count; b++) {
        Arena scratch = { 0 };
        for (i64 k = 0; k < t->sizes; k++)
            draw_size(draws.d_e + b * t->count, &scratch, t, k, b,
                      options.seed);
        arena_free(&scratch);
    }
    return draws;
}

static void set_intervals(Transfer *t, const Draws *draws, double level)
{
    Arena   scratch = { 0 };
    double *one = NEW(&scratch, double, draws->count + 1);
    for (i64 i = 0; i < t->count && draws->count; i++) {
        TransferPoint *p = &t->point[i];
        if (p->where != TRANSFER_FOUND)
            continue;
        for (i64 b = 0; b < draws->count; b++)
            one[b] = draws->d_e[b * t->count + i];
        p->d_e = fit_interval(p->d_e.value, one, draws->count, level);
        p->d_t = (Interval){ p->d_t.value, p->d_e.low - p->d_f,
                             p->d_e.high - p->d_f };
    }
    arena_free(&scratch);
}

/* Worse than the shortest run from nothing, of no more tokens than it was
 * given itself: harm, however much. */
static bool harmed(const Transfer *t, const TransferPoint *p)
{
    if (p->where == TRANSFER_WORSE && t->size[p->size].scratch.count)
        return t->size[p->size].scratch.cell[0].d <= p->d_f;
    return isfinite(p->d_t.high) ? p->d_t.high < 0 : p->d_t.value < 0;
}

static void judge(Transfer *t)
{
    for (i64 i = 0; i < t->count; i++) {
        TransferPoint *p = &t->point[i];
        t->harmed += harmed(t, p);
        p->fitted = p->d_t.value > 0
                    && (isnan(p->d_t.low) || p->d_t.low > 0);
        t->fitted += p->fitted;
    }
}

/* -- The law ---------------------------------------------------------------------------- */

typedef struct Line { double ln_k, alpha, beta; } Line;

/* Least squares of y on x1 and x2; false where they do not tell them apart. */
static bool line_fit(Line *out, const double *x1, const double *x2,
                     const double *y, i64 count)
{
    double m1 = 0, m2 = 0, my = 0, s11 = 0, s12 = 0, s22 = 0, s1 = 0, s2 = 0;
    for (i64 i = 0; i < count; i++) {
        m1 += x1[i] / (double)count;
        m2 += x2[i] / (double)count;
        my += y[i] / (double)count;
    }
    for (i64 i = 0; i < count; i++) {
        const double a = x1[i] - m1, b = x2[i] - m2;
        s11 += a * a, s12 += a * b, s22 += b * b;
        s1 += a * (y[i] - my), s2 += b * (y[i] - my);
    }
    const double det = s11 * s22 - s12 * s12;
    if (count < 3 || !(det > 1e-9 * s11 * s22))
        return false;
    out->alpha = (s1 * s22 - s2 * s12) / det;
    out->beta  = (s2 * s11 - s1 * s12) / det;
    out->ln_k  = my - out->alpha * m1 - out->beta * m2;
    return true;
}

/* Points drawn again, each with the D_T of one draw of the noise. */
static bool line_draw(Line *out, Arena *scratch, const Transfer *t,
                      const Draws *draws, i64 b, u64 seed)
{
    double   *x1 = NEW(scratch, double, t->count), *y = NEW(scratch, double,
                                                            t->count);
    double   *x2 = NEW(scratch, double, t->count);
    i64      *from = NEW(scratch, i64, t->count), fitted = 0, count = 0;
    for (i64 i = 0; i < t->count; i++)
        if (t->point[i].fitted)
            from[fitted++] = i;
    for (i64 i = 0; i < fitted; i++) {
        const u64 index = (u64)1 << 48 | (u64)(b * t->count + i);
        const i64 at = from[rng_below(seed, RNG_BOOTSTRAP, index, fitted)];
        const TransferPoint *p = &t->point[at];
        const double d_t = draws->count
            ? draws->d_e[(b % draws->count) * t->count + at] - p->d_f
            : p->d_t.value;
        if (!(d_t > 0))
            continue;
        x1[count] = log(p->d_f), x2[count] = log(t->size[p->size].n);
        y[count++] = log(d_t);
    }
    return line_fit(out, x1, x2, y, count);
}

static void constant_intervals(Transfer *t, const Draws *draws,
                               FitOptions options)
{
    Arena     scratch = { 0 };
    const i64 want = i64_min(options.resamples, DRAWS);
    double   *k = NEW(&scratch, double, want + 1);
    double   *a = NEW(&scratch, double, want + 1);
    double   *b = NEW(&scratch, double, want + 1);
    i64       count = 0;
    for (i64 i = 0; i < want; i++) {
        Line line;
        if (!line_draw(&line, &scratch, t, draws, i, options.seed))
            continue;
        k[count] = exp(line.ln_k), a[count] = line.alpha;
        b[count++] = line.beta;
    }
    if (count >= 20) {
        t->k     = fit_interval(t->k.value, k, count, options.level);
        t->alpha = fit_interval(t->alpha.value, a, count, options.level);
        t->beta  = fit_interval(t->beta.value, b, count, options.level);
    }
    arena_free(&scratch);
}

static Table law_rows_of(Arena *arena, const Transfer *t)
{
    static const char *const names[] = { "D_F", "N", "D_T" };
    Table table = table_new(arena, 3, names, t->fitted);
    i64   row = 0;
    for (i64 i = 0; i < t->count; i++) {
        const TransferPoint *p = &t->point[i];
        if (!p->fitted)
            continue;
        table.column[0][row] = p->d_f;
        table.column[1][row] = t->size[p->size].n;
        table.column[2][row] = p->d_t.value;
        table.label[row++]   = p->run->id;
    }
    return table;
}

static i64 sizes_fitted(const Transfer *t)
{
    i64 sizes = 0;
    for (i64 k = 0; k < t->sizes; k++)
        for (i64 i = 0; i < t->count; i++)
            if (t->point[i].fitted && t->point[i].size == k) {
                sizes++;
                break;
            }
    return sizes;
}

static bool find_law(Transfer *t, Arena *arena, const Draws *draws,
                     FitOptions options, Err *err)
{
    const Law *law;
    if (t->fitted < POINTS_MIN || sizes_fitted(t) < 2) {
        t->words = arena_print(
            arena, "%lld points of %lld sizes show a transfer above their "
            "noise; the law's three constants take %d of two sizes",
            (long long)t->fitted, (long long)sizes_fitted(t), POINTS_MIN);
        return true;
    }
    if (!law_load(&law, arena, "transfer", err))
        return false;
    const Table table = law_rows_of(arena, t);
    FitOptions  how = options;
    how.objective = FIT_SQUARES_LOG;
    how.resamples = 0;
    how.profile   = false;
    if (!fit_law(&t->law, arena, law, &table, how, err)) {
        t->law = (Fit){ .law = NULL };
        t->words = arena_text(arena, err->text);
        const bool refused = err->kind == ERR_REFUSED;
        if (refused)
            *err = (Err){ 0 };
        return refused;
    }
    const double *theta = t->law.theta;
    t->k     = (Interval){ theta[law_param(law, "k")], NAN, NAN };
    t->alpha = (Interval){ theta[law_param(law, "alpha")], NAN, NAN };
    t->beta  = (Interval){ theta[law_param(law, "beta")], NAN, NAN };
    constant_intervals(t, draws, options);
    return true;
}

bool transfer_find(Transfer *out, Arena *arena, const RunList *runs,
                   CountN counts, FitOptions options, Err *err)
{
    Search s = { .out = out, .arena = arena, .runs = runs, .counts = counts };
    *out = (Transfer){
        .pre_tokens = NAN, .noise = NAN,
        .k = { NAN, NAN, NAN }, .alpha = { NAN, NAN, NAN },
        .beta = { NAN, NAN, NAN },
        .size = NEW(arena, TransferSize, runs->count + 1),
    };
    find_sizes(&s);
    find_points(&s);
    if (out->count == 0)
        return true;
    if (out->repeats > 0)
        out->noise = sqrt(s.squares / (double)out->repeats);
    const Draws draws = draw_all(arena, out, options);
    set_intervals(out, &draws, options.level);
    judge(out);
    return find_law(out, arena, &draws, options, err);
}
