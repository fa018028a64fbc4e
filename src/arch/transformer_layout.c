/* transformer_layout.c - where packed weights and activations lie in the slabs
 * of a pass. Each slab is laid out by one function, which also counts it, so
 * that what is asked for and what is used cannot differ. */

#include "arch/head.h"
#include "arch/slab.h"
#include "arch/transformer.h"
#include "kern/far.h"

#include <math.h>

/* -- Packed weights ------------------------------------------------------- */

Pack transformer_pack_layout(const Kern *kern, const Shape *s)
{
    const i64 d = s->width, ff = s->ff;
    const i64 qkv = count_qkv(*s), up = count_up(*s);
    Pack      p;
    i64       at = 0;

    p.qkv    = slab_take(&at, kern->packed_count(d, qkv));
    p.qkv_t  = slab_take(&at, kern->packed_count(qkv, d));
    p.proj   = slab_take(&at, kern->packed_count(d, d));
    p.proj_t = slab_take(&at, kern->packed_count(d, d));
    p.up     = slab_take(&at, kern->packed_count(d, up));
    p.up_t   = slab_take(&at, kern->packed_count(up, d));
    p.down   = slab_take(&at, kern->packed_count(ff, d));
    p.down_t = slab_take(&at, kern->packed_count(d, ff));
    p.layer  = at;
    at *= s->layers;
    p.head   = slab_take(&at, kern->packed_count(s->vocab, d));
    p.head_t = slab_take(&at, kern->packed_count(d, s->vocab));
    p.turn   = slab_take(&at, s->rope ? s->context * (d / s->heads) : 0);
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
        kern_turns(kern, packed + p.turn, s->context, d / s->heads);
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

    w.x0       = slab_take(&at, R * d);
    w.stat1    = slab_take(&at, R * 2);
    w.n1       = slab_take(&at, R * d);
    w.qkv      = slab_take(&at, R * qkv);
    w.raw      = slab_take(&at, s->qk_norm ? R * qkv : 0);
    w.stat_qk  = slab_take(&at, s->qk_norm ? R * (attend.H + attend.KV) : 0);
    w.keep     = slab_take(&at, batch * kern->attention_keep(&attend));
    w.o        = slab_take(&at, R * d);
    w.x1       = slab_take(&at, R * d);
    w.stat2    = slab_take(&at, R * 2);
    w.n2       = slab_take(&at, R * d);
    w.act      = slab_take(&at, R * s->ff);
    w.slope    = slab_take(&at, R * up);
    w.layer    = at;
    at *= s->layers;
    w.x         = slab_take(&at, R * d);
    w.statf     = slab_take(&at, R * 2);
    w.nf        = slab_take(&at, R * d);
    w.scores    = slab_take(&at, head_rows(kern, s, R) * s->vocab);
    w.dx        = slab_take(&at, R * d);
    w.dn        = slab_take(&at, R * d);
    w.wide      = slab_take(&at, R * i64_max(qkv, s->ff));
    w.attention = slab_take(&at, kern->attention_work(&attend));
    w.count     = at;
    return w;
}

i64 transformer_work_count(const Kern *kern, const Shape *shape, i64 batch)
{
    return transformer_work_layout(kern, shape, batch).count;
}
