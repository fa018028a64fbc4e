/* test_base_opt.c - one table serves file, flags, help and printing: what each
 * takes and refuses, and that what is printed reads back the same. */

#include "base/opt.h"
#include "base/rng.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Config {
    const char *name, *out;
    double      lr, lr2, unset;
    i64         steps, threads;
    bool        cosine, warm;
    RealList    budgets;
    TextList    sizes, rest;
} Config;

enum { OPTS = 11 };

static Arena  arena; /* of the running test */
static Config config;
static Opt    row[OPTS];

static OptTable fresh(void)
{
    config = (Config){ .name = "demo", .lr = 1e-3, .unset = NAN, .warm = true,
                       .threads = 2 };
    const Opt rows[OPTS] = {
        { "name", "NAME", "what it is called", .text = &config.name },
        { "train.lr", "X", "peak learning rate", .real = &config.lr },
        { "train.max_steps", "N", "steps to take", .count = &config.steps },
        { "model.lr", "X", "another rate", .real = &config.lr2 },
        { "train.cosine", NULL, "follow a cosine", .flag = &config.cosine },
        { "train.warm", NULL, "warm up", .flag = &config.warm },
        { "grid.budgets", "C,...", "FLOP", .reals = &config.budgets },
        { "grid.sizes", "LxD,...", "sizes of the models", .texts = &config.sizes },
        { "threads", "N", "threads to use, which changes no bit of any result "
          "and so has no part in a run's name", .count = &config.threads,
          .unhashed = true },
        { "out", "DIR", "where results go", .text = &config.out,
          .unhashed = true },
        { "grid.unset", "X", "never given", .real = &config.unset },
    };
    memcpy(row, rows, sizeof row);
    return (OptTable){ .command = "scalelaw x", .about = "Try, and in so many words that "
                       "they do not go into one line of a screen of eighty "
                       "columns.", .opt = row,
                       .nopt = OPTS, .operands = "[FILE]", .arena = &arena,
                       .rest = &config.rest };
}

/* The words after the command, cut at blanks. */
static bool flags(const OptTable *table, const char *words, Err *err)
{
    char *argv[32] = { arena_text(&arena, "x") };
    char *copy = arena_text(&arena, words);
    int   argc = 1;
    bool  helped;
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    return opt_flags(table, argc, argv, &helped, err);
}

TEST(a_file_sets_options_and_flags_win_over_it)
{
    Err            err = { 0 };
    const OptTable table = fresh();
    CHECK(opt_parse(&table, "name = \"two\"\n[train]\nlr = 3e-4\n"
                            "max_steps = 70_000\ncosine = true\nwarm = false\n"
                            "[grid]\nbudgets = [1e11, 3e11]\n"
                            "sizes = [\"2x16\"]\n", "s", &err));
    CHECK_TEXT(config.name, "two");
    CHECK(config.lr == 3e-4 && config.steps == 70000);
    CHECK(config.cosine && !config.warm);
    CHECK(config.budgets.count == 2 && config.budgets.item[1] == 3e11);

    CHECK(flags(&table, "--train.lr=1e-2 --max-steps 5M --warm --no-cosine "
                        "--sizes=1x8,2x8 --budgets 1,2,3 a -- --b", &err));
    CHECK(config.lr == 1e-2 && config.steps == 5000000);
    CHECK(!config.cosine && config.warm);
    CHECK(config.sizes.count == 2 && config.budgets.count == 3);
    CHECK_TEXT(config.sizes.item[1], "2x8");
    CHECK(config.rest.count == 2);
    CHECK_TEXT(config.rest.item[1], "--b");
    arena_free(&arena);
}

TEST(flags_take_their_value_in_every_usual_form)
{
    Err            err = { 0 };
    const OptTable table = fresh();
    CHECK(flags(&table, "--cosine=true --warm=false --train.lr -1 --name=", &err));
    CHECK(config.cosine && !config.warm && config.lr == -1);
    CHECK_TEXT(config.name, "");
    CHECK(flags(&table, "--sizes= --budgets=", &err));
    CHECK(config.sizes.count == 0 && config.budgets.count == 0);
    CHECK(flags(&table, "- --no-warm", &err));
    CHECK_TEXT(config.rest.item[0], "-");
    arena_free(&arena);
}

