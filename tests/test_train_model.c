/* test_train_model.c - a trained model asked for text: its scores are those
 * that training saw, and draws follow them. */

#include "tests/test.h"
#include "tests/train_world.h"
#include "train/model.h"
#include "train/space.h"

#include <stdio.h>
#include <stdlib.h>

/* -log softmax of the scores at a place is the loss that a pass gives there:
 * at every place of a window, for a model that has learned something. */
TEST(scores_are_what_the_loss_was_made_of)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    const TrainConfig config = world_config();
    const i64   T = config.shape.context;
    TrainResult result;
    Model       model;
    const char *path = arena_print(&arena, "%s/checkpoint", test_folder());
    CHECK(train_run(&result, &config, &shard, path, NULL, &err));
    if (!CHECK(model_load(&model, &arena, &config, shard.sha256, path, &err)))
        return;
    CHECK(model.step == 24);

    i32  *token = NEW(&arena, i32, T + 1);
    real *loss = NEW(&arena, real, T);
    for (i64 t = 0; t <= T; t++)
        token[t] = shard.token[100 + t];
    model.arch->pass(loss, NULL, model.kern, &model.shape, model.param,
                     model.packed, model.work, token, token + 1, 1,
                     &(PassHow){ 0 });
    for (i64 n = 1; n <= T; n++) {
        const real *z = model_scores(&model, token, n);
        double      sum = 0;
        for (i64 v = 0; v < 256; v++)
            sum += exp((double)z[v]);
        test_note("%lld tokens", (long long)n);
        CHECK_NEAR(log(sum) - (double)z[token[n]], loss[n - 1], 1e-4);
    }
    arena_free(&arena);
}

TEST(a_long_text_is_seen_through_its_last_window)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_noise(&arena, 40000, 4000);
    const TrainConfig config = world_config();
    TrainResult result;
    Model       model;
    const char *path = arena_print(&arena, "%s/checkpoint", test_folder());
    CHECK(train_run(&result, &config, &shard, path, NULL, &err));
    if (!CHECK(model_load(&model, &arena, &config, shard.sha256, path, &err)))
        return;
    i32  token[100];
    real last[256];
    for (int i = 0; i < 100; i++)
        token[i] = i;
    memcpy(last, model_scores(&model, token + 68, 32), sizeof last);
    CHECK(memcmp(last, model_scores(&model, token, 100), sizeof last) == 0);
    arena_free(&arena);
}

/* How often each is drawn, by numbers that cover [0, 1) evenly. */
static void draw_all(double *share, const real *z, i64 V, ModelDraw how)
{
    ModelChance room[8];
    const i64   draws = 20000;
    memset(share, 0, (size_t)V * sizeof *share);
    for (i64 i = 0; i < draws; i++)
        share[model_draw(room, z, V, &how,
                         ((double)i + 0.5) / (double)draws)]
            += 1 / (double)draws;
}

TEST(temperature_0_and_top_1_take_the_best)
{
    const real z[] = { 1, 3, 2, 3 };
    double     share[4];
    draw_all(share, z, 4, (ModelDraw){ 0, 0, 1 });
    CHECK_NEAR(share[1], 1, 1e-9);
    draw_all(share, z, 4, (ModelDraw){ 1, 1, 1 });
    CHECK_NEAR(share[1], 1, 1e-9);
    draw_all(share, z, 4, (ModelDraw){ 1e-3, 0, 1 });
    CHECK_NEAR(share[1], 0.5, 1e-3);
    CHECK_NEAR(share[3], 0.5, 1e-3);
}

TEST(draws_are_as_frequent_as_the_softmax_says)
{
    const real   z[] = { 0, 1, 2, -30 };
    const double sum = 1 + exp(0.5) + exp(1);
    double       share[4];
    draw_all(share, z, 4, (ModelDraw){ 2, 0, 1 });
    CHECK_NEAR(share[0], 1 / sum, 1e-3);
    CHECK_NEAR(share[1], exp(0.5) / sum, 1e-3);
    CHECK_NEAR(share[2], exp(1) / sum, 1e-3);
    CHECK(share[3] == 0);
}

TEST(top_k_draws_among_the_best_alone)
{
    const real z[] = { 0, 1, 2, 1.5 }, ties[] = { 1, 1, 1, 1 };
    double     share[4];
    draw_all(share, z, 4, (ModelDraw){ 1, 2, 1 });
    CHECK(share[0] == 0 && share[1] == 0);
    CHECK_NEAR(share[2], 1 / (1 + exp(-0.5)), 2e-3);
    draw_all(share, ties, 4, (ModelDraw){ 1, 3, 1 });
    CHECK_NEAR(share[0], 1.0 / 3, 1e-3);
    CHECK(share[3] == 0); /* exactly so many, ties or not */
}

/* Chances 8 4 2 1 1 of 16: the fewest that have a share p are known. */
TEST(top_p_draws_among_the_fewest_that_have_that_share)
{
    static const struct { double p; int kept; double sum; } row[] = {
        { 0,     1,  8 }, { 0.3,   1,  8 }, { 0.499, 1,  8 },
        { 0.501, 2, 12 }, { 0.74,  2, 12 }, { 0.76,  3, 14 },
        { 0.88,  4, 15 }, { 0.93,  4, 15 }, { 0.95,  5, 16 }, { 1, 5, 16 },
    };
    const double chance[] = { 1, 4, 8, 2, 1 };
    static const int rank[] = { 3, 1, 0, 2, 4 };
    real   z[5];
    double share[5];
    for (int v = 0; v < 5; v++)
        z[v] = (real)log(chance[v]);
    for (int i = 0; i < COUNT_OF(row); i++) {
        draw_all(share, z, 5, (ModelDraw){ 1, 0, row[i].p });
        for (int v = 0; v < 5; v++) {
            test_note("p %g, token %d", row[i].p, v);
            CHECK(fabs(share[v] - (rank[v] < row[i].kept
                                   ? chance[v] / row[i].sum : 0)) < 2e-4);
        }
    }
    /* Of the two best, which have 8 and 4 of 12: a share of 0.6 is the best. */
    draw_all(share, z, 5, (ModelDraw){ 1, 2, 0.6 });
    CHECK_NEAR(share[2], 1, 1e-9);
    draw_all(share, z, 5, (ModelDraw){ 1, 2, 0.7 });
    CHECK_NEAR(share[1], 1.0 / 3, 1e-3);
    /* At temperature 2 the chances are their roots. */
    draw_all(share, z, 5, (ModelDraw){ 2, 0, 0.5 });
    CHECK_NEAR(share[2], sqrt(8) / (sqrt(8) + 2), 1e-3);
    CHECK_NEAR(share[1], 2 / (sqrt(8) + 2), 1e-3);
}
