/* plan_settings.c - see plan_settings.h. */

#include "cli/plan_settings.h"

#include "base/quantity.h"

#include <math.h>
#include <string.h>
#include <time.h>

int plan_settings_rows(Opt row[PLAN_SETTINGS_ROWS], PlanSettings *s)
{
    const Opt all[] = {
        { .name = "watts", .unit = "W", .text = &s->watts,
          .help = "drawn on average [the board's most]" },
        { .name = "idle", .unit = "SHARE", .text = &s->idle,
          .help = "energy beside the run, as a share of it [0]" },
        { .name = "lifetime", .unit = "YEARS", .text = &s->lifetime,
          .help = "of a device: its making is shared out over it [5]" },
        { .name = "mix", .unit = "NAME", .text = &s->mix,
          .help = "bytes a parameter: mixed, mixed-fp32-grads, fp32, adam8, "
                  "muon, sgd [mixed]" },
        { .name = "zero", .unit = "0..3", .text = &s->zero,
          .help = "ZeRO stage; naming one of this and the next three is naming "
                  "all [what fits]" },
        { .name = "tensor", .unit = "N", .text = &s->tensor,
          .help = "devices that share a layer [1]" },
        { .name = "pipeline", .unit = "N", .text = &s->pipeline,
          .help = "stages of layers [1]" },
        { .name = "micro_batch", .unit = "N", .text = &s->micro_batch,
          .help = "sequences a device works on at once [1]" },
        { .name = "recompute", .unit = "HOW", .text = &s->recompute,
          .help = "activations: none, selective, full [selective]" },
        { .name = "sequence_parallel", .flag = &s->sequence_parallel,
          .help = "norms and dropouts are split over --tensor too" },
        { .name = "offload", .flag = &s->offload,
          .help = "the optimizer is kept in the host's memory" },
        { .name = "hardware_doubling", .unit = "YEARS", .text = &s->hardware,
          .help = "in which a dollar buys twice the FLOP; inf: never [2.07]" },
        { .name = "recipe_halving", .unit = "YEARS", .text = &s->recipes,
          .help = "in which recipes halve the compute; inf: never [0.667]" },
        { .name = "spending", .unit = "TIMES", .text = &s->spending,
          .help = "by which the budget grows a year [1]" },
        { .name = "tuned_lr", .unit = "RATE", .text = &s->rate,
          .help = "a rate found best on --tuned-tokens, to be carried over" },
        { .name = "tuned_tokens", .unit = "TOKENS", .text = &s->rate_tokens,
          .help = "how many it was found on" },
    };
    _Static_assert(sizeof all / sizeof all[0] == PLAN_SETTINGS_ROWS, "rows");
    memcpy(row, all, sizeof all);
    return COUNT_OF(all);
}

/* ---- Numbers -------------------------------------------------------------------- */

static bool number(double *out, const char *text, const char *flag,
                   const char *example, Err *err)
{
    if (!text)
        return true;
    if (opt_number(out, text) && isfinite(*out) && *out > 0)
        return true;
    return err_set(err, ERR_USAGE, "%s=%s: a number above 0 is expected, like "
                   "%s", flag, text, example);
}

static bool whole(double *out, const char *text, const char *flag, double most,
                  Err *err)
{
    double read = 1;
    if (!text)
        return true;
    if (!opt_number(&read, text) || !(read >= 1) || read != rint(read)
        || read > most)
        return err_set(err, ERR_USAGE, "%s=%s: a whole number from 1 to %g is "
                       "expected", flag, text, most);
    *out = read;
    return true;
}

/* ---- Memory --------------------------------------------------------------------- */

static bool zero_stage(int *out, const char *text, Err *err)
{
    if (!text)
        return true;
    if (strlen(text) != 1 || *text < '0' || *text > '3')
        return err_set(err, ERR_USAGE, "--zero=%s: a stage is 0 (nothing "
                       "split), 1 (the optimizer), 2 (and gradients) or 3 (and "
                       "weights)", text);
    *out = *text - '0';
    return true;
}

static bool memory(PlanSettings *s, const char *precision, Err *err)
{
    MemoryPlan *plan = &s->memory;
    const bool  fp32 = precision && strcmp(precision, "fp32") == 0;
    *plan = memory_defaults();
    plan->offload           = s->offload;
    plan->sequence_parallel = s->sequence_parallel;
    s->arranged = s->zero || s->tensor || s->pipeline || s->recompute;
    if (!memory_mix_find(&plan->mix, s->mix ? s->mix : fp32 ? "fp32" : "mixed",
                         err)
        || !zero_stage(&plan->zero, s->zero, err)
        || !whole(&plan->tensor, s->tensor, "--tensor", 1024, err)
        || !whole(&plan->pipeline, s->pipeline, "--pipeline", 1024, err)
        || !whole(&plan->micro_batch, s->micro_batch, "--micro-batch", 1e6,
                  err))
        return false;
    if (s->recompute && !memory_recompute_find(&plan->recompute, s->recompute))
        return err_set(err, ERR_USAGE, "--recompute=%s: there are none, "
                       "selective (the squares of attention) and full",
                       s->recompute);
    return true;
}

/* ---- Trends --------------------------------------------------------------------- */

/* A rate that was said has no range. */
static bool trend_rate(TrendRate *out, const char *text, const char *flag,
                       bool endless, Err *err)
{
    double value;
    if (!text)
        return true;
    if (endless && strcmp(text, "inf") == 0)
        value = INFINITY;
    else if (!number(&value, text, flag, "1.5", err))
        return false;
    *out = (TrendRate){ value, NAN, NAN, "given" };
    return true;
}

static double this_year(void)
{
    const time_t now = time(NULL);
    struct tm    day;
    gmtime_r(&now, &day);
    return 1900 + day.tm_year + day.tm_yday / 365.25;
}

bool plan_settings_read(PlanSettings *s, const char *precision, Err *err)
{
    s->trend    = trend_defaults(this_year());
    s->tuned_lr = s->tuned_d = NAN;
    if (!s->rate != !s->rate_tokens)
        return err_set(err, ERR_USAGE, "--tuned-lr and --tuned-tokens belong "
                       "together: a rate is the best one for so many tokens");
    return memory(s, precision, err)
        && trend_rate(&s->trend.hardware, s->hardware, "--hardware-doubling",
                      true, err)
        && trend_rate(&s->trend.algorithms, s->recipes, "--recipe-halving",
                      true, err)
        && trend_rate(&s->trend.spending, s->spending, "--spending", false,
                      err)
        && number(&s->tuned_lr, s->rate, "--tuned-lr", "3e-4", err)
        && (!s->rate_tokens
            || quantity_parse(&s->tuned_d, s->rate_tokens, QUANTITY_COUNT,
                              "--tuned-tokens", err));
}

/* ---- A deal ----------------------------------------------------------------------- */

bool plan_settings_deal(Deal *deal, const PlanSettings *s, Err *err)
{
    double years = NAN;
    if ((s->watts && !quantity_parse(&deal->watts, s->watts, QUANTITY_POWER,
                                     "--watts", err))
        || (s->idle && !quantity_parse(&deal->idle, s->idle, QUANTITY_SHARE,
                                       "--idle", err))
        || !number(&years, s->lifetime, "--lifetime", "5", err))
        return false;
    if (s->lifetime)
        deal->lifetime_hours = years * 365.25 * 24;
    return true;
}

const char *plan_settings_of_machine(const PlanSettings *s)
{
    return s->watts ? "--watts" : s->idle ? "--idle"
         : s->lifetime ? "--lifetime" : NULL;
}
