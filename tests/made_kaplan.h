/* made_kaplan.h - a study in Kaplan's manner that was never trained: its runs
 * and their logs are made from his laws with constants that stand here, in the
 * groups that report/finds_kaplan.h looks for.
 *
 *     KaplanWorld w = kaplan_world();      change what the test is about
 *     kaplan_world_write(&w, dir, &err);
 *
 * Runs at a batch B follow L(N, S_min) with S_min = S/(1 + B_crit(L)/B), so that
 * every loss is the root of an equation. In the cooldown, the last fifth, the
 * loss falls below that, as it does: whoever reads curves must leave it out. */

#ifndef MADE_KAPLAN_H
#define MADE_KAPLAN_H

#include "plan/solve_kaplan.h"
#include "tests/made_more.h"

typedef struct KaplanWorld {
    Kaplan k;
    double alpha_D, D_c;
    double floor;       /* nats under every loss of `size` at its end */
    double noise;       /* sd of ln L, of whole runs                  */
    double b_simple;    /* noise scale of all runs, tokens            */
    bool   batches, samples, sizes;
    double stop_times;  /* samples turn at so many times the bound    */
    double fork_at;     /* the batch beyond which branches suffer     */
    bool   fork_fails;  /* the largest two end in a status            */
    i64    resamples;
} KaplanWorld;

static inline KaplanWorld kaplan_world(void)
{
    return (KaplanWorld){
        .k = { .N_c = 2e6, .S_c = 200, .alpha_N = 0.12, .alpha_S = 0.6,
               .B_star = 5000, .alpha_B = 0.25 },
        .alpha_D = 0.15, .D_c = 6e5, .noise = 0.002, .b_simple = 700,
        .batches = true, .samples = true, .sizes = true, .stop_times = 1.5,
        .fork_at = 3000, .resamples = 200 };
}

static const i64 kaplan_width[] = { 8, 16, 24, 32, 48, 64, 96 };
static const i64 kaplan_unique[] = { 15625, 31250, 62500, 125000, 250000,
                                     500000, 1000000, 0 };

static inline Shape kaplan_shape(i64 width)
{
    return (Shape){ .layers = 2, .width = width, .heads = width / 8,
                    .ff = 4 * width, .vocab = 256, .context = 32 };
}

/* By bisection: the right-hand side falls as L grows. */
static inline double kaplan_by_step(const Kaplan *k, double n, double s,
                                    double b)
{
    const double size = pow(k->N_c / n, k->alpha_N);
    double low = size, high = size + 50;
    for (int i = 0; i < 200; i++) {
        const double l = (low + high) / 2;
        const double s_min = s / (1 + kaplan_b_crit(k, l) / b);
        if (size + pow(k->S_c / s_min, k->alpha_S) > l)
            low = l;
        else
            high = l;
    }
    return low;
}

static inline double kaplan_by_data(const KaplanWorld *w, double n, double d)
{
    return pow(pow(w->k.N_c / n, w->k.alpha_N / w->alpha_D) + w->D_c / d,
               w->alpha_D);
}

typedef struct KaplanMade {
    const KaplanWorld *w;
    MadeMore           more;
} KaplanMade;

static inline Run kaplan_run(KaplanMade *m, const char *group, i64 width,
                             i64 tokens, i64 batch)
{
    Run run = made_more_run(&m->more, group, kaplan_shape(width), tokens);
    run.batch_tokens = batch;
    run.steps    = tokens / batch;
    run.tokens   = run.unique_tokens = run.steps * batch;
    run.schedule = "wsd";
    run.epochs   = 0.3;
    return run;
}

static inline double kaplan_luck(const KaplanMade *m)
{
    return exp(m->w->noise
               * rng_normal(11, RNG_TEST, (u64)m->more.number));
}

static inline Metric kaplan_line(const KaplanMade *m, const Run *run, i64 step,
                                 double flat, double luck)
{
    const double n = count_n(run->shape, N_BODY);
    const double b = (double)run->batch_tokens;
    const double share = (double)step / (double)run->steps;
    const double left  = share > flat ? (1 - share) / (1 - flat) : 1;
    const double loss  = kaplan_by_step(&m->w->k, n, (double)step, b) * luck;
    const double warm  = run->start ? 0 : 0.02;
    const double wide  = share < warm ? 1.2 : 1; /* as a warm-up has it */
    return (Metric){
        .step = step, .tokens = step * run->batch_tokens,
        .flop = run->flop_per_token * (double)(step * run->batch_tokens),
        .train_loss = NAN, .val_se = NAN, .val_bpb = NAN,
        .val_loss = loss * wide * (1 - 0.05 * (1 - left)),
        .lr = run->lr * (share < warm ? share / warm : 1) * left,
        .grad_norm = sqrt(1 + m->w->b_simple / b), .batch_small = b / 2,
        .grad_sq_small = 1 + m->w->b_simple / (b / 2),
        .tok_per_s = run->tok_per_s };
}

