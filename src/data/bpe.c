/* bpe.c - the vocabulary itself: tokens, their bytes, and the two tables that
 * find them (bpe.h). */

#include "data/bpe.h"

#include <assert.h>
#include <string.h>

static u64 mix(u64 x)
{
    x = (x ^ (x >> 32)) * 0x9e3779b97f4a7c15;
    return x ^ (x >> 29);
}

static u64 bytes_hash(const u8 *bytes, i64 count)
{
    u64 hash = 0xcbf29ce484222325;
    for (i64 i = 0; i < count; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return mix(hash);
}

/* -- Two tables ------------------------------------------------------------ */

/* Where the pair lies, or the open place where it would. */
static i64 pair_place(const Bpe *bpe, u32 pair)
{
    i64 at = (i64)(mix(pair) & (u64)(bpe->places - 1));
    while (bpe->made[at] && bpe->pair[at] != pair)
        at = (at + 1) & (bpe->places - 1);
    return at;
}

static i64 name_place(const Bpe *bpe, const u8 *bytes, i64 count)
{
    i64 at = (i64)(bytes_hash(bytes, count) & (u64)(bpe->places - 1));
    for (i32 v; (v = bpe->name[at]) != 0; at = (at + 1) & (bpe->places - 1))
        if (bpe->size[v] == count
            && !memcmp(bpe->token[v], bytes, (size_t)count))
            break;
    return at;
}

i64 bpe_made(const Bpe *bpe, i64 left, i64 right)
{
    const i32 made = bpe->made[pair_place(bpe, (u32)(left << 16 | right))];
    return made ? made : -1;
}

/* Single bytes are not in the table: they are their own tokens. */
i64 bpe_find(const Bpe *bpe, const u8 *bytes, i64 count)
{
    if (count == 1)
        return bytes[0];
    const i32 found = bpe->name[name_place(bpe, bytes, count)];
    return found ? found : -1;
}

/* -- The vocabulary -------------------------------------------------------- */

Bpe *bpe_new(Arena *arena, i64 room)
{
    assert(256 <= room && room <= BPE_VOCAB_MAX);
    Bpe *bpe = NEW(arena, Bpe, 1);
    bpe->room   = room;
    bpe->merge  = NEW(arena, BpeMerge, room);
    bpe->token  = NEW(arena, const u8 *, room);
    bpe->size   = NEW(arena, u16, room);
    bpe->places = 1024;
    while (bpe->places < 4 * room)
        bpe->places *= 2;
    bpe->pair = NEW(arena, u32, bpe->places);
    bpe->made = NEW(arena, i32, bpe->places);
    bpe->name = NEW(arena, i32, bpe->places);

    u8 *byte = NEW(arena, u8, 256);
    for (int b = 0; b < 256; b++) {
        byte[b] = (u8)b;
        bpe->token[b] = byte + b;
        bpe->size[b] = 1;
    }
    bpe->vocab = 256;
    bpe_sign(bpe);
    return bpe;
}

bool bpe_add(Bpe *bpe, Arena *arena, i64 left, i64 right)
{
    assert(0 <= left && left < bpe->vocab);
    assert(0 <= right && right < bpe->vocab);
    const i64 first = bpe->size[left], size = first + bpe->size[right];
    const i64 made = bpe->vocab;
    u8        bytes[2 * BPE_WORD_BYTES];
    if (made == bpe->room || size > BPE_WORD_BYTES)
        return false;
    memcpy(bytes, bpe->token[left], (size_t)first);
    memcpy(bytes + first, bpe->token[right], (size_t)(size - first));
    const i64 name = name_place(bpe, bytes, size);
    if (bpe->name[name])
        return false;

    const u32 pair = (u32)(left << 16 | right);
    const i64 place = pair_place(bpe, pair);
    u8       *copy = NEW(arena, u8, size);
    memcpy(copy, bytes, (size_t)size);
    bpe->token[made] = copy;
    bpe->size[made]  = (u16)size;
    bpe->name[name]  = (i32)made;
    bpe->pair[place] = pair;
    bpe->made[place] = (i32)made;
    bpe->merge[made - 256] = (BpeMerge){ (u16)left, (u16)right };
    bpe->vocab++;
    return true;
}

/* -- Words ----------------------------------------------------------------- */

typedef enum Kind { LETTER, DIGIT, WHITE, OTHER } Kind;

enum { RUN_CHARS = 64, RUN_BYTES = BPE_WORD_BYTES - 1 };

static inline Kind kind_of(u8 byte)
{
    const u8 small = byte | 32;
    if ((small >= 'a' && small <= 'z') || byte >= 0x80)
        return LETTER;
    if (byte == ' ' || (byte >= '\t' && byte <= '\r'))
        return WHITE;
    return byte >= '0' && byte <= '9' ? DIGIT : OTHER;
}

/* A character of UTF-8 begins with what is no 10xxxxxx. */
static i64 run_end(const u8 *text, i64 at, i64 count)
{
    const Kind kind = kind_of(text[at]);
    const i64  most = i64_min(count, at + RUN_BYTES);
    for (i64 chars = 0; at < most && kind_of(text[at]) == kind; at++) {
        chars += (text[at] & 0xc0) != 0x80;
        if (chars > RUN_CHARS)
            break;
    }
    return at;
}

i64 bpe_word_end(const u8 *text, i64 at, i64 count)
{
    const bool white = kind_of(text[at]) == WHITE;
    if (text[at] == ' ' && at + 1 < count && kind_of(text[at + 1]) != WHITE)
        return run_end(text, at + 1, count);
    const i64 end = run_end(text, at, count);
    const bool before_word = white && end < count
                          && kind_of(text[end]) != WHITE;
    return before_word && end - at > 1 ? end - 1 : end;
}
