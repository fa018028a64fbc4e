/* plan_settings.h - private to the command plan: what is assumed unless it is
 * set: how a run is split over devices, what a device costs beside its price,
 * how fast trends go, what was tuned already. */

#ifndef PLAN_SETTINGS_H
#define PLAN_SETTINGS_H

#include "base/opt.h"
#include "plan/machine.h"
#include "plan/memory.h"
#include "plan/trend.h"

typedef struct PlanSettings {
    /* As typed. */
    const char *watts, *idle, *lifetime;
    const char *mix, *zero, *tensor, *pipeline, *micro_batch, *recompute;
    bool        offload, sequence_parallel;
    const char *hardware, *recipes, *spending;
    const char *rate, *rate_tokens;

    /* Understood. */
    MemoryPlan memory;
    bool       arranged;          /* zero, tensor, pipeline or recompute named */
    Trend      trend;
    double     tuned_lr, tuned_d;
} PlanSettings;

/* Rows for the command's table of options; returns how many. */
enum { PLAN_SETTINGS_ROWS = 16 };
int plan_settings_rows(Opt row[PLAN_SETTINGS_ROWS], PlanSettings *s);

/* `precision` names the peak that is counted with, or NULL: states in memory are
 * of that precision unless --mix says otherwise. */
bool plan_settings_read(PlanSettings *s, const char *precision, Err *err)
    MUST_USE;

/* Watts, idle and lifetime into a deal. */
bool plan_settings_deal(Deal *deal, const PlanSettings *s, Err *err) MUST_USE;

/* The first of the flags that speak of a machine, or NULL. */
const char *plan_settings_of_machine(const PlanSettings *s);

#endif
