/* test_store_import.c - tables from elsewhere: names that are known, units,
 * which rows, what is refused and what is left out by name. */

#include "tests/import_world.h"

static const char *const NDL[] = { "N", "D", "loss" };

TEST(sizes_and_losses_are_known_by_their_common_names)
{
    static const struct { const char *first, *row; double n, d, loss; } known[] = {
        { "params,tokens,flops,loss", "1e6,2e7,1.2e14,3", 1e6, 2e7, 3 },
        { "N,D,loss", "1e6,2e7,3", 1e6, 2e7, 3 },
        { "n_params,train_tokens,val_loss,train_loss", "1e6,2e7,3,2.5",
          1e6, 2e7, 3 },
        { "Model Size,Training FLOP,loss", "1e6,1.2e14,3", 1e6, 2e7, 3 },
        { "compute_budget,training_tokens,validation_loss", "1.2e14,2e7,3",
          1e6, 2e7, 3 },
        { "config.model.n_params,summary.tokens_seen,summary.eval/loss",
          "1e6,2e7,3", 1e6, 2e7, 3 },
        { "params (M),tokens_b,Validation Loss", "1,0.02,3", 1e6, 2e7, 3 },
        { "params,PF-days,loss", "1e6,1.388888888888889e-6,3", 1e6, 2e7, 3 },
        { "num_params;tokens;eval_loss", "1e6;2e7;3,5", 1e6, 2e7, 3.5 },
    };
    for (int i = 0; i < COUNT_OF(known); i++) {
        Table t;
        test_note("%s", known[i].first);
        const char *path = world_file("x.csv",
                                      arena_print(&arena, "%s\n%s\n",
                                                  known[i].first, known[i].row));
        CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
        CHECK_NEAR(world_at(&t, "N", 0), known[i].n, 1e-12);
        CHECK_NEAR(world_at(&t, "D", 0), known[i].d, 1e-12);
        CHECK_NEAR(world_at(&t, "loss", 0), known[i].loss, 1e-12);
    }
    world_end();
}

