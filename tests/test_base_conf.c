/* test_base_conf.c - the reader of configuration text: what it takes, what it
 * refuses and in which words, and that no text at all makes it misbehave. */

#include "base/conf.h"
#include "base/file.h"
#include "base/rng.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static Arena arena; /* of the running test; freed at its end */

static const char sample[] =
    "\xef\xbb\xbf# a comment\r\n"
    "name = \"demo # \\\"one\\\"\" # and another\n"
    "\n"
    "  [train]\n"
    "lr      = 3e-4\n"
    "steps=70_000\n"
    "most = 70M\n"
    "below = -inf\n"
    "cosine = true\n"
    "budgets = [1e11, # first\n"
    "           3e11,\n"
    "          ]\n"
    "sizes = [\"2x16\", '2x32']\n"
    "none = []\n"
    "[param.E]\n"
    "note = \"\"\"\n"
    "two\n"
    "lines\"\"\"\n"
    "path = 'C:\\new'\n"
    "accent = \"\\u00e9\\u20ac\\t\"\n"
    "[empty]\n";

TEST(every_kind_of_value_is_read)
{
    Err  err = { 0 };
    Conf conf;
    if (!CHECK(conf_parse(&conf, &arena, sample, "s", &err))) {
        printf("%s\n", err.text);
        return;
    }
    const char *text = NULL;
    double      real = 0;
    bool        flag = false;
    RealList    reals = { 0 };
    TextList    texts = { 0 };
    CHECK(conf_text(&text, &conf, "", "name", &err));
    CHECK_TEXT(text, "demo # \"one\"");
    CHECK(conf_real(&real, &conf, "train", "lr", &err) && real == 3e-4);
    CHECK(conf_real(&real, &conf, "train", "steps", &err) && real == 70000);
    CHECK(conf_real(&real, &conf, "train", "most", &err) && real == 7e7);
    CHECK(conf_real(&real, &conf, "train", "below", &err) && real == -INFINITY);
    CHECK(conf_flag(&flag, &conf, "train", "cosine", &err) && flag);
    CHECK(conf_reals(&reals, &conf, "train", "budgets", &err));
    CHECK(reals.count == 2 && reals.item[1] == 3e11);
    CHECK(conf_texts(&texts, &conf, "train", "sizes", &err));
    CHECK(texts.count == 2);
    CHECK_TEXT(texts.item[1], "2x32");
    CHECK(conf_texts(&texts, &conf, "train", "none", &err) && !texts.count);
    CHECK(conf_text(&text, &conf, "param.E", "note", &err));
    CHECK_TEXT(text, "two\nlines");
    CHECK(conf_text(&text, &conf, "param.E", "path", &err));
    CHECK_TEXT(text, "C:\\new");
    CHECK(conf_text(&text, &conf, "param.E", "accent", &err));
    CHECK_TEXT(text, "\xc3\xa9\xe2\x82\xac\t");
    CHECK(conf.sections.count == 3);
    CHECK_TEXT(conf.sections.item[2], "empty");
    CHECK(conf_find(&conf, "train", "sizes")->line == 13);
    arena_free(&arena);
}

TEST(an_absent_key_changes_nothing_and_another_kind_is_refused)
{
    Err         err = { 0 };
    Conf        conf;
    double      real = 5;
    const char *text = "kept";
    CHECK(conf_parse(&conf, &arena, sample, "s", &err));
    CHECK(conf_real(&real, &conf, "train", "rate", &err) && real == 5);
    CHECK(!conf_text(&text, &conf, "train", "lr", &err));
    CHECK(err.kind == ERR_USAGE);
    CHECK_TEXT(err.text, "s:5: train.lr: a \"text\" is expected, not a number");
    CHECK_TEXT(text, "kept");
    arena_free(&arena);
}

