/* import.h - runs from elsewhere, as a table: CSV (also the exports of Weights
 * & Biases and of nanochat), JSON Lines, a trainer_state.json of Hugging
 * Face, a main.log of llm.c, TensorBoard event files, a folder of any of these.
 *
 * What a file is is found from its content, and said; --format names it where
 * that is wrong. Names of columns that are common for a thing (params, n_params,
 * tokens, train_tokens, flops, val_loss, eval/loss ...) are known as N, D, C,
 * loss where no column has that letter, and each such reading is said. All
 * other columns are kept. Cells may have units (70B, 1.4T). */

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
} ImportOptions;

/* notes: one line a thing the user should know (what was read as what, what was
 * left out and why, at most 10 rows by name and then a count). A bad row: too
 * few or many cells, a needed cell that is no number, not finite or <= 0, as
 * 1e400 or nan; `need` lists the columns that must be whole, NULL none. */
bool import_table(Table *out, Str *notes, Arena *arena, const char *path,
                  const ImportOptions *options, const char *const *need,
                  int nneed, Err *err) MUST_USE;

/* The names of formats, for messages and help. */
const char *import_formats(void);

#endif
