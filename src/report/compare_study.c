/* compare_study.c - see compare_study.h. */

#include "report/compare_study.h"

#include "plan/solve.h"
#include "report/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 400 };

/* -- Numbers of one pair of draws ------------------------------------------ */

/* What follows from one set of constants for each study. */
typedef struct Numbers {
    double loss[2][COMPARE_ROWS], n[2][COMPARE_ROWS];
    double reached[COMPARE_ROWS], gain[COMPARE_ROWS], slope;
} Numbers;

static double c_of(const Compare *k, int row)
{
    const double share = (double)row / (COMPARE_ROWS - 1);
    return exp(log(k->c_low) + share * log(k->c_high / k->c_low));
}

static void frontier_of(Numbers *out, const Compare *k, int which,
                        const Surface *s)
{
    double u = NAN;
    for (int i = 0; i < COMPARE_ROWS; i++) {
        const PlanPoint best = plan_best(s, c_of(k, i), u);
        out->loss[which][i] = best.loss * k->per[which];
        out->n[which][i]    = best.n;
        u = best.u;
    }
}

/* Least-squares slope of ln gain over ln c; NaN where a gain is missing. */
static double slope_of(const Compare *k, const double gain[COMPARE_ROWS])
{
    const double middle = log(k->c_low * k->c_high) / 2;
    double       up = 0, across = 0;
    for (int i = 0; i < COMPARE_ROWS; i++) {
        const double x = log(c_of(k, i)) - middle;
        up += x * log(gain[i]);
        across += x * x;
    }
    return up / across;
}

static void gains_of(Numbers *out, const Compare *k, const Surface *first)
{
    for (int i = 0; i < COMPARE_ROWS; i++) {
        out->reached[i] = NAN;
        if (k->same_text && isfinite(out->loss[1][i]))
            out->reached[i] = plan_cheapest(first, out->loss[1][i] / k->per[0],
                                            NULL).c;
        out->gain[i] = out->reached[i] / c_of(k, i);
    }
    out->slope = slope_of(k, out->gain);
}

/* draw -1: the fits' own constants. */
static const double *theta_of(const Fit *fit, i64 draw)
{
    return draw < 0 ? fit->theta : fit->draw + draw * fit->law->nparam;
}

static Numbers numbers_of(const Compare *k, const PlanBy by[2], i64 draw)
{
    Numbers       out;
    const Surface first  = surface_of(&by[0], theta_of(&by[0].fit, draw));
    const Surface second = surface_of(&by[1], theta_of(&by[1].fit, draw));
    frontier_of(&out, k, 0, &first);
    frontier_of(&out, k, 1, &second);
    gains_of(&out, k, &first);
    return out;
}

/* -- Intervals over the draws ---------------------------------------------- */

/* One number of `Numbers`, by where it lies in it. An interval is only given
 * where nine draws in ten have the number: else the missing ones, which are
 * not missing at random, would decide it. */
static Interval interval_of(const Numbers *at, const Numbers *draw, i64 count,
                            size_t offset, double level)
{
    Arena   scratch = { 0 };
    double *one  = NEW(&scratch, double, count + 1);
    i64     kept = 0;
    const double value = *(const double *)((const char *)at + offset);
    for (i64 i = 0; i < count; i++) {
        const double x = *(const double *)((const char *)&draw[i] + offset);
        if (isfinite(x))
            one[kept++] = x;
    }
    const Interval out = count > 0 && (double)kept >= 0.9 * (double)count
        ? fit_interval(value, one, kept, level)
        : (Interval){ value, NAN, NAN };
    arena_free(&scratch);
    return out;
}

#define OF(member) \
    interval_of(&at, draw, count, offsetof(Numbers, member), level)

