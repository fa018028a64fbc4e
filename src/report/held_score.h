/* held_score.h - how well the prediction did that was sealed before its runs
 * were trained: counted once, for page, screen and card. */

#ifndef HELD_SCORE_H
#define HELD_SCORE_H

#include "report/analysis.h"

typedef struct HoldoutScore {
    i64    asked, trained;      /* runs of the fit that the study stands by  */
    i64    inside;              /* measured within the 95 % interval         */
    i64    close;               /* predicted within 1 % of what came         */
    double mean, worst;         /* of predicted / measured - 1: mean; largest
                                   without its sign; NaN: none trained       */
    const HoldoutRow *best;     /* of least measured loss: what a budget is
                                   spent on; NULL: none trained              */
    bool   sized, size_inside;  /* the best size was measured; and lies within
                                   the law's 95 % interval of it             */
} HoldoutScore;

HoldoutScore holdout_score(const Analysis *analysis);

/* "inside", "above", "below" of its interval; "not trained yet". */
const char *holdout_where(const HoldoutRow *row);

/* When the prediction was sealed, and that it was before the first held-out run
 * began, or that the file does not show it. */
const char *holdout_when(Arena *arena, const Analysis *analysis);

#endif
