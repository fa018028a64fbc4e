/* law_code_falls.c - see law_code_falls.h.
 *
 * A group's points are those of Gauss over its sum of rates s, and their sizes
 * those that leave every sum of size times a cubic in s as it was; where falls
 * follow each other smoothly that is good for the seventh power as well. It
 * stands for its falls only if the rates at the four points give back the rate
 * at each fall; across a jump, or near a rate of 0, they do not, and its halves
 * are taken. */

#include "law/law_code_falls.h"

#include <math.h>

enum { NODES = 4, STEPWISE = 8 }; /* steps; up to here one by one */
enum { ROWS_FEW = 128 };          /* of a curve; up to here fall by fall */
enum { APART = 2 };               /* widths between a group and its row  */

static const double node[NODES] = { -0.8611363115940526, -0.3399810435848563,
                                    0.3399810435848563, 0.8611363115940526 };
static const double SAME_RATE = 1e-5; /* of ln eta */

/* ---- of one stretch ---------------------------------------------------- */

/* At a rate of 0 the power of it would overflow; 1e-100 is as good as 0. */
static Fall fall_at(const Stretch *s, double j, double size)
{
    const double eta = fmax(s->from + s->slope * j, 1e-100);
    return (Fall){ size, log(eta), s->sum_before + s->from * (j - 1)
                                   + s->slope * (j - 1) * j / 2 };
}