TEST(a_wrong_flag_is_refused_in_words)
{
    const struct { const char *words, *error; } wrong[] = {
        { "--tran.lr=1", "--tran.lr: not an option; did you mean --train.lr?" },
        { "--step=1 ", "--step: not an option; --help lists them" },
        { "--max-step=1", "did you mean --max_steps?" },
        { "--lr=1", "--lr: several options end so; give the whole name" },
        { "--train.lr=fast", "--train.lr: a number is expected, not 'fast'" },
        { "--train.lr", "--train.lr: a value is expected: --train.lr=X" },
        { "--train.lr --warm", "--train.lr: a value is expected" },
        { "--max-steps=1.5", "--max-steps: a whole number is expected" },
        { "--max-steps=1e17", "--max-steps: a whole number is expected" },
        { "--cosine=maybe", "--cosine: true or false is expected" },
        { "--no-name", "--no-name: not an option" },
        { "--no-warm=true", "--no-warm: not an option" },
        { "--budgets=1,x", "--budgets: a list of numbers, with commas between "
                           "is expected, not '1,x'" },
        { "-x", "-x: not an option; options begin with --" },
        { "--=1", "--: not an option" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Err            err = { 0 };
        const OptTable table = fresh();
        test_note("%s", wrong[i].words);
        CHECK(!flags(&table, wrong[i].words, &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, wrong[i].error);
        arena_free(&arena);
    }
}

TEST(operands_are_refused_where_none_are_expected)
{
    Err      err = { 0 };
    OptTable table = fresh();
    table.rest = NULL;
    CHECK(!flags(&table, "x.csv", &err));
    CHECK_HAS(err.text, "x.csv: not expected");
    arena_free(&arena);
}

TEST(a_wrong_file_is_refused_with_its_line)
{
    const struct { const char *text, *error; } wrong[] = {
        { "[train]\nlrr = 1\n", "s:2: train.lrr: not a known key; did you mean "
                                "train.lr?" },
        { "[tarin]\n", "s: [tarin]: not a known section" },
        { "[train]\nlr = \"fast\"\n", "s:2: train.lr: a number is expected, not"
                                      " a \"text\"" },
        { "[train]\nlr = inf\n", "s:2: train.lr: a number is expected, not inf" },
        { "[train]\nmax_steps = 1.5\n", "s:2: train.max_steps: a whole number "
                                        "is expected, not 1.5" },
        { "[grid]\nsizes = [1]\n", "s:2: grid.sizes: a list of \"texts\" is "
                                   "expected, not a list of numbers" },
        { "[grid]\nbudgets = [1, inf]\n", "s:2: grid.budgets: a list of "
                                          "numbers is expected" },
        { "name = true\n", "s:1: name: a \"text\" is expected, not true or" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Err            err = { 0 };
        const OptTable table = fresh();
        test_note("%s", wrong[i].text);
        CHECK(!opt_parse(&table, wrong[i].text, "s", &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, wrong[i].error);
        arena_free(&arena);
    }
}

TEST(what_is_printed_reads_back_as_the_same)
{
    Err            err = { 0 };
    const OptTable table = fresh();
    CHECK(opt_parse(&table, "name = 'a \"b\" \\ c'\n[train]\nlr = 0.1\n"
                            "[model]\nlr = 0.30000000000000004\n[grid]\n"
                            "sizes = ['x', \"\\n\\u0001\"]\nbudgets = [1, 2]\n",
                    "s", &err));
    const Config before = config;
    Str          text = { 0 }, again = { 0 };
    opt_print(&table, false, &text);

    const OptTable other = fresh();
    if (!CHECK(opt_parse(&other, text.text, "printed", &err)))
        printf("%s\n%s", err.text, text.text);
    opt_print(&other, false, &again);
    CHECK_TEXT(again.text, text.text);
    CHECK_TEXT(config.name, before.name);
    CHECK(config.lr == before.lr && config.lr2 == before.lr2);
    CHECK_TEXT(config.sizes.item[1], "\n\x01");
    str_free(&text);
    str_free(&again);
    arena_free(&arena);
}

TEST(only_what_changes_results_is_printed_for_a_hash)
{
    const OptTable table = fresh();
    Str            text = { 0 };
    opt_print(&table, true, &text);
    CHECK_TEXT(text.text, "name = \"demo\"\n\n[train]\nlr = "
                          "0.001\nmax_steps = 0\ncosine = false\n"
                          "warm = true\n\n[model]\nlr = 0\n\n[grid]\n"
                          "budgets = []\nsizes = []\n");
    str_free(&text);
    arena_free(&arena);
}

TEST(help_shows_every_option_in_eighty_columns)
{
    char          *text = NULL;
    size_t         size;
    const OptTable table = fresh();
    FILE          *out = open_memstream(&text, &size);
    opt_help(&table, out);
    fclose(out);
    for (int i = 0; i < OPTS; i++)
        CHECK_HAS(text, arena_print(&arena, "  --%s", row[i].name));
    CHECK_HAS(text, "scalelaw x [options] [FILE]\nTry, and in");
    CHECK_HAS(text, "peak learning rate [0.001]\n");
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        test_note("%s", line);
        CHECK(strlen(line) < 80);
    }
    free(text);
    arena_free(&arena);
}

TEST(ten_thousand_odd_command_lines_are_read_or_refused_in_words)
{
    const char *piece[] = {
        "--train.lr", "--lr", "=", "1e-3", "--no-", "warm", "--", "-", "x",
        "--sizes=", ",", "9e99", "--budgets", "nan", "_", "--help-me", ".",
    };
    int read = 0, refused = 0;
    for (u64 trial = 0; trial < 10000; trial++) {
        Err            err = { 0 };
        const OptTable table = fresh();
        Str            words = { 0 };
        for (u64 k = 0; k < 6; k++) {
            const u64 at = trial * 32 + 2 * k;
            str_put(&words, piece[rng_below(2, RNG_TEST, at, COUNT_OF(piece))]);
            if (rng_below(2, RNG_TEST, at + 1, 2))
                str_put(&words, " ");
        }
        if (flags(&table, words.text, &err)) {
            read++;
        } else {
            refused++;
            test_note("%s", words.text);
            CHECK(err.kind == ERR_USAGE && *err.text);
        }
        str_free(&words);
        arena_free(&arena);
    }
    CHECK(read > 300 && refused > 300);
}
