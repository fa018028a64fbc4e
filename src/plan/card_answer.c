/* card_answer.c - cards as answers: what was published, what each law would
 * have advised, what other sizes would have given. */

#include "plan/card.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void fact(Answer *answer, const char *key, const char *label,
                 AnswerUnit unit, double value, const char *source)
{
    if (isnan(value))
        return;
    AnswerItem *item = answer_number(answer, NULL, key, label, unit, value);
    item->source     = source;
}

static void put_facts(Answer *answer, const Card *card)
{
    const char *source = card->source;
    fact(answer, "n", "parameters N", ANSWER_PARAMS, card->n, source);
    fact(answer, "n_active", "of them for each token", ANSWER_PARAMS,
         card->n_active, source);
    fact(answer, "n_body", "without embeddings", ANSWER_PARAMS, card->n_body,
         source);
    fact(answer, "d", "tokens D", ANSWER_TOKENS, card->d, source);
    AnswerItem *ratio = answer_number(answer, NULL, "ratio",
                                      "tokens a parameter", ANSWER_PLAIN,
                                      card->d / card_n(card, NULL));
    answer_because(answer, ratio, NULL, "D/N = %.4g / %.4g = %.4g", card->d,
                   card_n(card, NULL), card->d / card_n(card, NULL));
    AnswerItem *c = answer_number(answer, NULL, "c", "compute C", ANSWER_FLOP,
                                  card_c(card));
    if (card->c > 0)
        c->source = source;
    else
        answer_because(answer, c, "Kaplan et al. 2020, section 2.1",
                       "6 N D = 6 * %.4g * %.4g = %.4g", card_n(card, NULL),
                       card->d, card_c(card));
    fact(answer, "layers", "layers", ANSWER_COUNT, card->layers, source);
    fact(answer, "width", "width", ANSWER_PLAIN, card->width, source);
    fact(answer, "heads", "heads", ANSWER_COUNT, card->heads, source);
    fact(answer, "context", "context", ANSWER_PLAIN, card->context, source);
    fact(answer, "vocab", "vocabulary", ANSWER_PLAIN, card->vocab, source);
    fact(answer, "batch", "batch, tokens", ANSWER_TOKENS, card->batch, source);
    fact(answer, "steps", "steps", ANSWER_COUNT, card->steps, source);
    fact(answer, "lr", "peak learning rate", ANSWER_PLAIN, card->lr, source);
    fact(answer, "loss", "loss", ANSWER_LOSS, card->loss, card->loss_of);
    if (card->energy_source)
        source = card->energy_source;
    fact(answer, "device_hours", "device-hours", ANSWER_COUNT,
         card->device_hours, source);
    fact(answer, "kwh", "energy", ANSWER_KWH, card->kwh, source);
    fact(answer, "kg", "carbon", ANSWER_KG, card->tonnes * 1000, source);
}

static void put_model(Answer *answer, const Card *card)
{
    const char *title = arena_print(answer->arena, "%s, as published%s%s%s",
                                    card->title, card->published ? " (" : "",
                                    card->published ? card->published : "",
                                    card->published ? ")" : "");
    answer_section(answer, "model", title);
    put_facts(answer, card);
    if (card->sure && card->sure[0] != 'r')
        answer_note(answer, "These figures are %s.",
                    card->sure[0] == 'm' ? "from memory; check them before you "
                                           "quote them"
                                         : "second-hand");
    for (int i = 0; i < COUNT_OF(card->caveat); i++)
        for (i64 k = 0; k < card->caveat[i].count; k++)
            answer_note(answer, "%s", card->caveat[i].item[k]);
}

static const char *source_of(const PlanBy *by)
{
    return by->source;
}

static void advised(Answer *answer, const PlanBy *by, const Advice *advice,
                    double n, double d)
{
    const char *source = source_of(by), *name = by->name;
    AnswerItem *item   = answer_number(answer, name, "n", "its N, as counted "
                                       "by the law", ANSWER_PARAMS, n);
    item->text = by->counts;
    item = answer_put(answer, name, "loss", "loss predicted", ANSWER_LOSS,
                      advice->loss);
    if (!isnan(advice->loss.value))
        answer_because(answer, item, source, "L(%.4g, %.4g) = %.5g", n, d,
                       advice->loss.value);
    item = answer_put(answer, name, "n_opt", "N advised for its compute",
                      ANSWER_PARAMS, advice->n);
    item->source = source;
    item = answer_put(answer, name, "d_opt", "D advised", ANSWER_TOKENS,
                      advice->d);
    item->source = source;
    answer_put(answer, name, "best", "loss there", ANSWER_LOSS, advice->best);
    item = answer_put(answer, name, "r", "times the advised N", ANSWER_PLAIN,
                      advice->r);
    answer_because(answer, item, source, "r = N / N_opt = %.4g / %.4g = %.4g",
                   n, advice->n.value, advice->r.value);
    if (!isnan(advice->nats.value)) {
        answer_put(answer, name, "nats", "loss above the best", ANSWER_NATS,
                   advice->nats);
        item = answer_put(answer, name, "wasted", "compute wasted",
                          ANSWER_SHARE, advice->wasted);
        answer_because(answer, item, source, "1 - C'/C, C' the least compute "
                       "for a loss of %.5g = %.4g", advice->loss.value,
                       advice->wasted.value);
    }
}

