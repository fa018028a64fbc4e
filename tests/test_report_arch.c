/* test_report_arch.c - two architectures whose laws are known: exponents shared
 * or not, ahead or behind at one N and at one C, and level in the context from a
 * known place. */

#include "report/find_table.h"
#include "report/finds.h"

#include "tests/markup.h"
#include "tests/test.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Truth { double e, a, alpha, b, beta; } Truth;

enum { SIZES = 6, DATA = 4, MOST = 2 * SIZES * DATA + 2 };

typedef struct World {
    Arena     arena;
    RunList   list;
    Positions positions;
    Archs     archs;
    Err       err;
} World;

/* The same N in both, within 2 %: body and head of two layers. */
static const i64 wide[2][SIZES] = { { 16, 24, 32, 48, 64, 96 },
                                    { 19, 28, 38, 58, 77, 116 } };

static Shape shape_of(int which, int size)
{
    Shape s = { .layers = 2, .width = wide[which][size], .heads = 1,
                .ff = 4 * wide[which][size], .vocab = 256, .context = 128 };
    s.recurrent = which == 1;
    if (s.recurrent)
        s.ff = 1;
    return s;
}

static double truth_at(Truth t, double n, double d)
{
    return t.e + t.a / pow(n, t.alpha) + t.b / pow(d, t.beta);
}

static void runs_add(World *w, int which, Truth t, double noise)
{
    for (int s = 0; s < SIZES; s++)
        for (int k = 0; k < DATA; k++) {
            const i64 at = w->list.count;
            Run *run = &w->list.run[w->list.count++];
            *run = (Run){ .id = arena_print(&w->arena, "r%03lld",
                                            (long long)at),
                          .group = "any", .corpus_sha256 = "0123",
                          .arch = which ? "lstm" : "transformer",
                          .status = "done", .seed = 1, .lr = 0.01,
                          .tokens = (i64)(2.5e5 * pow(3, k)) };
            run->shape = shape_of(which, s);
            run->flop  = count_train_flop(run->shape) * (double)run->tokens;
            run->val_loss
                = truth_at(t, count_n(run->shape, N_BODY_HEAD),
                           (double)run->tokens)
                * exp(noise * rng_normal(11, RNG_TEST, (u64)at));
        }
}

static const Archs *archs_of(World *w, Truth transformer, Truth lstm,
                             double noise, i64 resamples)
{
    FitOptions o = fit_defaults();
    o.resamples  = resamples;
    o.threads    = 2;
    w->list.run  = NEW(&w->arena, Run, MOST);
    runs_add(w, 0, transformer, noise);
    runs_add(w, 1, lstm, noise);
    CHECK(archs_find(&w->archs, &w->arena, &w->list, &w->positions,
                     N_BODY_HEAD, o, &w->err));
    return &w->archs;
}

static const Truth one = { 1.1, 40, 0.45, 60, 0.35 };

TEST(exponents_that_are_shared_are_found_shared)
{
    World        w = { .list = { 0 } };
    const Truth  other = { 1.2, 60, 0.45, 40, 0.35 };
    const Archs *a = archs_of(&w, one, other, 0.003, 200);
    if (!CHECK(a->count == 2))
        return;
    CHECK_TEXT(a->side[0].arch, "transformer");
    CHECK_TEXT(a->side[1].arch, "lstm");
    CHECK(a->side[0].count == SIZES * DATA);
    test_note("BIC %g %g %g %g, ratio %g, p %g, alpha %g to %g, beta %g to %g",
              a->model[0].bic, a->model[1].bic, a->model[2].bic,
              a->model[3].bic, a->likelihood, a->p, a->alpha.low,
              a->alpha.high, a->beta.low, a->beta.high);
    CHECK(a->verdict == ARCH_SHARED);
    CHECK(a->alpha.low <= 0 && a->alpha.high >= 0);
    CHECK(a->p > 0.05);
    CHECK(a->best != ARCH_NONE && a->best != ARCH_ALL);
    CHECK(a->model[ARCH_ALL].params == 5 && a->model[ARCH_E_POWERS].params == 7
          && a->model[ARCH_POWERS].params == 8
          && a->model[ARCH_NONE].params == 10);
    arena_free(&w.arena);
}

TEST(exponents_that_differ_are_found_apart_and_by_how_much)
{
    World        w = { .list = { 0 } };
    const Truth  other = { 1.1, 12, 0.30, 250, 0.47 };
    const Archs *a = archs_of(&w, one, other, 0.002, 200);
    test_note("BIC %g %g %g %g, ratio %g, p %g, alpha %g to %g, beta %g to %g",
              a->model[0].bic, a->model[1].bic, a->model[2].bic,
              a->model[3].bic, a->likelihood, a->p, a->alpha.low,
              a->alpha.high, a->beta.low, a->beta.high);
    CHECK(a->verdict == ARCH_APART);
    CHECK(a->best == ARCH_NONE);
    CHECK(a->p < 1e-3);
    CHECK(a->alpha.low <= -0.15 && a->alpha.high >= -0.15);
    CHECK(a->beta.low <= 0.12 && a->beta.high >= 0.12);
    arena_free(&w.arena);
}

