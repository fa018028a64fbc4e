/* table_arch.c - two architectures: whether they share the law's exponents, the
 * law of each, and who is ahead at the same size, compute and place. */

#include "report/find_table.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

static const Interval unknown = { NAN, NAN, NAN };

static Interval constant(const Fit *fit, const char *name)
{
    const int at = fit->law ? law_param(fit->law, name) : -1;
    return at < 0 ? unknown
                  : (Interval){ fit->theta[at], fit->low[at], fit->high[at] };
}

static void side(FindTable *out, const ArchSide *s)
{
    find_row(out);
    find_text(out, s->arch);
    find_number(out, (double)s->count);
    find_interval(out, constant(&s->fit, "E"));
    find_interval(out, constant(&s->fit, "alpha"));
    find_interval(out, constant(&s->fit, "beta"));
    find_number(out, s->fit.law ? s->fit.rmse_log : NAN);
    find_number(out, s->level_from);
}

static void notes(FindTable *out, const Archs *a)
{
    char text[2][NUM_TEXT];
    find_note(out, "%s less %s: alpha %s, beta %s.", a->side[1].arch,
              a->side[0].arch, num_interval(text[0], a->alpha, 2),
              num_interval(text[1], a->beta, 2));
    if (a->best >= 0)
        find_note(out, "Of the laws in which the two share everything, the "
                  "floor and both exponents, both exponents, or nothing (%d, "
                  "%d, %d and %d constants), BIC is least where they share %s: "
                  "%.1f, %.1f, %.1f, %.1f. Likelihood ratio for exponents of "
                  "their own: %.2f, p = %.3g.",
                  a->model[0].params, a->model[1].params, a->model[2].params,
                  a->model[3].params, arch_share_name((ArchShare)a->best),
                  a->model[0].bic, a->model[1].bic, a->model[2].bic,
                  a->model[3].bic, a->likelihood, a->p);
    for (int k = 0; k < 2; k++)
        if (a->side[k].words[0])
            find_note(out, "%s: %s.", a->side[k].arch, a->side[k].words);
    find_note(out, "Level from: the place in the context, of the largest model, "
              "from which the loss falls by less than 1 %% to the end.");
}

bool table_arch(FindTable *out, Arena *arena, const Analysis *a)
{
    const Archs *all = &a->finds.archs;
    if (all->count == 0)
        return false;
    *out = find_table(arena, "Two architectures: the law of each");
    find_verdict(out, "Do %s and %s share the exponents of size and data? %s.",
                 all->side[0].arch, all->side[1].arch,
                 all->verdict == ARCH_SHARED ? "Nothing says that they do not"
                 : all->verdict == ARCH_APART ? "They do not"
                                              : "These runs do not settle it");
    find_column(out, "architecture", "arch", CELL_TEXT, 0);
    find_column(out, "runs", "runs", CELL_COUNT, 0);
    find_column(out, "E", "e", CELL_FIXED, 3);
    find_column(out, "alpha", "alpha", CELL_FIXED, 3);
    find_column(out, "beta", "beta", CELL_FIXED, 3);
    find_column(out, "scatter", "rmse_log", CELL_SHARE, 0);
    find_column(out, "level from", "level_from", CELL_PLAIN, 3);
    for (int k = 0; k < 2; k++)
        side(out, &all->side[k]);
    notes(out, all);
    return true;
}

/* -- Ahead or behind ------------------------------------------------------- */

static void pair(FindTable *out, const char *what, const ArchPair *p)
{
    find_row(out);
    find_text(out, what);
    find_number(out, p->n[0]);
    find_number(out, p->n[1]);
    find_number(out, p->d[0]);
    find_number(out, p->c);
    find_number(out, p->loss[0]);
    find_number(out, p->loss[1]);
    find_number(out, p->ratio - 1);
}

static void places(FindTable *out, const Archs *a)
{
    for (i64 i = 0; i < a->nalong; i++) {
        char what[64];
        snprintf(what, sizeof what, "place %.0f, the largest", a->place[i]);
        find_row(out);
        find_text(out, what);
        find_number(out, NAN);
        find_number(out, NAN);
        find_number(out, NAN);
        find_number(out, NAN);
        find_number(out, NAN);
        find_number(out, NAN);
        find_number(out, expm1(a->gap[i]));
    }
}

static i64 behind(const ArchPair *p, i64 count)
{
    i64 times = 0;
    for (i64 i = 0; i < count; i++)
        times += p[i].ratio > 1;
    return times;
}

bool table_arch_ahead(FindTable *out, Arena *arena, const Analysis *a)
{
    const Archs *all = &a->finds.archs;
    if (all->nmatched + all->nequal == 0)
        return false;
    *out = find_table(arena, "Two architectures: which is ahead");
    find_verdict(out, "%s has the higher loss in %lld of %lld pairs of one size "
                 "and data, and at %lld of %lld computes by the laws.",
                 all->side[1].arch,
                 (long long)behind(all->matched, all->nmatched),
                 (long long)all->nmatched,
                 (long long)behind(all->equal, all->nequal),
                 (long long)all->nequal);
    find_column(out, "matched", "matched", CELL_TEXT, 0);
    find_column(out, arena_print(arena, "N %s", all->side[0].arch), "n_0",
                CELL_SI, 0);
    find_column(out, arena_print(arena, "N %s", all->side[1].arch), "n_1",
                CELL_SI, 0);
    find_column(out, "D", "d", CELL_SI, 0);
    find_column(out, "C", "c", CELL_FLOP, 0);
    find_column(out, arena_print(arena, "loss %s", all->side[0].arch), "loss_0",
                CELL_FIXED, 3);
    find_column(out, arena_print(arena, "loss %s", all->side[1].arch), "loss_1",
                CELL_FIXED, 3);
    find_column(out, "the second over the first", "ratio", CELL_SHARE, 0);
    for (i64 i = 0; i < all->nmatched; i++)
        pair(out, "N and D, measured", &all->matched[i]);
    for (i64 i = 0; i < all->nequal; i++)
        pair(out, "C, by the laws", &all->equal[i]);
    places(out, all);
    return true;
}
