/* cmd_study.c - `scalelaw study`: the whole walk, from text to a law that was
 * asked to predict before it was told.
 *
 *     corpus -> arms of runs -> train, wave by wave -> fit -> write down what the
 *     held-out runs will give -> train them -> compare, plan, report
 *
 * Here what is asked for is read and laid out; the walk is study_walk.c. */

#include "base/file.h"
#include "base/know.h"
#include "cli/cmd.h"
#include "cli/cores.h"
#include "cli/study_show.h"
#include "cli/study_status.h"
#include "data/corpus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- What is asked ------------------------------------------------------- */

static OptTable table_of(Study *study, Opt row[STUDY_OPTS_MAX], TextList *rest)
{
    return (OptTable){
        .command  = "scalelaw study",
        .about    = "Train many models, fit, predict, check, plan, report.",
        .opt      = row,
        .nopt     = study_opts_table(row, &study->opts),
        .operands = "NAME|FILE.study | status [DIR|NAME]",
        .rest     = rest,
        .arena    = &study->arena,
    };
}

/* What a device takes is measured as it trains, and not before. */
static bool devices_settle(Study *study, Err *err)
{
    if (!devices_parse(&study->devices, study->opts.device, err))
        return false;
    return study->devices.count == 0 || !(study->opts.time > 0)
        || err_set(err, ERR_USAGE, "time: what a study takes on %s is not known "
                   "before it is trained; give budget, or grid.scale",
                   study->opts.device);
}

/* Flags win over the file, and the file is named among the flags: they are read
 * once to find it, and once more on top of it. */
static bool study_read_opts(Study *study, int argc, char **argv, bool *helped,
                            Err *err)
{
    Opt        row[STUDY_OPTS_MAX];
    TextList   rest = { 0 };
    Conf       conf;
    const char *text, *path;
    study->opts = study_opts_defaults();
    const OptTable table = table_of(study, row, &rest);
    if (!opt_flags(&table, argc, argv, helped, err))
        return false;
    if (*helped) {
        study_arms_help(&study->arena, stdout);
        return true;
    }
    if (rest.count != 1)
        return err_set(err, ERR_USAGE, "name one study, as in `scalelaw study "
                       "demo`, or a file FILE.study");
    study->opts = study_opts_defaults();
    if (!know_load(&text, &path, &study->arena, "studies", rest.item[0],
                   ".study", err)
        || !conf_parse(&conf, &study->arena, text, path, err))
        return false;
    const Conf shared = study_arms_without(&study->arena, &conf);
    if (!opt_conf(&table, &shared, err))
        return false;
    const char *corpus = study->opts.corpus;
    if (!opt_flags(&table, argc, argv, helped, err)
        || !study_arms_read(&study->arms, &study->arena, &conf, &study->opts,
                            err)
        || !study_opts_settle(&study->opts, err)
        || !devices_settle(study, err))
        return false;
    study->elsewhere = !corpus || strcmp(corpus, study->opts.corpus) != 0;
    return true;
}

static const char *opts_text(Study *study)
{
    Opt            row[STUDY_OPTS_MAX];
    const OptTable table = table_of(study, row, NULL);
    return arena_print(&study->arena, "%s%s", opt_text(&table, true),
                       study->arms.text);
}

/* -- What the law will stand on -------------------------------------------- */

