/* cpu_attention_back.inc.h - causal attention, the way back: the second half of
 * cpu_attention.inc.h, whose preface has the formulas.
 *
 * Queries are taken a band at a time, CHUNK of them in BAND strips; and for a
 * band, keys a CHUNK at a time: e and ds of such a square lie in the first
 * cache until dq, dk and dv have had their shares of it. A tile of dk or dv is
 * loaded and stored once a square. */

enum { SPREAD_ROWS = LANES > TILE_ROWS ? LANES : TILE_ROWS };

/* A band: its first query, how many strips. */
typedef struct Band {
    i64 t0, strips;
} Band;

/* to[s,:] += sum_t w[s,t] b[t,:] over the strips of a band, for a tile of keys
 * from s. Rows of a tile lie in one vector's own keys: queries before the
 * first of these see none of it. Keys and queries count from the square's. */
INLINE void spread_tile(float *to, i64 Sp, const float *const *w,
                        const float *b, i64 strips, i64 t0, i64 s, int rows,
                        int vecs)
{
    vf acc[SPREAD_ROWS][TILE_VECS];
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++)
            acc[m][v] = load(to + (s + m) * Sp + v * LANES);
    for (i64 j = i64_max(0, s - t0) / WIDE; j < strips; j++) {
        const i64 from = i64_max(0, s - t0 - j * WIDE);
        tile_add(acc, rows, vecs, w[j] + s * WIDE + from, WIDE, 1,
                 b + (j * WIDE + from) * Sp, Sp, WIDE - from);
    }
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++)
            store(to + (s + m) * Sp + v * LANES, acc[m][v]);
}

typedef void Spread(float *to, i64 Sp, const float *const *w, const float *b,
                    i64 strips, i64 t0, i64 keys);

/* Heights divide LANES, so that all tiles are whole. */
#define SPREAD(vecs, height)                                                \
    LEAF void spread_##vecs(float *to, i64 Sp, const float *const *w,       \
                            const float *b, i64 strips, i64 t0, i64 keys)   \
    {                                                                       \
        enum { ROWS = height < LANES ? height : LANES };                    \
        for (i64 s = 0; s < keys; s += ROWS)                                \
            spread_tile(to, Sp, w, b, strips, t0, s, ROWS, vecs);           \
    }

#if REGISTERS == 32
SPREAD(1, 16)
SPREAD(2, 8)
SPREAD(3, 8)
SPREAD(4, 4)
static Spread *const spread_of[] = { NULL, spread_1, spread_2, spread_3,
                                     spread_4 };
#else
SPREAD(1, 8)
SPREAD(2, 4)
static Spread *const spread_of[] = { NULL, spread_1, spread_2 };
#endif

static void spread(float *to, i64 Sp, const float *const *w, const float *b,
                   i64 strips, i64 t0, i64 keys)
{
    for (i64 i = 0; i < Sp;) {
        const i64 vecs = i64_min(TILE_VECS, (Sp - i) / LANES);
        spread_of[vecs](to + i, Sp, w, b + i, strips, t0, keys);
        i += vecs * LANES;
    }
}

/* D[t] = sum_i g'[i,t] o'[i,t] */
static void middle(float *d, const float *g_t, const float *o_t, i64 S)
{
    for (i64 t = 0; t < WIDE; t += LANES) {
        vf sum = splat(0);
        for (i64 i = 0; i < S; i++)
            sum = mul_add(load(g_t + i * WIDE + t), load(o_t + i * WIDE + t),
                          sum);
        store(d + t, sum);
    }
}

/* What head h is made of, on the way back. */
typedef struct Head {
    float       *dq;
    const float *d_o, *o, *q;
    const float *top, *inv, *e; /* e: kept strips */
} Head;

/* What a band's strips need, turned: g, D, and q where e is made again. */
static void band_start(Head h, Scratch s, Band b, const Attend *a)
{
    const i64 C = a->H * a->S, Sp = width_of(a), n = b.strips * WIDE;
    const i64 there = i64_min(n, a->T - b.t0);

    copy_rows(s.q, n, Sp, h.q + b.t0 * qkv_row(a), qkv_row(a), there, a->S,
              NULL);
    copy_rows(s.g, n, Sp, h.d_o + b.t0 * C, C, there, a->S, h.inv + b.t0);
    for (i64 j = 0; j < b.strips; j++) {
        const i64 t0 = b.t0 + j * WIDE, at = j * WIDE * Sp;
        turn_matrix(s.g_t + at, WIDE, s.g + at, Sp, WIDE, a->S, 1, true);
        turn_strip(s.o_t + at, h.o, C, t0, 1, a);
        middle(s.d + j * WIDE, s.g_t + at, s.o_t + at, a->S);
        if (!e_is_kept(a))
            turn_strip(s.q_t + at, h.q, qkv_row(a), t0, LOG2_E * a->scale, a);
    }
    memset(s.o_t, 0, (size_t)(QUERIES * Sp) * sizeof *s.o_t); /* now dq' */
}

