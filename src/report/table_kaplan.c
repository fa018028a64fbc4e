/* table_kaplan.c - Kaplan's laws as these runs have them, beside what he found:
 * a row a constant that is a claim, and where the runs cannot tell, why. */

#include "report/find_table.h"

#include "report/num.h"

#include <math.h>

static const Interval none = { NAN, NAN, NAN };

static void row(FindTable *t, const char *law, const char *constant,
                Interval found, const char *printed, const char *words)
{
    find_row(t);
    find_text(t, law);
    find_text(t, constant);
    find_interval(t, found);
    find_text(t, printed);
    find_text(t, words);
}

/* A fit's constants, `names` ending with NULL, with Kaplan's beside them. */
static void fit_rows(FindTable *t, const char *law, const KaplanFit *fit,
                     const char *const (*names)[2], const char *words)
{
    if (!fit->fit.law) {
        row(t, law, names[0][0], none, names[0][1], fit->words);
        return;
    }
    for (int i = 0; names[i][0]; i++)
        row(t, law, names[i][0], kaplan_constant(fit, names[i][0]), names[i][1],
            i == 0 ? words : NULL);
}

/* -- One axis ---------------------------------------------------------------- */

static const char *which_holds(Arena *arena, const KaplanAxis *axis)
{
    char text[NUM_TEXT];
    if (isnan(axis->gain))
        return axis->power.fit.law && axis->floor.words
            ? "too few runs to tell whether it has a floor" : NULL;
    if (axis->gain > 6)
        return arena_print(arena, "a floor is needed (BIC %.0f lower): %s nats",
                           axis->gain,
                           num_interval(text, kaplan_constant(&axis->floor,
                                                              "c"), 2));
    if (axis->gain < -6)
        return "no floor in sight: it holds as printed";
    return "with a floor or without: the runs cannot tell";
}

static void axis_rows(FindTable *t, const char *law, const KaplanAxis *axis,
                      const char *const (*names)[2])
{
    static const char *const floor[][2] = { { "a", "–" }, { NULL, NULL } };
    if (axis->count == 0 && !axis->power.words)
        return;
    fit_rows(t, law, &axis->power, names, which_holds(t->arena, axis));
    if (axis->gain > 6)
        fit_rows(t, arena_print(t->arena, "%s, with a floor", law),
                 &axis->floor, floor, NULL);
}

static void axes(FindTable *t, const KaplanFinds *k)
{
    static const char *const n[][2] = { { "alpha_N", "0.076" }, { 0 } };
    static const char *const d[][2] = { { "alpha_D", "0.095" }, { 0 } };
    static const char *const c[][2] = { { "alpha_C", "0.057" }, { 0 } };
    static const char *const m[][2] = { { "alpha_C", "0.050" }, { 0 } };
    axis_rows(t, "L(N)", &k->n, n);
    axis_rows(t, "L(D)", &k->d, d);
    axis_rows(t, "L(C)", &k->c, c);
    axis_rows(t, "L(C_min)", &k->c_min, m);
}

/* -- Both together ------------------------------------------------------------ */

static void surfaces(FindTable *t, const KaplanFinds *k)
{
    static const char *const nd[][2] = { { "alpha_N", "0.076" },
                                         { "alpha_D", "0.103" }, { 0 } };
    static const char *const ns[][2] = { { "alpha_N", "0.077" },
                                         { "alpha_S", "0.76" },
                                         { "S_c", "2100" }, { 0 } };
    if (k->overfit.count > 0) {
        fit_rows(t, "L(N,D)", &k->overfit.law, nd, NULL);
        row(t, "L(N,D)", "alpha_N/alpha_D", k->overfit.power, "0.74", NULL);
    }
    if (k->steps.runs > 0)
        fit_rows(t, k->steps.converted ? "L(N,S_min)" : "L(N,S)",
                 &k->steps.law, ns,
                 k->steps.converted ? NULL : "steps as run: no critical batch");
}

/* A frontier among few sizes is a stair: drawing runs again takes steps away,
 * so that its interval is wide and need not be even. */
static const char *frontier_words(Arena *arena, const Frontier *f)
{
    i64 sizes = 0;
    for (i64 i = 0; i < f->npoint; i++)
        sizes += i == 0 || f->n[i] != f->n[i - 1];
    return f->npoint == 0 ? f->words
         : arena_print(arena, "a stair of %lld sizes", (long long)sizes);
}

