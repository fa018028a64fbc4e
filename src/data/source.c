/* source.c - see source.h: the model, and its text. The state of a chain is
 * its last letters as they were before any noise: a chain behind noise is a
 * hidden Markov model too. */

#include "data/source.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

/* How uneven a hidden source is: ln of its chances has about these standard
 * deviations. States then last some letters, and share some of them. */
static const double move_spread = 4, emit_spread = 3;

/* Every text has random numbers of its own: this many a letter, and far from
 * those of the tables. */
static u64 index_of(i64 text, i64 at, int which)
{
    enum { A_LETTER = 4 };
    const u64 texts = (u64)1 << 63, length = (u64)1 << 40;
    return texts + (u64)text * length + (u64)(A_LETTER * at + which);
}

static void rows_fill(double *row, i64 rows, i64 cols, u64 seed, u64 first,
                      double spread)
{
    for (i64 r = 0; r < rows; r++, row += cols) {
        double sum = 0;
        for (i64 c = 0; c < cols; c++)
            sum += row[c] = exp(spread * rng_normal(seed, RNG_SYNTH, first
                                                    + (u64)(r * cols + c)));
        for (i64 c = 0; c < cols; c++)
            row[c] /= sum;
    }
}

static void moved(double *to, const Source *s, const double *from)
{
    memset(to, 0, (size_t)s->states * sizeof *to);
    for (i64 i = 0; i < s->states; i++)
        for (i64 j = 0; j < s->states; j++)
            to[j] += from[i] * s->move[i * s->states + j];
}

/* Power iteration: every entry is positive, so this converges. */
static void stationary_find(double *now, double *next, const Source *s)
{
    double change = 1;
    for (i64 i = 0; i < s->states; i++)
        now[i] = 1 / (double)s->states;
    for (int round = 0; round < 100000 && change > 1e-14; round++) {
        moved(next, s, now);
        change = 0;
        for (i64 i = 0; i < s->states; i++) {
            change += fabs(next[i] - now[i]);
            now[i] = next[i];
        }
    }
}

static bool hidden_make(Source *s, Arena *arena, Err *err)
{
    const SourceRule *rule = &s->rule;
    if (rule->states < 1 || rule->states > SOURCE_STATES_MAX)
        return err_set(err, ERR_USAGE, "states: %lld is not between 1 and %d",
                       (long long)rule->states, SOURCE_STATES_MAX);
    if (rule->letters < 2 || rule->letters > SYNTH_LETTERS_MAX)
        return err_set(err, ERR_USAGE, "letters: %lld is not between 2 and %d",
                       (long long)rule->letters, SYNTH_LETTERS_MAX);
    const i64 n = s->states = rule->states;
    s->move = NEW(arena, double, n * n);
    s->emit = NEW(arena, double, n * rule->letters);
    double *stationary = NEW(arena, double, 2 * n);
    rows_fill(s->move, n, n, rule->seed, 0, move_spread);
    rows_fill(s->emit, n, rule->letters, rule->seed, (u64)1 << 32, emit_spread);
    stationary_find(stationary, stationary + n, s);
    s->stationary = stationary;
    return true;
}

bool source_make(Source *out, Arena *arena, const SourceRule *rule, Err *err)
{
    *out = (Source){ .rule = *rule };
    if (!(rule->noise >= 0 && rule->noise <= 1))
        return err_set(err, ERR_USAGE, "noise: %g is not a share from 0 to 1",
                       rule->noise);
    if (rule->hidden)
        return hidden_make(out, arena, err);
    if (!synth_make(&out->chain, arena, rule->order, rule->letters, rule->seed,
                    err))
        return false;
    out->states = out->chain.states;
    out->stationary = out->chain.stationary;
    return true;
}

/* -- Text ------------------------------------------------------------------ */

i64 source_letter(const Source *s, i64 *state, i64 text, i64 at)
{
    const u64 seed = s->rule.seed;
    const i64 L = s->rule.letters;
#define UNIT(which) rng_unit(seed, RNG_SYNTH, index_of(text, at, which))
    if (at == 0)
        *state = synth_draw(s->stationary, s->states,
                            rng_unit(seed, RNG_SYNTH, index_of(text, at, 0)
                                     + ((u64)1 << 39)));
    const double *chance = s->rule.hidden ? s->emit : s->chain.chance;
    const i64     x = synth_draw(chance + *state * L, L, UNIT(0));
    *state = s->rule.hidden
           ? synth_draw(s->move + *state * s->states, s->states, UNIT(1))
           : (*state * L + x) % s->states;
    if (s->rule.noise == 0 || UNIT(2) >= s->rule.noise)
        return x;
    return (i64)(UNIT(3) * (double)L);
#undef UNIT
}

typedef struct Writing { const Source *source; i64 state; } Writing;

static void piece(void *self, u8 *out, i64 from, i64 count)
{
    Writing      *w = self;
    const Source *s = w->source;
    for (i64 i = 0; i < count; i++)
        out[i] = synth_byte(s->rule.letters,
                            source_letter(s, &w->state, 0, from + i));
}

bool source_write(const Source *source, const char *path, i64 bytes, Err *err)
{
    Writing w = { source, 0 };
    return synth_pour(path, bytes, piece, &w, err);
}
