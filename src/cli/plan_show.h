/* plan_show.h - an answer as tables for people: keys are rows, `by` are columns,
 * intervals stand below their values; at most 100 columns wide. */

#ifndef PLAN_SHOW_H
#define PLAN_SHOW_H

#include "plan/answer.h"

#include <stdio.h>

/* With `explain` each equation follows its table, with its source. */
void plan_show(FILE *out, const Answer *answer, bool explain);

enum { PLAN_CELL = 96 };
/* One number in the manner of its unit; NaN: an en dash. */
const char *plan_number(char out[PLAN_CELL], double value, AnswerUnit unit);

#endif
