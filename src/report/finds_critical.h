/* finds_critical.h - the batch beyond which a larger one stops paying, measured
 * in three ways that need not agree:
 *
 *     steps against data   a grid of batches (and rates) to the same loss, and
 *                          B_crit = E_min/S_min (finds_batch.c)
 *     branching            from one checkpoint, larger and larger batches, until
 *                          the loss after as many tokens suffers
 *     noise scale          tr(Sigma)/|G|^2 from gradients at two batch sizes,
 *                          which training logs on the way
 *
 * and Kaplan's law of it, B_crit = B_star/L^(1/alpha_B), through the first.
 * Batches in tokens, losses in nats per token. Pure functions of records and
 * logs. */

#ifndef FINDS_CRITICAL_H
#define FINDS_CRITICAL_H

#include "fit/isoflop.h"
#include "store/run.h"

typedef struct Batches Batches; /* finds.h */

/* A law fitted to what a study measured; law NULL: refused, `words` why. */
typedef struct KaplanFit {
    Fit         fit;
    const char *words;            /* NULL where there is a fit               */
} KaplanFit;

/* |G|^2 and tr(Sigma) from |G_b|^2 at two batches: without bias, but a single
 * step's may well be below 0. */
typedef struct NoiseParts { double square, trace; } NoiseParts;
NoiseParts noise_parts(double big_square, double big, double small_square,
                       double small);

/* Along one run, from the end of its warm-up on: the scale at each held-out
 * loss, numerator and denominator averaged apart. */
typedef struct NoiseCurve {
    const Run *run;
    double     n;
    i64        count;
    double    *loss;              /* falling or not, as it came              */
    Interval  *scale;
} NoiseCurve;

/* Branches from one checkpoint of one run. */
typedef struct Fork {
    double      n, loss;          /* at the checkpoint                       */
    double      tokens;           /* each branch's                           */
    i64         count;
    const Run **run;              /* batches rising                          */
    i64         best;             /* the largest batch within FORK_NEAR      */
    Interval    critical;         /* from it up to the next one tried: high
                                     infinite where none was too large       */
} Fork;

/* The same loss of the same size by each; NaN where a way has none there. */
typedef struct CriticalRow {
    double   n, loss;
    Interval grid, fork, noise;
} CriticalRow;

typedef struct Critical {
    i64          curves, forks, rows;
    NoiseCurve  *curve;           /* sizes rising                            */
    Fork        *fork;            /* sizes rising, losses falling            */
    CriticalRow *row;
    KaplanFit    law;             /* kaplan-bcrit                            */
} Critical;

/* Nats by which a branch may lie above all of smaller batch.
 * SOURCE: Merrill et al. 2025, arXiv:2505.23971. */
#define FORK_NEAR 0.01

bool critical_find(Critical *out, Str *lost, Arena *arena, const RunList *runs,
                   const Batches *grid, CountN counts, FitOptions options,
                   const char *runs_dir, Err *err) MUST_USE;

/* B_crit at a loss by the law; NaN without one. `draw` < 0: the best fit. */
double critical_at(const Critical *c, double loss, i64 draw);

/* The group's name is this. */
bool finds_in_group(const Run *run, const char *group);

/* The parts of it: finds_noise_scale.c, finds_fork.c */
void noise_curves_find(Critical *out, Str *lost, Arena *arena,
                       const RunList *runs, CountN counts,
                       const char *runs_dir);
void forks_find(Critical *out, Str *lost, Arena *arena, const RunList *runs,
                CountN counts, const char *runs_dir);

/* Least squares of ln y; a refusal becomes words. False only for what is no
 * refusal. */
bool kaplan_fit(KaplanFit *out, Arena *arena, const char *law,
                const Table *table, FitOptions options, Err *err) MUST_USE;

#endif
