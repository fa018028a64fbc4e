/* api_law.c - laws: found, shown, evaluated. */

#include "api/api.h"

#include "base/know.h"

#include <stdlib.h>
#include <string.h>

char *sl_law_list(sl_error *error)
{
    Door         door  = door_in(error);
    Arena        arena = { 0 };
    Str          text  = { 0 };
    const char **names;
    const int    count = know_names(&names, &arena, "laws", ".law");
    str_put(&text, "");
    for (int i = 0; i < count; i++)
        str_add(&text, "%s\n", names[i]);
    arena_free(&arena);
    door_out(&door);
    return text.text;
}

sl_law *sl_law_load(const char *name_or_path, sl_error *error)
{
    Door    door = door_in(error);
    sl_law *law  = home_new(sizeof *law);
    if (door_given(&door, name_or_path, "the name of the law"))
        (void)!law_load(&law->law, &law->home.arena, name_or_path, &door.err);
    return door_give(&door, law);
}

sl_law *sl_law_parse(const char *text, sl_error *error)
{
    Door    door = door_in(error);
    sl_law *law  = home_new(sizeof *law);
    if (door_given(&door, text, "the text of the law"))
        (void)!law_parse(&law->law, &law->home.arena, text, "law", &door.err);
    return door_give(&door, law);
}

void sl_law_free(sl_law *law)
{
    home_drop(law ? &law->home : NULL);
}

/* ---- showing ----------------------------------------------------------- */

const char *sl_law_name(const sl_law *law)
{
    return law ? law->law->name : NULL;
}

const char *sl_law_title(const sl_law *law)
{
    return law ? law->law->title : NULL;
}

const char *sl_law_formula(const sl_law *law)
{
    return law ? law->law->formula : NULL;
}

const char *sl_law_source(const sl_law *law)
{
    return law ? law->law->source : NULL;
}

const char *sl_law_response(const sl_law *law)
{
    return law ? law->law->response : NULL;
}

int sl_law_params(const sl_law *law)
{
    return law ? law->law->nparam : 0;
}

static const LawParam *param_at(const sl_law *law, int param)
{
    return param >= 0 && param < sl_law_params(law) ? &law->law->param[param]
                                                    : NULL;
}

const char *sl_law_param_name(const sl_law *law, int param)
{
    return param_at(law, param) ? param_at(law, param)->name : NULL;
}

const char *sl_law_param_unit(const sl_law *law, int param)
{
    return param_at(law, param) ? param_at(law, param)->unit : NULL;
}

int sl_law_columns(const sl_law *law)
{
    return law ? law->law->ncolumn : 0;
}

const char *sl_law_column_name(const sl_law *law, int column)
{
    return column >= 0 && column < sl_law_columns(law)
             ? law->law->column[column]
             : NULL;
}

/* ---- published sets ---------------------------------------------------- */

int sl_law_sets(const sl_law *law)
{
    return law ? law->law->nconstants : 0;
}

const char *sl_law_set_name(const sl_law *law, int set)
{
    return set >= 0 && set < sl_law_sets(law) ? law->law->constants[set].name
                                              : NULL;
}

bool sl_law_set(const sl_law *law, const char *set, double *theta,
                sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, law, "law") && door_given(&door, set, "set")
        && door_given(&door, theta, "theta")) {
        const LawConstants *found = law_constants(law->law, set);
        if (found)
            memcpy(theta, found->theta,
                   (size_t)law->law->nparam * sizeof *theta);
        else
            err_set(&door.err, ERR_USAGE, "%s has no published set \"%s\"; "
                    "sl_law_set_name names those it has", law->law->name, set);
    }
    return door_out(&door);
}

/* ---- evaluating -------------------------------------------------------- */

static bool columns_take(double **out, const sl_law *law,
                         const double *const *column, i64 rows, Door *door)
{
    if (rows < 0)
        return err_set(&door->err, ERR_USAGE, "%lld rows; 0 or more are "
                       "expected", (long long)rows);
    for (int c = 0; c < law->law->ncolumn; c++) {
        if (!door_given(door, column[c], law->law->column[c]))
            return false;
        out[c] = (double *)(uintptr_t)column[c]; /* only read */
    }
    return true;
}

bool sl_law_eval(const sl_law *law, const double *theta,
                 const double *const *column, int64_t rows, double *out,
                 sl_error *error)
{
    Door    door = door_in(error);
    double *read[LAW_COLUMNS_MAX];
    if (door_given(&door, law, "law") && door_given(&door, theta, "theta")
        && door_given(&door, column, "column") && door_given(&door, out, "out")
        && columns_take(read, law, column, rows, &door)
        && door_room(&door, (double)rows * law->law->ncolumn,
                     4 * sizeof(double), "the values of a law"))
        law_eval(out, NULL, NULL, law->law, theta, read, rows);
    return door_out(&door);
}