static Interval difference_of(const Numbers *at, const Numbers *draw,
                              i64 count, int row, double level)
{
    Arena   scratch = { 0 };
    double *one = NEW(&scratch, double, count + 1);
    for (i64 i = 0; i < count; i++)
        one[i] = draw[i].loss[1][row] - draw[i].loss[0][row];
    const double   value = at->loss[1][row] - at->loss[0][row];
    const Interval out = count > 0 ? fit_interval(value, one, count, level)
                                   : (Interval){ value, NAN, NAN };
    arena_free(&scratch);
    return out;
}

static void rows(Compare *k)
{
    PlanBy by[2];
    for (int s = 0; s < 2; s++)
        by[s] = plan_by_fit(k->of[s]->chosen_fit, k->of[s]->chosen,
                            &k->of[s]->cost, k->of[s]->c_fit);
    Arena         scratch = { 0 };
    const i64     count = i64_min(DRAWS, i64_min(by[0].fit.ndraw,
                                                 by[1].fit.ndraw));
    const double  level = by[0].fit.options.level;
    const Numbers at    = numbers_of(k, by, -1);
    Numbers      *draw  = NEW(&scratch, Numbers, count + 1);
    for (i64 i = 0; i < count; i++)
        draw[i] = numbers_of(k, by, i);

    for (int i = 0; i < COMPARE_ROWS; i++)
        k->row[i] = (CompareRow){
            .c          = c_of(k, i),
            .loss       = { OF(loss[0][i]), OF(loss[1][i]) },
            .n          = { OF(n[0][i]), OF(n[1][i]) },
            .difference = difference_of(&at, draw, count, i, level),
            .gain       = OF(gain[i]),
            .reached    = at.reached[i],
        };
    k->gain_slope = OF(slope);
    arena_free(&scratch);
}

/* -- Constants side by side ------------------------------------------------ */

static void term(Compare *k, const char *name, const char *about,
                 Interval first, Interval second, const double *draw[2],
                 const i64 count[2], const i64 stride[2])
{
    Arena     scratch = { 0 };
    const i64 n   = i64_min(count[0], count[1]);
    double   *one = NEW(&scratch, double, n + 1);
    for (i64 i = 0; i < n; i++)
        one[i] = draw[1][i * stride[1]] - draw[0][i * stride[0]];
    const double value = second.value - first.value;
    k->term[k->nterm++] = (CompareTerm){
        .name = name, .about = about, .of = { first, second },
        .difference = n > 0 ? fit_interval(value, one, n, 0.95)
                            : (Interval){ value, NAN, NAN } };
    arena_free(&scratch);
}

static Interval own(const Fit *fit, int p)
{
    return (Interval){ fit->theta[p], fit->low[p], fit->high[p] };
}

static void law_term(Compare *k, const char *name, const char *about)
{
    const Fit *fit[2] = { &k->of[0]->huber, &k->of[1]->huber };
    const int  p[2] = { law_param(fit[0]->law, name),
                        law_param(fit[1]->law, name) };
    if (p[0] < 0 || p[1] < 0)
        return;
    const double *draw[2]   = { fit[0]->draw + p[0], fit[1]->draw + p[1] };
    const i64     count[2]  = { fit[0]->ndraw, fit[1]->ndraw };
    const i64     stride[2] = { fit[0]->law->nparam, fit[1]->law->nparam };
    term(k, name, about, own(fit[0], p[0]), own(fit[1], p[1]), draw, count,
         stride);
}

static void terms(Compare *k)
{
    const Frontier *line[2] = { &k->of[0]->isoflop, &k->of[1]->isoflop };
    law_term(k, "alpha", "how fast the loss falls with size");
    law_term(k, "beta", "how fast it falls with data");
    if (k->same_text)
        law_term(k, "E", "what no size and no data removes, nats per token");
    if (line[0]->npoint == 0 || line[1]->npoint == 0)
        return;
    const double *draw[2]   = { line[0]->draw, line[1]->draw };
    const i64     count[2]  = { line[0]->ndraw, line[1]->ndraw };
    const i64     stride[2] = { 4, 4 };
    term(k, "a", "power of C in the best size, by IsoFLOP", line[0]->a,
         line[1]->a, draw, count, stride);
}

