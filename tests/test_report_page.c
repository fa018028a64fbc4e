/* test_report_page.c - the report as a reader gets it: whole, well-formed,
 * asking nothing of a network, and with the numbers of the analysis. */

#include "report/fig.h"
#include "report/num.h"
#include "report/report.h"

#include "base/json.h"

#include "tests/made_study.h"
#include "tests/markup.h"
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>

typedef struct Page {
    Arena    arena;
    Analysis analysis;
    Err      err;
    char     dir[400];
    char    *html; /* NULL until written */
} Page;

static char *text_of(Page *p, const char *name)
{
    char *text = NULL;
    i64   size;
    const char *path = arena_print(&p->arena, "%s/%s", p->dir, name);
    return CHECK(file_read(&text, &size, &p->arena, path, &p->err)) ? text
                                                                    : NULL;
}

/* Its file is there exactly if the page shows it. */
static bool has_figure(Page *p, const char *name)
{
    const bool file = file_exists(arena_print(&p->arena, "%s/figures/%s.svg",
                                              p->dir, name));
    const bool shown = strstr(p->html, arena_print(&p->arena,
                              "<figure id=\"%s\">", name)) != NULL;
    CHECK(file == shown);
    return file;
}

static int figures_in(Page *p)
{
    int count = 0;
    for (int i = 0; i < fig_count(); i++)
        count += has_figure(p, fig_at(i)->name);
    return count;
}

static bool page_predict(Page *p, const MadeStudy *made)
{
    Prediction     asked[COUNT_OF(made_size)];
    PredictionList list;
    char           hash[HASH_HEX];
    const i64      count = made_asked(made, asked);
    analysis_predict(&list, &p->arena, &p->analysis, asked, count);
    return CHECK(prediction_write(&list, p->dir, hash, &p->err))
        && CHECK(analysis_make(&p->analysis, &p->arena, p->dir, 2, &p->err));
}

static bool page_make(Page *p, const MadeStudy *made)
{
    static int number;
    snprintf(p->dir, sizeof p->dir, "%s/study%d", test_folder(), number++);
    if (!CHECK(made_write(made, p->dir, &p->err))
        || !CHECK(analysis_make(&p->analysis, &p->arena, p->dir, 2, &p->err))
        || (isfinite(made->held) && !page_predict(p, made))
        || !CHECK(report_write(&p->analysis, p->dir, &p->err)))
        return false;
    p->html = text_of(p, "report.html");
    return p->html != NULL;
}

static void page_free(Page *p)
{
    if (p->err.kind != ERR_NONE)
        printf("error: %s\n", p->err.text);
    arena_free(&p->arena);
}

static MadeStudy quick(void)
{
    MadeStudy made = made_demo();
    made.resamples = 60;
    return made;
}

TEST(the_page_and_every_figure_are_well_formed)
{
    Page            p    = { 0 };
    const MadeStudy made = quick();
    if (page_make(&p, &made)) {
        CHECK_TEXT(markup_check(p.html).why, "");
        static const char *const always[] = {
            "isoflop", "allocation", "holdout", "slices", "curves", "surface",
            "residuals", "profiles", "pairs", "conventions", "ledger" };
        for (int i = 0; i < COUNT_OF(always); i++) {
            test_note("%s", always[i]);
            CHECK(has_figure(&p, always[i]));
        }
        CHECK(figures_in(&p) == COUNT_OF(always));
        for (int i = 0; i < fig_count(); i++) {
            test_note("%s", fig_at(i)->name);
            if (!has_figure(&p, fig_at(i)->name))
                continue;
            const char *svg = text_of(&p, arena_print(&p.arena,
                                      "figures/%s.svg", fig_at(i)->name));
            CHECK_TEXT(markup_check(svg ? svg : "<").why, "");
            CHECK_HAS(p.html, arena_print(&p.arena, "figures/%s.csv",
                                          fig_at(i)->name));
        }
        CHECK(markup_count(p.html, "<svg") == figures_in(&p));
    }
    page_free(&p);
}

TEST(the_page_asks_nothing_of_a_network)
{
    static const char *const never[] = { "http://", "https://", "src=",
                                         "@import", "url(h", "<link",
                                         "<iframe", "fetch(" };
    Page            p    = { 0 };
    const MadeStudy made = quick();
    if (page_make(&p, &made))
        for (int i = 0; i < COUNT_OF(never); i++) {
            test_note("%s", never[i]);
            CHECK(strstr(p.html, never[i]) == NULL);
        }
    page_free(&p);
}

