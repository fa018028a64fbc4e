/* test_base_csv.c - tables: RFC 4180 in and out, what is refused, and that no
 * text at all makes the reader misbehave. JSON files are tried here too. */

#include "base/file.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/table.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static Arena arena; /* of the running test */

static const char *saved(const char *text, i64 count)
{
    Err         err = { 0 };
    const char *path = arena_print(&arena, "%s/x.csv", test_folder());
    CHECK(file_write(path, text, count, &err));
    return path;
}

static bool read_text(Table *table, const char *text, Err *err)
{
    return table_csv_read(table, &arena, saved(text, (i64)strlen(text)), err);
}

TEST(cells_are_read_as_rfc_4180_has_them)
{
    Err   err = { 0 };
    Table table;
    if (!CHECK(read_text(&table, "\xef\xbb\xbfn,\"loss, nats\",who,\"a\"\"b\"\r\n"
                                 "1e9,2.5,\"x\r\ny\",\r\n"
                                 "70B, 3 ,\"\",\"7\"\r\n"
                                 "\r\n"
                                 "1,,z,0", &err)))
        return;
    CHECK(table.nrow == 3 && table.ncol == 3); /* `who` holds words alone */
    const double *n = table_column(&table, "n");
    const double *loss = table_column(&table, "loss, nats");
    const double *quote = table_column(&table, "a\"b");
    if (!CHECK(n && loss && quote && !table_column(&table, "who")))
        return;
    CHECK(n[0] == 1e9 && n[1] == 7e10 && n[2] == 1);
    CHECK(loss[0] == 2.5 && loss[1] == 3 && isnan(loss[2]));
    CHECK(isnan(quote[0]) && quote[1] == 7 && quote[2] == 0);
    CHECK_HAS(table.label[0], "x.csv:2");
    CHECK_HAS(table.label[1], "x.csv:4"); /* the first went over two lines */
    CHECK_HAS(table.label[2], "x.csv:6");
    arena_free(&arena);
}

