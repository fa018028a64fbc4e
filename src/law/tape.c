/* tape.c - the graph as lists of steps.
 *
 * What the graph keeps apart so that it can be differentiated and shared is put
 * together again here: a product that only a sum, a sign, an exponential or
 * another product uses becomes part of that one's step. Each step reads and
 * writes memory for all its rows, so that steps are what evaluation costs.
 *
 * A row value that the caller gets is computed where the caller wants it; the
 * others share a few slots, each free again after its last use. */

#include "law/formula.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A place in memory, for a step's result or operand. */
typedef struct Place { u8 kind; i32 slot; } Place;

typedef struct Layout {
    Arena     *scratch;
    Formula   *tape;
    const Dag *dag;
    bool      *wanted, *done;
    bool      *absorbed; /* part of the step of whoever uses it      */
    int       *uses;     /* by other nodes and as a root             */
    Place     *place;    /* of each node                             */
    int        nscalar, nfixed, nrow; /* steps so far                */
    int        nvalue;                /* row values, before slots    */
} Layout;

/* ---- which nodes ------------------------------------------------------- */

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

static void count_uses(Layout *l)
{
    for (int i = 0; i < l->dag->count; i++) {
        const DagNode *n = &l->dag->node[i];
        if (!l->wanted[i] || n->op <= DAG_COLUMN)
            continue;
        l->uses[n->a]++;
        if (n->b >= 0)
            l->uses[n->b]++;
    }
}

static u8 kind_of(const DagNode *n)
{
    if (!n->columns)
        return TAPE_SCALAR;
    return n->params ? TAPE_ROW : TAPE_FIXED;
}

/* ---- several nodes in one step ----------------------------------------- */

/* Node i, if it is a row's `op` that nobody else needs. */
static bool only(const Layout *l, int i, DagOp op)
{
    const DagNode *n = &l->dag->node[i];
    return n->op == op && l->uses[i] == 1 && kind_of(n) == TAPE_ROW;
}

static void absorb_into(Layout *l, const DagNode *n)
{
    bool *gone = l->absorbed;
    switch (n->op) {
    case DAG_EXP:
        if (only(l, n->a, DAG_NEG)
            && only(l, l->dag->node[n->a].a, DAG_MUL))
            gone[n->a] = gone[l->dag->node[n->a].a] = true;
        else if (only(l, n->a, DAG_MUL))
            gone[n->a] = true;
        break;
    case DAG_NEG:
        gone[n->a] = gone[n->a] || only(l, n->a, DAG_MUL);
        break;
    case DAG_ADD:
    case DAG_SUB:
    case DAG_MUL:
        if (only(l, n->b, DAG_MUL))
            gone[n->b] = true;
        else if (only(l, n->a, DAG_MUL))
            gone[n->a] = true;
        break;
    default:
        break;
    }
}

/* Users first, so that what is absorbed itself absorbs nothing. */
static void absorb(Layout *l)
{
    for (int i = l->dag->count - 1; i >= 0; i--)
        if (l->wanted[i] && !l->absorbed[i]
            && kind_of(&l->dag->node[i]) == TAPE_ROW)
            absorb_into(l, &l->dag->node[i]);
}

static TapeOp plain_op(DagOp op)
{
    switch (op) {
    case DAG_NEG: return TAPE_NEG;
    case DAG_EXP: return TAPE_EXP;
    case DAG_LOG: return TAPE_LOG;
    case DAG_SIGMOID: return TAPE_SIGMOID;
    case DAG_ADD: return TAPE_ADD;
    case DAG_SUB: return TAPE_SUB;
    case DAG_MUL: return TAPE_MUL;
    case DAG_DIV: return TAPE_DIV;
    case DAG_MIN: return TAPE_MIN;
    case DAG_MAX: return TAPE_MAX;
    case DAG_GE:  return TAPE_GE;
    default: assert(op > DAG_COLUMN); return TAPE_COPY;
    }
}

/* A step's operation and the nodes that it takes, -1 for none. */
typedef struct Taken { TapeOp op; int a, b, c; } Taken;

static Taken of_product(TapeOp op, const Layout *l, int product, int c)
{
    const DagNode *p = &l->dag->node[product];
    return (Taken){ op, p->a, p->b, c };
}

