/* plan_opts.h - what `scalelaw plan` can be told: everything a planner can be
 * asked, in the field's units, and what of the answer is to be shown. */

#ifndef PLAN_OPTS_H
#define PLAN_OPTS_H

#include "cli/plan_settings.h"
#include "cli/plan_source.h"
#include "plan/card.h"
#include "plan/roi.h"

typedef struct PlanArgs {
    /* As typed. */
    TextList    flops, laws, models, show;
    const char *fit, *study;
    const char *n, *d, *ratio, *loss, *steps, *batch;
    const char *money, *energy, *carbon, *days, *gpu_hours;
    const char *on, *gpus, *mfu, *precision, *price, *pue, *grid;
    const char *serve, *requests, *tokens_each, *serve_on, *serve_mfu,
               *serve_price;
    const char *unique, *more;
    const char *vocab, *context, *aspect, *layers, *width;
    const char *goal, *score_law;
    const char *emit_config, *page;
    PlanSettings set;
    bool        json, explain, helped;

    /* Understood. */
    PlanAsk     ask;       /* with the first budget                        */
    i64         nbudget;
    double     *budget;    /* all of --flops                               */
    PlanBys     bys;
    double      request_tokens; /* read and written, a request             */
    i64         ncard;
    Card       *card;      /* models asked for by name                     */
    Cards       cards;     /* families of them                             */
    double      goal_loss; /* NaN: none                                    */
    Fit         score_fit;
    Score       score;     /* fit NULL: none                               */
} PlanArgs;

bool plan_opts_read(PlanArgs *args, Arena *arena, int argc, char **argv,
                    Err *err) MUST_USE;

/* Quantities to numbers, machines and laws looked up, contradictions refused. */
bool plan_opts_settle(PlanArgs *args, Arena *arena, Err *err) MUST_USE;

#endif
