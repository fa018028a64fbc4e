/* walk.c - see walk.h. */

#include "data/walk.h"

#include "base/file.h"
#include "base/str.h"
#include "data/pour.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Walker {
    Walk           *out;
    Arena          *arena;
    const WalkRule *rule;
    i64             room;
} Walker;

static bool matches(const TextList *patterns, const char *path)
{
    for (i64 i = 0; i < patterns->count; i++)
        if (fnmatch(patterns->item[i], path, 0) == 0)
            return true;
    return false;
}

static void take(Walker *w, const char *path)
{
    Walk *out = w->out;
    if (out->count == w->room) {
        w->room = w->room ? 2 * w->room : 64;
        const char **wider = NEW(w->arena, const char *, w->room);
        if (out->count)
            memcpy(wider, out->path, (size_t)out->count * sizeof *wider);
        out->path = wider;
    }
    out->path[out->count++] = path;
}

static void unreadable(Walk *out, const char *path)
{
    if (out->unreadable++ == 0)
        out->unreadable_first = path;
}

/* The beginning tells whether a file is text. */
static void take_if_text(Walker *w, const char *path)
{
    Walk     *out = w->out;
    u8        head[8192];
    const i64 size = pour_peek(head, sizeof head, path);
    if (size < 0)
        unreadable(out, path);
    else if (size == 0)
        out->empty++;
    else if (pour_looks_binary(head, size)) {
        if (out->binary++ == 0)
            out->binary_first = path;
    } else
        take(w, path);
}

static void file_seen(Walker *w, const char *path, const char *name)
{
    const WalkRule *rule = w->rule;
    if (rule->texts && name[0] == '.')
        w->out->hidden++;
    else if ((rule->like.count && !matches(&rule->like, path))
             || matches(&rule->unlike, path))
        w->out->unmatched++;
    else if (rule->texts)
        take_if_text(w, path);
    else
        take(w, path);
}

static void folder_seen(Walker *w, const char *folder)
{
    char **name;
    i64    count;
    Err    why = { 0 };
    if (!dir_list(&name, &count, w->arena, folder, &why)) {
        unreadable(w->out, folder);
        return;
    }
    for (i64 i = 0; i < count; i++) {
        struct stat is;
        const char *path = arena_print(w->arena, "%s/%s", folder, name[i]);
        if (lstat(path, &is) != 0)
            unreadable(w->out, path);
        else if (S_ISLNK(is.st_mode))
            w->out->links++;
        else if (S_ISDIR(is.st_mode) && w->rule->texts && name[i][0] == '.')
            w->out->hidden++;
        else if (S_ISDIR(is.st_mode))
            folder_seen(w, path);
        else if (S_ISREG(is.st_mode))
            file_seen(w, path, name[i]);
        else
            w->out->other++;
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* FNV-1a: a stamp need only change when a file does. */
static u64 stamp_add(u64 stamp, const void *bytes, size_t count)
{
    const u8 *from = bytes;
    for (size_t i = 0; i < count; i++)
        stamp = (stamp ^ from[i]) * 0x100000001b3;
    return stamp;
}

static bool stamp_all(Walk *out, Err *err)
{
    u64 stamp = 0xcbf29ce484222325;
    for (i64 i = 0; i < out->count; i++) {
        struct stat is;
        const char *path = out->path[i];
        if (stat(path, &is) != 0)
            return err_set(err, ERR_IO, "%s: cannot be read: %s", path,
                           strerror(errno));
        stamp = stamp_add(stamp, path, strlen(path) + 1);
        stamp = stamp_add(stamp, &is.st_size, sizeof is.st_size);
        stamp = stamp_add(stamp, &is.st_mtim.tv_sec, sizeof is.st_mtim.tv_sec);
        stamp = stamp_add(stamp, &is.st_mtim.tv_nsec,
                          sizeof is.st_mtim.tv_nsec);
        out->bytes += is.st_size;
    }
    out->stamp = stamp ? stamp : 1; /* 0 means that there is none */
    return true;
}

bool walk(Walk *out, Arena *arena, const char *path, const WalkRule *rule,
          Err *err)
{
    struct stat is;
    *out = (Walk){ 0 };
    if (stat(path, &is) != 0)
        return err_set(err, ERR_IO, "%s: cannot be read: %s", path,
                       strerror(errno));
    if (!S_ISDIR(is.st_mode) && !S_ISREG(is.st_mode))
        return err_set(err, ERR_IO, "%s: neither a file nor a folder; write "
                       "its text to a file first", path);
    if (access(path, R_OK) != 0)
        return err_set(err, ERR_IO, "%s: cannot be read: %s", path,
                       strerror(errno));

    Walker w = { .out = out, .arena = arena, .rule = rule };
    if (S_ISDIR(is.st_mode)) {
        folder_seen(&w, path);
        if (out->count)
            qsort(out->path, (size_t)out->count, sizeof *out->path, by_path);
    } else {
        take(&w, arena_text(arena, path));
    }
    return stamp_all(out, err);
}

const char *walk_left_out(Arena *arena, const Walk *seen)
{
    const struct { i64 count; const char *one, *many, *first; } left[] = {
        { seen->binary, "not text", "not text", seen->binary_first },
        { seen->unreadable, "unreadable", "unreadable",
          seen->unreadable_first },
        { seen->unmatched, "of another name", "of other names", NULL },
        { seen->hidden, "hidden", "hidden", NULL },
        { seen->links, "symbolic link", "symbolic links", NULL },
        { seen->empty, "empty", "empty", NULL },
        { seen->other, "device or pipe", "devices or pipes", NULL },
    };
    Str text = { 0 };
    for (int i = 0; i < COUNT_OF(left); i++) {
        if (!left[i].count)
            continue;
        str_add(&text, "%s%lld %s", text.size ? ", " : "",
                (long long)left[i].count,
                left[i].count == 1 ? left[i].one : left[i].many);
        if (left[i].first)
            str_add(&text, " (first: %s)", left[i].first);
    }
    const char *out = text.size ? arena_text(arena, text.text) : NULL;
    str_free(&text);
    return out;
}