static Taken taken(const Layout *l, const DagNode *n)
{
    const bool a = l->absorbed[n->a], b = n->b >= 0 && l->absorbed[n->b];
    switch (a || b ? n->op : DAG_NUMBER) {
    case DAG_EXP:
        if (l->dag->node[n->a].op == DAG_NEG)
            return of_product(TAPE_EXP_NMUL, l, l->dag->node[n->a].a, -1);
        return of_product(TAPE_EXP_MUL, l, n->a, -1);
    case DAG_NEG:
        return of_product(TAPE_NMUL, l, n->a, -1);
    case DAG_ADD:
        return b ? of_product(TAPE_MUL_ADD, l, n->b, n->a)
                 : of_product(TAPE_MUL_ADD, l, n->a, n->b);
    case DAG_SUB:
        return b ? of_product(TAPE_NMUL_ADD, l, n->b, n->a)
                 : of_product(TAPE_MUL_SUB, l, n->a, n->b);
    case DAG_MUL:
        return b ? of_product(TAPE_MUL_MUL, l, n->b, n->a)
                 : of_product(TAPE_MUL_MUL, l, n->a, n->b);
    default:
        return (Taken){ plain_op(n->op), n->a, n->b, -1 };
    }
}

/* ---- laying them down -------------------------------------------------- */

static Place place_of(const Layout *l, int node)
{
    return node >= 0 ? l->place[node] : (Place){ TAPE_SCALAR, 0 };
}

static u8 shape_of(const Taken *t, Place a, Place b, Place c)
{
    return (u8)((a.kind == TAPE_SCALAR)
                | (t->b >= 0 && b.kind == TAPE_SCALAR) << 1
                | (t->c >= 0 && c.kind == TAPE_SCALAR) << 2);
}

static TapeStep step_of(const Layout *l, const DagNode *n, Place to)
{
    const Taken t = taken(l, n);
    const Place a = place_of(l, t.a), b = place_of(l, t.b);
    const Place c = place_of(l, t.c);
    return (TapeStep){ t.op, to.kind, a.kind, b.kind, c.kind,
                       shape_of(&t, a, b, c),
                       to.slot, a.slot, b.slot, c.slot };
}

static void lay_scalar(Layout *l, int i)
{
    const DagNode *n = &l->dag->node[i];
    TapeScalar step = { .op = n->op, .a = n->a, .number = n->number };
    if (n->op > DAG_COLUMN) {
        step.a = l->place[n->a].slot;
        step.b = n->b >= 0 ? l->place[n->b].slot : 0;
    }
    l->place[i] = (Place){ TAPE_SCALAR, l->nscalar };
    l->tape->scalar[l->nscalar++] = step;
}

static void lay_fixed(Layout *l, int i)
{
    const DagNode *n = &l->dag->node[i];
    if (n->op == DAG_COLUMN) {
        l->place[i] = (Place){ TAPE_FIXED, n->a };
        return;
    }
    l->place[i] = (Place){ TAPE_FIXED, l->tape->ncolumn + l->nfixed };
    l->tape->fixed[l->nfixed++] = step_of(l, n, l->place[i]);
}

static void lay_row(Layout *l, int i)
{
    if (l->place[i].kind < TAPE_OUT) /* no root claimed it */
        l->place[i] = (Place){ TAPE_ROW, l->nvalue++ };
    l->tape->row[l->nrow++] = step_of(l, &l->dag->node[i], l->place[i]);
}

static void lay_node(Layout *l, int i)
{
    const u8 kind = kind_of(&l->dag->node[i]);
    l->done[i] = true;
    if (kind == TAPE_SCALAR)
        lay_scalar(l, i);
    else if (kind == TAPE_FIXED)
        lay_fixed(l, i);
    else
        lay_row(l, i);
}

/* What lies elsewhere, or was claimed by an earlier root, is copied. */
static void lay_roots(Layout *l, const int *root, int nroot, u8 kind)
{
    for (int r = 0; r < nroot; r++) {
        const Place from = l->place[root[r]];
        if (from.kind == kind && from.slot == r)
            continue;
        l->tape->row[l->nrow++] = (TapeStep){
            .op = TAPE_COPY, .kind = kind, .slot = r,
            .a_kind = from.kind, .a = from.slot,
            .shape = from.kind == TAPE_SCALAR };
    }
}

/* What these roots need and nobody before them did. */
static void lay(Layout *l, const int *root, int nroot, u8 kind, int level)
{
    bool *here = NEW(l->scratch, bool, l->dag->count);
    for (int r = 0; r < nroot; r++)
        mark(here, l->dag, root[r]);
    for (int i = 0; i < l->dag->count; i++)
        if (here[i] && !l->done[i] && !l->absorbed[i])
            lay_node(l, i);
    lay_roots(l, root, nroot, kind);
    l->tape->scalar_end[level] = l->nscalar;
    l->tape->fixed_end[level] = l->nfixed;
    l->tape->row_end[level] = l->nrow;
}

