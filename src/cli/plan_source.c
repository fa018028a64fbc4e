/* plan_source.c - see plan_source.h. */

#include "cli/plan_source.h"

#include "base/file.h"
#include "base/know.h"
#include "cli/runs_place.h"
#include "store/study.h"

#include <math.h>
#include <string.h>

static PlanSource *append(PlanSources *list, Arena *arena)
{
    PlanSource *more = NEW(arena, PlanSource, list->count + 1);
    if (list->count > 0)
        memcpy(more, list->item, (size_t)list->count * sizeof *more);
    list->item = more;
    return &list->item[list->count++];
}

/* Fits --------------------------------------------------------------------- */

bool plan_source_fit(PlanSources *out, Arena *arena, const char *path, Err *err)
{
    Fit fit;
    if (!fit_read(&fit, arena, path, err))
        return false;
    PlanSource *one = append(out, arena);
    *one = (PlanSource){ .name = path, .fit = fit, .c_max = NAN,
                         .source = arena_print(arena, "fitted to %lld runs",
                                               (long long)fit.nrow) };
    return plan_can(fit.law, err);
}

/* Published laws ----------------------------------------------------------- */

static bool put_set(PlanSources *out, Arena *arena, const Law *law,
                    const LawConstants *set, Err *err)
{
    PlanSource *one = append(out, arena);
    *one = (PlanSource){ .name = arena_print(arena, "%s:%s", law->name,
                                             set->name),
                         .c_max = NAN, .source = set->source,
                         .caveat = set->caveat };
    return plan_published(&one->fit, arena, law, set, err);
}

static bool no_set(const Law *law, const char *wanted, Arena *arena, Err *err)
{
    const char *all = "";
    for (int i = 0; i < law->nconstants; i++)
        all = arena_print(arena, "%s%s%s", all, i ? ", " : "",
                          law->constants[i].name);
    if (law->nconstants == 0)
        return err_set(err, ERR_USAGE, "--law=%s: nobody's constants are kept "
                       "for it; fit it to runs first (scalelaw fit)",
                       law->name);
    return err_set(err, ERR_USAGE, "--law=%s:%s: no constants of that name; "
                   "there are %s", law->name, wanted, all);
}

/* Laws of other columns, and laws without constants, have no plan and are
 * passed over: they were not asked for by name. */
static bool put_all(PlanSources *out, Arena *arena, Err *err)
{
    const char **name;
    const int    count = know_names(&name, arena, "laws", ".law");
    for (int i = 0; i < count; i++) {
        const Law *law;
        Err        unfit = { 0 };
        if (!law_load(&law, arena, name[i], err))
            return false;
        for (int k = 0; k < law->nconstants && plan_can(law, &unfit); k++)
            if (!put_set(out, arena, law, &law->constants[k], err))
                return false;
    }
    return true;
}

bool plan_source_law(PlanSources *out, Arena *arena, const char *name, Err *err)
{
    if (strcmp(name, "all") == 0)
        return put_all(out, arena, err);

    char       *file  = arena_text(arena, name);
    char       *colon = strrchr(file, ':');
    const char *set   = colon ? colon + 1 : "";
    if (colon)
        *colon = 0;
    const Law *law;
    if (!law_load(&law, arena, file, err) || !plan_can(law, err))
        return false;
    const LawConstants *constants
        = *set                  ? law_constants(law, set)
        : law->nconstants > 0   ? &law->constants[0]
                                : NULL;
    if (!constants)
        return no_set(law, set, arena, err);
    return put_set(out, arena, law, constants, err);
}

/* Studies ------------------------------------------------------------------ */

static double fitted_max(const StudyInfo *info)
{
    double most = NAN;
    for (i64 i = 0; i < info->budgets.count; i++)
        if (!(info->budgets.item[i] >= info->holdout * (1 - 1e-9)))
            most = fmax(most, info->budgets.item[i]);
    return most;
}

static bool put_study_fit(PlanSources *out, Arena *arena, const char *dir,
                          const StudyInfo *info, const char *name, Err *err)
{
    const char *path = arena_print(arena, "%s/fit/%s.json", dir, name);
    if (!file_exists(path))
        return err_set(err, ERR_IO, "%s: not there yet; `scalelaw report %s` "
                       "fits the study", path, dir);
    if (!plan_source_fit(out, arena, path, err))
        return false;
    PlanSource *one = &out->item[out->count - 1];
    one->name  = arena_print(arena, "%s, %s", info->name, name);
    one->c_max = fitted_max(info);
    one->cost  = (PlanCost){ .family = info->aspect > 0, .vocab = info->vocab,
                             .context = info->context, .aspect = info->aspect,
                             .layers_min = info->layers_min };
    if (!count_n_find(&one->cost.counts, info->counts))
        return err_set(err, ERR_FORMAT, "%s/study.json: counts is \"%s\", "
                       "which is no way to count N", dir, info->counts);
    one->fit.counts = info->counts;
    return true;
}

bool plan_source_study(PlanSources *out, Arena *arena, const char *given,
                       Err *err)
{
    RunsPlace place;
    StudyInfo info;
    return runs_place_find(&place, arena, *given ? given : NULL, err)
        && study_read(&info, arena, place.dir, err)
        && put_study_fit(out, arena, place.dir, &info, "huber", err)
        && put_study_fit(out, arena, place.dir, &info, "squares", err)
        && (!file_exists(arena_print(arena, "%s/fit/outer.json", place.dir))
            || put_study_fit(out, arena, place.dir, &info, "outer", err));
}
