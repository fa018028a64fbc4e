/* cpu_rms.inc.h - RMS norm, row by row as layer norm: sums run in one vector
 * and end in sum_across. Lanes beyond a row are loaded as 0 and add nothing.
 *
 * A head is 16 to 64 numbers, one to four vectors, so that a row is its chain
 * of additions; that is little beside the attention it prepares. */

INLINE void rms_row(float *y, float *stat, const float *x, const float *gain,
                    i64 C)
{
    vf square = { 0 };
    for (i64 c = 0; c < C; c += LANES) {
        const vf v = load_upto(x + c, C - c);
        square += v * v;
    }
    const vf mean = sum_across(square) * (1 / (float)C);
    const vf rstd = 1 / root(mean + 1e-5f);

    for (i64 c = 0; c < C; c += LANES) {
        const i64 left = C - c;
        store_upto(y + c,
                   load_upto(x + c, left) * rstd * load_upto(gain + c, left),
                   left);
    }
    *stat = rstd[0];
}

static void rms(float *y, float *stat, const float *x, const float *gain,
                i64 R, i64 C, i64 row)
{
    for (i64 r = 0; r < R; r++)
        rms_row(y + r * row, stat + r, x + r * row, gain, C);
}

/* dx = add + rstd (e - n mean(e n)), e = dy gain, n = x rstd. Each dy is read
 * before the dx of its place is written, so dx may be dy. */
INLINE void rms_back_row(float *dx, float *dgain, const float *add,
                         const float *dy, const float *x, float rstd,
                         const float *gain, i64 C)
{
    vf sen = { 0 };
    for (i64 c = 0; c < C; c += LANES) {
        const i64 left = C - c;
        const vf  d = load_upto(dy + c, left);
        const vf  n = load_upto(x + c, left) * rstd;
        sen += d * load_upto(gain + c, left) * n;
        store_upto(dgain + c, load_upto(dgain + c, left) + d * n, left);
    }
    const vf men = sum_across(sen) * (1 / (float)C);
    for (i64 c = 0; c < C; c += LANES) {
        const i64 left = C - c;
        const vf  n = load_upto(x + c, left) * rstd;
        const vf  e = load_upto(dy + c, left) * load_upto(gain + c, left);
        const vf  d = (e - n * men) * rstd;
        store_upto(dx + c, add ? load_upto(add + c, left) + d : d, left);
    }
}

static void rms_back(float *dx, float *dgain, const float *add,
                     const float *dy, const float *x, const float *stat,
                     const float *gain, i64 R, i64 C, i64 row)
{
    for (i64 r = 0; r < R; r++)
        rms_back_row(dx + r * row, dgain, add ? add + r * row : NULL,
                     dy + r * row, x + r * row, stat[r], gain, C);
}
