/* fit_show.h - what a fit found out, in words for a terminal: one screen where
 * no more was asked. */

#ifndef FIT_SHOW_H
#define FIT_SHOW_H

#include "cli/fit_answer.h"

#include <stdio.h>

void fit_show(const FitAnswer *answer, const FitArgs *args, FILE *out);

/* A label in the margin, and words beside it, broken at blanks. */
void fit_paragraph(FILE *out, const char *label, const char *format, ...)
    PRINTF(3, 4);

/* ---- fit_show_more.c: what is shown where it was asked for -------------- */

void fit_show_scores(const FitAnswer *answer, FILE *out);
void fit_show_windows(const FitAnswer *answer, FILE *out);
void fit_show_apart(const FitAnswer *answer, FILE *out);
void fit_show_conventions(const FitAnswer *answer, FILE *out);
void fit_show_ways(const FitAnswer *answer, FILE *out);

#endif
