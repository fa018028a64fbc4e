/* law_steps.inc.h - the steps of a formula, each a loop over rows.
 *
 * Interpreting costs once a step and not once a row. Which operands are one
 * number for all rows is decided before the loop, so that such a number stays
 * in a register; four vectors go side by side, so that the chains of exp and
 * log fill each other's waits.
 *
 * Where rows are no whole number of vectors, the last vector reaches back over
 * rows that are done, and computes them again to the same bits: no step writes
 * where it reads.
 *
 * Whether all is finite is asked on the way, since 0 x is 0 for every number
 * and for nothing else: results that need no taming then need no second pass. */

#include "law/law_lanes.inc.h"

#include "law/law_vec.h"

INLINE double *place(const Memory *m, u8 kind, i32 slot)
{
    return m->base[kind] + slot * m->stride[kind];
}

INLINE vd log_guarded(vd x)
{
    return choose(x == 0, splat(DAG_LOG_OF_0), log_lanes(x));
}

INLINE vd sigmoid(vd x) { return 1 / (1 + exp_lanes(-x)); }

/* x op y op w for a constant op: what does not matter is never loaded. */
INLINE vd apply(TapeOp op, vd x, vd y, vd w)
{
    switch (op) {
    case TAPE_COPY:    return x;
    case TAPE_NEG:     return -x;
    case TAPE_EXP:     return exp_lanes(x);
    case TAPE_LOG:     return log_guarded(x);
    case TAPE_SIGMOID: return sigmoid(x);
    case TAPE_ADD:     return x + y;
    case TAPE_SUB:     return x - y;
    case TAPE_MUL:     return x * y;
    case TAPE_DIV:     return x / y;
    case TAPE_MIN:     return smaller(y, x);
    case TAPE_MAX:     return larger(y, x);
    case TAPE_GE:      return choose(x >= y, splat(1), splat(0));
    case TAPE_NMUL:    return -(x * y);
    case TAPE_EXP_MUL: return exp_lanes(x * y);
    case TAPE_EXP_NMUL: return exp_lanes(-(x * y));
    case TAPE_MUL_ADD: return mul_add(x, y, w);
    case TAPE_MUL_SUB: return mul_add(x, y, -w);
    case TAPE_NMUL_ADD: return mul_add(-x, y, w);
    case TAPE_MUL_MUL: return x * y * w;
    case TAPE_NMUL_MUL: return -(x * y * w);
    default:           return splat(__builtin_nan(""));
    }
}

typedef struct Cursor {
    const double *a, *b, *c;
    vd            one_a, one_b, one_c; /* of those that are one number */
} Cursor;

/* shape: bit 0, 1, 2 where a, b, c are one number for all rows. */
INLINE vd result(TapeOp op, int shape, const Cursor *p, i64 i)
{
    return apply(op, shape & 1 ? p->one_a : load(p->a + i),
                 shape & 2 ? p->one_b : load(p->b + i),
                 shape & 4 ? p->one_c : load(p->c + i));
}

INLINE vd loop(TapeOp op, int shape, const TapeStep *s, const Memory *m, i64 n)
{
    Cursor p = { place(m, s->a_kind, s->a), place(m, s->b_kind, s->b),
                 place(m, s->c_kind, s->c), splat(0), splat(0), splat(0) };
    p.one_a = load(p.a);
    p.one_b = load(p.b);
    p.one_c = load(p.c);
    double *out = place(m, s->kind, s->slot);
    const vd none = splat(0);
    vd odd0 = none, odd1 = none, odd2 = none, odd3 = none;
    i64 i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        const vd z0 = result(op, shape, &p, i);
        const vd z1 = result(op, shape, &p, i + LANES);
        const vd z2 = result(op, shape, &p, i + 2 * LANES);
        const vd z3 = result(op, shape, &p, i + 3 * LANES);
        store(out + i, z0);
        store(out + i + LANES, z1);
        store(out + i + 2 * LANES, z2);
        store(out + i + 3 * LANES, z3);
        odd0 = mul_add(z0, none, odd0);
        odd1 = mul_add(z1, none, odd1);
        odd2 = mul_add(z2, none, odd2);
        odd3 = mul_add(z3, none, odd3);
    }
    for (; i < n; i += LANES) {
        i = i64_min(i, n - LANES);
        const vd z = result(op, shape, &p, i);
        store(out + i, z);
        odd0 = mul_add(z, none, odd0);
    }
    return (odd0 + odd1) + (odd2 + odd3);
}

