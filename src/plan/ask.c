/* ask.c - see ask.h. */

#include "plan/ask.h"

#include <math.h>
#include <string.h>

PlanAsk plan_ask_nothing(void)
{
    return (PlanAsk){
        .flop = NAN, .params = NAN, .tokens = NAN, .ratio = NAN, .loss = NAN,
        .steps = NAN, .batch = NAN, .dollars = NAN, .kwh = NAN, .kg = NAN,
        .days = NAN,
        .device_hours = NAN, .serve = NAN, .unique = NAN, .more = NAN,
        .vocab = NAN, .context = NAN, .aspect = NAN, .layers = NAN,
        .width = NAN,
    };
}

bool plan_ask_something(const PlanAsk *ask)
{
    return !isnan(ask->flop) || !isnan(ask->params) || !isnan(ask->tokens)
        || !isnan(ask->ratio) || !isnan(ask->loss);
}

/* ---- Budgets of all kinds -------------------------------------------------- */

typedef struct Budget { const char *flag; double flop; } Budget;

static bool one_budget(PlanAsk *ask, const Budget *all, int count, Err *err)
{
    const Budget *first = NULL;
    for (int i = 0; i < count; i++) {
        if (isnan(all[i].flop))
            continue;
        if (first && fabs(all[i].flop / first->flop - 1) > 0.01)
            return err_set(err, ERR_USAGE, "%s is %.3g FLOP and %s is %.3g "
                           "FLOP; give one budget", first->flag, first->flop,
                           all[i].flag, all[i].flop);
        if (!first)
            first = &all[i];
    }
    if (first)
        ask->flop = first->flop;
    return true;
}

/* Money without a price, energy without watts, carbon without a grid buy nobody
 * knows what. */
static bool buys(const char *flag, double given, double flop,
                 const Deal *deal, const char *what, Err *err)
{
    return isnan(given) || !isnan(flop)
        || err_set(err, ERR_USAGE, "%s: no %s of %s is known; give --%s",
                   flag, what, deal->machine.title, what);
}

static bool settle_budget(PlanAsk *ask, Err *err)
{
    const Deal  *deal    = &ask->deal;
    const double devices = deal->devices > 0 ? deal->devices : 1;
    const bool  none = isnan(ask->dollars) && isnan(ask->kwh) && isnan(ask->kg)
                    && isnan(ask->days) && isnan(ask->device_hours);
    if (none)
        return true;
    if (!ask->has_deal)
        return err_set(err, ERR_USAGE, "money, energy and time buy compute on "
                       "some machine; name it, like --on=h100");
    const Budget all[] = {
        { "--flops", ask->flop },
        { "--money", deal_flop_of_dollars(deal, ask->dollars) },
        { "--energy", deal_flop_of_kwh(deal, ask->kwh) },
        { "--carbon", deal_flop_of_kg(deal, ask->kg) },
        { "--days", deal_flop_of_device_hours(deal, 24 * ask->days
                                                     * devices) },
        { "--gpu-hours", deal_flop_of_device_hours(deal, ask->device_hours) },
    };
    return buys("--money", ask->dollars, all[1].flop, deal, "price", err)
        && buys("--energy", ask->kwh, all[2].flop, deal, "watts", err)
        && buys("--carbon", ask->kg, all[3].flop, deal,
                isnan(deal->grid.kg_per_kwh) ? "grid" : "watts", err)
        && one_budget(ask, all, COUNT_OF(all), err);
}

/* ---- Tokens of steps, ratio of N and D ------------------------------------- */

static bool agree(double *out, double derived, const char *what, Err *err)
{
    if (isnan(derived))
        return true;
    if (!isnan(*out) && fabs(*out / derived - 1) > 0.01)
        return err_set(err, ERR_USAGE, "%s: %.4g and %.4g contradict each "
                       "other; leave one out", what, *out, derived);
    if (isnan(*out))
        *out = derived;
    return true;
}

/* Beyond these no law was ever meant, and exponents overflow. */
static const double MOST = 1e40, LEAST = 1e-12;

