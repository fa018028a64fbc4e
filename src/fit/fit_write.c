/* fit_write.c - a fit as JSON, complete in itself: the law stands in it as its
 * formula, so a fit can be read where the law file is not, and means the same
 * when the law file has changed.
 *
 *     { "scalelaw": "fit", "schema": 2,
 *       "law": { "name", "formula", "code", ...,
 *                "param": [{ "name", "from", ... }], "zero": ["is_lstm"] },
 *       "counts", "runs", "options": { ... },
 *       "theta": [...], "low": [...], "high": [...],   in the law's order
 *       "se": [...], "profile_low": [...], "profile_high": [...],
 *       "objective", "rmse_log", "c_max", "certificate": { ... },
 *       "residuals": [...], "draws": [[...], ...] }
 *
 * Numbers have 17 digits, so that what is read back is what was written, bit
 * for bit. Schema 1 had neither code, zero, se, profile, c_max nor residuals;
 * it is still read (fit_file.c). */

#include "fit/fit.h"

#include "base/jot.h"

enum { SCHEMA = 2 };

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

static void put_zero(Jot *j, const Law *law)
{
    jot_array(j, "zero");
    for (int c = 0; c < law->ncolumn; c++)
        if (law->zero[c])
            jot_text(j, NULL, law->column[c]);
    jot_end(j);
}

static void put_law(Jot *j, const Law *law)
{
    jot_object(j, "law");
    jot_text(j, "name", law->name);
    jot_text(j, "title", law->title);
    jot_text(j, "formula", law->formula);
    jot_text(j, "code", law->code ? law->code->name : NULL);
    jot_text(j, "source", law->source);
    jot_text(j, "counts", law->counts);
    jot_text(j, "cost", law->cost);
    jot_array(j, "param");
    for (int i = 0; i < law->nparam; i++)
        put_param(j, &law->param[i]);
    jot_end(j);
    put_zero(j, law);
    jot_end(j);
}

static void put_options(Jot *j, const FitOptions *o)
{
    jot_object(j, "options");
    jot_text(j, "objective", fit_objective_name(o->objective));
    jot_real(j, "delta", o->delta);
    jot_real(j, "quantile", o->quantile);
    jot_text(j, "weight", o->weight);
    jot_count(j, "resamples", o->resamples);
    jot_text(j, "resampled", fit_resample_name(o->resample));
    jot_text(j, "cluster", o->cluster);
    jot_flag(j, "profile", o->profile);
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

static void put_estimates(Jot *j, const Fit *fit)
{
    const int n = fit->law->nparam;
    put_reals(j, "theta", fit->theta, n);
    put_reals(j, "low", fit->low, n);
    put_reals(j, "high", fit->high, n);
    put_reals(j, "se", fit->se, n);
    put_reals(j, "profile_low", fit->profile_low, n);
    put_reals(j, "profile_high", fit->profile_high, n);
    jot_real(j, "objective", fit->objective);
    jot_real(j, "rmse_log", fit->rmse_log);
    jot_real(j, "c_max", fit->c_max);
}

void fit_put(Jot *j, const char *key, const Fit *fit)
{
    const int n = fit->law->nparam;
    jot_object(j, key);
    jot_text(j, "scalelaw", "fit");
    jot_count(j, "schema", SCHEMA);
    put_law(j, fit->law);
    jot_text(j, "counts", fit->counts);
    jot_count(j, "runs", fit->nrow);
    put_options(j, &fit->options);
    put_estimates(j, fit);
    put_certificate(j, &fit->certificate, n);
    put_reals(j, "residuals", fit->residual, fit->nresidual);
    jot_array(j, "draws");
    for (i64 r = 0; r < fit->ndraw; r++)
        put_reals(j, NULL, fit->draw + r * n, n);
    jot_end(j);
    jot_end(j);
}

void fit_write(Str *out, const Fit *fit)
{
    Jot j = jot_open(out);
    fit_put(&j, NULL, fit);
    str_put(out, "\n");
}
