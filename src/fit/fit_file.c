/* fit_file.c - a fit as JSON, complete in itself: the law stands in it as its
 * formula, so a fit can be read where the law file is not, and means the same
 * when the law file has changed.
 *
 *     { "scalelaw": "fit", "schema": 1,
 *       "law": { "name", "formula", ..., "param": [{ "name", "from", ... }] },
 *       "counts", "runs", "options": { ... },
 *       "theta": [...], "low": [...], "high": [...],   in the law's order
 *       "objective", "rmse_log", "certificate": { ... },
 *       "draws": [[...], ...] } */

#include "fit/fit.h"

#include "base/jot.h"
#include "base/json.h"

#include <math.h>
#include <string.h>

enum { SCHEMA = 1 };

static const char *const objective_names[] = {
    [FIT_HUBER_LOG] = "huber", [FIT_SQUARES] = "squares",
};

const char *fit_objective_name(FitObjective objective)
{
    return objective_names[objective];
}

bool fit_objective_find(FitObjective *out, const char *name)
{
    for (int i = 0; i < COUNT_OF(objective_names); i++)
        if (strcmp(objective_names[i], name) == 0) {
            *out = (FitObjective)i;
            return true;
        }
    return false;
}

/* ---- writing ---------------------------------------------------------- */

static void put_reals(Jot *j, const char *key, const double *value, i64 n)
{
    jot_array(j, key);
    for (i64 i = 0; i < n; i++)
        jot_real(j, NULL, value[i]);
    jot_end(j);
}

static void put_flags(Jot *j, const char *key, const bool *value, int n)
{
    jot_array(j, key);
    for (int i = 0; i < n; i++)
        jot_flag(j, NULL, value[i]);
    jot_end(j);
}

static void put_param(Jot *j, const LawParam *p)
{
    jot_object(j, NULL);
    jot_text(j, "name", p->name);
    jot_text(j, "unit", p->unit);
    jot_real(j, "from", p->from);
    jot_real(j, "to", p->to);
    jot_real(j, "low", p->low); /* infinite bounds are null */
    jot_real(j, "high", p->high);
    jot_end(j);
}

void fit_put_interval(Jot *j, const char *key, Interval x)
{
    jot_object(j, key);
    jot_real(j, "value", x.value);
    jot_real(j, "low", x.low);
    jot_real(j, "high", x.high);
    jot_end(j);
}

static void put_law(Jot *j, const Law *law)
{
    jot_object(j, "law");
    jot_text(j, "name", law->name);
    jot_text(j, "title", law->title);
    jot_text(j, "formula", law->formula);
    jot_text(j, "source", law->source);
    jot_text(j, "counts", law->counts);
    jot_text(j, "cost", law->cost);
    jot_array(j, "param");
    for (int i = 0; i < law->nparam; i++)
        put_param(j, &law->param[i]);
    jot_end(j);
    jot_end(j);
}

static void put_options(Jot *j, const FitOptions *o)
{
    jot_object(j, "options");
    jot_text(j, "objective", fit_objective_name(o->objective));
    jot_real(j, "delta", o->delta);
    jot_count(j, "resamples", o->resamples);
    jot_text(j, "resampled", "runs");
    jot_count(j, "seed", (i64)o->seed);
    jot_real(j, "level", o->level);
    jot_end(j);
}

static void put_certificate(Jot *j, const FitCertificate *c, int n)
{
    jot_object(j, "certificate");
    jot_count(j, "grid_points", c->grid_points);
    jot_count(j, "starts", c->starts);
    jot_count(j, "agree", c->agree);
    jot_real(j, "gradient", c->gradient);
    jot_real(j, "condition", c->condition);
    jot_count(j, "iterations", c->iterations);
    put_flags(j, "at_bound", c->at_bound, n);
    put_flags(j, "unidentified", c->unidentified, n);
    jot_count(j, "refits_failed", c->refits_failed);
    jot_text(j, "words", c->words);
    jot_end(j);
}

void fit_write(Str *out, const Fit *fit)
{
    const int n = fit->law->nparam;
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_text(&j, "scalelaw", "fit");
    jot_count(&j, "schema", SCHEMA);
    put_law(&j, fit->law);
    jot_text(&j, "counts", fit->counts);
    jot_count(&j, "runs", fit->nrow);
    put_options(&j, &fit->options);
    put_reals(&j, "theta", fit->theta, n);
    put_reals(&j, "low", fit->low, n);
    put_reals(&j, "high", fit->high, n);
    jot_real(&j, "objective", fit->objective);
    jot_real(&j, "rmse_log", fit->rmse_log);
    put_certificate(&j, &fit->certificate, n);
    jot_array(&j, "draws");
    for (i64 r = 0; r < fit->ndraw; r++)
        put_reals(&j, NULL, fit->draw + r * n, n);
    jot_end(&j);
    jot_end(&j);
    str_put(out, "\n");
}

/* ---- reading ---------------------------------------------------------- */

static const char *keep_text(Arena *arena, const json_t *object,
                             const char *key)
{
    const char *text = json_get_text(object, key, NULL);
    return text ? arena_text(arena, text) : NULL;
}

static double or_infinite(double value, double infinite)
{
    return isnan(value) ? infinite : value;
}

static bool take_param(LawParam *p, Arena *arena, const json_t *from)
{
    p->name = keep_text(arena, from, "name");
    p->unit = arena_text(arena, json_get_text(from, "unit", ""));
    p->from = json_get_real(from, "from", NAN);
    p->to = json_get_real(from, "to", NAN);
    p->low = or_infinite(json_get_real(from, "low", NAN), -INFINITY);
    p->high = or_infinite(json_get_real(from, "high", NAN), INFINITY);
    return p->name && isfinite(p->from) && isfinite(p->to);
}

