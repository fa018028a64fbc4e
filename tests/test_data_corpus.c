/* test_data_corpus.c - from the user's text to a shard: what is kept, what is
 * refused, what is not done twice, and what survives being cut off. Fetching
 * is test_data_fetch.c. */

#include "data/corpus.h"
#include "tests/data_world.h"

#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

static char last_said[4096]; /* every line of the last work */

static void note(const char *line)
{
    const size_t at = strlen(last_said);
    snprintf(last_said + at, sizeof last_said - at, "%s\n", line);
}

static CorpusRule rule_in(Arena *arena, const char *folder)
{
    CorpusRule rule = corpus_rule();
    rule.data_dir = world_path(arena, folder);
    last_said[0] = 0;
    return rule;
}

/* Prepared and opened; stops the test's program if that fails. */
static Shard prepared(Arena *arena, const char *from, const CorpusRule *rule)
{
    Shard       shard = { 0 };
    Err         err = { 0 };
    const char *path = "";
    if (!CHECK(corpus_prepare(&path, arena, from, rule, note, &err))
        || !CHECK(shard_open(&shard, path, &err))) {
        printf("%s\n", err.text);
        abort();
    }
    return shard;
}

static const char *gz_file(Arena *arena, const char *name, const char *text,
                           i64 bytes)
{
    const char *path = world_path(arena, name);
    gzFile      file = gzopen(path, "wb");
    CHECK(file && gzwrite(file, text, (unsigned)bytes) == bytes);
    CHECK(file && gzclose(file) == Z_OK);
    return path;
}

/* The lines of a piece of tokens, as numbers; false if one is cut. */
static bool lines_seen(i64 *seen, const u8 *token, i64 count, i64 add)
{
    for (i64 at = 0; at < count; ) {
        const u8 *end = memchr(token + at, '\n', (size_t)(count - at));
        if (!end)
            return false;
        seen[strtoll((const char *)token + at, NULL, 10)] += add;
        at = end + 1 - token;
    }
    return true;
}

TEST(every_line_is_trained_on_or_held_out_and_never_both)
{
    Arena       arena = { 0 };
    i64         bytes, held = 0, wrong = 0;
    const i64   lines = 20000;
    const char *text = world_text(&arena, lines, &bytes);
    const char *path = world_file(&arena, "book.txt", text, bytes);
    const CorpusRule rule = rule_in(&arena, "data");
    Shard       shard = prepared(&arena, path, &rule);
    i64        *seen = NEW(&arena, i64, lines);

    CHECK(shard.train_count + shard.val_count == bytes);
    CHECK(lines_seen(seen, shard.token, shard.train_count, 1));
    CHECK(lines_seen(seen, shard.token + shard.train_count, shard.val_count,
                     100));
    for (i64 i = 0; i < lines; i++) {
        held += seen[i] == 100;
        wrong += seen[i] != 1 && seen[i] != 100;
    }
    CHECK(wrong == 0);
    CHECK_NEAR((double)held / (double)lines, 0.05, 0.3);
    CHECK(shard.val_count >= 16 * 256 + 1);
    CHECK(seen[lines - 1] + seen[lines - 2] < 200); /* here, not the tail */
    shard_close(&shard);
    arena_free(&arena);
}

TEST(what_the_header_says_is_measured)
{
    Arena       arena = { 0 };
    i64         bytes, count[256] = { 0 };
    const char *text = world_text(&arena, 9000, &bytes);
    const char *path = world_file(&arena, "My book.v2.txt", text, bytes);
    const CorpusRule rule = rule_in(&arena, "data");
    Shard       s = prepared(&arena, path, &rule);
    char        sha[HASH_HEX];
    double      nats = 0;

    hash_sha256(sha, text, bytes);
    for (i64 i = 0; i < s.train_count; i++)
        count[s.token[i]]++;
    for (int b = 0; b < 256; b++)
        if (count[b]) {
            const double p = (double)count[b] / (double)s.train_count;
            nats -= p * log(p);
        }
    uLongf size = compressBound((uLong)bytes);
    u8    *packed = NEW(&arena, u8, (i64)size);
    CHECK(compress2(packed, &size, (const u8 *)text, (uLong)bytes, 9) == Z_OK);

    CHECK_TEXT(s.name, "My-book.v2");
    CHECK_TEXT(s.tokenizer, "byte");
    CHECK_TEXT(s.sha256, sha);
    CHECK(s.source_bytes == bytes && s.vocab == 256 && s.token_bytes == 1);
    CHECK_NEAR(s.val_bytes_per_token, 1, 0);
    CHECK_NEAR(s.unigram_nats, nats, 1e-12);
    CHECK(s.nyardstick == 1);
    CHECK_TEXT(s.yardstick[0].name, "gzip -9");
    CHECK_NEAR(s.yardstick[0].bpb, 8 * (double)size / (double)bytes, 2e-3);
    shard_close(&s);
    arena_free(&arena);
}

