/* law.c - reading a law file: who it is, its formula or its code; the sections
 * are law_read_param.c's and law_read_sets.c's. */

#include "law/law.h"

#include "base/conf.h"
#include "base/know.h"
#include "law/law_code.h"
#include "law/law_read.h"

#include <string.h>

const char *law_below(const char *section, const char *prefix)
{
    const size_t length = strlen(prefix);
    return strncmp(section, prefix, length) == 0 ? section + length : NULL;
}

bool law_need(const Conf *conf, const char *section, const char *key, Err *err)
{
    if (conf_find(conf, section, key))
        return true;
    return err_set(err, ERR_FORMAT, "%s: %s%s%s%s is missing", conf->path,
                   *section ? "[" : "", section, *section ? "] " : "", key);
}

static bool head_read(Law *law, const Conf *conf, Err *err)
{
    static const char *const keys[] = { "name", "title", "formula", "source",
                                        "counts", "cost", "caveat", "code",
                                        "columns", "zero", "topic",
                                        "where" };
    TextList caveat = { 0 };
    if (!conf_only(conf, "", keys, COUNT_OF(keys), err)
        || !law_need(conf, "", "name", err)
        || !conf_text(&law->name, conf, "", "name", err)
        || !conf_text(&law->title, conf, "", "title", err)
        || !conf_text(&law->formula, conf, "", "formula", err)
        || !conf_text(&law->source, conf, "", "source", err)
        || !conf_text(&law->counts, conf, "", "counts", err)
        || !conf_text(&law->cost, conf, "", "cost", err)
        || !conf_text(&law->topic, conf, "", "topic", err)
        || !conf_texts(&caveat, conf, "", "caveat", err))
        return false;
    law->ncaveat = (int)caveat.count;
    return true;
}

/* Either a formula or the name of a code. */
static bool code_read(Law *law, Arena *arena, const Conf *conf, Err *err)
{
    const char *name = NULL;
    if (!conf_text(&name, conf, "", "code", err))
        return false;
    if (!name)
        return law_need(conf, "", "formula", err);
    law->code = law_code(name);
    return law->code
        || conf_refuse(conf, conf_find(conf, "", "code"), err,
                       "no law of code is called '%s'; there are: %s", name,
                       law_code_names(arena));
}

static void caveats_keep(Law *law, Arena *arena, const Conf *conf)
{
    const ConfEntry *entry = conf_find(conf, "", "caveat");
    law->caveat = NEW(arena, const char *, law->ncaveat + 1);
    for (int i = 0; i < law->ncaveat; i++)
        law->caveat[i] = entry->texts.item[i];
}

static bool sections_known(const Conf *conf, Err *err)
{
    for (i64 s = 0; s < conf->sections.count; s++) {
        const char *section = conf->sections.item[s];
        if (!law_below(section, "param.") && !law_below(section, "published.")
            && !law_below(section, "column.") && strcmp(section, "index") != 0)
            return err_set(err, ERR_FORMAT, "%s: [%s]: a law has sections "
                           "[param.NAME], [column.NAME], [published.NAME] and "
                           "[index] only", conf->path, section);
    }
    return true;
}

bool law_parse(const Law **out, Arena *arena, const char *text,
               const char *name, Err *err)
{
    Conf conf;
    FormulaNames indices = { .nindex = 0 };
    Law *law = NEW(arena, Law, 1);
    *law = (Law){ .title = "", .source = "", .topic = "own" };
    if (!conf_parse(&conf, arena, text, name, err)
        || !sections_known(&conf, err) || !head_read(law, &conf, err)
        || !law_where(law, arena, &conf, err)
        || !code_read(law, arena, &conf, err)
        || !law_read_indices(&indices, &conf, err)
        || !law_read_params(law, arena, &conf, &indices, err))
        return false;
    caveats_keep(law, arena, &conf);
    if (!law_compile_with(law, arena, &indices, err))
        return err_add(err, "%s", name);
    if (!law_read_columns(law, &conf, err)
        || !law_read_published(law, arena, &conf, err))
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
