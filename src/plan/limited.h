/* limited.h - planning when there are only U different tokens, so that more of
 * them means reading the same again.
 *
 *     D' = U + U R_D* (1 - exp(-R_D/R_D*))        R_D = D/U - 1, repeats
 *     N' = U_N + U_N R_N* (1 - exp(-R_N/R_N*))    R_N = N/U_N - 1
 *     L  = L(N', D')
 *
 * U_N is the size for which U tokens would be the best amount (or N, if that is
 * smaller): parameters beyond what the text can use are worth less too.
 *
 * SOURCE: Muennighoff et al. 2023, arXiv:2305.16264, section 5 and appendix A. */

#ifndef LIMITED_H
#define LIMITED_H

#include "plan/solve.h"

typedef struct Repeats { double data, params; } Repeats; /* R_D*, R_N* */
extern const Repeats repeats_muennighoff;

typedef struct Limited {
    const Surface *s;
    double         unique;
    Repeats        repeats;
    double         best_n;  /* the size for which `unique` is the best D */
} Limited;

/* False where the law has no size for which U tokens are best. */
bool limited_open(Limited *out, const Surface *s, double unique,
                  Repeats repeats);

/* Effective amounts: all of `unique`, and a value below 1 for repeats. */
double limited_amount(double amount, double unique, double repeats);
double limited_loss(const Limited *l, double n, double d);

/* Least loss at c over N, with D = c/F(N) read from U tokens. */
bool limited_best(PlanPoint *out, const Limited *l, double c, double u_near);

/* Muennighoff et al.'s own constants, for the law `chinchilla`. */
bool limited_published(PlanBy *out, Arena *arena, Err *err) MUST_USE;

void answer_limited(Answer *answer, const PlanBys *bys, const PlanAsk *ask);

#endif
