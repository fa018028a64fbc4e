/* fit_laws.h - which laws a fit is about: names and files, families of laws,
 * parameters pinned and bounded. */

#ifndef FIT_LAWS_H
#define FIT_LAWS_H

#include "cli/fit_args.h"
#include "law/law.h"

typedef struct LawList { i64 count; const Law **item; } LawList;

/* A name that is no law but begins several, as bnsl does bnsl-0 to bnsl-3,
 * stands for them all. */
bool fit_laws_find(LawList *out, Arena *arena, const FitArgs *args, Err *err)
    MUST_USE;

#endif
