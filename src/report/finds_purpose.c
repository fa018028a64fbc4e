/* finds_purpose.c - see finds_purpose.h: sums over records, and logs where a
 * record does not say yet. */

#include "report/finds_purpose.h"

#include "report/finds.h"

#include <math.h>
#include <string.h>

/* -- One run --------------------------------------------------------------- */

static double trunk_flop(const Run *run)
{
    return isfinite(run->trunk_step)
         ? run->trunk_step * (double)run->batch_tokens * run->flop_per_token
         : 0;
}

static double planned_flop(const Run *run)
{
    return run->flop_per_token * (double)run->steps * (double)run->batch_tokens
         - trunk_flop(run);
}

/* The last point of its log; NaNs where there is none. */
static Metric last_point(Str *lost, const Run *run, const char *runs_dir)
{
    Arena      arena = { 0 };
    MetricList log   = { 0 };
    finds_log(&log, lost, &arena, run, runs_dir);
    const Metric none = { .flop = NAN, .wall_s = NAN };
    const Metric last = log.count ? log.metric[log.count - 1] : none;
    arena_free(&arena);
    return last;
}

/* FLOP and seconds so far. */
static void so_far(double *flop, double *wall_s, Str *lost, const Run *run,
                   const char *runs_dir)
{
    const Metric last = run->status ? (Metric){ .flop = NAN, .wall_s = NAN }
                                    : last_point(lost, run, runs_dir);
    *flop = run->status && isfinite(run->flop_new) ? run->flop_new
          : (run->status ? run->flop : last.flop) - trunk_flop(run);
    *flop = *flop > 0 ? *flop : 0; /* NaN too */
    *wall_s = run->status ? run->wall_s : last.wall_s;
    *wall_s = *wall_s > 0 ? *wall_s : 0;
}

double purpose_spent(Str *lost, const Run *run, const char *runs_dir)
{
    double flop, wall_s;
    so_far(&flop, &wall_s, lost, run, runs_dir);
    return flop;
}

double purpose_speed(const RunList *runs)
{
    double flop = 0, wall_s = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        if (!run_ended(run) || !(run->wall_s > 0) || !isfinite(run->flop))
            continue;
        flop   += isfinite(run->flop_new) ? run->flop_new : run->flop;
        wall_s += run->wall_s;
    }
    return wall_s > 0 && flop > 0 ? flop / wall_s : NAN;
}

/* -- Sums ------------------------------------------------------------------ */

static Purpose *of_group(Purposes *out, const char *group)
{
    for (i64 i = 0; i < out->count; i++)
        if (strcmp(out->item[i].group, group) == 0)
            return &out->item[i];
    out->item[out->count] = (Purpose){ .group = group };
    return &out->item[out->count++];
}

static void count_in(Purpose *p, const Run *run, double planned, double flop,
                     double wall_s)
{
    p->done   += finds_done(run);
    p->failed += run_ended(run) && !finds_done(run);
    p->begun  += !run_ended(run);
    p->flop_spent += flop;
    p->wall_s     += wall_s;
    if (!run_ended(run))
        p->flop_left += fmax(0, planned - flop);
}

static void add(Purpose *all, const Purpose *one)
{
    all->planned += one->planned;
    all->done    += one->done;
    all->failed  += one->failed;
    all->begun   += one->begun;
    all->flop_planned += one->flop_planned;
    all->flop_spent   += one->flop_spent;
    all->flop_left    += one->flop_left;
    all->wall_s       += one->wall_s;
}

/* Rows of a plan, with their runs taken out of `there`. */
static void of_plan(Purposes *out, const StudyPlan *plan)
{
    for (i64 i = 0; i < plan->count; i++) {
        const StudyPlanRow *row = &plan->row[i];
        Purpose            *p   = of_group(out, row->group);
        p->planned++;
        p->flop_planned += row->flop_new;
        p->flop_left    += row->flop_new; /* until its run is met */
    }
}

static void of_run(Purposes *out, Str *lost, const Run *run,
                   const StudyPlan *plan, const char *runs_dir)
{
    const StudyPlanRow *row = study_plan_find(plan, run->id);
    const char *group = row ? row->group : run->group ? run->group : "no group";
    double      flop, wall_s;
    so_far(&flop, &wall_s, lost, run, runs_dir);
    if (plan->count > 0 && !row) {
        count_in(&out->unasked, run, 0, flop, wall_s);
        return;
    }
    Purpose     *p       = of_group(out, group);
    const double planned = row ? row->flop_new : planned_flop(run);
    if (row) {
        p->flop_left = fmax(0, p->flop_left - planned);
    } else {
        p->planned++;
        p->flop_planned += planned;
    }
    count_in(p, run, planned, flop, wall_s);
}

void purposes_find(Purposes *out, Str *lost, Arena *arena, const RunList *runs,
                   const StudyPlan *plan, const char *runs_dir)
{
    *out = (Purposes){
        .item    = NEW(arena, Purpose, runs->count + plan->count + 1),
        .unasked = { .group = "no longer asked for" },
        .all     = { .group = "all" } };
    of_plan(out, plan);
    for (i64 i = 0; i < runs->count; i++)
        of_run(out, lost, &runs->run[i], plan, runs_dir);
    for (i64 i = 0; i < out->count; i++)
        add(&out->all, &out->item[i]);
    add(&out->all, &out->unasked);
    out->unasked.flop_left = 0;
}
