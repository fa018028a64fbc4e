/* train_opts.c - see train_opts.h. */

#include "cli/train_opts.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* The optimum moves with the width as 1 / d, and small batches are best: the
 * sweep is in docs/study.md. */
static const double LR_TIMES_WIDTH = 0.32;
enum { BATCH_TOKENS = 1024, HEAD_SIZE = 16, TOKENS = 1000000 };

/* What 0 stands for is settled when the rest is known. */
static TrainConfig config_open(void)
{
    TrainConfig config = train_defaults();
    config.shape.vocab = 0;
    return config;
}

TrainOpts train_opts_defaults(void)
{
    return (TrainOpts){
        .config   = config_open(), .tokens = NAN, .head_size = HEAD_SIZE,
        .data_dir = "data", .out_dir = "out/train", .device = "cpu",
    };
}

/* The rows of a run have no words of their own where a study decides them. */
static void explain(Opt *row, int rows)
{
    static const struct { const char *name, *help; } word[] = {
        { "model.layers", "layers; or give --shape" },
        { "model.width",  "numbers a token; or give --shape" },
        { "model.heads",  "0: the width over head_size" },
        { "model.ff",     "width of the feed-forward; 0: 4 widths, swiglu 8/3" },
        { "model.vocab",  "0: that of the corpus" },
        { "train.batch",  "sequences a step; 0: 1,024 tokens" },
        { "train.steps",  "0: as many as --tokens need" },
        { "train.lr",     "peak rate; 0: 0.32 / width" },
        { "train.branch_at", "see --branch, which sets it" },
        { "train.trunk",  "see --branch, which sets it" },
        { "train.start",  "begin with the parameters of this run, or file" },
        { "train.start_run", "see --start, which sets it" },
        { "train.start_moments", "--start with the optimizer's state too" },
        { "train.seed",   "of initial weights and of the order of the text" },
    };
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < COUNT_OF(word); k++)
            if (strcmp(row[i].name, word[k].name) == 0)
                row[i].help = word[k].help;
}

int train_opts_table(Opt row[TRAIN_OPTS_MAX], TrainOpts *opts)
{
    const Opt own[] = {
        { "corpus", "NAME", "a corpus, a shard, or a file or folder of text",
          .text = &opts->corpus },
        { "tokenizer", "NAME", "byte; bpe:1024, learned; or a vocabulary",
          .text = &opts->tokenizer },
        { "shape", "LxD", "layers x width: 2x32", .text = &opts->shape },
        { "model.recipe", "NAME", "gpt2, or llama: rms, rope, swiglu, no bias",
          .text = &opts->text.recipe },
        { "head_size", "N", "width of an attention head",
          .count = &opts->head_size },
        { "tokens", "N", "to train on [1e6]", .real = &opts->tokens },
        { "epochs", "", "repeat the corpus where it is too short",
          .flag = &opts->epochs },
        { "branch", "RUN", "cool down from a checkpoint that this run kept",
          .text = &opts->branch },
        { "at", "STEP", "of that run, or of --start's; 0: its last",
          .count = &opts->at },
        { "name", "NAME", "of the run [its shape]", .text = &opts->name },
        { "data", "DIR", "where corpora are kept", .text = &opts->data_dir,
          .unhashed = true },
        { "out", "DIR", "the run is kept in DIR/runs",
          .text = &opts->out_dir, .unhashed = true },
        { "device", "NAME", "cpu, cuda or cuda:1", .text = &opts->device,
          .unhashed = true },
        { "threads", "N", "0: as many as there are cores and work",
          .count = &opts->threads, .unhashed = true },
        { "dry_run", "", "say what it would do and take, and stop",
          .flag = &opts->dry_run, .unhashed = true },
        { "json", "", "the run record as JSON", .flag = &opts->json,
          .unhashed = true },
    };
    _Static_assert(sizeof own / sizeof own[0] <= TRAIN_OPTS_MAX
                                                 - STUDY_OPTS_MAX, "rows");
    memcpy(row, own, sizeof own);
    const int rows = COUNT_OF(own) + run_opts_table(row + COUNT_OF(own),
                                                    &opts->config,
                                                    &opts->text);
    /* What nobody names is as it stands, or as the recipe has it. */
    opts->text.norm = opts->text.position = opts->text.ff_kind = NULL;
    explain(row, rows);
    return rows;
}

/* -- Settling ------------------------------------------------------------- */

