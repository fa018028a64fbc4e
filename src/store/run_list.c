/* run_list.c - all runs below a folder; the broken ones by name. */

#include "store/run.h"

#include "base/file.h"

bool run_list(RunList *out, Str *broken, Arena *arena, const char *runs_dir,
              Err *err)
{
    char **name;
    i64    nname;

    *out = (RunList){ 0 };
    if (!dir_list(&name, &nname, arena, runs_dir, err))
        return false;
    out->run = NEW(arena, Run, nname + 1);

    /* dir_list sorts bytewise, a folder's name is the id: sorted by id. */
    for (i64 i = 0; i < nname; i++) {
        const char *dir = arena_print(arena, "%s/%s", runs_dir, name[i]);
        Err         why = { 0 };
        if (name[i][0] == '.' || !file_is_dir(dir))
            continue;
        if (run_read(&out->run[out->count], arena, dir, &why))
            out->count++;
        else
            str_add(broken, "%s: %s\n", dir, why.text);
    }
    return true;
}
