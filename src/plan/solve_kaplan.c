/* solve_kaplan.c - see solve_kaplan.h. */

#include "plan/solve_kaplan.h"

#include <math.h>

static const double PF_DAY = 8.64e19;

const Kaplan kaplan_printed = {
    .N_c = 6.5e13, .S_c = 2.1e3, .alpha_N = 0.077, .alpha_S = 0.76,
    .B_star = 2.1e8, .alpha_B = 0.21,
};

double kaplan_alpha_C(const Kaplan *k)
{
    return 1 / (1 / k->alpha_S + 1 / k->alpha_B + 1 / k->alpha_N);
}

double kaplan_C_c(const Kaplan *k)
{
    const double f = k->alpha_N / k->alpha_S;
    return 6 * k->N_c * k->B_star * k->S_c
         * pow(1 + f, 1 / k->alpha_S + 1 / k->alpha_N)
         * pow(f, -1 / k->alpha_S);
}

double kaplan_l(const Kaplan *k, double c)
{
    return pow(kaplan_C_c(k) / c, kaplan_alpha_C(k));
}

double kaplan_n(const Kaplan *k, double c)
{
    const double f = k->alpha_N / k->alpha_S;
    return k->N_c * pow(c / kaplan_C_c(k), kaplan_alpha_C(k) / k->alpha_N)
         * pow(1 + f, 1 / k->alpha_N);
}

double kaplan_s(const Kaplan *k, double c)
{
    const double f = k->alpha_N / k->alpha_S, c_c = kaplan_C_c(k);
    return c_c / (6 * k->N_c * k->B_star) * pow(1 + f, -1 / k->alpha_N)
         * pow(c / c_c, kaplan_alpha_C(k) / k->alpha_S);
}

double kaplan_b_crit(const Kaplan *k, double loss)
{
    return k->B_star * pow(loss, -1 / k->alpha_B);
}

/* With x = ln L: the right-hand side of L = (N_c/N)^.. + (S_c B_crit(L)/D)^..
 * falls with L, so right less left has one root, and Newton in x from below
 * meets it; the step is halved should it leave. */
double kaplan_loss(const Kaplan *k, double n, double d)
{
    const double size  = pow(k->N_c / n, k->alpha_N);
    const double power = k->alpha_S / k->alpha_B;
    const double scale = pow(k->S_c * k->B_star / d, k->alpha_S);
    if (size == 0 && scale == 0)
        return 0; /* endless size and data: the law has no floor */
    double x = log(size + pow(scale, 1 / (1 + power)));
    for (int i = 0; i < 60; i++) {
        const double step_part = scale * exp(-power * x);
        const double right     = size + step_part;
        const double gap       = log(right) - x;
        const double slope     = -power * step_part / right - 1;
        const double next      = x - gap / slope;
        if (fabs(next - x) < 1e-15)
            break;
        x = next;
    }
    return exp(x);
}

double kaplan_wrong_s(const Kaplan *k, double r)
{
    const double lean = k->alpha_S / k->alpha_N;
    const double base = 1 + lean * (1 - pow(r, -k->alpha_N));
    return base > 0 ? pow(base, -1 / k->alpha_S) : INFINITY;
}

double kaplan_wrong_c(const Kaplan *k, double r)
{
    return r * kaplan_wrong_s(k, r);
}

double kaplan_table_n(double c)
{
    return 1.3e9 * pow(c / PF_DAY, 0.73);
}

/* L(C_min), table 5. */
double kaplan_table_loss(double c)
{
    return pow(3.1e8 * PF_DAY / c, 0.050);
}

/* (C_c/C)^a = (D_c/(coef C^p))^b is one line against another in logarithms. */
double kaplan_meeting(double a, double ln_c_c, double b, double ln_d_c,
                      double ln_coef, double power)
{
    const double apart = b * power - a;
    return apart == 0 ? NAN : (b * (ln_d_c - ln_coef) - a * ln_c_c) / apart;
}

KaplanCrossing kaplan_crossing(double coef, double power)
{
    const double a = 0.050, c_c = 3.1e8, b = 0.095, d_c = 5.4e13;
    const double pf = exp(kaplan_meeting(a, log(c_c), b, log(d_c), log(coef),
                                         power));
    const double c = pf * PF_DAY;
    return (KaplanCrossing){ .c = c, .n = kaplan_table_n(c),
                             .d = coef * pow(pf, power),
                             .loss = kaplan_table_loss(c) };
}
