/* predict_source.h - by what a run is foretold: a fit of one's own, or published
 * constants of a law. */

#ifndef PREDICT_SOURCE_H
#define PREDICT_SOURCE_H

#include "fit/fit.h"

typedef struct PredictSource {
    const char *name;             /* a file, or "chinchilla:hoffmann"         */
    Fit         fit;              /* published constants: with draws or not   */
    const char *source, *caveat;  /* or NULL                                  */
    double      c_max;            /* largest compute of its data; NaN unknown */
    const char *c_source;         /* where that stands, or NULL               */
} PredictSource;

/* "fit.json", "chinchilla:hoffmann", "chinchilla" (its first set), "my.law:me". */
bool predict_source_find(PredictSource *out, Arena *arena, const char *name,
                         Err *err) MUST_USE;

#endif
