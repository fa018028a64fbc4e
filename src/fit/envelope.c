/* envelope.c - approach 1: at each compute the run with the least loss
 * (declared in isoflop.h).
 *
 * Every curve is read off at the same log-spaced computes once, linearly in
 * ln C between its points; a bootstrap replicate then only asks which of its
 * runs is least at each. Where the winner is the smallest or the largest size
 * of all, the true best may lie outside the sizes tried, so those computes are
 * left out. */

#include "fit/frontier.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BINS_LEAST = 3 };

typedef struct Sample { double ln_c, ln_n, ln_d, loss; } Sample;

typedef struct Curves {
    i64     nrun, bins;
    double *ln_c;         /* [bins]                                          */
    double *loss, *ln_d;  /* [nrun][bins]; loss NaN where a run is not seen  */
    double *ln_n;         /* [nrun]                                          */
    double  ln_n_low, ln_n_high;
} Curves;

static bool columns_there(const Table *curves, Err *err)
{
    static const char *const names[] = { "run", "N", "D", "C", "loss" };
    for (int i = 0; i < COUNT_OF(names); i++)
        if (!table_column(curves, names[i]))
            return err_set(err, ERR_USAGE, "the table has no column '%s', "
                           "which learning curves need", names[i]);
    return true;
}

static int by_compute(const void *a, const void *b)
{
    const Sample *x = a, *y = b;
    return (x->ln_c > y->ln_c) - (x->ln_c < y->ln_c);
}

/* The usable points of one run, by rising compute. */
static i64 samples_of(Sample *out, const Table *t, double run)
{
    const double *id = table_column(t, "run"), *n = table_column(t, "N");
    const double *d = table_column(t, "D"), *c = table_column(t, "C");
    const double *loss = table_column(t, "loss");
    i64 count = 0;
    for (i64 i = 0; i < t->nrow; i++)
        if (id[i] == run && n[i] > 0 && d[i] > 0 && c[i] > 0 && loss[i] > 0)
            out[count++] = (Sample){ log(c[i]), log(n[i]), log(d[i]),
                                     loss[i] };
    qsort(out, (size_t)count, sizeof *out, by_compute);
    return count;
}

static i64 runs_find(double *out, const Table *t)
{
    const double *id = table_column(t, "run");
    i64 count = 0;
    for (i64 i = 0; i < t->nrow; i++) {
        bool seen = isnan(id[i]);
        for (i64 k = 0; k < count && !seen; k++)
            seen = out[k] == id[i];
        if (!seen)
            out[count++] = id[i];
    }
    return count;
}

static void read_off(Curves *cs, i64 run, const Sample *s, i64 n)
{
    i64 at = 0;
    for (i64 b = 0; b < cs->bins; b++) {
        const double x = cs->ln_c[b];
        double *loss = &cs->loss[run * cs->bins + b];
        *loss = NAN;
        if (n < 2 || x < s[0].ln_c || x > s[n - 1].ln_c)
            continue;
        while (at + 2 < n && s[at + 1].ln_c < x)
            at++;
        const double gap = s[at + 1].ln_c - s[at].ln_c;
        const double t = gap > 0 ? (x - s[at].ln_c) / gap : 1;
        *loss = s[at].loss + t * (s[at + 1].loss - s[at].loss);
        cs->ln_d[run * cs->bins + b] = s[at].ln_d
                                     + t * (s[at + 1].ln_d - s[at].ln_d);
    }
}

static void bins_lay(Curves *cs, const Table *t)
{
    const double *c = table_column(t, "C"), *loss = table_column(t, "loss");
    double low = INFINITY, high = -INFINITY;
    for (i64 i = 0; i < t->nrow; i++)
        if (c[i] > 0 && loss[i] > 0) {
            low = fmin(low, log(c[i]));
            high = fmax(high, log(c[i]));
        }
    for (i64 b = 0; b < cs->bins; b++)
        cs->ln_c[b] = low + (high - low) * ((double)b + 0.5)
                          / (double)cs->bins;
}

static Curves curves_new(Arena *arena, const Table *t, i64 bins)
{
    double *id = NEW(arena, double, t->nrow + 1);
    Sample *sample = NEW(arena, Sample, t->nrow + 1);
    Curves cs = { .nrun = runs_find(id, t), .bins = bins,
                  .ln_n_low = INFINITY, .ln_n_high = -INFINITY };
    cs.ln_c = NEW(arena, double, bins);
    cs.loss = NEW(arena, double, cs.nrun * bins + 1);
    cs.ln_d = NEW(arena, double, cs.nrun * bins + 1);
    cs.ln_n = NEW(arena, double, cs.nrun + 1);
    bins_lay(&cs, t);
    for (i64 r = 0; r < cs.nrun; r++) {
        const i64 n = samples_of(sample, t, id[r]);
        cs.ln_n[r] = n ? sample[0].ln_n : NAN;
        cs.ln_n_low = fmin(cs.ln_n_low, cs.ln_n[r]);
        cs.ln_n_high = fmax(cs.ln_n_high, cs.ln_n[r]);
        read_off(&cs, r, sample, n);
    }
    return cs;
}

