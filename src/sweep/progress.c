/* progress.c - see progress.h. It is drawn by whichever worker notices that it
 * is due, so no thread exists only to draw. */

#include "sweep/progress.h"

#include "base/clock.h"
#include "base/str.h"
#include "sweep/progress_draw.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct Progress {
    pthread_mutex_t lock;
    bool            terminal;
    double          drawn_s;
    int             lines; /* of the table on the terminal */
    ProgressState   at;
};

Progress *progress_open(double flop, i64 runs, int workers)
{
    Progress *p = calloc(1, sizeof *p);
    if (!p)
        return NULL; /* every other function takes NULL: nothing is drawn */
    pthread_mutex_init(&p->lock, NULL);
    const char *term = getenv("TERM");
    p->terminal = isatty(STDERR_FILENO) && (!term || strcmp(term, "dumb") != 0);
    p->drawn_s  = clock_s();
    p->at = (ProgressState){
        .began_s = p->drawn_s, .flop = flop, .runs = runs,
        .nworker = workers < PROGRESS_WORKERS ? workers : PROGRESS_WORKERS };
    return p;
}

static void draw(Progress *p, bool now)
{
    const double wait = p->terminal ? 0.5 : 10;
    if (!now && clock_s() - p->drawn_s < wait)
        return;
    p->drawn_s = clock_s();

    Str text = { 0 };
    if (p->terminal)
        p->lines = progress_table(&text, &p->at, p->drawn_s, p->lines);
    else
        progress_line(&text, &p->at, p->drawn_s);
    fputs(text.text, stderr);
    fflush(stderr);
    str_free(&text);
}

void progress_close(Progress *p)
{
    if (!p)
        return;
    draw(p, true);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void progress_plan(Progress *p, double flop, i64 runs)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->at.flop = flop;
    p->at.runs = runs;
    pthread_mutex_unlock(&p->lock);
}

void progress_skip(Progress *p, double flop)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->at.flop_done += flop;
    p->at.flop_before += flop;
    p->at.runs_done++;
    pthread_mutex_unlock(&p->lock);
}

void progress_elsewhere(Progress *p, double flop, i64 runs)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->at.flop_elsewhere = flop;
    p->at.runs_elsewhere = runs;
    draw(p, false);
    pthread_mutex_unlock(&p->lock);
}

void progress_gone(Progress *p, double flop)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->at.flop_done += flop;
    p->at.runs_done++;
    pthread_mutex_unlock(&p->lock);
}

void progress_before(Progress *p, double flop)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->at.flop_before += flop;
    pthread_mutex_unlock(&p->lock);
}

/* The worker of that number, the lock taken; NULL if it has none. */
static ProgressWorker *take(Progress *p, int worker)
{
    if (!p || worker >= p->at.nworker)
        return NULL;
    pthread_mutex_lock(&p->lock);
    return &p->at.worker[worker];
}

void progress_begin(Progress *p, int worker, const char *name, double flop,
                    i64 steps)
{
    ProgressWorker *w = take(p, worker);
    if (!w)
        return;
    *w = (ProgressWorker){ .flop = flop, .loss = NAN, .steps = steps,
                           .began_s = clock_s(), .busy = true };
    snprintf(w->name, sizeof w->name, "%s", name);
    for (int i = 0; i < PROGRESS_SPARK; i++)
        w->spark[i] = NAN;
    pthread_mutex_unlock(&p->lock);
}

void progress_device(Progress *p, int worker)
{
    ProgressWorker *w = take(p, worker);
    if (!w)
        return;
    w->device = true;
    pthread_mutex_unlock(&p->lock);
}

void progress_resumed(Progress *p, int worker, i64 step)
{
    ProgressWorker *w = take(p, worker);
    if (!w)
        return;
    w->step = w->step_before = step;
    p->at.flop_before += progress_worker_flop(w);
    pthread_mutex_unlock(&p->lock);
}

void progress_step(Progress *p, int worker, i64 step, double loss)
{
    ProgressWorker *w = take(p, worker);
    if (!w)
        return;
    w->step = step;
    w->loss = loss;
    if (w->steps > 0)
        w->spark[i64_min(PROGRESS_SPARK - 1,
                         step * PROGRESS_SPARK / w->steps)] = loss;
    draw(p, false);
    pthread_mutex_unlock(&p->lock);
}

void progress_end(Progress *p, int worker)
{
    ProgressWorker *w = take(p, worker);
    if (!w)
        return;
    p->at.flop_done += w->flop;
    p->at.runs_done++;
    w->busy = false;
    draw(p, false);
    pthread_mutex_unlock(&p->lock);
}

void progress_say(Progress *p, const char *line)
{
    if (!p) {
        fprintf(stderr, "%s\n", line);
        return;
    }
    pthread_mutex_lock(&p->lock);
    if (p->lines > 0)
        fprintf(stderr, "\033[%dA\r\033[J", p->lines);
    p->lines = 0;
    fprintf(stderr, "%s\n", line);
    pthread_mutex_unlock(&p->lock);
}
