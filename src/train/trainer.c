/* trainer.c - one run from its first step, or from its checkpoint, to its end
 * or to the next stop.
 *
 * All that a run is between two steps lies in one block (checkpoint.h), so
 * stopping is writing that block and going on is reading it. Everything else
 * is a function of the step number: which tokens, which learning rate, which
 * steps are logged. */

#include "base/clock.h"
#include "data/batch.h"
#include "train/config.h"
#include "train/eval.h"
#include "train/finding.h"
#include "train/gang.h"
#include "train/schedule.h"
#include "train/step.h"

#include <math.h>
#include <stdio.h>

enum { TAIL_SHARE = 10 }; /* the last tenth gives the train loss */

typedef struct Trainer {
    Space              space;
    Standing          *at; /* in the block */
    const TrainConfig *config;
    const Shard       *shard;
    const char        *path;
    const TrainHooks  *hooks;
    double             started, written; /* clocks of this execution        */
    double             wall_before;      /* seconds of earlier executions   */
    double             joules_before;    /* and joules; NaN: not measured   */
    double             line_train_s;     /* training since the last line... */
    i64                line_step;        /* ...which was at this step       */
    bool               early;            /* patience came to its end        */
    Gang              *own;              /* on a device and alone           */
    Seat              *seat;             /* on a device; NULL: on this one  */
} Trainer;

static i64 step_tokens(const Trainer *t)
{
    return t->config->batch * t->config->shape.context;
}

static double wall_s(const Trainer *t)
{
    return t->wall_before + clock_s() - t->started;
}

/* What was done before without being measured cannot be made up for. */
static double joules_begin(const Trainer *t)
{
    const Standing *at = t->at;
    return at->step > t->config->branch_at && !(at->joules > 0) ? NAN
                                                                : at->joules;
}

static double joules(const Trainer *t)
{
    return t->seat ? t->joules_before + gang_joules(t->seat) : NAN;
}

/* -- Beginning ------------------------------------------------------------ */

/* Parameters of the seed, or of another run; nothing done yet. */
static bool start_fresh(Trainer *t, Err *err)
{
    const TrainConfig *config = t->config;
    *t->at = (Standing){ .val_loss = NAN, .val_se = NAN, .grad_norm = NAN,
                         .small_square = NAN, .small_tokens = NAN,
                         .least_loss = NAN, .seen_loss = NAN };
    if (!config->start_run) {
        arch_init(t->space.state.param, t->space.arch, &t->space.shape,
                  config->seed);
        return true;
    }
    if (!config->start)
        return err_set(err, ERR_USAGE, "start: the run begins from the "
                       "parameters of %s, and no checkpoint of that is named; "
                       "give it", config->start_run);
    return checkpoint_start(&t->space.state, config->start,
                            config_start_step(config), config->start_moments,
                            err);
}

/* What the trunk knows of its own execution and of its end, the branch does
 * not take over. */
static bool start_branch(Trainer *t, Err *err)
{
    Standing *at = t->at;
    if (!checkpoint_branch(&t->space.state, t->config->trunk,
                           t->config->branch_at, err))
        return false;
    at->log_sum  = at->log_count  = 0;
    at->tail_sum = at->tail_count = 0;
    at->val_loss = at->val_se = NAN;
    at->val_tokens = 0;
    at->least_loss = at->seen_loss = NAN;
    at->least_step = at->seen_step = at->risen = 0;
    at->wall_s = at->eval_s = at->train_s = 0;
    at->resumed = 0;
    at->joules  = 0;
    return true;
}

static void sign(Trainer *t)
{
    char hash[HASH_HEX], stem[HASH_HEX], corpus[HASH_HEX], model[MODEL_WORDS];
    shard_identity(corpus, t->shard);
    config_hash(hash, t->config);
    config_stem(stem, t->config);
    checkpoint_sign(&t->space.state, t->space.count, hash, corpus);
    checkpoint_sign_stem(&t->space.state, stem, schedule_flat(t->config));
    config_model(model, t->config);
    checkpoint_sign_model(&t->space.state, model, t->config->optimizer,
                          t->config->batch);
}

