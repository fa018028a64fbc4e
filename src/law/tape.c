/* tape.c - the graph as a list of steps, and running it over blocks of rows.
 *
 * A step's loop is one of three shapes (row op row, row op scalar, scalar op
 * row), each a plain loop that a compiler can turn into vector instructions;
 * the interpreter's overhead is then paid once a block and not once a row. */

#include "law/formula.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void mark(bool *wanted, const Dag *dag, int root)
{
    wanted[root] = true;
    for (int i = root; i >= 0; i--) {
        const DagNode *n = &dag->node[i];
        if (!wanted[i] || n->op <= DAG_COLUMN)
            continue;
        wanted[n->a] = true;
        if (n->b >= 0)
            wanted[n->b] = true;
    }
}

static u8 kind_of(const DagNode *n)
{
    if (!n->columns)
        return TAPE_SCALAR;
    return n->params ? TAPE_ROW : TAPE_FIXED;
}

typedef struct Layout {
    Formula   *tape;
    const Dag *dag;
    bool      *wanted, *done;
    TapeRoot  *place; /* of each node */
} Layout;

static void lay_node(Layout *l, int i)
{
    const DagNode *n = &l->dag->node[i];
    Formula *tape = l->tape;
    const u8 kind = kind_of(n);
    TapeStep step = { .op = n->op, .a = n->a, .kind = kind,
                      .number = n->number, .slot = tape->nslot[kind]++ };
    if (n->op > DAG_COLUMN) {
        step.a = l->place[n->a].slot;
        step.a_kind = l->place[n->a].kind;
        step.b = n->b >= 0 ? l->place[n->b].slot : 0;
        step.b_kind = n->b >= 0 ? l->place[n->b].kind : 0;
    }
    l->place[i] = (TapeRoot){ kind, step.slot };
    l->done[i] = true;
    tape->step[tape->nstep++] = step;
}

/* What these roots need and nobody before them did. */
static void lay(Layout *l, const int *root, int nroot, TapeRoot *place,
                int level)
{
    for (int r = 0; r < nroot; r++)
        mark(l->wanted, l->dag, root[r]);
    for (int i = 0; i < l->dag->count; i++)
        if (l->wanted[i] && !l->done[i])
            lay_node(l, i);
    for (int r = 0; r < nroot; r++)
        place[r] = l->place[root[r]];
    l->tape->end[level] = l->tape->nstep;
}

Formula *tape_make(Arena *arena, const Dag *dag, int value, const int *slope,
                   int nparam, const int *curve, int npair, int ncolumn)
{
    Formula *tape = NEW(arena, Formula, 1);
    *tape = (Formula){ .nparam = nparam, .ncolumn = ncolumn, .npair = npair };
    tape->step = NEW(arena, TapeStep, dag->count);
    tape->slope = NEW(arena, TapeRoot, nparam + 1);
    tape->curve = NEW(arena, TapeRoot, npair + 1);
    Layout l = { tape, dag, NEW(dag->arena, bool, dag->count),
                 NEW(dag->arena, bool, dag->count),
                 NEW(dag->arena, TapeRoot, dag->count) };
    lay(&l, &value, 1, &tape->value, 0);
    lay(&l, slope, nparam, tape->slope, 1);
    lay(&l, curve, npair, tape->curve, 2);
    return tape;
}

/* x op y, for a constant op: inlined into the loops below. */
static inline __attribute__((always_inline))
double apply(DagOp op, double x, double y)
{
    switch (op) {
    case DAG_NEG: return -x;
    case DAG_EXP: return exp(x);
    case DAG_LOG: return x == 0 ? DAG_LOG_OF_0 : log(x);
    case DAG_SIGMOID: return 1 / (1 + exp(-x));
    case DAG_ADD: return x + y;
    case DAG_SUB: return x - y;
    case DAG_MUL: return x * y;
    case DAG_DIV: return x / y;
    case DAG_MIN: return y < x ? y : x;
    case DAG_MAX: return y > x ? y : x;
    case DAG_GE:  return x >= y ? 1 : 0;
    default:      return NAN;
    }
}

