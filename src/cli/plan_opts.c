/* plan_opts.c - see plan_opts.h. */

#include "cli/plan_opts.h"

#include "base/opt.h"
#include "base/quantity.h"
#include "cli/repeat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- The table ------------------------------------------------------------------- */

enum { ROWS = 64 };

static int table_rows(Opt row[ROWS], PlanArgs *a)
{
    const Opt all[] = {
        { .name = "flops", .unit = "FLOP", .texts = &a->flops,
          .help = "budget: 1e21, 3640PFd (petaflop/s-days); several with "
                  "commas" },
        { .name = "N", .unit = "COUNT", .text = &a->n,
          .help = "parameters, as each law counts them: 70B" },
        { .name = "D", .unit = "TOKENS", .text = &a->d, .help = "1.4T" },
        { .name = "ratio", .unit = "X", .text = &a->ratio,
          .help = "tokens a parameter" },
        { .name = "loss", .unit = "NATS", .text = &a->loss,
          .help = "to be reached" },
        { .name = "steps", .unit = "N", .text = &a->steps,
          .help = "with --batch" },
        { .name = "batch", .unit = "TOKENS", .text = &a->batch,
          .help = "tokens a step: 4M" },
        { .name = "money", .unit = "$", .text = &a->money,
          .help = "budget: $2M" },
        { .name = "energy", .unit = "KWH", .text = &a->energy,
          .help = "budget: 500MWh" },
        { .name = "carbon", .unit = "KG", .text = &a->carbon,
          .help = "budget: 50t of CO2 equivalent; on --grid" },
        { .name = "days", .unit = "DAYS", .text = &a->days,
          .help = "budget: 30 days, 3 weeks; on --gpus" },
        { .name = "gpu_hours", .unit = "H", .text = &a->gpu_hours,
          .help = "budget: 12k" },
        { .name = "on", .unit = "MACHINE", .text = &a->on,
          .help = "h100, a100, tpu-v4 ...; a .hw file" },
        { .name = "gpus", .unit = "N", .text = &a->gpus,
          .help = "how many of them [1]" },
        { .name = "mfu", .unit = "SHARE", .text = &a->mfu,
          .help = "of the peak that is reached [40%]" },
        { .name = "precision", .unit = "NAME", .text = &a->precision,
          .help = "of the peak: bf16, fp8, fp16, tf32, fp32" },
        { .name = "price", .unit = "$", .text = &a->price,
          .help = "a device-hour [middle of the catalogue's range]" },
        { .name = "pue", .unit = "X", .text = &a->pue,
          .help = "of the building [1.1]" },
        { .name = "grid", .unit = "NAME", .text = &a->grid,
          .help = "france, us ...: for carbon" },
        { .name = "serve", .unit = "TOKENS", .text = &a->serve,
          .help = "to be served over the model's life: 1e13" },
        { .name = "requests", .unit = "N", .text = &a->requests,
          .help = "the same, in requests" },
        { .name = "request_tokens", .unit = "N", .text = &a->tokens_each,
          .help = "read and written [1000]" },
        { .name = "serve_on", .unit = "MACHINE", .text = &a->serve_on,
          .help = "what serves; then cost is dollars [what trains]" },
        { .name = "serve_mfu", .unit = "SHARE", .text = &a->serve_mfu,
          .help = "reached in serving; then cost is dollars" },
        { .name = "serve_price", .unit = "$", .text = &a->serve_price,
          .help = "a device-hour of serving" },
        { .name = "unique", .unit = "TOKENS", .text = &a->unique,
          .help = "different tokens at hand: 25e9" },
        { .name = "more", .unit = "TIMES", .text = &a->more,
          .help = "how to spend so many times more compute: 1e9x" },
        { .name = "model", .unit = "NAME", .texts = &a->models,
          .help = "a real model, gpt-3-175b; a family of them, gpt-3; all: what "
                  "the laws say of it, and with --on what it costs" },
        { .name = "goal", .unit = "NATS", .text = &a->goal,
          .help = "a loss to wait for: when trends make it affordable" },
        { .name = "score", .unit = "LAW[:SET]", .text = &a->score_law,
          .help = "a score that follows from the loss: a law or a fit of it" },
        { .name = "vocab", .unit = "N", .text = &a->vocab,
          .help = "of the shape [32000; 256 with --emit-config]" },
        { .name = "context", .unit = "N", .text = &a->context,
          .help = "tokens [2048; 256 with --emit-config]" },
        { .name = "aspect", .unit = "X", .text = &a->aspect,
          .help = "width over layers [64 at 125M, 128 from 6.7B]" },
        { .name = "layers", .unit = "N", .text = &a->layers,
          .help = "of the shape" },
        { .name = "width", .unit = "N", .text = &a->width,
          .help = "of the shape" },
        { .name = "law", .unit = "LAW[:SET]", .texts = &a->laws,
          .help = "chinchilla:hoffmann, kaplan, llama-3 ...; may be repeated; "
                  "`all` for every law of N and D [the usual five]" },
        { .name = "fit", .unit = "FILE", .text = &a->fit,
          .help = "a fit as `scalelaw fit` or a study wrote it" },
        { .name = "study", .unit = "DIR", .text = &a->study,
          .help = "the fits of a study, at the cost of its own shapes" },
        { .name = "show", .unit = "LIST", .texts = &a->show,
          .help = "all, or of: plan common laws matters around bottleneck "
                  "overtrain inference serving data batch shape memory cost "
                  "terms grids machine machines roi trend models" },
        { .name = "emit_config", .unit = "FILE", .text = &a->emit_config,
          .help = "write a model of the first law for `scalelaw train`; - for "
                  "stdout" },
        { .name = "page", .unit = "FILE", .text = &a->page,
          .help = "write a page with sliders that plans by these laws, for any "
                  "browser and without a network" },
        { .name = "explain", .flag = &a->explain,
          .help = "each equation with its numbers and its source" },
        { .name = "json", .flag = &a->json, .help = "for programs" },
    };
    _Static_assert(COUNT_OF(all) + PLAN_SETTINGS_ROWS <= ROWS, "rows");
    memcpy(row, all, sizeof all);
    return COUNT_OF(all) + plan_settings_rows(row + COUNT_OF(all), &a->set);
}

