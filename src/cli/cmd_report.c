/* cmd_report.c - `scalelaw report`: fit a study's finished runs anew and write
 * its page and figures; the screenful goes to stdout. Two studies are put side
 * by side, on a page of their own. Nothing is trained. */

#include "base/file.h"
#include "base/opt.h"
#include "cli/cmd.h"
#include "cli/cores.h"
#include "cli/runs_place.h"
#include "report/compare_study.h"
#include "report/convert.h"
#include "report/report.h"
#include "report/results.h"

#include <stdio.h>

typedef struct Args {
    TextList    rest, formats;
    const char *out, *results;
    i64         threads;
    bool        json, quiet, helped;
} Args;

static bool args_read(Args *args, Arena *arena, int argc, char **argv, Err *err)
{
    const Opt opt[] = {
        { .name = "out", .unit = "FILE", .text = &args->out, .unhashed = true,
          .help = "of two studies: their page [compare-A-B.html]" },
        { .name = "formats", .unit = "LIST", .texts = &args->formats,
          .unhashed = true,
          .help = "of figures, besides SVG and CSV: pdf,png" },
        { .name = "results", .unit = "DIR", .text = &args->results,
          .unhashed = true,
          .help = "what is worth keeping beside the code: README.md, tables, "
                  "small figures, runs.csv, the .study" },
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
                    "report.html, figures and analysis.json; or compare two.",
        .opt      = opt, .nopt = COUNT_OF(opt),
        .operands = "[STUDY [STUDY]]", .rest = &args->rest, .arena = arena };
    if (!opt_flags(&table, argc, argv, &args->helped, err))
        return false;
    if (args->rest.count > 2)
        return err_set(err, ERR_USAGE, "%s: one study, or two to compare",
                       args->rest.item[2]);
    if (args->out && args->rest.count < 2)
        return err_set(err, ERR_USAGE, "--out: a study's report lies in its "
                       "folder; --out is for the page that compares two");
    if (args->results && args->rest.count > 1)
        return err_set(err, ERR_USAGE, "--results: of one study; two are "
                       "compared on a page (--out)");
    if (args->threads < 0)
        return err_set(err, ERR_USAGE, "--threads: 0 or more is expected");
    return convert_check(&args->formats, err);
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

static bool analyse(Analysis *out, RunsPlace *place, const Args *args,
                    Arena *arena, const char *given, Err *err)
{
    return runs_place_find(place, arena, given, err)
        && analysis_make(out, arena, place->dir, cores_or(args->threads),
                         err);
}

static bool compare(const Args *args, Arena *arena, Err *err)
{
    RunsPlace place;
    Analysis  first, second;
    Compare   both;
    if (!analyse(&first, &place, args, arena, args->rest.item[0], err)
        || !analyse(&second, &place, args, arena, args->rest.item[1], err)
        || !compare_make(&both, arena, &first, &second, err))
        return false;
    const char *path = args->out ? args->out
        : arena_print(arena, "compare-%s-%s.html", first.info.name,
                      second.info.name);
    Str text = { 0 };
    compare_page(&both, &text);
    bool ok = file_write(path, text.text, text.size, err);
    text.size = 0;
    if (ok && args->json) {
        compare_json(&both, &text);
        puts(text.text);
    } else if (ok && !args->quiet) {
        compare_print(&both, stdout);
        printf("\nPage: %s\n", path);
    }
    str_free(&text);
    return ok;
}

static bool report(const Args *args, Arena *arena, Err *err)
{
    const char *given = args->rest.count ? args->rest.item[0] : NULL;
    RunsPlace   place;
    Analysis    analysis;
    i64         converted;
    if (!analyse(&analysis, &place, args, arena, given, err)
        || !report_write(&analysis, place.dir, err)
        || (args->formats.count > 0
            && !convert_figures(&converted, place.dir, &args->formats, err))
        || (args->results && !results_write(&analysis, args->results, err)))
        return false;
    print(&analysis, args);
    return true;
}

bool cmd_report(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  args  = { 0 };
    const bool ok = args_read(&args, &arena, argc, argv, err)
                 && (args.helped           ? true
                     : args.rest.count == 2 ? compare(&args, &arena, err)
                                            : report(&args, &arena, err));
    arena_free(&arena);
    return ok;
}
