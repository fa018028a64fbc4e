/* formula_parse.c - "loss = E + A/N^alpha + B/D^beta" to a graph.
 *
 *     equation = NAME "=" sum
 *     sum      = product { ("+" | "-") product }
 *     product  = signed { ("*" | "/") signed }
 *     signed   = "-" signed | "+" signed | power
 *     power    = atom [ "^" signed ]              right: 2^3^2 is 2^9
 *     atom     = NUMBER | NAME | NAME "[" whole { "," whole } "]" | over
 *              | FUNCTION "(" sum { "," sum } ")" | "(" sum ")"
 *
 * so that -N^2 is -(N^2) and N^-alpha needs no parentheses. `over` and `whole`
 * are formula_index.c's. */

#include "law/formula_parser.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 100 }; /* of parentheses: a bound on the C stack */

int parser_fail(Parser *p, const char *what)
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

void parser_blanks(Parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

bool parser_take(Parser *p, char c)
{
    parser_blanks(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

bool parser_name_begins(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

const char *parser_name(Parser *p)
{
    parser_blanks(p);
    if (!parser_name_begins(*p->at))
        return NULL;
    const char *end = p->at;
    while (parser_name_begins(*end) || isdigit((unsigned char)*end))
        end++;
    char *copy = NEW(p->arena, char, end - p->at + 1);
    memcpy(copy, p->at, (size_t)(end - p->at));
    p->at = end;
    return copy;
}

static int number(Parser *p)
{
    char *end;
    const double value = strtod(p->at, &end);
    if (end == p->at)
        return parser_fail(p, "a number, a name or '(' is expected");
    if (!isfinite(value))
        return parser_fail(p, "a number too large for the machine; write it "
                              "smaller");
    if (parser_name_begins(*end))
        return parser_fail(p, "a number runs into a name; put an operator "
                              "between");
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
        return parser_fail(p, "the quantity on the left may not stand on the "
                              "right");
    int i = find(names->column, names->ncolumn, wanted);
    if (i < 0) {
        if (names->ncolumn == names->ncolumn_max)
            return parser_fail(p, "more columns than a law may have; declare "
                                  "what is a parameter as [param.NAME]");
        i = names->ncolumn++;
        names->column[i] = wanted;
    }
    return dag_column(p->dag, i);
}

static int leaf(Parser *p, const char *wanted)
{
    const FormulaNames *names = p->names;
    i64 index;
    if (parser_index(&index, p, wanted))
        return dag_number(p->dag, (double)index);
    const int i = find(names->param, names->nparam, wanted);
    return i >= 0 ? dag_param(p->dag, i, names->positive[i])
                  : column(p, wanted);
}

/* Whether t1, t2, ... are parameters: then t[9] is one too, or a slip. */
static bool family(const FormulaNames *names, const char *base)
{
    const size_t length = strlen(base);
    for (int i = 0; i < names->nparam; i++) {
        const char *rest = names->param[i] + length;
        if (strncmp(names->param[i], base, length) == 0
            && isdigit((unsigned char)*rest)
            && strspn(rest, "0123456789_") == strlen(rest))
            return true;
    }
    return false;
}

/* After "t[", where t stands at `before`. */
static int indexed(Parser *p, const char *base, const char *before)
{
    const char *wanted = parser_subscript(p, base);
    if (p->failed)
        return 0;
    if (find(p->names->param, p->names->nparam, wanted) < 0
        && family(p->names, base)) {
        p->at = before;
        return parser_fail(p, "an index past those that the parameter's count "
                              "declares");
    }
    return leaf(p, wanted);
}

static int closed(Parser *p, int node)
{
    return parser_take(p, ')') ? node : parser_fail(p, "')' is missing here");
}

/* min and max take two or more; a fold from the left. */
static int choice(Parser *p, DagOp op)
{
    int node = parser_sum(p);
    if (!p->failed && !parser_take(p, ','))
        return parser_fail(p, "min and max take two operands or more, with "
                              "commas");
    do {
        const int next = parser_sum(p);
        if (p->failed)
            return 0;
        node = dag_binary(p->dag, op, node, next);
    } while (parser_take(p, ','));
    return closed(p, node);
}

static int powered(Parser *p)
{
    const int base = parser_sum(p);
    if (!p->failed && !parser_take(p, ','))
        return parser_fail(p, "pow takes two operands, with a comma");
    const int exponent = p->failed ? 0 : parser_sum(p);
    return p->failed ? 0 : closed(p, dag_power(p->dag, base, exponent));
}

static int scaled(Parser *p, double factor, int node)
{
    return dag_binary(p->dag, DAG_MUL, dag_number(p->dag, factor), node);
}

/* tanh x = 2 s(2x) - 1: true to 1e-16 of 1, and never overflowing. */
static int tanh_of(Parser *p, int x)
{
    const int s = dag_unary(p->dag, DAG_SIGMOID, scaled(p, 2, x));
    return dag_binary(p->dag, DAG_SUB, scaled(p, 2, s),
                      dag_number(p->dag, 1));
}

typedef enum Function {
    EXP, LOG, LOG10, SQRT, TANH, SIGMOID, MIN, MAX, POW, SUM, PROD, NONE
} Function;

static Function function_find(const char *name)
{
    static const struct { const char *name; Function is; } known[] = {
        { "exp", EXP }, { "log", LOG }, { "ln", LOG }, { "log10", LOG10 },
        { "sqrt", SQRT }, { "tanh", TANH }, { "sigmoid", SIGMOID },
        { "logistic", SIGMOID }, { "min", MIN }, { "max", MAX },
        { "pow", POW }, { "sum", SUM }, { "prod", PROD },
    };
    for (int i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].is;
    return NONE;
}

static int of_one(Parser *p, Function f, int x)
{
    Dag *dag = p->dag;
    switch (f) {
    case EXP:     return dag_unary(dag, DAG_EXP, x);
    case LOG:     return dag_unary(dag, DAG_LOG, x);
    case LOG10:   return scaled(p, 1 / log(10), dag_unary(dag, DAG_LOG, x));
    case SQRT:    return dag_power(dag, x, dag_number(dag, 0.5));
    case TANH:    return tanh_of(p, x);
    case SIGMOID: return dag_unary(dag, DAG_SIGMOID, x);
    default: assert(f == SIGMOID); return 0;
    }
}

static int call(Parser *p, const char *name)
{
    const Function f = function_find(name);
    switch (f) {
    case MIN:  return choice(p, DAG_MIN);
    case MAX:  return choice(p, DAG_MAX);
    case POW:  return powered(p);
    case SUM:  return parser_over(p, DAG_ADD);
    case PROD: return parser_over(p, DAG_MUL);
    case NONE:
        return parser_fail(p, "a function that is not known stands before "
                              "this '('; there are exp, log, log10, sqrt, pow, "
                              "min, max, tanh, sigmoid, sum and prod");
    default: break;
    }
    const int x = parser_sum(p);
    return p->failed ? 0 : closed(p, of_one(p, f, x));
}

static int atom(Parser *p)
{
    parser_blanks(p);
    if (isdigit((unsigned char)*p->at) || *p->at == '.')
        return number(p);
    const char *before = p->at, *wanted = parser_name(p);
    if (wanted && parser_take(p, '('))
        return call(p, wanted);
    if (wanted)
        return parser_take(p, '[') ? indexed(p, wanted, before)
                                   : leaf(p, wanted);
    if (!parser_take(p, '('))
        return parser_fail(p, *p->at ? "a number, a name or '(' is expected"
                              : "the formula ends where a number, a name or "
                                "'(' is expected");
    const int node = parser_sum(p);
    return p->failed ? 0 : closed(p, node);
}

static int signed_power(Parser *p);

static int power(Parser *p)
{
    const int base = atom(p);
    if (p->failed || !parser_take(p, '^'))
        return base;
    const int exponent = signed_power(p);
    return p->failed ? 0 : dag_power(p->dag, base, exponent);
}

static int signed_power(Parser *p)
{
    if (++p->depth > DEPTH_MAX)
        return parser_fail(p, "nested too deeply; write it flatter");
    int node;
    if (parser_take(p, '-')) {
        node = signed_power(p);
        node = p->failed ? 0 : dag_unary(p->dag, DAG_NEG, node);
    } else if (parser_take(p, '+')) {
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
        const bool times = parser_take(p, '*');
        if (!times && !parser_take(p, '/'))
            break;
        const int next = signed_power(p);
        if (!p->failed)
            node = dag_binary(p->dag, times ? DAG_MUL : DAG_DIV, node, next);
    }
    return node;
}

int parser_sum(Parser *p)
{
    int node = product(p);
    while (!p->failed) {
        const bool plus = parser_take(p, '+');
        if (!plus && !parser_take(p, '-'))
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
    Parser p = { .arena = dag->arena, .dag = dag, .names = names,
                 .text = text, .at = text, .err = err };
    names->response = parser_name(&p);
    if (!names->response || !parser_take(&p, '=')) {
        (void)parser_fail(&p, "it begins with the name of what it predicts and '=', "
                       "as in loss = E + A/N^alpha");
        return false;
    }
    *root_node = parser_sum(&p);
    parser_blanks(&p);
    if (!p.failed && *p.at)
        (void)parser_fail(&p, "an operator is expected");
    if (!p.failed && dag->full)
        (void)parser_fail(&p, "the formula is too large; write it shorter");
    return !p.failed;
}
