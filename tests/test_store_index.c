/* test_store_index.c - tables made of run records: SQLite, CSV, and what the
 * laws are fitted to. */

#include "count/count.h"
#include "store/index.h"
#include "store/run_field.h"
#include "store_world.h"

#include <sqlite3.h>

/* Three runs: two done, one that never learned. */
static void world_three(void)
{
    Run run = world_run("b-2");
    CHECK(world_write(&run, true));
    run = world_run("a-1");
    run.val_loss = 3.5;
    run.flop     = 1e13;
    run.corpus   = "it's, \"quoted\"\nand two lines";
    CHECK(world_write(&run, true));
    run = world_run("c-3");
    run.status = "plateau";
    run.reason = "at the unigram loss";
    CHECK(world_write(&run, true));
}

static void build(i64 want)
{
    Str broken = { 0 };
    i64 indexed;
    Err err = { 0 };
    if (!CHECK(index_build(&indexed, &broken, world_path("index.sqlite"),
                           world_path("runs"), &err)))
        printf("%s\n", err.text);
    CHECK(indexed == want);
    str_free(&broken);
}

/* The ids, joined by blanks. */
static void asks(const char *where, const char *want)
{
    Arena  arena = { 0 };
    Str    seen  = { 0 };
    char **ids;
    i64    count;
    Err    err = { 0 };
    test_note("where %s", where ? where : "(none)");
    if (!CHECK(index_ids(&ids, &count, &arena, world_path("index.sqlite"),
                         where, &err)))
        printf("%s\n", err.text);
    for (i64 i = 0; i < count; i++)
        str_add(&seen, "%s%s", i ? " " : "", ids[i]);
    CHECK_TEXT(seen.text ? seen.text : "", want);
    str_free(&seen);
    arena_free(&arena);
}

TEST(the_index_answers_conditions_and_orders)
{
    world_three();
    build(3);
    asks(NULL, "a-1 b-2 c-3");
    asks("  ", "a-1 b-2 c-3");
    asks("status = 'done'", "a-1 b-2");
    asks("val_loss < 2 order by id desc", "c-3 b-2");
    asks("order by flop desc limit 1", "a-1");
    asks("ORDER BY flop, id", "b-2 c-3 a-1");
    asks("joules is null and \"group\" = 'fit' and layers * width = 144",
         "a-1 b-2 c-3");
    asks("joules = 0", "");
}

static bool asks_wrong(const char *where, Err *err)
{
    Arena  arena = { 0 };
    char **ids;
    i64    count;
    *err = (Err){ 0 };
    test_note("where %s", where);
    const bool ok = index_ids(&ids, &count, &arena, world_path("index.sqlite"),
                              where, err);
    arena_free(&arena);
    return !ok;
}

TEST(a_wrong_condition_is_refused_in_words)
{
    Err err;
    world_three();
    build(3);
    CHECK(asks_wrong("val_los < 2", &err));
    CHECK_HAS(err.text, "no such column: val_los");
    CHECK(err.kind == ERR_USAGE);
    CHECK(asks_wrong("val_loss <", &err));
    CHECK(err.kind == ERR_USAGE);
    CHECK(asks_wrong("1; drop table runs", &err));
    CHECK_HAS(err.text, "more than one statement");
    CHECK(asks_wrong("load_extension('x') = 1", &err));
    CHECK(err.kind == ERR_USAGE);
    asks(NULL, "a-1 b-2 c-3");
}

TEST(a_missing_or_broken_index_says_how_to_build_it)
{
    Err err;
    CHECK(asks_wrong("1", &err));
    CHECK_HAS(err.text, "scalelaw runs index");
    world_put(world_path("index.sqlite"), "not a database, not at all", 26);
    CHECK(asks_wrong("1", &err));
    CHECK_HAS(err.text, "index.sqlite: ");
    CHECK_HAS(err.text, "scalelaw runs index");
    world_three();
    build(3);
    asks("status = 'plateau'", "c-3");
}

TEST(the_index_follows_from_the_folders_alone)
{
    world_three();
    build(3);
    CHECK(unlink(world_path("runs/a-1/DONE")) == 0);
    build(3);
    asks("status is null", "a-1");
    asks("val_loss is null and tokens is null and steps = 900", "a-1");
    world_put(world_path("runs/b-2/run.json"), "{", 1);
    build(2);
    asks(NULL, "a-1 c-3");
}

static void column_is(sqlite3_stmt *ask, int c, Value want)
{
    const int type = sqlite3_column_type(ask, c);
    CHECK(want.none == (type == SQLITE_NULL));
    if (want.none)
        return;
    if (want.kind == FIELD_TEXT)
        CHECK_TEXT((const char *)sqlite3_column_text(ask, c), want.text);
    else if (want.kind == FIELD_REAL)
        CHECK(type == SQLITE_FLOAT
              && sqlite3_column_double(ask, c) == want.real);
    else
        CHECK(type == SQLITE_INTEGER
              && sqlite3_column_int64(ask, c) == want.count);
}

