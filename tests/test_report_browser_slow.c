/* test_report_browser_slow.c - the page in a real browser (tests/page/drive.js):
 * no console error, nothing asked of a network, hover, switches, marking and
 * keyboard at work, and names that would hurt a careless page. */

#include "report/fig.h"
#include "report/report.h"

#include "tests/made_more.h"
#include "tests/markup.h"
#include "tests/test.h"

static bool there(const char *command)
{
    char line[200];
    snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", command);
    return system(line) == 0;
}

/* Ten thousand letters. */
static const char *long_name(void)
{
    static char name[10001];
    memset(name, 'n', sizeof name - 1);
    return name;
}

static void put_named(MadeMore *w, const char *name)
{
    Run run = made_more_run(w, "fit", made_shape(2, 32),
                            1024000 + 2048 * w->number);
    run.name   = name;
    run.corpus = "made <i>of</i> \"nothing\"";
    made_more_put(w, &run, NULL);
}

static bool study_make(const char *dir, Err *err)
{
    static const char *const names[] = {
        "<script>window.owned = 1</script>", "\"quoted\" & 'single' <b>",
        "<img src=x onerror=window.owned=1>", "ניסוי של למידה",
        "\xE2\x80\xAEturned around", "</script></svg></table>" };
    MadeStudy made = made_demo();
    made.resamples = 60;
    made.title        = "</title><script>window.owned = 1</script>";
    made.corpus_about = "ניסוי <script>window.owned = 1</script>";
    MadeMore w = { .m = &made, .dir = dir, .err = err, .ok = true };
    if (!made_write(&made, dir, err) || !made_more_write(&made, dir, err))
        return false;
    w.number = 100;
    for (int i = 0; i < COUNT_OF(names); i++)
        put_named(&w, names[i]);
    put_named(&w, long_name());
    return w.ok;
}

/* Each line of the driver is a promise. */
static void drive(const char *page)
{
    char command[1200], line[2000];
    int  kept = 0;
    snprintf(command, sizeof command, "node %s/tests/page/drive.js %s 2>&1",
             SCALELAW_ROOT, page);
    FILE *pipe = popen(command, "r");
    while (pipe && fgets(line, sizeof line, pipe)) {
        test_note("%.1500s", line);
        CHECK(strncmp(line, "ok ", 3) == 0);
        kept++;
    }
    CHECK(pipe && pclose(pipe) == 0);
    CHECK(kept >= 14);
}

TEST(a_browser_shows_the_page_as_it_is_meant)
{
    Arena    arena = { 0 };
    Analysis a;
    Err      err = { 0 };
    char     dir[400], page[500];
    if (!there("node"))
        SKIP("node is not installed");
    if (!there("chromium"))
        SKIP("chromium is not installed");
    snprintf(dir, sizeof dir, "%s/study", test_folder());
    snprintf(page, sizeof page, "%s/report.html", dir);
    if (CHECK(study_make(dir, &err))
        && CHECK(analysis_make(&a, &arena, dir, 2, &err))
        && CHECK(report_write(&a, dir, &err))) {
        char *html;
        i64   size;
        if (CHECK(file_read(&html, &size, &arena, page, &err)))
            CHECK_TEXT(markup_check(html).why, "");
        drive(page);
    }
    if (err.kind != ERR_NONE)
        printf("error: %s\n", err.text);
    arena_free(&arena);
}
