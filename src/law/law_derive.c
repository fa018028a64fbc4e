/* law_derive.c - laws made from a law: a parameter pinned, bounded, or one a
 * group.
 *
 * All is done on the text: a copy of the law is changed, printed and read
 * again. What comes out has been through the same door as every other law, so
 * it can be printed, kept and derived from in its turn. A set of published
 * constants comes along where it still says something: where the pinned value
 * is its own, where it lies within the new bounds; and groups all begin with
 * the constants that were published for the whole. */

#include "law/formula.h"
#include "law/law.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool reread(const Law **out, Arena *arena, const Law *changed, Err *err)
{
    Str text = { 0 };
    law_print(&text, changed);
    const char *kept = arena_text(arena, text.text);
    str_free(&text);
    return law_parse(out, arena, kept, changed->name, err);
}

/* Where the parameter stands, or -1 with the error set. */
static int find(const Law *law, const char *param, Err *err)
{
    const int i = law_param(law, param);
    if (i >= 0)
        return i;
    const char *names[LAW_PARAMS_MAX];
    for (int k = 0; k < law->nparam; k++)
        names[k] = law->param[k].name;
    const char *near = conf_nearest(param, names, law->nparam);
    (void)err_set(err, ERR_USAGE, "%s: no parameter '%s' in '%s'%s%s%s",
                  law->name, param, law->formula, near ? "; did you mean " : "",
                  near ? near : "", near ? "?" : "");
    return -1;
}

static const char *replaced(Arena *arena, const Law *law, int count,
                            const char *const *from, const char *const *to)
{
    const bool unroll = strchr(law->formula, '[') != NULL;
    return formula_replace(arena, law->formula, count, from, to, unroll);
}

static bool need_formula(const Law *law, const char *what, Err *err)
{
    return !law->code
        || err_set(err, ERR_USAGE, "%s: a law of code has no formula in which "
                   "%s; use law_bound, or a law with a formula", law->name,
                   what);
}

/* A copy whose published sets may be changed; draws of the whole law are none
 * of what is made from it. */
static Law copy(Arena *arena, const Law *law)
{
    Law out = *law;
    out.constants = NEW(arena, LawConstants, law->nconstants + 1);
    memcpy(out.constants, law->constants,
           (size_t)law->nconstants * sizeof *out.constants);
    for (int k = 0; k < law->nconstants; k++) {
        out.constants[k].draws = NULL;
        out.constants[k].ndraw = 0;
    }
    return out;
}

/* Keeps the sets for which keep[] is true. */
static void sets_keep(Law *law, const bool *keep)
{
    int kept = 0;
    for (int i = 0; i < law->nconstants; i++)
        if (keep[i])
            law->constants[kept++] = law->constants[i];
    law->nconstants = kept;
}

/* ---- pinned ------------------------------------------------------------ */

static void set_without(LawConstants *set, int i, int nparam)
{
    const size_t rest = (size_t)(nparam - i - 1) * sizeof(double);
    memmove(set->theta + i, set->theta + i + 1, rest);
    memmove(set->low + i, set->low + i + 1, rest);
    memmove(set->high + i, set->high + i + 1, rest);
}

static void param_without(Law *law, int i)
{
    memmove(law->param + i, law->param + i + 1,
            (size_t)(law->nparam - i - 1) * sizeof *law->param);
    law->nparam--;
}

static void sets_pinned(Law *law, Arena *arena, int i, double value)
{
    bool *keep = NEW(arena, bool, law->nconstants + 1);
    for (int k = 0; k < law->nconstants; k++) {
        keep[k] = law->constants[k].theta[i] == value;
        set_without(&law->constants[k], i, law->nparam);
    }
    sets_keep(law, keep);
}

bool law_pin(const Law **out, Arena *arena, const Law *law, const char *param,
             double value, Err *err)
{
    const int i = find(law, param, err);
    if (i < 0 || !need_formula(law, "a number could stand", err))
        return false;
    const LawParam *p = &law->param[i];
    if (!(value >= p->low && value <= p->high && isfinite(value)))
        return err_set(err, ERR_USAGE, "%s: %s = %g lies outside its bounds, "
                       "%g to %g", law->name, param, value, p->low, p->high);
    if (law->nparam == 1)
        return err_set(err, ERR_USAGE, "%s: with %s pinned nothing is left to "
                       "fit", law->name, param);
    const char *number = arena_print(arena, value < 0 ? "(%.17g)" : "%.17g",
                                     value);
    const char *shown = arena_print(arena, "%s, %s = %.6g", law->title, param,
                                    value);
    Law made = copy(arena, law);
    made.title = shown;
    made.formula = replaced(arena, law, 1, &p->name, &number);
    sets_pinned(&made, arena, i, value);
    param_without(&made, i);
    return reread(out, arena, &made, err)
        || err_add(err, "with %s = %g", param, value);
}

