/* law.c - reading a law file: who it is, its formula, where the search for
 * each parameter begins, and what was published.
 *
 *     [param.NAME]      from to (required), low high unit
 *     [published.NAME]  source caveat, a number a parameter, and optionally
 *                       PARAMETER_interval = [low, high], 95 %, and what
 *                       `laws check` holds the set to: check, optimum */

#include "law/law.h"

#include "base/conf.h"
#include "base/know.h"

#include <math.h>
#include <string.h>

static const char PARAM[] = "param.", PUBLISHED[] = "published.";

/* "E" of "param.E", NULL if the section is of another kind. */
static const char *below(const char *section, const char *prefix)
{
    const size_t length = strlen(prefix);
    return strncmp(section, prefix, length) == 0 ? section + length : NULL;
}

static const char *joined(Arena *arena, const char *a, const char *b)
{
    return arena_print(arena, "%s%s", a, b);
}

static bool need(const Conf *conf, const char *section, const char *key,
                 Err *err)
{
    if (conf_find(conf, section, key))
        return true;
    return err_set(err, ERR_FORMAT, "%s: %s%s%s%s is missing", conf->path,
                   *section ? "[" : "", section, *section ? "] " : "", key);
}

static bool head_read(Law *law, const Conf *conf, Err *err)
{
    static const char *const keys[] = { "name", "title", "formula", "source",
                                        "counts", "cost", "caveat" };
    TextList caveat = { 0 };
    if (!conf_only(conf, "", keys, COUNT_OF(keys), err)
        || !need(conf, "", "name", err) || !need(conf, "", "formula", err)
        || !conf_text(&law->name, conf, "", "name", err)
        || !conf_text(&law->title, conf, "", "title", err)
        || !conf_text(&law->formula, conf, "", "formula", err)
        || !conf_text(&law->source, conf, "", "source", err)
        || !conf_text(&law->counts, conf, "", "counts", err)
        || !conf_text(&law->cost, conf, "", "cost", err)
        || !conf_texts(&caveat, conf, "", "caveat", err))
        return false;
    law->ncaveat = (int)caveat.count;
    return true;
}

static void caveats_keep(Law *law, Arena *arena, const Conf *conf)
{
    const ConfEntry *entry = conf_find(conf, "", "caveat");
    law->caveat = NEW(arena, const char *, law->ncaveat + 1);
    for (int i = 0; i < law->ncaveat; i++)
        law->caveat[i] = entry->texts.item[i];
}

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
    static const char *const keys[] = { "from", "to", "low", "high", "unit" };
    *p = (LawParam){ .name = below(section, PARAM), .unit = "",
                     .low = -INFINITY, .high = INFINITY };
    return conf_only(conf, section, keys, COUNT_OF(keys), err)
        && need(conf, section, "from", err) && need(conf, section, "to", err)
        && conf_real(&p->from, conf, section, "from", err)
        && conf_real(&p->to, conf, section, "to", err)
        && conf_real(&p->low, conf, section, "low", err)
        && conf_real(&p->high, conf, section, "high", err)
        && conf_text(&p->unit, conf, section, "unit", err)
        && bounds_hold(p, conf, section, err);
}

static bool params_read(Law *law, const Conf *conf, Err *err)
{
    for (i64 s = 0; s < conf->sections.count; s++) {
        const char *section = conf->sections.item[s];
        if (!below(section, PARAM))
            continue;
        if (law->nparam == LAW_PARAMS_MAX)
            return err_set(err, ERR_FORMAT, "%s: more than %d parameters",
                           conf->path, LAW_PARAMS_MAX);
        if (!param_read(&law->param[law->nparam++], conf, section, err))
            return false;
    }
    if (law->nparam)
        return true;
    return err_set(err, ERR_FORMAT, "%s: no [param.NAME] section; a law has "
                   "parameters to fit", conf->path);
}

