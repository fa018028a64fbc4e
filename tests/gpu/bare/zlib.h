/* zlib.h - of zlib what base/hash.c asks of it, for a machine without it. */

#ifndef BARE_ZLIB_H
#define BARE_ZLIB_H

#include <stddef.h>

typedef unsigned char Bytef;

unsigned long crc32_z(unsigned long crc, const Bytef *bytes, size_t count);

#endif
