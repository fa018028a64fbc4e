/* cpu_attention.inc.h - causal attention of one sequence, head by head.
 *
 * Vectors run over queries. Scores are kept turned, a row for each key s and a
 * column for each query t, so that
 *
 *   - the softmax of a query is a lane: its maximum and its sum need no
 *     exchange between lanes;
 *   - queries t are taken WIDE at a time (two vectors), and a strip of scores,
 *     keys x WIDE, stays in the first cache from product to softmax to
 *     product;
 *   - keys after the strip's last query are never computed.
 *
 * Forward, for a strip of queries t0 .. t0 + WIDE:
 *
 *     x[s,t] = log2(e) scale k[s] . q[t]            numbers of k, vectors of q'
 *     e[s,t] = 2^(x - max_s x),  inv[t] = 1 / sum_s e
 *     o'[i,t] = inv[t] sum_s v[s,i] e[s,t]           numbers of v, vectors of e
 *
 * e, inv and o' are kept; p = e inv is never formed. Backward, with
 * g[t] = inv[t] do[t] taken once, and D[t] = g[t] . o[t]:
 *
 *     ds[s,t]  = e[s,t] (v[s] . g[t] - D[t])         the slope of the scores
 *     dq'[i,t] = scale sum_s k[s,i] ds[s,t]
 *     dv[s]   += sum_t e[s,t] g[t]                   vectors along the head
 *     dk[s]   += scale sum_t ds[s,t] q[t]
 *
 * for p (do . v - do . o) = e (g . v - g . o). Queries past the end of the
 * sequence, which fill up the last strip, have q = g = 0, and send nothing
 * back. Nothing depends on T being a power of two.
 *
 * SEE: Dao et al. 2022, arXiv:2205.14135, for strips; here p is kept rather
 *      than made again: at T = 256 it still lies in the second cache. */

enum {
    STRIP_VECS = 2,
    WIDE       = STRIP_VECS * LANES,
    KEY_ROWS   = REGISTERS == 32 ? 8 : 4, /* keys in a tile of scores */
};

static i64 padded(i64 n, i64 to) { return (n + to - 1) / to * to; }

/* Strips before number j hold WIDE, 2 WIDE, ... keys. */
static i64 strip_at(i64 j) { return j * (j + 1) / 2 * WIDE * WIDE; }

/* -- What is kept, and scratch -------------------------------------------- */

/* Offsets of one head in what is kept. */
typedef struct Keep {
    i64 e;   /* strips        */
    i64 inv; /* [padded T]    */
    i64 o_t; /* [S, padded T] */
} Keep;

static i64 keep_head(i64 T, i64 S)
{
    const i64 Tp = padded(T, WIDE);
    return strip_at(Tp / WIDE) + Tp + S * Tp;
}

static i64 attention_keep(const Attend *a)
{
    return a->H * keep_head(a->T, a->S);
}

static Keep keep_at(i64 h, i64 T, i64 S)
{
    const i64 Tp = padded(T, WIDE);
    Keep      k;
    k.e   = h * keep_head(T, S);
    k.inv = k.e + strip_at(Tp / WIDE);
    k.o_t = k.inv + Tp;
    return k;
}

typedef struct Scratch {
    float *q_t;      /* forward [S, Tp]: queries, turned and scaled          */
    float *g_t;      /* [S, Tp]                                              */
    float *d;        /* [Tp]                                                 */
    float *ds;       /* [Tp, WIDE]: one strip                                */
    float *dq_t;     /* [S, WIDE]                                            */
    float *g, *q;    /* [Tp, Sp]: rows filled up to whole vectors            */
    float *dk, *dv;  /* [Tp, Sp]                                             */
} Scratch;

static i64 attention_work(const Attend *a)
{
    const i64 S = a->S, Tp = padded(a->T, WIDE), Sp = padded(S, LANES);
    return S * Tp + Tp + Tp * WIDE + S * WIDE + 4 * Tp * Sp;
}

