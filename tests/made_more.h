/* made_more.h - runs of other kinds beside those of a made study: sweeps of
 * rates, shapes of one size, repeated text, batches, another corpus; each made
 * from a truth that stands here. Needs made_study.h.
 *
 *     made_write(&made, dir, &err) && made_more_write(&made, dir, &err) */

#ifndef MADE_MORE_H
#define MADE_MORE_H

#include "tests/made_study.h"

/* Best rate 0.01 (N / 1e4)^-0.3, and loss 2 % higher at e times it. */
static const double made_rate_power = -0.3;
/* Batch at which steps and data cost twice their least, tokens. */
static const double made_critical = 4000;

static inline double made_rate(double n)
{
    return 0.01 * pow(n / 1e4, made_rate_power);
}

typedef struct MadeMore {
    const MadeStudy *m;
    const char      *dir;
    Err             *err;
    int              number;
    bool             ok;
} MadeMore;

/* A run of this shape and data, named for what it is for; change it, then
 * made_more_put. */
static inline Run made_more_run(MadeMore *w, const char *group, Shape shape,
                                i64 tokens)
{
    static char name[700][2][96];
    const int   k = w->number++;
    Run run = made_run(w->m, 1e11, 2, 200 + k % 56);
    snprintf(name[k][0], 96, "%s-%d", group, k);
    run_id(name[k][1], name[k][0], name[k][0], "0123456789abcdef", "made");
    run.name   = name[k][0];
    run.id     = name[k][1];
    run.group  = group;
    run.shape  = shape;
    run.params = count_params(shape);
    run.flops  = count_flops(shape, true);
    run.flop_per_token = count_train_flop(shape);
    run.budget = NAN;
    run.batch_tokens = 2048;
    run.steps  = tokens / 2048;
    run.tokens = run.unique_tokens = tokens;
    run.flop   = run.flop_per_token * (double)tokens;
    run.val_loss = made_loss(w->m, count_n(shape, N_BODY_HEAD),
                             (double)tokens);
    run.val_bpb  = run.val_loss / log(2);
    return run;
}

/* With a curve that ends at its loss; held-out losses by `at(step)`. */
static inline void made_more_put(MadeMore *w, const Run *run,
                                 double (*at)(const Run *, double step))
{
    enum { POINTS = 40 };
    char       runs_dir[512];
    MetricLog *log;
    snprintf(runs_dir, sizeof runs_dir, "%s/runs", w->dir);
    w->ok = w->ok && run_write(run, runs_dir, false, w->err);
    if (w->ok && at) {
        w->ok = metric_open(&log, run, runs_dir, 0, w->err);
        i64 last = 0;
        for (int i = 1; w->ok && i <= POINTS; i++) {
            const i64 step = (i64)pow((double)run->steps, (double)i / POINTS);
            if (step <= last)
                continue;
            last = step;
            const Metric metric = {
                .step = step, .tokens = step * run->batch_tokens,
                .flop = run->flop_per_token * (double)(step
                                                       * run->batch_tokens),
                .train_loss = NAN, .val_loss = at(run, (double)step),
                .val_se = NAN, .val_bpb = NAN, .lr = run->lr,
                .grad_norm = NAN, .tok_per_s = NAN };
            w->ok = metric_put(log, &metric, w->err);
        }
        if (log)
            metric_close(log);
    }
    w->ok = w->ok && run_write(run, runs_dir, true, w->err);
}

static inline void made_rates(MadeMore *w)
{
    static const int size[] = { 2, 4, 6 };
    for (int s = 0; s < 3; s++)
        for (int k = -3; k <= 3; k++) {
            Run run = made_more_run(w, "rates",
                                    made_shape(made_size[size[s]].layers,
                                               made_size[size[s]].width),
                                    4096000);
            const double best = made_rate(count_n(run.shape, N_BODY_HEAD));
            run.lr = 1.1 * best * pow(2, k); /* none is the best itself */
            run.val_loss += 0.02 * log(run.lr / best) * log(run.lr / best);
            made_more_put(w, &run, NULL);
        }
}

/* Four ways to the same N to the last parameter; 1 % from each to the next. */
static inline void made_shapes(MadeMore *w)
{
    static const struct { i64 layers, heads, ff; } form[] = {
        { 3, 4, 256 }, { 2, 4, 448 }, { 6, 4, 64 }, { 3, 8, 256 } };
    for (int k = 0; k < COUNT_OF(form); k++) {
        Shape shape = made_shape(form[k].layers, 64);
        shape.heads = form[k].heads;
        shape.ff    = form[k].ff;
        Run run = made_more_run(w, "shape", shape, 8192000);
        run.val_loss *= exp(0.01 * k);
        made_more_put(w, &run, NULL);
    }
}

