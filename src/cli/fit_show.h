/* fit_show.h - a fit in words, for a terminal. */

#ifndef FIT_SHOW_H
#define FIT_SHOW_H

#include "fit/isoflop.h"

#include <stdio.h>

/* frontier: NULL where the law has none. */
void fit_show(const Fit *fit, const Frontier *frontier, FILE *out);

#endif
