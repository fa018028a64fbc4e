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
 * Weight decay takes matrices and embeddings, not gains, not biases. */

#include "arch/transformer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    TOKEN, POSITION, NORM1_GAIN, NORM1_BIAS, QKV_W, QKV_B, PROJ_W, PROJ_B,
    NORM2_GAIN, NORM2_BIAS, UP_W, UP_B, DOWN_W, DOWN_B, NORMF_GAIN,
    NORMF_BIAS, HEAD, TENSORS
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

int transformer_tensors(Tensor out[ARCH_TENSORS_MAX], const Shape *s)
{
    const i64    d = s->width, ff = s->ff, V = s->vocab, L = s->layers;
    assert(!s->kv_heads && !s->rms && !s->rope && !s->gated && !s->qk_norm
           && !s->bare && !s->mup_width);
    const double sd = 1 / sqrt((double)d), end = sd / sqrt(2.0 * (double)L);

    out[TOKEN]      = matrix("token", V, d, 1, s->tied ? sd / 2 : 1);
    out[POSITION]   = matrix("position", s->context, d, 1, s->tied ? sd / 2 : 1);
    out[NORM1_GAIN] = vector("norm1.gain", d, L, 1);
    out[NORM1_BIAS] = vector("norm1.bias", d, L, 0);
    out[QKV_W]      = matrix("qkv.w", d, 3 * d, L, sd);
    out[QKV_B]      = vector("qkv.b", 3 * d, L, 0);
    out[PROJ_W]     = matrix("proj.w", d, d, L, end);
    out[PROJ_B]     = vector("proj.b", d, L, 0);
    out[NORM2_GAIN] = vector("norm2.gain", d, L, 1);
    out[NORM2_BIAS] = vector("norm2.bias", d, L, 0);
    out[UP_W]       = matrix("up.w", d, ff, L, sd);
    out[UP_B]       = vector("up.b", ff, L, 0);
    out[DOWN_W]     = matrix("down.w", ff, d, L, end);
    out[DOWN_B]     = vector("down.b", d, L, 0);
    out[NORMF_GAIN] = vector("normf.gain", d, 1, 1);
    out[NORMF_BIAS] = vector("normf.bias", d, 1, 0);
    out[HEAD]       = matrix("head", V, d, 1, sd / 5);

    out[QKV_W].hidden = out[PROJ_W].hidden = true;
    out[QKV_W].cut[0] = d;
    out[QKV_W].cut[1] = 2 * d;
    out[UP_W].hidden = out[DOWN_W].hidden = true;

    const int n  = s->tied ? HEAD : TENSORS;
    i64       at = 0;
    for (int i = 0; i < n; i++) {
        out[i].at    = at;
        out[i].count = out[i].rows * out[i].cols * out[i].layers;
        at += out[i].count;
    }
    return n;
}

static i64 in_layer(const Tensor *tensor, i64 layer)
{
    return tensor->at + layer * tensor->rows * tensor->cols;
}

Block transformer_block(const Shape *shape, i64 layer)
{
    Tensor t[ARCH_TENSORS_MAX];
    transformer_tensors(t, shape);
    assert(0 <= layer && layer < shape->layers);

    return (Block){
        .norm1_gain = in_layer(&t[NORM1_GAIN], layer),
        .norm1_bias = in_layer(&t[NORM1_BIAS], layer),
        .qkv_w      = in_layer(&t[QKV_W], layer),
        .qkv_b      = in_layer(&t[QKV_B], layer),
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
    Tensor t[ARCH_TENSORS_MAX];
    transformer_tensors(t, shape);

    return (Ends){
        .token      = t[TOKEN].at,
        .position   = t[POSITION].at,
        .normf_gain = t[NORMF_GAIN].at,
        .normf_bias = t[NORMF_BIAS].at,
        .head       = shape->tied ? t[TOKEN].at : t[HEAD].at,
    };
}
