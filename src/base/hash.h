/* hash.h - SHA-256 (by libmd), and checksums of payloads (CRC-32, by zlib). */

#ifndef HASH_H
#define HASH_H

#include "base/base.h"

enum { HASH_HEX = 65 }; /* 64 hex digits and the zero */

void hash_sha256(char hex[HASH_HEX], const void *bytes, i64 count);
u32  hash_crc32(const void *bytes, i64 count);

/* Of a few bytes, for a table: its low bits are as good as any. */
u64  hash_word(const u8 *text, i64 size);

#endif
