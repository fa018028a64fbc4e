/* finds_kaplan.c - the laws in their order: sizes, curves, envelopes, samples of
 * the text, and what follows from all of them. */

#include "report/finds.h"

#include <math.h>

static void room(KaplanAxis *out, Arena *arena, i64 count)
{
    *out = (KaplanAxis){ .x = NEW(arena, double, count + 1),
                         .loss = NEW(arena, double, count + 1),
                         .run = NEW(arena, const Run *, count + 1),
                         .counted = NEW(arena, bool, count + 1),
                         .gain = NAN };
}

static bool along_size(KaplanAxis *out, Arena *arena, const KaplanSteps *from,
                       FitOptions options, Err *err)
{
    room(out, arena, from->runs);
    for (i64 i = 0; i < from->runs; i++) {
        out->x[i]       = from->n[i];
        out->loss[i]    = from->run[i]->val_loss;
        out->run[i]     = from->run[i];
        out->counted[i] = true;
    }
    out->count = from->runs;
    return kaplan_axis_fit(out, arena, "kaplan-n", "N", NULL, options, err);
}

/* The envelope's points; those of one size are one run's. */
static bool along_compute(KaplanAxis *out, Arena *arena, const Frontier *from,
                          const char *law, const char *column,
                          FitOptions options, Err *err)
{
    const char **cluster = NEW(arena, const char *, from->npoint + 1);
    room(out, arena, from->npoint);
    for (i64 i = 0; i < from->npoint; i++) {
        out->x[i]       = from->c[i];
        out->loss[i]    = from->loss[i];
        out->counted[i] = true;
        cluster[i]      = arena_print(arena, "%.6g", from->n[i]);
    }
    out->count = from->npoint;
    if (out->count > 0)
        return kaplan_axis_fit(out, arena, law, column, cluster, options, err);
    out->power.words = out->floor.words = from->words;
    return true;
}

static bool laws(KaplanFinds *out, Arena *arena, const RunList *runs,
                 double corpus_tokens, FitOptions options, Err *err)
{
    const KaplanSteps *s = &out->steps;
    return along_size(&out->n, arena, s, options, err)
        && along_compute(&out->c, arena, &s->naive, "kaplan-c", "C", options,
                         err)
        && along_compute(&out->c_min, arena, &s->adjusted, "kaplan-cmin",
                         "C_min", options, err)
        && kaplan_overfit_find(&out->overfit, &out->d, arena, runs,
                               corpus_tokens, options, err);
}

static bool asked(const RunList *runs)
{
    for (i64 i = 0; i < runs->count; i++)
        if (finds_in_group(&runs->run[i], "size")
            || finds_in_group(&runs->run[i], "data")
            || finds_in_group(&runs->run[i], "overfit"))
            return true;
    return false;
}

bool kaplan_find(KaplanFinds *out, Str *lost, Arena *arena,
                 const RunList *runs, const Critical *critical,
                 double corpus_tokens, FitOptions options,
                 const char *runs_dir, Err *err)
{
    *out = (KaplanFinds){ .any = asked(runs) };
    if (!out->any)
        return true;
    if (!kaplan_steps_find(&out->steps, lost, arena, runs, critical, options,
                           runs_dir, err)
        || !laws(out, arena, runs, corpus_tokens, options, err))
        return false;
    kaplan_bounds(&out->overfit, &out->steps, critical);
    kaplan_closed_find(&out->closed, arena, &out->steps, critical,
                       options.level);
    kaplan_meet_find(&out->meet, arena, out, options.level);
    return true;
}
