/* measure.h - what is learned of a text in one pass, however long it is: its
 * SHA-256, how often each byte occurs, what gzip -9 makes of its beginning;
 * and, where it cannot be mapped as it lies, a plain copy of it on disk. */

#ifndef MEASURE_H
#define MEASURE_H

#include "base/err.h"
#include "base/hash.h"
#include "data/talk.h"

#include <sha2.h>

#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

enum { MEASURE_GZIP_BYTES = 16000000 }; /* gzip -9 takes 0.1 s a megabyte */

typedef struct Measure {
    i64         bytes, count[256];
    char        sha256[HASH_HEX]; /* after measure_close            */
    double      gzip_bpb;         /* NaN if it was not asked for    */
    bool        gzip;
    SHA2_CTX    sha;
    z_stream    zip;
    const char *copy;             /* path of the copy, NULL if none */
    int         file;
    Talk       *talk;
    TalkPass    pass;
} Measure;

/* `copy` NULL: none is written. */
bool measure_open(Measure *out, const char *copy, bool gzip, Err *err)
    MUST_USE;
/* A PourSink's take; self is the Measure. */
bool measure_take(void *self, const u8 *bytes, i64 count, Err *err);
/* Must be called, with or without errors before; removes no copy. */
void measure_close(Measure *measure);

#endif
