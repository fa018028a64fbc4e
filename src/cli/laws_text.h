/* laws_text.h - what the parts of `scalelaw laws` share. */

#ifndef LAWS_TEXT_H
#define LAWS_TEXT_H

#include "base/jot.h"
#include "law/law.h"

/* Prints text folded at blanks, each line after `margin` blanks; the first is
 * headed by `head`, which ends in the margin's column. */
void laws_fold(const char *head, int margin, const char *text);

/* Whether all of standard output was written. */
bool laws_out(Err *err) MUST_USE;

/* The laws shown: their order, and what a topic is about. */
enum { LAWS_TOPICS = 14 };
extern const struct LawsTopic {
    const char *name, *about;
} laws_topic[LAWS_TOPICS];

/* Parts of the command. */
bool laws_show(Arena *arena, const char *name, bool json, Err *err) MUST_USE;
bool laws_why(Arena *arena, const TextList *topics, const char *study,
              const char *fit, bool json, Err *err) MUST_USE;

/* What the user's own runs say to a question, a sentence a line and fit, into
 * `out` (empty where they say nothing). `evidence` is the word of the file. */
bool laws_evidence(TextList *out, Arena *arena, const char *evidence,
                   const char *study, const char *fit, Err *err) MUST_USE;

#endif
