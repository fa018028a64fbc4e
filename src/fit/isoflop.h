/* isoflop.h - Chinchilla's approach 2 (a parabola in ln N at each budget, its
 * vertex, a power law through the vertices) and approach 1 (the envelope of
 * all learning curves), with bootstrap intervals by run.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, sections 3.1 and 3.2. */

#ifndef ISOFLOP_H
#define ISOFLOP_H

#include "fit/fit.h"

typedef struct IsoflopBudget {
    double   c;            /* FLOP                                            */
    i64      npoint;
    double   quad[3];      /* loss = q0 + q1 x + q2 x^2, x = ln N             */
    Interval n, d, loss;   /* the vertex                                      */
    bool     inside;       /* vertex within the sizes tried, and a minimum    */
    double   bias_ln_n;    /* Xu et al. closed-form bias where a surface was
                              given, else NaN                                 */
    double   sd_ln_n;      /* of the draws of ln n; NaN without               */
} IsoflopBudget;

/* N_opt = coef_n C^a, D_opt = coef_d C^b; the loss at the points. */
typedef struct Frontier {
    const char *approach;       /* "envelope", "isoflop", "parametric"        */
    i64         npoint;
    double     *c, *n, *d, *loss;
    Interval    a, b;
    double      ln_coef_n, ln_coef_d;
    i64         ndraw;
    double     *draw;           /* [ndraw][4]: a, b, ln_coef_n, ln_coef_d     */
    char        words[400];     /* certificate: what was used, what left out  */
} Frontier;

/* Runs with columns N, D, C, loss, budget; budgets with fewer than 4 runs or
 * whose minimum is not inside are named in words and left out of the line.
 * ERR_REFUSED where fewer than two budgets remain (*budgets is filled even
 * then). Rows without a budget (NaN) are passed over.
 *
 * Intervals: where every budget has 7 runs or more, runs are drawn again within
 * their budget; with fewer, a draw often has too few sizes for a parabola, so
 * the sizes stay and the runs' residuals are drawn (all budgets pooled, each
 * over sqrt(1 - leverage)). The words say which. */
bool isoflop_fit(IsoflopBudget **budgets, i64 *count, Frontier *line,
                 Arena *arena, const Table *runs, FitOptions options, Err *err)
    MUST_USE;

/* The curve through a budget's runs. AKIMA: ln L against ln N, exactly through
 * the runs (those of one size by their mean), which hardly has a bias where
 * the curve is no parabola, and more noise; quad is NaN then, and where there
 * are draws the minimum is their median. */
typedef enum IsoflopCurve { ISOFLOP_PARABOLA, ISOFLOP_AKIMA } IsoflopCurve;

const char *isoflop_curve_name(IsoflopCurve curve); /* "parabola", "akima" */
bool        isoflop_curve_find(IsoflopCurve *out, const char *name);

typedef struct IsoflopOptions {
    FitOptions   fit;      /* resamples, seed, level                          */
    IsoflopCurve curve;    /* parabola                                        */
    bool         weighted; /* the line by 1/sd_ln_n^2; no sd below a third of
                              the step between sizes is believed              */
    double       noise;    /* sd of a loss from its seed, nats; NaN: from the
                              runs themselves. Where it is given, and with
                              Akima always, draws are of normal noise         */
} IsoflopOptions;

IsoflopOptions isoflop_defaults(void);

bool isoflop_fit_by(IsoflopBudget **budgets, i64 *count, Frontier *line,
                    Arena *arena, const Table *runs,
                    const IsoflopOptions *options, Err *err) MUST_USE;

/* Where a parabola puts the minimum when the sizes stand at w = log10(N/N_opt),
 * less where it is, in log10 N: 0 only for alpha = beta and a centred grid.
 * SOURCE: Xu, Czech et al. 2026, arXiv:2603.22339. */
double isoflop_bias(double alpha, double beta, const double *w, i64 n);

/* bias_ln_n of every budget, were `surface` (a law of N and D) the truth: its
 * noise-free losses at the runs' own sizes, through the same parabola. */
void isoflop_bias_of(IsoflopBudget *budgets, i64 count, const Table *runs,
                     const Fit *surface);

/* Curves: every row a point of a learning curve, columns run (0..), N, D, C,
 * loss; resampled by run. The least loss at each of `bins` log-spaced C. */
bool envelope_fit(Frontier *out, Arena *arena, const Table *curves, i64 bins,
                  FitOptions options, Err *err) MUST_USE;

/* The parametric optimum under C = 6 N D as such a line (approach 3), for laws
 * of N and D. ERR_REFUSED where the least loss lies at no finite size. */
bool parametric_frontier(Frontier *out, Arena *arena, const Fit *fit,
                         double c_low, double c_high, Err *err) MUST_USE;

#endif
