/* table_noise.c - the noise of a loss from seed to seed, and what it does to
 * the intervals of predictions. */

#include "report/find_table.h"

#include <math.h>

static void row(FindTable *t, const NoiseSet *s)
{
    find_row(t);
    find_number(t, s->n);
    find_number(t, s->d);
    find_number(t, (double)s->count);
    find_number(t, exp(s->mean));
    find_interval(t, (Interval){ 100 * s->sd.value, 100 * s->sd.low,
                                 100 * s->sd.high });
    find_number(t, 100 * s->eval_se);
}

bool table_noise(FindTable *out, Arena *arena, const Analysis *a)
{
    const Noise *n = &a->finds.noise;
    if (n->count == 0)
        return false;
    *out = find_table(arena, "Noise from seed to seed");
    find_verdict(out, "From seed to seed a loss moves by %.2f %% (sd of ln L; "
                 "95 %%: %.2f to %.2f), by %lld repeats beyond the first.%s%s",
                 100 * n->sd.value, 100 * n->sd.low, 100 * n->sd.high,
                 (long long)n->freedom, a->chosen ? " " : "",
                 a->chosen ? analysis_scatter_words(arena, a) : "");
    find_column(out, "N", "n", CELL_SI, 0);
    find_column(out, "D", "d", CELL_SI, 0);
    find_column(out, "seeds", "seeds", CELL_COUNT, 0);
    find_column(out, "loss", "loss", CELL_FIXED, 4);
    find_column(out, "sd of runs, %", "sd_percent", CELL_FIXED, 2);
    find_column(out, "se of the held-out text, %", "eval_se_percent",
                CELL_FIXED, 2);
    for (i64 k = 0; k < n->count; k++)
        row(out, &n->set[k]);
    find_note(out, "Intervals by chi-square, as if ln L scattered normally. "
              "The error of measuring on so many held-out tokens is the same "
              "for all runs of this corpus: it moves them together, and is no "
              "part of the first.");
    return true;
}
