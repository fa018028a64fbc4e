/* law_vec.h - private to this room: running a formula's steps over rows with
 * the widest vectors that the processor has, as law_vec_NAME.c compile them
 * from law_steps.inc.h.
 *
 * The environment's SCALELAW_VECTOR, one of their names, asks for another than
 * the widest. Between them values differ by roundings; with the same one, the
 * same input gives the same bits, for a row alone as for one of many. */

#ifndef LAW_VEC_H
#define LAW_VEC_H

#include "law/formula.h"

enum { VEC_ROWS = 8 }; /* the fewest rows that are run; fewer are padded */

/* Where operands and results of a step lie: base[kind] + slot * stride[kind].
 * A scalar stands there VEC_ROWS times over. */
typedef struct Memory {
    double *base[TAPE_KINDS];
    i64     stride[TAPE_KINDS];
} Memory;

typedef struct LawVec {
    const char *name, *about;
    bool (*usable)(void);
    /* Runs steps over n rows, at least VEC_ROWS. True if all that came out is
     * finite. */
    bool (*run)(const TapeStep *step, int nstep, const Memory *memory, i64 n);
    /* n of any size; out may be x. */
    void (*exp)(double *out, const double *x, i64 n);
    void (*log)(double *out, const double *x, i64 n);
    bool (*finite)(const double *x, i64 n); /* all of them */
} LawVec;

/* The one to use, chosen once; or by its name, NULL if it is not there or not
 * usable here. law_vec_use puts another in place, for tests and benchmarks, and
 * NULL the choice again. */
const LawVec *law_vec(void);
const LawVec *law_vec_find(const char *name);
void          law_vec_use(const LawVec *vec);

#endif
