/* fdist.h - the upper tail of Fisher's F: how often a ratio of two variances
 * that are the same comes out this large. Private to this room. */

#ifndef FDIST_H
#define FDIST_H

/* P(F >= f) for F of d1 and d2 degrees of freedom, all above 0; 1 for f <= 0,
 * NaN where a number is. */
double fdist_above(double f, double d1, double d2);

#endif
