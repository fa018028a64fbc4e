/* bench_hand.h - the additive law written by hand in C: what the formula
 * compiler is measured against. Part of the benchmark, and of no catalogue. */

#ifndef BENCH_HAND_H
#define BENCH_HAND_H

#include "law/law.h"

/* loss = E + A/N^alpha + B/D^beta with the same parameters and bounds as
 * laws/chinchilla.law; its code uses the same vectors as formulas do. */
const LawCode *bench_hand_code(void);

/* The law file's twin: as `like`, by hand in place of its formula. */
const Law *bench_hand_law(Arena *arena, const Law *like);

/* bench_hand_NAME.c */
typedef void BenchHand(double *out, double *jac, double *hess,
                       const double *ln_n, const double *ln_d,
                       const double *theta, i64 nrow);
BenchHand bench_hand_avx512, bench_hand_avx2, bench_hand_plain;

#endif
