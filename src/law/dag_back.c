/* dag_back.c - all slopes of a node at once, from the value back to the
 * parameters: each node passes on to its operands what the value feels of it.
 *
 * Forwards (dag_slope) every parameter has a chain of its own up to the value;
 * backwards there is one chain down, which all parameters share, and a group's
 * E_a*is_a costs one product. Backwards the graph is smaller where parameters
 * are many and enter deep; forwards where they are few, since more of what the
 * value itself is made of occurs again. */

#include "law/formula.h"

typedef struct Back {
    Dag *dag;
    int *felt; /* what the value feels of each node; -1 nothing yet */
} Back;

static int times(Back *b, int x, int y)
{
    return dag_binary(b->dag, DAG_MUL, x, y);
}

static int minus(Back *b, int x) { return dag_unary(b->dag, DAG_NEG, x); }

static void pass(Back *b, int to, int more)
{
    if (b->dag->node[to].params == 0)
        return;
    b->felt[to] = b->felt[to] < 0
                      ? more
                      : dag_binary(b->dag, DAG_ADD, b->felt[to], more);
}

/* To whichever operand is taken: all to a where `first` >= `second`. */
static void pass_choice(Back *b, const DagNode *n, int first, int second,
                        int felt)
{
    const int a = dag_binary(b->dag, DAG_GE, first, second);
    const int rest = dag_binary(b->dag, DAG_SUB, dag_number(b->dag, 1), a);
    pass(b, n->a, times(b, a, felt));
    pass(b, n->b, times(b, rest, felt));
}

static void pass_quotient(Back *b, int node, const DagNode *n, int felt)
{
    const int share = dag_binary(b->dag, DAG_DIV, felt, n->b);
    pass(b, n->a, share);
    if (b->dag->node[n->b].params)
        pass(b, n->b, minus(b, times(b, share, node)));
}

static int sigmoid_slope(Back *b, int node)
{
    const int one = dag_number(b->dag, 1);
    return times(b, node, dag_binary(b->dag, DAG_SUB, one, node));
}

static void pass_on(Back *b, int node, int felt)
{
    const DagNode n = b->dag->node[node]; /* a copy: the array's nodes stay, */
    switch (n.op) {                       /* and new ones come after them    */
    case DAG_NEG: pass(b, n.a, minus(b, felt)); break;
    case DAG_EXP: pass(b, n.a, times(b, felt, node)); break;
    case DAG_LOG:
        pass(b, n.a, dag_binary(b->dag, DAG_DIV, felt, n.a));
        break;
    case DAG_SIGMOID:
        pass(b, n.a, times(b, felt, sigmoid_slope(b, node)));
        break;
    case DAG_ADD:
        pass(b, n.a, felt);
        pass(b, n.b, felt);
        break;
    case DAG_SUB:
        pass(b, n.a, felt);
        pass(b, n.b, minus(b, felt));
        break;
    case DAG_MUL:
        pass(b, n.a, times(b, felt, n.b));
        pass(b, n.b, times(b, felt, n.a));
        break;
    case DAG_DIV: pass_quotient(b, node, &n, felt); break;
    case DAG_MAX: pass_choice(b, &n, n.a, n.b, felt); break;
    case DAG_MIN: pass_choice(b, &n, n.b, n.a, felt); break;
    default: break; /* a leaf; DAG_GE is flat */
    }
}

void dag_slopes(int *slope, Dag *dag, int node, int nparam)
{
    Back b = { dag, NEW(dag->arena, int, node + 1) };
    for (int i = 0; i <= node; i++)
        b.felt[i] = -1;
    for (int p = 0; p < nparam; p++)
        slope[p] = dag_number(dag, 0);
    b.felt[node] = dag_number(dag, 1);
    for (int i = node; i >= 0 && !dag->full; i--) {
        const DagNode *n = &dag->node[i];
        if (b.felt[i] < 0 || n->params == 0)
            continue;
        if (n->op == DAG_PARAM)
            slope[n->a] = b.felt[i];
        else
            pass_on(&b, i, b.felt[i]);
    }
}
