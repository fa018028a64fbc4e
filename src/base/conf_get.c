/* conf_get.c - what was read, by name and by kind, with errors that say where
 * the thing stands (declared in conf.h). */

#include "base/conf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *conf_kind_words(ConfKind kind)
{
    switch (kind) {
    case CONF_TEXT:  return "a \"text\"";
    case CONF_REAL:  return "a number";
    case CONF_FLAG:  return "true or false";
    case CONF_REALS: return "a list of numbers";
    case CONF_TEXTS: return "a list of \"texts\"";
    }
    return "a value";
}

bool conf_refuse(const Conf *conf, const ConfEntry *entry, Err *err,
                 const char *format, ...)
{
    char    what[600];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_set(err, ERR_USAGE, "%s:%d: %s%s%s: %s", conf->path, entry->line,
                   entry->section, *entry->section ? "." : "", entry->key, what);
}

const ConfEntry *conf_find(const Conf *conf, const char *section,
                           const char *key)
{
    for (i64 i = 0; i < conf->count; i++)
        if (!strcmp(conf->entry[i].key, key)
            && !strcmp(conf->entry[i].section, section))
            return &conf->entry[i];
    return NULL;
}

/* The entry in *out, NULL if there is none; false if it is of another kind.
 * The empty list is a list of either kind. */
static bool typed(const ConfEntry **out, const Conf *conf, const char *section,
                  const char *key, ConfKind kind, Err *err)
{
    const ConfEntry *entry = *out = conf_find(conf, section, key);
    if (!entry || entry->kind == kind)
        return true;
    if (kind == CONF_TEXTS && entry->kind == CONF_REALS
        && entry->reals.count == 0)
        return true;
    return conf_refuse(conf, entry, err, "%s is expected, not %s",
                       conf_kind_words(kind), conf_kind_words(entry->kind));
}

#define GETTER(name, T, member, kind)                                      \
    bool name(T *out, const Conf *conf, const char *section,               \
              const char *key, Err *err)                                   \
    {                                                                      \
        const ConfEntry *entry;                                            \
        if (!typed(&entry, conf, section, key, kind, err))                 \
            return false;                                                  \
        if (entry)                                                         \
            *out = entry->member;                                          \
        return true;                                                       \
    }

GETTER(conf_text, const char *, text, CONF_TEXT)
GETTER(conf_real, double, real, CONF_REAL)
GETTER(conf_flag, bool, flag, CONF_FLAG)
GETTER(conf_reals, RealList, reals, CONF_REALS)
GETTER(conf_texts, TextList, texts, CONF_TEXTS)

bool conf_only(const Conf *conf, const char *section, const char *const *keys,
               int nkey, Err *err)
{
    for (i64 i = 0; i < conf->count; i++) {
        const ConfEntry *entry = &conf->entry[i];
        bool             known = strcmp(entry->section, section) != 0;
        for (int k = 0; k < nkey && !known; k++)
            known = !strcmp(entry->key, keys[k]);
        if (known)
            continue;
        const char *near = conf_nearest(entry->key, keys, nkey);
        return conf_refuse(conf, entry, err, "not a known key%s%s%s",
                           near ? "; did you mean " : "", near ? near : "",
                           near ? "?" : "");
    }
    return true;
}

/* The factor of a suffix, 1 for none, 0 for what is no suffix. */
static double suffix(const char *text)
{
    if (!*text)
        return 1;
    if (text[1])
        return 0;
    switch (*text) {
    case 'k': case 'K': return 1e3;
    case 'M':           return 1e6;
    case 'G': case 'B': return 1e9;
    case 'T':           return 1e12;
    case 'P':           return 1e15;
    }
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* strtod alone would also take " 1", "0x1p3", "nan" and "1_0" up to the _. */
bool conf_number(double *out, const char *text)
{
    char   plain[64];
    size_t size = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '_') {
            if (c == text || !is_digit(c[-1]) || !is_digit(c[1]))
                return false;
            continue;
        }
        if (size + 1 == sizeof plain)
            return false;
        plain[size++] = *c;
    }
    plain[size] = 0;

    const char *first = plain + (plain[0] == '-' || plain[0] == '+');
    if (!is_digit(first[0]) && !(first[0] == '.' && is_digit(first[1])))
        return false;
    if (first[0] == '0' && (first[1] | 0x20) == 'x')
        return false;
    char        *end;
    const double value = strtod(plain, &end), factor = suffix(end);
    if (factor == 0 || !isfinite(value * factor))
        return false;
    *out = value * factor;
    return true;
}

/* Fewest insertions, deletions and substitutions from a to b (Levenshtein). */
static int edits(const char *a, const char *b)
{
    enum { LONG = 64 };
    const int na = (int)strlen(a), nb = (int)strlen(b);
    int       row[LONG + 1];
    if (na > LONG || nb > LONG)
        return LONG;
    for (int j = 0; j <= nb; j++)
        row[j] = j;
    for (int i = 1; i <= na; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= nb; j++) {
            const int same = diagonal + (a[i - 1] != b[j - 1]);
            const int step = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
            diagonal = row[j];
            row[j] = same < step ? same : step;
        }
    }
    return row[nb];
}

const char *conf_nearest(const char *name, const char *const *names, int count)
{
    const char *best = NULL;
    int         fewest = 1 + (int)strlen(name) / 3; /* further is no typo */
    for (int i = 0; i < count; i++) {
        const int n = edits(name, names[i]);
        if (n <= fewest && (!best || n < fewest)) {
            fewest = n;
            best = names[i];
        }
    }
    return best;
}