TEST(the_index_holds_every_field_of_a_run)
{
    sqlite3      *db;
    sqlite3_stmt *ask;
    const Run     run = world_run("b-2");

    CHECK(world_write(&run, true));
    build(1);
    CHECK(sqlite3_open_v2(world_path("index.sqlite"), &db, SQLITE_OPEN_READONLY,
                          NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, "select * from runs", -1, &ask, NULL)
          == SQLITE_OK);
    CHECK(sqlite3_step(ask) == SQLITE_ROW);
    CHECK(sqlite3_column_count(ask) == run_nfield);
    for (int f = 0; f < run_nfield; f++) {
        test_note("column %s", run_field[f].name);
        CHECK_TEXT(sqlite3_column_name(ask, f), run_field[f].name);
        column_is(ask, f, run_value(&run, &run_field[f]));
    }
    sqlite3_finalize(ask);
    sqlite3_close(db);
}

/* Where it cannot be written nothing is left of it, and the old one stays. */
TEST(an_index_that_cannot_be_written_leaves_the_old_one)
{
    Str broken = { 0 };
    i64 indexed;
    Err err = { 0 };
    world_three();
    CHECK(!index_build(&indexed, &broken, world_path("none/index.sqlite"),
                       world_path("runs"), &err));
    CHECK(err.kind == ERR_IO);
    CHECK_HAS(err.text, "none/index.sqlite");
    CHECK(indexed == 0);
    build(3);
    CHECK(!index_build(&indexed, &broken, world_path("index.sqlite"),
                       world_path("nothing"), &err));
    asks(NULL, "a-1 b-2 c-3");
    str_free(&broken);
}

/* -- The table of the laws ------------------------------------------------ */

static RunList world_list(Arena *arena)
{
    RunList list;
    Str     broken = { 0 };
    Err     err    = { 0 };
    CHECK(run_list(&list, &broken, arena, world_path("runs"), &err));
    CHECK(!broken.text);
    str_free(&broken);
    return list;
}

TEST(the_table_holds_the_runs_that_are_done_and_no_other)
{
    Arena arena = { 0 };
    world_three();
    const RunList list  = world_list(&arena);
    const Table   table = run_table(&arena, &list);
    CHECK(table.nrow == 2);
    CHECK_TEXT(table.label[0], "a-1");
    CHECK_TEXT(table.label[1], "b-2");
    CHECK(table_column(&table, "loss")[0] == 3.5);
    arena_free(&arena);
}

TEST(the_table_counts_as_the_conventions_of_count_do)
{
    static const struct { const char *name; CountN convention; } n[] = {
        { "n_body", N_BODY }, { "n_body+head", N_BODY_HEAD },
        { "n_total", N_TOTAL }, { "n_flop", N_FLOP },
    };
    Arena arena = { 0 };
    for (int tied = 0; tied < 2; tied++) {
        Run run = world_run("a");
        run.shape.tied = tied;
        run.params     = count_params(run.shape);
        const RunList list  = { .count = 1, .run = &run };
        const Table   table = run_table(&arena, &list);
        for (int i = 0; i < COUNT_OF(n); i++) {
            test_note("%s, tied %d", n[i].name, tied);
            CHECK_NEAR(table_column(&table, n[i].name)[0],
                       count_n(run.shape, n[i].convention), 1e-15);
        }
    }
    arena_free(&arena);
}

TEST(the_table_has_the_columns_that_its_header_promises)
{
    static const struct { const char *name; double want; } column[] = {
        { "D", 1843200 }, { "C", 1.23456789e12 }, { "C_6nd", 1.1e12 },
        { "loss", 1.75 }, { "loss_se", 0.004 }, { "bpb", 2.5247165 },
        { "budget", 1e12 }, { "seed", 0xfedcba9876543210p0 }, { "layers", 3 },
        { "width", 48 }, { "lr", 0.1 }, { "batch_tokens", 2048 },
        { "steps", 900 }, { "epochs", 0.1 }, { "wall_s", 12.5 },
        { "unique", 1843201 }, { "loss_least", 1.74 },
        { "tokens_least", 800 * 2048 },
    };
    Arena arena = { 0 };
    Run   run   = world_run("a");
    const RunList list  = { .count = 1, .run = &run };
    const Table   table = run_table(&arena, &list);
    CHECK(table.ncol == COUNT_OF(column) + 4);
    for (int c = 0; c < COUNT_OF(column); c++) {
        const double *seen = table_column(&table, column[c].name);
        test_note("column %s", column[c].name);
        if (CHECK(seen != NULL))
            CHECK_NEAR(seen[0], column[c].want, 1e-15);
    }
    arena_free(&arena);
}

/* -- CSV ------------------------------------------------------------------ */

