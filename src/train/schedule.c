/* schedule.c - the learning rate of each step, and the steps that are logged.
 *
 * Step s of S, with W steps of warm-up and K of cooldown, has the rate
 *
 *     lr (s + 1) / W                               while s < W
 *     lr (f + (1 - f) (1 + cos(pi t)) / 2)         cosine,  t = (s - W)/(S - W)
 *     lr (f + (1 - f) (1 - sqrt(u)))               WSD,     u = (s - S + K)/K,
 *                                                           lr before that
 *
 * so the rate reaches its peak, never starts at 0 (a step that moves nothing
 * is a step wasted), and would reach f lr on the step after the last.
 *
 * SOURCE: Loshchilov and Hutter 2017, arXiv:1608.03983 (cosine);
 *         Haegele et al. 2024, arXiv:2405.18392 (1 - sqrt cooldown). */

#include "train/schedule.h"

#include <math.h>
#include <string.h>

enum { LOG_LINES = 200, EVAL_DOUBLINGS = 7 };

i64 schedule_warmup(const TrainConfig *config)
{
    if (config->warmup_steps > 0)
        return config->warmup_steps;
    return llround(config->warmup * (double)config->steps);
}

i64 schedule_cooldown(const TrainConfig *config)
{
    if (config->cooldown_steps > 0)
        return config->cooldown_steps;
    return llround(config->cooldown * (double)config->steps);
}

i64 schedule_flat(const TrainConfig *config)
{
    switch (config->schedule) {
    case SCHEDULE_COSINE:   return 0;
    case SCHEDULE_WSD:      return config->steps - schedule_cooldown(config);
    case SCHEDULE_CONSTANT: break;
    }
    return config->steps;
}

static double cosine(const TrainConfig *config, i64 step, i64 warm)
{
    const double f = config->lr_final;
    const double t = (double)(step - warm) / (double)(config->steps - warm);
    return f + (1 - f) * 0.5 * (1 + cos(M_PI * t));
}

static double wsd(const TrainConfig *config, i64 step)
{
    const double f = config->lr_final;
    const i64    cool = schedule_cooldown(config);
    const i64    into = step - (config->steps - cool);
    if (into <= 0)
        return 1;
    return f + (1 - f) * (1 - sqrt((double)into / (double)cool));
}

double train_lr(const TrainConfig *config, i64 step)
{
    const i64 warm = schedule_warmup(config);
    if (step < warm)
        return config->lr * (double)(step + 1) / (double)warm;
    switch (config->schedule) {
    case SCHEDULE_COSINE:   return config->lr * cosine(config, step, warm);
    case SCHEDULE_WSD:      return config->lr * wsd(config, step);
    case SCHEDULE_CONSTANT: break;
    }
    return config->lr;
}

/* Which of LOG_LINES equal parts of log(1) .. log(steps) holds this step. */
static i64 log_part(const TrainConfig *config, i64 done)
{
    return (i64)floor(LOG_LINES * log((double)done)
                      / log((double)config->steps));
}

bool schedule_logs(const TrainConfig *config, i64 done)
{
    if (done == 1 || done == config->steps)
        return true;
    return log_part(config, done) != log_part(config, done - 1);
}

bool schedule_evaluates(const TrainConfig *config, i64 done)
{
    const i64 points = config->eval_points;
    for (i64 k = 0; k < points; k++) {
        const double back = EVAL_DOUBLINGS * (double)(points - k)
                            / (double)points;
        const i64 at = llround((double)config->steps * exp2(-back));
        if (i64_max(at, 1) == done)
            return done < config->steps;
    }
    return false;
}

/* -- Names ----------------------------------------------------------------- */

static const char *const names[] = {
    [SCHEDULE_COSINE]   = "cosine",
    [SCHEDULE_WSD]      = "wsd",
    [SCHEDULE_CONSTANT] = "constant",
};

const char *train_schedule_name(Schedule schedule)
{
    return names[schedule];
}

bool train_schedule_find(Schedule *out, const char *name, Err *err)
{
    for (int i = 0; i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (Schedule)i;
            return true;
        }
    return err_set(err, ERR_USAGE, "train.schedule: '%s' is not cosine, wsd "
                   "or constant", name);
}
