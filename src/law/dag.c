/* dag.c - building and differentiating the graph of a formula.
 *
 * Every node passes through `simplify` before it is made. What that undoes is
 * chosen for one purpose: that a derivative which is zero everywhere is the
 * number 0, so that linear parameters are found by looking, and that signs
 * wander outwards, so that A*e and -(A*e) share their product. */

#include "law/formula.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { BUCKETS = 16384 }; /* more than twice FORMULA_NODES_MAX, a power of 2 */

Dag dag_open(Arena *arena)
{
    Dag dag = { .arena = arena, .room = FORMULA_NODES_MAX };
    dag.node = NEW(arena, DagNode, dag.room);
    dag.bucket = NEW(arena, int, BUCKETS);
    for (int i = 0; i < BUCKETS; i++)
        dag.bucket[i] = -1;
    return dag;
}

static u64 mix(u64 hash, u64 word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

static u64 hash_of(const DagNode *n)
{
    u64 bits = 0;
    memcpy(&bits, &n->number, sizeof bits);
    u64 hash = mix(1, (u64)n->op);
    hash = mix(hash, (u64)(unsigned)n->a);
    hash = mix(hash, (u64)(unsigned)n->b);
    return mix(hash, bits);
}

static bool same(const DagNode *x, const DagNode *y)
{
    return x->op == y->op && x->a == y->a && x->b == y->b
        && memcmp(&x->number, &y->number, sizeof x->number) == 0;
}

/* The node itself, or the one that was there before. */
static int keep(Dag *dag, DagNode node)
{
    u64 at = hash_of(&node) & (BUCKETS - 1);
    while (dag->bucket[at] >= 0) {
        if (same(&dag->node[dag->bucket[at]], &node))
            return dag->bucket[at];
        at = (at + 1) & (BUCKETS - 1);
    }
    if (dag->count == dag->room) {
        dag->full = true;
        return 0;
    }
    dag->node[dag->count] = node;
    dag->bucket[at] = dag->count;
    return dag->count++;
}

int dag_number(Dag *dag, double value)
{
    const double number = value == 0 ? 0.0 : value; /* -0 and 0 are one node */
    return keep(dag, (DagNode){ .op = DAG_NUMBER, .a = -1, .b = -1,
                                .number = number, .positive = number >= 0 });
}

int dag_param(Dag *dag, int index, bool positive)
{
    return keep(dag, (DagNode){ .op = DAG_PARAM, .a = index, .b = -1,
                                .params = 1u << index,
                                .positive = positive });
}

int dag_column(Dag *dag, int index)
{
    return keep(dag, (DagNode){ .op = DAG_COLUMN, .a = index, .b = -1,
                                .columns = true, .positive = true });
}

static bool is(const Dag *dag, int node, double value)
{
    const DagNode *n = &dag->node[node];
    return n->op == DAG_NUMBER && n->number == value;
}

static bool op_is(const Dag *dag, int node, DagOp op)
{
    return dag->node[node].op == op;
}

static double unary_value(DagOp op, double x)
{
    switch (op) {
    case DAG_NEG: return -x;
    case DAG_EXP: return exp(x);
    case DAG_LOG: return x == 0 ? DAG_LOG_OF_0 : log(x);
    case DAG_SIGMOID: return 1 / (1 + exp(-x));
    default: assert(op == DAG_SIGMOID); return NAN;
    }
}

static double binary_value(DagOp op, double x, double y)
{
    switch (op) {
    case DAG_ADD: return x + y;
    case DAG_SUB: return x - y;
    case DAG_MUL: return x * y;
    case DAG_DIV: return x / y;
    case DAG_MIN: return fmin(x, y);
    case DAG_MAX: return fmax(x, y);
    case DAG_GE:  return x >= y ? 1 : 0;
    default: assert(op == DAG_GE); return NAN;
    }
}

static bool splits(const Dag *dag, int node)
{
    const DagNode *n = &dag->node[node];
    return (n->op == DAG_MUL || n->op == DAG_DIV) && dag->node[n->a].positive
        && dag->node[n->b].positive;
}

/* ln(a b) as ln a + ln b where both are positive: in ln(Nc/N) one half then
 * belongs to the parameters alone and the other to the columns alone. */
static int split_log(Dag *dag, int node)
{
    const DagNode n = dag->node[node];
    const int a = dag_unary(dag, DAG_LOG, n.a);
    const int b = dag_unary(dag, DAG_LOG, n.b);
    return dag_binary(dag, n.op == DAG_MUL ? DAG_ADD : DAG_SUB, a, b);
}

int dag_unary(Dag *dag, DagOp op, int a)
{
    const DagNode x = dag->node[a];
    if (x.op == DAG_NUMBER)
        return dag_number(dag, unary_value(op, x.number));
    if (op == DAG_NEG && x.op == DAG_NEG)
        return x.a;
    if (op == DAG_NEG && x.op == DAG_SUB)
        return dag_binary(dag, DAG_SUB, x.b, x.a);
    if (op == DAG_LOG && x.op == DAG_EXP)
        return x.a;
    if (op == DAG_LOG && splits(dag, a))
        return split_log(dag, a);
    return keep(dag, (DagNode){ .op = op, .a = a, .b = -1, .params = x.params,
                                .columns = x.columns,
                                .positive = op == DAG_EXP
                                         || op == DAG_SIGMOID });
}

static int add(Dag *dag, int a, int b)
{
    if (is(dag, a, 0))
        return b;
    if (is(dag, b, 0))
        return a;
    if (op_is(dag, b, DAG_NEG))
        return dag_binary(dag, DAG_SUB, a, dag->node[b].a);
    if (op_is(dag, a, DAG_NEG))
        return dag_binary(dag, DAG_SUB, b, dag->node[a].a);
    return -1;
}

static int sub(Dag *dag, int a, int b)
{
    if (is(dag, b, 0))
        return a;
    if (a == b)
        return dag_number(dag, 0);
    if (is(dag, a, 0))
        return dag_unary(dag, DAG_NEG, b);
    if (op_is(dag, b, DAG_NEG))
        return dag_binary(dag, DAG_ADD, a, dag->node[b].a);
    return -1;
}

static int negated_product(Dag *dag, DagOp op, int a, int b)
{
    return dag_unary(dag, DAG_NEG, dag_binary(dag, op, a, b));
}

static int mul(Dag *dag, int a, int b)
{
    if (is(dag, a, 0) || is(dag, b, 0))
        return dag_number(dag, 0);
    if (is(dag, a, 1))
        return b;
    if (is(dag, b, 1))
        return a;
    if (op_is(dag, a, DAG_NEG))
        return negated_product(dag, DAG_MUL, dag->node[a].a, b);
    if (op_is(dag, b, DAG_NEG))
        return negated_product(dag, DAG_MUL, a, dag->node[b].a);
    return -1;
}

static int divide(Dag *dag, int a, int b)
{
    if (is(dag, a, 0))
        return a;
    if (is(dag, b, 1))
        return a;
    if (op_is(dag, a, DAG_NEG))
        return negated_product(dag, DAG_DIV, dag->node[a].a, b);
    if (op_is(dag, b, DAG_NEG))
        return negated_product(dag, DAG_DIV, a, dag->node[b].a);
    if (op_is(dag, b, DAG_EXP)) { /* A/N^alpha as A*N^-alpha: no overflow */
        const int minus = dag_unary(dag, DAG_NEG, dag->node[b].a);
        return dag_binary(dag, DAG_MUL, a, dag_unary(dag, DAG_EXP, minus));
    }
    return -1;
}

/* The simpler node that a op b is, or -1. */
static int simplify(Dag *dag, DagOp op, int a, int b)
{
    switch (op) {
    case DAG_ADD: return add(dag, a, b);
    case DAG_SUB: return sub(dag, a, b);
    case DAG_MUL: return mul(dag, a, b);
    case DAG_DIV: return divide(dag, a, b);
    case DAG_MIN:
    case DAG_MAX: return a == b ? a : -1;
    default:      return -1;
    }
}

static bool stays_positive(DagOp op, const DagNode *a, const DagNode *b)
{
    return op == DAG_GE
        || (op == DAG_MAX && (a->positive || b->positive))
        || (op != DAG_SUB && a->positive && b->positive);
}

int dag_binary(Dag *dag, DagOp op, int a, int b)
{
    const DagNode x = dag->node[a], y = dag->node[b];
    if (x.op == DAG_NUMBER && y.op == DAG_NUMBER)
        return dag_number(dag, binary_value(op, x.number, y.number));
    const int simpler = simplify(dag, op, a, b);
    if (simpler >= 0)
        return simpler;
    const bool swap = (op == DAG_ADD || op == DAG_MUL) && a > b;
    return keep(dag, (DagNode){ .op = op, .a = swap ? b : a, .b = swap ? a : b,
                                .params = x.params | y.params,
                                .columns = x.columns || y.columns,
                                .positive = stays_positive(op, &x, &y) });
}

static int whole_power(Dag *dag, int base, int times)
{
    int power = dag_number(dag, 1);
    for (int i = 0; i < times; i++)
        power = dag_binary(dag, DAG_MUL, power, base);
    return power;
}

/* Small whole exponents multiply, so that a base below 0 keeps its sign; any
 * other power is exp(b ln a). */
int dag_power(Dag *dag, int base, int exponent)
{
    const DagNode e = dag->node[exponent];
    if (e.op == DAG_NUMBER && fabs(e.number) <= 8
        && e.number == floor(e.number)) {
        const int power = whole_power(dag, base, (int)fabs(e.number));
        return e.number >= 0
                   ? power
                   : dag_binary(dag, DAG_DIV, dag_number(dag, 1), power);
    }
    const int ln = dag_unary(dag, DAG_LOG, base);
    return dag_unary(dag, DAG_EXP, dag_binary(dag, DAG_MUL, exponent, ln));
}

/* (a/b)' = a'/b - (a/b) b'/b, which reuses a/b. */
static int quotient_slope(Dag *dag, int node, int b, int da, int db)
{
    const int left = dag_binary(dag, DAG_DIV, da, b);
    const int right = dag_binary(dag, DAG_DIV, dag_binary(dag, DAG_MUL, node,
                                                          db), b);
    return dag_binary(dag, DAG_SUB, left, right);
}

/* The slope of whichever operand is taken: db + (a >= b)(da - db). */
static int choice_slope(Dag *dag, int first, int second, int dfirst,
                        int dsecond)
{
    const int which = dag_binary(dag, DAG_GE, first, second);
    const int gap = dag_binary(dag, DAG_SUB, dfirst, dsecond);
    return dag_binary(dag, DAG_ADD, dsecond,
                      dag_binary(dag, DAG_MUL, which, gap));
}

static int product_slope(Dag *dag, int a, int b, int da, int db)
{
    return dag_binary(dag, DAG_ADD, dag_binary(dag, DAG_MUL, da, b),
                      dag_binary(dag, DAG_MUL, a, db));
}

static int binary_slope(Dag *dag, int node, int da, int db)
{
    const DagNode n = dag->node[node];
    switch (n.op) {
    case DAG_ADD:
    case DAG_SUB: return dag_binary(dag, n.op, da, db);
    case DAG_MUL: return product_slope(dag, n.a, n.b, da, db);
    case DAG_DIV: return quotient_slope(dag, node, n.b, da, db);
    case DAG_MAX: return choice_slope(dag, n.a, n.b, da, db);
    case DAG_MIN: return choice_slope(dag, n.b, n.a, da, db);
    default:      return dag_number(dag, 0); /* DAG_GE is flat */
    }
}

/* s' = s (1 - s) da: no exponential, so nothing that could overflow. */
static int sigmoid_slope(Dag *dag, int node, int da)
{
    const int rest = dag_binary(dag, DAG_SUB, dag_number(dag, 1), node);
    return dag_binary(dag, DAG_MUL, dag_binary(dag, DAG_MUL, node, rest), da);
}

static int unary_slope(Dag *dag, int node, int da)
{
    const DagNode n = dag->node[node];
    switch (n.op) {
    case DAG_NEG: return dag_unary(dag, DAG_NEG, da);
    case DAG_EXP: return dag_binary(dag, DAG_MUL, node, da);
    case DAG_LOG: return dag_binary(dag, DAG_DIV, da, n.a);
    case DAG_SIGMOID: return sigmoid_slope(dag, node, da);
    default: assert(n.op == DAG_SIGMOID); return 0;
    }
}

/* One pass over the nodes below, each slope made once: a recursion would walk
 * shared operands again for every use, which doubles with every level. */
int dag_slope(Dag *dag, int node, int param)
{
    static const int leaf_last = DAG_COLUMN, unary_last = DAG_SIGMOID;
    int *slope = NEW(dag->arena, int, node + 1);
    for (int i = 0; i <= node && !dag->full; i++) {
        const DagNode n = dag->node[i];
        if (!(n.params >> param & 1u))
            slope[i] = dag_number(dag, 0);
        else if ((int)n.op <= leaf_last)
            slope[i] = dag_number(dag, 1);
        else if ((int)n.op <= unary_last)
            slope[i] = unary_slope(dag, i, slope[n.a]);
        else
            slope[i] = binary_slope(dag, i, slope[n.a], slope[n.b]);
    }
    return slope[node];
}
