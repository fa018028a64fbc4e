/* table_ledger.c - the budget ledger: what was to be spent on what, what was,
 * and what is left. */

#include "report/find_table.h"

static void row(FindTable *t, const Purpose *p)
{
    find_row(t);
    find_text(t, p->group);
    find_number(t, (double)p->planned);
    find_number(t, (double)p->done);
    find_number(t, (double)p->failed);
    find_number(t, p->flop_planned);
    find_number(t, p->flop_spent);
    find_number(t, p->flop_left);
    find_number(t, p->wall_s);
}

static void verdict(FindTable *t, const Purposes *p)
{
    find_verdict(t, "%.3g FLOP spent of %.3g planned, %.3g left: %lld of %lld "
                 "runs done, %lld failed.", p->all.flop_spent,
                 p->all.flop_planned, p->all.flop_left,
                 (long long)(p->all.done - p->unasked.done),
                 (long long)p->all.planned,
                 (long long)(p->all.failed - p->unasked.failed));
}

bool table_ledger(FindTable *out, Arena *arena, const Analysis *a)
{
    const Purposes *p = &a->finds.purposes;
    if (p->all.planned == 0)
        return false;
    *out = find_table(arena, "Budget ledger");
    verdict(out, p);
    find_column(out, "purpose", "purpose", CELL_TEXT, 0);
    find_column(out, "runs", "planned", CELL_COUNT, 0);
    find_column(out, "done", "done", CELL_COUNT, 0);
    find_column(out, "failed", "failed", CELL_COUNT, 0);
    find_column(out, "FLOP planned", "flop_planned", CELL_FLOP, 3);
    find_column(out, "spent", "flop_spent", CELL_FLOP, 3);
    find_column(out, "left", "flop_left", CELL_FLOP, 3);
    find_column(out, "seconds", "wall_s", CELL_SI, 0);
    for (i64 i = 0; i < p->count; i++)
        row(out, &p->item[i]);
    if (p->unasked.done + p->unasked.failed + p->unasked.begun > 0)
        row(out, &p->unasked);
    if (p->count > 1 || p->unasked.flop_spent > 0)
        row(out, &p->all);
    find_note(out, "Training FLOP, exact; a trunk's count once and not in its "
              "branches. Runs that failed or were cut off are spent too. "
              "Seconds are those of all runs, one after the other.");
    return true;
}