static Scratch scratch_at(float *work, i64 T, i64 S)
{
    const i64 Tp = padded(T, WIDE), Sp = padded(S, LANES);
    Scratch   s;
    s.q_t  = work; /* the two directions never meet */
    s.g_t  = work;
    s.d    = s.g_t + S * Tp;
    s.ds   = s.d + Tp;
    s.dq_t = s.ds + Tp * WIDE;
    s.g    = s.dq_t + S * WIDE;
    s.q    = s.g + Tp * Sp;
    s.dk   = s.q + Tp * Sp;
    s.dv   = s.dk + Tp * Sp;
    return s;
}

/* -- Tiles ---------------------------------------------------------------- */

/* A strip of queries: where it begins, the keys it sees. */
typedef struct Strip {
    i64 t0, keys;
} Strip;

static Strip strip(i64 j, i64 T)
{
    return (Strip){ j * WIDE, i64_min(T, (j + 1) * WIDE) };
}

/* Lanes of vector v of a strip whose query is not before key number `key` of
 * the strip's own. */
INLINE vi allowed(i64 key, int v) { return lane() >= (i32)(key - v * LANES); }

/* rows x vecs products a[s] . b[:,t] for keys from s, and vectors from v0.
 * The slope is made of them where e is not NULL: e (product - d). */
INLINE void score_tile(float *out, const float *a, i64 a_row, const float *b,
                       i64 b_row, i64 S, const float *e, const float *d,
                       int rows, int v0)
{
    const int vecs = STRIP_VECS - v0;
    Tile      acc;
    tile_fill(acc, rows, vecs, splat(0));
    tile_add(acc, rows, vecs, a, a_row, 1, b + v0 * LANES, b_row, S);

    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++) {
            const i64 at = m * WIDE + (v0 + v) * LANES;
            vf        x  = acc[m][v];
            if (e)
                x = load(e + at) * (x - load(d + (v0 + v) * LANES));
            store(out + at, x);
        }
}

/* Keys from .. to of a strip, from vector v0 on; what is before it is 0. */
INLINE void score_keys(float *out, const float *a, i64 a_row, const float *b,
                       i64 b_row, i64 S, const float *e, const float *d,
                       i64 from, i64 to, int v0)
{
    for (i64 s = from; s < to;) {
        const i64    left = to - s;
        const int    rows = left >= KEY_ROWS ? KEY_ROWS : left >= 4 ? 4 : 1;
        float       *o  = out + s * WIDE;
        const float *as = a + s * a_row, *es = e ? e + s * WIDE : NULL;

        for (int m = 0; m < rows; m++)
            UNROLL for (int v = 0; v < v0; v++)
                store(o + m * WIDE + v * LANES, splat(0));
        if (rows == KEY_ROWS)
            score_tile(o, as, a_row, b, b_row, S, es, d, KEY_ROWS, v0);
        else if (rows == 4)
            score_tile(o, as, a_row, b, b_row, S, es, d, 4, v0);
        else
            score_tile(o, as, a_row, b, b_row, S, es, d, 1, v0);
        s += rows;
    }
}

/* All keys that the strip sees: those before it, then its own, which the
 * first vector's queries see LANES of, the second's 2 LANES. */
INLINE void scores(float *out, const float *a, i64 a_row, const float *b,
                   i64 b_row, i64 S, const float *e, const float *d, Strip p)
{
    const i64 half = i64_min(p.keys, p.t0 + LANES);
    score_keys(out, a, a_row, b, b_row, S, e, d, 0, half, 0);
    score_keys(out, a, a_row, b, b_row, S, e, d, half, p.keys, 1);
}

/* out[i, t] = scale[t] sum_s a[s, i] w[s, t] for a strip w. */
INLINE void mix_tile(float *out, i64 out_row, const float *a, i64 a_row,
                     const float *w, i64 keys, const float *scale, int rows)
{
    Tile acc;
    tile_fill(acc, rows, STRIP_VECS, splat(0));
    tile_add(acc, rows, STRIP_VECS, a, 1, a_row, w, WIDE, keys);
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++)
            store(out + m * out_row + v * LANES,
                  scale ? acc[m][v] * load(scale + v * LANES) : acc[m][v]);
}

