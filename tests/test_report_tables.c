/* test_report_tables.c - a finding is the same in every form that it is shown
 * in; and a study that carries no law still gets all of them. */

#include "report/find_table.h"
#include "report/fig.h"
#include "report/report.h"
#include "store/study_plan.h"

#include "tests/made_more.h"
#include "tests/markup.h"
#include "tests/test.h"

/* A table of every kind of cell ------------------------------------------- */

static FindTable sample(Arena *arena)
{
    FindTable t = find_table(arena, "Sample");
    find_verdict(&t, "It rises by %.1f.", 2.5);
    find_column(&t, "what", "what", CELL_TEXT, 0);
    find_column(&t, "N", "n", CELL_SI, 0);
    find_column(&t, "a", "a", CELL_FIXED, 3);
    find_column(&t, "error", "error", CELL_SHARE, 0);
    find_column(&t, "runs", "runs", CELL_COUNT, 0);
    find_row(&t);
    find_text(&t, "one <b>|*, \"x\"");
    find_number(&t, 61234);
    find_interval(&t, (Interval){ 0.5, 0.25, 0.75 });
    find_number(&t, -0.0123);
    find_number(&t, 12);
    find_row(&t);
    find_text(&t, "two");
    find_number(&t, NAN);
    find_note(&t, "Made by hand.");
    return t;
}

static char *text_end(Arena *arena, Str *text)
{
    char *out = arena_text(arena, text->text ? text->text : "");
    str_free(text);
    return out;
}

static char *screen(Arena *arena, const FindTable *t, i64 rows)
{
    char  *text = NULL;
    size_t size = 0;
    FILE  *out  = open_memstream(&text, &size);
    find_table_print(out, t, rows);
    fclose(out);
    char *kept = arena_text(arena, text);
    free(text);
    return kept;
}

TEST(a_cell_reads_as_its_column_says_and_what_is_unknown_as_a_dash)
{
    Arena           arena = { 0 };
    const FindTable t     = sample(&arena);
    CHECK_TEXT(find_cell(&arena, &t, 0, 1, true), "61.2 k");
    CHECK_TEXT(find_cell(&arena, &t, 0, 2, true), "0.500 (0.250 to 0.750)");
    CHECK_TEXT(find_cell(&arena, &t, 0, 2, false), "0.500");
    CHECK_TEXT(find_cell(&arena, &t, 0, 3, true), "-1.23 %");
    CHECK_TEXT(find_cell(&arena, &t, 0, 4, true), "12");
    CHECK_TEXT(find_cell(&arena, &t, 1, 1, true), "–");
    CHECK_TEXT(find_cell(&arena, &t, 1, 4, true), "–");
    arena_free(&arena);
}

TEST(markdown_takes_text_as_text_and_keeps_the_columns)
{
    Arena           arena = { 0 };
    const FindTable t     = sample(&arena);
    Str             out   = { 0 };
    find_table_markdown(&out, &t);
    const char *text = text_end(&arena, &out);
    CHECK_HAS(text, "It rises by 2.5.\n\n| what | N | a | error | runs |\n"
                    "| --- | --- | --- | --- | --- |\n| one \\<b\\>\\|\\*, ");
    CHECK_HAS(text, "| 61.2 k | 0.500 (0.250 to 0.750) | -1.23 % | 12 |\n");
    CHECK_HAS(text, "\nMade by hand.\n");
    arena_free(&arena);
}

TEST(csv_has_interval_columns_where_there_are_intervals_and_reads_back)
{
    Arena           arena = { 0 };
    const FindTable t     = sample(&arena);
    Str             out   = { 0 };
    Table           table;
    Err             err   = { 0 };
    find_table_csv(&out, &t);
    char *text = text_end(&arena, &out);
    CHECK_HAS(text, "what,n,a,a_low,a_high,error,runs\n"
                    "\"one <b>|*, \"\"x\"\"\",61234,0.5,0.25,0.75,-0.0123,12\n"
                    "two,,,,,,\n");
    if (CHECK(table_csv_parse(&table, &arena, text, (i64)strlen(text), "it",
                              NULL, &err))) {
        CHECK(table.nrow == 2);
        CHECK_NEAR(table_column(&table, "a_high")[0], 0.75, 0);
        CHECK(isnan(table_column(&table, "n")[1]));
    }
    arena_free(&arena);
}

