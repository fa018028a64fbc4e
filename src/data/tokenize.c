/* tokenize.c - see tokenize.h. Both halves stream from the mapped bytes into
 * the new shard; the tokens are never in memory at once. */

#include "data/tokenize.h"

#include "data/corpus.h"
#include "data/make.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is asked for: a size to learn, or a vocabulary that is there. */
typedef struct Wanted {
    const char *name; /* "bpe-1024", or that of the file */
    i64         vocab;
    Bpe        *given;
} Wanted;

static bool wanted_file(Wanted *out, Arena *arena, const char *path, Err *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    out->name = arena_print(arena, "%.*s", (int)strcspn(name, "."), name);
    if (!bpe_load(&out->given, arena, path, err))
        return false;
    out->vocab = out->given->vocab;
    return out->vocab > 256
        || err_set(err, ERR_USAGE, "%s: a vocabulary of bytes alone; give "
                   "--tokenizer=byte", path);
}

static bool wanted_find(Wanted *out, Arena *arena, const char *tokenizer,
                        Err *err)
{
    *out = (Wanted){ 0 };
    if (strncmp(tokenizer, "bpe:", 4) != 0) {
        if (file_exists(tokenizer))
            return wanted_file(out, arena, tokenizer, err);
        return err_set(err, ERR_USAGE, "tokenizer: '%s' is neither byte, nor "
                       "bpe:N, nor a file; give such as bpe:1024", tokenizer);
    }
    char *end;
    out->vocab = strtoll(tokenizer + 4, &end, 10);
    if (*end || end == tokenizer + 4 || out->vocab < 257
        || out->vocab > BPE_VOCAB_MAX)
        return err_set(err, ERR_USAGE, "tokenizer: '%s' is no vocabulary of "
                       "257 to %d tokens; give such as bpe:1024", tokenizer,
                       BPE_VOCAB_MAX);
    out->name = arena_print(arena, "bpe-%lld", (long long)out->vocab);
    return true;
}

/* -- Whether it is there --------------------------------------------------- */

static bool of_text(const Shard *shard, const Shard *bytes,
                    const Wanted *wanted)
{
    char name[16];
    snprintf(name, sizeof name, "bpe:%lld", (long long)wanted->vocab);
    return !strcmp(shard->sha256, bytes->sha256)
        && shard->holdout == bytes->holdout && shard->seed == bytes->seed
        && shard->block_bytes == bytes->block_bytes
        && !strcmp(shard->tokenizer, name)
        && (!wanted->given
            || !strcmp(shard->tokenizer_sha256, wanted->given->sha256));
}

static bool is_there(const MakePaths *paths, const Shard *bytes,
                     const Wanted *wanted, Talk *talk)
{
    Shard shard;
    Err   why = { 0 };
    if (!file_exists(paths->shard))
        return false;
    if (!shard_open(&shard, paths->shard, &why)) {
        talk_say(talk, "%.*s; making it again", (int)strcspn(why.text, ";"),
                 why.text);
        return false;
    }
    const bool same = of_text(&shard, bytes, wanted);
    if (!same)
        talk_say(talk, "%s: of another text, split or vocabulary; making it "
                 "again", paths->shard);
    shard_close(&shard);
    return same;
}

/* -- Making it ------------------------------------------------------------- */

typedef struct Tokens {
    ShardWriter writer;
    i64        *count; /* of each token in the training part; NULL: held out */
    i64         done, all;
    const Bpe  *bpe;
    Talk       *talk;
    TalkPass    pass;
} Tokens;

static bool put(void *self, const u16 *token, i64 count, Err *err)
{
    Tokens *t = self;
    for (i64 i = 0; i < count; i++)
        t->done += t->bpe->size[token[i]];
    for (i64 i = 0; i < count && t->count; i++)
        t->count[token[i]]++;
    talk_at(t->talk, &t->pass, t->done);
    return shard_write_put(&t->writer, token, count, err);
}

double tokenize_unigram(const i64 *count, i64 vocab)
{
    double sum = 0, all = 0;
    for (i64 v = 0; v < vocab; v++)
        all += (double)count[v];
    for (i64 v = 0; v < vocab; v++)
        if (count[v])
            sum -= (double)count[v] / all * log((double)count[v] / all);
    return sum;
}

static bool put_both(Tokens *t, Shard *about, const Shard *bytes, i64 *count,
                     Err *err)
{
    const BpeSink sink = { t, put };
    const u8     *text = bytes->token;
    t->count = count;
    if (!bpe_encode(t->bpe, text, bytes->train_count, &sink, err))
        return false;
    about->train_count = t->writer.count;
    t->count = NULL;
    if (!bpe_encode(t->bpe, text + bytes->train_count, bytes->val_count, &sink,
                    err))
        return false;
    about->val_count = t->writer.count - about->train_count;
    about->val_bytes_per_token = (double)bytes->val_count
                               / (double)about->val_count;
    about->unigram_nats = tokenize_unigram(count, about->vocab);
    return shard_write_close(&t->writer, about, err);
}

