/* card.h - real models as data: what was published of them, and what each law
 * would have advised for the same compute.
 *
 * A family is a file models/NAME.model: what all share at the top, one
 * [model.NAME] section a model. Keys, in numbers of the field: n, n_body,
 * n_active (experts), d, c, layers, width, heads, kv_heads, ff, vocab, context,
 * batch (tokens), steps, lr, loss, device_hours, kwh, tonnes; and texts: title,
 * published ("2020-05"), kind ("decoder" if unsaid), sure ("read" in the source
 * itself, "second-hand", "memory"), loss_of (text and tokenizer), device,
 * energy_source (where hours, kWh and tonnes stand), source,
 * caveat = ["..."]. What was not published is absent. */

#ifndef CARD_H
#define CARD_H

#include "plan/memory.h"
#include "plan/rules.h"
#include "plan/solve.h"

typedef struct Card {
    const char *name, *family, *title, *published, *kind, *sure, *source;
    const char *loss_of, *device, *energy_source;
    double      n, n_body, n_active, d, c; /* c NaN: 6 N D                    */
    double      layers, width, heads, kv_heads, ff, vocab, context;
    double      batch, steps, lr, loss;
    double      device_hours, kwh, tonnes;
    TextList    caveat[2];                 /* of the family, of the model     */
} Card;

typedef struct Cards { i64 count; Card *item; } Cards;

/* One family ("gpt-3", a path), or NULL: all that ship, and those in the user's
 * $SCALELAW_DATA/models. */
bool cards_load(Cards *out, Arena *arena, const char *family, Err *err)
    MUST_USE;

/* A model by name, in which case, blanks and dashes do not count ("GPT-3 175B")
 * or by how it alone begins ("chinchilla"); "FILE.model", "FILE.model:NAME".
 * What begins several fails with those, what is unknown with the near ones. */
bool card_find(Card *out, Arena *arena, const char *name, Err *err) MUST_USE;

/* N under a law's convention, of the parameters that each token meets; NaN
 * where it was not published and cannot be told from the shape. NULL: total. */
double card_n(const Card *card, const char *counts);

/* FLOP of its training as published, else 6 N D. */
double card_c(const Card *card);

/* Its shape for memory.h; layers 0 where unknown. */
MemoryModel card_memory(const Card *card);

/* What rules for rate and batch ask of a run; batches and rates are its own. */
RuleRun card_rule_run(const Card *card);

/* What a law says of a run of N and D that was really done. */
typedef struct Advice {
    Interval loss;          /* predicted at its own N and D                   */
    Interval n, d, best;    /* the optimum at the same C = 6 N D, its loss    */
    Interval r, nats, wasted; /* N / N_opt; loss above best; share of C       */
} Advice;

/* False where the law has no answer; NaN what it cannot say (an allocation law
 * knows no loss). */
bool advice_of(Advice *out, const PlanBy *by, double n, double d);

/* Sections: model (what was published), advice (one column a law), and recipe
 * (its rate and batch, column "as trained", beside what the rules say), where
 * either was published. */
void answer_card(Answer *answer, const Card *card, const PlanBys *bys);

/* Section what_if: the same compute at other sizes: rows at r = 1/8 .. 8 of its
 * own N, and at `n` unless NaN; one column a law. */
void answer_what_if(Answer *answer, const Card *card, const PlanBys *bys,
                    double n);

/* Section cards: one row a model: keys n, d, c, ratio, and by the law: r,
 * wasted. One column (by) a model. */
void answer_cards(Answer *answer, const Cards *cards, const PlanBy *by);

#endif
