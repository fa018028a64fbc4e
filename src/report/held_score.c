/* held_score.c - see held_score.h.
 *
 * The text of a prediction holds no time, since several workers must write the
 * same bytes; the time is that of its seal. A folder that was copied has lost
 * it, and then the words say what can still be said: the hash. */

#include "report/held_score.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const double CLOSE = 0.01;

static bool stands(const Analysis *a, const HoldoutRow *row)
{
    return strcmp(row->predicted.fit, a->chosen_fit) == 0;
}

static bool inside(const HoldoutRow *row)
{
    return row->measured >= row->predicted.low
        && row->measured <= row->predicted.high;
}

const char *holdout_where(const HoldoutRow *row)
{
    return !row->run                             ? "not trained yet"
         : !isfinite(row->predicted.low)         ? "no interval"
         : row->measured < row->predicted.low    ? "below"
         : row->measured > row->predicted.high   ? "above"
                                                 : "inside";
}

HoldoutScore holdout_score(const Analysis *a)
{
    HoldoutScore s = { .mean = NAN, .worst = NAN };
    double       sum = 0, worst = 0;
    for (i64 i = 0; i < a->nholdout; i++) {
        const HoldoutRow *row = &a->holdout[i];
        if (!stands(a, row))
            continue;
        s.asked++;
        if (!row->run)
            continue;
        s.trained++;
        s.inside += inside(row);
        s.close += fabs(row->error) <= CLOSE;
        sum += row->error;
        worst = fmax(worst, fabs(row->error));
        if (!s.best || row->measured < s.best->measured)
            s.best = row;
    }
    if (s.trained > 0) {
        s.mean  = sum / (double)s.trained;
        s.worst = worst;
    }
    const Interval law = a->held_plan.n;
    s.sized = isfinite(a->held_plan.c) && a->held_minimum.npoint > 0;
    s.size_inside = s.sized && a->held_minimum.inside
                 && a->held_minimum.n.value >= law.low
                 && a->held_minimum.n.value <= law.high;
    return s;
}

/* The earliest of the held-out runs; NULL: none has one. */
static const char *first_start(const Analysis *a)
{
    const char *first = NULL;
    for (i64 i = 0; i < a->nholdout; i++) {
        const Run *run = a->holdout[i].run;
        if (run && run->started && (!first || strcmp(run->started, first) < 0))
            first = run->started;
    }
    return first;
}

const char *holdout_when(Arena *arena, const Analysis *a)
{
    const char *path  = arena_print(arena, "%s/prediction.sha256", a->dir);
    const char *start = first_start(a);
    struct stat seal;
    struct tm   utc;
    char        text[32];
    if (stat(path, &seal) != 0 || !gmtime_r(&seal.st_mtime, &utc))
        return "";
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (!start)
        return arena_print(arena, "sealed %s", text);
    if (strcmp(text, start) <= 0)
        return arena_print(arena, "sealed %s, before the first held-out run "
                           "began (%s)", text, start);
    return arena_print(arena, "the seal's file is younger (%s) than the first "
                       "held-out run (%s): copied since, or not written before",
                       text, start);
}
