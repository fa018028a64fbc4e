/* import.c - see import.h. Each file becomes a table by a reader of its own;
 * logs are brought to rows; several files are put below one another; then
 * columns are known by their names, units are read, and rows are chosen and
 * held against what is needed. */

#include "store/import_part.h"

#include "base/conf.h"
#include "base/quantity.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    ImportRead *read;
} format[] = {
    { "csv", import_csv },
    { "jsonl", import_json },
    { "wandb", import_csv },
    { "trainer_state", import_json },
    { "llmc", import_llmc },
    { "nanochat", import_csv },
    { "tensorboard", import_tensorboard },
};

const char *import_formats(void)
{
    return "csv, jsonl, wandb, trainer_state, llmc, nanochat, tensorboard";
}

void import_note(const ImportWork *work, const char *words, ...)
{
    char    text[600];
    va_list args;
    va_start(args, words);
    vsnprintf(text, sizeof text, words, args);
    va_end(args);
    str_add(work->notes, "%s\n", text);
}

/* ---- which reader ---------------------------------------------------------- */

/* Files that are often offered and hold no text, by how they begin. */
static const struct { const char *begins, *words; } foreign[] = {
    { "PAR1", "a Parquet file; write it as CSV: duckdb -c \"copy (from 'FILE') "
              "to 'FILE.csv'\"" },
    { "SQLite format 3", "an SQLite database; write its table as CSV: sqlite3 "
                         "-csv -header FILE 'select * from TABLE'" },
    { "PK\x03\x04", "a zip archive (or a spreadsheet); unpack it, or save it as "
                    "CSV" },
    { ":W&B", "the run file of W&B; export the runs as CSV from its page" },
    { "\x28\xb5\x2f\xfd", "packed by zstd; unpack it first" },
    { "\xfd" "7zXZ", "packed by xz; unpack it first" },
    { "BZh", "packed by bzip2; unpack it first" },
    { "\x89HDF", "an HDF5 file; write its table as CSV" },
    { "\x80\x04", "a Python pickle; write it as CSV: DataFrame.to_csv" },
    { "\xff\xfe", "text of 16 bits a letter; save it as UTF-8" },
    { "\xfe\xff", "text of 16 bits a letter; save it as UTF-8" },
    { "<!DOCTYPE", "a web page; save the table that it shows" },
    { "<html", "a web page; save the table that it shows" },
};

static const char *foreign_words(const ImportText *text)
{
    for (int f = 0; f < COUNT_OF(foreign); f++) {
        const size_t size = strlen(foreign[f].begins);
        if ((size_t)text->size >= size
            && !memcmp(text->text, foreign[f].begins, size))
            return foreign[f].words;
    }
    const size_t look = (size_t)i64_min(text->size, 4096);
    return look && memchr(text->text, 0, look)
               ? "not a text file, nor TensorBoard events" : NULL;
}

static ImportRead *reader_of(const ImportText *text)
{
    if (import_is_tensorboard(text))
        return import_tensorboard;
    if (import_is_json(text))
        return import_json;
    return import_is_llmc(text) ? import_llmc : import_csv;
}

static bool reader_find(ImportRead **out, const ImportText *text,
                        const char *named, Err *err)
{
    if (text->size == 0)
        return err_set(err, ERR_FORMAT, "%s: empty", text->path);
    for (int f = 0; named && f < COUNT_OF(format); f++)
        if (!strcmp(format[f].name, named)) {
            *out = format[f].read;
            return true;
        }
    if (named)
        return err_set(err, ERR_USAGE, "--format=%.40s: there are %s", named,
                       import_formats());
    *out = reader_of(text);
    const char *words = *out == import_tensorboard ? NULL
                                                   : foreign_words(text);
    return !words || err_set(err, ERR_FORMAT, "%s: %s", text->path, words);
}

/* ---- one file ---------------------------------------------------------------- */

bool import_part(ImportPart *out, const char *path, const char *run,
                 ImportWork *work, Err *err)
{
    ImportText  text;
    ImportRead *read;
    *out = (ImportPart){ .run = run };
    if (!import_text_open(&text, path, err))
        return false;
    bool ok = reader_find(&read, &text, work->options->format, err)
              && read(out, &text, work, err);
    import_text_close(&text);
    if (ok && work->options->schedule && table_column(&out->table, "step")
        && (table_column(&out->table, "curve")
            || table_text(&out->table, "curve")))
        out->log = false; /* points of curves as they stand, jumps and all */
    else if (ok && !out->log)
        out->log = import_looks_like_log(&out->table, work->arena);
    return ok;
}

enum { FILES_SAID = 8 };

void import_part_rows(ImportPart *part, const char *path, ImportWork *work)
{
    const bool curves = work->options->curves;
    const bool said = work->files++ < FILES_SAID;
    const i64  lines = part->table.nrow;
    if (!part->log) {
        if (said)
            import_note(work, "%s: %s, %" PRId64 " row%s", path, part->format,
                        lines, lines == 1 ? "" : "s");
        return;
    }
    part->table = import_log_rows(part, work);
    const i64 left = part->table.nrow;
    if (!said)
        return;
    import_note(work, "%s: %s, a log of %" PRId64 " lines: %s of %" PRId64
                " %s%s", path, part->format, lines,
                curves ? "all" : "the last loss", left,
                curves ? "point" : "run", left == 1 ? "" : "s");
}

