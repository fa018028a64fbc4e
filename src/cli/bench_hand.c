/* bench_hand.c - the law by hand behind the contract of laws of code. */

#include "cli/bench_hand.h"

#include "law/law_vec.h"

#include <math.h>
#include <string.h>

typedef struct Prepared {
    i64       nrow;
    double   *ln_n, *ln_d;
    BenchHand *run;
} Prepared;

/* The one of the same width as formulas are run with. */
static BenchHand *widest(void)
{
#ifdef __x86_64__
    if (strcmp(law_vec()->name, "avx512") == 0)
        return bench_hand_avx512;
    if (strcmp(law_vec()->name, "avx2") == 0)
        return bench_hand_avx2;
#endif
    return bench_hand_plain;
}

static void *prepare(Arena *arena, double *const *column, i64 nrow)
{
    Prepared *p = NEW(arena, Prepared, 1);
    *p = (Prepared){ nrow, NEW(arena, double, nrow), NEW(arena, double, nrow),
                     widest() };
    for (i64 i = 0; i < nrow; i++) {
        p->ln_n[i] = log(column[0][i]);
        p->ln_d[i] = log(column[1][i]);
    }
    return p;
}

static void eval(double *out, double *jac, double *hess, const void *prepared,
                 const double *theta)
{
    const Prepared *p = prepared;
    p->run(out, jac, hess, p->ln_n, p->ln_d, theta, p->nrow);
}

static const u8 pairs[][2] = { { 1, 3 }, { 2, 4 }, { 3, 3 }, { 4, 4 } };

static const LawCode by_hand = {
    .name = "by-hand", .response = "loss", .ncolumn = 2, .nparam = 5,
    .column = { "N", "D" }, .param = { "E", "A", "B", "alpha", "beta" },
    .linear = 7, .npair = COUNT_OF(pairs), .pair = pairs,
    .prepare = prepare, .eval = eval,
};

const LawCode *bench_hand_code(void)
{
    return &by_hand;
}

const Law *bench_hand_law(Arena *arena, const Law *like)
{
    Err err = { 0 };
    Law *law = NEW(arena, Law, 1);
    *law = *like;
    law->name = by_hand.name;
    law->code = &by_hand;
    law->compiled = NULL;
    return law_compile(law, arena, &err) ? law : NULL;
}
