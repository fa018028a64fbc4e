/* cpu_attention.inc.h - causal attention of one sequence, head by head.
 *
 * Vectors run over queries. Scores are kept turned, a row for each key s and a
 * column for each query t, so that
 *
 *   - the softmax of a query is a lane: its maximum and its sum need no
 *     exchange between lanes;
 *   - queries t are taken WIDE at a time (two vectors), and a strip of scores,
 *     keys x WIDE, stays in the first caches from product to softmax to
 *     product;
 *   - keys after a vector's last query are never computed, nor mixed.
 *
 * Forward, for a strip of queries t0 .. t0 + WIDE:
 *
 *     x[s,t] = log2(e) scale k[s] . q[t]             numbers of k, vectors of q'
 *     e[s,t] = 2^(x - top[t]),                 inv[t] = 1 / sum_s e
 *     o'[i,t] = inv[t] sum_s v[s,i] e[s,t]           numbers of v, vectors of e
 *
 * top is max_s x, or 0 where |q| and the longest |k| so far say that no score
 * of the query can be large: then e is made in the registers that hold x, and
 * is never looked through for its maximum. Which of the two hangs on the keys
 * that the query sees, so that no bit knows its future.
 *
 * top and inv are kept, and e where it is worth its memory (e_is_kept below);
 * where not, the way back makes it again, by the same instructions in the same
 * order, so that its bits are the same. p = e inv is never formed.
 *
 * Backward, with g[t] = inv[t] do[t] taken once, and D[t] = g[t] . o[t]:
 *
 *     ds[s,t]  = e[s,t] (v[s] . g[t] - D[t])         the slope of the scores
 *     dq'[i,t] = scale sum_s k[s,i] ds[s,t]
 *     dv[s]   += sum_t e[s,t] g[t]                   vectors along the head
 *     dk[s]   += scale sum_t ds[s,t] q[t]
 *
 * for p (do . v - do . o) = e (g . v - g . o).
 *
 * A head's keys and values are first copied, dense: rows of qkv lie a power of
 * two apart in many models, and then share a few sets of the cache. Copies are
 * filled up with zeros to whole strips of tokens and whole vectors of the
 * head, so that every tile is whole. Queries past the end have q = g = 0: they
 * see keys past the end, which no others see, and send nothing back.
 *
 * SEE: Dao et al. 2022, arXiv:2205.14135, for strips and for making p again. */

enum {
    STRIP_VECS = 2,
    WIDE       = STRIP_VECS * LANES,
    KEY_ROWS   = REGISTERS == 32 ? 8 : 4, /* keys in a tile of scores       */
    OWN_ROWS   = KEY_ROWS < LANES ? KEY_ROWS : LANES, /* of a strip's own   */
    HEAD_UNIT  = LANES < KEY_ROWS ? KEY_ROWS : LANES,
    QUERIES    = 128,/* of a band, whose shares of dk, dv are summed    */
    BAND       = QUERIES / WIDE, /* strips of a band                       */
    CHUNK      = 64, /* keys that are mixed before the next are            */
};

static i64 padded(i64 n, i64 to) { return (n + to - 1) / to * to; }

/* -- Where things lie ----------------------------------------------------- */

static i64 tokens_of(const Attend *a) { return padded(a->T, WIDE); }
static i64 width_of(const Attend *a) { return padded(a->S, HEAD_UNIT); }

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

/* Strip number j sees (j + 1) WIDE keys. */
static i64 strip_at(i64 j) { return j * (j + 1) / 2 * WIDE * WIDE; }

/* Is e worth its memory? Read back from the second cache it is half the price
 * of making it again; from memory it is dearer, the more so the thinner the
 * heads, for what makes it is S products. Measured on Zen 5 with the layers of
 * a model between (docs/performance.md): 16 heads of 16 at T 256 gain a sixth
 * by making it again, 8 lose a sixth; heads of 64 lose a tenth up to T 512. */
static bool e_is_kept(const Attend *a)
{
    return a->T <= 512 && (a->S >= 48 || a->H * a->T <= 2048);
}

/* Offsets of one head in what is kept. */
typedef struct Keep {
    i64 top, inv; /* [padded T]           */
    i64 e;        /* strips, or one strip */
} Keep;

