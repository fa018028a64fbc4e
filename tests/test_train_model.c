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

TEST(temperature_0_and_top_1_take_the_best)
{
    const real z[] = { 1, 3, 2, 3 };
    double     room[4];
    for (double unit = 0; unit < 1; unit += 0.1) {
        CHECK(model_draw(room, z, 4, 0, 0, unit) == 1);
        CHECK(model_draw(room, z, 3, 1, 1, unit) == 1);
        CHECK(model_draw(room, z, 4, 1e-3, 0, unit) != 2);
    }
}

TEST(draws_are_as_frequent_as_the_softmax_says)
{
    const real z[] = { 0, 1, 2, -30 };
    double     room[4], seen[4] = { 0 };
    const i64  draws = 20000;
    for (i64 i = 0; i < draws; i++)
        seen[model_draw(room, z, 4, 2, 0,
                        ((double)i + 0.5) / (double)draws)]++;
    const double sum = 1 + exp(0.5) + exp(1);
    CHECK_NEAR(seen[0] / (double)draws, 1 / sum, 1e-3);
    CHECK_NEAR(seen[1] / (double)draws, exp(0.5) / sum, 1e-3);
    CHECK_NEAR(seen[2] / (double)draws, exp(1) / sum, 1e-3);
    CHECK(seen[3] == 0);
}

TEST(top_k_draws_among_the_best_alone)
{
    const real z[] = { 0, 1, 2, 1.5 };
    double     room[4], seen[4] = { 0 };
    for (i64 i = 0; i < 1000; i++)
        seen[model_draw(room, z, 4, 1, 2, (double)i / 1000)]++;
    CHECK(seen[0] == 0 && seen[1] == 0);
    CHECK_NEAR(seen[2] / 1000, 1 / (1 + exp(-0.5)), 2e-3);
}
