/* bench_hand_plain.c - the law by hand, 2 rows at a time. */

#define LANES 2
#include "cli/bench_hand.inc.h"

void bench_hand_plain(double *out, double *jac, double *hess,
                   const double *ln_n, const double *ln_d, const double *theta,
                   i64 nrow)
{
    hand(out, jac, hess, ln_n, ln_d, theta, nrow);
}