static i64 keep_head(const Attend *a)
{
    const i64 strips = tokens_of(a) / WIDE;
    return 2 * tokens_of(a) + (e_is_kept(a) ? strip_at(strips) : 0);
}

static i64 attention_keep(const Attend *a) { return a->H * keep_head(a); }

static Keep keep_at(const Attend *a, i64 h)
{
    Keep k;
    k.top = h * keep_head(a);
    k.inv = k.top + tokens_of(a);
    k.e   = k.inv + tokens_of(a);
    return k;
}

typedef struct Scratch {
    float *k, *v;   /* [Tp, Sp]: dense                                 */
    float *q_t;     /* [BAND][Sp, WIDE]: queries, turned and scaled    */
    float *o_t;     /* [BAND][Sp, WIDE]: forward o', back dq'          */
    float *most;    /* forward: [Tp], the longest |k|^2 so far         */
    float *strip;   /* forward: [Tp, WIDE], if e is not kept           */
    /* The way back; it lies where strip does, or after. */
    float *g_t;     /* [BAND][Sp, WIDE]                                */
    float *d;       /* [BAND][WIDE]                                    */
    float *q, *g;   /* [QUERIES, Sp]: rows of a band                   */
    float *e, *ds;  /* [BAND][CHUNK, WIDE]                             */
    float *dk, *dv; /* [Tp, Sp]                                        */
    i64    count;
} Scratch;

static Scratch scratch_at(float *work, const Attend *a)
{
    const i64 Tp = tokens_of(a), Sp = width_of(a);
    Scratch   s;
    s.k     = work;
    s.v     = s.k + Tp * Sp;
    s.q_t   = s.v + Tp * Sp;
    s.o_t   = s.q_t + QUERIES * Sp;
    s.most  = s.o_t + QUERIES * Sp;
    s.strip = s.most + Tp;
    s.g_t   = s.strip;
    s.d     = s.g_t + QUERIES * Sp;
    s.q     = s.d + QUERIES;
    s.g     = s.q + QUERIES * Sp;
    s.e     = s.g + QUERIES * Sp;
    s.ds    = s.e + CHUNK * QUERIES;
    s.dk    = s.ds + CHUNK * QUERIES;
    s.dv    = s.dk + Tp * Sp;
    s.count = i64_max(s.dv + Tp * Sp - work, s.strip + Tp * WIDE - work);
    return s;
}

static i64 attention_work(const Attend *a)
{
    float none;
    return scratch_at(&none, a).count;
}

/* -- Tiles of scores ------------------------------------------------------ */

/* Products a[s] . b[:,t] of a strip and some keys, for rows a of Sp numbers,
 * and what is made of them at once. Pointers are to the first of the keys. */
typedef struct Score {
    float       *out;  /* [keys, WIDE]                               */
    const float *a;    /* [keys, Sp]                                 */
    const float *b;    /* [S, WIDE]                                  */
    const float *e;    /* of a slope                                 */
    float       *stat; /* [WIDE]: top, or D of a slope               */
    i64          S, Sp;
    i64          keys; /* as many as the strip sees of them          */
    i64          t0;   /* the strip's first query, from the first key */
} Score;

typedef enum Made {
    PRODUCT, /* the product, and its largest in stat  */
    POWER,   /* 2^(product - stat)                    */
    SLOPE,   /* e (product - stat)                    */
    SUMMED,  /* 2^product, and their sum in stat      */
} Made;

/* Lanes of vector v of a strip whose query is not before key number `key` of
 * the strip's own. */
INLINE vi allowed(i64 key, int v) { return lane() >= (i32)(key - v * LANES); }

/* What one vector of products becomes; ok: lanes that may look, of a strip's
 * own keys. */
INLINE vf score_made(vf x, vf stat, const float *e, vi ok, bool own, Made made)
{
    if (made == SLOPE)
        return load(e) * (x - stat);
    if (made == PRODUCT)
        return x;
    const vf e2 = made == SUMMED ? exp2_inside(x) : exp2_below_0(x - stat);
    return own ? choose(ok, e2, splat(0)) : e2;
}

