/* optimum.h - private to plan/: where along a budget the loss is least.
 *
 * One number u says which model: u = ln d for a family of shapes of width d,
 * u = ln N where F = 6 N. In a family N and F follow from d in closed form, so
 * nothing is inverted on the way. */

#ifndef OPTIMUM_H
#define OPTIMUM_H

#include "plan/plan.h"

typedef struct Size {
    double n, flop_per_token;
    double width, layers; /* NaN outside a family */
} Size;

Size size_at(const PlanCost *cost, double u);

typedef struct Optimum {
    double u, n, d, loss;
    bool   inside; /* false: the loss only falls towards an end of the range */
} Optimum;

/* The optimum at c FLOP for one set of constants, sought everywhere from one
 * parameter to one token. */
Optimum optimum_find(const Law *law, const double *theta, const PlanCost *cost,
                     double c);

/* The same, sought near u first: for draws, whose optima lie around the
 * fit's own. Good to 1e-4 in ln N. */
Optimum optimum_near(const Law *law, const double *theta, const PlanCost *cost,
                     double c, double u);

#endif
