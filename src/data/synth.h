/* synth.h - text whose entropy is known: a Markov chain over a few letters.
 *
 * Each letter depends on the `order` letters before it, by a table that the
 * seed fixes and in which nothing is impossible; so the chain has one
 * stationary distribution, and its entropy rate is a sum, not an estimate. A
 * model that reads at least `order` letters can reach that rate and no model
 * can pass it: it is the E of any law fitted to such text.
 *
 * The letters are a, b, c, ... and, as the last, the line end. */

#ifndef SYNTH_H
#define SYNTH_H

#include "base/arena.h"
#include "base/err.h"

enum { SYNTH_ORDER_MAX = 8, SYNTH_LETTERS_MAX = 27 };

typedef struct Synth {
    int     order, letters;
    u64     seed;
    i64     states;     /* letters ^ order: the contexts              */
    double *chance;     /* [states][letters]: of each letter after it */
    double *stationary; /* [states]                                   */
    /* Nats a letter, given the j letters before it; [order] is the rate. */
    double  entropy_nats[SYNTH_ORDER_MAX + 1];
} Synth;

bool synth_make(Synth *out, Arena *arena, i64 order, i64 letters, u64 seed,
                Err *err) MUST_USE;

/* Letters number `from` on, from + count - 1 being the last. `state` is what
 * the call before left; any value where from is 0. */
void synth_text(u8 *out, const Synth *synth, i64 *state, i64 from, i64 count);

bool synth_write(const Synth *synth, const char *path, i64 bytes, Err *err)
    MUST_USE;

/* For sources that are made alike (source.h): which of `count` outcomes a
 * number in [0, 1) means; the byte of a letter; and a file of `bytes`, written
 * whole or not at all, piece by piece from the beginning. */
i64 synth_draw(const double *chance, i64 count, double u);
u8  synth_byte(i64 letters, i64 x);
bool synth_pour(const char *path, i64 bytes,
                void (*piece)(void *self, u8 *out, i64 from, i64 count),
                void *self, Err *err) MUST_USE;

#endif
