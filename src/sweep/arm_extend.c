/* arm_extend.c - what an arm asks for next, once its runs have been seen: one
 * more size or rate where the best is at an edge, and a second try of those that
 * failed. Pure functions of runs and losses, so whoever reads the same records
 * asks for the same runs. */

#include "sweep/arm_parts.h"

#include <math.h>
#include <string.h>

/* A place on the axis, over its seeds. */
typedef struct Place {
    const LadderRun *run;  /* one of them                    */
    double           x;    /* what is varied                 */
    double           sum;  /* of losses                      */
    i64              count;
} Place;

typedef struct Set {
    i64    count;
    Place *place;          /* x rising                       */
} Set;

/* What a set varies, and whether two runs are of one set. */
typedef struct Axis {
    double (*x)(const LadderRun *run);
    bool   (*together)(const LadderRun *a, const LadderRun *b);
} Axis;

static double by_size(const LadderRun *run)
{
    return count_train_flop(run->config.shape);
}

static double by_rate(const LadderRun *run)
{
    return run->config.lr;
}

static bool one_budget(const LadderRun *a, const LadderRun *b)
{
    return a->budget == b->budget && strcmp(a->group, b->group) == 0;
}

static bool one_sweep(const LadderRun *a, const LadderRun *b)
{
    const TrainConfig *c = &a->config, *d = &b->config;
    const Shape       *s = &c->shape, *t = &d->shape;
    return s->layers == t->layers && s->width == t->width
        && s->heads == t->heads && s->ff == t->ff && c->steps == d->steps
        && c->batch == d->batch && c->unique_tokens == d->unique_tokens;
}

static bool same_x(double a, double b)
{
    return fabs(log(a / b)) < 1e-6;
}

static void place_add(Set *set, const LadderRun *run, double x, double loss)
{
    i64 at = 0;
    while (at < set->count && set->place[at].x < x
           && !same_x(set->place[at].x, x))
        at++;
    if (at == set->count || !same_x(set->place[at].x, x)) {
        memmove(&set->place[at + 1], &set->place[at],
                (size_t)(set->count - at) * sizeof *set->place);
        set->place[at] = (Place){ .run = run, .x = x };
        set->count++;
    }
    set->place[at].sum += loss;
    set->place[at].count++;
}

static Set set_of(Arena *arena, const Ladder *runs, const double *loss,
                  i64 first, const Axis *axis)
{
    Set set = { 0, NEW(arena, Place, runs->count + 1) };
    for (i64 i = 0; i < runs->count; i++)
        if (axis->together(&runs->run[first], &runs->run[i]))
            place_add(&set, &runs->run[i], axis->x(&runs->run[i]), loss[i]);
    return set;
}

static bool is_first(const Ladder *runs, i64 index, const Axis *axis)
{
    for (i64 i = 0; i < index; i++)
        if (axis->together(&runs->run[index], &runs->run[i]))
            return false;
    return true;
}

/* -1: the best is the lowest; 1: the highest; 0: it lies between, or what is
 * known does not tell. */
static int edge_of(const Set *set)
{
    i64 best = -1;
    for (i64 i = 0; i < set->count; i++) {
        const Place *p = &set->place[i];
        if (isnan(p->sum))
            return 0;
        if (isfinite(p->sum)
            && (best < 0 || p->sum / (double)p->count
                          < set->place[best].sum
                            / (double)set->place[best].count))
            best = i;
    }
    return set->count < 2 || best < 0 ? 0
         : best == 0                  ? -1
         : best == set->count - 1     ? 1 : 0;
}

/* -- Sizes ------------------------------------------------------------------ */

/* The listed size next beyond, or none. */
static bool listed_beyond(Shape *out, const ArmRule *rule, double edge, int side)
{
    double best = NAN;
    for (i64 i = 0; i < rule->grid.sizes.count; i++) {
        Shape shape;
        Err   err = { 0 };
        if (!ladder_size(&shape, rule->grid.sizes.item[i], &rule->grid,
                         &rule->base, &err))
            continue;
        const double off = side * log(count_train_flop(shape) / edge);
        if (off > 1e-6 && !(off >= best)) {
            best = off;
            *out = shape;
        }
    }
    return isfinite(best);
}

