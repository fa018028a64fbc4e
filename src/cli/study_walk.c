/* study_walk.c - the waves of a study, its prediction, and its end.
 *
 *     wave by wave: lay the arms, train, try again what failed, go beyond edges
 *     predict the held-out runs, train them
 *     index, analysis, report
 *
 * Every stage leaves its result on disk and skips what it finds there, so the
 * same command goes on wherever the last one was cut off, and ends with the
 * same numbers. */

#include "base/file.h"
#include "cli/study_show.h"
#include "cli/study_work.h"
#include "report/report.h"
#include "store/claim.h"
#include "store/index.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* -- Training ---------------------------------------------------------------- */

bool study_train(Study *study, const LadderRun *const *runs, i64 count,
                 Err *err)
{
    const SweepPlace place = study_place(study);
    SweepReport      report;
    if (count == 0)
        return true;
    if (!sweep_run(&report, runs, count, &place, err))
        return false;
    study->core_s += report.core_s;
    study->wall_s += report.wall_s;
    study->on_device += report.on_device;
    study->gangs     += report.gangs;
    study->side_by_side = i64_max(study->side_by_side, report.side_by_side);
    if (sweep_stopping())
        return err_set(err, ERR_BUSY, "stopped; all runs are checkpointed, the "
                       "same command goes on from here");
    return true;
}

static bool finished(Study *study, const Asked *asked)
{
    const char *dir = arena_print(&study->arena, "%s/runs", study->dir);
    for (i64 i = 0; i < asked->count; i++)
        if (!run_finished(dir, asked->id[i]))
            return false;
    return true;
}

/* What is known of the work, and where it is not, what was guessed. */
static Asked asked_by(Study *study, bool held)
{
    Work *work = NEW(&study->arena, Work, study->arms.count);
    for (i64 a = 0; a < study->arms.count; a++)
        work[a] = study->work[a].laid ? study->work[a] : study->guess[a];
    return work_runs(study, work, -1, held);
}

static void progress_now(Study *study)
{
    const Asked fit  = asked_by(study, false);
    const Asked held = asked_by(study, true);
    progress_plan(study->progress, runs_flop(fit.run, fit.count)
                                   + runs_flop(held.run, held.count),
                  fit.count + held.count);
}

static Asked unfinished(Study *study, const Asked *asked)
{
    const char *dir = arena_print(&study->arena, "%s/runs", study->dir);
    Asked out = { 0, NEW(&study->arena, const LadderRun *, asked->count + 1),
                  NEW(&study->arena, const char *, asked->count + 1) };
    for (i64 i = 0; i < asked->count; i++)
        if (!run_finished(dir, asked->id[i])) {
            out.id[out.count]    = asked->id[i];
            out.run[out.count++] = asked->run[i];
        }
    return out;
}

/* The runs of a wave that are known by now; `again` those alone that it has
 * gained, for progress has counted the others. The plan is written before there is
 * something to train, and not while it is found again from what is there. */
static bool wave_train(Study *study, i64 wave, bool again, bool *told,
                       Err *err)
{
    Asked asked = work_runs(study, study->work, wave, false);
    progress_now(study);
    if (!finished(study, &asked)) {
        if (!*told && !edit_tell(study, err))
            return false;
        *told = true;
        if (!plan_keep(study, err))
            return false;
    }
    if (again)
        asked = unfinished(study, &asked);
    return study_train(study, asked.run, asked.count, err);
}

/* -- Once more, and further --------------------------------------------------- */

/* Runs of this arm as a list of its own; the held-out ones are left alone: they
 * are as they were predicted. */
static Ladder own_runs(Study *study, const Work *work, double **loss)
{
    const double *all = learn_losses(study, work);
    Ladder out = { 0, NEW(&study->arena, LadderRun, work->count + 1) };
    *loss = NEW(&study->arena, double, work->count + 1);
    for (i64 i = 0; i < work->count; i++) {
        if (study_holds(work->run[i]))
            continue;
        (*loss)[out.count]   = all[i];
        out.run[out.count++] = *work->run[i];
    }
    return out;
}

static bool retry(Study *study, Work *work, bool *more)
{
    double      *loss;
    Ladder       again;
    const Ladder runs = own_runs(study, work, &loss);
    arm_retry(&again, &study->arena, &work->rule, &runs, loss);
    for (i64 i = 0; i < again.count; i++)
        study_tell(study, "%s: a run failed; once more at %g times its rate, as "
                   "%s", work->arm->name, work->rule.retry, again.run[i].name);
    work_add(work, study, study->work, &again);
    *more |= again.count > 0;
    return true;
}

