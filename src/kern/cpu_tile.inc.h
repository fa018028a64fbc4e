/* cpu_tile.inc.h - the product of two thin matrices, held in registers.
 *
 *     acc[m][n..] += sum_k  a[m, k] * b[k, n..]      m < rows, n < vecs
 *
 * Every matrix product of the program is this loop: a number of a, spread over
 * a vector, times vectors of b, into rows * vecs accumulators that never leave
 * their registers. Per k it loads rows numbers and vecs vectors for
 * rows * vecs multiply-adds, so a tile is chosen as square as the registers
 * allow, and has at least 8 accumulators: two units take four cycles each.
 *
 * rows and vecs are constants wherever this is called; compilers then unroll
 * the inner loops and give each accumulator its register. That holds only in
 * small functions: with whole loops of tiles inlined into one, gcc 12 kept
 * other things in registers and accumulators on the stack, at 70 % of the
 * speed. So each height and width is a function of its own (LEAF), and a table
 * of them is walked.
 *
 * Included once by each kern_cpu_NAME.c, after cpu_vec.inc.h. */

enum { TILE_VECS = REGISTERS == 32 ? 4 : 2 };

enum { TILE_ROWS = 12 }; /* the tallest tile */

#define LEAF static __attribute__((noinline))

/* M(rows, vecs) for every tile there is: heights 12, 8, 6, 4, 2, 1, as far as
 * the registers go. */
#define TILES_SMALL(M, vecs) M(1, vecs) M(2, vecs) M(4, vecs) M(6, vecs)
#if REGISTERS == 32
#define TILES(M)                                 \
    TILES_SMALL(M, 1) M(8, 1) M(12, 1)           \
    TILES_SMALL(M, 2) M(8, 2) M(12, 2)           \
    TILES_SMALL(M, 3) M(8, 3) TILES_SMALL(M, 4)
#else
#define TILES(M) TILES_SMALL(M, 1) M(8, 1) M(12, 1) TILES_SMALL(M, 2)
#endif

/* Rows of the tallest tile that has this many vectors. */
INLINE int tile_height(int vecs)
{
    if (REGISTERS == 32)
        return vecs == 4 ? 6 : vecs == 3 ? 8 : 12;
    return vecs == 2 ? 6 : 12;
}

/* Rows of the next tile when `left` are to be done: 12, 8, 6, 4, 2 or 1, not
 * above height, and not such that a sliver stays over. */
INLINE int tile_next(i64 left, int height)
{
    if (left > height + 4 || left == height)
        return height;
    if (height == 12 && left >= 8)
        return 8;
    if (height >= 6 && left >= 6)
        return 6;
    return left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

typedef vf Tile[TILE_ROWS][TILE_VECS];

INLINE void tile_fill(Tile acc, int rows, int vecs, vf value)
{
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int n = 0; n < vecs; n++)
            acc[m][n] = value;
}

/* Ask for what a tile will read when its sums are done: they take long enough
 * for it to come from memory. An address past an array's end does no harm. */
INLINE void tile_fetch(const float *p, i64 row, int rows, int vecs)
{
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int n = 0; n < vecs; n++)
            __builtin_prefetch(p + m * row + n * LANES);
}

/* a[m, k] lies at a[m * a_row + k * a_col]; row k of b at b + k * b_row. */
INLINE void tile_add(Tile acc, int rows, int vecs, const float *a, i64 a_row,
                     i64 a_col, const float *b, i64 b_row, i64 K)
{
    for (i64 k = 0; k < K; k++) {
        vf w[TILE_VECS];
        UNROLL for (int n = 0; n < vecs; n++)
            w[n] = load(b + k * b_row + n * LANES);
        UNROLL for (int m = 0; m < rows; m++) {
            const vf x = splat(a[m * a_row + k * a_col]);
            UNROLL for (int n = 0; n < vecs; n++)
                acc[m][n] = mul_add(x, w[n], acc[m][n]);
        }
    }
}

/* Vector v of the last vecs of a row, of which n columns are left: all but the
 * last are whole. */
INLINE vf tile_load(const float *p, int v, int vecs, i64 n)
{
    return v + 1 < vecs ? load(p + v * LANES)
                        : load_upto(p + v * LANES, n - v * LANES);
}

INLINE void tile_store(float *p, vf x, int v, int vecs, i64 n)
{
    if (v + 1 < vecs)
        store(p + v * LANES, x);
    else
        store_upto(p + v * LANES, x, n - v * LANES);
}
