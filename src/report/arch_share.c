/* arch_share.c - declared in arch_share.h. Four laws, each within the next:
 *
 *     all shared                 E + A/N^alpha + B/D^beta
 *     floor and powers shared    A and B of each
 *     powers shared              E, A and B of each
 *     none                       a law of each
 *
 * judged by BIC at the least squares of ln L; and the last two, which is the
 * question that Kaplan's figure 7 asks, by their likelihood ratio as well,
 * n ln(S_shared/S_none), which is chi^2 with two degrees of freedom, so that
 * p = exp(-ratio/2); and by the intervals of the differences. A difference is
 * claimed where BIC falls by more than 6 (strong evidence, Kass and Raftery
 * 1995), sharing where BIC rises by more than 2 and both intervals hold 0. */

#include "report/arch_share.h"

#include "fit/holdout.h"

#include <math.h>

static const double STRONG = 6, SOME = 2;

const char *arch_share_name(ArchShare share)
{
    static const char *const name[] = {
        [ARCH_ALL]      = "everything",
        [ARCH_E_POWERS] = "the floor E and both exponents",
        [ARCH_POWERS]   = "both exponents",
        [ARCH_NONE]     = "nothing",
    };
    return name[share];
}

enum { COL_N, COL_D, COL_LOSS, COLS };

static Table table_of(Arena *arena, const Archs *a, CountN counts,
                      const char *const *group)
{
    static const char *const names[COLS] = { "N", "D", "loss" };
    const i64 n = a->side[0].count + a->side[1].count;
    double   *code = NEW(arena, double, n + 1);
    Table     table = table_new(arena, COLS, names, n);
    i64       row = 0;
    for (int k = 0; k < 2; k++)
        for (i64 i = 0; i < a->side[k].count; i++, row++) {
            const Run *run = a->side[k].run[i];
            table.column[COL_N][row]    = count_n(run->shape, counts);
            table.column[COL_D][row]    = (double)run->tokens;
            table.column[COL_LOSS][row] = run->val_loss;
            table.label[row]            = run->id;
            code[row]                   = k;
        }
    return law_group_columns(arena, &table, code, group, 2);
}

static bool laws_of(const Law *out[ARCH_SHARES], Arena *arena,
                    const char *const *group, Err *err)
{
    static const char *const own[] = { "A", "B", "E" };
    const TextList factors = { 2, own }, floors = { 3, own }, all = { 0, NULL };
    return law_load(&out[ARCH_ALL], arena, "chinchilla", err)
        && law_group(&out[ARCH_E_POWERS], arena, out[ARCH_ALL], &factors, group,
                     2, err)
        && law_group(&out[ARCH_POWERS], arena, out[ARCH_ALL], &floors, group, 2,
                     err)
        && law_group(&out[ARCH_NONE], arena, out[ARCH_ALL], &all, group, 2,
                     err);
}

static bool holds_zero(Interval x)
{
    return x.low <= 0 && x.high >= 0;
}

static void judge(Archs *out, i64 rows)
{
    const double with = out->model[ARCH_POWERS].bic;
    const double none = out->model[ARCH_NONE].bic;
    out->likelihood = with - none + 2 * log((double)rows);
    out->p = exp(-fmax(out->likelihood, 0) / 2);
    if (with - none > STRONG)
        out->verdict = ARCH_APART;
    else if (none - with > SOME && holds_zero(out->alpha)
             && holds_zero(out->beta))
        out->verdict = ARCH_SHARED;
}

bool arch_share(Archs *out, Arena *arena, CountN counts, FitOptions options,
                Err *err)
{
    const char *group[] = { out->side[0].arch, out->side[1].arch };
    const Law  *law[ARCH_SHARES];
    LawScore    score[ARCH_SHARES];
    if (!laws_of(law, arena, group, err))
        return false;
    const Table table = table_of(arena, out, counts, group);
    options.objective = FIT_SQUARES_LOG;
    options.resamples = 0;
    if (!fit_compare(score, arena, law, ARCH_SHARES, &table, 0, options, err)) {
        if (err->kind != ERR_REFUSED)
            return false;
        *err = (Err){ 0 };
        return true;
    }
    for (int k = 0; k < ARCH_SHARES; k++) {
        const bool no = score[k].refused;
        out->model[k] = (ArchModel){ law[k]->nparam, no ? NAN : score[k].bic,
                                     no ? NAN : score[k].aicc };
        if (!no && (out->best < 0
                    || score[k].bic < out->model[out->best].bic))
            out->best = k;
    }
    judge(out, table.nrow);
    return true;
}
