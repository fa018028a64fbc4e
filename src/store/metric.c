/* metric.c - metrics.jsonl: how a run went, one line a log point.
 *
 *     {"schema":1,"id":"...","config":"..."}
 *     {"step":10,"tokens":20480,"flop":1.2e9,...}
 *
 * A line counts once its line break is written; what stands after the last
 * line break is the trace of a crash. Going on from a checkpoint, the lines
 * that the run is about to write again are cut off first, so that every step
 * stands there once. */

#include "store/field.h"
#include "store/run.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PUT(member) FIELD(Metric, #member, member, NULL)
static const Field metric_field[] = {
    PUT(step),      PUT(tokens), PUT(flop),      PUT(wall_s),   PUT(train_loss),
    PUT(val_loss),  PUT(val_se), PUT(val_bpb),   PUT(lr),       PUT(grad_norm),
    PUT(tok_per_s), PUT(grad_sq_small), PUT(batch_small),
};
enum { NFIELD = COUNT_OF(metric_field) };

struct MetricLog {
    int   fd;
    i64   size; /* of the whole lines */
    char *path;
    Str   line;
};

/* Lines of a mapped file, one after the other. */
typedef struct Lines {
    const char *path, *text;
    i64         size, from, end; /* the line is text[from, end)        */
    i64         number;          /* from 1                             */
} Lines;

static bool line_next(Lines *l)
{
    l->from = l->number ? l->end + 1 : 0;
    if (l->from >= l->size)
        return false;
    const char *stop = memchr(l->text + l->from, '\n',
                              (size_t)(l->size - l->from));
    if (!stop)
        return false; /* torn */
    l->end = stop - l->text;
    l->number++;
    return true;
}

static bool line_parse(json_t **json, const Lines *l, Err *err)
{
    return record_parse(json, l->text + l->from, l->end - l->from, l->path,
                        l->number, err);
}

/* The first line names the run that the others belong to. */
static bool header_check(const Lines *l, const char *id, Err *err)
{
    json_t *json;
    if (!line_parse(&json, l, err))
        return false;

    bool        ok = record_schema(json, RUN_SCHEMA, "log of a run", l->path,
                                   err);
    const char *of = json_get_text(json, "id", "(no id)");
    if (ok && strcmp(of, id) != 0)
        ok = err_set(err, ERR_FORMAT, "%s: is the log of run %s; remove the "
                     "folder to train this run anew", l->path, of);
    json_decref(json);
    return ok;
}

static bool metric_parse(Metric *out, const Lines *l, Err *err)
{
    json_t *json;
    if (!line_parse(&json, l, err))
        return false;

    /* No field is a text or a list: no arena is needed. */
    bool ok = fields_read(out, metric_field, NFIELD, json, true, NULL, err);
    if (!ok)
        err_add(err, "%s:%" PRId64, l->path, l->number);
    json_decref(json);
    return ok;
}

/* How many bytes stay: the header, and the lines up to keep_to_step. A line
 * that cannot be read ends what stays, unless a line that should stay comes
 * after it: then the log is damaged in its middle, and that is said. */
static bool keep_bytes(i64 *keep, Lines l, const char *id, i64 keep_to_step,
                       Err *err)
{
    Err  why = { 0 };
    bool bad = false;

    *keep = 0;
    if (!line_next(&l))
        return true; /* empty, or not even the header is whole */
    if (!header_check(&l, id, err))
        return false;
    *keep = l.end + 1;
    while (keep_to_step > 0 && line_next(&l)) {
        Metric m;
        Err    line_err = { 0 };
        if (!metric_parse(&m, &l, &line_err)) {
            if (!bad)
                why = line_err;
            bad = true;
        } else if (m.step <= keep_to_step) {
            if (bad) {
                *err = why;
                return err_add(err, "damaged before its end; remove the folder "
                               "to train this run anew");
            }
            *keep = l.end + 1;
        } else {
            break;
        }
    }
    return true;
}

static bool refused(const MetricLog *log, Err *err)
{
    return err_set(err, ERR_IO, "%s: cannot be written: %s", log->path,
                   strerror(errno));
}

/* One write a line: a crash leaves whole lines and at most one torn one. If
 * the disk refuses, what part of the line it took is taken back. */
