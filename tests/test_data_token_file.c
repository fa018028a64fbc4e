/* test_data_token_file.c - tokens of nanoGPT and llm.c, in and out. */

#include "data/token_file.h"
#include "tests/data_world.h"

#include <math.h>

enum { TRAIN = 30000, VAL = 5000, VOCAB = 1000 };

/* Token i of a made-up corpus: spread over the vocabulary, the largest once. */
static u16 made_token(i64 i)
{
    return i == 77 ? VOCAB - 1
                   : (u16)rng_below(3, RNG_TEST, (u64)i, VOCAB - 1);
}

/* A file of either kind, of tokens from..from + count - 1. */
static const char *made_file(Arena *arena, const char *name, i64 from,
                             i64 count, int llmc_bytes)
{
    u8  *bytes = NEW(arena, u8, 1024 + 4 * count);
    i64  at = 0;
    const int width = llmc_bytes ? llmc_bytes : 2;
    if (llmc_bytes) {
        const i32 head[3] = { width == 2 ? 20240520 : 20240801,
                              width == 2 ? 1 : 7, (i32)count };
        memcpy(bytes, head, sizeof head);
        at = 1024;
    }
    for (i64 i = 0; i < count; i++, at += width) {
        const u32 v = made_token(from + i);
        memcpy(bytes + at, &v, (size_t)width);
    }
    return world_file(arena, name, bytes, at);
}

static bool import(Shard *out, Arena *arena, const TokenImport *how, Err *err)
{
    const char *path;
    CorpusRule  rule = corpus_rule();
    rule.data_dir = world_path(arena, "data");
    return token_import(&path, arena, how, &rule, NULL, err)
        && shard_open(out, path, err);
}

static TokenImport of_files(const char **file, i64 count)
{
    return (TokenImport){ .name = "made", .format = "auto",
                          .from = { count, file }, .bytes_per_token = NAN };
}

static i64 token_at(const Shard *s, i64 i)
{
    return s->token[2 * i] | s->token[2 * i + 1] << 8;
}

static bool tokens_same(const Shard *s)
{
    for (i64 i = 0; i < TRAIN + VAL; i++)
        if (token_at(s, i) != made_token(i))
            return false;
    return s->train_count == TRAIN && s->val_count == VAL;
}

TEST(tokens_of_every_kind_are_read_as_they_were_written)
{
    static const int kind[] = { 0, 2, 4 };
    char first[HASH_HEX] = "";
    for (int i = 0; i < 3; i++) {
        Arena arena = { 0 };
        Err   err = { 0 };
        Shard shard;
        const char *file[] = {
            made_file(&arena, "val.bin", TRAIN, VAL, kind[i]),
            made_file(&arena, "train.bin", 0, TRAIN, kind[i]),
        };
        const TokenImport how = of_files(file, 2);
        test_note("kind %d", kind[i]);
        if (!CHECK(import(&shard, &arena, &how, &err)))
            return;
        CHECK(tokens_same(&shard));
        CHECK(shard.vocab == VOCAB && shard.token_bytes == 2);
        CHECK_TEXT(shard.tokenizer, "given");
        CHECK(isnan(shard.val_bytes_per_token) && shard.source_bytes == 0);
        CHECK(shard.unigram_nats > log(VOCAB) - 0.1
              && shard.unigram_nats < log(VOCAB));
        if (i > 0)
            CHECK_TEXT(shard.sha256, first);
        memcpy(first, shard.sha256, sizeof first);
        shard_close(&shard);
        arena_free(&arena);
    }
}

TEST(what_is_said_of_the_tokens_is_kept)
{
    Arena arena = { 0 };
    Err   err = { 0 };
    Shard shard;
    const char *file[] = { made_file(&arena, "train.bin", 0, TRAIN, 0),
                           made_file(&arena, "val.bin", TRAIN, VAL, 0) };
    TokenImport how = of_files(file, 2);
    how.vocab = 50257;
    how.bytes_per_token = 4.5;
    if (CHECK(import(&shard, &arena, &how, &err))) {
        CHECK(shard.vocab == 50257);
        CHECK(shard.val_bytes_per_token == 4.5);
        shard_close(&shard);
    }
    arena_free(&arena);
}

TEST(one_file_is_held_out_in_blocks)
{
    Arena arena = { 0 };
    Err   err = { 0 };
    Shard shard;
    const char *file[] = { made_file(&arena, "all.bin", 0, 200000, 2) };
    const TokenImport how = of_files(file, 1);
    if (!CHECK(import(&shard, &arena, &how, &err)))
        return;
    CHECK(shard.train_count + shard.val_count == 200000);
    CHECK(shard.val_count >= 8192 && shard.val_count <= 3 * 4096);
    i64 sum = 0, want = 0;
    for (i64 i = 0; i < 200000; i++) {
        sum += token_at(&shard, i) * (1 + token_at(&shard, i) % 7);
        want += made_token(i) * (1 + made_token(i) % 7);
    }
    CHECK(sum == want);
    shard_close(&shard);
    arena_free(&arena);
}

