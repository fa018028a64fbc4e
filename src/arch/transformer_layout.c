/* transformer_layout.c - where packed weights and activations lie in the slabs
 * of a pass. Each slab is laid out by one function, which also counts it, so
 * that what is asked for and what is used cannot differ. */

#include "arch/transformer.h"

#include <math.h>

/* Scores are made for this many numbers at a time: a quarter of a typical
 * second-level cache, so that they are gone before they are written back.
 * Where the head is larger than caches are, it has to come from memory for
 * every group of rows, and its gradient goes there and back: then groups are
 * as large as a micro-batch is. */
enum { SCORES_MAX = 65536, HEAD_LARGE = 4 << 20, ROWS_LARGE = 256 };

i64 transformer_rows_at_once(const Shape *shape, i64 rows)
{
    const i64 least = shape->vocab * shape->width > HEAD_LARGE ? ROWS_LARGE
                                                               : 32;
    return i64_min(rows, i64_max(least, SCORES_MAX / shape->vocab));
}

/* -- Packed weights ------------------------------------------------------- */

static i64 take(i64 *at, i64 count)
{
    const i64 here = *at;
    *at += (count + 15) / 16 * 16; /* keeps lines of 64 bytes together */
    return here;
}

Pack transformer_pack_layout(const Kern *kern, const Shape *s)
{
    const i64 d = s->width, ff = s->ff;
    const i64 qkv = count_qkv(*s), up = count_up(*s);
    Pack      p;
    i64       at = 0;

    p.qkv    = take(&at, kern->packed_count(d, qkv));
    p.qkv_t  = take(&at, kern->packed_count(qkv, d));
    p.proj   = take(&at, kern->packed_count(d, d));
    p.proj_t = take(&at, kern->packed_count(d, d));
    p.up     = take(&at, kern->packed_count(d, up));
    p.up_t   = take(&at, kern->packed_count(up, d));
    p.down   = take(&at, kern->packed_count(ff, d));
    p.down_t = take(&at, kern->packed_count(d, ff));
    p.layer  = at;
    at *= s->layers;
    p.head   = take(&at, kern->packed_count(s->vocab, d));
    p.head_t = take(&at, kern->packed_count(d, s->vocab));
    p.turn   = take(&at, s->rope ? s->context * (d / s->heads) : 0);
    p.count  = at;
    return p;
}

i64 transformer_packed_count(const Kern *kern, const Shape *shape)
{
    return transformer_pack_layout(kern, shape).count;
}

void transformer_pack(real *packed, const Kern *kern, const Shape *s,
                      const real *param)
{
    const Pack p = transformer_pack_layout(kern, s);
    const i64  d = s->width, ff = s->ff;
    const i64  qkv = count_qkv(*s), up = count_up(*s);

    for (i64 l = 0; l < s->layers; l++) {
        const Block w  = transformer_block(s, l);
        real       *to = packed + l * p.layer;
        kern->pack(to + p.qkv, param + w.qkv_w, d, qkv);
        kern->pack_t(to + p.qkv_t, param + w.qkv_w, d, qkv);
        kern->pack(to + p.proj, param + w.proj_w, d, d);
        kern->pack_t(to + p.proj_t, param + w.proj_w, d, d);
        kern->pack(to + p.up, param + w.up_w, d, up);
        kern->pack_t(to + p.up_t, param + w.up_w, d, up);
        kern->pack(to + p.down, param + w.down_w, ff, d);
        kern->pack_t(to + p.down_t, param + w.down_w, ff, d);
    }
    const i64 head = transformer_ends(s).head;
    kern->pack(packed + p.head, param + head, s->vocab, d);
    kern->pack_t(packed + p.head_t, param + head, s->vocab, d);
    if (s->rope)
        transformer_turns(packed + p.turn, s->context, d / s->heads);
}

/* -- Attention ------------------------------------------------------------ */

Attend transformer_attend(const Shape *s)
{
    const i64 S = s->width / s->heads;
    const i64 base = s->mup_width && s->mup_head ? s->mup_head : S;
    return (Attend){
        .T = s->context, .H = s->heads, .S = S,
        .KV = s->kv_heads ? s->kv_heads : s->heads,
        .scale = (real)(1 / sqrt((double)S)
                        * sqrt((double)base / (double)S)),
    };
}

/* -- Work ----------------------------------------------------------------- */

Work transformer_work_layout(const Kern *kern, const Shape *s, i64 batch)
{
    const i64    R = batch * s->context, d = s->width;
    const i64    qkv = count_qkv(*s), up = count_up(*s);
    const Attend attend = transformer_attend(s);
    Work         w;
    i64          at = 0;

    w.keep_one = kern->attention_keep(&attend);
    w.x0       = take(&at, R * d);
    w.stat1    = take(&at, R * 2);
    w.n1       = take(&at, R * d);
    w.qkv      = take(&at, R * qkv);
    w.raw      = take(&at, s->qk_norm ? R * qkv : 0);
    w.stat_qk  = take(&at, s->qk_norm ? R * (attend.H + attend.KV) : 0);
    w.keep     = take(&at, batch * w.keep_one);
    w.o        = take(&at, R * d);
    w.x1       = take(&at, R * d);
    w.stat2    = take(&at, R * 2);
    w.n2       = take(&at, R * d);
    w.act      = take(&at, R * s->ff);
    w.slope    = take(&at, R * up);
    w.layer    = at;
    at *= s->layers;
    w.x         = take(&at, R * d);
    w.statf     = take(&at, R * 2);
    w.nf        = take(&at, R * d);
    w.scores    = take(&at, transformer_rows_at_once(s, R) * s->vocab);
    w.dx        = take(&at, R * d);
    w.dn        = take(&at, R * d);
    w.wide      = take(&at, R * i64_max(qkv, s->ff));
    w.attention = take(&at, kern->attention_work(&attend));
    w.count     = at;
    return w;
}

i64 transformer_work_count(const Kern *kern, const Shape *shape, i64 batch)
{
    return transformer_work_layout(kern, shape, batch).count;
}
