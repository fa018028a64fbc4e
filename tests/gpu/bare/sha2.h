/* sha2.h - of libmd what base/hash.c asks of it, for a machine without it. */

#ifndef BARE_SHA2_H
#define BARE_SHA2_H

#include <stddef.h>
#include <stdint.h>

/* 64 digits and a 0. */
char *SHA256Data(const uint8_t *data, size_t size, char *hex);

#endif
