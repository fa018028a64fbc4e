/* watch_server.h - the board over HTTP, for reading only.
 *
 *     /            the page that shows it all (pages/watch.html)
 *     /report      the report as of now
 *     /runs.json   every run           /now.json   those that train
 *     /events      both, and the report's number, as server-sent events
 *     /figures/NAME.svg .csv, /planner.html   as the study has them on disk
 *
 * On 127.0.0.1 anybody on this machine may read; requests that name another
 * host are refused, so that no web page elsewhere can reach in through a name
 * of its own (DNS rebinding). Listening elsewhere takes a token: with each
 * request as ?token=..., or in the cookie that the first one leaves. */

#ifndef WATCH_SERVER_H
#define WATCH_SERVER_H

#include "cli/watch_board.h"

enum { WATCH_TOKEN = 33 };

typedef struct WatchPlace {
    const char *listen;  /* an IPv4 address: "127.0.0.1"           */
    i64         port;    /* 0: any that is free                    */
    const char *token;   /* NULL: none is asked for                */
    const char *dir;     /* the study                              */
} WatchPlace;

typedef struct WatchServer WatchServer;

/* Whether an address is of this machine alone. False, in words, if it is no
 * address. */
bool watch_is_local(bool *local, const char *address, Err *err) MUST_USE;

/* 128 bits that nobody can guess, as text. */
bool watch_token_make(char out[WATCH_TOKEN], Err *err) MUST_USE;

/* *port: the one that it listens on. */
bool watch_server_open(WatchServer **out, i64 *port, const WatchPlace *place,
                       WatchBoard *board, Err *err) MUST_USE;

/* The board must be stopped before: that ends the streams. */
void watch_server_close(WatchServer *server);

#endif
