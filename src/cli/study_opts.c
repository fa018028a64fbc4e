/* study_opts.c - see study_opts.h. One table serves the file, the flags, the
 * help, printing and hashing, so that no key can be known to one of them and
 * not to another. */

#include "cli/study_opts.h"

#include <string.h>

StudyOpts study_opts_defaults(void)
{
    StudyOpts opts = {
        .name       = NULL,
        .data_dir   = "data",
        .device     = "cpu",
        .cores      = 0,
        .text       = { .schedule = "cosine", .bias = true },
        .train      = train_defaults(),
        .resamples  = 1000,
        .fit_seed   = 1,
        .aspect     = 16,
        .layers_min = 2,
        .scale      = 1,
    };
    static const double one[] = { 1 }, multiples[] = { 1, 10, 1000 };
    opts.grid = (LadderRule){
        .spread = 4, .centre_n = 27e3, .centre_c = 1e12, .centre_power = 0.5,
        .counts = "body+head", .sizes_min = 5, .holdout = true,
        .batch_tokens = 1024, .lr = 0.01, .lr_width = -1, .head_size = 16,
        .seeds = { 1, one },
    };
    opts.train.arch          = "transformer";
    opts.train.shape.context = 256;
    opts.multiples           = (RealList){ 3, multiples };
    return opts;
}

/* What all runs share, and what decides the bits of each. */
#define TRAIN_ROWS(train, words)                                                \
    { "model.arch", "NAME", "transformer or lstm", .text = &(train)->arch },   \
    { "model.context", "N", "tokens a sequence",                               \
      .count = &(train)->shape.context },                                      \
    { "model.tied", "", "the head is the token embedding",                     \
      .flag = &(train)->shape.tied },                                          \
    { "model.kv_heads", "N", "heads of keys and values; 0: as many as heads",  \
      .count = &(train)->shape.kv_heads },                                     \
    { "model.norm", "NAME", "layer or rms [layer]", .text = &(words)->norm },  \
    { "model.position", "NAME", "learned or rope [learned]",                   \
      .text = &(words)->position },                                            \
    { "model.ff_kind", "NAME", "gelu or swiglu [gelu]",                        \
      .text = &(words)->ff_kind },                                             \
    { "model.qk_norm", "", "queries and keys are normed",                      \
      .flag = &(train)->shape.qk_norm },                                       \
    { "model.bias", "", "linear maps have biases", .flag = &(words)->bias },   \
    { "model.mup_width", "N", "muP with this base width; 0: standard",         \
      .count = &(train)->shape.mup_width },                                    \
    { "model.mup_head", "N", "muP: the base's head size; 0: as here",          \
      .count = &(train)->shape.mup_head },                                     \
    { "train.schedule", "NAME", "cosine, wsd or constant",                     \
      .text = &(words)->schedule },                                            \
    { "train.lr_final", "X", "rate at the end, as a share of the peak",        \
      .real = &(train)->lr_final },                                            \
    { "train.warmup", "X", "linear warm-up, as a share of the run",            \
      .real = &(train)->warmup },                                              \
    { "train.cooldown", "X", "wsd: last part of the run that cools down",      \
      .real = &(train)->cooldown },                                            \
    { "train.warmup_steps", "N", "0: as the share says",                       \
      .count = &(train)->warmup_steps },                                       \
    { "train.cooldown_steps", "N", "0: as the share says",                     \
      .count = &(train)->cooldown_steps },                                     \
    { "train.optimizer", "NAME", "adamw, muon or sgd",                         \
      .text = &(train)->optimizer },                                           \
    { "train.momentum", "X", "Muon and SGD: memory of the mean",               \
      .real = &(train)->momentum },                                            \
    { "train.beta1", "X", "AdamW: memory of the mean",                         \
      .real = &(train)->beta1 },                                               \
    { "train.beta2", "X", "AdamW: memory of the square",                       \
      .real = &(train)->beta2 },                                               \
    { "train.epsilon", "X", "AdamW: floor under the square",                   \
      .real = &(train)->epsilon },                                             \
    { "train.weight_decay", "X", "decoupled, times the rate",                  \
      .real = &(train)->weight_decay },                                        \
    { "train.clip", "X", "longest gradient; 0: any",                           \
      .real = &(train)->clip },                                                \
    { "train.dropout", "X", "share of the stream's numbers set to 0",          \
      .real = &(train)->dropout },                                             \
    { "train.z_loss", "X", "weight of the scores' squared log-sum: 1e-4",      \
      .real = &(train)->z_loss },                                              \
    { "train.eval_tokens", "N", "held-out tokens of the last evaluation",      \
      .count = &(train)->eval_tokens },                                        \
    { "train.eval_points", "N", "evaluations on the way",                      \
      .count = &(train)->eval_points },                                        \
    { "train.eval_point_tokens", "N", "held-out tokens of each of those",      \
      .count = &(train)->eval_point_tokens },                                  \
    { "train.patience", "X", "stop early: held-out loss so far up; 0: never",  \
      .real = &(train)->patience },                                            \
    { "train.unique_tokens", "N", "of the training text; 0: all of it",        \
      .count = &(train)->unique_tokens },                                      \
    { "train.dtype", "NAME", "of products: fp32 or bf16",                     \
      .text = &(train)->dtype },                                               \
    { "train.kernels", "NAME", "auto, avx512, avx2, plain or ref",             \
      .text = &(train)->kernels, .unhashed = true },                           \
    { "train.checkpoint_s", "S", "seconds between checkpoints",                \
      .real = &(train)->checkpoint_s, .unhashed = true }