TEST(json_has_numbers_as_numbers_and_null_where_there_is_none)
{
    Arena           arena = { 0 };
    const FindTable t     = sample(&arena);
    Str             out   = { 0 };
    Jot             j     = jot_open(&out);
    jot_object(&j, NULL);
    find_table_json(&j, &t, "sample");
    jot_end(&j);
    char *text = text_end(&arena, &out);
    CHECK_HAS(text, "{\"what\":\"one <b>|*, \\\"x\\\"\",\"n\":61234,\"a\":"
                    "{\"value\":0.5,\"low\":0.25,\"high\":0.75},\"error\":");
    CHECK_HAS(text, "{\"what\":\"two\",\"n\":null,\"a\":null,\"error\":null");
    CHECK_HAS(text, "\"verdict\":\"It rises by 2.5.\"");
    CHECK_HAS(text, "\"notes\":[\"Made by hand.\"]");
    arena_free(&arena);
}

TEST(a_page_takes_text_as_text)
{
    Arena           arena = { 0 };
    const FindTable t     = sample(&arena);
    Str             out   = { 0 };
    find_table_html(&out, &t, "sample");
    const char *text = text_end(&arena, &out);
    CHECK_HAS(text, "one &lt;b&gt;|*, &quot;x&quot;");
    CHECK_HAS(text, "<td>0.500<small>0.250 to 0.750</small></td>");
    CHECK_HAS(text, "<section id=\"found-sample\">");
    arena_free(&arena);
}

static i64 widest(const char *text)
{
    i64 most = 0, at = 0;
    for (; *text; text++) {
        at = *text == '\n' ? 0 : at + (((u8)*text & 0xC0) != 0x80);
        most = i64_max(most, at);
    }
    return most;
}

TEST(a_wide_table_fits_the_screen_and_says_what_it_left_out)
{
    Arena     arena = { 0 };
    FindTable t     = find_table(&arena, "Wide");
    char      head[20];
    for (int k = 0; k < 12; k++) {
        snprintf(head, sizeof head, "column %d", k);
        find_column(&t, head, "c", CELL_FIXED, 3);
    }
    for (int i = 0; i < 30; i++) {
        find_row(&t);
        for (int k = 0; k < 12; k++)
            find_interval(&t, (Interval){ i, i - 1, i + 1 });
    }
    const char *text = screen(&arena, &t, 5);
    CHECK(widest(text) <= 79);
    CHECK_HAS(text, "(5 of 30 rows, 7 of 12 columns; the report has all)");
    CHECK_HAS(text, "4.000");
    CHECK(!strstr(text, "5.000"));
    arena_free(&arena);
}

/* A study without a law ---------------------------------------------------- */

typedef struct World {
    Arena    arena;
    Analysis a;
    Err      err;
    char     dir[400];
} World;

/* Sweeps, shapes, batches and repeats alone; no run of the group "fit" of its
 * own corpus. */
static bool world_make(World *w, int budgets, bool more)
{
    static int number;
    MadeStudy  made = made_demo();
    made.budgets   = budgets;
    made.held      = NAN;
    made.resamples = 50;
    snprintf(w->dir, sizeof w->dir, "%s/study%d", test_folder(), number++);
    return CHECK(made_write(&made, w->dir, &w->err))
        && (!more || CHECK(made_more_write(&made, w->dir, &w->err)))
        && CHECK(analysis_make(&w->a, &w->arena, w->dir, 2, &w->err));
}

static void world_free(World *w)
{
    if (w->err.kind != ERR_NONE)
        printf("error: %s\n", w->err.text);
    arena_free(&w->arena);
}

static char *file_text(World *w, const char *name)
{
    char *text = NULL;
    i64   size;
    CHECK(file_read(&text, &size, &w->arena,
                    arena_print(&w->arena, "%s/%s", w->dir, name), &w->err));
    return text ? text : arena_text(&w->arena, "");
}

static char *printed(World *w)
{
    char  *text = NULL;
    size_t size = 0;
    FILE  *out  = open_memstream(&text, &size);
    analysis_print(&w->a, out);
    fclose(out);
    char *kept = arena_text(&w->arena, text);
    free(text);
    return kept;
}

