/* table_batch.c - the critical batch by three ways, side by side. */

#include "report/find_table.h"

#include "report/num.h"

#include <math.h>

/* Geometric mean of one way over another where both are; their number. */
static double over(i64 *count, const Critical *c,
                   Interval (*a)(const CriticalRow *),
                   Interval (*b)(const CriticalRow *))
{
    double sum = 0;
    *count = 0;
    for (i64 i = 0; i < c->rows; i++) {
        const double ratio = log(a(&c->row[i]).value / b(&c->row[i]).value);
        if (!isfinite(ratio))
            continue;
        sum += ratio;
        ++*count;
    }
    return *count > 0 ? exp(sum / (double)*count) : NAN;
}

static Interval by_grid(const CriticalRow *r)  { return r->grid; }
static Interval by_fork(const CriticalRow *r)  { return r->fork; }
static Interval by_noise(const CriticalRow *r) { return r->noise; }

static void verdict(FindTable *t, const Critical *c)
{
    char      a[NUM_TEXT], b[NUM_TEXT];
    i64       nnoise, nfork;
    const double noise     = over(&nnoise, c, by_noise, by_grid);
    const double fork_times = over(&nfork, c, by_fork, by_grid);
    if (nnoise > 0 && nfork > 0)
        find_verdict(t, "Where they can be compared the noise scale is %s times "
                     "the batch that the grid finds, branching %s times: "
                     "believe the grid.", num_plain(a, noise, 2),
                     num_plain(b, fork_times, 2));
    else if (nnoise > 0)
        find_verdict(t, "Where they can be compared the noise scale is %s times "
                     "the batch that the grid finds: believe the grid.",
                     num_plain(a, noise, 2));
    else if (nfork > 0)
        find_verdict(t, "Where they can be compared branching gives %s times "
                     "the batch that the grid finds: believe the grid.",
                     num_plain(b, fork_times, 2));
    else
        find_verdict(t, "No two ways measured the same loss of the same size.");
}

static void law_note(FindTable *t, const Critical *c)
{
    char a[NUM_TEXT], b[NUM_TEXT];
    if (c->law.fit.law)
        find_note(t, "Kaplan's law through the grid's: B_crit = B*/L^(1/alpha_B)"
                  ", B* = %s, alpha_B = %s, by drawing levels again; those of "
                  "one size share runs, so the true intervals are wider.",
                  num_si_interval(a, kaplan_constant(&c->law, "B_star")),
                  num_interval(b, kaplan_constant(&c->law, "alpha_B"), 3));
    else
        find_note(t, "No law of B_crit against the loss: %s.", c->law.words);
}

static void notes(FindTable *t, const Critical *c)
{
    find_note(t, "Grid: E_min/S_min of (S/S_min - 1)(E/E_min - 1) = 1 through "
              "the best rate at each batch; the interval leaves each batch out "
              "once. What training at another batch really costs: believe it "
              "where the interval is closed.");
    find_note(t, "Branching: the largest batch whose loss, after as much more "
              "text, is within %.3g nats of every smaller one's; up to the next "
              "one tried. It rests on the rate going with the root of the "
              "batch.", FORK_NEAR);
    find_note(t, "Noise scale: tr(Sigma)/|G|^2 of plain gradient descent. Adam "
              "is not that; others found it far too low. Cheap, and a sign of "
              "the trend at most.");
    law_note(t, c);
}

bool table_batch(FindTable *out, Arena *arena, const Analysis *a)
{
    const Critical *c = &a->finds.critical;
    if (c->rows == 0)
        return false;
    *out = find_table(arena, "The critical batch, three ways");
    verdict(out, c);
    find_column(out, "N", "n", CELL_SI, 0);
    find_column(out, "loss", "loss", CELL_FIXED, 3);
    find_column(out, "steps against data", "grid", CELL_SI, 0);
    find_column(out, "branching", "fork", CELL_SI, 0);
    find_column(out, "noise scale", "noise", CELL_SI, 0);
    for (i64 i = 0; i < c->rows; i++) {
        find_row(out);
        find_number(out, c->row[i].n);
        find_number(out, c->row[i].loss);
        find_interval(out, c->row[i].grid);
        find_interval(out, c->row[i].fork);
        find_interval(out, c->row[i].noise);
    }
    notes(out, c);
    return true;
}
