/* report.h - one self-contained HTML file, and each figure as SVG and CSV. */

#ifndef REPORT_H
#define REPORT_H

#include "report/analysis.h"

bool report_write(const Analysis *analysis, const char *study_dir, Err *err)
    MUST_USE;

#endif
