/* cmd_fit.c - `scalelaw fit`: the constants of a law in a study's runs or in a
 * table, with intervals and a certificate, how well the largest runs are
 * foretold from the others, and which runs to look at. */

#include "cli/cmd.h"

#include "base/file.h"
#include "cli/fit_answer.h"
#include "cli/fit_args.h"
#include "cli/fit_json.h"
#include "cli/fit_show.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool write_out(const Fit *fit, const char *path, Err *err)
{
    Str text = { 0 };
    fit_write(&text, fit);
    const bool ok = file_write(path, text.text, text.size, err);
    str_free(&text);
    return ok;
}

static void print_json(const FitAnswer *answer)
{
    Str text = { 0 };
    fit_json(&text, answer);
    puts(text.text);
    str_free(&text);
}

static bool out_whole(Err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return err_set(err, ERR_IO, "standard output: cannot be written: %s",
                   strerror(errno));
}

static bool answer_and_show(const FitArgs *args, Arena *arena, Err *err)
{
    FitAnswer answer;
    if (!fit_answer(&answer, arena, args, err))
        return false;
    if (args->out && !write_out(&answer.side[0].fit, args->out, err))
        return false;
    if (args->json)
        print_json(&answer);
    else
        fit_show(&answer, args, stdout);
    return out_whole(err);
}

bool cmd_fit(int argc, char **argv, Err *err)
{
    Arena   arena = { 0 };
    FitArgs args;
    bool    helped = false;
    const bool ok = fit_args_read(&args, &arena, argc, argv, &helped, err)
                 && (helped || answer_and_show(&args, &arena, err));
    arena_free(&arena);
    return ok;
}
