/* optimum.h - a law at one set of constants as a surface over size and data, and
 * where along a budget it is lowest.
 *
 * One number u says which model: u = ln d for a family of shapes of width d,
 * u = ln N where F = 6 N (ln N_body across the bridge). In all of them N and F
 * follow from u in closed form, so nothing is inverted on the way. */

#ifndef OPTIMUM_H
#define OPTIMUM_H

#include "plan/ask.h"

typedef struct Size {
    double n, flop_per_token;
    double width, layers; /* NaN outside a family */
} Size;

Size   size_at(const PlanCost *cost, double u);
double size_u(const PlanCost *cost, double n);           /* the u of N     */
double size_u_cost(const PlanCost *cost, double flop);   /* the u of F     */

typedef struct Surface {
    const Law          *law;    /* of N and D; NULL where kaplan is set */
    const double       *theta;
    const PlanCost     *cost;
    const AdditiveForm *form;
    const Kaplan       *kaplan;
} Surface;

Surface surface_of(const PlanBy *by, const double *theta);

/* Whether all is in closed form: additive, and C = 6 N D. */
bool surface_closed(const Surface *s);

/* Rows of at most 8 (n, d); overflow is +inf, never NaN. An infinite n or d
 * leaves the term of the other. */
void   surface_losses(double *out, const Surface *s, const double *n,
                      const double *d, int count);
double surface_loss(const Surface *s, double n, double d);

/* Loss at u and c, and its slope and curvature in u at fixed c: differences of
 * fourth order over steps of 0.002, good to about 1e-10. */
double surface_at(const Surface *s, double u, double c);
void   surface_slope(double *slope, double *curve, const Surface *s, double u,
                     double c);

/* -d loss / d ln n at fixed d, and the same for d: how much each still gives. */
typedef struct Gains { double n, d; } Gains;
Gains surface_gains(const Surface *s, double n, double d);

typedef struct Optimum {
    double u, n, d, loss;
    bool   inside; /* false: the loss only falls towards an end of the range */
} Optimum;

/* The optimum at c FLOP, sought everywhere from one parameter to one token. */
Optimum optimum_find(const Surface *s, double c);

/* The same by Newton from u: for draws, whose optima lie around the fit's. */
Optimum optimum_near(const Surface *s, double c, double u);

/* The D at which N reaches a loss; NaN if it never does. */
double surface_data(const Surface *s, double n, double loss);

/* The x in [low, high] where gap, of opposite signs at the two ends, is 0:
 * Ridders' method, to `width` in x. NaN where the signs are the same. */
double root_find(double (*gap)(const void *, double), const void *of,
                 double low, double high, double width);

#endif
