/* isoflop_parts.h - the parts of approach 2, private to this room: runs by
 * budget (isoflop_group.c), the curve through one budget and where it is least
 * (isoflop_vertex.c), the draws (isoflop_draw.c). isoflop.c puts them together
 * and says in words what was done. */

#ifndef ISOFLOP_PARTS_H
#define ISOFLOP_PARTS_H

#include "fit/isoflop.h"

enum { RUNS_LEAST = 4 };

/* The runs of one budget; knots are its different sizes, rising. */
typedef struct Group {
    i64     n;
    double *ln_n, *ln_d, *loss, *fitted, *residual;
    double  ln_c; /* mean of what was really spent */
    double  low, high;
    bool    used;
    i64     nknot;
    double *knot;
    i64    *knot_of; /* [n] */
} Group;

typedef struct Groups { i64 count; Group *group; } Groups;

typedef struct Vertex { double ln_n, ln_d, loss; } Vertex;

/* ---- isoflop_group.c --------------------------------------------------- */

bool   isoflop_columns(const Table *runs, Err *err);
Groups groups_new(Arena *arena, const Table *runs);

/* The sd of one run about its neighbours, pooled over all budgets: each run
 * against the cubic through the two sizes on either side of it. NaN where no
 * budget has 5 sizes. */
double groups_noise(const Groups *gs);

/* ---- isoflop_vertex.c -------------------------------------------------- */

/* The least of the curve through (ln_n, loss)[n], the group's own runs or a
 * draw of them; false where it has none near the sizes tried. quad is
 * filled for parabolas only. */
bool vertex_of(Vertex *v, double quad[3], const Group *g, IsoflopCurve curve,
               const double *ln_n, const double *loss, i64 n);

IsoflopBudget budget_fit(Group *g, IsoflopCurve curve);

/* ---- isoflop_draw.c ---------------------------------------------------- */

typedef enum DrawKind { DRAW_RUNS, DRAW_RESIDUALS, DRAW_NOISE } DrawKind;

typedef struct Drawn {
    DrawKind kind;
    double   noise;  /* DRAW_NOISE: the sd                                    */
    i64      draws;
    Vertex  *vertex; /* [draws][count]; NaN where a draw has none             */
} Drawn;

/* The vertices of every draw. */
Drawn vertices_draw(Arena *arena, Groups *gs, const IsoflopBudget *budget,
                    i64 nrow, const IsoflopOptions *options);

/* Intervals and sd of each budget; with Akima its median, and budgets that are
 * on an edge in more than half the draws are no longer used. */
void budgets_close(IsoflopBudget *budget, Groups *gs, const Drawn *drawn,
                   const IsoflopOptions *options);

#endif
