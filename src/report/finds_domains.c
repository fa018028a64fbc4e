/* finds_domains.c - see finds_domains.h. A law is fitted to the runs that began
 * from nothing, on text that was new or nearly so, at a rate that was no sweep's:
 * what else a study did on that corpus is another finding. */

#include "report/finds_domains.h"

#include "report/finds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COL_N, COL_D, COL_C, COL_LOSS, COL_BUDGET, COLS };

/* Four epochs are worth nearly as much as new text.
 * SOURCE: Muennighoff et al. 2023, arXiv:2305.16264. */
static const double EPOCHS_MOST = 4, FACTOR_MOST = 3;

static int by_compute(const void *a, const void *b)
{
    const double x = (*(const Run *const *)a)->flop;
    const double y = (*(const Run *const *)b)->flop;
    return (x > y) - (x < y);
}

/* -- Loss in bits against compute ------------------------------------------ */

/* The best run within each 5 % of compute. */
static void domain_line(Domain *d, Arena *arena)
{
    double *c = NEW(arena, double, d->count + 1);
    double *y = NEW(arena, double, d->count + 1);
    i64     count = 0;
    for (i64 i = 0; i < d->count; i++) {
        const Run *run = d->run[i];
        if (!(run->flop > 0) || !(run->val_bpb > 0))
            continue;
        if (count > 0 && finds_same(c[count - 1], run->flop, 0.05)) {
            y[count - 1] = fmin(y[count - 1], run->val_bpb);
            continue;
        }
        c[count]   = run->flop;
        y[count++] = run->val_bpb;
    }
    finds_power_line(&d->ln_coef, &d->slope, c, y, count);
}

static Domain *domain_of(Domains *all, Arena *arena, const Run *run, i64 room)
{
    const Interval none = { NAN, NAN, NAN };
    const char    *corpus = run->corpus ? run->corpus : "unnamed";
    for (i64 k = 0; k < all->count; k++)
        if (strcmp(all->item[k].corpus, corpus) == 0)
            return &all->item[k];
    all->item[all->count] = (Domain){
        .corpus = corpus, .run = NEW(arena, const Run *, room),
        .e = none, .alpha = none, .beta = none, .least = INFINITY,
        .most = -INFINITY, .entropy = NAN, .entropy_se = NAN,
    };
    return &all->item[all->count++];
}

/* -- The law ---------------------------------------------------------------- */

static bool fits(const Run *run)
{
    const bool rates = run->group && strncmp(run->group, "rates", 5) == 0;
    return !rates && !run->start && !(run->epochs > EPOCHS_MOST);
}

static Table table_of(Arena *arena, const Domain *d, CountN counts)
{
    static const char *const names[COLS] = { "N", "D", "C", "loss", "budget" };
    i64 rows = 0;
    for (i64 i = 0; i < d->count; i++)
        rows += fits(d->run[i]);
    Table table = table_new(arena, COLS, names, rows);
    for (i64 i = 0, at = 0; i < d->count; i++) {
        const Run *run = d->run[i];
        if (!fits(run))
            continue;
        table.column[COL_N][at]      = count_n(run->shape, counts);
        table.column[COL_D][at]      = (double)run->tokens;
        table.column[COL_C][at]      = run->flop;
        table.column[COL_LOSS][at]   = run->val_loss;
        table.column[COL_BUDGET][at] = run->budget;
        table.label[at++]            = run->id;
    }
    return table;
}

/* What refuses is said, and is no failure of the report. */
static bool said(char *words, size_t room, Err *err)
{
    if (err->kind != ERR_REFUSED)
        return false;
    if (words)
        snprintf(words, room, "%.230s", err->text);
    *err = (Err){ 0 };
    return true;
}

static Interval constant(const Fit *fit, const char *name)
{
    const int at = law_param(fit->law, name);
    return (Interval){ fit->theta[at], fit->low[at], fit->high[at] };
}

static bool power_told(const Fit *fit, const char *name)
{
    const Interval x = constant(fit, name);
    return !fit->certificate.unidentified[law_param(fit->law, name)]
        && x.low > 0 && x.high <= FACTOR_MOST * x.low;
}

static void judge(Domain *d)
{
    const Fit *fit = &d->fit;
    d->e = constant(fit, "E");
    d->alpha = constant(fit, "alpha");
    d->beta = constant(fit, "beta");
    d->e_told = d->e.high - d->e.low < d->most - d->least;
    d->alpha_told = power_told(fit, "alpha");
    d->beta_told = power_told(fit, "beta");
    const int told = d->e_told + d->alpha_told + d->beta_told;
    d->told = told == 3                        ? DOMAIN_ALL
            : d->alpha_told || d->beta_told    ? DOMAIN_PART
            : d->e_told && d->entropy > 0      ? DOMAIN_PART
                                               : DOMAIN_NOT;
}

static bool domain_fit(Domain *d, Arena *arena, CountN counts,
                       FitOptions options, Err *err)
{
    const Law     *law;
    IsoflopBudget *budgets;
    i64            nbudget;
    const Table    table = table_of(arena, d, counts);
    options.objective = FIT_HUBER_LOG;
    if (!law_load(&law, arena, "chinchilla", err))
        return false;
    if (fit_law(&d->fit, arena, law, &table, options, err))
        judge(d);
    else if (!said(d->words, sizeof d->words, err))
        return false;
    else
        d->fit = (Fit){ .law = NULL };
    if (isoflop_fit(&budgets, &nbudget, &d->line, arena, &table, options, err))
        return true;
    d->line = (Frontier){ .npoint = 0 };
    return said(NULL, 0, err);
}

bool domains_find(Domains *out, Arena *arena, const RunList *runs,
                  CountN counts, FitOptions options, Err *err)
{
    *out = (Domains){ .item = NEW(arena, Domain, runs->count + 1) };
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        if (!finds_done(run))
            continue;
        Domain *d = domain_of(out, arena, run, runs->count);
        d->run[d->count++] = run;
        d->least = fmin(d->least, run->val_loss);
        d->most  = fmax(d->most, run->val_loss);
        if (run->entropy_nats > 0) {
            d->entropy    = run->entropy_nats;
            d->entropy_se = run->entropy_se;
        }
    }
    for (i64 k = 0; k < out->count; k++) {
        Domain *d = &out->item[k];
        qsort(d->run, (size_t)d->count, sizeof(const Run *), by_compute);
        domain_line(d, arena);
        options.seed++; /* draws of two corpora are independent */
        if ((out->count > 1 || d->entropy > 0)
            && !domain_fit(d, arena, counts, options, err))
            return false;
    }
    return true;
}

const char *domain_told(const Domain *d)
{
    static const char *const part[2][2][2] = {
        { { "nothing told", "beta told" }, { "alpha told", "exponents told" } },
        { { "E told", "beta and E told" },
          { "alpha and E told", "all told" } },
    };
    switch (d->told) {
    case DOMAIN_UNFITTED: return "not fitted";
    case DOMAIN_NOT:      return "not identifiable";
    case DOMAIN_PART:
    case DOMAIN_ALL:      break;
    }
    return part[d->e_told][d->alpha_told][d->beta_told];
}
