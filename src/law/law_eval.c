/* law_eval.c - a compiled law over the rows of a table.
 *
 * Rows are taken in blocks small enough for the first-level cache; all the
 * scratch there is lies on the stack, so evaluation allocates nothing and any
 * number of threads may do it at once. */

#include "law/formula.h"
#include "law/law_code.h"

#include <math.h>
#include <string.h>

enum {
    SCRATCH   = 1 << 14, /* doubles: 128 KiB of stack          */
    BLOCK_MAX = 128,     /* rows; more gains nothing           */
};

struct LawRows {
    const Law  *law;
    i64         nrow;
    const void *prepared; /* of a law of code */
    double   **fixed; /* [nslot[TAPE_FIXED]][nrow] */
};

/* One block's worth of everything. */
typedef struct Block {
    const Formula *tape;
    const double  *scalar;
    double       **fixed, **row;
    i64            from, n, nrow;
} Block;

static double *slot_of(const Block *b, TapeRoot root)
{
    return root.kind == TAPE_FIXED ? b->fixed[root.slot] : b->row[root.slot];
}

static void put(double *out, const Block *b, TapeRoot root)
{
    if (root.kind == TAPE_SCALAR) {
        for (i64 i = 0; i < b->n; i++)
            out[i] = b->scalar[root.slot];
    } else {
        memcpy(out, slot_of(b, root), (size_t)b->n * sizeof *out);
    }
}

/* Overflow is +inf and never NaN; where a value is not finite, or a slope is
 * the 0 * inf of a parameter at its bound, the slope is given as 0. */
static void tame_value(double *value, i64 n)
{
    for (i64 i = 0; i < n; i++)
        if (isnan(value[i]))
            value[i] = INFINITY;
}

static void tame_slope(double *slope, const double *value, i64 n)
{
    for (i64 i = 0; i < n; i++)
        if (!isfinite(slope[i]) || !isfinite(value[i]))
            slope[i] = 0;
}

static void give(double *out, double *jac, double *hess, const Block *b)
{
    const Formula *tape = b->tape;
    put(out + b->from, b, tape->value);
    tame_value(out + b->from, b->n);
    for (int p = 0; jac && p < tape->nparam; p++) {
        double *slope = jac + p * b->nrow + b->from;
        put(slope, b, tape->slope[p]);
        tame_slope(slope, out + b->from, b->n);
    }
    for (int k = 0; hess && k < tape->npair; k++) {
        double *curve = hess + k * b->nrow + b->from;
        put(curve, b, tape->curve[k]);
        tame_slope(curve, out + b->from, b->n);
    }
}

static int level_of(const double *jac, const double *hess)
{
    return hess ? 2 : jac ? 1 : 0;
}

static i64 block_rows(i64 slots)
{
    return i64_max(1, i64_min(BLOCK_MAX, SCRATCH / i64_max(1, slots)));
}

LawRows *law_rows(Arena *arena, const Law *law, double *const *column,
                  i64 nrow)
{
    LawRows *rows = NEW(arena, LawRows, 1);
    *rows = (LawRows){ .law = law, .nrow = nrow };
    if (law->code) {
        rows->prepared = law->code->prepare(arena, column, nrow);
        return rows;
    }
    const Formula *tape = law->compiled;
    static const double none[LAW_PARAMS_MAX];
    double scalar[FORMULA_NODES_MAX];
    const double *from[LAW_COLUMNS_MAX];
    for (int c = 0; c < law->ncolumn; c++)
        from[c] = column[c];

    const int nfixed = tape->nslot[TAPE_FIXED];
    rows->fixed = NEW(arena, double *, nfixed + 1);
    for (int i = 0; i < nfixed; i++)
        rows->fixed[i] = NEW(arena, double, nrow);
    tape_scalars(scalar, tape, none, 2); /* only its numbers are used */
    tape_fixed(rows->fixed, tape, scalar, from, nrow, 2);
    return rows;
}

void law_tame(double *out, double *more, int count, i64 nrow)
{
    for (int k = 0; more && k < count; k++)
        tame_slope(more + k * nrow, out, nrow);
    tame_value(out, nrow);
}

static void code_rows(double *out, double *jac, double *hess,
                      const LawRows *rows, const double *theta)
{
    const Law *law = rows->law;
    law->code->eval(out, jac, hess, rows->prepared, theta);
    law_tame(out, jac, law->nparam, rows->nrow);
    law_tame(out, hess, law->npair, rows->nrow);
}

