/* arch_share.h - private to report/: which constants of the additive law two
 * architectures share. */

#ifndef ARCH_SHARE_H
#define ARCH_SHARE_H

#include "report/finds_arch.h"

/* Fills model, best, likelihood, p and verdict from the sides and their
 * differences. */
bool arch_share(Archs *out, Arena *arena, CountN counts, FitOptions options,
                Err *err) MUST_USE;

#endif
