/* source.h - sources of known entropy that corpora are made of: a Markov chain
 * (synth.h), or a hidden Markov model; and either behind noise that replaces a
 * letter by one drawn uniformly.
 *
 * What a model can reach at best is the entropy of a letter given those that
 * it reads. Of a chain alone that is a sum. Behind noise, or with states that
 * are not seen, it is an expectation over texts, estimated with its standard
 * error by the exact filter (source_filter.c). */

#ifndef SOURCE_H
#define SOURCE_H

#include "data/synth.h"

enum { SOURCE_CONTEXTS = 64, SOURCE_STATES_MAX = 256 };

typedef struct SourceRule {
    bool   hidden;          /* "hmm", not "markov"                            */
    i64    order;           /* of a chain                                     */
    i64    letters, states; /* states: of a hidden one                        */
    u64    seed;
    double noise;           /* share of the letters that are drawn anew       */
} SourceRule;

typedef struct Source {
    SourceRule    rule;
    Synth         chain;         /* of a chain: its table                     */
    i64           states;        /* contexts of a chain, or hidden states     */
    double       *move, *emit;   /* hidden: [states][states] and [][letters]  */
    const double *stationary;    /* [states]                                  */
} Source;

/* Nats a letter. `after[j]` given the j letters before it, j from 0. */
typedef struct SourceEntropy {
    double nats;                 /* given all before it: the rate             */
    double se;                   /* standard error; 0: a sum, not an estimate */
    double after[SOURCE_CONTEXTS + 1];
} SourceEntropy;

bool source_make(Source *out, Arena *arena, const SourceRule *rule, Err *err)
    MUST_USE;

/* Of a sample of so many letters, where it is no sum. */
void source_entropy(SourceEntropy *out, const Source *source, i64 letters);

bool source_write(const Source *source, const char *path, i64 bytes, Err *err)
    MUST_USE;

/* For source_filter.c: letter number `at` of text number `text` (0: the one
 * that is written) as seen; `state` is moved on. At 0 it is drawn first. */
i64 source_letter(const Source *source, i64 *state, i64 text, i64 at);

#endif
