/* fit_table.c - see fit_table.h. Which of both a source is: a folder with
 * study.json or run records is a study, all else is imported. */

#include "cli/fit_table.h"

#include "base/file.h"
#include "cli/runs_place.h"
#include "store/import.h"
#include "store/study.h"

#include <stdio.h>
#include <string.h>

static const char WHERE_FIT[] = "\"group\" = 'fit' and status = 'done'";
static const char N_DEFAULT[] = "body+head";

/* ---- studies ----------------------------------------------------------- */

static const char *n_of_study(Arena *arena, const char *dir)
{
    StudyInfo info;
    Err none = { 0 };
    return study_read(&info, arena, dir, &none) && info.counts ? info.counts
                                                               : N_DEFAULT;
}

static bool n_choose(Table *t, Arena *arena, const char *n, Err *err)
{
    CountN known;
    double *column = table_column(t, arena_print(arena, "n_%s", n));
    if (!count_n_find(&known, n) || !column)
        return err_set(err, ERR_USAGE, "--n=%s: N counts body, body+head, "
                       "total or flop", n);
    table_add(t, arena, "N", column);
    return true;
}

/* What is asked of files alone is no wish of a study's. */
static bool study_asked(const FitInput *input, Err *err)
{
    const char *what = input->format ? "--format" : input->curves ? "--curves"
                                                                  : NULL;
    return !what || err_set(err, ERR_USAGE, "%s is for files; a study's runs "
                            "are read from its records", what);
}

/* The columns that must be whole, and those of them in which 0 is a value. */
typedef struct Needs {
    const char *name[LAW_COLUMNS_MAX + 1], *zero[LAW_COLUMNS_MAX];
    int         count, nzero;
} Needs;

static Needs needs_of(const Law *law)
{
    Needs needs = { .count = 0 };
    for (int c = 0; c < law->ncolumn; c++) {
        needs.name[needs.count++] = law->column[c];
        if (law->zero[c])
            needs.zero[needs.nzero++] = law->column[c];
    }
    needs.name[needs.count++] = law->response;
    return needs;
}

static bool from_study(Table *out, const char **counts, Str *notes,
                       Arena *arena, const FitInput *input, const Law *law,
                       Err *err)
{
    RunsPlace place;
    RunList   runs;
    i64       broken;
    if (!study_asked(input, err)
        || !runs_place_find(&place, arena, input->source, err)
        || !runs_place_load(&runs, &broken, arena, &place,
                            input->where ? input->where : WHERE_FIT, err))
        return false;
    *out = run_table(arena, &runs);
    *counts = input->n ? input->n : n_of_study(arena, place.dir);
    if (!n_choose(out, arena, *counts, err))
        return false;
    if (!table_column(out, "S") && table_column(out, "steps"))
        table_add(out, arena, "S", table_column(out, "steps"));
    const Needs         needs = needs_of(law);
    const ImportOptions options = { .map = input->map,
                                    .skip_bad = input->skip_bad,
                                    .zero = needs.zero, .nzero = needs.nzero };
    return import_columns(out, notes, arena, place.dir, &options, needs.name,
                          needs.count, err);
}

/* ---- files ------------------------------------------------------------- */

/* A law of curves: curve, step and lr. */
static bool of_curves(const Law *law)
{
    return law->code && strcmp(law->column[0], "curve") == 0;
}

static bool from_file(Table *out, const char **counts, Str *notes,
                      Arena *arena, const FitInput *input, const Law *law,
                      Err *err)
{
    const Needs         needs = needs_of(law);
    const ImportOptions options = {
        .format = input->format, .map = input->map, .where = input->where,
        .skip_bad = input->skip_bad, .curves = input->curves || of_curves(law),
        .schedule = of_curves(law),
        .zero = needs.zero, .nzero = needs.nzero,
    };
    *counts = input->n;
    return import_table(out, notes, arena, input->source, &options, needs.name,
                        needs.count, err);
}

/* Runs of our own, or from elsewhere: a folder with the records of either a
 * study or of runs is ours, and so is a name without an ending that is nothing
 * yet. */
static bool is_study(Arena *arena, const char *source)
{
    char **name;
    i64    count;
    Err    none = { 0 };
    if (!source || (!file_exists(source) && !strrchr(source, '.')))
        return true;
    if (!file_is_dir(source))
        return false;
    if (file_exists(arena_print(arena, "%s/study.json", source))
        || file_is_dir(arena_print(arena, "%s/runs", source))
        || !dir_list(&name, &count, arena, source, &none))
        return true;
    for (i64 i = 0; i < count; i++)
        if (file_exists(arena_print(arena, "%s/%s/run.json", source, name[i])))
            return true;
    return count == 0;
}

bool fit_table(Table *out, const char **counts, Arena *arena,
               const FitInput *input, const Law *law, Err *err)
{
    Str        notes = { 0 };
    const bool logs = of_curves(law) && input->source
                   && file_exists(input->source); /* of a study as well */
    const bool ok = (!logs && is_study(arena, input->source) ? from_study
                                                             : from_file)(
        out, counts, &notes, arena, input, law, err);
    if (notes.text)
        fputs(notes.text, stderr);
    str_free(&notes);
    return ok;
}
