/* watch_board.c - see watch_board.h.
 *
 * A report is made again when a run has ended since, but no more than a tenth
 * of the time is spent on it: a study that trains on these cores must not be
 * slowed by being looked at. */

#include "cli/watch_board.h"

#include "cli/watch_runs.h"
#include "report/report.h"
#include "report/xml.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct WatchBoard {
    char           *dir;
    double          every_s;
    int             threads;
    WatchRuns      *runs;
    pthread_t       looker;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t  news;
    bool            stopped;
    Str             text[WATCH_TEXTS];
    i64             number[WATCH_TEXTS];
};

static double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Waits on the board are by this clock, which nobody sets back. */
static struct timespec after(double seconds)
{
    const double   at = clock_s() + seconds;
    struct timespec t = { .tv_sec = (time_t)at };
    t.tv_nsec = (long)(1e9 * (at - (double)t.tv_sec));
    return t;
}

static void post(WatchBoard *board, WatchText which, Str *text)
{
    pthread_mutex_lock(&board->lock);
    const Str old = board->text[which];
    board->text[which] = *text;
    board->number[which]++;
    pthread_cond_broadcast(&board->news);
    pthread_mutex_unlock(&board->lock);
    *text = old;
    str_free(text);
}

/* -- Looking --------------------------------------------------------------- */

/* A page in place of a report that cannot be made. */
static void page_of_words(Str *out, const char *words)
{
    str_put(out, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
            "<title>no report yet</title><style>:root{color-scheme:light dark}"
            "body{font:16px/1.5 system-ui,sans-serif;max-width:46em;"
            "margin:3em auto;padding:0 1em}</style><h1>No report yet</h1><p>");
    xml_text(out, words);
    str_put(out, "</p><p>It appears here as soon as the finished runs are "
            "enough.</p></html>\n");
}

static void post_report(WatchBoard *board)
{
    Arena    arena = { 0 };
    Err      err   = { 0 };
    Str      page  = { 0 };
    Analysis analysis;
    if (analysis_make(&analysis, &arena, board->dir, board->threads, &err))
        report_page(&page, &analysis);
    else
        page_of_words(&page, err.text);
    post(board, WATCH_REPORT, &page);
    arena_free(&arena);
}

static void post_runs(WatchBoard *board)
{
    Str now = { 0 }, all = { 0 };
    watch_runs_now(board->runs, &now);
    watch_runs_all(board->runs, &all);
    post(board, WATCH_NOW, &now);
    post(board, WATCH_ALL, &all);
}

static bool stopped_after(WatchBoard *board, double seconds)
{
    const struct timespec until = after(seconds);
    pthread_mutex_lock(&board->lock);
    int rest = 0;
    while (!board->stopped && rest == 0)
        rest = pthread_cond_timedwait(&board->news, &board->lock, &until);
    const bool stopped = board->stopped;
    pthread_mutex_unlock(&board->lock);
    return stopped;
}

static void *look_on(void *self)
{
    WatchBoard *board = self;
    i64         reported = -1;
    double      due = 0;
    do {
        if (watch_runs_look(board->runs))
            post_runs(board);
        const i64 ended = watch_runs_ended(board->runs);
        if (ended != reported && clock_s() >= due) {
            const double began = clock_s();
            post_report(board);
            reported = ended;
            due      = clock_s() + 9 * (clock_s() - began);
        }
    } while (!stopped_after(board, board->every_s));
    return NULL;
}

/* -- Opening and closing --------------------------------------------------- */

WatchBoard *watch_board_open(const char *dir, const char *runs, double every_s,
                             int threads)
{
    WatchBoard *board = calloc(1, sizeof *board);
    assert(board);
    *board = (WatchBoard){ .dir = strdup(dir), .every_s = every_s,
                           .threads = threads,
                           .runs = watch_runs_open(runs) };
    assert(board->dir);
    pthread_condattr_t by;
    pthread_condattr_init(&by);
    pthread_condattr_setclock(&by, CLOCK_MONOTONIC);
    pthread_mutex_init(&board->lock, NULL);
    pthread_cond_init(&board->news, &by);
    pthread_condattr_destroy(&by);

    watch_runs_look(board->runs);
    post_runs(board);
    Str page = { 0 };
    page_of_words(&page, "The finished runs are being read.");
    post(board, WATCH_REPORT, &page);
    const int failed = pthread_create(&board->looker, NULL, look_on, board);
    assert(!failed);
    return board;
}

void watch_board_stop(WatchBoard *board)
{
    pthread_mutex_lock(&board->lock);
    board->stopped = true;
    pthread_cond_broadcast(&board->news);
    pthread_mutex_unlock(&board->lock);
}

void watch_board_close(WatchBoard *board)
{
    watch_board_stop(board);
    pthread_join(board->looker, NULL);
    watch_runs_close(board->runs);
    for (int i = 0; i < WATCH_TEXTS; i++)
        str_free(&board->text[i]);
    pthread_cond_destroy(&board->news);
    pthread_mutex_destroy(&board->lock);
    free(board->dir);
    free(board);
}

/* -- Reading --------------------------------------------------------------- */

i64 watch_board_copy(WatchBoard *board, WatchText which, Str *out)
{
    pthread_mutex_lock(&board->lock);
    str_bytes(out, board->text[which].text, board->text[which].size);
    const i64 number = board->number[which];
    pthread_mutex_unlock(&board->lock);
    return number;
}

static bool any_news(const WatchBoard *board, const i64 seen[WATCH_TEXTS])
{
    return memcmp(seen, board->number, sizeof board->number) != 0;
}

bool watch_board_wait(WatchBoard *board, i64 seen[WATCH_TEXTS],
                      bool changed[WATCH_TEXTS], double most_s)
{
    const struct timespec until = after(most_s);
    pthread_mutex_lock(&board->lock);
    int rest = 0;
    while (!board->stopped && !any_news(board, seen) && rest == 0)
        rest = pthread_cond_timedwait(&board->news, &board->lock, &until);
    for (int i = 0; i < WATCH_TEXTS; i++) {
        changed[i] = seen[i] != board->number[i];
        seen[i]    = board->number[i];
    }
    const bool going = !board->stopped;
    pthread_mutex_unlock(&board->lock);
    return going;
}
