/* shard.h - a corpus as tokens in one memory-mapped file, training text first,
 * held-out text after it.
 *
 * Held-out text is chosen block by block (about 16 KiB, cut at a line end) by
 * a hash of the block's index, never as a tail: corpora are alphabetical,
 * chronological, or sorted by folder. The header holds the SHA-256 of the
 * whole source text, which is the corpus's identity; a checksum guards the
 * tokens against truncation and flipped bits, verified at every open.
 *
 * Tokens other than bytes bring what they mean: the file of their tokenizer
 * (bpe.h) stands after them. Such a shard is of format 2; one without stays
 * format 1, and both are read. */

#ifndef SHARD_H
#define SHARD_H

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"

enum { SHARD_VERSION = 2, SHARD_YARDSTICKS_MAX = 8, SHARD_CONTEXTS = 64 };

/* What a general-purpose compressor makes of the whole source text. */
typedef struct ShardYardstick {
    char   name[24]; /* "gzip -9"                                  */
    double bpb;      /* bits per byte: 8 * compressed / source     */
} ShardYardstick;

typedef struct Shard {
    char      name[64];              /* "gcide", or the file's name          */
    char      tokenizer[16];         /* "byte", "bpe:1024"; "given": unknown */
    char      sha256[HASH_HEX];      /* of the source text                   */
    i64       source_bytes;          /* length of the source text            */
    i64       vocab;                 /* tokens are below this; 256 for bytes */
    i64       train_count;           /* tokens to train on                   */
    i64       val_count;             /* held-out tokens, after them          */
    double    val_bytes_per_token;   /* 1 for bytes; NaN: nobody knows       */
    double    unigram_nats;          /* entropy of single training tokens    */
    int       token_bytes;           /* 1 or 2 bytes a token, little-endian  */
    const u8 *token;                 /* train_count + val_count tokens       */
    FileMap   map;
    char      tokenizer_sha256[HASH_HEX]; /* "" if there is no file of it    */
    const char *tokenizer_text;      /* that file, not ended by a zero       */
    i64       tokenizer_bytes;       /* 0: none                              */

    /* Where it comes from, and what to hold a loss against. */
    char           about[256];       /* one sentence; "" if nothing is known */
    char           licence[64];      /* "" if nothing is known               */
    char           source[512];      /* package and version, or path         */
    u64            stamp;            /* of the source files: path, size, time;
                                        0 where the text is known by SHA-256 */
    double         holdout;          /* share of the text that was asked for */
    u64            seed;             /* of the choice of held-out blocks     */
    i64            block_bytes;      /* least length of a block              */
    int            nyardstick;
    ShardYardstick yardstick[SHARD_YARDSTICKS_MAX];

    /* What no model can pass, in nats a token, where the text was drawn from a
     * source that is known (source.h): given all tokens before, and given the
     * j before, j from 1. */
    double         entropy_nats;     /* NaN: nobody knows                    */
    double         entropy_se;       /* standard error; 0: it is exact       */
    double         entropy_after[SHARD_CONTEXTS];
} Shard;

bool shard_open(Shard *out, const char *path, Err *err) MUST_USE;

/* The header and the length alone: `token` is NULL. For lists of shards. */
bool shard_peek(Shard *out, const char *path, Err *err) MUST_USE;

void shard_close(Shard *shard);

/* Which tokens these are: the SHA-256 of the text, or of that and of the
 * tokenizer's where it is not bytes. Runs and checkpoints are signed with it. */
void shard_identity(char out[HASH_HEX], const Shard *shard);

/* The least loss of a model that reads `context` tokens: what it predicts first
 * it predicts from one, and what it predicts last from all. NaN: not known. */
double shard_floor(const Shard *shard, i64 context);

/* Writing: tokens in order, training text first, then the header. Nothing is
 * at `path` before shard_write_close returns true; until then all lies in
 * PATH.tmp, which shard_write_drop (or the next writer) removes. */
typedef struct ShardWriter {
    char *path, *tmp;
    int   file, token_bytes;
    i64   count; /* tokens so far */
    u32   crc;
} ShardWriter;

bool shard_write_open(ShardWriter *out, const char *path, int token_bytes,
                      Err *err) MUST_USE;
bool shard_write_put(ShardWriter *writer, const void *tokens, i64 count,
                     Err *err) MUST_USE;
/* `about` gives all that shard_open returns save token and map. */
bool shard_write_close(ShardWriter *writer, const Shard *about, Err *err)
    MUST_USE;
void shard_write_drop(ShardWriter *writer);

#endif
