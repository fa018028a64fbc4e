/* test_data_shard.c - a shard is read as it was written, or refused. */

#include "tests/data_world.h"

#include <math.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRAIN = 5000, VAL = 600, HEAD = 4096 };

/* A shard of bytes on disk, and the same as bytes in memory. */
static const char *made(Arena *arena, char **bytes, i64 *count)
{
    Err         err = { 0 };
    u8         *token = NEW(arena, u8, TRAIN + VAL);
    const char *path = world_path(arena, "a.shard");
    const Shard about = world_about(TRAIN, VAL, 1, 256);
    for (i64 i = 0; i < TRAIN + VAL; i++)
        token[i] = (u8)rng_below(1, RNG_TEST, (u64)i, 256);
    CHECK(world_write(path, token, &about, &err));
    CHECK(file_read(bytes, count, arena, path, &err));
    return path;
}

static void fields_same(const Shard *seen, const Shard *want)
{
    CHECK_TEXT(seen->name, want->name);
    CHECK_TEXT(seen->tokenizer, want->tokenizer);
    CHECK_TEXT(seen->sha256, want->sha256);
    CHECK_TEXT(seen->about, want->about);
    CHECK_TEXT(seen->licence, want->licence);
    CHECK_TEXT(seen->source, want->source);
    CHECK(seen->source_bytes == want->source_bytes);
    CHECK(seen->vocab == want->vocab);
    CHECK(seen->train_count == want->train_count);
    CHECK(seen->val_count == want->val_count);
    CHECK_NEAR(seen->val_bytes_per_token, want->val_bytes_per_token, 0);
    CHECK_NEAR(seen->unigram_nats, want->unigram_nats, 0);
    CHECK(seen->token_bytes == want->token_bytes);
    CHECK(seen->stamp == want->stamp && seen->seed == want->seed);
    CHECK_NEAR(seen->holdout, want->holdout, 0);
    CHECK(seen->block_bytes == want->block_bytes);
    CHECK(seen->nyardstick == want->nyardstick);
    for (int i = 0; i < want->nyardstick; i++) {
        CHECK_TEXT(seen->yardstick[i].name, want->yardstick[i].name);
        CHECK_NEAR(seen->yardstick[i].bpb, want->yardstick[i].bpb, 0);
    }
}

/* Of four tokens, one is foretold from one, one from two, and two from more;
 * past what the header tells, the rate. */
TEST(a_known_entropy_is_kept_and_the_floor_is_that_of_the_context)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    u8         *token = NEW(&arena, u8, TRAIN + VAL);
    const char *path = world_path(&arena, "a.shard");
    Shard       seen, about = world_about(TRAIN, VAL, 1, 256);
    CHECK(world_write(path, token, &about, &err));
    if (CHECK(shard_peek(&seen, path, &err))) {
        CHECK_NEAR(seen.entropy_nats, 1.75, 0);
        CHECK_NEAR(seen.entropy_se, 0.125, 0);
        CHECK_NEAR(shard_floor(&seen, 1), 2.75, 1e-15);
        CHECK_NEAR(shard_floor(&seen, 4), (2.75 + 2.25 + 2 * 1.75) / 4, 1e-15);
        CHECK_NEAR(shard_floor(&seen, 1000), (2.75 + 2.25 + 998 * 1.75) / 1000,
                   1e-15);
    }
    about.entropy_nats = 0; /* of no source */
    CHECK(world_write(path, token, &about, &err));
    if (CHECK(shard_peek(&seen, path, &err))) {
        CHECK(isnan(seen.entropy_nats) && isnan(seen.entropy_se));
        CHECK(isnan(shard_floor(&seen, 32)));
    }
    arena_free(&arena);
}

