/* import_json.c - JSON Lines, one JSON document of rows, and the
 * trainer_state.json of Hugging Face, as tables.
 *
 * SOURCE: log_history as transformers' TrainerState writes it. */

#include "store/import_walk.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- rows ---------------------------------------------------------------- */

/* The next row of a text of rows; *more false at its end. Commas and brackets
 * between rows are those of one list around them all. */
static bool row(Json *j, bool *in_list, bool *more)
{
    Sheet *const sheet = j->sheet;
    walk_blanks(j);
    if (*in_list && (walk_here(j) == ',' || walk_here(j) == ']')) {
        *in_list = *j->at++ == ',';
        walk_blanks(j);
    } else if (walk_here(j) == '[' && sheet_rows(j->sheet) == 0) {
        *in_list = true;
        j->at++;
        walk_blanks(j);
        *in_list = walk_here(j) != ']';
        j->at += !*in_list;
        walk_blanks(j);
    }
    *more = j->at < j->end;
    if (!*more)
        return !*in_list || walk_wrong(j, "] is expected");
    if (walk_here(j) != '{')
        return walk_wrong(j, "a row {...} is expected");
    sheet_row(j->sheet, j->line);
    j->key.size = 0;
    if (walk_value(j))
        return true;
    j->sheet = sheet; /* where a list was left in its middle */
    sheet_drop_row(sheet);
    return false;
}

static void line_skip(Json *j)
{
    const char *stop = memchr(j->at, '\n', (size_t)(j->end - j->at));
    j->at = stop ? stop + 1 : j->end;
    j->line += stop != NULL;
    j->line_from = j->at;
    j->depth = 0;
}

/* A last line without a line break, behind rows that are whole, is one that was
 * still being written. */
static bool is_torn(const Json *j)
{
    return sheet_rows(j->sheet) > 0 && j->end[-1] != '\n'
           && !memchr(j->line_from, '\n', (size_t)(j->end - j->line_from));
}

static bool rows(Json *j, ImportWork *work, Err *err)
{
    bool in_list = false;
    for (bool more = true; more;) {
        Err bad = { 0 };
        j->err = &bad;
        if (row(j, &in_list, &more))
            continue;
        if (!in_list && is_torn(j)) {
            import_note(work, "%s:%lld: the last line is torn, and left out",
                        j->path, (long long)j->line);
            return true;
        }
        if (!work->options->skip_bad) {
            *err = bad;
            return false;
        }
        str_add(&work->bad, "%s\n", bad.text);
        line_skip(j);
        more = j->at < j->end;
    }
    return true;
}

static bool read_rows(ImportPart *out, const ImportText *from,
                      ImportWork *work, Err *err)
{
    Json j = walk_open(from, sheet_open(work->arena), err);
    bool ok = rows(&j, work, err);
    if (ok && sheet_rows(j.sheet) == 0)
        ok = err_set(err, ERR_FORMAT, "%s: no row {...} in it", from->path);
    if (ok && j.lists)
        import_note(work, "%s: lists are left out, %lld of them", from->path,
                    (long long)j.lists);
    if (ok)
        ok = sheet_close(&out->table, j.sheet, from->path, err);
    else
        sheet_free(j.sheet);
    walk_close(&j);
    out->format = "JSON Lines";
    return ok;
}

/* ---- trainer_state.json -------------------------------------------------- */

static void rename_column(Table *t, const char *from, const char *to)
{
    for (int c = 0; c < t->ncol; c++)
        if (!strcmp(t->name[c], from))
            t->name[c] = to;
}

/* What stands beside the log holds for its end alone, or for all of it. */
static bool holds_always(const char *name)
{
    static const char *const end[] = { "epoch", "global_step", "total_flos",
                                       "num_input_tokens_seen", "best_metric" };
    for (int i = 0; i < COUNT_OF(end); i++)
        if (!strcmp(name, end[i]))
            return false;
    return true;
}

static void beside(Table *log, const Table *top, Arena *arena, bool curves)
{
    for (int c = 0; c < top->ncol; c++) {
        if (table_column(log, top->name[c])
            || (curves && !holds_always(top->name[c])))
            continue;
        double *values = NEW(arena, double, log->nrow);
        for (i64 row_of = 0; row_of < log->nrow; row_of++)
            values[row_of] = top->column[c][0];
        table_add(log, arena, top->name[c], values);
    }
}

static bool read_state(ImportPart *out, const ImportText *from,
                       ImportWork *work, Err *err)
{
    Table top = { 0 };
    Json  j = walk_open(from, sheet_open(work->arena), err);
    j.log = sheet_open(work->arena);
    sheet_row(j.sheet, 0);
    Sheet *const top_sheet = j.sheet;
    bool ok = walk_value(&j);
    walk_blanks(&j);
    ok = ok && (j.at == j.end
                || walk_wrong(&j, "something stands behind the end"));
    if (ok && sheet_rows(j.log) == 0)
        ok = err_set(err, ERR_FORMAT, "%s: its log_history is empty: nothing "
                     "was logged", from->path);
    Err ignored = { 0 };
    ok = sheet_close(&out->table, j.log, from->path, ok ? err : &ignored) && ok;
    ok = sheet_close(&top, top_sheet, from->path, ok ? err : &ignored) && ok;
    walk_close(&j);
    if (!ok)
        return false;
    /* Hugging Face calls the loss of training "loss", and at the end its mean
     * over the run "train_loss". */
    rename_column(&out->table, "train_loss", "train_loss_mean");
    rename_column(&out->table, "loss", "train_loss");
    beside(&out->table, &top, work->arena, work->options->curves);
    out->log = true;
    out->format = "trainer_state.json";
    return true;
}

static bool has(const ImportText *text_of, const char *part)
{
    const i64 look = i64_min(text_of->size, 1 << 20);
    return memmem(text_of->text, (size_t)look, part, strlen(part));
}

bool import_is_trainer_state(const ImportText *text_of)
{
    return has(text_of, "\"log_history\"");
}

bool import_is_json(const ImportText *text_of)
{
    i64 at = 0;
    if (text_of->size >= 3 && !memcmp(text_of->text, "\xef\xbb\xbf", 3))
        at = 3;
    while (at < text_of->size && isspace((unsigned char)text_of->text[at]))
        at++;
    return at < text_of->size
           && (text_of->text[at] == '{' || text_of->text[at] == '[');
}

bool import_json(ImportPart *out, const ImportText *from, ImportWork *work,
                 Err *err)
{
    const char *format = work->options->format;
    const bool  state = format ? !strcmp(format, "trainer_state")
                               : import_is_trainer_state(from);
    return (state ? read_state : read_rows)(out, from, work, err);
}
