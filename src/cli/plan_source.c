/* plan_source.c - see plan_source.h. */

#include "cli/plan_source.h"

#include "base/file.h"
#include "base/know.h"
#include "cli/runs_place.h"
#include "plan/solve.h"
#include "store/study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static PlanBy *append(PlanBys *list, Arena *arena)
{
    PlanBy *more = NEW(arena, PlanBy, list->count + 1);
    if (list->count > 0)
        memcpy(more, list->item, (size_t)list->count * sizeof *more);
    list->item = more;
    return &list->item[list->count++];
}

/* Fits --------------------------------------------------------------------- */

/* A pure number of ordinary size: not a scale, which moves together with its
 * exponent and need not be known. */
static bool is_exponent(const LawParam *p)
{
    return !p->linear && (!p->unit || !*p->unit) && p->to <= 10;
}

/* An exponent that the data cannot tell makes every size as good as any. */
static bool exponents_known(const Fit *fit, const char *path, Err *err)
{
    const FitCertificate *c = &fit->certificate;
    for (int i = 0; i < fit->law->nparam; i++) {
        const LawParam *p = &fit->law->param[i];
        if (is_exponent(p) && (c->unidentified[i] || c->at_bound[i]))
            return err_set(err, ERR_REFUSED, "%s: the data behind this fit do "
                           "not tell %s (%s), so nothing can be planned from "
                           "it; add runs of other sizes and lengths, or pin "
                           "%s (fit --pin)", path, p->name,
                           c->at_bound[i] ? "it lies at its bound"
                                          : "its interval spans a factor of 10",
                           p->name);
    }
    return true;
}

/* Whatever the constants: the best size at the largest of its own runs must be
 * known better than to a factor of 100. */
static bool best_known(const PlanBy *by, const char *path, Err *err)
{
    PlanAsk      ask = plan_ask_nothing();
    PlanSolution at;
    ask.flop = by->c_max;
    if (!(by->c_max > 0) || by->fit.ndraw == 0)
        return true;
    if (!plan_solve(&at, by, &ask, err))
        return err_add(err, "%s", path);
    if (!(at.n.high > 100 * at.n.low))
        return true;
    return err_set(err, ERR_REFUSED, "%s: by this fit the best size at %.3g "
                   "FLOP, the largest of its runs, lies anywhere between %.2g "
                   "and %.2g parameters, so nothing can be planned from it; "
                   "add runs of other sizes and lengths", path, by->c_max,
                   at.n.low, at.n.high);
}

/* "FIT" of "out/FIT.json": a head for a column. */
static const char *stem(Arena *arena, const char *path)
{
    const char *name = strrchr(path, '/');
    char       *out  = arena_text(arena, name ? name + 1 : path);
    char       *dot  = strrchr(out, '.');
    if (dot && dot != out)
        *dot = 0;
    return out;
}

bool plan_source_fit(PlanBys *out, Arena *arena, const char *path, Err *err)
{
    Fit            fit;
    const PlanCost six = { .family = false };
    if (!fit_read(&fit, arena, path, err) || !plan_can(fit.law, err)
        || !exponents_known(&fit, path, err))
        return false;
    PlanBy *one   = append(out, arena);
    *one          = plan_by_fit(stem(arena, path), &fit, &six, fit.c_max);
    one->source   = arena_print(arena, "fitted to %lld runs (%s)",
                                (long long)fit.nrow, path);
    one->c_source = "the largest of the runs that were fitted";
    return best_known(one, path, err);
}

/* Published laws ----------------------------------------------------------- */

static bool put_set(PlanBys *out, Arena *arena, const Law *law,
                    const LawConstants *set, const char *name, Err *err)
{
    if (!name)
        name = arena_print(arena, "%s:%s", law->name, set->name);
    return plan_is_line(law)
         ? plan_by_line(append(out, arena), arena, name, law, set, err)
         : plan_by_set(append(out, arena), arena, name, law, set, err);
}

static bool no_set(const Law *law, const char *wanted, const char *flag,
                   Arena *arena, Err *err)
{
    const char *all = "";
    for (int i = 0; i < law->nconstants; i++)
        all = arena_print(arena, "%s%s%s", all, i ? ", " : "",
                          law->constants[i].name);
    if (law->nconstants == 0)
        return err_set(err, ERR_USAGE, "%s=%s: nobody's constants are kept for "
                       "it; fit it to runs first (scalelaw fit)", flag,
                       law->name);
    return err_set(err, ERR_USAGE, "%s=%s:%s: no constants of that name; there "
                   "are %s", flag, law->name, wanted, all);
}

/* Laws of other columns, and laws without constants, have no plan and are
 * passed over: they were not asked for by name. */
static bool put_all(PlanBys *out, Arena *arena, Err *err)
{
    const char **name;
    const int    count = know_names(&name, arena, "laws", ".law");
    for (int i = 0; i < count; i++) {
        const Law *law;
        Err        unfit = { 0 };
        if (!law_load(&law, arena, name[i], err))
            return false;
        for (int k = 0; k < law->nconstants && plan_can(law, &unfit); k++)
            if (!put_set(out, arena, law, &law->constants[k], NULL, err))
                return false;
    }
    const char *const *known;
    for (int i = 0, n = plan_frontier_names(&known); i < n; i++)
        if (!plan_by_frontier(append(out, arena), arena, known[i], err))
            return false;
    return true;
}

