/* finding.c - see finding.h. All of it is arithmetic on where the run stands,
 * so a run that was stopped and goes on finds the same. */

#include "train/finding.h"

#include "train/schedule.h"

#include <math.h>
#include <stdio.h>

enum {
    SMOOTH_SHARE = 20, SMOOTH_MAX = 50, /* steps of the smoothing          */
    NOISE_STEPS  = 50,                  /* ... of the estimate of its noise */
    SPIKE_FROM   = 20,                  /* before that it is not known      */
    LOST_SHARE   = 4,
    RISES        = 2,
};

static const double DIVERGED_NATS = 1;
static const double PLATEAU_NATS  = 0.02;
static const double PLATEAU_ERRORS = 4;
static const double SPIKE_NATS    = 0.1;
static const double SPIKE_SIGMAS  = 7;
static const double HOPE          = 4;

/* -- Training loss: smoothed, its noise, its spikes ------------------------- */

static double smooth_steps(const TrainConfig *config)
{
    return (double)i64_max(1, i64_min(SMOOTH_MAX,
                                      config->steps / SMOOTH_SHARE));
}

/* An exponential mean over n steps has 1 / (2 n - 1) of their variance. */
static double spike_height(const Standing *at, double n)
{
    return fmax(SPIKE_NATS,
                SPIKE_SIGMAS * sqrt(at->loss_noise / (2 * n - 1)));
}

static void count_spike(Standing *at, double n)
{
    const double above = at->loss_smooth - at->loss_floor;
    if (at->spike_step > 0) {
        if (above < spike_height(at, n) / 2)
            at->spike_step = 0;
    } else if (at->step >= SPIKE_FROM && above > spike_height(at, n)) {
        at->spike_step = at->step;
        at->spikes++;
    }
    at->loss_floor = fmin(at->loss_floor, at->loss_smooth);
}

/* Exponential mean over a twentieth of the run, 50 steps at most. What jumps is
 * judged by the noise before it, and adds nothing to it while it lasts. */
void finding_smooth(Standing *at, const TrainConfig *config, double loss)
{
    const double n = smooth_steps(config);
    if (at->step == 0)
        at->loss_first = at->loss_smooth = at->loss_floor = loss;
    const double off = loss - at->loss_smooth;
    at->loss_smooth += off / n;
    count_spike(at, n);
    if (at->spike_step == 0)
        at->loss_noise += (off * off - at->loss_noise)
                          / (double)i64_min(at->step + 1, NOISE_STEPS);
}

/* -- Diverged --------------------------------------------------------------- */

/* The first loss is that of a model that knows nothing, about ln V; one that
 * begins from another's parameters knows more, and may lose it for a while. */
static double knows_nothing(const Standing *at, const TrainConfig *config)
{
    return config->start_run
           ? fmax(at->loss_first, log((double)config->shape.vocab))
           : at->loss_first;
}

static bool far_above(double loss, const Standing *at,
                      const TrainConfig *config)
{
    return !(loss <= knows_nothing(at, config) + DIVERGED_NATS);
}

static bool lost(const Standing *at, const TrainConfig *config,
                 double unigram_nats)
{
    return at->spike_step > 0
           && (at->step - at->spike_step) * LOST_SHARE >= config->steps
           && at->loss_floor < unigram_nats - PLATEAU_NATS
           && at->loss_smooth > unigram_nats;
}

static void say_diverged(TrainResult *out, const Standing *at,
                         const TrainConfig *config, const StepResult *step)
{
    if (!step->finite)
        snprintf(out->reason, sizeof out->reason,
                 "step %lld of %lld: loss %g, gradient norm %g; "
                 "peak learning rate %g",
                 (long long)at->step, (long long)config->steps, step->loss,
                 step->grad_norm, config->lr);
    else
        snprintf(out->reason, sizeof out->reason,
                 "step %lld of %lld: smoothed loss %.3f is over %g above "
                 "%s, %.3f; peak learning rate %g",
                 (long long)at->step, (long long)config->steps,
                 at->loss_smooth, DIVERGED_NATS,
                 knows_nothing(at, config) > at->loss_first
                     ? "ln V" : "the first",
                 knows_nothing(at, config), config->lr);
}

bool finding_diverged(TrainResult *out, const Standing *at,
                      const TrainConfig *config, const StepResult *step,
                      double unigram_nats)
{
    if (!step->finite || far_above(at->loss_smooth, at, config)) {
        say_diverged(out, at, config, step);
    } else if (lost(at, config, unigram_nats)) {
        snprintf(out->reason, sizeof out->reason,
                 "step %lld of %lld: a spike at step %lld never came back, "
                 "from %.3f to %.3f (single tokens: %.3f); peak learning "
                 "rate %g", (long long)at->step, (long long)config->steps,
                 (long long)at->spike_step, at->loss_floor, at->loss_smooth,
                 unigram_nats, config->lr);
    } else {
        return false;
    }
    out->status = TRAIN_DIVERGED;
    return true;
}

