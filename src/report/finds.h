/* finds.h - what runs show beyond the law of size and data, each found from the
 * runs themselves: a sweep of rates is a set of runs that differ in the rate,
 * whatever the study is called. Every list may be empty; a number that the runs
 * do not settle is NaN. Pure functions of the records; memory in the arena.
 * A log that cannot be read costs its curve, and is named in `lost`. */

#ifndef FINDS_H
#define FINDS_H

#include "fit/isoflop.h"
#include "report/finds_arch.h"
#include "report/finds_domains.h"
#include "report/finds_floor.h"
#include "report/finds_form.h"
#include "report/finds_kaplan.h"
#include "report/finds_noise.h"
#include "report/finds_epochs.h"
#include "report/finds_transfer.h"
#include "report/finds_purpose.h"
#include "report/finds_waterfall.h"
#include "store/run.h"

/* Learning rates: runs of one shape, data, batch and recipe that differ in the
 * rate (and perhaps the seed); the optimum by a parabola in ln lr through the
 * runs about the best, with its bootstrap interval; and over sweeps of
 * different size the power law lr_opt ~ N^a. */
typedef struct RateSweep {
    i64        count;
    const Run **run;              /* rates rising                            */
    double     n, d;
    const IsoflopBudget *best;    /* its n is the rate; NULL: not settled    */
} RateSweep;
typedef struct Rates {
    i64        count;
    RateSweep *sweep;             /* sizes rising                            */
    Frontier   line;              /* n is the rate, c is N; npoint 0: none   */
} Rates;
void rates_find(Rates *out, Arena *arena, const RunList *runs, CountN counts,
                FitOptions options);

/* Shapes: runs of one N (within 5 %) and data, of different depth, width,
 * heads or feed-forward; excess over the best of them, ln L - ln L_least. */
typedef struct ShapeSet {
    i64         count;
    const Run **run;
    double     *excess;
    double      n, d;
} ShapeSet;
typedef struct Shapes { i64 count; ShapeSet *set; } Shapes;
void shapes_find(Shapes *out, Arena *arena, const RunList *runs, CountN counts);

/* Repeated text: runs that saw their text more than once. `excess` is the least
 * held-out loss on the way over the law's at unlimited text, less 1; `waste`
 * the final loss over the law's at as much fresh text, less 1. */
typedef struct Repeat {
    const Run *run;
    double     n, unique, epochs, least, excess, waste, x; /* x: N^(al/be)/U */
} Repeat;
typedef struct RepeatList { i64 count; Repeat *item; double power; } RepeatList;
void repeats_find(RepeatList *out, Str *lost, Arena *arena,
                  const RunList *runs, CountN counts, const Fit *fit,
                  const char *runs_dir);

/* Batches: runs of one shape with several batches; steps S and tokens E until a
 * loss is reached, and (S/S_min - 1)(E/E_min - 1) = 1 through them.
 * SOURCE: McCandlish et al. 2018, arXiv:1812.06162, equation 2.11. */
typedef struct BatchLevel {
    double   loss, n, s_min, e_min;
    Interval critical;            /* E_min / S_min; leaving one out         */
    i64      count;
    double  *s, *e;
    i64     *run;                 /* index in the list of runs               */
} BatchLevel;
typedef struct Batches {
    i64         count;
    BatchLevel *level;            /* by size, losses falling                 */
    double      ln_coef, power;   /* B_crit = coef L^power; NaN              */
} Batches;
void batches_find(Batches *out, Str *lost, Arena *arena, const RunList *runs,
                  CountN counts, const char *runs_dir);

/* The exponent of N_opt under every way to count N and C, by approach 2. */
typedef struct Convention {
    CountN   counts;
    bool     six_nd;              /* C = 6 N_total D instead of exact        */
    Interval a;                   /* NaN: not settled                        */
} Convention;
typedef struct Conventions { i64 count; Convention item[8]; } Conventions;
void conventions_find(Conventions *out, const RunList *fitted,
                      FitOptions options);

/* What was spent on what: by group, the group "fit" by budget. */
typedef struct LedgerRow {
    const char *group;
    double      budget;           /* NaN: all of them                        */
    i64         runs, done;
    double      flop, wall_s, joules; /* joules NaN where none was measured  */
} LedgerRow;
typedef struct Ledger { i64 count; LedgerRow *row; LedgerRow all; } Ledger;
void ledger_find(Ledger *out, Arena *arena, const RunList *runs);

/* RUN/position.csv: held-out loss at each place in the context, from 1: columns
 * position, loss. Of the runs that have one the best of each architecture and
 * size, at most a dozen, sizes rising; places in steps of an eighth. */
typedef struct PositionCurve {
    const Run *run;
    i64        count;
    double    *position, *loss;
} PositionCurve;
typedef struct Positions { i64 count; PositionCurve *curve; } Positions;
bool positions_read(Positions *out, Arena *arena, const RunList *runs,
                    const char *runs_dir, Err *err) MUST_USE;

/* Least loss along one axis: at each N over all data, at each D over all
 * sizes, at each budget over all shares of it; of these the ones that better
 * all before them. */
typedef struct Slice {
    i64         count;
    const Run **run;
    double     *x, *loss;
    double      ln_coef, slope;   /* ln L = ln_coef + slope ln x; NaN        */
} Slice;
typedef enum SliceOf { SLICE_N, SLICE_D, SLICE_C } SliceOf;
void slice_find(Slice *out, Arena *arena, const RunList *fitted, CountN counts,
                SliceOf of);

typedef struct Finds {
    Rates       rates;
    Shapes      shapes;
    Forms       forms;
    RepeatList     repeats;
    Batches     batches;
    Critical    critical;
    KaplanFinds kaplan;
    Conventions conventions;
    Ledger      ledger;
    Purposes    purposes;
    Domains     domains;
    Floors      floors;
    Waterfall   waterfall;
    Noise       noise;
    Epochs      epochs;
    Transfer    transfer;
    Positions   positions;
    Archs       archs;
    Slice       slice[3];
    Fit         profile;          /* the chosen law, for its profiles alone;
                                     law NULL: none                          */
} Finds;

/* Into the object that is open. */
void finds_json(Jot *j, const Finds *finds);

/* Shared by those who look: done, with a loss. */
bool finds_done(const Run *run);
bool finds_same(double a, double b, double within); /* of ln */
bool finds_same_text(const char *a, const char *b);
bool finds_same_shape(const Shape *a, const Shape *b);

/* The log of a run; left empty, and named in `lost`, where it cannot be read. */
void finds_log(MetricList *log, Str *lost, Arena *arena, const Run *run,
               const char *runs_dir);

/* Where its rate first stands at its peak: the warm-up is over. 0 where no rate
 * was logged. */
i64 finds_warm(const MetricList *log);

/* ln y = *ln_coef + *slope ln x by least squares; NaN for fewer than three. */
void finds_power_line(double *ln_coef, double *slope, const double *x,
                      const double *y, i64 count);

#endif
