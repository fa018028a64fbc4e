/* test_train_check.c - what is wrong with a configuration, in words that name
 * it; and the arithmetic of evaluations and findings. */

#include "tests/test.h"
#include "tests/train_world.h"
#include "train/config.h"
#include "train/eval.h"
#include "train/finding.h"

static Arena arena;
static Shard shard;

static const char *complaint(TrainConfig config)
{
    static Err err;
    err = (Err){ 0 };
    if (train_check(&config, &shard, false, &err))
        return NULL;
    CHECK(err.kind == ERR_USAGE);
    CHECK(strchr(err.text, '\n') == NULL && strchr(err.text, ';') != NULL);
    return err.text;
}

#define REFUSED(change, word)                   \
    do {                                        \
        TrainConfig c = world_config();         \
        change;                                 \
        test_note("%s", #change);               \
        CHECK_HAS(complaint(c), word);          \
    } while (0)

TEST(what_cannot_be_is_refused_by_name)
{
    shard = world_noise(&arena, 8000, 800);
    CHECK(complaint(world_config()) == NULL);

    REFUSED(c.shape.layers = 0, "layers: 0");
    REFUSED(c.shape.width = -3, "width: -3");
    REFUSED(c.shape.heads = 3, "heads: 3");
    REFUSED(c.shape.ff = 0, "feed-forward");
    REFUSED(c.shape.vocab = 255, "vocabulary: 255");
    REFUSED(c.shape.context = 0, "context: 0");
    REFUSED(c.shape.context = 900, "no window of context 900");
    REFUSED(c.batch = 0, "batch: 0");
    REFUSED(c.steps = 0, "steps: 0");
    REFUSED(c.steps = 1000, "128000 tokens");
    REFUSED(c.steps = 1000000000000; c.batch = 100000000, "counted exactly");
    REFUSED(c.unique_tokens = 9000, "unique_tokens: 9000");
    REFUSED(c.unique_tokens = 9, "unique_tokens: 9 hold no window");
    REFUSED(c.lr = 0, "lr: 0");
    REFUSED(c.lr = NAN, "lr: nan");
    REFUSED(c.lr = INFINITY, "lr: inf");
    REFUSED(c.lr_final = 1.5, "lr_final");
    REFUSED(c.warmup = -0.1, "warmup");
    REFUSED(c.schedule = SCHEDULE_WSD; c.warmup = 0.9, "cooldown 0.2");
    REFUSED(c.beta1 = 1, "beta1");
    REFUSED(c.beta2 = 1, "beta2");
    REFUSED(c.epsilon = 0, "epsilon");
    REFUSED(c.weight_decay = -1, "weight_decay");
    REFUSED(c.clip = NAN, "clip");
    REFUSED(c.eval_tokens = 0, "eval_tokens");
    REFUSED(c.eval_points = -1, "eval_points");
    REFUSED(c.threads = 0, "threads");
    REFUSED(c.arch = "perceptron", "perceptron");
    REFUSED(c.shape.kv_heads = -1, "kv_heads: -1");
    REFUSED(c.shape.heads = 4; c.shape.kv_heads = 3, "kv_heads: 3");
    REFUSED(c.shape.rope = true; c.shape.heads = 16, "even head size");
    REFUSED(c.shape.mup_head = 8, "mup_width");
    REFUSED(c.shape.mup_width = 8; c.optimizer = "sgd", "muP's rates");
    REFUSED(c.optimizer = "adagrad", "adagrad");
    REFUSED(c.dropout = 1, "dropout");
    REFUSED(c.dropout = -0.1, "dropout");
    REFUSED(c.momentum = 1, "momentum");
    REFUSED(c.z_loss = NAN, "z_loss");
    REFUSED(c.patience = -0.1, "patience");
    REFUSED(c.unique_tokens = -1, "unique_tokens");
    REFUSED(c.warmup_steps = c.steps + 1, "warmup_steps");
    REFUSED(c.schedule = SCHEDULE_WSD; c.cooldown_steps = c.steps, "cooldown");
    REFUSED(c.branch_at = c.steps, "branch_at");
    REFUSED(c.branch_at = 1, "cosine");
    REFUSED(c.schedule = SCHEDULE_WSD; c.branch_at = c.steps - 1, "cooldown");
    REFUSED(c.kernels = "abacus", "abacus");
    REFUSED(c.dtype = "fp12", "fp12");
    REFUSED(c.shape.layers = 9000; c.shape.width = 90000; c.shape.heads = 1,
            "GiB");
    arena_free(&arena);
}

/* What a Transformer has and an LSTM has not. */
TEST(an_lstm_refuses_the_options_of_a_transformer)
{
    shard = world_noise(&arena, 8000, 800);
    TrainConfig tied = world_cells();
    tied.shape.tied  = true;
    tied.dropout     = 0.1;
    tied.shape.width = 17; /* no heads need divide it */
    CHECK(complaint(tied) == NULL);

    const struct { Shape shape; const char *word; } has[] = {
        { { .heads = 2 }, "heads: an LSTM" }, { { .ff = 2 }, "ff: an" },
        { { .kv_heads = 1 }, "kv_heads" }, { { .rms = true }, "norm rms" },
        { { .rope = true }, "position rope" },
        { { .gated = true }, "swiglu" }, { { .qk_norm = true }, "qk_norm" },
        { { .bare = true }, "without biases" },
        { { .mup_width = 16 }, "mup_width" }, { { .mup_head = 8 }, "mup_head" },
    };
    for (int i = 0; i < COUNT_OF(has); i++) {
        TrainConfig c = world_cells();
        const Shape s = has[i].shape;
        c.shape.heads = i64_max(1, s.heads), c.shape.ff = i64_max(1, s.ff);
        c.shape.kv_heads = s.kv_heads, c.shape.mup_width = s.mup_width;
        c.shape.mup_head = s.mup_head, c.shape.rms = s.rms;
        c.shape.rope = s.rope, c.shape.gated = s.gated;
        c.shape.qk_norm = s.qk_norm, c.shape.bare = s.bare;
        test_note("%s", has[i].word);
        CHECK_HAS(complaint(c), has[i].word);
    }
    arena_free(&arena);
}

static bool same_hash(const TrainConfig *a, const TrainConfig *b)
{
    char x[HASH_HEX], y[HASH_HEX];
    config_hash(x, a);
    config_hash(y, b);
    return strcmp(x, y) == 0;
}

#define TELLS(change)                           \
    do {                                        \
        TrainConfig c = world_config();         \
        change;                                 \
        test_note("%s", #change);               \
        CHECK(!same_hash(&c, &base));           \
    } while (0)

TEST(all_that_decides_a_bit_tells_configurations_apart)
{
    const TrainConfig base = world_config();
    TELLS(c.arch = "lstm");
    TELLS(c.shape.layers++);
    TELLS(c.shape.width++);
    TELLS(c.shape.heads++);
    TELLS(c.shape.ff++);
    TELLS(c.shape.vocab++);
    TELLS(c.shape.context++);
    TELLS(c.shape.kv_heads++);
    TELLS(c.shape.mup_width++);
    TELLS(c.shape.mup_head++);
    TELLS(c.shape.rms = true);
    TELLS(c.shape.rope = true);
    TELLS(c.shape.gated = true);
    TELLS(c.shape.qk_norm = true);
    TELLS(c.shape.bare = true);
    TELLS(c.shape.tied = true);
    TELLS(c.batch++);
    TELLS(c.steps++);
    TELLS(c.schedule = SCHEDULE_WSD);
    TELLS(c.lr *= 1 + 1e-15);
    TELLS(c.lr_final += 1e-15);
    TELLS(c.warmup += 1e-15);
    TELLS(c.cooldown += 1e-15);
    TELLS(c.beta1 -= 1e-15);
    TELLS(c.beta2 -= 1e-15);
    TELLS(c.epsilon *= 2);
    TELLS(c.weight_decay *= 2);
    TELLS(c.clip *= 2);
    TELLS(c.optimizer = "sgd");
    TELLS(c.momentum -= 1e-15);
    TELLS(c.dropout = 1e-15);
    TELLS(c.z_loss = 1e-15);
    TELLS(c.warmup_steps = 3);
    TELLS(c.cooldown_steps = 3);
    TELLS(c.branch_at = 3);
    TELLS(c.dtype = "bf16");
    TELLS(c.seed++);
    TELLS(c.eval_tokens++);
    TELLS(c.eval_points++);
    TELLS(c.eval_point_tokens++);
    TELLS(c.unique_tokens = 4096);
    TELLS(c.start_run = "2x16-01234567");
    TELLS(c.start_moments = true);
    TELLS(c.patience = 1e-15);

    TrainConfig other = base;
    other.threads      = 9;
    other.checkpoint_s = 1;
    other.kernels      = "auto";
    other.trunk        = "elsewhere";
    other.start        = "elsewhere";
    other.keep.count   = 0;
    CHECK(same_hash(&base, &other));
}

/* Means 1, 2, 3, 6: mean 3, squares 4 + 1 + 0 + 9 = 14. */
TEST(the_standard_error_is_that_of_sequences)
{
    const double     loss[] = { 1, 2, 3, 6 };
    const EvalResult r = eval_summary(loss, 4, 32);
    CHECK_NEAR(r.loss, 3, 1e-15);
    CHECK_NEAR(r.se, sqrt(14.0 / 3 / 4), 1e-15);
    CHECK(r.tokens == 128);
    CHECK(isnan(eval_summary(loss, 1, 32).se)); /* absent, not 0 */
}

/* A model that says nothing has the loss ln V on every token. */
TEST(evaluations_take_whole_sequences_spread_over_the_held_out_text)
{
    Arena       own = { 0 };
    Space       space;
    TrainConfig config = world_config();
    const Shard noise = world_noise(&own, 8000, 3000);
    void *block = NEW(&own, u8, train_memory(&config));
    space_lay(&space, block, &config); /* all parameters 0 */
    space.arch->pack(space.packed, space.kern, &space.shape,
                     space.state.param);
    EvalResult r = eval_take(&space, &config, &noise, 100);
    CHECK(r.tokens == 128); /* four sequences of 32 */
    CHECK_NEAR(r.loss, log(256), 1e-6);
    CHECK_BELOW(r.se, 1e-6);

    config.eval_tokens = 1000000; /* more than there is: all of it */
    Space wide;
    block = NEW(&own, u8, train_memory(&config));
    space_lay(&wide, block, &config);
    wide.arch->pack(wide.packed, wide.kern, &wide.shape, wide.state.param);
    r = eval_take(&wide, &config, &noise, 1000000);
    CHECK(r.tokens == 2999 / 32 * 32);
    arena_free(&own);
}

/* A model that always says "a", and a held-out text of a's and then b's: few
 * sequences must see both halves alike. */
TEST(a_short_evaluation_is_spread_over_the_whole_held_out_text)
{
    Arena       own = { 0 };
    Space       space;
    Tensor      tensor[ARCH_TENSORS_MAX];
    TrainConfig config = world_config();
    u8         *text = NEW(&own, u8, 8000 + 2049); /* 64 windows */
    memset(text, 'a', 8000 + 1025);
    memset(text + 8000 + 1025, 'b', 1024);
    const Shard half = world_shard(text, 8000, 2049);
    space_lay(&space, NEW(&own, u8, train_memory(&config)), &config);

    const int n = space.arch->tensors(tensor, &config.shape);
    for (int k = 0; k < n; k++) {
        real *param = space.state.param + tensor[k].at;
        if (!strcmp(tensor[k].name, "normf.bias"))
            param[0] = 1;
        if (!strcmp(tensor[k].name, "head"))
            param['a' * config.shape.width] = 10;
    }
    space.arch->pack(space.packed, space.kern, &space.shape,
                     space.state.param);
    const double rest = log(exp(10) + 255);
    for (i64 sequences = 2; sequences <= 16; sequences *= 2) {
        const EvalResult r = eval_take(&space, &config, &half,
                                       sequences * 32);
        CHECK(r.tokens == sequences * 32);
        CHECK_NEAR(r.loss, rest - 5, 1e-5); /* half are 10 off */
    }
    arena_free(&own);
}

static TrainStatus verdict_with(double first, double val, double se,
                                double unigram)
{
    TrainResult       out = { 0 };
    const TrainConfig config = world_config();
    const Standing    at = { .step = 24, .loss_first = first,
                             .val_loss = val, .val_se = se };
    finding_end(&out, &at, &config, unigram);
    CHECK((out.status == TRAIN_DONE) == !out.reason[0]);
    return out.status;
}

static TrainStatus verdict(double first, double val, double unigram)
{
    return verdict_with(first, val, NAN, unigram);
}

TEST(a_plateau_is_a_loss_that_is_not_below_the_unigram_entropy)
{
    CHECK(verdict(5.5, 3.0, 3.23) == TRAIN_DONE);
    CHECK(verdict(5.5, 3.22, 3.23) == TRAIN_PLATEAU);
    CHECK(verdict(5.5, 3.24, 3.23) == TRAIN_PLATEAU);
    CHECK(verdict_with(5.5, 3.22, 0.001, 3.23) == TRAIN_DONE);
    CHECK(verdict_with(5.5, 3.22, 0.004, 3.23) == TRAIN_PLATEAU);
    CHECK(verdict_with(5.5, 3.15, 0.04, 3.23) == TRAIN_DONE); /* 0.02 does */
    CHECK(verdict(5.5, 7.0, 3.23) == TRAIN_DIVERGED);
    CHECK(verdict(5.5, NAN, 3.23) == TRAIN_DIVERGED);
    CHECK(verdict(5.5, INFINITY, 3.23) == TRAIN_DIVERGED);
}

/* The smoothed loss takes a spike without alarm, and not a rise that stays. */
TEST(a_spike_is_no_divergence_and_a_rise_is)
{
    TrainResult out = { 0 };
    TrainConfig config = world_config();
    Standing    at = { 0 };
    config.steps = 1000; /* smoothed over 50 */
    for (i64 s = 0; s < 100; s++) {
        const StepResult step = { .loss = s == 60 ? 30 : 5,
                                  .grad_norm = 1, .finite = true };
        finding_smooth(&at, &config, step.loss);
        at.step++;
        CHECK(!finding_diverged(&out, &at, &config, &step, 6));
    }
    i64 rising = 0;
    for (;; rising++) {
        const StepResult step = { .loss = 9, .grad_norm = 1,
                                  .finite = true };
        finding_smooth(&at, &config, step.loss);
        at.step++;
        if (finding_diverged(&out, &at, &config, &step, 6))
            break;
        if (!CHECK(rising < 100))
            break;
    }
    CHECK(out.status == TRAIN_DIVERGED && rising > 3);
    CHECK_HAS(out.reason, "smoothed loss");

    const StepResult nan = { .loss = NAN, .grad_norm = NAN };
    out = (TrainResult){ 0 };
    CHECK(finding_diverged(&out, &at, &config, &nan, 6));
    CHECK_HAS(out.reason, "nan");
}
