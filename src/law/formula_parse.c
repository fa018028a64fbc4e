/* formula_parse.c - "loss = E + A/N^alpha + B/D^beta" to a graph.
 *
 *     equation = NAME "=" sum
 *     sum      = product { ("+" | "-") product }
 *     product  = signed { ("*" | "/") signed }
 *     signed   = "-" signed | "+" signed | power
 *     power    = atom [ "^" signed ]              right: 2^3^2 is 2^9
 *     atom     = NUMBER | NAME | FUNCTION "(" sum { "," sum } ")" | "(" sum ")"
 *
 * so that -N^2 is -(N^2) and N^-alpha needs no parentheses. Functions: exp,
 * log (also ln), sqrt, min, max. */

#include "law/formula.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 100 }; /* of parentheses: a bound on the C stack */

typedef struct Parser {
    Dag          *dag;
    FormulaNames *names;
    const char   *text, *at;
    int           depth;
    bool          failed;
    Err          *err;
} Parser;

static int sum(Parser *p);

/* Line and column of where the reading stands, and what is wrong there. The
 * node 0 that comes back is never used: `failed` stops all callers. */
static int fail(Parser *p, const char *what)
{
    int line = 1, column = 1;
    for (const char *c = p->text; c < p->at; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    if (!p->failed)
        (void)err_set(p->err, ERR_FORMAT, "formula, line %d, column %d: %s",
                      line, column, what);
    p->failed = true;
    return 0;
}

static void blanks(Parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool take(Parser *p, char c)
{
    blanks(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

static bool name_begins(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

/* The name here, in the arena, or NULL. */
static const char *name(Parser *p)
{
    blanks(p);
    if (!name_begins(*p->at))
        return NULL;
    const char *end = p->at;
    while (name_begins(*end) || isdigit((unsigned char)*end))
        end++;
    char *copy = NEW(p->dag->arena, char, end - p->at + 1);
    memcpy(copy, p->at, (size_t)(end - p->at));
    p->at = end;
    return copy;
}

static int number(Parser *p)
{
    char *end;
    const double value = strtod(p->at, &end);
    if (end == p->at)
        return fail(p, "a number, a name or '(' is expected");
    if (!isfinite(value))
        return fail(p, "a number too large for the machine; write it smaller");
    if (name_begins(*end))
        return fail(p, "a number runs into a name; put an operator between");
    p->at = end;
    return dag_number(p->dag, value);
}

static int find(const char *const *list, int count, const char *wanted)
{
    for (int i = 0; i < count; i++)
        if (strcmp(list[i], wanted) == 0)
            return i;
    return -1;
}

static int column(Parser *p, const char *wanted)
{
    FormulaNames *names = p->names;
    if (strcmp(wanted, names->response) == 0)
        return fail(p, "the quantity on the left may not stand on the right");
    int i = find(names->column, names->ncolumn, wanted);
    if (i < 0) {
        if (names->ncolumn == names->ncolumn_max)
            return fail(p, "more columns than a law may have; declare what is "
                           "a parameter as [param.NAME]");
        i = names->ncolumn++;
        names->column[i] = wanted;
    }
    return dag_column(p->dag, i);
}

static int leaf(Parser *p, const char *wanted)
{
    const FormulaNames *names = p->names;
    const int i = find(names->param, names->nparam, wanted);
    return i >= 0 ? dag_param(p->dag, i, names->positive[i])
                  : column(p, wanted);
}

static int closed(Parser *p, int node)
{
    return take(p, ')') ? node : fail(p, "')' is missing here");
}

/* min and max take two or more; a fold from the left. */
static int choice(Parser *p, DagOp op)
{
    int node = sum(p);
    if (!p->failed && !take(p, ','))
        return fail(p, "min and max take two operands or more, with commas");
    do {
        const int next = sum(p);
        if (p->failed)
            return 0;
        node = dag_binary(p->dag, op, node, next);
    } while (take(p, ','));
    return closed(p, node);
}

static int of_one(Parser *p, DagOp op)
{
    const int node = sum(p);
    return p->failed ? 0 : closed(p, dag_unary(p->dag, op, node));
}

static int root(Parser *p)
{
    const int node = sum(p);
    return p->failed ? 0
                     : closed(p, dag_power(p->dag, node,
                                           dag_number(p->dag, 0.5)));
}

static int call(Parser *p, const char *function)
{
    if (strcmp(function, "exp") == 0)
        return of_one(p, DAG_EXP);
    if (strcmp(function, "log") == 0 || strcmp(function, "ln") == 0)
        return of_one(p, DAG_LOG);
    if (strcmp(function, "sqrt") == 0)
        return root(p);
    if (strcmp(function, "min") == 0)
        return choice(p, DAG_MIN);
    if (strcmp(function, "max") == 0)
        return choice(p, DAG_MAX);
    return fail(p, "a function that is not known stands before this '('; "
                   "there are exp, log, sqrt, min and max");
}

static int atom(Parser *p)
{
    blanks(p);
    if (isdigit((unsigned char)*p->at) || *p->at == '.')
        return number(p);
    const char *wanted = name(p);
    if (wanted)
        return take(p, '(') ? call(p, wanted) : leaf(p, wanted);
    if (!take(p, '('))
        return fail(p, *p->at ? "a number, a name or '(' is expected"
                              : "the formula ends where a number, a name or "
                                "'(' is expected");
    const int node = sum(p);
    return p->failed ? 0 : closed(p, node);
}

static int signed_power(Parser *p);

static int power(Parser *p)
{
    const int base = atom(p);
    if (p->failed || !take(p, '^'))
        return base;
    const int exponent = signed_power(p);
    return p->failed ? 0 : dag_power(p->dag, base, exponent);
}

static int signed_power(Parser *p)
{
    if (++p->depth > DEPTH_MAX)
        return fail(p, "nested too deeply; write it flatter");
    int node;
    if (take(p, '-')) {
        node = signed_power(p);
        node = p->failed ? 0 : dag_unary(p->dag, DAG_NEG, node);
    } else if (take(p, '+')) {
        node = signed_power(p);
    } else {
        node = power(p);
    }
    p->depth--;
    return node;
}

static int product(Parser *p)
{
    int node = signed_power(p);
    while (!p->failed) {
        const bool times = take(p, '*');
        if (!times && !take(p, '/'))
            break;
        const int next = signed_power(p);
        if (!p->failed)
            node = dag_binary(p->dag, times ? DAG_MUL : DAG_DIV, node, next);
    }
    return node;
}

static int sum(Parser *p)
{
    int node = product(p);
    while (!p->failed) {
        const bool plus = take(p, '+');
        if (!plus && !take(p, '-'))
            break;
        const int next = product(p);
        if (!p->failed)
            node = dag_binary(p->dag, plus ? DAG_ADD : DAG_SUB, node, next);
    }
    return node;
}

bool formula_parse(int *root_node, Dag *dag, FormulaNames *names,
                   const char *text, Err *err)
{
    Parser p = { dag, names, text, text, 0, false, err };
    names->response = name(&p);
    if (!names->response || !take(&p, '=')) {
        (void)fail(&p, "it begins with the name of what it predicts and '=', "
                       "as in loss = E + A/N^alpha");
        return false;
    }
    *root_node = sum(&p);
    blanks(&p);
    if (!p.failed && *p.at)
        (void)fail(&p, "an operator is expected");
    if (!p.failed && dag->full)
        (void)fail(&p, "the formula is too large; write it shorter");
    return !p.failed;
}
