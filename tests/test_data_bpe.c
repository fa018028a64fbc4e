/* test_data_bpe.c - byte pairs: learned as the definition says, and every text
 * comes back byte by byte. */

#include "base/clock.h"
#include "data/bpe.h"
#include "tests/data_world.h"

#include <math.h>

/* -- Words ----------------------------------------------------------------- */

/* The text with a | after each word. */
static const char *words(Arena *arena, const char *text, i64 count)
{
    Str out = { 0 };
    for (i64 at = 0, end; at < count; at = end) {
        end = bpe_word_end((const u8 *)text, at, count);
        str_bytes(&out, text + at, end - at);
        str_put(&out, "|");
    }
    char *copy = arena_text(arena, out.text);
    str_free(&out);
    return copy;
}

TEST(words_are_cut_by_the_stated_rule)
{
    static const char *const row[][2] = {
        { "Hello world", "Hello| world|" },
        { "it's 42nd, no?", "it|'|s| 42|nd|,| no|?|" },
        { "a  b", "a| | b|" },
        { "a\n\n  b", "a|\n\n | b|" },
        { "a\nb", "a|\n|b|" },
        { "a\n\nb", "a|\n|\n|b|" },
        { "a   ", "a|   |" },
        { " a", " a|" },
        { "caf\xc3\xa9 \xd0\xb4\xd0\xb0!", "caf\xc3\xa9| \xd0\xb4\xd0\xb0|!|" },
        { "\x01\x02x", "\x01\x02|x|" },
    };
    Arena arena = { 0 };
    for (int i = 0; i < COUNT_OF(row); i++)
        CHECK_TEXT(words(&arena, row[i][0], (i64)strlen(row[i][0])), row[i][1]);
    arena_free(&arena);
}

TEST(long_runs_are_cut_at_64_characters_and_256_bytes)
{
    u8 text[2000];
    memset(text, 'a', sizeof text);
    CHECK(bpe_word_end(text, 0, 2000) == 64);
    text[0] = ' ';
    CHECK(bpe_word_end(text, 0, 2000) == 65);
    for (int i = 0; i < 2000; i += 2)
        text[i] = 0xc3, text[i + 1] = 0xa9;
    CHECK(bpe_word_end(text, 0, 2000) == 128);
    memset(text, 0x80, sizeof text); /* no character ever begins */
    CHECK(bpe_word_end(text, 0, 2000) == 256);
    memset(text, ' ', sizeof text);
    CHECK(bpe_word_end(text, 0, 2000) == 64);
    text[64] = 'x';
    CHECK(bpe_word_end(text, 0, 2000) == 63);
}

/* -- Learning -------------------------------------------------------------- */

/* The definition, with nothing clever about it: count all pairs of neighbours
 * in all words, join the best everywhere, begin again. */
typedef struct Plain { i32 token[4096]; bool begins[4096]; i64 count; } Plain;

static Plain plain_of(const u8 *text, i64 count)
{
    Plain p = { .count = count };
    for (i64 at = 0; at < count; at = bpe_word_end(text, at, count))
        p.begins[at] = true;
    for (i64 i = 0; i < count; i++)
        p.token[i] = text[i];
    return p;
}

static void plain_join(Plain *p, i32 left, i32 right, i32 made)
{
    i64 n = 0;
    for (i64 i = 0; i < p->count; i++, n++) {
        const bool here = i + 1 < p->count && !p->begins[i + 1]
                       && p->token[i] == left && p->token[i + 1] == right;
        p->token[n]  = here ? made : p->token[i];
        p->begins[n] = p->begins[i];
        i += here;
    }
    p->count = n;
}

static i64 plain_best(const Plain *p, i32 *left, i32 *right)
{
    i64 most = 0;
    for (i64 i = 0; i + 1 < p->count; i++) {
        const i32 a = p->token[i], b = p->token[i + 1];
        i64       seen = 0;
        if (p->begins[i + 1])
            continue;
        /* Pairs that overlap count each: "aaa" holds two of aa. */
        for (i64 k = 0; k + 1 < p->count; k++)
            seen += !p->begins[k + 1] && p->token[k] == a
                 && p->token[k + 1] == b;
        if (seen > most || (seen == most && (a < *left
                            || (a == *left && b < *right))))
            most = seen, *left = a, *right = b;
    }
    return most;
}

