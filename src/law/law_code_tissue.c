/* law_code_tissue.c - the loss along a curve from two sums over its learning
 * rate: how far it has come, and how much it has cooled.
 *
 *     loss = L0 + A S1^-alpha - C S2
 *     S1   = sum of the rates eta_i (warm: law_code_curve.h)
 *     m_i  = lambda m_(i-1) + (eta_(i-1) - eta_i),    S2 = sum of the m_i
 *
 * A fall of the rate lowers the loss, not at once but over 1/(1 - lambda)
 * steps. Only lambda enters S2, so m and S2 are carried along the curve with
 * their first and second derivatives by it.
 *
 * SOURCE: Tissue et al. 2024, arXiv:2408.11029. */

#include "law/law.h"
#include "law/law_code_curve.h"

#include <math.h>
#include <string.h>

enum { L0, A, ALPHA, C, LAMBDA, WARM, NPARAM };
enum { LONG = 1000 }; /* steps; from here on the closed form */

/* A function of lambda, with its first and second derivative. */
typedef struct Jet { double v, d, dd; } Jet;

static Jet jet_plus(Jet a, Jet b)
{
    return (Jet){ a.v + b.v, a.d + b.d, a.dd + b.dd };
}

static Jet jet_scale(double k, Jet a)
{
    return (Jet){ k * a.v, k * a.d, k * a.dd };
}

static Jet jet_times(Jet a, Jet b)
{
    return (Jet){ a.v * b.v, a.d * b.v + a.v * b.d,
                  a.dd * b.v + 2 * a.d * b.d + a.v * b.dd };
}

/* 1/(1 - lambda) */
static Jet jet_memory(double lambda)
{
    const double r = 1 / (1 - lambda);
    return (Jet){ r, r * r, 2 * r * r * r };
}

static Jet jet_power(double lambda, double n)
{
    return (Jet){ pow(lambda, n), n * pow(lambda, n - 1),
                  n * (n - 1) * pow(lambda, n - 2) };
}

typedef struct Cooling { Jet m, s2; } Cooling;

/* One step, on which the rate falls by `fall`. What has decayed to nothing is
 * nothing: numbers below the smallest cost the machine a hundred times more. */
static void cool(Cooling *at, double lambda, double fall)
{
    at->m.dd = lambda * at->m.dd + 2 * at->m.d;
    at->m.d = lambda * at->m.d + at->m.v;
    at->m.v = lambda * at->m.v + fall;
    if (fabs(at->m.v) + fabs(at->m.d) + fabs(at->m.dd) < 1e-200)
        at->m = (Jet){ 0, 0, 0 };
    at->s2 = jet_plus(at->s2, at->m);
}

/* n steps of one fall each: m_n = l^n m + fall (1 - l^n)/(1 - l), and their
 * sum. Cancellation costs about eps/(n (1 - lambda))^3, so not for few steps. */
static void cool_long(Cooling *at, double lambda, double fall, double n)
{
    const Jet memory = jet_memory(lambda), one = { 1, 0, 0 };
    const Jet left = jet_power(lambda, n);
    const Jet gone = jet_times(jet_plus(one, jet_scale(-1, left)), memory);
    const Jet sum = jet_times((Jet){ lambda, 1, 0 }, gone); /* l + .. + l^n */
    const Jet rest = jet_times(jet_plus((Jet){ n, 0, 0 }, jet_scale(-1, sum)),
                               memory);
    at->s2 = jet_plus(at->s2, jet_plus(jet_times(sum, at->m),
                                       jet_scale(fall, rest)));
    at->m = jet_plus(jet_times(left, at->m), jet_scale(fall, gone));
}

static void cool_stretch(Cooling *at, const Stretch *s, double lambda)
{
    i64 left = s->count;
    const double jump = s->last - s->from;
    if (left > 0 && jump != 0) {
        cool(at, lambda, jump - s->slope);
        left--;
    }
    if (s->slope == 0 && at->m.v == 0 && at->m.d == 0 && at->m.dd == 0)
        return;
    if (left > LONG) {
        cool_long(at, lambda, -s->slope, (double)left);
        return;
    }
    while (left-- > 0)
        cool(at, lambda, -s->slope);
}

static void put(double *out, double *jac, double *hess, i64 n,
                const Stretch *s, Jet s2, const double *theta)
{
    const Fallen f = curve_fallen(s, theta[ALPHA], theta[WARM]);
    const double slope[NPARAM] = {
        [L0] = 1, [A] = f.v, [ALPHA] = theta[A] * f.l, [C] = -s2.v,
        [LAMBDA] = -theta[C] * s2.d, [WARM] = theta[A] * f.w,
    };
    const struct { int i, j; double value; } pair[] = {
        { A, ALPHA, f.l }, { A, WARM, f.w },
        { ALPHA, ALPHA, theta[A] * f.ll }, { ALPHA, WARM, theta[A] * f.lw },
        { C, LAMBDA, -s2.d }, { LAMBDA, LAMBDA, -theta[C] * s2.dd },
        { WARM, WARM, theta[A] * f.ww },
    };
    out[s->row] = theta[L0] + theta[A] * f.v - theta[C] * s2.v;
    for (int p = 0; jac && p < NPARAM; p++)
        jac[p * n + s->row] = slope[p];
    for (int k = 0; hess && k < COUNT_OF(pair); k++)
        hess[pair_at(pair[k].i, pair[k].j, NPARAM) * n + s->row]
            = pair[k].value;
}

static void *prepare(Arena *arena, double *const *column, i64 nrow)
{
    Curves *curves = NEW(arena, Curves, 1);
    *curves = curves_make(arena, column, nrow);
    return curves;
}

static void eval(double *out, double *jac, double *hess, const void *prepared,
                 const double *theta)
{
    const Curves *curves = prepared;
    const i64 n = curves->nrow;
    Cooling at = { { 0, 0, 0 }, { 0, 0, 0 } };
    if (hess)
        memset(hess, 0, (size_t)n * NPARAM * (NPARAM + 1) / 2 * sizeof *hess);
    for (i64 i = 0; i < n; i++) {
        const Stretch *s = &curves->stretch[i];
        if (s->first)
            at = (Cooling){ { 0, 0, 0 }, { 0, 0, 0 } };
        else
            cool_stretch(&at, s, theta[LAMBDA]);
        put(out, jac, hess, n, s, at.s2, theta);
    }
}

extern const LawCode law_code_tissue;
const LawCode law_code_tissue = {
    .name = "tissue", .response = "loss",
    .ncolumn = 3, .column = { "curve", "step", "lr" },
    .nparam = NPARAM, .param = { "L0", "A", "alpha", "C", "lambda", "warm" },
    .linear = 1u << L0 | 1u << A | 1u << C,
    .prepare = prepare, .eval = eval,
};
