/* test_report_domains.c - corpora whose laws are known, one of them such that
 * its constants cannot be told; and fitted floors against entropies that are
 * theirs, or are not. */

#include "report/fig.h"
#include "report/find_table.h"
#include "report/finds.h"

#include "tests/markup.h"
#include "tests/test.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Truth {
    const char *corpus;
    double e, a, alpha, b, beta, noise, entropy, se;
} Truth;

enum { SIZES = 6, DATA = 4, MOST = 8 * SIZES * DATA };

typedef struct World {
    Arena    arena;
    RunList  list;
    Analysis a;
    Err      err;
} World;

static Run run_of(World *w, const Truth *t, i64 width, double d)
{
    const i64 at = w->list.count;
    Run run = { .id = arena_print(&w->arena, "r%03lld", (long long)at),
                .group = "fit", .corpus = t->corpus, .corpus_sha256 = t->corpus,
                .arch = "transformer", .status = "done", .seed = 1,
                .epochs = 1, .budget = NAN, .tokens = (i64)d,
                .entropy_nats = t->entropy, .entropy_se = t->se };
    run.shape = (Shape){ .layers = 2, .width = width, .heads = 1,
                         .ff = 4 * width, .vocab = 256, .context = 32 };
    run.flop = count_train_flop(run.shape) * d;
    const double n = count_n(run.shape, N_BODY_HEAD);
    run.val_loss = (t->e + t->a / pow(n, t->alpha) + t->b / pow(d, t->beta))
                 * exp(t->noise * rng_normal(17, RNG_TEST, (u64)at));
    run.val_bpb = run.val_loss / log(2);
    return run;
}

static void add(World *w, Truth t)
{
    static const i64 wide[SIZES] = { 16, 24, 32, 48, 64, 96 };
    if (!w->list.run)
        w->list.run = NEW(&w->arena, Run, MOST);
    for (int s = 0; s < SIZES; s++)
        for (int k = 0; k < DATA; k++) {
            const Run run = run_of(w, &t, wide[s], 3e5 * pow(4, k));
            w->list.run[w->list.count++] = run;
        }
}

static void find(World *w)
{
    FitOptions o = fit_defaults();
    o.resamples  = 200;
    o.threads    = 2;
    CHECK(domains_find(&w->a.finds.domains, &w->arena, &w->list, N_BODY_HEAD, o,
                       &w->err));
    floors_find(&w->a.finds.floors, &w->arena, &w->a.finds.domains, o.level);
}

static const Domain *named(const World *w, const char *corpus)
{
    for (i64 k = 0; k < w->a.finds.domains.count; k++)
        if (strcmp(w->a.finds.domains.item[k].corpus, corpus) == 0)
            return &w->a.finds.domains.item[k];
    CHECK(false);
    return NULL;
}

static const Truth prose = { "prose", 1.1, 60, 0.5, 80, 0.4, 0.003, NAN, NAN };
static const Truth code = { "code", 0.7, 90, 0.5, 60, 0.35, 0.003, NAN, NAN };
/* Falls by half a percent in all, and scatters by as much. */
static const Truth gene = { "gene", 1.3, 0.3, 0.4, 0.4, 0.3, 0.004, NAN, NAN };

TEST(constants_that_the_runs_hold_are_told_and_are_the_true_ones)
{
    World w = { .list = { 0 } };
    add(&w, prose);
    add(&w, code);
    find(&w);
    const Domain *p = named(&w, "prose"), *c = named(&w, "code");
    CHECK(p->told == DOMAIN_ALL && c->told == DOMAIN_ALL);
    CHECK_TEXT(domain_told(p), "all told");
    CHECK_NEAR(p->e.value, 1.1, 0.05);
    CHECK(p->alpha.low < 0.5 && p->alpha.high > 0.5);
    CHECK(p->beta.low < 0.4 && p->beta.high > 0.4);
    CHECK(c->e.low < 0.7 && c->e.high > 0.7);
    CHECK(p->count == SIZES * DATA && p->slope < 0);
    arena_free(&w.arena);
}

TEST(a_corpus_that_hardly_falls_is_not_identifiable_and_said_so)
{
    World     w = { .list = { 0 } };
    FindTable t;
    add(&w, prose);
    add(&w, gene);
    find(&w);
    const Domain *g = named(&w, "gene");
    test_note("E %g to %g, alpha %g to %g, beta %g to %g", g->e.low, g->e.high,
              g->alpha.low, g->alpha.high, g->beta.low, g->beta.high);
    CHECK(g->told == DOMAIN_NOT);
    CHECK(!g->alpha_told && !g->beta_told);
    CHECK(named(&w, "prose")->told == DOMAIN_ALL);
    if (CHECK(table_domains(&t, &w.arena, &w.a))) {
        CHECK(t.rows == 2);
        CHECK_HAS(t.verdict, "for 1 the law is not identifiable");
        Str text = { 0 };
        find_table_markdown(&text, &t);
        CHECK_HAS(text.text, "not identifiable");
        CHECK_HAS(text.text, "all told");
        str_free(&text);
    }
    arena_free(&w.arena);
}

