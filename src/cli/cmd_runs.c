/* cmd_runs.c - scalelaw runs: what was trained, and what came of it.
 *
 * Every subcommand reads the folders; the index is only there for conditions,
 * and is rebuilt before it is asked. Import alone reads no study. */

#include "cli/cmd.h"

#include "base/file.h"
#include "base/opt.h"
#include "cli/runs_import.h"
#include "cli/runs_place.h"
#include "cli/runs_show.h"
#include "store/index.h"
#include "store/run_field.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What the command line of any subcommand can say. */
typedef struct Args {
    Arena      *arena;
    const char *study, *where, *out, *format;
    bool        json, csv, jsonl;
    TextList    rest;
    bool        helped;
} Args;

static bool args_read(Args *args, const char *command, const char *about,
                      const char *operands, const Opt *opt, int nopt, int argc,
                      char **argv, Err *err)
{
    const OptTable table = {
        .command  = command, .about = about, .opt = opt, .nopt = nopt,
        .operands = operands, .rest = &args->rest, .arena = args->arena,
    };
    return opt_flags(&table, argc, argv, &args->helped, err);
}

#define STUDY_OPT { "study", "DIR", \
    "study, or a folder of runs (the newest under ./out)", \
    .text = &args->study }
#define WHERE_OPT { "where", "SQL", \
    "only these, in this order: \"val_loss < 2 order by flop\"", \
    .text = &args->where }

/* The study: the operand, or --study; not two different ones. */
static bool place_find(RunsPlace *place, const Args *args, Err *err)
{
    if (args->rest.count > 1 || (args->rest.count && args->study))
        return err_set(err, ERR_USAGE, "%s: one study is enough; leave out all "
                       "but one", args->rest.item[args->rest.count - 1]);
    const char *given = args->rest.count ? args->rest.item[0] : args->study;
    return runs_place_find(place, args->arena, given, err);
}

/* -- list ----------------------------------------------------------------- */

