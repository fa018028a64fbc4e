/* report.c - the page with all figures, and the planner's. Files appear whole or
 * not at all; the page last, so that its links hold. */

#include "report/report.h"

#include "base/file.h"
#include "report/drawing.h"
#include "report/html.h"
#include "report/paper_table.h"
#include "report/report_planner.h"
#include "report/study_card.h"

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
                 && drawing_file(study_dir, "planner", ".html", &planner, err)
                 && drawing_file(study_dir, "fit", ".tex", &table, err)
                 && drawing_file(study_dir, "card", ".md", &card, err)
                 && drawing_file(study_dir, "analysis", ".json", &data, err)
                 && drawing_file(study_dir, "report", ".html", &text, err);
    str_free(&card);
    str_free(&table);
    str_free(&planner);
    str_free(&text);
    str_free(&data);
    return ok;
}

bool report_write(const Analysis *analysis, const char *study_dir, Err *err)
{
    Drawing    d  = drawing_make(analysis);
    const bool ok = analysis_keep(analysis, err)
                 && drawing_write(&d, study_dir, INT64_MAX, NULL, err)
                 && put_page(analysis, d.plot, d.drawn, study_dir, err);
    drawing_free(&d);
    return ok;
}

void report_page(Str *out, const Analysis *analysis)
{
    Drawing d = drawing_make(analysis);
    html_page(out, analysis, d.plot, d.drawn);
    drawing_free(&d);
}