/* Keys s .. s + rows, from vector v0 on: vectors before see none of them. */
INLINE void score_tile(const Score *p, i64 s, int rows, int v0, bool own,
                       Made made)
{
    const int vecs = STRIP_VECS - v0;
    const i64 first_key = s - p->t0;
    Tile      acc;
    vf        stat[STRIP_VECS];

    tile_fill(acc, rows, vecs, splat(0));
    tile_add(acc, rows, vecs, p->a + s * p->Sp, p->Sp, 1, p->b + v0 * LANES,
             WIDE, p->S);
    UNROLL for (int v = v0; v < STRIP_VECS; v++)
        stat[v] = load(p->stat + v * LANES);
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = v0; v < STRIP_VECS; v++) {
            const i64 at = (s + m) * WIDE + v * LANES;
            const vi  ok = allowed(first_key + m, v);
            const vf  x  = acc[m][v - v0];
            if (made == PRODUCT)
                stat[v] = larger(stat[v], own ? choose(ok, x, stat[v]) : x);
            const vf y = score_made(x, stat[v], p->e + at, ok, own, made);
            if (made == SUMMED)
                stat[v] += y;
            store(p->out + at, y);
        }
    if (made == PRODUCT || made == SUMMED)
        UNROLL for (int v = v0; v < STRIP_VECS; v++)
            store(p->stat + v * LANES, stat[v]);
}

/* The keys before a strip; its own that both vectors see, or the second. Each
 * is a function of its own, as tiles are in cpu_tile.inc.h. */
#define SCORES(name, made)                                                  \
    LEAF void name##_before(const Score *p)                                 \
    {                                                                       \
        const i64 end = i64_min(p->keys, p->t0);                            \
        for (i64 s = 0; s < end; s += KEY_ROWS)                             \
            score_tile(p, s, KEY_ROWS, 0, false, made);                     \
    }                                                                       \
    LEAF void name##_own(const Score *p)                                    \
    {                                                                       \
        for (i64 s = p->t0; s < p->t0 + LANES; s += OWN_ROWS)               \
            score_tile(p, s, OWN_ROWS, 0, true, made);                      \
        for (i64 s = p->t0 + LANES; s < p->t0 + WIDE; s += OWN_ROWS)        \
            score_tile(p, s, OWN_ROWS, 1, true, made);                      \
    }                                                                       \
    static void name(Score p)                                               \
    {                                                                       \
        name##_before(&p);                                                  \
        if (p.t0 < p.keys)                                                  \
            name##_own(&p);                                                 \
    }

SCORES(products, PRODUCT)
SCORES(powers, POWER)
SCORES(slopes, SLOPE)
SCORES(summed, SUMMED)

/* -- Mixing --------------------------------------------------------------- */

/* out[i, t] += sum_s a[s, i] w[s, t] of a strip, for KEY_ROWS numbers i; keys
 * from `half` on are seen by the second vector alone. */
LEAF void mix_tile(float *out, const float *a, i64 Sp, const float *w,
                   i64 half, i64 keys)
{
    Tile acc;
    UNROLL for (int m = 0; m < KEY_ROWS; m++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++)
            acc[m][v] = load(out + m * WIDE + v * LANES);
    tile_add(acc, KEY_ROWS, STRIP_VECS, a, 1, Sp, w, WIDE, half);
    for (i64 s = half; s < keys; s++) {
        const vf x = load(w + s * WIDE + LANES);
        UNROLL for (int m = 0; m < KEY_ROWS; m++)
            acc[m][1] = mul_add(splat(a[s * Sp + m]), x, acc[m][1]);
    }
    UNROLL for (int m = 0; m < KEY_ROWS; m++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++)
            store(out + m * WIDE + v * LANES, acc[m][v]);
}

/* The same for all of a head, and keys of which the strip sees all before
 * number t0, and its own from there. */
static void mix(float *out, const float *a, const float *w, i64 keys, i64 t0,
                const Attend *at)
{
    const i64 half = i64_min(keys, t0 + LANES);
    for (i64 i = 0; i < at->S; i += KEY_ROWS)
        mix_tile(out + i * WIDE, a + i, width_of(at), w, half, keys);
}

/* -- Copies --------------------------------------------------------------- */

/* to[t, 0..Sp) = from[t, 0..S), times each[t] if that is not NULL, for t < T;
 * zeros after them and in rows T .. Tp. */
