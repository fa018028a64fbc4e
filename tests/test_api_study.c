/* test_api_study.c - studies and files by the library's door: a made study as a
 * table and as a report, tables that strangers wrote. */

#include "tests/made_study.h"
#include "tests/test.h"

#include <scalelaw.h>

static void in_folder(char dir[64])
{
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, 64, "%.40s/api_XXXXXX", tmp ? tmp : "/tmp");
    CHECK(mkdtemp(dir) != NULL);
}

static void remove_folder(const char *dir)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    CHECK(system(command) == 0);
}

/* losses of the made study about its own law, fitted through the door */
TEST(a_study_is_a_table_to_fit_and_a_report_to_read)
{
    MadeStudy made = made_demo();
    char      dir[64], page[96];
    Err       err = { 0 };
    sl_error  e;
    in_folder(dir);
    if (!CHECK(made_write(&made, dir, &err)))
        return;
    sl_table *runs = sl_table_study(dir, "body+head", &e);
    test_note("%s", e.text);
    CHECK(runs && sl_table_rows(runs) > 15 && sl_table_get(runs, "N")
          && sl_table_get(runs, "loss") && strlen(sl_table_label(runs, 0)) > 8);
    sl_law *law = sl_law_load("chinchilla", &e);
    sl_options *o = sl_options_new(&e);
    CHECK(sl_options_resamples(o, 100, &e));
    sl_fit *fit = sl_fit_law(law, runs, o, &e);
    sl_interval alpha = { 0, 0, 0 };
    CHECK(fit && sl_fit_param(fit, "alpha", &alpha, &e));
    CHECK(alpha.low < made.alpha && made.alpha < alpha.high);
    CHECK(sl_report_write(dir, 2, &e));
    snprintf(page, sizeof page, "%s/report.html", dir);
    CHECK(file_exists(page));
    CHECK(!sl_table_study(dir, "bodies", &e) && e.kind == SL_USAGE);
    CHECK(!sl_report_write("/nowhere/at/all", 1, &e) && e.kind != SL_OK);
    sl_fit_free(fit);
    sl_options_free(o);
    sl_law_free(law);
    sl_table_free(runs);
    remove_folder(dir);
}

static void write_text(const char *path, const char *text)
{
    Err err = { 0 };
    CHECK(file_write(path, text, (i64)strlen(text), &err));
}

TEST(tables_of_strangers_are_read_with_notes)
{
    char     dir[64], path[96];
    sl_error e;
    in_folder(dir);
    snprintf(path, sizeof path, "%s/runs.csv", dir);
    write_text(path, "who,size,tokens,val\r\nanna,70B,1.4T,1.94\r\n"
                     "ben,1e9,2e10,2.5\r\ncarl,-3,1e9,2\r\n");
    const char *map = "N=size,D=tokens,loss=val", *need = "N,D,loss";
    CHECK(!sl_table_read(path, NULL, map, need, 0, &e) && e.kind == SL_FORMAT);
    CHECK_HAS(e.text, "runs.csv:4");
    sl_table *t = sl_table_read(path, NULL, map, need, SL_READ_SKIP_BAD, &e);
    test_note("%s", e.text);
    if (CHECK(t && sl_table_rows(t) == 2)) {
        CHECK_NEAR(sl_table_get(t, "N")[0], 70e9, 0);
        CHECK_NEAR(sl_table_get(t, "D")[0], 1.4e12, 0);
        CHECK_HAS(sl_table_notes(t), "runs.csv:4");
        char *csv = sl_table_csv(t, &e);
        CHECK_HAS(csv, "70000000000");
        sl_text_free(csv);
    }
    sl_table_free(t);
    CHECK(!sl_table_read("/nowhere.csv", NULL, NULL, NULL, 0, &e));
    CHECK(e.kind == SL_IO);
    CHECK(!sl_table_read(path, "dbase", NULL, NULL, 0, &e));
    CHECK(e.kind == SL_USAGE);
    remove_folder(dir);
}
