/* finds_counting.h - what counting the body alone makes of an exponent, with no
 * run at all: one surface L = E + A/N^alpha + B/D^beta of all parameters, asked
 * for the best size as if N and C = 6 N D were the body's.
 *
 * SOURCE: Pearce and Song 2024, arXiv:2406.12907, section 3. */

#ifndef FINDS_COUNTING_H
#define FINDS_COUNTING_H

#include "fit/fit.h"

/* All parameters by the body's: n + omega n^power. Kaplan's family has power 1/3
 * (width and depth grow together); one of fixed depth 1/2. */
typedef struct CountFamily { double omega, power; } CountFamily;

double counting_all(CountFamily family, double body);
double counting_body(CountFamily family, double all); /* and back */

/* N_body ~ C_body^a by least squares over log-spaced bodies; for a fit of the
 * additive law with an interval from its draws. NaN for another law. */
Interval counting_exponent(const Fit *surface, CountFamily family,
                           double body_low, double body_high);

/* The same at published constants (chinchilla.law), Kaplan's family (pearce-
 * song.law) and Kaplan's sizes: Pearce and Song's own demonstration. */
bool counting_published(double *a, Arena *arena, const char *constants,
                        Err *err) MUST_USE;

#endif
