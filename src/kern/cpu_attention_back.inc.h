/* cpu_attention_back.inc.h - causal attention, the way back: the second half of
 * cpu_attention.inc.h, whose preface has the formulas. */

/* to[t, 0..Sp) = scale from[t, 0..S), times each[t] if that is not NULL. */
INLINE void copy_rows(float *to, i64 to_row, const float *from, i64 from_row,
                      i64 T, i64 S, float scale, const float *each)
{
    for (i64 t = 0; t < T; t++) {
        const float times = each ? scale * each[t] : scale;
        for (i64 i = 0; i < S; i += LANES)
            store(to + t * to_row + i,
                  times * load_upto(from + t * from_row + i, S - i));
    }
}

#define SPREAD_TILE(rows, vecs)                                              \
    LEAF void spread_##rows##x##vecs(float *to, i64 Sp, const float *w,      \
                                     i64 w_row, Slice b, i64 K, i64 n)       \
    {                                                                        \
        grad_tile(to, Sp, w, WIDE, 1, b, K, n, rows, vecs);                  \
        (void)w_row; /* WIDE */                                              \
    }
#define SPREAD_ROW(rows, vecs) [vecs][rows] = spread_##rows##x##vecs,

TILES(SPREAD_TILE)
static GradTile *const spread_tiles[TILE_VECS + 1][TILE_ROWS + 1] = {
    TILES(SPREAD_ROW)
};

/* to[s,:] += sum_t w[s,t] b[t,:] over a strip. A key of the strip's own is
 * not seen by queries before it, so its sum begins at the tile's first. */
static void spread(float *to, i64 Sp, const float *w, const float *b, Strip p)
{
    for (i64 i = 0; i < panel_count(Sp); i++) {
        const Panel panel = panel_at(i, Sp);
        const i64   at    = panel.first * LANES;
        for (i64 s = 0; s < p.keys;) {
            const int   rows = tile_next(p.keys - s, tile_height(panel.vecs));
            const i64   from = i64_max(0, s - p.t0);
            const Slice terms = { b + (p.t0 + from) * Sp + at, Sp };
            spread_tiles[panel.vecs][rows](to + s * Sp + at, Sp,
                                           w + s * WIDE + from, WIDE, terms,
                                           WIDE - from, panel.vecs * LANES);
            s += rows;
        }
    }
}

/* D[t] = sum_i g'[i,t] o'[i,t] */
static void middle(float *d, const float *g_t, const float *o_t, i64 Tp, i64 S)
{
    for (i64 t = 0; t < Tp; t += LANES) {
        vf sum = splat(0);
        for (i64 i = 0; i < S; i++)
            sum += load(g_t + i * Tp + t) * load(o_t + i * Tp + t);
        store(d + t, sum);
    }
}

/* g, g', q and D. Rows past the end of the sequence are zeros: they fill up
 * the last strip. */
static void back_start(Scratch work, const float *inv, const float *o_t,
                       const float *d_o, const float *q, const Attend *a)
{
    const i64 T = a->T, S = a->S, C = a->H * S;
    const i64 Tp = padded(T, WIDE), Sp = padded(S, LANES);

    copy_rows(work.g, Sp, d_o, C, T, S, 1, inv);
    copy_rows(work.q, Sp, q, qkv_row(a), T, S, 1, NULL);
    memset(work.g + T * Sp, 0, (size_t)((Tp - T) * Sp) * sizeof(float));
    memset(work.q + T * Sp, 0, (size_t)((Tp - T) * Sp) * sizeof(float));
    turn_matrix(work.g_t, Tp, work.g, Sp, Tp, S, 1, true);
    middle(work.d, work.g_t, o_t, Tp, S);
}

/* What one strip of queries sends back: dq whole, its share of dk and dv. */
static void strip_back(float *dq, Scratch work, const float *e,
                       const float *k, const float *v, Strip p,
                       const Attend *a)
{
    const i64 S = a->S, row = qkv_row(a);
    const i64 Tp = padded(a->T, WIDE), Sp = padded(S, LANES);

    scores(work.ds, v, row, work.g_t + p.t0, Tp, S, e, work.d + p.t0, p);
    mix(work.dq_t, WIDE, k, row, work.ds, p.keys, NULL, S);
    turn_matrix(dq + p.t0 * row, row, work.dq_t, WIDE, S,
                i64_min(WIDE, a->T - p.t0), a->scale, false);
    spread(work.dv, Sp, e, work.g, p);
    spread(work.dk, Sp, work.ds, work.q, p);
}

static void back_end(float *dk, float *dv, Scratch work, const Attend *a)
{
    const i64 S = a->S, Sp = padded(S, LANES), row = qkv_row(a);

    for (i64 t = 0; t < a->T; t++)
        for (i64 i = 0; i < S; i += LANES) {
            store_upto(dk + t * row + i, a->scale * load(work.dk + t * Sp + i),
                       S - i);
            store_upto(dv + t * row + i, load(work.dv + t * Sp + i), S - i);
        }
}

static void head_back(float *dqkv, Scratch work, const float *d_o,
                      const float *qkv, const float *keep, i64 h,
                      const Attend *a)
{
    const float *k = qkv + keys_of(a, h), *v = qkv + values_of(a, h);
    const Keep   at = keep_at(h, a->T, a->S);

    back_start(work, keep + at.inv, keep + at.o_t, d_o + h * a->S,
               qkv + h * a->S, a);
    for (i64 j = 0; j < padded(a->T, WIDE) / WIDE; j++)
        strip_back(dqkv + h * a->S, work, keep + at.e + strip_at(j), k, v,
                   strip(j, a->T), a);
}

/* Heads that share keys follow each other, and so do their shares of dk and
 * dv: the order of the sum is theirs. */
static void attention_back(float *dqkv, float *work, const float *d_o,
                           const float *o, const float *qkv, const float *keep,
                           const Attend *a)
{
    const i64     sharing = a->H / a->KV;
    const i64     Tp = padded(a->T, WIDE), Sp = padded(a->S, LANES);
    const Scratch s = scratch_at(work, a->T, a->S);
    (void)o; /* kept turned */

    for (i64 h = 0; h < a->H; h++) {
        if (h % sharing == 0)
            memset(s.dk, 0, (size_t)(2 * Tp * Sp) * sizeof(float));
        head_back(dqkv, s, d_o, qkv, keep, h, a);
        if (h % sharing == sharing - 1)
            back_end(dqkv + keys_of(a, h), dqkv + values_of(a, h), s, a);
    }
}
