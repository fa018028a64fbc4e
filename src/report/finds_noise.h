/* finds_noise.h - how far a loss moves when nothing but the seed changes: runs
 * whose configurations are the same word for word, save the seed. A pure
 * function of the records. */

#ifndef FINDS_NOISE_H
#define FINDS_NOISE_H

#include "fit/fit.h"
#include "store/run.h"

typedef struct NoiseSet {
    i64         count;     /* runs, of as many seeds: at least two           */
    const Run **run;       /* seeds rising                                   */
    double      n, d;
    double      mean;      /* of ln L                                        */
    Interval    sd;        /* of ln L from run to run, by chi-square         */
    double      eval_se;   /* of ln L: of the tokens it was measured on, the
                              same for all; NaN: not known                   */
} NoiseSet;

typedef struct Noise {
    i64       count;
    NoiseSet *set;         /* sizes rising                                   */
    i64       freedom;     /* of all sets together                           */
    Interval  sd;          /* theirs; NaN: no repeats                        */
} Noise;

void noise_find(Noise *out, Arena *arena, const RunList *runs, CountN counts);

/* A variance of so many degrees of freedom lies with 95 % between its estimate
 * times freedom over these two (chi-square); low < high. */
void noise_chi_square(double *low, double *high, i64 freedom);

#endif
