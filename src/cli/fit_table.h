/* fit_table.h - what a fit is given: a study's runs, or files from elsewhere
 * (store/import.h), as a table whose columns have the letters of the law. */

#ifndef FIT_TABLE_H
#define FIT_TABLE_H

#include "law/law.h"

typedef struct FitInput {
    const char *source;  /* study, file, or folder of files                 */
    const char *map;     /* "N=params,D=tokens", NULL: known names          */
    const char *n;       /* which N of a study; NULL: the study's own       */
    const char *where;   /* SQL for a study; "a < 1 and b = 0" for a file   */
    const char *format;  /* of a file; NULL: by its content                 */
    bool        skip_bad;
    bool        curves;  /* all logged points, not only the last of a run   */
} FitInput;

/* Rows of an Opt table that fill a FitInput (`input`, no pointer). */
#define FIT_INPUT_OPTS(input)                                              \
    { "map", "N=COL,...", "which columns hold the law's N, D, loss, where " \
      "their names are not known", .text = &(input).map },                 \
    { "format", "NAME", "of a file: csv, jsonl, wandb, trainer_state, llmc, " \
      "nanochat, tensorboard (found from its content)",                    \
      .text = &(input).format },                                           \
    { "n", "WHICH", "what N counts in a study: body, body+head, total, "   \
      "flop", .text = &(input).n },                                        \
    { "where", "CONDITION", "only these runs: SQL for a study, \"a < 1 and " \
      "b = 'x'\" for a file", .text = &(input).where },                    \
    { "curves", NULL, "every logged point of a run, not only its last, with " \
      "a column `cluster` that names the run", .flag = &(input).curves },  \
    { "skip-bad", NULL, "leave out rows without a number above 0, naming " \
      "them", .flag = &(input).skip_bad }

/* *counts: what N counts, or NULL where a file does not say. Says on stderr
 * what was read as what, what was derived and what was left out. */
bool fit_table(Table *out, const char **counts, Arena *arena,
               const FitInput *input, const Law *law, Err *err) MUST_USE;

#endif
