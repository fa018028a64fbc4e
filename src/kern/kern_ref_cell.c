/* kern_ref_cell.c - the cell of an LSTM as its formulas read.
 * Contract: kern.h. */

#include "kern/kern_ref.h"

#include <math.h>

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

void lstm_ref(real *h, real *c, real *gate, const real *before, i64 R, i64 C)
{
    for (i64 at = 0; at < R * C; at++) {
        real        *a = gate + at / C * 4 * C + at % C;
        const double i = sigmoid((double)a[0]), f = sigmoid((double)a[C]);
        const double g = tanh((double)a[2 * C]);
        const double o = sigmoid((double)a[3 * C]);
        const double state = i * g + (before ? f * (double)before[at] : 0);

        a[0]     = (real)i;
        a[C]     = (real)f;
        a[2 * C] = (real)g;
        a[3 * C] = (real)o;
        c[at]    = (real)state;
        h[at]    = (real)(o * tanh(state));
    }
}

/* With s the sigmoid: s' = s (1 - s), and tanh' = 1 - tanh^2. */
void lstm_back_ref(real *gate, real *dc, const real *dh, const real *later,
                   const real *c, const real *before, i64 R, i64 C)
{
    for (i64 at = 0; at < R * C; at++) {
        real        *a = gate + at / C * 4 * C + at % C;
        const double i = (double)a[0], f = (double)a[C];
        const double g = (double)a[2 * C], o = (double)a[3 * C];
        const double t = tanh((double)c[at]);
        const double dout = (double)dh[at] + (later ? (double)later[at] : 0);
        const double dstate = (double)dc[at] + dout * o * (1 - t * t);

        a[0]     = (real)(dstate * g * i * (1 - i));
        a[C]     = (real)(before ? dstate * (double)before[at] * f * (1 - f)
                                 : 0);
        a[2 * C] = (real)(dstate * i * (1 - g * g));
        a[3 * C] = (real)(dout * t * o * (1 - o));
        dc[at]   = (real)(dstate * f);
    }
}
