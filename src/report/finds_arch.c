/* finds_arch.c - declared in finds_arch.h: which runs stand for an architecture,
 * their laws, and how they compare. Whether constants are shared is asked in
 * arch_share.c. */

#include "report/arch_share.h"
#include "report/finds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_LEAST = 6, EQUALS = 5 };
static const double SAME_N = 0.0488, SAME_D = 0.02; /* of ln */
static const double LEVEL  = 0.01;

const char *arch_verdict_name(ArchVerdict verdict)
{
    static const char *const name[] = {
        [ARCH_OPEN] = "the runs do not say", [ARCH_SHARED] = "shared",
        [ARCH_APART] = "not shared" };
    return name[verdict];
}

/* -- Which runs ------------------------------------------------------------ */

static const char *arch_of(const Run *run)
{
    return run->arch ? run->arch : "";
}

static bool same_place(const Run *a, const Run *b)
{
    return finds_same_shape(&a->shape, &b->shape)
        && finds_same((double)a->tokens, (double)b->tokens, SAME_D);
}

static void take(ArchSide *side, const Run *run)
{
    for (i64 k = 0; k < side->count; k++)
        if (same_place(side->run[k], run)) {
            if (run->val_loss < side->run[k]->val_loss)
                side->run[k] = run;
            return;
        }
    side->run[side->count++] = run;
}

static int by_size(const void *a, const void *b)
{
    const Run   *r = *(const Run *const *)a, *s = *(const Run *const *)b;
    const double x = count_n(r->shape, N_TOTAL), y = count_n(s->shape, N_TOTAL);
    return x != y ? (x > y) - (x < y)
                  : (r->tokens > s->tokens) - (r->tokens < s->tokens);
}

static ArchSide side_of(Arena *arena, const RunList *runs, const char *arch,
                        const char *corpus)
{
    ArchSide side = { .arch = arch, .level_from = NAN,
                      .run = NEW(arena, const Run *, runs->count + 1) };
    for (i64 i = 0; i < runs->count; i++)
        if (finds_done(&runs->run[i])
            && strcmp(arch_of(&runs->run[i]), arch) == 0
            && finds_same_text(runs->run[i].corpus_sha256, corpus))
            take(&side, &runs->run[i]);
    qsort(side.run, (size_t)side.count, sizeof *side.run, by_size);
    return side;
}

/* The first two that differ; their text is that of the first run. */
static bool sides(Archs *out, Arena *arena, const RunList *runs)
{
    const Run *first = NULL, *other = NULL;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        if (!finds_done(run))
            continue;
        if (!first)
            first = run;
        else if (!other && strcmp(arch_of(run), arch_of(first)) != 0)
            other = run;
    }
    if (!other)
        return false;
    const bool turn = strcmp(arch_of(first), arch_of(other)) < 0;
    out->side[turn]  = side_of(arena, runs, arch_of(first),
                               first->corpus_sha256);
    out->side[!turn] = side_of(arena, runs, arch_of(other),
                               first->corpus_sha256);
    return out->side[0].count >= RUNS_LEAST
        && out->side[1].count >= RUNS_LEAST;
}

/* -- The law of each ------------------------------------------------------- */

enum { COL_N, COL_D, COL_LOSS, COLS };

static Table table_of(Arena *arena, const ArchSide *side, CountN counts)
{
    static const char *const names[COLS] = { "N", "D", "loss" };
    Table table = table_new(arena, COLS, names, side->count);
    for (i64 i = 0; i < side->count; i++) {
        table.column[COL_N][i]    = count_n(side->run[i]->shape, counts);
        table.column[COL_D][i]    = (double)side->run[i]->tokens;
        table.column[COL_LOSS][i] = side->run[i]->val_loss;
        table.label[i]            = side->run[i]->id;
    }
    return table;
}

static void cost_of(ArchSide *side, CountN counts)
{
    Arena   scratch = { 0 };
    double *n = NEW(&scratch, double, side->count + 1);
    double *f = NEW(&scratch, double, side->count + 1);
    for (i64 i = 0; i < side->count; i++) {
        n[i] = count_n(side->run[i]->shape, counts);
        f[i] = count_train_flop(side->run[i]->shape);
    }
    finds_power_line(&side->ln_f, &side->power, n, f, side->count);
    arena_free(&scratch);
}

static bool side_fit(ArchSide *side, Arena *arena, CountN counts,
                     FitOptions options, Err *err)
{
    const Law  *law;
    const Table table = table_of(arena, side, counts);
    cost_of(side, counts);
    options.objective = FIT_HUBER_LOG;
    if (!law_load(&law, arena, "chinchilla", err))
        return false;
    if (fit_law(&side->fit, arena, law, &table, options, err))
        return true;
    side->fit = (Fit){ .law = NULL };
    snprintf(side->words, sizeof side->words, "%.230s", err->text);
    if (err->kind != ERR_REFUSED)
        return false;
    *err = (Err){ 0 };
    return true;
}

static Interval difference(Arena *arena, const ArchSide *side,
                           const char *param, double level)
{
    const Fit *a = &side[0].fit, *b = &side[1].fit;
    if (!a->law || !b->law)
        return (Interval){ NAN, NAN, NAN };
    const int at    = law_param(a->law, param), n = a->law->nparam;
    const i64 count = i64_min(a->ndraw, b->ndraw);
    double   *draw  = NEW(arena, double, count + 1);
    for (i64 k = 0; k < count; k++)
        draw[k] = b->draw[k * n + at] - a->draw[k * n + at];
    const double value = b->theta[at] - a->theta[at];
    return count > 0 ? fit_interval(value, draw, count, level)
                     : (Interval){ value, NAN, NAN };
}