static i64 falls_gauss(Fall *out, const Stretch *s, double low, double high)
{
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

/* ---- groups ------------------------------------------------------------ */

/* Of rows [from, to) of one curve. */
typedef struct Group {
    i64    first, count;  /* its falls                                    */
    i64    from, to;
    i64    half[2];       /* groups; -1: a single stretch                 */
    double low, high;     /* sums of rates                                */
    bool   stands;        /* for all that is in it                        */
} Group;

typedef struct Work {
    const Curves *curves;
    Falls        *falls;
    Group        *group;
    i64           ngroup;
    bool          few; /* rows of this curve: no groups */
} Work;

/* Lagrange's polynomial m through at[n], at x. */
static double lagrange(const double *at, int n, int m, double x)
{
    double out = 1;
    for (int i = 0; i < n; i++)
        if (i != m)
            out *= (x - at[i]) / (at[m] - at[i]);
    return out;
}

/* ln eta at a sum of rates, by the four falls about it. */
static double ln_eta_at(const Fall *fall, i64 n, double sum)
{
    i64 below = 0;
    while (below + 1 < n && fall[below + 1].sum_before <= sum)
        below++;
    const i64 first = i64_max(0, i64_min(below - 1, n - NODES));
    double at[NODES], out = 0;
    for (int i = 0; i < NODES; i++)
        at[i] = fall[first + i].sum_before;
    for (int i = 0; i < NODES; i++)
        out += fall[first + i].ln_eta * lagrange(at, NODES, i, sum);
    return out;
}

/* Four points for n falls; false where they do not stand for them. */
static bool group_points(Fall *out, const Fall *fall, i64 n)
{
    const double low = fall[0].sum_before, high = fall[n - 1].sum_before;
    double at[NODES];
    for (i64 k = 1; k < n; k++)
        if (!(fall[k].sum_before > fall[k - 1].sum_before))
            return false;
    for (int m = 0; m < NODES; m++) {
        at[m] = (low + high) / 2 + (high - low) / 2 * node[m];
        out[m] = (Fall){ 0, ln_eta_at(fall, n, at[m]), at[m] };
    }
    for (i64 k = 0; k < n; k++) {
        double ln_eta = 0;
        for (int m = 0; m < NODES; m++) {
            const double part = lagrange(at, NODES, m, fall[k].sum_before);
            out[m].size += fall[k].size * part;
            ln_eta += out[m].ln_eta * part;
        }
        if (!(fabs(ln_eta - fall[k].ln_eta) <= SAME_RATE))
            return false;
    }
    return true;
}

static void group_stand(Work *w, Group *g)
{
    const Group *a = &w->group[g->half[0]], *b = &w->group[g->half[1]];
    Fall *fall = w->falls->fall + w->falls->count;
    Fall both[4 * (STEPWISE + 1)];
    i64 n = 0;
    if (w->few || !a->stands || !b->stands)
        return;
    for (i64 k = 0; k < a->count; k++)
        both[n++] = w->falls->fall[a->first + k];
    for (i64 k = 0; k < b->count; k++)
        both[n++] = w->falls->fall[b->first + k];
    g->first = w->falls->count;
    if (n <= NODES) {
        for (g->count = 0; g->count < n; g->count++)
            fall[g->count] = both[g->count];
        g->stands = true;
    } else {
        g->stands = group_points(fall, both, n);
        g->count = g->stands ? NODES : 0;
    }
    w->falls->count += g->count;
}

/* The group of rows [from, to), after those of its halves. */
static i64 group_make(Work *w, i64 from, i64 to)
{
    const Stretch *s = w->curves->stretch;
    Group g = { .from = from, .to = to, .half = { -1, -1 },
                .low = s[from].first ? 0 : s[from].sum_before,
                .high = s[to - 1].sum };
    if (to - from == 1) {
        g.first = w->falls->count;
        g.count = falls_of(w->falls->fall + g.first, &s[from]);
        g.stands = true;
        w->falls->count += g.count;
    } else {
        i64 span = 1;
        while (2 * span < to - from)
            span *= 2;
        g.half[0] = group_make(w, from, from + span);
        g.half[1] = group_make(w, from + span, to);
        group_stand(w, &g);
    }
    w->group[w->ngroup] = g;
    return w->ngroup++;
}

/* ---- what a row takes -------------------------------------------------- */

static i64 take(i64 *term, const Work *w, i64 at, i64 row)
{
    const Group *g = &w->group[at];
    const double sum = w->curves->stretch[row].sum;
    if (g->from > row)
        return 0;
    if (g->half[0] < 0
        || (g->to <= row && g->stands && sum - g->high >= APART * (g->high - g->low))) {
        for (i64 k = 0; k < g->count; k++)
            term[k] = g->first + k;
        return g->count;
    }
    const i64 n = take(term, w, g->half[0], row);
    return n + take(term + n, w, g->half[1], row);
}

static i64 curve_end(const Curves *curves, i64 from)
{
    i64 to = from + 1;
    while (to < curves->nrow && !curves->stretch[to].first)
        to++;
    return to;
}

/* The falls that any row could take: all of one curve, which is more than it
 * does; the list is cut to what it took. */
static void rows_take(Falls *out, Arena *arena, const Work *w,
                      const i64 *root)
{
    const i64 n = w->curves->nrow;
    Arena scratch = { 0 };
    i64 *term = NEW(&scratch, i64, out->count + 1), room = 64 * n + 64;
    out->begin = NEW(arena, i64, n + 1);
    out->term = NEW(arena, i64, room);
    for (i64 i = 0; i < n; i++) {
        const i64 count = take(term, w, root[i], i);
        if (out->begin[i] + count > room) {
            i64 *more = NEW(arena, i64, room = 2 * room + count);
            for (i64 k = 0; k < out->begin[i]; k++)
                more[k] = out->term[k];
            out->term = more;
        }
        for (i64 k = 0; k < count; k++)
            out->term[out->begin[i] + k] = term[k];
        out->begin[i + 1] = out->begin[i] + count;
        out->most = i64_max(out->most, count);
    }
    arena_free(&scratch);
}

Falls falls_make(Arena *arena, const Curves *curves)
{
    const i64 n = curves->nrow;
    Falls out = { .fall = NEW(arena, Fall, n * (STEPWISE + 1 + NODES) + 16) };
    Arena scratch = { 0 };
    Work w = { curves, &out, NEW(&scratch, Group, 2 * n + 1), 0, false };
    i64 *root = NEW(&scratch, i64, n + 1);
    for (i64 from = 0, to; from < n; from = to) {
        to = curve_end(curves, from);
        w.few = to - from <= ROWS_FEW;
        const i64 at = group_make(&w, from, to);
        for (i64 i = from; i < to; i++)
            root[i] = at;
    }
    rows_take(&out, arena, &w, root);
    arena_free(&scratch);
    return out;
}
