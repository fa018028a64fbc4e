/* finds_convention.c - how the exponent of N_opt depends on what is called N
 * and what is called C: approach 2 asked again of the same runs.
 *
 * SOURCE: Porian et al. 2024, arXiv:2406.19146; Pearce and Song 2024,
 *         arXiv:2406.12907, who trace most of the quarrel to it. */

#include "report/finds.h"

#include <math.h>

enum { COL_N, COL_D, COL_C, COL_LOSS, COL_BUDGET, COLS };

static Table table_of(Arena *arena, const RunList *runs, CountN counts,
                      bool six_nd)
{
    static const char *const names[COLS] = { "N", "D", "C", "loss", "budget" };
    Table table = table_new(arena, COLS, names, runs->count);
    for (i64 i = 0; i < runs->count; i++) {
        const Run   *run = &runs->run[i];
        const double d   = (double)run->tokens;
        table.column[COL_N][i]    = count_n(run->shape, counts);
        table.column[COL_D][i]    = d;
        table.column[COL_C][i]    = six_nd ? 6 * (double)run->params.total * d
                                           : run->flop;
        table.column[COL_LOSS][i]   = run->val_loss;
        table.column[COL_BUDGET][i] = run->budget;
        table.label[i]              = run->id;
    }
    return table;
}

void conventions_find(Conventions *out, const RunList *fitted,
                      FitOptions options)
{
    *out = (Conventions){ 0 };
    options.resamples = i64_min(options.resamples, 200);
    for (int k = 0; k < 8; k++) {
        Arena          scratch = { 0 };
        Err            err = { 0 };
        IsoflopBudget *budget;
        Frontier       line;
        i64            count;
        Convention    *one = &out->item[out->count++];
        *one = (Convention){ .counts = (CountN)(k % 4), .six_nd = k >= 4,
                             .a = { NAN, NAN, NAN } };
        const Table table = table_of(&scratch, fitted, one->counts,
                                     one->six_nd);
        if (isoflop_fit(&budget, &count, &line, &scratch, &table, options,
                        &err))
            one->a = line.a;
        arena_free(&scratch);
    }
}
