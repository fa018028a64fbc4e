/* study_edit.c - a study's folder when the study has been edited since: which of
 * its finished runs still count, which are no longer asked for, which are new.
 *
 * Ids of runs are hashes of all that decides their results, so a run counts if
 * its id is asked for, and nothing else needs to be compared. What cannot be
 * edited is the corpus, and held-out runs once they have been predicted. */

#include "base/file.h"
#include "cli/study_show.h"
#include "cli/study_work.h"
#include "store/claim.h"
#include "store/study_plan.h"

#include <stdio.h>
#include <string.h>

/* What is there; another corpus would mix what may not be mixed. */
bool edit_open(Study *study, Err *err)
{
    StudyInfo   old;
    const char *path = arena_print(&study->arena, "%s/study.json", study->dir);
    study->was = NULL;
    if (!file_exists(path))
        return true;
    if (!study_read(&old, &study->arena, study->dir, err))
        return false;
    if (strcmp(old.corpus_sha256, study->corpus.shard.sha256) != 0)
        return err_set(err, ERR_USAGE,
                       "%s: was made with another corpus (%s); give --out=DIR "
                       "for a new study", study->dir, old.corpus);
    study->was = old.config;
    return true;
}

/* -- The plan ---------------------------------------------------------------- */

static void plan_rows(StudyPlan *plan, const Asked *asked, i64 wave)
{
    for (i64 i = 0; i < asked->count; i++) {
        const LadderRun   *run = asked->run[i];
        const TrainConfig *c   = &run->config;
        plan->row[plan->count++] = (StudyPlanRow){
            asked->id[i], run->name, run->group, wave, run->flop_new,
            (double)(c->steps * c->batch * c->shape.context) };
    }
}

bool plan_keep(Study *study, Err *err)
{
    const i64 waves = study_waves(study);
    i64       room  = 0;
    for (i64 a = 0; a < study->arms.count; a++)
        room += study->work[a].count;
    StudyPlan plan = { 0, NEW(&study->arena, StudyPlanRow, 2 * room + 1) };
    for (i64 wave = 0; wave < waves; wave++) {
        const Asked fit = work_runs(study, study->work, wave, false);
        plan_rows(&plan, &fit, wave);
    }
    const Asked held = work_runs(study, study->work, -1, true);
    plan_rows(&plan, &held, waves);

    int guard;
    if (!study_guard(&guard, study->dir, study_say, err))
        return false;
    const bool ok = study_plan_write(&plan, study->dir, err);
    file_unlock(guard);
    return ok;
}

/* -- What still counts -------------------------------------------------------- */

static bool asked_for(const Study *study, const char *id)
{
    for (i64 a = 0; a < study->arms.count; a++)
        for (i64 i = 0; i < study->work[a].count; i++)
            if (strcmp(study->work[a].id[i], id) == 0)
                return true;
    return false;
}

/* Whether an arm whose runs are not known yet may ask for runs of a group. */
static bool may_come(const Study *study, const char *group)
{
    for (i64 a = 0; a < study->arms.count; a++) {
        const Work *work = &study->work[a];
        if (!work->laid
            && (strcmp(work->arm->name, group) == 0
                || (strcmp(group, "holdout") == 0 && work->rule.grid.holdout)))
            return true;
    }
    return false;
}

static bool prediction_stands(Study *study, Err *err)
{
    PredictionList list = { 0 };
    if (!prediction_read(&list, &study->arena, study->dir, err))
        return false;
    for (i64 i = 0; i < list.count; i++)
        if (!asked_for(study, list.item[i].run_id)
            && !may_come(study, "holdout"))
            return err_set(err, ERR_USAGE, "%s: the study was edited, and no "
                           "longer asks for %s, which has been predicted; give "
                           "--out=DIR for a new study", study->dir,
                           list.item[i].run_id);
    return true;
}

typedef struct Counts { i64 count, not_asked, later, fresh; } Counts;

static void leftover(Study *study, const Run *run, Counts *counts)
{
    enum { NAMED = 10 };
    if (asked_for(study, run->id)) {
        counts->count++;
    } else if (run->group && may_come(study, run->group)) {
        counts->later++;
    } else if (counts->not_asked++ < NAMED) {
        study_tell(study, "no longer asked for: %s", run->id);
    }
}

static void new_ones(Study *study, Counts *counts)
{
    const char *dir = arena_print(&study->arena, "%s/runs", study->dir);
    for (int held = 0; held < 2; held++) {
        const Asked asked = work_runs(study, study->work, -1, held);
        for (i64 i = 0; i < asked.count; i++)
            counts->fresh += !run_finished(dir, asked.id[i]);
    }
}

bool edit_tell(Study *study, Err *err)
{
    RunList     runs   = { 0 };
    Counts      counts = { 0 };
    Str         broken = { 0 };
    const char *dir    = arena_print(&study->arena, "%s/runs", study->dir);
    if (!prediction_stands(study, err))
        return false;
    if (!study->was || strcmp(study->was, study->info.config) == 0
        || !file_is_dir(dir))
        return true;
    const bool ok = run_list(&runs, &broken, &study->arena, dir, err);
    str_free(&broken);
    if (!ok)
        return false;
    for (i64 i = 0; i < runs.count; i++)
        if (run_ended(&runs.run[i]))
            leftover(study, &runs.run[i], &counts);
    new_ones(study, &counts);
    study_tell(study, "%s: the study was edited since: %lld finished runs still "
               "count, %lld are no longer asked for, of %lld it shows when their "
               "arms begin; %lld are to be trained", study->dir,
               (long long)counts.count, (long long)counts.not_asked,
               (long long)counts.later, (long long)counts.fresh);
    return true;
}