static Table export_back(Arena *arena)
{
    Str   text = { 0 };
    Table table = { 0 };
    Err   err = { 0 };
    const RunList list = world_list(arena);

    run_csv(&list, &text);
    world_put(world_path("runs.csv"), text.text, text.size);
    if (!CHECK(table_csv_read(&table, arena, world_path("runs.csv"), &err)))
        printf("%s\n", err.text);
    str_free(&text);
    return table;
}

TEST(every_number_of_a_run_is_in_the_csv_to_the_last_bit)
{
    Arena     arena = { 0 };
    const Run run   = world_run("b-2");
    CHECK(world_write(&run, true));
    const Table table = export_back(&arena);
    CHECK(table.nrow == 1);
    for (int f = 0; f < run_nfield; f++) {
        const Value   v    = run_value(&run, &run_field[f]);
        const double *seen = table_column(&table, run_field[f].name);
        if (v.kind == FIELD_TEXT)
            continue;
        test_note("column %s", run_field[f].name);
        CHECK((seen != NULL) != v.none); /* empty columns are dropped */
        if (seen)
            CHECK(seen[0] == (v.kind == FIELD_REAL ? v.real : (double)v.count));
    }
    arena_free(&arena);
}

/* What it takes to be read by a fit and by nanochat's notebooks unchanged. */
TEST(the_csv_speaks_the_laws_letters_and_nanochats)
{
    static const char *const names[] = {
        "n_body", "n_body+head", "n_total", "n_flop", "D", "C", "C_6nd", "loss",
        "loss_se", "bpb", "flops_budget", "depth", "model_dim", "params_wte",
        "params_lm_head", "params_transformer", "params_total",
        "num_iterations", "tokens_trained", "val_bpb", "train_time_sec",
    };
    Arena arena = { 0 };
    world_three();
    const Table table = export_back(&arena);
    CHECK(table.nrow == 3);
    for (int i = 0; i < COUNT_OF(names); i++) {
        int seen = 0;
        for (int c = 0; c < table.ncol; c++)
            seen += !strcmp(table.name[c], names[i]);
        test_note("column %s", names[i]);
        CHECK(seen == 1);
    }
    static const struct { const char *name; double want; } value[] = {
        { "depth", 3 }, { "model_dim", 48 }, { "params_wte", 257 * 48 },
        { "params_lm_head", 0 }, { "num_iterations", 900 },
        { "tokens_trained", 1843200 }, { "train_time_sec", 12.5 },
        { "flops_budget", 1e12 },
    };
    for (int i = 0; i < COUNT_OF(value); i++) {
        const double *seen = table_column(&table, value[i].name);
        test_note("column %s", value[i].name);
        CHECK(seen && seen[0] == value[i].want);
    }
    arena_free(&arena);
}

TEST(settings_without_a_field_are_columns_out_of_the_configuration)
{
    Arena arena = { 0 };
    Run   run   = world_run("b-2");
    run.config  = "[model]\nlayers = 3\n\n[train]\nxdropout = 7\n"
                  "momentum = 0.94999999999999996\ndropout = 0.1\nclip = 1e-3";
    CHECK(world_write(&run, true));
    const Table table = export_back(&arena);
    static const struct { const char *name; double want; } value[] = {
        { "momentum", 0.95 }, { "dropout", 0.1 }, { "clip", 1e-3 } };
    for (int i = 0; i < COUNT_OF(value); i++) {
        const double *seen = table_column(&table, value[i].name);
        test_note("column %s", value[i].name);
        CHECK(seen && seen[0] == value[i].want);
    }
    CHECK(table_column(&table, "z_loss") == NULL); /* empty: not said */
    arena_free(&arena);
}

TEST(commas_quotes_and_line_breaks_stay_in_their_cell)
{
    Arena arena = { 0 };
    Str   text  = { 0 };
    world_three();
    const RunList list = world_list(&arena);
    run_csv(&list, &text);
    CHECK_HAS(text.text, ",\"it's, \"\"quoted\"\"\nand two lines\",");
    CHECK_HAS(text.text, ",\"host, one\",");
    CHECK_HAS(text.text, "\nb-2,c1e+12-3x48-s1,demo,fit,abc123,");
    str_free(&text);
    arena_free(&arena);
}

TEST(a_run_that_has_not_ended_has_empty_cells_in_the_csv)
{
    Arena arena = { 0 };
    Run   run   = world_run("b-2");
    run.status = NULL;
    CHECK(world_write(&run, false));
    run = world_run("c-3");
    CHECK(world_write(&run, true));
    const Table table = export_back(&arena);
    static const char *const outcome[] = { "val_loss", "tokens", "D", "loss",
                                           "tokens_trained", "train_time_sec" };
    for (int i = 0; i < COUNT_OF(outcome); i++) {
        const double *seen = table_column(&table, outcome[i]);
        test_note("column %s", outcome[i]);
        if (CHECK(seen != NULL))
            CHECK(isnan(seen[0]) && !isnan(seen[1]));
    }
    arena_free(&arena);
}