/* How N was counted for the law, or why the law was not asked. */
static double n_for(Answer *answer, const Card *card, const PlanBy *by)
{
    const double n = card_n(card, by->counts);
    if (isnan(n))
        answer_note(answer, "%s counts N as %s, which was not published of %s.",
                    by->name, by->counts, card->title);
    return n;
}

/* How it was trained, beside what rules found elsewhere would have said. */
static void put_recipe(Answer *answer, const Card *card)
{
    const RuleRun run = card_rule_run(card);
    Err           err = { 0 };
    if (isnan(card->lr) && isnan(card->batch))
        return;
    answer_section(answer, "recipe", "Its rate and batch, and the rules'");
    answer_number(answer, "as trained", "lr", "peak learning rate",
                  ANSWER_PLAIN, card->lr)->source = card->source;
    answer_number(answer, "as trained", "batch", "batch, tokens",
                  ANSWER_TOKENS, card->batch)->source = card->source;
    if (!answer_rules(answer, &run, &err))
        answer_note(answer, "The rules could not be read: %s.", err.text);
}

void answer_card(Answer *answer, const Card *card, const PlanBys *bys)
{
    put_model(answer, card);
    put_recipe(answer, card);
    answer_section(answer, "advice", "What the laws would have advised");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        const double  n  = n_for(answer, card, by);
        Advice        advice;
        if (isnan(n))
            continue;
        if (advice_of(&advice, by, n, card->d))
            advised(answer, by, &advice, n, card->d);
        else
            answer_note(answer, "%s has no answer for such a run.", by->name);
    }
    answer_note(answer, "Losses are those of each law's own text and "
                "tokenizer: compare them within a law, not with a loss that "
                "was published of another text.");
    if (strcmp(card->kind, "decoder") && strcmp(card->kind, "moe"))
        answer_note(answer, "The laws are of decoders that predict the next "
                    "token: what they say of an %s is a comparison, and no "
                    "prediction.", card->kind);
    if (card->n_active > 0)
        answer_note(answer, "The laws are of dense models; they were asked "
                    "about the parameters that each token meets.");
}

/* --- what if -------------------------------------------------------------- */

typedef struct Run { double n, d; } Run;

static bool loss_of_run(double *out, const Surface *s, const void *of)
{
    const Run *run = of;
    out[0] = surface_loss(s, run->n, run->d);
    return isfinite(out[0]);
}

static void what_if(Answer *answer, const PlanBy *by, double n0, double c,
                    double n, const char *key)
{
    const double d   = c / plan_flop_per_token(&by->cost, n);
    const Run    run = { n, d };
    Interval     loss;
    plan_intervals(&loss, 1, by, loss_of_run, &run, PLAN_DRAWS_FEW);
    if (isnan(loss.value))
        return;
    char label[80];
    snprintf(label, sizeof label, "N = %.3g (%.3g of it), D = %.3g", n, n / n0,
             d);
    AnswerItem *item = answer_put(answer, by->name, key, label, ANSWER_LOSS,
                                  loss);
    answer_because(answer, item, source_of(by), "D = C / F(N) = %.4g / %.4g = "
                   "%.4g; L(%.4g, %.4g) = %.5g", c,
                   plan_flop_per_token(&by->cost, n), d, n, d, loss.value);
}

void answer_what_if(Answer *answer, const Card *card, const PlanBys *bys,
                    double n)
{
    const char *title = arena_print(answer->arena, "The compute of %s, with "
                                    "another size", card->title);
    answer_section(answer, "what_if", title);
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        const double  n0 = n_for(answer, card, by);
        if (by->line || isnan(n0))
            continue;
        const double c = plan_flop_per_token(&by->cost, n0) * card->d;
        for (int k = -3; k <= 3; k++)
            what_if(answer, by, n0, c, n0 * pow(2, k),
                    arena_print(answer->arena, "r_%g", pow(2, k)));
        if (n > 0)
            what_if(answer, by, n0, c, n, "asked");
    }
}

/* --- many models, one law ------------------------------------------------- */

void answer_cards(Answer *answer, const Cards *cards, const PlanBy *by)
{
    answer_section(answer, "cards", arena_print(answer->arena, "Models, and "
                   "what %s would have advised", by->name));
    for (i64 i = 0; i < cards->count; i++) {
        const Card  *card = &cards->item[i];
        const double n    = card_n(card, by->counts);
        Advice       advice;
        answer_number(answer, card->name, "n", "parameters N", ANSWER_PARAMS,
                      card->n)->source = card->source;
        answer_number(answer, card->name, "d", "tokens D", ANSWER_TOKENS,
                      card->d)->source = card->source;
        answer_number(answer, card->name, "ratio", "tokens a parameter",
                      ANSWER_PLAIN, card->d / card_n(card, NULL));
        if (!advice_of(&advice, by, n, card->d))
            continue;
        answer_put(answer, card->name, "n_opt", "N advised", ANSWER_PARAMS,
                   advice.n);
        answer_put(answer, card->name, "r", "times the advised N", ANSWER_PLAIN,
                   advice.r);
        answer_put(answer, card->name, "loss", "loss predicted", ANSWER_LOSS,
                   advice.loss);
        answer_put(answer, card->name, "wasted", "compute wasted", ANSWER_SHARE,
                   advice.wasted);
    }
}
