/* results.h - a study's outcome as a folder small enough to keep beside the code
 * that made it:
 *
 *     README.md       what was found, in words and tables; machine, cost,
 *                     commands; surprises.md in its place
 *     surprises.md    by hand: read, never written
 *     NAME.study      the configuration that it was run by
 *     runs.csv        a row a run
 *     figures/        SVG, and the numbers of each as CSV; the largest not
 *     tables/         the findings, as CSV
 *     prediction.json and its seal, where the study has one */

#ifndef RESULTS_H
#define RESULTS_H

#include "report/analysis.h"

/* What was there of an earlier making is replaced, or taken away where the
 * study no longer has it; surprises.md stays. */
bool results_write(const Analysis *analysis, const char *dir, Err *err)
    MUST_USE;

/* Where runs overlapped, and for how long any was under way at all. Part of the
 * README, and a number of its own for tests. */
typedef struct ResultsTime {
    double first, last;  /* s since 1970, UTC; NaN: not recorded            */
    double busy_s;       /* in which at least one run was under way         */
    double runs_s;       /* the runs' own time, one after the other         */
} ResultsTime;

ResultsTime results_time(const RunList *runs);

#endif
