/* law_read_param.c - what a law file says of its parameters, and the counts
 * that it names.
 *
 *     [index]       n = 3
 *     [param.NAME]  from to (required), low high unit, and for a family
 *                   count = 3, "n", or a list of them where it has two indices
 *
 * A family t of three is t1, t2 and t3, each a parameter as any other; all
 * begin with the same bounds. */

#include "law/law_read.h"

#include <math.h>
#include <string.h>

static const char PARAM[] = "param.", INDEX[] = "index";

static bool indices_room(const FormulaNames *indices, const Conf *conf,
                         Err *err)
{
    /* Half of the room stays for the indices of sums. */
    if (indices->nindex < FORMULA_INDICES_MAX / 2)
        return true;
    return err_set(err, ERR_FORMAT, "%s: [index] names more than %d counts",
                   conf->path, FORMULA_INDICES_MAX / 2);
}

bool law_read_indices(FormulaNames *indices, const Conf *conf, Err *err)
{
    for (i64 i = 0; i < conf->count; i++) {
        const ConfEntry *e = &conf->entry[i];
        if (strcmp(e->section, INDEX) != 0)
            continue;
        double value = 0;
        if (!conf_real(&value, conf, INDEX, e->key, err)
            || !indices_room(indices, conf, err))
            return false;
        if (value != floor(value) || fabs(value) > 1000)
            return conf_refuse(conf, e, err, "a whole number of at most 1000 "
                               "is expected");
        indices->index[indices->nindex++]
            = (FormulaIndex){ e->key, (i64)value };
    }
    return true;
}

/* ---- counts ------------------------------------------------------------ */

typedef struct Counts { int n; i64 of[2]; } Counts;

static bool count_add(Counts *counts, double value, const Conf *conf,
                      const ConfEntry *e, Err *err)
{
    if (!(value >= 1 && value <= LAW_PARAMS_MAX && value == floor(value)))
        return conf_refuse(conf, e, err, "a whole number from 1 to %d is "
                           "expected", LAW_PARAMS_MAX);
    if (counts->n == 2)
        return conf_refuse(conf, e, err, "at most two counts are expected");
    counts->of[counts->n++] = (i64)value;
    return true;
}

/* "n", or "3" in a list with names. */
static bool count_named(Counts *counts, const char *name,
                        const FormulaNames *indices, const Conf *conf,
                        const ConfEntry *e, Err *err)
{
    double value;
    if (conf_number(&value, name))
        return count_add(counts, value, conf, e, err);
    for (int i = 0; i < indices->nindex; i++)
        if (strcmp(indices->index[i].name, name) == 0)
            return count_add(counts, (double)indices->index[i].value, conf, e,
                             err);
    return conf_refuse(conf, e, err, "[index] does not say what '%s' is", name);
}

static bool counts_read(Counts *counts, const Conf *conf, const ConfEntry *e,
                        const FormulaNames *indices, Err *err)
{
    *counts = (Counts){ 0 };
    if (e->kind == CONF_REAL)
        return count_add(counts, e->real, conf, e, err);
    if (e->kind == CONF_TEXT)
        return count_named(counts, e->text, indices, conf, e, err);
    for (i64 i = 0; e->kind == CONF_REALS && i < e->reals.count; i++)
        if (!count_add(counts, e->reals.item[i], conf, e, err))
            return false;
    for (i64 i = 0; e->kind == CONF_TEXTS && i < e->texts.count; i++)
        if (!count_named(counts, e->texts.item[i], indices, conf, e, err))
            return false;
    return counts->n > 0 || conf_refuse(conf, e, err, "a count, or a list of "
                                        "two, is expected");
}

/* ---- parameters -------------------------------------------------------- */

static bool bounds_hold(const LawParam *p, const Conf *conf, const char *sec,
                        Err *err)
{
    if (p->low <= p->from && p->from < p->to && p->to <= p->high)
        return true;
    return err_set(err, ERR_FORMAT, "%s: [%s]: low <= from < to <= high is "
                   "wanted, not %g, %g, %g, %g", conf->path, sec, p->low,
                   p->from, p->to, p->high);
}

static bool param_read(LawParam *p, const Conf *conf, const char *section,
                       Err *err)
{
    static const char *const keys[] = { "from", "to", "low", "high", "unit",
                                        "count" };
    *p = (LawParam){ .name = law_below(section, PARAM), .unit = "",
                     .low = -INFINITY, .high = INFINITY };
    return conf_only(conf, section, keys, COUNT_OF(keys), err)
        && law_need(conf, section, "from", err)
        && law_need(conf, section, "to", err)
        && conf_real(&p->from, conf, section, "from", err)
        && conf_real(&p->to, conf, section, "to", err)
        && conf_real(&p->low, conf, section, "low", err)
        && conf_real(&p->high, conf, section, "high", err)
        && conf_text(&p->unit, conf, section, "unit", err)
        && bounds_hold(p, conf, section, err);
}

static bool param_add(Law *law, const LawParam *param, const char *name,
                      const Conf *conf, Err *err)
{
    if (law->nparam == LAW_PARAMS_MAX)
        return err_set(err, ERR_FORMAT, "%s: more than %d parameters",
                       conf->path, LAW_PARAMS_MAX);
    if (law_param(law, name) >= 0)
        return err_set(err, ERR_FORMAT, "%s: the parameter %s is declared "
                       "twice, once as one of a family", conf->path, name);
    LawParam *p = &law->param[law->nparam++];
    *p = *param;
    p->name = name;
    return true;
}

static bool family_add(Law *law, Arena *arena, const LawParam *param,
                       const Counts *counts, const Conf *conf, Err *err)
{
    const i64 second = counts->n == 2 ? counts->of[1] : 1;
    for (i64 i = 0; i < counts->of[0] * second; i++) {
        const long long j = i / second + 1, k = i % second + 1;
        const char *name
            = counts->n == 2
                  ? arena_print(arena, "%s%lld_%lld", param->name, j, k)
                  : arena_print(arena, "%s%lld", param->name, j);
        if (!param_add(law, param, name, conf, err))
            return false;
    }
    return true;
}

static bool section_read(Law *law, Arena *arena, const Conf *conf,
                         const char *section, const FormulaNames *indices,
                         Err *err)
{
    LawParam param;
    Counts counts;
    if (!param_read(&param, conf, section, err))
        return false;
    const ConfEntry *count = conf_find(conf, section, "count");
    if (!count)
        return param_add(law, &param, param.name, conf, err);
    return counts_read(&counts, conf, count, indices, err)
        && family_add(law, arena, &param, &counts, conf, err);
}

bool law_read_params(Law *law, Arena *arena, const Conf *conf,
                     const FormulaNames *indices, Err *err)
{
    for (i64 s = 0; s < conf->sections.count; s++)
        if (law_below(conf->sections.item[s], PARAM)
            && !section_read(law, arena, conf, conf->sections.item[s], indices,
                             err))
            return false;
    if (law->nparam)
        return true;
    return err_set(err, ERR_FORMAT, "%s: no [param.NAME] section; a law has "
                   "parameters to fit", conf->path);
}