static bool is(const StudyArm *arm, const char *name)
{
    return strcmp(arm->name, name) == 0;
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Budgets of the arms fit and holdout, rising, each once. */
static RealList budgets_of(Study *study)
{
    i64 room = 0, count = 0;
    for (i64 a = 0; a < study->arms.count; a++)
        room += study->arms.arm[a].rule.grid.budgets.count;
    double *item = NEW(&study->arena, double, room + 1);
    for (i64 a = 0; a < study->arms.count; a++) {
        const StudyArm *arm  = &study->arms.arm[a];
        const RealList *list = &arm->rule.grid.budgets;
        if ((!is(arm, "fit") && !is(arm, "holdout") && !arm->rule.grid.holdout)
            || arm->rule.tokens.count || arm->rule.tokens_per_n.count)
            continue;
        for (i64 b = 0; b < list->count; b++)
            item[count++] = study->opts.scale * list->item[b];
    }
    qsort(item, (size_t)count, sizeof *item, rising);
    i64 kept = 0;
    for (i64 b = 0; b < count; b++)
        if (kept == 0 || item[b] > item[kept - 1])
            item[kept++] = item[b];
    return (RealList){ kept, item };
}

/* The largest that is held out; NaN if none is. */
static double held_budget(const Study *study)
{
    double most = NAN;
    for (i64 a = 0; a < study->arms.count; a++) {
        const StudyArm *arm  = &study->arms.arm[a];
        const RealList *list = &arm->rule.grid.budgets;
        if (list->count > 0 && !strcmp(arm->design, "isoflop")
            && (arm->rule.grid.holdout || is(arm, "holdout")))
            most = fmax(most, study->opts.scale * list->item[list->count - 1]);
    }
    return most;
}

static StudyInfo info_make(Study *study)
{
    const StudyOpts *opts   = &study->opts;
    const Corpus    *corpus = &study->corpus;
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
        .budgets             = budgets_of(study),
        .holdout             = held_budget(study),
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

/* -- Before anything is trained ------------------------------------------- */

static bool corpus_need_one(Corpus *out, Study *study, const char *name,
                            Err *err)
{
    return corpus_need_as(out, &study->arena, name, study->opts.tokenizer,
                          study->opts.data_dir, study_say, err);
}

/* The arm's own corpus, opened once for all arms that name it. */
static bool arm_corpus(StudyArm *arm, Study *study, Err *err)
{
    const char *name = arm->corpus;
    if (name && strcmp(name, study->opts.corpus) != 0) {
        Corpus *corpus = NULL;
        for (i64 i = 0; i < arm - study->arms.arm && !corpus; i++)
            if (study->arms.arm[i].rule.shard
                && strcmp(study->arms.arm[i].corpus, name) == 0)
                arm->rule.shard = study->arms.arm[i].rule.shard;
        if (!arm->rule.shard) {
            corpus = &study->other[study->nother];
            if (!corpus_need_one(corpus, study, name, err))
                return err_add(err, "arm %s", arm->name);
            study->nother++;
            arm->rule.shard = &corpus->shard;
        }
    }
    const Shard *shard = arm->rule.shard ? arm->rule.shard
                                         : &study->corpus.shard;
    arm->rule.base.shape.vocab = shard->vocab;
    return true;
}

static bool corpora_open(Study *study, Err *err)
{
    if (!corpus_need_one(&study->corpus, study, study->opts.corpus, err))
        return false;
    study->opts.train.shape.vocab = study->corpus.shard.vocab;
    study->other = NEW(&study->arena, Corpus, study->arms.count + 1);
    for (i64 a = 0; a < study->arms.count; a++)
        if (!arm_corpus(&study->arms.arm[a], study, err))
            return false;
    return true;
}

/* A study on another corpus than its file names is another study. */
static const char *study_dir(Study *study)
{
    const StudyOpts *opts = &study->opts;
    if (opts->out_dir)
        return opts->out_dir;
    if (study->elsewhere)
        return arena_print(&study->arena, "out/%s-%s", opts->name,
                           study->corpus.shard.name);
    return arena_print(&study->arena, "out/%s", opts->name);
}

static void work_begin(Study *study)
{
    study->work = NEW(&study->arena, Work, study->arms.count);
    for (i64 a = 0; a < study->arms.count; a++) {
        study->work[a] = (Work){ .arm  = &study->arms.arm[a],
                                 .rule = study->arms.arm[a].rule };
        scale_rule(&study->work[a].rule, &study->arena, study->opts.scale);
    }
}

static bool study_lay(Study *study, Err *err)
{
    study->cores = cores_or(study->opts.cores);
    if (!devices_open(&study->devices, err))
        return false;
    if (!corpora_open(study, err))
        return false;
    study->dir = study_dir(study);
    if (!edit_open(study, err) || !scale_find(study, err)
        || !work_guess(&study->guess, study, study->opts.scale, err))
        return false;
    for (i64 a = 0; a < study->arms.count; a++)
        if (!work_check(study, &study->guess[a], err))
            return false;
    study->info = info_make(study);
    work_begin(study);
    return true;
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
            study_show(&study, study.guess);
        if (ok && !study.opts.dry_run)
            ok = study_walk(&study, err);
        corpus_close(&study.corpus);
        for (i64 i = 0; i < study.nother; i++)
            corpus_close(&study.other[i]);
    }
    arena_free(&study.arena);
    return ok;
}
