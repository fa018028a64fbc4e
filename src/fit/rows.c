/* rows.c - what each row adds to an objective, and its slopes: logarithm,
 * residual and the loss function over it, eight rows at a time.
 *
 * All objectives are one function of the residual r,
 *
 *     gain H(r) + slant r,   H(r) = r^2/2 within delta, delta (|r| - delta/2)
 *
 * Squares have no delta, Huber a gain of 1, and a quantile q is
 * |r|/2 + (1/2 - q) r with the corner of |r| rounded over a small delta.
 *
 * SOURCE of the logarithm: FreeBSD msun, e_log.c (Sun Microsystems 1993): the
 * reduction to sqrt(1/2)..sqrt(2) and the coefficients; below 1 ulp. */

#include "fit/search.h"

#include "fit/lanes.h"

#include <math.h>
#include <string.h>

/* x is positive, finite and normal. */
BODY void log_lanes(Lanes *out, const Lanes *x)
{
    static const double part[] = {
        6.666666666666735130e-01, 3.999999999940941908e-01,
        2.857142874366239149e-01, 2.222219843214978396e-01,
        1.818357216161805012e-01, 1.531383769920937332e-01,
        1.479819860511658591e-01,
    };
    const Words bits = (Words)*x;
    /* Exponent of x / sqrt(1/2), plus 1024 so that it is not negative; what is
     * left is within a root of 2. A count below 2^52 becomes a double by being
     * the last digits of 2^52 + count: AVX2 converts no 64-bit integers. */
    const Words at = (bits - 0x3fe6a09e667f3bcdu + ((u64)1024 << 52)) >> 52;
    const Lanes f = (Lanes)(bits - ((at - 1024) << 52)) - 1;
    const Lanes k = (Lanes)(at | 0x4330000000000000u) - (0x1p52 + 1024);
    const Lanes s = f / (f + 2), z = s * s, w = z * z;
    const Lanes odd = w * (part[1] + w * (part[3] + w * part[5]));
    const Lanes even = z * (part[0] + w * (part[2] + w * (part[4]
                                                          + w * part[6])));
    const Lanes square = 0.5 * f * f;
    *out = k * 6.93147180369123816490e-01
         - ((square - (s * (square + odd + even)
                       + k * 1.90821492927058770002e-10)) - f);
}

BODY void log_rows_body(double *out, const double *x, i64 n)
{
    for (i64 i = 0; i < n; i += LANES) {
        double padded[LANES] = { 1, 1, 1, 1, 1, 1, 1, 1 };
        const i64 count = i64_min(LANES, n - i);
        Lanes log_x;
        memcpy(padded, x + i, (size_t)count * sizeof *x);
        const Lanes lanes = LANES_LOAD(padded);
        log_lanes(&log_x, &lanes);
        LANES_STORE(padded, log_x);
        memcpy(out + i, padded, (size_t)count * sizeof *x);
    }
}

WIDE_VOID(log_rows, (double *out, const double *x, i64 n), (out, x, n))

/* The last lanes of a block may have no row; they get `rest`. */
BODY void take(Lanes *out, const double *from, i64 count, double rest)
{
    double padded[LANES];
    if (count >= LANES) {
        *out = LANES_LOAD(from);
        return;
    }
    for (int k = 0; k < LANES; k++)
        padded[k] = k < count ? from[k] : rest;
    *out = LANES_LOAD(padded);
}

BODY void keep(double *to, const Lanes *x, i64 count)
{
    double padded[LANES];
    if (count >= LANES) {
        LANES_STORE(to, *x);
        return;
    }
    LANES_STORE(padded, *x);
    memcpy(to, padded, (size_t)count * sizeof *to);
}

/* low, high: of the values so far that count. */
typedef struct Row { Lanes w, m, r, low, high; } Row;

/* Weight, value (1 where the row has no say) and residual. What has no
 * logarithm gives one without meaning, and is found by `low`. */
BODY void row_take(Row *row, const RowsIn *in, bool by_log, i64 i, i64 count)
{
    Lanes y, m, r;
    take(&row->w, in->weight + i, count, 0);
    take(&y, in->target + i, count, 1);
    take(&m, in->value + i, count, 1);
    m = LANES_PICK(row->w == 0, LANES_ALL(1), m);
    row->low = LANES_PICK(m < row->low, m, row->low);
    row->high = LANES_PICK(m > row->high, m, row->high);
    r = m;
    if (by_log)
        log_lanes(&r, &m);
    row->m = m;
    row->r = LANES_PICK(row->w == 0, LANES_ALL(0), r - y);
}

/* h'(m) and h''(m), of h'(r) and h''(r). */
BODY void row_slopes(const RowsOut *out, const Row *row, const Lanes *bent,
                     const Shape *shape, i64 i, i64 count)
{
    const Lanes one = LANES_ALL(1), none = LANES_ALL(0);
    const Lanes per_m = shape->by_log ? one / row->m : one;
    const Lanes slope = row->w * (shape->gain * *bent + shape->slant);
    const Lanes curve = row->w * LANES_PICK(*bent == row->r,
                                            LANES_ALL(shape->gain), none);
    const Lanes first = slope * per_m;
    const Lanes second = (shape->by_log ? curve - slope : curve)
                       * per_m * per_m;
    keep(out->first + i, &first, count);
    keep(out->second + i, &second, count);
}

BODY double rows_sum_body(const RowsOut *out, const RowsIn *in,
                          const Shape *shape, i64 n)
{
    Lanes sum = { 0 };
    Row row = { .low = LANES_ALL(1), .high = LANES_ALL(1) };
    const Lanes delta = LANES_ALL(shape->delta);
    for (i64 i = 0; i < n; i += LANES) {
        row_take(&row, in, shape->by_log, i, n - i);
        const Lanes r = row.r;
        const Lanes high = LANES_PICK(r > delta, delta, r);
        const Lanes bent = LANES_PICK(high < -delta, -delta, high);
        /* Beyond delta, delta (|r| - delta/2) = bent (r - bent/2). */
        sum += row.w * (shape->gain * bent * (r - 0.5 * bent)
                        + shape->slant * r);
        keep(out->residual + i, &row.r, n - i);
        if (out->first)
            row_slopes(out, &row, &bent, shape, i, n - i);
    }
    const double least = shape->by_log ? 0x1p-1022 : -0x1.fffffffffffffp1023;
    for (int k = 0; k < LANES; k++)
        if (row.low[k] < least || row.high[k] == INFINITY)
            return INFINITY;
    const double total = lanes_total(&sum);
    return isnan(total) ? INFINITY : total;
}

WIDE(double, rows_sum, (const RowsOut *out, const RowsIn *in,
                        const Shape *shape, i64 n), (out, in, shape, n))
