/* table_holdout.c - predicted before training, then measured: each held-out run
 * against the interval that was written down for it, and the best size too. */

#include "report/find_table.h"

#include "report/held_score.h"
#include "report/num.h"

#include <math.h>
#include <string.h>

/* The other fits, each with its own errors beside the chosen one's. */
static const struct { const char *fit, *head, *key, *error, *error_key; }
others[] = {
    { "huber", "by the additive law", "predicted_huber", "its error",
      "error_huber" },
    { "squares", "by squares", "predicted_squares", "its error",
      "error_squares" },
    { "outer", "by the wider law", "predicted_outer", "its error",
      "error_outer" },
};

static const HoldoutRow *by_fit(const Analysis *a, const char *fit,
                                const char *run_id)
{
    for (i64 i = 0; i < a->nholdout; i++)
        if (strcmp(a->holdout[i].predicted.fit, fit) == 0
            && strcmp(a->holdout[i].predicted.run_id, run_id) == 0)
            return &a->holdout[i];
    return NULL;
}

/* It stands beside the chosen one, in columns of its own. */
static bool beside(const Analysis *a, int other)
{
    return strcmp(others[other].fit, a->chosen_fit) != 0
        && by_fit(a, others[other].fit, a->holdout[0].predicted.run_id);
}

static void columns(FindTable *t, const Analysis *a)
{
    find_column(t, "run", "run", CELL_TEXT, 0);
    find_column(t, "measured", "measured", CELL_FIXED, 4);
    find_column(t, "predicted, 95 %", "predicted", CELL_FIXED, 4);
    find_column(t, "error", "error", CELL_SHARE, 0);
    find_column(t, "interval", "interval", CELL_TEXT, 0);
    for (int k = 0; k < COUNT_OF(others); k++)
        if (beside(a, k)) {
            find_column(t, others[k].head, others[k].key, CELL_FIXED, 4);
            find_column(t, others[k].error, others[k].error_key, CELL_SHARE,
                        0);
        }
    find_column(t, "se of held-out text", "measured_se", CELL_FIXED, 4);
    find_column(t, "N", "n", CELL_SI, 0);
    find_column(t, "D", "d", CELL_SI, 0);
}

static void row(FindTable *t, const Analysis *a, const HoldoutRow *r)
{
    const Prediction *p = &r->predicted;
    find_row(t);
    find_text(t, p->run_name);
    find_number(t, r->measured);
    find_interval(t, (Interval){ p->loss, p->low, p->high });
    find_number(t, r->error);
    find_text(t, holdout_where(r));
    for (int k = 0; k < COUNT_OF(others); k++) {
        if (!beside(a, k))
            continue;
        const HoldoutRow *other = by_fit(a, others[k].fit, p->run_id);
        find_interval(t, other ? (Interval){ other->predicted.loss,
                                             other->predicted.low,
                                             other->predicted.high }
                               : (Interval){ NAN, NAN, NAN });
        find_number(t, other ? other->error : NAN);
    }
    find_number(t, r->measured_se);
    find_number(t, p->n);
    find_number(t, p->d);
}

static const char *size_words(Arena *arena, const Analysis *a,
                              const HoldoutScore *s)
{
    char law[NUM_TEXT], runs[NUM_TEXT];
    if (!s->sized)
        return "";
    return arena_print(arena, " The best size there: %s by the law, %s by the "
                       "runs, %s.", num_si_interval(law, a->held_plan.n),
                       num_si_interval(runs, a->held_minimum.n),
                       s->size_inside ? "inside the law's interval"
                       : a->held_minimum.inside
                           ? "outside the law's interval"
                           : "whose least is not inside the sizes trained");
}

static void verdict(FindTable *t, Arena *arena, const Analysis *a,
                    const HoldoutScore *s)
{
    char best[NUM_TEXT], mean[NUM_TEXT];
    if (s->trained == 0) {
        find_verdict(t, "%lld runs are predicted (SHA-256 %.16s..., %s), and "
                     "not trained yet.", (long long)s->asked,
                     a->prediction_hash, holdout_when(arena, a));
        return;
    }
    find_verdict(t, "%lld of %lld held-out runs came out inside their 95 %% "
                 "interval, %lld within 1 %% of the prediction; it was %s off "
                 "at the best size, %s on average, %.2f %% at worst.%s SHA-256 "
                 "%.16s..., %s.",
                 (long long)s->inside, (long long)s->trained,
                 (long long)s->close, num_percent(best, s->best->error),
                 num_percent(mean, s->mean), 100 * s->worst,
                 size_words(arena, a, s), a->prediction_hash,
                 holdout_when(arena, a));
}

bool table_holdout(FindTable *out, Arena *arena, const Analysis *a)
{
    const HoldoutScore s = holdout_score(a);
    if (s.asked == 0)
        return false;
    *out = find_table(arena, "Predicted, then measured");
    out->first = true;
    verdict(out, arena, a, &s);
    columns(out, a);
    for (i64 i = 0; i < a->nholdout; i++)
        if (strcmp(a->holdout[i].predicted.fit, a->chosen_fit) == 0)
            row(out, a, &a->holdout[i]);
    find_note(out, "SHA-256 of the prediction: %s. Written to disk before the "
              "held-out runs were trained. %s The last is of the runs as they "
              "are now.", a->prediction_hash, analysis_scatter_words(arena, a));
    return true;
}
