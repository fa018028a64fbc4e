/* fit_answer.c - see fit_answer.h. What the data refuse is kept in words beside
 * what they give; only the law itself must be answerable. */

#include "cli/fit_answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Enough for a share of runs inside and for a test at 5 %. */
enum { RESAMPLES_HELD = 200, RESAMPLES_APART = 400 };

static FitOptions fewer(const FitArgs *args, i64 most)
{
    FitOptions o = args->options;
    o.resamples = i64_min(o.resamples, most);
    o.profile = false;
    return o;
}

static void keep_words(char *out, size_t room, const Err *err)
{
    snprintf(out, room, "%.*s", (int)room - 1, err->text);
}

/* ---- the law and its line ---------------------------------------------- */

/* Budgets that the runs span, as 6 N D. */
static void span(double *low, double *high, const Table *runs)
{
    const double *n = table_column(runs, "N"), *d = table_column(runs, "D");
    *low = INFINITY;
    *high = 0;
    for (i64 i = 0; i < runs->nrow; i++) {
        *low = fmin(*low, 6 * n[i] * d[i]);
        *high = fmax(*high, 6 * n[i] * d[i]);
    }
}

static bool side_make(FitSide *out, Arena *arena, const Law *law,
                      const Table *runs, const char *counts,
                      FitOptions options, Err *err)
{
    Err why = { 0 };
    double low, high;
    *out = (FitSide){ 0 };
    if (!fit_law(&out->fit, arena, law, runs, options, err))
        return false;
    out->fit.counts = counts;
    if (!law_has_optimum(law))
        return true;
    span(&low, &high, runs);
    out->has_line = parametric_frontier(&out->line, arena, &out->fit, low, high,
                                        &why);
    if (!out->has_line)
        keep_words(out->why, sizeof out->why, &why);
    return true;
}

static FitObjective other_objective(FitObjective one)
{
    return one == FIT_HUBER_LOG ? FIT_SQUARES : FIT_HUBER_LOG;
}

/* ---- runs that look failed --------------------------------------------- */

/* Losses first; then how far the others lie from a fit that those did not
 * touch. */
static Suspects suspects_in(Arena *arena, const Law *law, const Table *runs,
                            const FitArgs *args)
{
    const Suspects by_loss = suspects_by_loss(arena, law, runs);
    const Table rest = suspects_without(arena, runs, &by_loss);
    FitOptions o = fewer(args, 0);
    o.objective = FIT_HUBER_LOG;
    Fit probe;
    Err none = { 0 };
    if (!fit_law(&probe, arena, law, &rest, o, &none))
        return by_loss;
    const Suspects by_fit = suspects_by_fit(arena, &probe, runs, &by_loss);
    return suspects_join(arena, &by_loss, &by_fit);
}

/* The rows of one group, and where they stood. */
static Table group_rows(Arena *arena, i64 **from, const Table *all,
                        const double *code, double group)
{
    bool *keep = NEW(arena, bool, all->nrow);
    *from = NEW(arena, i64, all->nrow);
    i64 count = 0;
    for (i64 i = 0; i < all->nrow; i++) {
        keep[i] = code[i] == group;
        if (keep[i])
            (*from)[count++] = i;
    }
    return table_where(arena, all, keep);
}

/* Runs are held against their like: where groups are named, within them. */
static Suspects suspects_of(Arena *arena, const Law *law, const Table *all,
                            const FitArgs *args)
{
    double *code;
    const char **names;
    i64 count, *from;
    if (!args->group
        || !table_codes(&code, &names, &count, arena, all, args->group))
        return suspects_in(arena, law, all, args);
    Suspects out = { 0 };
    for (i64 g = 0; g < count; g++) {
        const Table part = group_rows(arena, &from, all, code, (double)g);
        const Suspects some = suspects_in(arena, law, &part, args);
        for (i64 i = 0; i < some.count; i++)
            some.item[i].row = from[some.item[i].row];
        out = suspects_join(arena, &out, &some);
    }
    return out;
}

