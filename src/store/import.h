/* import.h - runs from elsewhere, as a table: CSV (also the exports of Weights
 * & Biases and of nanochat), JSON Lines, a trainer_state.json of Hugging
 * Face, a main.log of llm.c, TensorBoard event files, a folder of any of these;
 * each of them also as .gz.
 *
 * What a file is is found from its content, and said; --format names it where
 * that is wrong. Names of columns that are common for a thing (params, n_params,
 * tokens, train_tokens, flops, val_loss, eval/loss ...) are known as N, D, C, S,
 * loss where no column has that letter, and each such reading is said. All
 * other columns are kept. Cells may have units (70B, 1.4T, 3 PF-days). Of N, D
 * and C the third is taken from the other two by C = 6 N D.
 *
 * A table has a run a row, or is a log, of one run or of many: then the last
 * logged loss of each run is its row, with what was logged by then. In a folder
 * each file, or folder of files, is a run. */

#ifndef IMPORT_H
#define IMPORT_H

#include "base/str.h"
#include "base/table.h"

typedef struct ImportOptions {
    const char *format;  /* csv jsonl wandb trainer_state llmc nanochat
                            tensorboard; NULL: by content                     */
    const char *map;     /* "N=params,D=tokens,loss=val/loss"; NULL           */
    bool        skip_bad;/* leave bad rows out, named in notes; else an error */
    bool        curves;  /* every logged point a row (column step, cluster =
                            run), not only the last of each run               */
    bool        schedule;/* for a law of curves: columns curve, step, lr by the
                            names trainers give them, curves by name, without
                            the rows of the warm-up; every point a row        */
    const char *where;   /* "a < 1 and b = 'x'", over all columns; NULL: all.
                            Where it does not name the column with the states
                            of runs, crashed and running ones are left out    */
    const char *const *zero; /* of `need`, those in which 0 is a value        */
    int         nzero;
} ImportOptions;

/* notes: one line a thing the user should know (what was read as what, what was
 * left out and why, at most 10 rows by name and then a count). A bad row: too
 * few or many cells, a needed cell that is no number, not finite or <= 0, as
 * 1e400 or nan; `need` lists the columns that must be whole, NULL none. */
bool import_table(Table *out, Str *notes, Arena *arena, const char *path,
                  const ImportOptions *options, const char *const *need,
                  int nneed, Err *err) MUST_USE;

/* The same of several files and folders, as one table; notes begin with which. */
bool import_tables(Table *out, Str *notes, Arena *arena,
                   const char *const *path, i64 npath,
                   const ImportOptions *options, const char *const *need,
                   int nneed, Err *err) MUST_USE;

/* The same of a table that came otherwise, as a study's runs: map, known names,
 * units, C = 6 N D, where, and rows held against what is needed. */
bool import_columns(Table *table, Str *notes, Arena *arena, const char *source,
                    const ImportOptions *options, const char *const *need,
                    int nneed, Err *err) MUST_USE;

/* warm[row] is set where the rate of the row's curve was still rising, from its
 * beginning on; gives how many. */
i64 import_warm_up(bool *warm, const double *curve, const double *step,
                   const double *lr, i64 nrow);

/* The names of formats, for messages and help: "csv, jsonl, ...". */
const char *import_formats(void);

/* The table as CSV or JSON Lines for others to read: N, D, C, S and loss
 * first, then what names a row, then all else. Absent: empty, null. */
void import_write_csv(const Table *table, Str *out);
void import_write_jsonl(const Table *table, Str *out);

#endif