/* Strip j of a band and keys from c: ds, and e where it is not kept; and what
 * dq' receives. Gives e. */
static const float *strip_back(Head h, Scratch s, Band b, i64 j, i64 c,
                               const Attend *a)
{
    const i64 Sp = width_of(a), t0 = b.t0 + j * WIDE, at = j * WIDE * Sp;
    float    *e = s.e + j * WIDE * CHUNK, *ds = s.ds + j * WIDE * CHUNK;
    float     top[WIDE];
    Score     p = { .out = e, .a = s.k + c * Sp, .b = s.q_t + at, .e = e,
                    .stat = top, .S = a->S, .Sp = Sp,
                    .keys = i64_min(CHUNK, t0 + WIDE - c), .t0 = t0 - c };

    if (e_is_kept(a)) {
        p.e = h.e + strip_at(t0 / WIDE) + c * WIDE;
    } else {
        memcpy(top, h.top + t0, sizeof top);
        powers(p);
    }
    p.out  = ds;
    p.a    = s.v + c * Sp;
    p.b    = s.g_t + at;
    p.stat = s.d + j * WIDE;
    slopes(p);
    mix(s.o_t + at, s.k + c * Sp, ds, p.keys, p.t0, a);
    return p.e;
}

/* A band and keys from c. A strip sees no keys that begin after its own. */
static void square_back(Head h, Scratch s, Band b, i64 c, const Attend *a)
{
    const i64    Sp = width_of(a), t0 = b.t0 - c;
    const i64    keys = i64_min(CHUNK, t0 + b.strips * WIDE);
    const float *e[BAND], *ds[BAND];

    for (i64 j = i64_max(0, -t0) / WIDE; j < b.strips; j++) {
        e[j]  = strip_back(h, s, b, j, c, a);
        ds[j] = s.ds + j * WIDE * CHUNK;
    }
    spread(s.dv + c * Sp, Sp, e, s.g, b.strips, t0, keys);
    spread(s.dk + c * Sp, Sp, ds, s.q, b.strips, t0, keys);
}

static void band_back(Head h, Scratch s, i64 t0, const Attend *a)
{
    const i64  Sp = width_of(a);
    const Band b = { t0, i64_min(BAND, (tokens_of(a) - t0) / WIDE) };

    band_start(h, s, b, a);
    for (i64 c = 0; c < t0 + b.strips * WIDE; c += CHUNK)
        square_back(h, s, b, c, a);
    for (i64 j = 0; j < b.strips; j++)
        turn_back(h.dq, qkv_row(a), s.o_t + j * WIDE * Sp, t0 + j * WIDE,
                  a->scale, a);
}

static void back_end(float *dk, float *dv, Scratch s, const Attend *a)
{
    const i64 S = a->S, Sp = width_of(a), row = qkv_row(a);

    for (i64 t = 0; t < a->T; t++)
        for (i64 i = 0; i < S; i += LANES) {
            store_upto(dk + t * row + i, a->scale * load(s.dk + t * Sp + i),
                       S - i);
            store_upto(dv + t * row + i, load(s.dv + t * Sp + i), S - i);
        }
}

/* Heads that share keys follow each other, and so do their shares of dk and
 * dv: the order of the sum is theirs. */
static void attention_back(float *dqkv, float *work, const float *d_o,
                           const float *o, const float *qkv, const float *keep,
                           const Attend *a)
{
    const i64     S = a->S, C = a->H * S, sharing = a->H / a->KV;
    const i64     Tp = tokens_of(a), Sp = width_of(a);
    const Scratch s = scratch_at(work, a);

    for (i64 h = 0; h < a->H; h++) {
        const Keep at = keep_at(a, h);
        const Head head = { .dq = dqkv + h * S, .d_o = d_o + h * S,
                            .o = o + h * S, .q = qkv + h * S,
                            .top = keep + at.top, .inv = keep + at.inv,
                            .e = keep + at.e };
        copy_keys(s, qkv, h, a);
        if (h % sharing == 0)
            memset(s.dk, 0, (size_t)(2 * Tp * Sp) * sizeof(float));
        for (i64 t0 = 0; t0 < Tp; t0 += QUERIES) {
            for (i64 t = t0; t < t0 + QUERIES; t += WIDE) {
                foresee_head(qkv, h + 1, t, a);
                foresee(d_o + (h + 1) * S, C, t, a);
                foresee(o + (h + 1) * S, C, t, a);
            }
            band_back(head, s, t0, a);
        }
        if (h % sharing == sharing - 1)
            back_end(dqkv + keys_of(a, h), dqkv + values_of(a, h), s, a);
    }
}
