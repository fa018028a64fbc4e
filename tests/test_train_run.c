/* test_train_run.c - whole runs: what they count, where they end, and that
 * threads and stops change no bit. */

#include "tests/test.h"
#include "tests/train_world.h"
#include "data/batch.h"
#include "train/checkpoint.h"
#include "train/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* LLVM's OpenMP keeps a little for threads that a smaller team let go; the
 * address sanitizer takes that for ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libomp.so\n";
}

static const char *path_of(const char *name)
{
    static char path[2][512];
    static int  turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", test_folder(), name);
    return path[turn];
}

/* The checkpoint as the run left it, save what tells of this execution:
 * seconds, and how often it was taken up. */
static Checkpoint state_of(Arena *arena, const char *path)
{
    const Checkpoint c = checkpoint_of(arena, path);
    Standing        *at = &c.head->at;
    at->wall_s = at->eval_s = at->train_s = 0;
    at->resumed = 0;
    /* The checksum covers those too. */
    memset((char *)c.head + c.bytes - 64, 0, 64);
    return c;
}

static bool same_state(const char *a, const char *b)
{
    Arena arena = { 0 };
    const Checkpoint x = state_of(&arena, a), y = state_of(&arena, b);
    const bool same = x.bytes == y.bytes
                      && memcmp(x.head, y.head, (size_t)x.bytes) == 0;
    arena_free(&arena);
    return same;
}

/* Equal, or absent on both sides. */
static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void same_lines(const World *a, const World *b)
{
    CHECK(a->lines == b->lines);
    for (i64 i = 0; i < i64_min(a->lines, b->lines); i++) {
        const TrainMetric x = a->line[i], y = b->line[i];
        test_note("line %lld", (long long)i);
        CHECK(x.step == y.step && x.tokens == y.tokens);
        CHECK_NEAR(x.train_loss, y.train_loss, 0);
        CHECK_NEAR(x.lr, y.lr, 0);
        CHECK_NEAR(x.grad_norm, y.grad_norm, 0);
        CHECK_NEAR(x.flop, y.flop, 0);
        CHECK(same(x.val_loss, y.val_loss) && same(x.val_se, y.val_se));
    }
}

/* A window may begin at an "o" or a blank, of which the sentence has several:
 * the first tokens keep about a nat, which is 0.03 of 32. */
TEST(a_sentence_is_learned_by_heart)
{
    Arena       arena = { 0 };
    World       world = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    config.kernels = "auto";
    config.steps   = 300;
    config.lr      = 0.02;
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.status == TRAIN_DONE);
    CHECK_BELOW(r.val_loss, 0.05);
    CHECK_BELOW(world.last_loss, 0.07);
    CHECK_NEAR(world.line[0].train_loss, log(256), 0.02); /* at birth */
    arena_free(&arena);
}

TEST(a_sentence_is_learned_by_heart_under_options_too)
{
    Arena       arena = { 0 };
    World       world = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    Shape      *s = &config.shape;
    s->rms = s->rope = s->gated = s->qk_norm = s->bare = true;
    s->kv_heads = 1, s->ff = 40;
    config.kernels = "auto";
    config.steps   = 300;
    config.lr      = 0.02;
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.status == TRAIN_DONE);
    CHECK_BELOW(r.val_loss, 0.05);
    CHECK_BELOW(world.last_loss, 0.07);
    arena_free(&arena);
}

/* Nine micro-batches for four lanes, then three for two, then a batch that
 * a micro-batch does not divide; with every kernel that runs here. */
TEST(the_number_of_threads_changes_no_bit)
{
    static const struct { i64 batch, context; } cut[] = {
        { 9, 512 }, { 3, 256 }, { 37, 32 },
    };
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 200000, 8000);
    for (int k = 0; k < kern_count(); k++)
        for (int i = 0; i < COUNT_OF(cut); i++) {
            if (!kern_at(k)->usable())
                continue;
            TrainConfig config = world_config();
            config.kernels = kern_at(k)->name;
            config.dtype   = kern_at(k)->dtype;
            config.shape.context = cut[i].context;
            config.batch = cut[i].batch;
            config.steps = 2;
            World one = { 0 };
            const char *alone = path_of("alone");
            unlink(alone);
            world_train(&config, &shard, alone, &one);
            for (int threads = 2; threads <= 5; threads++) {
                World many = { 0 };
                config.threads = threads;
                const char *path = path_of("many");
                unlink(path);
                test_note("%s %s, batch %lld, %d threads", config.kernels,
                          config.dtype, (long long)cut[i].batch, threads);
                world_train(&config, &shard, path, &many);
                CHECK(same_state(alone, path));
                same_lines(&one, &many);
            }
        }
    arena_free(&arena);
}