static void contrast_make(FitAnswer *out, Arena *arena, const Law *law,
                          const FitArgs *args)
{
    Err why = { 0 };
    if (out->suspects.count == 0)
        return;
    const Table other = out->left_out
                      ? out->all
                      : suspects_without(arena, &out->all, &out->suspects);
    out->has_contrast = side_make(&out->contrast, arena, law, &other,
                                  out->counts, fewer(args, 0), &why);
    if (!out->has_contrast)
        keep_words(out->contrast_why, sizeof out->contrast_why, &why);
}

/* ---- foretelling ------------------------------------------------------- */

/* By compute with intervals; by size and by data, where the law has both, the
 * error alone. */
static bool held_out(FitAnswer *out, Arena *arena, const Law *law,
                     const FitArgs *args, Err *err)
{
    static const char *const also[] = { "N", "D" };
    if (args->hold_out <= 0)
        return true;
    if (!holdout_largest(&out->holdout[out->nheld++], arena, law, &out->runs,
                         args->hold_out, fewer(args, RESAMPLES_HELD), err))
        return false;
    for (int i = 0; i < COUNT_OF(also) && law_has_optimum(law); i++)
        if (!holdout_largest_by(&out->holdout[out->nheld++], arena, law,
                                &out->runs, also[i], args->hold_out,
                                fewer(args, 0), err))
            return false;
    return true;
}

static bool foretell(FitAnswer *out, Arena *arena, const Law *law,
                     const FitArgs *args, Err *err)
{
    return held_out(out, arena, law, args, err)
        && (!args->windows
            || holdout_windows(&out->window, &out->nwindow, arena, law,
                               &out->runs, fewer(args, RESAMPLES_HELD), err));
}

static bool compare(FitAnswer *out, Arena *arena, const LawList *laws,
                    const FitArgs *args, Err *err)
{
    out->best_bic = out->best_held = -1;
    if (laws->count < 2)
        return true;
    out->nscore = laws->count;
    out->score = NEW(arena, LawScore, laws->count);
    if (!fit_compare(out->score, arena, laws->item, laws->count, &out->runs,
                     args->hold_out, fewer(args, 0), err))
        return false;
    for (i64 i = 0; i < laws->count; i++) {
        const LawScore *s = out->score, *one = &out->score[i];
        if (!one->refused && (out->best_bic < 0
                              || one->bic < s[out->best_bic].bic))
            out->best_bic = i;
        if (!one->refused && !isnan(one->holdout.rms)
            && (out->best_held < 0
                || one->holdout.rms < s[out->best_held].holdout.rms))
            out->best_held = i;
    }
    return true;
}

/* ---- groups ------------------------------------------------------------ */

/* Offsets are the parameters that are linear in the law, exponents the others. */
static TextList params_of(Arena *arena, const Law *law, bool linear)
{
    const char **name = NEW(arena, const char *, law->nparam + 1);
    i64 count = 0;
    for (int i = 0; i < law->nparam; i++)
        if (law->param[i].linear == linear)
            name[count++] = law->param[i].name;
    return (TextList){ count, name };
}

static const char *list_words(Arena *arena, const char *head,
                              const TextList *names)
{
    const char *out = head;
    for (i64 i = 0; i < names->count; i++)
        out = arena_print(arena, "%s%s%s", out,
                          i == 0 ? " " : i + 1 < names->count ? ", " : " and ",
                          names->item[i]);
    return out;
}

static bool apart_make(FitApart *out, Arena *arena, const char *what,
                       const TextList *own, const Law *law, const Table *runs,
                       const FitArgs *args, Err *err)
{
    Err why = { 0 };
    out->what = what;
    if (fit_sharing(&out->sharing, arena, law, runs, args->group, own,
                    fewer(args, RESAMPLES_APART), &why))
        return true;
    out->refused = why.kind == ERR_REFUSED;
    keep_words(out->words, sizeof out->words, &why);
    if (!out->refused)
        *err = why;
    return out->refused;
}

static const char *verdict(Arena *arena, const FitAnswer *a,
                           const char *column)
{
    i64 best = -1;
    for (i64 i = 0; i < a->napart; i++)
        if (!a->apart[i].refused && a->apart[i].sharing.bic_gain > 0
            && (best < 0 || a->apart[i].sharing.bic_gain
                                > a->apart[best].sharing.bic_gain))
            best = i;
    if (best < 0)
        return arena_print(arena, "one set of constants serves all values of "
                           "%s (least BIC)", column);
    const bool all = strcmp(a->apart[best].what, "all parameters") == 0;
    return arena_print(arena, "each value of %s has %s of its own%s (least "
                       "BIC, by %.1f)", column, a->apart[best].what,
                       all || a->napart == 1 ? "" : "; the others are shared",
                       a->apart[best].sharing.bic_gain);
}

