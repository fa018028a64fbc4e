/* study_work.c - arms into runs; see study_work.h. */

#include "cli/study_work.h"

#include "cli/study_show.h"
#include "cli/train_opts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

RecordOf study_of(const Study *study)
{
    return (RecordOf){ .study = study->opts.name, .code = SCALELAW_CODE,
                       .shard = &study->corpus.shard,
                       .config_text = train_config_text };
}

SweepPlace study_place(const Study *study)
{
    return (SweepPlace){
        .study_dir = study->dir,
        .of        = study_of(study),
        .cores     = study->devices.cpu ? study->cores : 0,
        .devices   = &study->devices,
        .progress  = study->progress,
    };
}

i64 study_waves(const Study *study)
{
    i64 most = 0;
    for (i64 i = 0; i < study->arms.count; i++)
        most = i64_max(most, study->arms.arm[i].wave);
    return most + 1;
}

bool study_holds(const LadderRun *run)
{
    return strcmp(run->group, "holdout") == 0;
}

void study_tell(const Study *study, const char *format, ...)
{
    char    line[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (study->progress)
        progress_say(study->progress, line);
    else
        study_say(line);
}

/* -- One run for one configuration ------------------------------------------ */

static const char *config_of(Study *study, const LadderRun *run)
{
    const RecordOf    of     = study_of(study);
    const TrainConfig config = record_config(&study->arena, &of, NULL, run);
    return train_config_text(&study->arena, &config, true);
}

static bool alike(Study *study, const LadderRun *a, const LadderRun *b,
                  const char *b_text)
{
    return a->shard == b->shard && a->config.steps == b->config.steps
        && a->config.batch == b->config.batch && a->config.lr == b->config.lr
        && a->config.seed == b->config.seed
        && strcmp(config_of(study, a), b_text) == 0;
}

static LadderRun *same_run(Study *study, const Work *all, const LadderRun *run)
{
    const char *text = config_of(study, run);
    if (strcmp(run->group, "fit") == 0 || study_holds(run))
        return NULL;
    for (i64 a = 0; a < study->arms.count; a++)
        for (i64 i = 0; i < all[a].count; i++)
            if (!study_holds(all[a].run[i])
                && alike(study, all[a].run[i], run, text))
                return all[a].run[i];
    return NULL;
}

/* -- Laying ----------------------------------------------------------------- */

static bool check(Study *study, const Work *work, const LadderRun *run,
                  Err *err)
{
    const RecordOf    of     = study_of(study);
    const TrainConfig config = record_config(&study->arena, &of, "runs", run);
    const Shard      *shard  = run->shard ? run->shard : of.shard;
    return train_check(&config, shard, work->rule.grid.epochs, err)
        || err_add(err, "run %s", run->name);
}

/* Checkpoints midway stay where an arm to come will fork from them. */
static void keep(Study *study, const Work *work, LadderRun *run)
{
    static const double end[] = { 1 };
    for (i64 i = 0; i < study->arms.count; i++) {
        const StudyArm *arm = &study->arms.arm[i];
        if (arm->start != work->arm || strcmp(arm->design, "fork") != 0)
            continue;
        const RealList at = arm->rule.at.count ? arm->rule.at
                                               : (RealList){ 1, end };
        arm_keep(run, &study->arena, &at);
    }
}

bool work_check(Study *study, const Work *work, Err *err)
{
    for (i64 i = 0; i < work->count; i++)
        if (!check(study, work, work->run[i], err))
            return false;
    return true;
}

/* The same as a run of an earlier arm: that one is trained for both, and keeps
 * what forks of either need. */
static LadderRun *stand_in(Study *study, const Work *work, const Work *all,
                           LadderRun *run)
{
    LadderRun *same = same_run(study, all, run);
    if (!same)
        return run;
    keep(study, work, same);
    memcpy(run->name, same->name, sizeof run->name);
    run->group = same->group;
    return same;
}

/* Trunks come before their branches. */
static void after_stand_in(LadderRun *run, const Ladder *more, i64 count,
                           LadderRun *const *stands)
{
    for (i64 i = 0; i < count; i++)
        if (run->after == &more->run[i])
            run->after = stands[i];
}

static void room_make(Work *work, Arena *arena, i64 room)
{
    LadderRun  **run = NEW(arena, LadderRun *, room + 1);
    const char **id  = NEW(arena, const char *, room + 1);
    for (i64 i = 0; i < work->count; i++) {
        run[i] = work->run[i];
        id[i]  = work->id[i];
    }
    work->run = run;
    work->id  = id;
}

void work_add(Work *work, Study *study, const Work *all, const Ladder *more)
{
    const RecordOf of     = study_of(study);
    LadderRun    **stands = NEW(&study->arena, LadderRun *, more->count + 1);
    room_make(work, &study->arena, work->count + more->count);
    for (i64 i = 0; i < more->count; i++) {
        LadderRun *next = &more->run[i];
        keep(study, work, next);
        after_stand_in(next, more, i, stands);
        stands[i] = stand_in(study, work, all, next);
        work->id[work->count]    = record_begin(&study->arena, &of, next).id;
        work->run[work->count++] = next;
    }
}

static Work *work_of(Study *study, Work *all, const StudyArm *arm)
{
    return arm ? &all[arm - study->arms.arm] : NULL;
}

/* Runs to start from: of those that failed and were tried again, the later. */
static Ladder alive(Study *study, const Work *from, bool guess)
{
    const double *loss = guess ? NULL : learn_losses(study, from);
    Ladder        out  = { 0, NEW(&study->arena, LadderRun, from->count + 1) };
    for (i64 i = 0; i < from->count; i++)
        if (!loss || !isinf(loss[i]))
            out.run[out.count++] = *from->run[i];
    return out;
}

/* None to start from is not the same as starting from none. */
static bool start_lay(Work *work, Study *study, const Work *start, bool guess,
                      Err *err)
{
    work->rule.from = alive(study, start, guess);
    return work->rule.from.count > 0
        || err_set(err, ERR_REFUSED, "arm %s: start_from: all %lld runs of arm "
                   "%s failed; give that arm retry, or a lower rate",
                   work->arm->name, (long long)start->count, start->arm->name);
}

/* Laid with all of them it could be: then those that failed are missing. */
static bool make_failed(const Work *work, const Work *start, Err *err)
{
    const i64 failed = start ? start->count - work->rule.from.count : 0;
    if (failed == 0)
        return false;
    err->kind = ERR_REFUSED;
    return err_add(err, "%lld of %lld runs of arm %s failed (retry there tries "
                   "them again)", (long long)failed, (long long)start->count,
                   start->arm->name);
}

bool work_lay(Work *work, Study *study, Work *all, bool guess, Err *err)
{
    const StudyArm *arm   = work->arm;
    Work           *start = work_of(study, all, arm->start);
    Ladder          runs;
    if (guess) {
        work->rule.grid.loose = arm->centre != NULL;
    } else if ((arm->rate
                && !learn_rate(&work->rule, study,
                               work_of(study, all, arm->rate), err))
               || (arm->centre
                   && !learn_centre(&work->rule, study,
                                    work_of(study, all, arm->centre), err))) {
        return false;
    }
    if (start && !start_lay(work, study, start, guess, err))
        return false;
    if (!arm_make(&runs, &study->arena, &work->rule, err))
        return make_failed(work, start, err);
    work_add(work, study, all, &runs);
    work->laid = true;
    return guess || work_check(study, work, err);
}

/* -- All of them ------------------------------------------------------------ */

static bool listed(const Asked *asked, const char *id)
{
    for (i64 i = 0; i < asked->count; i++)
        if (strcmp(asked->id[i], id) == 0)
            return true;
    return false;
}

Asked work_runs(Study *study, const Work *all, i64 wave, bool held)
{
    i64 room = 0;
    for (i64 a = 0; a < study->arms.count; a++)
        room += all[a].count;
    Asked out = { .run = NEW(&study->arena, const LadderRun *, room + 1),
                  .id  = NEW(&study->arena, const char *, room + 1) };
    for (i64 a = 0; a < study->arms.count; a++)
        for (i64 i = 0; i < all[a].count; i++)
            if ((wave < 0 || all[a].arm->wave == wave)
                && study_holds(all[a].run[i]) == held
                && !listed(&out, all[a].id[i])) {
                out.run[out.count]  = all[a].run[i];
                out.id[out.count++] = all[a].id[i];
            }
    return out;
}

bool work_guess(Work **out, Study *study, double scale, Err *err)
{
    const i64 count = study->arms.count;
    *out = NEW(&study->arena, Work, count);
    for (i64 a = 0; a < count; a++) {
        (*out)[a] = (Work){ .arm = &study->arms.arm[a],
                            .rule = study->arms.arm[a].rule };
        scale_rule(&(*out)[a].rule, &study->arena, scale);
    }
    for (i64 wave = 0; wave < study_waves(study); wave++)
        for (i64 a = 0; a < count; a++)
            if (study->arms.arm[a].wave == wave
                && !work_lay(&(*out)[a], study, *out, true, err))
                return false;
    return true;
}
