/* talk.h - what a long piece of work says while it is under way: one line at a
 * time, without a newline, to whoever asked for it. Nothing is printed here. */

#ifndef TALK_H
#define TALK_H

#include "base/base.h"

typedef void Talk(const char *line); /* NULL: nobody listens */

void talk_say(Talk *talk, const char *format, ...) PRINTF(2, 3);

/* A pass over many bytes, and when it was last spoken of. */
typedef struct TalkPass {
    const char *what; /* "gcide: reading" */
    i64         total; /* bytes; 0 where it is not known */
    double      began_s, spoke_s;
} TalkPass;

TalkPass talk_pass(const char *what, i64 total);

/* A line with the time left, every few seconds at most. */
void talk_at(Talk *talk, TalkPass *pass, i64 done);

/* 39952321 -> "39,952,321"; out holds at least 27 bytes. */
const char *talk_count(char out[27], i64 count);

/* 14800692 -> "14.8 MB"; out holds at least 16 bytes. */
const char *talk_bytes(char out[16], i64 bytes);

#endif
