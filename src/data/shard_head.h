/* shard_head.h - the first 4096 bytes of a shard, for its reader and writer.
 *
 *     0      8     12    16         20        24
 *     magic  vers  size  head crc   token crc  fields ...   zeros up to 4096
 *     4096   train_count tokens, val_count tokens
 *            in format 2 the tokenizer's file; nothing after that
 *
 * Numbers are little-endian, texts are ended by a zero. The checksum of the
 * header is taken with its own four bytes as zero. A page of header keeps the
 * tokens aligned for any token size. */

#ifndef SHARD_HEAD_H
#define SHARD_HEAD_H

#include "data/shard.h"

enum { SHARD_HEAD_BYTES = 4096 };

#define SHARD_MAGIC "slshard\n"

typedef struct ShardHead {
    char   magic[8];
    u32    version, head_bytes, head_crc, token_crc;
    char   name[64], tokenizer[16], sha256[72];
    i64    source_bytes, vocab, train_count, val_count, token_bytes;
    double val_bytes_per_token, unigram_nats, holdout;
    u64    seed, stamp;
    i64    block_bytes, nyardstick;
    ShardYardstick yardstick[SHARD_YARDSTICKS_MAX];
    char   licence[64], about[256], source[512];
    char   tokenizer_sha256[72];  /* zeros in format 1, from here on */
    i64    tokenizer_bytes;
    u32    tokenizer_crc;
    u32    entropy_known;         /* 0, and zeros from here on: it is not */
    double entropy_nats, entropy_se, entropy_after[SHARD_CONTEXTS];
    u8     zero[2120];
} ShardHead;

_Static_assert(sizeof(ShardHead) == SHARD_HEAD_BYTES, "one page, no padding");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "shards are little-endian, and read as they lie");

/* The checksum of a header, whatever its head_crc says. */
u32 shard_head_crc(const ShardHead *head);

#endif
