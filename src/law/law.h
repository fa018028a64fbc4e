/* law.h - a scaling law: a formula over columns of a table of runs, in the
 * paper's letters, read from a small text file (laws/NAME.law).
 *
 *     name    = "chinchilla"
 *     title   = "Additive law in size and data"
 *     formula = "loss = E + A/N^alpha + B/D^beta"
 *     source  = "Hoffmann et al. 2022, arXiv:2203.15556, section 3.3"
 *     counts  = "total"         what the paper counts as N (count/count.h)
 *     cost    = "6*N*D"         FLOP of a run, in the same columns
 *     caveat  = ["..."]
 *     zero    = ["r1"]          columns for which 0 is a value
 *     where   = ["f = 1 - N/D"] parts of the formula by name (law_where.c)
 *     [index]  n = 3            counts that formula and sections may name
 *     [param.E]      from = 0.1  to = 5  unit = "nats"  low = 0  high = 9
 *     [param.t]      count = "n" ...   t1, t2, t3; [2, "n"] gives t1_1 to t2_3
 *     [column.r1]    from = 0  to = 1  unit = ""  about = "share of ..."
 *                    where laws check looks; 1e3 to 1e11 where it is not said
 *     [published.besiroglu]  E = 1.8172 ... source = "..." caveat = "..."
 *                            E_interval = [low, high]
 *                            check   = [N, D, loss, ...]  held by laws check
 *                            optimum = [C, N, ...]        (C = 6 N D)
 *
 * The compiler parses the formula, tells columns from parameters, evaluates
 * all rows at once, differentiates exactly, and finds which parameters enter
 * linearly (jointly), so that variable projection needs no hand-written case.
 * A law that a user writes is treated exactly like ours.
 *
 * A formula has + - * / ^ and parentheses, exp, log (ln), log10, sqrt, pow,
 * min, max, tanh, sigmoid (logistic), and over an index
 *
 *     loss = E + sum(j, 1, n, t[j]*r[j]) * prod(k, 1, n-1, r[k+1]^a[k])
 *
 * with whole bounds; t[j] names t1, t2, ..., and t[i, j] names t1_1, ... The
 * logarithm of 0 is taken for -1e150, so that 0^a is 0, and so are its slopes;
 * other overflow gives infinities. */

#ifndef LAW_H
#define LAW_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/str.h"
#include "base/table.h"

enum { LAW_PARAMS_MAX = 32, LAW_COLUMNS_MAX = 24 };

typedef struct LawParam {
    const char *name, *unit;
    double      from, to;  /* where the search for it begins                */
    double      low, high; /* bounds; infinite if none                      */
    bool        linear;    /* found by the compiler                         */
} LawParam;

typedef struct LawConstants {     /* one published set */
    const char *name, *source, *caveat;
    double      theta[LAW_PARAMS_MAX];
    double      low[LAW_PARAMS_MAX], high[LAW_PARAMS_MAX]; /* NaN: not given */
    RealList    check;   /* columns..., response, columns..., response, ...  */
    RealList    optimum; /* C, N, C, N, ...: least loss at C = 6 N D         */
    const char *draws;   /* laws/DRAWS.draws: refits of resampled runs, one a
                            line, from which intervals follow; or NULL       */
    i64         ndraw;
    double     *draw;    /* [ndraw][nparam]                                  */
} LawConstants;

typedef struct LawColumn { /* [column.NAME]; NaN and "" where it is silent */
    double      from, to;
    const char *unit, *about;
} LawColumn;

typedef struct Formula Formula; /* compiled; law/formula.h */

/* What no formula can say (a curve under a learning-rate schedule), as a C
 * function behind the same contract: a row in law_code_list.h, named by
 * `code = "..."` in the law file, which then lists `columns = [...]` itself. A
 * prepared table is read-only, so threads may share it. Every law of code has
 * all pairs (i <= j) and no linear parameters unless it says which; those that
 * it names are linear together. The file's [param.NAME] sections name the
 * code's parameters in any order; a formula that stands beside `code` is shown
 * and not compiled. Values are tamed by the caller as those of formulas are. */
typedef struct LawCode {
    const char *name, *response;
    int         ncolumn, nparam;
    const char *column[8], *param[LAW_PARAMS_MAX]; /* order of theta        */
    u32         linear;                    /* bit i: theta i enters linearly */
    int         npair;                     /* other pairs than all: which    */
    const u8  (*pair)[2];
    void     *(*prepare)(Arena *arena, double *const *column, i64 nrow);
    /* jac [nparam][nrow], hess [npair][nrow], either may be NULL           */
    void      (*eval)(double *out, double *jac, double *hess,
                      const void *prepared, const double *theta);
} LawCode;
const LawCode *law_code(const char *name); /* or NULL */

