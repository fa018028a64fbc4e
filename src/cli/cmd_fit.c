/* cmd_fit.c - `scalelaw fit`: the constants of a law in a study's runs or in a
 * table, with intervals and a certificate.
 *
 * Both objectives are always fitted and shown, the chosen one first: on the
 * same runs they give different exponents, and a reader should see by how
 * much. */

#include "cli/cmd.h"

#include "base/file.h"
#include "base/opt.h"
#include "cli/fit_show.h"
#include "cli/fit_table.h"
#include "fit/isoflop.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Args {
    FitInput    input;
    const char *law, *objective, *out;
    FitOptions  options;
    i64         seed, threads;
    bool        json;
} Args;

/* Budgets that the runs span, as 6 N D. */
static void span(double *low, double *high, const Table *runs)
{
    const double *n = table_column(runs, "N"), *d = table_column(runs, "D");
    *low = INFINITY;
    *high = 0;
    for (i64 i = 0; i < runs->nrow; i++) {
        *low = fmin(*low, 6 * n[i] * d[i]);
        *high = fmax(*high, 6 * n[i] * d[i]);
    }
}

static void show(const Fit *fit, Arena *arena, const Table *runs)
{
    Frontier frontier;
    Err none = { 0 };
    double low, high;
    bool has = law_has_optimum(fit->law);
    if (has) {
        span(&low, &high, runs);
        has = parametric_frontier(&frontier, arena, fit, low, high, &none);
    }
    fit_show(fit, has ? &frontier : NULL, stdout);
    if (none.kind != ERR_NONE)
        printf("  %s\n", none.text);
}

static bool write_out(const Fit *fit, const char *path, Err *err)
{
    Str text = { 0 };
    fit_write(&text, fit);
    const bool ok = file_write(path, text.text, text.size, err);
    str_free(&text);
    return ok;
}

static void print_json(const Fit *first, const Fit *second)
{
    Str text = { 0 };
    str_put(&text, "[");
    fit_write(&text, first);
    if (second) {
        str_put(&text, ",");
        fit_write(&text, second);
    }
    str_put(&text, "]");
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

static FitObjective other_objective(FitObjective one)
{
    return one == FIT_SQUARES ? FIT_HUBER_LOG : FIT_SQUARES;
}

static bool fit_and_show(const Args *args, Arena *arena, Err *err)
{
    const Law  *law;
    const char *counts;
    Table       runs;
    Fit         first, second;
    if (!law_load(&law, arena, args->law, err)
        || !fit_table(&runs, &counts, arena, &args->input, law, err)
        || !fit_law(&first, arena, law, &runs, args->options, err))
        return false;

    FitOptions options = args->options;
    options.objective = other_objective(options.objective);
    if (!fit_law(&second, arena, law, &runs, options, err))
        return false;
    first.counts = second.counts = counts;
    if (args->out && !write_out(&first, args->out, err))
        return false;
    if (args->json) {
        print_json(&first, &second);
    } else {
        show(&first, arena, &runs);
        printf("\nfor comparison:\n");
        show(&second, arena, &runs);
    }
    return out_whole(err);
}

static bool args_whole(Args *args, const TextList *rest, Err *err)
{
    if (!fit_objective_find(&args->options.objective, args->objective))
        return err_set(err, ERR_USAGE, "--objective=%s: there are huber and "
                       "squares", args->objective);
    if (rest->count > 1)
        return err_set(err, ERR_USAGE, "%s: one study or file is fitted at a "
                       "time", rest->item[1]);
    if (args->options.resamples > 1000000 || args->threads < 1
        || args->threads > 1024 || args->seed < 0)
        return err_set(err, ERR_USAGE, "--bootstrap is at most 1000000, "
                       "--threads 1 to 1024, --seed 0 or more");
    args->input.source = rest->count ? rest->item[0] : NULL;
    args->options.seed = (u64)args->seed;
    args->options.threads = (int)args->threads;
    return true;
}

bool cmd_fit(int argc, char **argv, Err *err)
{
    Arena    arena = { 0 };
    TextList rest = { 0 };
    bool     helped = false;
    Args     args = { .law = "chinchilla", .objective = "huber",
                      .options = fit_defaults(), .seed = 1, .threads = 1 };
    const Opt opt[] = {
        { "law", "NAME|FILE", "the law to fit; `scalelaw laws` lists them",
          .text = &args.law },
        { "map", "N=COL,...", "which columns hold the law's N, D, loss",
          .text = &args.input.map },
        { "objective", "huber|squares", "Huber on ln L, or least squares on L; "
          "the other is shown beside it", .text = &args.objective },
        { "delta", "X", "where Huber turns from squares to absolute values",
          .real = &args.options.delta },
        { "bootstrap", "COUNT", "refits of resampled runs behind the "
          "intervals, 0 for none", .count = &args.options.resamples },
        { "level", "X", "of the intervals", .real = &args.options.level },
        { "seed", "COUNT", "which resamples are drawn", .count = &args.seed },
        { "n", "WHICH", "what N counts in a study: body, body+head, total, "
          "flop", .text = &args.input.n },
        { "where", "CONDITION", "only these runs: SQL for a study, 'a < 1 and "
          "b = 0' for a file", .text = &args.input.where },
        { "skip-bad", NULL, "leave out rows without a number above 0, naming "
          "them", .flag = &args.input.skip_bad },
        { "threads", "COUNT", "for the refits; the result is the same",
          .count = &args.threads, .unhashed = true },
        { "out", "FILE", "write the chosen fit as JSON, for predict and plan",
          .text = &args.out, .unhashed = true },
        { "json", NULL, "print both fits as JSON", .flag = &args.json,
          .unhashed = true },
    };
    const OptTable table = {
        .command = "scalelaw fit",
        .about = "Find the constants of a law in the runs of a study, or in a "
                 "CSV file, and say how sure they are.",
        .opt = opt, .nopt = COUNT_OF(opt), .operands = "[STUDY|FILE.csv]",
        .rest = &rest, .arena = &arena,
    };
    const bool ok = opt_flags(&table, argc, argv, &helped, err)
                 && (helped || (args_whole(&args, &rest, err)
                                && fit_and_show(&args, &arena, err)));
    arena_free(&arena);
    return ok;
}
