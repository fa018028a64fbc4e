/* finds_form.c - declared in finds_form.h.
 *
 * A shape is not its best run: with three rates and two seeds that would be the
 * luckiest of six. The rate is chosen by the mean over its seeds, and that mean
 * stands for the shape. The noise of one seed is pooled over every shape and
 * rate that has several, so that two seeds a shape are enough:
 *
 *     change +- t sd sqrt(1/seeds + 1/seeds of the base)
 *
 * It knows nothing of the luck in choosing the rate, which is of its order. */

#include "report/finds_form.h"

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>

static const double FEW = 0.03; /* Kaplan: "a few percent"; 3 % for (6, 4288) */

const char *form_factor_name(FormFactor factor)
{
    static const char *const name[] = { "depth", "heads", "ff" };
    return name[factor];
}

const char *form_factor_x(FormFactor factor)
{
    static const char *const name[] = { "width / layers", "width of a head",
                                        "feed-forward / width" };
    return name[factor];
}

const char *form_verdict_name(FormVerdict verdict)
{
    static const char *const name[] = {
        [FORM_OPEN] = "open", [FORM_FEW] = "a few per cent at most",
        [FORM_MORE] = "more than a few per cent" };
    return name[verdict];
}

static double x_of(FormFactor factor, Shape s)
{
    const double d = (double)s.width;
    switch (factor) {
    case FORM_DEPTH:   return d / (double)s.layers;
    case FORM_HEADS:   return d / (double)s.heads;
    case FORM_FF:      return (double)s.ff / d;
    case FORM_FACTORS: break;
    }
    return NAN;
}

/* -- Which shape all are changes of ---------------------------------------- */

static bool same_but_heads(Shape a, Shape b)
{
    return a.layers == b.layers && a.width == b.width && a.ff == b.ff;
}

static bool usual(Shape s)
{
    return s.ff == count_ff_usual(s.width, s.gated);
}

/* In which one thing s differs from the base: FORM_FACTORS for none or more. */
static FormFactor factor_of(Shape base, Shape s)
{
    if (s.layers != base.layers)
        return FORM_DEPTH;
    if (same_but_heads(base, s))
        return s.heads != base.heads ? FORM_HEADS : FORM_FACTORS;
    return s.ff * base.width != base.ff * s.width ? FORM_FF : FORM_FACTORS;
}

/* Shapes that differ in heads alone count most; of those, all of which would
 * do, the one whose heads are as wide as elsewhere. */
static i64 score(const ShapeSet *set, Shape base)
{
    i64 sum = 0;
    for (i64 i = 0; i < set->count; i++) {
        const Shape s = set->run[i]->shape;
        sum += 10000 * same_but_heads(s, base) + 100 * (s.layers == base.layers)
             + (s.width * base.heads == base.width * s.heads);
    }
    return sum;
}

static const Run *base_of(const ShapeSet *set)
{
    const Run *best = NULL;
    for (i64 i = 0; i < set->count; i++)
        if (usual(set->run[i]->shape)
            && (!best || score(set, set->run[i]->shape)
                             > score(set, best->shape)))
            best = set->run[i];
    return best;
}

/* -- Seeds and rates of one shape ------------------------------------------ */

typedef struct Tried {         /* one rate                                    */
    double lr, mean, squares;  /* of ln L; squares about the mean             */
    i64    seeds;
} Tried;

static bool of_shape(const Run *run, const Run *like)
{
    return finds_done(run) && finds_same_shape(&run->shape, &like->shape)
        && finds_same((double)run->tokens, (double)like->tokens, 0.0488)
        && finds_same_text(run->corpus_sha256, like->corpus_sha256)
        && finds_same_text(run->arch, like->arch);
}

static int by_rate(const void *a, const void *b)
{
    const double x = ((const Tried *)a)->lr, y = ((const Tried *)b)->lr;
    return (x > y) - (x < y);
}

/* Rates rising. */
static i64 tried_of(Tried *out, const RunList *runs, const Run *like)
{
    i64 count = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        i64        k = 0;
        if (!of_shape(run, like))
            continue;
        while (k < count && !finds_same(out[k].lr, run->lr, 1e-6))
            k++;
        if (k == count)
            out[count++] = (Tried){ .lr = run->lr };
        Tried       *t    = &out[k];
        const double away = log(run->val_loss) - t->mean;
        t->seeds++;
        t->mean    += away / (double)t->seeds; /* Welford */
        t->squares += away * (log(run->val_loss) - t->mean);
    }
    qsort(out, (size_t)count, sizeof *out, by_rate);
    return count;
}

/* A rate that only one seed got to the end does not win over one that all did. */
static i64 best_of(const Tried *tried, i64 count)
{
    i64 best = 0;
    for (i64 k = 1; k < count; k++)
        if (tried[k].seeds > tried[best].seeds
            || (tried[k].seeds == tried[best].seeds
                && tried[k].mean < tried[best].mean))
            best = k;
    return best;
}