TEST(text_from_files_cannot_become_markup)
{
    Page      p    = { 0 };
    MadeStudy made = quick();
    made.title        = "<script>alert('title')</script> & \"quotes\"";
    made.name         = "<b>name</b>";
    made.corpus_about = "</dd><img onerror=x>";
    if (page_make(&p, &made)) {
        CHECK_TEXT(markup_check(p.html).why, "");
        CHECK(strstr(p.html, "<script>alert") == NULL);
        CHECK(strstr(p.html, "<img") == NULL);
        CHECK(strstr(p.html, "<b>name") == NULL);
        CHECK(strstr(p.html, "<of ") == NULL); /* in a run's reason */
        CHECK_HAS(p.html, "&lt;of &quot;77&quot;&gt; &amp; rising");
    }
    page_free(&p);
}

/* The page against the analysis: headline, plan, law, predictions. */
TEST(the_page_says_the_numbers_of_the_analysis)
{
    Page            p    = { 0 };
    const MadeStudy made = quick();
    if (page_make(&p, &made)) {
        const Analysis *a = &p.analysis;
        char text[NUM_TEXT];
        CHECK_HAS(p.html, arena_print(&p.arena, "<b>%s parameters</b>",
                                      num_si(text, a->plan[0].n.value, 3)));
        CHECK_HAS(p.html, num_si_ends(text, a->plan[1].n));
        CHECK_HAS(p.html, num_si_ends(text, a->plan_squares[1].d));
        CHECK_HAS(p.html, a->prediction_hash);
        for (int i = 0; i < a->huber.law->nparam; i++) {
            snprintf(text, sizeof text, "%.4g (%.4g to %.4g)",
                     a->huber.theta[i], a->huber.low[i], a->huber.high[i]);
            CHECK_HAS(p.html, text);
        }
        for (i64 i = 0; i < a->nholdout; i++) {
            snprintf(text, sizeof text, "%.4f<small>%.4f to %.4f</small>",
                     a->holdout[i].predicted.loss, a->holdout[i].predicted.low,
                     a->holdout[i].predicted.high);
            CHECK_HAS(p.html, text);
            CHECK_HAS(p.html, num_percent(text, a->holdout[i].error));
        }
        for (i64 i = 0; i < a->runs.count; i++)
            CHECK_HAS(p.html, a->runs.run[i].name);
        CHECK_HAS(p.html, num_interval(text, (Interval){ a->isoflop.a.value,
                                       NAN, NAN }, 3));
    }
    page_free(&p);
}

static void check_interval(const json_t *json, Interval want)
{
    CHECK_NEAR(json_get_real(json, "value", -1), want.value, 1e-15);
    CHECK_NEAR(json_get_real(json, "low", -1), want.low, 1e-15);
    CHECK_NEAR(json_get_real(json, "high", -1), want.high, 1e-15);
}

TEST(the_analysis_for_programs_holds_the_same_to_the_last_digit)
{
    Page            p    = { 0 };
    const MadeStudy made = quick();
    json_t         *json = NULL;
    if (page_make(&p, &made)
        && CHECK(json_load_path(&json, arena_print(&p.arena,
                                "%s/analysis.json", p.dir), &p.err))) {
        const Analysis *a = &p.analysis;
        const json_t *plan = json_array_get(json_object_get(json, "plan"), 1);
        const json_t *held = json_array_get(json_object_get(json, "holdout"),
                                            0);
        const json_t *line = json_object_get(json_object_get(json, "frontier"),
                                             "isoflop");
        check_interval(json_object_get(plan, "n"), a->plan[1].n);
        check_interval(json_object_get(plan, "loss"), a->plan[1].loss);
        check_interval(json_object_get(line, "a"), a->isoflop.a);
        CHECK_NEAR(json_get_real(held, "error", -1), a->holdout[0].error,
                   1e-15);
        CHECK((i64)json_array_size(json_object_get(json, "excluded")) == 2);
        json_decref(json);
    }
    page_free(&p);
}

/* Rows of a figure's table: kind, x and y of each line. */
typedef struct Row { char kind[12]; double x, y; } Row;

static i64 rows_of(Row *out, i64 room, const char *csv, const char *kind)
{
    i64 count = 0;
    for (const char *line = strchr(csv, '\n'); line && line[1] && count < room;
         line = strchr(line + 1, '\n')) {
        char needle[16];
        snprintf(needle, sizeof needle, "\",%s,", kind);
        const char *end = strchr(line + 1, '\n');
        const char *at  = strstr(line + 1, needle);
        if (!at || at > end)
            continue;
        at += strlen(needle);
        out[count].x   = strtod(at, NULL);
        out[count++].y = strtod(strchr(at, ',') + 1, NULL);
    }
    return count;
}

