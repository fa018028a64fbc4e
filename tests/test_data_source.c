/* test_data_source.c - sources of known entropy: the filter against sums that
 * are exact, against every text of a few letters, and against a long text. */

#include "data/source.h"
#include "tests/data_world.h"

#include <math.h>

static Source made(Arena *arena, SourceRule rule)
{
    Source source;
    Err    err = { 0 };
    if (!CHECK(source_make(&source, arena, &rule, &err))) {
        printf("%s\n", err.text);
        abort();
    }
    return source;
}

/* -- Every text ------------------------------------------------------------ */

/* The chance of a text by the forward procedure, over (state, letter) as the
 * definition has them: no filter, no normalising. */
static double chance_of(const Source *s, const i64 *letter, i64 count)
{
    const i64 L = s->rule.letters, n = s->states;
    double    now[64], next[64];
    memcpy(now, s->stationary, (size_t)n * sizeof *now);
    for (i64 t = 0; t < count; t++) {
        memset(next, 0, sizeof next);
        for (i64 i = 0; i < n; i++)
            for (i64 x = 0; x < L; x++) {
                const double *row = s->rule.hidden ? s->emit : s->chain.chance;
                const double  noise = s->rule.noise;
                const double  p = now[i] * row[i * L + x]
                    * (noise / (double)L + (x == letter[t] ? 1 - noise : 0));
                if (s->rule.hidden)
                    for (i64 j = 0; j < n; j++)
                        next[j] += p * s->move[i * n + j];
                else
                    next[(i * L + x) % n] += p;
            }
        memcpy(now, next, sizeof now);
    }
    double sum = 0;
    for (i64 i = 0; i < n; i++)
        sum += now[i];
    return sum;
}

/* Entropy of blocks of `count` letters, over all of them. */
static double block_nats(const Source *s, i64 count)
{
    const i64 L = s->rule.letters;
    i64       all = 1, letter[8];
    double    nats = 0, total = 0;
    for (i64 i = 0; i < count; i++)
        all *= L;
    for (i64 text = 0; text < all; text++) {
        for (i64 i = 0, rest = text; i < count; i++, rest /= L)
            letter[i] = rest % L;
        const double p = chance_of(s, letter, count);
        nats -= p > 0 ? p * log(p) : 0;
        total += p;
    }
    CHECK_NEAR(total, 1, 1e-10);
    return nats;
}

/* h_j is the entropy of j + 1 letters less that of j. */
static void against_every_text(SourceRule rule)
{
    Arena         arena = { 0 };
    SourceEntropy e;
    const Source  s = made(&arena, rule);
    source_entropy(&e, &s, 2000000);
    double shorter = 0, last = 0;
    for (i64 j = 0; j < 5; j++) {
        const double longer = block_nats(&s, j + 1);
        test_note("%s, noise %g, given %lld", rule.hidden ? "hidden" : "chain",
                  rule.noise, (long long)j);
        last = longer - shorter;
        CHECK_NEAR(e.after[j], last, 0.01);
        shorter = longer;
    }
    CHECK(e.se > 0 && e.se < 0.002);
    CHECK(e.nats < last + 4 * e.se);
    arena_free(&arena);
}

TEST(the_filter_has_the_entropies_of_every_text_of_five_letters)
{
    against_every_text((SourceRule){ .order = 2, .letters = 4, .seed = 3,
                                     .noise = 0.1 });
    against_every_text((SourceRule){ .order = 1, .letters = 5, .seed = 1,
                                     .noise = 0.3 });
    against_every_text((SourceRule){ .hidden = true, .states = 5,
                                     .letters = 4, .seed = 2 });
    against_every_text((SourceRule){ .hidden = true, .states = 3,
                                     .letters = 5, .seed = 4, .noise = 0.2 });
}

/* -- What is known otherwise ------------------------------------------------ */

TEST(a_chain_without_noise_has_its_sum_and_hardly_any_noise_hardly_moves_it)
{
    Arena         arena = { 0 };
    SourceEntropy exact, near;
    const Source  s = made(&arena, (SourceRule){ .order = 2, .letters = 6,
                                                 .seed = 1 });
    const Source  t = made(&arena, (SourceRule){ .order = 2, .letters = 6,
                                                 .seed = 1, .noise = 1e-9 });
    source_entropy(&exact, &s, 1000000);
    source_entropy(&near, &t, 1000000);
    CHECK(exact.se == 0);
    CHECK_NEAR(exact.nats, s.chain.entropy_nats[2], 0);
    CHECK_NEAR(exact.after[1], s.chain.entropy_nats[1], 0);
    CHECK(fabs(near.nats - exact.nats) < 4 * near.se + 1e-6);
    CHECK(near.se > 1e-5 && near.se < 2e-3);
    arena_free(&arena);
}

