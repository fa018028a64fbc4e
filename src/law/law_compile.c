/* law_compile.c - from a law's formula to its tape, and what the graph tells
 * about it: which second derivatives vanish everywhere, and which parameters
 * are linear together.
 *
 * A set of parameters is jointly linear when no slope by a member mentions a
 * member (law_linear.c finds the largest). In E + A/N^alpha + B/D^beta the
 * slopes by E, A and B are 1, N^-alpha and D^-beta: none mentions E, A or B, so
 * for given exponents the three are found by linear least squares. A slope
 * through min or max mentions what decides the choice, so nothing under them is
 * taken for linear. */

#include "law/formula.h"
#include "law/law_code.h"
#include "law/law_read.h"

#include <assert.h>
#include <math.h>
#include <string.h>

_Static_assert((int)FORMULA_NAMES_MAX >= (int)LAW_PARAMS_MAX
                   && (int)FORMULA_NAMES_MAX >= (int)LAW_COLUMNS_MAX,
               "a formula holds a law's names");

static void find_linear(Law *law, const Dag *dag, int value, const int *slope)
{
    u32 mentions[LAW_PARAMS_MAX];
    for (int i = 0; i < law->nparam; i++)
        mentions[i] = dag->node[slope[i]].params;
    const u32 linear = formula_linear(mentions, dag->node[value].params,
                                      law->nparam);
    for (int i = 0; i < law->nparam; i++)
        law->param[i].linear = linear >> i & 1u;
}

/* All slopes, and the second derivatives that are not the number 0. */
static int differentiate(Law *law, Dag *dag, int value, bool back, int *slope,
                         int *curve)
{
    int npair = 0;
    if (back)
        dag_slopes(slope, dag, value, law->nparam);
    for (int i = 0; !back && i < law->nparam; i++)
        slope[i] = dag_slope(dag, value, i);
    for (int i = 0; i < law->nparam; i++)
        for (int j = i; j < law->nparam; j++) {
            const int node = dag_slope(dag, slope[i], j);
            const DagNode *n = &dag->node[node];
            if (n->op == DAG_NUMBER && n->number == 0)
                continue;
            law->pair[npair][0] = (u8)i;
            law->pair[npair][1] = (u8)j;
            curve[npair++] = node;
        }
    law->npair = npair;
    return npair;
}

static bool all_used(const Law *law, const Dag *dag, int value, Err *err)
{
    for (int i = 0; i < law->nparam; i++)
        if (!(dag->node[value].params >> i & 1u))
            return err_set(err, ERR_FORMAT,
                           "[param.%s]: the formula '%.200s%s' does not "
                           "mention it; take one of them out",
                           law->param[i].name, law->formula,
                           strlen(law->formula) > 200 ? "..." : "");
    return true;
}

static void names_keep(Law *law, Arena *arena, const FormulaNames *names)
{
    law->response = arena_text(arena, names->response);
    law->ncolumn = names->ncolumn;
    for (int i = 0; i < names->ncolumn; i++)
        law->column[i] = arena_text(arena, names->column[i]);
}

/* The formula with its indices' numbers: what it means without the file. */
static const char *resolved(Arena *arena, const char *formula,
                            const FormulaNames *names)
{
    const char *from[FORMULA_INDICES_MAX], *to[FORMULA_INDICES_MAX];
    for (int i = 0; i < names->nindex; i++) {
        from[i] = names->index[i].name;
        to[i] = arena_print(arena, "%lld", (long long)names->index[i].value);
    }
    return names->nindex ? formula_replace(arena, formula, names->nindex, from,
                                           to, false) : formula;
}

static FormulaNames names_of(const Law *law, const FormulaNames *indices)
{
    FormulaNames names = *indices;
    names.nparam = law->nparam;
    names.ncolumn_max = LAW_COLUMNS_MAX;
    for (int i = 0; i < law->nparam; i++) {
        names.param[i] = law->param[i].name;
        names.positive[i] = law->param[i].low >= 0;
    }
    return names;
}

/* One way to differentiate: slopes forwards, or back. */
static bool compile(Law *law, Arena *arena, Arena *scratch,
                    const FormulaNames *indices, bool back, Err *err)
{
    Dag dag = dag_open(scratch);
    FormulaNames names = names_of(law, indices);
    int value, slope[LAW_PARAMS_MAX], curve[COUNT_OF(law->pair)];
    if (!formula_parse(&value, &dag, &names, law->formula, err)
        || !all_used(law, &dag, value, err))
        return false;

    const int npair = differentiate(law, &dag, value, back, slope, curve);
    if (dag.full)
        return err_set(err, ERR_FORMAT, "formula '%.200s%s': too large to "
                       "differentiate; write it shorter", law->formula,
                       strlen(law->formula) > 200 ? "..." : "");
    names_keep(law, arena, &names);
    find_linear(law, &dag, value, slope);
    law->compiled = tape_make(arena, &dag, value, slope, law->nparam, curve,
                              npair, names.ncolumn);
    return true;
}

/* Both ways, and the one of fewer steps is kept. */
static bool compile_formula(Law *law, Arena *arena,
                            const FormulaNames *indices, Err *err)
{
    Arena scratch = { 0 };
    Err large = { 0 };
    Law *backward = NEW(arena, Law, 1);
    *backward = *law;
    const bool back = compile(backward, arena, &scratch, indices, true, err);
    const bool forth = compile(law, arena, &scratch, indices, false,
                               back ? &large : err);
    arena_free(&scratch);
    if (back && (!forth || backward->compiled->row_end[2]
                               < law->compiled->row_end[2]))
        *law = *backward;
    if (back || forth)
        law->formula = resolved(arena, law->formula, indices);
    return back || forth;
}

static bool compile_either(Law *law, Arena *arena,
                           const FormulaNames *indices, Err *err)
{
    return law->code ? law_code_compile(law, arena, err)
                     : compile_formula(law, arena, indices, err);
}

bool law_compile_with(Law *law, Arena *arena, const FormulaNames *indices,
                      Err *err)
{
    for (int c = 0; c < LAW_COLUMNS_MAX; c++)
        law->about[c] = (LawColumn){ NAN, NAN, "", "" };
    return compile_either(law, arena, indices, err);
}

bool law_compile(Law *law, Arena *arena, Err *err)
{
    const FormulaNames none = { .nindex = 0 };
    return law_compile_with(law, arena, &none, err);
}
