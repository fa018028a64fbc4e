/* field.c - values out of records, records into JSON and back: one switch on
 * the kind for each direction, and none of them knows which record it is. */

#include "store/field.h"

#include "base/file.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Records are a few kilobytes. What is larger than this is something else, and
 * is refused before it is read into memory. */
enum { RECORD_BYTES_MAX = 16 << 20 };

static const void *at(const Field *field, const void *record)
{
    return (const char *)record + field->offset;
}

Value field_value(const Field *field, const void *record)
{
    const void *from = at(field, record);
    Value       v    = { .kind = field->kind };

    switch (field->kind) {
    case FIELD_TEXT:
        memcpy(&v.text, from, sizeof v.text);
        v.none = !v.text;
        break;
    case FIELD_REAL:
        memcpy(&v.real, from, sizeof v.real);
        v.none = !isfinite(v.real);
        break;
    case FIELD_COUNT:
    case FIELD_SEED:
        memcpy(&v.count, from, sizeof v.count);
        break;
    case FIELD_FLAG:
        v.count = *(const bool *)from;
        break;
    case FIELD_REALS:
        memcpy(&v.reals, from, sizeof v.reals);
        break;
    }
    return v;
}

static void reals_jot(Jot *j, const char *name, RealList reals)
{
    jot_array(j, name);
    for (i64 i = 0; i < reals.count; i++)
        jot_real(j, NULL, reals.item[i]);
    jot_end(j);
}

static void value_jot(Jot *j, const char *name, Value v)
{
    if (v.none) {
        jot_text(j, name, NULL);
        return;
    }
    switch (v.kind) {
    case FIELD_TEXT:  jot_text(j, name, v.text);       break;
    case FIELD_REAL:  jot_real(j, name, v.real);       break;
    case FIELD_COUNT:
    case FIELD_SEED:  jot_count(j, name, v.count);     break;
    case FIELD_FLAG:  jot_flag(j, name, v.count != 0); break;
    case FIELD_REALS: reals_jot(j, name, v.reals);     break;
    }
}

void fields_jot(Jot *j, const Field *field, int nfield, const void *record,
                bool outcomes)
{
    for (int i = 0; i < nfield; i++) {
        Value v = field_value(&field[i], record);
        v.none  = v.none || (field[i].outcome && !outcomes);
        value_jot(j, field[i].name, v);
    }
}

static void put_none(void *to, FieldKind kind)
{
    static const char *const no_text = NULL;
    static const double      no_real = NAN;
    static const RealList    no_list = { 0 };

    switch (kind) {
    case FIELD_TEXT:  memcpy(to, &no_text, sizeof no_text); break;
    case FIELD_REAL:  memcpy(to, &no_real, sizeof no_real); break;
    case FIELD_COUNT:
    case FIELD_SEED:  memset(to, 0, sizeof(i64));           break;
    case FIELD_FLAG:  memset(to, 0, sizeof(bool));          break;
    case FIELD_REALS: memcpy(to, &no_list, sizeof no_list); break;
    }
}

/* A count has no value that stands for absent, so it may not be. */
static bool may_miss(const Field *field)
{
    return field->kind == FIELD_TEXT || field->kind == FIELD_REAL
           || field->kind == FIELD_REALS || field->late;
}

static bool wrong_type(const Field *field, Err *err)
{
    static const char *const wanted[] = {
        [FIELD_TEXT]  = "text",
        [FIELD_REAL]  = "a number",
        [FIELD_COUNT] = "a whole number",
        [FIELD_SEED]  = "a whole number",
        [FIELD_FLAG]  = "true or false",
        [FIELD_REALS] = "a list of numbers",
    };
    return err_set(err, ERR_FORMAT, "\"%s\" is not %s", field->name,
                   wanted[field->kind]);
}

