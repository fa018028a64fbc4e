/* suspect.c - see suspect.h.
 *
 * That a larger run on more data ends lower holds for every law that is kept
 * here, whatever its form; so a run that ends clearly higher has failed, or was
 * set up otherwise. Three per cent is far above the noise between seeds (half a
 * per cent is common), so ordinary scatter is not accused. */

#include "fit/suspect.h"

#include "fit/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double WORSE = 0.03, SAME_LOSS = 0.01, FAR = 5;
static const double SD_LEAST = 1e-4; /* of ln L: nothing is known more closely */
enum { PLATEAU_LEAST = 3, COMPARISONS_MOST = 8000000 };

const char *suspect_kind(SuspectKind kind)
{
    return kind == SUSPECT_WORSE     ? "worse than a smaller run"
           : kind == SUSPECT_PLATEAU ? "stuck at a plateau"
         : kind == SUSPECT_COPY    ? "copy"
                                     : "outlier";
}

/* ---- by the losses alone ----------------------------------------------- */

typedef struct Sizes {
    const double *loss;
    int           nmore, nsame;
    const double *more[LAW_COLUMNS_MAX + 4]; /* of which more is better */
    const double *same[LAW_COLUMNS_MAX];
} Sizes;

static const char *const BETTER_BY_MORE[] = { "N", "D", "C", "S" };

static bool better_by_more(const char *column)
{
    for (int i = 0; i < COUNT_OF(BETTER_BY_MORE); i++)
        if (strcmp(BETTER_BY_MORE[i], column) == 0)
            return true;
    return false;
}

/* A law of N alone does not say that two runs had the same text: what the table
 * knows of it counts as well. */
static void sizes_beside(Sizes *out, const Law *law, const Table *runs)
{
    for (int i = 0; i < COUNT_OF(BETTER_BY_MORE); i++) {
        const double *column = table_column(runs, BETTER_BY_MORE[i]);
        bool of_law = false;
        for (int c = 0; c < law->ncolumn; c++)
            of_law = of_law || strcmp(law->column[c], BETTER_BY_MORE[i]) == 0;
        if (column && !of_law)
            out->more[out->nmore++] = column;
    }
}

static bool sizes_of(Sizes *out, const Law *law, const Table *runs)
{
    *out = (Sizes){ .loss = table_column(runs, law->response) };
    if (!out->loss || strcmp(law->response, "loss") != 0)
        return false;
    for (int c = 0; c < law->ncolumn; c++) {
        const double *column = table_column(runs, law->column[c]);
        if (!column)
            return false;
        if (better_by_more(law->column[c]))
            out->more[out->nmore++] = column;
        else
            out->same[out->nsame++] = column;
    }
    if (out->nmore == 0)
        return false;
    sizes_beside(out, law, runs);
    return true;
}

/* Whether row `a` had no more of anything than row `b`. */
static bool no_larger(const Sizes *s, i64 a, i64 b)
{
    for (int c = 0; c < s->nmore; c++)
        if (!(s->more[c][a] <= s->more[c][b]))
            return false;
    for (int c = 0; c < s->nsame; c++)
        if (!(s->same[c][a] == s->same[c][b]))
            return false;
    return true;
}

/* The lowest loss among runs no larger than `row`, -1 if none beats it. In a
 * very large table every row is held against as many, evenly chosen, as time
 * allows. */
static i64 beaten_by(const Sizes *s, i64 row, i64 n)
{
    const i64 stride = i64_max(1, n * n / COMPARISONS_MOST);
    i64 best = -1;
    for (i64 i = 0; i < n; i += stride)
        if (s->loss[i] * (1 + WORSE) < s->loss[row]
            && (best < 0 || s->loss[i] < s->loss[best])
            && no_larger(s, i, row))
            best = i;
    return best;
}

static Suspect *append(Suspects *list, i64 row, SuspectKind kind)
{
    Suspect *one = &list->item[list->count++];
    *one = (Suspect){ .row = row, .kind = kind };
    return one;
}

