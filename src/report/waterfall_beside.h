/* waterfall_beside.h - private to report/: other ways to count and to read the
 * runs of a waterfall's first and last step. */

#ifndef WATERFALL_BESIDE_H
#define WATERFALL_BESIDE_H

#include "report/finds_waterfall.h"

/* Fills out->beside. */
void waterfall_beside(Waterfall *out, Str *lost, Arena *arena,
                      const Midway *kaplan, const Midway *tuned,
                      const char *runs_dir, FitOptions options);

#endif
