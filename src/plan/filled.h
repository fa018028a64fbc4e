/* filled.h - a law's formula with the numbers in: "lr = 1.79*1e9^(-0.713)*..."
 * so that an answer shows how it was reached. */

#ifndef FILLED_H
#define FILLED_H

#include "law/law.h"

/* Parameters from theta, columns from column[] (in the law's order); what is
 * neither stays as it is, and so does the left side. Functions keep their
 * names. Of a law of code: its name and its arguments. */
const char *law_filled(Arena *arena, const Law *law, const double *theta,
                       const double *column);

/* The law at one row. */
double law_one(const Law *law, const double *theta, const double *column);

#endif
