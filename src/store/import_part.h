/* import_part.h - what the readers of import share: a file as text, a table read
 * from it, and the notes on the way. */

#ifndef IMPORT_PART_H
#define IMPORT_PART_H

#include "base/file.h"
#include "base/table.h"
#include "store/import.h"

/* One file, whole in memory or mapped; unpacked if it was .gz. */
typedef struct ImportText {
    const char *path;   /* for messages                        */
    const char *text;   /* [size], no zero behind it is promised */
    i64         size;
    FileMap     map;
    char       *unpacked;
} ImportText;

bool import_text_open(ImportText *out, const char *path, Err *err) MUST_USE;
void import_text_close(ImportText *text);

/* What a reader makes of a file. */
typedef struct ImportPart {
    Table       table;
    bool        log;    /* points of runs, not runs; column `run` if many    */
    const char *format; /* as said                                           */
    const char *run;    /* the run of this file, where it has one            */
} ImportPart;

typedef struct ImportWork {
    Arena               *arena;
    const ImportOptions *options;
    Str                 *notes;
    Str                  bad; /* lines left out: "file:line: why", a line each */
    i64                  files; /* read so far; the first few are said */
    Str                  known; /* names as last said, not to say them again */
} ImportWork;

/* A line to the notes. */
void import_note(const ImportWork *work, const char *format, ...) PRINTF(2, 3);

typedef bool ImportRead(ImportPart *out, const ImportText *text,
                        ImportWork *work, Err *err);
ImportRead import_csv, import_json, import_llmc, import_tensorboard;

/* Whether the text begins as one of these does. */
bool import_is_json(const ImportText *text);
bool import_is_trainer_state(const ImportText *text);
bool import_is_llmc(const ImportText *text);
bool import_is_tensorboard(const ImportText *text);

/* ---- names (import_names.c) --------------------------------------------- */

/* The column known as that letter, by number or text; NULL if there is none.
 * *others: names that would have served too, "a, b", or NULL. */
const char *import_known(const char **others, Arena *arena, const Table *table,
                         const char *letter);

/* What its name says that a known column counts in: 1e9 for "params (B)",
 * 8.64e19 for "pf_days", mostly 1. */
double import_factor(const char *name, const char *letter);

bool import_is_step(const char *name);
bool import_is_run_name(const char *name);
bool import_is_state(const char *name);

/* The first column that names runs, of texts or of numbers; or NULL. */
const char *import_run_column(const Table *table);

/* ---- logs (import_log.c) ------------------------------------------------- */

/* Whether a table of rows is a log: a step that climbs, and no size that
 * changes within a run. */
bool import_looks_like_log(const Table *table, Arena *arena);

/* A log as rows: the last of each run, or every point with a loss. */
Table import_log_rows(const ImportPart *part, ImportWork *work);

/* ---- many tables (import_stack.c) ---------------------------------------- */

typedef struct ImportStack { Table *table; i64 count, room; } ImportStack;
void import_stack_put(ImportStack *stack, Arena *arena, const Table *table);
bool import_stack_join(Table *out, const ImportStack *stack, Arena *arena,
                       const char *path, Err *err) MUST_USE;

/* A column `run`, where there is none: this run, or NULL: the labels. */
void import_rows_named(Table *table, Arena *arena, const char *run);

/* ---- many files (import_folder.c) ---------------------------------------- */

/* What a file holds, as rows; a log by its last loss or by all points. */
bool import_file(Table *out, const char *path, ImportWork *work, Err *err)
    MUST_USE;
bool import_folder(Table *out, const char *path, ImportWork *work, Err *err)
    MUST_USE;

/* The parts of both: read by its content; as rows, which is said. */
bool import_part(ImportPart *out, const char *path, const char *run,
                 ImportWork *work, Err *err) MUST_USE;
void import_part_rows(ImportPart *part, const char *path, ImportWork *work);

/* What a run is called whose log lies there. */
const char *import_run_name(Arena *arena, const char *path);

/* How a folder sees a file: which reader's it is, NULL if none's. */
ImportRead *import_reader(const char *path, const ImportWork *work);

/* ---- columns (import_columns.c) ------------------------------------------ */

/* Letters for known names, said where they are others than last time. */
void import_know(Table *table, ImportWork *work, const char *path);

/* Columns curve, step, lr of points of curves (import_curves.c). */
void import_curves(Table *t, ImportWork *work, const char *path);

/* Letters for known names, units, what follows from C = 6 N D; then only the
 * rows wanted, and those held against what is needed. */
bool import_finish(Table *table, ImportWork *work, const char *path,
                   const char *const *need, int nneed, Err *err) MUST_USE;

/* ---- rows (import_rows.c) ------------------------------------------------ */

bool import_where(Table *table, Arena *arena, const char *where, Err *err)
    MUST_USE;
bool import_map(Table *table, Arena *arena, const char *map, Err *err) MUST_USE;

/* One more name for a column, numbers and texts, that hides what had it. False
 * if there is no such column. */
bool import_alias(Table *table, Arena *arena, const char *name,
                  const char *from);
void import_drop_text(Table *table, const char *name);

/* "a, b, c", for messages. */
const char *import_column_names(Arena *arena, const Table *table);

#endif