static void about_set(Shard *about, const Shard *bytes, const Bpe *bpe,
                      const Wanted *wanted, const Str *file)
{
    *about = *bytes;
    about->map = (FileMap){ 0 };
    about->token = NULL;
    about->entropy_nats = 0; /* known of bytes, and of nothing that they make */
    about->token_bytes = 2;
    about->vocab = bpe->vocab;
    memset(about->tokenizer, 0, sizeof about->tokenizer);
    snprintf(about->tokenizer, sizeof about->tokenizer, "bpe:%lld",
             (long long)wanted->vocab);
    memcpy(about->tokenizer_sha256, bpe->sha256, HASH_HEX);
    about->tokenizer_text = file->text;
    about->tokenizer_bytes = file->size;
}

static void said(const Shard *about, const char *path, Talk *talk)
{
    char train[27], val[27];
    talk_say(talk, "%s: %s tokens to train on, %s held out, %.3f bytes a token",
             path, talk_count(train, about->train_count),
             talk_count(val, about->val_count), about->val_bytes_per_token);
}

static bool write_tokens(const MakePaths *paths, const Shard *bytes,
                         const Bpe *bpe, const Wanted *wanted, Talk *talk,
                         Err *err)
{
    Arena  scratch = { 0 };
    Str    file = { 0 };
    Shard  about;
    Tokens t = { .bpe = bpe, .talk = talk };
    bpe_print(bpe, &file);
    about_set(&about, bytes, bpe, wanted, &file);
    t.pass = talk_pass("tokens: writing", bytes->train_count
                                          + bytes->val_count);
    i64       *count = NEW(&scratch, i64, bpe->vocab);
    const bool done = shard_write_open(&t.writer, paths->shard, 2, err)
                   && put_both(&t, &about, bytes, count, err);
    shard_write_drop(&t.writer);
    if (done)
        said(&about, paths->shard, talk);
    str_free(&file);
    arena_free(&scratch);
    return done;
}

static bool make_tokens(const MakePaths *paths, Arena *arena,
                        const Shard *bytes, const Wanted *wanted, Talk *talk,
                        Err *err)
{
    char count[27];
    Bpe *bpe = wanted->given;
    if (!make_room(paths, 2 * bytes->map.count, err))
        return false;
    if (!bpe) {
        talk_say(talk, "%s: learning %s tokens from its training part",
                 bytes->name, talk_count(count, wanted->vocab));
        bpe = bpe_learn(arena, bytes->token, bytes->train_count, wanted->vocab,
                        talk);
        snprintf(bpe->corpus, sizeof bpe->corpus, "%s", bytes->name);
        if (bpe->vocab < wanted->vocab)
            talk_say(talk, "%s: no pair occurs twice any more; %lld tokens",
                     bytes->name, (long long)bpe->vocab);
    }
    if (bpe->vocab == 256)
        return err_set(err, ERR_FORMAT, "%s: no pair of bytes occurs twice in "
                       "it, so there is nothing to learn; give "
                       "--tokenizer=byte", bytes->name);
    return write_tokens(paths, bytes, bpe, wanted, talk, err);
}

static bool tokenize(const MakePaths *paths, Arena *arena, const Shard *bytes,
                     const Wanted *wanted, Talk *talk, Err *err)
{
    int lock;
    if (is_there(paths, bytes, wanted, NULL))
        return true;
    if (!make_lock(&lock, paths, talk, err))
        return false;
    const bool done = is_there(paths, bytes, wanted, talk)
                   || make_tokens(paths, arena, bytes, wanted, talk, err);
    make_unlock(lock, paths);
    return done;
}

/* "data/gcide.shard" -> "gcide" */
static const char *stem(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strstr(name, ".shard");
    return arena_print(arena, "%.*s", (int)(dot ? dot - name
                                            : (i64)strlen(name)), name);
}

bool tokenize_shard(const char **path, Arena *arena, const char *tokenizer,
                    const char *data_dir, Talk *talk, Err *err)
{
    Shard  bytes;
    Wanted wanted;
    if (!tokenizer || !strcmp(tokenizer, "byte"))
        return true;
    if (!wanted_find(&wanted, arena, tokenizer, err)
        || !shard_open(&bytes, *path, err))
        return false;
    const char *name = arena_print(arena, "%s.%s", stem(arena, *path),
                                   wanted.name);
    const MakePaths paths = make_paths(arena, corpus_dir(data_dir), name);
    const bool done = strcmp(bytes.tokenizer, "byte") != 0
        ? err_set(err, ERR_USAGE, "%s: its tokens are %s already; a tokenizer "
                  "is for a corpus of bytes", *path, bytes.tokenizer)
        : tokenize(&paths, arena, &bytes, &wanted, talk, err);
    shard_close(&bytes);
    *path = paths.shard;
    return done;
}

bool tokenize_of(Bpe **out, Arena *arena, const Shard *shard, Err *err)
{
    *out = NULL;
    if (shard->tokenizer_text)
        return bpe_parse(out, arena, shard->tokenizer_text,
                         shard->tokenizer_bytes, shard->name, err);
    return !strcmp(shard->tokenizer, "byte")
        || err_set(err, ERR_USAGE, "%s: its tokens were given, and nobody "
                   "said what they mean; what is about text needs a corpus "
                   "made of text", shard->name);
}