/* NaN is not 0. */
INLINE bool all_zero(vd x)
{
#if LANES == 8
    return _mm512_cmp_pd_mask((__m512d)x, _mm512_setzero_pd(), _CMP_NEQ_UQ)
        == 0;
#elif LANES == 4
    return _mm256_movemask_pd(_mm256_cmp_pd((__m256d)x, _mm256_setzero_pd(),
                                            _CMP_NEQ_UQ)) == 0;
#else
    return x[0] == 0 && x[1] == 0;
#endif
}

#define CASE(op, shape) \
    case 8 * op + shape: odd += loop(op, shape, s, memory, n); break;
#define CASES_1(op) CASE(op, 0) CASE(op, 1)
#define CASES_2(op) CASES_1(op) CASE(op, 2)
#define CASES_3(op) CASES_2(op) CASE(op, 4) CASE(op, 5) CASE(op, 6)

static bool run(const TapeStep *step, int nstep, const Memory *memory, i64 n)
{
    vd odd = splat(0);
    for (int i = 0; i < nstep; i++) {
        const TapeStep *s = &step[i];
        switch (8 * (int)s->op + s->shape) {
        CASES_1(TAPE_COPY) CASE(TAPE_NEG, 0) CASE(TAPE_EXP, 0)
        CASE(TAPE_LOG, 0) CASE(TAPE_SIGMOID, 0)
        CASES_2(TAPE_ADD) CASES_2(TAPE_SUB) CASES_2(TAPE_MUL)
        CASES_2(TAPE_DIV) CASES_2(TAPE_MIN) CASES_2(TAPE_MAX)
        CASES_2(TAPE_GE) CASES_2(TAPE_NMUL)
        CASES_2(TAPE_EXP_MUL) CASES_2(TAPE_EXP_NMUL)
        CASES_3(TAPE_MUL_ADD) CASES_3(TAPE_MUL_SUB) CASES_3(TAPE_NMUL_ADD)
        CASES_3(TAPE_MUL_MUL) CASES_3(TAPE_NMUL_MUL)
        default: return false; /* tape_make makes no other; tests see it */
        }
    }
        return all_zero(odd);
}

/* f over n numbers: whole vectors, then a part of one. */
INLINE void over(vd (*f)(vd), double *out, const double *x, i64 n)
{
    i64 i = 0;
    for (; i + LANES <= n; i += LANES)
        store(out + i, f(load(x + i)));
    if (i < n) {
        double rest[LANES] = { 0 };
        memcpy(rest, x + i, (size_t)(n - i) * sizeof *x);
        store(rest, f(load(rest)));
        memcpy(out + i, rest, (size_t)(n - i) * sizeof *x);
    }
}

static void exp_over(double *out, const double *x, i64 n)
{
    over(exp_lanes, out, x, n);
}

static void log_over(double *out, const double *x, i64 n)
{
    over(log_lanes, out, x, n);
}

static bool all_finite(const double *x, i64 n)
{
    double rest = 0;
    vd odd[4] = { splat(0), splat(0), splat(0), splat(0) };
    i64 i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES)
        for (int k = 0; k < 4; k++)
            odd[k] = mul_add(load(x + i + k * LANES), splat(0), odd[k]);
    for (; i < n; i++)
        rest += x[i] * 0;
    return all_zero((odd[0] + odd[1]) + (odd[2] + odd[3])) && rest == 0;
}

#define LAW_VEC_CPU .usable = usable, .run = run, .exp = exp_over, \
                    .log = log_over, .finite = all_finite