/* Twelve runs with a scatter of 5 % say nothing of exponents. */
TEST(runs_that_cannot_tell_are_said_not_to)
{
    World        w = { .list = { 0 } };
    const Truth  other = { 1.1, 20, 0.38, 60, 0.35 };
    const Archs *a = archs_of(&w, one, other, 0.03, 100);
    test_note("BIC %g %g %g %g", a->model[0].bic, a->model[1].bic,
              a->model[2].bic, a->model[3].bic);
    CHECK(a->verdict != ARCH_APART);
    arena_free(&w.arena);
}

TEST(who_is_ahead_at_one_size_and_at_one_compute)
{
    World        w = { .list = { 0 } };
    const Truth  other = { 1.2, 40, 0.45, 60, 0.35 }; /* 0.1 nats behind */
    const Archs *a = archs_of(&w, one, other, 0, 0);
    CHECK(a->nmatched == SIZES * DATA);
    for (i64 i = 0; i < a->nmatched; i++)
        CHECK(a->matched[i].ratio > 1.02 && a->matched[i].ratio < 1.1);
    CHECK(a->nequal > 2);
    int inside = 0;
    for (i64 i = 0; i < a->nequal; i++) {
        const ArchPair *p = &a->equal[i];
        for (int k = 0; k < 2; k++) {
            /* In the middle of the sizes a step to either side is worse. */
            const Fit *f = &a->side[k].fit;
            const double cost = exp(a->side[k].ln_f), power = a->side[k].power;
            for (int turn = -1; turn <= 1; turn += 2) {
                const double n = p->n[k] * (1 + 0.1 * turn);
                inside += p->n[k] > 1.2e4 && p->n[k] < 2e5;
                if (p->n[k] > 1.2e4 && p->n[k] < 2e5)
                    CHECK(law_at(f->law, f->theta, n,
                                 p->c / cost / pow(n, power)) > p->loss[k]);
            }
            CHECK_NEAR(p->c, cost * pow(p->n[k], power) * p->d[k], 1e-9);
        }
        CHECK(p->ratio > 1);
    }
    CHECK(inside >= 4);
    arena_free(&w.arena);
}

/* The LSTM level from place 8 on, the Transformer falling to the end. */
TEST(where_in_the_context_nothing_more_is_gained)
{
    enum { PLACES = 8 };
    static double place[PLACES], loss[2][PLACES];
    World         w = { .list = { 0 } };
    static Run    along[2];
    PositionCurve curve[2];
    for (int i = 0; i < PLACES; i++) {
        place[i]   = exp2(i);
        loss[0][i] = 3 * pow(place[i], -0.1);
        loss[1][i] = 3 * pow(fmin(place[i], 8), -0.1) - 0.0005 * i;
    }
    for (int k = 0; k < 2; k++) {
        along[k] = (Run){ .id = "x", .arch = k ? "lstm" : "transformer",
                          .shape = shape_of(k, 5) };
        curve[k] = (PositionCurve){ &along[k], PLACES, place, loss[k] };
    }
    w.positions = (Positions){ 2, curve };
    const Archs *a = archs_of(&w, one, one, 0.001, 0);
    CHECK(isnan(a->side[0].level_from));
    CHECK_NEAR(a->side[1].level_from, 8, 1e-12);
    if (CHECK(a->nalong == PLACES)) {
        CHECK(fabs(a->gap[0]) < 1e-9);
        CHECK_NEAR(a->gap[PLACES - 1],
                   log(loss[1][PLACES - 1] / loss[0][PLACES - 1]), 1e-12);
    }
    FindTable t;
    Analysis  all = { .finds.archs = *a };
    CHECK(table_arch(&t, &w.arena, &all) && t.rows == 2);
    CHECK_HAS(t.verdict, "Do transformer and lstm share");
    CHECK(table_arch_ahead(&t, &w.arena, &all));
    CHECK(t.rows == a->nmatched + a->nequal + PLACES);
    arena_free(&w.arena);
}

TEST(one_architecture_is_not_compared)
{
    World w = { .list = { 0 } };
    w.list.run = NEW(&w.arena, Run, MOST);
    runs_add(&w, 0, one, 0);
    CHECK(archs_find(&w.archs, &w.arena, &w.list, &w.positions, N_BODY_HEAD,
                     fit_defaults(), &w.err));
    CHECK(w.archs.count == 0);
    FindTable t;
    Analysis  all = { .finds.archs = w.archs };
    CHECK(!table_arch(&t, &w.arena, &all)
          && !table_arch_ahead(&t, &w.arena, &all));
    arena_free(&w.arena);
}
