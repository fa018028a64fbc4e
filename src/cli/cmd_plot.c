/* cmd_plot.c - `scalelaw plot`: a figure of a study in the terminal, in braille
 * and colour; the same figure that the report holds. */

#include "base/opt.h"
#include "cli/cmd.h"
#include "cli/cores.h"
#include "cli/runs_place.h"
#include "report/fig.h"
#include "report/plot_terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLS = 80, COLS_MOST = 400, ROWS_ONE = 18, ROWS_MANY = 12 };

typedef struct Args {
    TextList rest;
    i64      cols, rows, threads;
    bool     color, plain, csv, helped;
} Args;

static bool args_read(Args *args, Arena *arena, int argc, char **argv, Err *err)
{
    const Opt opt[] = {
        { .name = "cols", .unit = "N", .count = &args->cols, .unhashed = true,
          .help = "letters across; 0: the terminal's" },
        { .name = "rows", .unit = "N", .count = &args->rows, .unhashed = true,
          .help = "letters down, of each panel; 0: as suits" },
        { .name = "color", .flag = &args->color, .unhashed = true,
          .help = "even where the output is no terminal" },
        { .name = "plain", .flag = &args->plain, .unhashed = true,
          .help = "without colour, as with NO_COLOR set" },
        { .name = "csv", .flag = &args->csv,
          .help = "the figure's numbers in place of it" },
        { .name = "threads", .unit = "N", .count = &args->threads,
          .unhashed = true, .help = "for the fits; 0: as many as cores" },
    };
    const OptTable table = {
        .command = "scalelaw plot",
        .about   = "Draw a figure of a study in the terminal. Without the name "
                   "of one: list the figures.",
        .opt = opt, .nopt = COUNT_OF(opt),
        .operands = "[FIGURE [STUDY]]", .rest = &args->rest, .arena = arena };
    if (!opt_flags(&table, argc, argv, &args->helped, err))
        return false;
    if (args->rest.count > 2)
        return err_set(err, ERR_USAGE, "%s: one figure of one study",
                       args->rest.item[2]);
    if (args->cols < 0 || args->cols > COLS_MOST || args->rows < 0
        || args->rows > COLS_MOST || args->threads < 0)
        return err_set(err, ERR_USAGE, "--cols, --rows and --threads: 0 to %d",
                       COLS_MOST);
    return true;
}

static void list(void)
{
    for (int i = 0; i < fig_count(); i++)
        printf("%-14s %s\n", fig_at(i)->name, fig_at(i)->title);
}

static const Fig *find(const char *name, Err *err)
{
    for (int i = 0; i < fig_count(); i++)
        if (strcmp(fig_at(i)->name, name) == 0)
            return fig_at(i);
    err_set(err, ERR_USAGE, "figure '%s': there is none of that name; "
            "`scalelaw plot` lists them", name);
    return NULL;
}

static int cols_of(const Args *args)
{
    struct winsize size;
    const char    *given = getenv("COLUMNS");
    if (args->cols > 0)
        return (int)args->cols;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col < COLS_MOST ? size.ws_col : COLS_MOST;
    const int cols = given ? atoi(given) : 0;
    return cols > 0 && cols <= COLS_MOST ? cols : COLS;
}

/* SEE: no-color.org: set and not empty, it means none. */
static bool colored(const Args *args)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    if (args->plain || (!args->color && none && *none))
        return false;
    return args->color || (isatty(STDOUT_FILENO) && term
                           && strcmp(term, "dumb") != 0);
}

static bool draw(const Args *args, const Fig *fig, const Analysis *analysis,
                 Err *err)
{
    Plot plot = plot_open(fig->name, fig->title, fig->panels);
    const bool drawn = fig->draw(&plot, analysis);
    plot_close(&plot);
    if (drawn && args->csv) {
        fputs(plot.csv.text, stdout);
    } else if (drawn) {
        Str       text = { 0 };
        const int rows = args->rows > 0   ? (int)args->rows
                       : plot.panels > 1 ? ROWS_MANY : ROWS_ONE;
        plot_terminal(&text, &plot, cols_of(args), rows, colored(args));
        fputs(text.text, stdout);
        str_free(&text);
    }
    plot_free(&plot);
    return drawn || err_set(err, ERR_REFUSED, "figure %s: the study %s has "
                            "nothing to draw in it", fig->name,
                            analysis->info.name);
}

static bool plot_one(const Args *args, Arena *arena, Err *err)
{
    const Fig  *fig   = find(args->rest.item[0], err);
    const char *given = args->rest.count > 1 ? args->rest.item[1] : NULL;
    RunsPlace place;
    Analysis  analysis;
    return fig && runs_place_find(&place, arena, given, err)
        && analysis_make(&analysis, arena, place.dir,
                         cores_or(args->threads), err)
        && draw(args, fig, &analysis, err);
}

bool cmd_plot(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  args  = { 0 };
    bool  ok    = args_read(&args, &arena, argc, argv, err);
    if (ok && !args.helped && args.rest.count == 0)
        list();
    else if (ok && !args.helped)
        ok = plot_one(&args, &arena, err);
    arena_free(&arena);
    return ok;
}
