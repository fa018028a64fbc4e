/* runs_show.h - run records for people: many as a table, one in full. */

#ifndef RUNS_SHOW_H
#define RUNS_SHOW_H

#include "store/run.h"

#include <stdio.h>

void runs_show_table(const RunList *runs, FILE *out);

/* All fields with what they mean, and how far its log goes. */
bool runs_show_one(const Run *run, const char *runs_dir, FILE *out, Err *err)
    MUST_USE;

/* "24 runs in out/demo: 23 done, 1 plateau" */
void runs_show_sum(const RunList *runs, const char *dir, FILE *out);

#endif
