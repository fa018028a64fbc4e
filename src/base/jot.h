/* jot.h - JSON out: one line a document, keys in the order written, so that
 * JSONL is one call a line and a hash of the text is a hash of the content.
 *
 *     Str text = { 0 };
 *     Jot j = jot_open(&text);
 *     jot_object(&j, NULL);               NULL: no key (top, or in an array)
 *     jot_real(&j, "loss", 1.25);         %.17g; NaN and infinities -> null
 *     jot_array(&j, "draws"); jot_real(&j, NULL, 1); jot_end(&j);
 *     jot_end(&j); */

#ifndef JOT_H
#define JOT_H

#include "base/str.h"

typedef struct Jot {
    Str *out;
    bool comma;     /* something stands before, at this depth */
    int  depth;
    char close[32]; /* '}' or ']' of each open level          */
} Jot;

Jot  jot_open(Str *out);
void jot_object(Jot *j, const char *key);
void jot_array(Jot *j, const char *key);
void jot_end(Jot *j);
void jot_real(Jot *j, const char *key, double value);
void jot_count(Jot *j, const char *key, i64 value);
void jot_flag(Jot *j, const char *key, bool value);
void jot_text(Jot *j, const char *key, const char *value); /* NULL -> null */

#endif
