/* csv.c - see csv.h. */

#include "base/csv.h"

#include <string.h>

enum { ROOM = 32 };

/* The one of , ; and tab that stands most often in the first line. */
static char separator_find(const char *at)
{
    int  comma = 0, semicolon = 0, tab = 0;
    bool quoted = false;
    for (; *at && (quoted || *at != '\n'); at++) {
        quoted ^= *at == '"';
        comma += !quoted && *at == ',';
        semicolon += !quoted && *at == ';';
        tab += !quoted && *at == '\t';
    }
    if (tab > comma && tab >= semicolon)
        return '\t';
    return semicolon > comma ? ';' : ',';
}

Csv csv_open(Arena *arena, char *text, const char *path)
{
    char *at = text + 3 * !strncmp(text, "\xef\xbb\xbf", 3);
    return (Csv){ .path = path, .at = at, .line = 1, .room = ROOM,
                  .separator = separator_find(at), .arena = arena,
                  .cell = NEW(arena, const char *, ROOM) };
}

bool csv_end(const Csv *csv)
{
    return *csv->at == 0;
}

void csv_skip(Csv *csv)
{
    csv->at += strcspn(csv->at, "\n");
    csv->line++;
    csv->at += *csv->at != 0;
}

static bool wrong(const Csv *csv, const char *what, Err *err)
{
    return err_set(err, ERR_FORMAT, "%s:%lld: %s", csv->path,
                   (long long)csv->line, what);
}

static bool is_blank(const Csv *csv, char c)
{
    return (c == ' ' || c == '\t') && c != csv->separator;
}

static bool line_ends(const char *at)
{
    return !*at || *at == '\n' || (*at == '\r' && at[1] == '\n');
}

/* Where the quotes that begin at `from` are closed; NULL if nowhere. */
static char *closing(char *from)
{
    for (char *at = from + 1; (at = strchr(at, '"')); at += 2)
        if (at[1] != '"')
            return at;
    return NULL;
}

/* A cell between quotes, standing on the first; ends after the second. */
static bool quoted(Csv *csv, char **cell, Err *err)
{
    char *const stop = closing(csv->at);
    if (!stop)
        return wrong(csv, "a quote that begins here is not closed", err);
    char *from = csv->at + 1, *to = *cell = from, *after = stop + 1;
    while (is_blank(csv, *after))
        after++;
    if (!line_ends(after) && *after != csv->separator)
        return wrong(csv, "a quote stands inside a cell; double it, and put "
                          "the whole cell in quotes", err);
    csv->at = after;
    for (; from < stop; from++) {
        from += *from == '"';
        csv->line += *from == '\n';
        *to++ = *from;
    }
    *to = 0;
    return true;
}

/* A cell without quotes, and without the blanks around it. */
static bool plain(Csv *csv, char **cell, char **end, Err *err)
{
    char *at = csv->at;
    while (is_blank(csv, *at))
        at++;
    *cell = at;
    while (*at && *at != csv->separator && *at != '\n' && *at != '"')
        at++;
    if (*at == '"')
        return wrong(csv, "a quote stands inside a cell; double it, and put "
                          "the whole cell in quotes", err);
    csv->at = at - (*at == '\n' && at > *cell && at[-1] == '\r');
    for (*end = csv->at; *end > *cell && is_blank(csv, (*end)[-1]);)
        --*end;
    return true;
}

/* One cell with what ends it: *last says whether that was the line. */
static bool cell_read(Csv *csv, char **cell, bool *last, Err *err)
{
    const char *first = csv->at;
    while (is_blank(csv, *first))
        first++;
    char *end = NULL;
    if (*first == '"') {
        csv->at += first - csv->at;
        if (!quoted(csv, cell, err))
            return false;
    } else if (!plain(csv, cell, &end, err)) {
        return false;
    }
    *last = *csv->at != csv->separator;
    csv->at += *csv->at == '\r';
    csv->line += *csv->at == '\n';
    csv->at += *csv->at != 0;
    if (end)
        *end = 0;
    return true;
}

bool csv_line(Csv *csv, Err *err)
{
    csv->count = 0;
    for (bool last = false; !last;) {
        char *cell = NULL;
        if (!cell_read(csv, &cell, &last, err))
            return false;
        if (csv->count == csv->room) {
            const char **wider = NEW(csv->arena, const char *, 2 * csv->room);
            memcpy(wider, csv->cell, (size_t)csv->room * sizeof *wider);
            csv->cell = wider;
            csv->room *= 2;
        }
        csv->cell[csv->count++] = cell;
    }
    return true;
}

void csv_put(Str *out, const char *text)
{
    const size_t size = strlen(text);
    const char   last = size ? text[size - 1] : 0;
    if (!strpbrk(text, ",\"\r\n") && *text != ' ' && *text != '\t'
        && last != ' ' && last != '\t') {
        str_put(out, text);
        return;
    }
    str_put(out, "\"");
    for (const char *stop; (stop = strchr(text, '"')); text = stop + 1) {
        str_bytes(out, text, stop + 1 - text);
        str_put(out, "\"");
    }
    str_put(out, text);
    str_put(out, "\"");
}
