/* filled.c - a formula is text, and so is the same formula with numbers for
 * its names: one walk over the identifiers. */

#include "plan/filled.h"

#include "base/str.h"

#include <ctype.h>
#include <string.h>

static bool starts_name(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

static bool in_name(char c)
{
    return starts_name(c) || isdigit((unsigned char)c);
}

/* The number that a name stands for; false for functions and the left side. */
static bool number_of(double *out, const Law *law, const double *theta,
                      const double *column, const char *name, size_t size)
{
    for (int i = 0; i < law->nparam; i++)
        if (!strncmp(law->param[i].name, name, size)
            && !law->param[i].name[size]) {
            *out = theta[i];
            return true;
        }
    for (int i = 0; i < law->ncolumn; i++)
        if (!strncmp(law->column[i], name, size) && !law->column[i][size]) {
            *out = column[i];
            return true;
        }
    return false;
}

static const char *code_words(Arena *arena, const Law *law,
                              const double *column)
{
    Str text = { 0 };
    str_add(&text, "%s = %s(", law->response, law->name);
    for (int i = 0; i < law->ncolumn; i++)
        str_add(&text, "%s%s = %.4g", i ? ", " : "", law->column[i], column[i]);
    str_put(&text, ")");
    const char *out = arena_text(arena, text.text);
    str_free(&text);
    return out;
}

const char *law_filled(Arena *arena, const Law *law, const double *theta,
                       const double *column)
{
    if (law->code || !law->formula)
        return code_words(arena, law, column);
    Str text = { 0 };
    for (const char *at = law->formula; *at;) {
        /* An e within a number ("2e5") begins no name. */
        if (isdigit((unsigned char)*at)) {
            const size_t size = strspn(at, "0123456789.eE");
            str_bytes(&text, at, (i64)size);
            at += size;
            continue;
        }
        if (!starts_name(*at)) {
            str_bytes(&text, at++, 1);
            continue;
        }
        size_t size = 1;
        while (in_name(at[size]))
            size++;
        double value;
        if (number_of(&value, law, theta, column, at, size))
            str_add(&text, value < 0 ? "(%.4g)" : "%.4g", value);
        else
            str_bytes(&text, at, (i64)size);
        at += size;
    }
    const char *out = arena_text(arena, text.text);
    str_free(&text);
    return out;
}

double law_one(const Law *law, const double *theta, const double *column)
{
    double  value[LAW_COLUMNS_MAX], out;
    double *pointer[LAW_COLUMNS_MAX];
    for (int i = 0; i < law->ncolumn; i++) {
        value[i]   = column[i];
        pointer[i] = &value[i];
    }
    law_eval(&out, NULL, NULL, law, theta, pointer, 1);
    return out;
}