/* ---- bounded ----------------------------------------------------------- */

/* Where the search begins, within the bounds: what is left of where it began,
 * or all there is. */
static void search_within(LawParam *p)
{
    const double from = fmax(p->from, p->low), to = fmin(p->to, p->high);
    if (from < to) {
        p->from = from;
        p->to = to;
        return;
    }
    const double width = p->to - p->from;
    p->from = isfinite(p->low) ? p->low : p->high - width;
    p->to = isfinite(p->high) ? p->high : p->low + width;
}

static void sets_within(Law *law, Arena *arena, int i)
{
    bool *keep = NEW(arena, bool, law->nconstants + 1);
    for (int k = 0; k < law->nconstants; k++) {
        const double theta = law->constants[k].theta[i];
        keep[k] = theta >= law->param[i].low && theta <= law->param[i].high;
    }
    sets_keep(law, keep);
}

bool law_bound(const Law **out, Arena *arena, const Law *law,
               const char *param, double low, double high, Err *err)
{
    const int i = find(law, param, err);
    if (i < 0)
        return false;
    if (!(low < high))
        return err_set(err, ERR_USAGE, "%s: bounds of %s: low < high is "
                       "wanted, not %g and %g; to hold it at one value, pin it",
                       law->name, param, low, high);
    Law made = copy(arena, law);
    made.param[i].low = low;
    made.param[i].high = high;
    search_within(&made.param[i]);
    sets_within(&made, arena, i);
    return reread(out, arena, &made, err);
}

/* ---- one a group ------------------------------------------------------- */