TEST(whatever_is_wrong_is_said_with_its_line)
{
    const struct { const char *text, *error; } wrong[] = {
        { "a = 1\nb 2\n", "s:2: b: = is expected after the key" },
        { "a = 1\na = 2\n", "s:2: a: given twice, first in line 1" },
        { "[t]\na = 1\n\n[t]\n", "s:4: [t] is opened a second time" },
        { "a = \"x\n", "s:1: the text that begins here is not closed by \"" },
        { "a = '''\n", "s:1: nothing is expected here" },
        { "a = \"\"\"x\ny\n", "s:1: the text that begins here is not closed by "
                              "\"\"\"" },
        { "a = \"\\q\"\n", "s:1: in a text, \\ stands before one of" },
        { "a = \"\\u12g4\"\n", "s:1: after \\u four hex digits" },
        { "a = \"\\u0000\"\n", "s:1: \\u0000 is not a character" },
        { "a = \"\\ud800\"\n", "s:1: \\ud800 is not a character" },
        { "a = \"\x01\"\n", "s:1: a text holds the control character 0x01" },
        { "a = 1 2\n", "s:1: nothing is expected here, but there is '2'" },
        { "a = 1x\n", "s:1: 1x: not a number, true or false" },
        { "a = demo\n", "s:1: demo: not a number, true or false; a text stands"
                        " between quotes" },
        { "a = nan\n", "s:1: nan: not a number" },
        { "a = 1e999\n", "s:1: 1e999: not a number" },
        { "a = \n", "s:1: a value is expected" },
        { "a = [1,\n2\n", "s:1: the list that begins here is not closed by ]" },
        { "a = [1 2]\n", "s:1: between items of a list , is expected" },
        { "a = [1, \"x\"]\n", "s:1: a list holds numbers or texts, not both" },
        { "a = [true]\n", "s:1: a list holds numbers or texts, not true" },
        { "a = [[1]]\n", "s:1: a list within a list is not understood" },
        { "a = [,]\n", "s:1: a value is expected" },
        { "[[t]]\n", "s:1: [[...]] is not understood" },
        { "[t\n", "s:1: [section] is expected" },
        { "[]\n", "s:1: [section] is expected" },
        { "[t] x\n", "s:1: nothing is expected here, but there is 'x'" },
        { "= 1\n", "s:1: KEY = VALUE or [section] is expected" },
        { "\"a\" = 1\n", "s:1: KEY = VALUE or [section] is expected" },
        { "a. = 1\n", "s:1: KEY = VALUE or [section] is expected" },
        { "a = { b = 1 }\n", "s:1: {: not a number" },
        { "a\r= 1\n", "s:1: a: = is expected" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Err  err = { 0 };
        Conf conf;
        test_note("%s", wrong[i].text);
        CHECK(!conf_parse(&conf, &arena, wrong[i].text, "s", &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, wrong[i].error);
    }
    arena_free(&arena);
}

TEST(an_unknown_key_is_refused_with_the_nearest)
{
    Err         err = { 0 };
    Conf        conf;
    const char *keys[] = { "alpha", "beta" };
    CHECK(conf_parse(&conf, &arena, "[x]\nalpa = 1\n[y]\nz = 1\n", "s", &err));
    CHECK(!conf_only(&conf, "x", keys, 2, &err));
    CHECK_TEXT(err.text, "s:2: x.alpa: not a known key; did you mean alpha?");
    CHECK(!conf_only(&conf, "y", keys, 2, &err));
    CHECK_TEXT(err.text, "s:4: y.z: not a known key");
    CHECK(conf_only(&conf, "w", keys, 2, &err));
    arena_free(&arena);
}

TEST(numbers_are_read_with_underscores_and_suffixes)
{
    const struct { const char *text; double want; } good[] = {
        { "70B", 7e10 },  { "1.4T", 1.4e12 },  { "2.5e3", 2500 },
        { "10k", 1e4 },   { "3_000", 3000 },   { "-1", -1 },
        { "+.5", 0.5 },   { "1.", 1 },         { "0", 0 },
        { "7G", 7e9 },    { "2P", 2e15 },      { "1e-3M", 1e3 },
        { "0.1", 0.1 },   { "5K", 5000 },      { "1e+2", 100 },
    };
    const char *bad[] = {
        "",    " 1",   "1 ",  "0x10", "nan",  "inf",   "1_",    "_1", "1__0",
        "1e",  "k",    "1kk", "--1",  "1e400", "1,5",  "1_.5",  "-",  ".",
        "1e308k", "1 k", "1m",
    };
    double value = 0;
    for (int i = 0; i < COUNT_OF(good); i++) {
        test_note("%s", good[i].text);
        CHECK(conf_number(&value, good[i].text));
        CHECK_NEAR(value, good[i].want, 1e-15);
    }
    for (int i = 0; i < COUNT_OF(bad); i++) {
        test_note("'%s'", bad[i]);
        CHECK(!conf_number(&value, bad[i]));
    }
}

TEST(the_nearest_name_is_a_likely_typo_or_none)
{
    const char *names[] = { "chinchilla", "kaplan", "power" };
    CHECK_TEXT(conf_nearest("chinchila", names, 3), "chinchilla");
    CHECK_TEXT(conf_nearest("kaplna", names, 3), "kaplan");
    CHECK_TEXT(conf_nearest("elephant", names, 3), NULL);
    CHECK_TEXT(conf_nearest("x", names, 3), NULL);
    CHECK_TEXT(conf_nearest("power", names, 0), NULL);
}

TEST(a_binary_file_is_not_read_as_text)
{
    Err         err = { 0 };
    Conf        conf;
    const char *path = arena_print(&arena, "%s/x.conf", test_folder());
    CHECK(file_write(path, "a = 1\n\0b", 8, &err));
    CHECK(!conf_load(&conf, &arena, path, &err));
    CHECK(err.kind == ERR_FORMAT);
    CHECK_HAS(err.text, "byte 6 is zero");
    arena_free(&arena);
}

/* --- any text at all ----------------------------------------------------- */

/* The sample with a few bytes changed, dropped, doubled or cut off. */
static char *bent(u64 trial)
{
    const i64 size = (i64)sizeof sample - 1;
    char     *text = NEW(&arena, char, 2 * size + 8);
    memcpy(text, sample, (size_t)size);
    i64 n = size;
    for (u64 k = 0; k < 4; k++) {
        const u64   at = trial * 64 + k * 4;
        const char *odd = "[]\"'=#,\\\n\r u.-_\t\x01\x80";
        const i64   i = rng_below(1, RNG_TEST, at, n);
        switch (rng_below(1, RNG_TEST, at + 1, 5)) {
        case 0: text[i] = (char)(1 + rng_below(1, RNG_TEST, at + 2, 255)); break;
        case 1: text[i] = odd[rng_below(1, RNG_TEST, at + 2, 18)]; break;
        case 2: memmove(text + i, text + i + 1, (size_t)(n - i)); break;
        case 3:
            memmove(text + i + 1, text + i, (size_t)(n - i + 1));
            n = i64_min(n + 1, 2 * size);
            break;
        default:
            if (k == 3)
                text[i] = 0;
        }
        n = i64_max((i64)strlen(text), 1);
    }
    return text;
}

TEST(twenty_thousand_bent_files_are_read_or_refused_in_words)
{
    int read = 0, refused = 0;
    for (u64 trial = 0; trial < 20000; trial++) {
        Err   err = { 0 };
        Conf  conf;
        char *text = bent(trial);
        if (conf_parse(&conf, &arena, text, "s", &err)) {
            read++;
        } else {
            refused++;
            test_note("%.180s", text);
            CHECK(err.kind == ERR_USAGE && !strncmp(err.text, "s:", 2));
            CHECK(!strchr(err.text, '\n'));
        }
        arena_free(&arena);
    }
    CHECK(read > 1000 && refused > 1000); /* else the bending is too weak */
}