/* A seat on the device, of a gang of one if there is no other. */
static bool sit(Trainer *t, Err *err)
{
    DeviceFault why;
    Gang       *gang = t->config->gang;
    if (!gang && !gang_open(&t->own, t->config, t->shard, 1, &why, err))
        return false;
    return gang_sit(&t->seat, gang ? gang : t->own, &t->space, t->config,
                    err);
}

static bool start(Trainer *t, Err *err)
{
    t->at = &t->space.state.head->at;
    sign(t);

    if (t->path && file_exists(t->path)) {
        if (!checkpoint_read(&t->space.state, t->path, err))
            return false;
        t->at->resumed++;
        if (t->hooks->resumed
            && !t->hooks->resumed(t->hooks->self, t->at->step, err))
            return false;
    } else if (t->config->branch_at) {
        if (!start_branch(t, err))
            return false;
    } else if (!start_fresh(t, err)) {
        return false;
    }
    t->wall_before = t->at->wall_s;
    t->line_step   = t->at->step;
    t->joules_before = joules_begin(t);
    if (config_far(t->config))
        return sit(t, err);
    step_pack(&t->space);
    return true;
}

/* -- On the way ----------------------------------------------------------- */

static bool write_state(Trainer *t, const char *path, Err *err)
{
    t->at->wall_s = wall_s(t);
    if (t->seat)
        t->at->joules = joules(t);
    return (!t->seat || gang_fetch(t->seat, err))
        && checkpoint_write(&t->space.state, path, err);
}

static bool checkpoint(Trainer *t, Err *err)
{
    t->written = clock_s();
    return !t->path || write_state(t, t->path, err);
}

/* A checkpoint that stays, if this step is one to keep. */
static bool keep_if_due(Trainer *t, Err *err)
{
    const RealList keep = t->config->keep;
    char           path[4096];
    for (i64 i = 0; t->path && i < keep.count; i++)
        if (keep.item[i] == (double)t->at->step) {
            snprintf(path, sizeof path, "%s-%lld", t->path,
                     (long long)t->at->step);
            return write_state(t, path, err);
        }
    return true;
}

static bool evaluate_far(EvalResult *out, Trainer *t, i64 tokens, Err *err)
{
    const i64 n = eval_sequences(t->config, t->shard, tokens);
    if (!gang_evaluate(t->seat, n, err))
        return false;
    *out = eval_result(&t->space, n);
    return true;
}

static bool evaluate(EvalResult *out, Trainer *t, i64 tokens, Err *err)
{
    const double before = clock_s();
    bool         ok = true;
    if (t->seat)
        ok = evaluate_far(out, t, tokens, err);
    else
        *out = eval_take(&t->space, t->config, t->shard, tokens);
    t->at->eval_s += clock_s() - before;
    return ok;
}

/* One line of metrics: the mean loss since the last, and a held-out loss if
 * there is one. */
static bool line(Trainer *t, const EvalResult *eval, Err *err)
{
    Standing    *at = t->at;
    const double line_s = at->train_s - t->line_train_s;
    const i64    tokens = at->step * step_tokens(t);
    const TrainMetric metric = {
        .step       = at->step,
        .tokens     = tokens,
        .flop       = count_train_flop(t->config->shape) * (double)tokens,
        .wall_s     = wall_s(t),
        .train_loss = at->log_count > 0 ? at->log_sum / at->log_count : NAN,
        .lr         = train_lr(t->config, at->step - 1),
        .grad_norm  = at->grad_norm,
        .grad_sq_small = at->small_square,
        .batch_small   = at->small_tokens,
        .tok_per_s  = line_s > 0 ? (double)((at->step - t->line_step)
                                            * step_tokens(t)) / line_s : NAN,
        .val_loss   = eval ? eval->loss : NAN,
        .val_se     = eval ? eval->se : NAN,
    };
    at->log_sum = at->log_count = 0;
    t->line_train_s = at->train_s;
    t->line_step    = at->step;
    return !t->hooks->metric
           || t->hooks->metric(t->hooks->self, &metric, err);
}

