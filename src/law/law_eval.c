/* law_eval.c - a compiled law over the rows of a table.
 *
 * Rows are taken in blocks whose values fit into the first-level cache; all the
 * scratch there is lies on the stack, so evaluation allocates nothing and any
 * number of threads may do it at once. Steps run over rows by eights
 * (law_vec.h); fewer than eight are padded with the last of them, made in
 * scratch and copied. */

#include "law/law_code.h"
#include "law/law_vec.h"

#include <math.h>
#include <string.h>

enum {
    /* A block of eight rows of the largest formula there may be. */
    SCRATCH   = VEC_ROWS * (FORMULA_NODES_MAX + 1000),
    CACHED    = 6000, /* doubles of a block that stay in the cache       */
    BLOCK_MIN = 64, BLOCK_MAX = 512, /* rows                             */
};

struct LawRows {
    const Law  *law;
    const void *prepared; /* of a law of code                     */
    i64         nrow, padded;
    double     *fixed;    /* [nslot[TAPE_FIXED]][padded]          */
};

/* ---- what is promised of overflow -------------------------------------- */

/* Overflow is +inf and never NaN; where a value is not finite, or a slope is
 * the 0 * inf of a parameter at its bound, the slope is given as 0. */
void law_tame(double *value, i64 nrow)
{
    for (i64 i = 0; i < nrow; i++)
        if (isnan(value[i]))
            value[i] = INFINITY;
}

void law_tame_slopes(double *slope, int count, const double *value, i64 nrow)
{
    for (int k = 0; slope && k < count; k++)
        for (i64 i = 0; i < nrow; i++)
            if (!isfinite(slope[k * nrow + i]) || !isfinite(value[i]))
                slope[k * nrow + i] = 0;
}

/* ---- one block --------------------------------------------------------- */

static i64 rounded_up(i64 rows)
{
    return (rows + VEC_ROWS - 1) / VEC_ROWS * VEC_ROWS;
}

static i64 rows_fit(i64 room, i64 slots)
{
    return room / i64_max(1, slots) / VEC_ROWS * VEC_ROWS;
}

/* Rows whose slots fit the cache, and certainly `room`. */
static i64 block_rows(i64 room, i64 slots)
{
    const i64 cached = i64_min(BLOCK_MAX, rows_fit(CACHED, slots));
    return i64_min(i64_max(BLOCK_MIN, cached), rows_fit(room, slots));
}

/* Where the caller's arrays are, for rows at.. of nrow. NULL: not asked. */
typedef struct Wanted {
    double *array[3]; /* value, slopes, curvatures */
    i64     at, nrow;
} Wanted;

static const u8 KIND[] = { TAPE_OUT, TAPE_JAC, TAPE_HESS };

/* Results go straight to the caller where they are asked for and rows are not
 * too few for a vector; else to scratch from `spare` on. */
static void aim(Memory *m, const Wanted *to, const Formula *tape, double *spare,
                i64 n, i64 stride)
{
    for (int w = 0; w < 3; w++) {
        const u8 kind = KIND[w];
        const bool direct = to->array[w] && n >= VEC_ROWS;
        m->base[kind] = direct ? to->array[w] + to->at : spare;
        m->stride[kind] = direct ? to->nrow : stride;
        spare += direct ? 0 : tape->nslot[kind] * stride;
    }
}

static void deliver(const Wanted *to, const Memory *m, const Formula *tape,
                    i64 n)
{
    for (int w = 0; w < 3; w++)
        for (int k = 0; to->array[w] && k < tape->nslot[KIND[w]]; k++)
            memcpy(to->array[w] + k * to->nrow + to->at,
                   m->base[KIND[w]] + k * m->stride[KIND[w]],
                   (size_t)n * sizeof(double));
}

static void tame(const Memory *m, const Formula *tape, int level, i64 n)
{
    double *value = m->base[TAPE_OUT];
    for (int w = 1; w <= level; w++)
        for (int k = 0; k < tape->nslot[KIND[w]]; k++)
            law_tame_slopes(m->base[KIND[w]] + k * m->stride[KIND[w]], 1, value,
                            n);
    law_tame(value, n);
}

/* Scratch holds the row slots, then results that are not the caller's. */
static void block(const Wanted *to, Memory *m, const Formula *tape,
                  double *scratch, i64 n, i64 most, int level)
{
    m->base[TAPE_ROW] = scratch;
    m->stride[TAPE_ROW] = most;
    aim(m, to, tape, scratch + tape->nslot[TAPE_ROW] * most, n, most);
    if (!law_vec()->run(tape->row, tape->row_end[level], m,
                        i64_max(n, VEC_ROWS)))
        tame(m, tape, level, n);
    if (n < VEC_ROWS)
        deliver(to, m, tape, n);
}

static i64 row_slots(const Formula *tape)
{
    return tape->nslot[TAPE_ROW] + tape->nslot[TAPE_OUT]
         + tape->nslot[TAPE_JAC] + tape->nslot[TAPE_HESS];
}

/* Every scalar VEC_ROWS times over. Gives what it took of the scratch. */
static i64 spread(Memory *m, double *scratch, const Formula *tape,
                  const double *theta, int level)
{
    double scalar[FORMULA_NODES_MAX];
    tape_scalars(scalar, tape, theta, level);
    for (int i = 0; i < tape->scalar_end[level]; i++)
        for (int k = 0; k < VEC_ROWS; k++)
            scratch[i * VEC_ROWS + k] = scalar[i];
    m->base[TAPE_SCALAR] = scratch;
    m->stride[TAPE_SCALAR] = VEC_ROWS;
    return (i64)tape->nslot[TAPE_SCALAR] * VEC_ROWS;
}

