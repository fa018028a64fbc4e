/* progress.c - see progress.h. The line is drawn by whichever worker notices
 * that it is due, so no thread exists only to draw. */

#include "sweep/progress.h"

#include "base/clock.h"
#include "base/str.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS_MAX = 256 };

typedef struct Worker {
    char   name[48];
    double flop, loss;
    i64    step, steps;
    bool   busy;
} Worker;

struct Progress {
    pthread_mutex_t lock;
    bool   terminal;
    double began_s, drawn_s;
    double flop, flop_done, flop_before; /* all; ended; not by this process */
    i64    runs, runs_done;
    int    nworker;
    Worker worker[WORKERS_MAX];
};

Progress *progress_open(double flop, i64 runs, int workers)
{
    Progress *p = calloc(1, sizeof *p);
    if (!p)
        return NULL; /* every other function takes NULL: no line is drawn */
    pthread_mutex_init(&p->lock, NULL);
    const char *term = getenv("TERM");
    p->terminal = isatty(STDERR_FILENO) && (!term || strcmp(term, "dumb") != 0);
    p->began_s  = clock_s();
    p->drawn_s  = p->began_s;
    p->flop     = flop;
    p->runs     = runs;
    p->nworker  = workers < WORKERS_MAX ? workers : WORKERS_MAX;
    return p;
}

static double worker_flop(const Worker *w)
{
    return w->busy && w->steps > 0
         ? w->flop * (double)w->step / (double)w->steps : 0;
}

static double done_flop(const Progress *p)
{
    double done = p->flop_done;
    for (int i = 0; i < p->nworker; i++)
        done += worker_flop(&p->worker[i]);
    return done;
}

static void line_left(Str *line, const Progress *p, double done)
{
    const double here = done - p->flop_before, spent = clock_s() - p->began_s;
    if (here <= 0 || spent < 2) {
        str_put(line, "  time left not known yet");
        return;
    }
    char words[24];
    clock_words(words, (p->flop - done) / (here / spent));
    str_add(line, "  %s left", words);
}

static void line_make(Str *line, const Progress *p)
{
    const double done = done_flop(p);
    str_add(line, "[%3.0f %%] %.2e of %.2e FLOP  %lld of %lld runs",
            100 * done / fmax(p->flop, 1), done, p->flop,
            (long long)p->runs_done, (long long)p->runs);
    line_left(line, p, done);
    for (int i = 0; i < p->nworker; i++) {
        const Worker *w = &p->worker[i];
        if (!w->busy || w->steps < 1)
            continue;
        str_add(line, "%s%s %.0f %%", i ? "  " : " | ", w->name,
                100 * (double)w->step / (double)w->steps);
        if (isfinite(w->loss))
            str_add(line, " %.3f", w->loss);
    }
}

static void draw(Progress *p, bool now)
{
    const double wait = p->terminal ? 0.5 : 10;
    if (!now && clock_s() - p->drawn_s < wait)
        return;
    p->drawn_s = clock_s();

    Str line = { 0 };
    line_make(&line, p);
    if (p->terminal)
        fprintf(stderr, "\r\033[K%s", line.text);
    else
        fprintf(stderr, "%s\n", line.text);
    fflush(stderr);
    str_free(&line);
}

void progress_close(Progress *p)
{
    if (!p)
        return;
    draw(p, true);
    if (p->terminal)
        fputc('\n', stderr);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void progress_skip(Progress *p, double flop)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->flop_done += flop;
    p->flop_before += flop;
    p->runs_done++;
    pthread_mutex_unlock(&p->lock);
}

void progress_begin(Progress *p, int worker, const char *name, double flop,
                    i64 steps)
{
    if (!p || worker >= p->nworker)
        return;
    pthread_mutex_lock(&p->lock);
    Worker *w = &p->worker[worker];
    *w = (Worker){ .flop = flop, .loss = NAN, .steps = steps, .busy = true };
    snprintf(w->name, sizeof w->name, "%s", name);
    pthread_mutex_unlock(&p->lock);
}

void progress_resumed(Progress *p, int worker, i64 step)
{
    if (!p || worker >= p->nworker)
        return;
    pthread_mutex_lock(&p->lock);
    p->worker[worker].step = step;
    p->flop_before += worker_flop(&p->worker[worker]);
    pthread_mutex_unlock(&p->lock);
}

void progress_step(Progress *p, int worker, i64 step, double loss)
{
    if (!p || worker >= p->nworker)
        return;
    pthread_mutex_lock(&p->lock);
    p->worker[worker].step = step;
    p->worker[worker].loss = loss;
    draw(p, false);
    pthread_mutex_unlock(&p->lock);
}

void progress_end(Progress *p, int worker)
{
    if (!p || worker >= p->nworker)
        return;
    pthread_mutex_lock(&p->lock);
    p->flop_done += p->worker[worker].flop;
    p->runs_done++;
    p->worker[worker].busy = false;
    draw(p, false);
    pthread_mutex_unlock(&p->lock);
}