/* -- Settings -------------------------------------------------------------- */

/* "key = value" lines of a study's file, keys with their section in front. */
typedef struct Lines { i64 count; const char **key, **value; } Lines;

static char *trimmed(char *text)
{
    while (*text == ' ')
        text++;
    char *end = text + strlen(text);
    while (end > text && end[-1] == ' ')
        *--end = '\0';
    return text;
}

/* Files hold all digits of a number; 0.003 is what was meant. */
static const char *value_text(Arena *arena, const char *value)
{
    char        *end;
    const double x = strtod(value, &end);
    return *value && !*end ? arena_print(arena, "%.10g", x) : value;
}

static Lines lines_of(Arena *arena, const char *config)
{
    char       *text = arena_text(arena, config ? config : ""), *rest = NULL;
    const char *section = "";
    const i64   most = (i64)strlen(text) / 2 + 1;
    Lines       out = { .key   = NEW(arena, const char *, most),
                        .value = NEW(arena, const char *, most) };
    for (char *line = strtok_r(text, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        char *equals = strchr(line, '=');
        char *shut   = strchr(line, ']');
        if (*line == '[' && shut) {
            *shut   = '\0';
            section = arena_print(arena, "%s.", line + 1);
        } else if (equals && *line != '#') {
            *equals = '\0';
            out.key[out.count] = arena_print(arena, "%s%s", section,
                                             trimmed(line));
            out.value[out.count++] = value_text(arena, trimmed(equals + 1));
        }
    }
    return out;
}

static const char *value_of(const Lines *lines, const char *key)
{
    for (i64 i = 0; i < lines->count; i++)
        if (strcmp(lines->key[i], key) == 0)
            return lines->value[i];
    return NULL;
}

/* Names and titles always differ; what an analysis makes of the runs is no
 * difference between the runs. */
static bool is_no_recipe(const char *key)
{
    static const char *const keys[] = { "name", "title", "fit.resamples",
                                        "fit.seed", "plan.multiples" };
    for (int i = 0; i < COUNT_OF(keys); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

static void setting(Compare *k, const char *key, const char *first,
                    const char *second)
{
    if (is_no_recipe(key) || (first && second && strcmp(first, second) == 0))
        return;
    k->setting[k->nsetting++] = (CompareSetting){ key, { first, second } };
}

static void settings(Compare *k, Arena *arena)
{
    const Lines first  = lines_of(arena, k->of[0]->info.config);
    const Lines second = lines_of(arena, k->of[1]->info.config);
    k->setting = NEW(arena, CompareSetting, first.count + second.count + 1);
    for (i64 i = 0; i < first.count; i++)
        setting(k, first.key[i], first.value[i],
                value_of(&second, first.key[i]));
    for (i64 i = 0; i < second.count; i++)
        if (!value_of(&first, second.key[i]))
            setting(k, second.key[i], NULL, second.value[i]);
}

/* -- What is comparable ---------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static void units(Compare *k, Arena *arena)
{
    const StudyInfo *a = &k->of[0]->info, *b = &k->of[1]->info;
    k->same_text = same(a->corpus_sha256, b->corpus_sha256);
    const bool tokens = a->vocab == b->vocab
        && fabs(a->bytes_per_token - b->bytes_per_token)
               < 1e-9 * a->bytes_per_token;
    k->unit = tokens ? arena_print(arena, "nats per %s",
                                   analysis_token(k->of[0]))
                     : "bits per byte";
    for (int s = 0; s < 2; s++)
        k->per[s] = tokens ? 1
                           : 1 / (M_LN2 * k->of[s]->info.bytes_per_token);
}

static double c_least(const Analysis *a)
{
    double c = INFINITY;
    for (i64 i = 0; i < a->fitted.count; i++)
        c = fmin(c, a->fitted.run[i].flop);
    return c;
}

static bool budgets(Compare *k, Err *err)
{
    const Analysis *a = k->of[0], *b = k->of[1];
    char c[4][NUM_TEXT];
    k->c_low  = fmax(c_least(a), c_least(b));
    k->c_high = fmin(a->c_fit, b->c_fit);
    if (k->c_low < k->c_high)
        return true;
    return err_set(err, ERR_REFUSED, "%s was fitted on %s to %s FLOP and %s on "
                   "%s to %s: they share no budget; train one of them where "
                   "the other was", a->info.name, num_flop(c[0], c_least(a)),
                   num_flop(c[1], a->c_fit), b->info.name,
                   num_flop(c[2], c_least(b)), num_flop(c[3], b->c_fit));
}

/* -- The verdict ----------------------------------------------------------- */

static bool holds(Interval x, double value)
{
    return isfinite(x.low) && x.low <= value && value <= x.high;
}

static CompareVerdict judge(const Compare *k)
{
    bool one = true;
    for (int i = 0; i < COMPARE_ROWS; i++) {
        if (!isfinite(k->row[i].gain.low))
            return COMPARE_NONE;
        one = one && holds(k->row[i].gain, 1);
    }
    if (!isfinite(k->gain_slope.low))
        return COMPARE_NONE;
    if (!holds(k->gain_slope, 0))
        return COMPARE_EXPONENT;
    return one ? COMPARE_SAME : COMPARE_OFFSET;
}

static void say(Compare *k)
{
    const CompareRow *low  = &k->row[0], *high = &k->row[COMPARE_ROWS - 1];
    const CompareRow *half = &k->row[COMPARE_ROWS / 2];
    const char       *a = k->of[0]->info.name, *b = k->of[1]->info.name;
    char              g[3][NUM_TEXT], c[2][NUM_TEXT];
    num_interval(g[0], low->gain, 2);
    num_interval(g[1], high->gain, 2);
    num_interval(g[2], half->gain, 2);
    num_power(c[0], low->c);
    num_power(c[1], high->c);
    const size_t size = sizeof k->words;
    if (!k->same_text)
        snprintf(k->words, size, "The texts differ, so losses say as much "
                 "about them as about the recipes: compare the exponents, and "
                 "no loss.");
    else if (k->verdict == COMPARE_NONE)
        snprintf(k->words, size, "%.60s reaches losses for which the fit of "
                 "%.60s, or too many of its draws, has no compute: no gain can "
                 "be given with an interval at every budget.", b, a);
    else if (k->verdict == COMPARE_SAME)
        snprintf(k->words, size, "Neither is ahead within what the runs tell: "
                 "for the losses of %.60s, %.60s needs %s times the compute at "
                 "the middle budget.", b, a, g[2]);
    else if (k->verdict == COMPARE_OFFSET)
        snprintf(k->words, size, "An offset: for the losses of %.60s, %.60s "
                 "needs %s times the compute, and the runs do not tell that "
                 "this changes with scale.", b, a, g[2]);
    else
        snprintf(k->words, size, "Not a constant factor: for the losses of "
                 "%.60s, %.60s needs %s times the compute at %s FLOP, and %s "
                 "times at %s.", b, a, g[0], c[0], g[1], c[1]);
}

bool compare_make(Compare *out, Arena *arena, const Analysis *first,
                  const Analysis *second, Err *err)
{
    *out = (Compare){ .of = { first, second } };
    for (int s = 0; s < 2; s++)
        if (!out->of[s]->chosen)
            return err_set(err, ERR_REFUSED, "%s: has no law to compare: %s",
                           out->of[s]->dir, out->of[s]->chosen_words);
    units(out, arena);
    if (!budgets(out, err))
        return false;
    rows(out);
    terms(out);
    settings(out, arena);
    out->verdict = judge(out);
    say(out);
    return true;
}