typedef struct Law {
    const char   *name, *title, *source, *formula, *counts;
    const char   *cost;                  /* FLOP of a run, as text; or NULL */
    const char   *written;               /* the formula as the file has it  */
    TextList      where;                 /* and the parts that it names     */
    const char   *topic;                 /* "loss", "batch"; "own" if unsaid */
    const char   *response;              /* the column on the left: "loss"  */
    int           ncolumn;
    const char   *column[LAW_COLUMNS_MAX]; /* "N", "D"                      */
    int           nparam;
    LawParam      param[LAW_PARAMS_MAX];
    int           nconstants;
    LawConstants *constants;
    int           ncaveat;
    const char  **caveat;
    Formula      *compiled;              /* NULL for a law of code          */
    const LawCode *code;                 /* instead of a formula; or NULL   */
    LawColumn     about[LAW_COLUMNS_MAX];
    bool          zero[LAW_COLUMNS_MAX]; /* a column for which 0 is a value:
                                            shares, indicators              */
    int           npair;                 /* second derivatives that are not
                                            0 everywhere: theta i, theta j,
                                            i <= j                          */
    u8            pair[LAW_PARAMS_MAX * (LAW_PARAMS_MAX + 1) / 2][2];
} Law;

/* From the text of a law file; `name` stands for the path in messages. */
bool law_parse(const Law **out, Arena *arena, const char *text,
               const char *name, Err *err) MUST_USE;

/* Compile `formula` for the parameters that law->param[] names (bounds are the
 * caller's), or take over `code` where that is set; fills response, column[],
 * linear, compiled, pair[]. Errors name line and column within the formula.
 * A fit file so needs formula, code->name, the parameters (t1, t2, ... one by
 * one; formulas in a Law hold no names of [index]) and the names for which
 * `zero` is true, which law_zero puts back after this. */
bool law_compile(Law *law, Arena *arena, Err *err) MUST_USE;

/* Every name must be a column. */
bool law_zero(Law *law, const TextList *columns, Err *err) MUST_USE;

/* A law file from which law_parse makes the same law. */
void law_print(Str *out, const Law *law);

bool law_load(const Law **out, Arena *arena, const char *name_or_path,
              Err *err) MUST_USE;
const LawConstants *law_constants(const Law *law, const char *name);

/* out[nrow] = formula at theta over column[ncolumn][nrow]; jac, if not NULL,
 * is [nparam][nrow], hess, if not NULL, [nparam*nparam][nrow]. Overflow gives
 * +inf; never NaN for columns > 0 and theta within bounds. */
void law_eval(double *out, double *jac, double *hess, const Law *law,
              const double *theta, double *const *column, i64 nrow);

/* The same rows, many times: what depends on columns alone (ln N) is computed
 * once, here. Read-only afterwards, so threads may share it. jac is
 * [nparam][nrow]; hess is [npair][nrow], the pairs of law->pair. */
typedef struct LawRows LawRows;
LawRows *law_rows(Arena *arena, const Law *law, double *const *column,
                  i64 nrow);
void law_rows_eval(double *out, double *jac, double *hess, const LawRows *rows,
                   const double *theta);

/* Laws made from a law, as text from text, so that the result is a law like any
 * other (it can be printed, kept in a fit file and read back):
 *
 *   law_pin    a parameter becomes a number:        "loss = 1.8 + A/N^alpha"
 *   law_bound  other bounds for a parameter
 *   law_group  parameters `own` (all, if own->count is 0) become one a group:
 *              "(E_lstm*is_lstm + E_gpt*is_gpt) + A/N^alpha"; the columns
 *              is_GROUP are 1 for the rows of the group and 0 for others
 *              (law_group_columns adds them to a table)
 *
 * Group names are made identifiers; two that would collide are refused. */
bool law_pin(const Law **out, Arena *arena, const Law *law, const char *param,
             double value, Err *err) MUST_USE;
bool law_bound(const Law **out, Arena *arena, const Law *law,
               const char *param, double low, double high, Err *err) MUST_USE;
bool law_group(const Law **out, Arena *arena, const Law *law,
               const TextList *own, const char *const *group, i64 ngroup,
               Err *err) MUST_USE;
Table law_group_columns(Arena *arena, const Table *table, const double *code,
                        const char *const *group, i64 ngroup);

/* Where in theta a parameter stands, -1 if there is none of that name. */
int law_param(const Law *law, const char *name);

/* One run of n parameters and d tokens: a column called N is n, C is 6 n d,
 * any other is d. */
double law_at(const Law *law, const double *theta, double n, double d);

/* The N of least loss at C = 6 N D, for a law of N and D; NaN where the loss
 * has none between one parameter and one token. */
double law_optimum(const Law *law, const double *theta, double c);
bool   law_has_optimum(const Law *law); /* its columns are N and D */

/* The widest gap between a law's exact derivatives and the differences of
 * `by_difference` (itself; another one to see the check fail): of slopes
 * against differences of values, of curvatures against differences of slopes,
 * each relative to the largest of its kind over the rows. */
typedef struct LawGaps { double slope, curve; } LawGaps;
LawGaps law_gaps(const Law *law, const Law *by_difference, const double *theta,
                 double *const *column, i64 nrow);

/* Everything that can be held against a law: derivatives at the middle of the
 * search and at every published set, and what the sets say of themselves
 * (check, optimum). One line a promise to `out`, "ok" or "FAILED" first; false
 * if any failed. */
bool law_check(const Law *law, Str *out);

#endif
