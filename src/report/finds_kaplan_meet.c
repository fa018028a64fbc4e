/* finds_kaplan_meet.c - what Kaplan's laws imply together: the best size by
 * appendix B's closed form, and where the laws contradict each other.
 *
 * L(C_min) falls along the envelope; but compute-efficient training sees only
 * D = 2 C_min/(6 N(C_min)) tokens, and no loss lies below L(D). Where the first
 * line would cross the second one of the laws must have failed. The place is
 * so sensitive to the exponents that it is given as a band: each draw of the
 * three fits has its own.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, appendix B and section 6.3. */

#include "report/finds.h"

#include "plan/solve_kaplan.h"

#include <math.h>

static const Interval unknown = { NAN, NAN, NAN };

/* -- The closed form -------------------------------------------------------- */

static double of(const Fit *fit, const char *name, i64 draw)
{
    const int     at    = law_param(fit->law, name);
    const double *theta = draw >= 0 && fit->ndraw > 0
        ? fit->draw + draw % fit->ndraw * fit->law->nparam : fit->theta;
    return theta[at];
}

static Kaplan constants(const KaplanSteps *steps, const Critical *critical,
                        i64 draw)
{
    const Fit *ns = &steps->law.fit, *b = &critical->law.fit;
    return (Kaplan){
        .N_c = of(ns, "N_c", draw), .S_c = of(ns, "S_c", draw),
        .alpha_N = of(ns, "alpha_N", draw), .alpha_S = of(ns, "alpha_S", draw),
        .B_star = of(b, "B_star", draw), .alpha_B = of(b, "alpha_B", draw) };
}

static void closed_draws(KaplanClosed *out, Arena *arena,
                         const KaplanSteps *steps, const Critical *critical,
                         double level)
{
    const i64 draws = i64_min(steps->law.fit.ndraw, critical->law.fit.ndraw);
    double   *at[4];
    for (int k = 0; k < 4; k++)
        at[k] = NEW(arena, double, draws + 1);
    for (i64 i = -1; i < draws; i++) {
        const Kaplan k = constants(steps, critical, i);
        const double a = kaplan_alpha_C(&k);
        const double value[] = { a, a / k.alpha_N, kaplan_n(&k, out->c),
                                 kaplan_l(&k, out->c) };
        Interval *const into[] = { &out->alpha_c, &out->p_n, &out->n,
                                   &out->loss };
        for (int j = 0; j < 4; j++)
            if (i < 0)
                into[j]->value = value[j];
            else
                at[j][i] = value[j];
    }
    out->alpha_c = fit_interval(out->alpha_c.value, at[0], draws, level);
    out->p_n     = fit_interval(out->p_n.value, at[1], draws, level);
    out->n       = fit_interval(out->n.value, at[2], draws, level);
    out->loss    = fit_interval(out->loss.value, at[3], draws, level);
}

void kaplan_closed_find(KaplanClosed *out, Arena *arena,
                        const KaplanSteps *steps, const Critical *critical,
                        double level)
{
    *out = (KaplanClosed){ .c = NAN, .alpha_c = unknown, .p_n = unknown,
                           .n = unknown, .loss = unknown };
    if (!steps->law.fit.law)
        out->words = "it needs L(N,S), which the runs do not tell";
    else if (!steps->converted)
        out->words = "it needs the critical batch, which the runs do not tell";
    if (out->words)
        return;
    double largest = 0;
    for (i64 i = 0; i < steps->count; i++)
        largest = fmax(largest, steps->point[i].c_min);
    out->c = largest;
    closed_draws(out, arena, steps, critical, level);
}

/* -- The contradiction ------------------------------------------------------ */

typedef struct Lines { double a, ln_c_c, b, ln_d_c, p, ln_n; } Lines;

