/* plan_parts_machine.c - the parts that follow from machines: whether it fits,
 * what serving it takes, what was assumed, the same on other grids. They speak
 * of the plan of the first law that has a loss. */

#include "cli/plan_parts.h"

#include "plan/bill.h"
#include "plan/card.h"
#include "plan/energy.h"
#include "plan/inference.h"
#include "plan/shape.h"

#include <math.h>

/* ---- Memory --------------------------------------------------------------------- */

/* As it was asked for: what is left of the devices holds the same again. */
static bool as_told(MemoryPlan *plan, double *devices, const Shape *shape,
                    Err *err)
{
    const double parts = plan->tensor * plan->pipeline;
    if (isnan(*devices))
        *devices = parts;
    plan->data = *devices / parts;
    if (plan->data != rint(plan->data) || plan->data < 1)
        return err_set(err, ERR_USAGE, "--tensor times --pipeline is %g, which "
                       "does not divide %g devices; change --gpus", parts,
                       *devices);
    if (shape->layers <= 0)
        return true;
    if (fmod((double)shape->heads, plan->tensor) != 0)
        return err_set(err, ERR_USAGE, "--tensor=%g: the model has %lld heads, "
                       "which it does not divide; --width changes them",
                       plan->tensor, (long long)shape->heads);
    if (fmod((double)shape->layers, plan->pipeline) != 0)
        return err_set(err, ERR_USAGE, "--pipeline=%g: the model has %lld "
                       "layers, which it does not divide; --layers changes "
                       "them", plan->pipeline, (long long)shape->layers);
    return true;
}

static void say_arranged(Answer *answer, const MemoryPlan *plan,
                         double devices, bool told)
{
    answer_note(answer, "%s on %.0f device%s: data %.0f, tensor %.0f, pipeline "
                "%.0f, ZeRO %d, recomputation %s; %g sequence%s at once, %s.",
                told ? "As told," : "Arranged", devices,
                devices == 1 ? "" : "s", plan->data, plan->tensor,
                plan->pipeline, plan->zero,
                memory_recompute_name(plan->recompute), plan->micro_batch,
                plan->micro_batch == 1 ? "" : "s", plan->mix.name);
}

/* devices NaN: not said, so as few as can be. */
static bool arrange(MemoryPlan *plan, double *devices, const PlanArgs *args,
                    const MemoryModel *model, const Machine *machine, Err *err)
{
    *plan = args->set.memory;
    if (args->set.arranged || !machine)
        return as_told(plan, devices, &model->shape, err);
    MemoryPlan   best;
    double       count = isnan(*devices) ? 0 : *devices;
    const double least = isnan(*devices) ? 1 : *devices;
    if (memory_arrange(&best, &count, model, plan, machine->memory))
        *plan = best;
    *devices = count > 0 ? count : least;
    if (count == 0 || plan->data * plan->tensor * plan->pipeline != *devices)
        plan->data = *devices; /* it does not fit; what would is said */
    return true;
}

typedef struct Held { MemoryModel model; double flop_per_token, tokens; } Held;

/* A real model as it was, or the shape of the plan. */
static bool held(Held *out, const PlanArgs *args, Err *err)
{
    const PlanBy *by;
    PlanSolution  at;
    ShapePlan     shape;
    if (args->ncard > 0) {
        const Card *card = &args->card[0];
        *out = (Held){ card_memory(card), card_c(card) / card->d, card->d };
        return true;
    }
    if (!plan_first(&by, &at, args))
        return err_set(err, ERR_USAGE, "--show=memory: a law that knows the "
                       "loss is needed; give --law=chinchilla");
    const ShapeAsk want = shape_ask(by, &args->ask, &at);
    if (!shape_find(&shape, &want, err))
        return false;
    *out = (Held){ { .n = NAN, .shape = shape.shape }, shape.flop_per_token,
                   shape.tokens };
    return true;
}

static void put_speed(Answer *answer, const PlanArgs *args, const Held *of,
                      const MemoryPlan *plan, double devices)
{
    Deal         deal  = args->ask.deal;
    const double again = of->model.shape.layers > 0
                       ? memory_recompute(&of->model, plan->recompute) : 0;
    deal.devices = devices;
    answer_speed(answer, NULL, &deal, of->flop_per_token, of->tokens, again);
}

PLAN_PART(memory)
{
    (void)arena;
    MemoryPlan plan;
    Held       of;
    if (!held(&of, args, err))
        return false;
    const MemoryModel model   = of.model;
    const bool        on      = args->ask.has_deal;
    const Machine    *machine = on ? &args->ask.deal.machine : NULL;
    double            devices = on ? args->ask.deal.devices : NAN;
    if (!arrange(&plan, &devices, args, &model, machine, err))
        return false;
    answer_section(answer, "zero", "What must be kept, by ZeRO stage and "
                   "bytes a parameter");
    answer_mixes(answer, &model, &plan);
    if (model.shape.layers > 0) {
        answer_section(answer, "recompute", "What is kept for going backward");
        answer_recompute(answer, &model, &plan);
    }
    if (!on)
        return true;
    answer_section(answer, "memory", "Will it fit");
    answer_memory(answer, NULL, &model, &plan, machine);
    put_speed(answer, args, &of, &plan, devices);
    say_arranged(answer, &plan, devices, args->set.arranged);
    return true;
}

/* ---- Serving ------------------------------------------------------------------- */

