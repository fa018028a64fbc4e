/* watch_runs.c - see watch_runs.h. */

#include "cli/watch_runs.h"

#include "base/file.h"
#include "base/jot.h"
#include "store/run.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { CURVE_POINTS = 60, STILL_S = 60 };

/* What tells that a file was written since. */
typedef struct Stamp { i64 size, s, ns; } Stamp;

typedef struct WatchedRun {
    char  *id;
    Stamp  record, metrics;
    bool   ended, seen, waiting;
    double flop, flop_planned;
    Str    json;
} WatchedRun;

struct WatchRuns {
    char       *dir;
    i64         count, room;
    WatchedRun *run; /* by id */
};

WatchRuns *watch_runs_open(const char *runs_dir)
{
    WatchRuns *runs = calloc(1, sizeof *runs);
    assert(runs);
    runs->dir = strdup(runs_dir);
    assert(runs->dir);
    return runs;
}

static void forget(WatchedRun *run)
{
    free(run->id);
    str_free(&run->json);
}

void watch_runs_close(WatchRuns *runs)
{
    for (i64 i = 0; i < runs->count; i++)
        forget(&runs->run[i]);
    free(runs->run);
    free(runs->dir);
    free(runs);
}

static Stamp stamp_of(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return (Stamp){ -1, 0, 0 };
    return (Stamp){ st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec };
}

static bool same(Stamp a, Stamp b)
{
    return a.size == b.size && a.s == b.s && a.ns == b.ns;
}

/* -- One run --------------------------------------------------------------- */

/* A few points of the curve, the last among them. */
static void put_curve(Jot *j, const MetricList *list)
{
    const i64 apart = list->count / CURVE_POINTS + 1;
    jot_array(j, "curve");
    for (i64 i = (list->count - 1) % apart; i < list->count; i += apart) {
        jot_array(j, NULL);
        jot_real(j, NULL, list->metric[i].flop);
        jot_real(j, NULL, list->metric[i].train_loss);
        jot_end(j);
    }
    jot_end(j);
}

/* Seconds to the end at the speed of its last log line; NaN if unknown. */
static double left_s(const Run *run, const Metric *last)
{
    const double tokens = (double)(run->steps - last->step)
                        * (double)run->batch_tokens;
    return last->tok_per_s > 0 ? tokens / last->tok_per_s : NAN;
}

static void put_run(Str *out, const Run *run, const char *status,
                    const MetricList *list)
{
    static const Metric none = { .train_loss = NAN, .val_loss = NAN,
                                 .val_bpb = NAN, .tok_per_s = NAN };
    const Metric *last = list->count ? &list->metric[list->count - 1] : &none;
    const bool    ended = run_ended(run);
    Jot           j = jot_open(out);
    jot_object(&j, NULL);
    jot_text(&j, "id", run->id);
    jot_text(&j, "name", run->name);
    jot_text(&j, "group", run->group);
    jot_text(&j, "status", status);
    jot_text(&j, "reason", run->reason);
    jot_real(&j, "n", (double)(run->params.body + run->params.head));
    jot_count(&j, "steps", run->steps);
    jot_count(&j, "step", last->step);
    jot_real(&j, "flop", last->flop);
    jot_real(&j, "flop_planned", run->flop_per_token * (double)run->steps
                                 * (double)run->batch_tokens);
    jot_real(&j, "loss", ended ? run->train_loss : last->train_loss);
    jot_real(&j, "val_loss", ended ? run->val_loss : last->val_loss);
    jot_real(&j, "val_bpb", ended ? run->val_bpb : last->val_bpb);
    jot_real(&j, "left_s", ended ? NAN : left_s(run, last));
    put_curve(&j, list);
    jot_end(&j);
}

/* A run that cannot be read is shown with the reason. */
static void put_broken(Str *out, const char *id, const char *why)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_text(&j, "id", id);
    jot_text(&j, "name", id);
    jot_text(&j, "status", "broken");
    jot_text(&j, "reason", why);
    jot_end(&j);
}

static bool still(Stamp metrics)
{
    return time(NULL) - metrics.s > STILL_S;
}

static void read_again(const WatchRuns *runs, WatchedRun *w)
{
    Arena       arena = { 0 };
    Err         err   = { 0 };
    Run         run;
    MetricList  list  = { 0 };
    const char *dir   = arena_print(&arena, "%s/%s", runs->dir, w->id);
    w->json.size = 0;
    if (!run_read(&run, &arena, dir, &err)
        || !metric_read(&list, &arena, runs->dir, w->id, &err)) {
        put_broken(&w->json, w->id, err.text);
    } else {
        w->ended   = run_ended(&run);
        w->waiting = !w->ended && still(w->metrics);
        w->flop    = list.count ? list.metric[list.count - 1].flop : 0;
        w->flop_planned = run.flop_per_token * (double)run.steps
                        * (double)run.batch_tokens;
        put_run(&w->json, &run, w->ended     ? run.status
                                : w->waiting ? "waiting" : "training", &list);
    }
    arena_free(&arena);
}

