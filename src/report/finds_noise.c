/* finds_noise.c - the noise of a loss, from runs repeated with other seeds.
 *
 * Two runs are repeats if their configurations are the same word for word but
 * for the seed and what decides nothing (how often was looked, what was kept).
 * Runs that begin from another's parameters name it by its id, which holds its
 * seed: that line is passed over too, and their shapes and data are the same.
 *
 * The held-out tokens are the same for all, so that the error of measuring on
 * so many of them moves all seeds alike: it is no part of what is seen here,
 * and stands beside it. */

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Repeats ------------------------------------------------------------------ */

/* Lines that may differ between repeats. */
static bool passed_over(const char *line, size_t size)
{
    static const char *const key[] = { "seed", "keep", "eval_points",
                                       "checkpoint_s", "start_run" };
    const size_t word = strcspn(line, " =\n");
    for (int k = 0; k < COUNT_OF(key); k++)
        if (word == strlen(key[k]) && word <= size
            && strncmp(line, key[k], word) == 0)
            return true;
    return false;
}

/* The next line that counts; its size, without its end. */
static const char *next(const char *text, size_t *size)
{
    for (;;) {
        *size = strcspn(text, "\n");
        if (!*text || !passed_over(text, *size))
            return text;
        text += *size + (text[*size] == '\n');
    }
}

static bool same_config(const char *a, const char *b)
{
    if (!a || !b || !*a || !*b)
        return false;
    for (;;) {
        size_t na, nb;
        a = next(a, &na);
        b = next(b, &nb);
        if (na != nb || strncmp(a, b, na) != 0)
            return false;
        if (!*a || !*b)
            return *a == *b;
        a += na + (a[na] == '\n');
        b += nb + (b[nb] == '\n');
    }
}

static bool repeats(const Run *a, const Run *b)
{
    return finds_same_shape(&a->shape, &b->shape) && a->tokens == b->tokens
        && a->unique_tokens == b->unique_tokens
        && finds_same_text(a->corpus_sha256, b->corpus_sha256)
        && finds_same_text(a->code, b->code)
        && (a->start != NULL) == (b->start != NULL)
        && (a->trunk != NULL) == (b->trunk != NULL)
        && !(a->trunk_step < b->trunk_step || a->trunk_step > b->trunk_step)
        && same_config(a->config, b->config);
}

/* The same seed twice is the same run under two names. */
static void take(NoiseSet *s, const Run *run)
{
    i64 at = s->count;
    for (i64 i = 0; i < s->count; i++)
        if (s->run[i]->seed == run->seed)
            return;
    for (; at > 0 && s->run[at - 1]->seed > run->seed; at--)
        s->run[at] = s->run[at - 1];
    s->run[at] = run;
    s->count++;
}

/* Chi-square --------------------------------------------------------------- */

/* P(X >= x), freedom by freedom from one or two on.
 * SOURCE: Abramowitz and Stegun 1964, 26.4.4 and 26.4.5. */
static double above(double x, i64 freedom)
{
    const bool odd   = freedom % 2;
    double     share = odd ? erfc(sqrt(x / 2)) : exp(-x / 2);
    double     term  = odd ? sqrt(2 * x / M_PI) * exp(-x / 2)
                           : x / 2 * exp(-x / 2);
    for (i64 have = odd ? 1 : 2; have < freedom; have += 2) {
        share += term;
        term *= x / (double)(have + 2);
    }
    return share;
}

static double quantile(double share_above, i64 freedom)
{
    double low = 0, high = 1;
    while (above(high, freedom) > share_above)
        high *= 2;
    for (int i = 0; i < 100; i++) {
        const double middle = (low + high) / 2;
        if (above(middle, freedom) > share_above)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

void noise_chi_square(double *low, double *high, i64 freedom)
{
    *low  = quantile(0.975, freedom);
    *high = quantile(0.025, freedom);
}

static Interval sd_of(double squares, i64 freedom)
{
    double low, high;
    noise_chi_square(&low, &high, freedom);
    return (Interval){ sqrt(squares / (double)freedom), sqrt(squares / high),
                       sqrt(squares / low) };
}

/* Sets --------------------------------------------------------------------- */

static double squares_of(NoiseSet *s)
{
    double sum = 0;
    s->mean = s->eval_se = 0;
    for (i64 i = 0; i < s->count; i++) {
        s->mean += log(s->run[i]->val_loss) / (double)s->count;
        s->eval_se += s->run[i]->val_se / s->run[i]->val_loss
                    / (double)s->count;
    }
    for (i64 i = 0; i < s->count; i++) {
        const double off = log(s->run[i]->val_loss) - s->mean;
        sum += off * off;
    }
    return sum;
}

static NoiseSet gather(Arena *arena, const RunList *runs, i64 first,
                       bool *taken, CountN counts)
{
    const Run *like = &runs->run[first];
    NoiseSet s = { .run = NEW(arena, const Run *, runs->count - first),
                   .n = count_n(like->shape, counts),
                   .d = (double)like->tokens };
    for (i64 i = first; i < runs->count; i++)
        if (!taken[i] && finds_done(&runs->run[i])
            && repeats(like, &runs->run[i])) {
            taken[i] = true;
            take(&s, &runs->run[i]);
        }
    return s;
}

static int by_size(const void *a, const void *b)
{
    const NoiseSet *x = a, *y = b;
    return x->n != y->n ? (x->n > y->n) - (x->n < y->n)
                        : (x->d > y->d) - (x->d < y->d);
}

void noise_find(Noise *out, Arena *arena, const RunList *runs, CountN counts)
{
    bool  *taken = NEW(arena, bool, runs->count + 1);
    double all   = 0;
    *out = (Noise){ .set = NEW(arena, NoiseSet, runs->count + 1),
                    .sd = { NAN, NAN, NAN } };
    for (i64 i = 0; i < runs->count; i++) {
        Arena    scratch = { 0 };
        NoiseSet s = { 0 };
        if (!taken[i] && finds_done(&runs->run[i]))
            s = gather(&scratch, runs, i, taken, counts);
        if (s.count >= 2) {
            const double squares = squares_of(&s);
            const Run  **kept = NEW(arena, const Run *, s.count);
            memcpy(kept, s.run, (size_t)s.count * sizeof *kept);
            s.run = kept;
            s.sd  = sd_of(squares, s.count - 1);
            all += squares;
            out->freedom += s.count - 1;
            out->set[out->count++] = s;
        }
        arena_free(&scratch);
    }
    qsort(out->set, (size_t)out->count, sizeof *out->set, by_size);
    if (out->count > 0)
        out->sd = sd_of(all, out->freedom);
}