static void put_serving(Answer *answer, const char *by, const PlanArgs *args,
                        double n, const PlanBy *law)
{
    const Deal *deal = args->ask.has_serve_deal ? &args->ask.serve_deal
                                                : &args->ask.deal;
    const double  each    = args->request_tokens;
    const Serving serving = { .n = n, .tokens = each,
                              .requests = args->ask.serve / each,
                              .mfu = args->ask.has_serve_deal ? deal->mfu
                                                              : NAN };
    Deal on = *deal;
    if (!on.grid.name)
        on.grid = args->ask.deal.grid;
    answer_number(answer, by, "n", "parameters N", ANSWER_PARAMS, n);
    answer_serving(answer, by, &on, &serving);
    PlanSolution at  = { .at = { .n = n, .c = 6 * n * n } };
    Err          err = { 0 };
    ShapePlan    shape;
    const ShapeAsk want = shape_ask(law, &args->ask, &at);
    if (!shape_find(&shape, &want, &err))
        return;
    const MemoryModel model = { .n = n, .shape = shape.shape };
    answer_serving_memory(answer, by, &model, &on.machine, 2,
                          args->set.memory.tensor);
}

/* The model of least training beside the one of least total cost. */
PLAN_PART(serving)
{
    (void)arena, (void)err;
    const PlanBy *by;
    PlanSolution  at;
    Served        best;
    if (!plan_first(&by, &at, args))
        return true;
    const Surface   s    = surface_of(by, by->fit.theta);
    const ServeCost cost = { args->ask.serve, inference_weight(&args->ask) };
    answer_section(answer, "serving", arena_print(arena, "Serving it, by %s",
                                                  by->name));
    put_serving(answer, "as planned", args, at.at.n, by);
    if (inference_best(&best, &s, at.at.loss, &cost, NULL))
        put_serving(answer, "least in all", args, best.at.n, by);
    answer_note(answer, "%.3g requests of %g tokens; weights and caches in 2 "
                "bytes a number, on %g device%s at once (--tensor).",
                args->ask.serve / args->request_tokens, args->request_tokens,
                args->set.memory.tensor,
                args->set.memory.tensor == 1 ? "" : "s");
    return true;
}

/* ---- Assumptions ----------------------------------------------------------------- */

PLAN_PART(terms)
{
    (void)arena, (void)err;
    answer_section(answer, "terms", "What that rests on");
    answer_terms(answer, NULL, &args->ask.deal);
    return true;
}

PLAN_PART(machine)
{
    (void)arena, (void)err;
    answer_section(answer, "machine", "The machine, by its data sheet");
    answer_machine(answer, &args->ask.deal.machine);
    return true;
}

/* The budget, or what the first law makes of the question. */
static double budget_of(const PlanArgs *args)
{
    const PlanBy *by;
    PlanSolution  at;
    return !isnan(args->ask.flop)         ? args->ask.flop
         : plan_first(&by, &at, args)     ? at.at.c
                                          : NAN;
}

static void put_on(Answer *answer, const Deal *deal, double flop)
{
    const char  *by   = deal->machine.name;
    const Bill   bill = deal_bill(deal, flop);
    const Deal   full = deal_settled(deal);
    AnswerItem  *item = answer_number(answer, by, "device_hours",
                                      "device-hours", ANSWER_COUNT,
                                      bill.device_hours);
    answer_because(answer, item, deal->machine.source, "C / (peak * MFU * "
                   "3600) = %.4g / (%.4g * %.3g * 3600)", flop, full.peak,
                   full.mfu);
    item = answer_put(answer, by, "dollars", "money", ANSWER_DOLLARS,
                      (Interval){ bill.dollars, bill.dollars_low,
                                  bill.dollars_high });
    item->source = deal->machine.price_source;
    answer_number(answer, by, "kwh", "energy", ANSWER_KWH, bill.kwh);
    answer_number(answer, by, "kg", "carbon of electricity", ANSWER_KG,
                  bill.kg);
}

/* The same budget on every machine of the catalogue. */
PLAN_PART(machines)
{
    const char  **name;
    const int     count = machine_names(&name, arena);
    const double  flop  = budget_of(args);
    answer_section(answer, "machines", "The same compute on other machines");
    for (int i = 0; i < count; i++) {
        Machine machine;
        if (!machine_load(&machine, arena, name[i], err))
            return false;
        Deal deal = deal_new(&machine, NULL);
        deal.mfu  = args->ask.has_deal ? args->ask.deal.mfu : NAN;
        deal.pue  = args->ask.has_deal ? args->ask.deal.pue : NAN;
        if (args->ask.has_deal)
            deal.grid = args->ask.deal.grid;
        put_on(answer, &deal, flop);
    }
    answer_note(answer, "The same share of each peak is taken to be reached "
                "(MFU; 40 %% unless --mfu): small devices and slow links reach "
                "less, and not every device holds the model.");
    return true;
}

PLAN_PART(grids)
{
    const char **name;
    const int    count = power_grid_names(&name, arena);
    PowerGrid   *grid  = NEW(arena, PowerGrid, count + 1);
    const double flop  = budget_of(args);
    for (int i = 0; i < count; i++)
        if (!power_grid_load(&grid[i], arena, name[i], err))
            return false;
    answer_section(answer, "grids", "The same energy on other grids");
    answer_grids(answer, deal_bill(&args->ask.deal, flop).kwh, grid, count);
    return true;
}