bool plan_opts_read(PlanArgs *args, Arena *arena, int argc, char **argv,
                    Err *err)
{
    static const char *const many[] = { "law", "model", "show" };
    Opt    row[ROWS];
    char **words = NULL;
    int    count = 0;
    const OptTable table = {
        .command = "scalelaw plan",
        .about   = "How large a model, on how much data: any of compute, "
                   "parameters, tokens, their ratio, loss, money, energy and "
                   "time may be given, and the laws give the others.",
        .opt = row, .nopt = table_rows(row, args), .arena = arena };
    return repeat_join(&words, &count, arena, argc, argv, many,
                       COUNT_OF(many), err)
        && opt_flags(&table, count, words, &args->helped, err);
}

/* ---- Quantities -------------------------------------------------------------------- */

static bool quantity(double *out, const char *text, QuantityKind kind,
                     const char *flag, Err *err)
{
    return !text || quantity_parse(out, text, kind, flag, err);
}

/* A number that has no unit and no thousands. */
static bool plain(double *out, const char *text, const char *flag,
                  const char *like, Err *err)
{
    if (!text || (opt_number(out, text) && isfinite(*out) && *out > 0))
        return true;
    return err_set(err, ERR_USAGE, "%s=%s: a number above 0 is expected, like "
                   "%s", flag, text, like);
}

/* A bare number is days (or hours), and not seconds. */
static bool time_in(double *out, const char *text, double unit,
                    const char *flag, Err *err)
{
    double number;
    if (!text)
        return true;
    if (opt_number(&number, text) && number > 0) {
        *out = number;
        return true;
    }
    if (!quantity_parse(out, text, QUANTITY_TIME, flag, err))
        return false;
    *out /= unit;
    return true;
}

/* "1e9x", "1e9". */
static bool times(double *out, Arena *arena, const char *text, Err *err)
{
    if (!text)
        return true;
    char        *number = arena_text(arena, text);
    const size_t size   = strlen(number);
    if (size > 1 && (number[size - 1] == 'x' || number[size - 1] == 'X'))
        number[size - 1] = 0;
    if (opt_number(out, number) && *out > 1 && isfinite(*out))
        return true;
    return err_set(err, ERR_USAGE, "--more=%s: how many times the compute, "
                   "above 1, is expected, like 10x or 1e9x", text);
}

static bool budgets(PlanArgs *a, Arena *arena, Err *err)
{
    a->nbudget = a->flops.count;
    a->budget  = NEW(arena, double, a->flops.count + 1);
    for (i64 i = 0; i < a->flops.count; i++)
        if (!quantity_parse(&a->budget[i], a->flops.item[i], QUANTITY_FLOP,
                            "--flops", err))
            return false;
    if (a->nbudget > 0)
        a->ask.flop = a->budget[0];
    return true;
}