/* -- Held-out loss on the way ------------------------------------------------ */

/* So far below the entropy of single tokens a loss must be to have been learned:
 * its standard error may be NaN. */
static double plateau_goal(double unigram_nats, double se)
{
    return unigram_nats - (se > 0 ? fmin(PLATEAU_NATS, PLATEAU_ERRORS * se)
                                  : PLATEAU_NATS);
}

/* What the loss would fall to by the end, at HOPE times its speed since the
 * evaluation before, in the logarithm of the steps. */
static double hoped(const Standing *at, const TrainConfig *config, double loss)
{
    const double fell = fmax(at->seen_loss - loss, 0);
    return loss - HOPE * fell
                  * log((double)config->steps / (double)at->step)
                  / log((double)at->step / (double)at->seen_step);
}

static bool hopeless(TrainResult *out, const Standing *at,
                     const TrainConfig *config, const EvalResult *eval,
                     double unigram_nats)
{
    const double loss = eval->loss, goal = plateau_goal(unigram_nats, eval->se);
    if (2 * at->step < config->steps || at->seen_step == 0
        || at->seen_step == at->step || at->least_loss <= goal
        || hoped(at, config, loss) <= goal)
        return false;
    out->status = TRAIN_PLATEAU;
    snprintf(out->reason, sizeof out->reason,
             "held-out loss %.3f after step %lld of %lld, %.3f after %lld: "
             "never below %.3f, the entropy of single tokens; peak learning "
             "rate %g", loss, (long long)at->step, (long long)config->steps,
             at->seen_loss, (long long)at->seen_step, unigram_nats,
             config->lr);
    return true;
}

bool finding_point(TrainResult *out, Standing *at, const TrainConfig *config,
                   const EvalResult *eval, double unigram_nats)
{
    if (at->least_step == 0 || eval->loss < at->least_loss) {
        at->least_loss = eval->loss;
        at->least_step = at->step;
    }
    at->risen = at->step > schedule_warmup(config)
                && eval->loss > at->least_loss * (1 + config->patience)
                ? at->risen + 1 : 0;
    const bool over = hopeless(out, at, config, eval, unigram_nats);
    at->seen_loss = eval->loss;
    at->seen_step = at->step;
    return over;
}

bool finding_stops_early(const Standing *at, const TrainConfig *config)
{
    return config->patience > 0 && at->risen >= RISES;
}

/* -- At the end --------------------------------------------------------------- */

/* The standard error of the least loss, which was taken on other tokens than the
 * last. */
static double least_se(const Standing *at, const TrainConfig *config)
{
    const double tokens = (double)i64_max(1, config->eval_point_tokens);
    return at->val_se * sqrt((double)at->val_tokens / tokens);
}

/* One that has learned by heart may end above all that it once knew: it has
 * overfitted, and that is a result. */
static bool learned(const Standing *at, const TrainConfig *config,
                    double unigram_nats)
{
    return at->least_step > 0 && isfinite(at->val_loss)
           && at->least_loss <= plateau_goal(unigram_nats,
                                             least_se(at, config));
}

static void say_done(TrainResult *out, const Standing *at,
                     const TrainConfig *config)
{
    out->status = TRAIN_DONE;
    if (at->step < config->steps)
        snprintf(out->reason, sizeof out->reason,
                 "stopped early after step %lld of %lld: the held-out loss "
                 "had risen from %.3f at step %lld by more than %g of it",
                 (long long)at->step, (long long)config->steps,
                 at->least_loss, (long long)at->least_step,
                 config->patience);
}

void finding_end(TrainResult *out, const Standing *at,
                 const TrainConfig *config, double unigram_nats)
{
    const double goal = plateau_goal(unigram_nats, at->val_se);
    if (learned(at, config, unigram_nats)) {
        say_done(out, at, config);
    } else if (far_above(at->val_loss, at, config)) {
        out->status = TRAIN_DIVERGED;
        snprintf(out->reason, sizeof out->reason,
                 "held-out loss %.3f after %lld steps, and the first loss "
                 "was %.3f; peak learning rate %g", at->val_loss,
                 (long long)at->step, at->loss_first, config->lr);
    } else if (at->val_loss > goal) {
        out->status = TRAIN_PLATEAU;
        snprintf(out->reason, sizeof out->reason,
                 "held-out loss %.3f after %lld steps is not below %.3f, the "
                 "entropy of single tokens, by %.2g; peak learning rate %g",
                 at->val_loss, (long long)at->step, unigram_nats,
                 unigram_nats - goal, config->lr);
    } else {
        say_done(out, at, config);
    }
}
