/* api_options.c - how to fit, by setters; and what pins, bounds and groups make
 * of a law and its table. */

#include "api/api.h"

#include <string.h>

sl_options *sl_options_new(sl_error *error)
{
    Door        door    = door_in(error);
    sl_options *options = home_new(sizeof *options);
    options->fit = fit_defaults();
    return door_give(&door, options);
}

void sl_options_free(sl_options *options)
{
    home_drop(options ? &options->home : NULL);
}

FitOptions options_fit(const sl_options *options)
{
    return options ? options->fit : fit_defaults();
}

/* ---- words ------------------------------------------------------------- */

bool sl_options_objective(sl_options *options, const char *name,
                          sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, options, "options")
        && door_given(&door, name, "the objective")
        && !fit_objective_find(&options->fit.objective, name))
        err_set(&door.err, ERR_USAGE, "objective \"%s\" is not known; huber or "
                "squares, for one", name);
    return door_out(&door);
}

bool sl_options_resample(sl_options *options, const char *what,
                         sl_error *error)
{
    static const struct { const char *name; FitResample what; } known[] = {
        { "auto", FIT_RESAMPLE_AUTO }, { "runs", FIT_RESAMPLE_RUNS },
        { "clusters", FIT_RESAMPLE_CLUSTERS }, { "wild", FIT_RESAMPLE_WILD },
    };
    Door door = door_in(error);
    if (door_given(&door, options, "options")
        && door_given(&door, what, "what is drawn")) {
        bool found = false;
        for (int i = 0; i < COUNT_OF(known); i++)
            if (strcmp(known[i].name, what) == 0) {
                options->fit.resample = known[i].what;
                found = true;
            }
        if (!found)
            err_set(&door.err, ERR_USAGE, "resample \"%s\" is not known; auto, "
                    "runs, clusters or wild is expected", what);
    }
    return door_out(&door);
}

/* ---- numbers ----------------------------------------------------------- */

static bool real_set(sl_options *o, double *to, double value, bool fits,
                     const char *what, sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, o, "options")) {
        if (fits)
            *to = value;
        else
            err_set(&door.err, ERR_USAGE, "%s, and %g was given", what, value);
    }
    return door_out(&door);
}

bool sl_options_delta(sl_options *o, double delta, sl_error *error)
{
    return real_set(o, o ? &o->fit.delta : NULL, delta,
                    delta > 0 && delta < (double)INT64_MAX,
                    "delta must be a number above 0", error);
}

bool sl_options_quantile(sl_options *o, double q, sl_error *error)
{
    return real_set(o, o ? &o->fit.quantile : NULL, q, q > 0 && q < 1,
                    "a quantile lies between 0 and 1", error);
}

bool sl_options_level(sl_options *o, double level, sl_error *error)
{
    return real_set(o, o ? &o->fit.level : NULL, level,
                    level > 0 && level < 1,
                    "the level of an interval lies between 0 and 1", error);
}

bool sl_options_resamples(sl_options *o, int64_t n, sl_error *error)
{
    double unused;
    const bool ok = real_set(o, &unused, (double)n, n >= 0,
                             "resamples must be 0 or more", error);
    if (ok)
        o->fit.resamples = n;
    return ok;
}

bool sl_options_seed(sl_options *o, uint64_t seed, sl_error *error)
{
    double unused;
    const bool ok = real_set(o, &unused, 0, true, "", error);
    if (ok)
        o->fit.seed = seed;
    return ok;
}

bool sl_options_threads(sl_options *o, int threads, sl_error *error)
{
    enum { THREADS_MAX = 4096 };
    double unused;
    const bool ok = real_set(o, &unused, threads,
                             threads >= 1 && threads <= THREADS_MAX,
                             "threads must be 1 to 4096", error);
    if (ok)
        o->fit.threads = threads;
    return ok;
}

bool sl_options_profile(sl_options *o, bool wanted, sl_error *error)
{
    double unused;
    const bool ok = real_set(o, &unused, 0, true, "", error);
    if (ok)
        o->fit.profile = wanted;
    return ok;
}

/* ---- columns ----------------------------------------------------------- */

static bool text_set(sl_options *o, const char **to, const char *text,
                     sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, o, "options"))
        *to = text ? arena_text(&o->home.arena, text) : NULL;
    return door_out(&door);
}

bool sl_options_weight(sl_options *o, const char *column, sl_error *error)
{
    return text_set(o, o ? &o->fit.weight : NULL, column, error);
}

bool sl_options_cluster(sl_options *o, const char *column, sl_error *error)
{
    return text_set(o, o ? &o->fit.cluster : NULL, column, error);
}

/* ---- changes to the law ------------------------------------------------- */

static bool room_left(int used, Err *err)
{
    if (used < CHANGES_MAX)
        return true;
    return err_set(err, ERR_USAGE, "more than %d pins or bounds; a law has at "
                   "most %d parameters", CHANGES_MAX, LAW_PARAMS_MAX);
}

bool sl_options_pin(sl_options *o, const char *param, double value,
                    sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, o, "options") && door_given(&door, param, "param")
        && room_left(o->npin, &door.err))
        o->pin[o->npin++] = (Pin){ arena_text(&o->home.arena, param), value };
    return door_out(&door);
}

bool sl_options_bound(sl_options *o, const char *param, double low,
                      double high, sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, o, "options") && door_given(&door, param, "param")
        && room_left(o->nbound, &door.err))
        o->bound[o->nbound++] = (Bound){ arena_text(&o->home.arena, param),
                                         low, high };
    return door_out(&door);
}

bool sl_options_group(sl_options *o, const char *column, const char *params,
                      sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, o, "options")) {
        o->group = column ? arena_text(&o->home.arena, column) : NULL;
        o->own = names_split(&o->home.arena, params);
    }
    return door_out(&door);
}

static bool group_apply(const Law **law, Table *runs, Arena *arena,
                        const sl_options *o, Err *err)
{
    double      *code;
    const char **group;
    i64          count;
    if (!table_codes(&code, &group, &count, arena, runs, o->group))
        return err_set(err, ERR_USAGE, "the table has no column '%s' to group "
                       "by", o->group);
    if (!law_group(law, arena, *law, &o->own, group, count, err))
        return false;
    *runs = law_group_columns(arena, runs, code, group, count);
    return true;
}

bool options_apply(const Law **law, Table *runs, Arena *arena,
                   const sl_options *o, Err *err)
{
    for (int i = 0; o && i < o->npin; i++)
        if (!law_pin(law, arena, *law, o->pin[i].param, o->pin[i].value, err))
            return false;
    for (int i = 0; o && i < o->nbound; i++)
        if (!law_bound(law, arena, *law, o->bound[i].param, o->bound[i].low,
                       o->bound[i].high, err))
            return false;
    return !o || !o->group || group_apply(law, runs, arena, o, err);
}
