/* bench_peer.c - pipes to a peer and back. PyTorch's script is embedded, and
 * handed to whichever Python has torch. */

#include "cli/bench_peer.h"

#include "base/know.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- which command ----------------------------------------------------- */

/* $SCALELAW_PYTHON first; else the usual ones. Looks for torch and does not
 * load it. */
static const char *python_with_torch(void)
{
    const char *const name[] = { getenv("SCALELAW_PYTHON"), "python3",
                                 "/usr/bin/python3" };
    for (int i = 0; i < COUNT_OF(name); i++) {
        char command[512];
        if (!name[i])
            continue;
        snprintf(command, sizeof command, "%s -c 'import importlib.util as u, "
                 "sys; sys.exit(u.find_spec(\"torch\") is None)' 2>/dev/null",
                 name[i]);
        if (system(command) == 0)
            return name[i];
    }
    return NULL;
}

/* Libraries choose their threads when they are loaded, and a thread that
 * waits by turning takes the core from whoever is timed next. */
static void environment(const BenchOptions *o)
{
    char threads[24];
    snprintf(threads, sizeof threads, "%lld", (long long)o->threads);
    setenv("OMP_NUM_THREADS", threads, 1);
    setenv("OPENBLAS_NUM_THREADS", threads, 1);
    setenv("OMP_WAIT_POLICY", "passive", 0);
}

static void become(const char *command, const char *python,
                   const char *script, const BenchOptions *o)
{
    environment(o);
    if (python)
        execlp(python, python, "-c", script, (char *)NULL);
    else
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    perror(python ? python : command);
    _exit(127);
}

/* ---- a process with two pipes ------------------------------------------ */

static bool begin(Peer *peer, const char *command, const char *python,
                  const char *script, const BenchOptions *o)
{
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
        return false;
    fflush(stdout);
    peer->pid = fork();
    if (peer->pid < 0)
        return false;
    if (peer->pid == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[0]), close(to[1]), close(from[0]), close(from[1]);
        become(command, python, script, o);
    }
    close(to[0]);
    close(from[1]);
    peer->to   = fdopen(to[1], "w");
    peer->from = fdopen(from[0], "r");
    signal(SIGPIPE, SIG_IGN); /* a peer that ends is news, not our end */
    return peer->to && peer->from;
}

/* Ask, and read the one line that comes back; false if none does, or it does
 * not begin with `word`. */
static bool ask(Peer *peer, const char *question, const char *word,
                char *answer, int room)
{
    *answer = '\0';
    if (fprintf(peer->to, "%s\n", question) < 0 || fflush(peer->to) != 0
        || !fgets(answer, room, peer->from))
        return false;
    answer[strcspn(answer, "\n")] = '\0';
    return strncmp(answer, word, strlen(word)) == 0;
}

/* On which clock; or on which device, whose clock is the wall's. */
static const char *where(const BenchOptions *o)
{
    return o->device ? o->device : bench_clock_processor() ? "cpu" : "wall";
}

static bool ready(Peer *peer, const BenchShape *s, const BenchOptions *o)
{
    char question[200], answer[200], line[280];
    snprintf(question, sizeof question, "open %lld %lld %lld %lld %lld %lld "
             "%lld %s%s%s", (long long)s->layers, (long long)s->width,
             (long long)bench_heads(s), (long long)s->vocab,
             (long long)s->batch, (long long)s->context,
             (long long)o->threads, where(o), o->way ? " " : "",
             o->way ? o->way : "");
    if (ask(peer, question, "ready ", answer, sizeof answer)
        && sscanf(answer, "ready %7s %79[^\n]", peer->dtype, peer->name) == 2)
        return true;
    snprintf(line, sizeof line, "no peer: %s",
             *answer ? answer : "it ended before it was ready");
    bench_say(line);
    return false;
}

bool peer_open(Peer *peer, const BenchShape *shape, const BenchOptions *o)
{
    Arena       arena  = { 0 };
    Err         err    = { 0 };
    const bool  known  = !strcmp(o->peer, "auto") || !strcmp(o->peer, "torch");
    const char *python = known ? python_with_torch() : NULL;
    const char *script = NULL, *path;

    *peer = (Peer){ 0 };
    if (!strcmp(o->peer, "none"))
        return false;
    if (known && !python) {
        bench_say("no peer: no python3 with torch is here; "
                  "apt-get install python3-torch");
        return false;
    }
    bool ok = !known || know_load(&script, &path, &arena, "bench",
                                  "peer_torch", ".py", &err);
    ok = ok && begin(peer, o->peer, python, script, o);
    arena_free(&arena);
    if (ok && ready(peer, shape, o))
        return true;
    peer_close(peer);
    return false;
}

double peer_steps(void *self, i64 n)
{
    char question[40], answer[80];
    snprintf(question, sizeof question, "steps %lld", (long long)n);
    return ask(self, question, "took ", answer, sizeof answer)
               ? atof(answer + 5) : NAN;
}

double peer_rss_mb(Peer *peer)
{
    char answer[80];
    return ask(peer, "memory", "peak ", answer, sizeof answer)
               ? 1e-6 * atof(answer + 5) : NAN;
}

double peer_rate(Peer *peer)
{
    char answer[80];
    return ask(peer, "rate", "rate ", answer, sizeof answer)
               ? atof(answer + 5) : NAN;
}

bool peer_tried(Peer *peer, char *words, int room)
{
    if (!ask(peer, "tried", "ways ", words, room))
        return false;
    memmove(words, words + 5, strlen(words + 5) + 1);
    return true;
}

void peer_close(Peer *peer)
{
    if (peer->to)
        fclose(peer->to);
    if (peer->from)
        fclose(peer->from);
    if (peer->pid > 0)
        waitpid(peer->pid, NULL, 0);
    *peer = (Peer){ 0 };
}
