/* left_out.h - what a residual would be had its cluster not been fitted to:
 * private to this room.
 *
 * A fit leans towards every run it sees, most towards a cluster that stands
 * alone, and residuals are too small by that. With rows' slopes J, weights W
 * and G = J'WJ, leaving cluster g out moves the constants, to first order, by
 * -(G - Jg'Wg Jg)^-1 Jg'Wg eg, so that
 *
 *     eg left out  =  eg + Jg (G - Jg'Wg Jg)^-1 Jg'Wg eg  =  (1 - Hgg)^-1 eg
 *
 * For clusters of one run this is e / (1 - h).
 *
 * SOURCE: MacKinnon and White 1985 (HC3); Cameron and Miller 2015, J. Human
 *         Resources 50, section VI.B (CR3). */

#ifndef LEFT_OUT_H
#define LEFT_OUT_H

#include "base/base.h"

/* residual[nrow], changed in place; jac[nparam][nrow] are its slopes;
 * unit[nrow] in 0..nunit-1. A cluster without which the constants are not
 * determined keeps its residuals. */
void left_out(double *residual, const double *jac, const double *weight,
              const i64 *unit, i64 nunit, i64 nrow, int nparam);

#endif
