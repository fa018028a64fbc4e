/* token_export.c - a corpus as files of tokens (token_file.h).
 *
 * meta.pkl is a pickle of protocol 0, which is text: nanoGPT's train.py reads
 * vocab_size from it, and its sample.py what each token looks like. A token's
 * bytes are shown as the characters of Latin-1 with these numbers. */

#include "data/token_file.h"

#include "data/tokenize.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool tokens_put(FILE *file, const Shard *s, i64 from, i64 count)
{
    u16 wide[4096];
    if (s->token_bytes == 2)
        return fwrite(s->token + 2 * from, 2, (size_t)count, file)
            == (size_t)count;
    for (i64 at = 0; at < count; at += 4096) {
        const i64 n = i64_min(4096, count - at);
        for (i64 i = 0; i < n; i++)
            wide[i] = s->token[from + at + i];
        if (fwrite(wide, 2, (size_t)n, file) != (size_t)n)
            return false;
    }
    return true;
}

static bool head_put(FILE *file, i64 count)
{
    const i32 head[256] = { 20240520, 1, (i32)count };
    return fwrite(head, sizeof head, 1, file) == 1;
}

static bool half_write(const char *path, const Shard *s, i64 from, i64 count,
                       bool llmc, Err *err)
{
    FILE *file = fopen(path, "wbe");
    bool  done = file && (!llmc || head_put(file, count))
              && tokens_put(file, s, from, count) && fflush(file) == 0;
    const int why = errno;
    if (file && fclose(file) != 0)
        done = false;
    if (done)
        return true;
    unlink(path);
    return err_set(err, ERR_IO, "%s: cannot be written: %s", path,
                   strerror(why));
}

/* -- meta.pkl -------------------------------------------------------------- */

static void text_pickle(Str *out, const u8 *bytes, i64 count)
{
    str_put(out, "V");
    for (i64 i = 0; i < count; i++)
        str_add(out, "\\u%04x", bytes[i]);
    str_put(out, "\n");
}

static void meta_pickle(Str *out, const Shard *s, const Bpe *bpe)
{
    str_add(out, "(dVvocab_size\nI%lld\ns", (long long)s->vocab);
    if (bpe) {
        str_put(out, "Vitos\n(d");
        for (i64 v = 0; v < bpe->vocab; v++) {
            str_add(out, "I%lld\n", (long long)v);
            text_pickle(out, bpe->token[v], bpe->size[v]);
            str_put(out, "s");
        }
        str_put(out, "sVstoi\n(d");
        for (i64 v = 0; v < bpe->vocab; v++) {
            text_pickle(out, bpe->token[v], bpe->size[v]);
            str_add(out, "I%lld\ns", (long long)v);
        }
        str_put(out, "s");
    }
    str_put(out, ".");
}

static bool beside_write(const char *dir, Arena *arena, const Shard *s,
                         bool llmc, Err *err)
{
    Str  meta = { 0 };
    Bpe *bpe = NULL;
    bool done = true;
    if (!strcmp(s->tokenizer, "byte"))
        bpe = bpe_new(arena, 256);
    else if (s->tokenizer_text && !tokenize_of(&bpe, arena, s, err))
        return false;
    if (!llmc) {
        meta_pickle(&meta, s, bpe);
        done = file_write(arena_print(arena, "%s/meta.pkl", dir), meta.text,
                          meta.size, err);
    }
    if (done && s->tokenizer_text)
        done = file_write(arena_print(arena, "%s/tokenizer.bpe", dir),
                          s->tokenizer_text, s->tokenizer_bytes, err);
    str_free(&meta);
    return done;
}

bool token_export(const char **said, Arena *arena, const Shard *s,
                  const char *format, const char *dir, Err *err)
{
    const bool llmc = !strcmp(format, "llmc");
    if (!llmc && strcmp(format, "nanogpt") != 0)
        return err_set(err, ERR_USAGE, "format: '%s' is not known; there are "
                       "nanogpt and llmc", format);
    if (llmc && s->train_count > INT32_MAX)
        return err_set(err, ERR_USAGE, "%s: more tokens than a file of llm.c "
                       "can count (2^31); take --format=nanogpt", s->name);
    const char *first = llmc ? s->name : "", *dash = llmc ? "_" : "";
    const char *train = arena_print(arena, "%s/%s%strain.bin", dir, first,
                                    dash);
    const char *val = arena_print(arena, "%s/%s%sval.bin", dir, first, dash);
    *said = arena_print(arena, "%s: %lld tokens\n%s: %lld tokens", train,
                        (long long)s->train_count, val,
                        (long long)s->val_count);
    return dir_make(dir, err)
        && half_write(train, s, 0, s->train_count, llmc, err)
        && half_write(val, s, s->train_count, s->val_count, llmc, err)
        && beside_write(dir, arena, s, llmc, err);
}
