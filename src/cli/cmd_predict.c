/* cmd_predict.c - `scalelaw predict`: what a fit, or a published set of
 * constants, expects of runs, how sure it is, and how far it reaches beyond
 * what it was fitted to. */

#include "cli/cmd.h"

#include "base/opt.h"
#include "cli/predict_answer.h"
#include "cli/repeat.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Args {
    PredictAsk ask;
    double     times;
    bool       json, helped;
    TextList   rest;
} Args;

static bool args_read(Args *a, Arena *arena, int argc, char **argv, Err *err)
{
    static const char *const repeated[] = { "set" };
    *a = (Args){ .times = NAN };
    const Opt opt[] = {
        { "N", "COUNT,...", "parameters, counted as the law counts them: 70B",
          .texts = &a->ask.n },
        { "D", "COUNT,...", "tokens: 1.4T", .texts = &a->ask.d },
        { "C", "FLOP,...", "training compute, 6 N D: 5.76e23, 3640PFd",
          .texts = &a->ask.c },
        { "S", "COUNT,...", "steps", .texts = &a->ask.s },
        { "set", "COLUMN=VALUE,...", "any other column of the law",
          .texts = &a->ask.set },
        { "table", "FILE.csv", "the runs of a table; it is printed with the "
          "predictions as further columns", .text = &a->ask.table },
        { "times", "X", "what X times more of each would buy",
          .real = &a->times },
        { "json", NULL, "as one JSON object", .flag = &a->json },
    };
    const OptTable table = {
        .command = "scalelaw predict",
        .about = "The loss that a fit (fit --out=FIT.json) or a published law "
                 "(chinchilla:besiroglu-exact) expects of a run. Lists of "
                 "values are runs one by one.",
        .opt = opt, .nopt = COUNT_OF(opt),
        .operands = "FIT.json|LAW[:CONSTANTS]", .rest = &a->rest,
        .arena = arena,
    };
    return repeat_join(&argv, &argc, arena, argc, argv, repeated,
                       COUNT_OF(repeated), err)
        && opt_flags(&table, argc, argv, &a->helped, err);
}

static bool args_whole(const Args *a, Err *err)
{
    if (a->rest.count != 1)
        return err_set(err, ERR_USAGE, "predict: one fit or one law is wanted; "
                       "`scalelaw laws` lists the laws");
    if (!isnan(a->times) && !(a->times > 0 && a->times < INFINITY))
        return err_set(err, ERR_USAGE, "--times=%g: a factor above 0 is "
                       "expected, like 10", a->times);
    return true;
}

static bool out_whole(Err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return err_set(err, ERR_IO, "standard output: cannot be written: %s",
                   strerror(errno));
}

static bool predict(const Args *args, Arena *arena, Err *err)
{
    PredictAnswer answer;
    Str text = { 0 };
    if (!predict_answer(&answer, arena, args->rest.item[0], &args->ask,
                        args->times, err))
        return false;
    if (args->json) {
        predict_json(&text, &answer);
        puts(text.text);
        str_free(&text);
    } else if (args->ask.table) {
        predict_show_table(&answer, arena);
    } else {
        predict_show(&answer);
    }
    return out_whole(err);
}

bool cmd_predict(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  args;
    const bool ok = args_read(&args, &arena, argc, argv, err)
                 && (args.helped || (args_whole(&args, err)
                                     && predict(&args, &arena, err)));
    arena_free(&arena);
    return ok;
}