/* The first root of a row value has it computed in its own place. A value that
 * an earlier level needs as well is so kept for the caller, who may not have
 * asked: the evaluator then gives it scratch. */
static void claim(Layout *l, const int *root, int nroot, u8 kind)
{
    for (int r = 0; r < nroot; r++) {
        Place *place = &l->place[root[r]];
        mark(l->wanted, l->dag, root[r]);
        l->uses[root[r]]++;
        if (kind_of(&l->dag->node[root[r]]) == TAPE_ROW
            && place->kind < TAPE_OUT)
            *place = (Place){ kind, r };
    }
}

/* ---- signs ------------------------------------------------------------- */

static bool is_value(u8 kind, i32 slot, i32 value)
{
    return kind == TAPE_ROW && slot == value;
}

/* The operation that takes the same product with the other sign, or TAPE_OPS. */
static TapeOp turned(TapeOp op)
{
    switch (op) {
    case TAPE_MUL:      return TAPE_NMUL;
    case TAPE_NMUL:     return TAPE_MUL;
    case TAPE_EXP_MUL:  return TAPE_EXP_NMUL;
    case TAPE_EXP_NMUL: return TAPE_EXP_MUL;
    case TAPE_MUL_ADD:  return TAPE_NMUL_ADD;
    case TAPE_NMUL_ADD: return TAPE_MUL_ADD;
    case TAPE_MUL_MUL:  return TAPE_NMUL_MUL;
    case TAPE_NMUL_MUL: return TAPE_MUL_MUL;
    case TAPE_NEG:      return TAPE_COPY;
    default:            return TAPE_OPS;
    }
}

/* Whether a step can take -value in place of value: once, in its product. */
static bool can_turn(const TapeStep *s, i32 value)
{
    const bool a = is_value(s->a_kind, s->a, value);
    const bool b = s->op >= TAPE_ADD && is_value(s->b_kind, s->b, value);
    const bool c = s->op >= TAPE_MUL_ADD && is_value(s->c_kind, s->c, value);
    if (!a && !b && !c)
        return true;
    const bool last = c && s->op != TAPE_MUL_MUL && s->op != TAPE_NMUL_MUL;
    return a + b + c == 1 && !last && turned(s->op) != TAPE_OPS;
}

static void turn(TapeStep *s, i32 value, Place to)
{
    u8  *kind[] = { &s->a_kind, &s->b_kind, &s->c_kind };
    i32 *slot[] = { &s->a, &s->b, &s->c };
    for (int k = 0; k < 3; k++)
        if (is_value(*kind[k], *slot[k], value)) {
            *kind[k] = to.kind;
            *slot[k] = to.slot;
            s->op = turned(s->op);
        }
}

/* Where both a product u and -u are made, and whoever else takes u could take
 * -u as well, only -u is made: d/dA d/dalpha of A N^-alpha is -u, and its
 * slopes by alpha are products with u. */
static void sign_turn(Formula *tape, int count, int product, int neg)
{
    TapeStep *first = &tape->row[product], *second = &tape->row[neg];
    const i32 value = first->slot;
    const Place to = { second->kind, second->slot };
    for (int i = product + 1; i < count; i++)
        if (i != neg && !can_turn(&tape->row[i], value))
            return;
    first->op = turned(first->op);
    first->kind = to.kind;
    first->slot = to.slot;
    second->op = TAPE_OPS; /* to be taken out */
    for (int i = product + 1; i < count; i++)
        if (i != neg)
            turn(&tape->row[i], value, to);
}

static int maker(const Formula *tape, int before, i32 value)
{
    int i = before;
    while (--i >= 0 && !is_value(tape->row[i].kind, tape->row[i].slot, value))
        continue;
    return i;
}

static void take_out(Layout *l)
{
    Formula *tape = l->tape;
    int kept = 0, level = 0;
    for (int i = 0; i < l->nrow; i++) {
        while (level < 3 && tape->row_end[level] == i)
            tape->row_end[level++] = kept;
        if (tape->row[i].op != TAPE_OPS)
            tape->row[kept++] = tape->row[i];
    }
    while (level < 3)
        tape->row_end[level++] = kept;
    l->nrow = kept;
}

static void turn_signs(Layout *l)
{
    Formula *tape = l->tape;
    for (int i = 0; i < l->nrow; i++) {
        const TapeStep *s = &tape->row[i];
        if (s->op != TAPE_NEG || s->a_kind != TAPE_ROW)
            continue;
        const int made = maker(tape, i, s->a);
        const TapeOp op = tape->row[made].op;
        if (op == TAPE_MUL || op == TAPE_MUL_MUL)
            sign_turn(tape, l->nrow, made, i);
    }
    take_out(l);
}