/* What is dropped, shared, turned and gated: nine sequences for eight lanes,
 * stopped on the way. */
TEST(options_and_dropout_change_no_promise_of_bits)
{
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 200000, 8000);
    TrainConfig config = world_config();
    Shape      *s = &config.shape;
    s->rms = s->rope = s->gated = s->qk_norm = s->bare = true;
    s->kv_heads = 1, s->mup_width = 8, s->context = 256;
    config.batch = 9, config.steps = 3;
    config.dropout = 0.1, config.z_loss = 1e-3;
    config.kernels = "auto";
    World one = { 0 }, none = { 0 };
    const char *alone = path_of("alone"), *path = path_of("many");
    unlink(alone);
    const TrainResult want = world_train(&config, &shard, alone, &one);
    for (int threads = 2; threads <= 5; threads++) {
        World many = { .stop_after = 2 };
        config.threads = threads;
        unlink(path);
        test_note("%d threads", threads);
        world_train(&config, &shard, path, &many);
        many.stop_after = 0;
        const TrainResult seen = world_train(&config, &shard, path, &many);
        CHECK(seen.resumed == 1);
        CHECK_NEAR(seen.val_loss, want.val_loss, 0);
        CHECK(same_state(alone, path));
        same_lines(&one, &many);
    }
    config.dropout = 0;
    unlink(path);
    const TrainResult plain = world_train(&config, &shard, path, &none);
    CHECK(plain.val_loss != want.val_loss);
    arena_free(&arena);
}

TEST(a_stop_anywhere_changes_no_bit)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       whole = { 0 };
    config.steps = 200; /* so that most steps are between two lines */
    const char *straight = path_of("straight");
    const TrainResult want = world_train(&config, &shard, straight, &whole);

    static const i64 stops[] = { 1, 2, 98, 151, 182, 199 };
    for (int i = 0; i < COUNT_OF(stops); i++) {
        World       world = { .stop_after = stops[i] };
        const char *path = path_of("stopped");
        unlink(path);
        test_note("stopped after %lld", (long long)stops[i]);
        TrainResult r = world_train(&config, &shard, path, &world);
        CHECK(r.status == TRAIN_INTERRUPTED && r.step == stops[i]);
        CHECK_HAS(r.reason, "asked to stop");
        CHECK(isnan(r.val_loss));

        world.stop_after = 0;
        r = world_train(&config, &shard, path, &world);
        CHECK(r.status == TRAIN_DONE && r.resumed == 1);
        CHECK(world.resumed_at == stops[i]);
        CHECK_NEAR(r.val_loss, want.val_loss, 0);
        CHECK_NEAR(r.val_se, want.val_se, 0);
        CHECK_NEAR(r.train_loss, want.train_loss, 0);
        CHECK(same_state(straight, path));
        same_lines(&whole, &world);
    }
    arena_free(&arena);
}

/* Stopped after every single step, by another number of threads each time. */
TEST(a_stop_after_every_step_changes_no_bit)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       whole = { 0 }, world = { 0 };
    const char *straight = path_of("straight"), *path = path_of("crumbs");
    world_train(&config, &shard, straight, &whole);

    TrainResult r = { .status = TRAIN_INTERRUPTED };
    for (i64 s = 1; s <= config.steps; s++) {
        world.stop_after = s;
        config.threads = 1 + (int)(s % 3);
        r = world_train(&config, &shard, path, &world);
    }
    CHECK(r.status == TRAIN_DONE && r.resumed == config.steps - 1);
    CHECK(same_state(straight, path));
    same_lines(&whole, &world);
    arena_free(&arena);
}

/* Killed between checkpoints: lines after the last one are said again. */
TEST(what_followed_the_last_checkpoint_is_done_again)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       whole = { 0 }, world = { .stop_after = 9 };
    const char *straight = path_of("straight"), *path = path_of("killed");
    world_train(&config, &shard, straight, &whole);
    world_train(&config, &shard, path, &world);

    char *bytes;
    i64   count;
    CHECK(file_read(&bytes, &count, &arena, path, &err));
    world.stop_after = 17;
    world_train(&config, &shard, path, &world);
    CHECK(file_write(path, bytes, count, &err)); /* as it was after 9 */

    world.stop_after = 0;
    world_train(&config, &shard, path, &world);
    CHECK(world.resumed_at == 9);
    CHECK(same_state(straight, path));
    same_lines(&whole, &world);
    arena_free(&arena);
}