static void frontiers(FindTable *t, const KaplanFinds *k)
{
    const KaplanSteps *s = &k->steps;
    if (s->runs == 0)
        return;
    row(t, "N_opt ~ C^p", "p", s->naive.a, "0.88",
        frontier_words(t->arena, &s->naive));
    row(t, "N_opt ~ C_min^p", "p", s->adjusted.a, "0.73",
        frontier_words(t->arena, &s->adjusted));
    row(t, "appendix B", "p", k->closed.p_n, "0.71", k->closed.words);
    row(t, "appendix B", "alpha_C", k->closed.alpha_c, "0.054",
        k->closed.words);
}

static void meeting(FindTable *t, const KaplanFinds *k)
{
    const KaplanMeet *m = &k->meet;
    char n[NUM_TEXT], d[NUM_TEXT], loss[NUM_TEXT];
    row(t, "contradiction", "C_min", m->c, "8.6e23 (1e4 PF-days)", m->words);
    if (isfinite(m->c.value))
        find_note(t, "At the contradiction N is %s parameters, D %s tokens and "
                  "the loss %s nats; Kaplan gives about 1e12, 1e12 and 1.7.",
                  num_si_interval(n, m->n), num_si_interval(d, m->d),
                  num_interval(loss, m->loss, 3));
}

static void notes(FindTable *t, const KaplanFinds *k)
{
    const KaplanOverfit *o = &k->overfit;
    char a[NUM_TEXT], b[NUM_TEXT], c[NUM_TEXT];
    if (isfinite(o->after))
        find_note(t, "The collapse: against 1/D the excess of %lld runs scatters "
                  "by %s (rms of ln) about one curve, against N^%.2f/D by %s; "
                  "least at N^%.2f.", (long long)o->collapsed,
                  num_plain(a, o->before, 2), o->power.value,
                  num_plain(b, o->after, 2), o->power_best);
    else if (o->count > 0)
        find_note(t, "No collapse can be judged: %lld runs lie above their "
                  "like on all the text by more than noise.",
                  (long long)o->collapsed);
    if (k->d.count > 0)
        find_note(t, "L(D) is of the largest model that saw samples: a floor "
                  "there may be what its size allows.");
    if (o->bounded > 0)
        find_note(t, "Early stopping (equation 5.7, a lower bound): %lld of "
                  "%lld runs turned no sooner.", (long long)o->held,
                  (long long)o->bounded);
    if (isfinite(k->closed.c))
        find_note(t, "Appendix B at the largest C_min, %s FLOP: N_opt %s.",
                  num_flop(c, k->closed.c), num_si_interval(a, k->closed.n));
}

static void verdict(FindTable *t, const KaplanFinds *k)
{
    char a[NUM_TEXT], b[NUM_TEXT], c[NUM_TEXT];
    const Interval n = kaplan_constant(&k->n.power, "alpha_N");
    if (isfinite(k->steps.adjusted.a.value) && isfinite(k->closed.p_n.value))
        find_verdict(t, "The loss falls with size as N^-%s; the best size grows "
                     "as C_min^%s along the curves and as C_min^%s by the closed "
                     "form (Kaplan: 0.73).", num_interval(a, n, 3),
                     num_interval(b, k->steps.adjusted.a, 2),
                     num_interval(c, k->closed.p_n, 2));
    else if (isfinite(n.value))
        find_verdict(t, "The loss falls with size as N^-%s; how the best size "
                     "grows with C_min these runs do not tell.",
                     num_interval(a, n, 3));
}

bool table_kaplan(FindTable *out, Arena *arena, const Analysis *a)
{
    const KaplanFinds *k = &a->finds.kaplan;
    if (!k->any)
        return false;
    *out = find_table(arena, "Kaplan's laws");
    verdict(out, k);
    find_column(out, "law", "law", CELL_TEXT, 0);
    find_column(out, "constant", "constant", CELL_TEXT, 0);
    find_column(out, "here", "here", CELL_PLAIN, 3);
    find_column(out, "Kaplan", "kaplan", CELL_TEXT, 0);
    find_column(out, "", "words", CELL_TEXT, 0);
    axes(out, k);
    surfaces(out, k);
    frontiers(out, k);
    notes(out, k);
    meeting(out, k);
    find_note(out, "N without embeddings and head, C = 6 N B S, as Kaplan "
              "counted. Exponents are the claim; scales go with text and "
              "tokens. Intervals by drawing runs again.");
    return true;
}