/* "x/run-7.csv.gz" is run-7. */
static char *stem(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    char       *name = arena_text(arena, slash ? slash + 1 : path);
    for (int i = 0; i < 2; i++) {
        char *dot = strrchr(name, '.');
        if (dot && dot > name && strlen(dot) <= 6)
            *dot = 0;
    }
    return name;
}

/* Every run calls its log so: the folder says which it is. */
static bool says_nothing(const char *name)
{
    static const char *const word[] = { "trainer_state", "main", "metrics",
                                        "log", "history", "results" };
    bool found = !strncmp(name, "events.out", 10)
                 || !strncmp(name, "checkpoint-", 11);
    for (int w = 0; w < COUNT_OF(word); w++)
        found |= !strcmp(word[w], name);
    return found;
}

const char *import_run_name(Arena *arena, const char *path)
{
    char *name = stem(arena, path), *from = arena_text(arena, path), *slash;
    while (says_nothing(name) && (slash = strrchr(from, '/'))) {
        *slash = 0;
        char *last = strrchr(from, '/');
        name = last ? last + 1 : from;
    }
    return *name && strcmp(name, ".") != 0 ? arena_text(arena, name)
                                           : stem(arena, path);
}

bool import_file(Table *out, const char *path, ImportWork *work, Err *err)
{
    ImportPart part;
    if (!import_part(&part, path, import_run_name(work->arena, path), work,
                     err))
        return false;
    import_part_rows(&part, path, work);
    if (part.log && !work->options->curves)
        import_rows_named(&part.table, work->arena, NULL);
    *out = part.table;
    return true;
}

static bool ends(const char *path, const char *tail)
{
    const size_t size = strlen(path), end = strlen(tail);
    return size > end && !strcmp(path + size - end, tail);
}

/* CSV cannot be told from a note: there the name must say it. */
static bool is_named_csv(const char *path)
{
    return ends(path, ".csv") || ends(path, ".tsv") || ends(path, ".csv.gz")
           || ends(path, ".tsv.gz");
}

ImportRead *import_reader(const char *path, const ImportWork *work)
{
    Err         err = { 0 };
    ImportText  text;
    ImportRead *read = NULL, *only = NULL;
    if (!import_text_open(&text, path, &err))
        return NULL;
    if (text.size > 0)
        read = reader_of(&text);
    if (read == import_csv && (!is_named_csv(path) || foreign_words(&text)))
        read = NULL;
    if (read && work->options->format && reader_find(&only, &text, work->options->format,
                                             &err) && read != only)
        read = NULL;
    import_text_close(&text);
    return read;
}

/* ---- the whole -------------------------------------------------------------- */

/* Lines that are left out: ten by name, then how many more. */
static void bad_note(ImportWork *work)
{
    enum { NAMED = 10 };
    i64 count = 0;
    for (const char *line = work->bad.text; line && *line; count++) {
        const size_t size = strcspn(line, "\n");
        if (count < NAMED)
            import_note(work, "%.*s: left out", (int)i64_min((i64)size, 400),
                        line);
        line += size + (line[size] == '\n');
    }
    if (count > NAMED)
        import_note(work, "... and %" PRId64 " more left out", count - NAMED);
}

bool import_columns(Table *table, Str *notes, Arena *arena, const char *source,
                    const ImportOptions *options, const char *const *need,
                    int nneed, Err *err)
{
    ImportWork work = { .arena = arena, .options = options, .notes = notes };
    const bool ok = import_finish(table, &work, source, need, nneed, err);
    bad_note(&work);
    str_free(&work.bad);
    str_free(&work.known);
    return ok;
}

static bool read_one(Table *out, const char *path, ImportWork *work, Err *err)
{
    return (file_is_dir(path) ? import_folder : import_file)(out, path, work,
                                                             err);
}

/* What was not said file by file. */
static void files_note(const Table *t, const ImportWork *work)
{
    if (work->files > FILES_SAID)
        import_note(work, "... and %" PRId64 " more; %" PRId64 " rows in all",
                    work->files - FILES_SAID, t->nrow);
}

static bool read_all(Table *out, const char *const *path, i64 npath,
                     ImportWork *work, Err *err)
{
    ImportStack all = { 0 };
    if (npath == 1)
        return read_one(out, path[0], work, err);
    for (i64 p = 0; p < npath; p++) {
        Table one;
        if (!read_one(&one, path[p], work, err))
            return false;
        import_know(&one, work, path[p]);
        import_stack_put(&all, work->arena, &one);
    }
    return import_stack_join(out, &all, work->arena, "these files", err);
}

bool import_tables(Table *out, Str *notes, Arena *arena,
                   const char *const *path, i64 npath,
                   const ImportOptions *options, const char *const *need,
                   int nneed, Err *err)
{
    ImportWork work = { .arena = arena, .options = options, .notes = notes };
    *out = (Table){ 0 };
    bool ok = read_all(out, path, npath, &work, err);
    if (ok) {
        files_note(out, &work);
        ok = import_finish(out, &work, npath == 1 ? path[0] : "these files",
                           need, nneed, err);
    }
    bad_note(&work);
    str_free(&work.bad);
    str_free(&work.known);
    return ok;
}

bool import_table(Table *out, Str *notes, Arena *arena, const char *path,
                  const ImportOptions *options, const char *const *need,
                  int nneed, Err *err)
{
    return import_tables(out, notes, arena, &path, 1, options, need, nneed,
                         err);
}
