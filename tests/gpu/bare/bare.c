/* bare.c - what the tests on a GPU need of libmd and zlib, so that they run on a
 * machine with a compiler and CUDA alone; of cmocka tests/bare has it.
 *
 * SOURCE: NIST, FIPS 180-4, for SHA-256: its constants are the first 32 bits of
 *         the fractional parts of the square roots of the first 8 primes and of
 *         the cube roots of the first 64, and are computed from that; ISO 3309
 *         for the CRC. */

#include "sha2.h"
#include "zlib.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* -- SHA-256 ---------------------------------------------------------------------- */

typedef struct Sha { uint32_t h[8], k[64]; } Sha;

static uint32_t fraction(long double x)
{
    return (uint32_t)((x - floorl(x)) * 4294967296.0L);
}

static int is_prime(int n)
{
    for (int d = 2; d * d <= n; d++)
        if (n % d == 0)
            return 0;
    return 1;
}

static void sha_begin(Sha *sha)
{
    for (int n = 2, found = 0; found < 64; n++) {
        if (!is_prime(n))
            continue;
        if (found < 8)
            sha->h[found] = fraction(sqrtl(n));
        sha->k[found++] = fraction(cbrtl(n));
    }
}

static uint32_t turned(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void schedule(uint32_t w[64], const uint8_t block[64])
{
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16
             | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        const uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) + w[i - 7]
             + (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
    }
}

static void sha_block(Sha *sha, const uint8_t block[64])
{
    uint32_t w[64], s[8];
    schedule(w, block);
    memcpy(s, sha->h, sizeof s);
    for (int i = 0; i < 64; i++) {
        const uint32_t e = s[4], a = s[0];
        const uint32_t one = s[7] + sha->k[i] + w[i] + ((e & s[5]) ^ (~e & s[6]))
                           + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25));
        const uint32_t two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22))
                           + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < 8; i++)
        sha->h[i] += s[i];
}

char *SHA256Data(const uint8_t *data, size_t size, char *hex)
{
    Sha     sha;
    uint8_t last[128] = { 0 };
    size_t  at = 0;
    sha_begin(&sha);
    for (; at + 64 <= size; at += 64)
        sha_block(&sha, data + at);
    const size_t rest = size - at, end = rest < 56 ? 64 : 128;
    memcpy(last, data + at, rest);
    last[rest] = 0x80;
    for (size_t i = 0; i < 8; i++)
        last[end - 1 - i] = (uint8_t)((uint64_t)size * 8 >> 8 * i);
    for (size_t i = 0; i < end; i += 64)
        sha_block(&sha, last + i);
    for (int i = 0; i < 8; i++)
        snprintf(hex + 8 * i, 9, "%08x", (unsigned)sha.h[i]);
    return hex;
}

/* -- CRC-32 ------------------------------------------------------------------------- */

unsigned long crc32_z(unsigned long crc, const Bytef *bytes, size_t count)
{
    static uint32_t table[256];
    uint32_t        c = ~(uint32_t)crc;
    if (!bytes)
        return 0;
    for (uint32_t i = 0; i < 256 && !table[255]; i++) {
        uint32_t x = i;
        for (int bit = 0; bit < 8; bit++)
            x = x & 1 ? 0xedb88320u ^ x >> 1 : x >> 1;
        table[i] = x;
    }
    for (size_t i = 0; i < count; i++)
        c = table[(c ^ bytes[i]) & 255] ^ c >> 8;
    return ~c & 0xffffffffUL;
}