static bool same_tokens(const Shard *a, const Shard *b)
{
    return a->train_count == b->train_count && a->val_count == b->val_count
        && !memcmp(a->token, b->token,
                   (size_t)(a->train_count + a->val_count));
}

TEST(the_same_text_gives_the_same_shard_and_another_seed_another)
{
    Arena       arena = { 0 };
    i64         bytes;
    const char *text = world_text(&arena, 9000, &bytes);
    const char *path = world_file(&arena, "a.txt", text, bytes);
    CorpusRule  rule = rule_in(&arena, "one");
    Shard       a = prepared(&arena, path, &rule);
    rule = rule_in(&arena, "two");
    Shard       b = prepared(&arena, path, &rule);
    rule = rule_in(&arena, "three");
    rule.seed = 2;
    Shard       c = prepared(&arena, path, &rule);
    CHECK(same_tokens(&a, &b));
    CHECK(!same_tokens(&a, &c));
    CHECK_TEXT(a.sha256, c.sha256);
    shard_close(&a);
    shard_close(&b);
    shard_close(&c);
    arena_free(&arena);
}

TEST(gzip_is_unpacked_member_after_member)
{
    Arena       arena = { 0 };
    i64         bytes, half = 50000, first, second;
    char       *one, *two;
    Err         err = { 0 };
    const char *text = world_text(&arena, 9000, &bytes);
    const char *plain = world_file(&arena, "a.txt", text, bytes);
    CHECK(file_read(&one, &first, &arena,
                    gz_file(&arena, "1.gz", text, half), &err));
    CHECK(file_read(&two, &second, &arena,
                    gz_file(&arena, "2.gz", text + half, bytes - half), &err));
    char *both = NEW(&arena, char, first + second);
    memcpy(both, one, (size_t)first);
    memcpy(both + first, two, (size_t)second);
    const char *packed = world_file(&arena, "b.txt.gz", both, first + second);

    const CorpusRule rule = rule_in(&arena, "data");
    Shard a = prepared(&arena, plain, &rule);
    Shard b = prepared(&arena, packed, &rule);
    CHECK_TEXT(b.name, "b");
    CHECK_TEXT(a.sha256, b.sha256);
    CHECK(same_tokens(&a, &b));
    shard_close(&a);
    shard_close(&b);
    arena_free(&arena);
}

/* "a.txt" sorts before "a/b.txt" before "a0.txt": '.' < '/' < '0'. */
TEST(a_folder_is_taken_in_the_order_of_whole_paths_and_says_what_it_left_out)
{
    static const char *const names[] = { "a.txt", "a/b.txt", "a0.txt" };
    Arena  arena = { 0 };
    Err    err = { 0 };
    i64    bytes, third;
    char  *text = world_text(&arena, 9000, &bytes);
    const char *folder = world_path(&arena, "books");
    CHECK(dir_make(world_path(&arena, "books/a"), &err));
    CHECK(dir_make(world_path(&arena, "books/.git"), &err));
    third = bytes / 3;
    for (int i = 2; i >= 0; i--)
        world_file(&arena, arena_print(&arena, "books/%s", names[i]),
                   text + i * third, third);
    world_file(&arena, "books/picture.png", "\x89PNG\0\0\0\1", 8);
    world_file(&arena, "books/.git/config", "hidden", 6);
    world_file(&arena, "books/nothing", "", 0);
    CHECK(symlink("..", world_path(&arena, "books/loop")) == 0);

    char *want = NEW(&arena, char, 3 * third + 4);
    for (i64 i = 0; i < 3; i++) {
        memcpy(want + i * (third + 1), text + i * third, (size_t)third);
        want[i * (third + 1) + third] = '\n';
    }
    char sha[HASH_HEX];
    hash_sha256(sha, want, 3 * third + 3);
    CorpusRule rule = rule_in(&arena, "data");
    Shard      s = prepared(&arena, folder, &rule);
    CHECK_TEXT(s.sha256, sha);
    CHECK(s.source_bytes == 3 * third + 3);
    CHECK_HAS(last_said, "3 files");
    CHECK_HAS(last_said, "1 not text (first: ");
    CHECK_HAS(last_said, "picture.png)");
    CHECK_HAS(last_said, "1 hidden");
    CHECK_HAS(last_said, "1 symbolic link");
    CHECK_HAS(last_said, "1 empty");
    shard_close(&s);

    static const char *const endings[] = { ".png", "html" };
    const char *path;
    rule.endings = (TextList){ 2, endings };
    CHECK(!corpus_prepare(&path, &arena, folder, &rule, note, &err));
    CHECK_HAS(err.text, "no text in this folder");
    arena_free(&arena);
}

