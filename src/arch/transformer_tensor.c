/* transformer_tensor.c - the parameters of a Transformer: one list, from
 * which slab, counts, initial values and decay follow.
 *
 * Initial values. GPT-2 draws every matrix from a normal of sd 0.02 and the
 * two matrices of a layer that end in the stream from 0.02 / sqrt(2 L), so
 * that 2 L of them add up to one. 0.02 is right for its widths (768 to 1600)
 * and too small for ours: here matrices have sd = 1 / sqrt(d), so that sums
 * over d numbers keep their size at every width, and embeddings sd = 1.
 * Measured at L 2, d 32, 1e12 FLOP on gcide: 2.39 bits per byte, against 2.47
 * with half of that and 2.55 with 0.02. The head starts at a fifth: scores
 * then have sd 0.2, and the loss at birth is ln V + 0.2^2 / 2. Tied, the head
 * is the token embedding, which therefore starts at 0.5 / sqrt(d).
 *
 * SOURCE: Radford et al. 2019, section 2.3; the width rule is the usual one
 *         over fan-in (LeCun et al. 1998, section 4.6).
 *
 * The gated feed-forward and shared keys and values start by the same rule:
 * every matrix has its inputs' width under the root.
 *
 * muP (mup_width > 0) says how all this must change with the width for what
 * each step does to stay as large as it is at the base width:
 *
 *                      start                   step      beside
 *     embeddings       as at the base width    lr
 *     in the layers    1 / sqrt(d)             lr base / d
 *     head             as at the base width    lr        z times base / d
 *     gains, biases    1, 0                    lr
 *     attention                                          q.k sqrt(S_base) / S
 *
 * At the base width every factor is 1 and every number has the bits of the
 * standard parametrisation. A head's width S is held in most families, and
 * then q.k / sqrt(S) is right at every width; where heads are held and S
 * grows, mup_head names the base's. Weight decay takes lr * decay of each
 * matrix at every width: decay that shrank with base / d would be felt less
 * by wide models, and the best would move with the width.
 *
 * SOURCE: Yang et al. 2022, arXiv:2203.03466, table 8 (column Adam), which
 *         holds for a tied head too; Wortsman et al. 2023, arXiv:2309.14322,
 *         section 3.2.1, on decay that rates do not scale.
 *
 * Weight decay takes matrices and embeddings, not gains, not biases. */

#include "arch/transformer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    TOKEN, POSITION, NORM1_GAIN, NORM1_BIAS, QKV_W, QKV_B, QNORM_GAIN,
    KNORM_GAIN, PROJ_W, PROJ_B, NORM2_GAIN, NORM2_BIAS, UP_W, UP_B, DOWN_W,
    DOWN_B, NORMF_GAIN, NORMF_BIAS, HEAD, TENSORS
};

static Tensor matrix(const char *name, i64 rows, i64 cols, i64 layers,
                     double sd)
{
    return (Tensor){ .name = name, .rows = rows, .cols = cols,
                     .layers = layers, .decay = true, .lr_scale = 1,
                     .init_sd = sd };
}

static Tensor vector(const char *name, i64 cols, i64 layers, double fill)
{
    return (Tensor){ .name = name, .rows = 1, .cols = cols,
                     .layers = layers, .lr_scale = 1, .init_fill = fill };
}

/* A matrix inside the layers. */
static Tensor hidden(const char *name, i64 rows, i64 cols, const Shape *s,
                     double sd)
{
    Tensor t   = matrix(name, rows, cols, s->layers, sd);
    t.hidden   = true;
    t.lr_scale = s->mup_width ? (double)s->mup_width / (double)s->width : 1;
    return t;
}

/* What only some shapes have: a tensor of no numbers where `has` is false. */
static Tensor only_if(bool has, Tensor tensor)
{
    if (!has)
        tensor.rows = tensor.cols = 0;
    return tensor;
}

static void fill_ends(Tensor out[TENSORS], const Shape *s)
{
    const i64    d = s->width, V = s->vocab;
    const double sd = 1 / sqrt((double)(s->mup_width ? s->mup_width : d));
    const double start = s->tied ? sd / 2 : 1;

    out[TOKEN]      = matrix("token", V, d, 1, start);
    out[POSITION]   = only_if(!s->rope, matrix("position", s->context, d, 1,
                                               start));
    out[NORMF_GAIN] = vector("normf.gain", d, 1, 1);
    out[NORMF_BIAS] = only_if(!s->rms, vector("normf.bias", d, 1, 0));
    out[HEAD]       = only_if(!s->tied, matrix("head", V, d, 1, sd / 5));
}

