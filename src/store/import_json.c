/* import_json.c - JSON Lines, one JSON document of rows, and the trainer_state.json
 * of Hugging Face, as tables.
 *
 * The text is walked once and nothing is built of it: each number or text goes
 * to the sheet under the names that lead to it, joined by dots. Lists have no
 * place in a table and are left out, but for a list of rows. NaN and Infinity
 * are read, since Python writes them.
 *
 * SOURCE: RFC 8259; log_history as transformers' TrainerState writes it. */

#include "store/import_part.h"
#include "store/import_sheet.h"

#include "base/conf.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 64 };

typedef struct Json {
    const char *path, *at, *end, *line_from;
    i64         line;
    Str         key;    /* names that lead here */
    Str         word;   /* the text last read   */
    Sheet      *sheet;  /* NULL: read past it   */
    Sheet      *log;    /* where log_history goes; NULL: it is like any other */
    i64         lists;  /* left out             */
    int         depth;
    Err        *err;
} Json;

static bool wrong(Json *j, const char *what)
{
    return err_set(j->err, ERR_FORMAT, "%s:%lld:%lld: %s%s", j->path,
                   (long long)j->line, (long long)(j->at - j->line_from + 1),
                   what, j->at < j->end ? "" : "; the text ends here");
}

static char here(const Json *j)
{
    return j->at < j->end ? *j->at : 0;
}

static void blanks(Json *j)
{
    for (; j->at < j->end && strchr(" \t\r\n", *j->at) && *j->at; j->at++)
        if (*j->at == '\n') {
            j->line++;
            j->line_from = j->at + 1;
        }
}

static bool take(Json *j, char c, const char *what)
{
    blanks(j);
    if (here(j) != c)
        return wrong(j, what);
    j->at++;
    return true;
}

/* ---- texts --------------------------------------------------------------- */

static int hex4(const char *at)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = at[i] ? strchr(digits, tolower((unsigned char)at[i]))
                                  : NULL;
        if (!digit)
            return -1;
        value = 16 * value + (int)(digit - digits);
    }
    return value;
}

static void utf8_put(Str *out, int code)
{
    char bytes[4];
    int  n = 0;
    if (code < 0x80) {
        bytes[n++] = (char)code;
    } else if (code < 0x800) {
        bytes[n++] = (char)(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        bytes[n++] = (char)(0xe0 | code >> 12);
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | code >> 18);
        bytes[n++] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
    }
    if (code >= 0x80)
        bytes[n++] = (char)(0x80 | (code & 0x3f));
    str_bytes(out, bytes, n);
}

/* \u1234, or two of them for what lies above 16 bits. */
static bool unicode(Json *j)
{
    int code = j->end - j->at > 5 ? hex4(j->at + 2) : -1;
    if (code < 0)
        return wrong(j, "\\u is followed by four hexadecimal digits");
    j->at += 6;
    if (code >= 0xd800 && code < 0xdc00 && j->end - j->at > 5
        && j->at[0] == '\\' && j->at[1] == 'u') {
        const int low = hex4(j->at + 2);
        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + low - 0xdc00;
            j->at += 6;
        }
    }
    utf8_put(&j->word, code ? code : '?'); /* a zero ends texts here */
    return true;
}

static bool escape(Json *j)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char c = j->end - j->at > 1 ? j->at[1] : 0;
    if (c == 'u')
        return unicode(j);
    const char *found = c ? strchr(from, c) : NULL;
    if (!found)
        return wrong(j, "\\ is followed by one of \" \\ / b f n r t u");
    str_bytes(&j->word, &to[found - from], 1);
    j->at += 2;
    return true;
}