static bool settle_names(TrainConfig *config, const RunOptsText *text,
                         Err *err)
{
    if (text->seed < 0)
        return err_set(err, ERR_USAGE, "train.seed: %lld is below 0; give a "
                       "seed that is not", (long long)text->seed);
    config->seed = (u64)text->seed;
    return run_opts_settle(config, text, err);
}

static bool settle_shape(TrainOpts *opts, const Shard *shard, Err *err)
{
    Shape *s = &opts->config.shape;
    if (opts->shape && !count_shape_parse(s, opts->shape))
        return err_set(err, ERR_USAGE, "shape: '%s' is not layers x width; "
                       "give one such as 2x32", opts->shape);
    if (s->layers < 1 || s->width < 1)
        return err_set(err, ERR_USAGE, "shape: a model needs layers and a "
                       "width; give --shape=2x32");
    if (s->recurrent) { /* what else was given, train_check refuses */
        s->heads = s->heads ? s->heads : 1;
        s->ff    = s->ff ? s->ff : 1;
    }
    if (s->heads == 0) {
        if (opts->head_size < 1 || s->width % i64_min(opts->head_size,
                                                      s->width))
            return err_set(err, ERR_USAGE, "width %lld: heads of %lld do not "
                           "divide it; give --heads or another --head_size",
                           (long long)s->width, (long long)opts->head_size);
        s->heads = s->width / i64_min(opts->head_size, s->width);
    }
    if (s->ff == 0)
        s->ff = count_ff_usual(s->width, s->gated);
    if (s->vocab == 0)
        s->vocab = shard->vocab;
    return true;
}

static bool settle_length(TrainOpts *opts, Err *err)
{
    TrainConfig *c = &opts->config;
    const i64    T = i64_max(c->shape.context, 1);
    if (c->batch == 0)
        c->batch = i64_max(1, BATCH_TOKENS / T);
    if (c->steps > 0 && !isnan(opts->tokens))
        return err_set(err, ERR_USAGE, "tokens and train.steps both say how "
                       "long the run is; give one of them");
    if (c->steps != 0)
        return true; /* what is wrong with it, train_check says */
    const double tokens = isnan(opts->tokens) ? TOKENS : opts->tokens;
    if (!(tokens >= 1 && tokens < 1e15) || c->batch < 1)
        return err_set(err, ERR_USAGE, "tokens: %g in batches of %lld "
                       "sequences are no run; give --tokens=1e6", tokens,
                       (long long)c->batch);
    c->steps = i64_max(1, llround(tokens / (double)c->batch / (double)T));
    return true;
}

static int threads_of(const TrainOpts *opts)
{
    const TrainConfig *c = &opts->config;
    if (opts->threads != 0)
        return (int)i64_max(-1, i64_min(opts->threads, 1 << 20));
    const i64 micro = arch_micro_batch(&c->shape, c->batch);
    const i64 work  = (c->batch + micro - 1) / micro;
    return (int)i64_max(1, i64_min(sysconf(_SC_NPROCESSORS_ONLN), work));
}

bool train_opts_settle(TrainOpts *opts, const Shard *shard, Err *err)
{
    TrainConfig *c = &opts->config;
    if (!settle_names(c, &opts->text, err) || !settle_shape(opts, shard, err)
        || !settle_length(opts, err))
        return false;
    if (c->lr == 0 && strcmp(c->optimizer, "sgd") == 0)
        return err_set(err, ERR_USAGE, "train.lr: what is best for sgd no rule "
                       "here knows; give --lr");
    if (c->lr == 0)
        c->lr = LR_TIMES_WIDTH / (double)c->shape.width;
    c->threads = 1;
    if (!train_check(c, shard, opts->epochs, err))
        return false;
    c->threads = threads_of(opts);
    return train_check(c, shard, opts->epochs, err);
}

/* -- A configuration as text ---------------------------------------------- */

const char *train_config_text(Arena *arena, const TrainConfig *config,
                              bool hashed_only)
{
    Opt            row[STUDY_OPTS_MAX];
    RunOptsText    texts;
    TrainConfig    copy  = *config;
    const OptTable table = {
        .opt   = row,
        .nopt  = run_opts_table(row, &copy, &texts),
        .arena = arena,
    };
    return opt_text(&table, hashed_only);
}

bool train_config_parse(TrainConfig *out, Arena *arena, const char *text,
                        const char *name, Err *err)
{
    Opt         row[STUDY_OPTS_MAX];
    RunOptsText texts;
    *out = config_open();
    const OptTable table = {
        .opt   = row,
        .nopt  = run_opts_table(row, out, &texts),
        .arena = arena,
    };
    return opt_parse(&table, text, name, err)
           && settle_names(out, &texts, err);
}