static void take_loss(Trainer *t, double loss)
{
    Standing *at = t->at;
    finding_smooth(at, t->config, loss);
    at->log_sum += loss;
    at->log_count++;
    const i64 tail = i64_max(1, t->config->steps / TAIL_SHARE);
    if (at->step >= t->config->steps - tail) {
        at->tail_sum += loss;
        at->tail_count++;
    }
}

/* An evaluation on the way. The line of one that ends the run early is the
 * last evaluation's (finish), at the same step. */
static bool look(Trainer *t, TrainResult *out, bool *over, Err *err)
{
    EvalResult eval;
    if (!evaluate(&eval, t, t->config->eval_point_tokens, err))
        return false;
    *over = finding_point(out, t->at, t->config, &eval,
                          t->shard->unigram_nats);
    if (*over) {
        t->at->val_loss   = eval.loss;
        t->at->val_se     = eval.se;
        t->at->val_tokens = eval.tokens;
        eval_positions(t->at->position_loss, &t->space, eval.tokens);
    }
    t->early = !*over && finding_stops_early(t->at, t->config);
    return t->early || line(t, &eval, err);
}

static bool step(StepResult *out, Trainer *t, Err *err)
{
    const double before = clock_s();
    bool         ok = true;
    if (t->seat)
        ok = gang_step(out, t->seat, t->at->step, err);
    else
        *out = step_take(&t->space, t->config, t->shard, t->at->step);
    t->at->train_s += clock_s() - before;
    return ok;
}

/* One step, and what it says; true in *over if it was the last. */
static bool advance(Trainer *t, TrainResult *out, bool *over, Err *err)
{
    StepResult did;
    if (!step(&did, t, err))
        return false;

    take_loss(t, did.loss);
    t->at->grad_norm = did.grad_norm;
    t->at->small_square = did.small_square;
    t->at->small_tokens = did.small_tokens;
    t->at->step++;
    *over = finding_diverged(out, t->at, t->config, &did,
                             t->shard->unigram_nats);
    if (*over)
        return line(t, NULL, err);
    if (t->hooks->step)
        t->hooks->step(t->hooks->self, t->at->step, did.loss);
    if (schedule_evaluates(t->config, t->at->step))
        return look(t, out, over, err);
    if (t->at->step < t->config->steps
        && schedule_logs(t->config, t->at->step))
        return line(t, NULL, err);
    return true;
}

static bool stop_asked(const Trainer *t)
{
    return t->hooks->stop && t->hooks->stop(t->hooks->self);
}

/* A stop between two steps: asked for, or to be safe. On a device, where no
 * steps are done that are not taken yet. */
static bool pause_if_due(Trainer *t, TrainResult *out, bool *over, Err *err)
{
    if (t->seat && !gang_rests(t->seat))
        return true;
    if (stop_asked(t)) {
        *over = true;
        out->status = TRAIN_INTERRUPTED;
        snprintf(out->reason, sizeof out->reason,
                 "asked to stop after step %lld of %lld",
                 (long long)t->at->step, (long long)t->config->steps);
        return checkpoint(t, err);
    }
    if (clock_s() - t->written > t->config->checkpoint_s)
        return checkpoint(t, err);
    return true;
}

/* -- The end -------------------------------------------------------------- */

static bool ended(const Trainer *t)
{
    return t->early || isfinite(t->at->val_loss)
           || t->at->step >= t->config->steps;
}

/* The end among those on the way: on their tokens, or it could not be held
 * against them. */
static bool look_last(Trainer *t, const EvalResult *last, Err *err)
{
    TrainResult none;
    EvalResult  eval = *last;
    const i64   tokens = t->config->eval_point_tokens;
    if (t->config->eval_points == 0 || t->early)
        return true;
    if (tokens != t->config->eval_tokens && !evaluate(&eval, t, tokens, err))
        return false;
    finding_point(&none, t->at, t->config, &eval, t->shard->unigram_nats);
    return true;
}