static void fill_attention(Tensor out[TENSORS], const Shape *s)
{
    const i64    d = s->width, L = s->layers, S = d / s->heads;
    const i64    qkv = count_qkv(*s);
    const double sd = 1 / sqrt((double)d), end = sd / sqrt(2.0 * (double)L);

    out[NORM1_GAIN] = vector("norm1.gain", d, L, 1);
    out[NORM1_BIAS] = only_if(!s->rms, vector("norm1.bias", d, L, 0));
    out[QKV_W]      = hidden("qkv.w", d, qkv, s, sd);
    out[QKV_B]      = only_if(!s->bare, vector("qkv.b", qkv, L, 0));
    out[QNORM_GAIN] = only_if(s->qk_norm, vector("qnorm.gain", S, L, 1));
    out[KNORM_GAIN] = only_if(s->qk_norm, vector("knorm.gain", S, L, 1));
    out[PROJ_W]     = hidden("proj.w", d, d, s, end);
    out[PROJ_B]     = only_if(!s->bare, vector("proj.b", d, L, 0));

    out[QKV_W].cut[0] = d;
    out[QKV_W].cut[1] = d + (qkv - d) / 2;
}

static void fill_ff(Tensor out[TENSORS], const Shape *s)
{
    const i64    d = s->width, L = s->layers, ff = s->ff, up = count_up(*s);
    const double sd = 1 / sqrt((double)d), end = sd / sqrt(2.0 * (double)L);

    out[NORM2_GAIN] = vector("norm2.gain", d, L, 1);
    out[NORM2_BIAS] = only_if(!s->rms, vector("norm2.bias", d, L, 0));
    out[UP_W]       = hidden("up.w", d, up, s, sd);
    out[UP_B]       = only_if(!s->bare, vector("up.b", up, L, 0));
    out[DOWN_W]     = hidden("down.w", ff, d, s, end);
    out[DOWN_B]     = only_if(!s->bare, vector("down.b", d, L, 0));

    out[UP_W].cut[0] = s->gated ? ff : 0;
}

/* Every tensor there can be, each in its place; those that this shape has not
 * have count 0 and lie nowhere. */
static void fill_all(Tensor out[TENSORS], const Shape *s)
{
    i64 at = 0;

    fill_ends(out, s);
    fill_attention(out, s);
    fill_ff(out, s);
    for (int i = 0; i < TENSORS; i++) {
        out[i].count = out[i].rows * out[i].cols * out[i].layers;
        out[i].at    = out[i].count ? at : -1;
        at += out[i].count;
    }
}

int transformer_tensors(Tensor out[ARCH_TENSORS_MAX], const Shape *s)
{
    _Static_assert((int)TENSORS <= (int)ARCH_TENSORS_MAX, "room for all");
    Tensor all[TENSORS];
    int    n = 0;

    fill_all(all, s);
    for (int i = 0; i < TENSORS; i++)
        if (all[i].count)
            out[n++] = all[i];
    return n;
}

static i64 in_layer(const Tensor *tensor, i64 layer)
{
    return tensor->count ? tensor->at + layer * tensor->rows * tensor->cols
                         : -1;
}

Block transformer_block(const Shape *shape, i64 layer)
{
    Tensor t[TENSORS];
    fill_all(t, shape);
    assert(0 <= layer && layer < shape->layers);

    return (Block){
        .norm1_gain = in_layer(&t[NORM1_GAIN], layer),
        .norm1_bias = in_layer(&t[NORM1_BIAS], layer),
        .qkv_w      = in_layer(&t[QKV_W], layer),
        .qkv_b      = in_layer(&t[QKV_B], layer),
        .qnorm_gain = in_layer(&t[QNORM_GAIN], layer),
        .knorm_gain = in_layer(&t[KNORM_GAIN], layer),
        .proj_w     = in_layer(&t[PROJ_W], layer),
        .proj_b     = in_layer(&t[PROJ_B], layer),
        .norm2_gain = in_layer(&t[NORM2_GAIN], layer),
        .norm2_bias = in_layer(&t[NORM2_BIAS], layer),
        .up_w       = in_layer(&t[UP_W], layer),
        .up_b       = in_layer(&t[UP_B], layer),
        .down_w     = in_layer(&t[DOWN_W], layer),
        .down_b     = in_layer(&t[DOWN_B], layer),
    };
}

Ends transformer_ends(const Shape *shape)
{
    Tensor t[TENSORS];
    fill_all(t, shape);

    return (Ends){
        .token      = t[TOKEN].at,
        .position   = t[POSITION].at,
        .normf_gain = t[NORMF_GAIN].at,
        .normf_bias = t[NORMF_BIAS].at,
        .head       = shape->tied ? t[TOKEN].at : t[HEAD].at,
    };
}
