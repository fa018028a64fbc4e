/* study_show.c - see study_show.h. */

#include "cli/study_show.h"

#include "base/clock.h"
#include "cli/device_show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void study_say(const char *line)
{
    fprintf(stderr, "%s\n", line);
}

static void run_show(const LadderRun *run, CountN counts)
{
    const TrainConfig *config = &run->config;
    const double n = count_n(config->shape, counts);
    const double d = (double)(config->steps * config->batch
                              * config->shape.context);
    fprintf(stderr, "  %-26s %9.3g %9.3g %8.3g %6lld %8lld %8.2g\n",
            run->name, n, d, d / n,
            (long long)(config->batch * config->shape.context),
            (long long)config->steps, config->lr);
}

/* -- Arms -------------------------------------------------------------------- */

static const char *from_words(Arena *arena, const StudyArm *arm)
{
    const struct { const char *what; const StudyArm *from; } part[] = {
        { "rates", arm->rate }, { "centre", arm->centre },
        { "start", arm->start },
    };
    const char *words = "";
    for (int i = 0; i < COUNT_OF(part); i++)
        if (part[i].from)
            words = arena_print(arena, "%s%s %s from %s", words,
                                *words ? "," : "", part[i].what,
                                part[i].from->name);
    return words;
}

static bool is_guess(const StudyArm *arm)
{
    return arm->rate || arm->centre;
}

static void arm_show(Study *study, const Work *work, CountN counts)
{
    const StudyArm *arm  = work->arm;
    const char     *from = from_words(&study->arena, arm);
    fprintf(stderr, "%s, %s, wave %lld: %lld runs, %.3g FLOP%s%s%s\n",
            arm->name, arm->design, (long long)arm->wave,
            (long long)work->count,
            runs_flop((const LadderRun *const *)work->run, work->count),
            *from ? ";" : "", from, is_guess(arm) ? " (until then by the rule)"
                                                  : "");
    for (i64 i = 0; i < work->count; i++)
        run_show(work->run[i], counts);
}

/* -- All of it --------------------------------------------------------------- */

/* Of as many of the largest as run at once. */
static double memory_most(const Asked *asked, int cores)
{
    i64 most = 0;
    for (i64 i = 0; i < asked->count; i++)
        most = i64_max(most, train_memory(&asked->run[i]->config));
    return (double)(most * i64_min(cores, asked->count));
}

/* A checkpoint is the parameters and two moments; the rest of a run folder is
 * text. */
static double disk_bytes(const Asked *asked)
{
    double sum = 0;
    for (i64 i = 0; i < asked->count; i++) {
        const TrainConfig *c = &asked->run[i]->config;
        sum += 12.0 * (double)count_params(c->shape).total
             * (double)(1 + c->keep.count) + 100e3;
    }
    return sum;
}

static double seconds_of(Study *study, const Work *guess)
{
    double sum = 0;
    for (i64 wave = 0; wave < study_waves(study); wave++) {
        const Asked fit = work_runs(study, guess, wave, false);
        sum += runs_seconds(study, fit.run, fit.count);
    }
    const Asked held = work_runs(study, guess, -1, true);
    return sum + runs_seconds(study, held.run, held.count);
}

static Asked both(Study *study, const Work *guess)
{
    Asked       out  = work_runs(study, guess, -1, false);
    const Asked held = work_runs(study, guess, -1, true);
    const i64   room = out.count + held.count;
    const LadderRun **run = NEW(&study->arena, const LadderRun *, room + 1);
    for (i64 i = 0; i < room; i++)
        run[i] = i < out.count ? out.run[i] : held.run[i - out.count];
    return (Asked){ room, run, NULL };
}

static void purpose_show(const char *name, const LadderRun *const *run,
                         i64 count, const char *group, double all)
{
    double flop = 0;
    i64    runs = 0;
    for (i64 i = 0; i < count; i++)
        if (strcmp(run[i]->group, group) == 0) {
            flop += run[i]->flop_new;
            runs++;
        }
    if (runs > 0)
        fprintf(stderr, "  %-20s %4lld runs %10.3g FLOP %5.1f %%\n", name,
                (long long)runs, flop, 100 * flop / all);
}

/* The whole book: what is meant for what. */
static void purposes_show(const Study *study, const Asked *asked)
{
    const double all = runs_flop(asked->run, asked->count);
    for (i64 a = 0; a < study->arms.count; a++)
        purpose_show(study->arms.arm[a].name, asked->run, asked->count,
                     study->arms.arm[a].name, all);
    for (i64 a = 0; a < study->arms.count; a++)
        if (strcmp(study->arms.arm[a].name, "holdout") == 0)
            return;
    purpose_show("holdout", asked->run, asked->count, "holdout", all);
}

static void speed_show(const Study *study)
{
    double slow = INFINITY, fast = 0;
    for (i64 i = 0; i < study->nspeed; i++) {
        slow = fmin(slow, study->speed[i].flop_per_s);
        fast = fmax(fast, study->speed[i].flop_per_s);
    }
    fprintf(stderr, "  measured: %.0f to %.0f GFLOP/s a core, %lld shapes\n",
            slow / 1e9, fast / 1e9, (long long)study->nspeed);
}

void study_show(Study *study, const Work *guess)
{
    const StudyInfo *info   = &study->info;
    CountN           counts = N_BODY_HEAD;
    char             words[24];
    count_n_find(&counts, info->counts);
    fprintf(stderr, "%s on %s: %lld tokens to train on, %lld held out (%s)\n",
            info->title, info->corpus, (long long)info->corpus_train_tokens,
            (long long)info->corpus_val_tokens,
            info->corpus_licence ? info->corpus_licence : "licence not known");
    fprintf(stderr, "  %-26s %9s %9s %8s %6s %8s %8s\n", "run", "N", "D", "D/N",
            "batch", "steps", "rate");
    for (i64 a = 0; a < study->arms.count; a++)
        arm_show(study, &guess[a], counts);

    const Asked      all   = both(study, guess);
    const SweepPlace place = study_place(study);
    purposes_show(study, &all);
    if (study->devices.count == 0) {
        clock_words(words, seconds_of(study, guess));
        speed_show(study);
    }
    fprintf(stderr, "  %lld runs, %.3g FLOP, ", (long long)all.count,
            runs_flop(all.run, all.count));
    if (study->devices.count == 0)
        fprintf(stderr, "about %s on %d cores, %.0f MB of memory, ", words,
                study->cores, memory_most(&all, study->cores) / 1e6);
    fprintf(stderr, "%.0f MB of disk\n", disk_bytes(&all) / 1e6);
    if (study->devices.count > 0)
        fprintf(stderr, "  trained on %s, at a speed that is measured as they "
                "train\n", study->opts.device);
    device_show(&study->arena, all.run, all.count, &place);
}

void study_show_cores(const Study *study)
{
    char      words[24];
    const int cores = study->cores;
    clock_words(words, study->wall_s);
    if (study->core_s > 0)
        fprintf(stderr, "  %d core%s trained for %.1f %% of %s\n", cores,
                cores == 1 ? "" : "s",
                100 * study->core_s / (study->wall_s * cores), words);
    if (study->on_device > 0)
        fprintf(stderr, "  %lld run%s on %s, in %lld gang%s, up to %lld side by "
                "side\n", (long long)study->on_device,
                study->on_device == 1 ? "" : "s", study->opts.device,
                (long long)study->gangs, study->gangs == 1 ? "" : "s",
                (long long)study->side_by_side);
}
