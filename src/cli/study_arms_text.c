/* study_arms_text.c - the arms of a study as text again, one way whatever the
 * file looked like: what belongs to a study's configuration, and is compared when
 * it goes on. */

#include "cli/study_arms.h"

#include <string.h>

bool study_arms_is(const char *section)
{
    return strncmp(section, STUDY_ARM, sizeof STUDY_ARM - 1) == 0;
}

static void put_value(Str *out, const ConfEntry *entry)
{
    switch (entry->kind) {
    case CONF_TEXT: str_add(out, "\"%s\"", entry->text); return;
    case CONF_REAL: str_add(out, "%.17g", entry->real); return;
    case CONF_FLAG: str_put(out, entry->flag ? "true" : "false"); return;
    case CONF_REALS:
    case CONF_TEXTS: break;
    }
    str_put(out, "[");
    for (i64 i = 0; i < entry->reals.count; i++)
        str_add(out, "%s%.17g", i ? ", " : "", entry->reals.item[i]);
    for (i64 i = 0; i < entry->texts.count; i++)
        str_add(out, "%s\"%s\"", i ? ", " : "", entry->texts.item[i]);
    str_put(out, "]");
}

const char *study_arms_text(Arena *arena, const Conf *conf)
{
    Str text = { 0 };
    for (i64 s = 0; s < conf->sections.count; s++) {
        if (!study_arms_is(conf->sections.item[s]))
            continue;
        str_add(&text, "\n[%s]\n", conf->sections.item[s]);
        for (i64 i = 0; i < conf->count; i++) {
            if (strcmp(conf->entry[i].section, conf->sections.item[s]) != 0)
                continue;
            str_add(&text, "%s = ", conf->entry[i].key);
            put_value(&text, &conf->entry[i]);
            str_put(&text, "\n");
        }
    }
    const char *kept = arena_text(arena, text.text ? text.text : "");
    str_free(&text);
    return kept;
}
