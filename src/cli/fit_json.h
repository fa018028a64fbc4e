/* fit_json.h - everything that a fit found out, as one JSON object:
 *
 *     { "scalelaw": "fit-answer", "fits": [chosen objective, the other],
 *       "runs", "holdout", "windows", "noise", "suspects", "without_suspects",
 *       "laws", "groups", "approaches", "conventions" }
 *
 * What was not asked or could not be answered is null, with its reason beside
 * it in "refused". */

#ifndef FIT_JSON_H
#define FIT_JSON_H

#include "cli/fit_answer.h"

void fit_json(Str *out, const FitAnswer *answer);

#endif
