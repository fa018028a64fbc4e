/* host_warp.cpp - what a warp does as one: products, matrices out of shared
 * memory; and copies that arrive later.
 *
 * A copy's destination holds poison until its thread has waited for it, and only
 * then reads its source: as late as a device might. */

#include "host_block.h"

uint32_t bf16_pair(float first, float second)
{
    const float from[2] = { first, second };
    uint32_t    pair    = 0;
    for (int i = 0; i < 2; i++) {
        uint32_t bits = __float_as_uint(from[i]);
        if (from[i] != from[i])
            bits = 0x7fff0000u;
        else /* to nearest, ties to even */
            bits += 0x7fffu + (bits >> 16 & 1);
        pair |= bits >> 16 << 16 * i;
    }
    return pair;
}

static float upper(uint32_t pair) { return __uint_as_float(pair & 0xffff0000u); }
static float lower(uint32_t pair) { return __uint_as_float(pair << 16); }

static void whole(HostPlace place)
{
    if (host_now->warp->lanes != 32)
        host_die("%s at %s:%d in a warp of %u lanes", place.what, place.file,
                 place.line, host_now->warp->lanes);
}

/* -- Products ------------------------------------------------------------------ */

/* Slots hold a[4], b[2] and d[4]. Layout: cuda.cuh. */
enum { A = 0, B = 4, D = 6 };

static void multiply(HostSlot slot[32])
{
    float a[16][16], b[16][8], d[16][8];
    for (int t = 0; t < 32; t++) {
        const uint32_t *w = slot[t].word;
        const int       r = t / 4, c = t % 4 * 2;
        for (int i = 0; i < 4; i++) {
            a[r + i % 2 * 8][c + i / 2 * 8]     = lower(w[A + i]);
            a[r + i % 2 * 8][c + i / 2 * 8 + 1] = upper(w[A + i]);
            d[r + i / 2 * 8][c + i % 2] = __uint_as_float(w[D + i]);
        }
        for (int i = 0; i < 2; i++) {
            b[c + i * 8][r]     = lower(w[B + i]);
            b[c + i * 8 + 1][r] = upper(w[B + i]);
        }
    }
    for (int r = 0; r < 16; r++)
        for (int k = 0; k < 16; k++)
            for (int n = 0; n < 8; n++)
                d[r][n] += a[r][k] * b[k][n];
    for (int t = 0; t < 32; t++)
        for (int i = 0; i < 4; i++)
            slot[t].word[D + i] =
                __float_as_uint(d[t / 4 + i / 2 * 8][t % 4 * 2 + i % 2]);
}

void host_mma_bf16(float d[4], const uint32_t a[4], const uint32_t b[2],
                   HostPlace place)
{
    whole(place);
    uint32_t *w = host_slot()->word;
    memcpy(w + A, a, 16);
    memcpy(w + B, b, 8);
    memcpy(w + D, d, 16);
    host_warp_meet(place, multiply);
    memcpy(d, host_slot_of(host_lane(), place)->word + D, 16);
}

/* -- Matrices out of shared memory ---------------------------------------------- */

/* Slots hold an address, and receive m[4] behind it. */
enum { M = 2 };

static void load(HostSlot slot[32], bool trans)
{
    const uint16_t *row[32];
    for (int t = 0; t < 32; t++)
        memcpy(&row[t], slot[t].word, sizeof row[t]);
    for (int t = 0; t < 32; t++)
        for (int i = 0; i < 4; i++) {
            const int r = t / 4, c = t % 4 * 2;
            const uint32_t first  = trans ? row[8 * i + c][r]
                                          : row[8 * i + r][c];
            const uint32_t second = trans ? row[8 * i + c + 1][r]
                                          : row[8 * i + r][c + 1];
            slot[t].word[M + i] = first | second << 16;
        }
}

static void load_rows(HostSlot slot[32]) { load(slot, false); }
static void load_columns(HostSlot slot[32]) { load(slot, true); }

static void sixteen(const char *side, const void *p, HostPlace place)
{
    if ((uintptr_t)p % 16)
        host_die("%s at %s:%d: %s lies %zu bytes past a multiple of 16",
                 place.what, place.file, place.line, side,
                 (size_t)((uintptr_t)p % 16));
}

static void in_shared(const char *side, const void *p, HostPlace place)
{
    if (!host_is_shared(p, 16))
        host_die("%s at %s:%d: %s is no 16 bytes of the block's %zu bytes of"
                 " shared memory: byte %td", place.what, place.file,
                 place.line, side, shared_now_bytes(),
                 (const char *)p - (const char *)shared_now());
}

void host_ldmatrix(uint32_t m[4], const void *row, bool trans, HostPlace place)
{
    whole(place);
    sixteen("the row", row, place);
    in_shared("the row", row, place);
    if (host_races)
        host_race(host_now, row, 16, false, __builtin_return_address(0));
    memcpy(host_slot()->word, &row, sizeof row);
    host_warp_meet(place, trans ? load_columns : load_rows);
    memcpy(m, host_slot_of(host_lane(), place)->word + M, 16);
}

/* -- Copies that arrive later ---------------------------------------------------- */

void host_copy_async(void *to, const void *from, int bytes, HostPlace place)
{
    HostThread *t = host_now;
    sixteen("the destination", to, place);
    in_shared("the destination", to, place);
    if (bytes < 0 || bytes > 16)
        host_die("%s at %s:%d of %d bytes", place.what, place.file, place.line,
                 bytes);
    if (bytes)
        sixteen("the source", from, place);
    if (host_races) {
        host_race(t, to, 16, true, __builtin_return_address(0));
        host_race(t, from, (size_t)bytes, false, __builtin_return_address(0));
    }
    host_poison(to, 16);
    t->copies.push_back(HostCopy{ (char *)to, (const char *)from, bytes,
                                  t->groups });
}

void copy_commit(void) { host_now->groups++; }

/* Copies that no commit has closed belong to no group, and are not waited for. */
void host_copy_wait(int left)
{
    HostThread *t = host_now;
    size_t      kept = 0;
    for (const HostCopy &c : t->copies) {
        if (c.group >= t->groups - left) {
            t->copies[kept++] = c;
            continue;
        }
        if (host_races)
            host_race(t, c.to, 16, true, __builtin_return_address(0));
        memset(c.to, 0, 16);
        memcpy(c.to, c.from, (size_t)c.bytes);
    }
    t->copies.resize(kept);
}
