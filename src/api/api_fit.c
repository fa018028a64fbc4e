/* api_fit.c - fits: made, kept, asked. */

#include "api/api.h"

#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- made and kept ----------------------------------------------------- */

/* Draws, and a few dozen numbers a row. */
static bool fits_memory(Door *door, const Law *law, const Table *runs,
                        FitOptions o)
{
    enum { NUMBERS_A_ROW = 60 };
    return door_room(door, (double)o.resamples * law->nparam, sizeof(double),
                     "the draws of a fit")
        && door_room(door, (double)runs->nrow * NUMBERS_A_ROW, sizeof(double),
                     "a fit of so many rows");
}

/* What the options name is named by the fit as well, which outlives them. */
static void names_keep(FitOptions *o, Arena *arena)
{
    o->weight = o->weight ? arena_text(arena, o->weight) : NULL;
    o->cluster = o->cluster ? arena_text(arena, o->cluster) : NULL;
}

sl_fit *sl_fit_law(const sl_law *law, const sl_table *runs,
                   const sl_options *options, sl_error *error)
{
    Door    door = door_in(error);
    sl_fit *fit  = home_new(sizeof *fit);
    Arena  *arena = &fit->home.arena;
    if (door_given(&door, law, "law") && door_given(&door, runs, "runs")) {
        const Law *shaped = law->law;
        Table      table  = runs->table;
        FitOptions o      = options_fit(options);
        names_keep(&o, arena);
        fit->home.needs = (Home *)(uintptr_t)&law->home;
        home_hold(fit->home.needs);
        if (fits_memory(&door, shaped, &table, o)
            && options_apply(&shaped, &table, arena, options, &door.err))
            (void)!fit_law(&fit->fit, arena, shaped, &table, o, &door.err);
    }
    return door_give(&door, fit);
}

sl_fit *sl_fit_published(const sl_law *law, const char *set, sl_error *error)
{
    Door    door = door_in(error);
    sl_fit *fit  = home_new(sizeof *fit);
    if (door_given(&door, law, "law") && door_given(&door, set, "set")) {
        const LawConstants *found = law_constants(law->law, set);
        fit->home.needs = (Home *)(uintptr_t)&law->home;
        home_hold(fit->home.needs);
        if (found)
            (void)!plan_published(&fit->fit, &fit->home.arena, law->law, found,
                                  &door.err);
        else
            err_set(&door.err, ERR_USAGE, "%s has no published set \"%s\"; "
                    "sl_law_set_name names those it has", law->law->name, set);
    }
    return door_give(&door, fit);
}

sl_fit *sl_fit_read(const char *path, sl_error *error)
{
    Door    door = door_in(error);
    sl_fit *fit  = home_new(sizeof *fit);
    if (door_given(&door, path, "path"))
        (void)!fit_read(&fit->fit, &fit->home.arena, path, &door.err);
    return door_give(&door, fit);
}

char *sl_fit_json(const sl_fit *fit, sl_error *error)
{
    Door door = door_in(error);
    Str  text = { 0 };
    if (door_given(&door, fit, "fit"))
        fit_write(&text, &fit->fit);
    return door_out(&door) ? text.text : NULL;
}

bool sl_fit_write(const sl_fit *fit, const char *path, sl_error *error)
{
    Door door = door_in(error);
    Str  text = { 0 };
    if (door_given(&door, fit, "fit") && door_given(&door, path, "path")) {
        fit_write(&text, &fit->fit);
        (void)!file_write(path, text.text, text.size, &door.err);
        str_free(&text);
    }
    return door_out(&door);
}

void sl_fit_free(sl_fit *fit)
{
    home_drop(fit ? &fit->home : NULL);
}

/* ---- names ------------------------------------------------------------- */

const char *sl_fit_law_name(const sl_fit *fit)
{
    return fit ? fit->fit.law->name : NULL;
}

const char *sl_fit_formula(const sl_fit *fit)
{
    return fit ? fit->fit.law->formula : NULL;
}

int sl_fit_params(const sl_fit *fit)
{
    return fit ? fit->fit.law->nparam : 0;
}

const char *sl_fit_param_name(const sl_fit *fit, int param)
{
    return param >= 0 && param < sl_fit_params(fit)
             ? fit->fit.law->param[param].name
             : NULL;
}

int sl_fit_columns(const sl_fit *fit)
{
    return fit ? fit->fit.law->ncolumn : 0;
}

const char *sl_fit_column_name(const sl_fit *fit, int column)
{
    return column >= 0 && column < sl_fit_columns(fit)
             ? fit->fit.law->column[column]
             : NULL;
}