/* True if it was read again. */
static bool look(const WatchRuns *runs, WatchedRun *w)
{
    if (w->ended)
        return false;
    Arena       arena = { 0 };
    const char *dir = arena_print(&arena, "%s/%s", runs->dir, w->id);
    const Stamp record  = stamp_of(arena_print(&arena, "%s/run.json", dir));
    const Stamp metrics = stamp_of(arena_print(&arena, "%s/metrics.jsonl",
                                               dir));
    arena_free(&arena);
    const bool grew_still = !w->waiting && still(w->metrics);
    if (same(record, w->record) && same(metrics, w->metrics) && !grew_still)
        return false;
    w->record  = record;
    w->metrics = metrics;
    read_again(runs, w);
    return true;
}

/* -- All of them ----------------------------------------------------------- */

/* Where this id stands, or should. */
static i64 place(const WatchRuns *runs, const char *id)
{
    i64 low = 0, high = runs->count;
    while (low < high) {
        const i64 middle = (low + high) / 2;
        if (strcmp(runs->run[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static WatchedRun *find_or_add(WatchRuns *runs, const char *id)
{
    const i64 at = place(runs, id);
    if (at < runs->count && strcmp(runs->run[at].id, id) == 0)
        return &runs->run[at];
    if (runs->count == runs->room) {
        runs->room = 2 * runs->room + 64;
        runs->run  = realloc(runs->run, (size_t)runs->room
                                            * sizeof *runs->run);
        assert(runs->run);
    }
    memmove(runs->run + at + 1, runs->run + at,
            (size_t)(runs->count - at) * sizeof *runs->run);
    runs->count++;
    runs->run[at] = (WatchedRun){ .id = strdup(id), .record = { -2, 0, 0 } };
    assert(runs->run[at].id);
    return &runs->run[at];
}

/* Runs whose folder is gone are gone here. */
static bool drop_unseen(WatchRuns *runs)
{
    i64 kept = 0;
    for (i64 i = 0; i < runs->count; i++)
        if (runs->run[i].seen)
            runs->run[kept++] = runs->run[i];
        else
            forget(&runs->run[i]);
    const bool any = kept < runs->count;
    runs->count = kept;
    return any;
}

bool watch_runs_look(WatchRuns *runs)
{
    Arena  arena = { 0 };
    Err    err   = { 0 };
    char **name  = NULL;
    i64    count = 0;
    bool   news  = false;
    if (!dir_list(&name, &count, &arena, runs->dir, &err))
        count = 0; /* no run has begun yet */
    for (i64 i = 0; i < runs->count; i++)
        runs->run[i].seen = false;
    for (i64 i = 0; i < count; i++) {
        if (!file_exists(arena_print(&arena, "%s/%s/run.json", runs->dir,
                                     name[i])))
            continue;
        WatchedRun *w = find_or_add(runs, name[i]);
        w->seen = true;
        news |= look(runs, w);
    }
    news |= drop_unseen(runs);
    arena_free(&arena);
    return news;
}

i64 watch_runs_ended(const WatchRuns *runs)
{
    i64 ended = 0;
    for (i64 i = 0; i < runs->count; i++)
        ended += runs->run[i].ended;
    return ended;
}

static void put_list(const WatchRuns *runs, Str *out, bool all)
{
    bool any = false;
    str_put(out, "[");
    for (i64 i = 0; i < runs->count; i++) {
        const WatchedRun *w = &runs->run[i];
        if (w->ended && !all)
            continue;
        str_put(out, any ? "," : "");
        str_bytes(out, w->json.text, w->json.size);
        any = true;
    }
    str_put(out, "]");
}

void watch_runs_now(const WatchRuns *runs, Str *out)
{
    double flop = 0, planned = 0;
    for (i64 i = 0; i < runs->count; i++) {
        flop    += runs->run[i].flop;
        planned += runs->run[i].flop_planned;
    }
    str_add(out, "{\"begun\":%lld,\"ended\":%lld,\"flop\":%.6g,"
            "\"flop_begun\":%.6g,\"runs\":", (long long)runs->count,
            (long long)watch_runs_ended(runs), flop, planned);
    put_list(runs, out, false);
    str_put(out, "}");
}

void watch_runs_all(const WatchRuns *runs, Str *out)
{
    put_list(runs, out, true);
}
