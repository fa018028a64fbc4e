/* solve_answer.c - see solve_answer.h. */

#include "plan/solve_answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double PF_DAY = 8.64e19;

/* ---- Equations with their numbers ---------------------------------------------- */

static const char *cost_words(const PlanBy *by)
{
    return by->cost.family ? "C/F(N), F = 6 (12 L d^2 + V d) + 6 L d T"
                           : "C/(6 N)";
}

static void because_additive(Answer *answer, AnswerItem *n, const PlanBy *by,
                             const PlanPoint *at)
{
    const Additive law = additive_at(&by->form, by->fit.theta);
    answer_because(answer, n, by->source, "N = G (C/6)^a = %.4g x (%.4g)^%.4f "
                   "= %.4g; G = (alpha A/beta B)^(1/(alpha + beta)), a = "
                   "beta/(alpha + beta)", additive_G(&law), at->c / 6,
                   additive_a(&law), at->n);
}

static void because_n(Answer *answer, AnswerItem *n, const PlanBy *by,
                      const PlanSolution *sol)
{
    const PlanPoint *at = &sol->at;
    if (by->line)
        answer_because(answer, n, by->source, "N = %.4g C^%.4g = %.4g",
                       by->line->n_coef, by->line->n_power, at->n);
    else if (by->kaplan && sol->free)
        answer_because(answer, n, by->source, "N = N_c (C/C_c)^(alpha_C/"
                       "alpha_N) (1 + f)^(1/alpha_N), C_c = %.4g, alpha_C = "
                       "%.4g: %.4g", kaplan_C_c(by->kaplan),
                       kaplan_alpha_C(by->kaplan), at->n);
    else if (by->form.is && sol->free && !by->cost.family)
        because_additive(answer, n, by, at);
    else if (sol->free)
        answer_because(answer, n, by->source, "dL(N, %s)/dN = 0 at N = %.4g",
                       cost_words(by), at->n);
    else
        answer_because(answer, n, NULL, "from what was given: C = %.4g, D/N = "
                       "%.4g, L = %.5g", at->c, at->d / at->n, at->loss);
}

static void because_loss(Answer *answer, AnswerItem *loss, const PlanBy *by,
                         const PlanPoint *at)
{
    if (by->form.is) {
        const Additive law = additive_at(&by->form, by->fit.theta);
        answer_because(answer, loss, by->source, "E + A/N^alpha + B/D^beta = "
                       "%.5g + %.5g/%.4g^%.4g + %.5g/%.4g^%.4g = %.5g", law.E,
                       law.A, at->n, law.alpha, law.B, at->d, law.beta,
                       at->loss);
    } else if (by->line) {
        answer_because(answer, loss, by->source, "(%.4g/C)^%.4g = %.5g",
                       by->line->loss_scale, by->line->loss_power, at->loss);
    } else if (by->kaplan) {
        answer_because(answer, loss, by->source, "L = (N_c/N)^alpha_N + "
                       "(S_c/S)^alpha_S, S = D/B_crit(L), B_crit = %.4g: "
                       "%.5g", kaplan_b_crit(by->kaplan, at->loss), at->loss);
    } else {
        answer_because(answer, loss, by->source, "%s at N = %.4g, D = %.4g: "
                       "%.5g", by->formula, at->n, at->d, at->loss);
    }
}

/* ---- One law ---------------------------------------------------------------------- */

static void put_extrapolation(Answer *answer, const PlanBy *by, double times)
{
    if (isnan(times)) {
        answer_text(answer, by->name, "extrapolation", "C over its largest run",
                    "not known");
        return;
    }
    AnswerItem *item = answer_number(answer, by->name, "extrapolation",
                                     "C over its largest run", ANSWER_PLAIN,
                                     times);
    item->text = times > 1 ? "a projection" : times < 1e-4 ? "far below it"
                                                           : "within";
    answer_because(answer, item, by->c_source, "C over the largest of its "
                   "runs: %.4g/%.4g", times * by->c_max, by->c_max);
}

