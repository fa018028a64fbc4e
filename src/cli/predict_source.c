/* predict_source.c - see predict_source.h. */

#include "cli/predict_source.h"

#include "base/file.h"
#include "plan/ask.h"

#include <math.h>
#include <string.h>

static bool ends_in(const char *text, const char *ending)
{
    const size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

static bool is_fit(const char *name)
{
    if (ends_in(name, ".json"))
        return true;
    return file_exists(name) && !file_is_dir(name) && !ends_in(name, ".law");
}

static bool no_set(Arena *arena, const Law *law, const char *wanted, Err *err)
{
    const char *names = law->nconstants ? "" : "none";
    for (int i = 0; i < law->nconstants; i++)
        names = arena_print(arena, "%s%s%s", names, i ? ", " : "",
                            law->constants[i].name);
    return err_set(err, ERR_USAGE, "%s:%s: no published constants of that "
                   "name; there are: %s", law->name, wanted ? wanted : "",
                   names);
}

/* How far the data of published constants went is known to the planner. */
static void reach(PredictSource *out, Arena *arena, const Law *law,
                  const LawConstants *set)
{
    PlanBy by;
    Err none = { 0 };
    if (!plan_by_set(&by, arena, out->name, law, set, &none))
        return;
    out->c_max = by.c_max;
    out->c_source = by.c_source;
}

static bool from_law(PredictSource *out, Arena *arena, const char *name,
                     Err *err)
{
    const char *colon = strrchr(name, ':');
    const char *wanted = colon ? colon + 1 : NULL;
    const Law *law;
    if (!law_load(&law, arena, colon ? arena_print(arena, "%.*s",
                                                   (int)(colon - name), name)
                                     : name, err))
        return false;
    const LawConstants *set = wanted           ? law_constants(law, wanted)
                              : law->nconstants ? &law->constants[0]
                                                : NULL;
    if (!set)
        return no_set(arena, law, wanted, err);
    out->name = arena_print(arena, "%s:%s", law->name, set->name);
    out->source = set->source ? set->source : law->source;
    out->caveat = set->caveat;
    out->fit = (Fit){ .law = law, .options = fit_defaults(), .c_max = NAN,
                      .counts = law->counts };
    memcpy(out->fit.theta, set->theta, sizeof out->fit.theta);
    out->fit.ndraw = set->ndraw;
    out->fit.draw  = set->draw;
    reach(out, arena, law, set);
    return true;
}

bool predict_source_find(PredictSource *out, Arena *arena, const char *name,
                         Err *err)
{
    *out = (PredictSource){ .name = name, .c_max = NAN };
    if (!is_fit(name))
        return from_law(out, arena, name, err);
    if (!fit_read(&out->fit, arena, name, err))
        return false;
    out->source = arena_print(arena, "fitted to %lld runs by %s",
                              (long long)out->fit.nrow,
                              fit_objective_name(out->fit.options.objective));
    out->c_max = out->fit.c_max;
    out->c_source = "the runs that were fitted";
    return true;
}
