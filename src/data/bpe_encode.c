/* bpe_encode.c - from text to tokens (bpe.h).
 *
 * A word is joined by its merges in the order in which they were learned, so
 * it becomes what it was in learning. Most words were there a moment ago: a
 * table of 2^17 words, one place each and the newest there, answers for them
 * with one look, and costs 4 MB however long the text is. */

#include "data/bpe.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_BITS = 17, KEPT_TOKENS = 10, OUT_ROOM = 1 << 14 };

typedef struct Kept {
    const u8 *text;
    u16       size, count, token[KEPT_TOKENS];
} Kept;

typedef struct Encoder {
    const Bpe     *bpe;
    const BpeSink *sink;
    Kept          *kept;
    i64            count;
    u16            out[OUT_ROOM + BPE_WORD_BYTES];
} Encoder;

/* The least of `made`, the first of equals; -1 where nothing can be joined. */
static i64 earliest(const i32 *made, i64 count)
{
    i64 at = -1;
    for (i64 i = 0; i < count; i++)
        if (made[i] >= 0 && (at < 0 || made[i] < made[at]))
            at = i;
    return at;
}

/* In place: one word as bytes becomes tokens; how many. made[i] is what token
 * i and the next would make. */
static i64 join_all(u16 *token, i64 count, const Bpe *bpe)
{
    i32 made[BPE_WORD_BYTES];
    for (i64 i = 0; i + 1 < count; i++)
        made[i] = (i32)bpe_made(bpe, token[i], token[i + 1]);
    for (i64 at; (at = earliest(made, count - 1)) >= 0;) {
        token[at] = (u16)made[at];
        count--;
        for (i64 i = at + 1; i < count; i++)
            token[i] = token[i + 1];
        for (i64 i = at + 1; i + 1 < count; i++)
            made[i] = made[i + 1];
        if (at > 0)
            made[at - 1] = (i32)bpe_made(bpe, token[at - 1], token[at]);
        if (at + 1 < count)
            made[at] = (i32)bpe_made(bpe, token[at], token[at + 1]);
    }
    return count;
}

static i64 word_encode(u16 *out, const Bpe *bpe, const u8 *text, i64 size)
{
    for (i64 i = 0; i < size; i++)
        out[i] = text[i];
    return join_all(out, size, bpe);
}

static i64 word_put(u16 *out, Encoder *e, const u8 *text, i64 size)
{
    Kept *kept = &e->kept[hash_word(text, size) >> (64 - KEPT_BITS)];
    if (kept->size == size && !memcmp(kept->text, text, (size_t)size)) {
        memcpy(out, kept->token, sizeof kept->token);
        return kept->count;
    }
    const i64 count = word_encode(out, e->bpe, text, size);
    if (count <= KEPT_TOKENS) {
        *kept = (Kept){ .text = text, .size = (u16)size,
                        .count = (u16)count };
        memcpy(kept->token, out, (size_t)count * sizeof *out);
    }
    return count;
}

static bool flush(Encoder *e, Err *err)
{
    const i64 count = e->count;
    e->count = 0;
    return count == 0 || e->sink->take(e->sink->self, e->out, count, err);
}

static bool encode(Encoder *e, const u8 *text, i64 count, Err *err)
{
    for (i64 at = 0; at < count;) {
        const i64 end = bpe_word_end(text, at, count);
        e->count += word_put(e->out + e->count, e, text + at, end - at);
        at = end;
        if (e->count >= OUT_ROOM && !flush(e, err))
            return false;
    }
    return flush(e, err);
}

bool bpe_encode(const Bpe *bpe, const u8 *text, i64 count,
                const BpeSink *sink, Err *err)
{
    Encoder *e = calloc(1, sizeof *e);
    Kept    *kept = calloc((size_t)1 << KEPT_BITS, sizeof *kept);
    if (!e || !kept)
        abort(); /* as an arena does */
    e->bpe = bpe;
    e->sink = sink;
    e->kept = kept;
    const bool done = encode(e, text, count, err);
    free(kept);
    free(e);
    return done;
}

i64 bpe_encode_all(u16 *out, const Bpe *bpe, const u8 *text, i64 count)
{
    i64 n = 0;
    for (i64 at = 0; at < count;) {
        const i64 end = bpe_word_end(text, at, count);
        n += word_encode(out + n, bpe, text + at, end - at);
        at = end;
    }
    return n;
}
