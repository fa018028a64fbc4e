/* pour.h - the bytes of a file, unpacked if it is gzip, through a few plain
 * steps, to whoever takes them. A megabyte is held at a time. */

#ifndef POUR_H
#define POUR_H

#include "base/err.h"

typedef struct PourSteps {
    bool drop_headers; /* leave out lines that begin with '>' (FASTA)      */
    bool join_lines;   /* leave out line ends                              */
    bool upper;        /* a-z become A-Z                                   */
    bool end_line;     /* a line end after each file                       */
    bool fasta_lines;  /* FASTA: each sequence is a line, its header none  */
    bool drop_idx;     /* leave out the 16 bytes before images (IDX)       */
    bool wav_mulaw;    /* leave out a WAV file's header; 16-bit samples
                          become 8-bit mu-law                              */
} PourSteps;

typedef struct PourSink {
    void *self;
    bool (*take)(void *self, const u8 *bytes, i64 count, Err *err);
} PourSink;

/* A gzip file that ends early or whose checksum is wrong is an error. */
bool pour_file(const char *path, const PourSteps *steps, const PourSink *sink,
               Err *err) MUST_USE;

/* Whether the bytes pass as they are. */
bool pour_plain(const PourSteps *steps);

/* A sample of 16 bits in 8, finer where it is small.
 * SOURCE: ITU-T G.711, table 2a. */
u8 pour_mulaw(int sample);

/* The first bytes, unpacked; how many, or -1 if they cannot be read. */
i64 pour_peek(u8 *out, i64 room, const char *path);

/* NUL bytes, or many control characters. */
bool pour_looks_binary(const u8 *bytes, i64 count);

/* The same of a whole text, from how often each byte occurs. */
bool pour_counts_binary(const i64 count[256]);

/* "xz" of what xz packed, and so on; NULL if it is nothing of the kind. */
const char *pour_packed_by(const u8 *bytes, i64 count);

#endif
