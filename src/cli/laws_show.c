/* laws_show.c - `scalelaw laws show`: all that a law file says, and what each
 * published set makes of Chinchilla's own run and budget. */

#include "cli/laws_text.h"

#include "base/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MARGIN = 13 };

/* Chinchilla: the yardstick that everybody knows. */
static const double BUDGET = 5.76e23, SIZE = 70e9, TOKENS = 1.4e12;

/* ---- what a set makes of it -------------------------------------------- */

typedef struct Worth {
    bool   planned;             /* n and d: the best at BUDGET              */
    double n, d, loss;
    bool   valued;              /* value: the law at Chinchilla's N, D, C   */
    double value;
} Worth;

static bool yardstick(double *out, const char *column)
{
    static const struct { const char *name; double value; } known[] = {
        { "N", SIZE }, { "D", TOKENS }, { "C", BUDGET }, { "C_min", BUDGET },
        { "U", TOKENS },
    };
    for (int i = 0; i < COUNT_OF(known); i++)
        if (strcmp(column, known[i].name) == 0) {
            *out = known[i].value;
            return true;
        }
    return false;
}

static Worth worth(const Law *law, const LawConstants *set)
{
    Worth w = { .valued = !law->code };
    double value[LAW_COLUMNS_MAX], *column[LAW_COLUMNS_MAX];
    for (int c = 0; c < law->ncolumn; c++) {
        w.valued = w.valued && yardstick(&value[c], law->column[c]);
        column[c] = &value[c];
    }
    if (w.valued)
        law_eval(&w.value, NULL, NULL, law, set->theta, column, 1);
    if (law_has_optimum(law)) {
        w.n = law_optimum(law, set->theta, BUDGET);
        w.d = BUDGET / 6 / w.n;
        w.loss = law_at(law, set->theta, w.n, w.d);
        w.planned = !isnan(w.n);
    }
    return w;
}

/* ---- for people -------------------------------------------------------- */

static void line(const char *key, const char *text)
{
    char head[32];
    snprintf(head, sizeof head, "  %s", key);
    if (text && *text)
        laws_fold(head, MARGIN, text);
}

/* Where the file is silent: what every paper means by the letter. */
static const char *unit_of(const Law *law, int c)
{
    static const char *const usual[][2] = {
        { "N", "parameters" }, { "D", "tokens" }, { "C", "FLOP" },
        { "C_min", "FLOP" }, { "B", "tokens" }, { "S", "steps" },
    };
    for (int i = 0; !*law->about[c].unit && i < COUNT_OF(usual); i++)
        if (strcmp(law->column[c], usual[i][0]) == 0)
            return usual[i][1];
    return law->about[c].unit;
}

static void show_columns(const Law *law)
{
    printf("\n  column\n");
    for (int c = 0; c < law->ncolumn; c++)
        printf("  %-10s %s%s%s%s\n", law->column[c], unit_of(law, c),
               *unit_of(law, c) && *law->about[c].about ? ", " : "",
               law->about[c].about, law->zero[c] ? " (may be 0)" : "");
}

static void show_params(const Law *law)
{
    printf("\n  %-10s %-20s %-16s%s\n", "parameter", "search begins",
           "bounds", "unit");
    for (int i = 0; i < law->nparam; i++) {
        const LawParam *p = &law->param[i];
        char from[64], bounds[64];
        snprintf(from, sizeof from, "%g to %g", p->from, p->to);
        snprintf(bounds, sizeof bounds, "%g to %g", p->low, p->high);
        printf("  %-10s %-20s %-16s%s%s%s\n", p->name, from, bounds, p->unit,
               p->linear && *p->unit ? "; " : "", p->linear ? "linear" : "");
    }
}

static void show_worth(Arena *arena, const Law *law, const LawConstants *set)
{
    const Worth w = worth(law, set);
    char n[QUANTITY_TEXT], d[QUANTITY_TEXT];
    if (w.valued)
        printf("    at Chinchilla's 70 B on 1.4 T (5.76e23 FLOP): %s = %.5g%s\n",
               law->response, w.value,
               w.value > 0 ? "" : ", so it does not reach that far");
    if (w.planned)
        printf("    recommends for 5.76e23 FLOP: %s on %s, %.3g tokens a "
               "parameter, loss %.4f\n",
               quantity_print(n, w.n, QUANTITY_COUNT, 3),
               quantity_print(d, w.d, QUANTITY_COUNT, 3), w.d / w.n, w.loss);
    const i64 values = set->check.count / (law->ncolumn + 1);
    const i64 optima = set->optimum.count / 2;
    if (values + optima)
        printf("%s\n", arena_print(arena, "    held to %lld known value%s by "
                                   "laws check", (long long)(values + optima),
                                   values + optima == 1 ? "" : "s"));
}

