/* cmd_study.c - `scalelaw study`: the whole walk, from text to a law that was
 * asked to predict before it was told.
 *
 *     corpus -> grid -> train the budgets to fit -> fit -> write down what the
 *     held-out budget will give -> train it -> compare, plan, report
 *
 * Every stage leaves its result on disk and skips what it finds there, so the
 * same command goes on wherever the last one was cut off, and ends with the
 * same numbers. */

#include "base/know.h"
#include "cli/cmd.h"
#include "cli/cores.h"
#include "cli/study_opts.h"
#include "cli/study_show.h"
#include "cli/study_status.h"
#include "cli/train_opts.h"
#include "data/corpus.h"
#include "report/report.h"
#include "store/claim.h"
#include "store/index.h"
#include "sweep/sweep.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

typedef struct Study {
    StudyOpts  opts;
    Arena      arena;
    Corpus     corpus;
    Ladder     grid;
    StudyInfo  info;
    const char *dir;
    bool       other;  /* not on the corpus that its file names */
    int        cores;
    double     core_s, wall_s; /* in training, by all cores; of sweeps */
    Progress  *progress;
} Study;

/* -- What is asked ------------------------------------------------------- */

/* The first operand is the study: a name, or a path. */
static bool study_read_opts(Study *study, int argc, char **argv, bool *helped,
                            Err *err)
{
    Opt      row[STUDY_OPTS_MAX];
    TextList rest = { 0 };
    study->opts = study_opts_defaults();
    OptTable table = {
        .command  = "scalelaw study",
        .about    = "Train many models, fit, predict, check, plan, report.",
        .opt      = row,
        .nopt     = study_opts_table(row, &study->opts),
        .operands = "NAME|FILE.study | status [DIR|NAME]",
        .rest     = &rest,
        .arena    = &study->arena,
    };
    /* Flags win over the file, and the file is named among the flags: read
     * them once to find it, and once more on top of it. */
    if (!opt_flags(&table, argc, argv, helped, err))
        return false;
    if (*helped)
        return true;
    if (rest.count != 1)
        return err_set(err, ERR_USAGE, "name one study, as in `scalelaw study "
                       "demo`, or a file FILE.study");
    const char *text, *path;
    study->opts = study_opts_defaults();
    if (!know_load(&text, &path, &study->arena, "studies", rest.item[0],
                   ".study", err)
        || !opt_parse(&table, text, path, err))
        return false;
    const char *corpus = study->opts.corpus;
    if (!opt_flags(&table, argc, argv, helped, err)
        || !study_opts_settle(&study->opts, err))
        return false;
    study->other = !corpus || strcmp(corpus, study->opts.corpus) != 0;
    return true;
}

static const char *opts_text(Study *study)
{
    Opt            row[STUDY_OPTS_MAX];
    const OptTable table = {
        .opt   = row,
        .nopt  = study_opts_table(row, &study->opts),
        .arena = &study->arena,
    };
    return opt_text(&table, true);
}

/* -- Before anything is trained ------------------------------------------- */

static StudyInfo info_make(Study *study)
{
    const StudyOpts *opts   = &study->opts;
    const Corpus    *corpus = &study->corpus;
    const RealList  *budget = &opts->grid.budgets;
    return (StudyInfo){
        .name                = opts->name,
        .title               = opts->title ? opts->title : opts->name,
        .config              = opts_text(study),
        .corpus              = corpus->shard.name,
        .corpus_about        = corpus->about,
        .corpus_licence      = corpus->licence,
        .corpus_sha256       = corpus->shard.sha256,
        .corpus_train_tokens = corpus->shard.train_count,
        .corpus_val_tokens   = corpus->shard.val_count,
        .nyardstick          = corpus->nyardstick,
        .yardstick           = corpus->yardstick,
        .budgets             = *budget,
        .holdout             = opts->grid.holdout
                             ? budget->item[budget->count - 1] : NAN,
        .counts              = opts->grid.counts,
        .vocab               = corpus->shard.vocab,
        .context             = opts->train.shape.context,
        .aspect              = opts->aspect,
        .layers_min          = opts->layers_min,
        .bytes_per_token     = corpus->shard.val_bytes_per_token,
        .entropy_nats        = shard_floor(&corpus->shard,
                                           opts->train.shape.context),
        .entropy_se          = corpus->shard.entropy_se,
        .resamples           = opts->resamples,
        .seed                = (u64)opts->fit_seed,
        .plan_multiples      = opts->multiples,
    };
}

