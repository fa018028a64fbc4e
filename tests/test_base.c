/* test_base.c - what the ground floor promises: errors, memory, text, random
 * numbers, hashes, clocks. Files are test_base_file.c; readers are
 * test_base_conf.c, test_base_opt.c and test_base_csv.c. */

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/jot.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/str.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

TEST(a_failure_grows_at_the_front)
{
    Err err = { 0 };
    CHECK(!err_set(&err, ERR_IO, "x.tok: %s", "cut short"));
    CHECK(!err_add(&err, "run %d", 7));
    CHECK_TEXT(err.text, "run 7: x.tok: cut short");
    CHECK(err.kind == ERR_IO);
}

TEST(a_failure_too_long_to_tell_keeps_its_beginning)
{
    Err  err = { 0 };
    char longer[2000];
    memset(longer, 'a', sizeof longer);
    longer[sizeof longer - 1] = 0;
    err_set(&err, ERR_IO, "%s", longer);
    err_add(&err, "front");
    CHECK(strlen(err.text) == sizeof err.text - 1);
    CHECK(!strncmp(err.text, "front: aaa", 10));
}

TEST(every_kind_of_failure_has_the_exit_status_of_the_man_page)
{
    CHECK(err_exit(ERR_NONE) == 0);
    CHECK(err_exit(ERR_USAGE) == 2);
    CHECK(err_exit(ERR_IO) == 1);
    CHECK(err_exit(ERR_FORMAT) == 1);
    CHECK(err_exit(ERR_REFUSED) == 3);
    CHECK(err_exit(ERR_BUSY) == 75);
}

/* --- memory and text ----------------------------------------------------- */

TEST(an_arena_gives_zeroed_memory_on_a_line_of_its_own)
{
    Arena arena = { 0 };
    for (i64 n = 0; n < 300; n++) {
        u8  *at = arena_take(&arena, n * n, 3);
        bool zero = true;
        for (i64 i = 0; i < 3 * n * n; i++)
            zero = zero && at[i] == 0;
        test_note("%lld items", (long long)(n * n));
        CHECK(zero);
        CHECK((uintptr_t)at % 64 == 0);
        memset(at, 0xff, (size_t)(3 * n * n));
    }
    arena_free(&arena);
    CHECK(arena.used == 0 && !arena.last);
}

TEST(what_an_arena_gave_never_moves_nor_changes)
{
    enum { N = 2000 };
    Arena  arena = { 0 };
    char **text = NEW(&arena, char *, N);
    for (int i = 0; i < N; i++)
        text[i] = arena_print(&arena, "text %d", i);
    bool same = true;
    for (int i = 0; i < N; i++) {
        char want[32];
        snprintf(want, sizeof want, "text %d", i);
        same = same && !strcmp(text[i], want);
    }
    CHECK(same);
    arena_free(&arena);
}

TEST(a_str_grows_and_is_always_ended)
{
    Str str = { 0 };
    for (int i = 0; i < 1000; i++)
        str_add(&str, "%03d", i);
    CHECK(str.size == 3000 && strlen(str.text) == 3000);
    CHECK(!strncmp(str.text + 2997, "999", 4));
    str_bytes(&str, "a\0b", 3);
    CHECK(str.size == 3003 && str.text[3003] == 0 && str.text[3002] == 'b');
    str_free(&str);
    CHECK(!str.text && !str.size);
}

/* --- random numbers ------------------------------------------------------ */

enum { DRAWS = 200000 };

TEST(units_are_uniform)
{
    double sum = 0, square = 0, low = 1, high = 0;
    for (u64 i = 0; i < DRAWS; i++) {
        const double u = rng_unit(7, RNG_TEST, i);
        sum += u;
        square += u * u;
        low = fmin(low, u);
        high = fmax(high, u);
    }
    /* Five standard errors: sd 0.289 and 0.298 over sqrt(200000). */
    CHECK_BELOW(fabs(sum / DRAWS - 0.5), 0.0033);
    CHECK_BELOW(fabs(square / DRAWS - 1.0 / 3), 0.0034);
    CHECK(low >= 0 && high < 1 && low < 1e-4 && high > 1 - 1e-4);
}

