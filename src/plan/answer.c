/* answer.c - sections and items, gathered in an arena. Lists that are full are
 * copied to twice the room; what they were stays in the arena until the end,
 * which costs at most as much again. */

#include "plan/answer.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

Answer answer_new(Arena *arena)
{
    return (Answer){ .arena = arena };
}

/* Room for one more of item_bytes; the list as it is, or its longer copy. */
static void *more(Arena *arena, void *list, i64 count, i64 *room,
                  i64 item_bytes)
{
    if (count < *room)
        return list;
    *room      = *room ? 2 * *room : 16;
    void *wide = arena_take(arena, *room, item_bytes);
    if (count > 0)
        memcpy(wide, list, (size_t)(count * item_bytes));
    return wide;
}

static const char *copy(const Answer *answer, const char *text)
{
    return text ? arena_text(answer->arena, text) : NULL;
}

void answer_section(Answer *answer, const char *key, const char *title)
{
    answer->section = more(answer->arena, answer->section, answer->nsection,
                           &answer->room, (i64)sizeof *answer->section);
    answer->section[answer->nsection++] = (AnswerSection){
        .key = copy(answer, key), .title = copy(answer, title)
    };
}

static AnswerSection *newest(Answer *answer)
{
    assert(answer->nsection > 0); /* a section is opened first */
    return &answer->section[answer->nsection - 1];
}

AnswerItem *answer_put(Answer *answer, const char *by, const char *key,
                       const char *label, AnswerUnit unit, Interval value)
{
    AnswerSection *to = newest(answer);
    to->item = more(answer->arena, to->item, to->nitem, &to->room,
                    (i64)sizeof *to->item);
    AnswerItem *item = &to->item[to->nitem++];
    *item = (AnswerItem){ .key   = copy(answer, key),
                          .label = copy(answer, label),
                          .by    = copy(answer, by),
                          .unit  = unit,
                          .value = value };
    return item;
}

AnswerItem *answer_number(Answer *answer, const char *by, const char *key,
                          const char *label, AnswerUnit unit, double value)
{
    return answer_put(answer, by, key, label, unit,
                      (Interval){ value, NAN, NAN });
}

/* The text of a printf, in the arena. */
static const char *printed(Arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *printed(Arena *arena, const char *format, va_list args)
{
    assert(format);
    va_list again;
    va_copy(again, args);
    const int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(size >= 0);
    char *text = NEW(arena, char, size + 1);
    vsnprintf(text, (size_t)size + 1, format, args);
    return text;
}

AnswerItem *answer_text(Answer *answer, const char *by, const char *key,
                        const char *label, const char *format, ...)
{
    AnswerItem *item = answer_number(answer, by, key, label, ANSWER_TEXT, NAN);
    va_list     args;
    va_start(args, format);
    item->text = printed(answer->arena, format, args);
    va_end(args);
    return item;
}

void answer_note(Answer *answer, const char *format, ...)
{
    AnswerSection *to = newest(answer);
    va_list        args;
    va_start(args, format);
    const char *text = printed(answer->arena, format, args);
    va_end(args);
    for (i64 i = 0; i < to->nnote; i++)
        if (!strcmp(to->note[i], text))
            return;
    to->note = more(answer->arena, to->note, to->nnote, &to->note_room,
                    (i64)sizeof *to->note);
    to->note[to->nnote++] = text;
}

/* Whether "nan" stands there as a number, and not within a word. */
static bool has_unknown(const char *text)
{
    for (const char *at = text; (at = strstr(at, "nan")); at += 3)
        if (!(at > text && isalpha((unsigned char)at[-1]))
            && !isalpha((unsigned char)at[3]))
            return true;
    return false;
}

/* An equation of what is not known says nothing. */
void answer_because(Answer *answer, AnswerItem *item, const char *source,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    item->equation = printed(answer->arena, format, args);
    va_end(args);
    if (has_unknown(item->equation))
        item->equation = NULL;
    item->source = copy(answer, source);
}

void answer_remark(Answer *answer, AnswerItem *item, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    item->text = printed(answer->arena, format, args);
    va_end(args);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

const AnswerItem *answer_find(const Answer *answer, const char *section,
                              const char *by, const char *key)
{
    static const AnswerItem none = { .value = { NAN, NAN, NAN } };
    for (i64 s = 0; s < answer->nsection; s++) {
        const AnswerSection *in = &answer->section[s];
        for (i64 i = 0; same(in->key, section) && i < in->nitem; i++)
            if (same(in->item[i].key, key) && same(in->item[i].by, by))
                return &in->item[i];
    }
    return &none;
}
