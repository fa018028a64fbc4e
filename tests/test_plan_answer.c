/* test_plan_answer.c - an answer keeps all that was put into it, in order, and
 * its JSON says no number that is not there. */

#include "plan/answer.h"

#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

TEST(items_are_found_by_section_column_and_key)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    answer_section(&answer, "budget", "What it buys");
    answer_number(&answer, "a", "n", "parameters", ANSWER_PARAMS, 7e9);
    answer_put(&answer, "b", "n", "parameters", ANSWER_PARAMS,
               (Interval){ 8e9, 6e9, 9e9 });
    answer_number(&answer, NULL, "n", "parameters", ANSWER_PARAMS, 1);
    answer_section(&answer, "cost", "What it costs");
    answer_number(&answer, "a", "n", "parameters", ANSWER_PARAMS, 2);

    CHECK_NEAR(answer_find(&answer, "budget", "a", "n")->value.value, 7e9, 0);
    CHECK_NEAR(answer_find(&answer, "budget", "b", "n")->value.high, 9e9, 0);
    CHECK_NEAR(answer_find(&answer, "budget", NULL, "n")->value.value, 1, 0);
    CHECK_NEAR(answer_find(&answer, "cost", "a", "n")->value.value, 2, 0);
    CHECK(isnan(answer_find(&answer, "budget", "a", "n")->value.low));
    CHECK(isnan(answer_find(&answer, "budget", "c", "n")->value.value));
    CHECK(isnan(answer_find(&answer, "other", "a", "n")->value.value));
    CHECK(answer_find(&answer, "other", "a", "n")->key == NULL);
    arena_free(&arena);
}

TEST(texts_are_copied)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    char   word[16];
    strcpy(word, "first");
    answer_section(&answer, word, word);
    AnswerItem *item = answer_number(&answer, word, word, word, ANSWER_PLAIN,
                                     1);
    answer_because(&answer, item, word, "%s = %d", word, 1);
    answer_remark(&answer, item, "as %s", word);
    answer_note(&answer, "%s", word);
    strcpy(word, "later");

    const AnswerItem *kept = answer_find(&answer, "first", "first", "first");
    CHECK_TEXT(kept->label, "first");
    CHECK_TEXT(kept->source, "first");
    CHECK_TEXT(kept->equation, "first = 1");
    CHECK_TEXT(kept->text, "as first");
    CHECK_TEXT(answer.section[0].title, "first");
    CHECK_TEXT(answer.section[0].note[0], "first");
    arena_free(&arena);
}

TEST(hundreds_of_sections_items_and_notes_are_all_kept_in_order)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    char   key[16];
    for (int s = 0; s < 100; s++) {
        snprintf(key, sizeof key, "s%d", s);
        answer_section(&answer, key, "t");
        for (int i = 0; i < 100; i++) {
            snprintf(key, sizeof key, "k%d", i);
            answer_number(&answer, NULL, key, "l", ANSWER_PLAIN, s * 1000 + i);
            answer_note(&answer, "note %d of %d", i, s);
        }
    }
    CHECK(answer.nsection == 100);
    bool all = true;
    for (int s = 0; s < 100; s++)
        for (int i = 0; i < 100; i++) {
            snprintf(key, sizeof key, "note %d of %d", i, s);
            const AnswerSection *in = &answer.section[s];
            all = all && in->nitem == 100 && in->nnote == 100
               && in->item[i].value.value == s * 1000 + i
               && !strcmp(in->note[i], key);
        }
    CHECK(all);
    arena_free(&arena);
}

TEST(a_note_is_not_said_twice)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    answer_section(&answer, "s", "t");
    answer_note(&answer, "Peak of %s is assumed.", "bf16");
    answer_note(&answer, "Peak of %s is assumed.", "fp16");
    answer_note(&answer, "Peak of %s is assumed.", "bf16");
    CHECK(answer.section[0].nnote == 2);
    arena_free(&arena);
}

TEST(json_holds_every_field_and_null_where_nothing_is_known)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    answer_section(&answer, "s", "a \"title\"");
    AnswerItem *item = answer_put(&answer, "law", "loss", "loss", ANSWER_LOSS,
                                  (Interval){ 2.5, NAN, 3 });
    answer_because(&answer, item, "somebody, eq. 1", "L = %.1f", 2.5);
    answer_text(&answer, NULL, "t", "text", "%d words", 2);
    answer_note(&answer, "Beware.");

    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    answer_jot(&j, &answer);
    jot_end(&j);
    CHECK_TEXT(text.text,
        "{\"sections\":[{\"key\":\"s\","
        "\"title\":\"a \\\"title\\\"\",\"items\":["
        "{\"key\":\"loss\",\"label\":\"loss\",\"by\":\"law\","
        "\"unit\":\"nats/token\",\"value\":2.5,\"low\":null,\"high\":3,"
        "\"text\":null,\"equation\":\"L = 2.5\","
        "\"source\":\"somebody, eq. 1\"},"
        "{\"key\":\"t\",\"label\":\"text\",\"by\":null,\"unit\":\"text\","
        "\"value\":null,\"low\":null,\"high\":null,\"text\":\"2 words\","
        "\"equation\":null,\"source\":null}],\"notes\":[\"Beware.\"]}]}");
    str_free(&text);
    arena_free(&arena);
}

TEST(every_unit_has_a_name_of_its_own)
{
    for (int a = ANSWER_PLAIN; a <= ANSWER_TEXT; a++) {
        const char *name = answer_unit_name((AnswerUnit)a);
        test_note("unit %d", a);
        if (!CHECK(name != NULL))
            continue;
        for (int b = 0; b < a; b++)
            CHECK(strcmp(name, answer_unit_name((AnswerUnit)b)) != 0);
    }
}
