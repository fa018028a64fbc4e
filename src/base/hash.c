/* hash.c - SHA-256 is libmd's, CRC-32 is zlib's. */

#include "base/hash.h"

#include <sha2.h>
#include <string.h>
#include <zlib.h>

void hash_sha256(char hex[HASH_HEX], const void *bytes, i64 count)
{
    SHA256Data(bytes ? bytes : "", (size_t)count, hex);
}

u32 hash_crc32(const void *bytes, i64 count)
{
    return (u32)crc32_z(crc32_z(0, NULL, 0), bytes ? bytes : (const Bytef *)"",
                        (size_t)count);
}

u64 hash_word(const u8 *text, i64 size)
{
    u64 hash = (u64)size;
    for (; size > 0; size -= 8, text += 8) {
        u64 part = 0;
        memcpy(&part, text, (size_t)i64_min(size, 8));
        hash = (hash ^ part) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 29;
    }
    return hash;
}
