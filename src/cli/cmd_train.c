/* cmd_train.c - `scalelaw train`: one run, kept as a study keeps its runs, so
 * that `runs`, `fit` and `sample` find it. Killed and run again, it goes on;
 * finished, it shows what came of it. */

#include "base/clock.h"
#include "cli/cmd.h"
#include "cli/device_show.h"
#include "cli/runs_show.h"
#include "cli/train_branch.h"
#include "cli/train_start.h"
#include "data/corpus.h"
#include "sweep/footprint.h"
#include "sweep/speed.h"
#include "sweep/sweep.h"

#include <math.h>
#include <stdio.h>

typedef struct Train {
    TrainOpts  opts;
    Arena      arena;
    Corpus     corpus;
    LadderRun    run;
    SweepPlace place;
    Devices    devices;
    i64        said_bytes; /* of memory, before the first step */
} Train;

static void say(const char *line)
{
    fprintf(stderr, "%s\n", line);
}

/* The configuration of the run that it starts from, and on top of it the flags;
 * the file that they name among them is not read. */
static bool read_start(Train *train, const OptTable *table, Opt *row,
                       const TextList *rest, int argc, char **argv, Err *err)
{
    TrainOpts *opts = &train->opts;
    bool       helped;
    if (rest->count > 0)
        return err_set(err, ERR_USAGE, "%s: what starts from a run takes its "
                       "options; give what differs as flags", rest->item[0]);
    if (!train_start_open(opts, &train->arena, err))
        return false;
    const TrainConfig found = opts->config;
    const char       *corpus = opts->corpus;
    train_opts_table(row, opts);
    if (!opt_flags(table, argc, argv, &helped, err))
        return false;
    opts->config.start     = found.start;
    opts->config.start_run = found.start_run;
    opts->corpus = corpus;
    return true;
}

/* The trunk's configuration, and the flags on top of it. */
static bool read_branch(Train *train, const OptTable *table, Opt *row,
                        const TextList *rest, int argc, char **argv, Err *err)
{
    TrainOpts *opts = &train->opts;
    bool       helped;
    if (rest->count > 0)
        return err_set(err, ERR_USAGE, "%s: a branch takes the options of its "
                       "trunk; give what differs as flags", rest->item[0]);
    if (!train_branch_open(opts, &train->arena, err))
        return false;
    const char *corpus = opts->corpus;
    train_opts_table(row, opts);
    if (!opt_flags(table, argc, argv, &helped, err))
        return false;
    opts->corpus = corpus;
    opts->tokens = NAN; /* said in steps by now */
    return true;
}

/* Flags win over the file, and the file is named among the flags: read them
 * once to find it, and once more on top of it. */
static bool read_opts(Train *train, int argc, char **argv, bool *helped,
                      Err *err)
{
    Opt      row[TRAIN_OPTS_MAX];
    TextList rest = { 0 };
    train->opts = train_opts_defaults();
    const OptTable table = {
        .command  = "scalelaw train",
        .about    = "Train one model.",
        .opt      = row,
        .nopt     = train_opts_table(row, &train->opts),
        .operands = "[CONFIG]",
        .rest     = &rest,
        .arena    = &train->arena,
    };
    if (!opt_flags(&table, argc, argv, helped, err))
        return false;
    if (*helped)
        return true;
    if (train->opts.branch)
        return read_branch(train, &table, row, &rest, argc, argv, err);
    if (train->opts.config.start && !train->opts.config.start_run)
        return read_start(train, &table, row, &rest, argc, argv, err);
    if (rest.count == 0)
        return true;
    if (rest.count > 1)
        return err_set(err, ERR_USAGE, "%s: one file of options is enough; "
                       "give the others as flags", rest.item[1]);
    train->opts = train_opts_defaults();
    train_opts_table(row, &train->opts);
    return opt_file(&table, rest.item[0], err)
           && opt_flags(&table, argc, argv, helped, err);
}

/* One run trains on one of them. */
static bool devices_settle(Train *train, Err *err)
{
    Devices *devices = &train->devices;
    if (!devices_parse(devices, train->opts.device, err))
        return false;
    if (devices->count + devices->cpu > 1)
        return err_set(err, ERR_USAGE, "device: one run is trained on one "
                       "device, not on %s; name one", train->opts.device);
    return devices_open(devices, err);
}

