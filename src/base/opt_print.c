/* opt_print.c - an option table for people (--help), and as a configuration
 * file that reads back as the same values (declared in opt.h). */

#include "base/opt.h"

#include <math.h>
#include <string.h>

/* --- as a file ----------------------------------------------------------- */

static void put_text(Str *out, const char *text)
{
    str_put(out, "\"");
    for (const char *c = text; *c; c++) {
        const u8 byte = (u8)*c;
        if (byte == '"' || byte == '\\')
            str_add(out, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7f)
            str_add(out, "\\u%04x", byte);
        else
            str_bytes(out, c, 1);
    }
    str_put(out, "\"");
}

/* Whether there is a value to write: a text that is NULL and a number that is
 * NaN were never set. */
static bool is_set(const Opt *opt)
{
    return !(opt->text && !*opt->text) && !(opt->real && isnan(*opt->real));
}

static void put_value(Str *out, const Opt *opt)
{
    if (opt->text)
        put_text(out, *opt->text);
    else if (opt->real)
        str_add(out, "%.17g", *opt->real);
    else if (opt->count)
        str_add(out, "%lld", (long long)*opt->count);
    else if (opt->flag)
        str_put(out, *opt->flag ? "true" : "false");
    else if (opt->reals) {
        str_put(out, "[");
        for (i64 i = 0; i < opt->reals->count; i++)
            str_add(out, "%s%.17g", i ? ", " : "", opt->reals->item[i]);
        str_put(out, "]");
    } else {
        str_put(out, "[");
        for (i64 i = 0; i < opt->texts->count; i++) {
            str_put(out, i ? ", " : "");
            put_text(out, opt->texts->item[i]);
        }
        str_put(out, "]");
    }
}

/* Bytes of a name that are its section: up to the last dot, 0 without one. */
static int section_size(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? (int)(dot - name) : 0;
}

static bool same_section(const Opt *a, const Opt *b)
{
    const int size = section_size(a->name);
    return size == section_size(b->name)
        && !strncmp(a->name, b->name, (size_t)size);
}

/* All options of the section that `first` is in, from `first` on. */
static void put_section(Str *out, const OptTable *table, int first,
                        bool hashed_only)
{
    const Opt *head = &table->opt[first];
    const int  size = section_size(head->name);
    bool       opened = size == 0;
    for (int i = first; i < table->nopt; i++) {
        const Opt *opt = &table->opt[i];
        if (!same_section(opt, head) || !is_set(opt)
            || (hashed_only && opt->unhashed))
            continue;
        if (!opened)
            str_add(out, "%s[%.*s]\n", out->size ? "\n" : "", size, head->name);
        opened = true;
        str_add(out, "%s = ", opt->name + (size ? size + 1 : 0));
        put_value(out, opt);
        str_put(out, "\n");
    }
}

/* Options without a section come first: after a header they would be in it. */
void opt_print(const OptTable *table, bool hashed_only, Str *out)
{
    for (int bare = 1; bare >= 0; bare--)
        for (int i = 0; i < table->nopt; i++) {
            bool seen = false;
            for (int k = 0; k < i && !seen; k++)
                seen = same_section(&table->opt[k], &table->opt[i]);
            if (!seen && (section_size(table->opt[i].name) == 0) == bare)
                put_section(out, table, i, hashed_only);
        }
}

const char *opt_text(const OptTable *table, bool hashed_only)
{
    Str text = { 0 };
    opt_print(table, hashed_only, &text);
    const char *kept = arena_text(table->arena, text.text);
    str_free(&text);
    return kept;
}

/* --- for people ---------------------------------------------------------- */

/* The value that stands without being asked for, as people write it. */
static void put_default(Str *out, const Opt *opt)
{
    if (!is_set(opt) || (opt->flag && !*opt->flag)
        || (opt->text && !**opt->text) || (opt->reals && !opt->reals->count)
        || (opt->texts && !opt->texts->count))
        return;
    str_put(out, " [");
    if (opt->text && strpbrk(*opt->text, " \t\n"))
        put_text(out, *opt->text); /* else its blanks would not be seen */
    else if (opt->text)
        str_put(out, *opt->text);
    else if (opt->real)
        str_add(out, "%g", *opt->real);
    else if (opt->flag)
        str_put(out, "on");
    else if (opt->reals)
        for (i64 i = 0; i < opt->reals->count; i++)
            str_add(out, "%s%g", i ? "," : "", opt->reals->item[i]);
    else if (opt->texts)
        for (i64 i = 0; i < opt->texts->count; i++)
            str_add(out, "%s%s", i ? "," : "", opt->texts->item[i]);
    else
        put_value(out, opt);
    str_put(out, "]");
}

enum { LEFT = 26, RIGHT = 79 }; /* columns of what options mean */

/* Words folded into the columns from `left` on, where the cursor stands. */
static void put_folded(FILE *out, const char *text, int left)
{
    int at = left;
    while (*text) {
        const int size = (int)strcspn(text, " ");
        if (at > left && at + 1 + size > RIGHT) {
            fprintf(out, "\n%*s", left, "");
            at = left;
        } else if (at > left) {
            at += fprintf(out, " ");
        }
        at += fprintf(out, "%.*s", size, text);
        text += size;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

/* A flag is read with - or _ alike. What is also a key of a file is shown as it
 * stands there, the others as people type them. */
static int put_flag(FILE *out, const char *name)
{
    const bool key = strchr(name, '.') != NULL;
    int        size = fprintf(out, "  --");
    for (; *name; name++, size++)
        fputc(*name == '_' && !key ? '-' : *name, out);
    return size;
}

static void put_option(FILE *out, const Opt *opt)
{
    int size = put_flag(out, opt->name);
    if (!opt->flag)
        size += fprintf(out, " %s", opt->unit ? opt->unit : "VALUE");
    if (size + 2 > LEFT)
        fprintf(out, "\n%*s", LEFT, "");
    else
        fprintf(out, "%*s", LEFT - size, "");

    Str text = { 0 };
    str_put(&text, opt->help);
    put_default(&text, opt);
    put_folded(out, text.text, LEFT);
    str_free(&text);
}

void opt_help(const OptTable *table, FILE *out)
{
    fprintf(out, "%s%s%s%s\n", table->command,
            table->nopt ? " [options]" : "", table->operands ? " " : "",
            table->operands ? table->operands : "");
    if (table->about)
        put_folded(out, table->about, 0);
    if (table->nopt)
        fputc('\n', out);
    for (int i = 0; i < table->nopt; i++)
        put_option(out, &table->opt[i]);
}