static void copy_rows(float *to, i64 Tp, i64 Sp, const float *from,
                      i64 from_row, i64 T, i64 S, const float *each)
{
    for (i64 t = 0; t < T; t++)
        for (i64 i = 0; i < Sp; i += LANES) {
            const vf x = i < S ? load_upto(from + t * from_row + i, S - i)
                               : splat(0);
            store(to + t * Sp + i, each ? x * each[t] : x);
        }
    memset(to + T * Sp, 0, (size_t)((Tp - T) * Sp) * sizeof(float));
}

/* Heads that share keys follow each other: the first copies them. */
static void copy_keys(Scratch s, const float *qkv, i64 h, const Attend *a)
{
    const i64 Tp = tokens_of(a), Sp = width_of(a), row = qkv_row(a);
    if (h % (a->H / a->KV) != 0)
        return;
    copy_rows(s.k, Tp, Sp, qkv + keys_of(a, h), row, a->T, a->S, NULL);
    copy_rows(s.v, Tp, Sp, qkv + values_of(a, h), row, a->T, a->S, NULL);
}

/* to[i, 0..WIDE) = scale from[t0 + .., i] for a strip, zeros past T. */
static void turn_strip(float *to, const float *from, i64 from_row, i64 t0,
                       float scale, const Attend *a)
{
    const i64 rows = i64_min(WIDE, a->T - t0);
    if (rows < WIDE)
        memset(to, 0, (size_t)(a->S * WIDE) * sizeof *to);
    turn_matrix(to, WIDE, from + t0 * from_row, from_row, rows, a->S, scale,
                true);
}

/* And back. */
static void turn_back(float *to, i64 to_row, const float *from, i64 t0,
                      float scale, const Attend *a)
{
    turn_matrix(to + t0 * to_row, to_row, from, WIDE, a->S,
                i64_min(WIDE, a->T - t0), scale, false);
}

/* Ask for rows t0 .. t0 + WIDE of a matrix, S numbers wide: they are the next
 * head's, lie a row of all heads apart, and no processor sees that coming. */
static void foresee(const float *from, i64 row, i64 t0, const Attend *a)
{
    enum { LINE = 16 }; /* floats of a cache line */
    const i64 end = i64_min(t0 + WIDE, a->T);
    for (i64 t = t0; t < end; t++)
        for (i64 i = 0; i < a->S; i += LINE)
            __builtin_prefetch(from + t * row + i, 0, 2);
}

/* What head h, if there is one, will read of qkv. */
static void foresee_head(const float *qkv, i64 h, i64 t0, const Attend *a)
{
    const i64 row = qkv_row(a);
    if (h == a->H)
        return;
    foresee(qkv + h * a->S, row, t0, a);
    if (h % (a->H / a->KV) == 0) {
        foresee(qkv + keys_of(a, h), row, t0, a);
        foresee(qkv + values_of(a, h), row, t0, a);
    }
}

/* -- Forward -------------------------------------------------------------- */

/* Keys from .. to of a strip of scores become powers, and are added up. */
INLINE void raise(float *x, vf *sum, const float *top, i64 from, i64 to,
                  i64 t0, bool own)
{
    for (i64 s = from; s < to; s++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++) {
            float   *at = x + s * WIDE + v * LANES;
            const vf e  = score_made(load(at), load(top + v * LANES), at,
                                     allowed(s - t0, v), own, POWER);
            sum[v] += e;
            store(at, e);
        }
}

/* most[t] = the largest |k[s]|^2 of s <= t. */
static void longest_keys(float *most, const float *k, const Attend *a)
{
    const i64 Sp = width_of(a);
    float     longest = 0;
    for (i64 t = 0; t < tokens_of(a); t++) {
        vf sum = splat(0);
        for (i64 i = 0; i < Sp; i += LANES) {
            const vf x = load(k + t * Sp + i);
            sum = mul_add(x, x, sum);
        }
        const float length = sum_across(sum)[0];
        longest = length > longest ? length : longest;
        most[t] = longest;
    }
}

/* Queries of a strip whose scores lie within +-SMALL, in powers of two: the sum
 * of 2^SMALL over all keys is far from overflow, and of 2^-SMALL from 0. */
