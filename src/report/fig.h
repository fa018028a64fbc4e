/* fig.h - the figures of a report. One file fig_NAME.c and one row in
 * fig_list.h each: report_write, the page and the tests walk the list. */

#ifndef FIG_H
#define FIG_H

#include "report/analysis.h"
#include "report/plot.h"

typedef struct Fig {
    const char *name, *title;
    int         panels;
    const char *see;    /* what to look for                       */
    const char *not;    /* what the figure does not show          */
    /* False, with nothing drawn, where the study has nothing for it. */
    bool (*draw)(Plot *plot, const Analysis *analysis);
} Fig;

int        fig_count(void);
const Fig *fig_at(int index);

#define FIG(name, title, panels, see, not) \
    bool fig_##name(Plot *plot, const Analysis *analysis);
#include "report/fig_list.h"
#undef FIG

/* What figures share ------------------------------------------------------- */

enum { FIG_TEXT = 480 };

/* "parameters N (body+head)", "training text D (bytes)",
 * "held-out loss (nats per byte)"; out holds FIG_TEXT. */
const char *fig_label_n(char *out, const Analysis *analysis);
const char *fig_label_d(char *out, const Analysis *analysis);
const char *fig_label_loss(char *out, const Analysis *analysis);

/* Axes of these, which a page can show in other units. */
Axis fig_axis_n(const Analysis *analysis, Range range, double pad);
Axis fig_axis_d(const Analysis *analysis, Range range, double pad);
Axis fig_axis_c(Range range, double pad);
Axis fig_axis_loss(const Analysis *analysis, bool log, Range range, double pad);

/* The number of a run among all of the study, by which a page knows it; -1 if
 * it is none of them. */
i64 fig_run(const Analysis *analysis, const Run *run);

/* A point that stands for a run: with its number and its words, to which `more`
 * (or NULL) is added. */
void fig_run_point(Plot *plot, const Analysis *analysis, const char *series,
                   Ink ink, Mark mark, double x, double y, const Run *run,
                   const char *more);

/* What to say of a run when it is pointed at. */
const char *fig_hover(char *out, const Analysis *analysis, const Run *run);

double fig_n(const Analysis *analysis, const Run *run);

/* Distinct values, rising, of a number of each run; out holds runs->count. */
i64 fig_distinct(double *out, const RunList *runs, const Analysis *analysis,
                 double (*of)(const Analysis *, const Run *));
double fig_budget(const Analysis *analysis, const Run *run);

/* Which of values[count] is (within rounding) this one; -1 if none. */
i64 fig_index(const double *values, i64 count, double value);

/* x[count] from low to high, evenly in ln x. */
void fig_spaced(double *x, i64 count, double low, double high);

#endif
