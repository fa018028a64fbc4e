/* law_read.h - private to this room: the parts of reading a law file. */

#ifndef LAW_READ_H
#define LAW_READ_H

#include "law/formula.h"
#include "law/law.h"

/* law_compile with the counts that [index] names. */
bool law_compile_with(Law *law, Arena *arena, const FormulaNames *indices,
                      Err *err) MUST_USE;

/* "E" of "param.E", NULL if the section is of another kind. */
const char *law_below(const char *section, const char *prefix);

bool law_need(const Conf *conf, const char *section, const char *key,
              Err *err) MUST_USE;

/* law_where.c: puts in what `where` says that names in the formula stand for. */
bool law_where(Law *law, Arena *arena, const Conf *conf, Err *err) MUST_USE;

/* law_read_param.c: [index], [param.NAME] and their counts. */
bool law_read_indices(FormulaNames *indices, const Conf *conf, Err *err)
    MUST_USE;
bool law_read_params(Law *law, Arena *arena, const Conf *conf,
                     const FormulaNames *indices, Err *err) MUST_USE;

/* law_read_sets.c: what needs to know the columns, [column.NAME] and
 * [published.NAME]. */
bool law_read_columns(Law *law, const Conf *conf, Err *err) MUST_USE;
bool law_read_published(Law *law, Arena *arena, const Conf *conf, Err *err)
    MUST_USE;

#endif
