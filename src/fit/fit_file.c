/* fit_file.c - a fit read back from the JSON that fit_write.c writes, of this
 * schema and of the one before it. */

#include "fit/fit.h"

#include "base/json.h"

#include <math.h>
#include <string.h>

enum { SCHEMA_OLDEST = 1, SCHEMA_NEWEST = 2 };

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

/* Which function stands for the formula, if one does. */
static bool take_code(Law *law, const json_t *from, Err *err)
{
    const char *name = json_get_text(from, "code", NULL);
    law->code = name ? law_code(name) : NULL;
    if (!name || law->code)
        return true;
    return err_set(err, ERR_FORMAT, "its law is of code '%s', which this "
                   "program does not have", name);
}

/* Columns for which 0 is a value; known once the law is compiled. */
static void take_zero(Law *law, const json_t *names)
{
    for (int c = 0; c < law->ncolumn; c++)
        for (size_t i = 0; i < json_array_size(names); i++) {
            const char *name = json_string_value(json_array_get(names, i));
            if (name && strcmp(name, law->column[c]) == 0)
                law->zero[c] = true;
        }
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
    if (!take_code(law, from, err) || !law_compile(law, arena, err))
        return false;
    take_zero(law, json_object_get(from, "zero"));
    return true;
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

/* Absent where the schema had it not yet. */
static bool take_more(double *out, const json_t *root, const char *key, int n)
{
    const json_t *list = json_object_get(root, key);
    for (int i = 0; i < n; i++)
        out[i] = NAN;
    return !list || take_reals(out, list, n, true);
}

static bool take_options(FitOptions *o, Arena *arena, const json_t *root,
                         Err *err)
{
    const json_t *from = json_object_get(root, "options");
    const char *objective = json_get_text(from, "objective", "");
    *o = fit_defaults();
    if (!fit_objective_find(&o->objective, objective))
        return err_set(err, ERR_FORMAT, "its objective '%s' is none that this "
                       "program has", objective);
    if (!fit_resample_find(&o->resample,
                           json_get_text(from, "resampled", "auto")))
        return err_set(err, ERR_FORMAT, "it does not say what was drawn again");
    o->delta = json_get_real(from, "delta", o->delta);
    o->quantile = json_get_real(from, "quantile", o->quantile);
    o->weight = keep_text(arena, from, "weight");
    if (keep_text(arena, from, "cluster"))
        o->cluster = keep_text(arena, from, "cluster");
    o->profile = json_get_flag(from, "profile", false);
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

static bool take_estimates(Fit *fit, const json_t *root, Err *err)
{
    const int n = fit->law->nparam;
    fit->objective = json_get_real(root, "objective", NAN);
    fit->rmse_log = json_get_real(root, "rmse_log", NAN);
    fit->c_max = json_get_real(root, "c_max", NAN);
    if (!take_reals(fit->theta, json_object_get(root, "theta"), n, false)
        || !take_reals(fit->low, json_object_get(root, "low"), n, true)
        || !take_reals(fit->high, json_object_get(root, "high"), n, true))
        return err_set(err, ERR_FORMAT, "theta, low and high are not %d "
                       "numbers each", n);
    if (take_more(fit->se, root, "se", n)
        && take_more(fit->profile_low, root, "profile_low", n)
        && take_more(fit->profile_high, root, "profile_high", n))
        return true;
    return err_set(err, ERR_FORMAT, "se, profile_low and profile_high are not "
                   "%d numbers each", n);
}

static bool take_residuals(Fit *fit, Arena *arena, const json_t *root, Err *err)
{
    const json_t *list = json_object_get(root, "residuals");
    fit->nresidual = (i64)json_array_size(list);
    fit->residual = NEW(arena, double, fit->nresidual + 1);
    if (take_reals(fit->residual, list, (int)fit->nresidual, false))
        return true;
    return err_set(err, ERR_FORMAT, "a residual is no number");
}

static bool is_fit(const json_t *root, Err *err)
{
    const i64 schema = json_get_count(root, "schema", 0);
    if (strcmp(json_get_text(root, "scalelaw", ""), "fit") != 0)
        return err_set(err, ERR_FORMAT, "not a fit; `scalelaw fit --out=FILE` "
                       "writes one");
    return (schema >= SCHEMA_OLDEST && schema <= SCHEMA_NEWEST)
        || err_set(err, ERR_FORMAT, "a fit of another version of this "
                   "program; fit again");
}

static bool take_fit(Fit *fit, Arena *arena, const json_t *root, Err *err)
{
    Law *law = NEW(arena, Law, 1);
    if (!is_fit(root, err) || !take_law(law, arena, root, err))
        return false;
    *fit = (Fit){ .law = law, .counts = keep_text(arena, root, "counts"),
                  .nrow = json_get_count(root, "runs", 0) };
    take_certificate(&fit->certificate, root, law->nparam);
    return take_estimates(fit, root, err)
        && take_options(&fit->options, arena, root, err)
        && take_residuals(fit, arena, root, err)
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
