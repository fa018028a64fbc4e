/* parabola.c - least-squares parabolas and lines.
 *
 * x is shifted and scaled to about [-1, 1] first: for x = ln N near 18 the
 * normal equations of 1, x, x^2 would lose eight digits, for t they lose
 * hardly one. */

#include "fit/parabola.h"

#include "fit/search.h"

#include <math.h>

typedef struct Frame { double middle, half; } Frame; /* t = (x - middle)/half */

static Frame frame(const double *x, i64 n)
{
    double low = INFINITY, high = -INFINITY;
    for (i64 i = 0; i < n; i++) {
        low = fmin(low, x[i]);
        high = fmax(high, x[i]);
    }
    const double half = (high - low) / 2;
    return (Frame){ (low + high) / 2, half > 0 ? half : 1 };
}

static void gram(double g[9], const double *x, i64 n, Frame f)
{
    for (int k = 0; k < 9; k++)
        g[k] = 0;
    for (i64 i = 0; i < n; i++) {
        const double t = (x[i] - f.middle) / f.half, row[] = { 1, t, t * t };
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++)
                g[a * 3 + b] += row[a] * row[b];
    }
}

static bool three_different(const double *x, i64 n)
{
    const Frame f = frame(x, n);
    const double apart = 1e-6 * f.half;
    for (i64 i = 0; i < n; i++)
        if (x[i] > f.middle - f.half + apart
            && x[i] < f.middle + f.half - apart)
            return true;
    return false;
}

bool parabola_fit(double quad[3], const double *x, const double *y, i64 n)
{
    if (n < 3 || !three_different(x, n))
        return false;
    const Frame f = frame(x, n);
    double g[9], b[3] = { 0 }, c[3];
    gram(g, x, n, f);
    for (i64 i = 0; i < n; i++) {
        const double t = (x[i] - f.middle) / f.half;
        b[0] += y[i];
        b[1] += y[i] * t;
        b[2] += y[i] * t * t;
    }
    if (!small_solve(c, g, b, 3))
        return false;
    const double m = f.middle, h = f.half; /* back from t to x */
    quad[0] = c[0] - c[1] * m / h + c[2] * m * m / (h * h);
    quad[1] = c[1] / h - 2 * c[2] * m / (h * h);
    quad[2] = c[2] / (h * h);
    return true;
}

double parabola_at(const double quad[3], double x)
{
    return quad[0] + x * (quad[1] + x * quad[2]);
}

void parabola_leverage(double *leverage, const double *x, i64 n)
{
    const Frame f = frame(x, n);
    double g[9], z[3];
    gram(g, x, n, f);
    for (i64 i = 0; i < n; i++) {
        const double t = (x[i] - f.middle) / f.half, row[] = { 1, t, t * t };
        leverage[i] = 1;
        if (small_solve(z, g, row, 3))
            leverage[i] = z[0] + z[1] * t + z[2] * t * t;
    }
}

double parabola_vertex(const double quad[3])
{
    return quad[2] > 0 ? -quad[1] / (2 * quad[2]) : NAN;
}

bool line_fit(double *intercept, double *slope, const double *x,
              const double *y, const double *weight, i64 n)
{
    double sum = 0, mx = 0, my = 0, xx = 0, xy = 0;
    for (i64 i = 0; i < n; i++) {
        const double w = weight ? weight[i] : 1;
        sum += w;
        mx += w * x[i];
        my += w * y[i];
    }
    mx /= sum;
    my /= sum;
    for (i64 i = 0; i < n; i++) {
        const double w = weight ? weight[i] : 1;
        xx += w * (x[i] - mx) * (x[i] - mx);
        xy += w * (x[i] - mx) * (y[i] - my);
    }
    if (n < 2 || !(xx > 1e-12 * sum * (1 + mx * mx)))
        return false;
    *slope = xy / xx;
    *intercept = my - *slope * mx;
    return true;
}