TEST(normals_have_the_moments_of_the_normal_law)
{
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0, neighbours = 0, before = 0;
    for (u64 i = 0; i < DRAWS; i++) {
        const double z = rng_normal(3, RNG_TEST, i);
        m1 += z;
        m2 += z * z;
        m3 += z * z * z;
        m4 += z * z * z * z;
        neighbours += z * before;
        before = z;
    }
    /* Variances of z, z^2, z^3, z^4 are 1, 2, 15, 96; five standard errors. */
    const double se = 5 / sqrt(DRAWS);
    CHECK_BELOW(fabs(m1 / DRAWS), se);
    CHECK_BELOW(fabs(m2 / DRAWS - 1), se * sqrt(2));
    CHECK_BELOW(fabs(m3 / DRAWS), se * sqrt(15));
    CHECK_BELOW(fabs(m4 / DRAWS - 3), se * sqrt(96));
    CHECK_BELOW(fabs(neighbours / DRAWS), se);
}

TEST(seed_purpose_and_index_each_change_the_number)
{
    const u64 one = rng_u64(1, RNG_INIT, 1);
    CHECK(one == rng_u64(1, RNG_INIT, 1));
    CHECK(one != rng_u64(2, RNG_INIT, 1));
    CHECK(one != rng_u64(1, RNG_ORDER, 1));
    CHECK(one != rng_u64(1, RNG_INIT, 2));

    /* Neighbouring seeds look unrelated: half of all bits differ. */
    double bits = 0;
    for (u64 i = 0; i < 4000; i++)
        bits += __builtin_popcountll(rng_u64(i, RNG_TEST, 5)
                                     ^ rng_u64(i + 1, RNG_TEST, 5));
    CHECK_BELOW(fabs(bits / 4000 - 32), 5 * 4 / sqrt(4000));
}

/* The numbers that every run so far was made from: were they to change, old
 * run ids would name other runs. Computed apart, from the page of rng.c. */
TEST(random_numbers_are_the_same_for_ever)
{
    CHECK(rng_u64(0, RNG_INIT, 0) == 0x238275bc38fcbe91);
    CHECK(rng_u64(42, RNG_SPLIT, 123456789) == 0x38202109b9794563);
    CHECK(rng_shuffled(1, RNG_ORDER, 5, 1000) == 844);
    CHECK_NEAR(rng_normal(7, RNG_INIT, 10), 1.0924716286901002, 1e-13);
}

TEST(below_is_even_over_its_range)
{
    enum { N = 7 };
    int seen[N] = { 0 };
    for (u64 i = 0; i < DRAWS; i++) {
        const i64 k = rng_below(9, RNG_TEST, i, N);
        if (!CHECK(0 <= k && k < N))
            return;
        seen[k]++;
    }
    double chi = 0;
    for (int k = 0; k < N; k++)
        chi += pow(seen[k] - DRAWS / (double)N, 2) / (DRAWS / (double)N);
    CHECK_BELOW(chi, 25); /* six degrees of freedom: p = 3e-4 */
}

TEST(a_shuffle_is_a_bijection_at_every_size)
{
    for (i64 n = 1; n < 300; n++) {
        u8   seen[300] = { 0 };
        bool once = true;
        for (i64 i = 0; i < n; i++) {
            const i64 at = rng_shuffled(3, RNG_ORDER, i, n);
            if (!CHECK(0 <= at && at < n))
                return;
            once = once && !seen[at]++;
        }
        test_note("of %lld", (long long)n);
        CHECK(once);
    }
}

TEST(a_shuffle_mixes)
{
    enum { N = 10007 };
    double moved = 0, fixed = 0, rises = 0, before = 0;
    for (i64 i = 0; i < N; i++) {
        const double at = (double)rng_shuffled(5, RNG_ORDER, i, N);
        moved += fabs(at - (double)i);
        fixed += at == (double)i;
        rises += at > before;
        before = at;
    }
    CHECK_NEAR(moved / N, N / 3.0, 0.03); /* the mean of |x - y| is a third */
    CHECK_BELOW(fixed, 8);                /* one is expected */
    CHECK_BELOW(fabs(rises / N - 0.5), 0.02);
}

TEST(a_shuffle_of_billions_stays_within_them)
{
    const i64 n = (i64)5e10 + 7;
    for (i64 i = 0; i < 1000; i++) {
        const i64 at = rng_shuffled(1, RNG_ORDER, n - 1 - i, n);
        if (!CHECK(0 <= at && at < n))
            return;
    }
}

/* --- hashes, clocks ------------------------------------------------------ */

