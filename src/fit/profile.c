/* profile.c - profile-likelihood intervals: a parameter is held at one value
 * after another, all others are fitted anew from where they last stood, and the
 * interval is where the objective has not risen by more than the data's own
 * scatter allows. No draws, no quadratic: a floor that cannot be told from 0, or
 * a scale without an upper end, shows as what it is.
 *
 * The rise is measured as  2 (F(v) - F) / c,  c = sum w^2 psi^2 / sum w psi' over
 * the rows, with n/(n - p) for what was fitted; for squares c is twice the
 * variance, and the rise is the F statistic itself. It is held against F(1, n-p).
 * Psi' of a Huber or a quantile is taken within the width that sandwich.c takes.
 *
 * SOURCE: Venzon and Moolgavkar 1988 (profiles); Schrader and Hettmansperger
 *         1980, Markatou and Hettmansperger 1990 (the scaling for objectives
 *         that are no likelihood). docs/decisions/0004-profile.md says why this
 *         one. */

#include "fit/search.h"

#include <math.h>
#include <string.h>

enum {
    STEPS_MAX = 60, REFINE_MAX = 30,
    CURVE_MAX = 2 * (STEPS_MAX + REFINE_MAX) + 1
};

static const double FAR = 30;       /* e-folds: beyond, a side is open   */
static const double CLOSE = 1e-4;   /* relative, of sqrt(rise)           */
static const double LOWER = 1e-9;   /* a rise below -this is a better fit */

/* ---- thresholds -------------------------------------------------------- */