TEST(a_study_without_a_law_still_gets_all_it_can_say)
{
    World w = { 0 };
    if (world_make(&w, 0, true)) {
        CHECK(w.a.chosen == NULL);
        CHECK_TEXT(w.a.chosen_fit, "");
        CHECK(w.a.fitted.count == 0);
        CHECK(w.a.finds.rates.count == 3);
        CHECK(w.a.nplan == 0);
        CHECK(report_write(&w.a, w.dir, &w.err));
        const char *html = file_text(&w, "report.html");
        CHECK_TEXT(markup_check(html).why, "");
        CHECK_HAS(html, "There is no law of size and data: no finished run is "
                        "of the group that a law is fitted to.");
        CHECK_HAS(html, "<section id=\"found-rates\">");
        CHECK_HAS(html, "<figure id=\"rates\">");
        CHECK(!strstr(html, "<figure id=\"isoflop\">"));
        CHECK(!strstr(html, "<figure id=\"surface\">"));
        CHECK_HAS(file_text(&w, "analysis.json"), "\"chosen\":null");
        CHECK_HAS(file_text(&w, "analysis.json"), "\"findings\":{\"rates\":{");
        CHECK_HAS(file_text(&w, "card.md"), "- law: none: no finished run");
        CHECK_HAS(file_text(&w, "card.md"), "### Learning rates\n");
        const char *text = printed(&w);
        CHECK_HAS(text, "There is no law of size and data");
        CHECK_HAS(text, "Learning rates\n  3 of 3 sweeps have their best");
        CHECK(widest(text) <= 80);
    }
    world_free(&w);
}

/* Whatever is drawn of it, is drawn without a law. */
TEST(every_figure_of_a_study_with_a_few_fitted_runs_is_drawn_or_refused)
{
    World w = { 0 };
    if (world_make(&w, 1, false)) {
        CHECK(w.a.chosen == NULL);
        CHECK_HAS(w.a.chosen_words, "runs");
        CHECK(w.a.fitted.count > 0);
        CHECK(report_write(&w.a, w.dir, &w.err));
        const char *html = file_text(&w, "report.html");
        CHECK_TEXT(markup_check(html).why, "");
        CHECK_HAS(html, "<figure id=\"isoflop\">");
    }
    world_free(&w);
}

TEST(a_law_that_is_gone_leaves_no_fit_behind)
{
    World w = { 0 };
    Err   err = { 0 };
    if (world_make(&w, 1, false)) {
        const char *path = arena_print(&w.arena, "%s/fit/huber.json", w.dir);
        CHECK(dir_make(arena_print(&w.arena, "%s/fit", w.dir), &err));
        CHECK(file_write(path, "{}", 2, &err));
        CHECK(analysis_keep(&w.a, &w.err));
        CHECK(!file_exists(path));
    }
    world_free(&w);
}

/* Which runs count --------------------------------------------------------- */

TEST(runs_that_the_study_no_longer_asks_for_are_named_and_left_out)
{
    World w = { 0 };
    if (world_make(&w, 3, false)) {
        const i64 all  = w.a.runs.count, fitted = w.a.fitted.count;
        StudyPlan plan = { .row = NEW(&w.arena, StudyPlanRow, all) };
        const char *out = NULL;
        for (i64 i = 0; i < all; i++) {
            const Run *run = &w.a.runs.run[i];
            if (!out && strcmp(run->status, "done") == 0)
                out = run->id;
            else
                plan.row[plan.count++] = (StudyPlanRow){
                    .id = run->id, .name = run->name, .group = run->group,
                    .flop_new = run->flop, .tokens = (double)run->tokens };
        }
        Analysis b;
        if (CHECK(study_plan_write(&plan, w.dir, &w.err))
            && CHECK(analysis_make(&b, &w.arena, w.dir, 2, &w.err))) {
            CHECK(b.runs.count == all - 1);
            CHECK(b.fitted.count == fitted - 1);
            CHECK(b.no_longer == 1);
            CHECK_HAS(b.excluded.text,
                      arena_print(&w.arena, "%s: no longer asked for", out));
        }
    }
    world_free(&w);
}

/* A sweep of rates, another corpus: of these no law is made. */
TEST(runs_of_other_groups_and_corpora_never_enter_the_law)
{
    World alone = { 0 }, among = { 0 };
    if (world_make(&alone, 4, false) && world_make(&among, 4, true)) {
        CHECK(among.a.runs.count > alone.a.runs.count + 20);
        CHECK(among.a.fitted.count == alone.a.fitted.count);
        CHECK_HAS(among.a.excluded.text, "of another corpus, prose");
        for (int p = 0; p < alone.a.huber.law->nparam; p++)
            CHECK_NEAR(among.a.huber.theta[p], alone.a.huber.theta[p], 0);
    }
    world_free(&alone);
    world_free(&among);
}