/* ---- slots ------------------------------------------------------------- */

typedef struct Slots {
    int  *last;      /* step of a value's last use                 */
    i32  *of;        /* a value's slot                             */
    bool *taken;
    int   count;
} Slots;

static void note_use(Slots *s, u8 kind, i32 value, int step)
{
    if (kind == TAPE_ROW)
        s->last[value] = step;
}

static void release(Slots *s, u8 kind, i32 *value, int step)
{
    if (kind != TAPE_ROW)
        return;
    const i32 slot = s->of[*value];
    if (s->last[*value] == step)
        s->taken[slot] = false;
    *value = slot;
}

static i32 free_slot(Slots *s)
{
    i32 slot = 0;
    while (s->taken[slot])
        slot++;
    s->taken[slot] = true;
    s->count = slot + 1 > s->count ? slot + 1 : s->count;
    return slot;
}

/* A step's result never stands where an operand of its own did: the last rows
 * may be computed twice. */
static void share_slots(Layout *l)
{
    Formula *tape = l->tape;
    Slots s = { NEW(l->scratch, int, l->nvalue + 1),
                NEW(l->scratch, i32, l->nvalue + 1),
                NEW(l->scratch, bool, l->nvalue + 1), 0 };
    for (int i = 0; i < l->nrow; i++) {
        note_use(&s, tape->row[i].a_kind, tape->row[i].a, i);
        note_use(&s, tape->row[i].b_kind, tape->row[i].b, i);
        note_use(&s, tape->row[i].c_kind, tape->row[i].c, i);
    }
    for (int i = 0; i < l->nrow; i++) {
        TapeStep *step = &tape->row[i];
        if (step->kind == TAPE_ROW) {
            const i32 value = step->slot;
            step->slot = s.of[value] = free_slot(&s);
        }
        release(&s, step->a_kind, &step->a, i);
        release(&s, step->b_kind, &step->b, i);
        release(&s, step->c_kind, &step->c, i);
    }
    tape->nslot[TAPE_ROW] = s.count;
}

/* ---- all of it --------------------------------------------------------- */

Formula *tape_make(Arena *arena, const Dag *dag, int value, const int *slope,
                   int nparam, const int *curve, int npair, int ncolumn)
{
    Arena *scratch = dag->arena;
    Formula *tape = NEW(arena, Formula, 1);
    *tape = (Formula){ .nparam = nparam, .ncolumn = ncolumn, .npair = npair };
    const i64 n = dag->count;
    tape->scalar = NEW(arena, TapeScalar, n);
    tape->fixed = NEW(arena, TapeStep, n);
    tape->row = NEW(arena, TapeStep, n + 1 + nparam + npair);
    Layout l = { .scratch = scratch, .tape = tape, .dag = dag,
                 .wanted = NEW(scratch, bool, n), .done = NEW(scratch, bool, n),
                 .absorbed = NEW(scratch, bool, n),
                 .uses = NEW(scratch, int, n),
                 .place = NEW(scratch, Place, n) };
    claim(&l, &value, 1, TAPE_OUT);
    claim(&l, slope, nparam, TAPE_JAC);
    claim(&l, curve, npair, TAPE_HESS);
    count_uses(&l);
    absorb(&l);
    lay(&l, &value, 1, TAPE_OUT, 0);
    lay(&l, slope, nparam, TAPE_JAC, 1);
    lay(&l, curve, npair, TAPE_HESS, 2);
    turn_signs(&l);
    share_slots(&l);
    tape->nslot[TAPE_SCALAR] = l.nscalar;
    tape->nslot[TAPE_FIXED] = ncolumn + l.nfixed;
    tape->nslot[TAPE_OUT] = 1;
    tape->nslot[TAPE_JAC] = nparam;
    tape->nslot[TAPE_HESS] = npair;
    return tape;
}

/* ---- scalars ----------------------------------------------------------- */

static double apply(DagOp op, double x, double y)
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
    default: assert(op > DAG_COLUMN); return NAN;
    }
}

void tape_scalars(double *scalar, const Formula *tape, const double *theta,
                  int level)
{
    for (int i = 0; i < tape->scalar_end[level]; i++) {
        const TapeScalar *s = &tape->scalar[i];
        scalar[i] = s->op == DAG_NUMBER  ? s->number
                    : s->op == DAG_PARAM ? theta[s->a]
                                         : apply(s->op, scalar[s->a],
                                                 scalar[s->b]);
    }
}
