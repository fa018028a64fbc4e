/* table_conventions.c - the exponent of the best size under each way to count:
 * a choice, to be said with the number. */

#include "report/find_table.h"

#include <math.h>

static bool settled(const Convention *c)
{
    return isfinite(c->a.value);
}

bool table_conventions(FindTable *out, Arena *arena, const Analysis *a)
{
    const Conventions *c = &a->finds.conventions;
    double least = INFINITY, most = -INFINITY;
    for (i64 i = 0; i < c->count; i++)
        if (settled(&c->item[i])) {
            least = fmin(least, c->item[i].a.value);
            most  = fmax(most, c->item[i].a.value);
        }
    if (!(least <= most))
        return false;
    *out = find_table(arena, "The exponent under every way to count");
    find_verdict(out, "By approach 2 on the same runs the exponent a lies "
                 "between %.3f and %.3f, depending on how N and C are "
                 "counted.", least, most);
    find_column(out, "N counts", "counts", CELL_TEXT, 0);
    find_column(out, "C is", "compute", CELL_TEXT, 0);
    find_column(out, "exponent a", "a", CELL_FIXED, 3);
    for (i64 i = 0; i < c->count; i++) {
        find_row(out);
        find_text(out, count_n_name(c->item[i].counts));
        find_text(out, c->item[i].six_nd ? "6ND" : "exact");
        find_interval(out, c->item[i].a);
    }
    return true;
}
