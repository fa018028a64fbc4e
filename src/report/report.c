/* report.c - the figures, each as SVG and CSV, the page with all of them, and
 * the planner's. Files appear whole or not at all; the page last, so that its links hold. */

#include "report/report.h"

#include "base/file.h"
#include "report/fig.h"
#include "report/html.h"
#include "report/paper_table.h"
#include "report/report_planner.h"

#include "report/study_card.h"

#include <math.h>

#include <unistd.h>

static bool put_file(const char *dir, const char *name, const char *ending,
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

static bool put_figures(const Plot *plot, const bool *drawn,
                        const char *study_dir, Err *err)
{
    Arena       scratch = { 0 };
    const char *dir = arena_print(&scratch, "%s/figures", study_dir);
    bool        ok  = dir_make(dir, err);
    for (int i = 0; ok && i < fig_count(); i++)
        if (!drawn[i])
            drop_figure(dir, plot[i].name);
        else
            ok = put_file(dir, plot[i].name, ".svg", &plot[i].svg, err)
              && put_file(dir, plot[i].name, ".csv", &plot[i].csv, err);
    arena_free(&scratch);
    return ok;
}

static bool put_page(const Analysis *analysis, const Plot *plot,
                     const bool *drawn, const char *study_dir, Err *err)
{
    Str text = { 0 }, data = { 0 }, planner = { 0 }, table = { 0 };
    Str card = { 0 };
    html_page(&text, analysis, plot, drawn);
    analysis_json(analysis, &data);
    paper_table(&table, analysis);
    study_card(&card, analysis);
    const bool ok = report_planner(&planner, analysis, err)
                 && put_file(study_dir, "planner", ".html", &planner, err)
                 && put_file(study_dir, "fit", ".tex", &table, err)
                 && put_file(study_dir, "card", ".md", &card, err)
                 && put_file(study_dir, "analysis", ".json", &data, err)
                 && put_file(study_dir, "report", ".html", &text, err);
    str_free(&card);
    str_free(&table);
    str_free(&planner);
    str_free(&text);
    str_free(&data);
    return ok;
}

/* The figures of an analysis, closed, and which of them it has. */
typedef struct Drawing {
    Arena arena;
    Plot *plot;
    bool *drawn;
} Drawing;

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

static Drawing draw_all(const Analysis *analysis)
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

static void drawing_free(Drawing *d)
{
    for (int i = 0; i < fig_count(); i++)
        plot_free(&d->plot[i]);
    arena_free(&d->arena);
}

bool report_write(const Analysis *analysis, const char *study_dir, Err *err)
{
    Drawing    d  = draw_all(analysis);
    const bool ok = analysis_keep(analysis, err)
                 && put_figures(d.plot, d.drawn, study_dir, err)
                 && put_page(analysis, d.plot, d.drawn, study_dir, err);
    drawing_free(&d);
    return ok;
}

void report_page(Str *out, const Analysis *analysis)
{
    Drawing d = draw_all(analysis);
    html_page(out, analysis, d.plot, d.drawn);
    drawing_free(&d);
}