TEST(a_finished_run_is_not_trained_again)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    const TrainConfig config = world_config();
    World       world = { 0 };
    const char *path = path_of("finished");
    const TrainResult first = world_train(&config, &shard, path, &world);
    const i64 lines = world.lines;
    world.steps = 0;
    const TrainResult again = world_train(&config, &shard, path, &world);
    CHECK(again.status == TRAIN_DONE && world.steps == 0);
    CHECK(world.lines == lines);
    CHECK_NEAR(again.val_loss, first.val_loss, 0);
    CHECK(again.val_tokens == first.val_tokens);
    arena_free(&arena);
}

TEST(checkpoints_on_the_way_change_no_bit)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       none = { 0 }, many = { 0 };
    const char *seldom = path_of("seldom"), *often = path_of("often");
    world_train(&config, &shard, seldom, &none);
    config.checkpoint_s = 0; /* after every step */
    world_train(&config, &shard, often, &many);
    CHECK(same_state(seldom, often));
    same_lines(&none, &many);
    arena_free(&arena);
}

TEST(a_checkpoint_of_another_run_is_refused_and_kept)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    const Shard other = world_noise(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       world = { .stop_after = 3 };
    TrainResult r;
    const char *path = path_of("theirs");
    world_train(&config, &shard, path, &world);

    Err err = { 0 };
    CHECK(!train_run(&r, &config, &other, path, NULL, &err));
    CHECK_HAS(err.text, "another corpus");
    config.lr *= 2;
    CHECK(!train_run(&r, &config, &shard, path, NULL, &err));
    CHECK_HAS(err.text, "another configuration");
    config.lr /= 2;
    world.stop_after = 0;
    CHECK(world_train(&config, &shard, path, &world).status == TRAIN_DONE);
    arena_free(&arena);
}

TEST(tokens_are_counted_exactly_and_so_is_the_compute)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    const TrainConfig config = world_config();
    World       world = { 0 };
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.step == 24 && r.tokens == 24 * 4 * 32);
    CHECK(r.unique_tokens == r.tokens);
    CHECK_NEAR(r.epochs, 24.0 * 4 / (40000 / 32 - 1), 1e-15);
    CHECK_NEAR(r.flop, count_train_flop(config.shape) * 24 * 4 * 32, 0);
    CHECK(r.val_tokens == 512);
    CHECK(r.wall_s > 0 && r.tok_per_s > 0 && r.eval_s > 0);
    CHECK_TEXT(r.kernels, "ref");

    const TrainMetric last = world.line[world.lines - 1];
    CHECK(last.step == 24 && last.tokens == r.tokens);
    CHECK_NEAR(last.flop, r.flop, 0);
    CHECK_NEAR(last.val_loss, r.val_loss, 0);
    CHECK_NEAR(last.lr, train_lr(&config, 23), 0);
    i64 evaluated = 0;
    for (i64 i = 0; i < world.lines; i++)
        evaluated += !isnan(world.line[i].val_loss);
    CHECK(evaluated == config.eval_points + 1);
    arena_free(&arena);
}

static double step_loss[512];

static void step_kept(void *self, i64 step, double loss)
{
    (void)self;
    step_loss[step] = loss;
}

TEST(a_line_has_the_mean_loss_since_the_line_before)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       world = { 0 };
    TrainResult r;
    TrainHooks  hooks = world_hooks(&world);
    hooks.step   = step_kept;
    config.steps = 200;
    CHECK(train_run(&r, &config, &shard, NULL, &hooks, &err));
    CHECK(world.lines < 120);
    i64 from = 0;
    for (i64 i = 0; i < world.lines; i++) {
        double sum = 0;
        for (i64 step = from + 1; step <= world.line[i].step; step++)
            sum += step_loss[step];
        CHECK_NEAR(world.line[i].train_loss,
                   sum / (double)(world.line[i].step - from), 1e-12);
        from = world.line[i].step;
    }
    CHECK(from == 200);
    double tail = 0;
    for (i64 step = 181; step <= 200; step++)
        tail += step_loss[step] / 20;
    CHECK_NEAR(r.train_loss, tail, 1e-12);
    arena_free(&arena);
}

/* Cut into micro-batches and lanes or taken in one pass: the same mean, and
 * the same gradient to the last digits of a float. */
