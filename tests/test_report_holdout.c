/* test_report_holdout.c - inside or outside, in words: each held-out run and
 * the best size against the intervals that were written down for them. */

#include "report/find_table.h"
#include "report/held_score.h"

#include "tests/made_study.h"
#include "tests/test.h"

#include <utime.h>

typedef struct Held {
    Arena    arena;
    Analysis a;
    Err      err;
    char     dir[400];
} Held;

static bool held_make(Held *h)
{
    static int     number;
    Prediction     asked[COUNT_OF(made_size)];
    PredictionList list;
    char           hash[HASH_HEX];
    MadeStudy      made = made_demo();
    made.resamples = 100;
    snprintf(h->dir, sizeof h->dir, "%s/study%d", test_folder(), number++);
    if (!CHECK(made_write(&made, h->dir, &h->err))
        || !CHECK(analysis_make(&h->a, &h->arena, h->dir, 2, &h->err)))
        return false;
    analysis_predict(&list, &h->arena, &h->a, asked, made_asked(&made, asked));
    return CHECK(prediction_write(&list, h->dir, hash, &h->err))
        && CHECK(analysis_make(&h->a, &h->arena, h->dir, 2, &h->err));
}

static void held_free(Held *h)
{
    if (h->err.kind != ERR_NONE)
        printf("error: %s\n", h->err.text);
    arena_free(&h->arena);
}

static HoldoutRow *chosen_row(Held *h, i64 which)
{
    for (i64 i = 0; i < h->a.nholdout; i++)
        if (strcmp(h->a.holdout[i].predicted.fit, h->a.chosen_fit) == 0
            && which-- == 0)
            return &h->a.holdout[i];
    return NULL;
}

TEST(runs_inside_their_intervals_are_counted_and_those_outside_named)
{
    Held h = { 0 };
    if (held_make(&h)) {
        const HoldoutScore all = holdout_score(&h.a);
        CHECK(all.asked >= 4 && all.trained == all.asked);
        HoldoutRow *row = chosen_row(&h, 0);
        row->measured = row->predicted.high * 1.02;
        row->error    = row->predicted.loss / row->measured - 1;
        CHECK_TEXT(holdout_where(row), "above");
        row = chosen_row(&h, 1);
        row->measured = row->predicted.low * 0.98;
        row->error    = row->predicted.loss / row->measured - 1;
        CHECK_TEXT(holdout_where(row), "below");
        row = chosen_row(&h, 2);
        row->measured = row->predicted.loss;
        CHECK_TEXT(holdout_where(row), "inside");
        i64 inside = 0;
        for (i64 k = 0; chosen_row(&h, k); k++)
            inside += strcmp(holdout_where(chosen_row(&h, k)), "inside") == 0;
        CHECK(inside <= all.asked - 2);
        FindTable t;
        if (CHECK(table_holdout(&t, &h.arena, &h.a))) {
            CHECK(t.rows == all.asked);
            CHECK_HAS(t.verdict, arena_print(&h.arena, "%lld of %lld held-out "
                                             "runs came out inside", (long long)inside,
                                             (long long)all.asked));
            CHECK_TEXT(find_cell(&h.arena, &t, 0, 4, true), "above");
        }
    }
    held_free(&h);
}

TEST(the_best_size_is_said_to_lie_inside_or_outside)
{
    Held h = { 0 };
    if (held_make(&h)) {
        FindTable t;
        h.a.held_minimum.n.value = h.a.held_plan.n.value;
        CHECK(holdout_score(&h.a).size_inside);
        CHECK(table_holdout(&t, &h.arena, &h.a)
              && strstr(t.verdict, "inside the law's interval"));
        h.a.held_minimum.n.value = h.a.held_plan.n.high * 1.1;
        CHECK(!holdout_score(&h.a).size_inside);
        CHECK(table_holdout(&t, &h.arena, &h.a)
              && strstr(t.verdict, "outside the law's interval"));
    }
    held_free(&h);
}

/* The made runs began at a fixed moment; the seal's time is set. */
TEST(a_seal_younger_than_its_runs_is_not_called_earlier)
{
    Held h = { 0 };
    if (held_make(&h)) {
        const char *seal = arena_print(&h.arena, "%s/prediction.sha256", h.dir);
        const struct utimbuf old = { 1000000000, 1000000000 };
        for (i64 i = 0; i < h.a.runs.count; i++)
            h.a.runs.run[i].started = "2020-01-01T00:00:00Z";
        CHECK_HAS(holdout_when(&h.arena, &h.a), "is younger");
        CHECK(utime(seal, &old) == 0);
        CHECK_HAS(holdout_when(&h.arena, &h.a), "sealed 2001-09-09T01:46:40Z, "
                  "before the first held-out run began (2020-01-01T00:00:00Z)");
    }
    held_free(&h);
}
