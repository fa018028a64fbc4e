/* json.c - jansson parses; this says where a file went wrong, and reads
 * members with a fallback. */

#include "base/json.h"

#include <math.h>

bool json_load_path(json_t **out, const char *path, Err *err)
{
    json_error_t why;
    *out = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (*out)
        return true;
    if (why.line < 1 && json_error_code(&why) == json_error_cannot_open_file)
        return err_set(err, ERR_IO, "%s: cannot be read: %s", path, why.text);
    return err_set(err, ERR_FORMAT, "%s:%d:%d: not JSON: %s", path, why.line,
                   why.column, why.text);
}

double json_get_real(const json_t *object, const char *key, double none)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_null(value))
        return NAN;
    return json_is_number(value) ? json_number_value(value) : none;
}

i64 json_get_count(const json_t *object, const char *key, i64 none)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? (i64)json_integer_value(value) : none;
}

bool json_get_flag(const json_t *object, const char *key, bool none)
{
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_is_true(value) : none;
}

const char *json_get_text(const json_t *object, const char *key,
                          const char *none)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? json_string_value(value) : none;
}