/* "GPT-2 (small)" -> "GPT_2__small_". */
static const char *identifier(Arena *arena, const char *group)
{
    char *name = arena_text(arena, *group ? group : "none");
    for (char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
    return name;
}

static const char *column_of(Arena *arena, const char *group)
{
    return arena_print(arena, "is_%s", identifier(arena, group));
}

static bool groups_differ(Arena *arena, const char *const *group, i64 ngroup,
                          Err *err)
{
    for (i64 i = 0; i < ngroup; i++)
        for (i64 k = 0; k < i; k++)
            if (strcmp(identifier(arena, group[i]), identifier(arena, group[k]))
                == 0)
                return err_set(err, ERR_USAGE, "groups '%s' and '%s' would "
                               "both be %s in names; rename one", group[k],
                               group[i], column_of(arena, group[i]) + 3);
    return true;
}

/* own[i]: parameter i becomes one a group. */
static bool own_find(bool *own, int *count, const Law *law,
                     const TextList *names, Err *err)
{
    *count = names->count ? 0 : law->nparam;
    for (int i = 0; i < law->nparam; i++)
        own[i] = names->count == 0;
    for (i64 k = 0; k < names->count; k++) {
        const int i = find(law, names->item[k], err);
        if (i < 0)
            return false;
        *count += !own[i];
        own[i] = true;
    }
    return true;
}

static bool room_for(const Law *law, int nown, i64 ngroup, Err *err)
{
    const i64 nparam = law->nparam + nown * (ngroup - 1);
    const i64 ncolumn = law->ncolumn + ngroup;
    if (ngroup >= 1 && nparam <= LAW_PARAMS_MAX && ncolumn <= LAW_COLUMNS_MAX)
        return true;
    if (ngroup < 1)
        return err_set(err, ERR_USAGE, "%s: no groups", law->name);
    return err_set(err, ERR_USAGE, "%s: %lld groups would make %lld parameters "
                   "and %lld columns, and there may be %d and %d; share more "
                   "parameters, or group more coarsely", law->name,
                   (long long)ngroup, (long long)nparam, (long long)ncolumn,
                   LAW_PARAMS_MAX, LAW_COLUMNS_MAX);
}

static const char *param_of(Arena *arena, const char *param, const char *group)
{
    return arena_print(arena, "%s_%s", param, identifier(arena, group));
}

/* "(E_lstm*is_lstm + E_gpt*is_gpt)" */
static const char *spelled(Arena *arena, const char *param,
                           const char *const *group, i64 ngroup)
{
    const char *text = "(";
    for (i64 g = 0; g < ngroup; g++)
        text = arena_print(arena, "%s%s%s*%s", text, g ? " + " : "",
                           param_of(arena, param, group[g]),
                           column_of(arena, group[g]));
    return arena_print(arena, "%s)", text);
}

/* Parameter i of `law` as number `at` of `made`, in the sets as well. */
static void param_copy(Law *made, int at, const Law *law, int i,
                       const char *name)
{
    made->param[at] = law->param[i];
    made->param[at].name = name;
    for (int k = 0; k < law->nconstants; k++) {
        made->constants[k].theta[at] = law->constants[k].theta[i];
        made->constants[k].low[at] = law->constants[k].low[i];
        made->constants[k].high[at] = law->constants[k].high[i];
    }
}

static void params_grouped(Law *made, Arena *arena, const Law *law,
                           const bool *own, const char *const *group,
                           i64 ngroup)
{
    int n = 0;
    for (int i = 0; i < law->nparam; i++) {
        const char *name = law->param[i].name;
        for (i64 g = 0; own[i] && g < ngroup; g++)
            param_copy(made, n++, law, i, param_of(arena, name, group[g]));
        if (!own[i])
            param_copy(made, n++, law, i, name);
    }
    made->nparam = n;
    for (int k = 0; k < made->nconstants; k++) {
        made->constants[k].check.count = 0; /* rows without a group */
        made->constants[k].optimum.count = 0;
    }
}

static void columns_grouped(Law *made, Arena *arena, const char *const *group,
                            i64 ngroup)
{
    for (i64 g = 0; g < ngroup; g++) {
        const int c = made->ncolumn++;
        made->column[c] = column_of(arena, group[g]);
        made->zero[c] = true;
        made->about[c] = (LawColumn){
            0, 1, "", arena_print(arena, "1 for the runs of %s", group[g])
        };
    }
}

static bool names_differ(const Law *made, Err *err)
{
    for (int i = 0; i < made->nparam; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(made->param[i].name, made->param[k].name) == 0)
                return err_set(err, ERR_USAGE, "%s: two parameters would be "
                               "called %s; rename a group", made->name,
                               made->param[i].name);
    for (int i = 0; i < made->ncolumn; i++) {
        for (int k = 0; k < i; k++)
            if (strcmp(made->column[i], made->column[k]) == 0)
                return err_set(err, ERR_USAGE, "%s: has a column %s already",
                               made->name, made->column[i]);
        if (law_param(made, made->column[i]) >= 0)
            return err_set(err, ERR_USAGE, "%s: has a parameter %s, which a "
                           "group's column would be called; rename the group",
                           made->name, made->column[i]);
    }
    return true;
}

bool law_group(const Law **out, Arena *arena, const Law *law,
               const TextList *own, const char *const *group, i64 ngroup,
               Err *err)
{
    bool mine[LAW_PARAMS_MAX];
    int nown;
    if (!need_formula(law, "groups could stand", err)
        || !groups_differ(arena, group, ngroup, err)
        || !own_find(mine, &nown, law, own, err)
        || !room_for(law, nown, ngroup, err))
        return false;
    const char *from[LAW_PARAMS_MAX], *to[LAW_PARAMS_MAX];
    int count = 0;
    for (int i = 0; i < law->nparam; i++)
        if (mine[i]) {
            from[count] = law->param[i].name;
            to[count++] = spelled(arena, law->param[i].name, group, ngroup);
        }
    Law made = copy(arena, law);
    made.formula = replaced(arena, law, count, from, to);
    params_grouped(&made, arena, law, mine, group, ngroup);
    columns_grouped(&made, arena, group, ngroup);
    return names_differ(&made, err) && reread(out, arena, &made, err);
}

/* ---- the groups' columns ----------------------------------------------- */

static int column_place(Table *table, const char *name)
{
    for (int c = 0; c < table->ncol; c++)
        if (strcmp(table->name[c], name) == 0)
            return c;
    return table->ncol++;
}

Table law_group_columns(Arena *arena, const Table *table, const double *code,
                        const char *const *group, i64 ngroup)
{
    Table out = *table;
    out.name = NEW(arena, const char *, table->ncol + ngroup);
    out.column = NEW(arena, double *, table->ncol + ngroup);
    for (int c = 0; c < table->ncol; c++) {
        out.name[c] = table->name[c];
        out.column[c] = table->column[c];
    }
    for (i64 g = 0; g < ngroup; g++) {
        const int c = column_place(&out, column_of(arena, group[g]));
        out.name[c] = column_of(arena, group[g]);
        out.column[c] = NEW(arena, double, table->nrow);
        for (i64 i = 0; i < table->nrow; i++)
            out.column[c][i] = code[i] == (double)g ? 1 : 0;
    }
    return out;
}
