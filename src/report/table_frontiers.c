/* table_frontiers.c - how the best size grows with compute, by three approaches,
 * and the minima that the second of them rests on. */

#include "report/find_table.h"

#include "report/num.h"

#include <math.h>
#include <string.h>

typedef struct Way { const char *name; const Frontier *line; } Way;

enum { WAYS = 3 };

static void ways(Way out[WAYS], const Analysis *a)
{
    out[0] = (Way){ "1 envelope", &a->envelope };
    out[1] = (Way){ "2 IsoFLOP", &a->isoflop };
    out[2] = (Way){ "3 fitted law", &a->parametric };
}

static bool meet(Interval x, Interval y)
{
    return x.low <= y.high && y.low <= x.high;
}

/* Whether those with an interval agree, each with each. */
static const char *agreement(const Way *way)
{
    int known = 0, apart = 0;
    for (int i = 0; i < WAYS; i++) {
        if (way[i].line->npoint == 0 || !isfinite(way[i].line->a.low))
            continue;
        known++;
        for (int k = 0; k < i; k++)
            if (way[k].line->npoint > 0 && isfinite(way[k].line->a.low))
                apart += !meet(way[i].line->a, way[k].line->a);
    }
    return known < 2 ? ""
         : apart    ? " Their 95 % intervals do not all meet: at least one is "
                      "further off than it says."
                    : " They agree within their 95 % intervals.";
}

bool table_frontiers(FindTable *out, Arena *arena, const Analysis *a)
{
    const Interval unknown = { NAN, NAN, NAN };
    Way            way[WAYS];
    Str            text = { 0 };
    ways(way, a);
    for (int i = 0; i < WAYS; i++) {
        char number[NUM_TEXT];
        if (way[i].line->npoint > 0)
            str_add(&text, "%s%s by %s", text.size ? "; " : "",
                    num_interval(number, way[i].line->a, 3),
                    strchr(way[i].name, ' ') + 1);
    }
    if (a->fitted.count == 0)
        return false;
    *out = find_table(arena, "How the best size grows with compute");
    if (text.size > 0)
        find_verdict(out, "N_opt ~ C^a with a = %s.%s", text.text,
                     agreement(way));
    else
        find_verdict(out, "None of the three approaches gives an exponent.");
    str_free(&text);
    find_column(out, "approach", "approach", CELL_TEXT, 0);
    find_column(out, "a (N_opt ~ C^a)", "a", CELL_FIXED, 3);
    find_column(out, "b (D_opt ~ C^b)", "b", CELL_FIXED, 3);
    find_column(out, "how", "how", CELL_TEXT, 0);
    for (int i = 0; i < WAYS; i++) {
        find_row(out);
        find_text(out, way[i].name);
        find_interval(out, way[i].line->npoint ? way[i].line->a : unknown);
        find_interval(out, way[i].line->npoint ? way[i].line->b : unknown);
        find_text(out, way[i].line->words);
    }
    return true;
}

/* Minima ------------------------------------------------------------------- */

static void row(FindTable *t, const IsoflopBudget *b, const char *use)
{
    find_row(t);
    find_number(t, b->c);
    find_number(t, (double)b->npoint);
    find_interval(t, b->n);
    find_interval(t, b->d);
    find_interval(t, b->loss);
    find_text(t, b->inside ? use : "not inside the sizes: left out");
    find_number(t, isfinite(b->bias_ln_n) ? exp(b->bias_ln_n) - 1 : NAN);
}

bool table_minima(FindTable *out, Arena *arena, const Analysis *a)
{
    i64 inside = 0;
    if (a->nbudget == 0)
        return false;
    for (i64 i = 0; i < a->nbudget; i++)
        inside += a->budget[i].inside;
    *out = find_table(arena, "Minima of the IsoFLOP curves");
    find_verdict(out, "At %lld of %lld fitted budgets the least loss lies "
                 "inside the sizes tried.", (long long)inside,
                 (long long)a->nbudget);
    find_column(out, "FLOP spent", "c", CELL_FLOP, 0);
    find_column(out, "runs", "runs", CELL_COUNT, 0);
    find_column(out, "N_opt", "n", CELL_SI, 0);
    find_column(out, "D_opt", "d", CELL_SI, 0);
    find_column(out, "least loss", "loss", CELL_FIXED, 4);
    find_column(out, "use", "use", CELL_TEXT, 0);
    find_column(out, "bias of a parabola", "bias", CELL_SHARE, 0);
    for (i64 i = 0; i < a->nbudget; i++)
        row(out, &a->budget[i],
            a->budget[i].npoint < 4 ? "fewer than 4 runs: left out"
                                    : "on the line");
    if (a->held_minimum.npoint > 0)
        row(out, &a->held_minimum, "held out, in no fit");
    find_note(out, "The bias is what a parabola would be off by at these sizes "
              "if the additive law were the truth.");
    return true;
}
