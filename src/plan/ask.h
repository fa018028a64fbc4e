/* ask.h - what a planner is asked, and by whose law it answers.
 *
 * A PlanAsk holds everything that can be given; what is NaN was not. A PlanBy
 * is a law with constants and a count of cost: a fit of one's own with its
 * draws, published constants, Kaplan's frontier in closed form, or an
 * allocation law that knows no loss. Whatever is planned is planned by each.
 *
 * Units: FLOP, parameters as the law counts them, tokens, nats a token. */

#ifndef ASK_H
#define ASK_H

#include "plan/answer.h"
#include "plan/machine.h"
#include "plan/plan.h"
#include "plan/solve_additive.h"
#include "plan/solve_kaplan.h"

/* N_opt = n_coef C^n_power and, where known, L = (loss_scale/C)^loss_power: a
 * frontier that was measured and has no surface behind it. D = C/(6 N). */
typedef struct PlanLine {
    double n_coef, n_power, loss_scale, loss_power; /* NaN: not known */
} PlanLine;

typedef struct PlanBy {
    const char   *name;     /* "chinchilla:besiroglu", a file, a column head  */
    const char   *formula, *source, *caveat, *counts; /* caveat may be NULL   */
    Fit           fit;      /* fit.law NULL: by kaplan or line                */
    PlanCost      cost;
    AdditiveForm  form;
    double        c_max;    /* largest budget of its data; NaN unknown        */
    const char   *c_source; /* where c_max stands, or NULL                    */
    const Kaplan *kaplan;   /* or NULL                                        */
    const PlanLine *line;   /* or NULL                                        */
} PlanBy;

typedef struct PlanBys { i64 count; PlanBy *item; } PlanBys;

/* A fit or published constants as something to plan by. */
PlanBy plan_by_fit(const char *name, const Fit *fit, const PlanCost *cost,
                   double c_max);
bool plan_by_set(PlanBy *out, Arena *arena, const char *name, const Law *law,
                 const LawConstants *set, Err *err) MUST_USE;

/* Frontiers that no law of N and D stands behind: "kaplan" (appendix B in closed
 * form), "kaplan:table-6", "llama-3", "deepseek". */
bool plan_is_frontier(const char *name);
bool plan_by_frontier(PlanBy *out, Arena *arena, const char *name, Err *err)
    MUST_USE;
int  plan_frontier_names(const char *const **names);

/* Any law that gives N, D or M (FLOP a token) as a power of the compute, like
 * llama3-d: it shares a budget out and says no loss. */
bool plan_is_line(const Law *law);
bool plan_by_line(PlanBy *out, Arena *arena, const char *name, const Law *law,
                  const LawConstants *set, Err *err) MUST_USE;

typedef struct PlanAsk {
    double flop;                         /* budget                            */
    double params, tokens, ratio, loss;  /* ratio: tokens a parameter         */
    double steps, batch;                 /* batch in tokens                   */
    double dollars, kwh, kg;             /* budgets too, by the deal; kg of   */
    double days, device_hours;           /* CO2e, with that of making it      */
    bool   has_deal;
    Deal   deal;                         /* what trains                       */
    double serve;                        /* tokens over the model's life      */
    bool   has_serve_deal;
    Deal   serve_deal;                   /* what serves                       */
    double unique;                       /* different tokens at hand          */
    double more;                         /* times the compute: 1e9            */
    double vocab, context, aspect;       /* of the shape; NaN: defaults       */
    double layers, width;                /* given shape                       */
} PlanAsk;

PlanAsk plan_ask_nothing(void);

/* Budgets of other kinds become FLOP, steps and batch tokens; two that say
 * different things are refused (ERR_USAGE), each with its numbers. */
bool plan_ask_settle(PlanAsk *ask, Err *err) MUST_USE;

/* Whether any of C, N, D, D/N, loss is given, so that there is a plan. */
bool plan_ask_something(const PlanAsk *ask);

#endif
