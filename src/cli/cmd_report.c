/* cmd_report.c - `scalelaw report`: fit a study's finished runs anew and write
 * its page and figures; the screenful goes to stdout. Nothing is trained. */

#include "base/opt.h"
#include "cli/cmd.h"
#include "cli/runs_place.h"
#include "report/report.h"

#include <stdio.h>
#include <unistd.h>

typedef struct Args {
    TextList rest;
    i64      threads;
    bool     json, quiet, helped;
} Args;

static bool args_read(Args *args, Arena *arena, int argc, char **argv, Err *err)
{
    const Opt opt[] = {
        { .name = "threads", .unit = "N", .count = &args->threads,
          .unhashed = true, .help = "for the fits; 0: as many as cores" },
        { .name = "json", .flag = &args->json,
          .help = "the whole analysis for programs" },
        { .name = "quiet", .flag = &args->quiet,
          .help = "write the report and print nothing" },
    };
    const OptTable table = {
        .command  = "scalelaw report",
        .about    = "Fit the finished runs of a study and write its "
                    "report.html, figures and analysis.json.",
        .opt      = opt, .nopt = COUNT_OF(opt),
        .operands = "[STUDY]", .rest = &args->rest, .arena = arena };
    if (!opt_flags(&table, argc, argv, &args->helped, err))
        return false;
    if (args->rest.count > 1)
        return err_set(err, ERR_USAGE, "%s: one study at a time",
                       args->rest.item[1]);
    if (args->threads < 0)
        return err_set(err, ERR_USAGE, "--threads: 0 or more is expected");
    return true;
}

static void print(const Analysis *analysis, const Args *args)
{
    if (args->quiet)
        return;
    if (!args->json) {
        analysis_print(analysis, stdout);
        return;
    }
    Str text = { 0 };
    analysis_json(analysis, &text);
    puts(text.text);
    str_free(&text);
}

static bool report(const Args *args, Arena *arena, Err *err)
{
    const char *given = args->rest.count ? args->rest.item[0] : NULL;
    const long  cores = sysconf(_SC_NPROCESSORS_ONLN);
    const int   threads = args->threads > 0 ? (int)args->threads
                        : cores > 0         ? (int)cores
                                            : 1;
    RunsPlace place;
    Analysis  analysis;
    if (!runs_place_find(&place, arena, given, err)
        || !analysis_make(&analysis, arena, place.dir, threads, err)
        || !report_write(&analysis, place.dir, err))
        return false;
    print(&analysis, args);
    return true;
}

bool cmd_report(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  args  = { 0 };
    const bool ok = args_read(&args, &arena, argc, argv, err)
                 && (args.helped || report(&args, &arena, err));
    arena_free(&arena);
    return ok;
}
