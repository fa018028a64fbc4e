/* base.h - the words that every file of this program uses. */

#ifndef BASE_H
#define BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t  u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t  i32;
typedef int64_t  i64;

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define MUST_USE           __attribute__((warn_unused_result))
#define PRINTF(text, rest) __attribute__((format(printf, text, rest)))

static inline i64 i64_min(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 i64_max(i64 a, i64 b) { return a > b ? a : b; }

#endif