static void refused(Arena *arena, const TokenImport *how, const char *words)
{
    Err   err = { 0 };
    Shard shard;
    if (CHECK(!import(&shard, arena, how, &err)))
        CHECK_HAS(err.text, words);
}

TEST(files_that_are_not_what_they_should_be_are_refused)
{
    Arena arena = { 0 };
    const char *file[1], *both[2];
    char       *bytes;
    i64         count;
    Err         err = { 0 };
    TokenImport how = of_files(file, 1);
    file[0] = world_file(&arena, "odd.bin", "12345", 5);
    refused(&arena, &how, "odd.bin: an odd number of bytes");
    file[0] = world_file(&arena, "empty.bin", "", 0);
    refused(&arena, &how, "empty.bin: no tokens in it");
    file[0] = world_path(&arena, "nowhere.bin");
    refused(&arena, &how, "nowhere.bin");

    file[0] = made_file(&arena, "llm.bin", 0, 50000, 2);
    CHECK(file_read(&bytes, &count, &arena, file[0], &err));
    file[0] = world_file(&arena, "cut.bin", bytes, count - 2);
    refused(&arena, &how, "where its 50000 tokens take 101024");
    file[0] = world_file(&arena, "long.bin", bytes, count + 1);
    refused(&arena, &how, "long.bin: 101025 bytes");
    file[0] = world_file(&arena, "short.bin", bytes, 900);
    refused(&arena, &how, "shorter than the 1024 bytes");
    bytes[4] = 2;
    file[0] = world_file(&arena, "version.bin", bytes, count);
    refused(&arena, &how, "magic and version");
    how.format = "llmc";
    file[0] = made_file(&arena, "plain.bin", 0, 50000, 0);
    refused(&arena, &how, "magic and version");
    how.format = "gguf";
    refused(&arena, &how, "nanogpt and llmc");

    how = of_files(both, 2);
    both[0] = made_file(&arena, "train.bin", 0, TRAIN, 0);
    both[1] = made_file(&arena, "val.bin", TRAIN, VAL, 0);
    how.vocab = VOCAB - 1;
    refused(&arena, &how, "train.bin: token number 77 is 999, and 999 is the "
                          "vocabulary");
    how.vocab = 70000;
    refused(&arena, &how, "--vocab: 70000");
    how.vocab = 0;
    how.tokenizer = "byte";
    refused(&arena, &how, "and 256 is the vocabulary");

    const i32 large[300] = { 20240801, 7, 44, [256 + 9] = 128000 };
    how = of_files(both, 2);
    both[0] = world_file(&arena, "llama.bin", large, sizeof large);
    refused(&arena, &how, "llama.bin: token number 9 is 128000");
    how.from.count = 1;
    both[0] = made_file(&arena, "only_val.bin", 0, 5000, 0);
    refused(&arena, &how, "nothing is left to train on");
    arena_free(&arena);
}

/* Out and in again: the same tokens, and what they mean if that is said. */
TEST(a_corpus_goes_out_and_comes_back)
{
    static const char *const format[] = { "nanogpt", "llmc" };
    static const char *const tokenizer[] = { "byte", "bpe:500" };
    for (int f = 0; f < 2; f++)
        for (int k = 0; k < 2; k++) {
            Arena  arena = { 0 };
            Err    err = { 0 };
            Corpus corpus;
            Shard  back;
            i64    bytes;
            const char *said, *text = world_text(&arena, 8000, &bytes);
            const char *path = world_file(&arena, "tale", text, bytes);
            const char *out = world_path(&arena, f ? k ? "a" : "b"
                                                    : k ? "c" : "d");
            test_note("%s, %s", format[f], tokenizer[k]);
            if (!CHECK(corpus_need_as(&corpus, &arena, path, tokenizer[k],
                                      world_path(&arena, "data"), NULL, &err))
                || !CHECK(token_export(&said, &arena, &corpus.shard, format[f],
                                       out, &err)))
                return;
            TokenImport how = of_files(&out, 1);
            how.tokenizer = k ? arena_print(&arena, "%s/tokenizer.bpe", out)
                              : "byte";
            const Shard *s = &corpus.shard;
            if (!CHECK(import(&back, &arena, &how, &err)))
                return;
            CHECK(back.train_count == s->train_count);
            CHECK(back.val_count == s->val_count);
            CHECK(back.token_bytes == s->token_bytes);
            CHECK(!memcmp(back.token, s->token,
                          (size_t)((s->train_count + s->val_count)
                                   * s->token_bytes)));
            CHECK_TEXT(back.tokenizer, s->tokenizer);
            CHECK_TEXT(back.tokenizer_sha256, s->tokenizer_sha256);
            CHECK_NEAR(back.val_bytes_per_token, s->val_bytes_per_token, 1e-15);
            CHECK_NEAR(back.unigram_nats, s->unigram_nats, 1e-12);
            shard_close(&back);
            corpus_close(&corpus);
            arena_free(&arena);
        }
}
