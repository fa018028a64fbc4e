/* test_report_transfer.c - data transferred and repeated, found again in runs
 * that were made from known laws. */

#include "base/json.h"
#include "law/law.h"
#include "report/find_table.h"
#include "report/fig.h"
#include "report/finds.h"
#include "tests/made_study.h"
#include "tests/markup.h"
#include "tests/test.h"

/* The surface of all runs from nothing, in N (body+head) and fresh tokens. */
static double surface(double n, double d)
{
    return 1.1 + 60 / pow(n, 0.42) + 300 / pow(d, 0.45);
}

enum { RUNS = 400 };
typedef struct Made {
    Arena   arena;
    RunList list;
    double  noise;
} Made;

static Made made_open(double noise)
{
    Made m = { .noise = noise };
    m.list.run = NEW(&m.arena, Run, RUNS);
    return m;
}

static Run *made_add(Made *m, const char *corpus, i64 width, double tokens,
                     u64 seed, double loss)
{
    const i64   number = m->list.count++;
    const Shape shape = made_shape(2, width);
    Run        *run = &m->list.run[number];
    *run = (Run){
        .id = arena_print(&m->arena, "run-%03d", (int)number),
        .name = "made", .study = "made", .group = "any", .corpus = corpus,
        .corpus_sha256 = corpus, .arch = "transformer", .shape = shape,
        .params = count_params(shape), .lr = 0.01, .seed = seed,
        .batch_tokens = 256, .status = "done", .tokens = (i64)tokens,
        .unique_tokens = (i64)tokens, .epochs = 0.1, .budget = NAN,
        .start_step = NAN, .trunk_step = NAN, .least_loss = NAN,
        .least_step = NAN, .spikes = NAN, .val_se = 0.003, .joules = NAN,
        .flop_per_token = count_train_flop(shape), .steps = 100,
        .bytes_per_token = 1,
        .val_loss = loss * exp(m->noise * rng_normal(11, RNG_TEST,
                                                     (u64)number)),
    };
    run->flop = run->flop_new = run->flop_per_token * tokens;
    return run;
}

static double size_of(i64 width)
{
    return count_n(made_shape(2, width), N_BODY_HEAD);
}

static FitOptions options(void)
{
    FitOptions o = fit_defaults();
    o.resamples = 200;
    o.threads   = 1;
    return o;
}

/* -- Transfer ------------------------------------------------------------------- */

static const double K = 300, ALPHA = 0.3, BETA = 0.4;
static const i64    width_of[] = { 16, 32, 64 };
static const double scratch_d[] = { 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7 };
static const double tuned_d[] = { 1e4, 3e4, 1e5, 3e5, 1e6 };

static double transferred(double n, double d_f)
{
    return K * pow(d_f, ALPHA) * pow(n, BETA);
}

/* Two seeds of all; fine-tuned at the best of three rates. */
static void made_transfer(Made *m, double harm)
{
    for (int s = 0; s < COUNT_OF(width_of); s++)
        for (u64 seed = 1; seed <= 2; seed++) {
            const i64    w = width_of[s];
            const double n = size_of(w);
            const Run   *pre = made_add(m, "prose", w, 6e6, seed, 1.5);
            for (int k = 0; k < COUNT_OF(scratch_d); k++)
                made_add(m, "code", w, scratch_d[k], seed,
                         surface(n, scratch_d[k]));
            for (int k = 0; k < COUNT_OF(tuned_d); k++)
                for (int rate = -1; rate <= 1; rate++) {
                    const double d = tuned_d[k];
                    Run *run = made_add(m, "code", w, d, seed,
                        surface(n, d + (harm > 0 ? -harm * d
                                                 : transferred(n, d)))
                        * exp(0.01 * rate * rate));
                    run->start = pre->id;
                    run->lr *= exp2(rate);
                }
        }
}

