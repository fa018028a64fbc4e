/* solve_additive.h - the additive law recognised in a formula, for what it says
 * in closed form.
 *
 *     L = E + A/N^alpha + B/D^beta              C = 6 N D
 *     N = G (C/6)^a    D = (C/6)^b / G          G = (alpha A/beta B)^(1/(alpha+beta))
 *     a = beta/(alpha+beta)                     b = alpha/(alpha+beta)
 *
 * A constant may be a parameter or a number (pinned), and exponents may share a
 * parameter (tied).
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, equation 4. */

#ifndef SOLVE_ADDITIVE_H
#define SOLVE_ADDITIVE_H

#include "law/law.h"

enum { ADDITIVE_E, ADDITIVE_A, ADDITIVE_ALPHA, ADDITIVE_B, ADDITIVE_BETA,
       ADDITIVE_PARTS };

typedef struct AdditiveForm {
    bool   is;
    int    at[ADDITIVE_PARTS];    /* place in theta, or -1: a number     */
    double value[ADDITIVE_PARTS]; /* the number                          */
} AdditiveForm;

AdditiveForm additive_form(const Law *law);

typedef struct Additive { double E, A, B, alpha, beta; } Additive;

Additive additive_at(const AdditiveForm *form, const double *theta);
double   additive_loss(const Additive *law, double n, double d);
double   additive_a(const Additive *law);
double   additive_G(const Additive *law);

/* The N of least loss at C = 6 N D; NaN where a term is missing. */
double additive_optimum(const Additive *law, double c);

/* The least C = 6 N D of a loss, by L - E = K (C/6)^-g, g = alpha a, K =
 * A/G^alpha + B G^beta; NaN at the floor and below. And D of N and a loss. */
double additive_cheapest(const Additive *law, double loss);
double additive_data(const Additive *law, double n, double loss);

#endif
