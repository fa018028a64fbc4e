/* suspect.h - runs that may have failed: found, named, and never dropped in
 * silence. Whoever fits lists them, and shows the answer with and without.
 *
 * Before any law is asked, from the losses alone:
 *
 *   worse     a run whose loss is more than 3 % above that of a run with no
 *             more of N, D, C and S, and the same of the law's other columns
 *   plateau   three or more such runs, within 1 % of one another: whatever their
 *             size they stopped at one loss, as those do that never got beyond
 *             the frequencies of single tokens
 *   copy      a row that repeats an earlier one in every cell
 *
 * and from a fit of the others:
 *
 *   outlier   a residual of ln L more than 5 robust standard deviations out,
 *             its leverage taken into account */

#ifndef SUSPECT_H
#define SUSPECT_H

#include "fit/fit.h"

typedef enum SuspectKind {
    SUSPECT_WORSE, SUSPECT_PLATEAU, SUSPECT_OUTLIER, SUSPECT_COPY,
} SuspectKind;

typedef struct Suspect {
    i64         row;
    SuspectKind kind;
    char        words[200]; /* why, without the run's name */
} Suspect;

typedef struct Suspects { i64 count; Suspect *item; } Suspects;

/* "worse than a smaller run", "stuck at a plateau", "outlier", "copy". */
const char *suspect_kind(SuspectKind kind);

/* By row, each at most once. Nothing for a table without the law's columns, or
 * a law of none of N, D, C and S. */
Suspects suspects_by_loss(Arena *arena, const Law *law, const Table *runs);

/* For every row the first one that is equal to it in every cell, or -1. Linear
 * in rows. */
i64 *copies_of(Arena *arena, const Table *runs);

/* Rows of `runs` that lie far off the fit (of all or of some of them) and are
 * not in `known`; by row. */
Suspects suspects_by_fit(Arena *arena, const Fit *fit, const Table *runs,
                         const Suspects *known);

/* Both lists, by row. */
Suspects suspects_join(Arena *arena, const Suspects *a, const Suspects *b);

/* The rows that are in no list. */
Table suspects_without(Arena *arena, const Table *runs, const Suspects *out);

#endif