TEST(what_was_written_is_read_back)
{
    for (int size = 1; size <= 2; size++) {
        Arena       arena = { 0 };
        Err         err = { 0 };
        Shard       shard;
        u8         *token = NEW(&arena, u8, size * (TRAIN + VAL));
        const char *path = world_path(&arena, "a.shard");
        const Shard about = world_about(TRAIN, VAL, size,
                                        size == 1 ? 256 : 65536);
        for (i64 i = 0; i < size * (TRAIN + VAL); i++)
            token[i] = (u8)rng_below(1, RNG_TEST, (u64)i, 256);
        CHECK(world_write(path, token, &about, &err));
        test_note("%d bytes a token", size);
        if (CHECK(shard_open(&shard, path, &err))) {
            fields_same(&shard, &about);
            CHECK(!memcmp(shard.token, token, (size_t)size * (TRAIN + VAL)));
            shard_close(&shard);
            CHECK(shard.token == NULL);
        }
        if (CHECK(shard_peek(&shard, path, &err))) {
            fields_same(&shard, &about);
            CHECK(shard.token == NULL);
        }
        arena_free(&arena);
    }
}

TEST(tokens_may_come_in_pieces)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Shard       shard;
    ShardWriter w;
    char       *bytes;
    i64         count;
    made(&arena, &bytes, &count);
    const char *path = world_path(&arena, "b.shard");
    const Shard about = world_about(TRAIN, VAL, 1, 256);
    CHECK(shard_write_open(&w, path, 1, &err));
    for (i64 at = 0, n = 0; at < TRAIN + VAL; at += n, n++)
        CHECK(shard_write_put(&w, bytes + HEAD + at,
                              n = i64_min(n, TRAIN + VAL - at), &err));
    CHECK(shard_write_close(&w, &about, &err));
    if (CHECK(shard_open(&shard, path, &err))) {
        CHECK(!memcmp(shard.token, bytes + HEAD, TRAIN + VAL));
        shard_close(&shard);
    }
    arena_free(&arena);
}

static void refused(Arena *arena, const void *bytes, i64 count,
                    const char *words)
{
    Shard shard;
    Err   err = { 0 };
    const char *path = world_file(arena, "bad.shard", bytes, count);
    if (!CHECK(!shard_open(&shard, path, &err))) {
        shard_close(&shard);
        return;
    }
    CHECK(shard.token == NULL && shard.map.bytes == NULL);
    CHECK(err.kind == ERR_FORMAT);
    CHECK_HAS(err.text, words);
    CHECK_HAS(err.text, "bad.shard: ");
    CHECK_HAS(err.text, "scalelaw corpus"); /* the remedy */
}

TEST(a_shard_cut_anywhere_is_refused)
{
    static const i64 cuts[] = { 8, 13, 100, HEAD - 1, HEAD, HEAD + 1, 7000,
                                HEAD + TRAIN, HEAD + TRAIN + VAL - 1 };
    Arena arena = { 0 };
    char *bytes;
    i64   count;
    made(&arena, &bytes, &count);
    refused(&arena, bytes, 0, "an empty file");
    for (int i = 0; i < COUNT_OF(cuts); i++) {
        test_note("cut to %lld bytes", (long long)cuts[i]);
        refused(&arena, bytes, cuts[i], "cut short");
    }
    char *longer = NEW(&arena, char, count + 1);
    memcpy(longer, bytes, (size_t)count);
    refused(&arena, longer, count + 1, "too long");
    arena_free(&arena);
}

TEST(one_flipped_bit_anywhere_is_noticed)
{
    Arena arena = { 0 };
    char *bytes;
    i64   count, missed = 0;
    made(&arena, &bytes, &count);
    for (i64 i = 0; i < count; i += i < HEAD ? 7 : 97)
        for (int bit = 0; bit < 8; bit += 3) {
            Shard shard;
            Err   err = { 0 };
            bytes[i] = (char)(bytes[i] ^ 1 << bit);
            const char *path = world_file(&arena, "bad.shard", bytes, count);
            if (shard_open(&shard, path, &err)) {
                shard_close(&shard);
                test_note("bit %d of byte %lld", bit, (long long)i);
                missed++;
            }
            bytes[i] = (char)(bytes[i] ^ 1 << bit);
        }
    CHECK(missed == 0);

    bytes[HEAD + 17] ^= 1;
    refused(&arena, bytes, count, "the tokens are damaged");
    bytes[HEAD + 17] ^= 1;
    bytes[200] ^= 1;
    refused(&arena, bytes, count, "the header is damaged");
    arena_free(&arena);
}