static void show_set(Arena *arena, const Law *law, const LawConstants *set)
{
    printf("\n  %s:%s\n", law->name, set->name);
    for (int i = 0; i < law->nparam; i++) {
        const bool known = !isnan(set->low[i]);
        printf("    %-10s %-*.9g", law->param[i].name, known ? 15 : 0,
               set->theta[i]);
        if (known)
            printf("95 %% %.6g to %.6g", set->low[i], set->high[i]);
        putchar('\n');
    }
    if (set->source)
        laws_fold("    source", 15, set->source);
    if (set->caveat)
        laws_fold("    caveat", 15, set->caveat);
    show_worth(arena, law, set);
}

static void show_text(Arena *arena, const Law *law)
{
    printf("%s: %s\n\n", law->name, law->title);
    laws_fold("", 2, law->written ? law->written : law->formula);
    for (i64 i = 0; i < law->where.count; i++)
        laws_fold(i ? "" : "    where", 10, law->where.item[i]);
    putchar('\n');
    line("source", law->source);
    line("topic", law->topic);
    line("N counts", law->counts);
    line("cost", law->cost);
    for (int i = 0; i < law->ncaveat; i++)
        line("caveat", law->caveat[i]);
    show_columns(law);
    show_params(law);
    for (int i = 0; i < law->nconstants; i++)
        show_set(arena, law, &law->constants[i]);
    if (law->nconstants == 0)
        printf("\n  No published constants are kept: fit it to runs "
               "(scalelaw fit --law=%s).\n", law->name);
}

/* ---- for programs ------------------------------------------------------ */

static void jot_interval(Jot *j, const LawConstants *set, int i)
{
    jot_array(j, NULL);
    jot_real(j, NULL, set->low[i]);
    jot_real(j, NULL, set->high[i]);
    jot_end(j);
}

static void jot_worth(Jot *j, const Law *law, const LawConstants *set)
{
    const Worth w = worth(law, set);
    jot_real(j, "at_chinchilla", w.valued ? w.value : NAN);
    jot_object(j, "recommends");
    jot_real(j, "C", BUDGET);
    jot_real(j, "N", w.planned ? w.n : NAN);
    jot_real(j, "D", w.planned ? w.d : NAN);
    jot_real(j, "loss", w.planned ? w.loss : NAN);
    jot_end(j);
}

static void jot_set(Jot *j, const Law *law, const LawConstants *set)
{
    jot_object(j, NULL);
    jot_text(j, "name", set->name);
    jot_text(j, "source", set->source);
    jot_text(j, "caveat", set->caveat);
    jot_object(j, "theta");
    for (int i = 0; i < law->nparam; i++)
        jot_real(j, law->param[i].name, set->theta[i]);
    jot_end(j);
    jot_array(j, "interval");
    for (int i = 0; i < law->nparam; i++)
        jot_interval(j, set, i);
    jot_end(j);
    jot_worth(j, law, set);
    jot_end(j);
}

static void jot_params(Jot *j, const Law *law)
{
    jot_array(j, "params");
    for (int i = 0; i < law->nparam; i++) {
        const LawParam *p = &law->param[i];
        jot_object(j, NULL);
        jot_text(j, "name", p->name);
        jot_text(j, "unit", p->unit);
        jot_real(j, "from", p->from);
        jot_real(j, "to", p->to);
        jot_real(j, "low", p->low);
        jot_real(j, "high", p->high);
        jot_flag(j, "linear", p->linear);
        jot_end(j);
    }
    jot_end(j);
}

static void jot_columns(Jot *j, const Law *law)
{
    jot_array(j, "columns");
    for (int c = 0; c < law->ncolumn; c++) {
        jot_object(j, NULL);
        jot_text(j, "name", law->column[c]);
        jot_text(j, "unit", unit_of(law, c));
        jot_text(j, "about", law->about[c].about);
        jot_flag(j, "zero", law->zero[c]);
        jot_end(j);
    }
    jot_end(j);
}

static void show_json(const Law *law)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "name", law->name);
    jot_text(&j, "topic", law->topic);
    jot_text(&j, "title", law->title);
    jot_text(&j, "formula", law->formula);
    jot_text(&j, "written", law->written);
    jot_array(&j, "where");
    for (i64 i = 0; i < law->where.count; i++)
        jot_text(&j, NULL, law->where.item[i]);
    jot_end(&j);
    jot_text(&j, "response", law->response);
    jot_text(&j, "source", law->source);
    jot_text(&j, "counts", law->counts);
    jot_text(&j, "cost", law->cost);
    jot_array(&j, "caveat");
    for (int i = 0; i < law->ncaveat; i++)
        jot_text(&j, NULL, law->caveat[i]);
    jot_end(&j);
    jot_columns(&j, law);
    jot_params(&j, law);
    jot_array(&j, "published");
    for (int i = 0; i < law->nconstants; i++)
        jot_set(&j, law, &law->constants[i]);
    jot_end(&j);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

bool laws_show(Arena *arena, const char *name, bool json, Err *err)
{
    const Law *law;
    if (!law_load(&law, arena, name, err))
        return false;
    if (json)
        show_json(law);
    else
        show_text(arena, law);
    return laws_out(err);
}
