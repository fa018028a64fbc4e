/* solve_kaplan.h - Kaplan's compute-efficient frontier in closed form.
 *
 *     L(N, S)   = (N_c/N)^alpha_N + (S_c/S)^alpha_S          S is S_min
 *     C_min     = 6 N B_crit(L) S,    B_crit(L) = B_s / L^(1/alpha_B)
 *     f         = alpha_N/alpha_S:  L = (1 + f) L(N, inf) on the frontier
 *     L(C)      = (C_c/C)^alpha_C,  1/alpha_C = 1/alpha_S + 1/alpha_B + 1/alpha_N
 *     C_c       = 6 N_c B_s S_c (1+f)^(1/alpha_S + 1/alpha_N) f^(-1/alpha_S)
 *     N(C)      = N_c (C/C_c)^(alpha_C/alpha_N) (1+f)^(1/alpha_N)
 *     S(C)      = C_c/(6 N_c B_s) (1+f)^(-1/alpha_N) (C/C_c)^(alpha_C/alpha_S)
 *
 * N leaves embeddings and head out; C is C_min, the compute had the batch been
 * far below critical, where D = C_min/(6 N) tokens are seen. At the critical
 * batch itself compute and tokens are twice that, and steps 2 S.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, appendix B, tables 3 and 5. */

#ifndef SOLVE_KAPLAN_H
#define SOLVE_KAPLAN_H

#include "base/base.h"

typedef struct Kaplan {
    double N_c, S_c, alpha_N, alpha_S; /* table 3                  */
    double B_star, alpha_B;            /* table 5: tokens          */
} Kaplan;

extern const Kaplan kaplan_printed;

double kaplan_alpha_C(const Kaplan *k);
double kaplan_C_c(const Kaplan *k);            /* FLOP                      */
double kaplan_n(const Kaplan *k, double c_min);
double kaplan_s(const Kaplan *k, double c_min);
double kaplan_l(const Kaplan *k, double c_min);
double kaplan_b_crit(const Kaplan *k, double loss);

/* The loss of N parameters after D tokens at a batch far below critical:
 * S_min = D / B_crit(L) makes it an equation for L. */
double kaplan_loss(const Kaplan *k, double n, double d);

/* Where C_min makes of N = r N_opt at the same final loss, over C_min of N_opt
 * (B.16), and the same for steps (B.17). */
double kaplan_wrong_c(const Kaplan *k, double r);
double kaplan_wrong_s(const Kaplan *k, double r);

/* Section 6.3: where L(C_min) falls below L(D) of the data that compute-
 * efficient training uses, so that one of the two must fail before.
 * D = coef (C/PF-day)^power. */
typedef struct KaplanCrossing { double c, n, d, loss; } KaplanCrossing;
KaplanCrossing kaplan_crossing(double d_coef, double d_power);

/* ln C where (c_c/C)^a meets (d_c/D)^b along D = coef C^power, all in one unit
 * of C; NaN where the two fall alike. */
double kaplan_meeting(double a, double ln_c_c, double b, double ln_d_c,
                      double ln_coef, double power);

/* Table 6's fitted line, C in FLOP: N = 1.3e9 (C/PF-day)^0.73, and L(C_min) of
 * table 5. */
double kaplan_table_n(double c_min);
double kaplan_table_loss(double c_min);

#endif
