/* rules.h - rules for the learning rate and the batch, side by side: what each
 * published rule says for a run, for whom it was found, and whether the run is
 * within what it was found on.
 *
 * The constants are those of laws/NAME.law; here is only which rule speaks of
 * what, and where it has been seen to hold. */

#ifndef RULES_H
#define RULES_H

#include "plan/answer.h"

typedef struct RuleRun {      /* NaN: unknown; rules that need it say nothing */
    double n, d, c;           /* size (all conventions, unless below), tokens,
                                 FLOP; NaN c: 6 N D                           */
    double n_body, n_head;    /* without embeddings; with the head: NaN: n    */
    double width;             /* of the residual stream, for muP              */
    double loss;              /* nats a token, for Kaplan's critical batch    */
    double tuned_lr, tuned_d; /* a rate tuned on fewer tokens, to carry over  */
} RuleRun;

/* Keys lr and batch (tokens), one column a rule. Each with its formula filled
 * in, its source, and as text who it is for and what is outside its range. */
bool answer_rules(Answer *answer, const RuleRun *run, Err *err) MUST_USE;

#endif