/* A run that is not the best use of its compute: what would be. */
static void put_excess(Answer *answer, const PlanBy *by,
                       const PlanSolution *sol)
{
    const Surface   s    = surface_of(by, by->fit.theta);
    const PlanPoint best = plan_best(&s, sol->at.c, NAN);
    if (!isfinite(best.loss))
        return;
    const PlanPoint same = plan_cheapest(&s, sol->at.loss, &best);
    AnswerItem *item = answer_number(answer, by->name, "best_n",
                                     "best N for that C", ANSWER_PARAMS,
                                     best.n);
    answer_because(answer, item, by->source, "dL(N, %s)/dN = 0 at N = %.4g",
                   cost_words(by), best.n);
    item = answer_number(answer, by->name, "best_d", "   on D", ANSWER_TOKENS,
                         best.d);
    answer_because(answer, item, NULL, "%s = %.4g", cost_words(by), best.d);
    item = answer_number(answer, by->name, "excess",
                                     "   and its loss, less ours",
                                     ANSWER_NATS, best.loss - sol->at.loss);
    answer_because(answer, item, NULL, "%.5g - %.5g", best.loss, sol->at.loss);
    item = answer_number(answer, by->name, "wasted", "compute wasted",
                         ANSWER_SHARE, fmax(0, 1 - same.c / sol->at.c));
    answer_because(answer, item, NULL, "the same loss costs %.4g FLOP at best",
                   same.c);
}

static void put_family(Answer *answer, const PlanBy *by,
                       const PlanSolution *sol)
{
    const Size size = size_at(&by->cost, sol->at.u);
    if (!by->cost.family || isnan(size.width))
        return;
    AnswerItem *item = answer_number(answer, by->name, "layers",
                                     "layers, about", ANSWER_PLAIN,
                                     size.layers);
    answer_because(answer, item, NULL, "max(%.3g, d/%.3g) = %.4g",
                   by->cost.layers_min, by->cost.aspect, size.layers);
    item = answer_number(answer, by->name, "width", "width, about",
                         ANSWER_PLAIN, size.width);
    answer_because(answer, item, NULL, "N(d) = %.4g at d = %.4g", size.n,
                   size.width);
}

static void put(Answer *answer, const PlanBy *by, const PlanSolution *sol,
                const PlanAsk *ask)
{
    AnswerItem *item = answer_put(answer, by->name, "flop", "compute C",
                                  ANSWER_FLOP, sol->c);
    answer_because(answer, item, NULL, "%s = %.4g FLOP = %.4g PF-days",
                   by->cost.family ? "F(N) D" : "6 N D", sol->at.c,
                   sol->at.c / PF_DAY);
    item = answer_put(answer, by->name, "n", "parameters N", ANSWER_PARAMS,
                      sol->n);
    because_n(answer, item, by, sol);
    item = answer_put(answer, by->name, "d", "tokens D", ANSWER_TOKENS, sol->d);
    answer_because(answer, item, by->source, "D = %s = %.4g", cost_words(by),
                   sol->at.d);
    item = answer_put(answer, by->name, "ratio", "tokens a parameter",
                      ANSWER_PLAIN, sol->ratio);
    answer_because(answer, item, NULL, "D/N = %.4g/%.4g = %.4g", sol->at.d,
                   sol->at.n, sol->at.d / sol->at.n);
    if (isfinite(sol->at.loss)) {
        item = answer_put(answer, by->name, "loss", "loss", ANSWER_LOSS,
                          sol->loss);
        because_loss(answer, item, by, &sol->at);
    }
    if (!isnan(ask->batch)) {
        item = answer_number(answer, by->name, "steps", "steps", ANSWER_COUNT,
                             sol->at.d / ask->batch);
        answer_because(answer, item, NULL, "D/B = %.4g/%.4g", sol->at.d,
                       ask->batch);
    }
    put_family(answer, by, sol);
    answer_text(answer, by->name, "counts", "N counts", "%s",
                by->counts ? by->counts : "unsaid");
    put_extrapolation(answer, by, sol->extrapolation);
    if (!sol->free && plan_has_surface(by))
        put_excess(answer, by, sol);
}

/* ---- Limits ------------------------------------------------------------------------- */

/* Kaplan's own laws contradict each other somewhere; where depends on which of
 * his two lines of D is taken, so it is a band. */
