/* runs_import.c - see runs_import.h. What fit reads by itself is written down
 * here, so that it can be looked at, corrected, and read by others. */

#include "cli/runs_import.h"

#include "base/file.h"
#include "base/opt.h"
#include "store/import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct Args {
    ImportOptions options;
    const char   *need, *out;
    bool          json;
    TextList      rest;
    bool          helped;
} Args;

static bool args_read(Args *a, Arena *arena, int argc, char **argv, Err *err)
{
    const Opt opt[] = {
        { "map", "N=COL,...", "which columns are N, D, C, S and loss, where "
          "their names are not known", .text = &a->options.map },
        { "format", "NAME", "csv, jsonl, wandb, trainer_state, llmc, nanochat, "
          "tensorboard (found from the content)", .text = &a->options.format },
        { "where", "CONDITION", "only these runs: \"N > 1M and arch = 'gpt'\"",
          .text = &a->options.where },
        { "curves", NULL, "every logged point of a run, not only its last",
          .flag = &a->options.curves },
        { "need", "COL,...", "columns in which each run must have a number "
          "above 0: N,D,loss", .text = &a->need },
        { "skip-bad", NULL, "leave out what cannot be read, or lacks what is "
          "needed, naming it", .flag = &a->options.skip_bad },
        { "json", NULL, "one JSON object a line, not CSV", .flag = &a->json },
        { "out", "FILE", "where to (standard output)", .text = &a->out },
    };
    const OptTable table = {
        .command = "scalelaw runs import",
        .about = "Runs from elsewhere (CSV, W&B, JSON Lines, trainer_state.json, "
                 "llm.c, TensorBoard, a folder) as one clean table, N, D, C, S "
                 "and loss first.",
        .opt = opt, .nopt = COUNT_OF(opt), .operands = "FILE|FOLDER...",
        .rest = &a->rest, .arena = arena,
    };
    return opt_flags(&table, argc, argv, &a->helped, err);
}

enum { NEED_MAX = 32 };

/* "N,D,loss" */
static bool need_split(const char **need, int *count, Arena *arena,
                       const char *text, Err *err)
{
    for (*count = 0; text && *text;) {
        const size_t size = strcspn(text, ",");
        if (*count == NEED_MAX)
            return err_set(err, ERR_USAGE, "--need: at most %d columns",
                           NEED_MAX);
        need[(*count)++] = arena_print(arena, "%.*s", (int)size, text);
        text += size + (text[size] == ',');
    }
    return true;
}

static bool write_out(const Str *text, const char *path, Err *err)
{
    const char *bytes = text->text ? text->text : "";
    if (path)
        return file_write(path, bytes, text->size, err);
    if (fwrite(bytes, 1, (size_t)text->size, stdout) == (size_t)text->size
        && fflush(stdout) == 0)
        return true;
    return err_set(err, ERR_IO, "standard output: cannot be written: %s",
                   strerror(errno));
}

static bool import_all(const Args *a, Arena *arena, Err *err)
{
    Table       table;
    Str         notes = { 0 }, text = { 0 };
    const char *need[NEED_MAX];
    int         nneed;
    bool ok = need_split(need, &nneed, arena, a->need, err)
              && import_tables(&table, &notes, arena, a->rest.item,
                               a->rest.count, &a->options, need, nneed, err);
    if (notes.text)
        fputs(notes.text, stderr);
    if (ok) {
        (a->json ? import_write_jsonl : import_write_csv)(&table, &text);
        ok = write_out(&text, a->out, err);
    }
    str_free(&notes);
    str_free(&text);
    return ok;
}

bool runs_import(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  a = { .json = false };
    bool  ok = args_read(&a, &arena, argc, argv, err);
    if (ok && !a.helped && a.rest.count == 0)
        ok = err_set(err, ERR_USAGE, "import: say which file or folder; there "
                     "are readers for %s", import_formats());
    ok = ok && (a.helped || import_all(&a, &arena, err));
    arena_free(&arena);
    return ok;
}
