/* convert.c - see convert.h. */

#include "report/convert.h"

#include "base/file.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char program[] = "rsvg-convert";

/* Is it on the PATH? */
static bool have(const char *name)
{
    Arena       arena = { 0 };
    const char *path  = getenv("PATH");
    char       *rest  = arena_text(&arena, path ? path : "/usr/bin:/bin");
    bool        found = false;
    for (char *dir = strtok_r(rest, ":", &rest); dir && !found;
         dir = strtok_r(NULL, ":", &rest))
        found = access(arena_print(&arena, "%s/%s", dir, name), X_OK) == 0;
    arena_free(&arena);
    return found;
}

bool convert_check(const TextList *formats, Err *err)
{
    for (i64 i = 0; i < formats->count; i++)
        if (strcmp(formats->item[i], "pdf") && strcmp(formats->item[i], "png"))
            return err_set(err, ERR_USAGE, "--formats: '%s' is not pdf or png "
                           "(SVG and CSV are always written)",
                           formats->item[i]);
    if (formats->count > 0 && !have(program))
        return err_set(err, ERR_IO, "%s: not found; it turns figures into PDF "
                       "and PNG: apt-get install librsvg2-bin", program);
    return true;
}

/* A child that ends well, or an error that names the file. */
static bool run(char *const *argv, const char *file, Err *err)
{
    pid_t     child;
    int       status;
    const int failed = posix_spawnp(&child, argv[0], NULL, NULL, argv, environ);
    if (failed)
        return err_set(err, ERR_IO, "%s: cannot be started: %s", argv[0],
                       strerror(failed));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return err_set(err, ERR_IO, "%s: %s", argv[0], strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return err_set(err, ERR_IO, "%s: %s could not convert it; is the disk full, "
                   "or the file changed? `scalelaw report` writes it anew",
                   file, argv[0]);
}

/* Into a file of its own first: what stands there is whole or the old one. */
static bool convert(Arena *arena, const char *svg, const char *format, Err *err)
{
    char *in  = arena_text(arena, svg);
    char *out = arena_print(arena, "%.*s.%s", (int)strlen(svg) - 4, svg,
                            format);
    char *tmp = arena_print(arena, "%s.tmp-%d", out, (int)getpid());
    char *const argv[] = {
        arena_text(arena, program), arena_print(arena, "--format=%s", format),
        arena_text(arena, strcmp(format, "png") ? "--zoom=1" : "--zoom=2"),
        arena_text(arena, "--background-color=white"),
        arena_text(arena, "--output"), tmp, in, NULL };
    if (!run(argv, svg, err)) {
        unlink(tmp);
        return false;
    }
    if (rename(tmp, out) == 0)
        return true;
    return err_set(err, ERR_IO, "%s: cannot be put in its place: %s", out,
                   strerror(errno));
}

static bool is_svg(const char *name)
{
    const size_t size = strlen(name);
    return size > 4 && strcmp(name + size - 4, ".svg") == 0;
}

bool convert_figures(i64 *count, const char *study_dir,
                     const TextList *formats, Err *err)
{
    Arena       arena = { 0 };
    char      **name;
    i64         names;
    const char *dir = arena_print(&arena, "%s/figures", study_dir);
    bool        ok  = dir_list(&name, &names, &arena, dir, err);
    *count = 0;
    for (i64 i = 0; ok && i < names; i++)
        for (i64 f = 0; ok && is_svg(name[i]) && f < formats->count; f++) {
            ok = convert(&arena, arena_print(&arena, "%s/%s", dir, name[i]),
                         formats->item[f], err);
            *count += ok;
        }
    arena_free(&arena);
    return ok;
}
