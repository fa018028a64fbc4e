/* bench_packing.c - how well a sweep packs its runs on the cores: a dozen, of
 * sizes and lengths as a small study has them, on a text of known entropy. */

#include "cli/bench.h"

#include "cli/train_opts.h"
#include "sweep/coord.h"
#include "sweep/sweep.h"

#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 12, CONTEXT = 32, BATCH = 16, HEAD = 8 };

/* Three budgets, four widths: the wide ones are the short ones. */
static void run_make(LadderRun *run, int index)
{
    static const i64 width[] = { 16, 24, 32, 48 };
    const i64    w      = width[index % 4];
    const double budget = 4e9 * (double)(1 << index / 4);
    TrainConfig *c      = &run->config;
    *c = train_defaults();
    c->shape = (Shape){ .layers = 2, .width = w, .heads = w / HEAD,
                        .ff = 4 * w, .vocab = 256, .context = CONTEXT,
                        .tied = true };
    c->batch = BATCH;
    c->lr    = 0.01;
    c->eval_tokens = 4096;
    c->eval_points = 0;
    const double step = count_train_flop(c->shape) * CONTEXT * BATCH;
    c->steps = i64_max(1, (i64)(budget / step));
    run->group  = "fit";
    run->budget = budget;
    run->flop   = run->flop_new = step * (double)c->steps;
    snprintf(run->name, sizeof run->name, "c%.0e-2x%lld", budget,
             (long long)w);
}

static bool sweep(SweepReport *out, const char *dir, int cores, Arena *arena,
                  Err *err)
{
    static LadderRun run[RUNS];
    const LadderRun *runs[RUNS];
    Shard            text;
    if (!coord_text(&text, arena, err))
        return false;
    for (int i = 0; i < RUNS; i++) {
        run_make(&run[i], i);
        runs[i] = &run[i];
    }
    const SweepPlace place = {
        .study_dir = dir, .cores = cores,
        .of = { .study = "bench", .code = "bench", .shard = &text,
                .config_text = train_config_text } };
    return sweep_run(out, runs, RUNS, &place, err);
}

bool bench_packing(double *share, double *wall_s, int cores, Err *err)
{
    Arena       arena = { 0 };
    SweepReport report;
    char        dir[] = "/tmp/scalelaw-bench-XXXXXX";
    if (!mkdtemp(dir))
        return err_set(err, ERR_IO, "%s: cannot be made; it holds the runs "
                       "that are timed", dir);
    const bool ok = sweep(&report, dir, cores, &arena, err);
    bench_remove(dir);
    arena_free(&arena);
    if (!ok)
        return false;
    *wall_s = report.wall_s;
    *share  = report.core_s / (report.wall_s * cores);
    return true;
}