/* The rate falls after `flat` of the run. */
static inline void kaplan_put(KaplanMade *m, const Run *run, double flat,
                              double luck)
{
    enum { POINTS = 160 };
    char       runs_dir[512];
    MetricLog *log = NULL;
    i64        last = 0;
    snprintf(runs_dir, sizeof runs_dir, "%s/runs", m->more.dir);
    bool ok = m->more.ok && run_write(run, runs_dir, false, m->more.err)
           && metric_open(&log, run, runs_dir, 0, m->more.err);
    for (int i = 1; ok && i <= POINTS; i++) {
        const i64 step = (i64)pow((double)run->steps, (double)i / POINTS);
        if (step <= last)
            continue;
        last = step;
        const Metric line = kaplan_line(m, run, step, flat, luck);
        ok = metric_put(log, &line, m->more.err);
    }
    if (log)
        metric_close(log);
    m->more.ok = ok && run_write(run, runs_dir, true, m->more.err);
}

static inline void kaplan_sizes(KaplanMade *m)
{
    for (int i = 0; i < COUNT_OF(kaplan_width); i++) {
        Run run = kaplan_run(m, "size", kaplan_width[i], 12000000, 512);
        const double luck = kaplan_luck(m);
        run.val_loss = m->w->floor + luck
                     * pow(m->w->k.N_c / count_n(run.shape, N_BODY),
                           m->w->k.alpha_N);
        kaplan_put(m, &run, 0.8, luck);
    }
}

static inline void kaplan_batches(KaplanMade *m)
{
    for (i64 width = 16; width <= 32; width *= 2)
        for (i64 batch = 128; batch <= 4096; batch *= 2) {
            Run run = kaplan_run(m, "batch", width, 4000000, batch);
            run.schedule = "constant";
            kaplan_put(m, &run, 1, 1);
        }
}

/* Stopped where its loss turned; with twice the steps to see that it did. */
static inline void kaplan_sample(KaplanMade *m, i64 width, i64 unique)
{
    const Kaplan *k = &m->w->k;
    Run run = kaplan_run(m, width == 96 ? "data" : "overfit", width, 4000000,
                         512);
    const double n = count_n(run.shape, N_BODY);
    const double endless = kaplan_by_data(m->w, n, 4e7);
    const double loss = kaplan_by_data(m->w, n, unique ? (double)unique : 4e7);
    if (unique) {
        const double bound = k->S_c / pow(loss - endless, 1 / k->alpha_S);
        run.least_step = round(m->w->stop_times * bound
                               * (1 + kaplan_b_crit(k, loss) / 512));
        run.steps  = (i64)(2 * run.least_step);
        run.tokens = run.steps * 512;
        run.unique_tokens = unique;
        run.epochs = fmax(1.5, (double)run.tokens / (double)unique);
    } else {
        run.least_step = (double)run.steps;
    }
    run.least_loss = loss * kaplan_luck(m);
    run.val_loss   = run.least_loss * (unique ? 1.03 : 1);
    made_more_put(&m->more, &run, NULL);
}

static inline void kaplan_forks(KaplanMade *m)
{
    Run stem = kaplan_run(m, "stem", 32, 4000000, 512);
    stem.schedule = "constant";
    kaplan_put(m, &stem, 1, 1);
    for (int at = 0; at < 2; at++)
        for (i64 batch = 128; batch <= 32768; batch *= 2) {
            Run run = kaplan_run(m, "fork", 32, 262144, batch);
            const double over = log2((double)batch / m->w->fork_at);
            run.start      = stem.id;
            run.start_step = at ? 1200 : 500;
            run.val_loss   = 1.7 - 0.1 * at + 0.02 * fmax(0, over);
            if (m->w->fork_fails && batch >= 16384) {
                run.status = batch == 16384 ? "plateau" : "diverged";
                run.reason = "too large a batch";
                run.tokens = batch == 16384 ? run.tokens : batch;
                run.val_loss = NAN;
            }
            kaplan_put(m, &run, 1, 1);
        }
}

static inline bool kaplan_world_write(const KaplanWorld *w, const char *dir,
                                      Err *err)
{
    double    budgets[10];
    MadeStudy study = made_demo();
    study.budgets   = 0;
    study.held      = NAN;
    study.resamples = w->resamples;
    StudyInfo info  = made_info(&study, budgets);
    info.context    = 32;
    KaplanMade m = { .w = w, .more = { .m = &study, .dir = dir, .err = err,
                                       .ok = true } };
    if (!dir_make(dir, err) || !study_write(&info, dir, err))
        return false;
    if (w->sizes)
        kaplan_sizes(&m);
    if (w->batches) {
        kaplan_batches(&m);
        kaplan_forks(&m);
    }
    for (i64 width = 16; w->samples && width <= 96;
         width = width == 64 ? 96 : 2 * width)
        for (int u = 0; u < COUNT_OF(kaplan_unique); u++)
            kaplan_sample(&m, width, kaplan_unique[u]);
    return m.more.ok;
}

#endif