static bool grid_check(const Study *study, Err *err)
{
    for (i64 i = 0; i < study->grid.count; i++) {
        const LadderRun *run = &study->grid.run[i];
        if (!train_check(&run->config, &study->corpus.shard,
                         study->opts.grid.epochs, err))
            return err_add(err, "run %s", run->name);
    }
    return true;
}

static i64 most_tokens(const Ladder *grid)
{
    i64 most = 0;
    for (i64 i = 0; i < grid->count; i++) {
        const TrainConfig *c = &grid->run[i].config;
        most = i64_max(most, c->steps * c->batch * c->shape.context);
    }
    return most;
}

static void budgets_scale(Study *study, double by)
{
    RealList *budgets = &study->opts.grid.budgets;
    double   *scaled  = NEW(&study->arena, double, budgets->count);
    for (i64 b = 0; b < budgets->count; b++)
        scaled[b] = by * budgets->item[b];
    budgets->item = scaled;
}

/* The grid; where the study allows it, with budgets scaled down together until
 * no run needs more text than there is. */
static bool grid_fit(Study *study, Err *err)
{
    const StudyOpts *opts  = &study->opts;
    const i64        there = study->corpus.shard.train_count;
    double           scale = 1;
    for (;; scale *= 0.9) {
        if (!ladder_make(&study->grid, &study->arena, &opts->grid, &opts->train,
                       err))
            return scale == 1 ? false
                 : err_add(err, "%s: too short for this study (%lld tokens), "
                           "with budgets scaled by %.2g", opts->corpus,
                           (long long)there, scale);
        if (!opts->grid.shrink || opts->grid.epochs
            || most_tokens(&study->grid) < there)
            break;
        budgets_scale(study, 0.9);
    }
    if (scale < 1)
        study_say(arena_print(&study->arena, "%s has %lld tokens to train on: "
                              "budgets scaled by %.2g, so that no run repeats "
                              "any (--epochs would repeat them)", opts->corpus,
                              (long long)there, scale));
    return true;
}

/* A study on another corpus than its file names is another study. */
static const char *study_dir(Study *study)
{
    const StudyOpts *opts = &study->opts;
    if (opts->out_dir)
        return opts->out_dir;
    if (study->other)
        return arena_print(&study->arena, "out/%s-%s", opts->name,
                           study->corpus.shard.name);
    return arena_print(&study->arena, "out/%s", opts->name);
}

static bool study_lay(Study *study, Err *err)
{
    StudyOpts *opts = &study->opts;
    study->cores = cores_or(opts->cores);
    if (!corpus_need_as(&study->corpus, &study->arena, opts->corpus,
                        opts->tokenizer, opts->data_dir, study_say, err))
        return false;
    study->dir = study_dir(study);
    opts->train.shape.vocab = study->corpus.shard.vocab;
    if (!grid_fit(study, err) || !grid_check(study, err))
        return false;
    study->info = info_make(study);
    return true;
}

/* A folder belongs to one study: going on with another configuration would mix
 * what may not be mixed. */
static bool same_study(Study *study, Err *err)
{
    StudyInfo   old;
    const char *path = arena_print(&study->arena, "%s/study.json", study->dir);
    if (!file_exists(path))
        return true;
    if (!study_read(&old, &study->arena, study->dir, err))
        return false;
    if (strcmp(old.corpus_sha256, study->info.corpus_sha256) != 0)
        return err_set(err, ERR_USAGE,
                       "%s: was made with another corpus (%s); give --out=DIR "
                       "for a new study", study->dir, old.corpus);
    if (strcmp(old.config, study->info.config) != 0)
        return err_set(err, ERR_USAGE,
                       "%s: holds a study with another configuration; give "
                       "--out=DIR for a new study", study->dir);
    return true;
}

/* What belongs to the study is written by one process at a time. */
static bool study_open(Study *study, Err *err)
{
    int guard;
    if (!study_guard(&guard, study->dir, study_say, err))
        return false;
    const bool ok = same_study(study, err)
                 && study_write(&study->info, study->dir, err);
    file_unlock(guard);
    return ok;
}

/* -- Training -------------------------------------------------------------- */

