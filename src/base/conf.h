/* conf.h - configuration text as a flat list of entries: the one reader behind
 * *.study, *.law, *.corpus and *.hw files. base/opt.h puts an option table on
 * it; whoever needs sections that no table can foresee ([param.E]) walks the
 * list.
 *
 * The text is a small part of TOML:
 *
 *     # a comment
 *     name = "demo"               section "", key "name"
 *     [train]                     section "train"
 *     lr      = 3e-4              a number; 70_000, 70e3, 70M, -inf are numbers
 *     cosine  = true
 *     budgets = [1e11, 3e11]      a list of numbers, over several lines if liked
 *     sizes   = ["2x16", "2x32"]  a list of texts
 *     [param.E]                   section "param.E"
 *     note = """                  a text of several lines; the first line break
 *     as printed"""               does not count
 *     path = 'C:\new'             between ' nothing is escaped
 *
 * Entries stand in the order of the file. A key given twice, a section opened
 * twice and whatever is not of this form are errors that name file, line and
 * what was expected. Inline tables, [[arrays of tables]], quoted keys and dates
 * are not of this form. Everything lives in the arena. */

#ifndef CONF_H
#define CONF_H

#include "base/arena.h"
#include "base/err.h"

typedef struct RealList { i64 count; const double *item; } RealList;
typedef struct TextList { i64 count; const char *const *item; } TextList;

typedef enum ConfKind {
    CONF_TEXT,
    CONF_REAL,
    CONF_FLAG,
    CONF_REALS, /* the empty list [] is CONF_REALS, and texts.count is 0 too */
    CONF_TEXTS,
} ConfKind;

typedef struct ConfEntry {
    const char *section; /* "" before the first [section] */
    const char *key;
    ConfKind    kind;    /* which of the following is set */
    const char *text;
    double      real;
    bool        flag;
    RealList    reals;
    TextList    texts;
    int         line;    /* where the key stands, from 1 */
} ConfEntry;

typedef struct Conf {
    const char      *path; /* for messages */
    i64              count;
    const ConfEntry *entry;
    TextList         sections; /* headers in order, those without keys too */
} Conf;

bool conf_load(Conf *out, Arena *arena, const char *path, Err *err) MUST_USE;

/* The same from text in memory; `name` stands for the path in messages. */
bool conf_parse(Conf *out, Arena *arena, const char *text, const char *name,
                Err *err) MUST_USE;

/* NULL if absent. */
const ConfEntry *conf_find(const Conf *conf, const char *section,
                           const char *key);

/* Typed members. Absent: the value stays what it was, and that is no failure.
 * Of another type: ERR_USAGE "FILE:LINE: KEY: a number is expected, not ..."
 * A conf_real is never NaN; it may be an infinity. */
bool conf_text(const char **out, const Conf *conf, const char *section,
               const char *key, Err *err) MUST_USE;
bool conf_real(double *out, const Conf *conf, const char *section,
               const char *key, Err *err) MUST_USE;
bool conf_flag(bool *out, const Conf *conf, const char *section,
               const char *key, Err *err) MUST_USE;
bool conf_reals(RealList *out, const Conf *conf, const char *section,
                const char *key, Err *err) MUST_USE;
bool conf_texts(TextList *out, const Conf *conf, const char *section,
                const char *key, Err *err) MUST_USE;

/* "a number", "a text", "true or false", "a list of numbers", ... */
const char *conf_kind_words(ConfKind kind);

/* ERR_USAGE "FILE:LINE: KEY: " and the text; always false. */
bool conf_refuse(const Conf *conf, const ConfEntry *entry, Err *err,
                 const char *format, ...) PRINTF(4, 5);

/* Refuse entries of `section` whose key is not among `keys`, naming the
 * nearest that is. */
bool conf_only(const Conf *conf, const char *section, const char *const *keys,
               int nkey, Err *err) MUST_USE;

/* A whole text as a number: "70B" -> 7e10, "1.4T", "2.5e3", "10k", "3_000".
 * Suffixes k K M G B T P. False if not a finite number. */
bool conf_number(double *out, const char *text);

/* The one of `names` that is fewest edits away from `name`, or NULL when none
 * is near enough to be what was meant. For "did you mean". */
const char *conf_nearest(const char *name, const char *const *names, int count);

#endif
