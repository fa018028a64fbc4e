/* conf.c - a reader that goes forward only: at every moment it stands before
 * one character of one line, and either knows what may come there or says what
 * was expected. */

#include "base/conf.h"

#include "base/file.h"
#include "base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reader {
    const char *at, *path;
    int         line;
    Arena      *arena;
    Err        *err;
    Conf       *conf;
    ConfEntry  *entry; /* [room], conf->count in use    */
    i64         room;
    const char **header; /* [header_room]               */
    i64         header_room;
} Reader;

static bool wrong(Reader *r, const char *format, ...) PRINTF(2, 3);

static bool wrong(Reader *r, const char *format, ...)
{
    char    what[600];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_set(r->err, ERR_USAGE, "%s:%d: %s", r->path, r->line, what);
}

/* Twice the room for a list that is full; the old one stays in the arena. */
static void *doubled(Arena *arena, const void *old, i64 count, i64 item_bytes)
{
    void *wider = arena_take(arena, 2 * count, item_bytes);
    return memcpy(wider, old, (size_t)(count * item_bytes));
}

/* --- between the values -------------------------------------------------- */

static void skip_blanks(Reader *r)
{
    while (*r->at == ' ' || *r->at == '\t')
        r->at++;
}

static bool at_line_end(const Reader *r)
{
    return *r->at == 0 || *r->at == '\n' || (*r->at == '\r' && r->at[1] == '\n');
}

static void skip_comment(Reader *r)
{
    skip_blanks(r);
    if (*r->at == '#')
        while (!at_line_end(r))
            r->at++;
}

/* Past the end of this line, if there is one. */
static bool next_line(Reader *r)
{
    if (*r->at == '\r')
        r->at++;
    if (*r->at != '\n')
        return false;
    r->at++;
    r->line++;
    return true;
}

/* Blanks, comments and line ends, as stand between the items of a list. */
static void skip_space(Reader *r)
{
    do
        skip_comment(r);
    while (next_line(r));
}

static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* A name of letters, digits, - _ and dots between parts; NULL if it is none. */
static const char *bare(Reader *r)
{
    const char *from = r->at;
    while (is_bare(*r->at))
        r->at++;
    const int size = (int)(r->at - from);
    if (size == 0 || size > 200 || from[0] == '.' || from[size - 1] == '.')
        return NULL;
    return arena_print(r->arena, "%.*s", size, from);
}

/* --- texts --------------------------------------------------------------- */

static bool is_control(char c)
{
    return ((u8)c < 0x20 && c != '\t') || c == 0x7f;
}

static void put_utf8(Str *out, unsigned code)
{
    if (code < 0x80) {
        str_add(out, "%c", (int)code);
    } else if (code < 0x800) {
        str_add(out, "%c%c", (int)(0xc0 | code >> 6), (int)(0x80 | (code & 63)));
    } else {
        str_add(out, "%c%c%c", (int)(0xe0 | code >> 12),
                (int)(0x80 | (code >> 6 & 63)), (int)(0x80 | (code & 63)));
    }
}

/* \uXXXX, standing after the u. */
static bool unicode(Reader *r, Str *out)
{
    unsigned code = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        const char *digits = "0123456789abcdef";
        const char  lower = (char)(*r->at | 0x20);
        const char *digit = *r->at ? strchr(digits, lower) : NULL;
        if (!digit || lower == (char)0x20)
            return wrong(r, "after \\u four hex digits are expected");
        code = code * 16 + (unsigned)(digit - digits);
    }
    if (code == 0 || (code >= 0xd800 && code < 0xe000))
        return wrong(r, "\\u%04x is not a character that a text can hold", code);
    put_utf8(out, code);
    return true;
}

static bool escape(Reader *r, Str *out)
{
    static const char from[] = "\"\\ntr", to[] = "\"\\\n\t\r";
    const char        c = *r->at;
    const char       *known = c ? strchr(from, c) : NULL;
    if (known) {
        r->at++;
        str_bytes(out, &to[known - from], 1);
        return true;
    }
    if (c == 'u') {
        r->at++;
        return unicode(r, out);
    }
    return wrong(r, "in a text, \\ stands before one of \" \\ n t r u; between '"
                    " and ' nothing is escaped");
}

