/* fit.h - find the constants of a law in a table of runs, say how sure, and
 * prove that the minimum is the minimum.
 *
 * Global by variable projection: for given nonlinear parameters the linear
 * ones are solved exactly; a grid over the nonlinear ones establishes the
 * basin; a damped Newton polish over all parameters ends at a relative
 * gradient of about 1e-10. Intervals: bootstrap, each replicate a full refit
 * of resampled runs (clusters, where a column names them).
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, section 3.3 (Huber on ln L);
 *         Xu, Czech et al. 2026, arXiv:2603.22339 (variable projection). */

#ifndef FIT_H
#define FIT_H

#include "base/jot.h"
#include "base/str.h"
#include "law/law.h"

typedef enum FitObjective {
    FIT_HUBER_LOG, /* sum of Huber_delta(ln L^ - ln L); SUM, never a mean     */
    FIT_SQUARES,   /* sum of (L^ - L)^2                                       */
    FIT_SQUARES_LOG, /* sum of (ln L^ - ln L)^2                               */
    FIT_HUBER,     /* sum of Huber_delta(L^ - L)                              */
    FIT_QUANTILE,  /* sum of pinball_q(ln L - ln L^): |r|/2 + (1/2 - q) r with
                      r = ln L^ - ln L, and |r| as r^2/(2 h) + ... within
                      h = delta/100, so that the sum lies at most h/4 a row
                      below the exact one's; reached by narrowing h by steps    */
} FitObjective;

/* What is drawn again. WILD: each cluster's residuals (of ln L, or of L where
 * the objective is), leverage taken out, times one random factor of Webb's six
 * points; a run is its own cluster where the table has no such column. */
typedef enum FitResample {
    FIT_RESAMPLE_AUTO,     /* clusters where the table has a column `cluster`,
                              else runs; of laws of curves WILD by eighths of
                              a curve, for a curve without some of its rows
                              has another schedule, and of three whole curves
                              there are ten draws                             */
    FIT_RESAMPLE_RUNS, FIT_RESAMPLE_CLUSTERS, FIT_RESAMPLE_WILD,
} FitResample;

typedef struct FitOptions {
    FitObjective objective;
    double       delta;      /* Huber; 1e-3. In units of L for FIT_HUBER      */
    i64          resamples;  /* 0: no intervals from draws                    */
    u64          seed;
    double       level;      /* 0.95                                          */
    int          threads;
    double       quantile;   /* FIT_QUANTILE; 0.5                             */
    const char  *weight;     /* column: how much each row counts, > 0; NULL:
                                all the same (a mean of k seeds counts k)     */
    FitResample  resample;
    const char  *cluster;    /* column that names the clusters; "cluster"     */
    bool         profile;    /* profile-likelihood intervals as well          */
} FitOptions;

typedef struct FitCertificate {
    i64    grid_points;        /* nonlinear points tried                      */
    i64    starts, agree;      /* polished, and ended at the best (1e-8)      */
    double gradient;           /* relative norm at the end                    */
    double condition;          /* of the scaled Jacobian at the end           */
    i64    iterations;
    bool   at_bound[LAW_PARAMS_MAX];
    bool   unidentified[LAW_PARAMS_MAX]; /* interval spans > a factor 10, or
                                            the curvature vanishes            */
    i64    refits_failed;      /* bootstrap replicates that did not settle    */
    bool   profile_open[LAW_PARAMS_MAX]; /* a side of its profile never rises
                                            to the threshold                  */
    char   words[800];         /* one sentence a reader can act on            */
} FitCertificate;

/* A profile, for a figure: at x the objective, minimised over all others, has
 * risen by `rise`, on the scale on which it is an F of 1 and n - p. */
typedef struct FitProfileCurve {
    int     param;
    i64     n;
    double *x, *rise;          /* [n], x ascending                            */
} FitProfileCurve;

typedef struct Fit {
    const Law     *law;
    FitOptions     options;
    const char    *counts;       /* which N: "body+head", ...; NULL: unsaid   */
    i64            nrow;
    double         theta[LAW_PARAMS_MAX];
    double         low[LAW_PARAMS_MAX], high[LAW_PARAMS_MAX]; /* level        */
    double         objective;
    double         rmse_log;     /* of ln L                                   */
    double         se[LAW_PARAMS_MAX]; /* delta method (sandwich); NaN where
                                          it has none                         */
    double         profile_low[LAW_PARAMS_MAX], profile_high[LAW_PARAMS_MAX];
                                 /* NaN unless asked; a bound, or infinite,
                                    where that side is open                   */
    i64              nprofile;   /* curves; 0 unless asked                    */
    FitProfileCurve *profile;
    double           profile_threshold; /* rise at profile_low and _high      */
    i64            nresidual;    /* ln L - ln L^ of the rows (at most 2000,
                                    evenly chosen), for intervals of a run;
                                   NaN where L or L^ is not above 0          */
    double        *residual;
    double         c_max;        /* largest C of the rows (column C, or 6 N D);
                                    NaN where it cannot be said               */
    i64            ndraw;
    double        *draw;         /* [ndraw][nparam], replicates that settled  */
    FitCertificate certificate;
} Fit;

FitOptions fit_defaults(void);

/* ERR_REFUSED, in words, when the data cannot answer: too few runs, all on one
 * ray D = kN, a column that does not vary. Table needs the law's columns (above
 * 0, or from 0 where law->zero) and its response, which must be above 0 for
 * objectives in ln L. */
bool fit_law(Fit *out, Arena *arena, const Law *law, const Table *runs,
             FitOptions options, Err *err) MUST_USE;

/* Predicted response with a percentile interval over the draws; columns in the
 * law's order. */
typedef struct Interval { double value, low, high; } Interval;
Interval fit_predict(const Fit *fit, const double *column);

/* The same for one new run: the law's uncertainty and the runs' own scatter
 * (residuals, widened for the parameters that were fitted to them). */
Interval fit_predict_run(const Fit *fit, const double *column);

/* Both of rows that may hang together, as points of a curve do (a law of code is
 * evaluated over all of them at once); column[law->ncolumn][nrow]. Either may
 * be NULL. */
void fit_predict_rows(Interval *law, Interval *run, const Fit *fit,
                      double *const *column, i64 nrow);

/* Percentile interval of draws[count] about value. */
Interval fit_interval(double value, const double *draws, i64 count,
                      double level);

/* "huber", "squares", "squares-log", "huber-raw", "quantile". */
const char *fit_objective_name(FitObjective objective);
bool        fit_objective_find(FitObjective *out, const char *name);

/* "auto", "runs", "clusters", "wild". */
const char *fit_resample_name(FitResample resample);
bool        fit_resample_find(FitResample *out, const char *name);

/* "key": { "value", "low", "high" }. */
void fit_put_interval(Jot *j, const char *key, Interval interval);

/* A fit as a file that `predict`, `plan` and `report` read back. */
void fit_put(Jot *j, const char *key, const Fit *fit);
void fit_write(Str *out, const Fit *fit); /* the same, alone on a line */
bool fit_read(Fit *out, Arena *arena, const char *path, Err *err) MUST_USE;

#endif
