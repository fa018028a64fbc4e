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
 * by step: G is smooth along it, and four points of Gauss stand for all.
 *
 * SOURCE: Luo et al. 2025, arXiv:2503.12811. */

#include "law/law.h"
#include "law/law_code_curve.h"

#include <math.h>
#include <string.h>

enum { L0, A, ALPHA, B, C, BETA, GAMMA, WARM, NPARAM };
enum { NODES = 4, STEPWISE = 8 }; /* steps; up to here one by one */

/* A fall of the rate (or several that one point stands for). */
typedef struct Fall {
    double size;      /* eta_(k-1) - eta_k                                   */
    double ln_eta;
    double sum_before; /* of the rates before step k                         */
} Fall;

typedef struct Prepared {
    Curves curves;
    Fall  *fall;
    i64   *begin, *end; /* of each stretch's row: the falls so far           */
} Prepared;

/* ---- falls ------------------------------------------------------------- */

/* At a rate of 0 the power of it would overflow; 1e-100 is as good as 0. */
static Fall fall_at(const Stretch *s, double j, double size)
{
    const double eta = fmax(s->from + s->slope * j, 1e-100);
    return (Fall){ size, log(eta), s->sum_before + s->from * (j - 1)
                                   + s->slope * (j - 1) * j / 2 };
}

static i64 falls_gauss(Fall *out, const Stretch *s, double low, double high)
{
    static const double node[NODES] = { -0.8611363115940526,
        -0.3399810435848563, 0.3399810435848563, 0.8611363115940526 };
    static const double weight[NODES] = { 0.3478548451374538,
        0.6521451548625461, 0.6521451548625461, 0.3478548451374538 };
    const double half = (high - low) / 2, middle = (high + low) / 2;
    for (int i = 0; i < NODES; i++)
        out[i] = fall_at(s, middle + half * node[i],
                         -s->slope * half * weight[i]);
    return NODES;
}

/* The falls of a stretch; at most STEPWISE + 1. */
static i64 falls_of(Fall *out, const Stretch *s)
{
    i64 n = 0, j = 1;
    if (s->first || s->count == 0)
        return 0;
    if (s->last != s->from)
        out[n++] = fall_at(s, (double)j++, s->last - s->from - s->slope);
    if (s->slope == 0)
        return n;
    if (s->count > STEPWISE)
        return n + falls_gauss(out + n, s, (double)j - 0.5,
                               (double)s->count + 0.5);
    for (; j <= s->count; j++)
        out[n++] = fall_at(s, (double)j, -s->slope);
    return n;
}

static void *prepare(Arena *arena, double *const *column, i64 nrow)
{
    Prepared *p = NEW(arena, Prepared, 1);
    *p = (Prepared){ curves_make(arena, column, nrow),
                     NEW(arena, Fall, nrow * (STEPWISE + 1) + 1),
                     NEW(arena, i64, nrow + 1), NEW(arena, i64, nrow + 1) };
    i64 count = 0, begin = 0;
    for (i64 i = 0; i < nrow; i++) {
        const Stretch *s = &p->curves.stretch[i];
        if (s->first)
            begin = count;
        count += falls_of(p->fall + count, s);
        p->begin[i] = begin;
        p->end[i] = count;
    }
    return p;
}

/* ---- what falls have won by then --------------------------------------- */

/* sum size G, and its derivatives by C, beta, gamma. */
typedef struct Won {
    double v, c, b, g, cc, cb, cg, bb, bg, gg;
} Won;

/* u = C x + 1, q = u^-beta; G feels C and gamma through u alone. */
static void win(Won *won, const Fall *f, double x, const double *theta,
                bool slopes)
{
    const double beta = theta[BETA], y = theta[C] * x, ln_u = log1p(y);
    const double k = f->size, less = expm1(-beta * ln_u);
    won->v -= k * less;
    if (!slopes)
        return;
    const double u = 1 + y, q = 1 + less;
    const double gy = beta * q / u, gyy = -(beta + 1) * gy / u;
    const double gyb = q / u * (1 - beta * ln_u);
    const double yg = -y * f->ln_eta; /* dy by gamma; x by C */
    won->c += k * gy * x;
    won->b += k * ln_u * q;
    won->g += k * gy * yg;
    won->cc += k * gyy * x * x;
    won->cb += k * gyb * x;
    won->cg += k * (gyy * x * yg - gy * x * f->ln_eta);
    won->bb -= k * ln_u * ln_u * q;
    won->bg += k * gyb * yg;
    won->gg += k * (gyy * yg * yg - gy * yg * f->ln_eta);
}

/* power[k]: eta_k^-gamma. */
static Won won_by(const Prepared *p, i64 i, const double *power,
                  const double *theta, bool slopes)
{
    Won won = { 0 };
    const double sum = p->curves.stretch[i].sum;
    for (i64 k = p->begin[i]; k < p->end[i]; k++) {
        const Fall *f = &p->fall[k];
        win(&won, f, fmax(sum - f->sum_before, 0) * power[k], theta, slopes);
    }
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

static double *powers(Arena *arena, const Prepared *p, double gamma)
{
    const i64 nrow = p->curves.nrow, count = nrow ? p->end[nrow - 1] : 0;
    double *power = NEW(arena, double, count + 1);
    for (i64 k = 0; k < count; k++)
        power[k] = exp(-gamma * p->fall[k].ln_eta);
    return power;
}

static void eval(double *out, double *jac, double *hess, const void *prepared,
                 const double *theta)
{
    const Prepared *p = prepared;
    const i64 n = p->curves.nrow;
    Arena scratch = { 0 };
    const double *power = powers(&scratch, p, theta[GAMMA]);
    if (hess)
        memset(hess, 0, (size_t)n * NPARAM * (NPARAM + 1) / 2 * sizeof *hess);
    for (i64 i = 0; i < n; i++) {
        const Stretch *s = &p->curves.stretch[i];
        const Fallen f = curve_fallen(s, theta[ALPHA], theta[WARM]);
        const Won won = won_by(p, i, power, theta, jac || hess);
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
