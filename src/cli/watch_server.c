/* watch_server.c - see watch_server.h.
 *
 * A thread a connection: a stream of events is then a loop that waits, and a
 * slow reader holds up nobody. There are at most CONNECTIONS of them. */

#include "cli/watch_server.h"

#include "base/file.h"
#include "base/know.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { CONNECTIONS = 64, QUIET_S = 15, CHUNK = 4096 };

struct WatchServer {
    struct MHD_Daemon *daemon;
    WatchPlace         place;
    bool               local;
    WatchBoard        *board;
};

typedef struct MHD_Connection Connection;
typedef struct MHD_Response   Response;

/* -- Answers --------------------------------------------------------------- */

/* Nothing from elsewhere may be loaded or shown, whatever a run is called. */
static const char policy[] =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; frame-src 'self'; img-src 'self' data: blob:; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'";

static enum MHD_Result send_response(Connection *c, unsigned status,
                                     Response *response, const char *type)
{
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Content-Security-Policy", policy);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    const enum MHD_Result sent = MHD_queue_response(c, status, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result send_bytes(Connection *c, unsigned status,
                                  const void *bytes, i64 count,
                                  const char *type)
{
    return send_response(c, status,
                         MHD_create_response_from_buffer_with_free_callback(
                             (size_t)count,
                             memcpy(malloc((size_t)count + 1), bytes,
                                    (size_t)count), free),
                         type);
}

static enum MHD_Result send_words(Connection *c, unsigned status,
                                  const char *words)
{
    return send_bytes(c, status, words, (i64)strlen(words),
                      "text/plain; charset=utf-8");
}

static enum MHD_Result send_board(Connection *c, WatchBoard *board,
                                  WatchText which, const char *type)
{
    Str text = { 0 };
    watch_board_copy(board, which, &text);
    const enum MHD_Result sent = send_bytes(
        c, MHD_HTTP_OK, text.text ? text.text : "", text.size, type);
    str_free(&text);
    return sent;
}

static enum MHD_Result send_page(Connection *c)
{
    for (int i = 0; i < know_count; i++)
        if (strcmp(know_file[i].path, "pages/watch.html") == 0)
            return send_bytes(c, MHD_HTTP_OK, know_file[i].bytes,
                              know_file[i].count, "text/html; charset=utf-8");
    return send_words(c, MHD_HTTP_INTERNAL_SERVER_ERROR, "no page\n");
}

/* -- Files of the study ---------------------------------------------------- */

/* What may be asked for: a letter, digits, - and _, and one of the endings. */
static const char *file_type(const char *path)
{
    static const struct { const char *ending, *type; } known[] = {
        { ".svg", "image/svg+xml" }, { ".csv", "text/csv; charset=utf-8" },
    };
    if (strcmp(path, "/planner.html") == 0)
        return "text/html; charset=utf-8";
    if (strncmp(path, "/figures/", 9) != 0)
        return NULL;
    const char *end = path + 9;
    while (isalnum((unsigned char)*end) || *end == '_' || *end == '-')
        end++;
    for (int i = 0; i < COUNT_OF(known); i++)
        if (end > path + 9 && strcmp(end, known[i].ending) == 0)
            return known[i].type;
    return NULL;
}

static enum MHD_Result send_file(Connection *c, const char *dir,
                                 const char *path, const char *type)
{
    Arena  arena = { 0 };
    Err    err   = { 0 };
    char  *text;
    i64    count;
    const bool read = file_read(&text, &count, &arena,
                                arena_print(&arena, "%s%s", dir, path), &err);
    const enum MHD_Result sent
        = read ? send_bytes(c, MHD_HTTP_OK, text, count, type)
               : send_words(c, MHD_HTTP_NOT_FOUND, "not there yet: `scalelaw "
                            "report` writes it, and so does a study at its "
                            "end\n");
    arena_free(&arena);
    return sent;
}

/* -- Events ---------------------------------------------------------------- */

typedef struct Stream {
    WatchBoard *board;
    i64         seen[WATCH_TEXTS];
    Str         out;
    i64         sent; /* of out */
} Stream;

