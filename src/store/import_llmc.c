/* import_llmc.c - the main.log of llm.c: a line a step, each with what was
 * measured there.
 *
 *     s:250 tel:3.9721                    loss on held-out text
 *     s:250 eval:0.2911                   HellaSwag
 *     s:251 trl:3.9 lr:0.000600 norm:0.88
 *
 * SOURCE: llm.c, llmc/logger.h. */

#include "store/import_part.h"
#include "store/import_sheet.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *key, *name; } key_name[] = {
    { "s", "step" }, { "tel", "val_loss" }, { "trl", "train_loss" },
    { "eval", "hellaswag" }, { "norm", "grad_norm" },
};

typedef struct Line { const char *at, *end; } Line;

static void blanks(Line *l)
{
    while (l->at < l->end && (*l->at == ' ' || *l->at == '\t' || *l->at == '\r'))
        l->at++;
}

/* The next key:value; false where there is none that reads so. */
static bool pair(Line *l, const char **key, i64 *size, double *value,
                 const char **word, i64 *word_size)
{
    char  plain[48], *stop;
    *key = l->at;
    while (l->at < l->end && (isalnum((unsigned char)*l->at) || *l->at == '_'))
        l->at++;
    *size = l->at - *key;
    if (*size == 0 || l->at == l->end || *l->at != ':')
        return false;
    *word = ++l->at;
    while (l->at < l->end && !isspace((unsigned char)*l->at))
        l->at++;
    *word_size = l->at - *word;
    if (*word_size == 0 || *word_size >= (i64)sizeof plain)
        return false;
    memcpy(plain, *word, (size_t)*word_size);
    plain[*word_size] = 0;
    *value = strtod(plain, &stop);
    return *stop == 0 && !strpbrk(plain, "xX");
}

static void put(Sheet *sheet, const char *key, i64 size, double value,
                const char *word, i64 word_size)
{
    for (int k = 0; k < COUNT_OF(key_name); k++)
        if ((i64)strlen(key_name[k].key) == size
            && !memcmp(key_name[k].key, key, (size_t)size)) {
            key = key_name[k].name;
            size = (i64)strlen(key);
            break;
        }
    if (isfinite(value))
        sheet_real(sheet, key, size, value);
    else
        sheet_text(sheet, key, size, word, word_size);
}

static bool line_read(Sheet *sheet, Line l, i64 number)
{
    const char *key, *word;
    i64         size, word_size;
    double      value;
    sheet_row(sheet, number);
    for (int n = 0;; n++) {
        blanks(&l);
        if (l.at == l.end && n > 1)
            return true;
        if (!pair(&l, &key, &size, &value, &word, &word_size)
            || (n == 0 && (size != 1 || *key != 's' || !isfinite(value)))) {
            sheet_drop_row(sheet);
            return false;
        }
        put(sheet, key, size, value, word, word_size);
    }
}

static bool is_blank(Line l)
{
    blanks(&l);
    return l.at == l.end;
}

static bool lines_read(Sheet *sheet, const ImportText *from, ImportWork *work,
                       Err *err)
{
    const char *at = from->text, *end = from->text + from->size;
    for (i64 number = 1; at < end; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const Line  line = { at, stop ? stop : end };
        at = stop ? stop + 1 : end;
        if (is_blank(line) || line_read(sheet, line, number))
            continue;
        if (!stop && sheet_rows(sheet) > 0) {
            import_note(work, "%s:%lld: the last line is torn, and left out",
                        from->path, (long long)number);
            continue;
        }
        Err bad = { 0 };
        err_set(&bad, ERR_FORMAT, "%s:%lld: not a line of llm.c's main.log, "
                "which is like s:250 tel:3.97", from->path, (long long)number);
        if (!work->options->skip_bad) {
            *err = bad;
            return false;
        }
        str_add(&work->bad, "%s\n", bad.text);
    }
    return true;
}

bool import_llmc(ImportPart *out, const ImportText *from, ImportWork *work,
                 Err *err)
{
    Sheet *sheet = sheet_open(work->arena);
    out->log = true;
    out->format = "llm.c log";
    if (!lines_read(sheet, from, work, err)) {
        sheet_free(sheet);
        return false;
    }
    if (sheet_rows(sheet) == 0) {
        sheet_free(sheet);
        return err_set(err, ERR_FORMAT, "%s: no line of llm.c's main.log, which "
                       "is like s:250 tel:3.97", from->path);
    }
    return sheet_close(&out->table, sheet, from->path, err);
}

bool import_is_llmc(const ImportText *from)
{
    i64 at = 0;
    while (at < from->size && isspace((unsigned char)from->text[at]))
        at++;
    if (from->size - at < 4 || memcmp(from->text + at, "s:", 2)
        || !isdigit((unsigned char)from->text[at + 2]))
        return false;
    for (at += 2; at < from->size && isdigit((unsigned char)from->text[at]);)
        at++;
    return at < from->size && from->text[at] == ' ';
}
