/* finds_waterfall.h - why Kaplan's exponent becomes Chinchilla's: a of N_opt ~
 * C^a after each change, from the runs of five groups of one study, and what was
 * published of the same change; beside them other ways to count and to read the
 * runs of the last step.
 *
 *     group     what is new                                  read
 *     kaplan    long cosine, warm-up of fixed steps, no head midway
 *     kaplan    the head is counted                          midway
 *     warmup    warm-up of N tokens                          midway
 *     matched   cosine as long as the run                    ends
 *     tuned     rate, batch and beta2 by size                ends
 *
 * SOURCE: Porian et al. 2024, arXiv:2406.19146, figure 1; Pearce and Song 2024,
 *         arXiv:2406.12907. */

#ifndef FINDS_WATERFALL_H
#define FINDS_WATERFALL_H

#include "report/finds_midway.h"

typedef enum WaterWay {
    WATER_FIRST,        /* nothing before it                                 */
    WATER_AS_PUBLISHED, /* its whole interval moves as the published step did */
    WATER_OTHER_WAY,    /* its whole interval moves against it               */
    WATER_UNSETTLED,    /* its interval holds 0, or it has none              */
} WaterWay;

typedef struct WaterStep {
    const char *name, *group;
    MidExponent e;
    Interval    change;        /* from the step before; NaN                  */
    double      published[2];  /* exponents on RefinedWeb, OpenWebText2      */
    WaterWay    way;
} WaterStep;

/* Another way to count, or to find, the exponent. */
typedef struct WaterBeside {
    const char *name, *from;   /* from: which runs, or none                  */
    Interval    a;             /* NaN: `words` why                           */
    double      published;     /* NaN: none                                  */
    const char *words;         /* in the arena                               */
} WaterBeside;

enum { WATER_STEPS = 5, WATER_BESIDE = 12 };

typedef struct Waterfall {
    int          count;        /* 0: the study has no such groups; else 5    */
    WaterStep    step[WATER_STEPS];
    const char  *name[WATER_STEPS]; /* of the steps                         */
    int          nbeside;
    WaterBeside  beside[WATER_BESIDE];
    const char  *words;        /* what came of it, a sentence or two         */
} Waterfall;

/* Steps whose groups have no runs have no number; with fewer than two of the
 * groups there is no waterfall. */
void waterfall_find(Waterfall *out, Str *lost, Arena *arena,
                    const RunList *runs, const char *runs_dir,
                    FitOptions options);

/* "as published", "against what was published", "not settled", "". */
const char *water_way_name(WaterWay way);

#endif
