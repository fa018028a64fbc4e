/* curves.h - private to report/: the learning curves of runs, read back from
 * their logs. */

#ifndef CURVES_H
#define CURVES_H

#include "report/analysis.h"

/* Curves of these runs after their warm-up. Runs whose log cannot be read are
 * named in `lost` and left out. */
bool curves_read(Curves *out, Str *lost, Arena *arena, const RunList *runs,
                 CountN counts, const char *runs_dir, Err *err) MUST_USE;

/* Rows [*from, *to) of one run. */
void curves_rows(const Curves *curves, i64 run, i64 *from, i64 *to);

#endif
