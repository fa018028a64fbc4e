/* text.c - text for a terminal of 80 columns. */

#include "report/text.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { LAST_COLUMN = 79 };

/* Bytes that go on a UTF-8 character take no column. */
static int letters(const char *text, int bytes)
{
    int count = 0;
    for (int i = 0; i < bytes; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

void text_cell(FILE *out, const char *text, int width)
{
    fputs(text, out);
    for (int at = letters(text, (int)strlen(text)); at < width; at++)
        fputc(' ', out);
}

void text_wrapped(FILE *out, const char *text, int indent)
{
    int  at    = 0;
    bool first = true;
    while (*text) {
        const int bytes = (int)strcspn(text, " \n");
        const int width = letters(text, bytes);
        if (first || at + 1 + width > LAST_COLUMN) {
            fprintf(out, "%s%*s", first ? "" : "\n", indent, "");
            at    = indent;
            first = false;
        } else {
            fputc(' ', out);
            at++;
        }
        fprintf(out, "%.*s", bytes, text);
        at += width;
        text += bytes;
        text += strspn(text, " \n");
    }
    fputc('\n', out);
}

static bool follows(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

char *text_cut(char *out, size_t room, const char *text, int letters)
{
    static const char ellipsis[] = "…";
    size_t at = 0, last = 0; /* where the letter before `at` began */
    int    seen = 0;
    assert(room > sizeof ellipsis);
    while (text[at] && seen < letters) {
        size_t next = at + 1;
        while (follows(text[next]))
            next++;
        if (next + sizeof ellipsis > room)
            break;
        last = at;
        at   = next;
        seen++;
    }
    memcpy(out, text, at);
    out[at] = 0;
    if (text[at])
        memcpy(out + last, ellipsis, sizeof ellipsis);
    return out;
}
