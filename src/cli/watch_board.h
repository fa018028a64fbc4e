/* watch_board.h - what is known of a study under way, shared by the thread
 * that looks at the folder and those that serve readers.
 *
 * Three texts, each with a number that grows when it changes: `now` (the runs
 * that train, watch_runs.h), `all` (every run), `report` (the page, as HTML;
 * before there are runs enough for a law, a page that says so). A reader
 * waits for a number that it has not seen. */

#ifndef WATCH_BOARD_H
#define WATCH_BOARD_H

#include "base/err.h"
#include "base/str.h"

typedef enum WatchText { WATCH_NOW, WATCH_ALL, WATCH_REPORT, WATCH_TEXTS }
    WatchText;

typedef struct WatchBoard WatchBoard;

/* Looks once before it returns, then every so many seconds on a thread of its
 * own, until it is closed. Writes nothing into the study. `runs` is the folder
 * of its runs. */
WatchBoard *watch_board_open(const char *dir, const char *runs, double every_s,
                             int threads);
void        watch_board_close(WatchBoard *board);

/* Ends every wait, now and later. */
void watch_board_stop(WatchBoard *board);

/* A copy of a text; returns its number. */
i64 watch_board_copy(WatchBoard *board, WatchText which, Str *out);

/* Wait until a text's number is another than seen[], at most so many seconds.
 * seen[] is brought up to date and changed[] tells which. False when stopped. */
bool watch_board_wait(WatchBoard *board, i64 seen[WATCH_TEXTS],
                      bool changed[WATCH_TEXTS], double most_s);

#endif
