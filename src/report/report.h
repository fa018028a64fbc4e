/* report.h - one self-contained HTML file, and each figure as SVG and CSV. */

#ifndef REPORT_H
#define REPORT_H

#include "report/analysis.h"

/* Everything that is a file of the study: its fits, figures, pages. */
bool report_write(const Analysis *analysis, const char *study_dir, Err *err)
    MUST_USE;

/* The page alone, into memory: for whoever serves it. Writes nothing. */
void report_page(Str *out, const Analysis *analysis);

#endif
