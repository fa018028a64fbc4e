/* compare_study.h - two studies side by side: what was different in how they were
 * made, and whether one recipe is a constant factor of compute ahead (an
 * offset) or pulls away as compute grows (another exponent).
 *
 * The compute-equivalent gain of the second over the first, at a budget c: the
 * compute that the first needs for the loss that the second reaches at c, over
 * c. Both spend their compute optimally, each by its own chosen fit and its
 * own family of shapes. 1: neither is ahead. Intervals pair the draws of the
 * two fits, which know nothing of each other.
 *
 * Losses are compared in nats per token where both have the same tokens, else
 * in bits per byte. On different texts a loss says as much about the text as
 * about the recipe: there no gain is formed, and exponents are compared alone.
 *
 * SEE: Davidson et al. 2023, arXiv:2312.07413, for the gain. */

#ifndef COMPARE_STUDY_H
#define COMPARE_STUDY_H

#include "report/analysis.h"

enum { COMPARE_ROWS = 9, COMPARE_TERMS = 8 };

typedef struct CompareRow {
    double   c;                 /* FLOP                                        */
    Interval loss[2], n[2];     /* at the optimum; loss in the unit            */
    Interval difference;        /* the second's loss less the first's          */
    Interval gain;              /* NaN: the first never reaches that loss, or
                                   the texts differ                            */
    double   reached;           /* compute of the first behind the gain        */
} CompareRow;

/* A number of each fit. */
typedef struct CompareTerm {
    const char *name, *about;
    Interval    of[2], difference;
} CompareTerm;

typedef struct CompareSetting { const char *key, *of[2]; } CompareSetting;

typedef enum CompareVerdict {
    COMPARE_NONE,       /* nothing can be said; see words                  */
    COMPARE_SAME,       /* the gain's interval holds 1 at every row        */
    COMPARE_OFFSET,     /* a gain that does not change with compute        */
    COMPARE_EXPONENT,   /* a gain that does                                */
} CompareVerdict;

typedef struct Compare {
    const Analysis *of[2];
    const char     *unit;       /* "nats per byte", "bits per byte"            */
    double          per[2];     /* that many of it make a nat per token        */
    bool            same_text;
    double          c_low, c_high;  /* budgets that both were fitted on        */
    CompareRow      row[COMPARE_ROWS]; /* log-spaced from c_low to c_high      */
    Interval        gain_slope; /* d ln gain / d ln c over the rows; 0: offset */
    int             nterm;
    CompareTerm     term[COMPARE_TERMS]; /* additive law, Huber, and the power
                                            of N_opt                           */
    i64             nsetting;
    CompareSetting *setting;    /* of the studies' files, where they differ    */
    CompareVerdict  verdict;
    char            words[600]; /* in a sentence or two                        */
} Compare;

/* ERR_REFUSED where the two share no budget. */
bool compare_make(Compare *out, Arena *arena, const Analysis *first,
                  const Analysis *second, Err *err) MUST_USE;

/* As a screenful, as JSON, and as a page of its own. */
void compare_print(const Compare *compare, FILE *out);
void compare_json(const Compare *compare, Str *out);
void compare_page(const Compare *compare, Str *out);

#endif