/* As far from the last as that is from its neighbour, in whole heads. */
static bool made_beyond(Shape *out, const Set *set, int side)
{
    const i64    n    = set->count;
    const Shape *edge = &set->place[side < 0 ? 0 : n - 1].run->config.shape;
    const Shape *near = &set->place[side < 0 ? 1 : n - 2].run->config.shape;
    const i64 head = edge->recurrent ? 1 : edge->width / edge->heads;
    const double width = (double)edge->width * (double)edge->width
                       / (double)near->width;
    i64 heads = llround(width / (double)head);
    if (heads == edge->width / head)
        heads += side;
    if (heads < 1)
        return false;
    *out       = *edge;
    out->width = heads * head;
    if (edge->recurrent)
        return true;
    out->heads    = heads;
    out->kv_heads = edge->kv_heads ? i64_max(1, heads * edge->kv_heads
                                                / edge->heads) : 0;
    if (out->kv_heads && heads % out->kv_heads != 0)
        return false;
    out->ff = count_ff_usual(out->width, out->gated);
    return true;
}

static bool size_add(Ladder *out, const ArmRule *rule, const Set *set, int side,
                     Err *err)
{
    const LadderRun *edge = set->place[side < 0 ? 0 : set->count - 1].run;
    Shape shape;
    if (!listed_beyond(&shape, rule, by_size(edge), side)
        && !made_beyond(&shape, set, side))
        return true; /* there is no size beyond: it stays at the edge */
    for (i64 s = 0; s < rule->grid.seeds.count; s++) {
        LadderRun *run = &out->run[out->count++];
        if (!arm_lay(run, rule, shape, edge->budget / count_train_flop(shape),
                     edge->budget, rule->grid.seeds.item[s], err))
            return false;
        run->group = edge->group;
        run->shard = rule->shard;
        design_isoflop_name(run, rule);
    }
    return true;
}

/* -- Rates ------------------------------------------------------------------ */

/* Its name with another rate in it; the seed comes last. */
static void rate_name(LadderRun *run)
{
    char *at = NULL;
    for (char *c = strstr(run->name, "-lr"); c; c = strstr(c + 1, "-lr"))
        at = c;
    if (at)
        *at = 0;
    arm_name(run, "lr", run->lr_times);
    arm_name(run, "s", (double)run->config.seed);
}

static void rate_add(Ladder *out, const Ladder *runs, const Set *set, int side)
{
    const i64    n     = set->count;
    const double edge  = set->place[side < 0 ? 0 : n - 1].x;
    const double ratio = edge / set->place[side < 0 ? 1 : n - 2].x;
    const LadderRun *like = set->place[0].run;
    for (i64 i = 0; i < runs->count; i++) {
        if (!one_sweep(like, &runs->run[i])
            || !same_x(runs->run[i].config.lr, edge))
            continue;
        LadderRun *run = &out->run[out->count++];
        *run = runs->run[i];
        run->config.lr *= ratio;
        run->lr_times *= ratio;
        rate_name(run);
    }
}

/* -- Both ------------------------------------------------------------------- */

bool arm_extend(Ladder *out, Arena *arena, const ArmRule *rule,
                const Ladder *runs, const double *loss, Err *err)
{
    const bool sizes = strcmp(rule->design, "isoflop") == 0;
    const bool rates = strcmp(rule->design, "product") == 0
                    && rule->lr_times.count > 1;
    const Axis axis  = { sizes ? by_size : by_rate,
                         sizes ? one_budget : one_sweep };
    *out = (Ladder){ 0, NEW(arena, LadderRun, runs->count
                                            * (rule->grid.seeds.count + 1)) };
    for (i64 i = 0; i < runs->count && (sizes || rates); i++) {
        if (!is_first(runs, i, &axis))
            continue;
        const Set set  = set_of(arena, runs, loss, i, &axis);
        const int side = edge_of(&set);
        if (side != 0 && rates)
            rate_add(out, runs, &set, side);
        if (side != 0 && sizes && !size_add(out, rule, &set, side, err))
            return err_add(err, "arm %s: extend", rule->name);
    }
    return true;
}

static const LadderRun *second_of(const Ladder *again, const LadderRun *const *of,
                                  const LadderRun *run)
{
    for (i64 i = 0; i < again->count; i++)
        if (strcmp(of[i]->name, run->name) == 0)
            return &again->run[i];
    return run;
}

void arm_retry(Ladder *out, Arena *arena, const ArmRule *rule,
               const Ladder *runs, const double *loss)
{
    const LadderRun **of = NEW(arena, const LadderRun *, runs->count + 1);
    *out = (Ladder){ 0, NEW(arena, LadderRun, runs->count + 1) };
    for (i64 i = 0; i < runs->count && rule->retry > 0; i++) {
        if (!(isinf(loss[i]) && loss[i] > 0))
            continue;
        LadderRun *run = &out->run[out->count];
        of[out->count++] = &runs->run[i];
        *run = runs->run[i];
        run->config.lr *= rule->retry;
        run->lr_times *= rule->retry;
        arm_name_text(run, "-again");
    }
    for (i64 i = 0; i < out->count; i++)
        if (out->run[i].after)
            out->run[i].after = second_of(out, of, out->run[i].after);
}