static bool take_law(Law *law, Arena *arena, const json_t *root, Err *err)
{
    const json_t *from = json_object_get(root, "law");
    const json_t *params = json_object_get(from, "param");
    const size_t count = json_array_size(params);
    *law = (Law){ .name = keep_text(arena, from, "name"),
                  .title = keep_text(arena, from, "title"),
                  .formula = keep_text(arena, from, "formula"),
                  .source = keep_text(arena, from, "source"),
                  .counts = keep_text(arena, from, "counts"),
                  .cost = keep_text(arena, from, "cost") };
    if (!law->name || !law->formula || count == 0 || count > LAW_PARAMS_MAX)
        return err_set(err, ERR_FORMAT, "its law is not whole");
    for (size_t i = 0; i < count; i++)
        if (!take_param(&law->param[law->nparam++], arena,
                        json_array_get(params, i)))
            return err_set(err, ERR_FORMAT, "parameter %d of its law is not "
                           "whole", (int)i + 1);
    return law_compile(law, arena, err);
}

static bool take_reals(double *out, const json_t *list, int n, bool holes)
{
    if (json_array_size(list) != (size_t)n)
        return false;
    for (int i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, (size_t)i);
        out[i] = json_is_number(item) ? json_number_value(item) : NAN;
        if (isnan(out[i]) && !(holes && json_is_null(item)))
            return false;
    }
    return true;
}

static bool take_options(FitOptions *o, const json_t *root, Err *err)
{
    const json_t *from = json_object_get(root, "options");
    *o = fit_defaults();
    if (!fit_objective_find(&o->objective,
                            json_get_text(from, "objective", "")))
        return err_set(err, ERR_FORMAT, "its objective is neither huber nor "
                       "squares");
    o->delta = json_get_real(from, "delta", o->delta);
    o->resamples = json_get_count(from, "resamples", 0);
    o->seed = (u64)json_get_count(from, "seed", 0);
    o->level = json_get_real(from, "level", o->level);
    return true;
}

static void take_flags(bool *out, const json_t *list, int n)
{
    for (int i = 0; i < n; i++)
        out[i] = json_is_true(json_array_get(list, (size_t)i));
}

static void take_certificate(FitCertificate *c, const json_t *root, int n)
{
    const json_t *from = json_object_get(root, "certificate");
    *c = (FitCertificate){
        .grid_points = json_get_count(from, "grid_points", 0),
        .starts = json_get_count(from, "starts", 0),
        .agree = json_get_count(from, "agree", 0),
        .gradient = json_get_real(from, "gradient", NAN),
        .condition = json_get_real(from, "condition", NAN),
        .iterations = json_get_count(from, "iterations", 0),
        .refits_failed = json_get_count(from, "refits_failed", 0),
    };
    const char *words = json_get_text(from, "words", "");
    strncpy(c->words, words, sizeof c->words - 1);
    take_flags(c->at_bound, json_object_get(from, "at_bound"), n);
    take_flags(c->unidentified, json_object_get(from, "unidentified"), n);
}

static bool take_draws(Fit *fit, Arena *arena, const json_t *root, Err *err)
{
    const json_t *draws = json_object_get(root, "draws");
    const int n = fit->law->nparam;
    fit->ndraw = (i64)json_array_size(draws);
    fit->draw = NEW(arena, double, fit->ndraw * n + 1);
    for (i64 r = 0; r < fit->ndraw; r++)
        if (!take_reals(fit->draw + r * n, json_array_get(draws, (size_t)r), n,
                        false))
            return err_set(err, ERR_FORMAT, "draw %lld is not %d numbers",
                           (long long)r + 1, n);
    return true;
}

static bool take_fit(Fit *fit, Arena *arena, const json_t *root, Err *err)
{
    Law *law = NEW(arena, Law, 1);
    if (strcmp(json_get_text(root, "scalelaw", ""), "fit") != 0)
        return err_set(err, ERR_FORMAT, "not a fit; `scalelaw fit --out=FILE` "
                       "writes one");
    if (json_get_count(root, "schema", 0) != SCHEMA)
        return err_set(err, ERR_FORMAT, "a fit of another version of this "
                       "program; fit again");
    if (!take_law(law, arena, root, err))
        return false;
    *fit = (Fit){ .law = law, .counts = keep_text(arena, root, "counts"),
                  .nrow = json_get_count(root, "runs", 0),
                  .objective = json_get_real(root, "objective", NAN),
                  .rmse_log = json_get_real(root, "rmse_log", NAN) };
    const int n = law->nparam;
    if (!take_reals(fit->theta, json_object_get(root, "theta"), n, false)
        || !take_reals(fit->low, json_object_get(root, "low"), n, true)
        || !take_reals(fit->high, json_object_get(root, "high"), n, true))
        return err_set(err, ERR_FORMAT, "theta, low and high are not %d "
                       "numbers each", n);
    take_certificate(&fit->certificate, root, n);
    return take_options(&fit->options, root, err)
        && take_draws(fit, arena, root, err);
}

bool fit_read(Fit *out, Arena *arena, const char *path, Err *err)
{
    json_t *root = NULL;
    if (!json_load_path(&root, path, err))
        return false;
    const bool ok = take_fit(out, arena, root, err);
    json_decref(root);
    return ok || err_add(err, "%s", path);
}
