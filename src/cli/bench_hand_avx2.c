/* bench_hand_avx2.c - the law by hand, 4 rows at a time. */

#define LANES 4
#include "cli/bench_hand.inc.h"

void bench_hand_avx2(double *out, double *jac, double *hess,
                   const double *ln_n, const double *ln_d, const double *theta,
                   i64 nrow)
{
    hand(out, jac, hess, ln_n, ln_d, theta, nrow);
}
