/* formula.h - formulas as a graph: built node by node, differentiated exactly,
 * and laid out as a tape that runs over many rows at once.
 *
 * Equal expressions are one node (hash-consing), so that a derivative shares
 * with the value whatever it can: A*exp(-alpha*ln N) appears once in the loss,
 * its slopes and its curvatures. Powers are written as exp and log when the
 * graph is built; the tape then knows ten operations and no special case.
 *
 * Nodes are of three kinds, and each is computed as seldom as it can be: those
 * of parameters alone once an evaluation, those of columns alone once a table,
 * the others once a row. */

#ifndef FORMULA_H
#define FORMULA_H

#include "base/arena.h"
#include "base/err.h"

enum {
    FORMULA_NAMES_MAX = 32, FORMULA_NODES_MAX = 6000, FORMULA_INDICES_MAX = 16
};

typedef enum DagOp {
    DAG_NUMBER, DAG_PARAM, DAG_COLUMN,       /* leaves                      */
    DAG_NEG, DAG_EXP, DAG_LOG, DAG_SIGMOID,  /* of a                        */
    DAG_ADD, DAG_SUB, DAG_MUL, DAG_DIV,      /* of a and b                  */
    DAG_MIN, DAG_MAX, DAG_GE,                /* DAG_GE: 1 if a >= b, else 0 */
} DagOp;

/* What log(0) is taken for: below every logarithm by far, so that 0^a is 0,
 * and its square is finite, so that slopes and curvatures there are 0 as well
 * and not 0 times infinity. */
#define DAG_LOG_OF_0 (-1e150)

typedef struct DagNode {
    DagOp  op;
    int    a, b;     /* operands, earlier nodes; a: index of a leaf         */
    double number;
    u32    params;   /* bit i: mentions parameter i                         */
    bool   columns;  /* mentions a column                                   */
    bool   positive; /* certainly >= 0, so that its logarithm may be split  */
} DagNode;

/* A node is named by its index; operands come before what is made of them. */
typedef struct Dag {
    Arena   *arena;
    int      count, room;
    DagNode *node;
    int     *bucket;  /* hash table of node indices, -1 empty               */
    bool     full;    /* FORMULA_NODES_MAX was reached; the rest is junk    */
} Dag;

Dag dag_open(Arena *arena);
int dag_number(Dag *dag, double value);
int dag_param(Dag *dag, int index, bool positive);
int dag_column(Dag *dag, int index);
int dag_unary(Dag *dag, DagOp op, int a);
int dag_binary(Dag *dag, DagOp op, int a, int b);
int dag_power(Dag *dag, int base, int exponent);

/* The derivative of a node by parameter i, as a node; and those by all, made
 * backwards (dag_back.c): another graph of the same values. */
int  dag_slope(Dag *dag, int node, int param);
void dag_slopes(int *slope, Dag *dag, int node, int nparam);

/* The largest set of parameters that are linear together, of equal ones the
 * first; mentions[i]: the parameters in the slope by parameter i (law_linear.c). */
u32 formula_linear(const u32 *mentions, u32 used, int nparam);

/* "loss = E + A/N^alpha": names among params are parameters, others become
 * columns in order of appearance. Gives the node of the right-hand side. */
typedef struct FormulaIndex { const char *name; i64 value; } FormulaIndex;

typedef struct FormulaNames {
    int          nindex;     /* given by the file; sums put theirs on top    */
    FormulaIndex index[FORMULA_INDICES_MAX];
    const char *response;
    int         nparam, ncolumn, ncolumn_max;
    const char *param[FORMULA_NAMES_MAX];
    bool        positive[FORMULA_NAMES_MAX]; /* of params: bounded below by 0 */
    const char *column[FORMULA_NAMES_MAX];
} FormulaNames;

bool formula_parse(int *root, Dag *dag, FormulaNames *names, const char *text,
                   Err *err) MUST_USE;

/* For a text that has been parsed: every name of `from` that stands for a
 * quantity replaced by the text `to`. With `unroll`, sums and products over an
 * index are written out first, so that t[j] has become t1, t2, ... */
const char *formula_replace(Arena *arena, const char *text, int count,
                            const char *const *from, const char *const *to,
                            bool unroll);

/* ---- the tape ---------------------------------------------------------- */

/* What a row step does with its operands a, b and c; those from TAPE_NMUL on
 * are two or three nodes in one: -(ab), exp(ab), exp(-(ab)), ab + c, ab - c,
 * c - ab, abc, -(abc). */
typedef enum TapeOp {
    TAPE_COPY, TAPE_NEG, TAPE_EXP, TAPE_LOG, TAPE_SIGMOID, TAPE_ADD, TAPE_SUB,
    TAPE_MUL, TAPE_DIV, TAPE_MIN, TAPE_MAX, TAPE_GE, TAPE_NMUL, TAPE_EXP_MUL,
    TAPE_EXP_NMUL, TAPE_MUL_ADD, TAPE_MUL_SUB, TAPE_NMUL_ADD, TAPE_MUL_MUL,
    TAPE_NMUL_MUL, TAPE_OPS
} TapeOp;

/* Where a value lies: of parameters alone; of columns alone; of a row, for as
 * long as it is needed; or in what the caller gets. */
enum {
    TAPE_SCALAR, TAPE_FIXED, TAPE_ROW, TAPE_OUT, TAPE_JAC, TAPE_HESS, TAPE_KINDS
};

typedef struct TapeStep {
    TapeOp op;
    u8     kind, a_kind, b_kind, c_kind;
    u8     shape;         /* bit 0, 1, 2: a, b, c is a scalar */
    i32    slot, a, b, c; /* within their kinds               */
} TapeStep;

typedef struct TapeScalar {
    DagOp  op;     /* DAG_PARAM: theta[a] */
    int    a, b;
    double number; /* of a DAG_NUMBER     */
} TapeScalar;

/* Steps stand in the order value, slopes, curvatures; end[level] of them are
 * needed for level 0, 1 or 2. */
typedef struct Formula {
    int         nparam, ncolumn, npair;
    int         nslot[TAPE_KINDS];
    int         scalar_end[3], fixed_end[3], row_end[3];
    TapeScalar *scalar;  /* into its own place                        */
    TapeStep   *fixed;   /* after the columns, which are slots 0 on   */
    TapeStep   *row;
} Formula;

Formula *tape_make(Arena *arena, const Dag *dag, int value, const int *slope,
                   int nparam, const int *curve, int npair, int ncolumn);

/* scalar[nslot[TAPE_SCALAR]] */
void tape_scalars(double *scalar, const Formula *tape, const double *theta,
                  int level);

#endif