static void refused(Arena *arena, const char *from, const CorpusRule *rule,
                    ErrKind kind, const char *words, const char *remedy)
{
    Err         err = { 0 };
    const char *path;
    test_note("%s", from);
    CHECK(!corpus_prepare(&path, arena, from, rule, note, &err));
    CHECK(err.kind == kind);
    CHECK_HAS(err.text, words);
    CHECK_HAS(err.text, remedy);
    CHECK_HAS(err.text, strrchr(from, '/') + 1); /* the thing */
    CHECK(!strchr(err.text, '\n'));
    CHECK(corpus_prepared(arena, rule->data_dir).count == 0);
}

TEST(what_is_no_text_is_refused_in_words_with_a_remedy)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    i64         bytes, packed_bytes;
    char       *text = world_text(&arena, 9000, &bytes), *packed;
    const CorpusRule rule = rule_in(&arena, "data");
    const char *gz = gz_file(&arena, "whole.gz", text, bytes);
    CHECK(file_read(&packed, &packed_bytes, &arena, gz, &err));

    refused(&arena, world_path(&arena, "missing"), &rule, ERR_IO,
            "No such file", "missing");
    refused(&arena, world_file(&arena, "empty", "", 0), &rule, ERR_FORMAT,
            "empty", "at least 81,940 bytes");
    refused(&arena, world_file(&arena, "tiny", "a few words", 11), &rule,
            ERR_FORMAT, "11 bytes of text", "at least 81,940");
    refused(&arena, world_file(&arena, "cut.gz", packed, packed_bytes / 2),
            &rule, ERR_FORMAT, "cut short", "again");
    packed[packed_bytes / 2] ^= 16;
    refused(&arena, world_file(&arena, "damaged.gz", packed, packed_bytes),
            &rule, ERR_FORMAT, "damaged", "again");
    refused(&arena, world_file(&arena, "a.xz", "\xfd" "7zXZ\0\0\4\0", 9), &rule,
            ERR_FORMAT, "packed by xz", "unpack it");
    text[bytes / 2] = 0;
    refused(&arena, world_file(&arena, "nul", text, bytes), &rule, ERR_FORMAT,
            "not text (1 NUL bytes)", "--binary");
    memset(text, 1, (size_t)bytes / 10);
    text[bytes / 2] = 'x';
    refused(&arena, world_file(&arena, "control", text, bytes), &rule,
            ERR_FORMAT, "many control characters", "--binary");
    CHECK(mkfifo(world_path(&arena, "pipe"), 0666) == 0);
    refused(&arena, world_path(&arena, "pipe"), &rule, ERR_IO,
            "neither a file nor a folder", "to a file first");
    CHECK(dir_make(world_path(&arena, "hollow"), &err));
    refused(&arena, world_path(&arena, "hollow"), &rule, ERR_FORMAT,
            "no text in this folder", "--ext");
    arena_free(&arena);
}

