/* law_print.c - a law as the text of a law file. Numbers are printed so that
 * the same numbers are read back. */

#include "law/law.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_quoted(Str *out, const char *text)
{
    str_put(out, "\"");
    for (const char *c = text; *c; c++) {
        if (*c == '\n')
            str_put(out, "\\n");
        else if (*c == '\t')
            str_put(out, "\\t");
        else
            str_add(out, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
    }
    str_put(out, "\"");
}

static void put_text(Str *out, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    str_add(out, "%s = ", key);
    put_quoted(out, text);
    str_put(out, "\n");
}

/* The shortest decimals that read back as this number. */
static void put_number(Str *out, double x)
{
    char text[40];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    str_put(out, text);
}

static void put_real(Str *out, const char *key, double x)
{
    str_add(out, "%s = ", key);
    put_number(out, x);
    str_put(out, "\n");
}

static void put_reals(Str *out, const char *key, const double *x, i64 n)
{
    if (n == 0)
        return;
    str_add(out, "%s = [", key);
    for (i64 i = 0; i < n; i++) {
        str_put(out, i ? ", " : "");
        put_number(out, x[i]);
    }
    str_put(out, "]\n");
}

static void put_caveats(Str *out, const Law *law)
{
    if (!law->ncaveat)
        return;
    str_put(out, "caveat = [\n");
    for (int i = 0; i < law->ncaveat; i++) {
        str_put(out, "    ");
        put_quoted(out, law->caveat[i]);
        str_put(out, ",\n");
    }
    str_put(out, "]\n");
}

static void put_columns(Str *out, const char *key, const Law *law,
                        const bool *which)
{
    const char *between = "";
    for (int c = 0; c < law->ncolumn; c++)
        if (!which || which[c]) {
            if (!*between)
                str_add(out, "%s = [", key);
            str_add(out, "%s\"%s\"", between, law->column[c]);
            between = ", ";
        }
    str_put(out, *between ? "]\n" : "");
}

static void put_param(Str *out, const LawParam *p)
{
    str_add(out, "\n[param.%s]\n", p->name);
    put_real(out, "from", p->from);
    put_real(out, "to", p->to);
    if (isfinite(p->low))
        put_real(out, "low", p->low);
    if (isfinite(p->high))
        put_real(out, "high", p->high);
    put_text(out, "unit", p->unit);
}

static void put_column(Str *out, const char *name, const LawColumn *about)
{
    const bool bounded = isfinite(about->from);
    if (!bounded && !*about->unit && !*about->about)
        return;
    str_add(out, "\n[column.%s]\n", name);
    if (bounded) {
        put_real(out, "from", about->from);
        put_real(out, "to", about->to);
    }
    put_text(out, "unit", about->unit);
    put_text(out, "about", about->about);
}

static void put_constants(Str *out, const Law *law, const LawConstants *set)
{
    str_add(out, "\n[published.%s]\n", set->name);
    for (int i = 0; i < law->nparam; i++)
        put_real(out, law->param[i].name, set->theta[i]);
    for (int i = 0; i < law->nparam; i++)
        if (!isnan(set->low[i])) {
            char key[200];
            const double ends[] = { set->low[i], set->high[i] };
            snprintf(key, sizeof key, "%s_interval", law->param[i].name);
            put_reals(out, key, ends, 2);
        }
    put_text(out, "source", set->source);
    put_text(out, "caveat", set->caveat);
    if (set->draws)
        put_text(out, "draws", set->draws);
    put_reals(out, "check", set->check.item, set->check.count);
    put_reals(out, "optimum", set->optimum.item, set->optimum.count);
}

void law_print(Str *out, const Law *law)
{
    put_text(out, "name", law->name);
    put_text(out, "title", law->title);
    put_text(out, "topic", law->topic);
    put_text(out, "formula", law->formula);
    if (law->code) {
        put_text(out, "code", law->code->name);
        put_columns(out, "columns", law, NULL);
    }
    put_text(out, "source", law->source);
    put_text(out, "counts", law->counts);
    put_text(out, "cost", law->cost);
    put_columns(out, "zero", law, law->zero);
    put_caveats(out, law);
    for (int i = 0; i < law->nparam; i++)
        put_param(out, &law->param[i]);
    for (int c = 0; c < law->ncolumn; c++)
        put_column(out, law->column[c], &law->about[c]);
    for (int i = 0; i < law->nconstants; i++)
        put_constants(out, law, &law->constants[i]);
}
