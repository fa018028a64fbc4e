/* law_code_multipower.c - the loss along a curve by the multi-power law: a
 * power of the sum of rates, less what each fall of the rate has since won.
 *
 *     loss(t) = L0 + A S(t)^-alpha
 *             - B sum_k (eta_(k-1) - eta_k) G(eta_k^-gamma S_k(t))
 *     G(x)    = 1 - (C x + 1)^-beta
 *     S_k(t)  = eta_k + ... + eta_t,    S(t) = S_1(t) with what was before
 *                                       (warm: law_code_curve.h)
 *
 * The sum over k runs over steps at which the rate changes, so a constant
 * stretch costs nothing. A long stretch of a straight line is not summed step
 * by step: G is smooth along it, and four points of Gauss stand for all; and
 * for stretches that are long past four stand for many (law_code_falls.h).
 *
 * SOURCE: Luo et al. 2025, arXiv:2503.12811. */

#include "law/law.h"
#include "law/law_code_falls.h"
#include "law/law_vec.h"

#include <math.h>
#include <string.h>

enum { L0, A, ALPHA, B, C, BETA, GAMMA, WARM, NPARAM };

typedef struct Prepared {
    Curves curves;
    Falls  falls;
} Prepared;

static void *prepare(Arena *arena, double *const *column, i64 nrow)
{
    Prepared *p = NEW(arena, Prepared, 1);
    p->curves = curves_make(arena, column, nrow);
    p->falls = falls_make(arena, &p->curves);
    return p;
}

/* ---- what falls have won by then --------------------------------------- */

/* sum size G, and its derivatives by C, beta, gamma. */
typedef struct Won {
    double v, c, b, g, cc, cb, cg, bb, bg, gg;
} Won;

/* What the terms of a row need: u = C x + 1, q = u^-beta. G feels C and gamma
 * through u alone. power[k]: eta_k^-gamma, of all falls. */
typedef struct Terms { double *power, *x, *u, *ln_u, *q; } Terms;

static Terms terms_new(Arena *arena, const Falls *falls)
{
    const i64 most = falls->most + 1;
    return (Terms){ NEW(arena, double, falls->count + 1),
                    NEW(arena, double, most), NEW(arena, double, most),
                    NEW(arena, double, most), NEW(arena, double, most) };
}

static void powers(Terms *t, const Falls *falls, double gamma)
{
    for (i64 k = 0; k < falls->count; k++)
        t->power[k] = -gamma * falls->fall[k].ln_eta;
    law_vec()->exp(t->power, t->power, falls->count);
}

static void terms_of_row(Terms *t, const Falls *falls, const i64 *term, i64 n,
                         double sum, const double *theta)
{
    const LawVec *vec = law_vec();
    for (i64 i = 0; i < n; i++) {
        const double past = sum - falls->fall[term[i]].sum_before;
        t->x[i] = fmax(past, 0) * t->power[term[i]];
        t->u[i] = 1 + theta[C] * t->x[i];
    }
    vec->log(t->ln_u, t->u, n);
    for (i64 i = 0; i < n; i++)
        t->q[i] = -theta[BETA] * t->ln_u[i];
    vec->exp(t->q, t->q, n);
}

static void win(Won *won, const Fall *f, const Terms *t, i64 i,
                const double *theta, bool curved)
{
    const double beta = theta[BETA], k = f->size, x = t->x[i];
    const double ln_u = t->ln_u[i], q = t->q[i], once = 1 / t->u[i];
    const double gy = beta * q * once;
    const double yg = -theta[C] * x * f->ln_eta; /* dy by gamma; x by C */
    won->c += k * gy * x;
    won->b += k * ln_u * q;
    won->g += k * gy * yg;
    if (!curved)
        return;
    const double gyy = -(beta + 1) * gy * once;
    const double gyb = q * once * (1 - beta * ln_u);
    won->cc += k * gyy * x * x;
    won->cb += k * gyb * x;
    won->cg += k * (gyy * x * yg - gy * x * f->ln_eta);
    won->bb -= k * ln_u * ln_u * q;
    won->bg += k * gyb * yg;
    won->gg += k * (gyy * yg * yg - gy * yg * f->ln_eta);
}

static Won won_by(const Prepared *p, i64 i, Terms *t, const double *theta,
                  bool slopes, bool curved)
{
    Won won = { 0 };
    const Falls *falls = &p->falls;
    const i64 *term = falls->term + falls->begin[i];
    const i64 n = falls->begin[i + 1] - falls->begin[i];
    terms_of_row(t, falls, term, n, p->curves.stretch[i].sum, theta);
    for (i64 k = 0; k < n; k++)
        won.v += falls->fall[term[k]].size * (1 - t->q[k]);
    for (i64 k = 0; slopes && k < n; k++)
        win(&won, &falls->fall[term[k]], t, k, theta, curved);
    return won;
}

/* ---- the law ----------------------------------------------------------- */

static void put(double *jac, double *hess, i64 n, i64 row, const Won *w,
                const Fallen *f, const double *theta)
{
    const double a = theta[A], b = theta[B];
    const double slope[NPARAM] = {
        [L0] = 1, [A] = f->v, [ALPHA] = a * f->l, [B] = -w->v, [C] = -b * w->c,
        [BETA] = -b * w->b, [GAMMA] = -b * w->g, [WARM] = a * f->w,
    };
    const struct { int i, j; double value; } pair[] = {
        { A, ALPHA, f->l }, { A, WARM, f->w }, { ALPHA, ALPHA, a * f->ll },
        { ALPHA, WARM, a * f->lw }, { WARM, WARM, a * f->ww },
        { B, C, -w->c }, { B, BETA, -w->b }, { B, GAMMA, -w->g },
        { C, C, -b * w->cc }, { C, BETA, -b * w->cb }, { C, GAMMA, -b * w->cg },
        { BETA, BETA, -b * w->bb }, { BETA, GAMMA, -b * w->bg },
        { GAMMA, GAMMA, -b * w->gg },
    };
    for (int p = 0; jac && p < NPARAM; p++)
        jac[p * n + row] = slope[p];
    for (int k = 0; hess && k < COUNT_OF(pair); k++)
        hess[pair_at(pair[k].i, pair[k].j, NPARAM) * n + row] = pair[k].value;
}

static void eval(double *out, double *jac, double *hess, const void *prepared,
                 const double *theta)
{
    const Prepared *p = prepared;
    const i64 n = p->curves.nrow;
    Arena scratch = { 0 };
    Terms terms = terms_new(&scratch, &p->falls);
    powers(&terms, &p->falls, theta[GAMMA]);
    if (hess)
        memset(hess, 0, (size_t)n * NPARAM * (NPARAM + 1) / 2 * sizeof *hess);
    for (i64 i = 0; i < n; i++) {
        const Stretch *s = &p->curves.stretch[i];
        const Fallen f = curve_fallen(s, theta[ALPHA], theta[WARM]);
        const Won won = won_by(p, i, &terms, theta, jac || hess, hess);
        out[s->row] = theta[L0] + theta[A] * f.v - theta[B] * won.v;
        put(jac, hess, n, s->row, &won, &f, theta);
    }
    arena_free(&scratch);
}

extern const LawCode law_code_multipower;
const LawCode law_code_multipower = {
    .name = "multipower", .response = "loss",
    .ncolumn = 3, .column = { "curve", "step", "lr" },
    .nparam = NPARAM,
    .param = { "L0", "A", "alpha", "B", "C", "beta", "gamma",
               "warm" },
    .linear = 1u << L0 | 1u << A | 1u << B,
    .prepare = prepare, .eval = eval,
};
