/* made_study.h - a study that was never trained: runs made from a known law,
 * written through store/'s own functions, so that what reads a study can be
 * held to a truth.
 *
 *     MadeStudy made = made_demo();        change what the test is about
 *     made_write(&made, dir, &err);        STUDY/study.json, runs, logs
 *
 * Shapes are the demo's family (bytes, context 256). A run's loss is the law's
 * at its N (body+head) and D, times exp(noise * a normal number). Its log has
 * a warm-up, then losses above the law's at the tokens seen so far, as under a
 * learning rate that has not come down yet, and ends at the run's loss. */

#ifndef MADE_STUDY_H
#define MADE_STUDY_H

#include "base/file.h"
#include "base/rng.h"
#include "store/run.h"
#include "store/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A study is a thousand small files, each of them forced to the disk: that is
 * store/'s promise and another test's subject. Here they may lie in memory, on
 * machines that offer it. */
__attribute__((constructor)) static void made_in_memory(void)
{
    if (file_is_dir("/dev/shm") && access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
}

typedef struct MadeStudy {
    double e, a, alpha, b, beta;  /* the truth                           */
    double outer;                 /* exponent over both terms; 0 is 1    */
    double noise;                 /* sd of ln L                          */
    int    budgets;               /* from 1e11 in steps of 3, at most 8  */
    double held;                  /* FLOP held out; NaN: none            */
    bool   held_trained;
    bool   unbudgeted;            /* runs of sizes and tokens, none held */
    bool   failures;              /* one run diverged, one never learned */
    bool   logs, val_logs;        /* metrics; with held-out losses       */
    const char *name, *title, *corpus_about;
    double multiples[2];
    i64    resamples;
} MadeStudy;

static inline MadeStudy made_demo(void)
{
    return (MadeStudy){ .e = 1.1, .a = 25, .alpha = 0.42, .b = 90, .beta = 0.38,
                        .noise = 0.004, .budgets = 4, .held = 1e13,
                        .held_trained = true, .failures = true, .logs = true,
                        .val_logs = true, .name = "made",
                        .title = "A made study", .resamples = 200,
                        .corpus_about = "No text: losses made from a law.",
                        .multiples = { 10, 1000 } };
}

static inline double made_loss(const MadeStudy *m, double n, double d)
{
    const double miss = m->a / pow(n, m->alpha) + m->b / pow(d, m->beta);
    return m->e + (m->outer > 0 ? pow(miss, m->outer) : miss);
}

static inline Shape made_shape(i64 layers, i64 width)
{
    return (Shape){ .layers = layers, .width = width, .heads = width / 16,
                    .ff = 4 * width, .vocab = 256, .context = 256 };
}

static const struct { i64 layers, width; } made_size[] = {
    { 1, 16 }, { 2, 16 }, { 2, 32 }, { 2, 48 }, { 3, 48 }, { 3, 64 }, { 3, 80 },
    { 4, 96 }, { 5, 128 }, { 7, 160 }, { 8, 192 },
};

/* Sizes from a fifth to five times the law's own optimum at C = 6 N D. */
static inline bool made_fits(const MadeStudy *m, double c, double n)
{
    const double lean = m->alpha * m->a / (m->beta * m->b);
    const double best = pow(lean * pow(c / 6, m->beta),
                            1 / (m->alpha + m->beta));
    return n > best / 5 && n < best * 5;
}

static inline Run made_run(const MadeStudy *m, double c, int size, int number)
{
    static char text[256][3][96];
    char *name = text[number][0], *id = text[number][1];
    const Shape  shape = made_shape(made_size[size].layers,
                                    made_size[size].width);
    const double f = count_train_flop(shape), n = count_n(shape, N_BODY_HEAD);
    snprintf(name, 96, "c%.0e-%dx%d", c, (int)shape.layers, (int)shape.width);
    run_id(id, name, name, "0123456789abcdef", "made");

    Run run = { .id = id, .name = name, .study = m->name, .group = "fit",
                .config = "batch = 8\n", .code = "made", .host = "nowhere",
                .started = "2026-01-01T00:00:00Z", .corpus = "made",
                .corpus_sha256 = "0123456789abcdef", .tokenizer = "byte",
                .bytes_per_token = 1, .entropy_nats = NAN, .entropy_se = NAN,
                .arch = "transformer", .shape = shape,
                .params = count_params(shape),
                .flops = count_flops(shape, true), .flop_per_token = f,
                .budget = m->unbudgeted ? NAN : c, .batch_tokens = 2048,
                .lr = 0.32 / (double)shape.width,
                .schedule = "cosine", .seed = 1, .kernels = "none" };
    run.steps  = i64_max(20, (i64)(c / f / 2048));
    run.tokens = run.unique_tokens = run.steps * 2048;
    run.epochs = 0.5;
    run.flop   = f * (double)run.tokens;
    run.flop_6nd   = 6.0 * (double)run.params.total * (double)run.tokens;
    run.val_loss   = made_loss(m, n, (double)run.tokens)
                   * exp(m->noise * rng_normal(7, RNG_TEST, (u64)number));
    run.train_loss = run.val_loss - 0.01;
    run.val_se     = 0.002;
    run.val_bpb    = run.val_loss / log(2);
    run.val_tokens = 131072;
    run.wall_s     = run.flop / 2e10;
    run.tok_per_s  = (double)run.tokens / run.wall_s;
    run.joules     = NAN;
    run.trunk_step = run.start_step = NAN;
    run.least_loss = run.least_step = run.spikes = NAN;
    run.status     = "done";
    return run;
}

/* Log-spaced points; the first twentieth of the run is warm-up. */
static inline bool made_log(const MadeStudy *m, const Run *run,
                            const char *runs_dir, Err *err)
{
    enum { POINTS = 90 };
    MetricLog *log;
    if (!metric_open(&log, run, runs_dir, 0, err))
        return false;
    const double n    = count_n(run->shape, N_BODY_HEAD);
    i64          last = 0;
    bool         ok   = true;
    for (int i = 1; ok && i <= POINTS; i++) {
        const double share = pow((double)run->steps, (double)i / POINTS)
                           / (double)run->steps;
        const i64 step = (i64)(share * (double)run->steps + 0.5);
        if (step == last)
            continue;
        last = step;
        const double d    = (double)step * 2048;
        const double high = 1 + 0.12 * (1 - share);
        const double loss = share < 1
                          ? fmin(made_loss(m, n, d) * high, 5.545)
                          : run->val_loss;
        const Metric metric = {
            .step = step, .tokens = step * 2048,
            .flop = run->flop_per_token * d, .wall_s = share * run->wall_s,
            .train_loss = loss * exp(0.01 * rng_normal(9, RNG_TEST,
                                                       (u64)step)),
            .val_loss = m->val_logs && (i % 5 == 0 || i == POINTS) ? loss : NAN,
            .val_se = NAN, .val_bpb = NAN,
            .lr = run->lr * fmin(1, share / 0.05), .grad_norm = 1,
            .tok_per_s = run->tok_per_s };
        ok = metric_put(log, &metric, err);
    }
    metric_close(log);
    return ok;
}

static inline bool made_run_write(const MadeStudy *m, const Run *run,
                                  const char *dir, Err *err)
{
    char runs_dir[512];
    snprintf(runs_dir, sizeof runs_dir, "%s/runs", dir);
    return run_write(run, runs_dir, false, err)
        && (!m->logs || made_log(m, run, runs_dir, err))
        && run_write(run, runs_dir, true, err);
}

static inline void made_fail(Run *run, int size)
{
    run->val_loss = run->val_se = run->val_bpb = NAN;
    if (size == 1) {
        run->val_loss = 9.5; /* evaluated all the same */
        run->status = "diverged";
        run->reason = "loss 11.2 at step 40 <of \"77\"> & rising";
    } else {
        run->status = "plateau";
        run->reason = "never left the unigram loss of 3.31 nats";
    }
}

static inline bool made_budget(const MadeStudy *m, double c, const char *group,
                               int *number, const char *dir, Err *err)
{
    for (int size = 0; size < COUNT_OF(made_size); size++) {
        const Shape shape = made_shape(made_size[size].layers,
                                       made_size[size].width);
        if (!made_fits(m, c, count_n(shape, N_BODY_HEAD)))
            continue;
        Run run = made_run(m, c, size, (*number)++);
        run.group = group;
        if (m->failures && group[0] == 'f'
            && ((c < 2e11 && size == 1) || (c > 8e11 && c < 2e12 && size == 3)))
            made_fail(&run, size);
        if (!made_run_write(m, &run, dir, err))
            return false;
    }
    return true;
}

static inline StudyInfo made_info(const MadeStudy *m, double *budgets)
{
    static const Yardstick yardstick[] = { { "gzip -9", 2.577 },
                                           { "xz -9", 1.845 } };
    for (int i = 0; i < m->budgets; i++)
        budgets[i] = 1e11 * pow(3, i);
    if (isfinite(m->held))
        budgets[m->budgets] = m->held;
    return (StudyInfo){
        .name = m->name, .title = m->title, .config = "sizes = [\"2x16\"]\n",
        .corpus = "made", .corpus_about = m->corpus_about,
        .corpus_licence = "none needed", .corpus_sha256 = "0123456789abcdef",
        .corpus_train_tokens = 40000000, .corpus_val_tokens = 2000000,
        .nyardstick = 2, .yardstick = yardstick,
        .budgets = { m->unbudgeted ? 0 : m->budgets + isfinite(m->held),
                     budgets },
        .holdout = m->held, .counts = "body+head", .vocab = 256,
        .context = 256, .aspect = 24, .layers_min = 2, .bytes_per_token = 1,
        .entropy_nats = NAN, .entropy_se = NAN,
        .resamples = m->resamples, .seed = 1,
        .plan_multiples = { 2, m->multiples } };
}

static inline bool made_write(const MadeStudy *m, const char *dir, Err *err)
{
    double          budgets[10];
    const StudyInfo info   = made_info(m, budgets);
    int             number = 0;
    if (!dir_make(dir, err) || !study_write(&info, dir, err))
        return false;
    for (int i = 0; i < m->budgets; i++)
        if (!made_budget(m, budgets[i], "fit", &number, dir, err))
            return false;
    return !isfinite(m->held) || !m->held_trained
        || made_budget(m, m->held, "holdout", &number, dir, err);
}

/* What would be asked of the held-out budget: the same runs, not trained. */
static inline i64 made_asked(const MadeStudy *m, Prediction *out)
{
    i64 count  = 0;
    int number = 128; /* names only: the noise is not asked for */
    for (int size = 0; size < COUNT_OF(made_size); size++) {
        const Shape shape = made_shape(made_size[size].layers,
                                       made_size[size].width);
        if (!made_fits(m, m->held, count_n(shape, N_BODY_HEAD)))
            continue;
        const Run run = made_run(m, m->held, size, number++);
        out[count++] = (Prediction){ .run_id = run.id, .run_name = run.name,
                                     .n = count_n(shape, N_BODY_HEAD),
                                     .d = (double)run.tokens, .c = run.flop };
    }
    return count;
}

#endif
