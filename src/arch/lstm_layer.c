/* lstm_layer.c - one layer of a stacked LSTM over a micro-batch, and back.
 *
 * What comes in is known at all steps, so its four maps are one product over
 * all of them. What the state adds is known step by step: a product of as many
 * rows as there are sequences. So it is on the way back; but what both send to
 * their weights is again one product over all steps.
 *
 * Rows lie by time (lstm.h), so that a step is a block of rows, and the states
 * of all steps but the last lie as one block beside the gates of all but the
 * first, which they went into. */

#include "arch/lstm.h"

#include "kern/far.h"

/* Without a way back all layers use the work of the first: what comes in has
 * gone into the gates before the state is written over it. */
real *lstm_layer(const LstmPass *p, i64 layer)
{
    return p->work + (p->grad ? layer * p->at.layer : 0);
}

void lstm_see(const LstmPass *p, const char *name, i64 layer, const real *x,
              i64 cols)
{
    if (p->how->see)
        p->how->see(p->how->see_self, name, layer, x, p->rows, cols);
}

/* What is dropped is a function of (seed, number of the sequence, place, step
 * and place in the row): no micro-batch or thread shows. The state that goes
 * on in time is never dropped.
 * SOURCE: Zaremba et al. 2014, arXiv:1409.2329. */
void lstm_drop(const LstmPass *p, real *y, const real *x, i64 place)
{
    const i64 d = p->shape->width, B = p->batch;

    for (i64 t = 0; t < p->steps; t++) {
        const Drop drop = { .seed = p->how->seed,
                            .sequence = p->how->sequence,
                            .place = (u64)(place * p->shape->context + t),
                            .p = p->how->dropout };
        kern_drop(p->kern, y + t * B * d, x + t * B * d, NULL, B, d, &drop);
    }
}

static const real *input(const LstmPass *p, i64 layer)
{
    const bool own = layer == 0 || p->how->dropout > 0;
    return own ? lstm_layer(p, layer) + p->at.x
               : lstm_layer(p, layer - 1) + p->at.h;
}

/* The last layer's h, or the embedding, goes in with some of it dropped. */
static void drop_input(const LstmPass *p, i64 layer)
{
    real *x = lstm_layer(p, layer) + p->at.x;
    lstm_drop(p, x, layer ? lstm_layer(p, layer - 1) + p->at.h : x, layer);
}

/* -- Forward -------------------------------------------------------------- */

static void step(const LstmPass *p, i64 layer, i64 t)
{
    const i64   B = p->batch, d = p->shape->width, at = t * B * d;
    const real *packed = p->packed + layer * p->pack.layer;
    real       *a = lstm_layer(p, layer);
    real       *gate = a + p->at.gate + 4 * at;
    real       *h = a + p->at.h + at, *c = a + p->at.c + at;

    if (t > 0)
        p->kern->linear(gate, h - B * d, packed + p->pack.state, NULL, gate, B,
                        d, 4 * d);
    p->kern->lstm(h, c, gate, t > 0 ? c - B * d : NULL, B, d);
}

void lstm_forward(const LstmPass *p, i64 layer)
{
    const i64 d = p->shape->width;
    real     *a = lstm_layer(p, layer);

    if (p->how->dropout > 0)
        drop_input(p, layer);
    p->kern->linear(a + p->at.gate, input(p, layer),
                    p->packed + layer * p->pack.layer + p->pack.in,
                    p->param + lstm_cell(p->shape, layer).bias, NULL, p->rows,
                    d, 4 * d);
    for (i64 t = 0; t < p->steps; t++)
        step(p, layer, t);
    lstm_see(p, "gate", layer, a + p->at.gate, 4 * d);
    lstm_see(p, "cell", layer, a + p->at.c, d);
    lstm_see(p, "out", layer, a + p->at.h, d);
}

/* -- Back ----------------------------------------------------------------- */

/* The gates of step t become their gradient. */
static void step_back(const LstmPass *p, i64 layer, i64 t)
{
    const i64   B = p->batch, d = p->shape->width, at = t * B * d;
    const real *packed = p->packed + layer * p->pack.layer;
    real       *a = lstm_layer(p, layer), *w = p->work;
    real       *gate = a + p->at.gate + 4 * at;
    const real *c = a + p->at.c + at;
    const bool  last = t + 1 == p->steps;

    if (!last)
        p->kern->linear_dx(w + p->at.later, gate + B * 4 * d,
                           packed + p->pack.state_t, NULL, B, d, 4 * d);
    p->kern->lstm_back(gate, w + p->at.dc, w + p->at.dh + at,
                       last ? NULL : w + p->at.later, c,
                       t > 0 ? c - B * d : NULL, B, d);
}

static void weights_back(const LstmPass *p, i64 layer)
{
    const i64      B = p->batch, d = p->shape->width;
    const LstmCell cell = lstm_cell(p->shape, layer);
    const real    *a = lstm_layer(p, layer), *gate = a + p->at.gate;

    p->kern->linear_dw(p->grad + cell.in_w, p->grad + cell.bias,
                       input(p, layer), gate, p->rows, d, 4 * d);
    if (p->steps > 1)
        p->kern->linear_dw(p->grad + cell.state_w, NULL, a + p->at.h,
                           gate + B * 4 * d, p->rows - B, d, 4 * d);
}

void lstm_backward(const LstmPass *p, i64 layer)
{
    const i64 d = p->shape->width;
    real     *dc = p->work + p->at.dc, *dh = p->work + p->at.dh;

    kern_zero(p->kern, dc, p->batch * d);
    for (i64 t = p->steps - 1; t >= 0; t--)
        step_back(p, layer, t);
    weights_back(p, layer);
    p->kern->linear_dx(dh, lstm_layer(p, layer) + p->at.gate,
                       p->packed + layer * p->pack.layer + p->pack.in_t, NULL,
                       p->rows, d, 4 * d);
    if (p->how->dropout > 0)
        lstm_drop(p, dh, dh, layer);
}
