/* field.h - a record as a list of named fields.
 *
 * A struct that is kept on disk is described once, as a table of
 * { name, kind, offset }, and everything that touches its fields walks that
 * table: JSON out and in, SQLite columns, CSV, `runs show`. A member that is
 * in the table is therefore in all of them, and a test walks the bytes of Run
 * for a member that is not in the table.
 *
 * The kind is taken from the member's type by the compiler, so it cannot
 * disagree with it. A text that is NULL and a real that is not finite are
 * absent: null in JSON and SQL, empty in CSV, NULL and NaN when read back. A
 * count or a flag is always there; it is refused where it is missing, unless
 * it is late: named since the first records were written. */

#ifndef FIELD_H
#define FIELD_H

#include "base/jot.h"
#include "base/json.h"
#include "base/opt.h"

typedef enum FieldKind {
    FIELD_TEXT,  /* const char * */
    FIELD_REAL,  /* double       */
    FIELD_COUNT, /* i64          */
    FIELD_SEED,  /* u64, kept as the i64 of the same bits */
    FIELD_FLAG,  /* bool         */
    FIELD_REALS, /* RealList     */
} FieldKind;

typedef struct Field {
    const char *name;
    FieldKind   kind;
    size_t      offset;
    bool        outcome; /* absent as long as the run has not ended */
    bool        late;    /* not in older records: 0 and false there */
    const char *about;   /* with its unit, for `runs show`; may be NULL */
} Field;

#define FIELD_KIND(type, member) \
    _Generic(((type *)0)->member, const char *: FIELD_TEXT, \
             double: FIELD_REAL, i64: FIELD_COUNT, u64: FIELD_SEED, \
             bool: FIELD_FLAG, RealList: FIELD_REALS)

#define FIELD(type, name, member, about) \
    { name, FIELD_KIND(type, member), offsetof(type, member), false, false, about }

/* One value taken out of a record; which member holds follows from kind. */
typedef struct Value {
    FieldKind   kind;
    bool        none;  /* absent: the members below say nothing */
    const char *text;
    double      real;
    i64         count; /* COUNT, SEED, FLAG */
    RealList    reals;
} Value;

Value field_value(const Field *field, const void *record);

/* Into an object that is open. Without `outcomes` those fields are null. */
void fields_jot(Jot *j, const Field *field, int nfield, const void *record,
                bool outcomes);

/* Out of an object (anything else is refused); unknown members are passed over
 * (a later version of the same schema may add some), wrong types and missing
 * counts are refused. Texts and lists are copied to the arena. Without
 * `outcomes` those fields become absent whatever stands there. */
bool fields_read(void *record, const Field *field, int nfield,
                 const json_t *object, bool outcomes, Arena *arena, Err *err)
    MUST_USE;

/* JSON in memory; `name` stands for its path in messages, and its
 * first line is line `line`. */
bool record_parse(json_t **out, const char *text, i64 size, const char *name,
                  i64 line, Err *err) MUST_USE;

/* Whether a text just made can be read back. It cannot where a text in it is
 * not UTF-8: that is said before it is written, and not when it is wanted. */
bool record_try(const Str *text, const char *path, Err *err) MUST_USE;

/* A small record file whole; far larger ones are no records and refused. */
bool record_load(char **text, i64 *size, Arena *arena, const char *path,
                 Err *err) MUST_USE;

/* "schema" must be `schema`; `what` is "run record", for the message. */
bool record_schema(const json_t *object, i64 schema, const char *what,
                   const char *path, Err *err) MUST_USE;

#endif
