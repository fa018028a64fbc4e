/* finds_arch.h - two architectures on the same text: the law of each, whether
 * they share its exponents, which is ahead at matched N and at matched C, and
 * from where in the context neither gains any more.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, section 3.2.1 and figure 7. */

#ifndef FINDS_ARCH_H
#define FINDS_ARCH_H

#include "fit/fit.h"
#include "store/run.h"

typedef struct Positions Positions; /* finds.h */

/* Of each shape and data the best run: what rates and seeds it was tried at
 * does not matter. */
typedef struct ArchSide {
    const char *arch;
    i64         count;
    const Run **run;          /* sizes rising, then data                     */
    Fit         fit;          /* the additive law; law NULL: refused, `words` */
    char        words[240];
    double      ln_f, power;  /* FLOP a token = e^ln_f N^power               */
    const Run  *along;        /* the largest that has losses by position     */
    double      level_from;   /* from that place on they fall by less than a
                                 hundredth; NaN: none read, or no such place */
} ArchSide;

/* What the two share. */
typedef enum ArchShare {
    ARCH_ALL,       /* every constant                                        */
    ARCH_E_POWERS,  /* the floor and both exponents                          */
    ARCH_POWERS,    /* both exponents                                        */
    ARCH_NONE,
    ARCH_SHARES
} ArchShare;

typedef struct ArchModel {
    int    params;
    double bic, aicc;         /* NaN: could not be fitted                    */
} ArchModel;

typedef enum ArchVerdict { ARCH_OPEN, ARCH_SHARED, ARCH_APART } ArchVerdict;

typedef struct ArchPair {     /* first of side 0, second of side 1           */
    double n[2], d[2], c, loss[2];
    double ratio;             /* loss[1] / loss[0]                           */
} ArchPair;

typedef struct Archs {
    int         count;        /* 0: not two architectures of six runs; else 2 */
    ArchSide    side[2];      /* by name, the last of the alphabet first      */
    ArchModel   model[ARCH_SHARES];
    int         best;         /* of least BIC; -1: none                      */
    double      likelihood, p; /* ratio of ARCH_POWERS and ARCH_NONE: chi^2
                                 with two degrees of freedom, and its p      */
    Interval    alpha, beta;  /* of side 1 less side 0, draws of both fits   */
    ArchVerdict verdict;
    i64         nmatched;     /* runs of one N and D, within 5 % and 2 %     */
    ArchPair   *matched;
    i64         nequal;       /* at equal C: the best size of each by its law */
    ArchPair   *equal;
    i64         nalong;       /* by place, of the largest pair of one N      */
    double     *place, *gap;  /* gap: ln of loss[1] over loss[0]             */
} Archs;

bool archs_find(Archs *out, Arena *arena, const RunList *runs,
                const Positions *positions, CountN counts, FitOptions options,
                Err *err) MUST_USE;

const char *arch_share_name(ArchShare share);
const char *arch_verdict_name(ArchVerdict verdict);

#endif