static bool quantities(PlanArgs *a, Arena *arena, Err *err)
{
    PlanAsk *ask = &a->ask;
    double   requests = NAN;
    a->request_tokens = 1000;
    if (!budgets(a, arena, err)
        || !quantity(&ask->params, a->n, QUANTITY_COUNT, "--N", err)
        || !quantity(&ask->tokens, a->d, QUANTITY_COUNT, "--D", err)
        || !plain(&ask->ratio, a->ratio, "--ratio", "20", err)
        || !plain(&ask->loss, a->loss, "--loss", "2.1", err)
        || !quantity(&ask->steps, a->steps, QUANTITY_COUNT, "--steps", err)
        || !quantity(&ask->batch, a->batch, QUANTITY_COUNT, "--batch", err)
        || !quantity(&ask->dollars, a->money, QUANTITY_MONEY, "--money", err)
        || !quantity(&ask->kwh, a->energy, QUANTITY_ENERGY, "--energy", err)
        || !quantity(&ask->kg, a->carbon, QUANTITY_MASS, "--carbon", err)
        || !time_in(&ask->days, a->days, 86400, "--days", err)
        || !time_in(&ask->device_hours, a->gpu_hours, 3600, "--gpu-hours", err)
        || !quantity(&ask->serve, a->serve, QUANTITY_COUNT, "--serve", err)
        || !quantity(&requests, a->requests, QUANTITY_COUNT, "--requests", err)
        || !quantity(&a->request_tokens, a->tokens_each, QUANTITY_COUNT,
                     "--request-tokens", err)
        || !quantity(&ask->unique, a->unique, QUANTITY_COUNT, "--unique", err)
        || !quantity(&ask->vocab, a->vocab, QUANTITY_COUNT, "--vocab", err)
        || !quantity(&ask->context, a->context, QUANTITY_COUNT, "--context",
                     err)
        || !plain(&ask->aspect, a->aspect, "--aspect", "128", err)
        || !quantity(&ask->layers, a->layers, QUANTITY_COUNT, "--layers", err)
        || !quantity(&ask->width, a->width, QUANTITY_COUNT, "--width", err)
        || !plain(&a->goal_loss, a->goal, "--goal", "2.1", err)
        || !times(&ask->more, arena, a->more, err))
        return false;
    if (isnan(ask->serve))
        ask->serve = requests * a->request_tokens;
    return true;
}

/* ---- Machines ------------------------------------------------------------------------ */

static bool terms(Deal *deal, const char *mfu, const char *price, Err *err)
{
    return quantity(&deal->mfu, mfu, QUANTITY_SHARE, "--mfu", err)
        && quantity(&deal->price, price, QUANTITY_MONEY, "--price", err);
}

static bool on_what(const PlanArgs *a, Err *err)
{
    const char *flag = a->gpus      ? "--gpus"
                     : a->mfu       ? "--mfu"
                     : a->precision ? "--precision"
                     : a->price     ? "--price"
                     : a->pue       ? "--pue"
                     : a->grid      ? "--grid"
                                    : plan_settings_of_machine(&a->set);
    return !flag || err_set(err, ERR_USAGE, "%s: of which machine? give "
                            "--on=h100", flag);
}

static bool machines(PlanArgs *a, Arena *arena, Err *err)
{
    PlanAsk  *ask = &a->ask;
    Machine   machine;
    PowerGrid grid;
    double    peak;
    if (!a->on)
        return on_what(a, err);
    if (!machine_load(&machine, arena, a->on, err)
        || (a->grid && !power_grid_load(&grid, arena, a->grid, err))
        || !machine_peak(&peak, &machine, a->precision, err))
        return false;
    Deal deal      = deal_new(&machine, a->grid ? &grid : NULL);
    deal.precision = a->precision;
    if (!quantity(&deal.devices, a->gpus, QUANTITY_COUNT, "--gpus", err)
        || !plain(&deal.pue, a->pue, "--pue", "1.1", err)
        || !terms(&deal, a->mfu, a->price, err)
        || !plan_settings_deal(&deal, &a->set, err))
        return false;
    if (deal.devices != rint(deal.devices) && !isnan(deal.devices))
        return err_set(err, ERR_USAGE, "--gpus=%s: a whole number of devices "
                       "is expected", a->gpus);
    if (deal.pue < 1)
        return err_set(err, ERR_USAGE, "--pue=%s: a building uses at least "
                       "what its machines do; give 1 or more", a->pue);
    ask->deal     = deal;
    ask->has_deal = true;
    return true;
}

static bool has_price(const Deal *deal, const char *flag, Err *err)
{
    return !isnan(deal_settled(deal).price)
        || err_set(err, ERR_USAGE, "training and serving are weighed in "
                   "dollars, and no price of %s is known; give %s",
                   deal->machine.title, flag);
}