static double normal_quantile(double p)
{
    double low = -40, high = 40;
    for (int i = 0; i < 200; i++) {
        const double middle = (low + high) / 2;
        if (0.5 * erfc(-middle / sqrt(2)) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* Student's t by its expansion about the normal; 0.2 % at 5 degrees of freedom.
 * SOURCE: Abramowitz and Stegun 1964, 26.7.5. */
double profile_student(double p, double freedom)
{
    const double z = normal_quantile(p), z2 = z * z, n = freedom;
    return z + z * (z2 + 1) / (4 * n)
         + z * (5 * z2 * z2 + 16 * z2 + 3) / (96 * n * n)
         + z * (3 * z2 * z2 * z2 + 19 * z2 * z2 + 17 * z2 - 15)
               / (384 * n * n * n);
}

double profile_scale(const Problem *p, const double *theta, int nfree)
{
    const Shape shape = problem_shape(p);
    Arena arena = { 0 };
    double *value = NEW(&arena, double, p->nrow);
    double *r = NEW(&arena, double, p->nrow);
    double square = 0, slope = 0;
    problem_values(value, NULL, p, theta);
    (void)objective_of(p, value, r);
    const double width = isinf(shape.delta)
                             ? INFINITY
                             : fmax(p->delta, problem_width(p, r));
    const double curve = isinf(width) ? shape.gain
                         : p->objective == FIT_QUANTILE ? 0.5 / width
                                                        : p->delta / width;
    for (i64 i = 0; i < p->nrow; i++) {
        const double bent = fmax(-shape.delta, fmin(shape.delta, r[i]));
        const double psi = p->weight[i] * (shape.gain * bent + shape.slant);
        square += psi * psi;
        slope += fabs(r[i]) <= width ? p->weight[i] * curve : 0;
    }
    arena_free(&arena);
    const double n = (double)p->nrow;
    return square / slope * n / (n - nfree);
}

/* ---- one parameter ----------------------------------------------------- */

typedef struct Point { double at, rise; } Point;

/* One parameter's walk. `at` is its coordinate in the search. */
typedef struct Walk {
    const Problem *p;
    Problem        pinned;
    bool           pin[P_MAX];
    Scratch       *s;
    int            param;
    double         objective, scale, threshold, soft;
    const double  *theta;              /* of the fit                    */
    double         last[P_MAX];        /* the others, where they stood  */
    double         best[P_MAX], least; /* lowest objective seen         */
    Point          curve[CURVE_MAX];
    int            count;
} Walk;

static bool by_log(const Walk *w)
{
    return searched_by_log(&w->p->law->param[w->param]);
}

static double natural(const Walk *w, double at)
{
    const LawParam *param = &w->p->law->param[w->param];
    const double value = by_log(w) ? exp(at) : at;
    return fmin(fmax(value, param->low), param->high);
}

/* The rise with the parameter at `at`. From near by, and once more by way of
 * a softer objective, since a Huber of small delta has many small hollows. */
static double rise_at(Walk *w, double at)
{
    double start[P_MAX];
    memcpy(start, w->last, sizeof start);
    start[w->param] = natural(w, at);
    Polished end = polish_from(&w->pinned, start, w->pinned.delta, w->s);
    if (w->soft > w->pinned.delta) {
        const Polished other = polish_from(&w->pinned, start, w->soft, w->s);
        if (other.objective < end.objective)
            end = other;
    }
    if (end.objective < INFINITY)
        memcpy(w->last, end.theta, sizeof w->last);
    if (end.objective < w->least) {
        w->least = end.objective;
        memcpy(w->best, end.theta, sizeof w->best);
    }
    const double rise = 2 * (end.objective - w->objective) / w->scale;
    if (w->count < CURVE_MAX)
        w->curve[w->count++] = (Point){ at, rise };
    return rise;
}

/* Where the rise is the threshold, between a point inside and one outside; its
 * root is nearly straight. */
static double crossing(Walk *w, Point in, Point out)
{
    const double want = sqrt(w->threshold);
    double f_in = sqrt(fmax(in.rise, 0)) - want, f_out = sqrt(out.rise) - want;
    int side = 0;
    for (int i = 0; i < REFINE_MAX; i++) {
        const double share = isinf(f_out) ? 0.5 : f_in / (f_in - f_out);
        const double at = in.at + share * (out.at - in.at);
        const double f = sqrt(fmax(rise_at(w, at), 0)) - want;
        if (fabs(f) < CLOSE * want || fabs(out.at - in.at) < 1e-12)
            return at;
        if (f < 0) { /* Illinois: an end that stays twice counts half */
            in.at = at;
            f_in = f;
            f_out *= side < 0 ? 0.5 : 1;
            side = -1;
        } else {
            out.at = at;
            f_out = f;
            f_in *= side > 0 ? 0.5 : 1;
            side = 1;
        }
    }
    return (in.at + out.at) / 2;
}

/* The end of the interval on one side; open is set where there is none. */
static double walk(Walk *w, int side, double start, double step, bool *open)
{
    const LawParam *param = &w->p->law->param[w->param];
    const double bound = side < 0 ? param->low : param->high;
    Point in = { start, 0 };
    memcpy(w->last, w->theta, sizeof w->last);
    for (int i = 0; i < STEPS_MAX; i++) {
        const double at = in.at + side * step;
        const Point out = { at, rise_at(w, at) };
        if (out.rise >= w->threshold)
            return natural(w, crossing(w, in, out));
        if (natural(w, at) == bound || (by_log(w) && fabs(at - start) > FAR))
            break;
        if (sqrt(fmax(out.rise, 0)) - sqrt(fmax(in.rise, 0))
            < 0.25 * sqrt(w->threshold))
            step *= 2;
        in = out;
    }
    *open = true;
    return bound; /* infinite where there is none */
}

static void curve_sort(Walk *w)
{
    for (int i = 1; i < w->count; i++)
        for (int k = i; k > 0 && w->curve[k].at < w->curve[k - 1].at; k--) {
            const Point kept = w->curve[k];
            w->curve[k] = w->curve[k - 1];
            w->curve[k - 1] = kept;
        }
}

static FitProfileCurve curve_keep(Arena *arena, Walk *w)
{
    FitProfileCurve out = { .param = w->param, .n = w->count,
                            .x = NEW(arena, double, w->count),
                            .rise = NEW(arena, double, w->count) };
    curve_sort(w);
    for (int i = 0; i < w->count; i++) {
        out.x[i] = natural(w, w->curve[i].at);
        out.rise[i] = w->curve[i].rise;
    }
    return out;
}

/* Where the walks begin, and how far the first step goes. */
static void strides(const Walk *w, double se, double *start, double *step)
{
    const LawParam *param = &w->p->law->param[w->param];
    const double theta = w->theta[w->param];
    if (by_log(w)) {
        *start = theta > 0 ? log(theta) : log(param->from) - 7;
        *step = theta > 0 && se > 0 ? fmin(se / theta, 1) : 0.1;
    } else {
        const double wide = param->to - param->from;
        *start = theta;
        *step = se > 0 ? fmin(se, 0.2 * wide) : 0.02 * wide;
    }
    *step *= 0.7;
}

static void profile_one(Fit *fit, Walk *w)
{
    double start, step;
    bool open[2] = { false, false };
    const int i = w->param;
    strides(w, fit->se[i], &start, &step);
    w->curve[w->count++] = (Point){ start, 0 };
    fit->profile_low[i] = walk(w, -1, start, step, &open[0]);
    fit->profile_high[i] = walk(w, 1, start, step, &open[1]);
    fit->certificate.profile_open[i] = open[0] || open[1];
}

/* ---- all of them ------------------------------------------------------- */

static Walk walk_new(const Fit *fit, const Problem *p, int param, Scratch *s)
{
    Walk w = { .p = p, .pinned = *p, .s = s, .param = param,
               .objective = fit->objective, .theta = fit->theta,
               .least = fit->objective };
    w.pin[param] = true;
    return w;
}

bool fit_profile(Fit *fit, Arena *arena, const Problem *p)
{
    const int n = p->law->nparam;
    const int threads = fit->options.threads > 1 ? fit->options.threads : 1;
    const double freedom = (double)i64_max(p->nrow - n, 1);
    const double t = profile_student((1 + fit->options.level) / 2, freedom);
    const double scale = profile_scale(p, fit->theta, n);
    Arena shared = { 0 };
    Walk *w = NEW(&shared, Walk, n);
    Problem alone = *p; /* threads take parameters, not blocks of rows */
    alone.threads = 1;
#pragma omp parallel num_threads(threads)
    {
        Arena own = { 0 };
        Scratch s = scratch_new(&own, &alone);
        const double soft = polish_soft_delta(&alone, fit->theta, &s);
#pragma omp for schedule(dynamic, 1)
        for (int i = 0; i < n; i++) {
            w[i] = walk_new(fit, &alone, i, &s);
            w[i].pinned.pinned = w[i].pin;
            w[i].scale = scale;
            w[i].threshold = t * t;
            w[i].soft = soft;
            profile_one(fit, &w[i]);
        }
        arena_free(&own);
    }
    fit->profile_threshold = t * t;
    fit->nprofile = n;
    fit->profile = NEW(arena, FitProfileCurve, n);
    int best = -1;
    for (int i = 0; i < n; i++) {
        fit->profile[i] = curve_keep(arena, &w[i]);
        if (w[i].least < (best < 0 ? fit->objective
                                         - LOWER * fabs(fit->objective)
                                   : w[best].least))
            best = i;
    }
    if (best >= 0)
        memcpy(fit->theta, w[best].best, sizeof fit->theta);
    arena_free(&shared);
    return best < 0;
}