TEST(what_cannot_be_asked_is_refused_as_usage)
{
    Arena       arena = { 0 };
    i64         bytes;
    const char *text = world_text(&arena, 9000, &bytes);
    const char *from = world_file(&arena, "a.txt", text, bytes);
    CorpusRule  rule = rule_in(&arena, "data");
    static const double shares[] = { 0, -1, 0.6, NAN };
    for (int i = 0; i < COUNT_OF(shares); i++) {
        Err         err = { 0 };
        const char *path;
        rule.holdout = shares[i];
        CHECK(!corpus_prepare(&path, &arena, from, &rule, note, &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, "--holdout");
    }
    static const char *const names[] = { "", "a/b", ".hidden", "gcide" };
    rule = corpus_rule();
    for (int i = 0; i < COUNT_OF(names); i++) {
        Err         err = { 0 };
        const char *path;
        rule.name = names[i];
        test_note("'%s'", names[i]);
        CHECK(!corpus_prepare(&path, &arena, from, &rule, note, &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, "name");
    }
    arena_free(&arena);
}

TEST(binary_is_taken_where_it_is_asked_for)
{
    Arena      arena = { 0 };
    const i64  bytes = 90000;
    u8        *noise = NEW(&arena, u8, bytes);
    CorpusRule rule = rule_in(&arena, "data");
    for (i64 i = 0; i < bytes; i++)
        noise[i] = (u8)rng_below(2, RNG_TEST, (u64)i, 256);
    rule.binary = true;
    Shard s = prepared(&arena, world_file(&arena, "noise", noise, bytes),
                       &rule);
    CHECK(s.train_count + s.val_count == bytes);
    CHECK_NEAR(s.unigram_nats, log(256), 1e-3);
    CHECK_NEAR(s.yardstick[0].bpb, 8, 1e-2);
    shard_close(&s);
    arena_free(&arena);
}

TEST(the_least_length_is_enough_and_one_byte_less_is_not)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    i64         bytes;
    const char *text = world_text(&arena, 9000, &bytes), *path;
    const CorpusRule rule = rule_in(&arena, "data");
    Shard s = prepared(&arena, world_file(&arena, "least", text, 81940), &rule);
    CHECK(s.val_count >= 16 * 256 + 1);
    shard_close(&s);
    CHECK(!corpus_prepare(&path, &arena,
                          world_file(&arena, "less", text, 81939), &rule, note,
                          &err));
    CHECK_HAS(err.text, "81,939 bytes of text; at least 81,940");
    arena_free(&arena);
}

/* -- Not twice, and whole again -------------------------------------------- */

static u64 inode(const char *path)
{
    struct stat is;
    return stat(path, &is) == 0 ? (u64)is.st_ino : 0;
}

TEST(what_is_there_and_whole_is_not_made_again)
{
    Arena       arena = { 0 };
    i64         bytes;
    const char *text = world_text(&arena, 9000, &bytes);
    const char *path = world_file(&arena, "a.txt", text, bytes);
    CorpusRule  rule = rule_in(&arena, "data");
    const char *shard_path = world_path(&arena, "data/a.shard");
    Shard       s = prepared(&arena, path, &rule);
    const u64   first = inode(shard_path);
    shard_close(&s);

    s = prepared(&arena, path, &rule);
    CHECK(inode(shard_path) == first);
    CHECK_HAS(last_said, "there already");
    shard_close(&s);

    rule.seed = 3;
    s = prepared(&arena, path, &rule);
    CHECK(inode(shard_path) != first && s.seed == 3);
    shard_close(&s);
    arena_free(&arena);
}

TEST(a_text_that_changed_and_a_shard_that_broke_are_made_again)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    i64         bytes, size;
    char       *text = world_text(&arena, 9000, &bytes), *shard;
    const char *path = world_file(&arena, "a.txt", text, bytes);
    const CorpusRule rule = rule_in(&arena, "data");
    Shard       s = prepared(&arena, path, &rule);
    char        before[HASH_HEX];
    memcpy(before, s.sha256, sizeof before);
    shard_close(&s);

    text[100] = '!';
    world_file(&arena, "a.txt", text, bytes);
    s = prepared(&arena, path, &rule);
    CHECK(strcmp(s.sha256, before) != 0);
    CHECK_HAS(last_said, "have changed");
    shard_close(&s);

    CHECK(file_read(&shard, &size, &arena, world_path(&arena, "data/a.shard"),
                    &err));
    shard[size - 5] ^= 1;
    world_file(&arena, "data/a.shard", shard, size);
    last_said[0] = 0;
    s = prepared(&arena, path, &rule);
    CHECK_HAS(last_said, "damaged");
    CHECK_HAS(last_said, "making it again");
    shard_close(&s);
    arena_free(&arena);
}

TEST(what_a_killed_process_left_is_cleared)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    i64         bytes, count;
    char      **names;
    const char *text = world_text(&arena, 9000, &bytes);
    const char *path = world_file(&arena, "a.txt", text, bytes);
    const CorpusRule rule = rule_in(&arena, "data");
    CHECK(dir_make(world_path(&arena, "data/a.work/root/usr"), &err));
    world_file(&arena, "data/a.work/root/usr/x", "half", 4);
    world_file(&arena, "data/a.text.tmp", "half", 4);
    world_file(&arena, "data/a.shard.tmp", "half", 4);
    Shard s = prepared(&arena, path, &rule);
    shard_close(&s);
    CHECK(dir_list(&names, &count, &arena, rule.data_dir, &err));
    if (CHECK(count == 2)) {
        CHECK_TEXT(names[0], ".a.lock");
        CHECK_TEXT(names[1], "a.shard");
    }
    arena_free(&arena);
}

/* Four processes at once on one name, killed here and there: whoever asks last
 * gets a whole shard. */
