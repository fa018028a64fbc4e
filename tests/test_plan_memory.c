/* test_plan_memory.c - will it fit: the published figures of ZeRO and of
 * activation recomputation come back, what is split adds up, and an arrangement
 * that is called the smallest is. */

#include "plan/memory.h"

#include "tests/test.h"

#include <math.h>
#include <string.h>

static const Shape gpt3 = { .layers = 96, .width = 12288, .heads = 96,
                            .ff = 4 * 12288, .vocab = 50257, .context = 2048,
                            .tied = true };
static const Shape mtnlg = { .layers = 105, .width = 20480, .heads = 128,
                             .ff = 4 * 20480, .vocab = 51200, .context = 2048,
                             .tied = true };

static MemoryModel of(Shape shape)
{
    return (MemoryModel){ .n = NAN, .shape = shape };
}

static Machine machine(Arena *arena, const char *name)
{
    Machine out = { 0 };
    Err     err = { 0 };
    CHECK(machine_load(&out, arena, name, &err));
    return out;
}

/* Rajbhandari et al. 2020, figure 1: 7.5 B parameters on 64 devices, 120, 31.4,
 * 16.6 and 1.9 GB. */
TEST(zero_splits_120_gb_to_1_9)
{
    static const double gb[] = { 120, 31.4, 16.6, 1.9 };
    const MemoryModel   model = { .n = 7.5e9 };
    MemoryPlan          plan  = memory_defaults();
    plan.data = 64;
    for (plan.zero = 0; plan.zero < 4; plan.zero++) {
        const MemoryUse use = memory_train(&model, &plan);
        test_note("stage %d: %.4g", plan.zero, use.total);
        CHECK(round(use.states / 1e8) == round(gb[plan.zero] * 10));
        CHECK(isnan(use.activations));
        CHECK_NEAR(use.total, use.states, 0);
    }

    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    answer_section(&answer, "zero", "ZeRO");
    answer_zero(&answer, NULL, &model, &plan);
    CHECK_NEAR(answer_find(&answer, "zero", NULL, "zero1")->value.value, 31.4e9,
               2e-3);
    CHECK_NEAR(answer_find(&answer, "zero", NULL, "zero3")->value.value,
               1.875e9, 1e-12);
    arena_free(&arena);
}

/* Korthikanti et al. 2022, section 5: 5as/h is 80 for GPT-3 and 64 for MT-NLG;
 * recomputing those alone saves 70 % and 65 % of the activations for 2.7 % and
 * 1.6 % more compute (s/6h is 2.78 % and 1.67 %). */
TEST(selective_recomputation_saves_what_was_published)
{
    const struct { Shape shape; double terms, saved, again; } row[] = {
        { gpt3, 34 + 80, 0.70, 0.027 }, { mtnlg, 34 + 64, 0.65, 0.016 },
    };
    for (int i = 0; i < COUNT_OF(row); i++) {
        const MemoryModel model = of(row[i].shape);
        MemoryPlan        plan  = memory_defaults();
        plan.recompute          = RECOMPUTE_NONE;
        const double all = memory_layer(&model, &plan);
        const double sbh = (double)(row[i].shape.context * row[i].shape.width);
        CHECK_NEAR(all / sbh, row[i].terms, 1e-12);
        plan.recompute    = RECOMPUTE_SELECTIVE;
        const double some = memory_layer(&model, &plan);
        CHECK_BELOW(fabs(1 - some / all - row[i].saved), 0.005);
        CHECK_BELOW(fabs(memory_recompute(&model, RECOMPUTE_SELECTIVE)
                         - row[i].again), 1e-3);
        plan.recompute = RECOMPUTE_FULL;
        CHECK_NEAR(memory_layer(&model, &plan) / sbh, 2, 1e-12);
    }
}