static void noise_of(Forms *out, const Shapes *shapes, const RunList *runs)
{
    Arena  scratch = { 0 };
    Tried *tried   = NEW(&scratch, Tried, runs->count + 1);
    double squares = 0;
    for (i64 s = 0; s < shapes->count; s++)
        for (i64 i = 0; i < shapes->set[s].count; i++) {
            const i64 n = tried_of(tried, runs, shapes->set[s].run[i]);
            for (i64 k = 0; k < n; k++) {
                squares += tried[k].squares;
                out->noise_free += tried[k].seeds - 1;
            }
        }
    out->noise = out->noise_free > 0
               ? sqrt(squares / (double)out->noise_free) : NAN;
    arena_free(&scratch);
}

/* -- One factor ------------------------------------------------------------ */

typedef struct Look {
    const Forms   *forms;
    const RunList *runs;
    Tried         *tried;      /* [runs]                                      */
    double         level;
} Look;

/* Student's t at that level, by the normal's quantile and its first term in
 * 1/df: within 1 % from 10 degrees on. */
static double student(double level, i64 df)
{
    double low = 0, high = 10;
    while (high - low > 1e-9) {
        const double z = (low + high) / 2;
        if (erf(z / sqrt(2)) < level)
            low = z;
        else
            high = z;
    }
    return high * (1 + (high * high + 1) / (4 * (double)df));
}

static Interval about(const Look *look, double change, i64 seeds,
                      i64 base_seeds)
{
    if (look->forms->noise_free == 0)
        return (Interval){ change, NAN, NAN };
    const double half = student(look->level, look->forms->noise_free)
                      * look->forms->noise
                      * sqrt(1 / (double)seeds + 1 / (double)base_seeds);
    return (Interval){ change, change - half, change + half };
}

static FormLevel level_of(const Look *look, FormFactor factor, const Run *run,
                          const Run *base)
{
    const i64   nbase = tried_of(look->tried, look->runs, base);
    const Tried from  = look->tried[best_of(look->tried, nbase)];
    const i64   rates = tried_of(look->tried, look->runs, run);
    const i64   best  = best_of(look->tried, rates);
    const Tried to    = look->tried[best];
    FormLevel out = { .run = run, .x = x_of(factor, run->shape),
                      .change = { 0, 0, 0 }, .seeds = to.seeds,
                      .rates = rates,
                      .edge = rates >= 3 && (best == 0 || best == rates - 1) };
    if (run != base)
        out.change = about(look, to.mean - from.mean, to.seeds, from.seeds);
    return out;
}

static int by_x(const void *a, const void *b)
{
    const double x = ((const FormLevel *)a)->x, y = ((const FormLevel *)b)->x;
    return (x > y) - (x < y);
}

/* Of two layers and more; of one layer apart, as Kaplan has it. */
static void summarise(Form *f)
{
    double low = INFINITY, high = 0;
    f->worst = f->one_layer = (Interval){ NAN, NAN, NAN };
    for (i64 i = 0; i < f->count; i++) {
        const FormLevel *at = &f->level[i];
        if (at->run->shape.layers == 1) {
            f->one_layer = at->change;
            continue;
        }
        low  = fmin(low, at->x);
        high = fmax(high, at->x);
        if (at->run != f->base && !(at->change.value <= f->worst.value)) {
            f->worst     = at->change;
            f->worst_run = at->run;
        }
    }
    f->reach     = high / low;
    f->exception = f->one_layer.low > 0;
    f->verdict   = f->worst.high <= FEW ? FORM_FEW
                 : f->worst.low > FEW   ? FORM_MORE
                                        : FORM_OPEN;
}

static bool form_of(Form *out, Arena *arena, const Look *look,
                    const ShapeSet *set, const Run *base, FormFactor factor)
{
    *out = (Form){ .factor = factor, .n = set->n, .d = set->d, .base = base,
                   .level = NEW(arena, FormLevel, set->count + 1) };
    for (i64 i = 0; i < set->count; i++)
        if (set->run[i] == base
            || factor_of(base->shape, set->run[i]->shape) == factor)
            out->level[out->count++]
                = level_of(look, factor, set->run[i], base);
    if (out->count < 2)
        return false;
    qsort(out->level, (size_t)out->count, sizeof *out->level, by_x);
    summarise(out);
    return true;
}

static int by_size(const void *a, const void *b)
{
    const Form *x = a, *y = b;
    if (!finds_same(x->n, y->n, 1e-9))
        return (x->n > y->n) - (x->n < y->n);
    return (x->factor > y->factor) - (x->factor < y->factor);
}

void forms_find(Forms *out, Arena *arena, const Shapes *shapes,
                const RunList *runs, double level)
{
    *out = (Forms){ .form = NEW(arena, Form,
                                FORM_FACTORS * shapes->count + 1) };
    noise_of(out, shapes, runs);
    const Look look = { .forms = out, .runs = runs, .level = level,
                        .tried = NEW(arena, Tried, runs->count + 1) };
    for (i64 s = 0; s < shapes->count; s++) {
        const Run *base = base_of(&shapes->set[s]);
        for (int k = 0; base && k < FORM_FACTORS; k++)
            out->count += form_of(&out->form[out->count], arena, &look,
                                  &shapes->set[s], base, (FormFactor)k);
    }
    qsort(out->form, (size_t)out->count, sizeof *out->form, by_size);
}
