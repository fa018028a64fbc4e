/* What leaves a study as LaTeX and as a card in Markdown. */

#include "report/paper_table.h"
#include "report/study_card.h"

#include "tests/made_study.h"
#include "tests/test.h"

typedef struct World {
    Arena    arena;
    Err      err;
    char    *dir;
    Analysis analysis;
    Str      text;
} World;

static bool world_open(World *w, const MadeStudy *made)
{
    w->dir = arena_print(&w->arena, "%s/scalelaw-XXXXXX",
                         getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    return CHECK(mkdtemp(w->dir)) && CHECK(made_write(made, w->dir, &w->err))
        && CHECK(analysis_make(&w->analysis, &w->arena, w->dir, 2, &w->err));
}

static void world_free(World *w)
{
    char command[600];
    snprintf(command, sizeof command, "rm -rf %s", w->dir);
    CHECK(system(command) == 0);
    str_free(&w->text);
    arena_free(&w->arena);
}

static MadeStudy small(void)
{
    MadeStudy made = made_demo();
    made.resamples = 40;
    made.logs      = false;
    return made;
}

/* Braces as LaTeX counts them: \{ and \} are none. */
static int depth_of(const char *text)
{
    int depth = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '\\' && c[1])
            c++;
        else if (*c == '{' || *c == '}')
            depth += *c == '{' ? 1 : -1;
        if (depth < 0)
            return depth;
    }
    return depth;
}

static int count_of(const char *text, const char *what)
{
    int count = 0;
    for (const char *c = strstr(text, what); c; c = strstr(c + 1, what))
        count++;
    return count;
}

TEST(the_latex_table_has_every_constant_of_every_fit)
{
    World           w    = { 0 };
    const MadeStudy made = small();
    if (world_open(&w, &made)) {
        char alpha[32];
        paper_table(&w.text, &w.analysis);
        CHECK(depth_of(w.text.text) == 0);
        snprintf(alpha, sizeof alpha, "$%.4f$",
                 w.analysis.huber.theta[w.analysis.huber.law->nparam - 2]);
        CHECK(strstr(w.text.text, "$\\alpha$ & "));
        CHECK(strstr(w.text.text, alpha));
        CHECK(strstr(w.text.text, "$a$, IsoFLOP"));
        /* three fits: each row has three & and ends */
        const char *row = strstr(w.text.text, "\n$\\beta$");
        if (CHECK(row)) {
            char line[400];
            snprintf(line, sizeof line, "%.*s", (int)strcspn(row + 1, "\n"),
                     row + 1);
            CHECK(count_of(line, " & ") == 3);
            CHECK(strstr(line, "\\\\"));
        }
    }
    world_free(&w);
}

TEST(latex_takes_any_name_as_text)
{
    Str out = { 0 };
    paper_text(&out, "a_b 50% $x$ {y} #1 & c^2 ~d \\end{table}\n");
    CHECK_TEXT(out.text, "a\\_b 50\\% \\$x\\$ \\{y\\} \\#1 \\& "
               "c\\textasciicircum{}2 \\textasciitilde{}d "
               "\\textbackslash{}end\\{table\\} ");
    CHECK(depth_of(out.text) == 0);
    str_free(&out);
}

TEST(the_card_says_what_was_trained_on_what_and_what_is_unknown)
{
    World           w    = { 0 };
    const MadeStudy made = small();
    if (world_open(&w, &made)) {
        i64 done = 0;
        for (i64 i = 0; i < w.analysis.runs.count; i++)
            done += strcmp(w.analysis.runs.run[i].status, "done") == 0;
        study_card(&w.text, &w.analysis);
        CHECK(strstr(w.text.text, arena_print(&w.arena, "- runs: %lld trained "
                                              "to the end, 2 ended as",
                                              (long long)done)));
        CHECK(strstr(w.text.text, "- licence: none needed"));
        CHECK(strstr(w.text.text, "- energy: not measured"));
        CHECK(strstr(w.text.text, "- gzip -9: 2.577 bits per byte"));
        CHECK(strstr(w.text.text, "\n    sizes = [\"2x16\"]\n"));
    }
    world_free(&w);
}

TEST(the_card_takes_any_title_as_text)
{
    World     w    = { 0 };
    MadeStudy made = small();
    made.title = "# <script>alert(1)</script>\n# `b`";
    if (world_open(&w, &made)) {
        study_card(&w.text, &w.analysis);
        CHECK(strncmp(w.text.text, "# \\# \\<script\\>alert(1)", 20) == 0);
        CHECK(!strstr(w.text.text, "\n# "));
    }
    world_free(&w);
}