static bool study_train(Study *study, const char *group, Err *err)
{
    const LadderRun **runs  = NEW(&study->arena, const LadderRun *,
                                study->grid.count);
    i64             count = 0;
    for (i64 i = 0; i < study->grid.count; i++)
        if (strcmp(study->grid.run[i].group, group) == 0)
            runs[count++] = &study->grid.run[i];

    const SweepPlace place = {
        .study_dir = study->dir,
        .of        = { .study       = study->info.name,
                       .code        = SCALELAW_CODE,
                       .shard       = &study->corpus.shard,
                       .config_text = train_config_text },
        .cores     = study->cores,
        .progress  = study->progress,
    };
    SweepReport report;
    if (!sweep_run(&report, runs, count, &place, err))
        return false;
    study->core_s += report.core_s;
    study->wall_s += report.wall_s;
    if (sweep_stopping())
        return err_set(err, ERR_BUSY, "stopped; all runs are checkpointed, the "
                       "same command goes on from here");
    return true;
}

/* -- Predicting ------------------------------------------------------------ */

static void ask(Prediction *out, Study *study, const LadderRun *run, CountN counts)
{
    const TrainConfig *config = &run->config;
    const RecordOf of = { .code = SCALELAW_CODE, .shard = &study->corpus.shard,
                          .config_text = train_config_text };
    *out = (Prediction){
        .run_id   = record_begin(&study->arena, &of, run).id,
        .run_name = run->name,
        .n        = count_n(config->shape, counts),
        .d        = (double)(config->steps * config->batch
                             * config->shape.context),
        .c        = run->flop,
    };
}

/* Written once. If it is there already it stays, whatever this process would
 * say now: a prediction is not changed after the fact. */
static bool predict(Study *study, Err *err)
{
    CountN         counts = N_BODY_HEAD;
    Analysis       analysis = { 0 };
    PredictionList list = { 0 };
    char           hash[HASH_HEX];
    if (!prediction_read(&list, &study->arena, study->dir, err))
        return false;
    if (list.count > 0)
        return true;
    if (!analysis_make(&analysis, &study->arena, study->dir, study->cores, err)
        || !analysis_keep(&analysis, err))
        return false;
    if (!analysis.chosen)
        return err_set(err, ERR_REFUSED, "%s: there is no law to predict the "
                       "held-out budget by: %s", study->dir,
                       analysis.chosen_words);

    Prediction *asked = NEW(&study->arena, Prediction, study->grid.count);
    i64         count = 0;
    count_n_find(&counts, study->info.counts);
    for (i64 i = 0; i < study->grid.count; i++)
        if (strcmp(study->grid.run[i].group, "holdout") == 0)
            ask(&asked[count++], study, &study->grid.run[i], counts);
    analysis_predict(&list, &study->arena, &analysis, asked, count);
    if (!prediction_write(&list, study->dir, hash, err))
        return false;
    progress_say(study->progress,
                 arena_print(&study->arena, "predicted %lld held-out runs before "
                             "training them: %s/prediction.json, SHA-256 "
                             "%.16s...", (long long)count, study->dir, hash));
    return true;
}

/* Of several processes one predicts, and the others find it. */
static bool study_predict(Study *study, Err *err)
{
    int guard;
    if (!study_guard(&guard, study->dir, study_say, err))
        return false;
    const bool ok = predict(study, err);
    file_unlock(guard);
    return ok;
}

/* -- The walk -------------------------------------------------------------- */

/* Index and report, for whoever looks at the folder. */
static bool study_leave(Study *study, const Analysis *analysis, Str *broken,
                        Err *err)
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

static bool study_end(Study *study, Err *err)
{
    Analysis    analysis = { 0 };
    Str         broken   = { 0 };
    const bool  ok = analysis_make(&analysis, &study->arena, study->dir,
                                   study->cores, err)
        && study_leave(study, &analysis, &broken, err);
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

static bool study_walk(Study *study, Err *err)
{
    if (!study_open(study, err))
        return false;
    study->progress = progress_open(study_flop(&study->grid),
                                    study->grid.count, study->cores);
    sweep_catch_signals();
    bool ok = study_train(study, "fit", err);
    if (ok && study->opts.grid.holdout)
        ok = study_predict(study, err) && study_train(study, "holdout", err);
    progress_close(study->progress);
    study_show_cores(study->core_s, study->wall_s, study->cores);
    return ok && study_end(study, err);
}

bool cmd_study(int argc, char **argv, Err *err)
{
    if (argc > 1 && strcmp(argv[1], "status") == 0)
        return study_status(argc - 1, argv + 1, err);
    Study study  = { 0 };
    bool  helped = false;
    bool  ok     = study_read_opts(&study, argc, argv, &helped, err);
    if (ok && !helped) {
        ok = study_lay(&study, err);
        if (ok)
            study_show(&study.grid, &study.info, study.cores);
        if (ok && !study.opts.dry_run)
            ok = study_walk(&study, err);
        corpus_close(&study.corpus);
    }
    arena_free(&study.arena);
    return ok;
}
