/* fit_answer.h - everything that `scalelaw fit` finds out, before any of it is
 * shown: fit_show.h prints it for people, fit_json.h for programs. */

#ifndef FIT_ANSWER_H
#define FIT_ANSWER_H

#include "cli/fit_counts.h"
#include "cli/fit_laws.h"
#include "cli/fit_ways.h"
#include "fit/holdout.h"
#include "fit/suspect.h"

/* The law by one objective, and the line of its optima where it has one. */
typedef struct FitSide {
    Fit      fit;
    bool     has_line;
    Frontier line;
    char     why[400]; /* no line, in words; empty where none is expected */
} FitSide;

/* May groups share: one set of parameters that were one a group. */
typedef struct FitApart {
    const char *what;    /* "offsets E, A and B"                            */
    bool        refused;
    char        words[400];
    FitSharing  sharing;
} FitApart;

typedef struct FitAnswer {
    Table       all, runs;      /* read, and fitted                         */
    const char *counts;         /* what N counts, or NULL                   */
    FitSide     side[2];        /* the chosen objective, the other          */

    Suspects    suspects;       /* rows of `all`                            */
    bool        left_out;       /* --without-outliers                       */
    bool        has_contrast;   /* fitted the other way as well             */
    FitSide     contrast;       /* without them, or (left_out) with them    */
    char        contrast_why[400];

    int         nheld;          /* hold-outs: by compute, size, data        */
    Holdout     holdout[3];
    i64         nwindow;
    Holdout    *window;
    FitNoise    noise;

    i64         nscore;         /* several laws; 0: one                     */
    LawScore   *score;
    i64         best_bic, best_held; /* -1: none                            */

    i64         napart;
    FitApart   *apart;
    const char *apart_words;    /* the verdict                              */

    FitWays     ways;
    FitCounts   conventions;    /* count 0: not asked                       */
} FitAnswer;

bool fit_answer(FitAnswer *out, Arena *arena, const FitArgs *args, Err *err)
    MUST_USE;

#endif
