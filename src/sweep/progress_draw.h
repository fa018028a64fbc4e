/* progress_draw.h - private to sweep/: how far many runs have come, as text. */

#ifndef PROGRESS_DRAW_H
#define PROGRESS_DRAW_H

#include "base/str.h"

enum { PROGRESS_WORKERS = 1024, PROGRESS_SPARK = 24 };

typedef struct ProgressWorker {
    char   name[64];
    double flop, loss, began_s;
    double spark[PROGRESS_SPARK]; /* loss over the steps; NaN: not known */
    i64    step, steps, step_before; /* before: not by this process      */
    bool   busy, device;                 /* device: not on a core        */
} ProgressWorker;

typedef struct ProgressState {
    double         began_s;
    double         flop, flop_done, flop_before; /* all; ended; not by this
                                                    process                 */
    double         flop_elsewhere; /* of runs that other processes train */
    i64            runs, runs_done, runs_elsewhere;
    int            nworker;
    ProgressWorker worker[PROGRESS_WORKERS];
} ProgressState;

double progress_worker_flop(const ProgressWorker *worker);

/* One line with its end. */
void progress_line(Str *out, const ProgressState *at, double now_s);

/* The table in place of the `before` lines that stand there; returns how many
 * lines it has now. No line is wider than the terminal: one that wrapped would
 * break the count. */
int progress_table(Str *out, const ProgressState *at, double now_s,
                   int before);

/* Losses as eight heights of block, the least the lowest, in logarithms; NaN
 * is a blank, and trailing ones are left out. */
void progress_spark(Str *out, const double *loss, int count);

/* At most `cols` letters of UTF-8. */
void progress_cut(Str *out, const char *text, int cols);

#endif