/* As if only the text seen for the first time taught anything. */
static inline void made_repeats(MadeMore *w)
{
    for (int s = 2; s < 6; s++)
        for (i64 epochs = 2; epochs <= 16; epochs *= 2) {
            Run run = made_more_run(w, "repeat",
                                    made_shape(made_size[s].layers,
                                               made_size[s].width),
                                    1024000 * 16);
            run.unique_tokens = run.tokens / epochs;
            run.epochs        = (double)epochs;
            run.val_loss = made_loss(w->m, count_n(run.shape, N_BODY_HEAD),
                                     (double)run.unique_tokens);
            made_more_put(w, &run, NULL);
        }
}

/* Loss by how many steps of an endless batch these are worth. */
static inline double made_by_step(const Run *run, double step)
{
    const double worth = step / (1 + made_critical
                                         / (double)run->batch_tokens);
    return 1.2 + 6 * pow(worth + 10, -0.35);
}

static inline void made_batches(MadeMore *w)
{
    for (i64 batch = 512; batch <= 16384; batch *= 2) {
        Run run = made_more_run(w, "batch", made_shape(2, 48), 8192000);
        run.batch_tokens = batch;
        run.steps        = run.tokens / batch;
        run.val_loss     = made_by_step(&run, (double)run.steps);
        made_more_put(w, &run, made_by_step);
    }
}

/* Two steps of a waterfall: the law's own runs, and runs of a law by which size
 * matters less, so that the best size grows faster. */
static inline void made_fall(MadeMore *w, const char *group, double power)
{
    for (int b = 0; b < 4; b++)
        for (int s = 1; s < COUNT_OF(made_size); s++) {
            const double c = 1e11 * pow(3, b);
            const Shape shape = made_shape(made_size[s].layers,
                                           made_size[s].width);
            const double n = count_n(shape, N_BODY_HEAD);
            const double off = log(n / 6e4 / pow(c / 1e12, power));
            if (fabs(off) > 1.6)
                continue;
            const double d = c / (6 * n);
            Run run = made_more_run(w, group, shape, 2048 * (i64)(d / 2048));
            run.budget   = c;
            run.val_loss = 2 - 0.1 * b + 0.05 * off * off;
            run.val_bpb  = run.val_loss / log(2);
            made_more_put(w, &run, NULL);
        }
}

/* Another architecture on the same text, a twentieth behind. */
static inline void made_lstm(MadeMore *w)
{
    for (int s = 1; s < 7; s++)
        for (int k = 0; k < 2; k++) {
            Run run = made_more_run(w, "lstm",
                                    made_shape(made_size[s].layers,
                                               made_size[s].width),
                                    (2048 * 300) << (2 * k + s / 3));
            run.arch = "lstm";
            run.val_loss *= 1.05;
            run.val_bpb  *= 1.05;
            made_more_put(w, &run, NULL);
        }
}

static inline void made_domain(MadeMore *w)
{
    for (int s = 1; s < 6; s++) {
        Run run = made_more_run(w, "fit",
                                made_shape(made_size[s].layers,
                                           made_size[s].width),
                                2048000 << s);
        run.corpus        = "prose";
        run.corpus_sha256 = "fedcba9876543210";
        run.val_loss *= 1.2;
        run.val_bpb  *= 1.2;
        made_more_put(w, &run, NULL);
    }
}

static inline bool made_file(const char *dir, const char *name,
                             const char *text, Err *err)
{
    char path[1300];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return file_write(path, text, (i64)strlen(text), err);
}

static inline bool made_more_write(const MadeStudy *m, const char *dir,
                                   Err *err)
{
    MadeMore w = { .m = m, .dir = dir, .err = err, .ok = true };
    char     name[200];
    made_rates(&w);
    made_shapes(&w);
    made_repeats(&w);
    made_batches(&w);
    made_domain(&w);
    made_lstm(&w);
    made_fall(&w, "matched", 0.6);
    made_fall(&w, "tuned", 0.5);
    for (int k = 0; w.ok && k < 2; k++) {
        Run run = made_more_run(&w, "position", made_shape(2, 32), 512000);
        run.arch = k ? "lstm" : "transformer";
        made_more_put(&w, &run, NULL);
        snprintf(name, sizeof name, "runs/%s/position.csv", run.id);
        w.ok = w.ok && made_file(dir, name, k ? "position,loss\n1,3.1\n2,2.5\n"
                                            "4,2.2\n8,2.1\n"
                                          : "position,loss\n1,3.0\n2,2.6\n"
                                            "4,2.4\n8,2.4\n", err);
    }
    return w.ok;
}

#endif
