/* rules.c - the rules, one row each: the law that holds the constants, the
 * range of runs that it was found on, and the recipe that goes with it.
 *
 * Rules disagree by factors, because they are of different recipes: a rule is
 * a place to begin a sweep, and is never averaged with another.
 *
 * SOURCE: ranges as the papers give their own grids: Kaplan et al. 2020,
 * arXiv:2001.08361, section 2.2; DeepSeek-AI 2024, arXiv:2401.02954, section
 * 3.1; StepLaw 2025, arXiv:2503.04715; Porian et al. 2024, arXiv:2406.19146;
 * Moonlight 2025, arXiv:2502.16982; Cerebras-GPT 2023, arXiv:2304.03208. */

#include "plan/rules.h"

#include "plan/filled.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Range { const char *of; double low, high; } Range;

typedef struct Rule {
    const char *by, *key, *law, *set;
    Range       range[2];
    const char *recipe;
} Rule;

static const Rule rules[] = {
    { "kaplan", "lr", "kaplan-lr", "kaplan", { { "N_body", 768, 1.5e9 } },
      "Adam, batch of 0.5 M tokens" },
    { "kaplan", "batch", "kaplan-batch", "kaplan", { { "N_body", 768, 1.5e9 } },
      "B << B_crit: proportional to the critical batch" },
    { "kaplan-crit", "batch", "kaplan-bcrit", "kaplan", { { "loss", 2, 8 } },
      "the critical batch at the loss reached: twice the fewest steps, twice "
      "the least data" },
    { "deepseek", "lr", "deepseek-lr", "deepseek", { { "C", 1e17, 2e19 } },
      "AdamW, multi-step schedule; held at 1e20 too" },
    { "deepseek", "batch", "deepseek-batch", "deepseek",
      { { "C", 1e17, 2e19 } }, "AdamW, multi-step schedule; held at 1e20 too" },
    { "steplaw", "lr", "steplaw-lr", "steplaw",
      { { "N_body", 6e7, 1e9 }, { "D", 2e9, 1e11 } },
      "AdamW, cosine to a fixed least rate, at steplaw's batch" },
    { "steplaw", "batch", "steplaw-batch", "steplaw",
      { { "N_body", 6e7, 1e9 }, { "D", 2e9, 1e11 } },
      "AdamW, cosine to a fixed least rate" },
    { "porian", "lr", "porian-lr", "porian", { { "N_head", 5e6, 9.01e8 } },
      "AdamW with high beta2, constant rate, compute-optimal runs" },
    { "moonlight", "lr", "moonlight-lr", "moonlight", { { "C", 2e19, 4e20 } },
      "Muon: not comparable with AdamW" },
    { "moonlight", "batch", "moonlight-batch", "moonlight",
      { { "C", 2e19, 4e20 } }, "Muon" },
    { "cerebras-mup", "lr", "mup-lr", "cerebras", { { "width", 256, 2560 } },
      "AdamW with muP, base width 256; hidden weights only" },
    { "delphi", "lr", "delphi-lr", "delphi", { { "longer", 1, 100 } },
      "your own tuned rate, carried over to a longer run" },
};

/* What the run has of a name, as the law's own convention counts it. */
static double of_run(const RuleRun *run, const char *name, const char *counts)
{
    const double body = run->n_body > 0 ? run->n_body : run->n;
    const double head = run->n_head > 0 ? run->n_head : run->n;
    const bool   is_n = !strcmp(name, "N");
    if (!strcmp(name, "N_body") || (is_n && counts && !strcmp(counts, "body")))
        return body;
    if (!strcmp(name, "N_head")
        || (is_n && counts && !strcmp(counts, "body+head")))
        return head;
    if (is_n)
        return run->n;
    if (!strcmp(name, "D") || !strcmp(name, "T"))
        return run->d;
    if (!strcmp(name, "C") || !strcmp(name, "C_min"))
        return run->c > 0 ? run->c : 6 * run->n * run->d;
    if (!strcmp(name, "width"))
        return run->width;
    if (!strcmp(name, "width_base"))
        return 256;
    if (!strcmp(name, "loss"))
        return run->loss;
    if (!strcmp(name, "lr_0"))
        return run->tuned_lr;
    if (!strcmp(name, "T_0"))
        return run->tuned_d;
    if (!strcmp(name, "longer"))
        return run->d / run->tuned_d;
    return NAN;
}

