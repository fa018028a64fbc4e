/* fit_ways.h - Chinchilla's three approaches to the compute-optimal size, from
 * one table of runs. */

#ifndef FIT_WAYS_H
#define FIT_WAYS_H

#include "cli/fit_args.h"
#include "fit/isoflop.h"

typedef struct FitWay {
    bool     asked, done;
    Frontier line;
    char     why[400]; /* not done, in words */
} FitWay;

typedef struct FitWays {
    bool           any;
    FitWay         way[FIT_WAYS];
    IsoflopBudget *budget;  /* of approach 2 */
    i64            nbudget, lone; /* runs at no budget of four sizes */
    bool           akima;   /* approach 2 once more, through Akima curves */
    Frontier       akima_line;
} FitWays;

/* `fit` is what approach 3 reads its line from and approach 2 its bias. */
void fit_ways(FitWays *out, Arena *arena, const FitArgs *args,
              const Table *runs, const Fit *fit, const Frontier *line);

#endif
