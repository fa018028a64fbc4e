/* fit_name.c - the words for a fit's choices, in options and in files (declared
 * in fit.h). */

#include "fit/fit.h"

#include <string.h>

static const char *const objective_names[] = {
    [FIT_HUBER_LOG] = "huber",         [FIT_SQUARES] = "squares",
    [FIT_SQUARES_LOG] = "squares-log", [FIT_HUBER] = "huber-raw",
    [FIT_QUANTILE] = "quantile",
};

static const char *const resample_names[] = {
    [FIT_RESAMPLE_AUTO] = "auto", [FIT_RESAMPLE_RUNS] = "runs",
    [FIT_RESAMPLE_CLUSTERS] = "clusters", [FIT_RESAMPLE_WILD] = "wild",
};

/* -1 if there is none of that name. */
static int find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *fit_objective_name(FitObjective objective)
{
    return objective_names[objective];
}

bool fit_objective_find(FitObjective *out, const char *name)
{
    const int at = find(objective_names, COUNT_OF(objective_names), name);
    if (at >= 0)
        *out = (FitObjective)at;
    return at >= 0;
}

const char *fit_resample_name(FitResample resample)
{
    return resample_names[resample];
}

bool fit_resample_find(FitResample *out, const char *name)
{
    const int at = find(resample_names, COUNT_OF(resample_names), name);
    if (at >= 0)
        *out = (FitResample)at;
    return at >= 0;
}