TEST(a_letter_wins_over_a_name_and_what_else_would_do_is_said)
{
    Table t;
    const char *path = world_file("x.csv", "N,params,tokens,tokens_seen,loss,"
                                           "val_loss\n1,2,3,4,5,6\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(world_at(&t, "N", 0) == 1 && world_at(&t, "D", 0) == 3);
    CHECK(world_at(&t, "loss", 0) == 5 && world_at(&t, "tokens_seen", 0) == 4);
    CHECK_HAS(notes.text, "D = tokens (not tokens_seen); --map chooses");

    const ImportOptions map = { .map = "N=params,D=tokens_seen,loss=val_loss" };
    CHECK_TEXT(world_import(&t, path, &map, NDL, 3), "");
    CHECK(world_at(&t, "N", 0) == 2 && world_at(&t, "D", 0) == 4);
    CHECK(world_at(&t, "loss", 0) == 6 && world_at(&t, "params", 0) == 2);
    world_end();
}

TEST(cells_may_have_units)
{
    Table t;
    const char *path = world_file("x.csv", "size,params,tokens,compute,loss\n"
        "a,70B,1.4T tokens,5.76e23,1.9\nb,124m,300_000,3 PF-days,3\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(world_at(&t, "N", 0) == 70e9 && world_at(&t, "D", 0) == 1.4e12);
    CHECK(world_at(&t, "N", 1) == 124e6 && world_at(&t, "D", 1) == 3e5);
    CHECK(world_at(&t, "C", 0) == 5.76e23 && world_at(&t, "C", 1) == 3 * 8.64e19);
    CHECK_TEXT(world_text(&t, "size", 1), "b");
    CHECK(!table_text(&t, "N") && table_text(&t, "params"));
    world_end();
}

TEST(the_third_of_n_d_c_follows_and_is_said)
{
    Table t;
    const char *path = world_file("x.csv", "params,flops,loss\n2,48,1\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(world_at(&t, "D", 0) == 4);
    CHECK_HAS(notes.text, "D: not in the table, taken from C = 6 N D");
    world_end();
}

TEST(a_bad_row_is_refused_with_its_place_or_left_out_by_name)
{
    static const struct { const char *row, *error; } bad[] = {
        { "1e6,nan,3", "x.csv:3: D is 'nan', a number above 0 is needed; correct "
          "it, or leave such rows out with --skip-bad" },
        { "1e6,2e7,", "x.csv:3: loss is empty" },
        { "-1,2e7,3", "x.csv:3: N is -1" },
        { "0,2e7,3", "x.csv:3: N is 0" },
        { "1e400,2e7,3", "x.csv:3: N is '1e400'" },
        { "inf,2e7,3", "x.csv:3: N is 'inf'" },
        { "n/a,2e7,3", "x.csv:3: N is 'n/a'" },
        { "\"70,000\",2e7,3", "x.csv:3: N is '70,000'" },
        { "70Q,2e7,3", "x.csv:3: N is '70Q'" },
        { "1e6,2e7", "x.csv:3: 2 cells where the first line names 3" },
        { "1e6,2e7,3,4", "x.csv:3: 4 cells where the first line names 3" },
        { "1e6,2e7,\"3", "x.csv:3: a quote that begins here is not closed" },
    };
    for (int i = 0; i < COUNT_OF(bad); i++) {
        Table t;
        const ImportOptions skip = { .skip_bad = true };
        test_note("%s", bad[i].row);
        const char *path = world_file(
            "x.csv", arena_print(&arena, "params,tokens,loss\n1e6,2e7,3\n%s\n"
                                         "3e6,2e7,2.5\n", bad[i].row));
        CHECK_HAS(world_import(&t, path, NULL, NDL, 3), bad[i].error);
        CHECK(!strstr(notes.text, "left out"));
        CHECK_TEXT(world_import(&t, path, &skip, NDL, 3), "");
        CHECK(t.nrow == 2 && world_at(&t, "N", 1) == 3e6);
        CHECK_HAS(notes.text, "x.csv:3: ");
        CHECK_HAS(notes.text, ": left out\n");
    }
    world_end();
}

TEST(of_many_bad_rows_ten_are_named_and_the_rest_counted)
{
    Str   text = { 0 };
    Table t;
    const ImportOptions skip = { .skip_bad = true };
    str_put(&text, "params,tokens,loss\n");
    for (int i = 0; i < 50; i++)
        str_add(&text, "1e6,2e7,%s\n", i % 2 ? "2.5" : "none");
    CHECK_TEXT(world_import(&t, world_file("x.csv", text.text), &skip, NDL, 3), "");
    CHECK(t.nrow == 25);
    CHECK_HAS(notes.text, "x.csv:20: loss is 'none'");
    CHECK(!strstr(notes.text, "x.csv:22:"));
    CHECK_HAS(notes.text, "... and 15 more left out\n");
    str_free(&text);
    world_end();
}

TEST(zero_is_a_value_where_it_is_said_to_be)
{
    Table t;
    static const char *const need[] = { "share", "loss" }, *const zero[] = { "share" };
    const ImportOptions options = { .zero = zero, .nzero = 1 };
    const char *path = world_file("x.csv", "share,loss\n0,3\n0.5,2\n");
    CHECK_TEXT(world_import(&t, path, &options, need, 2), "");
    CHECK_HAS(world_import(&t, path, NULL, need, 2), "x.csv:2: share is 0");
    path = world_file("x.csv", "share,loss\n-1,3\n0.5,2\n");
    CHECK_HAS(world_import(&t, path, &options, need, 2), "a number from 0 on");
    world_end();
}

TEST(a_column_that_is_missing_is_asked_for)
{
    Table t;
    const char *path = world_file("x.csv", "size,tokens,loss\n1,2,3\n");
    CHECK_HAS(world_import(&t, path, NULL, NDL, 3),
              "; there are the columns size, tokens, loss; ");
    CHECK_HAS(world_import(&t, path, NULL, NDL, 3),
              "x.csv: no column 'N' (parameters: params, n_params, ...); there");
    CHECK_HAS(world_import(&t, path, NULL, NDL, 3), "with --map=N=COLUMN");
    const ImportOptions typo = { .map = "N=siez" };
    CHECK_HAS(world_import(&t, path, &typo, NDL, 3),
              "no column is called 'siez', did you mean 'size'; there");
    const ImportOptions none = { .map = "size" };
    CHECK_HAS(world_import(&t, path, &none, NDL, 3), "'size' is not NAME=COLUMN");
    world_end();
}

TEST(rows_are_chosen_by_numbers_and_by_texts)
{
    static const struct { const char *where; int rows; } by[] = {
        { "params > 1e6", 2 }, { "N >= 1M and loss < 3", 2 },
        { "arch = 'gpt'", 2 }, { "arch != \"gpt\" AND N < 1B", 1 },
        { "\"a b\" = 7", 1 }, { "x <> 1", 1 }, { "x = 1", 1 }, { "  ", 3 },
    };
    const char *path = world_file("x.csv", "arch,params,tokens,loss,a b,x\n"
        "gpt,1e6,1e7,3,5,\nlstm,2e6,1e7,2.5,6,1\ngpt,3e6,1e7,2.2,7,2\n");
    for (int i = 0; i < COUNT_OF(by); i++) {
        Table t;
        const ImportOptions options = { .where = by[i].where };
        test_note("%s", by[i].where);
        CHECK_TEXT(world_import(&t, path, &options, NDL, 3), "");
        CHECK(t.nrow == by[i].rows);
    }
    static const struct { const char *where, *error; } wrong[] = {
        { "loss", "COLUMN < NUMBER" }, { "loss < ", "COLUMN < NUMBER" },
        { "loss ! 3", "COLUMN < NUMBER" }, { "loss < 3 or N > 1", "COLUMN < NUMBER" },
        { "los < 3", "no column is called 'los'" },
        { "arch < 'gpt'", "which are = or !=" }, { "arch = 3", "arch = 'text'" },
        { "loss = 'x'", "without quotes" }, { "loss = '3", "COLUMN < NUMBER" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Table t;
        const ImportOptions options = { .where = wrong[i].where };
        test_note("%s", wrong[i].where);
        CHECK_HAS(world_import(&t, path, &options, NDL, 3), wrong[i].error);
    }
    world_end();
}

TEST(a_bad_row_that_is_not_wanted_does_not_matter)
{
    Table t;
    const ImportOptions options = { .where = "kept = 1" };
    const char *path = world_file("x.csv", "params,tokens,loss,kept\n1,2,3,1\n"
                                           "1,2,nan,0\n");
    CHECK_TEXT(world_import(&t, path, &options, NDL, 3), "");
    CHECK(t.nrow == 1);
    world_end();
}

TEST(runs_that_crashed_are_left_out_by_name_unless_asked_for)
{
    Table t;
    const ImportOptions asked = { .where = "State != 'running'" };
    const char *path = world_file("wandb.csv",
        "\"Name\",\"State\",\"config.n_params\",\"summary.tokens\",\"val/loss\"\n"
        "\"run-1\",\"finished\",\"1000000\",\"2e7\",\"3\"\n"
        "\"run-2\",\"crashed\",\"1000000\",\"1e7\",\"5\"\n"
        "\"run-3\",\"running\",\"1000000\",\"1e6\",\"7\"\n"
        "\"run-4\",\"\",\"1000000\",\"1e6\",\"8\"\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 1);
    CHECK_TEXT(t.label[0], "run-1");
    CHECK_HAS(notes.text, "W&B export, 4 rows");
    CHECK_HAS(notes.text, "run-2: left out, its State is crashed");
    CHECK_HAS(notes.text, "run-4: left out, its State is empty");
    CHECK_TEXT(world_import(&t, path, &asked, NDL, 3), "");
    CHECK(t.nrow == 3);
    world_end();
}

TEST(json_lines_are_rows_with_dots_in_their_names)
{
    Table t;
    const char *path = world_file("x.jsonl",
        "{\"id\": \"a\", \"config\": {\"n_params\": 1e6, \"moe\": false},"
        " \"tokens\": \"20M\", \"val\": {\"loss\": 3}, \"tags\": [1, {\"x\": 2}]}\r\n"
        "\n{\"tokens\": 3e7, \"config\": {\"moe\": true, \"n_params\": 2000000},"
        " \"val\": {\"loss\": 2.5}, \"note\": \"caf\\u00e9 \\ud83d\\ude00\"}\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 2 && world_at(&t, "N", 1) == 2e6);
    CHECK(world_at(&t, "D", 0) == 2e7 && world_at(&t, "D", 1) == 3e7);
    CHECK(world_at(&t, "loss", 1) == 2.5 && world_at(&t, "config.moe", 1) == 1);
    CHECK_TEXT(world_text(&t, "id", 0), "a");
    CHECK_TEXT(world_text(&t, "id", 1), "");
    CHECK_TEXT(world_text(&t, "note", 1), "caf\xc3\xa9 \xf0\x9f\x98\x80");
    CHECK(!table_column(&t, "tags") && !table_column(&t, "x"));
    CHECK_HAS(notes.text, "lists are left out, 1 of them");
    CHECK_HAS(t.label[1], "x.jsonl:3");

    path = world_file("x.json", "\xef\xbb\xbf[\n {\"N\": 1, \"D\": 2, \"loss\": 3},"
                                "\n {\"N\": 4,\n \"D\": 5, \"loss\": 6}\n]\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 2 && world_at(&t, "loss", 1) == 6);
    world_end();
}

TEST(json_that_is_none_is_refused_with_its_place)
{
    static const struct { const char *text, *error; } wrong[] = {
        { "{\"a\": 1", "x.jsonl:1:8: , or } is expected; the text ends here" },
        { "{\"N\": 1}\n{\"N\": }\n", "x.jsonl:2:7: a value is expected" },
        { "{\"N\": 1,}\n", "a name in quotes is expected" },
        { "{\"N\": 01x}\n", "a value is expected" },
        { "{\"N\" 1}\n", ": is expected behind the name" },
        { "{\"N\": 1}\n3\n", "x.jsonl:2:1: a row {...} is expected" },
        { "[{\"N\": 1}", "] is expected; the text ends here" },
        { "{\"N\": \"a\nb\"}\n", "a text is not closed" },
        { "{\"N\": \"\\q\"}\n", "\\ is followed by" },
        { "{\"N\": \"\\u12g4\"}\n", "four hexadecimal digits" },
        { "[]", "no row {...} in it" },
        { "{\"N\": tru}\n", "a value is expected" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Table t;
        test_note("%s", wrong[i].text);
        CHECK_HAS(world_import(&t, world_file("x.jsonl", wrong[i].text), NULL,
                               NULL, 0), wrong[i].error);
    }
    Table t;
    char  deep[400];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "{\"a\":", 5);
    deep[399] = 0;
    CHECK_HAS(world_import(&t, world_file("x.json", deep), NULL, NULL, 0),
              "more than 64 levels deep");
    const ImportOptions skip = { .skip_bad = true };
    const char *path = world_file("x.jsonl", "{\"N\":1}\n{\"N\":}\n{\"N\":3}\n");
    CHECK_TEXT(world_import(&t, path, &skip, NULL, 0), "");
    CHECK(t.nrow == 2 && world_at(&t, "N", 1) == 3);
    CHECK_HAS(notes.text, "x.jsonl:2:6: a value is expected");
    world_end();
}

TEST(a_last_line_that_was_being_written_is_left_out_and_said)
{
    Table t;
    const char *path = world_file("x.jsonl", "{\"N\":1}\n{\"N\":2}\n{\"N\":");
    CHECK_TEXT(world_import(&t, path, NULL, NULL, 0), "");
    CHECK(t.nrow == 2);
    CHECK_HAS(notes.text, "x.jsonl:3: the last line is torn, and left out");
    world_end();
}

TEST(what_python_writes_for_no_number_is_no_number)
{
    Table t;
    const char *path = world_file("x.jsonl", "{\"N\":1,\"D\":2,\"loss\":NaN}\n");
    CHECK_HAS(world_import(&t, path, NULL, NDL, 3), "x.jsonl:1: loss is 'NaN'");
    path = world_file("x.jsonl", "{\"N\":1,\"D\":1e999,\"loss\":3}\n");
    CHECK_HAS(world_import(&t, path, NULL, NDL, 3), "x.jsonl:1: D is '1e999'");
    path = world_file("x.jsonl", "{\"N\":1,\"D\":-Infinity,\"loss\":3}\n");
    CHECK_HAS(world_import(&t, path, NULL, NDL, 3), "D is '-Infinity'");
    world_end();
}

TEST(files_that_are_no_tables_are_refused_with_a_remedy)
{
    static const struct { const char *bytes; int size; const char *error; } file[] = {
        { "", 0, "x: empty" },
        { "a,b\n", 4, "a first line with names, and no rows" },
        { "1e6,2e7,3\n2e6,2e7,2\n", 20, "x:1: numbers, where the names of the "
          "columns are expected" },
        { "params loss\n1 2\n", 16, "x:1: one column, 'params loss'; separate" },
        { "PAR1....", 8, "a Parquet file; write it as CSV: duckdb" },
        { "SQLite format 3\0", 16, "an SQLite database" },
        { "PK\3\4xx", 6, "a zip archive" },
        { "\x28\xb5\x2f\xfd--", 6, "packed by zstd" },
        { "\x1f\x8b\x08\0\0", 5, "a gzip file that ends too early" },
        { "\x1f\x8b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12,
          "not a whole gzip file" },
        { "a\0b\0c", 5, "not a text file" },
        { "\xff\xfe" "a\0", 4, "16 bits a letter" },
        { "<html><body>", 12, "a web page" },
    };
    for (int i = 0; i < COUNT_OF(file); i++) {
        Table t;
        test_note("%s", file[i].error);
        const char *path = world_bytes("x", file[i].bytes, file[i].size);
        CHECK_HAS(world_import(&t, path, NULL, NULL, 0), file[i].error);
    }
    Table t;
    CHECK_HAS(world_import(&t, "/nowhere/x.csv", NULL, NULL, 0), "No such file");
    const ImportOptions odd = { .format = "parquet" };
    CHECK_HAS(world_import(&t, world_file("x.csv", "N\n1\n"), &odd, NULL, 0),
              "--format=parquet: there are csv, jsonl, wandb");
    world_end();
}

TEST(lines_may_end_as_they_did_on_very_old_machines)
{
    Table t;
    const char *path = world_file("x.csv", "params,tokens,loss\r1,2,3\r4,5,6\r");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 2 && world_at(&t, "loss", 1) == 6);
    world_end();
}

TEST(a_cell_of_a_megabyte_is_a_cell)
{
    Table t;
    char *text = NEW(&arena, char, 1100000);
    memcpy(text, "N,word\n1,", 9);
    memset(text + 9, 'x', 1 << 20);
    CHECK_TEXT(world_import(&t, world_file("x.csv", text), NULL, NULL, 0), "");
    CHECK(t.nrow == 1 && strlen(world_text(&t, "word", 0)) == 1 << 20);
    world_end();
}

TEST(names_without_end_do_not_eat_the_memory)
{
    Str   text = { 0 };
    Table t;
    for (int i = 0; i < 30000; i++)
        str_add(&text, "{\"k%d\":1}\n", i);
    CHECK_HAS(world_import(&t, world_file("x.jsonl", text.text), NULL, NULL, 0),
              "different names in them; is this a table of runs?");
    str_free(&text);
    world_end();
}

TEST(what_is_written_is_read_back)
{
    Table t, again;
    const char *path = world_file("x.csv", "name,params,tokens,loss,\"a\"\"b\",note\n"
        "\"r, 1\",1e6,2e7,3.3333333333333335,1,\"two\nlines\"\nr2,1e7,2e7,3,,\n");
    for (int jsonl = 0; jsonl < 2; jsonl++) {
        Str out = { 0 };
        test_note(jsonl ? "as JSON Lines" : "as CSV");
        CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
        (jsonl ? import_write_jsonl : import_write_csv)(&t, &out);
        if (!jsonl)
            CHECK_HAS(out.text, "N,D,C,loss,name,\"a\"\"b\",note\n"
                                "1000000,20000000,120000000000000,");
        CHECK_TEXT(world_import(&again, world_file("out", out.text), NULL, NDL, 3),
                   "");
        CHECK(again.nrow == 2);
        CHECK(world_at(&again, "loss", 0) == 3.3333333333333335);
        CHECK(world_at(&again, "a\"b", 0) == 1 && isnan(world_at(&again, "a\"b", 1)));
        CHECK_TEXT(world_text(&again, "name", 0), "r, 1");
        CHECK_TEXT(world_text(&again, "note", 0), "two\nlines");
        str_free(&out);
    }
    world_end();
}

TEST(published_tables_need_no_map)
{
    Table t;
    const char *path = test_shared("data/chinchilla_points/points.csv");
    if (!path)
        SKIP("no folder with published data beside the repository");
    const ImportOptions options = { .where = "excluded_outlier = 0" };
    CHECK_TEXT(world_import(&t, path, &options, NDL, 3), "");
    CHECK(t.nrow == 240);
    path = test_shared("data/llama3_isoflop/isoflops_points.csv");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 133);
    CHECK_NEAR(world_at(&t, "N", 0), 6e18 / 6 / 1579500858.99, 1e-12);
    world_end();
}