/* The least of the runs drawn, at bin b; -1 where none is seen. */
static i64 winner(const Curves *cs, const bool *drawn, i64 b)
{
    i64 best = -1;
    for (i64 r = 0; r < cs->nrun; r++) {
        const double loss = cs->loss[r * cs->bins + b];
        if (drawn[r] && !isnan(loss)
            && (best < 0 || loss < cs->loss[best * cs->bins + b]))
            best = r;
    }
    return best;
}

static bool between_sizes(const Curves *cs, i64 run)
{
    return cs->ln_n[run] > cs->ln_n_low + 1e-9
        && cs->ln_n[run] < cs->ln_n_high - 1e-9;
}

typedef struct Points { i64 n; double *ln_c, *ln_n, *ln_d, *loss; } Points;

static Points points_new(Arena *arena, i64 room)
{
    return (Points){ 0, NEW(arena, double, room), NEW(arena, double, room),
                     NEW(arena, double, room), NEW(arena, double, room) };
}

static bool trace(double draw[FRONTIER_DRAW], Points *at, const Curves *cs,
                  const bool *drawn)
{
    at->n = 0;
    for (i64 b = 0; b < cs->bins; b++) {
        const i64 run = winner(cs, drawn, b);
        if (run < 0 || !between_sizes(cs, run))
            continue;
        at->ln_c[at->n] = cs->ln_c[b];
        at->ln_n[at->n] = cs->ln_n[run];
        at->ln_d[at->n] = cs->ln_d[run * cs->bins + b];
        at->loss[at->n++] = cs->loss[run * cs->bins + b];
    }
    return at->n >= BINS_LEAST
        && frontier_line(draw, at->ln_c, at->ln_n, at->ln_d, NULL,
                         at->n);
}

static void keep_points(Frontier *out, const Points *at)
{
    out->npoint = at->n;
    for (i64 i = 0; i < at->n; i++) {
        out->c[i] = exp(at->ln_c[i]);
        out->n[i] = exp(at->ln_n[i]);
        out->d[i] = exp(at->ln_d[i]);
        out->loss[i] = at->loss[i];
    }
}

static void bootstrap(Frontier *out, Points *at, const Curves *cs, bool *drawn,
                      const FitOptions *options)
{
    u64 next = 0;
    for (i64 r = 0; r < options->resamples; r++) {
        memset(drawn, 0, (size_t)cs->nrun * sizeof *drawn);
        for (i64 k = 0; k < cs->nrun; k++)
            drawn[rng_below(options->seed, RNG_BOOTSTRAP, next++, cs->nrun)]
                = true;
        out->ndraw += trace(out->draw + FRONTIER_DRAW * out->ndraw, at, cs,
                            drawn);
    }
}

static i64 sizes_on(const Frontier *f)
{
    i64 count = 0;
    for (i64 i = 0; i < f->npoint; i++) {
        bool seen = false;
        for (i64 k = 0; k < i && !seen; k++)
            seen = f->n[k] == f->n[i];
        count += !seen;
    }
    return count;
}

static bool envelope(Frontier *out, Arena *arena, Arena *scratch,
                     const Table *curves, i64 bins, const FitOptions *options,
                     Err *err)
{
    double line[FRONTIER_DRAW];
    const Curves cs = curves_new(scratch, curves, bins);
    bool *drawn = NEW(scratch, bool, cs.nrun + 1);
    Points at = points_new(scratch, bins);
    *out = frontier_new(arena, "envelope", bins, options->resamples);
    memset(drawn, true, (size_t)cs.nrun * sizeof *drawn);
    if (!trace(line, &at, &cs, drawn))
        return err_set(err, ERR_REFUSED, "the least of %lld learning curves is "
                       "everywhere the smallest or the largest model, so where "
                       "the best size lies is not seen; add sizes",
                       (long long)cs.nrun);
    keep_points(out, &at);
    bootstrap(out, &at, &cs, drawn, options);
    frontier_close(out, line, options->level);
    snprintf(out->words, sizeof out->words, "%lld of %lld computes, won by "
             "%lld sizes of %lld runs; computes won by the smallest or the "
             "largest size are left out", (long long)out->npoint,
             (long long)bins, (long long)sizes_on(out), (long long)cs.nrun);
    return true;
}

bool envelope_fit(Frontier *out, Arena *arena, const Table *curves, i64 bins,
                  FitOptions options, Err *err)
{
    if (bins < BINS_LEAST || curves->nrow < 2)
        return err_set(err, ERR_USAGE, "%lld bins and %lld points of learning "
                       "curves; %d bins and 2 points at least are wanted",
                       (long long)bins, (long long)curves->nrow, BINS_LEAST);
    if (!columns_there(curves, err))
        return false;
    Arena scratch = { 0 };
    const bool ok = envelope(out, arena, &scratch, curves, bins, &options, err);
    arena_free(&scratch);
    return ok;
}