static void list_json(const RunList *runs)
{
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_array(&j, NULL);
    for (i64 i = 0; i < runs->count; i++)
        run_jot(&j, NULL, &runs->run[i]);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static bool list(int argc, char **argv, Args *args, Err *err)
{
    const Opt opt[] = {
        STUDY_OPT, WHERE_OPT,
        { "json", NULL, "all fields, as a JSON array", .flag = &args->json },
    };
    RunsPlace place;
    RunList   runs;
    i64       broken;

    if (!args_read(args, "scalelaw runs list", "The runs of a study, one a "
                   "line.", "[DIR]", opt, COUNT_OF(opt), argc, argv, err))
        return false;
    if (args->helped)
        return true;
    if (!place_find(&place, args, err)
        || !runs_place_load(&runs, &broken, args->arena, &place, args->where,
                            err))
        return false;
    if (args->json) {
        list_json(&runs);
    } else {
        runs_show_table(&runs, stdout);
        runs_show_sum(&runs, place.dir, stderr);
    }
    return runs_all_whole(broken, err);
}

/* -- show ----------------------------------------------------------------- */

/* Which folder is meant by an id, or by the beginning of only one id. */
static bool id_find(const char **id, Arena *arena, const RunsPlace *place,
                    const char *given, Err *err)
{
    char **name;
    i64    count;
    Str    many = { 0 };

    *id = NULL;
    if (!dir_list(&name, &count, arena, place->runs, err))
        return false;
    for (i64 i = 0; i < count; i++) {
        if (strcmp(name[i], given) == 0) {
            *id = name[i];
            str_free(&many);
            return true;
        }
        if (strncmp(name[i], given, strlen(given)) != 0)
            continue;
        str_add(&many, "%s%s", many.text ? ", " : "", name[i]);
        *id = *id ? given : name[i];
    }
    bool ok = *id && *id != given;
    if (!ok && many.text)
        err_set(err, ERR_USAGE, "%s: begins more than one id: %.400s; give "
                "more of it", given, many.text);
    else if (!ok)
        err_set(err, ERR_USAGE, "%s: no run of %s has an id that begins so; "
                "see scalelaw runs list", given, place->dir);
    str_free(&many);
    return ok;
}

/* A path to a run's own folder needs no study. */
static bool path_split(RunsPlace *place, const char **id, Arena *arena,
                       const char *path)
{
    char *at = arena_text(arena, path);
    for (size_t n = strlen(at); n > 1 && at[n - 1] == '/'; n--)
        at[n - 1] = 0;
    char *slash = strrchr(at, '/');
    if (!slash || !file_exists(arena_print(arena, "%s/run.json", at)))
        return false;
    *slash = 0;
    *id    = slash + 1;
    *place = (RunsPlace){ .dir = at, .runs = at };
    return true;
}

static bool run_find(Run *run, RunsPlace *place, const Args *args, Err *err)
{
    const char *id;
    const char *given = args->rest.item[0];
    if (!path_split(place, &id, args->arena, given)
        && (!runs_place_find(place, args->arena, args->study, err)
            || !id_find(&id, args->arena, place, given, err)))
        return false;
    return run_read(run, args->arena,
                    arena_print(args->arena, "%s/%s", place->runs, id), err);
}

static bool show(int argc, char **argv, Args *args, Err *err)
{
    const Opt opt[] = {
        STUDY_OPT,
        { "json", NULL, "as one JSON object", .flag = &args->json },
    };
    RunsPlace place;
    Run       run;

    if (!args_read(args, "scalelaw runs show", "One run in full; the names are "
                   "the columns that --where may use.", "ID", opt,
                   COUNT_OF(opt), argc, argv, err))
        return false;
    if (args->helped)
        return true;
    if (args->rest.count != 1)
        return err_set(err, ERR_USAGE, "show: give one run: its id, the "
                       "beginning of it, or its folder");
    if (!run_find(&run, &place, args, err))
        return false;
    if (!args->json)
        return runs_show_one(&run, place.runs, stdout, err);

    Str text = { 0 };
    Jot j    = jot_open(&text);
    run_jot(&j, NULL, &run);
    puts(text.text);
    str_free(&text);
    return true;
}

/* -- index ---------------------------------------------------------------- */

static bool index_cmd(int argc, char **argv, Args *args, Err *err)
{
    const Opt opt[] = { STUDY_OPT };
    RunsPlace place;
    Str       broken = { 0 };
    i64       indexed;

    if (!args_read(args, "scalelaw runs index", "Rebuild the SQLite index of a "
                   "study from its folders.", "[DIR]", opt, COUNT_OF(opt), argc,
                   argv, err))
        return false;
    if (args->helped)
        return true;
    if (!place_find(&place, args, err))
        return false;
    const bool ok = index_build(&indexed, &broken, place.index, place.runs,
                                err);
    const i64  nbroken = runs_say_broken(&broken);
    str_free(&broken);
    if (!ok)
        return false;
    printf("%" PRId64 " run%s in %s\n", indexed, indexed == 1 ? "" : "s",
           place.index);
    return runs_all_whole(nbroken, err);
}

/* -- export --------------------------------------------------------------- */

static void export_text(Str *text, const RunList *runs, bool jsonl)
{
    if (!jsonl) {
        run_csv(runs, text);
        return;
    }
    for (i64 i = 0; i < runs->count; i++) {
        Jot j = jot_open(text);
        run_jot(&j, NULL, &runs->run[i]);
        str_put(text, "\n");
    }
}

static bool export_write(const Str *text, const char *path, Err *err)
{
    if (path)
        return file_write(path, text->text ? text->text : "", text->size, err);
    if (text->size)
        fwrite(text->text, 1, (size_t)text->size, stdout);
    return true;
}

/* --format=csv, or --csv, or neither. */
static bool format_find(bool *jsonl, const Args *args, Err *err)
{
    const char *format = args->format;
    const bool  csv = args->csv || (format && !strcmp(format, "csv"));
    *jsonl = args->jsonl || (format && !strcmp(format, "jsonl"));
    if (format && strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0)
        return err_set(err, ERR_USAGE, "--format=%s: runs are exported as csv or "
                       "jsonl", format);
    return !(csv && *jsonl)
           || err_set(err, ERR_USAGE, "export: csv and jsonl are two formats; "
                      "give one of them");
}

static bool export_cmd(int argc, char **argv, Args *args, Err *err)
{
    const Opt opt[] = {
        STUDY_OPT, WHERE_OPT,
        { "format", "csv|jsonl", "one row a run (the default), or one JSON "
          "object a line", .text = &args->format },
        { "csv",   NULL, "the same as --format=csv", .flag = &args->csv },
        { "jsonl", NULL, "the same as --format=jsonl", .flag = &args->jsonl },
        { "out", "FILE", "where to (standard output)", .text = &args->out },
    };
    RunsPlace place;
    RunList   runs;
    i64       broken;
    bool      jsonl;

    if (!args_read(args, "scalelaw runs export", "All runs as one table.",
                   "[DIR]", opt, COUNT_OF(opt), argc, argv, err))
        return false;
    if (args->helped)
        return true;
    if (!format_find(&jsonl, args, err))
        return false;
    if (!place_find(&place, args, err)
        || !runs_place_load(&runs, &broken, args->arena, &place, args->where,
                            err))
        return false;

    Str text = { 0 };
    export_text(&text, &runs, jsonl);
    const bool ok = export_write(&text, args->out, err);
    str_free(&text);
    return ok && runs_all_whole(broken, err);
}

/* -- import --------------------------------------------------------------- */

static bool import_cmd(int argc, char **argv, Args *args, Err *err)
{
    (void)args; /* it has options of its own */
    return runs_import(argc, argv, err);
}

/* -- the command ---------------------------------------------------------- */

static const struct {
    const char *name, *about;
    bool (*run)(int argc, char **argv, Args *args, Err *err);
} sub[] = {
    { "list",   "the runs of a study, one a line",         list       },
    { "show",   "one run in full",                         show       },
    { "index",  "rebuild the SQLite index from the folders", index_cmd },
    { "export", "all runs as one CSV or JSONL table",      export_cmd },
    { "import", "runs from elsewhere as one clean table",  import_cmd },
};

static void usage(FILE *out)
{
    fputs("usage: scalelaw runs SUBCOMMAND [DIR] [--key=value ...]\n\n", out);
    for (int s = 0; s < COUNT_OF(sub); s++)
        fprintf(out, "  %-8s %s\n", sub[s].name, sub[s].about);
    fputs("\nscalelaw runs SUBCOMMAND --help says more. Without DIR: the "
          "newest study\nunder ./out. Exit: 0 done, 1 a run could not be read "
          "(the others are shown),\n2 wrong usage.\n", out);
}

static bool unknown(const char *name, Err *err)
{
    const char *names[COUNT_OF(sub)];
    for (int s = 0; s < COUNT_OF(sub); s++)
        names[s] = sub[s].name;
    const char *near = conf_nearest(name, names, COUNT_OF(names));
    return err_set(err, ERR_USAGE, "%s: no such subcommand; %s%s", name,
                   near ? "did you mean " : "there are ",
                   near ? near : "list, show, index, export, import");
}

bool cmd_runs(int argc, char **argv, Err *err)
{
    if (argc < 2)
        return err_set(err, ERR_USAGE, "say what: list, show, index, export "
                       "or import (scalelaw runs --help)");
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        usage(stdout);
        return true;
    }
    for (int s = 0; s < COUNT_OF(sub); s++) {
        if (strcmp(argv[1], sub[s].name) != 0)
            continue;
        Arena arena = { 0 };
        Args  args  = { .arena = &arena };
        const bool ok = sub[s].run(argc - 1, argv + 1, &args, err);
        arena_free(&arena);
        return ok;
    }
    return unknown(argv[1], err);
}
