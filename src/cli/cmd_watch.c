/* cmd_watch.c - `scalelaw watch`: a study under way, in a browser. Reads the
 * study's folder and nothing else; whether another process trains in it makes
 * no difference, and nothing is ever written there. */

#include "base/opt.h"
#include "cli/cmd.h"
#include "cli/runs_place.h"
#include "cli/watch_server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PORT = 7373, TOKEN_LEAST = 16, TOKEN_MOST = 64 };

typedef struct Args {
    TextList    rest;
    const char *listen, *token;
    i64         port, threads;
    double      every_s;
    bool        helped;
} Args;

static bool args_check(const Args *args, Err *err)
{
    const size_t size = args->token ? strlen(args->token) : TOKEN_LEAST;
    if (args->rest.count > 1)
        return err_set(err, ERR_USAGE, "%s: one study at a time",
                       args->rest.item[1]);
    if (args->port < 0 || args->port > 65535)
        return err_set(err, ERR_USAGE, "--port: %lld is no port; give 1 to "
                       "65535, or 0 for any", (long long)args->port);
    if (!(args->every_s >= 0.05 && args->every_s <= 3600))
        return err_set(err, ERR_USAGE, "--every: %g s; give 0.05 to 3600",
                       args->every_s);
    if (size < TOKEN_LEAST || size > TOKEN_MOST
        || (args->token && strspn(args->token, "0123456789abcdefghijklmnopqrs"
                                  "tuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")
                               != size))
        return err_set(err, ERR_USAGE, "--token: give %d to %d letters, "
                       "digits, - and _", TOKEN_LEAST, TOKEN_MOST);
    if (args->threads < 1 || args->threads > 1024)
        return err_set(err, ERR_USAGE, "--threads: 1 to 1024 is expected");
    return true;
}

static bool args_read(Args *args, Arena *arena, int argc, char **argv, Err *err)
{
    *args = (Args){ .listen = "127.0.0.1", .port = PORT, .every_s = 1,
                    .threads = 1 };
    const Opt opt[] = {
        { .name = "port", .unit = "N", .count = &args->port, .unhashed = true,
          .help = "to listen on; 0: any that is free" },
        { .name = "listen", .unit = "ADDRESS", .text = &args->listen,
          .unhashed = true,
          .help = "of this machine; any but 127.* asks readers for a token" },
        { .name = "token", .unit = "TEXT", .text = &args->token,
          .unhashed = true,
          .help = "what readers must know; made where one is needed" },
        { .name = "every", .unit = "S", .real = &args->every_s,
          .unhashed = true, .help = "seconds between looks at the folder" },
        { .name = "threads", .unit = "N", .count = &args->threads,
          .unhashed = true, .help = "for the fits of the report" },
    };
    const OptTable table = {
        .command = "scalelaw watch",
        .about   = "Serve the report of a study in a browser while it trains, "
                   "for reading only, until interrupted.",
        .opt = opt, .nopt = COUNT_OF(opt),
        .operands = "[STUDY]", .rest = &args->rest, .arena = arena };
    return opt_flags(&table, argc, argv, &args->helped, err)
        && (args->helped || args_check(args, err));
}

/* One address to open. Other machines know this one by a name of their own. */
static void say_address(const WatchPlace *place, i64 port, bool local)
{
    char name[256] = "";
    if (!local && strcmp(place->listen, "0.0.0.0") == 0)
        gethostname(name, sizeof name - 1);
    printf("http://%s:%lld/%s%s\n", *name ? name : place->listen,
           (long long)port, place->token ? "?token=" : "",
           place->token ? place->token : "");
    fflush(stdout);
}

/* SIGINT and SIGTERM are how this command ends; it ends well. They are blocked
 * before the first thread is made, so that only sigwait takes them. */
static void wait_for_end(const sigset_t *ends)
{
    int taken;
    fprintf(stderr, "watching; Ctrl-C ends it\n");
    sigwait(ends, &taken);
}

static bool watch(const Args *args, Arena *arena, Err *err)
{
    const char *given = args->rest.count ? args->rest.item[0] : NULL;
    char        token[WATCH_TOKEN];
    bool        local;
    RunsPlace   runs;
    if (!watch_is_local(&local, args->listen, err)
        || !runs_place_find(&runs, arena, given, err)
        || (!local && !args->token && !watch_token_make(token, err)))
        return false;

    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);

    const WatchPlace place = { .listen = args->listen, .port = args->port,
                               .token = args->token ? args->token
                                      : local       ? NULL : token,
                               .dir = runs.dir };
    WatchBoard  *board = watch_board_open(runs.dir, runs.runs, args->every_s,
                                          (int)args->threads);
    WatchServer *server;
    i64          port;
    const bool   ok = watch_server_open(&server, &port, &place, board, err);
    if (ok) {
        say_address(&place, port, local);
        wait_for_end(&ends);
        watch_board_stop(board);
        watch_server_close(server);
    }
    watch_board_close(board);
    return ok;
}

bool cmd_watch(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  args;
    const bool ok = args_read(&args, &arena, argc, argv, err)
                 && (args.helped || watch(&args, &arena, err));
    arena_free(&arena);
    return ok;
}
