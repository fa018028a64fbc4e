/* answer.h - what a planner says, as a list: sections of items, each a number
 * with its interval, its unit, the equation that gave it with the numbers
 * filled in, and the source of that equation.
 *
 * Whoever works something out puts items here and prints nothing; the table
 * for people, --json, --explain and the report's page are each one walk of the
 * list. Items of one section that share a key and differ in `by` (the law, the
 * machine, the model) stand side by side: keys are rows, `by` are columns. */

#ifndef ANSWER_H
#define ANSWER_H

#include "base/jot.h"
#include "fit/fit.h"

typedef enum AnswerUnit {
    ANSWER_PLAIN,      /* 3 digits                                            */
    ANSWER_PARAMS, ANSWER_TOKENS, ANSWER_COUNT, /* 70.2 B                     */
    ANSWER_FLOP,       /* 5.76e23                                             */
    ANSWER_LOSS,       /* 4 digits, nats a token                              */
    ANSWER_NATS,       /* a difference of losses: +0.0149                     */
    ANSWER_SHARE,      /* 15.6 %                                              */
    ANSWER_SECONDS, ANSWER_DOLLARS, ANSWER_KWH, ANSWER_KG, ANSWER_BYTES,
    ANSWER_RATE,       /* FLOP/s                                              */
    ANSWER_TEXT,       /* item.text is the value                              */
} AnswerUnit;

typedef struct AnswerItem {
    const char *key;       /* "n", for programs; unique in section and by     */
    const char *label;     /* "parameters N", for people                      */
    const char *by;        /* column, or NULL: the section has one            */
    AnswerUnit  unit;
    Interval    value;     /* low and high NaN: no interval is known          */
    const char *text;      /* ANSWER_TEXT, or a remark behind the number      */
    const char *equation;  /* "N = 6.92 * (C/6)^0.514 = 70.2e9", or NULL      */
    const char *source;    /* "Hoffmann et al. 2022, eq. 4", or NULL          */
} AnswerItem;

typedef struct AnswerSection {
    const char *key, *title;
    i64         nitem, room;
    AnswerItem *item;
    i64         nnote, note_room;
    const char **note;     /* warnings and assumptions, whole sentences       */
} AnswerSection;

typedef struct Answer {
    Arena         *arena;
    i64            nsection, room;
    AnswerSection *section;
} Answer;

Answer answer_new(Arena *arena);

/* Texts are copied. Items go to the newest section. The item is returned so
 * that equation and source can be added; the next put may move it. A note that
 * the section has already is not repeated. */
void answer_section(Answer *answer, const char *key, const char *title);
AnswerItem *answer_put(Answer *answer, const char *by, const char *key,
                       const char *label, AnswerUnit unit, Interval value);
AnswerItem *answer_number(Answer *answer, const char *by, const char *key,
                          const char *label, AnswerUnit unit, double value);
AnswerItem *answer_text(Answer *answer, const char *by, const char *key,
                        const char *label, const char *format, ...)
    PRINTF(5, 6);
void answer_note(Answer *answer, const char *format, ...) PRINTF(2, 3);
void answer_because(Answer *answer, AnswerItem *item, const char *source,
                    const char *format, ...) PRINTF(4, 5);
void answer_remark(Answer *answer, AnswerItem *item, const char *format, ...)
    PRINTF(3, 4);

/* The item of that key, and of that column (NULL: one that has no column); an
 * empty one, all NaN, if there is none: for tests and pages. */
const AnswerItem *answer_find(const Answer *answer, const char *section,
                              const char *by, const char *key);

/* "loss", "share", ...: what --json calls a unit. */
const char *answer_unit_name(AnswerUnit unit);

/* { "sections": [ { "key", "title", "items": [...], "notes": [...] } ] } into
 * an open object. An item is { "key", "label", "by", "unit", "value", "low",
 * "high", "text", "equation", "source" }; what is absent is null. */
void answer_jot(Jot *j, const Answer *answer);

#endif