/* The text up to the closing quote: one of " or ', or three of ". */
static bool text_body(Reader *r, Str *out, char quote, bool many_lines)
{
    const int from = r->line;
    for (;;) {
        if (many_lines ? !strncmp(r->at, "\"\"\"", 3) : *r->at == quote)
            return true;
        if (*r->at == 0 || (at_line_end(r) && !many_lines)) {
            r->line = from;
            return wrong(r, "the text that begins here is not closed by %s",
                         many_lines ? "\"\"\"" : quote == '"' ? "\"" : "'");
        }
        if (at_line_end(r)) {
            next_line(r);
            str_put(out, "\n");
        } else if (*r->at == '\\' && quote == '"') {
            r->at++;
            if (!escape(r, out))
                return false;
        } else if (is_control(*r->at)) {
            return wrong(r, "a text holds the control character 0x%02x",
                         (u8)*r->at);
        } else {
            str_bytes(out, r->at++, 1);
        }
    }
}

static bool text_read(const char **out, Reader *r)
{
    Str        body = { 0 };
    const char quote = *r->at;
    const bool many = !strncmp(r->at, "\"\"\"", 3);
    r->at += many ? 3 : 1;
    if (many && at_line_end(r))
        next_line(r);
    const bool done = text_body(r, &body, quote, many);
    if (done) {
        r->at += many ? 3 : 1;
        *out = arena_text(r->arena, body.text ? body.text : "");
    }
    str_free(&body);
    return done;
}

/* --- other values -------------------------------------------------------- */

static bool is_word_end(char c)
{
    return c == 0 || strchr(" \t\r\n,]#[\"'=", c) != NULL;
}

/* A number, true or false: what stands up to the next blank, comma, bracket or
 * comment. */
static bool word_read(ConfEntry *out, Reader *r)
{
    char   word[64];
    size_t size = 0;
    while (!is_word_end(r->at[size]))
        size++;
    snprintf(word, sizeof word, "%.*s", (int)(size < 60 ? size : 60), r->at);
    r->at += size;

    if (!strcmp(word, "true") || !strcmp(word, "false")) {
        out->kind = CONF_FLAG;
        out->flag = word[0] == 't';
        return true;
    }
    out->kind = CONF_REAL;
    if (!strcmp(word, "inf") || !strcmp(word, "+inf") || !strcmp(word, "-inf")) {
        out->real = word[0] == '-' ? -INFINITY : INFINITY;
        return true;
    }
    if (size < 60 && conf_number(&out->real, word))
        return true;
    return wrong(r, size ? "%s: not a number, true or false; a text stands "
                           "between quotes"
                         : "%sa value is expected: a number, true, false, "
                           "\"text\" or [list]", word);
}

static bool scalar_read(ConfEntry *out, Reader *r)
{
    if (*r->at == '"' || *r->at == '\'') {
        out->kind = CONF_TEXT;
        return text_read(&out->text, r);
    }
    return word_read(out, r);
}

typedef struct ListMade {
    double      *real;
    const char **text;
    i64          count, room;
    ConfKind     kind;
} ListMade;

static bool list_put(Reader *r, ListMade *list, const ConfEntry *item)
{
    if (item->kind == CONF_FLAG)
        return wrong(r, "a list holds numbers or texts, not true or false");
    if (list->count && list->kind != item->kind)
        return wrong(r, "a list holds numbers or texts, not both");
    if (list->count == list->room) {
        list->real = doubled(r->arena, list->real, list->room,
                             (i64)sizeof *list->real);
        list->text = doubled(r->arena, list->text, list->room,
                             (i64)sizeof *list->text);
        list->room *= 2;
    }
    list->kind = item->kind;
    list->real[list->count] = item->real;
    list->text[list->count] = item->text;
    list->count++;
    return true;
}

static bool list_items(Reader *r, ListMade *list)
{
    const int from = r->line;
    for (;;) {
        skip_space(r);
        if (*r->at == ']')
            return true;
        ConfEntry item = { 0 };
        if (*r->at == '[')
            return wrong(r, "a list within a list is not understood");
        if (*r->at && (!scalar_read(&item, r) || !list_put(r, list, &item)))
            return false;
        skip_space(r);
        if (*r->at == ',') {
            r->at++;
        } else if (*r->at != ']') {
            r->line = *r->at ? r->line : from;
            return wrong(r, *r->at ? "between items of a list , is expected"
                                   : "the list that begins here is not closed "
                                     "by ]");
        }
    }
}

