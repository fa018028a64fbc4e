/* test_data_tokenize.c - a corpus of bytes as one of pieces of words: the same
 * text, the same split, a vocabulary that never saw what is held out. */

#include "data/corpus.h"
#include "data/tokenize.h"
#include "tests/data_world.h"

#include <math.h>

typedef struct Two {
    Arena       arena;
    const char *dir;
    Corpus      bytes, tokens;
} Two;

static bool two_open(Two *two, const char *tokenizer, Err *err)
{
    i64 bytes;
    two->dir = world_path(&two->arena, "data");
    const char *text = world_text(&two->arena, 20000, &bytes);
    const char *path = world_file(&two->arena, "tale.txt", text, bytes);
    return corpus_need(&two->bytes, &two->arena, path, two->dir, NULL, err)
        && corpus_need_as(&two->tokens, &two->arena, path, tokenizer, two->dir,
                          NULL, err);
}

static void two_close(Two *two)
{
    corpus_close(&two->bytes);
    corpus_close(&two->tokens);
    arena_free(&two->arena);
}

static i64 token_at(const Shard *s, i64 i)
{
    return s->token[2 * i] | s->token[2 * i + 1] << 8;
}

/* Tokens from..to as bytes, held against a text; how many bytes, or -1. */
static i64 spells(const Shard *s, const Bpe *bpe, i64 from, i64 to,
                  const u8 *text)
{
    i64 at = 0;
    for (i64 i = from; i < to; i++) {
        const i64 v = token_at(s, i);
        if (memcmp(bpe->token[v], text + at, bpe->size[v]) != 0)
            return -1;
        at += bpe->size[v];
    }
    return at;
}

TEST(tokens_spell_the_text_of_both_halves)
{
    Two   two = { 0 };
    Err   err = { 0 };
    Bpe  *bpe;
    if (!CHECK(two_open(&two, "bpe:600", &err)))
        return;
    const Shard *b = &two.bytes.shard, *t = &two.tokens.shard;
    CHECK_TEXT(t->tokenizer, "bpe:600");
    CHECK_TEXT(t->name, b->name);
    CHECK_TEXT(t->sha256, b->sha256);
    CHECK(t->vocab == 600 && t->token_bytes == 2);
    CHECK(t->source_bytes == b->source_bytes);
    if (CHECK(tokenize_of(&bpe, &two.arena, t, &err)) && CHECK(bpe)) {
        CHECK_TEXT(bpe->sha256, t->tokenizer_sha256);
        CHECK_TEXT(bpe->corpus, "tale");
        CHECK(spells(t, bpe, 0, t->train_count, b->token) == b->train_count);
        CHECK(spells(t, bpe, t->train_count, t->train_count + t->val_count,
                     b->token + b->train_count) == b->val_count);
    }
    CHECK_NEAR(t->val_bytes_per_token,
               (double)b->val_count / (double)t->val_count, 1e-15);
    CHECK(t->val_bytes_per_token > 1.5);

    i64 count[600] = { 0 };
    for (i64 i = 0; i < t->train_count; i++)
        count[token_at(t, i)]++;
    double nats = 0;
    for (int v = 0; v < 600; v++) {
        const double p = (double)count[v] / (double)t->train_count;
        nats -= p > 0 ? p * log(p) : 0;
    }
    CHECK_NEAR(t->unigram_nats, nats, 1e-12);
    CHECK(tokenize_of(&bpe, &two.arena, b, &err) && !bpe);
    two_close(&two);
}

/* Learned from the training half alone: whatever is held out. */
TEST(what_is_held_out_does_not_reach_the_vocabulary)
{
    Two  two = { 0 };
    Err  err = { 0 };
    Bpe *bpe;
    if (!CHECK(two_open(&two, "bpe:600", &err))
        || !CHECK(tokenize_of(&bpe, &two.arena, &two.tokens.shard, &err)))
        return;
    const Shard *b = &two.bytes.shard;
    const Bpe   *own = bpe_learn(&two.arena, b->token, b->train_count, 600,
                                 NULL);
    const Bpe   *all = bpe_learn(&two.arena, b->token,
                                 b->train_count + b->val_count, 600, NULL);
    CHECK_TEXT(own->sha256, bpe->sha256);
    CHECK(strcmp(all->sha256, bpe->sha256) != 0);
    two_close(&two);
}

