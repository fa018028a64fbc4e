/* drawing.c - see drawing.h. */

#include "report/drawing.h"

#include "base/file.h"

#include <math.h>
#include <unistd.h>

bool drawing_file(const char *dir, const char *name, const char *ending,
                  const Str *text, Err *err)
{
    Arena      scratch = { 0 };
    const bool ok = file_write(arena_print(&scratch, "%s/%s%s", dir, name,
                                           ending),
                               text->text, text->size, err);
    arena_free(&scratch);
    return ok;
}

/* What an earlier report drew of runs that are no more would be of no run. */
static void drop_figure(const char *dir, const char *name)
{
    static const char *const endings[] = { ".svg", ".csv", ".png", ".pdf" };
    Arena scratch = { 0 };
    for (int i = 0; i < COUNT_OF(endings); i++)
        unlink(arena_print(&scratch, "%s/%s%s", dir, name, endings[i]));
    arena_free(&scratch);
}

/* A figure with very many points is one for the report alone. */
static bool put_figure(const Plot *plot, const char *dir, i64 most, Str *large,
                       Err *err)
{
    if (plot->svg.size + plot->csv.size > most) {
        drop_figure(dir, plot->name);
        if (large)
            str_add(large, "%s%s (%lld kB)", large->size ? ", " : "",
                    plot->name,
                    (long long)(plot->svg.size + plot->csv.size) / 1000);
        return true;
    }
    return drawing_file(dir, plot->name, ".svg", &plot->svg, err)
        && drawing_file(dir, plot->name, ".csv", &plot->csv, err);
}

bool drawing_write(const Drawing *d, const char *into, i64 most, Str *large,
                   Err *err)
{
    Arena       scratch = { 0 };
    const char *dir = arena_print(&scratch, "%s/figures", into);
    bool        ok  = dir_make(dir, err);
    for (int i = 0; ok && i < fig_count(); i++)
        if (!d->drawn[i])
            drop_figure(dir, d->plot[i].name);
        else
            ok = put_figure(&d->plot[i], dir, most, large, err);
    arena_free(&scratch);
    return ok;
}

/* Sizes of all runs, rising, by every count. A size that would fall by one of
 * them while it rises by another is passed over: between sizes a page reads N by
 * another count off this list. */
static PlotUnits units_of(Arena *arena, const Analysis *a)
{
    PlotUnits u = { .bits = 1 / (log(2) * a->info.bytes_per_token),
                    .base = (int)a->cost.counts };
    double *at[PLOT_COUNTS];
    double *n    = NEW(arena, double, a->runs.count + 1);
    Shape  *of   = NEW(arena, Shape, a->runs.count + 1);
    i64     many = 0;
    for (i64 i = 0; i < a->runs.count; i++) {
        const double size = fig_n(a, &a->runs.run[i]);
        i64 k = many;
        if (!(size > 0) || fig_index(n, many, size) >= 0)
            continue;
        for (; k > 0 && n[k - 1] > size; k--) {
            n[k]  = n[k - 1];
            of[k] = of[k - 1];
        }
        n[k]  = size;
        of[k] = a->runs.run[i].shape;
        many++;
    }
    for (int k = 0; k < PLOT_COUNTS; k++)
        u.at[k] = at[k] = NEW(arena, double, many + 1);
    for (i64 i = 0; i < many; i++) {
        bool rises = true;
        for (int k = 0; k < PLOT_COUNTS; k++) {
            at[k][u.shapes] = count_n(of[i], (CountN)k);
            rises = rises && (u.shapes == 0
                              || at[k][u.shapes] > at[k][u.shapes - 1]);
        }
        u.shapes += rises;
    }
    return u;
}

Drawing drawing_make(const Analysis *analysis)
{
    Drawing d = { 0 };
    const PlotUnits units = units_of(&d.arena, analysis);
    d.plot  = NEW(&d.arena, Plot, fig_count());
    d.drawn = NEW(&d.arena, bool, fig_count());
    for (int i = 0; i < fig_count(); i++) {
        const Fig *fig = fig_at(i);
        d.plot[i]  = plot_open(fig->name, fig->title, fig->panels);
        d.plot[i].units = units;
        d.drawn[i] = fig->draw(&d.plot[i], analysis);
        plot_close(&d.plot[i]);
    }
    return d;
}

void drawing_free(Drawing *d)
{
    for (int i = 0; i < fig_count(); i++)
        plot_free(&d->plot[i]);
    arena_free(&d->arena);
}