/* A text between quotes, into `word`. */
static bool text(Json *j)
{
    j->word.size = 0;
    str_put(&j->word, "");
    for (j->at++; j->at < j->end && *j->at != '"';) {
        const char *from = j->at;
        while (j->at < j->end && *j->at != '"' && *j->at != '\\'
               && (u8)*j->at >= ' ')
            j->at++;
        str_bytes(&j->word, from, j->at - from);
        if (here(j) == '\\') {
            if (!escape(j))
                return false;
        } else if (here(j) != '"') {
            return wrong(j, "a text is not closed");
        }
    }
    if (j->at == j->end)
        return wrong(j, "a text is not closed");
    j->at++;
    return true;
}

/* ---- numbers and words --------------------------------------------------- */

static void put_real(Json *j, double value)
{
    if (j->sheet && j->key.size)
        sheet_real(j->sheet, j->key.text, j->key.size, value);
}

static void put_text(Json *j, const char *from, i64 size)
{
    if (j->sheet && j->key.size)
        sheet_text(j->sheet, j->key.text, j->key.size, from, size);
}

/* A number; one too large for a double stays as its text. */
static bool number(Json *j, const char *from, i64 size)
{
    char  plain[64], *end;
    if (size >= (i64)sizeof plain)
        return wrong(j, "a number of more than 63 characters");
    memcpy(plain, from, (size_t)size);
    plain[size] = 0;
    const double value = strtod(plain, &end);
    const char   first = plain[plain[0] == '-'];
    if (*end || !isdigit((unsigned char)first) || strpbrk(plain, "xX"))
        return wrong(j, "a value is expected: a number, \"text\", true, false, "
                        "null, {...} or [...]");
    if (isfinite(value))
        put_real(j, value);
    else
        put_text(j, from, size);
    j->at += size;
    return true;
}

static bool word(Json *j)
{
    static const struct { const char *word; double value; bool is_text; } known[] = {
        { "null", NAN, false },  { "true", 1, false }, { "false", 0, false },
        { "NaN", NAN, true }, { "Infinity", NAN, true },
        { "-Infinity", NAN, true }, { "nan", NAN, true }, { "inf", NAN, true },
        { "-inf", NAN, true },
    };
    const char *from = j->at;
    i64         size = 0;
    while (from + size < j->end
           && (isalnum((unsigned char)from[size]) || strchr("+-.", from[size]))
           && from[size])
        size++;
    for (int w = 0; w < COUNT_OF(known); w++) {
        if ((i64)strlen(known[w].word) != size
            || memcmp(known[w].word, from, (size_t)size))
            continue;
        j->at += size;
        if (known[w].is_text)
            put_text(j, from, size);
        else
            put_real(j, known[w].value);
        return true;
    }
    return number(j, from, size);
}

/* ---- what holds others --------------------------------------------------- */

static bool value(Json *j);

/* Rows under log_history go to the log. */
static bool history(Json *j)
{
    Sheet *const top = j->sheet;
    bool         ok = take(j, '[', "log_history is a list [...]");
    j->sheet = j->log;
    for (blanks(j); ok && here(j) != ']'; blanks(j)) {
        sheet_row(j->log, j->line);
        j->key.size = 0;
        ok = here(j) == '{' ? value(j)
                            : wrong(j, "an entry {...} of log_history is expected");
        blanks(j);
        if (ok && here(j) == ',')
            j->at++;
        else
            ok = ok && (here(j) == ']' || wrong(j, ", or ] is expected"));
    }
    j->at += ok;
    j->sheet = top;
    return ok;
}

/* "name": value, with `base` bytes of names before it. */
static bool member(Json *j, i64 base)
{
    blanks(j);
    if (here(j) != '"')
        return wrong(j, "a name in quotes is expected");
    if (!text(j) || !take(j, ':', ": is expected behind the name"))
        return false;
    j->key.size = base;
    if (base)
        str_put(&j->key, ".");
    str_bytes(&j->key, j->word.text, j->word.size);
    blanks(j);
    if (j->log && j->sheet != j->log && j->depth == 1
        && !strcmp(j->key.text, "log_history"))
        return history(j);
    return value(j);
}