static void note_contradiction(Answer *answer, double c)
{
    const KaplanCrossing low  = kaplan_crossing(2e10, 0.27);
    const KaplanCrossing high = kaplan_crossing(4e10, 0.26);
    if (!(c > low.c))
        return;
    answer_note(answer, "Kaplan's laws contradict themselves from between %.2g "
                "and %.2g FLOP on (L(C) falls below L(D) of the data it uses; "
                "his section 6.3, by either of his lines of D): here they are "
                "%s.", low.c, high.c,
                c > high.c ? "beyond it" : "inside that band");
}

/* "kaplan: no run ..." under the head kaplan. */
static const char *without_name(const char *text, const char *name)
{
    const size_t size = strlen(name);
    return strncmp(text, name, size) == 0 && strncmp(text + size, ": ", 2) == 0
             ? text + size + 2 : text;
}

static void note_caution(Answer *answer, const PlanBys *bys)
{
    bool some = false;
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        some = some || by->fit.ndraw > 0;
        if (strstr(by->name, "hoffmann") && by->caveat)
            answer_note(answer, "%s: %s", by->name, by->caveat);
        if (by->kaplan)
            answer_note(answer, "%s: C is C_min, of batches far below critical; "
                        "at the critical batch a run costs twice that.",
                        by->name);
    }
    if (some)
        answer_note(answer, "Intervals are 95 %% of the fit's draws. Constants "
                    "that were published without draws have none.");
    else
        answer_note(answer, "These constants were published without draws, and "
                    "so no interval is known; fit your own runs for one.");
}

bool answer_plan(Answer *answer, const PlanBys *bys, const PlanAsk *ask,
                 Err *err)
{
    double kaplan = 0;
    i64    shown  = 0;
    Err    first  = { 0 };
    answer_section(answer, "plan", "The plan, by each law in its own count");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        PlanSolution  at;
        Err           why = { 0 };
        if (plan_solve(&at, by, ask, &why)) {
            put(answer, by, &at, ask);
            shown++;
            if (strncmp(by->name, "kaplan", 6) == 0)
                kaplan = fmax(kaplan, at.at.c);
            continue;
        }
        if (why.kind == ERR_USAGE) {
            *err = why;
            return false;
        }
        if (first.kind == ERR_NONE)
            first = why;
        answer_text(answer, by->name, "refused", "no answer", "%s",
                    without_name(why.text, by->name));
    }
    if (shown == 0) {
        *err = first;
        return false;
    }
    note_caution(answer, bys);
    note_contradiction(answer, kaplan);
    return true;
}

/* ---- So many times more ---------------------------------------------------------------- */

static const struct { const char *key, *label; AnswerUnit unit; } more_row[] = {
    { "n_times", "N times", ANSWER_COUNT },
    { "d_times", "D times", ANSWER_COUNT },
    { "n_power", "   N grows as C to the", ANSWER_PLAIN },
    { "n", "parameters N, then", ANSWER_PARAMS },
    { "d", "tokens D, then", ANSWER_TOKENS },
    { "loss", "loss, then", ANSWER_LOSS },
    { "gain", "   less now", ANSWER_NATS },
};
enum { MORE_ROWS = COUNT_OF(more_row) };

static void ratios(double *out, const PlanPoint *now, const PlanPoint *then,
                   double times)
{
    out[0] = then->n / now->n;
    out[1] = then->d / now->d;
    out[2] = log(out[0]) / log(times);
    out[3] = then->n;
    out[4] = then->d;
    out[5] = then->loss;
    out[6] = then->loss - now->loss;
}

typedef struct Growth { double c, times; const PlanPoint *now, *then; } Growth;

static bool grown(double *out, const Surface *s, const void *of)
{
    const Growth   *g    = of;
    const PlanPoint now  = plan_best(s, g->c, g->now ? g->now->u : NAN);
    const PlanPoint then = plan_best(s, g->c * g->times,
                                     g->then ? g->then->u : NAN);
    ratios(out, &now, &then, g->times);
    return isfinite(now.loss) && isfinite(then.loss);
}

