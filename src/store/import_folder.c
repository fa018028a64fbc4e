/* import_folder.c - a folder of runs. Each folder that holds logs is a run, named
 * by its path; a table in a folder is runs, and a file with a log of its own in
 * a folder of such is a run too.
 *
 * A run may be spread over several files: event files of its restarts, a
 * trainer_state.json in each checkpoint-N, its sizes in a config.json beside.
 * Logs of one folder are one log then, sorted by step, and what a JSON file of
 * a single object says holds for the whole run. */

#include "store/import_part.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 8, FILES_MAX = 100000 };

typedef struct Found {
    const char *path, *run;
    ImportRead *read;
} Found;

typedef struct Walk {
    ImportWork *work;
    Found      *found;
    i64         count, room, others; /* others: files that no reader knows */
} Walk;

static void found_add(Walk *w, const char *path, const char *run,
                      ImportRead *read)
{
    if (w->count == w->room) {
        w->room = w->room ? 2 * w->room : 64;
        Found *wider = NEW(w->work->arena, Found, w->room);
        if (w->count)
            memcpy(wider, w->found, (size_t)w->count * sizeof *wider);
        w->found = wider;
    }
    w->found[w->count++] = (Found){ path, run, read };
}

/* checkpoint-500 is no run, and neither is the 1700000000.12 in which hparams
 * are put: they belong to the folder above. */
static bool is_inner(const char *name)
{
    const char *at = name;
    if (!strncmp(at, "checkpoint-", 11))
        at += 11;
    else if (strlen(name) < 12 || !strchr(name, '.'))
        return false;
    return *at && strspn(at, "0123456789.") == strlen(at);
}

static bool walk(Walk *w, const char *dir, const char *run, int deep, Err *err)
{
    Arena *arena = w->work->arena;
    char **name;
    i64    count;
    if (deep > DEEP || w->count > FILES_MAX)
        return err_set(err, ERR_USAGE, "%s: more folders than a table of runs "
                       "has; name one below it", dir);
    if (!dir_list(&name, &count, arena, dir, err))
        return false;
    for (i64 i = 0; i < count; i++) {
        const char *path = arena_print(arena, "%s/%s", dir, name[i]);
        if (name[i][0] == '.')
            continue;
        if (file_is_dir(path)) {
            const char *inner = is_inner(name[i]) ? run
                                : *run ? arena_print(arena, "%s/%s", run, name[i])
                                       : name[i];
            if (!walk(w, path, inner, deep + 1, err))
                return false;
            continue;
        }
        ImportRead *read = import_reader(path, w->work);
        w->others += !read;
        if (read)
            found_add(w, path, run, read);
    }
    return true;
}

static int by_run(const void *a, const void *b)
{
    const Found *f = a, *g = b;
    const int order = strcmp(f->run, g->run);
    return order ? order : strcmp(f->path, g->path);
}

/* ---- the runs of one folder ---------------------------------------------------- */

typedef struct Folder {
    const char *run;
    ImportStack       logs, singles;
    i64         files; /* logs and tables, each file of which may be a run */
    const char *format;
} Folder;

/* What a file of one object says, for all rows that do not say it. */
static void single_add(Table *t, Arena *arena, const Table *single)
{
    for (int c = 0; c < single->ncol; c++) {
        if (table_column(t, single->name[c]) || isnan(single->column[c][0]))
            continue;
        double *same = NEW(arena, double, t->nrow);
        for (i64 row = 0; row < t->nrow; row++)
            same[row] = single->column[c][0];
        table_add(t, arena, single->name[c], same);
    }
    for (int c = 0; c < single->ntext; c++) {
        if (table_text(t, single->text_name[c]) || !single->text[c][0][0])
            continue;
        const char **same = NEW(arena, const char *, t->nrow);
        for (i64 row = 0; row < t->nrow; row++)
            same[row] = single->text[c][0];
        table_add_text(t, arena, single->text_name[c], same);
    }
}

static const char *file_run(Arena *arena, const Found *found)
{
    const char *name = strrchr(found->path, '/') + 1;
    const int   size = (int)strcspn(name, ".");
    return *found->run ? arena_print(arena, "%s/%.*s", found->run, size, name)
                       : arena_print(arena, "%.*s", size, name);
}

