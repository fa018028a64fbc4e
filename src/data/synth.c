/* synth.c - see synth.h.
 *
 * A state is the last `order` letters read as a number, oldest first. With
 * P(x|s) the table and q(s) the stationary distribution,
 *
 *     H = - sum_s q(s) sum_x P(x|s) ln P(x|s)
 *
 * and the same for fewer letters of context follows from the entropies of
 * blocks: h_j = H(j + 1 letters) - H(j letters).
 *
 * SOURCE: Shannon 1948, "A mathematical theory of communication", sections 6
 *         and 7. */

#include "data/synth.h"

#include "base/file_new.h"
#include "base/rng.h"

#include <math.h>
#include <string.h>

/* How uneven the table is: ln P has about this standard deviation. At 1.5 a
 * chain over 8 letters has about 1.2 nats a letter of the 2.1 possible. */
static const double spread = 1.5;

static const u64 text_index  = (u64)1 << 62; /* past every index of the table */
static const u64 start_index = UINT64_MAX;

/* ln P of a letter, up to a constant: a term for the letter itself, one for it
 * after the last letter, one for it after the last two, and so on; so that
 * there is something to be learned from each letter of context, and a model
 * gets better step by step and not all at once. */
static double weight(const Synth *s, i64 state, int x)
{
    double sum = 0;
    i64    suffixes = 1, first = 0;
    for (int j = 0; j <= s->order; j++) {
        const i64 index = first + state % suffixes * s->letters + x;
        sum += rng_normal(s->seed, RNG_SYNTH, (u64)index);
        suffixes *= s->letters;
        first += suffixes;
    }
    return exp(spread / sqrt(s->order + 1) * sum);
}

static void table_fill(Synth *s)
{
    for (i64 state = 0; state < s->states; state++) {
        double *chance = s->chance + state * s->letters, sum = 0;
        for (int x = 0; x < s->letters; x++)
            sum += chance[x] = weight(s, state, x);
        for (int x = 0; x < s->letters; x++)
            chance[x] /= sum;
    }
}

/* Power iteration. Every entry of the table is positive, so this converges,
 * and to the same from anywhere; ties between rounding errors end it. */
static void stationary_fill(Synth *s, double *next)
{
    double *now = s->stationary, change = 1;
    for (i64 i = 0; i < s->states; i++)
        now[i] = 1 / (double)s->states;
    for (int round = 0; round < 10000 && change > 1e-14; round++) {
        memset(next, 0, (size_t)s->states * sizeof *next);
        for (i64 i = 0; i < s->states; i++)
            for (int x = 0; x < s->letters; x++)
                next[(i * s->letters + x) % s->states]
                    += now[i] * s->chance[i * s->letters + x];
        change = 0;
        for (i64 i = 0; i < s->states; i++) {
            change += fabs(next[i] - now[i]);
            now[i] = next[i];
        }
    }
}

static double block_entropy(const double *p, i64 count)
{
    double sum = 0;
    for (i64 i = 0; i < count; i++)
        if (p[i] > 0)
            sum -= p[i] * log(p[i]);
    return sum;
}

/* `block` receives the distribution of order + 1 letters, and is then summed
 * over its oldest letter until none is left. */
static void entropy_fill(Synth *s, double *block)
{
    i64 count = s->states * s->letters;
    for (i64 i = 0; i < count; i++)
        block[i] = s->stationary[i / s->letters] * s->chance[i];

    double longer = block_entropy(block, count);
    for (int j = s->order; j >= 0; j--) {
        count /= s->letters;
        for (i64 i = 0; i < count; i++)
            for (int x = 1; x < s->letters; x++)
                block[i] += block[i + x * count];
        const double shorter = block_entropy(block, count);
        s->entropy_nats[j] = longer - shorter;
        longer = shorter;
    }
}

static bool asked_check(i64 order, i64 letters, i64 *states, Err *err)
{
    const i64 most = 1 << 22;
    if (order < 0 || order > SYNTH_ORDER_MAX)
        return err_set(err, ERR_USAGE, "--order: %lld is not between 0 and %d",
                       (long long)order, SYNTH_ORDER_MAX);
    if (letters < 2 || letters > SYNTH_LETTERS_MAX)
        return err_set(err, ERR_USAGE, "--letters: %lld is not between 2 and "
                       "%d", (long long)letters, SYNTH_LETTERS_MAX);
    *states = 1;
    for (i64 i = 0; i < order; i++)
        if ((*states *= letters) * letters > most)
            return err_set(err, ERR_USAGE, "--order: a table of %lld letters "
                           "to the power %lld has too many rows; take fewer of "
                           "either", (long long)letters, (long long)order + 1);
    return true;
}

bool synth_make(Synth *out, Arena *arena, i64 order, i64 letters, u64 seed,
                Err *err)
{
    *out = (Synth){ .seed = seed };
    if (!asked_check(order, letters, &out->states, err))
        return false;
    out->order      = (int)order;
    out->letters    = (int)letters;
    out->chance     = NEW(arena, double, out->states * letters);
    out->stationary = NEW(arena, double, out->states);
    double *scratch = NEW(arena, double, out->states * letters);
    table_fill(out);
    stationary_fill(out, scratch);
    entropy_fill(out, scratch);
    return true;
}

i64 synth_draw(const double *chance, i64 count, double u)
{
    i64 x = 0;
    while (x < count - 1 && u >= chance[x])
        u -= chance[x++];
    return x;
}

u8 synth_byte(i64 letters, i64 x)
{
    return x == letters - 1 ? '\n' : (u8)('a' + x);
}

void synth_text(u8 *out, const Synth *s, i64 *state, i64 from, i64 count)
{
    if (from == 0)
        *state = synth_draw(s->stationary, s->states,
                            rng_unit(s->seed, RNG_SYNTH, start_index));
    for (i64 i = 0; i < count; i++) {
        const u64 index = text_index + (u64)(from + i);
        const i64 x = synth_draw(s->chance + *state * s->letters, s->letters,
                                 rng_unit(s->seed, RNG_SYNTH, index));
        *state = (*state * s->letters + x) % s->states;
        out[i] = synth_byte(s->letters, x);
    }
}

/* -- A file ---------------------------------------------------------------- */

typedef struct Text { const Synth *synth; i64 state; } Text;

static void text_piece(void *self, u8 *out, i64 from, i64 count)
{
    Text *text = self;
    synth_text(out, text->synth, &text->state, from, count);
}

bool synth_pour(const char *path, i64 bytes,
                void (*piece)(void *self, u8 *out, i64 from, i64 count),
                void *self, Err *err)
{
    enum { CHUNK = 1 << 14 };
    u8      chunk[CHUNK];
    FileNew file;
    if (!file_new_open(&file, path, err))
        return false;
    for (i64 at = 0; at < bytes; at += CHUNK) {
        const i64 count = i64_min(CHUNK, bytes - at);
        piece(self, chunk, at, count);
        file_new_put(&file, chunk, count);
    }
    return file_new_close(&file, err);
}

bool synth_write(const Synth *synth, const char *path, i64 bytes, Err *err)
{
    Text text = { synth, 0 };
    return synth_pour(path, bytes, text_piece, &text, err);
}
