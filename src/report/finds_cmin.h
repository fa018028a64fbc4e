/* finds_cmin.h - the compute that a loss would have cost far below the critical
 * batch, C_min = C / (1 + B / B_crit(L)), along the curves of runs that were
 * trained at one batch.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, equation 5.5; McCandlish et al.
 *         2018, arXiv:1812.06162, appendix A.1, for the noise scale. */

#ifndef FINDS_CMIN_H
#define FINDS_CMIN_H

#include "report/finds_midway.h"

/* B_crit = coef L^power, L in nats a token, B in tokens: through the gradient
 * noise scale between evaluations, all runs together. */
typedef struct CminLine {
    i64    points;
    double ln_coef, power;
    char   words[200];          /* what it is, or why there is none          */
} CminLine;

/* The same curves with every point moved to D_min = D / (1 + B / B_crit(L)), so
 * that C = 6 N D becomes C_min. False, in line->words, where the logs have no
 * noise scale or it does not rise as the loss falls. */
bool cmin_curves(Midway *out, CminLine *line, Str *lost, Arena *arena,
                 const Midway *from, const char *runs_dir);

#endif
