/* run.c - the run record on disk.
 *
 * A run is finished when DONE says so, and DONE is written last. It holds
 *
 *     HASH  run.json          the SHA-256 of run.json (sha256sum -c DONE)
 *     # metrics.jsonl BYTES   how long the log was
 *
 * and it is believed only if it is, byte for byte, what would be written now.
 * So whatever was cut short, mixed up or edited shows as a run that is broken
 * or not finished, and never as a result. */

#include "store/run_field.h"

#include "base/file.h"
#include "base/hash.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DONE_ROOM = HASH_HEX + 64 };

/* Names become folders: what a shell or a file system could take for
 * something else becomes a dash. */
static char tame(char c, bool first)
{
    const bool plain = isalnum((unsigned char)c) && (unsigned char)c < 128;
    return plain || (c && strchr("_+=.", c) && !(first && c == '.')) ? c : '-';
}

void run_id(char out[96], const char *name, const char *hashed_config,
            const char *corpus_sha256, const char *code)
{
    enum { NAME_MAX_BYTES = 80 };
    char hex[HASH_HEX];
    Str  all = { 0 };

    /* Zero bytes between, so that no two different triples run together. */
    str_bytes(&all, hashed_config, (i64)strlen(hashed_config) + 1);
    str_bytes(&all, corpus_sha256, (i64)strlen(corpus_sha256) + 1);
    str_bytes(&all, code, (i64)strlen(code));
    hash_sha256(hex, all.text, all.size);
    str_free(&all);

    int size = 0;
    for (; name[size] && size < NAME_MAX_BYTES; size++)
        out[size] = tame(name[size], size == 0);
    snprintf(out + size, 96 - (size_t)size, "-%.8s", hex);
}

static bool id_is_plain(const char *id)
{
    return id && *id && *id != '.' && !strchr(id, '/') && strlen(id) < 96;
}

/* The bytes of metrics.jsonl; none where there is no log. */
static i64 metrics_bytes(const char *dir)
{
    char        path[4096];
    struct stat st;
    snprintf(path, sizeof path, "%s/metrics.jsonl", dir);
    return stat(path, &st) == 0 ? (i64)st.st_size : 0;
}

static void done_text(char out[DONE_ROOM], const char *dir, const char *record,
                      i64 size)
{
    char hex[HASH_HEX];
    hash_sha256(hex, record, size);
    snprintf(out, DONE_ROOM, "%s  run.json\n# metrics.jsonl %" PRId64 "\n", hex,
             metrics_bytes(dir));
}

/* Why DONE is not what it would be if it were written now, in words. */
static bool done_refused(const char *done, const char *want, const char *dir,
                         Err *err)
{
    const size_t size  = strlen(done), hash = HASH_HEX - 1;
    const size_t fixed = strlen(strchr(want, ' ')) - strlen(strrchr(want, ' '));
    const bool   whole = size > hash + fixed && done[size - 1] == '\n'
                         && !strncmp(done + hash, want + hash, fixed);
    const char  *why   = "is cut short or was edited";

    if (whole && strncmp(done, want, hash) != 0)
        why = "does not match run.json";
    else if (whole)
        why = "does not match the length of metrics.jsonl";
    return err_set(err, ERR_FORMAT, "%s/DONE: %s; remove the folder to train "
                   "this run anew", dir, why);
}

/* The folder's own name: a record that lies in a folder of another name is a
 * copy, and would count the same run twice. */
static bool lies_at_home(const Run *run, const char *dir, Err *err)
{
    char *real = realpath(dir, NULL);
    if (!real)
        return err_set(err, ERR_IO, "%s: %s", dir, strerror(errno));

    const char *slash = strrchr(real, '/');
    const char *name  = slash ? slash + 1 : real;
    const bool  home  = run->id && strcmp(name, run->id) == 0;
    free(real);
    if (home)
        return true;
    return err_set(err, ERR_FORMAT, "%s/run.json: is the record of run %s, "
                   "copied or renamed; give the folder that name, or remove it",
                   dir, run->id ? run->id : "(no id)");
}

/* What stands in run.json. Without DONE only an interruption is an end. */
static bool record_read(Run *out, Arena *arena, const char *path,
                        const char *text, i64 size, bool done, Err *err)
{
    json_t *json;
    if (!record_parse(&json, text, size, path, 1, err))
        return err_add(err, "a run record cut short or edited");

    const char *status = json_get_text(json, "status", NULL);
    const bool  ended  = status && (done || !strcmp(status, "interrupted"));
    bool ok = record_schema(json, RUN_SCHEMA, "run record", path, err);
    if (ok && !fields_read(out, run_field, run_nfield, json, ended, arena, err))
        ok = err_add(err, "%s", path);
    if (ok && done && !ended)
        ok = err_set(err, ERR_FORMAT, "%s: has no status, though DONE stands "
                     "beside it; remove the folder to train this run anew",
                     path);
    json_decref(json);
    return ok;
}