static bool extend(Study *study, Work *work, bool *more, Err *err)
{
    double      *loss;
    Ladder       beyond;
    const Ladder runs = own_runs(study, work, &loss);
    if (!arm_extend(&beyond, &study->arena, &work->rule, &runs, loss, err))
        return false;
    for (i64 i = 0; i < beyond.count; i++)
        study_tell(study, "%s: the best is at the edge; one beyond it, %s",
                   work->arm->name, beyond.run[i].name);
    work_add(work, study, study->work, &beyond);
    *more |= beyond.count > 0;
    return work_check(study, work, err);
}

/* Round 0 tries again what failed, each later one goes a step beyond edges. */
static bool wave_more(Study *study, i64 wave, i64 round, bool *more, Err *err)
{
    *more = false;
    for (i64 a = 0; a < study->arms.count; a++) {
        Work *work = &study->work[a];
        if (work->arm->wave != wave)
            continue;
        if (round == 0 ? work->rule.retry > 0 && !retry(study, work, more)
                       : work->rule.extend >= round
                         && !extend(study, work, more, err))
            return false;
    }
    return true;
}

static i64 rounds_most(const Study *study)
{
    i64 most = 0;
    for (i64 a = 0; a < study->arms.count; a++)
        most = i64_max(most, study->work[a].rule.extend);
    return most;
}

static bool wave_walk(Study *study, i64 wave, bool *told, Err *err)
{
    for (i64 a = 0; a < study->arms.count; a++)
        if (study->work[a].arm->wave == wave
            && !work_lay(&study->work[a], study, study->work, false, err))
            return false;
    if (!wave_train(study, wave, false, told, err))
        return false;
    for (i64 round = 0; round <= rounds_most(study); round++) {
        bool more;
        if (!wave_more(study, wave, round, &more, err)
            || (more && !wave_train(study, wave, true, told, err)))
            return false;
    }
    return true;
}

/* -- The end ------------------------------------------------------------------- */

/* Index and report, for whoever looks at the folder. */
static bool leave(Study *study, const Analysis *analysis, Str *broken, Err *err)
{
    i64         indexed = 0;
    int         guard;
    const char *runs = arena_print(&study->arena, "%s/runs", study->dir);
    const char *db   = arena_print(&study->arena, "%s/index.sqlite", study->dir);
    if (!study_guard(&guard, study->dir, study_say, err))
        return false;
    const bool ok = index_build(&indexed, broken, db, runs, err)
                 && report_write(analysis, study->dir, err);
    file_unlock(guard);
    return ok;
}

static bool end(Study *study, Err *err)
{
    Analysis    analysis = { 0 };
    Str         broken   = { 0 };
    const bool  ok = analysis_make(&analysis, &study->arena, study->dir,
                                   study->cores, err)
        && leave(study, &analysis, &broken, err);
    if (broken.size > 0)
        fprintf(stderr, "left out: %s\n", broken.text);
    str_free(&broken);
    if (ok && study->opts.json) {
        Str text = { 0 };
        analysis_json(&analysis, &text);
        puts(text.text);
        str_free(&text);
    } else if (ok) {
        analysis_print(&analysis, stdout);
    }
    return ok;
}

/* What belongs to the study is written by one process at a time. */
static bool info_keep(Study *study, Err *err)
{
    int guard;
    if (!study_guard(&guard, study->dir, study_say, err))
        return false;
    const bool ok = edit_open(study, err)
                 && study_write(&study->info, study->dir, err);
    file_unlock(guard);
    return ok;
}

static bool waves_walk(Study *study, Err *err)
{
    bool told = false;
    for (i64 wave = 0; wave < study_waves(study); wave++)
        if (!wave_walk(study, wave, &told, err))
            return false;
    return (told || edit_tell(study, err)) && plan_keep(study, err)
        && study_hold_out(study, err);
}

bool study_walk(Study *study, Err *err)
{
    if (!info_keep(study, err))
        return false;
    study->progress = progress_open(0, 0, study->devices.count
                                          ? INT_MAX : study->cores);
    progress_now(study);
    sweep_catch_signals();
    const bool ok = waves_walk(study, err);
    progress_close(study->progress);
    study->progress = NULL;
    study_show_cores(study);
    return ok && end(study, err);
}