static bool groups(FitAnswer *out, Arena *arena, const Law *law,
                   const FitArgs *args, Err *err)
{
    if (!args->group)
        return true;
    const TextList offsets = params_of(arena, law, true), none = { 0 };
    const TextList exponents = params_of(arena, law, false);
    const struct { const char *what; const TextList *own; } each[] = {
        { list_words(arena, "offsets", &offsets), &offsets },
        { list_words(arena, "exponents", &exponents), &exponents },
        { "all parameters", &none } };
    out->apart = NEW(arena, FitApart, COUNT_OF(each));
    if (args->own.count > 0) {
        out->napart = 1;
        if (!apart_make(&out->apart[0], arena, list_words(arena, "", &args->own)
                        + 1, &args->own, law, &out->runs, args, err))
            return false;
    }
    for (int i = 0; i < COUNT_OF(each) && args->own.count == 0; i++)
        if (i == 2 || each[i].own->count > 0)
            if (!apart_make(&out->apart[out->napart++], arena, each[i].what,
                            each[i].own, law, &out->runs, args, err))
                return false;
    out->apart_words = verdict(arena, out, args->group);
    return true;
}

/* With groups, runs repeat a setting where they are of one group as well. */
static void noise(FitAnswer *out, Arena *arena, const FitArgs *args)
{
    double *code;
    const char **names;
    i64 count;
    out->noise = (FitNoise){ .sd_log = NAN, .lack = NAN, .p = NAN };
    if (!args->group) {
        out->noise = fit_noise(&out->side[0].fit, &out->runs);
        return;
    }
    const FitApart *last = &out->apart[out->napart - 1];
    if (last->refused
        || !table_codes(&code, &names, &count, arena, &out->runs, args->group))
        return;
    const Table marked = law_group_columns(arena, &out->runs, code, names,
                                           count);
    out->noise = fit_noise(&last->sharing.apart, &marked);
}

/* ---- the whole --------------------------------------------------------- */

/* Columns that any of the laws needs are derived for all. */
static bool table_read(FitAnswer *out, Arena *arena, const LawList *laws,
                       const FitArgs *args, Err *err)
{
    return fit_table(&out->all, &out->counts, arena, &args->input,
                     laws->item[0], err);
}

bool fit_answer(FitAnswer *out, Arena *arena, const FitArgs *args, Err *err)
{
    LawList laws;
    FitOptions second = args->options;
    second.objective = other_objective(second.objective);
    *out = (FitAnswer){ 0 };
    if (!fit_laws_find(&laws, arena, args, err)
        || !table_read(out, arena, &laws, args, err))
        return false;
    const Law *law = laws.item[0];
    out->runs = out->all;
    /* Of a family the member of least BIC is the law. */
    const bool family = args->laws.count == 1 && laws.count > 1;
    if (family && !compare(out, arena, &laws, args, err))
        return false;
    if (family && out->best_bic >= 0)
        law = laws.item[out->best_bic];
    out->suspects = suspects_of(arena, law, &out->all, args);
    out->left_out = args->without_outliers && out->suspects.count > 0;
    if (out->left_out)
        out->runs = suspects_without(arena, &out->all, &out->suspects);
    if (!side_make(&out->side[0], arena, law, &out->runs, out->counts,
                   args->options, err)
        || !side_make(&out->side[1], arena, law, &out->runs, out->counts,
                      second, err))
        return false;
    contrast_make(out, arena, law, args);
    if (!foretell(out, arena, law, args, err)
        || ((!family || out->left_out)
            && !compare(out, arena, &laws, args, err))
        || !groups(out, arena, law, args, err))
        return false;
    noise(out, arena, args);
    fit_ways(&out->ways, arena, args, &out->runs, &out->side[0].fit,
             out->side[0].has_line ? &out->side[0].line : NULL);
    return !args->conventions
        || fit_counts(&out->conventions, arena, law, &out->runs, args->options,
                      err);
}
