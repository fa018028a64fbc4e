/* num.h - numbers as people read them. Every function fills `out`, which holds
 * at least NUM_TEXT bytes, and returns it; NaN becomes an en dash. */

#ifndef NUM_H
#define NUM_H

#include "base/base.h"
#include "fit/fit.h"

enum { NUM_TEXT = 64 };

/* 61234 -> "61.2 k", 1.2e9 -> "1.20 B" with three digits, in the field's k M B
 * T; digits 0: as many as there are, up to four, "1.2 B". */
const char *num_si(char *out, double value, int digits);

/* 3e12 -> "3e12", 2.34e21 -> "2.34e21": up to three digits, no padding. */
const char *num_flop(char *out, double value);

/* The same for pages: "3 × 10¹²". */
const char *num_power(char *out, double value);

/* %.*g, with "–" for what is not known. */
const char *num_plain(char *out, double value, int digits);

/* 0.0123 -> "+1.23 %". */
const char *num_percent(char *out, double share);

/* "52.0 k to 70.1 k", or empty without ends. */
const char *num_si_ends(char *out, Interval x);
const char *num_ends(char *out, Interval x, int decimals);

/* "61.2 k (52.0 k to 70.1 k)"; without ends, the value alone. */
const char *num_si_interval(char *out, Interval x);

/* "0.512 (0.480 to 0.541)", a fixed number of decimals. */
const char *num_interval(char *out, Interval x, int decimals);

#endif