TEST(every_sequence_of_a_batch_counts_once)
{
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 200000, 8000);
    static const i64 batches[] = { 1, 2, 7, 8, 9, 15, 16, 17, 33 };
    for (int i = 0; i < COUNT_OF(batches); i++) {
        TrainConfig config = world_config();
        Space       space;
        const i64   B = batches[i], T = 256;
        config.shape.context = T;
        config.batch   = B;
        config.kernels = "auto";
        space_lay(&space, NEW(&arena, u8, train_memory(&config)), &config);
        arch_init(space.state.param, space.arch, &config.shape, 1);
        step_pack(&space);

        i32  *x = NEW(&arena, i32, B * T), *y = NEW(&arena, i32, B * T);
        real *loss = NEW(&arena, real, B * T);
        real *grad = NEW(&arena, real, space.count);
        real *work = NEW(&arena, real,
                         space.arch->work_count(space.kern, &space.shape, B));
        for (i64 b = 0; b < B; b++)
            batch_train(x + b * T, y + b * T, &shard, T, 0, config.seed, b);
        space.arch->pass(loss, grad, space.kern, &space.shape,
                         space.state.param, space.packed, work, x, y, B,
                         &(PassHow){ .scale = (real)(1 / (double)(B * T)) });
        double sum = 0;
        for (i64 r = 0; r < B * T; r++)
            sum += (double)loss[r];
        const StepResult step = step_take(&space, &config, &shard, 0);
        test_note("batch %lld, %lld lanes", (long long)B,
                  (long long)space.lanes);
        CHECK_NEAR(step.loss, sum / (double)(B * T), 1e-7);
        CHECK_NEAR(step.grad_norm,
                   sqrt(space.kern->sum_squares(grad, space.count)), 1e-5);
    }
    arena_free(&arena);
}

TEST(more_tokens_than_the_text_has_are_refused_or_counted_as_epochs)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_sentence(&arena, 1600, 400);
    TrainConfig config = world_config(); /* 96 windows of 49 */
    World       world = { 0 };
    CHECK(!train_check(&config, &shard, false, &err));
    CHECK_HAS(err.text, "1568 (49 windows of 32)");
    CHECK_HAS(err.text, "3072 tokens");
    CHECK_HAS(err.text, "--epochs");
    CHECK(train_check(&config, &shard, true, &err));

    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.tokens == 96 * 32 && r.unique_tokens == 49 * 32);
    CHECK_NEAR(r.epochs, 96.0 / 49, 1e-15);
    config.steps = 12;
    CHECK(train_check(&config, &shard, false, &err)); /* 48 of 49 */
    arena_free(&arena);
}

/* 20 of 49 windows, 96 sequences; another sample is another run. */
TEST(a_sample_of_the_text_is_repeated_without_being_asked)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_noise(&arena, 1600, 400);
    TrainConfig config = world_config();
    World       world = { 0 }, again = { 0 };
    config.unique_tokens = 20 * 32 + 31;
    CHECK(train_check(&config, &shard, false, &err));
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.tokens == 96 * 32 && r.unique_tokens == 20 * 32);
    CHECK_NEAR(r.epochs, 96.0 / 20, 1e-15);

    config.unique_tokens = 5 * 32;
    const TrainResult few = world_train(&config, &shard, NULL, &again);
    CHECK(few.unique_tokens == 5 * 32);
    CHECK_BELOW(few.train_loss, r.train_loss); /* learned by heart */
    CHECK(r.val_loss != few.val_loss);
    arena_free(&arena);
}

TEST(a_run_that_diverges_is_a_finding)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    for (int k = 0; k < kern_count(); k++) {
        if (!kern_at(k)->usable())
            continue;
        TrainConfig config = world_config();
        World       world = { 0 };
        config.kernels = kern_at(k)->name;
        config.dtype   = kern_at(k)->dtype;
        config.lr      = 1000;
        test_note("%s %s", config.kernels, config.dtype);
        const TrainResult r = world_train(&config, &shard, NULL, &world);
        CHECK(r.status == TRAIN_DIVERGED);
        CHECK(r.step < config.steps && isnan(r.val_loss));
        CHECK_HAS(r.reason, "step ");
        CHECK_HAS(r.reason, "1000");
        CHECK(world.line[world.lines - 1].step == r.step);
        CHECK(r.tokens == r.step * 4 * 32);
    }
    arena_free(&arena);
}

TEST(noise_cannot_be_learned_and_that_is_a_finding)
{
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 40000, 4000);
    const TrainConfig config = world_config();
    World       world = { 0 };
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.status == TRAIN_PLATEAU);
    CHECK_HAS(r.reason, "entropy of single tokens");
    CHECK(r.val_loss > shard.unigram_nats - 0.02);
    arena_free(&arena);
}

/* Adam's sqrt magnifies what rounding there is in a gradient near 0, so a few
 * steps agree to about a thousandth of a per mille and no closer. */