/* ---- parameters -------------------------------------------------------- */

static int param_of(const sl_fit *fit, const char *name)
{
    return fit && name ? law_param(fit->fit.law, name) : -1;
}

static bool param_get(sl_interval *out, const sl_fit *fit, const char *name,
                      const double *low, const double *high, Door *door)
{
    const int i = param_of(fit, name);
    if (i < 0)
        return err_set(&door->err, ERR_USAGE, "the fit of %s has no parameter "
                       "\"%s\"; sl_fit_param_name names those it has",
                       fit->fit.law->name, name);
    *out = (sl_interval){ fit->fit.theta[i], low[i], high[i] };
    return true;
}

bool sl_fit_param(const sl_fit *fit, const char *name, sl_interval *out,
                  sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, fit, "fit") && door_given(&door, name, "name")
        && door_given(&door, out, "out"))
        param_get(out, fit, name, fit->fit.low, fit->fit.high, &door);
    return door_out(&door);
}

bool sl_fit_profile(const sl_fit *fit, const char *name, sl_interval *out,
                    sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, fit, "fit") && door_given(&door, name, "name")
        && door_given(&door, out, "out")
        && param_get(out, fit, name, fit->fit.profile_low,
                     fit->fit.profile_high, &door)
        && !fit->fit.options.profile)
        out->low = out->high = NAN;
    return door_out(&door);
}

double sl_fit_se(const sl_fit *fit, const char *name)
{
    const int i = param_of(fit, name);
    return i < 0 ? NAN : fit->fit.se[i];
}

bool sl_fit_at_bound(const sl_fit *fit, const char *name)
{
    const int i = param_of(fit, name);
    return i >= 0 && fit->fit.certificate.at_bound[i];
}

bool sl_fit_unidentified(const sl_fit *fit, const char *name)
{
    const int i = param_of(fit, name);
    return i >= 0 && fit->fit.certificate.unidentified[i];
}

/* ---- certificate and draws --------------------------------------------- */

const char *sl_fit_words(const sl_fit *fit)
{
    return fit ? fit->fit.certificate.words : NULL;
}

double sl_fit_number(const sl_fit *fit, const char *what)
{
    if (!fit || !what)
        return NAN;
    const Fit            *f = &fit->fit;
    const FitCertificate *c = &f->certificate;
    const struct { const char *name; double value; } known[] = {
        { "objective", f->objective },
        { "rmse_log", f->rmse_log },
        { "rows", (double)f->nrow },
        { "c_max", f->c_max > 0 ? f->c_max : NAN },
        { "grid_points", (double)c->grid_points },
        { "starts", (double)c->starts },
        { "agree", (double)c->agree },
        { "gradient", c->gradient },
        { "condition", c->condition },
        { "iterations", (double)c->iterations },
        { "draws", (double)f->ndraw },
        { "refits_failed", (double)c->refits_failed },
    };
    for (int i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i].name, what) == 0)
            return known[i].value;
    return NAN;
}

bool sl_fit_draw(const sl_fit *fit, int64_t draw, double *theta,
                 sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, fit, "fit") && door_given(&door, theta, "theta")) {
        const i64 n = fit->fit.law->nparam;
        if (draw >= 0 && draw < fit->fit.ndraw)
            memcpy(theta, fit->fit.draw + draw * n,
                   (size_t)n * sizeof *theta);
        else
            err_set(&door.err, ERR_USAGE, "draw %lld: the fit has %lld",
                    (long long)draw, (long long)fit->fit.ndraw);
    }
    return door_out(&door);
}

/* ---- prediction -------------------------------------------------------- */

static sl_interval given(Interval x)
{
    return (sl_interval){ x.value, x.low, x.high };
}

static bool columns_hold(const sl_fit *fit, const double *column, Err *err)
{
    const Law *law = fit->fit.law;
    for (int c = 0; c < law->ncolumn; c++)
        if (!(isfinite(column[c]) && (column[c] > 0 || law->zero[c])))
            return err_set(err, ERR_USAGE, "%s is %g; a number above 0 is "
                           "expected", law->column[c], column[c]);
    return true;
}

bool sl_fit_predict(const sl_fit *fit, const double *column, sl_interval *law,
                    sl_interval *run, sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, fit, "fit") && door_given(&door, column, "column")
        && columns_hold(fit, column, &door.err)) {
        if (law)
            *law = given(fit_predict(&fit->fit, column));
        if (run)
            *run = given(fit_predict_run(&fit->fit, column));
    }
    return door_out(&door);
}
