/* finds_kaplan_axis.c - the loss along one axis: a power law, or a power law
 * that falls to a floor?
 *
 * Kaplan's own laws have no floor. Near one they must fail; whether the runs
 * are near enough to show it is decided by Schwarz's criterion, in which each
 * run counts once, however many of its points stand on an envelope.
 *
 * SOURCE: Schwarz 1978, Annals of Statistics 6:461. */

#include "report/finds.h"

#include <math.h>
#include <string.h>

Interval kaplan_constant(const KaplanFit *fit, const char *name)
{
    const Law *law = fit->fit.law;
    const int  at  = law ? law_param(law, name) : -1;
    if (at < 0)
        return (Interval){ NAN, NAN, NAN };
    return (Interval){ fit->fit.theta[at], fit->fit.low[at],
                       fit->fit.high[at] };
}

static double bic(const Fit *fit, double m)
{
    return 2 * m * log(fit->rmse_log) + fit->law->nparam * log(m);
}

static Table table_of(Arena *arena, const KaplanAxis *axis, const char *x,
                      const char *y, const char **cluster)
{
    const char *names[] = { x, y };
    const char **drawn  = NEW(arena, const char *, axis->count + 1);
    Table table = table_new(arena, 2, names, axis->count);
    table.nrow = 0;
    for (i64 i = 0; i < axis->count; i++) {
        const i64 row = table.nrow;
        if (!axis->counted[i])
            continue;
        table.column[0][row] = axis->x[i];
        table.column[1][row] = axis->loss[i];
        table.label[row]     = axis->run[i] ? axis->run[i]->id : "envelope";
        drawn[row]           = cluster ? cluster[i] : "";
        table.nrow++;
    }
    if (cluster)
        table_add_text(&table, arena, "cluster", drawn);
    return table;
}

static i64 different(const Table *table)
{
    const char **cluster = table_text(table, "cluster");
    i64 count = 0;
    for (i64 i = 0; i < table->nrow; i++) {
        bool seen = false;
        for (i64 k = 0; cluster && k < i && !seen; k++)
            seen = strcmp(cluster[k], cluster[i]) == 0;
        count += !seen;
    }
    return count;
}

bool kaplan_axis_fit(KaplanAxis *axis, Arena *arena, const char *power,
                     const char *column, const char **cluster,
                     FitOptions options, Err *err)
{
    const Table by_power = table_of(arena, axis, column, "loss", cluster);
    const Table by_floor = table_of(arena, axis, "x", "y", cluster);
    axis->gain     = NAN;
    axis->clusters = different(&by_power);
    if (!kaplan_fit(&axis->power, arena, power, &by_power, options, err)
        || !kaplan_fit(&axis->floor, arena, "power-floor", &by_floor, options,
                       err))
        return false;
    const Fit   *a = &axis->power.fit, *b = &axis->floor.fit;
    const double m = (double)axis->clusters;
    if (a->law && b->law && a->rmse_log > 1e-9 && b->rmse_log > 1e-9)
        axis->gain = bic(a, m) - bic(b, m);
    return true;
}
