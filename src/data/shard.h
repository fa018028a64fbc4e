/* shard.h - a corpus as tokens in one memory-mapped file, training text first,
 * held-out text after it.
 *
 * Held-out text is chosen block by block (about 16 KiB, cut at a line end) by
 * a hash of the block's index, never as a tail: corpora are alphabetical,
 * chronological, or sorted by folder. The header holds the SHA-256 of the
 * whole source text, which is the corpus's identity; a checksum guards the
 * tokens against truncation and flipped bits, verified at every open. */

#ifndef SHARD_H
#define SHARD_H

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"

typedef struct Shard {
    char      name[64];              /* "gcide", or the file's name          */
    char      tokenizer[16];         /* "byte"                               */
    char      sha256[HASH_HEX];      /* of the source text                   */
    i64       source_bytes;          /* length of the source text            */
    i64       vocab;                 /* tokens are below this; 256 for bytes */
    i64       train_count;           /* tokens to train on                   */
    i64       val_count;             /* held-out tokens, after them          */
    double    val_bytes_per_token;   /* 1 for bytes                          */
    double    unigram_nats;          /* entropy of single training tokens    */
    int       token_bytes;           /* 1 or 2 bytes a token, little-endian  */
    const u8 *token;                 /* train_count + val_count tokens       */
    FileMap   map;
} Shard;

bool shard_open(Shard *out, const char *path, Err *err) MUST_USE;
void shard_close(Shard *shard);

#endif
