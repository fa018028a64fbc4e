/* source_filter.c - the entropy of a source by its exact filter.
 *
 * With b(s) the distribution of the state given all letters seen, and q(y) that
 * of the next letter which follows from it, the entropy of that letter given
 * those before it is the mean over texts of
 *
 *     H = - sum_y q(y) ln q(y)
 *
 * H of q, and not - ln q(y) of the letter that came: the same mean, with less
 * of the scatter. b is kept normalised, so nothing vanishes however long the
 * text; it starts from the stationary distribution, as a model does that sees
 * nothing before its context.
 *
 * Texts of 256 letters are drawn, independent of one another: the error is
 * that of the mean of their means. The rate is taken from their second half.
 * The start is forgotten exponentially, so what it adds there is far below
 * that error.
 *
 * SOURCE: Cover and Thomas 2006, "Elements of Information Theory", section 4.5
 *         (functions of Markov chains); Rabiner 1989, the forward procedure. */

#include "data/source.h"

#include <math.h>
#include <string.h>

enum { TEXT = 256, SETTLED = 128 };

typedef struct Filter {
    const Source *source;
    double       *belief, *ahead; /* of the state; and of the next one */
    double        q[SYNTH_LETTERS_MAX];
} Filter;

/* What is seen of letters whose chances are `bare`. */
static void noised(Filter *f, const double *bare)
{
    const i64    L = f->source->rule.letters;
    const double noise = f->source->rule.noise;
    for (i64 y = 0; y < L; y++)
        f->q[y] = noise / (double)L + (1 - noise) * bare[y];
}

static void normalise(double *to, const double *from, i64 count)
{
    double sum = 0;
    for (i64 i = 0; i < count; i++)
        sum += from[i];
    for (i64 i = 0; i < count; i++)
        to[i] = from[i] / sum;
}

/* -- A chain: its next state is its last letters and the new one ----------- */

/* States that differ in their oldest letter alone meet. */
static void chain_foresee(Filter *f)
{
    const Source *s = f->source;
    const i64     L = s->rule.letters, kept = i64_max(s->states / L, 1);
    const double *chance = s->chain.chance;
    double        bare[SYNTH_LETTERS_MAX] = { 0 };
    memset(f->ahead, 0, (size_t)(kept * L) * sizeof *f->ahead);
    for (i64 i = 0; i < s->states; i++, chance += L) {
        const double share = f->belief[i];
        double      *to = f->ahead + i % kept * L;
        for (i64 x = 0; x < L; x++)
            to[x] += share * chance[x];
    }
    for (i64 i = 0; i < kept * L; i++)
        bare[i % L] += f->ahead[i];
    noised(f, bare);
}

/* The letter that is seen is the last of the next state, or was drawn anew. */
static void chain_learn(Filter *f, i64 seen)
{
    const Source *s = f->source;
    const i64     L = s->rule.letters;
    const double  anew = s->rule.noise / (double)L;
    if (s->states == 1)
        return; /* a chain of order 0 has nothing to remember */
    for (i64 i = 0; i < s->states; i++)
        f->ahead[i] *= anew + (i % L == seen ? 1 - s->rule.noise : 0);
    normalise(f->belief, f->ahead, s->states);
}

/* -- Hidden states --------------------------------------------------------- */

static void hidden_foresee(Filter *f)
{
    const Source *s = f->source;
    const i64     L = s->rule.letters;
    double        bare[SYNTH_LETTERS_MAX] = { 0 };
    for (i64 i = 0; i < s->states; i++)
        for (i64 x = 0; x < L; x++)
            bare[x] += f->belief[i] * s->emit[i * L + x];
    noised(f, bare);
}

static void hidden_learn(Filter *f, i64 seen)
{
    const Source *s = f->source;
    const i64     L = s->rule.letters, n = s->states;
    const double  anew = s->rule.noise / (double)L;
    memset(f->ahead, 0, (size_t)n * sizeof *f->ahead);
    for (i64 i = 0; i < n; i++) {
        const double share = f->belief[i] * (anew + (1 - s->rule.noise)
                                             * s->emit[i * L + seen]);
        for (i64 j = 0; j < n; j++)
            f->ahead[j] += share * s->move[i * n + j];
    }
    normalise(f->belief, f->ahead, n);
}

/* -- Texts ----------------------------------------------------------------- */

static double entropy_of(const double *q, i64 count)
{
    double sum = 0;
    for (i64 y = 0; y < count; y++)
        if (q[y] > 0)
            sum -= q[y] * log(q[y]);
    return sum;
}

/* One text: nats of each letter given those before it. */
static void text_entropy(double nats[TEXT], Filter *f, i64 text)
{
    const Source *s = f->source;
    i64           state = 0;
    memcpy(f->belief, s->stationary, (size_t)s->states * sizeof *f->belief);
    for (i64 t = 0; t < TEXT; t++) {
        (s->rule.hidden ? hidden_foresee : chain_foresee)(f);
        nats[t] = entropy_of(f->q, s->rule.letters);
        (s->rule.hidden ? hidden_learn : chain_learn)
            (f, source_letter(s, &state, text, t));
    }
}

static double mean(const double *value, i64 count)
{
    double sum = 0;
    for (i64 i = 0; i < count; i++)
        sum += value[i];
    return sum / (double)count;
}

/* Of the means of the texts from `from` on, `count` letters each. */
static double mean_se(double *se, const double *nats, i64 texts, i64 from,
                      i64 count)
{
    double sum = 0, square = 0;
    for (i64 i = 0; i < texts; i++)
        sum += mean(nats + i * TEXT + from, count);
    sum /= (double)texts;
    for (i64 i = 0; i < texts; i++) {
        const double gap = mean(nats + i * TEXT + from, count) - sum;
        square += gap * gap;
    }
    *se = sqrt(square / (double)(texts - 1) / (double)texts);
    return sum;
}

static void summary(SourceEntropy *out, const double *nats, i64 texts)
{
    double se_short;
    for (i64 j = 0; j <= SOURCE_CONTEXTS; j++) {
        out->after[j] = 0;
        for (i64 i = 0; i < texts; i++)
            out->after[j] += nats[i * TEXT + j] / (double)texts;
    }
    out->nats = mean_se(&out->se, nats, texts, SETTLED, TEXT - SETTLED);
    (void)mean_se(&se_short, nats, texts, 1, SOURCE_CONTEXTS / 2);
    out->se = fmax(out->se, se_short); /* of either: the larger */
}

static void sampled(SourceEntropy *out, const Source *s, i64 texts)
{
    Arena   arena = { 0 };
    double *nats = NEW(&arena, double, texts * TEXT);
    Filter  f = { .source = s, .belief = NEW(&arena, double, s->states),
                  .ahead = NEW(&arena, double,
                               i64_max(s->states, s->rule.letters)) };
    for (i64 i = 0; i < texts; i++)
        text_entropy(nats + i * TEXT, &f, i + 1);
    summary(out, nats, texts);
    arena_free(&arena);
}

/* A chain without noise: its sums (synth.h). */
static void summed(SourceEntropy *out, const Synth *chain)
{
    out->nats = chain->entropy_nats[chain->order];
    out->se = 0;
    for (int j = 0; j <= SOURCE_CONTEXTS; j++)
        out->after[j] = chain->entropy_nats[j < chain->order ? j
                                                             : chain->order];
}

void source_entropy(SourceEntropy *out, const Source *s, i64 letters)
{
    if (!s->rule.hidden && s->rule.noise == 0)
        summed(out, &s->chain);
    else
        sampled(out, s, i64_max(letters / TEXT, 2));
}