static bool prepare(Train *train, Err *err)
{
    TrainOpts *opts = &train->opts;
    if (!opts->corpus)
        return err_set(err, ERR_USAGE, "a corpus is needed: a name, a shard "
                       "or a text; give --corpus=gcide");
    if (!corpus_need_as(&train->corpus, &train->arena, opts->corpus,
                        opts->tokenizer, opts->data_dir, say, err)
        || !devices_settle(train, err)
        || !train_opts_settle(opts, &train->corpus.shard, err)
        || !train_branch_check(opts, err))
        return false;

    const TrainConfig *config = &opts->config;
    train->run = (LadderRun){
        .group  = "fit",
        .budget = NAN,
        .flop   = count_train_flop(config->shape)
                  * (double)(config->steps * config->batch
                             * config->shape.context),
        .flop_new = count_train_flop(config->shape)
                  * (double)((config->steps - config->branch_at)
                             * config->batch * config->shape.context),
        .trunk  = train_branch_trunk(&train->arena, config),
        .config = *config,
    };
    if (opts->name)
        snprintf(train->run.name, sizeof train->run.name, "%s", opts->name);
    else if (config->branch_at)
        snprintf(train->run.name, sizeof train->run.name, "%lldx%lld-at%lld",
                 (long long)config->shape.layers,
                 (long long)config->shape.width,
                 (long long)config->branch_at);
    else
        snprintf(train->run.name, sizeof train->run.name, "%lldx%lld",
                 (long long)config->shape.layers,
                 (long long)config->shape.width);
    train->place = (SweepPlace){
        .study_dir = opts->out_dir,
        .of    = { .study = "train", .code = SCALELAW_CODE,
                   .shard = &train->corpus.shard,
                   .config_text = train_config_text },
        .cores   = train->devices.count ? 0 : config->threads,
        .devices = &train->devices,
    };
    return true;
}

static void foretell(Train *train)
{
    const TrainConfig *c = &train->run.config;
    const ParamCount   n = count_params(c->shape);
    const i64 tokens = c->steps * c->batch * c->shape.context;
    char      words[24];
    const bool on_core = train->devices.count == 0;
    train->said_bytes = footprint_bytes(train_memory(c),
                                        &train->corpus.shard);
    if (on_core)
        clock_words(words, train->run.flop_new
                    / speed_flop_per_s(c, train->run.flop_new) / c->threads);

    fprintf(stderr, "%s on %s: %lld parameters (%lld in the body), %lld "
            "tokens in %lld steps of %lld, rate %.3g\n", train->run.name,
            train->corpus.shard.name, (long long)n.total, (long long)n.body,
            (long long)tokens, (long long)c->steps,
            (long long)(c->batch * c->shape.context), c->lr);
    if (c->start_run)
        fprintf(stderr, "  begins with the parameters of %s%s\n",
                c->start_run, c->start_moments ? ", and its moments" : "");
    if (c->branch_at)
        fprintf(stderr, "  from step %lld of %s, %lld steps more\n",
                (long long)c->branch_at, train->run.trunk,
                (long long)(c->steps - c->branch_at));
    fprintf(stderr, "  %.3g FLOP, ", train->run.flop_new);
    if (on_core)
        fprintf(stderr, "about %s on %d thread%s, %.1f MB of memory, ", words,
                c->threads, c->threads == 1 ? "" : "s",
                (double)train->said_bytes / 1e6);
    fprintf(stderr, "%.1f MB of disk\n", 12e-6 * (double)n.total + 0.1);
    device_show(&train->arena, (const LadderRun *[]){ &train->run }, 1,
                &train->place);
}

static void tell_memory(const Train *train)
{
    const i64 most = footprint_most();
    if (most && !train->opts.json && train->devices.count == 0)
        fprintf(stderr, "  %.1f MB of memory at most, %.1f were said\n",
                (double)most / 1e6, (double)train->said_bytes / 1e6);
}

/* The record as it lies on disk. */
static bool show(Train *train, const char *runs_dir, const char *id, Err *err)
{
    Run         run;
    const char *dir = arena_print(&train->arena, "%s/%s", runs_dir, id);
    if (!run_read(&run, &train->arena, dir, err))
        return false;
    if (!train->opts.json)
        return runs_show_one(&run, runs_dir, stdout, err);
    char *text;
    i64   count;
    if (!file_read(&text, &count, &train->arena,
                   arena_print(&train->arena, "%s/run.json", dir), err))
        return false;
    fputs(text, stdout);
    return true;
}

static bool train_and_show(Train *train, Err *err)
{
    Arena      *arena = &train->arena;
    const Run   record = record_begin(arena, &train->place.of, &train->run);
    const char *runs_dir = arena_print(arena, "%s/runs",
                                       train->place.study_dir);
    const LadderRun *run = &train->run;
    SweepReport    report;
    train->place.refuse_busy = true;
    train->place.progress    = progress_open(run->flop_new, 1, 1);
    sweep_catch_signals();
    bool ok = sweep_run(&report, &run, 1, &train->place, err);
    progress_close(train->place.progress);
    if (ok && report.interrupted)
        ok = err_set(err, ERR_BUSY, "run %s: stopped, and checkpointed; the "
                     "same command goes on from here", record.id);
    ok = ok && show(train, runs_dir, record.id, err);
    if (ok)
        tell_memory(train);
    return ok;
}

bool cmd_train(int argc, char **argv, Err *err)
{
    Train train  = { 0 };
    bool  helped = false;
    bool  ok     = read_opts(&train, argc, argv, &helped, err);
    if (ok && !helped) {
        ok = prepare(&train, err);
        if (ok)
            foretell(&train);
        if (ok && !train.opts.dry_run)
            ok = train_and_show(&train, err);
        corpus_close(&train.corpus);
    }
    arena_free(&train.arena);
    return ok;
}