TEST(many_at_once_and_some_killed_leave_one_whole_shard)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    i64         bytes;
    const char *text = world_text(&arena, 30000, &bytes), *path;
    const char *from = gz_file(&arena, "a.txt.gz", text, bytes);
    const CorpusRule rule = rule_in(&arena, "data");
    pid_t       child[4];
    fflush(stdout);
    for (int i = 0; i < 4; i++)
        if ((child[i] = fork()) == 0)
            _exit(!corpus_prepare(&path, &arena, from, &rule, NULL, &err));
    for (int i = 0; i < 4; i++) {
        int status = -1;
        const struct timespec moment = { .tv_nsec = 10000000 };
        nanosleep(&moment, NULL);
        if (i % 2 == 0)
            kill(child[i], SIGKILL);
        CHECK(waitpid(child[i], &status, 0) == child[i]);
        if (i % 2 == 1)
            CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    Shard s = prepared(&arena, from, &rule);
    CHECK(s.train_count + s.val_count == bytes);
    CHECK(!file_exists(world_path(&arena, "data/a.text.tmp")));
    CHECK(!file_exists(world_path(&arena, "data/a.shard.tmp")));
    shard_close(&s);
    arena_free(&arena);
}

TEST(who_finds_it_locked_waits_and_says_for_whom)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    int         lock, out[2], status = -1;
    i64         bytes;
    const char *text = world_text(&arena, 9000, &bytes), *path;
    const char *from = world_file(&arena, "a.txt", text, bytes);
    const CorpusRule rule = rule_in(&arena, "data");
    CHECK(dir_make(rule.data_dir, &err));
    CHECK(file_lock(&lock, world_path(&arena, "data/.a.lock"), &err));
    CHECK(pipe(out) == 0);
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        const bool done = corpus_prepare(&path, &arena, from, &rule, note,
                                         &err);
        const bool said = strstr(last_said, "waiting: ") != NULL;
        _exit(done && said ? 0 : 1);
    }
    const struct timespec moment = { .tv_nsec = 200000000 };
    nanosleep(&moment, NULL);
    CHECK(waitpid(child, &status, WNOHANG) == 0); /* still waiting */
    CHECK(!file_exists(world_path(&arena, "data/a.shard")));
    file_unlock(lock);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    arena_free(&arena);
}

/* -- Finding one ----------------------------------------------------------- */

TEST(a_corpus_is_found_by_path_by_name_and_by_shard)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Corpus      a, b, c, d;
    i64         bytes;
    const char *text = world_text(&arena, 9000, &bytes);
    const char *from = world_file(&arena, "tale.txt", text, bytes);
    const char *data = world_path(&arena, "data");

    CHECK(!corpus_open(&a, &arena, "tale", data, &err));
    CHECK(corpus_need(&a, &arena, from, data, NULL, &err));
    CHECK(corpus_need(&b, &arena, "tale", data, NULL, &err));
    CHECK(corpus_need(&c, &arena, a.path, data, NULL, &err));
    CHECK(corpus_open(&d, &arena, "tale", data, &err));
    CHECK_TEXT(b.shard.name, "tale");
    CHECK(same_tokens(&a.shard, &b.shard) && same_tokens(&a.shard, &c.shard)
          && same_tokens(&a.shard, &d.shard));
    CHECK(b.about == NULL && b.licence == NULL); /* not known is not "" */
    CHECK(b.nyardstick == 1 && b.yardstick[0].bpb > 0);
    CHECK(corpus_prepared(&arena, data).count == 1);
    corpus_close(&a);
    corpus_close(&b);
    corpus_close(&c);
    corpus_close(&d);
    corpus_close(&d);

    CHECK(!corpus_need(&a, &arena, "tail", data, NULL, &err));
    CHECK(err.kind == ERR_USAGE);
    CHECK_HAS(err.text, "did you mean tale?");
    CHECK(!corpus_need(&a, &arena, "gcid", data, NULL, &err));
    CHECK_HAS(err.text, "did you mean gcide?");
    CHECK(!corpus_open(&a, &arena, "gcide", data, &err));
    CHECK_HAS(err.text, "scalelaw corpus get gcide");
    arena_free(&arena);
}

TEST(a_split_that_the_user_chose_is_kept_by_who_needs_the_corpus)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Corpus      corpus;
    i64         bytes;
    const char *text = world_text(&arena, 9000, &bytes);
    const char *from = world_file(&arena, "a.txt", text, bytes);
    CorpusRule  rule = rule_in(&arena, "data");
    rule.holdout = 0.2;
    Shard       s = prepared(&arena, from, &rule);
    shard_close(&s);
    if (CHECK(corpus_need(&corpus, &arena, from, rule.data_dir, note, &err)))
        CHECK_NEAR(corpus.shard.holdout, 0.2, 0);
    corpus_close(&corpus);
    arena_free(&arena);
}
