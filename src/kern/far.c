/* far.c - see far.h. What is written here is the definition. */

#include "kern/far.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

void kern_copy(const Kern *kern, real *to, const real *from, i64 n)
{
    if (kern->far)
        kern->far->copy(to, from, n);
    else
        memcpy(to, from, (size_t)n * sizeof *to);
}

void kern_zero(const Kern *kern, real *x, i64 n)
{
    if (kern->far)
        kern->far->zero(x, n);
    else
        memset(x, 0, (size_t)n * sizeof *x);
}

void kern_times(const Kern *kern, real *x, i64 n, real factor)
{
    if (kern->far) {
        kern->far->times(x, n, factor);
        return;
    }
    for (i64 i = 0; i < n; i++)
        x[i] *= factor;
}

void kern_swap(const Kern *kern, real *to, const real *from, i64 A, i64 B,
               i64 n)
{
    if (kern->far) {
        kern->far->swap(to, from, A, B, n);
        return;
    }
    for (i64 a = 0; a < A; a++)
        for (i64 b = 0; b < B; b++)
            memcpy(to + (b * A + a) * n, from + (a * B + b) * n,
                   (size_t)n * sizeof *to);
}

/* Each column is made by turning on and on by its first angle, in double: off
 * by at most t 2^-53 or so, where a cosine each would cost more than the rest
 * of a small pass. */
void kern_turns(const Kern *kern, real *turn, i64 T, i64 S)
{
    if (kern->far) {
        kern->far->turns(turn, T, S);
        return;
    }
    for (i64 i = 0; i < S / 2; i++) {
        const double angle = pow(10000, -2 * (double)i / (double)S);
        const double c1 = cos(angle), s1 = sin(angle);
        double       c = 1, s = 0;
        for (i64 t = 0; t < T; t++) {
            turn[t * S + i]         = (real)c;
            turn[t * S + S / 2 + i] = (real)s;
            const double next = c * c1 - s * s1;
            s = s * c1 + c * s1;
            c = next;
        }
    }
}

u64 drop_key(const Drop *drop, i64 sequence)
{
    const u64 own = rng_u64(drop->seed, RNG_DROPOUT, (u64)sequence);
    return rng_u64(own, RNG_DROPOUT, drop->place);
}

void kern_drop(const Kern *kern, real *y, const real *x, const real *add, i64 B,
               i64 n, const Drop *drop)
{
    if (kern->far) {
        kern->far->drop(y, x, add, B, n, drop);
        return;
    }
    for (i64 b = 0; b < B; b++)
        kern->dropout(y + b * n, x + b * n, add ? add + b * n : NULL, n,
                      drop_key(drop, drop->sequence + b), drop->p);
}

void kern_attention(const Kern *kern, real *o, real *keep, real *work,
                    const real *qkv, i64 B, const Attend *a)
{
    const i64 wide = a->H * a->S, row = (a->H + 2 * a->KV) * a->S;
    if (kern->far) {
        kern->far->attention(o, keep, qkv, B, a);
        return;
    }
    const i64 kept = kern->attention_keep(a);
    for (i64 b = 0; b < B; b++)
        kern->attention(o + b * a->T * wide, keep + b * kept, work,
                        qkv + b * a->T * row, a);
}

void kern_attention_back(const Kern *kern, real *dqkv, real *work,
                         const real *d_o, const real *o, const real *qkv,
                         const real *keep, i64 B, const Attend *a)
{
    const i64 wide = a->H * a->S, row = (a->H + 2 * a->KV) * a->S;
    if (kern->far) {
        kern->far->attention_back(dqkv, d_o, o, qkv, keep, B, a);
        return;
    }
    const i64 kept = kern->attention_keep(a);
    for (i64 b = 0; b < B; b++)
        kern->attention_back(dqkv + b * a->T * row, work,
                             d_o + b * a->T * wide, o + b * a->T * wide,
                             qkv + b * a->T * row, keep + b * kept, a);
}
