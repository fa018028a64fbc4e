/* lstm.c - a stacked LSTM: what language models were before Transformers, and
 * what Kaplan et al. compared those with.
 *
 *     x0 = token[id]
 *     x' = h of the cells over x: at each step t       each layer, d wide
 *          i, f, g, o = four maps of x[t] and h[t-1], and a bias
 *          c[t] = f c[t-1] + i g,   h[t] = o tanh c[t]     (kern.h, lstm)
 *     z  = head x                                         head[V,d], no bias
 *
 * Layers feed one another as they are: no residual connections, no norms, no
 * peepholes, no projections. State is zero where a window begins, and is not
 * carried from window to window: a token sees what a Transformer's token sees.
 *
 * One pass takes a micro-batch through all layers and back (lstm_layer.c), with
 * rows by time; tokens, losses and what the head sees lie by sequence, and are
 * put in order at both ends. The reals it needs lie in three slabs
 * (lstm_layout.c).
 *
 * PassHow.see is shown "embed" (-1); in each layer, with rows by time, "gate"
 * [rows, 4 d] (input, forget, candidate, output), "cell" and "out"; "top" (-1),
 * by sequence: what the head sees; and "scores" (-1), some rows at a time, from
 * the first on.
 *
 * SOURCE: Hochreiter and Schmidhuber 1997; Gers et al. 2000; Zaremba et al.
 *         2014, arXiv:1409.2329, for the stack and its dropout; Kaplan et al.
 *         2020, arXiv:2001.08361, section 3.2.1, for the comparison.
 * Contract: arch.h. */

#include "arch/lstm.h"

#include "arch/head.h"
#include "kern/far.h"

static void to_time(const LstmPass *p, real *to, const real *from)
{
    kern_swap(p->kern, to, from, p->batch, p->steps, p->shape->width);
}

static void to_sequences(const LstmPass *p, real *to, const real *from)
{
    kern_swap(p->kern, to, from, p->steps, p->batch, p->shape->width);
}

static void embed(const LstmPass *p, const i32 *x)
{
    real *order = p->work + p->at.order;

    p->kern->embed(order, p->param + p->ends.token, NULL, x, p->rows, p->steps,
                   p->shape->width, p->shape->vocab);
    lstm_see(p, "embed", -1, order, p->shape->width);
    to_time(p, lstm_layer(p, 0) + p->at.x, order);
}

static void embed_back(const LstmPass *p, const i32 *x)
{
    real *order = p->work + p->at.order;

    to_sequences(p, order, p->work + p->at.dh);
    p->kern->embed_back(p->grad + p->ends.token, NULL, order, x, p->rows,
                        p->steps, p->shape->width, p->shape->vocab);
}

/* The last layer's h, by sequence, for the head. */
static void top(const LstmPass *p)
{
    const i64   L = p->shape->layers;
    const real *h = lstm_layer(p, L - 1) + p->at.h;
    real       *room = p->work + p->at.dh; /* nothing is owed yet */

    if (p->how->dropout > 0)
        lstm_drop(p, room, h, L);
    to_sequences(p, p->work + p->at.order, p->how->dropout > 0 ? room : h);
    lstm_see(p, "top", -1, p->work + p->at.order, p->shape->width);
}

static void top_back(const LstmPass *p)
{
    real *dh = p->work + p->at.dh;

    to_time(p, dh, p->work + p->at.dn);
    if (p->how->dropout > 0)
        lstm_drop(p, dh, dh, p->shape->layers);
}

static void losses(const LstmPass *p, real *loss, const i32 *y)
{
    const Head head = {
        .kern = p->kern, .shape = p->shape, .how = p->how,
        .packed   = p->packed + p->pack.head,
        .packed_t = p->packed + p->pack.head_t,
        .grad = p->grad ? p->grad + p->ends.head : NULL,
        .room = p->work + p->at.scores, .rows = p->rows,
    };
    head_losses(&head, loss, p->work + p->at.dn, p->work + p->at.order, y);
}

static void forward(const LstmPass *p, const i32 *x)
{
    embed(p, x);
    for (i64 l = 0; l < p->shape->layers; l++)
        lstm_forward(p, l);
    top(p);
}

static void backward(const LstmPass *p, const i32 *x)
{
    top_back(p);
    for (i64 l = p->shape->layers - 1; l >= 0; l--)
        lstm_backward(p, l);
    embed_back(p, x);
}

static LstmPass begin(const Kern *kern, const Shape *shape, const real *param,
                      const real *packed, real *work, i64 batch, i64 steps)
{
    return (LstmPass){
        .kern = kern, .shape = shape, .param = param, .packed = packed,
        .work = work, .batch = batch, .steps = steps, .rows = batch * steps,
        .pack = lstm_pack_layout(kern, shape),
        .at   = lstm_work_layout(kern, shape, batch),
        .ends = lstm_ends(shape),
    };
}

static void pass(real *loss, real *grad, const Kern *kern, const Shape *shape,
                 const real *param, const real *packed, real *work,
                 const i32 *x, const i32 *y, i64 batch, const PassHow *how)
{
    LstmPass p = begin(kern, shape, param, packed, work, batch,
                       shape->context);
    p.grad = grad;
    p.how  = how;
    forward(&p, x);
    losses(&p, loss, y);
    if (grad)
        backward(&p, x);
}

/* Nothing after token `at` is looked at. */
static void scores(real *z, const Kern *kern, const Shape *shape,
                   const real *param, const real *packed, real *work,
                   const i32 *x, i64 at)
{
    const PassHow plain = { 0 };
    LstmPass p = begin(kern, shape, param, packed, work, 1, at + 1);
    p.how = &plain;
    forward(&p, x);
    kern->linear_dx(z, work + p.at.order + at * shape->width,
                    packed + p.pack.head_t, NULL, 1, shape->vocab,
                    shape->width);
}

const Arch arch_lstm = {
    .name         = "lstm",
    .about        = "stacked LSTM, without residual connections",
    .recurrent    = true,
    .tensors      = lstm_tensors,
    .packed_count = lstm_packed_count,
    .work_count   = lstm_work_count,
    .pack         = lstm_pack,
    .pass         = pass,
    .scores       = scores,
};