/* Table 2 of the same: the six rows, a layer over sbh. */
TEST(every_row_of_the_table_of_activations_comes_back)
{
    const struct { double t; bool sp; Recompute r; double want; } row[] = {
        { 1, false, RECOMPUTE_NONE, 34 + 80.0 },
        { 8, false, RECOMPUTE_NONE, 10 + 24 / 8.0 + 80 / 8.0 },
        { 8, true, RECOMPUTE_NONE, (34 + 80) / 8.0 },
        { 8, false, RECOMPUTE_SELECTIVE, 10 + 24 / 8.0 },
        { 8, true, RECOMPUTE_SELECTIVE, 34 / 8.0 },
        { 8, true, RECOMPUTE_FULL, 2 },
    };
    const MemoryModel model = of(gpt3);
    for (int i = 0; i < COUNT_OF(row); i++) {
        MemoryPlan plan = memory_defaults();
        test_note("row %d", i);
        plan.tensor            = row[i].t;
        plan.sequence_parallel = row[i].sp;
        plan.recompute         = row[i].r;
        plan.micro_batch       = 4;
        CHECK_NEAR(memory_layer(&model, &plan) / (2048.0 * 12288 * 4),
                   row[i].want, 1e-12);
    }
}

TEST(what_is_split_over_devices_adds_up)
{
    const MemoryModel model = of(gpt3);
    const double      n     = memory_parameters(&model);
    CHECK_NEAR(n, 174.6e9, 1e-3);
    MemoryPlan plan = memory_defaults();
    CHECK_NEAR(memory_train(&model, &plan).states, 16 * n, 1e-12);
    plan.tensor = 8, plan.pipeline = 12, plan.data = 16, plan.zero = 3;
    CHECK_NEAR(memory_train(&model, &plan).states * 8 * 12 * 16, 16 * n, 1e-12);
    plan.zero = 1;
    const MemoryUse use = memory_train(&model, &plan);
    CHECK_NEAR(use.weights * 96, 2 * n, 1e-12);
    CHECK_NEAR(use.gradients * 96, 2 * n, 1e-12);
    CHECK_NEAR(use.optimizer * 96 * 16, 12 * n, 1e-12);
    CHECK_NEAR(use.logits, 0, 0);
}

TEST(an_optimizer_that_is_offloaded_stands_in_the_hosts_memory)
{
    Arena             arena  = { 0 };
    Answer            answer = answer_new(&arena);
    const Machine     a100   = machine(&arena, "a100");
    const MemoryModel model  = { .n = 10e9 };
    MemoryPlan        plan   = memory_defaults();
    plan.offload = true;
    const MemoryUse use = memory_train(&model, &plan);
    CHECK_NEAR(use.total, 40e9, 1e-12);
    CHECK_NEAR(use.host, 120e9, 1e-12);
    plan.data = 4, plan.zero = 1;
    CHECK_NEAR(memory_train(&model, &plan).host, 30e9, 1e-12);
    answer_section(&answer, "memory", "Will it fit");
    answer_memory(&answer, NULL, &model, &plan, &a100);
    CHECK_TEXT(answer_find(&answer, "memory", NULL, "fits")->text, "yes");
    CHECK_NEAR(answer_find(&answer, "memory", NULL, "host")->value.value, 30e9,
               1e-12);
    CHECK(answer_find(&answer, "memory", NULL, "optimizer")->key == NULL);
    arena_free(&arena);
}

/* Known caches: LLaMA 7B 524,288 bytes a token; Llama 2 70B with 8 heads of
 * keys and values 327,680; GPT-3 4.7 MB. */
TEST(caches_of_known_models_come_back)
{
    const MemoryModel llama = of((Shape){ .layers = 32, .width = 4096,
                                          .heads = 32, .ff = 11008,
                                          .vocab = 32000, .context = 2048 });
    MemoryModel llama2 = of((Shape){ .layers = 80, .width = 8192, .heads = 64,
                                     .ff = 28672, .vocab = 32000,
                                     .context = 4096 });
    const MemoryModel big = of(gpt3);
    llama2.kv_heads = 8;
    CHECK_NEAR(memory_kv(&llama, 2), 524288, 0);
    CHECK_NEAR(memory_kv(&llama2, 2), 327680, 0);
    CHECK_NEAR(memory_kv(&big, 2), 4718592, 0);
}

