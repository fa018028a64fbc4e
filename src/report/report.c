/* report.c - the figures, each as SVG and CSV, the page with all of them, and
 * the planner's. Files appear whole or not at all; the page last, so that its links hold. */

#include "report/report.h"

#include "base/file.h"
#include "report/fig.h"
#include "report/html.h"
#include "report/report_planner.h"

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

static bool put_figures(const Plot *plot, const bool *drawn,
                        const char *study_dir, Err *err)
{
    Arena       scratch = { 0 };
    const char *dir = arena_print(&scratch, "%s/figures", study_dir);
    bool        ok  = dir_make(dir, err);
    for (int i = 0; ok && i < fig_count(); i++)
        ok = !drawn[i]
          || (put_file(dir, plot[i].name, ".svg", &plot[i].svg, err)
              && put_file(dir, plot[i].name, ".csv", &plot[i].csv, err));
    arena_free(&scratch);
    return ok;
}

static bool put_page(const Analysis *analysis, const Plot *plot,
                     const bool *drawn, const char *study_dir, Err *err)
{
    Str text = { 0 }, data = { 0 }, planner = { 0 };
    html_page(&text, analysis, plot, drawn);
    analysis_json(analysis, &data);
    const bool ok = report_planner(&planner, analysis, err)
                 && put_file(study_dir, "planner", ".html", &planner, err)
                 && put_file(study_dir, "analysis", ".json", &data, err)
                 && put_file(study_dir, "report", ".html", &text, err);
    str_free(&planner);
    str_free(&text);
    str_free(&data);
    return ok;
}

bool report_write(const Analysis *analysis, const char *study_dir, Err *err)
{
    Arena arena = { 0 };
    Plot *plot  = NEW(&arena, Plot, fig_count());
    bool *drawn = NEW(&arena, bool, fig_count());
    for (int i = 0; i < fig_count(); i++) {
        const Fig *fig = fig_at(i);
        plot[i]  = plot_open(fig->name, fig->title, fig->panels);
        drawn[i] = fig->draw(&plot[i], analysis);
        plot_close(&plot[i]);
    }
    const bool ok = put_figures(plot, drawn, study_dir, err)
                 && put_page(analysis, plot, drawn, study_dir, err);
    for (int i = 0; i < fig_count(); i++)
        plot_free(&plot[i]);
    arena_free(&arena);
    return ok;
}
