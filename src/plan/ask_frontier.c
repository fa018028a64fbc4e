/* ask_frontier.c - frontiers as something to plan by (declared in ask.h). Their
 * constants are those of laws/NAME.law; here is what they mean for a plan. */

#include "plan/ask.h"

#include <math.h>
#include <string.h>

static const char KAPLAN_MAX[] = "6 N D of 1.5e9 parameters, 2.5e5 steps of "
                                 "2^19 tokens (section 2)";

static const struct Known {
    const char *name, *law, *set, *loss_law, *counts, *caveat, *c_source;
    double      c_max;
} known[] = {
    { "kaplan", NULL, NULL, NULL, "body",
      "C is C_min: the compute had the batch been far below critical; at the "
      "critical batch it is twice that. N leaves embeddings and head out. "
      "There is no floor.", KAPLAN_MAX, 1.2e21 },
    { "kaplan:table-6", "kaplan-n-opt", "kaplan", "kaplan-cmin", "body",
      "Fitted lines in C_min; they differ from the paper's own closed form by "
      "2.2 times at 1 PF-day. N leaves embeddings and head out.",
      KAPLAN_MAX, 1.2e21 },
    { "llama-3", "llama3-d", "recomputed", NULL, "total",
      "Printed as D = 0.29 C^0.53, which gives 10.5 T tokens at 3.8e25 FLOP "
      "where the paper says 16.55 T; the digits here give 16.3 T. It shares "
      "out a budget and says no loss.", "IsoFLOP budgets of 6e18 to 1e22",
      1e22 },
    { "deepseek", "deepseek-m", "deepseek", NULL, "flop",
      "M counts the FLOP of a token, attention in and embeddings out; N here "
      "is M/6. It shares out a budget and says no loss.", NULL, NAN },
};

int plan_frontier_names(const char *const **names)
{
    static const char *all[COUNT_OF(known)];
    for (int i = 0; i < COUNT_OF(known); i++)
        all[i] = known[i].name;
    *names = all;
    return COUNT_OF(known);
}

static const struct Known *find(const char *name)
{
    for (int i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return &known[i];
    return NULL;
}

bool plan_is_frontier(const char *name)
{
    return find(name) != NULL;
}

/* ---- Powers of compute ------------------------------------------------------ */

static double value_at(const Law *law, const double *theta, double c)
{
    double  out;
    double *column[] = { &c };
    law_eval(&out, NULL, NULL, law, theta, column, 1);
    return out;
}

typedef struct Power { double coef, power; } Power;

/* False where the law is none: a third point must lie on the line. */
static bool power_of(Power *out, const Law *law, const double *theta)
{
    const double y = value_at(law, theta, 1e20), z = value_at(law, theta, 1e22);
    out->power = log(z / y) / log(100);
    out->coef  = y / pow(1e20, out->power);
    const double between = value_at(law, theta, 1e21);
    return fabs(between / (out->coef * pow(1e21, out->power)) - 1) < 1e-9;
}

static bool one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

bool plan_is_line(const Law *law)
{
    static const char *const sizes[] = { "N", "D", "M", NULL };
    static const char *const costs[] = { "C", "C_min", NULL };
    return law->ncolumn == 1 && !law->code && one_of(law->column[0], costs)
        && one_of(law->response, sizes);
}

/* N = k C^p as it is; D = k C^p: N = C^(1-p)/(6 k); M = k C^p: N = M/6. */
static void line_of(PlanLine *line, const Law *law, Power power)
{
    *line = (PlanLine){ power.coef, power.power, NAN, NAN };
    if (strcmp(law->response, "D") == 0) {
        line->n_coef  = 1 / (6 * power.coef);
        line->n_power = 1 - power.power;
    } else if (strcmp(law->response, "M") == 0) {
        line->n_coef = power.coef / 6;
    }
}

bool plan_by_line(PlanBy *out, Arena *arena, const char *name, const Law *law,
                  const LawConstants *set, Err *err)
{
    PlanLine *line = NEW(arena, PlanLine, 1);
    Power     power;
    if (!plan_is_line(law) || !power_of(&power, law, set->theta))
        return err_set(err, ERR_USAGE, "law %s: %s does not share out a budget "
                       "as a power of it", law->name, law->formula);
    line_of(line, law, power);
    *out = (PlanBy){ .name = name, .formula = law->formula,
                     .source = set->source, .caveat = set->caveat,
                     .counts = law->counts ? law->counts : "as its paper does",
                     .c_max = NAN, .line = line };
    out->fit.counts        = out->counts;
    out->fit.options.level = 0.95;
    return true;
}

/* L = (scale/C)^power of another law, where the frontier has one. */
static bool add_loss(PlanBy *by, Arena *arena, const char *name, Err *err)
{
    const Law *law;
    Power      power;
    if (!law_load(&law, arena, name, err))
        return false;
    if (law->nconstants == 0 || !power_of(&power, law, law->constants[0].theta))
        return err_set(err, ERR_FORMAT, "law %s: no power of compute", name);
    PlanLine *line   = NEW(arena, PlanLine, 1);
    *line            = *by->line;
    line->loss_power = -power.power;
    line->loss_scale = pow(power.coef, -1 / power.power);
    by->line         = line;
    return true;
}

/* ---- The known ---------------------------------------------------------------- */

static void by_kaplan(PlanBy *out)
{
    *out = (PlanBy){
        .name = "kaplan", .kaplan = &kaplan_printed,
        .formula = "L = (N_c/N)^alpha_N + (S_c/S)^alpha_S, "
                   "C_min = 6 N B_crit(L) S",
        .source = "Kaplan et al. 2020, arXiv:2001.08361, appendix B, in closed "
                  "form, with the constants of tables 3 and 5" };
    out->fit.options.level = 0.95;
}

static bool by_law(PlanBy *out, Arena *arena, const struct Known *one,
                   Err *err)
{
    const Law *law;
    if (!law_load(&law, arena, one->law, err))
        return false;
    const LawConstants *set = law_constants(law, one->set);
    if (!set)
        return err_set(err, ERR_FORMAT, "law %s: no constants %s", one->law,
                       one->set);
    return plan_by_line(out, arena, one->name, law, set, err)
        && (!one->loss_law || add_loss(out, arena, one->loss_law, err));
}

bool plan_by_frontier(PlanBy *out, Arena *arena, const char *name, Err *err)
{
    const struct Known *one = find(name);
    if (!one)
        return err_set(err, ERR_USAGE, "%s: not a frontier", name);
    if (!one->law)
        by_kaplan(out);
    else if (!by_law(out, arena, one, err))
        return false;
    out->counts     = one->counts;
    out->fit.counts = one->counts;
    out->caveat     = one->caveat;
    out->c_max      = one->c_max;
    out->c_source   = one->c_source;
    return true;
}