static bool more_of(Interval *x, const PlanBy *by, double c, double times)
{
    PlanAsk      ask = plan_ask_nothing(), wide = ask;
    PlanSolution now, then;
    PlanBy       alone = *by;
    Err          err   = { 0 };
    double       one[MORE_ROWS];
    ask.flop        = c;
    wide.flop       = c * times;
    alone.fit.ndraw = 0;
    if (!plan_solve(&now, &alone, &ask, &err)
        || !plan_solve(&then, &alone, &wide, &err))
        return false;
    ratios(one, &now.at, &then.at, times);
    for (int i = 0; i < MORE_ROWS; i++)
        x[i] = (Interval){ one[i], NAN, NAN };
    const Growth g = { c, times, &now.at, &then.at };
    if (plan_has_surface(by) && by->fit.ndraw > 0)
        plan_intervals(x, MORE_ROWS, by, grown, &g, PLAN_DRAWS_ALL);
    return true;
}

static void because_more(Answer *answer, AnswerItem *item, const PlanBy *by,
                         const Interval *x, double times, int row)
{
    if (row == 0)
        answer_because(answer, item, by->source, "%.4g^%.4g = %.4g", times,
                       x[2].value, x[0].value);
    else if (row == 1)
        answer_because(answer, item, by->source, "%.4g^%.4g = %.4g", times,
                       log(x[1].value) / log(times), x[1].value);
    else if (row == 2)
        answer_because(answer, item, by->source, "ln %.4g/ln %.4g",
                       x[0].value, times);
    else
        answer_because(answer, item, by->source, "the plan for %.4g times the "
                       "compute", times);
}

bool answer_more(Answer *answer, const PlanBys *bys, const PlanAsk *ask,
                 Err *err)
{
    const double from = isnan(ask->flop) ? PF_DAY : ask->flop;
    char         title[96];
    i64          shown = 0;
    snprintf(title, sizeof title, "%.3g times the compute: how to spend it",
             ask->more);
    if (from * ask->more > 1e40)
        return err_set(err, ERR_USAGE, "--more=%g: times %.3g FLOP is beyond "
                       "1e40, what can be planned", ask->more, from);
    answer_section(answer, "more", title);
    for (i64 k = 0; k < bys->count; k++) {
        const PlanBy *by = &bys->item[k];
        Interval      x[MORE_ROWS];
        if (!more_of(x, by, from, ask->more))
            continue;
        shown++;
        for (int i = 0; i < MORE_ROWS; i++) {
            if (isnan(x[i].value))
                continue;
            AnswerItem *item = answer_put(answer, by->name, more_row[i].key,
                                          more_row[i].label, more_row[i].unit,
                                          x[i]);
            because_more(answer, item, by, x, ask->more, i);
        }
    }
    if (shown == 0)
        return err_set(err, ERR_REFUSED, "--more=%g: no law here has an answer "
                       "from %.3g FLOP on; give another --flops", ask->more,
                       from);
    answer_note(answer, "From %.3g to %.3g FLOP.%s", from, from * ask->more,
                isnan(ask->flop) ? " --flops says where to begin." : "");
    return true;
}

/* ---- Who says so -------------------------------------------------------------------------- */

void answer_laws(Answer *answer, const PlanBys *bys)
{
    answer_section(answer, "laws", "By");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        answer_text(answer, by->name, "formula", "formula", "%s", by->formula);
        for (int k = 0; by->fit.law && k < by->fit.law->nparam; k++) {
            const LawParam *p = &by->fit.law->param[k];
            answer_put(answer, by->name, p->name, p->name, ANSWER_PLAIN,
                       (Interval){ by->fit.theta[k], by->fit.low[k],
                                   by->fit.high[k] });
        }
        answer_text(answer, by->name, "source", "source", "%s", by->source);
        answer_text(answer, by->name, "cost", "cost", "C = %s",
                    by->cost.family ? "D (6 (12 L d^2 + V d) + 6 L d T), in "
                                      "the study's shapes" : "6 N D");
        if (by->caveat && *by->caveat)
            answer_text(answer, by->name, "caveat", "caution", "%s",
                        by->caveat);
    }
}