/* Whether an item of the same rule stands before the newest. */
static bool said(const Answer *answer, const char *by)
{
    const AnswerSection *in = &answer->section[answer->nsection - 1];
    for (i64 i = 0; i + 1 < in->nitem; i++)
        if (in->item[i].by && !strcmp(in->item[i].by, by))
            return true;
    return false;
}

/* Text behind the number: the recipe, and what is outside of what was seen;
 * all of it once a rule. */
static void remark(Answer *answer, AnswerItem *item, const Rule *rule,
                   const RuleRun *run)
{
    char outside[200] = "";
    for (int i = 0; i < COUNT_OF(rule->range) && rule->range[i].of; i++) {
        const Range *range = &rule->range[i];
        const double x     = of_run(run, range->of, NULL);
        if (isnan(x) || (x >= range->low && x <= range->high))
            continue;
        const size_t used = strlen(outside);
        snprintf(outside + used, sizeof outside - used,
                 "%s %s = %.3g, found on %.3g to %.3g",
                 used ? ";" : "; OUTSIDE its range:", range->of, x, range->low,
                 range->high);
    }
    if (!said(answer, rule->by))
        answer_remark(answer, item, "%s%s", rule->recipe, outside);
    else if (*outside)
        answer_remark(answer, item, "outside");
}

static void put(Answer *answer, const Rule *rule, const Law *law,
                const LawConstants *set, const double *column,
                const RuleRun *run)
{
    const double value = law_one(law, set->theta, column);
    const bool   rate  = !strcmp(rule->key, "lr");
    AnswerItem  *item  = answer_number(
        answer, rule->by, rule->key,
        rate ? "peak learning rate" : "batch, tokens",
        rate ? ANSWER_PLAIN : ANSWER_TOKENS, value > 0 ? value : NAN);
    answer_because(answer, item, set->source, "%s = %.4g",
                   law_filled(answer->arena, law, set->theta, column), value);
    remark(answer, item, rule, run);
    if (set->caveat)
        answer_note(answer, "%s: %s", rule->by, set->caveat);
    if (!(value > 0))
        answer_note(answer, "%s gives no positive rate at this size: it must "
                    "not be used there.", rule->by);
}

/* True also where the run does not say what the rule needs. */
static bool try_rule(Answer *answer, const Rule *rule, const RuleRun *run,
                     Err *err)
{
    const Law *law;
    if (!law_load(&law, answer->arena, rule->law, err))
        return false;
    const LawConstants *set = law_constants(law, rule->set);
    if (!set)
        return err_set(err, ERR_USAGE, "law %s: has no constants %s, which the "
                       "rule %s needs", rule->law, rule->set, rule->by);
    double column[LAW_COLUMNS_MAX];
    for (int i = 0; i < law->ncolumn; i++) {
        column[i] = of_run(run, law->column[i], law->counts);
        if (!(column[i] > 0))
            return true;
    }
    put(answer, rule, law, set, column, run);
    return true;
}

bool answer_rules(Answer *answer, const RuleRun *run, Err *err)
{
    for (int i = 0; i < COUNT_OF(rules); i++)
        if (!try_rule(answer, &rules[i], run, err))
            return false;
    answer_note(answer, "Rules of different recipes disagree by factors. Sweep "
                "by twos around one of them at a small size, and see that the "
                "best lies inside.");
    answer_note(answer, "At a fixed batch the best rate falls as data grow, "
                "roughly as D^-0.32 (Bjorck et al. 2024, arXiv:2409.19913; the "
                "exponent is from memory); steplaw's rises with D because its "
                "batch does.");
    return true;
}
