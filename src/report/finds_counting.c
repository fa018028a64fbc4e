/* finds_counting.c - declared in finds_counting.h.
 *
 * At the best size under C = 6 n D, n the body, a change of ln n at fixed C
 * leaves the loss as it is:
 *
 *     A alpha N^-alpha (dlnN/dln n) = B beta D^-beta,   N = n + omega n^p
 *
 * which gives D for every n in closed form, and so C. */

#include "report/finds_counting.h"

#include "report/finds.h"

#include <math.h>

enum { POINTS = 20 };
/* The range of Kaplan's own models. */
static const double KAPLAN_LOW = 790, KAPLAN_HIGH = 1.58e9;

double counting_all(CountFamily f, double body)
{
    return body + f.omega * pow(body, f.power);
}

double counting_body(CountFamily f, double all)
{
    double low = 0, high = all;
    for (int k = 0; k < 100; k++) {
        const double middle = (low + high) / 2;
        if (counting_all(f, middle) < all)
            low = middle;
        else
            high = middle;
    }
    return high;
}

typedef struct Places { int a, alpha, b, beta; } Places;

static bool places_of(Places *out, const Law *law)
{
    *out = (Places){ law_param(law, "A"), law_param(law, "alpha"),
                     law_param(law, "B"), law_param(law, "beta") };
    return law->nparam == 5 && out->a >= 0 && out->alpha >= 0 && out->b >= 0
        && out->beta >= 0 && law_param(law, "E") >= 0;
}

static double slope_of(const double *theta, Places at, CountFamily f,
                       double low, double high)
{
    const double alpha = theta[at.alpha], beta = theta[at.beta];
    double n[POINTS], c[POINTS], ln_coef, slope;
    for (int i = 0; i < POINTS; i++) {
        n[i] = low * pow(high / low, i / (POINTS - 1.0));
        const double head  = f.omega * pow(n[i], f.power);
        const double grows = (n[i] + f.power * head) / (n[i] + head);
        const double gain  = theta[at.a] * alpha * pow(n[i] + head, -alpha)
                           * grows;
        c[i] = 6 * n[i] * pow(theta[at.b] * beta / gain, 1 / beta);
    }
    finds_power_line(&ln_coef, &slope, c, n, POINTS);
    return slope;
}

Interval counting_exponent(const Fit *fit, CountFamily family,
                           double body_low, double body_high)
{
    Places at;
    Arena  scratch = { 0 };
    Interval out = { NAN, NAN, NAN };
    if (!fit->law || !places_of(&at, fit->law) || !(body_high > body_low))
        return out;
    double *draw = NEW(&scratch, double, fit->ndraw + 1);
    out.value = slope_of(fit->theta, at, family, body_low, body_high);
    for (i64 k = 0; k < fit->ndraw; k++)
        draw[k] = slope_of(fit->draw + k * fit->law->nparam, at, family,
                           body_low, body_high);
    if (fit->ndraw > 0)
        out = fit_interval(out.value, draw, fit->ndraw, fit->options.level);
    arena_free(&scratch);
    return out;
}

bool counting_published(double *a, Arena *arena, const char *constants,
                        Err *err)
{
    const Law *law, *family;
    Places     at;
    if (!law_load(&law, arena, "chinchilla", err)
        || !law_load(&family, arena, "pearce-song", err))
        return false;
    const LawConstants *set = law_constants(law, constants);
    if (!set || !places_of(&at, law))
        return err_set(err, ERR_USAGE, "law chinchilla has no constants '%s' "
                       "of five; name a set that it has", constants);
    const double omega
        = family->constants[0].theta[law_param(family, "omega")];
    *a = slope_of(set->theta, at, (CountFamily){ omega, 1.0 / 3 }, KAPLAN_LOW,
                  KAPLAN_HIGH);
    return true;
}
