/* progress_draw.c - see progress_draw.h. */

#include "sweep/progress_draw.h"

#include "base/clock.h"

#include <math.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLS = 80, ROWS = 24, NAME = 24, NAMED = 8 };

double progress_worker_flop(const ProgressWorker *w)
{
    return w->busy && w->steps > 0
         ? w->flop * (double)w->step / (double)w->steps : 0;
}

static double done_flop(const ProgressState *at)
{
    double done = at->flop_done + at->flop_elsewhere;
    for (int i = 0; i < at->nworker; i++)
        done += progress_worker_flop(&at->worker[i]);
    return done;
}

/* `unknown` stands where it cannot be told yet; nothing where nothing is left. */
static void time_left(Str *out, double rest, double here, double spent,
                      const char *unknown)
{
    if (rest <= 0)
        return;
    if (here <= 0 || spent < 2) {
        str_put(out, unknown);
        return;
    }
    char words[24];
    clock_words(words, rest / (here / spent));
    str_add(out, "  %s left", words);
}

static void elsewhere(Str *out, const ProgressState *at)
{
    i64 device = 0;
    for (int i = 0; i < at->nworker; i++)
        device += at->worker[i].busy && at->worker[i].device;
    if (device > 0)
        str_add(out, "  (%lld on the device)", (long long)device);
    if (at->runs_elsewhere > 0)
        str_add(out, "  (%lld by others)", (long long)at->runs_elsewhere);
}

/* -- One line -------------------------------------------------------------- */

void progress_line(Str *out, const ProgressState *at, double now_s)
{
    const double done = done_flop(at);
    i64          named = 0;
    str_add(out, "[%3.0f %%] %.2e of %.2e FLOP  %lld of %lld runs",
            100 * done / fmax(at->flop, 1), done, at->flop,
            (long long)at->runs_done, (long long)at->runs);
    elsewhere(out, at);
    time_left(out, at->flop - done, done - at->flop_before,
              now_s - at->began_s, "  time left not known yet");
    for (int i = 0; i < at->nworker; i++) {
        const ProgressWorker *w = &at->worker[i];
        if (!w->busy || w->steps < 1 || ++named > NAMED)
            continue;
        str_add(out, "%s%s %.0f %%", named > 1 ? "  " : " | ", w->name,
                100 * (double)w->step / (double)w->steps);
        if (isfinite(w->loss))
            str_add(out, " %.3f", w->loss);
    }
    if (named > NAMED)
        str_add(out, "  and %lld more", (long long)(named - NAMED));
    str_put(out, "\n");
}

/* -- A table --------------------------------------------------------------- */

void progress_spark(Str *out, const double *loss, int count)
{
    double low = INFINITY, high = -INFINITY;
    while (count > 0 && !isfinite(loss[count - 1]))
        count--;
    for (int i = 0; i < count; i++)
        if (loss[i] > 0 && isfinite(loss[i])) {
            low  = fmin(low, log(loss[i]));
            high = fmax(high, log(loss[i]));
        }
    for (int i = 0; i < count; i++) {
        const double share = high > low ? (log(loss[i]) - low) / (high - low)
                                        : 0;
        if (!(loss[i] > 0) || !isfinite(loss[i]))
            str_put(out, " ");
        else /* U+2581 to U+2588 */
            str_add(out, "\xe2\x96%c", 0x81 + (int)(7 * share + 0.5));
    }
}

void progress_cut(Str *out, const char *text, int cols)
{
    const char *end = text;
    while (*end && cols-- > 0)
        for (end++; ((u8)*end & 0xc0) == 0x80; end++)
            ;
    str_bytes(out, end == text ? "" : text, end - text);
}

static void row_make(Str *out, const ProgressWorker *w, double now_s)
{
    const double share = (double)w->step / (double)w->steps;
    str_add(out, "%-*.*s %3.0f %%", NAME, NAME, w->name, 100 * share);
    if (isfinite(w->loss))
        str_add(out, "  loss %.3f  ", w->loss);
    const i64 size = out->size;
    progress_spark(out, w->spark, PROGRESS_SPARK);
    for (i64 cells = (out->size - size) / 3; cells < PROGRESS_SPARK; cells++)
        str_put(out, " ");
    time_left(out, (double)(w->steps - w->step),
              (double)(w->step - w->step_before), now_s - w->began_s, "");
}

static void head_make(Str *out, const ProgressState *at, double now_s)
{
    const double done = done_flop(at);
    str_add(out, "%3.0f %%  %lld of %lld runs  spent %.3g, left %.3g FLOP",
            100 * done / fmax(at->flop, 1), (long long)at->runs_done,
            (long long)at->runs, done, fmax(0, at->flop - done));
    elsewhere(out, at);
    time_left(out, at->flop - done, done - at->flop_before,
              now_s - at->began_s, "  time left not known yet");
}

/* A line in place of what stands there. */
static void put(Str *out, Str *line, int cols)
{
    str_put(out, "\r\033[K");
    progress_cut(out, line->text, cols);
    str_put(out, "\n");
    line->size = 0;
}

static void size_of(int *cols, int *rows)
{
    struct winsize size;
    *cols = COLS;
    *rows = ROWS;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
        return;
    *cols = size.ws_col > 0 ? size.ws_col : COLS;
    *rows = size.ws_row > 1 ? size.ws_row : ROWS;
}

int progress_table(Str *out, const ProgressState *at, double now_s, int before)
{
    int cols, rows, lines = 1;
    Str line = { 0 };
    size_of(&cols, &rows);
    if (before > 0)
        str_add(out, "\033[%dA", before);
    head_make(&line, at, now_s);
    put(out, &line, cols - 1);
    for (int i = 0; i < at->nworker && lines < rows - 1; i++) {
        const ProgressWorker *w = &at->worker[i];
        if (!w->busy || w->steps < 1)
            continue;
        row_make(&line, w, now_s);
        put(out, &line, cols - 1);
        lines++;
    }
    str_free(&line);
    str_put(out, "\033[J"); /* rows of workers that have ended */
    return lines;
}
