/* law_vec_plain.c - formulas over 2 rows at a time, on any processor: whatever
 * the compiler takes for granted. See law_steps.inc.h. */

#define LANES 2
#include "law/law_steps.inc.h"

static bool usable(void) { return true; }

extern const LawVec law_vec_plain;
const LawVec law_vec_plain = {
    .name = "plain", .about = "2 rows at a time, any processor", LAW_VEC_CPU
};
