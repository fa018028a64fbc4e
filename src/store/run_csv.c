/* run_csv.c - all runs as one wide table that pandas, R, DuckDB and nanochat's
 * notebooks read with one line. */

#include "store/run_field.h"

#include "base/csv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void value_cell(Str *out, Value v)
{
    if (v.none)
        return;
    switch (v.kind) {
    case FIELD_TEXT:  csv_put(out, v.text);              break;
    case FIELD_REAL:  str_add(out, "%.17g", v.real);       break;
    case FIELD_COUNT:
    case FIELD_SEED:
    case FIELD_FLAG:  str_add(out, "%" PRId64, v.count);   break;
    case FIELD_REALS: break; /* no run field is a list */
    }
}

static void column_cell(Str *out, const RunColumn *column, const Run *run)
{
    const double value = column->value(run);
    if (isfinite(value))
        str_add(out, column->whole ? "%.0f" : "%.17g", value);
}

/* Line breaks in a cell are legal, and most line tools trip over them. */
static bool left_out(const Field *field)
{
    return strcmp(field->name, "config") == 0;
}

static void columns(Str *out, const RunColumn *column, int ncolumn,
                    const Run *run)
{
    for (int c = 0; c < ncolumn; c++) {
        if (run_field_find(column[c].name))
            continue;
        str_put(out, ",");
        if (run)
            column_cell(out, &column[c], run);
        else
            str_put(out, column[c].name);
    }
}

/* Settings that have no field of their own, from the configuration's text. */
static const char *const setting[] = {
    "momentum", "beta1", "beta2", "weight_decay", "clip", "dropout", "z_loss",
    "warmup", "warmup_steps", "cooldown", "lr_final", "patience" };

/* The text after "KEY = " at the head of a line, NULL if there is none. */
static const char *setting_find(const char *config, const char *key)
{
    const size_t size = strlen(key);
    for (const char *line = config; line && *line; line++) {
        if (strncmp(line, key, size) == 0
            && strncmp(line + size, " = ", 3) == 0)
            return line + size + 3;
        line = strchr(line, '\n');
        if (!line)
            break;
    }
    return NULL;
}

/* As it was written: a number is not read and printed again. */
static void settings(Str *out, const Run *run)
{
    for (int k = 0; k < COUNT_OF(setting); k++) {
        const char *value = run ? setting_find(run->config, setting[k]) : NULL;
        str_put(out, ",");
        if (!run)
            str_put(out, setting[k]);
        else if (value)
            str_bytes(out, value, (i64)strspn(value, "0123456789+-.e"));
    }
}

/* One row; the names where there is no run. */
static void row(Str *out, const Run *run)
{
    for (int f = 0; f < run_nfield; f++) {
        if (left_out(&run_field[f]))
            continue;
        if (f > 0)
            str_put(out, ",");
        if (run)
            value_cell(out, run_value(run, &run_field[f]));
        else
            str_put(out, run_field[f].name);
    }
    columns(out, law_column, law_ncolumn, run);
    columns(out, nanochat_column, nanochat_ncolumn, run);
    settings(out, run);
    str_put(out, ",");
    csv_put(out, run ? run_cluster(run) : "cluster");
    str_put(out, "\n");
}

void run_csv(const RunList *runs, Str *out)
{
    row(out, NULL);
    for (i64 i = 0; i < runs->count; i++)
        row(out, &runs->run[i]);
}