static void hold_to_plain(const u8 *text, i64 count, i64 vocab)
{
    Arena  arena = { 0 };
    Plain *p = NEW(&arena, Plain, 1);
    *p = plain_of(text, count);
    const Bpe *bpe = bpe_learn(&arena, text, count, vocab, NULL);
    for (i32 made = 256; made < bpe->vocab; made++) {
        i32       left = 0, right = 0;
        const i64 most = plain_best(p, &left, &right);
        test_note("merge %d of %lld", made - 256, (long long)bpe->vocab - 256);
        CHECK(most >= 2);
        if (!CHECK(bpe->merge[made - 256].left == left
                   && bpe->merge[made - 256].right == right))
            break;
        plain_join(p, left, right, made);
    }
    i32 left = 0, right = 0;
    CHECK(bpe->vocab == vocab || plain_best(p, &left, &right) < 2);

    /* And the text becomes what it was in learning. */
    u16 *token = NEW(&arena, u16, count);
    CHECK(bpe_encode_all(token, bpe, text, count) == p->count);
    for (i64 i = 0; i < p->count; i++)
        if (!CHECK(token[i] == p->token[i]))
            break;
    arena_free(&arena);
}

TEST(merges_are_those_of_the_definition)
{
    Arena arena = { 0 };
    i64   bytes;
    const char *text = world_text(&arena, 60, &bytes);
    hold_to_plain((const u8 *)text, i64_min(bytes, 1500), 300);
    arena_free(&arena);
}

TEST(so_they_are_where_pairs_overlap_and_counts_tie)
{
    u8 text[900];
    for (int seed = 0; seed < 12; seed++) {
        for (int i = 0; i < 900; i++)
            text[i] = (u8)"aab bba "[rng_below((u64)seed, RNG_TEST, (u64)i,
                                               2 + seed % 7)];
        test_note("seed %d", seed);
        hold_to_plain(text, 900, 290);
    }
}

TEST(learning_ends_where_nothing_occurs_twice)
{
    Arena arena = { 0 };
    const Bpe *bpe = bpe_learn(&arena, (const u8 *)"abcdef", 6, 1000, NULL);
    CHECK(bpe->vocab == 256);
    bpe = bpe_learn(&arena, (const u8 *)"", 0, 1000, NULL);
    CHECK(bpe->vocab == 256);
    bpe = bpe_learn(&arena, (const u8 *)"ab ab ab", 8, 1000, NULL);
    CHECK(bpe->vocab == 258); /* ab, and a space with it */
    arena_free(&arena);
}

/* -- Round trip ------------------------------------------------------------ */

typedef struct Taken { u16 *token; i64 count; } Taken;

static bool take(void *self, const u16 *token, i64 count, Err *err)
{
    Taken *taken = self;
    (void)err;
    memcpy(taken->token + taken->count, token, (size_t)count * sizeof *token);
    taken->count += count;
    return true;
}

static bool comes_back(const Bpe *bpe, const u8 *text, i64 count)
{
    Arena  arena = { 0 };
    Err    err = { 0 };
    Taken  taken = { NEW(&arena, u16, count + 1), 0 };
    u16   *plain = NEW(&arena, u16, count + 1);
    const BpeSink sink = { &taken, take };
    bool   same = bpe_encode(bpe, text, count, &sink, &err);
    i64    at = 0;
    for (i64 i = 0; i < taken.count && same; i++) {
        const u16 v = taken.token[i];
        same = v < bpe->vocab && at + bpe->size[v] <= count
            && !memcmp(bpe->token[v], text + at, bpe->size[v]);
        at += bpe->size[v];
    }
    /* With the table of words or without: the same tokens. */
    same = same && at == count
        && bpe_encode_all(plain, bpe, text, count) == taken.count
        && !memcmp(plain, taken.token, (size_t)taken.count * sizeof *plain);
    arena_free(&arena);
    return same;
}

/* Noise of several kinds: all bytes, few bytes, broken UTF-8, long runs. */
static void noise(u8 *out, i64 count, u64 seed)
{
    static const char few[] = "the cat  \n\xc3\xa9\xf0\x9f\x98\x80";
    for (i64 i = 0; i < count; i++) {
        const i64 kind = rng_below(seed, RNG_TEST, (u64)(i / 50), 4);
        const i64 x = rng_below(seed + 1, RNG_TEST, (u64)i, 256);
        out[i] = kind == 0   ? (u8)x
                 : kind == 1 ? (u8)few[x % ((i64)sizeof few - 1)]
                 : kind == 2 ? (u8)(0x80 | x)
                             : (u8)'a';
    }
}

TEST(any_bytes_come_back)
{
    Arena arena = { 0 };
    u8   *text = NEW(&arena, u8, 70000);
    noise(text, 70000, 99);
    const Bpe *bpe = bpe_learn(&arena, text, 70000, 700, NULL);
    CHECK(bpe->vocab > 400);
    CHECK(comes_back(bpe, text, 70000));
    CHECK(comes_back(bpe, text, 0));
    for (int seed = 0; seed < 300; seed++) {
        const i64 count = rng_below(4, RNG_TEST, (u64)seed, 3000);
        noise(text, count, (u64)seed);
        test_note("seed %d, %lld bytes", seed, (long long)count);
        if (!CHECK(comes_back(bpe, text, count)))
            break;
    }
    arena_free(&arena);
}

