/* know.c - the user's file first, then the folder that SCALELAW_DATA names,
 * then what was embedded when the program was built. */

#include "base/know.h"

#include "base/conf.h"
#include "base/file.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static bool ends_in(const char *text, const char *ending)
{
    const size_t size = strlen(text), tail = strlen(ending);
    return size >= tail && !strcmp(text + size - tail, ending);
}

static bool load_path(const char **text, const char **path, Arena *arena,
                      const char *from, Err *err)
{
    char *read;
    i64   count;
    if (!file_read(&read, &count, arena, from, err))
        return false;
    *text = read;
    *path = arena_text(arena, from);
    return true;
}

static const KnowFile *embedded(const char *path)
{
    for (int i = 0; i < know_count; i++)
        if (!strcmp(know_file[i].path, path))
            return &know_file[i];
    return NULL;
}

/* "laws/chinchilla.law" -> "chinchilla", or NULL where it is of another folder
 * or another ending. */
static const char *bare_name(Arena *arena, const char *path, const char *folder,
                             const char *ending)
{
    const size_t head = strlen(folder);
    if (strncmp(path, folder, head) || path[head] != '/'
        || !ends_in(path, ending))
        return NULL;
    const char *name = path + head + 1;
    return arena_print(arena, "%.*s", (int)(strlen(name) - strlen(ending)),
                       name);
}

int know_names(const char ***names, Arena *arena, const char *folder,
               const char *ending)
{
    int n = 0;
    *names = NEW(arena, const char *, know_count);
    for (int i = 0; i < know_count; i++) {
        const char *name = bare_name(arena, know_file[i].path, folder, ending);
        if (name)
            (*names)[n++] = name;
    }
    return n;
}

static bool unknown(Arena *arena, const char *folder, const char *name,
                    const char *ending, Err *err)
{
    const char **names;
    const int    n = know_names(&names, arena, folder, ending);
    const char  *near = conf_nearest(name, names, n);
    if (near)
        return err_set(err, ERR_USAGE, "%s: not in %s; did you mean %s?", name,
                       folder, near);

    Str list = { 0 };
    for (int i = 0; i < n; i++)
        str_add(&list, "%s%s", i ? ", " : "", names[i]);
    err_set(err, ERR_USAGE, "%s: not in %s; there %s %s, or give the path of a "
            "%s file", name, folder, n == 1 ? "is" : "are",
            n ? list.text : "none", ending);
    str_free(&list);
    return false;
}

bool know_load(const char **text, const char **path, Arena *arena,
               const char *folder, const char *name, const char *ending,
               Err *err)
{
    if (strchr(name, '/') || ends_in(name, ending))
        return load_path(text, path, arena, name, err);

    const char *inside = arena_print(arena, "%s/%s%s", folder, name, ending);
    const char *own = getenv("SCALELAW_DATA");
    if (own && *own) {
        const char *from = arena_print(arena, "%s/%s", own, inside);
        if (file_exists(from))
            return load_path(text, path, arena, from, err);
    }

    const KnowFile *file = embedded(inside);
    if (!file)
        return unknown(arena, folder, name, ending, err);
    char *copy = NEW(arena, char, file->count + 1);
    memcpy(copy, file->bytes, (size_t)file->count);
    *text = copy;
    *path = file->path;
    return true;
}
