/* token_import.c - files of tokens as a corpus (token_file.h).
 *
 * Who it is: the SHA-256 of all tokens as uint16, training first, so the same
 * tokens are the same corpus whatever file they came in. */

#include "data/token_file.h"

#include "base/rng.h"
#include "data/make.h"
#include "data/tokenize.h"

#include <math.h>
#include <sha2.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 4096 };

typedef struct Import {
    Arena             *arena;
    const TokenImport *how;
    const CorpusRule  *rule;
    TextList           file;
    bool               val_files;
    Bpe               *bpe;     /* what the tokens mean */
    bool               bytes;   /* they are bytes       */
    i64                most;    /* tokens are below     */
    /* While writing. */
    ShardWriter        writer;
    SHA2_CTX           sha;
    i64               *count;   /* of each, in the training part */
    i64                largest;
    double             val_bytes;
} Import;

/* -- Which files ----------------------------------------------------------- */

static const char *base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_bin(const char *name)
{
    const size_t size = strlen(name);
    return size > 4 && !strcmp(name + size - 4, ".bin");
}

static bool files_find(Import *im, Err *err)
{
    const TextList *from = &im->how->from;
    i64             room = from->count, n = 0;
    char          **name;
    i64             count;
    for (i64 i = 0; i < from->count; i++) {
        if (!file_is_dir(from->item[i]))
            continue;
        if (!dir_list(&name, &count, im->arena, from->item[i], err))
            return false;
        room += count;
    }
    const char **file = NEW(im->arena, const char *, room + 1);
    for (i64 i = 0; i < from->count; i++) {
        if (!file_is_dir(from->item[i])) {
            file[n++] = from->item[i];
            continue;
        }
        if (!dir_list(&name, &count, im->arena, from->item[i], err))
            return false;
        for (i64 k = 0; k < count; k++)
            if (is_bin(name[k]))
                file[n++] = arena_print(im->arena, "%s/%s", from->item[i],
                                        name[k]);
    }
    im->file = (TextList){ n, file };
    for (i64 i = 0; i < n; i++)
        im->val_files |= strstr(base(file[i]), "val") != NULL;
    return n > 0
        || err_set(err, ERR_USAGE, "no files of tokens are named; give such as "
                   "train.bin val.bin, or a folder that holds them");
}

/* -- What the tokens mean -------------------------------------------------- */

static bool meaning_find(Import *im, Err *err)
{
    const char *tokenizer = im->how->tokenizer;
    const i64   vocab = im->how->vocab;
    if (vocab < 0 || vocab == 1 || vocab > 65536)
        return err_set(err, ERR_USAGE, "--vocab: %lld is not between 2 and "
                       "65536", (long long)vocab);
    im->most = vocab ? vocab : 65536;
    im->bytes = tokenizer && !strcmp(tokenizer, "byte");
    if (im->bytes)
        im->most = 256;
    else if (tokenizer && !bpe_load(&im->bpe, im->arena, tokenizer, err))
        return false;
    if (im->bpe)
        im->most = im->bpe->vocab;
    if (vocab && tokenizer && vocab != im->most)
        return err_set(err, ERR_USAGE, "--vocab: %lld, and the tokenizer has "
                       "%lld tokens; leave one of them out", (long long)vocab,
                       (long long)im->most);
    return true;
}

/* -- Tokens in, tokens out ------------------------------------------------- */

static bool piece_put(Import *im, const u16 *token, i64 count, bool held,
                      Err *err)
{
    u8 narrow[BLOCK];
    SHA256Update(&im->sha, (const u8 *)token, (size_t)count * 2);
    for (i64 i = 0; i < count; i++) {
        im->largest = i64_max(im->largest, token[i]);
        if (!held)
            im->count[token[i]]++;
        else if (im->bpe)
            im->val_bytes += im->bpe->size[token[i]];
        narrow[i] = (u8)token[i];
    }
    const void *out = im->bytes ? (const void *)narrow : token;
    return shard_write_put(&im->writer, out, count, err);
}

static bool tokens_take(u16 *out, const Import *im, const TokenFile *file,
                        i64 from, i64 count, Err *err)
{
    for (i64 i = 0; i < count; i++) {
        const i64 v = token_file_at(file, from + i);
        if (v >= im->most)
            return err_set(err, ERR_FORMAT, "%s: token number %lld is %lld, "
                           "and %lld is the vocabulary%s", file->path,
                           (long long)(from + i), (long long)v,
                           (long long)im->most, im->most == 65536
                           ? "; a shard holds no larger tokens"
                           : "; is it of another tokenizer, or --vocab too "
                             "small?");
        out[i] = (u16)v;
    }
    return true;
}