/* SOURCE: FIPS 180-4's "abc"; the check value of CRC-32/ISO-HDLC. */
TEST(hashes_are_the_published_ones)
{
    char hex[HASH_HEX];
    hash_sha256(hex, "abc", 3);
    CHECK_TEXT(hex, "ba7816bf8f01cfea414140de5dae2223"
                    "b00361a396177a9cb410ff61f20015ad");
    hash_sha256(hex, NULL, 0);
    CHECK_TEXT(hex, "e3b0c44298fc1c149afbf4c8996fb924"
                    "27ae41e4649b934ca495991b7852b855");
    CHECK(hash_crc32("123456789", 9) == 0xcbf43926);
    CHECK(hash_crc32(NULL, 0) == 0);
}

TEST(durations_are_said_as_people_say_them)
{
    const struct { double s; const char *words; } said[] = {
        { 0.04, "0.0 s" },          { 9.94, "9.9 s" },
        { 9.96, "10 s" },           { 75, "1 min 15 s" },
        { 4000, "1 h 06 min" },     { 259200, "3 d 00 h" },
        { NAN, "unknown time" },    { INFINITY, "unknown time" },
        { -1, "0.0 s" },            { 59.9, "1 min 00 s" },
    };
    for (int i = 0; i < COUNT_OF(said); i++) {
        char words[24];
        clock_words(words, said[i].s);
        CHECK_TEXT(words, said[i].words);
    }
}

TEST(a_date_is_written_as_iso_8601)
{
    char utc[21];
    clock_utc(utc);
    CHECK(strlen(utc) == 20 && utc[10] == 'T' && utc[19] == 'Z');
    const double before = clock_s();
    CHECK(clock_s() >= before);
}

/* --- JSON ---------------------------------------------------------------- */

static char *jotted(Str *text)
{
    Jot j = jot_open(text);
    jot_object(&j, NULL);
    jot_real(&j, "third", 1.0 / 3);
    jot_real(&j, "none", NAN);
    jot_real(&j, "most", -INFINITY);
    jot_count(&j, "count", INT64_MIN);
    jot_flag(&j, "flag", true);
    jot_text(&j, "text", "a \"b\"\\\n\t\x01 \xc3\xa9");
    jot_text(&j, "absent", NULL);
    jot_array(&j, "list");
    jot_real(&j, NULL, 1);
    jot_object(&j, NULL);
    jot_end(&j);
    jot_array(&j, NULL);
    jot_end(&j);
    jot_end(&j);
    jot_count(&j, "after", 1);
    jot_end(&j);
    return text->text;
}

TEST(json_is_written_in_one_line_in_the_order_given)
{
    Str text = { 0 };
    CHECK_TEXT(jotted(&text),
               "{\"third\":0.33333333333333331,\"none\":null,\"most\":null,"
               "\"count\":-9223372036854775808,\"flag\":true,"
               "\"text\":\"a \\\"b\\\"\\\\\\n\\t\\u0001 \xc3\xa9\","
               "\"absent\":null,\"list\":[1,{},[]],\"after\":1}");
    str_free(&text);
}

TEST(json_written_reads_back_the_same)
{
    Str     text = { 0 };
    json_t *root = json_loads(jotted(&text), 0, NULL);
    if (!CHECK(root != NULL))
        return;
    CHECK(json_get_real(root, "third", 0) == 1.0 / 3);
    CHECK(isnan(json_get_real(root, "none", 5)));
    CHECK(json_get_count(root, "count", 0) == INT64_MIN);
    CHECK(json_get_flag(root, "flag", false));
    CHECK_TEXT(json_get_text(root, "text", ""), "a \"b\"\\\n\t\x01 \xc3\xa9");
    json_decref(root);
    str_free(&text);
}

TEST(json_of_another_type_or_absent_gives_the_fallback)
{
    json_t *root = json_loads("{\"a\":\"x\",\"b\":1.5,\"c\":2}", 0, NULL);
    CHECK(json_get_real(root, "a", -1) == -1);
    CHECK(json_get_real(root, "z", -1) == -1);
    CHECK(json_get_real(root, "c", -1) == 2);
    CHECK(json_get_count(root, "b", -1) == -1);
    CHECK(json_get_count(root, "c", -1) == 2);
    CHECK(json_get_flag(root, "c", true));
    CHECK_TEXT(json_get_text(root, "b", "none"), "none");
    CHECK(json_get_real(NULL, "a", -1) == -1);
    json_decref(root);
}