static Lines lines_of(const KaplanFinds *from, i64 draw)
{
    const Fit      *c = &from->c_min.power.fit, *d = &from->d.power.fit;
    const Frontier *f = &from->steps.adjusted;
    Lines out = { .a = of(c, "alpha_C", draw),
                  .ln_c_c = log(of(c, "C_c", draw)),
                  .b = of(d, "alpha_D", draw),
                  .ln_d_c = log(of(d, "D_c", draw)),
                  .p = f->a.value, .ln_n = f->ln_coef_n };
    if (draw >= 0 && f->ndraw > 0) {
        out.p    = f->draw[draw % f->ndraw * 4];
        out.ln_n = f->draw[draw % f->ndraw * 4 + 2];
    }
    return out;
}

/* D = C/(3 N), N = exp(ln_n) C^p. */
static double meeting(const Lines *l)
{
    return kaplan_meeting(l->a, l->ln_c_c, l->b, l->ln_d_c,
                          -log(3) - l->ln_n, 1 - l->p);
}

static const char *missing(const KaplanFinds *from)
{
    if (!from->c_min.power.fit.law)
        return "it needs L(C_min), which the runs do not tell";
    if (!from->d.power.fit.law)
        return "it needs L(D), which the runs do not tell";
    if (from->steps.adjusted.npoint == 0)
        return "it needs N_opt(C_min), which the runs do not tell";
    return NULL;
}

static void put(KaplanMeet *out, double *const at[4], const Lines *l, double x)
{
    const i64 k = out->meet++;
    at[0][k] = exp(x);
    at[1][k] = exp(l->ln_n + l->p * x);
    at[2][k] = at[0][k] / (3 * at[1][k]);
    at[3][k] = exp(l->a * (l->ln_c_c - x));
}

/* The middle of the draws stands for the value: the best fit may be one of
 * those that do not meet. */
static Interval band(double *at, i64 count, double level)
{
    Interval out = fit_interval(NAN, at, count, level);
    out.value    = fit_interval(NAN, at, count, 1e-9).low;
    return out;
}

/* A band of the few draws that happen to meet would be one of accidents. */
static bool mostly(const KaplanMeet *m)
{
    return m->meet > 0 && 2 * m->meet >= m->draws;
}

static const char *words(const KaplanMeet *m, Arena *arena)
{
    if (!mostly(m))
        return arena_print(arena, "no crossing: in %lld of %lld draws only do "
                           "the laws meet beyond the largest compute trained",
                           (long long)m->meet, (long long)m->draws);
    if (m->meet < m->draws)
        return arena_print(arena, "they meet beyond the largest compute "
                           "trained in %lld of %lld draws; the band is of "
                           "these", (long long)m->meet, (long long)m->draws);
    return arena_print(arena, "they meet beyond the largest compute trained in "
                       "all of %lld draws", (long long)m->draws);
}

void kaplan_meet_find(KaplanMeet *out, Arena *arena, const KaplanFinds *from,
                      double level)
{
    *out = (KaplanMeet){ .c_largest = NAN, .c = unknown, .n = unknown,
                         .d = unknown, .loss = unknown,
                         .words = missing(from) };
    if (out->words)
        return;
    const Frontier *f = &from->steps.adjusted;
    out->draws = i64_min(i64_min(from->c_min.power.fit.ndraw,
                                 from->d.power.fit.ndraw), f->ndraw);
    out->c_largest = f->c[f->npoint - 1];
    double *at[4];
    for (int k = 0; k < 4; k++)
        at[k] = NEW(arena, double, out->draws + 1);
    for (i64 i = 0; i < out->draws; i++) {
        const Lines  l = lines_of(from, i);
        const double x = meeting(&l);
        if (isfinite(x) && x > log(out->c_largest) && isfinite(exp(x)))
            put(out, at, &l, x);
    }
    out->words = words(out, arena);
    if (!mostly(out))
        return;
    out->c    = band(at[0], out->meet, level);
    out->n    = band(at[1], out->meet, level);
    out->d    = band(at[2], out->meet, level);
    out->loss = band(at[3], out->meet, level);
}
