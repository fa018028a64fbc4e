/* study.c - study.json, and where studies lie. */

#include "store/study.h"

#include "base/file.h"
#include "store/field.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { STUDY_SCHEMA = 1 };

#define STUDY(member) FIELD(StudyInfo, #member, member, NULL)
static const Field study_field[] = {
    STUDY(name),         STUDY(title),
    STUDY(config),       STUDY(corpus),
    STUDY(corpus_about), STUDY(corpus_licence),
    STUDY(corpus_sha256),
    STUDY(corpus_train_tokens), STUDY(corpus_val_tokens),
    STUDY(budgets),      STUDY(holdout),
    STUDY(counts),       STUDY(vocab),
    STUDY(context),      STUDY(aspect),
    STUDY(layers_min),   STUDY(bytes_per_token),
    STUDY(entropy_nats), STUDY(entropy_se),
    STUDY(resamples),    STUDY(seed),
    STUDY(plan_multiples),
};

static const Field yardstick_field[] = {
    FIELD(Yardstick, "name", name, NULL),
    FIELD(Yardstick, "bpb",  bpb,  NULL),
};

static void yardsticks_jot(Jot *j, const StudyInfo *info)
{
    jot_array(j, "yardsticks");
    for (int i = 0; i < info->nyardstick; i++) {
        jot_object(j, NULL);
        fields_jot(j, yardstick_field, COUNT_OF(yardstick_field),
                   &info->yardstick[i], true);
        jot_end(j);
    }
    jot_end(j);
}

bool study_write(const StudyInfo *info, const char *dir, Err *err)
{
    Arena arena = { 0 };
    Str   text  = { 0 };
    Jot   j     = jot_open(&text);

    jot_object(&j, NULL);
    jot_count(&j, "schema", STUDY_SCHEMA);
    fields_jot(&j, study_field, COUNT_OF(study_field), info, true);
    yardsticks_jot(&j, info);
    jot_end(&j);
    str_put(&text, "\n");

    const char *path = arena_print(&arena, "%s/study.json", dir);
    const bool  ok   = record_try(&text, path, err) && dir_make(dir, err)
                       && file_write(path, text.text, text.size, err);
    str_free(&text);
    arena_free(&arena);
    return ok;
}

static bool yardsticks_read(StudyInfo *out, const json_t *object, Arena *arena,
                            Err *err)
{
    const json_t *array = json_object_get(object, "yardsticks");
    const size_t  count = json_array_size(array); /* 0 if there is none */
    Yardstick    *item  = NEW(arena, Yardstick, (i64)count + 1);

    for (size_t i = 0; i < count; i++)
        if (!fields_read(&item[i], yardstick_field, COUNT_OF(yardstick_field),
                         json_array_get(array, i), true, arena, err))
            return err_add(err, "yardstick %zu", i + 1);
    out->nyardstick = (int)count;
    out->yardstick  = item;
    return true;
}

bool study_read(StudyInfo *out, Arena *arena, const char *dir, Err *err)
{
    const char *path = arena_print(arena, "%s/study.json", dir);
    char       *text;
    i64         size;
    json_t     *json;

    memset(out, 0, sizeof *out);
    if (!file_exists(path))
        return err_set(err, ERR_IO, "%s: no study: there is no study.json; "
                       "make one with scalelaw study", dir);
    if (!record_load(&text, &size, arena, path, err)
        || !record_parse(&json, text, size, path, 1, err))
        return false;

    bool ok = record_schema(json, STUDY_SCHEMA, "study", path, err);
    if (ok && (!fields_read(out, study_field, COUNT_OF(study_field), json, true,
                            arena, err)
               || !yardsticks_read(out, json, arena, err)))
        ok = err_add(err, "%s", path);
    if (ok && !(out->name && out->config && out->corpus_sha256 && out->counts))
        ok = err_set(err, ERR_FORMAT, "%s: name, config, corpus_sha256 or "
                     "counts is missing; make the study anew in another "
                     "folder", path);
    json_decref(json);
    return ok;
}

static bool later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

bool study_newest(const char **dir, Arena *arena, const char *root, Err *err)
{
    char          **name;
    i64             count;
    struct timespec newest = { 0 };

    *dir = NULL;
    if (!file_is_dir(root))
        return err_set(err, ERR_IO, "%s: no such folder, so there is no study; "
                       "name one, or make one with scalelaw study", root);
    if (!dir_list(&name, &count, arena, root, err))
        return false;
    for (i64 i = 0; i < count; i++) {
        struct stat st;
        const char *one = arena_print(arena, "%s/%s", root, name[i]);
        if (stat(arena_print(arena, "%s/study.json", one), &st) != 0)
            continue;
        if (!*dir || later(st.st_mtim, newest)) {
            *dir   = one;
            newest = st.st_mtim;
        }
    }
    return *dir || err_set(err, ERR_IO, "%s: no folder in it has a study.json; "
                           "name a study, or make one with scalelaw study",
                           root);
}