/* ---- columns ----------------------------------------------------------- */

/* Columns of n rows padded, and what the formula makes of them alone. */
static void fix(double *fixed, i64 padded, Memory *m, const Formula *tape,
                double *const *column, i64 at, i64 n, int level)
{
    for (int c = 0; c < tape->ncolumn; c++) {
        double *to = fixed + c * padded;
        memcpy(to, column[c] + at, (size_t)n * sizeof *to);
        for (i64 i = n; i < padded; i++)
            to[i] = n ? to[n - 1] : 1;
    }
    m->base[TAPE_FIXED] = fixed;
    m->stride[TAPE_FIXED] = padded;
    (void)law_vec()->run(tape->fixed, tape->fixed_end[level], m, padded);
}

/* ---- many rows, many times --------------------------------------------- */

LawRows *law_rows(Arena *arena, const Law *law, double *const *column,
                  i64 nrow)
{
    static const double none[LAW_PARAMS_MAX];
    LawRows *rows = NEW(arena, LawRows, 1);
    *rows = (LawRows){ .law = law, .nrow = nrow, .padded = rounded_up(nrow) };
    if (law->code) {
        rows->prepared = law->code->prepare(arena, column, nrow);
        return rows;
    }
    const Formula *tape = law->compiled;
    double scratch[SCRATCH];
    Memory m = { .base = { NULL } };
    (void)spread(&m, scratch, tape, none, 2); /* only its numbers are used */
    rows->fixed = NEW(arena, double, tape->nslot[TAPE_FIXED] * rows->padded);
    fix(rows->fixed, rows->padded, &m, tape, column, 0, nrow, 2);
    return rows;
}

static int level_of(const double *jac, const double *hess)
{
    return hess ? 2 : jac ? 1 : 0;
}

void law_rows_eval(double *out, double *jac, double *hess, const LawRows *rows,
                   const double *theta)
{
    if (rows->law->code) {
        law_code_run(out, jac, hess, rows->law, rows->prepared, theta,
                     rows->nrow);
        return;
    }
    const Formula *tape = rows->law->compiled;
    const int level = level_of(jac, hess);
    double scratch[SCRATCH];
    Memory m = { .base = { NULL } };
    const i64 used = spread(&m, scratch, tape, theta, level);
    const i64 most = i64_min(block_rows(SCRATCH - used, row_slots(tape)),
                             rows->padded);

    m.stride[TAPE_FIXED] = rows->padded;
    for (i64 at = 0; at < rows->nrow; at += most) {
        const Wanted to = { { out, jac, hess }, at, rows->nrow };
        m.base[TAPE_FIXED] = rows->fixed + at;
        block(&to, &m, tape, scratch + used, i64_min(most, rows->nrow - at),
              most, level);
    }
}

/* ---- once -------------------------------------------------------------- */

enum { ONCE = 64 }; /* rows a block: their fixed values are in scratch too */

static void copy_rows(double *to, const Memory *m, u8 kind, int slot, i64 n)
{
    memcpy(to, m->base[kind] + slot * m->stride[kind],
           (size_t)n * sizeof *to);
}

/* From the block's scratch to rows at.. of the caller's arrays. */
static void hand_out(const Wanted *to, const Memory *m, const Law *law, i64 n)
{
    double *jac = to->array[1], *hess = to->array[2];
    copy_rows(to->array[0] + to->at, m, TAPE_OUT, 0, n);
    for (int p = 0; jac && p < law->nparam; p++)
        copy_rows(jac + p * to->nrow + to->at, m, TAPE_JAC, p, n);
    for (int k = 0; hess && k < law->npair; k++) {
        const int i = law->pair[k][0], j = law->pair[k][1], np = law->nparam;
        copy_rows(hess + (i * np + j) * to->nrow + to->at, m, TAPE_HESS, k, n);
        copy_rows(hess + (j * np + i) * to->nrow + to->at, m, TAPE_HESS, k, n);
    }
}

static void eval_once(const Wanted *to, const Law *law, const double *theta,
                      double *const *column, int level)
{
    const Formula *tape = law->compiled;
    const Wanted nowhere = { { NULL }, 0, 0 };
    double scratch[SCRATCH];
    Memory m = { .base = { NULL } };
    const i64 used = spread(&m, scratch, tape, theta, level);
    const i64 nfixed = tape->nslot[TAPE_FIXED], slots = row_slots(tape);
    const i64 fit = rows_fit(SCRATCH - used, nfixed + slots);
    const i64 most = i64_min(i64_min(ONCE, fit), rounded_up(to->nrow));
    for (i64 at = 0; at < to->nrow; at += most) {
        const Wanted here = { { to->array[0], to->array[1], to->array[2] },
                              at, to->nrow };
        const i64 n = i64_min(most, to->nrow - at);
        fix(scratch + used, most, &m, tape, column, at, n, level);
        block(&nowhere, &m, tape, scratch + used + nfixed * most, n, most,
              level);
        hand_out(&here, &m, law, n);
    }
}

void law_eval(double *out, double *jac, double *hess, const Law *law,
              const double *theta, double *const *column, i64 nrow)
{
    const Wanted to = { { out, jac, hess }, 0, nrow };
    if (hess)
        memset(hess, 0, (size_t)(law->nparam * law->nparam * nrow)
                        * sizeof *hess);
    if (law->code)
        law_code_eval(out, jac, hess, law, theta, column, nrow);
    else
        eval_once(&to, law, theta, column, level_of(jac, hess));
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
