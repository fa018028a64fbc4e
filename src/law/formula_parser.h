/* formula_parser.h - what the files that read a formula share: where the
 * reading stands, and the small steps forward. */

#ifndef FORMULA_PARSER_H
#define FORMULA_PARSER_H

#include "law/formula.h"

typedef struct Parser {
    Arena        *arena; /* for names                                      */
    Dag          *dag;
    FormulaNames *names;
    const char   *text, *at;
    int           depth;
    i64           terms; /* of sums and products over an index, so far     */
    bool          failed;
    Err          *err;
} Parser;

/* Says line and column of where the reading stands, and what is wrong there.
 * The 0 that comes back is never used: `failed` stops all callers. */
int parser_fail(Parser *p, const char *what);

void parser_blanks(Parser *p);
bool parser_take(Parser *p, char c);  /* if it stands here                 */
const char *parser_name(Parser *p);   /* the name here, or NULL            */
bool parser_name_begins(char c);

int parser_sum(Parser *p);            /* formula_parse.c: an expression    */

/* ---- formula_index.c --------------------------------------------------- */

/* The value of an index, if `name` is one now. */
bool parser_index(i64 *value, const Parser *p, const char *name);

/* A whole number: digits, indices, + - * and parentheses. */
i64 parser_whole(Parser *p);

/* After "t[": "j, k]", read; gives "t1_2". */
const char *parser_subscript(Parser *p, const char *name);

/* After "sum(": "j, 1, n, " read, and where the body ends (at its ')'). */
typedef struct Span {
    const char *index, *body, *end;
    i64         from, to;
} Span;
Span parser_span(Parser *p);

/* The same and its terms, as nodes; the ')' read. */
int parser_over(Parser *p, DagOp op);

/* For the body: the index is on top, or off again. */
void parser_push(Parser *p, const char *index, i64 value);
void parser_pop(Parser *p);

#endif
