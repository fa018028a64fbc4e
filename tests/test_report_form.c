/* test_report_form.c - what a factor of the form costs, on runs made with known
 * changes and a known scatter of seeds. */

#include "report/find_table.h"
#include "report/finds.h"

#include "tests/markup.h"
#include "tests/test.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>

/* One size, 55,296 in the matrices: 2x48 and what it is changed to; change is
 * the truth, of ln L. */
typedef struct Made {
    i64    layers, width, heads, ff;
    double change;
} Made;

static const Made usual[] = {
    { 2, 48, 6, 192, 0 },
    { 1, 68, 4, 272, 0.025 }, { 3, 39, 3, 156, 0.002 },
    { 8, 24, 3, 96, 0.012 }, { 18, 16, 2, 64, 0.060 },
    { 2, 48, 1, 192, 0.008 }, { 2, 48, 24, 192, 0.010 },
    { 2, 72, 9, 48, 0.006 }, { 2, 24, 3, 528, 0.030 },
};

enum { SEEDS = 2, RATES = 3, MOST = 200 };

typedef struct World {
    Arena   arena;
    RunList list;
    Shapes  shapes;
    Forms   forms;
} World;

static void runs_add(World *w, Made m, double noise)
{
    for (int rate = 0; rate < RATES; rate++)
        for (int seed = 0; seed < SEEDS; seed++) {
            const i64 k = w->list.count;
            Run *run = &w->list.run[w->list.count++];
            *run = (Run){ .id = arena_print(&w->arena, "r%03lld", (long long)k),
                          .group = "any", .corpus_sha256 = "0123",
                          .arch = "transformer", .status = "done",
                          .tokens = 800000, .seed = (u64)seed + 1,
                          .lr = 0.005 * (1 << rate) };
            run->shape = (Shape){ .layers = m.layers, .width = m.width,
                                  .heads = m.heads, .ff = m.ff, .vocab = 256,
                                  .context = 32 };
            run->val_loss = 1.7 * exp(m.change + 0.02 * (rate != 1)
                            + noise * rng_normal(5, RNG_TEST, (u64)k));
        }
}

static const Forms *forms_of(World *w, const Made *made, int count,
                             double noise)
{
    *w = (World){ 0 };
    w->list.run = NEW(&w->arena, Run, MOST);
    for (int k = 0; k < count; k++)
        runs_add(w, made[k], noise);
    shapes_find(&w->shapes, &w->arena, &w->list, N_BODY);
    forms_find(&w->forms, &w->arena, &w->shapes, &w->list, 0.95);
    return &w->forms;
}

static const Form *form_of(const Forms *all, FormFactor factor)
{
    for (i64 k = 0; k < all->count; k++)
        if (all->form[k].factor == factor)
            return &all->form[k];
    return NULL;
}

TEST(each_factor_is_told_apart_and_its_change_is_the_truth)
{
    World        w = { .list = { 0 } };
    const Forms *all = forms_of(&w, usual, COUNT_OF(usual), 0);
    const Form  *depth = form_of(all, FORM_DEPTH), *ff = form_of(all, FORM_FF);
    const Form  *heads = form_of(all, FORM_HEADS);
    if (!CHECK(all->count == 3) || !CHECK(depth && heads && ff))
        return;
    CHECK(depth->count == 5 && heads->count == 3 && ff->count == 3);
    for (i64 k = 0; k < all->count; k++) {
        const Form *f = &all->form[k];
        CHECK(f->base->shape.width == 48 && f->base->shape.heads == 6);
        for (i64 i = 0; i < f->count; i++) {
            const Shape s = f->level[i].run->shape;
            for (int m = 0; m < COUNT_OF(usual); m++)
                if (usual[m].layers == s.layers && usual[m].heads == s.heads
                    && usual[m].ff == s.ff)
                    CHECK(fabs(f->level[i].change.value - usual[m].change)
                          < 1e-12);
            CHECK(f->level[i].seeds == SEEDS && f->level[i].rates == RATES);
            CHECK(!f->level[i].edge);
        }
    }
    CHECK_NEAR(depth->worst.value, 0.060, 1e-9);
    CHECK_NEAR(depth->reach, (48 / 2.0) / (16 / 18.0), 1e-12);
    CHECK_NEAR(depth->one_layer.value, 0.025, 1e-9);
    CHECK_NEAR(ff->worst.value, 0.030, 1e-9);
    arena_free(&w.arena);
}

/* Half the width of an interval: t(0.95, 27) sd of a difference of two means of
 * two, that is 2.05 sd. */