static bool object(Json *j)
{
    const i64 base = j->key.size;
    j->at++;
    for (blanks(j); here(j) != '}'; blanks(j)) {
        if (!member(j, base))
            return false;
        blanks(j);
        if (here(j) == ',') {
            j->at++;
            blanks(j);
            if (here(j) == '}')
                return wrong(j, "a name in quotes is expected");
        } else if (here(j) != '}') {
            return wrong(j, ", or } is expected");
        }
    }
    j->key.size = base;
    j->at++;
    return true;
}

/* Read past: what a list holds has no column. */
static bool list(Json *j)
{
    Sheet *const sheet = j->sheet;
    j->lists += sheet != NULL;
    j->sheet = NULL;
    j->at++;
    for (blanks(j); here(j) != ']'; blanks(j)) {
        if (!value(j))
            return false;
        blanks(j);
        if (here(j) == ',')
            j->at++;
        else if (here(j) != ']')
            return wrong(j, ", or ] is expected");
    }
    j->at++;
    j->sheet = sheet;
    return true;
}

static bool value(Json *j)
{
    blanks(j);
    if (j->depth == DEEP)
        return wrong(j, "more than 64 levels deep");
    j->depth++;
    bool ok;
    switch (here(j)) {
    case '{': ok = object(j); break;
    case '[': ok = list(j); break;
    case '"':
        ok = text(j);
        if (ok)
            put_text(j, j->word.text, j->word.size);
        break;
    default: ok = word(j);
    }
    j->depth--;
    return ok;
}

/* ---- rows ---------------------------------------------------------------- */

/* The next row of a text of rows; *more false at its end. Commas and brackets
 * between rows are those of one list around them all. */
static bool row(Json *j, bool *in_list, bool *more)
{
    Sheet *const sheet = j->sheet;
    blanks(j);
    if (*in_list && (here(j) == ',' || here(j) == ']')) {
        *in_list = *j->at++ == ',';
        blanks(j);
    } else if (here(j) == '[' && sheet_rows(j->sheet) == 0) {
        *in_list = true;
        j->at++;
        blanks(j);
        *in_list = here(j) != ']';
        j->at += !*in_list;
        blanks(j);
    }
    *more = j->at < j->end;
    if (!*more)
        return !*in_list || wrong(j, "] is expected");
    if (here(j) != '{')
        return wrong(j, "a row {...} is expected");
    sheet_row(j->sheet, j->line);
    j->key.size = 0;
    if (value(j))
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

static Json json_open(const ImportText *text_of, Sheet *sheet, Err *err)
{
    Json j = { .path = text_of->path, .at = text_of->text,
               .end = text_of->text + text_of->size, .line = 1, .sheet = sheet,
               .err = err };
    if (text_of->size >= 3 && !memcmp(j.at, "\xef\xbb\xbf", 3))
        j.at += 3;
    j.line_from = j.at;
    return j;
}

static void json_close(Json *j)
{
    str_free(&j->key);
    str_free(&j->word);
}

static bool read_rows(ImportPart *out, const ImportText *from,
                      ImportWork *work, Err *err)
{
    Json j = json_open(from, sheet_open(work->arena), err);
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
    json_close(&j);
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
    Json  j = json_open(from, sheet_open(work->arena), err);
    j.log = sheet_open(work->arena);
    sheet_row(j.sheet, 0);
    Sheet *const top_sheet = j.sheet;
    bool ok = value(&j);
    blanks(&j);
    ok = ok && (j.at == j.end || wrong(&j, "something stands behind the end"));
    if (ok && sheet_rows(j.log) == 0)
        ok = err_set(err, ERR_FORMAT, "%s: its log_history is empty: nothing "
                     "was logged", from->path);
    Err ignored = { 0 };
    ok = sheet_close(&out->table, j.log, from->path, ok ? err : &ignored) && ok;
    ok = sheet_close(&top, top_sheet, from->path, ok ? err : &ignored) && ok;
    json_close(&j);
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
    i64 at = text_of->size >= 3 && !memcmp(text_of->text, "\xef\xbb\xbf", 3) ? 3 : 0;
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