/* Every point of a figure stands in its table, and where the table says: pixels
 * are the same straight function of ln N and of ln L for all of them. */
TEST(a_figures_table_says_what_it_shows)
{
    enum { ROOM = 400 };
    Page            p    = { 0 };
    const MadeStudy made = quick();
    Row             row[ROOM];
    if (page_make(&p, &made)) {
        for (int i = 0; i < fig_count(); i++) {
            if (!has_figure(&p, fig_at(i)->name))
                continue;
            const char *svg = text_of(&p, arena_print(&p.arena,
                                      "figures/%s.svg", fig_at(i)->name));
            const char *csv = text_of(&p, arena_print(&p.arena,
                                      "figures/%s.csv", fig_at(i)->name));
            test_note("%s", fig_at(i)->name);
            CHECK(markup_count(svg, "<g class=\"pt\"")
                  == rows_of(row, ROOM, csv, "point"));
            CHECK(markup_count(csv, "nan") + markup_count(csv, "inf") == 0);
        }
        const char *svg = text_of(&p, "figures/surface.svg");
        const char *csv = text_of(&p, "figures/surface.csv");
        const i64   count = rows_of(row, ROOM, csv, "point");
        double      px[ROOM], py[ROOM];
        i64         seen = 0;
        for (const char *at = strstr(svg, "class=\"pt\""); at && seen < count;
             at = strstr(at + 1, "class=\"pt\""))
            if (sscanf(strstr(at, "cx="), "cx=\"%lf\" cy=\"%lf\"", &px[seen],
                       &py[seen]) == 2)
                seen++;
        CHECK(seen == count && count > 10);
        i64 far = 1; /* a point well away from the first, for the slope */
        for (i64 i = 1; i < count; i++)
            if (fabs(log(row[i].x / row[0].x)) > 1
                && fabs(log(row[i].y / row[0].y)) > 1)
                far = i;
        const double sx = (px[far] - px[0]) / log(row[far].x / row[0].x);
        const double sy = (py[far] - py[0]) / log(row[far].y / row[0].y);
        CHECK(sx > 0 && sy < 0);
        for (i64 i = 0; i < count; i++) {
            CHECK_BELOW(fabs(px[0] + sx * log(row[i].x / row[0].x) - px[i]),
                        0.03);
            CHECK_BELOW(fabs(py[0] + sy * log(row[i].y / row[0].y) - py[i]),
                        0.03);
        }
    }
    page_free(&p);
}

TEST(the_same_runs_give_the_same_bytes)
{
    Page            p    = { 0 };
    const MadeStudy made = quick();
    if (page_make(&p, &made)) {
        Analysis again;
        if (CHECK(analysis_make(&again, &p.arena, p.dir, 1, &p.err))
            && CHECK(report_write(&again, p.dir, &p.err)))
            CHECK(strcmp(text_of(&p, "report.html"), p.html) == 0);
    }
    page_free(&p);
}

static void check_bare(const MadeStudy *made, const char *what)
{
    Page p = { 0 };
    test_note("%s", what);
    if (page_make(&p, made))
        CHECK_TEXT(markup_check(p.html).why, "");
    page_free(&p);
}

TEST(studies_that_lack_something_still_get_a_page)
{
    MadeStudy made = quick();
    made.held = NAN;
    check_bare(&made, "nothing held out");
    made = quick();
    made.held_trained = false;
    check_bare(&made, "held out, not trained");
    made = quick();
    made.logs = false;
    check_bare(&made, "no logs");
    made = quick();
    made.resamples = 0;
    check_bare(&made, "no intervals");
    made = quick();
    made.budgets = 3;
    check_bare(&made, "budgets of which some have too few runs");
    made = quick();
    made.title = NULL;
    made.corpus_about = NULL;
    check_bare(&made, "no title");
}

TEST(a_page_without_a_held_out_budget_says_so)
{
    Page      p    = { 0 };
    MadeStudy made = quick();
    made.held = NAN;
    if (page_make(&p, &made)) {
        CHECK_HAS(p.html, "No budget was held out");
        CHECK(!has_figure(&p, "holdout"));
        CHECK(markup_count(p.html, "<svg") == figures_in(&p));
    }
    page_free(&p);
}

TEST(a_report_that_cannot_be_written_says_where)
{
    Page            p    = { 0 };
    const MadeStudy made = quick();
    if (page_make(&p, &made)) {
        CHECK(!report_write(&p.analysis, "/dev/null/study", &p.err));
        CHECK_HAS(p.err.text, "/dev/null");
        p.err = (Err){ 0 };
    }
    page_free(&p);
}