TEST(the_law_of_transfer_is_found_again_in_runs_made_from_it)
{
    Made     m = made_open(0);
    Transfer t;
    Err      err = { 0 };
    made_transfer(&m, 0);
    CHECK(transfer_find(&t, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(t.sizes == 3 && t.count == 15 && t.fitted == 15 && t.harmed == 0);
    CHECK_TEXT(t.from, "prose");
    CHECK_TEXT(t.to, "code");
    CHECK_NEAR(t.pre_tokens, 6e6, 0);
    for (i64 i = 0; i < t.count; i++) {
        const TransferPoint *p = &t.point[i];
        test_note("N %g, D_F %g", t.size[p->size].n, p->d_f);
        CHECK(p->where == TRANSFER_FOUND && p->seeds == 2);
        /* Points of the curve lie a factor of 3 apart. */
        CHECK_NEAR(p->d_t.value, transferred(t.size[p->size].n, p->d_f),
                   0.03);
        CHECK_NEAR(p->d_e.value, p->d_t.value + p->d_f, 1e-12);
    }
    if (!CHECK(t.law.law != NULL))
        return;
    CHECK_NEAR(t.alpha.value, ALPHA, 0.04);
    CHECK_NEAR(t.beta.value, BETA, 0.04);
    CHECK_NEAR(log(t.k.value), log(K), 0.04);
    CHECK_NEAR(t.noise, 0, 1e-12);
    arena_free(&m.arena);
}

/* Width of an interval over that of one run's noise alone. A point of two seeds
 * on a curve of two seeds: between sqrt(1/2 + 1/4), halfway between nodes, and
 * sqrt(1/2 + 1/2) at one. */
static double width_over(const Transfer *t, const TransferPoint *p)
{
    const double n = t->size[p->size].n, d = p->d_e.value;
    const double slope = log(1.01) / log(surface(n, d)
                                         / surface(n, 1.01 * d));
    return log(p->d_e.high / p->d_e.low) / (2 * 1.96 * slope * t->noise);
}

TEST(noise_is_read_from_the_seeds_and_the_intervals_hold_the_truth)
{
    Made     m = made_open(0.004);
    Transfer t;
    Err      err = { 0 };
    i64      held = 0;
    double   width = 0;
    made_transfer(&m, 0);
    CHECK(transfer_find(&t, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(t.repeats == 3 * (8 + 15));
    CHECK_NEAR(t.noise, 0.004, 0.25); /* 69 degrees: 9 % */
    for (i64 i = 0; i < t.count; i++) {
        const TransferPoint *p = &t.point[i];
        const double truth = transferred(t.size[p->size].n, p->d_f);
        CHECK(p->d_t.low < p->d_t.value && p->d_t.value < p->d_t.high);
        held += p->d_t.low <= truth && truth <= p->d_t.high;
        width += width_over(&t, p) / 15;
    }
    CHECK(0.8 < width && width < 1.1);
    CHECK(held >= 12); /* of 15 at 95 %: 11 or fewer once in a thousand */
    CHECK(t.alpha.low < ALPHA && ALPHA < t.alpha.high);
    CHECK(t.beta.low < BETA && BETA < t.beta.high);
    CHECK(t.k.low < K && K < t.k.high);
    CHECK(t.alpha.high - t.alpha.low < 0.4);
    arena_free(&m.arena);
}

/* As if two fifths of what was given had been lost. */
TEST(a_start_that_does_harm_is_said_to_and_gives_no_law)
{
    Made     m = made_open(0.001);
    Transfer t;
    Err      err = { 0 };
    made_transfer(&m, 0.4);
    CHECK(transfer_find(&t, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(t.harmed >= 12 && t.fitted == 0 && !t.law.law);
    CHECK_HAS(t.words, "take 6 of two sizes");
    for (i64 i = 0; i < t.count; i++)
        if (t.point[i].where == TRANSFER_FOUND)
            CHECK_NEAR(t.point[i].d_t.value, -0.4 * t.point[i].d_f, 0.2);
    arena_free(&m.arena);
}

TEST(what_lies_beyond_the_curve_is_not_known)
{
    Made     m = made_open(0);
    Transfer t;
    Err      err = { 0 };
    const double n = size_of(32);
    const Run *pre = made_add(&m, "prose", 32, 6e6, 1, 1.5);
    for (int k = 2; k < 6; k++) /* 1e5 .. 3e6 */
        made_add(&m, "code", 32, scratch_d[k], 1, surface(n, scratch_d[k]));
    made_add(&m, "code", 32, 3e6, 1, surface(n, 9e6))->start = pre->id;
    made_add(&m, "code", 32, 2e4, 1, surface(n, 5e4))->start = pre->id;
    made_add(&m, "code", 32, 2e5, 1, surface(n, 5e4))->start = pre->id;
    CHECK(transfer_find(&t, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(t.count == 3 && t.fitted == 0);
    CHECK(t.point[0].where == TRANSFER_WORSE && isnan(t.point[0].d_t.value));
    CHECK(t.point[1].where == TRANSFER_WORSE); /* 2e5 worse than 1e5: harm */
    CHECK(t.harmed == 1);
    CHECK(t.point[2].where == TRANSFER_BETTER && isnan(t.point[2].d_e.value));
    CHECK(isnan(t.noise) && t.repeats == 0);
    arena_free(&m.arena);
}

/* Going on with the same text is no transfer. */
TEST(a_start_from_the_same_text_is_none)
{
    Made     m = made_open(0);
    Transfer t;
    Err      err = { 0 };
    const Run *pre = made_add(&m, "code", 32, 6e6, 1, 1.5);
    made_add(&m, "code", 32, 3e6, 1, 1.4)->start = pre->id;
    made_add(&m, "code", 32, 3e6, 1, 1.4)->start = "gone";
    CHECK(transfer_find(&t, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(t.count == 0);
    arena_free(&m.arena);
}

/* -- Repeats ------------------------------------------------------------------------ */

static const double R_D = 6, R_N = 4;

static double limited(const Law *law, double n, double u, double d)
{
    double *const column[] = { &n, &u, &d };
    const char *const name[] = { "N", "U", "D" };
    double       *order[3], theta[LAW_PARAMS_MAX], out;
    const struct { const char *name; double value; } truth[] = {
        { "E", 1.1 }, { "A", 60 }, { "B", 300 }, { "alpha", 0.42 },
        { "beta", 0.45 }, { "R_D", R_D }, { "R_N", R_N } };
    for (int c = 0; c < law->ncolumn; c++)
        for (int k = 0; k < 3; k++)
            if (!strcmp(law->column[c], name[k]))
                order[c] = column[k];
    for (int k = 0; k < COUNT_OF(truth); k++)
        theta[law_param(law, truth[k].name)] = truth[k].value;
    law_eval(&out, NULL, NULL, law, theta, order, 1);
    return out;
}

/* studies/repeat.study, as the law would have it. */
static void made_repeat(Made *m)
{
    static const struct { double unique, d[4]; } arm[] = {
        { 0, { 125e3, 500e3, 2e6, 8e6 } },
        { 125e3, { 250e3, 500e3, 1e6, 2e6 } },
        { 500e3, { 1e6, 2e6, 4e6, 8e6 } }, { 2e6, { 8e6 } } };
    const Law *law;
    Err        err = { 0 };
    if (!CHECK(law_load(&law, &m->arena, "muennighoff", &err)))
        return;
    for (int s = 0; s < COUNT_OF(width_of); s++)
        for (int a = 0; a < COUNT_OF(arm); a++)
            for (int k = 0; k < 4 && arm[a].d[k] > 0; k++) {
                const double d = arm[a].d[k];
                const double u = arm[a].unique > 0 ? arm[a].unique : d;
                Run *run = made_add(m, "prose", width_of[s], d, 1,
                                    limited(law, size_of(width_of[s]), u, d));
                run->unique_tokens = (i64)u;
            }
}

TEST(the_worth_of_repeats_is_found_again_in_runs_made_from_the_law)
{
    Made   m = made_open(0.002);
    Epochs e;
    Err    err = { 0 };
    made_repeat(&m);
    CHECK(epochs_find(&e, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(e.count == 27 && e.fresh == 12 && e.overfit == 0);
    if (!CHECK(e.law.law != NULL && isfinite(e.r_d.value)))
        return;
    CHECK_NEAR(e.r_d.value, R_D, 0.25);
    CHECK(e.r_d.low < R_D && R_D < e.r_d.high);
    CHECK_NEAR(e.value[0].share.value, epochs_share(R_D, 4), 0.03);
    CHECK(e.value[1].share.low < epochs_share(R_D, 16)
          && epochs_share(R_D, 16) < e.value[1].share.high);
    CHECK_NEAR(e.fresh_law.theta[law_param(e.fresh_law.law, "beta")], 0.45,
               0.1);
    for (i64 i = 0; i < e.count; i++)
        CHECK_NEAR(e.row[i].by_law,
                   epochs_share(e.r_d.value, e.row[i].epochs), 1e-12);
    arena_free(&m.arena);
}

/* Larger models that wear text out sooner, by a worth that is known; and one
 * size that loses nothing. */
TEST(each_size_has_a_worth_of_its_own)
{
    static const double r_d[] = { 30, 8, 2 };
    static const double epochs[] = { 2, 4, 8, 16 };
    Made   m = made_open(0.0005);
    Epochs e;
    Err    err = { 0 };
    for (int s = 0; s < COUNT_OF(width_of); s++) {
        const double n = size_of(width_of[s]);
        for (int k = 0; k < COUNT_OF(scratch_d); k++)
            made_add(&m, "prose", width_of[s], scratch_d[k], 1,
                     surface(n, scratch_d[k]));
        for (int k = 0; k < COUNT_OF(epochs); k++)
            for (double u = 1e5; u < 2e6; u *= 10) {
                const double d = u * epochs[k];
                made_add(&m, "prose", width_of[s], d, 1,
                         surface(n, d * epochs_share(r_d[s], epochs[k])))
                    ->unique_tokens = (i64)u;
            }
    }
    const double n = size_of(48);
    for (int k = 0; k < COUNT_OF(scratch_d); k++) {
        const double d = scratch_d[k];
        made_add(&m, "prose", 48, d, 1, surface(n, d));
        if (k > 0 && k < 6)
            made_add(&m, "prose", 48, 2 * d, 1, surface(n, 2 * d))
                ->unique_tokens = (i64)d;
    }
    CHECK(epochs_find(&e, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(e.sizes == 4);
    for (int s = 0; s < COUNT_OF(r_d); s++) {
        const EpochSize *one = &e.size[s == 2 ? 3 : s];
        test_note("R %g", r_d[s]);
        CHECK(one->rows == 8 && !one->lossless);
        CHECK_NEAR(one->r_d.value, r_d[s], 0.15);
        CHECK(one->r_d.low <= r_d[s] * 1.05 && one->r_d.high >= r_d[s] * 0.95);
    }
    CHECK(e.size[2].rows == 5);
    CHECK(e.size[2].lossless || e.size[2].r_d.value > 10);

    Analysis *a = NEW(&m.arena, Analysis, 1);
    FindTable table;
    a->finds.epochs = e;
    if (CHECK(table_repeat_size(&table, &m.arena, a))) {
        CHECK(table.rows == 4);
        CHECK_HAS(table.verdict, "wear text out sooner");
    }
    arena_free(&m.arena);
}

/* 3.73 of 4 and 10.58 of 16, as the paper has it. */
TEST(shares_of_epochs_are_the_papers)
{
    CHECK_NEAR(epochs_share(15.387756, 1), 1, 1e-15);
    CHECK_NEAR(4 * epochs_share(15.387756, 4), 3.73, 2e-3);
    CHECK_NEAR(16 * epochs_share(15.387756, 16), 10.58, 2e-3);
}

/* Half as much fresh text would have done: worth one half, law or no law; and
 * the least loss counts where a run ended above it. */
TEST(the_worth_of_repeats_is_measured_without_the_law_too)
{
    Made   m = made_open(0);
    Epochs e;
    Err    err = { 0 };
    const double n = size_of(32);
    for (int k = 0; k < COUNT_OF(scratch_d); k++)
        made_add(&m, "prose", 32, scratch_d[k], 1, surface(n, scratch_d[k]));
    Run *run = made_add(&m, "prose", 32, 8e6, 1, 2 * surface(n, 4e6));
    run->unique_tokens = 1000000;
    run->least_loss    = surface(n, 4e6);
    CHECK(epochs_find(&e, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(e.count == 1 && e.overfit == 1);
    CHECK_NEAR(e.row[0].worth, 0.5, 0.02);
    CHECK(!e.law.law);
    CHECK_HAS(e.words, "no law of repeating");
    CHECK(isnan(e.value[0].share.value));
    arena_free(&m.arena);
}

/* Two epochs only: R_D can be anything from there on. */
TEST(a_law_of_repeating_that_the_runs_do_not_tell_is_refused_in_words)
{
    Made       m = made_open(0.004);
    Epochs     e;
    Err        err = { 0 };
    for (int s = 0; s < COUNT_OF(width_of); s++)
        for (int k = 0; k < 6; k++) {
            const double d = scratch_d[k + 1], n = size_of(width_of[s]);
            made_add(&m, "prose", width_of[s], d, 1, surface(n, d));
            if (k == 3)
                made_add(&m, "prose", width_of[s], 1.1 * d, 1,
                         surface(n, 1.1 * d))->unique_tokens = (i64)d;
        }
    CHECK(epochs_find(&e, &m.arena, &m.list, N_BODY_HEAD, options(), &err));
    CHECK(e.count == 3 && isnan(e.r_d.value));
    CHECK_HAS(e.words, "not identifiable");
    CHECK(isnan(e.value[1].share.value));
    arena_free(&m.arena);
}

/* -- Shown ------------------------------------------------------------------------------ */

TEST(both_are_tables_and_figures)
{
    Made       m = made_open(0.002);
    Analysis  *a = NEW(&m.arena, Analysis, 1);
    FindTable  table;
    Str        text = { 0 };
    Err        err = { 0 };
    CHECK(!table_transfer(&table, &m.arena, a));
    CHECK(!table_repeat(&table, &m.arena, a));
    made_transfer(&m, 0);
    made_repeat(&m);
    a->runs = m.list;
    a->cost.counts = N_BODY_HEAD;
    CHECK(transfer_find(&a->finds.transfer, &m.arena, &m.list, N_BODY_HEAD,
                        options(), &err));
    CHECK(epochs_find(&a->finds.epochs, &m.arena, &m.list, N_BODY_HEAD,
                      options(), &err));
    if (CHECK(table_transfer(&table, &m.arena, a))) {
        find_table_markdown(&text, &table);
        CHECK(table.rows == 15);
        CHECK_HAS(text.text, "2x64");
        CHECK_HAS(text.text, "Hernandez et al. 2021) through 15 points");
        CHECK_HAS(text.text, "Nowhere did the start do harm");
        CHECK_HAS(table.verdict, "times the tokens of code");
    }
    str_free(&text);
    if (CHECK(table_repeat(&table, &m.arena, a))) {
        find_table_markdown(&text, &table);
        CHECK(table.rows == 27);
        CHECK_HAS(table.verdict, "R*_D = ");
        CHECK_HAS(text.text, "15.4");
    }
    str_free(&text);
    Plot plot = plot_open("transfer", "t", 2);
    CHECK(fig_transfer(&plot, a));
    plot_close(&plot);
    CHECK_TEXT(markup_check(plot.svg.text).why, "");
    CHECK_TEXT(markup_check(plot.inner.text).why, "");
    CHECK_HAS(plot.csv.text, "law of transfer");
    CHECK_HAS(plot.csv.text, "after a start");
    plot_free(&plot);
    arena_free(&m.arena);
}
