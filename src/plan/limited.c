/* limited.c - see limited.h. */

#include "plan/limited.h"

#include <math.h>

const Repeats repeats_muennighoff = { .data = 15.387756, .params = 5.309743 };

double limited_amount(double amount, double unique, double repeats)
{
    if (amount <= unique)
        return amount;
    return unique * (1 - repeats * expm1((1 - amount / unique) / repeats));
}

bool limited_open(Limited *out, const Surface *s, double unique,
                  Repeats repeats)
{
    PlanAsk   ask = plan_ask_nothing();
    PlanPoint at;
    ask.tokens = unique;
    *out = (Limited){ s, unique, repeats, NAN };
    if (surface_closed(s)) { /* N of D on the frontier: G (G D)^(beta/alpha) */
        const Additive law = additive_at(s->form, s->theta);
        const double   G   = additive_G(&law);
        out->best_n        = G * pow(G * unique, law.beta / law.alpha);
    } else if (plan_solve_one(&at, &ask, s, NULL)) {
        out->best_n = at.n;
    }
    return isfinite(out->best_n);
}

double limited_loss(const Limited *l, double n, double d)
{
    return surface_loss(l->s,
                        limited_amount(n, l->best_n, l->repeats.params),
                        limited_amount(d, l->unique, l->repeats.data));
}

/* ---- The best size ----------------------------------------------------------- */

static double loss_at(const Limited *l, double c, double u)
{
    const Size size = size_at(l->s->cost, u);
    return limited_loss(l, size.n, c / size.flop_per_token);
}

static double golden(const Limited *l, double c, double low, double high,
                     double width)
{
    const double share = 0.6180339887498949;
    while (high - low > width) {
        const double left  = high - share * (high - low);
        const double right = low + share * (high - low);
        if (loss_at(l, c, left) <= loss_at(l, c, right))
            high = right;
        else
            low = left;
    }
    return (low + high) / 2;
}

/* The vertex of a parabola through three points wide enough apart to differ;
 * golden sections alone end at the root of the machine's precision. */
static double vertex(const Limited *l, double c, double u)
{
    const double h = 1e-3;
    const double a = loss_at(l, c, u - h), b = loss_at(l, c, u);
    const double e = loss_at(l, c, u + h), curve = a - 2 * b + e;
    const double step = curve > 0 ? h * (a - e) / (2 * curve) : 0;
    return fabs(step) < h ? u + step : u;
}

bool limited_best(PlanPoint *out, const Limited *l, double c, double near)
{
    double low = 0, high = size_u_cost(l->s->cost, c);
    if (isfinite(near)) {
        low  = fmax(low, near - 2);
        high = fmin(high, near + 2);
    }
    double best = low, least = INFINITY;
    for (double u = low; u < high; u += 0.25) {
        const double loss = loss_at(l, c, u);
        if (loss < least) {
            least = loss;
            best  = u;
        }
    }
    const double u = vertex(l, c, golden(l, c, best - 0.25, best + 0.25,
                                         isfinite(near) ? 1e-4 : 1e-7));
    const Size size = size_at(l->s->cost, u);
    *out = (PlanPoint){ u, size.n, c / size.flop_per_token, c,
                        loss_at(l, c, u) };
    return isfinite(out->loss) && best > low;
}

/* Its E, A, B, alpha and beta in the law without repeats. */
bool limited_published(PlanBy *out, Arena *arena, Err *err)
{
    const Law *own, *law;
    if (!law_load(&own, arena, "muennighoff", err)
        || !law_load(&law, arena, "chinchilla", err))
        return false;
    const LawConstants *from = law_constants(own, "muennighoff");
    if (!from)
        return err_set(err, ERR_FORMAT, "law muennighoff: no constants of its "
                       "authors");
    LawConstants *set = NEW(arena, LawConstants, 1);
    set->name   = from->name;
    set->source = from->source;
    for (int i = 0; i < law->nparam; i++)
        set->theta[i] = from->theta[law_param(own, law->param[i].name)];
    return plan_by_set(out, arena, "muennighoff", law, set, err);
}