TEST(all_kernels_train_to_the_same_loss)
{
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       want = { 0 };
    config.steps = 6;
    const TrainResult ref = world_train(&config, &shard, NULL, &want);
    for (int k = 0; k < kern_count(); k++) {
        if (!kern_at(k)->usable() || strcmp(kern_at(k)->dtype, "fp32") != 0)
            continue;
        World world = { 0 };
        config.kernels = kern_at(k)->name;
        test_note("%s", config.kernels);
        const TrainResult r = world_train(&config, &shard, NULL, &world);
        CHECK_NEAR(r.val_loss, ref.val_loss, 1e-5);
        for (i64 i = 0; i < i64_min(world.lines, want.lines); i++)
            CHECK_NEAR(world.line[i].train_loss, want.line[i].train_loss,
                       1e-5);
    }
    arena_free(&arena);
}

TEST(seeds_tell_runs_apart)
{
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       world = { 0 };
    config.steps = 3;
    const double one = world_train(&config, &shard, NULL, &world).val_loss;
    config.seed = 2;
    CHECK(world_train(&config, &shard, NULL, &world).val_loss != one);
    arena_free(&arena);
}

static bool disk_full(void *self, const TrainMetric *metric, Err *err)
{
    (void)self;
    return metric->step < 5
           || err_set(err, ERR_IO, "metrics.jsonl: no space left");
}

/* The disk is full: the run fails in those words, and goes on later from what
 * it had. */
TEST(a_hook_that_fails_ends_the_run_and_loses_nothing)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       whole = { 0 }, world = { 0 };
    TrainResult r;
    const char *straight = path_of("straight"), *path = path_of("full");
    world_train(&config, &shard, straight, &whole);

    config.checkpoint_s = 0;
    TrainHooks hooks = world_hooks(&world);
    hooks.metric = disk_full;
    CHECK(!train_run(&r, &config, &shard, path, &hooks, &err));
    CHECK_HAS(err.text, "no space left");
    world_train(&config, &shard, path, &world);
    CHECK(world.resumed_at == 4);
    CHECK(same_state(straight, path));
    arena_free(&arena);
}

/* -- A stacked LSTM ------------------------------------------------------- */

TEST(cells_learn_a_sentence_by_heart)
{
    Arena       arena = { 0 };
    World       world = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_cells();
    config.kernels = "auto";
    config.steps   = 300;
    config.lr      = 0.02;
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.status == TRAIN_DONE);
    CHECK_BELOW(r.val_loss, 0.05);
    CHECK_NEAR(world.line[0].train_loss, log(256) + 0.25, 0.04); /* birth */
    arena_free(&arena);
}

/* Eighteen sequences in two micro-batches of nine, and 37, of which the third
 * has five; with every kernel that runs here, stopped on the way. */
TEST(neither_threads_nor_stops_change_a_bit_of_an_lstm)
{
    static const i64 batch[] = { 18, 37 };
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 60000, 4000);
    for (int k = 0; k < kern_count(); k++)
        for (int i = 0; i < COUNT_OF(batch); i++) {
            if (!kern_at(k)->usable())
                continue;
            TrainConfig config = world_cells();
            config.kernels = kern_at(k)->name;
            config.dtype   = kern_at(k)->dtype;
            config.batch = batch[i], config.steps = 4;
            config.shape.context = 8; /* what matters is how many there are */
            config.dropout = 0.1, config.z_loss = 1e-3;
            World       one = { 0 };
            const char *alone = path_of("alone"), *path = path_of("many");
            unlink(alone);
            world_train(&config, &shard, alone, &one);
            for (int threads = 2; threads <= 3; threads++) {
                World many = { .stop_after = 2 };
                config.threads = threads;
                unlink(path);
                test_note("%s %s, batch %lld, %d threads", config.kernels,
                          config.dtype, (long long)batch[i], threads);
                world_train(&config, &shard, path, &many);
                many.stop_after = 0;
                const TrainResult seen = world_train(&config, &shard, path,
                                                     &many);
                CHECK(seen.resumed == 1);
                CHECK(same_state(alone, path));
                same_lines(&one, &many);
            }
        }
    arena_free(&arena);
}

/* Two gradients a step are what the noise between them is measured by. */
TEST(a_batch_of_cells_has_two_lanes_and_shows_its_noise)
{
    Arena       arena = { 0 };
    World       world = { 0 };
    const Shard shard = world_noise(&arena, 60000, 4000);
    TrainConfig config = world_cells();
    config.kernels = "auto";
    config.batch = 32, config.steps = 4;
    world_train(&config, &shard, NULL, &world);
    CHECK(world.lines > 0);
    CHECK(isfinite(world.line[0].grad_sq_small));
    CHECK_NEAR(world.line[0].batch_small, 16 * 32, 0);
    arena_free(&arena);
}