int study_opts_table(Opt row[STUDY_OPTS_MAX], StudyOpts *opts)
{
    LadderRule  *grid   = &opts->grid;
    const Opt  rows[] = {
        { "name", "NAME", "of the study", .text = &opts->name },
        { "title", "TEXT", "what the report is called", .text = &opts->title },
        { "corpus", "NAME", "a corpus, a shard, or a file or folder of text",
          .text = &opts->corpus },
        { "tokenizer", "NAME", "byte; bpe:1024, learned; or a vocabulary",
          .text = &opts->tokenizer },
        { "data", "DIR", "where corpora are kept", .text = &opts->data_dir,
          .unhashed = true },
        { "out", "DIR", "where the study is kept [out/NAME]",
          .text = &opts->out_dir, .unhashed = true },
        { "device", "LIST", "cpu, cuda, cuda:1; or cuda,cpu: both at once",
          .text = &opts->device, .unhashed = true },
        { "cores", "N", "to train on; 0: all", .count = &opts->cores,
          .unhashed = true },
        { "dry_run", "", "say what it would do, and stop",
          .flag = &opts->dry_run, .unhashed = true },
        { "json", "", "the results as one JSON document",
          .flag = &opts->json, .unhashed = true },
        { "budget", "FLOP", "scale the whole study to cost so much",
          .real = &opts->budget, .unhashed = true },
        { "time", "SECONDS", "scale it to take so long on these cores",
          .real = &opts->time, .unhashed = true },

        { "grid.budgets", "LIST", "FLOP of a run, rising",
          .reals = &grid->budgets },
        { "grid.holdout", "", "the largest budget is predicted, then trained",
          .flag = &grid->holdout },
        { "grid.sizes", "LIST", "layers x width, rising: 2x32",
          .texts = &grid->sizes },
        { "grid.counts", "NAME", "what N counts: body, body+head, total, flop",
          .text = &grid->counts },
        { "grid.spread", "X", "sizes up to so many times off the optimum",
          .real = &grid->spread },
        { "grid.sizes_min", "N", "at each budget, at least",
          .count = &grid->sizes_min },
        { "grid.centre_n", "N", "optimum expected at centre_c",
          .real = &grid->centre_n },
        { "grid.centre_c", "FLOP", "see centre_n", .real = &grid->centre_c },
        { "grid.centre_power", "X", "how the optimum is expected to grow",
          .real = &grid->centre_power },
        { "grid.seeds", "LIST", "one run each", .reals = &grid->seeds },
        { "grid.epochs", "", "repeat the corpus where it is too short",
          .flag = &grid->epochs },
        { "grid.shrink", "", "scale budgets down where the corpus is too short",
          .flag = &grid->shrink },
        { "grid.scale", "X", "budgets, tokens and unique of all arms times this",
          .real = &opts->scale },
        { "grid.warmup_n", "X", "warm-up of so many tokens a parameter; 0: by "
          "train.warmup", .real = &grid->warmup_n },
        { "model.head_size", "N", "width of an attention head",
          .count = &grid->head_size },
        { "model.kv_group", "N", "heads that share keys and values",
          .count = &grid->kv_group },
        { "model.recipe", "NAME", "gpt2, or llama: rms, rope, swiglu, no bias",
          .text = &opts->text.recipe },
        { "train.batch_tokens", "N", "a step, at width 32 and 1e6 tokens",
          .real = &grid->batch_tokens },
        { "train.batch_width", "X", "power of width / 32 in it",
          .real = &grid->batch_width },
        { "train.batch_data", "X", "power of tokens / 1e6 in it",
          .real = &grid->batch_data },
        { "train.lr", "X", "peak rate, at width 32 and 1e6 tokens",
          .real = &grid->lr },
        { "train.lr_width", "X", "power of width / 32 in it",
          .real = &grid->lr_width },
        { "train.lr_data", "X", "power of tokens / 1e6 in it",
          .real = &grid->lr_data },
        TRAIN_ROWS(&opts->train, &opts->text),
        { "fit.resamples", "N", "bootstrap replicates behind the intervals",
          .count = &opts->resamples },
        { "fit.seed", "N", "where the resampling starts",
          .count = &opts->fit_seed },
        { "plan.multiples", "LIST", "of the largest budget, to plan for",
          .reals = &opts->multiples },
        { "plan.aspect", "X", "width over layers, past the ladder",
          .real = &opts->aspect },
        { "plan.layers_min", "X", "fewest layers", .real = &opts->layers_min },
    };
    _Static_assert(sizeof rows / sizeof rows[0] <= STUDY_OPTS_MAX, "rows");
    memcpy(row, rows, sizeof rows);
    return COUNT_OF(rows);
}

