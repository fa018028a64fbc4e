/* study_plan.c - see study_plan.h. Every cell is read back as it was written,
 * so a name that looks like a number stays a name. */

#include "store/study_plan.h"

#include "base/csv.h"
#include "base/file.h"
#include "base/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ID, NAME, GROUP, WAVE, FLOP_NEW, TOKENS, COLUMNS };
static const char *const column[COLUMNS] = { "id",   "name",     "group",
                                             "wave", "flop_new", "tokens" };

/* -- Written --------------------------------------------------------------- */

static void row_put(Str *out, const StudyPlanRow *row)
{
    const char *const text[] = { row->id, row->name, row->group };
    for (int i = 0; i < COUNT_OF(text); i++) {
        csv_put(out, text[i]);
        str_put(out, ",");
    }
    str_add(out, "%" PRId64 ",%.17g,%.17g\n", row->wave, row->flop_new,
            row->tokens);
}

bool study_plan_write(const StudyPlan *plan, const char *dir, Err *err)
{
    Arena arena = { 0 };
    Str   text  = { 0 };
    for (int i = 0; i < COLUMNS; i++)
        str_add(&text, "%s%s", column[i], i < COLUMNS - 1 ? "," : "\n");
    for (i64 i = 0; i < plan->count; i++)
        row_put(&text, &plan->row[i]);
    const bool ok = dir_make(dir, err)
        && file_write(arena_print(&arena, "%s/plan.csv", dir), text.text,
                      text.size, err);
    str_free(&text);
    arena_free(&arena);
    return ok;
}

/* -- Read back ------------------------------------------------------------- */

static bool names_check(const Csv *csv, Err *err)
{
    for (int i = 0; i < COLUMNS; i++)
        if (csv->count != COLUMNS || strcmp(csv->cell[i], column[i]) != 0)
            return err_set(err, ERR_FORMAT, "%s: its columns are not id, name, "
                           "group, wave, flop_new, tokens; remove it, the "
                           "study writes it anew", csv->path);
    return true;
}

static bool real_read(double *out, const Csv *csv, int cell)
{
    char *end;
    *out = strtod(csv->cell[cell], &end);
    return end != csv->cell[cell] && !*end && isfinite(*out) && *out >= 0;
}

static bool row_read(StudyPlanRow *row, const Csv *csv)
{
    double wave;
    if (csv->count != COLUMNS || !*csv->cell[ID]
        || !real_read(&wave, csv, WAVE)
        || !real_read(&row->flop_new, csv, FLOP_NEW)
        || !real_read(&row->tokens, csv, TOKENS))
        return false;
    row->id    = csv->cell[ID];
    row->name  = csv->cell[NAME];
    row->group = csv->cell[GROUP];
    row->wave  = (i64)wave;
    return true;
}

static i64 lines_of(const char *text)
{
    i64 count = 1;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static bool rows_read(StudyPlan *out, Csv *csv, Err *err)
{
    while (!csv_end(csv)) {
        const i64 line = csv->line;
        if (!csv_line(csv, err))
            return false;
        if (!row_read(&out->row[out->count], csv))
            return err_set(err, ERR_FORMAT, "%s:%lld: is no row of a plan; "
                           "remove the file, the study writes it anew",
                           csv->path, (long long)line);
        out->count++;
    }
    return true;
}

bool study_plan_read(StudyPlan *out, Arena *arena, const char *dir, Err *err)
{
    const char *path = arena_print(arena, "%s/plan.csv", dir);
    char       *text;
    i64         size;
    *out = (StudyPlan){ 0 };
    if (!file_exists(path))
        return true;
    if (!file_read(&text, &size, arena, path, err))
        return false;
    out->row = NEW(arena, StudyPlanRow, lines_of(text));
    Csv csv = csv_open(arena, text, path);
    return csv_line(&csv, err) && names_check(&csv, err)
        && rows_read(out, &csv, err);
}

const StudyPlanRow *study_plan_find(const StudyPlan *plan, const char *id)
{
    for (i64 i = 0; i < plan->count; i++)
        if (strcmp(plan->row[i].id, id) == 0)
            return &plan->row[i];
    return NULL;
}
