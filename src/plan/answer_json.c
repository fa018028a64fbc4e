/* answer_json.c - an answer for programs: every field of every item, in the
 * unit's own measure (a share is 0..1, time is seconds, energy kWh), absent
 * ones null. */

#include "plan/answer.h"

#include <assert.h>

const char *answer_unit_name(AnswerUnit unit)
{
    static const char *const name[] = {
        [ANSWER_PLAIN] = "plain",     [ANSWER_PARAMS] = "parameters",
        [ANSWER_TOKENS] = "tokens",   [ANSWER_COUNT] = "count",
        [ANSWER_FLOP] = "flop",       [ANSWER_LOSS] = "nats/token",
        [ANSWER_NATS] = "nats",       [ANSWER_SHARE] = "share",
        [ANSWER_SECONDS] = "seconds", [ANSWER_DOLLARS] = "dollars",
        [ANSWER_KWH] = "kWh",         [ANSWER_KG] = "kg",
        [ANSWER_BYTES] = "bytes",     [ANSWER_RATE] = "flop/s",
        [ANSWER_TEXT] = "text",
    };
    assert(unit >= 0 && unit < COUNT_OF(name));
    return name[unit];
}

static void jot_item(Jot *j, const AnswerItem *item)
{
    jot_object(j, NULL);
    jot_text(j, "key", item->key);
    jot_text(j, "label", item->label);
    jot_text(j, "by", item->by);
    jot_text(j, "unit", answer_unit_name(item->unit));
    jot_real(j, "value", item->value.value);
    jot_real(j, "low", item->value.low);
    jot_real(j, "high", item->value.high);
    jot_text(j, "text", item->text);
    jot_text(j, "equation", item->equation);
    jot_text(j, "source", item->source);
    jot_end(j);
}

static void jot_section(Jot *j, const AnswerSection *section)
{
    jot_object(j, NULL);
    jot_text(j, "key", section->key);
    jot_text(j, "title", section->title);
    jot_array(j, "items");
    for (i64 i = 0; i < section->nitem; i++)
        jot_item(j, &section->item[i]);
    jot_end(j);
    jot_array(j, "notes");
    for (i64 i = 0; i < section->nnote; i++)
        jot_text(j, NULL, section->note[i]);
    jot_end(j);
    jot_end(j);
}

void answer_jot(Jot *j, const Answer *answer)
{
    jot_array(j, "sections");
    for (i64 i = 0; i < answer->nsection; i++)
        jot_section(j, &answer->section[i]);
    jot_end(j);
}