#define SMALL 40.0f
INLINE vi score_is_small(const float *q_t, const float *most, int v, i64 S)
{
    vf sum = splat(0);
    for (i64 i = 0; i < S; i++) {
        const vf x = load(q_t + i * WIDE + v * LANES);
        sum = mul_add(x, x, sum);
    }
    return sum * load(most + v * LANES) <= splat(SMALL * SMALL);
}

/* Turn a strip of scores into e in place, and give inv. The second half of its
 * own keys is hidden from the first vector, where nothing was stored. */
LEAF void softmax(float *x, float *inv, const float *top, i64 t0)
{
    vf sum[STRIP_VECS] = { splat(0), splat(0) };
    raise(x, sum, top, 0, t0, t0, false);
    raise(x, sum, top, t0, t0 + WIDE, t0, true);
    UNROLL for (int v = 0; v < STRIP_VECS; v++)
        store(inv + v * LANES, 1 / sum[v]);
}

/* o' of a strip, of whose powers it is made; inv is applied at the end. */
static void strip_mix(Scratch s, const float *e, const float *inv, i64 t0,
                      const Attend *a)
{
    const i64 Sp = width_of(a), end = t0 + WIDE;

    memset(s.o_t, 0, (size_t)(Sp * WIDE) * sizeof *s.o_t);
    for (i64 c = 0; c < end; c += CHUNK)
        mix(s.o_t, s.v + c * Sp, e + c * WIDE, i64_min(CHUNK, end - c), t0 - c,
            a);
    for (i64 i = 0; i < a->S; i++)
        UNROLL for (int v = 0; v < STRIP_VECS; v++) {
            float *at = s.o_t + i * WIDE + v * LANES;
            store(at, load(at) * load(inv + v * LANES));
        }
}

/* e, top and inv of a strip. */
static void strip_powers(float *e, float *top, float *inv, Scratch s, i64 t0,
                         const Attend *a)
{
    Score p = { .out = e, .a = s.k, .b = s.q_t, .e = e, .stat = top,
                .S = a->S, .Sp = width_of(a), .keys = t0 + WIDE, .t0 = t0 };
    vf    large = splat(0);
    vi    small[STRIP_VECS];

    UNROLL for (int v = 0; v < STRIP_VECS; v++) {
        small[v] = score_is_small(s.q_t, s.most + t0, v, a->S);
        large    = larger(large, choose(small[v], splat(0), splat(1)));
        store(top + v * LANES, splat(-__builtin_inff()));
        store(inv + v * LANES, splat(0));
    }
    if (largest_across(large)[0] > 0) {
        products(p);
        UNROLL for (int v = 0; v < STRIP_VECS; v++)
            store(top + v * LANES,
                  choose(small[v], splat(0), load(top + v * LANES)));
        softmax(e, inv, top, t0);
        return;
    }
    p.stat = inv;
    summed(p);
    UNROLL for (int v = 0; v < STRIP_VECS; v++) {
        store(top + v * LANES, splat(0));
        store(inv + v * LANES, 1 / load(inv + v * LANES));
    }
}

static void strip_forward(float *o, float *e, float *top, float *inv,
                          Scratch s, const float *q, i64 t0, const Attend *a)
{
    turn_strip(s.q_t, q, qkv_row(a), t0, LOG2_E * a->scale, a);
    strip_powers(e, top, inv, s, t0, a);
    strip_mix(s, e, inv, t0, a);
    turn_back(o, a->H * a->S, s.o_t, t0, 1, a);
}

static void attention(float *o, float *keep, float *work, const float *qkv,
                      const Attend *a)
{
    const Scratch s = scratch_at(work, a);

    for (i64 h = 0; h < a->H; h++) {
        const Keep at = keep_at(a, h);
        copy_keys(s, qkv, h, a);
        if (h % (a->H / a->KV) == 0)
            longest_keys(s.most, s.k, a);
        for (i64 t0 = 0; t0 < a->T; t0 += WIDE) {
            float *e = e_is_kept(a) ? keep + at.e + strip_at(t0 / WIDE)
                                    : s.strip;
            foresee_head(qkv, h + 1, t0, a);
            strip_forward(o + h * a->S, e, keep + at.top + t0,
                          keep + at.inv + t0, s, qkv + h * a->S, t0, a);
        }
    }
}
