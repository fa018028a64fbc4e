/* law_code.c - finding a law of code by its name, and putting one behind the
 * same contract as a formula (LawCode in law.h).
 *
 * To add one: law_code_NAME.c with a constant law_code_NAME, and a row in
 * law_code_list.h. */

#include "law/law_code.h"

#include "law/law_vec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LAW_CODE(name) extern const LawCode law_code_##name;
#include "law/law_code_list.h"
#undef LAW_CODE

static const LawCode *const list[] = {
#define LAW_CODE(name) &law_code_##name,
#include "law/law_code_list.h"
#undef LAW_CODE
    NULL,
};

const LawCode *law_code(const char *name)
{
    for (int i = 0; list[i]; i++)
        if (strcmp(list[i]->name, name) == 0)
            return list[i];
    return NULL;
}

const char *law_code_names(Arena *arena)
{
    const char *names = "";
    for (int i = 0; list[i]; i++)
        names = arena_print(arena, "%s%s%s", names, i ? ", " : "",
                            list[i]->name);
    return names;
}

/* ---- a law around it --------------------------------------------------- */

/* Theta follows the code's order, whatever the file's is. */
static bool params_order(Law *law, Err *err)
{
    const LawCode *code = law->code;
    LawParam ordered[LAW_PARAMS_MAX];
    if (law->nparam != code->nparam)
        return err_set(err, ERR_FORMAT, "code '%s' has %d parameters, and %d "
                       "[param.NAME] sections are there", code->name,
                       code->nparam, law->nparam);
    for (int i = 0; i < code->nparam; i++) {
        const int at = law_param(law, code->param[i]);
        if (at < 0)
            return err_set(err, ERR_FORMAT, "code '%s': [param.%s] is missing",
                           code->name, code->param[i]);
        ordered[i] = law->param[at];
        ordered[i].linear = code->linear >> i & 1u;
    }
    memcpy(law->param, ordered, sizeof ordered[0] * (size_t)code->nparam);
    return true;
}

static void pairs_take(Law *law)
{
    const LawCode *code = law->code;
    law->npair = code->npair;
    if (code->npair) {
        memcpy(law->pair, code->pair, (size_t)code->npair * sizeof *law->pair);
        return;
    }
    for (int i = 0; i < law->nparam; i++)
        for (int j = i; j < law->nparam; j++) {
            law->pair[law->npair][0] = (u8)i;
            law->pair[law->npair++][1] = (u8)j;
        }
}

/* What stands where a formula would: "loss = tissue(S1, S2; L0, A)". */
static const char *shown(Arena *arena, const LawCode *code)
{
    const char *text = arena_print(arena, "%s = %s(", code->response,
                                   code->name);
    for (int i = 0; i < code->ncolumn; i++)
        text = arena_print(arena, "%s%s%s", text, i ? ", " : "",
                           code->column[i]);
    for (int i = 0; i < code->nparam; i++)
        text = arena_print(arena, "%s%s%s", text, i ? ", " : "; ",
                           code->param[i]);
    return arena_print(arena, "%s)", text);
}

bool law_code_compile(Law *law, Arena *arena, Err *err)
{
    const LawCode *code = law->code;
    if (!params_order(law, err))
        return false;
    law->response = code->response;
    law->ncolumn = code->ncolumn;
    for (int i = 0; i < code->ncolumn; i++)
        law->column[i] = code->column[i];
    if (!law->formula)
        law->formula = shown(arena, code);
    pairs_take(law);
    return true;
}

/* ---- evaluation -------------------------------------------------------- */

/* From pairs [npair][nrow] to a square [nparam][nparam][nrow]. */
static void spread(double *square, const double *curve, const Law *law,
                   i64 nrow)
{
    const size_t bytes = (size_t)nrow * sizeof *square;
    for (int k = 0; k < law->npair; k++) {
        const int i = law->pair[k][0], j = law->pair[k][1], n = law->nparam;
        memcpy(square + (i * n + j) * nrow, curve + k * nrow, bytes);
        memcpy(square + (j * n + i) * nrow, curve + k * nrow, bytes);
    }
}

/* Slopes before the value they are tamed by. */
void law_code_run(double *out, double *jac, double *hess, const Law *law,
                  const void *prepared, const double *theta, i64 nrow)
{
    bool (*finite)(const double *, i64) = law_vec()->finite;
    law->code->eval(out, jac, hess, prepared, theta);
    if (finite(out, nrow) && (!jac || finite(jac, law->nparam * nrow))
        && (!hess || finite(hess, law->npair * nrow)))
        return;
    law_tame_slopes(jac, law->nparam, out, nrow);
    law_tame_slopes(hess, law->npair, out, nrow);
    law_tame(out, nrow);
}

/* The whole table at once: a code may look from one row to another. */
void law_code_eval(double *out, double *jac, double *hess, const Law *law,
                   const double *theta, double *const *column, i64 nrow)
{
    Arena scratch = { 0 };
    double *curve = hess ? NEW(&scratch, double, law->npair * nrow) : NULL;
    double *slope = jac || !hess ? jac
                                 : NEW(&scratch, double, law->nparam * nrow);
    const void *prepared = law->code->prepare(&scratch, column, nrow);
    law_code_run(out, slope, curve, law, prepared, theta, nrow);
    if (hess)
        spread(hess, curve, law, nrow);
    arena_free(&scratch);
}
