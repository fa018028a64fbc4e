/* analysis_finds.c - everything beside the law of size and data, in one place:
 * what is looked for, on which runs, and what a failure costs. */

#include "report/analysis.h"

static void slices(Analysis *a, Arena *arena)
{
    for (int k = 0; k < 3; k++)
        slice_find(&a->finds.slice[k], arena, &a->fitted, a->cost.counts,
                   (SliceOf)k);
}

/* The chosen fit once more, for its profiles: no draws, which it has. Where
 * that is refused there is no figure of it. */
static bool profiles(Analysis *a, Arena *arena, const Table *table,
                     FitOptions options, Err *err)
{
    if (!a->chosen)
        return true;
    options.objective = a->chosen->options.objective;
    options.resamples = 0;
    options.profile   = true;
    if (fit_law(&a->finds.profile, arena, a->chosen->law, table, options, err))
        return true;
    a->finds.profile = (Fit){ .law = NULL };
    if (err->kind != ERR_REFUSED)
        return false;
    *err = (Err){ 0 };
    return true;
}

/* Text seen again, and text of another kind. Where the study has no law of
 * fresh text, that within the law of repeating serves. */
static bool texts(Analysis *a, Str *lost, Arena *arena, FitOptions options,
                  const char *runs_dir, Err *err)
{
    Finds       *f = &a->finds;
    const CountN n = a->cost.counts;
    if (!epochs_find(&f->epochs, arena, &a->runs, n, options, err)
        || !transfer_find(&f->transfer, arena, &a->runs, n, options, err))
        return false;
    const Fit *fresh = a->chosen               ? a->chosen
                     : f->epochs.fresh_law.law ? &f->epochs.fresh_law : NULL;
    repeats_find(&f->repeats, lost, arena, &a->runs, n, fresh, runs_dir);
    return true;
}

bool analysis_finds(Analysis *a, Str *lost, Arena *arena, const Table *table,
                    FitOptions options, Err *err)
{
    Finds       *f    = &a->finds;
    const CountN n    = a->cost.counts;
    const char  *runs = arena_print(arena, "%s/runs", a->dir);
    rates_find(&f->rates, arena, &a->runs, n, options);
    shapes_find(&f->shapes, arena, &a->runs, n);
    forms_find(&f->forms, arena, &f->shapes, &a->runs, options.level);
    conventions_find(&f->conventions, &a->fitted, options);
    ledger_find(&f->ledger, arena, &a->runs);
    purposes_find(&f->purposes, lost, arena, &a->on_disk, &a->plan_asked, runs);
    slices(a, arena);
    noise_find(&f->noise, arena, &a->runs, n);
    if (!texts(a, lost, arena, options, runs, err)
        || !domains_find(&f->domains, arena, &a->runs, n, options, err))
        return false;
    floors_find(&f->floors, arena, &f->domains, options.level);
    batches_find(&f->batches, lost, arena, &a->runs, n, runs);
    waterfall_find(&f->waterfall, lost, arena, &a->runs, runs, options);
    return profiles(a, arena, table, options, err)
        && critical_find(&f->critical, lost, arena, &a->runs, &f->batches, n,
                         options, runs, err)
        && kaplan_find(&f->kaplan, lost, arena, &a->runs, &f->critical,
                       (double)a->info.corpus_train_tokens, options, runs,
                       err)
        && positions_read(&f->positions, arena, &a->runs, runs, err)
        && archs_find(&f->archs, arena, &a->runs, &f->positions, n, options,
                      err);
}