void law_rows_eval(double *out, double *jac, double *hess, const LawRows *rows,
                   const double *theta)
{
    if (rows->law->code) {
        code_rows(out, jac, hess, rows, theta);
        return;
    }
    const Formula *tape = rows->law->compiled;
    const int level = level_of(jac, hess), nrowslot = tape->nslot[TAPE_ROW];
    const int nfixed = tape->nslot[TAPE_FIXED];
    double  scalar[FORMULA_NODES_MAX], scratch[SCRATCH];
    double *fixed[FORMULA_NODES_MAX], *row[FORMULA_NODES_MAX];
    const i64 most = block_rows(nrowslot);

    tape_scalars(scalar, tape, theta, level);
    for (int i = 0; i < nrowslot; i++)
        row[i] = scratch + i * most;
    for (i64 at = 0; at < rows->nrow; at += most) {
        const Block b = { tape, scalar, fixed, row, at,
                          i64_min(most, rows->nrow - at), rows->nrow };
        for (int i = 0; i < nfixed; i++)
            fixed[i] = rows->fixed[i] + at;
        tape_rows(row, tape, scalar, fixed, b.n, level);
        give(out, jac, hess, &b);
    }
}

/* One block of the table from row `at` on, its fixed nodes made on the spot. */
static void eval_block(double *out, double *jac, double *packed,
                       const Formula *tape, const double *scalar,
                       double *const *column, i64 at, i64 n)
{
    double  scratch[SCRATCH];
    double *fixed[FORMULA_NODES_MAX], *row[FORMULA_NODES_MAX];
    const double *from[LAW_COLUMNS_MAX];
    const int nfixed = tape->nslot[TAPE_FIXED];
    const int level = level_of(jac, packed);
    for (int c = 0; c < tape->ncolumn; c++)
        from[c] = column[c] + at;
    for (int i = 0; i < nfixed; i++)
        fixed[i] = scratch + i * n;
    for (int i = 0; i < tape->nslot[TAPE_ROW]; i++)
        row[i] = scratch + (nfixed + i) * n;

    tape_fixed(fixed, tape, scalar, from, n, level);
    tape_rows(row, tape, scalar, fixed, n, level);
    const Block b = { tape, scalar, fixed, row, 0, n, n };
    give(out, jac, packed, &b);
}

enum { PAIRS_MAX = LAW_PARAMS_MAX * (LAW_PARAMS_MAX + 1) / 2 };

/* From a block's [k][n] to the table's [k][nrow]. */
static void scatter(double *to, const double *from, i64 count, i64 at, i64 n,
                    i64 nrow)
{
    for (i64 k = 0; k < count; k++)
        memcpy(to + k * nrow + at, from + k * n, (size_t)n * sizeof *to);
}

static void scatter_pairs(double *hess, const double *packed, const Law *law,
                          i64 at, i64 n, i64 nrow)
{
    for (int k = 0; k < law->npair; k++) {
        const int i = law->pair[k][0], j = law->pair[k][1];
        scatter(hess + (i * law->nparam + j) * nrow, packed + k * n, 1, at, n,
                nrow);
        scatter(hess + (j * law->nparam + i) * nrow, packed + k * n, 1, at, n,
                nrow);
    }
}

void law_eval(double *out, double *jac, double *hess, const Law *law,
              const double *theta, double *const *column, i64 nrow)
{
    enum { ROWS = 32 }; /* keeps the small derivative blocks on the stack */
    if (law->code) {
        law_code_eval(out, jac, hess, law, theta, column, nrow);
        return;
    }
    const Formula *tape = law->compiled;
    double scalar[FORMULA_NODES_MAX];
    double slope[LAW_PARAMS_MAX * ROWS], curve[PAIRS_MAX * ROWS];
    const i64 most = i64_min(ROWS, block_rows(tape->nslot[TAPE_ROW]
                                              + tape->nslot[TAPE_FIXED]));
    if (hess)
        memset(hess, 0, (size_t)(law->nparam * law->nparam * nrow)
                        * sizeof *hess);
    tape_scalars(scalar, tape, theta, level_of(jac, hess));
    for (i64 at = 0; at < nrow; at += most) {
        const i64 n = i64_min(most, nrow - at);
        eval_block(out + at, jac || hess ? slope : NULL, hess ? curve : NULL,
                   tape, scalar, column, at, n);
        if (jac)
            scatter(jac, slope, law->nparam, at, n, nrow);
        if (hess)
            scatter_pairs(hess, curve, law, at, n, nrow);
    }
}

double law_at(const Law *law, const double *theta, double n, double d)
{
    double  value[LAW_COLUMNS_MAX], *column[LAW_COLUMNS_MAX], out;
    for (int c = 0; c < law->ncolumn; c++) {
        const char *name = law->column[c];
        value[c] = strcmp(name, "N") == 0   ? n
                   : strcmp(name, "C") == 0 ? 6 * n * d
                                            : d;
        column[c] = &value[c];
    }
    law_eval(&out, NULL, NULL, law, theta, column, 1);
    return out;
}
