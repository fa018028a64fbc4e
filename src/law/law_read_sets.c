/* law_read_sets.c - what a law file says of its columns, and of the constants
 * that were published for it.
 *
 *     [column.NAME]     from to unit about, each as is known
 *     [published.NAME]  source caveat, a number a parameter, and optionally
 *                       PARAMETER_interval = [low, high], 95 %, and what
 *                       `laws check` holds the set to: check, optimum;
 *                       draws = "NAME": laws/NAME.draws */

#include "law/law_read.h"

#include "base/know.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char COLUMN[] = "column.", PUBLISHED[] = "published.";

static int column_find(const Law *law, const char *name)
{
    for (int c = 0; c < law->ncolumn; c++)
        if (strcmp(law->column[c], name) == 0)
            return c;
    return -1;
}

static bool no_column(const Law *law, const char *name, Err *err)
{
    return err_set(err, ERR_FORMAT, "'%s' is no column of '%s'", name,
                   law->formula);
}

bool law_zero(Law *law, const TextList *columns, Err *err)
{
    for (i64 i = 0; i < columns->count; i++) {
        const int c = column_find(law, columns->item[i]);
        if (c < 0)
            return no_column(law, columns->item[i], err);
        law->zero[c] = true;
    }
    return true;
}

static bool column_read(Law *law, const Conf *conf, const char *section,
                        Err *err)
{
    static const char *const keys[] = { "from", "to", "unit", "about" };
    const char *name = law_below(section, COLUMN);
    const int c = column_find(law, name);
    if (c < 0)
        return no_column(law, name, err)
            || err_add(err, "%s: [%s]", conf->path, section);
    LawColumn *about = &law->about[c];
    if (!conf_only(conf, section, keys, COUNT_OF(keys), err)
        || !conf_real(&about->from, conf, section, "from", err)
        || !conf_real(&about->to, conf, section, "to", err)
        || !conf_text(&about->unit, conf, section, "unit", err)
        || !conf_text(&about->about, conf, section, "about", err))
        return false;
    if (isnan(about->from) == isnan(about->to)
        && !(about->from >= about->to))
        return true;
    return err_set(err, ERR_FORMAT, "%s: [%s]: from < to is wanted, or "
                   "neither", conf->path, section);
}

/* `columns` of a law of code repeats what the code says, for the reader. */
static bool columns_agree(const Law *law, const Conf *conf, Err *err)
{
    TextList said = { 0 };
    const ConfEntry *e = conf_find(conf, "", "columns");
    if (!law->code)
        return !e || conf_refuse(conf, e, err, "only a law with `code` lists "
                                 "its columns; a formula mentions them");
    if (!law_need(conf, "", "columns", err)
        || !conf_texts(&said, conf, "", "columns", err))
        return false;
    bool same = said.count == law->ncolumn;
    for (int c = 0; same && c < law->ncolumn; c++)
        same = strcmp(said.item[c], law->column[c]) == 0;
    return same || conf_refuse(conf, e, err, "the code '%s' has other columns "
                               "(%s first)", law->code->name, law->column[0]);
}

bool law_read_columns(Law *law, const Conf *conf, Err *err)
{
    TextList zero = { 0 };
    if (!columns_agree(law, conf, err)
        || !conf_texts(&zero, conf, "", "zero", err))
        return false;
    if (!law_zero(law, &zero, err))
        return err_add(err, "%s: zero", conf->path);
    for (i64 s = 0; s < conf->sections.count; s++)
        if (law_below(conf->sections.item[s], COLUMN)
            && !column_read(law, conf, conf->sections.item[s], err))
            return false;
    return true;
}

/* ---- published sets ---------------------------------------------------- */

static bool constant_read(LawConstants *set, int i, const Law *law,
                          Arena *arena, const Conf *conf, const char *section,
                          Err *err)
{
    const char *name = law->param[i].name;
    RealList ends = { 0 };
    if (!law_need(conf, section, name, err)
        || !conf_real(&set->theta[i], conf, section, name, err)
        || !conf_reals(&ends, conf, section,
                       arena_print(arena, "%s_interval", name), err))
        return false;
    if (ends.count != 0 && ends.count != 2)
        return err_set(err, ERR_FORMAT, "%s: [%s] %s_interval: two numbers "
                       "are wanted, [low, high]", conf->path, section, name);
    set->low[i] = ends.count ? ends.item[0] : NAN;
    set->high[i] = ends.count ? ends.item[1] : NAN;
    return true;
}

static bool only_known(const Law *law, Arena *arena, const Conf *conf,
                       const char *section, Err *err)
{
    const char *keys[2 * LAW_PARAMS_MAX + 5] = { "source", "caveat", "check",
                                                 "optimum", "draws" };
    int n = 5;
    for (int i = 0; i < law->nparam; i++) {
        keys[n++] = law->param[i].name;
        keys[n++] = arena_print(arena, "%s_interval", law->param[i].name);
    }
    return conf_only(conf, section, keys, n, err);
}

/* One draw a line, its parameters in the law's order; # begins a comment. */
static bool draws_read(LawConstants *set, int nparam, Arena *arena, Err *err)
{
    const char *text, *path;
    if (!know_load(&text, &path, arena, "laws", set->draws, ".draws", err))
        return false;
    i64 count = 0, lines = 1;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    set->draw = NEW(arena, double, lines * nparam);
    for (const char *at = text; *at; at += strspn(at, " \n")) {
        char *end;
        if (*at == '#') {
            at += strcspn(at, "\n");
            continue;
        }
        set->draw[count] = strtod(at, &end);
        if (end == at || count == lines * nparam)
            return err_set(err, ERR_FORMAT, "%s: '%.20s': %d numbers a line are "
                           "wanted", path, at, nparam);
        count++;
        at = end;
    }
    set->ndraw = count / nparam;
    if (count > 0 && count % nparam == 0)
        return true;
    return err_set(err, ERR_FORMAT, "%s: %lld numbers, which is not %d a line",
                   path, (long long)count, nparam);
}

static bool constants_read(LawConstants *set, const Law *law, Arena *arena,
                           const Conf *conf, const char *section, Err *err)
{
    *set = (LawConstants){ .name = law_below(section, PUBLISHED) };
    if (!only_known(law, arena, conf, section, err)
        || !conf_text(&set->source, conf, section, "source", err)
        || !conf_text(&set->caveat, conf, section, "caveat", err)
        || !conf_reals(&set->check, conf, section, "check", err)
        || !conf_reals(&set->optimum, conf, section, "optimum", err)
        || !conf_text(&set->draws, conf, section, "draws", err))
        return false;
    if (set->check.count % (law->ncolumn + 1) || set->optimum.count % 2)
        return err_set(err, ERR_FORMAT, "%s: [%s]: check wants %d columns and "
                       "a value each, optimum C and N each", conf->path,
                       section, law->ncolumn);
    for (int i = 0; i < law->nparam; i++)
        if (!constant_read(set, i, law, arena, conf, section, err))
            return false;
    return !set->draws || draws_read(set, law->nparam, arena, err);
}

bool law_read_published(Law *law, Arena *arena, const Conf *conf, Err *err)
{
    law->constants = NEW(arena, LawConstants, conf->sections.count + 1);
    for (i64 s = 0; s < conf->sections.count; s++) {
        const char *section = conf->sections.item[s];
        if (law_below(section, PUBLISHED)
            && !constants_read(&law->constants[law->nconstants++], law, arena,
                               conf, section, err))
            return false;
    }
    return true;
}
