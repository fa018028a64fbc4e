/* study_hold.c - the held-out runs of a study: predicted, written down and hashed
 * when all others are done, and trained then. */

#include "base/file.h"
#include "cli/study_show.h"
#include "cli/study_work.h"
#include "report/analysis.h"
#include "store/claim.h"

#include <string.h>

static void ask(Prediction *out, const LadderRun *run, const char *id,
                CountN counts)
{
    const TrainConfig *config = &run->config;
    *out = (Prediction){
        .run_id   = id,
        .run_name = run->name,
        .n        = count_n(config->shape, counts),
        .d        = (double)(config->steps * config->batch
                             * config->shape.context),
        .c        = run->flop,
    };
}

static bool all_predicted(Study *study, const PredictionList *list,
                          const Asked *held, Err *err)
{
    for (i64 i = 0; i < held->count; i++) {
        bool found = false;
        for (i64 k = 0; k < list->count && !found; k++)
            found = strcmp(list->item[k].run_id, held->id[i]) == 0;
        if (!found)
            return err_set(err, ERR_USAGE, "%s: the study was edited, and holds "
                           "out %s, which was not predicted with the others; "
                           "give --out=DIR for a new study", study->dir,
                           held->id[i]);
    }
    return true;
}

/* Written once. If it is there already it stays, whatever this process would
 * say now: a prediction is not changed after the fact. */
static bool predict(Study *study, const Asked *held, Err *err)
{
    CountN         counts = N_BODY_HEAD;
    Analysis       analysis = { 0 };
    PredictionList list = { 0 };
    char           hash[HASH_HEX];
    if (!prediction_read(&list, &study->arena, study->dir, err))
        return false;
    if (list.count > 0)
        return all_predicted(study, &list, held, err);
    if (!analysis_make(&analysis, &study->arena, study->dir, study->cores, err))
        return false;
    if (!analysis.chosen)
        return err_set(err, ERR_REFUSED, "%s: there is no law to predict the "
                       "held-out budget by: %s", study->dir,
                       analysis.chosen_words);
    if (!analysis_keep(&analysis, err))
        return false;

    Prediction *asked = NEW(&study->arena, Prediction, held->count);
    count_n_find(&counts, study->info.counts);
    for (i64 i = 0; i < held->count; i++)
        ask(&asked[i], held->run[i], held->id[i], counts);
    analysis_predict(&list, &study->arena, &analysis, asked, held->count);
    if (!prediction_write(&list, study->dir, hash, err))
        return false;
    study_tell(study, "predicted %lld held-out runs before training them: "
               "%s/prediction.json, SHA-256 %.16s...", (long long)held->count,
               study->dir, hash);
    return true;
}

/* Of several processes one predicts, and the others find it. */
bool study_hold_out(Study *study, Err *err)
{
    int         guard;
    const Asked held = work_runs(study, study->work, -1, true);
    if (held.count == 0)
        return true;
    if (!study_guard(&guard, study->dir, study_say, err))
        return false;
    const bool ok = predict(study, &held, err);
    file_unlock(guard);
    return ok && study_train(study, held.run, held.count, err);
}
