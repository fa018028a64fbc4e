/* hash.c - SHA-256 is libmd's, CRC-32 is zlib's. */

#include "base/hash.h"

#include <sha2.h>
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
