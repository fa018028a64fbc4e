/* cpu_rows.inc.h - layer norm and embeddings: kernels that go row by row, a
 * vector of neighbours at a time.
 *
 * Sums over a row run in one vector and end in sum_across: a fixed order. A
 * row has at most some hundred vectors, so float sums lose at most as many
 * halves of a unit in the last place, and in practice a few. */

/* -- Layer norm ----------------------------------------------------------- */

INLINE void norm_row(float *y, float *stat, const float *x, const float *gain,
                     const float *bias, i64 C)
{
    const float each = 1 / (float)C;
    vf sum = { 0 }, square = { 0 };
    for (i64 c = 0; c < C; c += LANES)
        sum += load_upto(x + c, C - c);
    const vf mean = sum_across(sum) * each;

    i64 c = 0;
    for (; c + LANES <= C; c += LANES) {
        const vf d = load(x + c) - mean;
        square += d * d;
    }
    if (c < C) { /* lanes that are not there would count as mean^2 */
        const vf d = keep_first(load_part(x + c, C - c) - mean, C - c);
        square += d * d;
    }
    const vf rstd = 1 / root(sum_across(square) * each + 1e-5f);

    for (c = 0; c < C; c += LANES) {
        const i64 left = C - c;
        const vf  n = (load_upto(x + c, left) - mean) * rstd;
        store_upto(y + c,
                   n * load_upto(gain + c, left) + load_upto(bias + c, left),
                   left);
    }
    stat[0] = mean[0];
    stat[1] = rstd[0];
}

static void norm(float *y, float *stat, const float *x, const float *gain,
                 const float *bias, i64 R, i64 C)
{
    for (i64 r = 0; r < R; r++)
        norm_row(y + r * C, stat + 2 * r, x + r * C, gain, bias, C);
}

/* dx += rstd (e - mean(e) - n mean(e n)), e = dy gain, n = (x - mean) rstd.
 * Lanes that are not there hold e = 0, and so add nothing to either mean. */
INLINE void norm_back_row(float *dx, float *dgain, float *dbias,
                          const float *dy, const float *x, const float *stat,
                          const float *gain, i64 C)
{
    const float mean = stat[0], rstd = stat[1];
    vf          se = { 0 }, sen = { 0 };

    for (i64 c = 0; c < C; c += LANES) {
        const i64 left = C - c;
        const vf  d = load_upto(dy + c, left);
        const vf  n = (load_upto(x + c, left) - mean) * rstd;
        const vf  e = d * load_upto(gain + c, left);
        se += e;
        sen += e * n;
        store_upto(dgain + c, load_upto(dgain + c, left) + d * n, left);
        store_upto(dbias + c, load_upto(dbias + c, left) + d, left);
    }
    const vf me  = sum_across(se) * (1 / (float)C);
    const vf men = sum_across(sen) * (1 / (float)C);
    for (i64 c = 0; c < C; c += LANES) {
        const i64 left = C - c;
        const vf  n = (load_upto(x + c, left) - mean) * rstd;
        const vf  e = load_upto(dy + c, left) * load_upto(gain + c, left);
        const vf  d = (e - me - n * men) * rstd;
        store_upto(dx + c, load_upto(dx + c, left) + d, left);
    }
}

static void norm_back(float *dx, float *dgain, float *dbias, const float *dy,
                      const float *x, const float *stat, const float *gain,
                      i64 R, i64 C)
{
    for (i64 r = 0; r < R; r++)
        norm_back_row(dx + r * C, dgain, dbias, dy + r * C, x + r * C,
                      stat + 2 * r, gain, C);
}

/* -- Embeddings ----------------------------------------------------------- */

INLINE void sum_row(float *to, const float *a, const float *b, i64 C)
{
    for (i64 c = 0; c < C; c += LANES)
        store_upto(to + c,
                   load_upto(a + c, C - c) + load_upto(b + c, C - c), C - c);
}

static void embed(float *x, const float *token, const float *position,
                  const i32 *id, i64 R, i64 T, i64 C, i64 V)
{
    for (i64 r = 0; r < R; r++) {
        assert(0 <= id[r] && id[r] < V);
        const float *t = token + id[r] * C;
        if (position)
            sum_row(x + r * C, t, position + r % T * C, C);
        else
            memcpy(x + r * C, t, (size_t)C * sizeof *x);
    }
}

static void embed_back(float *dtoken, float *dposition, const float *dx,
                       const i32 *id, i64 R, i64 T, i64 C, i64 V)
{
    for (i64 r = 0; r < R; r++) {
        assert(0 <= id[r] && id[r] < V);
        float *token = dtoken + id[r] * C;
        sum_row(token, token, dx + r * C, C);
        if (!dposition)
            continue;
        float *place = dposition + r % T * C;
        sum_row(place, place, dx + r * C, C);
    }
}
