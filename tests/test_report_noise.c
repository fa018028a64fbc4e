/* test_report_noise.c - the noise from seed to seed, held to runs made with a
 * known one, and what it does to the interval of a prediction. */

#include "report/find_table.h"

#include "tests/made_study.h"
#include "tests/test.h"

/* SOURCE: Abramowitz and Stegun 1964, table 26.8. */
TEST(chi_square_has_its_published_quantiles)
{
    static const struct { i64 freedom; double low, high; } table[] = {
        { 1, 0.000982069, 5.02389 }, { 2, 0.0506356, 7.37776 },
        { 5, 0.831212, 12.8325 },    { 10, 3.24697, 20.4832 },
        { 30, 16.7908, 46.9792 } };
    for (int i = 0; i < COUNT_OF(table); i++) {
        double low, high;
        noise_chi_square(&low, &high, table[i].freedom);
        test_note("freedom %lld", (long long)table[i].freedom);
        CHECK_NEAR(low, table[i].low, 1e-5);
        CHECK_NEAR(high, table[i].high, 1e-5);
    }
}

/* `many` seeds of one model, ln L about ln 2 with this sd. */
static RunList repeats(Arena *arena, i64 many, double sd, u64 draw)
{
    RunList out = { .run = NEW(arena, Run, many), .count = many };
    for (i64 i = 0; i < many; i++) {
        Run *run  = &out.run[i];
        run->id   = arena_print(arena, "r%lld", (long long)i);
        run->config = arena_print(arena, "[train]\nlr = 0.01\nseed = %lld\n"
                                  "keep = [%lld]\nclip = 1\n", (long long)i,
                                  (long long)i);
        run->shape  = made_shape(2, 32);
        run->seed   = (u64)i;
        run->status = "done";
        run->tokens = run->unique_tokens = 1000000;
        run->trunk_step = NAN;
        run->val_loss = 2 * exp(sd * rng_normal(draw, RNG_BOOTSTRAP, (u64)i));
        run->val_se   = 0.004;
    }
    return out;
}

TEST(the_sd_that_repeats_were_made_with_is_found)
{
    Arena         arena = { 0 };
    const RunList runs  = repeats(&arena, 400, 0.01, 7);
    Noise         n;
    noise_find(&n, &arena, &runs, N_BODY_HEAD);
    CHECK(n.count == 1 && n.freedom == 399);
    CHECK_NEAR(n.sd.value, 0.01, 0.08); /* two sd: 2 / sqrt(2 * 399) */
    CHECK_NEAR(n.sd.low, n.sd.value * 0.935, 0.01);
    CHECK_NEAR(n.sd.high, n.sd.value * 1.075, 0.01);
    CHECK_NEAR(n.set[0].eval_se, 0.002, 0.01);
    CHECK_NEAR(exp(n.set[0].mean), 2, 0.002);
    arena_free(&arena);
}

/* Three repeats each: the interval must hold the truth in 95 of a hundred. Of
 * 2000 that is 1900, with an sd of 9.7. */
TEST(the_interval_of_the_sd_holds_it_as_often_as_it_says)
{
    enum { WORLDS = 2000 };
    int held = 0;
    for (u64 w = 0; w < WORLDS; w++) {
        Arena         arena = { 0 };
        const RunList runs  = repeats(&arena, 3, 0.01, 100 + w);
        Noise         n;
        noise_find(&n, &arena, &runs, N_BODY_HEAD);
        held += n.sd.low <= 0.01 && 0.01 <= n.sd.high;
        arena_free(&arena);
    }
    test_note("%d of %d", held, WORLDS);
    CHECK(abs(held - 1900) < 40);
}

TEST(runs_that_differ_in_more_than_the_seed_are_no_repeats)
{
    Arena   arena = { 0 };
    RunList runs  = repeats(&arena, 2, 0.01, 3);
    Noise   n;
    noise_find(&n, &arena, &runs, N_BODY_HEAD);
    CHECK(n.count == 1);

    runs.run[1].config = "[train]\nlr = 0.02\nseed = 1\nkeep = [1]\nclip = 1\n";
    noise_find(&n, &arena, &runs, N_BODY_HEAD);
    CHECK(n.count == 0 && isnan(n.sd.value));

    runs = repeats(&arena, 2, 0.01, 3);
    runs.run[1].config = "[train]\nlr = 0.01\nseed = 1\n";
    noise_find(&n, &arena, &runs, N_BODY_HEAD);
    CHECK(n.count == 0);

    runs = repeats(&arena, 2, 0.01, 3);
    runs.run[1].tokens++;
    noise_find(&n, &arena, &runs, N_BODY_HEAD);
    CHECK(n.count == 0);

    runs = repeats(&arena, 2, 0.01, 3);
    runs.run[1].seed = runs.run[0].seed; /* one run under two names */
    noise_find(&n, &arena, &runs, N_BODY_HEAD);
    CHECK(n.count == 0);

    runs = repeats(&arena, 2, 0.01, 3);
    runs.run[1].status = "diverged";
    noise_find(&n, &arena, &runs, N_BODY_HEAD);
    CHECK(n.count == 0);
    arena_free(&arena);
}

/* A law fitted without a scatter, and seeds that scatter by 1 %: the interval
 * of a run must be as wide as they are. */
TEST(an_interval_of_a_single_run_takes_the_larger_of_two_scatters)
{
    Arena      arena = { 0 };
    Analysis   a;
    Err        err  = { 0 };
    MadeStudy  made = made_demo();
    Prediction asked[COUNT_OF(made_size)];
    char       dir[400];
    PredictionList exact, wide;
    made.noise     = 0;
    made.resamples = 400;
    snprintf(dir, sizeof dir, "%s/study", test_folder());
    if (CHECK(made_write(&made, dir, &err))
        && CHECK(analysis_make(&a, &arena, dir, 2, &err))) {
        const i64 count = made_asked(&made, asked);
        analysis_predict(&exact, &arena, &a, asked, count);
        CHECK_HAS(analysis_scatter_words(&arena, &a),
                  "no run was repeated with another seed");
        a.finds.noise.sd.value = 0.01;
        analysis_predict(&wide, &arena, &a, asked, count);
        CHECK_HAS(analysis_scatter_words(&arena, &a), "here the seeds");
        const Prediction *p = &wide.item[0], *q = &exact.item[0];
        CHECK_BELOW(log(q->high / q->low), 1e-4);
        /* 2 * 1.96 sd; a quantile of 400 draws is off by some 5 % */
        CHECK_NEAR(log(p->high / p->low), 0.0392, 0.15);
        CHECK_NEAR(p->loss, q->loss, 1e-12);
    }
    arena_free(&arena);
}
