/* jot.c - commas, quotes and brackets; nothing is kept but what is open. */

#include "base/jot.h"

#include <assert.h>
#include <math.h>

Jot jot_open(Str *out)
{
    return (Jot){ .out = out };
}

/* Control characters are escaped; other bytes pass through, so that UTF-8 in
 * is UTF-8 out. */
static void quoted(Str *out, const char *text)
{
    str_put(out, "\"");
    for (const char *c = text; *c; c++) {
        const u8 byte = (u8)*c;
        if (byte == '"' || byte == '\\')
            str_add(out, "\\%c", byte);
        else if (byte == '\n')
            str_put(out, "\\n");
        else if (byte == '\t')
            str_put(out, "\\t");
        else if (byte < 0x20 || byte == 0x7f)
            str_add(out, "\\u%04x", byte);
        else
            str_bytes(out, c, 1);
    }
    str_put(out, "\"");
}

/* What stands before every value: a comma, and its key. */
static void lead(Jot *j, const char *key)
{
    assert(!key || (j->depth > 0 && j->close[j->depth - 1] == '}'));
    assert(key || j->depth == 0 || j->close[j->depth - 1] == ']');
    if (j->comma)
        str_put(j->out, ",");
    j->comma = true;
    if (key) {
        quoted(j->out, key);
        str_put(j->out, ":");
    }
}

static void nest(Jot *j, const char *key, const char *open, char close)
{
    assert(j->depth < COUNT_OF(j->close));
    lead(j, key);
    str_put(j->out, open);
    j->close[j->depth++] = close;
    j->comma = false;
}

void jot_object(Jot *j, const char *key)
{
    nest(j, key, "{", '}');
}

void jot_array(Jot *j, const char *key)
{
    nest(j, key, "[", ']');
}

void jot_end(Jot *j)
{
    assert(j->depth > 0);
    str_bytes(j->out, &j->close[--j->depth], 1);
    j->comma = true;
}

void jot_real(Jot *j, const char *key, double value)
{
    lead(j, key);
    if (isfinite(value))
        str_add(j->out, "%.17g", value);
    else
        str_put(j->out, "null");
}

void jot_count(Jot *j, const char *key, i64 value)
{
    lead(j, key);
    str_add(j->out, "%lld", (long long)value);
}

void jot_flag(Jot *j, const char *key, bool value)
{
    lead(j, key);
    str_put(j->out, value ? "true" : "false");
}

void jot_text(Jot *j, const char *key, const char *value)
{
    lead(j, key);
    if (value)
        quoted(j->out, value);
    else
        str_put(j->out, "null");
}