/* A step of 0 means one scalar for all rows. */
static inline __attribute__((always_inline))
void loop(DagOp op, double *restrict z, const double *x, i64 xstep,
          const double *y, i64 ystep, i64 n)
{
    if (xstep && ystep) {
        for (i64 i = 0; i < n; i++)
            z[i] = apply(op, x[i], y[i]);
    } else if (xstep) {
        const double c = *y;
        for (i64 i = 0; i < n; i++)
            z[i] = apply(op, x[i], c);
    } else {
        const double c = *x;
        for (i64 i = 0; i < n; i++)
            z[i] = apply(op, c, y[i * ystep]);
    }
}

static void run(DagOp op, double *z, const double *x, i64 xstep,
                const double *y, i64 ystep, i64 n)
{
    switch (op) {
    case DAG_NEG: loop(DAG_NEG, z, x, xstep, y, ystep, n); break;
    case DAG_EXP: loop(DAG_EXP, z, x, xstep, y, ystep, n); break;
    case DAG_LOG: loop(DAG_LOG, z, x, xstep, y, ystep, n); break;
    case DAG_SIGMOID: loop(DAG_SIGMOID, z, x, xstep, y, ystep, n); break;
    case DAG_ADD: loop(DAG_ADD, z, x, xstep, y, ystep, n); break;
    case DAG_SUB: loop(DAG_SUB, z, x, xstep, y, ystep, n); break;
    case DAG_MUL: loop(DAG_MUL, z, x, xstep, y, ystep, n); break;
    case DAG_DIV: loop(DAG_DIV, z, x, xstep, y, ystep, n); break;
    case DAG_MIN: loop(DAG_MIN, z, x, xstep, y, ystep, n); break;
    case DAG_MAX: loop(DAG_MAX, z, x, xstep, y, ystep, n); break;
    case DAG_GE:  loop(DAG_GE, z, x, xstep, y, ystep, n); break;
    default: assert(op > DAG_COLUMN);
    }
}

void tape_scalars(double *scalar, const Formula *tape, const double *theta,
                  int level)
{
    for (int i = 0; i < tape->end[level]; i++) {
        const TapeStep *s = &tape->step[i];
        if (s->kind != TAPE_SCALAR)
            continue;
        if (s->op == DAG_NUMBER)
            scalar[s->slot] = s->number;
        else if (s->op == DAG_PARAM)
            scalar[s->slot] = theta[s->a];
        else
            run(s->op, &scalar[s->slot], &scalar[s->a], 1, &scalar[s->b], 1,
                1);
    }
}

/* Where an operand lies, and its step. */
typedef struct Operand { const double *at; i64 step; } Operand;

static Operand operand(u8 kind, int slot, const double *scalar,
                       double *const *fixed, double *const *row)
{
    if (kind == TAPE_SCALAR)
        return (Operand){ &scalar[slot], 0 };
    return (Operand){ kind == TAPE_FIXED ? fixed[slot] : row[slot], 1 };
}

void tape_fixed(double *const *fixed, const Formula *tape,
                const double *scalar, const double *const *column, i64 n,
                int level)
{
    for (int i = 0; i < tape->end[level]; i++) {
        const TapeStep *s = &tape->step[i];
        if (s->kind != TAPE_FIXED)
            continue;
        if (s->op == DAG_COLUMN) {
            memcpy(fixed[s->slot], column[s->a], (size_t)n * sizeof(double));
            continue;
        }
        const Operand a = operand(s->a_kind, s->a, scalar, fixed, NULL);
        const Operand b = operand(s->b_kind, s->b, scalar, fixed, NULL);
        run(s->op, fixed[s->slot], a.at, a.step, b.at, b.step, n);
    }
}

void tape_rows(double *const *row, const Formula *tape, const double *scalar,
               double *const *fixed, i64 n, int level)
{
    for (int i = 0; i < tape->end[level]; i++) {
        const TapeStep *s = &tape->step[i];
        if (s->kind != TAPE_ROW)
            continue;
        const Operand a = operand(s->a_kind, s->a, scalar, fixed, row);
        const Operand b = operand(s->b_kind, s->b, scalar, fixed, row);
        run(s->op, row[s->slot], a.at, a.step, b.at, b.step, n);
    }
}