static bool reals_read(RealList *out, const json_t *array, Arena *arena)
{
    const i64 count = (i64)json_array_size(array);
    double   *item  = NEW(arena, double, count + 1);

    for (i64 i = 0; i < count; i++) {
        const json_t *one = json_array_get(array, (size_t)i);
        if (!json_is_number(one) && !json_is_null(one))
            return false;
        item[i] = json_is_null(one) ? NAN : json_number_value(one);
    }
    *out = (RealList){ .count = count, .item = item };
    return true;
}

static bool put_json(void *to, FieldKind kind, const json_t *json, Arena *arena)
{
    switch (kind) {
    case FIELD_TEXT: {
        if (!json_is_string(json))
            return false;
        const char *text = arena_text(arena, json_string_value(json));
        memcpy(to, &text, sizeof text);
        return true;
    }
    case FIELD_REAL: {
        const double real = json_number_value(json);
        memcpy(to, &real, sizeof real);
        return json_is_number(json);
    }
    case FIELD_COUNT:
    case FIELD_SEED: {
        const i64 count = json_integer_value(json);
        memcpy(to, &count, sizeof count);
        return json_is_integer(json);
    }
    case FIELD_FLAG: {
        const bool flag = json_is_true(json);
        memcpy(to, &flag, sizeof flag);
        return json_is_boolean(json);
    }
    case FIELD_REALS:
        return json_is_array(json) && reals_read(to, json, arena);
    }
    return false;
}

static bool field_read(void *record, const Field *field, const json_t *object,
                       Arena *arena, Err *err)
{
    void         *to   = (char *)record + field->offset;
    const json_t *json = json_object_get(object, field->name);

    put_none(to, field->kind);
    if (!json || json_is_null(json)) {
        if (may_miss(field))
            return true;
        return err_set(err, ERR_FORMAT, "\"%s\" is missing", field->name);
    }
    if (!put_json(to, field->kind, json, arena))
        return wrong_type(field, err);
    return true;
}

bool fields_read(void *record, const Field *field, int nfield,
                 const json_t *object, bool outcomes, Arena *arena, Err *err)
{
    if (!json_is_object(object))
        return err_set(err, ERR_FORMAT, "not a JSON object");
    for (int i = 0; i < nfield; i++) {
        if (field[i].outcome && !outcomes)
            put_none((char *)record + field[i].offset, field[i].kind);
        else if (!field_read(record, &field[i], object, arena, err))
            return false;
    }
    return true;
}

bool record_parse(json_t **out, const char *text, i64 size, const char *name,
                  i64 line, Err *err)
{
    json_error_t why;
    json_t *json = json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, &why);

    *out = json;
    return json
           || err_set(err, ERR_FORMAT, "%s:%" PRId64 ":%d: %s", name,
                      line + i64_max(why.line, 1) - 1, why.column, why.text);
}

bool record_try(const Str *text, const char *path, Err *err)
{
    json_t *json;
    if (!record_parse(&json, text->text, text->size, path, 1, err))
        return err_add(err, "cannot be kept");
    json_decref(json);
    return true;
}

bool record_load(char **text, i64 *size, Arena *arena, const char *path,
                 Err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && st.st_size > RECORD_BYTES_MAX)
        return err_set(err, ERR_FORMAT,
                       "%s: %" PRId64 " bytes are not a record of this program",
                       path, (i64)st.st_size);
    return file_read(text, size, arena, path, err);
}

bool record_schema(const json_t *object, i64 schema, const char *what,
                   const char *path, Err *err)
{
    const json_t *json = json_object_get(object, "schema");

    if (!json_is_integer(json))
        return err_set(err, ERR_FORMAT,
                       "%s: not a %s: it has no \"schema\" number", path, what);
    const i64 seen = json_integer_value(json);
    if (seen != schema)
        return err_set(err, ERR_FORMAT,
                       "%s: a %s of schema %" PRId64 ", and this scalelaw "
                       "(%s) reads schema %" PRId64 "; read it with the "
                       "version that wrote it, or write it anew in another "
                       "folder", path, what, seen, SCALELAW_VERSION, schema);
    return true;
}
