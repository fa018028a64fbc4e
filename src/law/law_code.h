/* law_code.h - private to this room: a law of code behind the contract of
 * law.h. */

#ifndef LAW_CODE_H
#define LAW_CODE_H

#include "law/law.h"

const char *law_code_names(Arena *arena); /* "multipower, tissue" */

/* law->code is set: fills the rest, as law_compile does. */
bool law_code_compile(Law *law, Arena *arena, Err *err) MUST_USE;

void law_code_eval(double *out, double *jac, double *hess, const Law *law,
                   const double *theta, double *const *column, i64 nrow);

/* code->eval over what was prepared, and its results tamed. */
void law_code_run(double *out, double *jac, double *hess, const Law *law,
                  const void *prepared, const double *theta, i64 nrow);

/* What law.h promises of overflow: a value that is NaN is given as +inf; a
 * derivative that is not finite, or of a value that is not, as 0. slope is
 * [count][nrow], or NULL. */
void law_tame(double *value, i64 nrow);
void law_tame_slopes(double *slope, int count, const double *value, i64 nrow);

#endif