static void stream_fill(Stream *s, const bool changed[WATCH_TEXTS])
{
    s->out.size = s->sent = 0;
    if (changed[WATCH_NOW]) {
        str_put(&s->out, "event: now\ndata: ");
        watch_board_copy(s->board, WATCH_NOW, &s->out);
        str_put(&s->out, "\n\n");
    }
    if (changed[WATCH_ALL])
        str_add(&s->out, "event: runs\ndata: %lld\n\n",
                (long long)s->seen[WATCH_ALL]);
    if (changed[WATCH_REPORT])
        str_add(&s->out, "event: report\ndata: %lld\n\n",
                (long long)s->seen[WATCH_REPORT]);
    if (s->out.size == 0) /* so that a reader who left is noticed */
        str_put(&s->out, ":\n\n");
}

static ssize_t stream_read(void *self, u64 at, char *out, size_t room)
{
    Stream *s = self;
    (void)at;
    if (s->sent == s->out.size) {
        bool changed[WATCH_TEXTS];
        if (!watch_board_wait(s->board, s->seen, changed, QUIET_S))
            return MHD_CONTENT_READER_END_OF_STREAM;
        stream_fill(s, changed);
    }
    const i64 count = i64_min((i64)room, s->out.size - s->sent);
    memcpy(out, s->out.text + s->sent, (size_t)count);
    s->sent += count;
    return (ssize_t)count;
}

static void stream_free(void *self)
{
    Stream *s = self;
    str_free(&s->out);
    free(s);
}

static enum MHD_Result send_events(Connection *c, WatchBoard *board)
{
    Stream *s = calloc(1, sizeof *s);
    assert(s);
    s->board = board;
    return send_response(c, MHD_HTTP_OK,
                         MHD_create_response_from_callback(
                             MHD_SIZE_UNKNOWN, CHUNK, stream_read, s,
                             stream_free), "text/event-stream");
}

/* -- Who may read ---------------------------------------------------------- */