TEST(what_is_no_shard_or_of_another_format_is_said)
{
    Arena arena = { 0 };
    Shard shard;
    Err   err = { 0 };
    char *bytes;
    i64   count;
    made(&arena, &bytes, &count);
    bytes[8] = 9;
    refused(&arena, bytes, count, "a shard of format 9, and this program reads "
                                  "formats 1 to 2");
    refused(&arena, "plain text, of which there is much", 34,
            "not a token shard");
    CHECK(!shard_open(&shard, world_path(&arena, "nowhere"), &err));
    CHECK(err.kind == ERR_IO);
    CHECK(!shard_open(&shard, test_folder(), &err));
    arena_free(&arena);
}

TEST(a_token_outside_the_vocabulary_is_refused)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Shard       shard;
    u16         token[100] = { 0 };
    const Shard about = world_about(90, 10, 2, 300);
    const char *path = world_path(&arena, "v.shard");
    token[99] = 299;
    CHECK(world_write(path, token, &about, &err));
    if (CHECK(shard_open(&shard, path, &err)))
        shard_close(&shard);
    token[99] = 300;
    CHECK(world_write(path, token, &about, &err));
    CHECK(!shard_open(&shard, path, &err));
    CHECK_HAS(err.text, "outside the vocabulary");
    arena_free(&arena);
}

TEST(until_it_is_whole_the_old_shard_stays)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Shard       shard;
    ShardWriter w;
    char       *bytes;
    i64         count;
    const char *path = made(&arena, &bytes, &count);
    CHECK(shard_write_open(&w, path, 1, &err));
    CHECK(shard_write_put(&w, bytes, 1000, &err));
    if (CHECK(shard_open(&shard, path, &err)))
        shard_close(&shard);
    shard_write_drop(&w);
    CHECK(!file_exists(world_path(&arena, "a.shard.tmp")));
    if (CHECK(shard_open(&shard, path, &err)))
        shard_close(&shard);
    arena_free(&arena);
}

/* A child that may write no file longer than 64 kB, as on a disk that is full:
 * 0 if it was told so, in words, and nothing was left behind. */
static int full_disk(const char *path)
{
    const struct rlimit limit = { 65536, 65536 };
    static u8   token[100000];
    Err         err = { 0 };
    ShardWriter w;
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0
        || !shard_write_open(&w, path, 1, &err))
        return 2;
    if (shard_write_put(&w, token, sizeof token, &err))
        return 3;
    shard_write_drop(&w);
    if (err.kind != ERR_IO || !strstr(err.text, "make room"))
        return 4;
    return 0;
}

TEST(a_full_disk_is_said_and_nothing_is_left)
{
    Arena       arena = { 0 };
    const char *path = world_path(&arena, "full.shard");
    int         status = -1;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0)
        _exit(full_disk(path));
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(!file_exists(path));
    CHECK(!file_exists(world_path(&arena, "full.shard.tmp")));
    arena_free(&arena);
}

/* Time of the processor, not of the clock on the wall: others work here too. */
TEST(opening_40_megabytes_takes_less_than_a_tenth_of_a_second)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Shard       shard;
    const i64   count = 40000000;
    u8         *token = NEW(&arena, u8, count);
    const char *path = world_path(&arena, "large.shard");
    const Shard about = world_about(count - 1000, 1000, 1, 256);
    double      best = 1e9;
    memset(token, 'x', (size_t)count);
    CHECK(world_write(path, token, &about, &err));
    for (int i = 0; i < 3; i++) {
        const clock_t began = clock();
        if (CHECK(shard_open(&shard, path, &err)))
            shard_close(&shard);
        const double took = (double)(clock() - began) / CLOCKS_PER_SEC;
        best = took < best ? took : best;
    }
    CHECK_BELOW(best, 0.1);
    arena_free(&arena);
}
