/* count.c - parameters and FLOP of a decoder-only Transformer and of a stacked
 * LSTM, term by term.
 *
 * A product of a row of K numbers with a matrix [K, M] costs 2 K M FLOP and
 * has K M parameters, so every matrix costs 2 FLOP a parameter and token.
 * Attention adds two products without parameters, each over the positions a
 * token looks at: all T of them (Hoffmann), or T/2 under the causal mask. Every
 * query meets its keys, however many heads share them.
 *
 * What is done to numbers one by one (norms, turning, gates, biases) is not
 * counted, as nowhere in the literature.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, Table 1;
 *         Hoffmann et al. 2022, arXiv:2203.15556, appendix F. */

#include "count/count.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { SHAPE_SIDE_MAX = 1000000 };

i64 count_qkv(Shape shape)
{
    const i64 d = shape.width;
    return shape.kv_heads ? d + 2 * shape.kv_heads * (d / shape.heads) : 3 * d;
}

i64 count_up(Shape shape)
{
    return shape.gated ? 2 * shape.ff : shape.ff;
}

/* Two norms a layer and one at the end, each a gain and perhaps a shift; and
 * a gain for queries and one for keys, as wide as a head. */
static i64 count_norms(Shape shape)
{
    const i64 L = shape.layers, d = shape.width;
    const i64 heads = shape.qk_norm ? 2 * L * (d / shape.heads) : 0;
    return (2 * L + 1) * (shape.rms ? d : 2 * d) + heads;
}

/* Four maps of the input and four of the state, each d x d, and four biases. */
static ParamCount count_cells(Shape shape)
{
    const i64  L = shape.layers, d = shape.width, V = shape.vocab;
    ParamCount count = {
        .body   = L * (8 * d * d + 4 * d),
        .matrix = L * 8 * d * d,
        .head   = shape.tied ? 0 : V * d,
        .embed  = V * d,
    };
    count.total = count.body + count.head + count.embed;
    return count;
}

ParamCount count_params(Shape shape)
{
    if (shape.recurrent)
        return count_cells(shape);

    const i64 L = shape.layers, d = shape.width, V = shape.vocab;
    const i64 qkv = count_qkv(shape), up = count_up(shape);

    /* qkv, projection d d, feed-forward up and back down. */
    const i64 matrix = L * (d * qkv + d * d + d * up + shape.ff * d);
    const i64 bias = shape.bare ? 0 : L * (qkv + d + up + d);

    ParamCount count = {
        .body   = matrix + bias + count_norms(shape),
        .matrix = matrix,
        .head   = shape.tied ? 0 : V * d,
        .embed  = V * d + (shape.rope ? 0 : shape.context * d),
    };
    count.total = count.body + count.head + count.embed;
    return count;
}

FlopCount count_flops(Shape shape, bool causal)
{
    const double L = (double)shape.layers, d = (double)shape.width;
    const double T = (double)shape.context, V = (double)shape.vocab;
    const double seen = causal ? T / 2 : T;

    if (shape.recurrent)
        return (FlopCount){ .ff = L * 16 * d * d, .head = 2 * d * V,
                            .embed = 2 * d * V };
    return (FlopCount){
        .qkv     = L * 2 * d * (double)count_qkv(shape),
        .scores  = L * 2 * seen * d,
        .values  = L * 2 * seen * d,
        .proj    = L * 2 * d * d,
        .ff      = L * 2 * d * (double)(count_up(shape) + shape.ff),
        .head    = 2 * d * V,
        .embed   = 2 * d * V,
        .softmax = L * 3 * (double)shape.heads * T,
    };
}

double count_train_flop(Shape shape)
{
    const FlopCount f = count_flops(shape, true);
    return 3 * (f.qkv + f.scores + f.values + f.proj + f.ff + f.head);
}

double count_n(Shape shape, CountN convention)
{
    const ParamCount count = count_params(shape);
    switch (convention) {
    case N_BODY:      return (double)count.matrix;
    case N_BODY_HEAD: return (double)(count.matrix +
                                      shape.vocab * shape.width);
    case N_TOTAL:     return (double)count.total;
    case N_FLOP:      return count_train_flop(shape) / 6;
    }
    assert(false && "a convention that is not in the list");
    return 0;
}

i64 count_ff_usual(i64 width, bool gated)
{
    return gated ? i64_max(8, (width + 1) / 3 * 8) : 4 * width;
}

bool count_recurrent(Shape *shape)
{
    if (shape->recurrent)
        shape->heads = shape->ff = 1;
    return shape->recurrent;
}

static const char *const n_names[] = {
    [N_BODY]      = "body",
    [N_BODY_HEAD] = "body+head",
    [N_TOTAL]     = "total",
    [N_FLOP]      = "flop",
};

const char *count_n_name(CountN convention)
{
    assert((int)convention >= 0 && (int)convention < COUNT_OF(n_names));
    return n_names[convention];
}

bool count_n_find(CountN *out, const char *name)
{
    for (int i = 0; i < COUNT_OF(n_names); i++)
        if (!strcmp(name, n_names[i])) {
            *out = (CountN)i;
            return true;
        }
    return false;
}

bool count_shape_parse(Shape *out, const char *text)
{
    int layers = 0, width = 0, end = 0;

    /* %6d keeps a long row of digits from overflowing; what is left over
     * then fails the test for the end. */
    if (sscanf(text, "%6dx%6d%n", &layers, &width, &end) != 2 || text[end] ||
        text[0] < '0' || text[0] > '9' || !strchr(text, 'x') ||
        strchr(text, 'x')[1] < '0' || strchr(text, 'x')[1] > '9' ||
        layers < 1 || width < 1 || layers > SHAPE_SIDE_MAX ||
        width > SHAPE_SIDE_MAX)
        return false;
    out->layers = layers;
    out->width  = width;
    return true;
}
