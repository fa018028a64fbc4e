/* study_show.c - see study_show.h. */

#include "cli/study_show.h"

#include "base/clock.h"
#include "sweep/speed.h"

#include <math.h>
#include <stdio.h>

void study_say(const char *line)
{
    fprintf(stderr, "%s\n", line);
}

double study_flop(const Ladder *grid)
{
    double sum = 0;
    for (i64 i = 0; i < grid->count; i++)
        sum += grid->run[i].flop_new;
    return sum;
}

static void run_show(const LadderRun *run, CountN counts)
{
    const TrainConfig *config = &run->config;
    const double n = count_n(config->shape, counts);
    const double d = (double)(config->steps * config->batch
                              * config->shape.context);
    fprintf(stderr, "  %-20s %-8s %9.3g %9.3g %8.3g %6lld %8lld %8.2g\n",
            run->name, run->group, n, d, d / n,
            (long long)(config->batch * config->shape.context),
            (long long)config->steps, config->lr);
}

/* FLOP-weighted time at the speeds of the smallest and the largest shape: the
 * mean of the two, for a plan. */
static double time_s(const Ladder *grid, int cores)
{
    const double slow = speed_flop_per_s(&grid->run[0].config, INFINITY);
    const double fast = speed_flop_per_s(&grid->run[grid->count - 1].config,
                                         INFINITY);
    const double mean = 2 / (1 / slow + 1 / fast);
    fprintf(stderr, "  measured: %.0f to %.0f GFLOP/s a core\n", slow / 1e9,
            fast / 1e9);
    return study_flop(grid) / mean / cores;
}

/* Of as many of the largest as run at once. */
static i64 memory_most(const Ladder *grid, int cores)
{
    i64 most = 0;
    for (i64 i = 0; i < grid->count; i++)
        most = i64_max(most, train_memory(&grid->run[i].config));
    return most * i64_min(cores, grid->count);
}

/* A checkpoint is the parameters and two moments; the rest of a run folder is
 * text. */
static double disk_bytes(const Ladder *grid)
{
    double sum = 0;
    for (i64 i = 0; i < grid->count; i++)
        sum += 12.0 * (double)count_params(grid->run[i].config.shape).total
             + 100e3;
    return sum;
}

void study_show(const Ladder *grid, const StudyInfo *info, int cores)
{
    CountN counts = N_BODY_HEAD;
    char   words[24];
    count_n_find(&counts, info->counts);

    fprintf(stderr, "%s on %s: %lld tokens to train on, %lld held out (%s)\n",
            info->title, info->corpus, (long long)info->corpus_train_tokens,
            (long long)info->corpus_val_tokens,
            info->corpus_licence ? info->corpus_licence : "licence not known");
    fprintf(stderr, "  %-20s %-8s %9s %9s %8s %6s %8s %8s\n", "run", "group",
            "N", "D", "D/N", "batch", "steps", "rate");
    for (i64 i = 0; i < grid->count; i++)
        run_show(&grid->run[i], counts);

    clock_words(words, time_s(grid, cores));
    fprintf(stderr,
            "  %lld runs, %.3g FLOP, about %s on %d cores, %.0f MB of memory, "
            "%.0f MB of disk\n",
            (long long)grid->count, study_flop(grid), words, cores,
            (double)memory_most(grid, cores) / 1e6, disk_bytes(grid) / 1e6);
}

void study_show_cores(double core_s, double wall_s, int cores)
{
    char words[24];
    if (!(core_s > 0))
        return;
    clock_words(words, wall_s);
    fprintf(stderr, "  %d core%s trained for %.1f %% of %s\n", cores,
            cores == 1 ? "" : "s", 100 * core_s / (wall_s * cores), words);
}