TEST(the_noise_of_a_seed_makes_the_interval_and_the_verdict)
{
    World        w = { .list = { 0 } };
    const Forms *all = forms_of(&w, usual, COUNT_OF(usual), 0.002);
    CHECK(all->noise_free == RATES * COUNT_OF(usual));
    CHECK_NEAR(all->noise, 0.002, 0.35);
    const Form *depth = form_of(all, FORM_DEPTH), *ff = form_of(all, FORM_FF);
    const Form *heads = form_of(all, FORM_HEADS);
    if (!CHECK(depth && heads && ff))
        return;
    CHECK_NEAR(depth->worst.high - depth->worst.low, 2 * 2.052 * all->noise,
               0.01);
    CHECK(depth->verdict == FORM_MORE);
    CHECK(heads->verdict == FORM_FEW);
    CHECK(ff->verdict == FORM_OPEN); /* 3 %, give or take 0.4 */
    CHECK(depth->exception);
    arena_free(&w.arena);
}

TEST(one_layer_is_no_exception_where_it_does_as_well)
{
    Made         made[COUNT_OF(usual)];
    World        w = { .list = { 0 } };
    memcpy(made, usual, sizeof made);
    made[1].change = -0.001;
    const Form *depth = form_of(forms_of(&w, made, COUNT_OF(made), 0.002),
                                FORM_DEPTH);
    if (CHECK(depth != NULL)) {
        CHECK(!depth->exception);
        CHECK(depth->one_layer.low < 0);
    }
    arena_free(&w.arena);
}

/* The best run of six would be one of luck: a single run of the outermost rate
 * far below all others, whose other seed lies as far above. */
TEST(a_lucky_run_does_not_choose_the_rate)
{
    World w = { .list = { 0 } };
    forms_of(&w, usual, COUNT_OF(usual), 0);
    Run *lucky = &w.list.run[6 * 3 + 4]; /* 8x24, rate 3, seed 1 */
    lucky[0].val_loss *= exp(-0.05);
    lucky[1].val_loss *= exp(0.05);
    forms_find(&w.forms, &w.arena, &w.shapes, &w.list, 0.95);
    const Form *depth = form_of(&w.forms, FORM_DEPTH);
    for (i64 i = 0; depth && i < depth->count; i++)
        if (depth->level[i].run->shape.layers == 8) {
            CHECK(fabs(depth->level[i].change.value - 0.012) < 1e-12);
            CHECK(!depth->level[i].edge);
        }
    arena_free(&w.arena);
}

/* A shape of which one seed is left stands less firmly: 1/1 + 1/2. */
TEST(fewer_seeds_widen_the_interval)
{
    World w = { .list = { 0 } };
    forms_of(&w, usual, COUNT_OF(usual), 0.002);
    for (int rate = 0; rate < RATES; rate++)
        w.list.run[6 * 4 + 2 * rate].status = "diverged"; /* 18x16, seed 1 */
    forms_find(&w.forms, &w.arena, &w.shapes, &w.list, 0.95);
    const Form *depth = form_of(&w.forms, FORM_DEPTH);
    CHECK(w.forms.noise_free == RATES * (COUNT_OF(usual) - 1));
    if (CHECK(depth && depth->worst_run->shape.layers == 18))
        CHECK_NEAR(depth->worst.high - depth->worst.low,
                   2 * 2.06 * sqrt(1.5) * w.forms.noise, 0.01);
    arena_free(&w.arena);
}

TEST(a_best_rate_at_the_edge_is_said)
{
    World w = { .list = { 0 } };
    forms_of(&w, usual, COUNT_OF(usual), 0);
    for (int k = 4; k < 6; k++)
        w.list.run[6 * 3 + k].val_loss *= exp(-0.05);
    forms_find(&w.forms, &w.arena, &w.shapes, &w.list, 0.95);
    const Form *depth = form_of(&w.forms, FORM_DEPTH);
    int edges = 0;
    for (i64 i = 0; depth && i < depth->count; i++)
        edges += depth->level[i].edge;
    CHECK(edges == 1);
    arena_free(&w.arena);
}

TEST(the_table_says_what_was_found)
{
    World     w = { .list = { 0 } };
    FindTable t;
    Analysis  a = { .finds.forms = *forms_of(&w, usual, COUNT_OF(usual),
                                             0.002) };
    if (CHECK(table_shape(&t, &w.arena, &a))) {
        CHECK(t.rows == 11);
        CHECK_HAS(t.verdict, "Of 3 factors at a size, 1 cost no more than 3 %");
        CHECK_HAS(t.note[0], "the exception that Kaplan names");
        CHECK(t.notes == 5);
    }
    a.finds.forms.count = 0;
    CHECK(!table_shape(&t, &w.arena, &a));
    arena_free(&w.arena);
}
