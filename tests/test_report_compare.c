/* Two studies whose true difference is known, side by side. */

#include "report/compare_study.h"

#include "tests/made_study.h"
#include "tests/test.h"

typedef struct Pair {
    Arena    arena;
    Err      err;
    char    *dir[2];
    Analysis of[2];
    Compare  both;
} Pair;

static bool pair_make(Pair *p, const MadeStudy *first, const MadeStudy *second)
{
    const MadeStudy *made[2] = { first, second };
    bool             ok = true;
    for (int s = 0; ok && s < 2; s++) {
        p->dir[s] = arena_print(&p->arena, "%s/scalelaw-XXXXXX",
                                getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        ok = CHECK(mkdtemp(p->dir[s]))
          && CHECK(made_write(made[s], p->dir[s], &p->err))
          && CHECK(analysis_make(&p->of[s], &p->arena, p->dir[s], 2, &p->err));
    }
    return ok;
}

static bool pair_open(Pair *p, const MadeStudy *first, const MadeStudy *second)
{
    return pair_make(p, first, second)
        && CHECK(compare_make(&p->both, &p->arena, &p->of[0], &p->of[1],
                              &p->err));
}

static void pair_free(Pair *p)
{
    for (int s = 0; s < 2; s++)
        if (p->dir[s]) {
            char command[600];
            snprintf(command, sizeof command, "rm -rf %s", p->dir[s]);
            CHECK(system(command) == 0);
        }
    arena_free(&p->arena);
}

static MadeStudy quiet(const char *name)
{
    MadeStudy made = made_demo();
    made.name      = name;
    made.noise     = 0.002;
    made.failures  = made.logs = made.held_trained = false;
    made.held      = NAN;
    made.resamples = 120;
    return made;
}

/* As if each token were two: the first needs twice the data, and with it twice
 * the compute, for any loss of the second, whatever a model costs. */
static MadeStudy twice_the_data(const char *name)
{
    MadeStudy made = quiet(name);
    made.b *= pow(2, -made.beta);
    return made;
}

TEST(a_recipe_worth_twice_the_data_is_an_offset_of_two)
{
    Pair            p = { 0 };
    const MadeStudy a = quiet("plain"), b = twice_the_data("better");
    if (pair_open(&p, &a, &b)) {
        CHECK(p.both.verdict == COMPARE_OFFSET);
        for (int i = 0; i < COMPARE_ROWS; i++) {
            const Interval gain = p.both.row[i].gain;
            test_note("row %d: %g (%g to %g)", i, gain.value, gain.low,
                      gain.high);
            CHECK_NEAR(gain.value, 2, 0.15);
            CHECK(gain.low < 2 && 2 < gain.high);
            CHECK(gain.low > 1.3 && gain.high < 3);
        }
        CHECK(p.both.gain_slope.low < 0 && p.both.gain_slope.high > 0);
        CHECK(strstr(p.both.words, "An offset"));
    }
    pair_free(&p);
}

TEST(a_study_beside_itself_is_neither_ahead_nor_behind)
{
    Pair            p = { 0 };
    const MadeStudy a = quiet("one");
    if (pair_open(&p, &a, &a)) {
        CHECK(p.both.verdict == COMPARE_SAME);
        CHECK(p.both.nsetting == 0);
        for (int i = 0; i < COMPARE_ROWS; i++) {
            CHECK_NEAR(p.both.row[i].gain.value, 1, 1e-6);
            CHECK_NEAR(p.both.row[i].difference.value + 1, 1, 1e-9);
        }
        for (int i = 0; i < p.both.nterm; i++)
            CHECK(p.both.term[i].difference.value == 0);
    }
    pair_free(&p);
}

TEST(another_exponent_is_told_from_an_offset)
{
    Pair      p = { 0 };
    MadeStudy a = quiet("plain"), b = quiet("steeper");
    b.beta = 0.48;
    b.b    = a.b * pow(2e6, b.beta - a.beta); /* alike at two million bytes */
    if (pair_open(&p, &a, &b)) {
        CHECK(p.both.verdict == COMPARE_EXPONENT);
        CHECK(p.both.gain_slope.low > 0);
        CHECK(p.both.row[COMPARE_ROWS - 1].gain.value
              > 1.5 * p.both.row[0].gain.value);
        for (int i = 0; i < p.both.nterm; i++)
            if (strcmp(p.both.term[i].name, "beta") == 0)
                CHECK(p.both.term[i].difference.low > 0);
    }
    pair_free(&p);
}

/* What was analysed may be said to have been made of another text. */
TEST(on_other_text_no_gain_is_formed)
{
    Pair            p = { 0 };
    const MadeStudy a = quiet("prose"), b = twice_the_data("code");
    if (pair_make(&p, &a, &b)) {
        p.of[1].info.corpus_sha256 = "another";
        CHECK(compare_make(&p.both, &p.arena, &p.of[0], &p.of[1], &p.err));
        CHECK(p.both.verdict == COMPARE_NONE);
        CHECK(isnan(p.both.row[0].gain.value));
        CHECK(strstr(p.both.words, "texts differ"));
        CHECK(p.both.nterm >= 3);
    }
    pair_free(&p);
}

TEST(other_tokens_are_compared_in_bits_per_byte)
{
    Pair            p = { 0 };
    const MadeStudy a = quiet("bytes"), b = quiet("pairs");
    if (pair_make(&p, &a, &b)) {
        p.of[1].info.bytes_per_token = 2;
        CHECK(compare_make(&p.both, &p.arena, &p.of[0], &p.of[1], &p.err));
        CHECK_TEXT(p.both.unit, "bits per byte");
        const CompareRow *row = &p.both.row[3];
        CHECK_NEAR(row->loss[0].value / row->loss[1].value, 2, 1e-6);
    }
    pair_free(&p);
}

TEST(settings_that_differ_are_named_with_both_values)
{
    Pair            p = { 0 };
    const MadeStudy a = quiet("one"), b = quiet("two");
    if (pair_make(&p, &a, &b)) {
        p.of[0].info.config = "name = \"one\"\n[train]\nlr = 0.01\n"
                              "beta2 = 0.95\n";
        p.of[1].info.config = "name = \"two\"\n[model]\nlr = 7\n[train]\n"
                              "lr = 0.02\nbeta2 = 0.95\n";
        CHECK(compare_make(&p.both, &p.arena, &p.of[0], &p.of[1], &p.err));
        CHECK(p.both.nsetting == 2);
        CHECK_TEXT(p.both.setting[0].key, "train.lr");
        CHECK_TEXT(p.both.setting[0].of[0], "0.01");
        CHECK_TEXT(p.both.setting[0].of[1], "0.02");
        CHECK_TEXT(p.both.setting[1].key, "model.lr");
        CHECK(!p.both.setting[1].of[0]);
    }
    pair_free(&p);
}

TEST(studies_that_share_no_budget_are_refused)
{
    Pair            p = { 0 };
    const MadeStudy a = quiet("near"), b = quiet("far");
    if (pair_make(&p, &a, &b)) {
        for (i64 i = 0; i < p.of[1].fitted.count; i++)
            p.of[1].fitted.run[i].flop *= 1e6;
        p.of[1].c_fit *= 1e6;
        CHECK(!compare_make(&p.both, &p.arena, &p.of[0], &p.of[1], &p.err));
        CHECK(p.err.kind == ERR_REFUSED);
        CHECK(strstr(p.err.text, "share no budget"));
    }
    pair_free(&p);
}

TEST(the_page_needs_no_other_file_and_takes_names_as_text)
{
    Pair            p = { 0 };
    const MadeStudy a = quiet("<script>alert(1)</script>"), b = quiet("b\"&");
    if (pair_open(&p, &a, &b)) {
        Str page = { 0 };
        compare_page(&p.both, &page);
        CHECK(!strstr(page.text, "<script>alert"));
        CHECK(strstr(page.text, "&lt;script&gt;alert(1)"));
        CHECK(!strstr(page.text, "src=\"http") && !strstr(page.text, "@import"));
        CHECK(strstr(page.text, "Compute-equivalent gain"));
        str_free(&page);
    }
    pair_free(&p);
}