static const char *header(Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

/* "localhost:8080" -> is it this machine by one of its own names? */
static bool host_is_local(const char *host)
{
    static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
    for (int i = 0; host && i < COUNT_OF(names); i++) {
        const size_t size = strlen(names[i]);
        if (strncmp(host, names[i], size) == 0
            && (host[size] == '\0' || host[size] == ':'))
            return true;
    }
    return false;
}

/* As long for a near miss as for a far one. */
static bool same_token(const char *given, const char *token)
{
    const size_t size = strlen(token);
    if (!given || strlen(given) != size)
        return false;
    int differ = 0;
    for (size_t i = 0; i < size; i++)
        differ |= given[i] ^ token[i];
    return differ == 0;
}

static const char asks[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<title>scalelaw watch</title><style>:root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:3em auto;max-width:30em;"
    "padding:0 1em}</style><form action=\"/\"><label>Token, as `scalelaw "
    "watch` printed it: <input name=\"token\" type=\"password\" autofocus>"
    "</label> <button>Open</button></form></html>\n";

typedef enum Right { RIGHT_NONE, RIGHT_HOST, RIGHT_COOKIE, RIGHT_TOKEN } Right;

static Right right_of(const WatchServer *server, Connection *c)
{
    if (!server->place.token)
        return !server->local || host_is_local(header(c, "Host"))
                   ? RIGHT_COOKIE : RIGHT_HOST;
    if (same_token(MHD_lookup_connection_value(c, MHD_COOKIE_KIND, "scalelaw"),
                   server->place.token))
        return RIGHT_COOKIE;
    return same_token(MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND,
                                                  "token"),
                      server->place.token) ? RIGHT_TOKEN : RIGHT_NONE;
}

/* The token leaves the address line, where it would be seen and kept. */
static enum MHD_Result leave_cookie(Connection *c, const char *token)
{
    char cookie[128];
    snprintf(cookie, sizeof cookie,
             "scalelaw=%s; HttpOnly; SameSite=Strict; Path=/", token);
    Response *response = MHD_create_response_from_buffer(
        0, NULL, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Set-Cookie", cookie);
    MHD_add_response_header(response, "Location", "/");
    return send_response(c, MHD_HTTP_SEE_OTHER, response, "text/plain");
}

/* -- Requests -------------------------------------------------------------- */

static enum MHD_Result serve(const WatchServer *server, Connection *c,
                             const char *path)
{
    const char *type = file_type(path);
    if (strcmp(path, "/") == 0)
        return send_page(c);
    if (strcmp(path, "/report") == 0)
        return send_board(c, server->board, WATCH_REPORT,
                          "text/html; charset=utf-8");
    if (strcmp(path, "/runs.json") == 0)
        return send_board(c, server->board, WATCH_ALL, "application/json");
    if (strcmp(path, "/now.json") == 0)
        return send_board(c, server->board, WATCH_NOW, "application/json");
    if (strcmp(path, "/events") == 0)
        return send_events(c, server->board);
    if (type)
        return send_file(c, server->place.dir, path, type);
    return send_words(c, MHD_HTTP_NOT_FOUND, "there is no such page\n");
}

static enum MHD_Result answer(void *self, Connection *c, const char *path,
                              const char *method, const char *version,
                              const char *upload, size_t *upload_size,
                              void **state)
{
    const WatchServer *server = self;
    (void)version, (void)upload, (void)state;
    if (*upload_size > 0 || (strcmp(method, "GET") && strcmp(method, "HEAD"))) {
        *upload_size = 0;
        return send_words(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only for reading\n");
    }
    switch (right_of(server, c)) {
    case RIGHT_HOST:
        return send_words(c, MHD_HTTP_FORBIDDEN, "only as 127.0.0.1 or "
                          "localhost\n");
    case RIGHT_NONE:
        return send_bytes(c, MHD_HTTP_UNAUTHORIZED, asks, sizeof asks - 1,
                          "text/html; charset=utf-8");
    case RIGHT_TOKEN:
        if (strcmp(path, "/") == 0)
            return leave_cookie(c, server->place.token);
        break;
    case RIGHT_COOKIE:
        break;
    }
    return serve(server, c, path);
}

/* -- Opening and closing --------------------------------------------------- */

bool watch_is_local(bool *local, const char *address, Err *err)
{
    struct in_addr in;
    if (inet_pton(AF_INET, address, &in) != 1)
        return err_set(err, ERR_USAGE, "--listen: '%s' is no IPv4 address; "
                       "127.0.0.1 is this machine alone, 0.0.0.0 all that "
                       "reach it", address);
    *local = ntohl(in.s_addr) >> 24 == 127;
    return true;
}

bool watch_token_make(char out[WATCH_TOKEN], Err *err)
{
    u8 bytes[(WATCH_TOKEN - 1) / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return err_set(err, ERR_IO, "no random bytes for a token: %s; give "
                       "one with --token", strerror(errno));
    for (int i = 0; i < COUNT_OF(bytes); i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static struct MHD_Daemon *start(WatchServer *server)
{
    const unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD
                         | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
    struct sockaddr_in at = {
        .sin_family = AF_INET,
        .sin_port   = htons((u16)server->place.port),
    };
    inet_pton(AF_INET, server->place.listen, &at.sin_addr);
    return MHD_start_daemon(
        flags, (u16)server->place.port, NULL, NULL, answer, server,
        MHD_OPTION_SOCK_ADDR, &at,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
        MHD_OPTION_END);
}

bool watch_server_open(WatchServer **out, i64 *port, const WatchPlace *place,
                       WatchBoard *board, Err *err)
{
    WatchServer *server = calloc(1, sizeof *server);
    assert(server);
    *server = (WatchServer){ .place = *place, .board = board };
    if (!watch_is_local(&server->local, place->listen, err)) {
        free(server);
        return false;
    }
    errno = 0;
    server->daemon = start(server);
    if (!server->daemon) {
        const int why = errno;
        free(server);
        return err_set(err, ERR_BUSY, "%s port %lld: cannot be listened on: "
                       "%s; --port=0 takes one that is free", place->listen,
                       (long long)place->port, strerror(why));
    }
    *port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)
                ->port;
    *out  = server;
    return true;
}

void watch_server_close(WatchServer *server)
{
    MHD_stop_daemon(server->daemon);
    free(server);
}