TEST(other_tokens_are_another_identity)
{
    Two  a = { 0 }, b = { 0 };
    Err  err = { 0 };
    char bytes[HASH_HEX], one[HASH_HEX], two[HASH_HEX];
    if (!CHECK(two_open(&a, "bpe:600", &err))
        || !CHECK(two_open(&b, "bpe:700", &err)))
        return;
    shard_identity(bytes, &a.bytes.shard);
    shard_identity(one, &a.tokens.shard);
    shard_identity(two, &b.tokens.shard);
    CHECK_TEXT(bytes, a.bytes.shard.sha256);
    CHECK(strcmp(bytes, one) != 0 && strcmp(one, two) != 0);
    two_close(&a);
    two_close(&b);
}

static i64 lines_said;
static void listen(const char *line)
{
    (void)line;
    lines_said++;
}

TEST(tokens_are_made_once_and_again_where_the_split_changed)
{
    Two         two = { 0 };
    Err         err = { 0 };
    const char *path;
    if (!CHECK(two_open(&two, "bpe:600", &err)))
        return;
    path = two.bytes.path;
    lines_said = 0;
    CHECK(tokenize_shard(&path, &two.arena, "bpe:600", two.dir, listen, &err));
    CHECK(lines_said == 0);
    CHECK_TEXT(path, two.tokens.path);

    CorpusRule rule = corpus_rule();
    rule.data_dir = two.dir;
    rule.seed = 2;
    CHECK(corpus_prepare(&path, &two.arena, world_path(&two.arena, "tale.txt"),
                         &rule, NULL, &err));
    CHECK(tokenize_shard(&path, &two.arena, "bpe:600", two.dir, listen, &err));
    CHECK(lines_said > 0);
    Shard again;
    if (CHECK(shard_open(&again, path, &err))) {
        CHECK(again.seed == 2);
        shard_close(&again);
    }
    two_close(&two);
}

TEST(a_vocabulary_of_ones_own_is_taken)
{
    Two         two = { 0 };
    Err         err = { 0 };
    Corpus      mine;
    Str         file = { 0 };
    if (!CHECK(two_open(&two, "bpe:600", &err)))
        return;
    const u8  *other = (const u8 *)"an and and text text 0000 00 and an an";
    const Bpe *bpe = bpe_learn(&two.arena, other, 38, 300, NULL);
    bpe_print(bpe, &file);
    const char *path = world_file(&two.arena, "mine.bpe", file.text,
                                  file.size);
    if (CHECK(corpus_need_as(&mine, &two.arena, two.bytes.path, path, two.dir,
                             NULL, &err))) {
        CHECK_HAS(mine.path, "tale.mine.shard");
        CHECK_TEXT(mine.shard.tokenizer_sha256, bpe->sha256);
        CHECK(mine.shard.vocab == bpe->vocab);
        corpus_close(&mine);
    }
    str_free(&file);
    two_close(&two);
}

TEST(what_is_no_tokenizer_is_refused)
{
    static const char *const bad[] = { "bpe:256", "bpe:65537", "bpe:", "bpe:1e3",
                                       "bpe", "word", "bpe:1024x" };
    Two two = { 0 };
    Err err = { 0 };
    if (!CHECK(two_open(&two, "byte", &err)))
        return;
    CHECK(two.tokens.shard.token_bytes == 1);
    for (int i = 0; i < COUNT_OF(bad); i++) {
        const char *path = two.bytes.path;
        test_note("%s", bad[i]);
        CHECK(!tokenize_shard(&path, &two.arena, bad[i], two.dir, NULL, &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, "bpe:1024");
    }
    const char *path = two.bytes.path;
    CHECK(tokenize_shard(&path, &two.arena, "bpe:500", two.dir, NULL, &err));
    CHECK(!tokenize_shard(&path, &two.arena, "bpe:600", two.dir, NULL, &err));
    CHECK_HAS(err.text, "are bpe:500 already");
    two_close(&two);
}

TEST(a_bit_changed_in_the_vocabulary_is_found)
{
    Two   two = { 0 };
    Err   err = { 0 };
    Shard shard;
    char *bytes;
    i64   count;
    if (!CHECK(two_open(&two, "bpe:600", &err))
        || !CHECK(file_read(&bytes, &count, &two.arena, two.tokens.path,
                            &err)))
        return;
    bytes[count - 7] ^= 1;
    const char *path = world_file(&two.arena, "bent.shard", bytes, count);
    CHECK(!shard_open(&shard, path, &err));
    CHECK_HAS(err.text, "the tokenizer is damaged");
    bytes[count - 7] ^= 1;
    path = world_file(&two.arena, "bent.shard", bytes, count - 1);
    CHECK(!shard_open(&shard, path, &err));
    CHECK_HAS(err.text, "cut short");
    two_close(&two);
}