static bool constant_read(LawConstants *set, int i, const Law *law,
                          Arena *arena, const Conf *conf, const char *section,
                          Err *err)
{
    const char *name = law->param[i].name;
    RealList ends = { 0 };
    if (!need(conf, section, name, err)
        || !conf_real(&set->theta[i], conf, section, name, err)
        || !conf_reals(&ends, conf, section, joined(arena, name, "_interval"),
                       err))
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
    const char *keys[2 * LAW_PARAMS_MAX + 4] = { "source", "caveat", "check",
                                                 "optimum" };
    int n = 4;
    for (int i = 0; i < law->nparam; i++) {
        keys[n++] = law->param[i].name;
        keys[n++] = joined(arena, law->param[i].name, "_interval");
    }
    return conf_only(conf, section, keys, n, err);
}

static bool constants_read(LawConstants *set, const Law *law, Arena *arena,
                           const Conf *conf, const char *section, Err *err)
{
    *set = (LawConstants){ .name = below(section, PUBLISHED) };
    if (!only_known(law, arena, conf, section, err)
        || !conf_text(&set->source, conf, section, "source", err)
        || !conf_text(&set->caveat, conf, section, "caveat", err)
        || !conf_reals(&set->check, conf, section, "check", err)
        || !conf_reals(&set->optimum, conf, section, "optimum", err))
        return false;
    if (set->check.count % (law->ncolumn + 1) || set->optimum.count % 2)
        return err_set(err, ERR_FORMAT, "%s: [%s]: check wants %d columns and "
                       "a value each, optimum C and N each", conf->path,
                       section, law->ncolumn);
    for (int i = 0; i < law->nparam; i++)
        if (!constant_read(set, i, law, arena, conf, section, err))
            return false;
    return true;
}

static bool published_read(Law *law, Arena *arena, const Conf *conf, Err *err)
{
    law->constants = NEW(arena, LawConstants, conf->sections.count + 1);
    for (i64 s = 0; s < conf->sections.count; s++) {
        const char *section = conf->sections.item[s];
        if (below(section, PUBLISHED)
            && !constants_read(&law->constants[law->nconstants++], law, arena,
                               conf, section, err))
            return false;
    }
    return true;
}

static bool sections_known(const Conf *conf, Err *err)
{
    for (i64 s = 0; s < conf->sections.count; s++) {
        const char *section = conf->sections.item[s];
        if (!below(section, PARAM) && !below(section, PUBLISHED))
            return err_set(err, ERR_FORMAT, "%s: [%s]: a law has sections "
                           "[param.NAME] and [published.NAME] only",
                           conf->path, section);
    }
    return true;
}

bool law_parse(const Law **out, Arena *arena, const char *text,
               const char *name, Err *err)
{
    Conf conf;
    Law *law = NEW(arena, Law, 1);
    *law = (Law){ .title = "", .source = "" };
    if (!conf_parse(&conf, arena, text, name, err)
        || !sections_known(&conf, err) || !head_read(law, &conf, err)
        || !params_read(law, &conf, err))
        return false;
    caveats_keep(law, arena, &conf);
    if (!law_compile(law, arena, err))
        return err_add(err, "%s", name);
    if (!published_read(law, arena, &conf, err))
        return false;
    *out = law;
    return true;
}

bool law_load(const Law **out, Arena *arena, const char *name_or_path, Err *err)
{
    const char *text, *path;
    return know_load(&text, &path, arena, "laws", name_or_path, ".law", err)
        && law_parse(out, arena, text, path, err);
}

const LawConstants *law_constants(const Law *law, const char *name)
{
    for (int i = 0; i < law->nconstants; i++)
        if (strcmp(law->constants[i].name, name) == 0)
            return &law->constants[i];
    return NULL;
}

int law_param(const Law *law, const char *name)
{
    for (int i = 0; i < law->nparam; i++)
        if (strcmp(law->param[i].name, name) == 0)
            return i;
    return -1;
}