INLINE void mix(float *out, i64 out_row, const float *a, i64 a_row,
                const float *w, i64 keys, const float *scale, i64 S)
{
    for (i64 i = 0; i < S;) {
        const i64 left = S - i;
        float    *o    = out + i * out_row;
        if (left >= KEY_ROWS) {
            mix_tile(o, out_row, a + i, a_row, w, keys, scale, KEY_ROWS);
            i += KEY_ROWS;
        } else if (left >= 4) {
            mix_tile(o, out_row, a + i, a_row, w, keys, scale, 4);
            i += 4;
        } else {
            mix_tile(o, out_row, a + i, a_row, w, keys, scale, 1);
            i += 1;
        }
    }
}

/* -- Forward -------------------------------------------------------------- */

/* Turn a strip of scores into e in place, and give inv. The strip's own keys
 * are hidden from the queries before them. */
INLINE void softmax(float *x, float *inv, Strip p)
{
    vf top[STRIP_VECS], sum[STRIP_VECS];
    UNROLL for (int v = 0; v < STRIP_VECS; v++) {
        top[v] = splat(-__builtin_inff());
        sum[v] = splat(0);
    }
    const i64 before = i64_min(p.t0, p.keys);
    for (i64 s = 0; s < before; s++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++)
            top[v] = larger(top[v], load(x + s * WIDE + v * LANES));
    for (i64 s = before; s < p.keys; s++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++) {
            const vf here = load(x + s * WIDE + v * LANES);
            top[v] = larger(top[v], choose(allowed(s - p.t0, v), here, top[v]));
        }

    for (i64 s = 0; s < before; s++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++) {
            float   *at = x + s * WIDE + v * LANES;
            const vf e  = exp2_below_0(load(at) - top[v]);
            sum[v] += e;
            store(at, e);
        }
    for (i64 s = before; s < p.keys; s++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++) {
            float   *at = x + s * WIDE + v * LANES;
            const vi ok = allowed(s - p.t0, v);
            const vf y  = smaller(splat(0), load(at) - top[v]);
            const vf e  = choose(ok, exp2_below_0(y), splat(0));
            sum[v] += e;
            store(at, e);
        }
    UNROLL for (int v = 0; v < STRIP_VECS; v++)
        store(inv + v * LANES, 1 / sum[v]);
}

/* Numbers in a row of qkv, and where in it head h of queries finds its keys
 * and its values. */
static i64 qkv_row(const Attend *a) { return (a->H + 2 * a->KV) * a->S; }
static i64 keys_of(const Attend *a, i64 h)
{
    return (a->H + h * a->KV / a->H) * a->S;
}
static i64 values_of(const Attend *a, i64 h)
{
    return keys_of(a, h) + a->KV * a->S;
}

static void attention_head(float *o, float *e, float *inv, float *o_t,
                           float *q_t, const float *qkv, i64 h,
                           const Attend *a)
{
    const i64    T = a->T, S = a->S, C = a->H * S;
    const i64    Tp = padded(T, WIDE), row = qkv_row(a);
    const float  scale = LOG2_E * a->scale;
    const float *q = qkv + h * S, *k = qkv + keys_of(a, h);
    const float *v = qkv + values_of(a, h);

    /* The queries that fill up the last strip must be there, and finite. */
    for (i64 i = 0; i < S; i++)
        for (i64 t = Tp - WIDE; t < Tp; t += LANES)
            store(q_t + i * Tp + t, splat(0));
    turn_matrix(q_t, Tp, q, row, T, S, scale, true);

    for (i64 j = 0; j < Tp / WIDE; j++) {
        const Strip p  = strip(j, T);
        float      *ej = e + strip_at(j);
        scores(ej, k, row, q_t + p.t0, Tp, S, NULL, NULL, p);
        softmax(ej, inv + p.t0, p);
        mix(o_t + p.t0, Tp, v, row, ej, p.keys, inv + p.t0, S);
    }
    turn_matrix(o, C, o_t, Tp, S, T, 1, false);
}

static void attention(float *o, float *keep, float *work, const float *qkv,
                      const Attend *a)
{
    for (i64 h = 0; h < a->H; h++) {
        const Keep at = keep_at(h, a->T, a->S);
        attention_head(o + h * a->S, keep + at.e, keep + at.inv,
                       keep + at.o_t, scratch_at(work, a->T, a->S).q_t, qkv,
                       h, a);
    }
}
