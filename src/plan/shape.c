/* shape.c - see shape.h. */

#include "plan/shape.h"

#include <math.h>

double shape_aspect(double n)
{
    const double power = log(128.0 / 64.0) / log(6.66e9 / 125e6);
    return fmin(128, fmax(8, 64 * pow(n / 125e6, power)));
}

double shape_batch(double c)
{
    return 0.2920 * pow(c, 0.3271);
}

/* Widths go in steps that grow with them. */
static i64 width_step(i64 width)
{
    return width >= 2048 ? 128 : width >= 256 ? 64 : width >= 64 ? 16 : 4;
}

/* Heads of 128, 64 or 16; where 16 does not divide a small width, of 12, 8, 4 or
 * all of it. */
static i64 head_width(i64 width)
{
    static const i64 small[] = { 16, 12, 8, 4 };
    const i64 usual = width >= 2048 ? 128 : width >= 256 ? 64 : 16;
    if (width % usual == 0)
        return usual;
    for (int i = 0; i < COUNT_OF(small); i++)
        if (width % small[i] == 0)
            return small[i];
    return width;
}

static Shape shape_of(i64 layers, i64 width, const ShapeAsk *ask)
{
    return (Shape){ .layers = layers, .width = width,
                    .heads = width / head_width(width), .ff = 4 * width,
                    .vocab = ask->vocab, .context = ask->context };
}

/* Relative miss of N, and a twentieth of the miss of the aspect: a shape that is
 * half as wide again for its depth is as bad as 2 % of N. */
static double badness(const Shape *shape, const ShapeAsk *ask, double aspect)
{
    const double n = count_n(*shape, ask->counts);
    const double a = (double)shape->width / (double)shape->layers;
    return fabs(log(n / ask->n)) + 0.05 * fabs(log(a / aspect));
}

/* N grows by the same amount with each layer. */
static double layers_for(i64 width, const ShapeAsk *ask)
{
    const double one = count_n(shape_of(1, width, ask), ask->counts);
    const double two = count_n(shape_of(2, width, ask), ask->counts);
    return 1 + (ask->n - one) / (two - one);
}

static void consider(Shape *best, double *least, i64 layers, i64 width,
                     const ShapeAsk *ask, double aspect)
{
    const Shape shape = shape_of(layers, width, ask);
    const double bad  = badness(&shape, ask, aspect);
    if (layers >= 1 && bad < *least) {
        *least = bad;
        *best  = shape;
    }
}

enum { LAYERS_MOST = 100000, WIDTH_MOST = 1000000 };

static double search(Shape *best, const ShapeAsk *ask, double aspect)
{
    double least = INFINITY;
    if (!isnan(ask->width) && !isnan(ask->layers)) {
        consider(best, &least, (i64)ask->layers, (i64)ask->width, ask, aspect);
        return 0; /* as it was asked for */
    }
    if (!isnan(ask->width)) {
        const double layers = round(layers_for((i64)ask->width, ask));
        consider(best, &least, (i64)fmin(LAYERS_MOST, fmax(1, layers)),
                 (i64)ask->width, ask, aspect);
        return least;
    }
    for (i64 width = 4; width <= WIDTH_MOST; width += width_step(width)) {
        const double layers = isnan(ask->layers) ? layers_for(width, ask)
                                                 : ask->layers;
        if (layers < 1)
            break;
        if (layers > LAYERS_MOST)
            continue;
        consider(best, &least, (i64)floor(layers), width, ask, aspect);
        if (isnan(ask->layers))
            consider(best, &least, (i64)ceil(layers), width, ask, aspect);
    }
    return least;
}

static bool none_near(const ShapeAsk *ask, Err *err)
{
    const Shape least = shape_of(1, 4, ask);
    return err_set(err, ERR_REFUSED, "no shape has about %.3g parameters (%s): "
                   "one layer of width 4 with a vocabulary of %lld has %.3g; "
                   "give another --vocab, --layers or --width", ask->n,
                   count_n_name(ask->counts), (long long)ask->vocab,
                   count_n(least, ask->counts));
}

/* Whole steps; the batch is in whole sequences. */
static void lengths(ShapePlan *out, const ShapeAsk *ask)
{
    const double tokens = fmin(ask->c / out->flop_per_token, 1e18);
    const double T      = (double)ask->context;
    const double batch  = isnan(ask->batch) ? shape_batch(ask->c) : ask->batch;
    out->batch  = i64_max(1, llround(fmin(batch, tokens) / T));
    out->steps  = i64_max(1, llround(tokens / T / (double)out->batch));
    out->tokens = T * (double)out->batch * (double)out->steps;
    out->flop   = out->tokens * out->flop_per_token;
}

bool shape_find(ShapePlan *out, const ShapeAsk *ask, Err *err)
{
    const double aspect = isnan(ask->aspect) ? shape_aspect(ask->n)
                                             : ask->aspect;
    *out = (ShapePlan){ 0 };
    if (!(search(&out->shape, ask, aspect) < 0.7)) /* within a factor of two */
        return none_near(ask, err);
    out->n              = count_n(out->shape, ask->counts);
    out->flop_per_token = count_train_flop(out->shape);
    lengths(out, ask);
    return true;
}

static i64 chosen(double given, i64 family, i64 usual)
{
    return !isnan(given) ? (i64)given : family > 0 ? family : usual;
}

ShapeAsk shape_ask(const PlanBy *by, const PlanAsk *ask, const PlanSolution *at)
{
    ShapeAsk out = {
        .n = at->at.n, .c = at->at.c, .counts = by->cost.counts,
        .vocab   = chosen(ask->vocab, by->cost.vocab, 32000),
        .context = chosen(ask->context, by->cost.context, 2048),
        .aspect  = ask->aspect, .layers = ask->layers, .width = ask->width,
        .batch   = ask->batch,
    };
    if (!by->cost.family
        && (!by->counts || !count_n_find(&out.counts, by->counts)))
        out.counts = N_TOTAL;
    if (isnan(out.aspect) && by->cost.family)
        out.aspect = by->cost.aspect;
    return out;
}

void shape_config(Str *out, const ShapePlan *plan, const char *by)
{
    const Shape *s = &plan->shape;
    str_add(out, "# Planned by %s: %.6g FLOP, of which every term is counted.\n"
            "# scalelaw train THIS --corpus=NAME\n\n", by, plan->flop);
    str_add(out, "[model]\nlayers  = %lld\nwidth   = %lld\nheads   = %lld\n"
            "ff      = %lld\nvocab   = %lld\ncontext = %lld\n\n",
            (long long)s->layers, (long long)s->width, (long long)s->heads,
            (long long)s->ff, (long long)s->vocab, (long long)s->context);
    str_add(out, "[train]\nbatch   = %lld\nsteps   = %lld\n",
            (long long)plan->batch, (long long)plan->steps);
}
