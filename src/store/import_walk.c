/* import_walk.c - see import_walk.h. */

#include "store/import_walk.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 64 };

Json walk_open(const ImportText *text_of, Sheet *sheet, Err *err)
{
    Json j = { .path = text_of->path, .at = text_of->text,
               .end = text_of->text + text_of->size, .line = 1, .sheet = sheet,
               .err = err };
    if (text_of->size >= 3 && !memcmp(j.at, "\xef\xbb\xbf", 3))
        j.at += 3;
    j.line_from = j.at;
    return j;
}

void walk_close(Json *j)
{
    str_free(&j->key);
    str_free(&j->word);
}

bool walk_wrong(Json *j, const char *what)
{
    return err_set(j->err, ERR_FORMAT, "%s:%lld:%lld: %s%s", j->path,
                   (long long)j->line, (long long)(j->at - j->line_from + 1),
                   what, j->at < j->end ? "" : "; the text ends here");
}

char walk_here(const Json *j)
{
    return j->at < j->end ? *j->at : 0;
}

void walk_blanks(Json *j)
{
    for (; j->at < j->end && strchr(" \t\r\n", *j->at) && *j->at; j->at++)
        if (*j->at == '\n') {
            j->line++;
            j->line_from = j->at + 1;
        }
}

static bool take(Json *j, char c, const char *what)
{
    walk_blanks(j);
    if (walk_here(j) != c)
        return walk_wrong(j, what);
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

/* \u1234, or two of them for what lies above 16 bits. */
static bool unicode(Json *j)
{
    int code = j->end - j->at > 5 ? hex4(j->at + 2) : -1;
    if (code < 0)
        return walk_wrong(j, "\\u is followed by four hexadecimal digits");
    j->at += 6;
    if (code >= 0xd800 && code < 0xdc00 && j->end - j->at > 5
        && j->at[0] == '\\' && j->at[1] == 'u') {
        const int low = hex4(j->at + 2);
        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + low - 0xdc00;
            j->at += 6;
        }
    }
    str_letter(&j->word, code ? (u32)code : '?'); /* a zero ends texts here */
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
        return walk_wrong(j, "\\ is followed by one of \" \\ / b f n r t u");
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
        if (walk_here(j) == '\\') {
            if (!escape(j))
                return false;
        } else if (walk_here(j) != '"') {
            return walk_wrong(j, "a text is not closed");
        }
    }
    if (j->at == j->end)
        return walk_wrong(j, "a text is not closed");
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
        return walk_wrong(j, "a number of more than 63 characters");
    memcpy(plain, from, (size_t)size);
    plain[size] = 0;
    const double value = strtod(plain, &end);
    const char   first = plain[plain[0] == '-'];
    if (*end || !isdigit((unsigned char)first) || strpbrk(plain, "xX"))
        return walk_wrong(j, "a value is expected: a number, \"text\", true, false, "
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
    static const struct {
        const char *word;
        double      value;
        bool        is_text;
    } known[] = {
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

/* Rows under log_history go to the log. */
static bool history(Json *j)
{
    Sheet *const top = j->sheet;
    bool         ok = take(j, '[', "log_history is a list [...]");
    j->sheet = j->log;
    for (walk_blanks(j); ok && walk_here(j) != ']'; walk_blanks(j)) {
        sheet_row(j->log, j->line);
        j->key.size = 0;
        ok = walk_here(j) == '{' ? walk_value(j)
                                 : walk_wrong(j, "an entry {...} of log_history "
                                                 "is expected");
        walk_blanks(j);
        if (ok && walk_here(j) == ',')
            j->at++;
        else
            ok = ok && (walk_here(j) == ']'
                        || walk_wrong(j, ", or ] is expected"));
    }
    j->at += ok;
    j->sheet = top;
    return ok;
}

/* "name": value, with `base` bytes of names before it. */
static bool member(Json *j, i64 base)
{
    walk_blanks(j);
    if (walk_here(j) != '"')
        return walk_wrong(j, "a name in quotes is expected");
    if (!text(j) || !take(j, ':', ": is expected behind the name"))
        return false;
    j->key.size = base;
    if (base)
        str_put(&j->key, ".");
    str_bytes(&j->key, j->word.text, j->word.size);
    walk_blanks(j);
    if (j->log && j->sheet != j->log && j->depth == 1
        && !strcmp(j->key.text, "log_history"))
        return history(j);
    return walk_value(j);
}

static bool object(Json *j)
{
    const i64 base = j->key.size;
    j->at++;
    for (walk_blanks(j); walk_here(j) != '}'; walk_blanks(j)) {
        if (!member(j, base))
            return false;
        walk_blanks(j);
        if (walk_here(j) == ',') {
            j->at++;
            walk_blanks(j);
            if (walk_here(j) == '}')
                return walk_wrong(j, "a name in quotes is expected");
        } else if (walk_here(j) != '}') {
            return walk_wrong(j, ", or } is expected");
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
    for (walk_blanks(j); walk_here(j) != ']'; walk_blanks(j)) {
        if (!walk_value(j))
            return false;
        walk_blanks(j);
        if (walk_here(j) == ',')
            j->at++;
        else if (walk_here(j) != ']')
            return walk_wrong(j, ", or ] is expected");
    }
    j->at++;
    j->sheet = sheet;
    return true;
}

bool walk_value(Json *j)
{
    walk_blanks(j);
    if (j->depth == DEEP)
        return walk_wrong(j, "more than 64 levels deep");
    j->depth++;
    bool ok;
    switch (walk_here(j)) {
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
