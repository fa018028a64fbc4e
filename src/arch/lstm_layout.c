/* lstm_layout.c - the tensors of a stacked LSTM, and where packed weights and
 * activations lie in the slabs of a pass.
 *
 * Initial values. What leaves a young cell is a half of the tanh of a small
 * state: its numbers are a quarter to a third. Maps of what comes in have
 * sd = 4 / sqrt(d), so that their sums have size 1 or so in every layer, and the
 * embedding starts at that quarter too; with 1 / sqrt(d) the signal would lose
 * three quarters of itself a layer. Maps of the state, which meet themselves
 * again at each step, have 1 / sqrt(d). The head has 2 / sqrt(d): scores of sd
 * 0.7, and a loss at birth of ln V + 0.25; tied, it is the embedding that has.
 * Measured at L 2, d 64, 6e5 tokens of gcide, rate 0.02: 1.65 nats, against
 * 2.02 by the Transformer's rule (1, 1 / sqrt(d), head a fifth of that), 1.67
 * with its first two and this head, 2.45 with maps as PyTorch draws them.
 * They were searched in some 37 short runs on that one text; the Transformer's
 * were not searched again beside them, which a comparison of both must say.
 *
 * The forget gate's bias starts at 1, so that a cell remembers before it has
 * learned to (2.12 against 2.26, rate 0.01); the other biases at 0.
 *
 * SOURCE: Jozefowicz et al. 2015, section 4 (the forget gate's bias). */

#include "arch/head.h"
#include "arch/lstm.h"
#include "arch/slab.h"

#include <math.h>

static const double OUT = 0.25; /* size of what leaves a young cell */

enum { TOKEN, IN_W, STATE_W, BIAS, HEAD, TENSORS };

/* -- Parameters ----------------------------------------------------------- */

static Tensor matrix(const char *name, i64 rows, i64 cols, double sd)
{
    return (Tensor){ .name = name, .rows = rows, .cols = cols, .layers = 1,
                     .decay = true, .lr_scale = 1, .init_sd = sd };
}

/* Four maps side by side: Muon takes each for itself. */
static Tensor maps(const char *name, const Shape *s, double sd)
{
    const i64 d = s->width;
    Tensor    t = matrix(name, d, 4 * d, sd);
    t.layers = s->layers;
    t.hidden = true;
    for (i64 i = 0; i < 3; i++)
        t.cut[i] = (i + 1) * d;
    return t;
}

static void fill_all(Tensor out[TENSORS], const Shape *s)
{
    const i64    d = s->width, V = s->vocab;
    const double sd = 1 / sqrt((double)d);
    i64          at = 0;

    out[TOKEN]   = matrix("token", V, d, s->tied ? 2 * sd : OUT);
    out[IN_W]    = maps("in.w", s, sd / OUT);
    out[STATE_W] = maps("state.w", s, sd);
    out[BIAS]    = (Tensor){ .name = "bias", .rows = 1, .cols = 4 * d,
                             .layers = s->layers, .lr_scale = 1,
                             .init_fill = 1, .fill = { d, 2 * d } };
    out[HEAD]    = matrix("head", V, d, 2 * sd);
    for (int i = 0; i < TENSORS; i++) {
        out[i].at    = at;
        out[i].count = out[i].rows * out[i].cols * out[i].layers;
        at += out[i].count;
    }
}

int lstm_tensors(Tensor out[ARCH_TENSORS_MAX], const Shape *s)
{
    fill_all(out, s);
    return s->tied ? TENSORS - 1 : TENSORS; /* the head lies last */
}

LstmCell lstm_cell(const Shape *s, i64 layer)
{
    const i64 d = s->width;
    Tensor    t[TENSORS];
    fill_all(t, s);
    return (LstmCell){
        .in_w    = t[IN_W].at + layer * 4 * d * d,
        .state_w = t[STATE_W].at + layer * 4 * d * d,
        .bias    = t[BIAS].at + layer * 4 * d,
    };
}

LstmEnds lstm_ends(const Shape *s)
{
    Tensor t[TENSORS];
    fill_all(t, s);
    return (LstmEnds){ .token = t[TOKEN].at,
                       .head  = t[s->tied ? TOKEN : HEAD].at };
}

/* -- Packed weights ------------------------------------------------------- */

LstmPack lstm_pack_layout(const Kern *kern, const Shape *s)
{
    const i64 d = s->width, V = s->vocab;
    LstmPack  p;
    i64       at = 0;

    p.in      = slab_take(&at, kern->packed_count(d, 4 * d));
    p.in_t    = slab_take(&at, kern->packed_count(4 * d, d));
    p.state   = slab_take(&at, kern->packed_count(d, 4 * d));
    p.state_t = slab_take(&at, kern->packed_count(4 * d, d));
    p.layer   = at;
    at *= s->layers;
    p.head    = slab_take(&at, kern->packed_count(V, d));
    p.head_t  = slab_take(&at, kern->packed_count(d, V));
    p.count   = at;
    return p;
}

i64 lstm_packed_count(const Kern *kern, const Shape *shape)
{
    return lstm_pack_layout(kern, shape).count;
}

void lstm_pack(real *packed, const Kern *kern, const Shape *s,
               const real *param)
{
    const LstmPack p = lstm_pack_layout(kern, s);
    const i64      d = s->width, head = lstm_ends(s).head;

    for (i64 l = 0; l < s->layers; l++) {
        const LstmCell w = lstm_cell(s, l);
        real          *to = packed + l * p.layer;
        kern->pack(to + p.in, param + w.in_w, d, 4 * d);
        kern->pack_t(to + p.in_t, param + w.in_w, d, 4 * d);
        kern->pack(to + p.state, param + w.state_w, d, 4 * d);
        kern->pack_t(to + p.state_t, param + w.state_w, d, 4 * d);
    }
    kern->pack(packed + p.head, param + head, s->vocab, d);
    kern->pack_t(packed + p.head_t, param + head, s->vocab, d);
}

/* -- Work ----------------------------------------------------------------- */

LstmWork lstm_work_layout(const Kern *kern, const Shape *s, i64 batch)
{
    const i64 R = batch * s->context, d = s->width;
    LstmWork  w;
    i64       at = 0;

    w.x      = slab_take(&at, R * d);
    w.gate   = slab_take(&at, R * 4 * d);
    w.c      = slab_take(&at, R * d);
    w.h      = slab_take(&at, R * d);
    w.layer  = at;
    at *= s->layers;
    w.order  = slab_take(&at, R * d);
    w.dn     = slab_take(&at, R * d);
    w.dh     = slab_take(&at, R * d);
    w.later  = slab_take(&at, batch * d);
    w.dc     = slab_take(&at, batch * d);
    w.scores = slab_take(&at, head_rows(kern, s, R) * s->vocab);
    w.count  = at;
    return w;
}

i64 lstm_work_count(const Kern *kern, const Shape *shape, i64 batch)
{
    return lstm_work_layout(kern, shape, batch).count;
}