/* -- Ahead or behind ------------------------------------------------------- */

static void matched(Archs *out, Arena *arena, CountN counts)
{
    const ArchSide *a = &out->side[0], *b = &out->side[1];
    out->matched = NEW(arena, ArchPair, a->count * b->count + 1);
    for (i64 i = 0; i < a->count; i++)
        for (i64 k = 0; k < b->count; k++) {
            const Run   *r = a->run[i], *s = b->run[k];
            const double n = count_n(r->shape, counts);
            const double m = count_n(s->shape, counts);
            if (finds_same(n, m, SAME_N)
                && finds_same((double)r->tokens, (double)s->tokens, SAME_D))
                out->matched[out->nmatched++] = (ArchPair){
                    { n, m }, { (double)r->tokens, (double)s->tokens }, NAN,
                    { r->val_loss, s->val_loss }, s->val_loss / r->val_loss };
        }
}

/* The least loss that the law has at C within the sizes trained. */
static void best_at(ArchPair *out, int which, const ArchSide *side, double c,
                    CountN counts)
{
    enum { STEPS = 400 };
    const double low  = log(count_n(side->run[0]->shape, counts));
    const double high = log(count_n(side->run[side->count - 1]->shape,
                                    counts));
    out->loss[which] = INFINITY;
    for (int i = 0; i <= STEPS; i++) {
        const double ln_n = low + (high - low) * i / STEPS;
        const double d = c / exp(side->ln_f + side->power * ln_n);
        const double loss = law_at(side->fit.law, side->fit.theta, exp(ln_n),
                                   d);
        if (loss < out->loss[which]) {
            out->loss[which] = loss;
            out->n[which]    = exp(ln_n);
            out->d[which]    = d;
        }
    }
}

static double most_flop(const ArchSide *side)
{
    double most = 0;
    for (i64 i = 0; i < side->count; i++)
        most = fmax(most, side->run[i]->flop);
    return most;
}

static double least_flop(const ArchSide *side)
{
    double least = INFINITY;
    for (i64 i = 0; i < side->count; i++)
        least = fmin(least, side->run[i]->flop);
    return least;
}

/* From thrice the cheapest run to a third of the dearest: beyond, the best size
 * would be the last one tried. */
static void equal(Archs *out, Arena *arena, CountN counts)
{
    const ArchSide *side = out->side;
    const double low  = 3 * fmax(least_flop(&side[0]), least_flop(&side[1]));
    const double high = fmin(most_flop(&side[0]), most_flop(&side[1])) / 3;
    if (!side[0].fit.law || !side[1].fit.law || !(high > low))
        return;
    out->equal = NEW(arena, ArchPair, EQUALS);
    for (int i = 0; i < EQUALS; i++) {
        ArchPair *p = &out->equal[out->nequal++];
        p->c = low * pow(high / low, i / (EQUALS - 1.0));
        for (int k = 0; k < 2; k++)
            best_at(p, k, &side[k], p->c, counts);
        p->ratio = p->loss[1] / p->loss[0];
    }
}

/* -- Along the context ----------------------------------------------------- */

static const PositionCurve *largest(const Positions *all, const char *arch)
{
    const PositionCurve *out = NULL;
    for (i64 k = 0; k < all->count; k++)
        if (strcmp(arch_of(all->curve[k].run), arch) == 0
            && all->curve[k].count > 0)
            out = &all->curve[k]; /* sizes rise */
    return out;
}

/* The first place from which nothing further on is better by a hundredth; NaN
 * where that is the last one, for it may still be falling. */
static double level_from(const PositionCurve *c)
{
    double least = INFINITY, from = NAN;
    for (i64 i = c->count - 1; i >= 0; i--) {
        least = fmin(least, c->loss[i]);
        if (c->loss[i] > least * (1 + LEVEL))
            break;
        from = i < c->count - 1 ? c->position[i] : NAN;
    }
    return from;
}

static void along(Archs *out, Arena *arena, const Positions *all, CountN counts)
{
    const PositionCurve *c[2];
    for (int k = 0; k < 2; k++) {
        c[k] = largest(all, out->side[k].arch);
        if (!c[k])
            continue;
        out->side[k].along      = c[k]->run;
        out->side[k].level_from = level_from(c[k]);
    }
    if (!c[0] || !c[1] || c[0]->count != c[1]->count
        || !finds_same(count_n(c[0]->run->shape, counts),
                       count_n(c[1]->run->shape, counts), SAME_N))
        return;
    out->place = NEW(arena, double, c[0]->count);
    out->gap   = NEW(arena, double, c[0]->count);
    for (i64 i = 0; i < c[0]->count; i++) {
        out->place[out->nalong] = c[0]->position[i];
        out->gap[out->nalong++] = log(c[1]->loss[i] / c[0]->loss[i]);
    }
}

/* -- The whole ------------------------------------------------------------- */

bool archs_find(Archs *out, Arena *arena, const RunList *runs,
                const Positions *positions, CountN counts, FitOptions options,
                Err *err)
{
    *out = (Archs){ .best = -1, .likelihood = NAN, .p = NAN };
    if (!sides(out, arena, runs))
        return true;
    out->count = 2;
    for (int k = 0; k < 2; k++)
        if (!side_fit(&out->side[k], arena, counts, options, err))
            return false;
    out->alpha = difference(arena, out->side, "alpha", options.level);
    out->beta  = difference(arena, out->side, "beta", options.level);
    matched(out, arena, counts);
    equal(out, arena, counts);
    along(out, arena, positions, counts);
    return arch_share(out, arena, counts, options, err);
}
