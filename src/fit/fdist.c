/* fdist.c - see fdist.h.
 *
 * With x = d2 / (d2 + d1 f), P(F >= f) = I_x(d2/2, d1/2), the incomplete beta
 * function over the whole one:
 *
 *     I_x(a, b) = x^a (1-x)^b / (a B(a,b)) * 1/(1 + c1/(1 + c2/(1 + ...)))
 *
 *     c(2m+1) = -(a+m)(a+b+m) x / ((a+2m)(a+2m+1))
 *     c(2m)   =   m (b-m) x     / ((a+2m-1)(a+2m))
 *
 * which converges quickly for x < (a+1)/(a+b+2); beyond, I_x(a,b) is
 * 1 - I_1-x(b,a). The fraction is evaluated from the front as a ratio of two
 * recurrences (modified Lentz).
 *
 * SOURCE: Abramowitz and Stegun 1964, 26.5.8 and 26.6.2. */

#include "fit/fdist.h"

#include <math.h>

enum { TERMS_MAX = 10000 };
static const double CLOSE = 1e-15, TINY = 1e-300;

static double kept_off_zero(double x)
{
    return fabs(x) < TINY ? TINY : x;
}

static double coefficient(int term, double a, double b, double x)
{
    const double m = term / 2;
    if (term % 2)
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
}

static double fraction(double a, double b, double x)
{
    double c = 1, d = 0, value = 1;
    for (int term = 1; term < TERMS_MAX; term++) {
        const double k = coefficient(term, a, b, x);
        d = 1 / kept_off_zero(1 + k * d);
        c = kept_off_zero(1 + k / c);
        value *= c * d;
        if (fabs(c * d - 1) < CLOSE)
            break;
    }
    return 1 / value;
}

static double ln_gamma(double x)
{
    int sign; /* lgamma itself writes a global */
    return lgamma_r(x, &sign);
}

static double near_zero(double a, double b, double x)
{
    const double ln_front = a * log(x) + b * log1p(-x) - log(a)
                          + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    return exp(ln_front) * fraction(a, b, x);
}

static double beta_share(double a, double b, double x)
{
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    return x <= (a + 1) / (a + b + 2) ? near_zero(a, b, x)
                                      : 1 - near_zero(b, a, 1 - x);
}

double fdist_above(double f, double d1, double d2)
{
    if (isnan(f) || !(d1 > 0) || !(d2 > 0))
        return NAN;
    if (f <= 0)
        return 1;
    return beta_share(d2 / 2, d1 / 2, d2 / (d2 + d1 * f));
}