/* How many of sorted[n] are below x. */
static i64 below(const double *sorted, i64 n, double x)
{
    i64 low = 0, high = n;
    while (low < high) {
        const i64 middle = (low + high) / 2;
        if (sorted[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many beaten runs, whose losses are sorted, ended within half a per cent
 * of this one. */
static i64 at_this_loss(const double *sorted, i64 n, double loss)
{
    return below(sorted, n, loss * (1 + SAME_LOSS / 2))
         - below(sorted, n, loss * (1 - SAME_LOSS / 2));
}

static const char *label_of(const Table *runs, i64 row)
{
    return runs->label && runs->label[row] ? runs->label[row] : "a run";
}

static void say_worse(Suspect *one, const Sizes *s, const Table *runs, i64 by)
{
    snprintf(one->words, sizeof one->words, "loss %.4g, %.1f %% above %.80s, "
             "which was no larger", s->loss[one->row],
             100 * (s->loss[one->row] / s->loss[by] - 1), label_of(runs, by));
}

static void say_plateau(Suspect *one, const Sizes *s, i64 count)
{
    snprintf(one->words, sizeof one->words, "loss %.4g, within half a per cent "
             "of %lld runs that smaller ones beat", s->loss[one->row],
             (long long)count);
}

static void say_copy(Suspect *one, const Table *runs, i64 of)
{
    snprintf(one->words, sizeof one->words, "every cell as in %.80s",
             label_of(runs, of));
}

Suspects suspects_by_loss(Arena *arena, const Law *law, const Table *runs)
{
    Sizes s;
    Suspects out = { 0 };
    const i64 n = runs->nrow;
    if (!sizes_of(&s, law, runs))
        return out;
    i64 *beaten = NEW(arena, i64, n), accused = 0;
    double *sorted = NEW(arena, double, n);
    const i64 *first = copies_of(arena, runs);
    for (i64 i = 0; i < n; i++)
        if ((beaten[i] = beaten_by(&s, i, n)) >= 0)
            sorted[accused++] = s.loss[i];
    qsort(sorted, (size_t)accused, sizeof *sorted, reals_by_size);
    out.item = NEW(arena, Suspect, n + 1);
    for (i64 i = 0; i < n; i++) {
        const i64 alike = at_this_loss(sorted, accused, s.loss[i]);
        if (alike >= PLATEAU_LEAST)
            say_plateau(append(&out, i, SUSPECT_PLATEAU), &s, alike);
        else if (beaten[i] >= 0)
            say_worse(append(&out, i, SUSPECT_WORSE), &s, runs, beaten[i]);
        else if (first[i] >= 0)
            say_copy(append(&out, i, SUSPECT_COPY), runs, first[i]);
    }
    return out;
}

/* ---- by a fit ---------------------------------------------------------- */

typedef struct Residuals { i64 n; double *ln, *share; } Residuals;

/* share[i]: how much of a row's own value is in its fitted one (leverage). */
static void leverage(Residuals *r, Arena *arena, const Fit *fit,
                     const double *value, double *jac)
{
    const int p = fit->law->nparam;
    double *gram = NEW(arena, double, p * p);
    double own[P_MAX] = { 0 }, solved[P_MAX];
    for (int a = 0; a < p; a++) {
        const double unit = fabs(fit->theta[a]) > 0 ? fabs(fit->theta[a]) : 1;
        for (i64 i = 0; i < r->n; i++)
            jac[a * r->n + i] *= unit / value[i];
    }
    for (int a = 0; a < p; a++)
        for (int b = 0; b < p; b++)
            gram[a * p + b] = sum_dot(jac + a * r->n, jac + b * r->n, r->n);
    for (i64 i = 0; i < r->n; i++) {
        for (int a = 0; a < p; a++)
            own[a] = jac[a * r->n + i];
        if (!small_solve(solved, gram, own, p))
            return;
        r->share[i] = fmin(0.99, sum_dot(own, solved, p));
    }
}

static Residuals residuals_of(Arena *arena, const Fit *fit, const Table *runs)
{
    const i64 n = runs->nrow;
    Residuals r = { n, NEW(arena, double, n), NEW(arena, double, n) };
    double *value = NEW(arena, double, n), *column[LAW_COLUMNS_MAX];
    double *jac = NEW(arena, double, fit->law->nparam * n);
    const double *y = table_column(runs, fit->law->response);
    for (int c = 0; c < fit->law->ncolumn; c++)
        column[c] = table_column(runs, fit->law->column[c]);
    law_eval(value, jac, NULL, fit->law, fit->theta, column, n);
    for (i64 i = 0; i < n; i++)
        r.ln[i] = log(y[i] / value[i]);
    leverage(&r, arena, fit, value, jac);
    return r;
}

/* 1.4826 times the median size: the standard deviation of normal residuals,
 * and hardly moved by a few that are not. */
static double robust_sd(Arena *arena, const Residuals *r)
{
    double *size = NEW(arena, double, r->n + 1);
    for (i64 i = 0; i < r->n; i++)
        size[i] = fabs(r->ln[i]);
    qsort(size, (size_t)r->n, sizeof *size, reals_by_size);
    return fmax(SD_LEAST, 1.4826 * size[r->n / 2]);
}

static bool listed(const Suspects *list, i64 row)
{
    for (i64 i = 0; list && i < list->count; i++)
        if (list->item[i].row == row)
            return true;
    return false;
}

Suspects suspects_by_fit(Arena *arena, const Fit *fit, const Table *runs,
                         const Suspects *known)
{
    Suspects out = { .item = NEW(arena, Suspect, runs->nrow + 1) };
    const Residuals r = residuals_of(arena, fit, runs);
    const double sd = robust_sd(arena, &r);
    for (i64 i = 0; i < r.n; i++) {
        const double far = r.ln[i] / (sd * sqrt(1 - r.share[i]));
        if (!(fabs(far) > FAR) || listed(known, i))
            continue;
        Suspect *one = append(&out, i, SUSPECT_OUTLIER);
        snprintf(one->words, sizeof one->words, "%.1f %% %s the fit, %.1f "
                 "times the usual scatter of %.2g %%",
                 100 * fabs(expm1(r.ln[i])), far > 0 ? "above" : "below",
                 fabs(far), 100 * sd);
    }
    return out;
}

/* ---- lists ------------------------------------------------------------- */

static int by_row(const void *a, const void *b)
{
    const Suspect *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

Suspects suspects_join(Arena *arena, const Suspects *a, const Suspects *b)
{
    Suspects out = { .count = a->count + b->count };
    out.item = NEW(arena, Suspect, out.count + 1);
    for (i64 i = 0; i < a->count; i++)
        out.item[i] = a->item[i];
    for (i64 i = 0; i < b->count; i++)
        out.item[a->count + i] = b->item[i];
    qsort(out.item, (size_t)out.count, sizeof *out.item, by_row);
    return out;
}

Table suspects_without(Arena *arena, const Table *runs, const Suspects *out)
{
    bool *keep = NEW(arena, bool, runs->nrow);
    for (i64 i = 0; i < runs->nrow; i++)
        keep[i] = true;
    for (i64 i = 0; i < out->count; i++)
        keep[out->item[i].row] = false;
    return table_where(arena, runs, keep);
}