TEST(all_noise_is_all_entropy_and_one_state_has_that_of_its_letters)
{
    Arena         arena = { 0 };
    SourceEntropy e;
    const Source  noise = made(&arena, (SourceRule){ .order = 1, .letters = 7,
                                                     .seed = 1, .noise = 1 });
    const Source  one = made(&arena, (SourceRule){ .hidden = true, .states = 1,
                                                   .letters = 7, .seed = 1 });
    double nats = 0;
    for (int x = 0; x < 7; x++)
        nats -= one.emit[x] * log(one.emit[x]);
    source_entropy(&e, &noise, 10000);
    CHECK_NEAR(e.nats, log(7), 1e-12);
    source_entropy(&e, &one, 10000);
    CHECK_NEAR(e.nats, nats, 1e-12);
    arena_free(&arena);
}

/* -- The text --------------------------------------------------------------- */

static u8 *written(Arena *arena, const Source *s, const char *name, i64 count)
{
    Err   err = { 0 };
    char *text;
    i64   bytes;
    const char *path = world_path(arena, name);
    CHECK(source_write(s, path, count, &err));
    CHECK(file_read(&text, &bytes, arena, path, &err));
    CHECK(bytes == count);
    return (u8 *)text;
}

/* Plug-in entropy of a letter given the `before` before it. */
static double measured(Arena *arena, const u8 *text, i64 count, i64 letters,
                       i64 before)
{
    i64 states = 1, state = 0;
    for (i64 i = 0; i < before; i++)
        states *= letters;
    double *seen = NEW(arena, double, states * (letters + 1)), nats = 0;
    for (i64 i = 0; i < count; i++) {
        const i64 x = text[i] == '\n' ? letters - 1 : text[i] - 'a';
        if (i >= before) {
            seen[state * (letters + 1) + x]++;
            seen[state * (letters + 1) + letters]++;
        }
        state = (state * letters + x) % states;
    }
    for (i64 c = 0; c < states; c++)
        for (i64 x = 0; x < letters; x++) {
            const double n = seen[c * (letters + 1) + x];
            if (n > 0)
                nats -= n / (double)(count - before)
                      * log(n / seen[c * (letters + 1) + letters]);
        }
    return nats;
}

TEST(the_text_that_is_written_has_the_entropies_of_its_source)
{
    const SourceRule rules[] = {
        { .order = 2, .letters = 6, .seed = 1, .noise = 0.05 },
        { .hidden = true, .states = 24, .letters = 6, .seed = 2 },
    };
    for (int r = 0; r < COUNT_OF(rules); r++) {
        Arena         arena = { 0 };
        SourceEntropy e;
        const i64     count = 600000;
        const Source  s = made(&arena, rules[r]);
        const u8     *text = written(&arena, &s, "source.txt", count);
        source_entropy(&e, &s, 1000000);
        for (i64 j = 0; j <= 3; j++) {
            test_note("source %d given %lld", r, (long long)j);
            CHECK_NEAR(measured(&arena, text, count, 6, j), e.after[j], 0.02);
        }
        CHECK_BELOW(e.nats, e.after[0] - 0.05);
        arena_free(&arena);
    }
}

TEST(noise_replaces_as_many_letters_as_it_says_and_leaves_the_chain)
{
    Arena        arena = { 0 };
    const i64    count = 200000;
    const Source clean = made(&arena, (SourceRule){ .order = 2, .letters = 10,
                                                    .seed = 1 });
    const Source noisy = made(&arena, (SourceRule){ .order = 2, .letters = 10,
                                                    .seed = 1, .noise = 0.1 });
    const u8 *a = written(&arena, &clean, "a.txt", count);
    const u8 *b = written(&arena, &noisy, "b.txt", count);
    i64       other = 0;
    for (i64 i = 0; i < count; i++)
        other += a[i] != b[i];
    /* One in ten is drawn anew, and one in ten of those as it was. */
    CHECK_NEAR((double)other / (double)count, 0.09, 0.03);
    arena_free(&arena);
}

TEST(what_cannot_be_a_source_is_refused)
{
    static const struct { SourceRule rule; const char *words; } bad[] = {
        { { .order = 2, .letters = 4, .noise = 1.5 }, "noise: 1.5" },
        { { .order = 2, .letters = 4, .noise = -1 }, "noise: -1" },
        { { .order = 2, .letters = 99 }, "letters: 99" },
        { { .hidden = true, .states = 0, .letters = 4 }, "states: 0" },
        { { .hidden = true, .states = 4, .letters = 1 }, "letters: 1" },
    };
    for (int i = 0; i < COUNT_OF(bad); i++) {
        Arena  arena = { 0 };
        Source s;
        Err    err = { 0 };
        CHECK(!source_make(&s, &arena, &bad[i].rule, &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, bad[i].words);
        arena_free(&arena);
    }
}
