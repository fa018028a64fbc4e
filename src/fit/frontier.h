/* frontier.h - what the three approaches share: points (C, N, D), the power
 * law through them, and its draws. Private to this room. */

#ifndef FRONTIER_H
#define FRONTIER_H

#include "fit/isoflop.h"

/* a, ln_coef_n from (ln C, ln N), b and ln_coef_d from (ln C, ln D). weight: of
 * each point; NULL: all the same. */
enum { FRONTIER_DRAW = 4 };
bool frontier_line(double draw[FRONTIER_DRAW], const double *ln_c,
                   const double *ln_n, const double *ln_d,
                   const double *weight, i64 n);

/* Room for npoint points and ndraw draws. */
Frontier frontier_new(Arena *arena, const char *approach, i64 npoint,
                      i64 ndraw);

/* The line itself and the intervals of its exponents from out->draw. */
void frontier_close(Frontier *out, const double line[FRONTIER_DRAW],
                    double level);

#endif