/* By brute force: no fewer devices, no less recomputation would do. */
static bool any_fits(const MemoryModel *model, double devices, Recompute r,
                     double bytes)
{
    for (double t = 1; t <= 8; t *= 2)
        for (double p = 1; t * p <= devices; p++)
            for (int stage = 0; stage < 4; stage++) {
                MemoryPlan plan = memory_defaults();
                plan.tensor = t, plan.pipeline = p, plan.zero = stage;
                plan.data      = devices / (t * p);
                plan.recompute = r;
                const bool whole = fmod(devices, t * p) == 0
                                && model->shape.heads % (i64)t == 0
                                && model->shape.layers % (i64)p == 0;
                if (whole && memory_train(model, &plan).total <= bytes)
                    return true;
            }
    return false;
}

TEST(the_smallest_arrangement_is_the_smallest)
{
    const Shape shapes[] = {
        gpt3,
        { .layers = 12, .width = 768, .heads = 12, .ff = 3072, .vocab = 50257,
          .context = 1024, .tied = true },
        { .layers = 32, .width = 4096, .heads = 32, .ff = 16384, .vocab = 32000,
          .context = 2048 },
        { .layers = 40, .width = 5120, .heads = 40, .ff = 20480, .vocab = 32000,
          .context = 2048 },
    };
    for (int i = 0; i < COUNT_OF(shapes); i++) {
        const MemoryModel model = of(shapes[i]);
        const MemoryPlan  like  = memory_defaults();
        MemoryPlan        plan;
        double            devices = 0;
        test_note("shape %d", i);
        if (!CHECK(memory_arrange(&plan, &devices, &model, &like, 80e9)))
            continue;
        CHECK_BELOW(memory_train(&model, &plan).total, memory_usable * 80e9);
        CHECK_NEAR(plan.data * plan.tensor * plan.pipeline, devices, 0);
        for (int r = RECOMPUTE_NONE; r <= RECOMPUTE_FULL; r++) {
            CHECK(devices == 1
                  || !any_fits(&model, devices / 2, (Recompute)r,
                             memory_usable * 80e9));
            if (r < (int)plan.recompute)
                CHECK(!any_fits(&model, devices, (Recompute)r,
                             memory_usable * 80e9));
        }
    }
}

TEST(an_answer_says_whether_it_fits_and_what_would)
{
    Arena             arena  = { 0 };
    Answer            answer = answer_new(&arena);
    const Machine     a100   = machine(&arena, "a100");
    const MemoryModel model  = of(gpt3);
    const MemoryModel small  = { .n = 1e9 };
    MemoryPlan        plan   = memory_defaults();
    answer_section(&answer, "memory", "Will it fit");
    answer_memory(&answer, "gpt3", &model, &plan, &a100);
    answer_memory(&answer, "small", &small, &plan, &a100);
    CHECK_TEXT(answer_find(&answer, "memory", "gpt3", "fits")->text, "no");
    CHECK_HAS(answer_find(&answer, "memory", "gpt3", "needs")->text, "devices");
    CHECK_TEXT(answer_find(&answer, "memory", "small", "fits")->text, "yes");
    CHECK_HAS(answer_find(&answer, "memory", "small", "activations")->text,
              "shape");
    CHECK_NEAR(answer_find(&answer, "memory", "small", "total")->value.value,
               16e9, 1e-12);
    CHECK_NEAR(answer_find(&answer, "memory", "gpt3", "total")->value.value,
               memory_train(&model, &plan).total, 0);
    arena_free(&arena);
}

