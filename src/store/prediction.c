/* prediction.c - what was expected of the held-out runs, sealed.
 *
 *     prediction.json      one line; every number of the prediction
 *     prediction.sha256    "HASH  prediction.json": sha256sum -c checks it
 *
 * It is written before the runs are trained, once, and the seal first: a seal
 * alone is a prediction cut off on its way, and what then comes must be what it
 * sealed; a text alone was never left by this program. Writing the same again
 * is no change and allowed, so that a study that was stopped can go on. */

#include "store/study.h"

#include "base/file.h"
#include "base/hash.h"
#include "store/field.h"

#include <stdio.h>
#include <string.h>

enum { PREDICTION_SCHEMA = 1, SEAL_ROOM = HASH_HEX + 32 };

#define PREDICTED(member) FIELD(Prediction, #member, member, NULL)
static const Field prediction_field[] = {
    PREDICTED(run_id), PREDICTED(run_name), PREDICTED(fit),
    PREDICTED(n),      PREDICTED(d),        PREDICTED(c),
    PREDICTED(loss),   PREDICTED(low),      PREDICTED(high),
};
enum { NFIELD = COUNT_OF(prediction_field) };

typedef struct Paths { const char *json, *seal; } Paths;

static Paths paths(Arena *arena, const char *dir)
{
    return (Paths){ arena_print(arena, "%s/prediction.json", dir),
                    arena_print(arena, "%s/prediction.sha256", dir) };
}

static void list_text(Str *out, const PredictionList *list)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_count(&j, "schema", PREDICTION_SCHEMA);
    jot_array(&j, "predictions");
    for (i64 i = 0; i < list->count; i++) {
        jot_object(&j, NULL);
        fields_jot(&j, prediction_field, NFIELD, &list->item[i], true);
        jot_end(&j);
    }
    jot_end(&j);
    jot_end(&j);
    str_put(out, "\n");
}

static void seal_text(char out[SEAL_ROOM], const char *text, i64 size)
{
    char hex[HASH_HEX];
    hash_sha256(hex, text, size);
    snprintf(out, SEAL_ROOM, "%s  prediction.json\n", hex);
}

/* Nothing there yet, or the very same. */
static bool unchanged(const Str *text, const char *seal, Paths at, Arena *arena,
                      Err *err)
{
    char *old;
    i64   size;
    bool  same = true;

    if (file_exists(at.json)) {
        if (!record_load(&old, &size, arena, at.json, err))
            return false;
        same = size == text->size && memcmp(old, text->text, (size_t)size) == 0;
    }
    if (same && file_exists(at.seal)) {
        if (!record_load(&old, &size, arena, at.seal, err))
            return false;
        same = strcmp(old, seal) == 0;
    }
    return same
           || err_set(err, ERR_FORMAT, "%s: stands already and says something "
                      "else, and a prediction is not changed after the fact; "
                      "to predict anew, begin the study in another folder",
                      at.json);
}

bool prediction_write(const PredictionList *list, const char *dir,
                      char hash[HASH_HEX], Err *err)
{
    Arena       arena = { 0 };
    Str         text  = { 0 };
    char        seal[SEAL_ROOM];
    const Paths at = paths(&arena, dir);

    list_text(&text, list);
    seal_text(seal, text.text, text.size);
    hash_sha256(hash, text.text, text.size);
    const bool ok = record_try(&text, at.json, err) && dir_make(dir, err)
                    && unchanged(&text, seal, at, &arena, err)
                    && file_write(at.seal, seal, (i64)strlen(seal), err)
                    && file_write(at.json, text.text, text.size, err);
    str_free(&text);
    arena_free(&arena);
    return ok;
}

static bool items_read(PredictionList *out, Arena *arena, const json_t *object,
                       Err *err)
{
    const json_t *array = json_object_get(object, "predictions");
    const size_t  count = json_array_size(array);

    if (!json_is_array(array))
        return err_set(err, ERR_FORMAT, "\"predictions\" is not a list");
    out->item = NEW(arena, Prediction, (i64)count + 1);
    for (size_t i = 0; i < count; i++)
        if (!fields_read(&out->item[i], prediction_field, NFIELD,
                         json_array_get(array, i), true, arena, err))
            return err_add(err, "prediction %zu", i + 1);
    out->count = (i64)count;
    return true;
}

static bool seal_check(const char *text, i64 size, Paths at, Arena *arena,
                       Err *err)
{
    char  want[SEAL_ROOM], *seal;
    i64   seal_size;

    if (!file_exists(at.seal))
        return err_set(err, ERR_FORMAT, "%s: is missing, so nothing vouches "
                       "for the prediction; bring it back, or begin the study "
                       "in another folder", at.seal);
    if (!record_load(&seal, &seal_size, arena, at.seal, err))
        return false;
    seal_text(want, text, size);
    return strcmp(seal, want) == 0
           || err_set(err, ERR_FORMAT, "%s: was changed after it was written: "
                      "its SHA-256 is not the one in prediction.sha256; bring "
                      "back the file, or begin the study in another folder",
                      at.json);
}

bool prediction_read(PredictionList *out, Arena *arena, const char *dir,
                     Err *err)
{
    const Paths at = paths(arena, dir);
    char       *text;
    i64         size;
    json_t     *json;

    *out = (PredictionList){ 0 };
    if (!file_exists(at.json))
        return true;
    if (!record_load(&text, &size, arena, at.json, err)
        || !seal_check(text, size, at, arena, err)
        || !record_parse(&json, text, size, at.json, 1, err))
        return false;

    bool ok = record_schema(json, PREDICTION_SCHEMA, "prediction", at.json,
                            err);
    if (ok && !items_read(out, arena, json, err))
        ok = err_add(err, "%s", at.json);
    json_decref(json);
    return ok;
}