TEST(a_table_that_is_not_one_is_refused_with_its_line)
{
    const struct { const char *text, *error; } wrong[] = {
        { "", "x.csv:1: empty" },
        { "a,b\n1,2\n3\n", "x.csv:3: 1 cell where the first line names 2" },
        { "a,b\n1,2,3\n", "x.csv:2: 3 cells where the first line names 2" },
        { "a,b\n1,\"2\n\n", "x.csv:2: a quote that begins here is not closed" },
        { "a,b\n1,2\"3\"\n", "x.csv:2: a quote stands inside a cell" },
        { "a,b\n\"1\"x,2\n", "x.csv:2: a quote stands inside a cell" },
        { "a,a\n1,2\n", "x.csv:1: two columns are called a" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Err   err = { 0 };
        Table table;
        test_note("%s", wrong[i].text);
        CHECK(!read_text(&table, wrong[i].text, &err));
        CHECK(err.kind == ERR_FORMAT);
        CHECK_HAS(err.text, wrong[i].error);
    }
    Err   err = { 0 };
    Table table;
    CHECK(!table_csv_read(&table, &arena, saved("a\n\0", 3), &err));
    CHECK_HAS(err.text, "byte 2 is zero");
    CHECK(!table_csv_read(&table, &arena, "/nowhere/x.csv", &err));
    CHECK(err.kind == ERR_IO);
    arena_free(&arena);
}

TEST(a_table_without_rows_is_a_table)
{
    Err   err = { 0 };
    Table table;
    CHECK(read_text(&table, "a,b\n", &err));
    CHECK(table.nrow == 0 && table.ncol == 0);
    arena_free(&arena);
}

TEST(a_table_written_reads_back_bit_for_bit)
{
    Err         err = { 0 };
    const char *names[] = { "n", "loss, nats", "none\"" };
    Table       table = table_new(&arena, 3, names, 50), again;
    for (int row = 0; row < 50; row++) {
        const double u = rng_normal(1, RNG_TEST, (u64)row);
        table.column[0][row] = pow(10, 10 * u);
        table.column[1][row] = row % 7 ? u : NAN;
        table.column[2][row] = -u / 3;
        table.label[row] = "a \"b\", c";
    }
    const char *path = arena_print(&arena, "%s/t.csv", test_folder());
    FILE       *out = fopen(path, "w");
    table_csv_write(&table, out);
    fclose(out);
    if (!CHECK(table_csv_read(&again, &arena, path, &err)))
        return;
    CHECK(again.nrow == 50 && again.ncol == 3);
    for (int c = 0; c < 3; c++)
        for (int row = 0; row < 50; row++) {
            const double want = table.column[c][row];
            const double seen = table_column(&again, names[c])[row];
            CHECK(seen == want || (isnan(seen) && isnan(want)));
        }
    arena_free(&arena);
}

TEST(rows_are_chosen_and_copied)
{
    const char *names[] = { "a", "b" };
    const bool  keep[] = { false, true, true, false };
    Table       table = table_new(&arena, 2, names, 4);
    for (int row = 0; row < 4; row++) {
        table.column[1][row] = row;
        table.label[row] = arena_print(&arena, "row %d", row);
    }
    Table some = table_where(&arena, &table, keep);
    CHECK(some.nrow == 2 && table_column(&some, "b")[1] == 2);
    CHECK_TEXT(some.label[0], "row 1");
    CHECK(!table_column(&some, "c"));
    some.column[1][0] = 77;
    CHECK(table.column[1][1] == 1);
    arena_free(&arena);
}

TEST(words_are_kept_beside_numbers)
{
    Err   err = { 0 };
    Table table;
    if (!CHECK(read_text(&table, "arch,n,mixed,empty\n lstm , 1,3,\n"
                                 "\"a, b\",2,none,\n,3,,\n", &err)))
        return;
    CHECK(table.ncol == 2 && table.ntext == 2 && table.nrow == 3);
    const char **arch = table_text(&table, "arch");
    const char **mixed = table_text(&table, "mixed");
    const double *number = table_column(&table, "mixed");
    if (!CHECK(arch && mixed && number && !table_text(&table, "n")))
        return;
    CHECK_TEXT(arch[0], "lstm");
    CHECK_TEXT(arch[1], "a, b");
    CHECK_TEXT(arch[2], "");
    CHECK_TEXT(mixed[0], "3");
    CHECK(number[0] == 3 && isnan(number[1]) && isnan(number[2]));

    const bool keep[] = { false, true, true };
    const Table some = table_where(&arena, &table, keep);
    CHECK_TEXT(table_text(&some, "arch")[0], "a, b");
    CHECK_TEXT(table_text(&some, "mixed")[0], "none");
    CHECK_TEXT(some.label[1], table.label[2]);
    CHECK(some.label[1] != table.label[2]);

    const char *path = arena_print(&arena, "%s/again.csv", test_folder());
    FILE       *out = fopen(path, "w");
    table_csv_write(&table, out);
    fclose(out);
    Table again;
    if (!CHECK(table_csv_read(&again, &arena, path, &err)))
        return;
    CHECK(again.ncol == 2 && again.ntext == 3); /* the labels */
    CHECK_TEXT(table_text(&again, "arch")[1], "a, b");
    CHECK_TEXT(table_text(&again, "mixed")[1], "none");
    CHECK(table_column(&again, "mixed")[0] == 3);
    arena_free(&arena);
}

TEST(the_first_line_says_what_separates)
{
    static const char *const text[] = {
        "a;b,c;d\n1;2,5;\"x;y\"\n", "a\tb,c\td\n1\t2,5\tx;y\n",
        "a,\"b,c\", d \n1, 2.5 ,\t\"x;y\" \n",
    };
    for (int i = 0; i < COUNT_OF(text); i++) {
        Err   err = { 0 };
        Table table;
        test_note("%s", text[i]);
        if (!CHECK(read_text(&table, text[i], &err)))
            continue;
        const double *bc = table_column(&table, "b,c");
        const char  **d = table_text(&table, "d");
        if (!CHECK(table.nrow == 1 && bc && d))
            continue;
        CHECK(bc[0] == 2.5);
        CHECK_TEXT(d[0], "x;y");
    }
    arena_free(&arena);
}

TEST(lines_that_are_no_rows_are_left_out_by_name_where_asked)
{
    Err   err = { 0 };
    Table table;
    Str   skipped = { 0 };
    char *text = arena_text(&arena, "a,b\n1,2\n3\n4,5\"6\n\"x\ny\",7\n"
                                    "8,\"9\n10,11\n");
    if (!CHECK(table_csv_parse(&table, &arena, text, (i64)strlen(text), "x.csv",
                               &skipped, &err)))
        return;
    CHECK(table.nrow == 3);
    CHECK(table_column(&table, "b")[1] == 7);
    CHECK(table_column(&table, "a")[2] == 10);
    CHECK_TEXT(table.label[2], "x.csv:8");
    CHECK_TEXT(skipped.text,
               "x.csv:3: 1 cell where the first line names 2 columns\n"
               "x.csv:4: a quote stands inside a cell; double it, and put the "
               "whole cell in quotes\n"
               "x.csv:7: a quote that begins here is not closed\n");
    str_free(&skipped);
    arena_free(&arena);
}

TEST(values_are_numbered_in_the_order_in_which_they_appear)
{
    Err   err = { 0 };
    Table table;
    double *code;
    const char **name;
    i64 count;
    if (!CHECK(read_text(&table, "w,x,m\nb,0.1,1\na,-0,q\nb,0,\n,nan,1\n"
                                 "c,1e300,01\n", &err)))
        return;
    CHECK(table_codes(&code, &name, &count, &arena, &table, "w"));
    CHECK(count == 4 && code[0] == 0 && code[1] == 1 && code[2] == 0
          && code[3] == 2 && code[4] == 3);
    CHECK_TEXT(name[0], "b");
    CHECK_TEXT(name[2], "");
    /* Words decide: 1 and 01 differ, and so do they from an empty cell. */
    CHECK(table_codes(&code, &name, &count, &arena, &table, "m"));
    CHECK(count == 4 && code[3] == 0 && code[2] == 2 && code[4] == 3);
    CHECK(!table_codes(&code, &name, &count, &arena, &table, "none"));

    table.ntext = 0; /* x as numbers */
    CHECK(table_codes(&code, &name, &count, &arena, &table, "x"));
    CHECK(count == 4 && code[1] == 1 && code[2] == 1 && code[3] == 2);
    CHECK_TEXT(name[0], "0.1");
    CHECK_TEXT(name[1], "0");
    CHECK_TEXT(name[2], "");
    CHECK_TEXT(name[3], "1e+300");
    arena_free(&arena);
}

TEST(a_million_different_values_are_numbered_in_near_linear_time)
{
    enum { ROWS = 1000000 };
    const char *names[] = { "x" };
    Table       table = table_new(&arena, 1, names, ROWS);
    double      seconds[2];
    for (int part = 0; part < 2; part++) {
        double *code;
        const char **name;
        i64 count;
        Arena own = { 0 };
        table.nrow = part ? ROWS : ROWS / 10;
        /* Multiples of a power of two: a poor hash crowds them. */
        for (i64 i = 0; i < table.nrow; i++)
            table.column[0][i] = (double)(i / 2 * 4096);
        const clock_t from = clock();
        CHECK(table_codes(&code, &name, &count, &own, &table, "x"));
        seconds[part] = (double)(clock() - from) / CLOCKS_PER_SEC;
        CHECK(count == table.nrow / 2);
        CHECK(code[table.nrow - 1] == (double)(count - 1));
        arena_free(&own);
    }
    /* Ten times the rows: 100 times if it were quadratic; caches cost some. */
    CHECK_BELOW(seconds[1], 40 * seconds[0] + 0.05);
    arena_free(&arena);
}

/* `text` with a few bytes changed or cut off, in a file. */
static const char *bent(const char *text, u64 trial)
{
    const i64 size = (i64)strlen(text);
    char     *copy = arena_text(&arena, text);
    i64       count = size;
    for (u64 k = 0; k < 3; k++) {
        const u64 at = trial * 16 + k * 4;
        const i64 i = rng_below(3, RNG_TEST, at, size);
        const char *odd = "\",\n\r{}[]:\\";
        copy[i] = rng_below(3, RNG_TEST, at + 1, 2)
                      ? odd[rng_below(3, RNG_TEST, at + 2, 10)]
                      : (char)rng_below(3, RNG_TEST, at + 2, 256);
    }
    if (trial % 4 == 0)
        count = rng_below(3, RNG_TEST, trial * 16 + 15, size);

    const char *path = arena_print(&arena, "%s/bent", test_folder());
    remove(path); /* cutting it short would wait for the disk */
    FILE       *out = fopen(path, "w");
    CHECK(out && fwrite(copy, 1, (size_t)count, out) == (size_t)count);
    fclose(out);
    return path;
}

TEST(five_thousand_bent_tables_are_read_or_refused_in_words)
{
    int read = 0, refused = 0;
    for (u64 trial = 0; trial < 5000; trial++) {
        Err         err = { 0 };
        Table       table;
        const char *path = bent("n,\"loss\",who\r\n1,2,\"x\"\r\n3,4,\"y,\"\"z\"",
                                trial);
        if (table_csv_read(&table, &arena, path, &err)) {
            read++;
        } else {
            refused++;
            CHECK(err.kind == ERR_FORMAT && strstr(err.text, "bent:"));
        }
        arena_free(&arena);
    }
    CHECK(read > 500 && refused > 500);
}

TEST(five_thousand_bent_documents_are_read_or_refused_in_words)
{
    int read = 0, refused = 0;
    for (u64 trial = 0; trial < 5000; trial++) {
        Err         err = { 0 };
        json_t     *root = NULL;
        const char *path = bent("{\"n\": 1,\n \"list\": [1, 2e9, null],\n"
                                " \"text\": \"a \\\"b\\\" \\u00e9 and more\"}",
                                trial);
        if (json_load_path(&root, path, &err)) {
            read++;
            json_get_real(root, "n", 0);
            json_get_text(root, "text", "");
        } else {
            refused++;
            CHECK(err.kind == ERR_FORMAT && strstr(err.text, "bent:"));
        }
        json_decref(root);
        arena_free(&arena);
    }
    test_note("%d read, %d refused", read, refused);
    CHECK(read > 10 && refused > 500); /* JSON forgives little */
}

TEST(json_errors_say_file_line_and_column)
{
    Err     err = { 0 };
    json_t *root;
    CHECK(!json_load_path(&root, saved("{\n  \"a\": tru\n}", 14), &err));
    CHECK(err.kind == ERR_FORMAT);
    CHECK_HAS(err.text, "x.csv:2:10: not JSON:");
    CHECK(!json_load_path(&root, saved("{\"a\":1,\"a\":2}", 13), &err));
    CHECK_HAS(err.text, "duplicate");
    CHECK(!json_load_path(&root, "/nowhere/x.json", &err));
    CHECK(err.kind == ERR_IO);
    arena_free(&arena);
}