TEST(a_model_that_no_cluster_holds_is_said_to_be_so)
{
    const MemoryModel model = { .n = 1e18 };
    const MemoryPlan  like  = memory_defaults();
    MemoryPlan        plan;
    double            devices = 0;
    CHECK(!memory_arrange(&plan, &devices, &model, &like, 80e9));
    devices = 3;
    const MemoryModel fair = { .n = 10e9 };
    CHECK(memory_arrange(&plan, &devices, &fair, &like, 76e9));
    CHECK(plan.zero == 2 && plan.data == 3);
}

/* 512 GPUs at half their peak: 312e12 * .5 * 512 / 6N tokens a second. */
TEST(speed_is_peak_times_mfu_over_flop_a_token)
{
    Arena         arena  = { 0 };
    Answer        answer = answer_new(&arena);
    const Machine a100   = machine(&arena, "a100");
    Deal          on     = deal_new(&a100, NULL);
    on.devices = 512, on.mfu = 0.5;
    answer_section(&answer, "speed", "Speed");
    answer_speed(&answer, "a", &on, 6 * 70e9, 1.4e12, 0);
    answer_speed(&answer, "b", &on, 6 * 70e9, 1.4e12, 1.0 / 3);
    const double rate = 312e12 * 0.5 * 512 / (6 * 70e9);
    CHECK_NEAR(answer_find(&answer, "speed", "a", "tokens_per_second")
                   ->value.value, rate, 1e-12);
    CHECK_NEAR(answer_find(&answer, "speed", "a", "time")->value.value,
               1.4e12 / rate, 1e-12);
    CHECK_NEAR(answer_find(&answer, "speed", "b", "time")->value.value,
               1.4e12 / rate * 4 / 3, 1e-12);
    arena_free(&arena);
}

TEST(serving_fills_what_weights_leave)
{
    Arena         arena  = { 0 };
    Answer        answer = answer_new(&arena);
    const Machine h100   = machine(&arena, "h100");
    MemoryModel   model  = of((Shape){ .layers = 80, .width = 8192, .heads = 64,
                                       .ff = 28672, .vocab = 32000,
                                       .context = 4096 });
    model.n = 69e9, model.kv_heads = 8;
    answer_section(&answer, "serving", "Serving");
    answer_serving_memory(&answer, "two", &model, &h100, 2, 4);
    answer_serving_memory(&answer, "one", &model, &h100, 2, 1);
    const double room = 4 * 80e9 * memory_usable - 138e9;
    const double fit  = floor(room / (327680.0 * 4096));
    CHECK_NEAR(answer_find(&answer, "serving", "two", "sequences")->value.value,
               fit, 0);
    CHECK_NEAR(answer_find(&answer, "serving", "two", "tokens_per_second")
                   ->value.value,
               fit * 4 * 3.35e12 / (138e9 + fit * 327680 * 4096), 1e-12);
    CHECK_NEAR(answer_find(&answer, "serving", "one", "sequences")->value.value,
               0, 0);
    CHECK_HAS(answer.section[0].note[0], "do not fit");
    arena_free(&arena);
}

TEST(mixes_and_recomputations_have_names)
{
    MemoryMix mix;
    Recompute r;
    Err       err = { 0 };
    CHECK(memory_mix_find(&mix, "mixed", &err));
    CHECK_NEAR(mix.weights + mix.gradients + mix.optimizer, 16, 0);
    CHECK(memory_mix_find(&mix, "adam8", &err));
    CHECK_NEAR(mix.weights + mix.gradients + mix.optimizer, 10, 0);
    CHECK(!memory_mix_find(&mix, "mixxed", &err));
    CHECK_HAS(err.text, "did you mean mixed");
    for (int i = 0; i < 3; i++) {
        CHECK(memory_recompute_find(&r, memory_recompute_name((Recompute)i)));
        CHECK((int)r == i);
    }
    CHECK(!memory_recompute_find(&r, "half"));
}
