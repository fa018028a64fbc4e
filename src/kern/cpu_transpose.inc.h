/* cpu_transpose.inc.h - a square of LANES x LANES floats, turned over in
 * registers.
 *
 * A square is turned by swapping its off-diagonal quarters and turning each
 * quarter: with rows paired at distance b = LANES/2, ..., 2, 1, the swap is
 * one shuffle a row. Lane j of the upper row of a pair takes lane j - b of the
 * lower where bit b of j is set, and the other way round. */

#define UPPER(j, b) (((j) & (b)) ? LANES + (j) - (b) : (j))
#define LOWER(j, b) (((j) & (b)) ? LANES + (j) : (j) + (b))

#define SWAP_QUARTERS(v, b)                                               \
    UNROLL for (int i = 0; i < LANES; i++)                                \
        if (!(i & (b))) {                                                 \
            const vf up = v[i], low = v[i | (b)];                         \
            v[i] = __builtin_shufflevector(up, low, ALL_LANES(UPPER, b)); \
            v[i | (b)] =                                                  \
                __builtin_shufflevector(up, low, ALL_LANES(LOWER, b));    \
        }

INLINE void turn(vf v[LANES])
{
#if LANES >= 16
    SWAP_QUARTERS(v, 8)
#endif
#if LANES >= 8
    SWAP_QUARTERS(v, 4)
#endif
    SWAP_QUARTERS(v, 2)
    SWAP_QUARTERS(v, 1)
}

/* to[j, i] = scale from[i, j] for a whole square. */
INLINE void turn_square(float *to, i64 to_row, const float *from, i64 from_row,
                        float scale)
{
    vf v[LANES];
    UNROLL for (int i = 0; i < LANES; i++)
        v[i] = scale * load(from + i * from_row);
    turn(v);
    UNROLL for (int i = 0; i < LANES; i++)
        store(to + i * to_row, v[i]);
}

/* The same with only rows x cols of `from` there (either may be 0): cols rows
 * of `to` are written, each `width` wide, with zeros after the first `rows`. */
static void turn_part(float *to, i64 to_row, const float *from, i64 from_row,
                      i64 rows, i64 cols, i64 width, float scale)
{
    vf v[LANES];
    for (i64 i = 0; i < LANES; i++)
        v[i] = i < rows ? scale * load_upto(from + i * from_row, cols)
                        : splat(0);
    turn(v);
    for (i64 i = 0; i < LANES && i < cols; i++)
        store_upto(to + i * to_row, v[i], width);
}

/* to[j, i] = scale from[i, j] for i < rows, j < cols: squares, then parts.
 * With fill, rows of `to` are written up to a whole number of vectors. */
INLINE void turn_matrix(float *to, i64 to_row, const float *from, i64 from_row,
                        i64 rows, i64 cols, float scale, bool fill)
{
    for (i64 i = 0; i < rows; i += LANES)
        for (i64 j = 0; j < cols; j += LANES) {
            float       *t = to + j * to_row + i;
            const float *f = from + i * from_row + j;
            if (i + LANES <= rows && j + LANES <= cols)
                turn_square(t, to_row, f, from_row, scale);
            else
                turn_part(t, to_row, f, from_row, rows - i, cols - j,
                          fill ? LANES : rows - i, scale);
        }
}