/* "LAW" and "LAW:SET" to the law and the set, its first where none is named. */
static bool set_find(const Law **law, const LawConstants **set, Arena *arena,
                     const char *name, const char *flag, Err *err)
{
    char       *file   = arena_text(arena, name);
    char       *colon  = strrchr(file, ':');
    const char *wanted = colon ? colon + 1 : "";
    if (colon)
        *colon = 0;
    if (!law_load(law, arena, file, err))
        return false;
    *set = *wanted                  ? law_constants(*law, wanted)
           : (*law)->nconstants > 0 ? &(*law)->constants[0]
                                    : NULL;
    return *set || no_set(*law, wanted, flag, arena, err);
}

bool plan_source_law(PlanBys *out, Arena *arena, const char *name, Err *err)
{
    const Law          *law = NULL;
    const LawConstants *set = NULL;
    if (strcmp(name, "all") == 0)
        return put_all(out, arena, err);
    if (plan_is_frontier(name))
        return plan_by_frontier(append(out, arena), arena, name, err);
    if (!set_find(&law, &set, arena, name, "--law", err)) {
        Err unfit = { 0 };
        /* That no budget follows from it comes before what it lacks. */
        if (law && !plan_is_line(law) && !plan_can(law, &unfit))
            *err = unfit;
        return false;
    }
    if (!plan_is_line(law) && !plan_can(law, err))
        return false;
    return put_set(out, arena, law, set, NULL, err);
}

bool plan_source_score(Fit *out, Arena *arena, const char *name, Err *err)
{
    const Law          *law;
    const LawConstants *set;
    if (!set_find(&law, &set, arena, name, "--score", err))
        return false;
    *out = (Fit){ .law = law, .options = fit_defaults(), .counts = law->counts };
    memcpy(out->theta, set->theta, sizeof out->theta);
    return true;
}

bool plan_source_usual(PlanBys *out, Arena *arena, Err *err)
{
    static const char *const sets[]      = { "besiroglu", "hoffmann" };
    static const char *const frontiers[] = { "kaplan", "kaplan:table-6",
                                             "llama-3" };
    const Law *law;
    if (!law_load(&law, arena, "chinchilla", err))
        return false;
    for (int i = 0; i < COUNT_OF(sets); i++) {
        const LawConstants *set = law_constants(law, sets[i]);
        if (!set)
            return no_set(law, sets[i], "--law", arena, err);
        if (!put_set(out, arena, law, set, sets[i], err))
            return false;
    }
    for (int i = 0; i < COUNT_OF(frontiers); i++)
        if (!plan_by_frontier(append(out, arena), arena, frontiers[i], err))
            return false;
    return true;
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

static bool put_study_fit(PlanBys *out, Arena *arena, const char *dir,
                          const StudyInfo *info, const char *name, Err *err)
{
    const char *path = arena_print(arena, "%s/fit/%s.json", dir, name);
    if (!file_exists(path))
        return err_set(err, ERR_IO, "%s: not there yet; `scalelaw report %s` "
                       "fits the study", path, dir);
    if (!plan_source_fit(out, arena, path, err))
        return false;
    PlanBy *one = &out->item[out->count - 1];
    one->name  = arena_print(arena, "%s, %s", info->name, name);
    one->c_max = fitted_max(info);
    one->cost  = (PlanCost){ .family = info->aspect > 0, .vocab = info->vocab,
                             .context = info->context, .aspect = info->aspect,
                             .layers_min = info->layers_min };
    if (!count_n_find(&one->cost.counts, info->counts))
        return err_set(err, ERR_FORMAT, "%s/study.json: counts is \"%s\", "
                       "which is no way to count N", dir, info->counts);
    one->fit.counts = info->counts;
    one->counts     = info->counts;
    return true;
}

/* Of a study's fits those that know enough; why others do not is said. */
bool plan_source_study(PlanBys *out, Arena *arena, const char *given,
                       Err *err)
{
    static const char *const fits[] = { "huber", "squares", "outer" };
    const i64 before = out->count;
    RunsPlace place;
    StudyInfo info;
    Err       first = { 0 };
    if (!runs_place_find(&place, arena, *given ? given : NULL, err)
        || !study_read(&info, arena, place.dir, err))
        return false;
    for (int i = 0; i < COUNT_OF(fits); i++) {
        const i64 count = out->count;
        Err       why   = { 0 };
        if (i == 2 && !file_exists(arena_print(arena, "%s/fit/outer.json",
                                               place.dir)))
            continue;
        if (put_study_fit(out, arena, place.dir, &info, fits[i], &why))
            continue;
        if (why.kind != ERR_REFUSED) {
            *err = why;
            return false;
        }
        out->count = count;
        first      = why;
        fprintf(stderr, "left out: %s\n", why.text);
    }
    if (out->count > before)
        return true;
    *err = first;
    return false;
}
