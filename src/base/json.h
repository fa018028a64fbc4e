/* json.h - JSON in, by jansson. JSON out is base/jot.h. */

#ifndef JSON_H
#define JSON_H

#include "base/err.h"

#include <jansson.h>

/* Parse a file or a line; errors say file, line and column. */
bool json_load_path(json_t **out, const char *path, Err *err) MUST_USE;

/* Members by name; the fallback where absent or of another type. `get_real`
 * takes integers too, and gives NaN for null. */
double      json_get_real(const json_t *object, const char *key, double none);
i64         json_get_count(const json_t *object, const char *key, i64 none);
bool        json_get_flag(const json_t *object, const char *key, bool none);
const char *json_get_text(const json_t *object, const char *key,
                          const char *none);

#endif