/* Evaluate, write the last line, and only then the checkpoint: one that is at
 * the last step has all that there is to know. */
static bool finish(Trainer *t, TrainResult *out, Err *err)
{
    if (!isfinite(t->at->val_loss)) {
        EvalResult eval;
        if (!evaluate(&eval, t, t->config->eval_tokens, err))
            return false;
        t->at->val_loss   = eval.loss;
        t->at->val_se     = eval.se;
        t->at->val_tokens = eval.tokens;
        eval_positions(t->at->position_loss, &t->space, eval.tokens);
        if (!look_last(t, &eval, err) || !line(t, &eval, err)
            || !checkpoint(t, err))
            return false;
    }
    finding_end(out, t->at, t->config, t->shard->unigram_nats);
    return true;
}

static void fill(TrainResult *out, const Trainer *t)
{
    const Standing *at = t->at;
    const i64 T = t->config->shape.context;
    const i64 windows = batch_train_windows(t->shard, T,
                                            t->config->unique_tokens);
    const i64 sequences = at->step * t->config->batch;
    const i64 new_tokens = (at->step - t->config->branch_at) * step_tokens(t);

    out->step          = at->step;
    out->tokens        = sequences * T;
    out->unique_tokens = i64_min(sequences, windows) * T;
    out->epochs        = (double)sequences / (double)windows;
    out->flop          = count_train_flop(t->config->shape)
                         * (double)out->tokens;
    out->flop_new      = count_train_flop(t->config->shape)
                         * (double)new_tokens;
    out->train_loss    = at->tail_count > 0 ? at->tail_sum / at->tail_count
                       : ended(t)           ? at->loss_smooth : NAN;
    out->val_loss      = at->val_loss;
    out->val_se        = at->val_se;
    out->val_tokens    = at->val_tokens;
    for (int k = 0; k < TRAIN_BINS; k++)
        out->position_loss[k] = isfinite(at->val_loss) ? at->position_loss[k]
                                                       : NAN;
    out->wall_s        = wall_s(t);
    out->eval_s        = at->eval_s;
    out->tok_per_s     = at->train_s > 0 ? (double)new_tokens / at->train_s
                                         : NAN;
    out->least_loss    = at->least_loss;
    out->least_step    = at->least_step;
    out->spikes        = at->spikes;
    out->resumed       = at->resumed;
    out->joules        = joules(t) > 0 ? joules(t) : NAN;
    out->kernels       = t->seat ? gang_kernels(t->seat)
                                 : t->space.kern->name;
}

static bool run(Trainer *t, TrainResult *out, Err *err)
{
    bool over = false;
    if (!start(t, err))
        return false;
    while (!over && !ended(t)) {
        if (!advance(t, out, &over, err)
            || (!over && !keep_if_due(t, err)))
            return false;
        if (!over && !ended(t) && !pause_if_due(t, out, &over, err))
            return false;
    }
    if (!over && !finish(t, out, err))
        return false;
    fill(out, t);
    return true;
}

bool train_run(TrainResult *out, const TrainConfig *config, const Shard *shard,
               const char *checkpoint_path, const TrainHooks *hooks, Err *err)
{
    static const TrainHooks none = { 0 };
    Arena   arena = { 0 };
    Trainer t = {
        .config = config, .shard = shard, .path = checkpoint_path,
        .hooks  = hooks ? hooks : &none, .started = clock_s(),
    };
    *out = (TrainResult){ 0 };
    if (!train_check(config, shard, true, err))
        return false;
    void *block = NEW(&arena, u8, train_memory(config));
    space_lay(&t.space, block, config);
    t.written = t.started;
    const bool done = run(&t, out, err);
    gang_rise(t.seat);
    gang_close(t.own);
    arena_free(&arena);
    return done;
}