static bool servers(PlanArgs *a, Arena *arena, Err *err)
{
    PlanAsk *ask = &a->ask;
    Machine  machine;
    if (!a->serve_on && !a->serve_mfu && !a->serve_price)
        return true;
    if (!ask->has_deal)
        return err_set(err, ERR_USAGE, "--serve-on, --serve-mfu and "
                       "--serve-price weigh serving against training; say on "
                       "what it is trained, like --on=h100");
    ask->serve_deal = ask->deal;
    if (a->serve_on) {
        if (!machine_load(&machine, arena, a->serve_on, err))
            return false;
        ask->serve_deal = deal_new(&machine, NULL);
    }
    ask->has_serve_deal = true;
    return terms(&ask->serve_deal, a->serve_mfu, a->serve_price, err)
        && has_price(&ask->deal, "--price", err)
        && has_price(&ask->serve_deal, "--serve-price", err);
}

/* ---- Laws ------------------------------------------------------------------------------- */

static bool sources(PlanArgs *a, Arena *arena, Err *err)
{
    if (a->fit && !plan_source_fit(&a->bys, arena, a->fit, err))
        return false;
    if (a->study && !plan_source_study(&a->bys, arena, a->study, err))
        return false;
    for (i64 i = 0; i < a->laws.count; i++)
        if (!plan_source_law(&a->bys, arena, a->laws.item[i], err))
            return false;
    return a->laws.count > 0 || plan_source_usual(&a->bys, arena, err);
}

/* Beside a study all laws speak of its vocabulary and context. */
static void settings(PlanArgs *a)
{
    for (i64 i = 0; i < a->bys.count; i++) {
        const PlanCost *cost = &a->bys.item[i].cost;
        if (!cost->family)
            continue;
        if (isnan(a->ask.vocab))
            a->ask.vocab = (double)cost->vocab;
        if (isnan(a->ask.context))
            a->ask.context = (double)cost->context;
    }
}

/* A model, or all of a family, or all there are. */
static bool model(PlanArgs *a, Arena *arena, const char *name, Err *err)
{
    Err         ignored = { 0 };
    const bool  all     = strcmp(name, "all") == 0;
    Cards       more;
    if (!all && card_find(&a->card[a->ncard], arena, name, err)) {
        a->ncard++;
        return true;
    }
    if (!cards_load(&more, arena, all ? NULL : name, &ignored))
        return false; /* in the words of card_find */
    Card *both = NEW(arena, Card, a->cards.count + more.count + 1);
    if (a->cards.count > 0)
        memcpy(both, a->cards.item, (size_t)a->cards.count * sizeof *both);
    memcpy(both + a->cards.count, more.item, (size_t)more.count * sizeof *both);
    a->cards = (Cards){ a->cards.count + more.count, both };
    return true;
}

static bool no_budget(const PlanAsk *ask)
{
    return !plan_ask_something(ask) && isnan(ask->dollars) && isnan(ask->kwh)
        && isnan(ask->kg)
        && isnan(ask->days) && isnan(ask->device_hours);
}

/* Without another question a model asks about its own compute. */
static bool models(PlanArgs *a, Arena *arena, Err *err)
{
    a->card = NEW(arena, Card, a->models.count + 1);
    for (i64 i = 0; i < a->models.count; i++)
        if (!model(a, arena, a->models.item[i], err))
            return false;
    if (a->ncard > 0 && no_budget(&a->ask))
        a->ask.flop = card_c(&a->card[0]);
    return true;
}

/* A fit of a score on losses, or published constants of one. */
static bool score(PlanArgs *a, Arena *arena, Err *err)
{
    if (!a->score_law)
        return true;
    const char *ending = strrchr(a->score_law, '.');
    if (ending && strcmp(ending, ".json") == 0) {
        if (!fit_read(&a->score_fit, arena, a->score_law, err))
            return false;
    } else if (!plan_source_score(&a->score_fit, arena, a->score_law, err)) {
        return false;
    }
    return score_of(&a->score, &a->score_fit, err);
}

static bool something(const PlanArgs *a, Err *err)
{
    if (plan_ask_something(&a->ask) || !isnan(a->ask.more) || a->ncard > 0
        || a->cards.count > 0 || a->page
        || !isnan(a->goal_loss) || a->show.count > 0)
        return true;
    return err_set(err, ERR_USAGE, "how much compute? give --flops=1e21, or "
                   "--flops=3640PFd, or one of --money, --energy, --carbon, "
                   "--days, --gpu-hours, --N, --D, --ratio, --loss, --more, --model");
}

bool plan_opts_settle(PlanArgs *a, Arena *arena, Err *err)
{
    a->ask       = plan_ask_nothing();
    a->goal_loss = NAN;
    return quantities(a, arena, err)
        && plan_settings_read(&a->set, a->precision, err)
        && machines(a, arena, err)
        && servers(a, arena, err) && sources(a, arena, err)
        && models(a, arena, err) && score(a, arena, err)
        && plan_ask_settle(&a->ask, err) && something(a, err)
        && (settings(a), true);
}
