/* bpe.h - byte-pair tokens: the 256 bytes, and pieces of words that occur
 * often, learned from a text by joining the most frequent pair of neighbours,
 * again and again.
 *
 * Tokens 0..255 are the bytes; token 256 + i is what merge i makes of two
 * earlier tokens. No piece goes beyond a word, and a text is cut into words by
 * a rule that knows bytes alone:
 *
 *     a word is one space or none, then a run of one kind:
 *         letters   A-Z a-z, and every byte from 0x80 on
 *         digits    0-9
 *         others    what is none of these and no white space
 *     or else it is a run of white space; where a space and a word follow
 *     such a run, the space belongs to the word
 *     a run is at most 64 characters (256 bytes); what is left begins a word
 *
 * So in UTF-8 a word of Greek, Russian or Chinese holds together, and so do
 * the punctuation and the spaces beyond ASCII that touch it: they count as
 * letters. A token may end within a character; texts do not, since decoding
 * gives back every byte of any text, be it UTF-8 or not.
 *
 * The file is merges.txt as GPT-2 has it (one merge a line, bytes as printable
 * letters), so that others read it; all that is ours stands in its first line:
 *
 *     #version: 0.2 scalelaw-bpe 1 merges 768 sha256 HEX corpus NAME
 *
 * SOURCE: Sennrich, Haddow, Birch 2016, arXiv:1508.07909 (the algorithm);
 *         Radford et al. 2019, section 2.2 (over bytes, within words). */

#ifndef BPE_H
#define BPE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "data/talk.h"

enum {
    BPE_VOCAB_MAX  = 65536,
    BPE_WORD_BYTES = 257,             /* no word is longer                 */
    BPE_LEARN_MAX  = 256 * 1024 * 1024, /* bytes learned from, at the front */
};

typedef struct BpeMerge { u16 left, right; } BpeMerge;

typedef struct Bpe {
    i64         vocab;          /* 256 + merges so far                      */
    i64         room;           /* what it may become                       */
    BpeMerge   *merge;          /* [vocab - 256]                            */
    const u8  **token;          /* [vocab] its bytes                        */
    u16        *size;           /* [vocab] and how many                     */
    char        corpus[64];     /* learned from; "" if nobody says          */
    char        sha256[HASH_HEX]; /* of the merges: who it is               */
    /* Two tables with open places: from a pair to what it makes, and from
     * bytes to the token that they are. */
    i64         places;         /* of each, a power of two                  */
    u32        *pair;
    i32        *made, *name;    /* 0: an open place                         */
} Bpe;

/* The bytes alone, with room for so many tokens. */
Bpe *bpe_new(Arena *arena, i64 room);

/* One more token, of two that are there. False, and nothing done, where its
 * bytes are a token already or there is no room. */
bool bpe_add(Bpe *bpe, Arena *arena, i64 left, i64 right);

/* What a pair makes, or what token these bytes are; -1: none. */
i64 bpe_made(const Bpe *bpe, i64 left, i64 right);
i64 bpe_find(const Bpe *bpe, const u8 *bytes, i64 count);

/* Where the word that begins at `at` ends; at < count. */
i64 bpe_word_end(const u8 *text, i64 at, i64 count);

/* Learned until there are `vocab` tokens, or no pair occurs twice. Ties go to
 * the pair of the smaller tokens, so a text has one vocabulary. */
Bpe *bpe_learn(Arena *arena, const u8 *text, i64 count, i64 vocab, Talk *talk);

typedef struct BpeSink {
    void *self;
    bool (*take)(void *self, const u16 *token, i64 count, Err *err);
} BpeSink;

/* A whole text as tokens, some thousands at a time. */
bool bpe_encode(const Bpe *bpe, const u8 *text, i64 count,
                const BpeSink *sink, Err *err) MUST_USE;

/* The same in memory: at most `count` tokens; how many. */
i64 bpe_encode_all(u16 *out, const Bpe *bpe, const u8 *text, i64 count);

/* The file, and back. `name` stands for the path in messages. */
void bpe_print(const Bpe *bpe, Str *out);
bool bpe_parse(Bpe **out, Arena *arena, const char *text, i64 count,
               const char *name, Err *err) MUST_USE;
bool bpe_load(Bpe **out, Arena *arena, const char *path, Err *err) MUST_USE;

/* After the last merge: says who it is (sha256). */
void bpe_sign(Bpe *bpe);

/* Bytes as GPT-2 shows them: UTF-8 letters, one each, none of them a space. */
void bpe_letters(Str *out, const u8 *bytes, i64 count);

#endif
