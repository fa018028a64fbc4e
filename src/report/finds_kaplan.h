/* finds_kaplan.h - Kaplan's laws from the runs of a study laid out for them,
 * told by their groups:
 *
 *     size            sizes on much fresh text: L(N); their curves: L(N,S), and
 *                     their envelope: L(C), L(C_min), N_opt
 *     data, overfit   samples of the text, stopped early: L(N,D), the collapse;
 *                     of the largest size among them L(D)
 *     batch           for B_crit (finds_critical.h)
 *
 * N is without embeddings and head and C is 6 N B S whatever else the study
 * counts: these are the laws' own counts. Intervals follow from the fits' draws,
 * runs being drawn again. What runs cannot tell is NaN, and said in `words`.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361. */

#ifndef FINDS_KAPLAN_H
#define FINDS_KAPLAN_H

#include "report/finds_critical.h"

/* Loss along one axis, with a power law and one that has a floor. */
typedef struct KaplanAxis {
    i64         count;
    double     *x, *loss;
    const Run **run;              /* NULL: of an envelope's point            */
    bool       *counted;          /* in the fits                             */
    i64         clusters;         /* runs behind the fitted points           */
    KaplanFit   power, floor;
    double      gain;             /* BIC of `power` less that of `floor`;
                                     NaN where there are not both            */
} KaplanAxis;

/* A run on a sample of D tokens, and one of its size on all the text. */
typedef struct KaplanSample {
    const Run *run, *fresh;       /* fresh == run: it is the one             */
    double     n, d, epochs;
    double     loss;              /* least on the way                        */
    double     excess;            /* loss over fresh's, less 1; NaN of fresh */
    double     x;                 /* N^power / D                             */
    bool       turned;            /* its loss had risen again by its end     */
    double     stop, bound;       /* S_min where it turned; equation 5.7;
                                     NaN where they are not known            */
} KaplanSample;

typedef struct KaplanOverfit {
    i64           count;
    KaplanSample *sample;         /* sizes, then data rising                 */
    KaplanFit     law;            /* kaplan-nd                               */
    Interval      power;          /* alpha_N/alpha_D                         */
    double        power_best;     /* that leaves the least scatter           */
    double        before, after;  /* scatter of ln excess (rms) about a
                                     parabola in ln(1/D), in ln x            */
    i64           collapsed;      /* samples in these                        */
    i64           bounded, held;  /* with stop and bound; stop >= bound      */
} KaplanOverfit;

/* A point of a learning curve after the warm-up, at the peak rate. */
typedef struct KaplanPoint {
    i64    run;                   /* in KaplanSteps.run                      */
    double s, s_min, c, c_min, d, loss;
} KaplanPoint;

typedef struct KaplanSteps {
    i64          runs, count;
    const Run  **run;             /* sizes rising                            */
    double      *n;
    KaplanPoint *point;
    bool         converted;       /* s_min, c_min by B_crit(L); else s, c    */
    KaplanFit    law;             /* kaplan-ns, on s_min                     */
    Frontier     naive, adjusted; /* N_opt(C), N_opt(C_min); npoint 0: words */
} KaplanSteps;

/* Appendix B's closed form at one C_min. */
typedef struct KaplanClosed {
    double      c;                /* NaN: not known, `words`                 */
    Interval    alpha_c, p_n, n, loss;
    const char *words;
} KaplanClosed;

/* Where L(C_min) falls below L(D) of the data that it would have used. */
typedef struct KaplanMeet {
    i64         draws, meet;      /* of them: beyond the largest compute     */
    double      c_largest;
    Interval    c, n, d, loss;    /* of those that do; NaN: fewer than half */
    const char *words;            /* always                                  */
} KaplanMeet;

typedef struct KaplanFinds {
    bool          any;
    KaplanAxis    n, d, c, c_min;
    KaplanOverfit overfit;
    KaplanSteps   steps;
    KaplanClosed  closed;
    KaplanMeet    meet;
} KaplanFinds;

bool kaplan_find(KaplanFinds *out, Str *lost, Arena *arena,
                 const RunList *runs, const Critical *critical,
                 double corpus_tokens, FitOptions options,
                 const char *runs_dir, Err *err) MUST_USE;

/* Its parts --------------------------------------------------------------- */

/* finds_kaplan_axis.c: both laws through the points that are counted; `power`
 * is a law of `column`. cluster[count] names what is drawn together; or NULL. */
bool kaplan_axis_fit(KaplanAxis *axis, Arena *arena, const char *power,
                     const char *column, const char **cluster,
                     FitOptions options, Err *err) MUST_USE;

/* finds_kaplan_overfit.c */
bool kaplan_overfit_find(KaplanOverfit *out, KaplanAxis *data, Arena *arena,
                         const RunList *runs, double corpus_tokens,
                         FitOptions options, Err *err) MUST_USE;
void kaplan_bounds(KaplanOverfit *out, const KaplanSteps *steps,
                   const Critical *critical);

/* finds_kaplan_steps.c */
bool kaplan_steps_find(KaplanSteps *out, Str *lost, Arena *arena,
                       const RunList *runs, const Critical *critical,
                       FitOptions options, const char *runs_dir, Err *err)
    MUST_USE;

/* finds_kaplan_meet.c */
void kaplan_closed_find(KaplanClosed *out, Arena *arena,
                        const KaplanSteps *steps, const Critical *critical,
                        double level);
void kaplan_meet_find(KaplanMeet *out, Arena *arena, const KaplanFinds *from,
                      double level);

/* A constant with its interval by the draws; NaN without a fit. */
Interval kaplan_constant(const KaplanFit *fit, const char *name);

#endif
