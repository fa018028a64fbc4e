/* bpe_file.c - a vocabulary as text, and back (bpe.h).
 *
 * GPT-2 shows each byte as one printable letter: those that are printable in
 * Latin-1 as themselves, the other 68 as U+0100 and on, in their order. So a
 * merge is two words on a line, whatever bytes it joins. */

#include "data/bpe.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

#define MAGIC "#version: 0.2 scalelaw-bpe "

static bool shows_itself(int byte)
{
    return (byte > ' ' && byte < 127) || (byte > 160 && byte != 173);
}

static void letters_fill(u16 letter[256])
{
    u16 next = 256;
    for (int b = 0; b < 256; b++)
        letter[b] = shows_itself(b) ? (u16)b : next++;
}

void bpe_letters(Str *out, const u8 *bytes, i64 count)
{
    u16 letter[256];
    letters_fill(letter);
    for (i64 i = 0; i < count; i++) {
        const u16 c = letter[bytes[i]];
        const u8  two[2] = { (u8)(0xc0 | c >> 6), (u8)(0x80 | (c & 63)) };
        const u8  one = (u8)c;
        str_bytes(out, c < 128 ? &one : two, c < 128 ? 1 : 2);
    }
}

/* -- Out ------------------------------------------------------------------- */

static void merges_print(const Bpe *bpe, Str *out)
{
    for (i64 i = 0; i < bpe->vocab - 256; i++) {
        const BpeMerge m = bpe->merge[i];
        bpe_letters(out, bpe->token[m.left], bpe->size[m.left]);
        str_put(out, " ");
        bpe_letters(out, bpe->token[m.right], bpe->size[m.right]);
        str_put(out, "\n");
    }
}

void bpe_sign(Bpe *bpe)
{
    Str text = { 0 };
    str_put(&text, "split 1\n"); /* another rule of words is another who */
    merges_print(bpe, &text);
    hash_sha256(bpe->sha256, text.text, text.size);
    str_free(&text);
}

void bpe_print(const Bpe *bpe, Str *out)
{
    str_add(out, MAGIC "1 merges %lld sha256 %s corpus %s\n",
            (long long)(bpe->vocab - 256), bpe->sha256,
            bpe->corpus[0] ? bpe->corpus : "-");
    merges_print(bpe, out);
}

/* -- In -------------------------------------------------------------------- */

typedef struct Reader {
    const char *at, *end, *name;
    i64         line;
    int16_t         byte[512]; /* of a letter, -1: none */
} Reader;

static bool refuse(const Reader *r, Err *err, const char *why)
{
    return err_set(err, ERR_FORMAT, "%s:%lld: %s; take a file that scalelaw "
                   "corpus get or prepare --tokenizer=bpe:N wrote", r->name,
                   (long long)r->line, why);
}

static void bytes_fill(int16_t byte[512])
{
    u16 letter[256];
    letters_fill(letter);
    memset(byte, -1, 512 * sizeof *byte);
    for (int16_t b = 0; b < 256; b++)
        byte[letter[b]] = b;
}

/* One letter's byte, or -1: then r->at stands where it stood. */
static int letter_take(Reader *r)
{
    const u8 a = r->at < r->end ? (u8)*r->at : 0;
    const u8 b = r->at + 1 < r->end ? (u8)r->at[1] : 0;
    const bool two = (a & 0xe0) == 0xc0 && (b & 0xc0) == 0x80;
    const int  c = two ? (a & 31) << 6 | (b & 63) : a;
    if ((a >= 128 && !two) || c >= 512 || r->byte[c] < 0)
        return -1;
    r->at += two ? 2 : 1;
    return r->byte[c];
}

/* A word of letters and the character after it. */
static i64 token_take(Reader *r, const Bpe *bpe, char after)
{
    u8  bytes[BPE_WORD_BYTES];
    i64 count = 0;
    for (int b; count < BPE_WORD_BYTES && (b = letter_take(r)) >= 0;)
        bytes[count++] = (u8)b;
    if (!count || r->at == r->end || *r->at != after)
        return -1;
    r->at++;
    return bpe_find(bpe, bytes, count);
}

static bool merges_take(Bpe *bpe, Arena *arena, Reader *r, Err *err)
{
    while (bpe->vocab < bpe->room) {
        r->line++;
        const i64 left = token_take(r, bpe, ' ');
        const i64 right = left < 0 ? -1 : token_take(r, bpe, '\n');
        if (right < 0)
            return refuse(r, err, "not a merge of two tokens that are there");
        if (!bpe_add(bpe, arena, left, right))
            return refuse(r, err, "a token that is there already, or too "
                                  "long");
    }
    return r->at == r->end
        || refuse(r, err, "more merges than its first line says");
}

bool bpe_parse(Bpe **out, Arena *arena, const char *text, i64 count,
               const char *name, Err *err)
{
    Reader    r = { .end = text + count, .name = name, .line = 1 };
    char      hash[HASH_HEX], corpus[64];
    long long merges;
    int       version, size = 0;
    const char *line_end = memchr(text, '\n', (size_t)count);
    char first[256] = "";
    if (line_end && line_end - text < (i64)sizeof first)
        memcpy(first, text, (size_t)(line_end - text));
    if (sscanf(first, MAGIC "%d merges %lld sha256 %64s corpus %63[^\n]%n",
               &version, &merges, hash, corpus, &size) != 4 || !size)
        return refuse(&r, err, "not a vocabulary of byte pairs written here");
    if (version != 1 || merges < 0 || merges > BPE_VOCAB_MAX - 256)
        return refuse(&r, err, "of another version, or of too many merges");

    bytes_fill(r.byte);
    r.at = line_end + 1;
    Bpe *bpe = bpe_new(arena, 256 + merges);
    if (!merges_take(bpe, arena, &r, err))
        return false;
    bpe_sign(bpe);
    r.line = 1;
    if (strcmp(bpe->sha256, hash) != 0)
        return refuse(&r, err, "damaged: its hash does not fit");
    if (strcmp(corpus, "-") != 0)
        snprintf(bpe->corpus, sizeof bpe->corpus, "%s", corpus);
    *out = bpe;
    return true;
}

bool bpe_load(Bpe **out, Arena *arena, const char *path, Err *err)
{
    char *text;
    i64   count;
    return file_read(&text, &count, arena, path, err)
        && bpe_parse(out, arena, text, count, path, err);
}