/* -- The file -------------------------------------------------------------- */

static Bpe *world_bpe(Arena *arena)
{
    i64         bytes;
    const char *text = world_text(arena, 3000, &bytes);
    Bpe        *bpe = bpe_learn(arena, (const u8 *)text, bytes, 400, NULL);
    memcpy(bpe->corpus, "a world", 8);
    return bpe;
}

TEST(a_vocabulary_is_read_as_it_was_written)
{
    Arena arena = { 0 };
    Str   text = { 0 };
    Err   err = { 0 };
    u8    all[70000];
    Bpe  *back;
    noise(all, 70000, 7);
    const Bpe *bpe = bpe_learn(&arena, all, 70000, 900, NULL);
    bpe_print(bpe, &text);
    CHECK(!strncmp(text.text, "#version: 0.2 ", 14));
    if (CHECK(bpe_parse(&back, &arena, text.text, text.size, "x", &err))) {
        CHECK(back->vocab == bpe->vocab);
        CHECK_TEXT(back->sha256, bpe->sha256);
        CHECK(!memcmp(back->merge, bpe->merge,
                      (size_t)(bpe->vocab - 256) * sizeof *bpe->merge));
    }
    str_free(&text);
    arena_free(&arena);
}

TEST(bytes_are_shown_as_gpt_2_shows_them)
{
    Str text = { 0 };
    bpe_letters(&text, (const u8 *)" a\n\x00\xff\xad~", 7);
    CHECK_TEXT(text.text, "\xc4\xa0" "a" "\xc4\x8a" "\xc4\x80" "\xc3\xbf"
               "\xc5\x83" "~");
    str_free(&text);
}

TEST(another_text_than_a_vocabulary_is_refused)
{
    Arena arena = { 0 };
    Str   text = { 0 };
    Err   err = { 0 };
    Bpe  *back;
    bpe_print(world_bpe(&arena), &text);
    CHECK(bpe_parse(&back, &arena, text.text, text.size, "x", &err));
    CHECK_TEXT(back->corpus, "a world");
    CHECK(!bpe_parse(&back, &arena, text.text, text.size - 1, "x", &err));
    CHECK_HAS(err.text, "x:145: not a merge");
    CHECK(!bpe_parse(&back, &arena, text.text, 20, "x", &err));
    CHECK(!bpe_parse(&back, &arena, "", 0, "x", &err));
    CHECK_HAS(err.text, "not a vocabulary");
    char *first = strchr(text.text, '\n') + 1, kept_first = *first;
    *first = 'Q'; /* a merge as good as any, but not the one */
    CHECK(!bpe_parse(&back, &arena, text.text, text.size, "x", &err));
    CHECK(err.kind == ERR_FORMAT);
    *first = kept_first;

    /* Every byte changed, and every shorter text: never a crash, and never
     * accepted save where only the name of the corpus is another. */
    i64 accepted = 0;
    for (i64 i = 0; i < text.size; i += 3) {
        char kept = text.text[i];
        text.text[i] = (char)(kept ^ 5);
        accepted += bpe_parse(&back, &arena, text.text, text.size, "x", &err);
        text.text[i] = kept;
    }
    CHECK(accepted < 5);
    str_free(&text);
    arena_free(&arena);
}

/* -- Speed: said, and held to a floor that any machine clears -------------- */

TEST(millions_of_bytes_take_no_time_to_speak_of)
{
    Arena arena = { 0 };
    i64   bytes;
    Err   err = { 0 };
    const u8 *text = (const u8 *)world_text(&arena, 200000, &bytes);
    double    began = clock_s();
    const Bpe *bpe = bpe_learn(&arena, text, bytes, 2048, NULL);
    const double learned = clock_s() - began;
    Taken taken = { NEW(&arena, u16, bytes), 0 };
    const BpeSink sink = { &taken, take };
    began = clock_s();
    CHECK(bpe_encode(bpe, text, bytes, &sink, &err));
    const double encoded = clock_s() - began;
    printf("  %.1f MB: learned in %.2f s, encoded at %.0f MB/s, %.2f bytes a "
           "token\n", (double)bytes / 1e6, learned,
           (double)bytes / 1e6 / encoded,
           (double)bytes / (double)taken.count);
    CHECK_BELOW(learned, 30);
    CHECK_BELOW(encoded, 5);
    arena_free(&arena);
}