static bool logs_one(Table *out, Folder *f, ImportWork *work, Err *err)
{
    ImportPart log = { .log = true, .run = f->run, .format = f->format };
    if (!import_stack_join(&log.table, &f->logs, work->arena, f->run, err))
        return false;
    for (i64 s = 0; s < f->singles.count; s++)
        single_add(&log.table, work->arena, &f->singles.table[s]);
    import_part_rows(&log, f->run, work);
    *out = log.table;
    return true;
}

/* A log that has a file of its own, or a table. */
static void file_rows(ImportStack *all, Folder *f, ImportPart *part,
                      const Found *found, bool alone, ImportWork *work)
{
    part->run = alone && *found->run ? found->run
                                     : file_run(work->arena, found);
    if (part->log)
        for (i64 s = 0; s < f->singles.count; s++)
            single_add(&part->table, work->arena, &f->singles.table[s]);
    const bool log = part->log;
    import_part_rows(part, found->path, work);
    import_rows_named(&part->table, work->arena,
               log && part->table.nrow == 1 ? NULL : part->run);
    import_know(&part->table, work, found->path);
    import_stack_put(all, work->arena, &part->table);
}

static bool is_log_by_kind(const ImportPart *part, const Found *found)
{
    return part->log && found->read != import_csv
           && !table_text(&part->table, "run")
           && strcmp(part->format, "JSON Lines") != 0;
}

/* The files [from, to) of one folder, as rows of `all`. */
static bool folder_read(ImportStack *all, const char *root,
                        const Found *found, i64 count, ImportWork *work,
                        Err *err)
{
    Folder      f = { .run = *found->run ? found->run : root };
    ImportPart *part = NEW(work->arena, ImportPart, count);
    bool       *use = NEW(work->arena, bool, count);
    i64         own = 0;
    for (i64 i = 0; i < count; i++) {
        Err bad = { 0 };
        if (!import_part(&part[i], found[i].path, f.run, work, &bad)) {
            if (!work->options->skip_bad) {
                *err = bad;
                return false;
            }
            str_add(&work->bad, "%s\n", bad.text);
        } else if (is_log_by_kind(&part[i], &found[i])) {
            import_stack_put(&f.logs, work->arena, &part[i].table);
            f.format = part[i].format;
        } else {
            use[i] = true;
            own += part[i].log;
        }
    }
    /* Beside a log, a file of one object is about it. */
    for (i64 i = 0; i < count; i++)
        if (use[i] && part[i].table.nrow == 1 && found[i].read == import_json
            && (f.logs.count || own)) {
            import_stack_put(&f.singles, work->arena, &part[i].table);
            use[i] = false;
        }
    for (i64 i = 0; i < count; i++)
        f.files += use[i];
    if (f.logs.count) {
        Table log;
        if (!logs_one(&log, &f, work, err))
            return false;
        import_rows_named(&log, work->arena, f.run);
        import_know(&log, work, f.run);
        import_stack_put(all, work->arena, &log);
    }
    for (i64 i = 0; i < count; i++)
        if (use[i])
            file_rows(all, &f, &part[i], &found[i],
                      f.files == 1 && !f.logs.count, work);
    return true;
}

bool import_folder(Table *out, const char *path, ImportWork *work, Err *err)
{
    Walk  w = { .work = work };
    ImportStack all = { 0 };
    char       *dir = arena_text(work->arena, path);
    for (size_t n = strlen(dir); n > 1 && dir[n - 1] == '/'; n--)
        dir[n - 1] = 0;
    if (!walk(&w, dir, "", 0, err))
        return false;
    if (w.count == 0)
        return err_set(err, ERR_FORMAT, "%s: no file in it that could be read, "
                       "of %" PRId64 "; there are readers for %s", path,
                       w.others, import_formats());
    qsort(w.found, (size_t)w.count, sizeof *w.found, by_run);
    for (i64 from = 0, to; from < w.count; from = to) {
        for (to = from + 1; to < w.count
                            && !strcmp(w.found[to].run, w.found[from].run);)
            to++;
        if (!folder_read(&all, import_run_name(work->arena, dir),
                         w.found + from, to - from, work, err))
            return false;
    }
    if (w.others)
        import_note(work, "%s: %" PRId64 " other file%s in it", path, w.others,
                    w.others == 1 ? "" : "s");
    return import_stack_join(out, &all, work->arena, path, err);
}