static bool positive(const PlanAsk *ask, Err *err)
{
    const Budget all[] = {
        { "--flops", ask->flop },   { "--N", ask->params },
        { "--D", ask->tokens },     { "--ratio", ask->ratio },
        { "--loss", ask->loss },    { "--steps", ask->steps },
        { "--batch", ask->batch },  { "--serve", ask->serve },
        { "--unique", ask->unique }, { "--more", ask->more },
    };
    for (int i = 0; i < COUNT_OF(all); i++)
        if (all[i].flop <= 0)
            return err_set(err, ERR_USAGE, "%s=%g: a number above 0 is "
                           "expected", all[i].flag, all[i].flop);
        else if (all[i].flop > MOST || all[i].flop < LEAST)
            return err_set(err, ERR_USAGE, "%s=%g: from %g to %g can be "
                           "planned", all[i].flag, all[i].flop, LEAST, MOST);
    return true;
}

/* Of a shape, whose counts are whole numbers of 64 bits. */
static bool buildable(const PlanAsk *ask, Err *err)
{
    const struct { const char *flag; double value, most; } all[] = {
        { "--vocab", ask->vocab, 1e8 },   { "--context", ask->context, 1e8 },
        { "--layers", ask->layers, 1e5 }, { "--width", ask->width, 1e6 },
    };
    for (int i = 0; i < COUNT_OF(all); i++)
        if (!isnan(all[i].value)
            && (all[i].value != rint(all[i].value) || all[i].value < 1
                || all[i].value > all[i].most))
            return err_set(err, ERR_USAGE, "%s=%g: a whole number from 1 to %g "
                           "is expected", all[i].flag, all[i].value,
                           all[i].most);
    return true;
}

bool plan_ask_settle(PlanAsk *ask, Err *err)
{
    if (!settle_budget(ask, err) || !positive(ask, err)
        || !buildable(ask, err))
        return false;
    if (!isnan(ask->steps) && isnan(ask->batch) && isnan(ask->tokens))
        return err_set(err, ERR_USAGE, "--steps=%g: of how many tokens each? "
                       "give --batch=4M", ask->steps);
    if (!agree(&ask->tokens, ask->steps * ask->batch,
               "--D and --steps times --batch", err)
        || !agree(&ask->ratio, ask->tokens / ask->params,
                  "--ratio and --D over --N", err))
        return false;
    if (isnan(ask->tokens))
        ask->tokens = ask->ratio * ask->params;
    return positive(ask, err);
}

/* ---- By whom ---------------------------------------------------------------- */

PlanBy plan_by_fit(const char *name, const Fit *fit, const PlanCost *cost,
                   double c_max)
{
    return (PlanBy){ .name = name, .formula = fit->law->formula,
                     .source = fit->law->source, .counts = fit->counts,
                     .fit = *fit, .cost = *cost, .c_max = c_max,
                     .form = additive_form(fit->law) };
}

/* The largest budgets behind published constants, where their papers say. */
static const struct {
    const char *law, *set;
    double      c;
    const char *source;
} tested[] = {
    { "chinchilla", "besiroglu", 3e21, "the largest IsoFLOP budget of "
      "Hoffmann et al. 2022, section 3.2" },
    { "chinchilla", "hoffmann", 3e21, "the largest IsoFLOP budget of "
      "Hoffmann et al. 2022, section 3.2" },
    { "kaplan-nd", "kaplan", 1.2e21, "6 N D of 1.5e9 parameters, 2.5e5 steps "
      "of 2^19 tokens (Kaplan et al. 2020, section 2)" },
};

bool plan_by_set(PlanBy *out, Arena *arena, const char *name, const Law *law,
                 const LawConstants *set, Err *err)
{
    Fit fit;
    const PlanCost six = { .family = false };
    if (!plan_published(&fit, arena, law, set, err))
        return false;
    *out = plan_by_fit(name, &fit, &six, NAN);
    out->source = set->source;
    out->caveat = set->caveat;
    for (int i = 0; i < COUNT_OF(tested); i++)
        if (strcmp(law->name, tested[i].law) == 0
            && strncmp(set->name, tested[i].set, strlen(tested[i].set)) == 0) {
            out->c_max    = tested[i].c;
            out->c_source = tested[i].source;
        }
    return true;
}
