/* finds_waterfall.c - declared in finds_waterfall.h: the five steps, each by the
 * same method, and what the change from one to the next says.
 *
 * The change of two steps is judged by its own interval and not by two
 * overlapping ones: draw k of both steps gives one change, in which a run that
 * stands in both has the same luck, as when the same runs are counted twice. */

#include "report/finds_waterfall.h"

#include "report/num.h"
#include "report/waterfall_beside.h"

#include <math.h>
#include <stdio.h>

typedef struct Spec {
    const char *name, *group;
    bool        along;
    CountN      counts;
    double      published[2];
} Spec;

/* SOURCE: Porian et al. 2024, the released results behind figure 1. */
static const Spec spec[WATER_STEPS] = {
    { "Kaplan's way", "kaplan", true, N_BODY, { 0.8353, 0.8635 } },
    { "+ the head counted", "kaplan", true, N_BODY_HEAD, { 0.7065, 0.6985 } },
    { "+ warm-up of N tokens", "warmup", true, N_BODY_HEAD,
      { 0.6020, 0.6032 } },
    { "+ cosine of the run's length", "matched", false, N_BODY_HEAD,
      { 0.5715, 0.5743 } },
    { "+ rate, batch, beta2 tuned", "tuned", false, N_BODY_HEAD,
      { 0.4969, 0.5185 } },
};

const char *water_way_name(WaterWay way)
{
    static const char *const name[] = {
        [WATER_FIRST]        = "",
        [WATER_AS_PUBLISHED] = "as published",
        [WATER_OTHER_WAY]    = "against what was published",
        [WATER_UNSETTLED]    = "not settled",
    };
    return name[way];
}

/* -- Changes --------------------------------------------------------------- */

static Interval change_of(Arena *arena, const MidExponent *from,
                          const MidExponent *to, double level)
{
    const i64 most  = i64_min(from->ndraw, to->ndraw);
    double   *draw  = NEW(arena, double, most + 1);
    i64       count = 0;
    for (i64 k = 0; k < most; k++) {
        draw[count] = to->draw[k] - from->draw[k];
        count += isfinite(draw[count]);
    }
    const double value = to->a.value - from->a.value;
    if (!isfinite(value) || count == 0 || count < most / 2)
        return (Interval){ value, NAN, NAN };
    return fit_interval(value, draw, count, level);
}

static WaterWay way_of(Interval change, const double *from, const double *to)
{
    const double published = to[0] - from[0];
    if (!isfinite(change.low) || change.low * change.high <= 0)
        return WATER_UNSETTLED;
    return change.value * published > 0 ? WATER_AS_PUBLISHED
                                        : WATER_OTHER_WAY;
}

static void compare(Waterfall *w, Arena *arena, double level)
{
    const Interval unknown = { NAN, NAN, NAN };
    w->step[0].change = unknown;
    for (int k = 1; k < w->count; k++) {
        WaterStep *s = &w->step[k];
        s->change = change_of(arena, &w->step[k - 1].e, &s->e, level);
        s->way    = way_of(s->change, w->step[k - 1].published, s->published);
    }
}

/* -- In words -------------------------------------------------------------- */

/* The step of the largest change downwards; 0: none. */
static int largest(const Waterfall *w)
{
    int most = 0;
    for (int k = 1; k < w->count; k++)
        if (w->step[k].change.value < (most ? w->step[most].change.value : 0))
            most = k;
    return most;
}

static const char *words_of(const Waterfall *w, Arena *arena)
{
    int tally[WATER_UNSETTLED + 1] = { 0 };
    int changes = 0;
    for (int k = 1; k < w->count; k++)
        if (isfinite(w->step[k].change.value)) {
            tally[w->step[k].way]++;
            changes++;
        }
    const Interval first = w->step[0].e.a, last = w->step[w->count - 1].e.a;
    const int      most  = largest(w);
    char a[NUM_TEXT], b[NUM_TEXT];
    return arena_print(arena, "From %s to %s. Of %d changes %d go the way that "
                       "was published, %d against it, and of %d the sign is "
                       "not settled by their intervals%s%s%s.",
                       num_interval(a, first, 2), num_interval(b, last, 2),
                       changes, tally[WATER_AS_PUBLISHED],
                       tally[WATER_OTHER_WAY], tally[WATER_UNSETTLED],
                       most ? ". The largest fall comes with \"" : "",
                       most ? w->step[most].name + 2 : "",
                       most ? "\" (published: with the head)" : "");
}

/* -- The whole ------------------------------------------------------------- */

void waterfall_find(Waterfall *out, Str *lost, Arena *arena,
                    const RunList *runs, const char *runs_dir,
                    FitOptions options)
{
    Midway from[WATER_STEPS];
    int    there = 0;
    *out = (Waterfall){ 0 };
    for (int k = 0; k < WATER_STEPS; k++) {
        midway_read(&from[k], lost, arena, runs, spec[k].group, spec[k].along,
                    runs_dir);
        there += from[k].count > 0 && k != 1;
    }
    if (there < 2)
        return;
    out->count = WATER_STEPS;
    for (int k = 0; k < WATER_STEPS; k++) {
        WaterStep *s = &out->step[k];
        *s = (WaterStep){ .name = spec[k].name, .group = spec[k].group,
                          .published = { spec[k].published[0],
                                         spec[k].published[1] } };
        out->name[k] = spec[k].name;
        midway_exponent(&s->e, arena, &from[k], spec[k].counts, options);
    }
    compare(out, arena, options.level);
    out->words = words_of(out, arena);
    waterfall_beside(out, lost, arena, &from[0], &from[WATER_STEPS - 1],
                     runs_dir, options);
}