/* Whole files are held out by name; else blocks by hash. */
static bool block_held(const Import *im, const TokenFile *file, i64 block)
{
    if (im->val_files)
        return strstr(base(file->path), "val") != NULL;
    const i64 blocks = (file->count + BLOCK - 1) / BLOCK;
    const i64 held = (i64)ceil(im->rule->holdout * (double)blocks);
    return rng_shuffled(im->rule->seed, RNG_SPLIT, block, blocks) < held;
}

static bool file_put(Import *im, const TokenFile *file, bool held, Err *err)
{
    u16 token[BLOCK];
    for (i64 at = 0; at < file->count; at += BLOCK) {
        const i64 count = i64_min(BLOCK, file->count - at);
        if (block_held(im, file, at / BLOCK) != held)
            continue;
        if (!tokens_take(token, im, file, at, count, err)
            || !piece_put(im, token, count, held, err))
            return false;
    }
    return true;
}

static bool half_put(Import *im, bool held, Err *err)
{
    for (i64 i = 0; i < im->file.count; i++) {
        TokenFile file;
        if (!token_file_open(&file, im->file.item[i], im->how->format, err))
            return false;
        const bool done = file_put(im, &file, held, err);
        token_file_close(&file);
        if (!done)
            return false;
    }
    return true;
}

/* -- The shard ------------------------------------------------------------- */

static void about_set(Import *im, Shard *about, const Str *vocabulary)
{
    const TokenImport *how = im->how;
    const double       all = (double)(about->train_count + about->val_count);
    snprintf(about->name, sizeof about->name, "%s", how->name);
    snprintf(about->source, sizeof about->source, "%s%s", im->file.item[0],
             im->file.count > 1 ? " and others" : "");
    snprintf(about->about, sizeof about->about, "tokens as they were given");
    SHA256End(&im->sha, about->sha256);
    about->token_bytes = im->bytes ? 1 : 2;
    about->vocab = how->vocab || im->bytes || im->bpe ? im->most
                                                      : im->largest + 1;
    about->holdout = (double)about->val_count / all;
    about->seed = im->rule->seed;
    about->block_bytes = im->val_files ? 0 : BLOCK * about->token_bytes;
    about->unigram_nats = tokenize_unigram(im->count, about->vocab);
    about->val_bytes_per_token = how->bytes_per_token;
    snprintf(about->tokenizer, sizeof about->tokenizer, "given");
    if (im->bytes) {
        snprintf(about->tokenizer, sizeof about->tokenizer, "byte");
        about->val_bytes_per_token = 1;
    }
    if (im->bpe) {
        snprintf(about->tokenizer, sizeof about->tokenizer, "bpe:%lld",
                 (long long)im->bpe->vocab);
        memcpy(about->tokenizer_sha256, im->bpe->sha256, HASH_HEX);
        about->tokenizer_text = vocabulary->text;
        about->tokenizer_bytes = vocabulary->size;
        about->val_bytes_per_token = im->val_bytes / (double)about->val_count;
    }
}

static bool both_put(Import *im, Err *err)
{
    Str   vocabulary = { 0 };
    Shard about = { 0 };
    if (!half_put(im, false, err))
        return false;
    about.train_count = im->writer.count;
    if (!half_put(im, true, err))
        return false;
    about.val_count = im->writer.count - about.train_count;
    if (!about.train_count || !about.val_count)
        return err_set(err, ERR_FORMAT, "%s: nothing %s; give a file to train "
                       "on and one with val in its name, or one longer than "
                       "%d tokens", im->file.item[0], about.train_count
                       ? "is held out" : "is left to train on", 2 * BLOCK);
    if (im->bpe)
        bpe_print(im->bpe, &vocabulary);
    about_set(im, &about, &vocabulary);
    const bool done = shard_write_close(&im->writer, &about, err);
    str_free(&vocabulary);
    return done;
}

bool token_import(const char **path, Arena *arena, const TokenImport *how,
                  const CorpusRule *rule, Talk *talk, Err *err)
{
    Import im = { .arena = arena, .how = how, .rule = rule };
    int    lock;
    if (!corpus_rule_check(rule, err) || !corpus_name_check(how->name, err)
        || !files_find(&im, err) || !meaning_find(&im, err))
        return false;
    const MakePaths paths = make_paths(arena, corpus_dir(rule->data_dir),
                                       how->name);
    if (!make_lock(&lock, &paths, talk, err))
        return false;
    SHA256Init(&im.sha);
    im.count = NEW(arena, i64, 65536);
    const bool done = shard_write_open(&im.writer, paths.shard,
                                       im.bytes ? 1 : 2, err)
                   && both_put(&im, err);
    shard_write_drop(&im.writer);
    make_unlock(lock, &paths);
    *path = paths.shard;
    return done;
}