static bool line_write(MetricLog *log, Err *err)
{
    i64 done = 0;
    str_put(&log->line, "\n");
    while (done < log->line.size) {
        const ssize_t n = write(log->fd, log->line.text + done,
                                (size_t)(log->line.size - done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            refused(log, err);
            if (ftruncate(log->fd, log->size) != 0)
                err_add(err, "a torn line stays");
            return false;
        }
        done += n;
    }
    log->size += done;
    return true;
}

/* Cuts the line buffer back to empty, keeping its memory. */
static Jot line_open(MetricLog *log)
{
    log->line.size = 0;
    return jot_open(&log->line);
}

static bool header_write(MetricLog *log, const Run *run, Err *err)
{
    Jot j = line_open(log);
    jot_object(&j, NULL);
    jot_count(&j, "schema", RUN_SCHEMA);
    jot_text(&j, "id", run->id);
    jot_text(&j, "config", run->config);
    jot_end(&j);
    return line_write(log, err);
}

static bool keep_find(i64 *keep, const char *path, const char *id,
                      i64 keep_to_step, Err *err)
{
    FileMap map;
    *keep = 0;
    if (!file_exists(path))
        return true;
    if (!file_map(&map, path, err))
        return false;

    const Lines lines = { .path = path, .text = (const char *)map.bytes,
                          .size = map.count };
    const bool ok = keep_bytes(keep, lines, id, keep_to_step, err);
    file_unmap(&map);
    return ok;
}

static bool log_open(MetricLog *log, const Run *run, i64 keep_to_step, Err *err)
{
    if (!keep_find(&log->size, log->path, run->id, keep_to_step, err))
        return false;
    log->fd = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (log->fd < 0 || ftruncate(log->fd, log->size) != 0)
        return refused(log, err);
    return log->size > 0 || header_write(log, run, err);
}

bool metric_open(MetricLog **out, const Run *run, const char *runs_dir,
                 i64 keep_to_step, Err *err)
{
    Str dir = { 0 };
    str_add(&dir, "%s/%s", runs_dir, run->id);
    *out = NULL;

    bool ok = dir_make(dir.text, err);
    if (ok) {
        MetricLog *log = calloc(1, sizeof *log);
        if (!log)
            ok = err_set(err, ERR_IO, "%s: no memory for its log", dir.text);
        else {
            str_put(&dir, "/metrics.jsonl");
            *log = (MetricLog){ .fd = -1, .path = dir.text };
            dir  = (Str){ 0 };
            ok   = log_open(log, run, keep_to_step, err);
            if (ok)
                *out = log;
            else
                metric_close(log);
        }
    }
    str_free(&dir);
    return ok;
}

bool metric_put(MetricLog *log, const Metric *metric, Err *err)
{
    Jot j = line_open(log);
    jot_object(&j, NULL);
    fields_jot(&j, metric_field, NFIELD, metric, true);
    jot_end(&j);
    return line_write(log, err);
}

void metric_close(MetricLog *log)
{
    if (!log)
        return;
    if (log->fd >= 0)
        close(log->fd);
    free(log->path);
    str_free(&log->line);
    free(log);
}

static i64 lines_count(Lines l)
{
    while (line_next(&l))
        ;
    return l.number;
}

static bool metrics_parse(MetricList *out, Arena *arena, Lines l,
                          const char *id, Err *err)
{
    const i64 nline = lines_count(l);
    if (nline == 0)
        return true;
    out->metric = NEW(arena, Metric, nline);
    if (!line_next(&l) || !header_check(&l, id, err))
        return false;
    while (line_next(&l))
        if (!metric_parse(&out->metric[out->count++], &l, err))
            return err_add(err, "damaged; remove the folder to train this run "
                           "anew");
    return true;
}

bool metric_read(MetricList *out, Arena *arena, const char *runs_dir,
                 const char *id, Err *err)
{
    FileMap     map;
    const char *path = arena_print(arena, "%s/%s/metrics.jsonl", runs_dir, id);

    *out = (MetricList){ 0 };
    if (!file_exists(path))
        return true; /* a run without a log has no points */
    if (!file_map(&map, path, err))
        return false;
    const Lines lines = { .path = path, .text = (const char *)map.bytes,
                          .size = map.count };
    const bool ok = metrics_parse(out, arena, lines, id, err);
    file_unmap(&map);
    return ok;
}