/* Scatter of three percent: an interval of a factor between three and ten. */
TEST(an_exponent_within_a_factor_of_five_is_not_told)
{
    World w = { .list = { 0 } };
    Truth rough = prose;
    rough.noise = 0.03;
    add(&w, rough);
    add(&w, code);
    find(&w);
    const Domain *p = named(&w, "prose");
    test_note("alpha %g to %g, beta %g to %g", p->alpha.low, p->alpha.high,
              p->beta.low, p->beta.high);
    CHECK(p->alpha.high > 3 * p->alpha.low || p->beta.high > 3 * p->beta.low);
    CHECK(p->alpha_told == (p->alpha.high <= 3 * p->alpha.low));
    CHECK(p->beta_told == (p->beta.high <= 3 * p->beta.low));
    CHECK(p->told != DOMAIN_ALL);
    arena_free(&w.arena);
}

TEST(sweeps_and_fine_tuned_and_repeated_runs_are_in_no_law)
{
    World w = { .list = { 0 } };
    add(&w, prose);
    add(&w, code);
    for (int k = 0; k < 6; k++) {
        Run *bad = &w.list.run[k];
        bad->val_loss *= 3;
        if (k < 2)
            bad->group = "rates";
        else if (k < 4)
            bad->start = "other";
        else
            bad->epochs = 9;
    }
    find(&w);
    CHECK(named(&w, "prose")->fit.nrow == SIZES * DATA - 6);
    CHECK_NEAR(named(&w, "prose")->e.value, 1.1, 0.1);
    arena_free(&w.arena);
}

TEST(too_few_runs_have_no_law_and_say_why)
{
    World w = { .list = { 0 } };
    add(&w, code);
    add(&w, prose);
    w.list.count -= SIZES * DATA - 4;
    find(&w);
    const Domain *p = named(&w, "prose");
    CHECK(p->told == DOMAIN_UNFITTED && p->fit.law == NULL);
    CHECK_HAS(p->words, "4 runs");
    CHECK_TEXT(domain_told(p), "not fitted");
    arena_free(&w.arena);
}

TEST(one_corpus_without_an_entropy_has_no_table_and_costs_no_fit)
{
    World     w = { .list = { 0 } };
    FindTable t;
    add(&w, prose);
    find(&w);
    CHECK(named(&w, "prose")->fit.law == NULL);
    CHECK(!table_domains(&t, &w.arena, &w.a));
    CHECK(!table_floor(&t, &w.arena, &w.a));
    arena_free(&w.arena);
}

/* -- Floors ----------------------------------------------------------------- */

static Truth source(const char *corpus, double e, double entropy)
{
    return (Truth){ corpus, e, 60, 0.5, 80, 0.4, 0.002, entropy, 0.001 };
}

static const Floor *floor_of(const World *w, const char *corpus)
{
    for (i64 k = 0; k < w->a.finds.floors.count; k++)
        if (strcmp(w->a.finds.floors.item[k].domain->corpus, corpus) == 0)
            return &w->a.finds.floors.item[k];
    CHECK(false);
    return NULL;
}

TEST(an_entropy_is_found_again_and_moves_with_noise_as_it_should)
{
    World     w = { .list = { 0 } };
    FindTable t;
    add(&w, source("chain", 2.2, 2.2));
    add(&w, source("chain-noise5", 2.36, 2.36));
    find(&w);
    const Floor *clean = floor_of(&w, "chain");
    const Floor *noisy = floor_of(&w, "chain-noise5");
    CHECK(clean->inside && clean->close && fabs(clean->off) < 0.02);
    CHECK(clean->clean == NULL && isnan(clean->shift_truth));
    CHECK(noisy->clean == clean->domain);
    CHECK_NEAR(noisy->shift_truth, 0.16, 1e-9);
    CHECK_NEAR(noisy->shift_se, hypot(0.001, 0.001), 1e-12);
    test_note("shift %g (%g to %g)", noisy->shift.value, noisy->shift.low,
              noisy->shift.high);
    CHECK(noisy->shift.low < 0.16 && noisy->shift.high > 0.16);
    CHECK(noisy->shift.high - noisy->shift.low < 0.2);
    CHECK(clean->reached > 0 && clean->reached < 0.5);
    if (CHECK(table_floor(&t, &w.arena, &w.a))) {
        CHECK(t.rows == 2);
        CHECK_HAS(t.verdict, "2 of 2 sources");
    }
    Plot plot = plot_open("floor", "Floors", 1);
    CHECK(fig_floor(&plot, &w.a));
    plot_close(&plot);
    CHECK_TEXT(markup_check(plot.svg.text).why, "");
    CHECK_HAS(plot.csv.text, "chain-noise5");
    plot_free(&plot);
    arena_free(&w.arena);
}

/* Were the entropy said to be a tenth higher than it is, or lower. */
TEST(a_wrong_entropy_is_flagged)
{
    World     w = { .list = { 0 } }, low = { .list = { 0 } };
    FindTable t;
    add(&low, source("chain", 2.2, 1.98));
    find(&low);
    CHECK(!floor_of(&low, "chain")->inside && !floor_of(&low, "chain")->close);
    arena_free(&low.arena);

    add(&w, source("chain", 2.2, 2.42));
    find(&w);
    const Floor *f = floor_of(&w, "chain");
    CHECK(!f->inside && !f->close);
    CHECK_NEAR(f->off, 2.2 / 2.42 - 1, 0.15);
    if (CHECK(table_floor(&t, &w.arena, &w.a))) {
        CHECK_HAS(t.verdict, "0 of 1 sources");
        CHECK_TEXT(find_cell(&w.arena, &t, 0, 5, false), "outside");
    }
    arena_free(&w.arena);
}