/* DONE is read before run.json: if it is there, run.json is final, even while
 * another process is finishing this very run. */
static bool texts_load(char **done, char **text, i64 *size, Arena *arena,
                       const char *dir, Err *err)
{
    const char *done_path = arena_print(arena, "%s/DONE", dir);
    const char *path      = arena_print(arena, "%s/run.json", dir);
    i64         done_size;

    *done = NULL;
    if (!file_is_dir(dir))
        return err_set(err, ERR_IO, "%s: no such run folder", dir);
    if (!file_exists(path))
        return err_set(err, ERR_FORMAT, "%s: has no run.json: the run never "
                       "began; start it again, or remove the folder", dir);
    if (file_exists(done_path)
        && !record_load(done, &done_size, arena, done_path, err))
        return false;
    return record_load(text, size, arena, path, err);
}

bool run_read(Run *out, Arena *arena, const char *dir, Err *err)
{
    char *done, *text, want[DONE_ROOM];
    i64   size;

    memset(out, 0, sizeof *out);
    if (!texts_load(&done, &text, &size, arena, dir, err))
        return false;

    const char *path = arena_print(arena, "%s/run.json", dir);
    if (!record_read(out, arena, path, text, size, done != NULL, err)
        || !lies_at_home(out, dir, err))
        return false;
    if (!done)
        return true;
    done_text(want, dir, text, size);
    return strcmp(done, want) == 0 || done_refused(done, want, dir, err);
}

bool run_ended(const Run *run)
{
    return run->status && strcmp(run->status, "interrupted") != 0;
}

bool run_finished(const char *runs_dir, const char *id)
{
    Arena arena = { 0 };
    Err   err   = { 0 };
    Run   run;

    const char *dir  = arena_print(&arena, "%s/%s", runs_dir, id);
    const bool  done = run_read(&run, &arena, dir, &err) && run_ended(&run);
    arena_free(&arena);
    return done;
}

/* A record that stands already may be rewritten, unless that would lose what
 * cannot be had again: a finished result, or what another version wrote. */
static bool may_write(const char *dir, const char *path, bool finished,
                      Err *err)
{
    Arena   arena = { 0 };
    Err     why   = { 0 };
    Run     run;
    char   *text;
    i64     size;
    json_t *json = NULL;
    bool    ok   = true;

    if (file_exists(path)
        && record_load(&text, &size, &arena, path, &why)
        && record_parse(&json, text, size, path, 1, &why)) {
        ok = record_schema(json, RUN_SCHEMA, "run record", path, err);
        if (ok && !finished && run_read(&run, &arena, dir, &why)
            && run_ended(&run))
            ok = err_set(err, ERR_USAGE, "%s: this run is finished (%s); "
                         "remove the folder to train it anew", dir, run.status);
        json_decref(json);
    }
    arena_free(&arena);
    return ok;
}

/* The log lies on the disk before DONE vouches for its length. */
static bool metrics_sync(const char *dir, Err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/metrics.jsonl", dir);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    const bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool record_text(Str *out, const Run *run, const char *path, Err *err)
{
    Jot j = jot_open(out);
    run_jot(&j, NULL, run);
    str_put(out, "\n");
    return record_try(out, path, err);
}

static bool write_in(const char *dir, const char *path, const char *done_path,
                     const Str *text, bool finished, Err *err)
{
    char done[DONE_ROOM];

    if (!may_write(dir, path, finished, err))
        return false;
    if (unlink(done_path) != 0 && errno != ENOENT)
        return err_set(err, ERR_IO, "%s: %s", done_path, strerror(errno));
    if (!file_write(path, text->text, text->size, err))
        return false;
    if (!finished)
        return true;
    if (!metrics_sync(dir, err))
        return false;
    done_text(done, dir, text->text, text->size);
    return file_write(done_path, done, (i64)strlen(done), err);
}

bool run_write(const Run *run, const char *runs_dir, bool finished, Err *err)
{
    assert(id_is_plain(run->id));
    assert(!finished || run_ended(run));

    Arena arena = { 0 };
    Str   text  = { 0 };
    const char *dir  = arena_print(&arena, "%s/%s", runs_dir, run->id);
    const char *path = arena_print(&arena, "%s/run.json", dir);
    const char *done = arena_print(&arena, "%s/DONE", dir);

    const bool ok = strlen(path) < 4096 - 32
        ? dir_make(dir, err) && record_text(&text, run, path, err)
              && write_in(dir, path, done, &text, finished, err)
        : err_set(err, ERR_IO, "%.200s...: the path is too long", path);
    str_free(&text);
    arena_free(&arena);
    return ok;
}
