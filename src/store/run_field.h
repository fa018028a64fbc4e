/* run_field.h - the fields of a run record, and the columns made from them.
 *
 * Names of fields are the keys of run.json, the columns of the SQLite index
 * and of the CSV export. */

#ifndef RUN_FIELD_H
#define RUN_FIELD_H

#include "store/field.h"
#include "store/run.h"

extern const Field run_field[];
extern const int   run_nfield;

const Field *run_field_find(const char *name); /* or NULL */

/* As field_value, and absent where it is an outcome of a run not ended. */
Value run_value(const Run *run, const Field *field);

/* The run as one JSON object (key NULL: at the top, or in an array). */
void run_jot(Jot *j, const char *key, const Run *run);

/* A column that is not kept but follows from the record. NaN: absent. */
typedef struct RunColumn {
    const char *name;
    double    (*value)(const Run *run);
    bool        whole; /* a count, written without a fraction */
} RunColumn;

/* The columns of run_table, in the letters of the laws; and those of
 * nanochat's results.csv, so that its notebooks read our export. */
extern const RunColumn law_column[], nanochat_column[];
extern const int       law_ncolumn, nanochat_ncolumn;

/* All runs, one row each: the fields (but `config`, which has line breaks:
 * run.json holds it), then the law's columns, then nanochat's, then settings out
 * of `config` that have no field (momentum, dropout, ...); a name that stands
 * already is not repeated. RFC 4180, line ends LF, absent is empty. */
void run_csv(const RunList *runs, Str *out);

#endif