static bool list_read(ConfEntry *out, Reader *r)
{
    enum { ROOM = 16 };
    ListMade list = { .real = NEW(r->arena, double, ROOM),
                      .text = NEW(r->arena, const char *, ROOM),
                      .room = ROOM, .kind = CONF_REAL };
    r->at++;
    if (!list_items(r, &list))
        return false;
    r->at++;
    if (list.kind == CONF_TEXT) {
        out->kind = CONF_TEXTS;
        out->texts = (TextList){ list.count, list.text };
    } else {
        out->kind = CONF_REALS;
        out->reals = (RealList){ list.count, list.real };
    }
    return true;
}

/* --- lines --------------------------------------------------------------- */

static bool line_done(Reader *r)
{
    skip_comment(r);
    if (at_line_end(r))
        return true;
    return wrong(r, "nothing is expected here, but there is '%.*s'",
                 (int)strcspn(r->at, "\r\n") > 40 ? 40
                 : (int)strcspn(r->at, "\r\n"), r->at);
}

static bool header_read(const char **section, Reader *r)
{
    r->at++;
    if (*r->at == '[')
        return wrong(r, "[[...]] is not understood; give each [section] a name "
                        "of its own");
    skip_blanks(r);
    const char *name = bare(r);
    skip_blanks(r);
    if (!name || *r->at != ']')
        return wrong(r, "[section] is expected, its name of letters, digits, "
                        "- _ and .");
    r->at++;

    TextList *list = &r->conf->sections;
    for (i64 i = 0; i < list->count; i++)
        if (!strcmp(r->header[i], name))
            return wrong(r, "[%s] is opened a second time", name);
    if (list->count == r->header_room) {
        r->header = doubled(r->arena, r->header, r->header_room,
                            (i64)sizeof *r->header);
        r->header_room *= 2;
    }
    r->header[list->count++] = name;
    list->item = r->header;
    *section = name;
    return line_done(r);
}

static bool entry_put(Reader *r, const ConfEntry *entry)
{
    Conf            *conf = r->conf;
    const ConfEntry *twin = conf_find(conf, entry->section, entry->key);
    if (twin) {
        r->line = entry->line;
        return wrong(r, "%s: given twice, first in line %d", entry->key,
                     twin->line);
    }
    if (conf->count == r->room) {
        r->entry = doubled(r->arena, r->entry, r->room, (i64)sizeof *r->entry);
        r->room *= 2;
    }
    r->entry[conf->count++] = *entry;
    conf->entry = r->entry;
    return true;
}

static bool entry_read(Reader *r, const char *section)
{
    ConfEntry entry = { .section = section, .line = r->line, .key = bare(r) };
    if (!entry.key)
        return wrong(r, "KEY = VALUE or [section] is expected");
    skip_blanks(r);
    if (*r->at != '=')
        return wrong(r, "%s: = is expected after the key", entry.key);
    r->at++;
    skip_blanks(r);
    const bool done = *r->at == '[' ? list_read(&entry, r)
                                    : scalar_read(&entry, r);
    return done && line_done(r) && entry_put(r, &entry);
}

bool conf_parse(Conf *out, Arena *arena, const char *text, const char *name,
                Err *err)
{
    enum { ROOM = 32 };
    *out = (Conf){ .path = arena_text(arena, name) };
    Reader r = { .at = text, .path = out->path, .line = 1, .arena = arena,
                 .err = err, .conf = out, .room = ROOM, .header_room = ROOM,
                 .entry = NEW(arena, ConfEntry, ROOM),
                 .header = NEW(arena, const char *, ROOM) };
    const char *section = "";

    if (!strncmp(r.at, "\xef\xbb\xbf", 3)) /* a byte-order mark */
        r.at += 3;
    for (skip_space(&r); *r.at; skip_space(&r))
        if (*r.at == '[' ? !header_read(&section, &r)
                         : !entry_read(&r, section))
            return false;
    return true;
}

bool conf_load(Conf *out, Arena *arena, const char *path, Err *err)
{
    char *text;
    i64   count;
    if (!file_read(&text, &count, arena, path, err))
        return false;
    if ((i64)strlen(text) != count)
        return err_set(err, ERR_FORMAT, "%s: not a text file: byte %lld is zero",
                       path, (long long)strlen(text));
    return conf_parse(out, arena, text, path, err);
}