int run_opts_table(Opt row[STUDY_OPTS_MAX], TrainConfig *config,
                   RunOptsText *text)
{
    const Shape *shape = &config->shape;
    *text = (RunOptsText){
        .schedule = train_schedule_name(config->schedule),
        .norm     = shape->rms ? "rms" : "layer",
        .position = shape->rope ? "rope" : "learned",
        .ff_kind  = shape->gated ? "swiglu" : "gelu",
        .bias     = !shape->bare,
        .seed     = (i64)config->seed,
    };

    const Opt rows[] = {
        { "model.layers", "N", "", .count = &config->shape.layers },
        { "model.width", "N", "", .count = &config->shape.width },
        { "model.heads", "N", "", .count = &config->shape.heads },
        { "model.ff", "N", "", .count = &config->shape.ff },
        { "model.vocab", "N", "", .count = &config->shape.vocab },
        { "train.batch", "N", "sequences a step", .count = &config->batch },
        { "train.steps", "N", "", .count = &config->steps },
        { "train.lr", "X", "peak", .real = &config->lr },
        { "train.seed", "N", "", .count = &text->seed },
        { "train.branch_at", "N", "step of the trunk that it starts from",
          .count = &config->branch_at },
        { "train.keep", "LIST", "steps whose checkpoints stay, for branches",
          .reals = &config->keep, .unhashed = true },
        { "train.trunk", "FILE", "the checkpoint that a branch starts from",
          .text = &config->trunk, .unhashed = true },
        { "train.start_run", "RUN", "whose parameters it begins from",
          .text = &config->start_run },
        { "train.start_moments", "", "and from its optimizer's state",
          .flag = &config->start_moments },
        { "train.start", "FILE", "the checkpoint of start_run",
          .text = &config->start, .unhashed = true },
        TRAIN_ROWS(config, text),
    };
    _Static_assert(sizeof rows / sizeof rows[0] <= STUDY_OPTS_MAX, "rows");
    memcpy(row, rows, sizeof rows);
    return COUNT_OF(rows);
}

/* -- Names to values ------------------------------------------------------- */

/* `on` from one of two names; NULL leaves it as it is. */
static bool either(bool *on, const char *key, const char *name,
                   const char *off_name, const char *on_name, Err *err)
{
    if (!name)
        return true;
    *on = strcmp(name, on_name) == 0;
    return *on || strcmp(name, off_name) == 0
           || err_set(err, ERR_USAGE, "%s: '%s' is not %s or %s; give one of "
                      "them", key, name, off_name, on_name);
}

/* What GPT-2 and Llama have that the other has not.
 * SOURCE: Radford et al. 2019; Touvron et al. 2023, arXiv:2302.13971, 2.2. */
static bool recipe_settle(Shape *shape, const char *name, Err *err)
{
    bool llama;
    if (!name)
        return true;
    if (!either(&llama, "model.recipe", name, "gpt2", "llama", err))
        return false;
    shape->rms = shape->rope = shape->gated = shape->bare = llama;
    return true;
}

bool run_opts_settle(TrainConfig *config, const RunOptsText *text, Err *err)
{
    Shape      *shape = &config->shape;
    const Arch *arch = arch_find(config->arch); /* NULL: train_check says so */
    shape->recurrent = arch && arch->recurrent;
    if (!recipe_settle(shape, text->recipe, err))
        return false;
    shape->bare = !text->bias || (text->recipe && shape->bare);
    return either(&shape->rms, "model.norm", text->norm, "layer", "rms", err)
           && either(&shape->rope, "model.position", text->position,
                     "learned", "rope", err)
           && either(&shape->gated, "model.ff_kind", text->ff_kind, "gelu",
                     "swiglu", err)
           && (!text->schedule
               || train_schedule_find(&config->schedule, text->schedule,
                                      err));
}

bool study_opts_settle(StudyOpts *opts, Err *err)
{
    if (!opts->name || !opts->corpus)
        return err_set(err, ERR_USAGE,
                       "the study needs a name and a corpus; see studies/demo");
    if (!*opts->name || *opts->name == '.' || strchr(opts->name, '/'))
        return err_set(err, ERR_USAGE, "name: '%s' cannot be that of a folder "
                       "under out; leave out / and a dot in front", opts->name);
    if (!run_opts_settle(&opts->train, &opts->text, err))
        return false;
    if (opts->resamples < 0 || opts->cores < 0 || opts->fit_seed < 0)
        return err_set(err, ERR_USAGE, "fit.resamples, fit.seed and cores are "
                       "counts; none can be negative");
    return true;
}
