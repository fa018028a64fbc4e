/* finds_midway.h - the best size at each compute, from a group of runs under any
 * way to count: N by a convention, C = 6 N D by the same. What a size has
 * reached by a compute is read off its curve midway (one long run a size), or is
 * the end of the run that was made for it (one run a size and budget).
 *
 * SOURCE: Porian et al. 2024, arXiv:2406.19146, sections 3 and 4. */

#ifndef FINDS_MIDWAY_H
#define FINDS_MIDWAY_H

#include "base/str.h"
#include "fit/isoflop.h"
#include "store/run.h"

/* One run: its held-out losses by the tokens seen. */
typedef struct MidCurve {
    const Run *run;
    i64        count;
    double    *ln_d, *ln_loss;  /* ln_d rising                               */
} MidCurve;

typedef struct Midway {
    const char *group;
    bool        along;          /* curves are read midway; else their ends   */
    i64         count;
    MidCurve   *curve;          /* sizes rising                              */
} Midway;

/* The done runs of a group. Of a log, the points that were evaluated on as much
 * text as each other: an end that was evaluated on more of it is left out, for
 * it would be other text. */
void midway_read(Midway *out, Str *lost, Arena *arena, const RunList *runs,
                 const char *group, bool along, const char *runs_dir);

/* The exponent of N_opt ~ C^a. */
typedef struct MidExponent {
    Interval a;                 /* NaN: not settled                          */
    i64      ndraw;
    double  *draw;              /* NaN where a draw did not settle; draw k of
                                   two groups, or two ways to count one, has
                                   the same luck for the same run            */
    i64      runs, budgets;     /* that the line rests on                    */
    double   c_low, c_high, n_low, n_high;
    char     words[240];        /* why not, or what was left out             */
} MidExponent;

/* Parabolas in ln N through the best size at each compute and its three
 * neighbours to either side, then a power law through the minima (isoflop.h).
 * Curves are read at computes two apart, straight in logarithms. Intervals: the
 * residuals of a run, all along its curve, times one random factor. Ends can
 * be counted otherwise only by ways that keep C of a budget equal; where it
 * spreads by more than a tenth the words say so. */
void midway_exponent(MidExponent *out, Arena *arena, const Midway *from,
                     CountN counts, FitOptions options);

/* ln loss of a curve at ln_d; NaN outside it. */
double midway_at(const MidCurve *curve, double ln_d);

#endif
