/* fit_args.c - see fit_args.h. */

#include "cli/fit_args.h"

#include "base/opt.h"
#include "cli/repeat.h"

#include <string.h>
#include <unistd.h>

/* Options that come as texts or wide counts and become something narrower. */
typedef struct Words {
    const char *objective, *resample;
    TextList    ways;
    i64         seed, threads;
} Words;

static bool ways_find(bool *way, const TextList *words, Err *err)
{
    for (i64 i = 0; i < words->count; i++) {
        const char *word = words->item[i];
        const bool all = strcmp(word, "all") == 0;
        if (!all && (strlen(word) != 1 || word[0] < '1' || word[0] > '3'))
            return err_set(err, ERR_USAGE, "--approach=%s: there are 1 "
                           "(envelope of learning curves), 2 (IsoFLOP curves), "
                           "3 (the fitted law) and all", word);
        for (int k = 0; k < FIT_WAYS; k++)
            way[k] = way[k] || all || word[0] == '1' + k;
    }
    return true;
}

static bool within(const FitArgs *a, const Words *w, Err *err)
{
    if (a->options.resamples > 1000000)
        return err_set(err, ERR_USAGE, "--bootstrap is at most 1000000");
    if (w->threads < 0 || w->threads > 1024)
        return err_set(err, ERR_USAGE, "--threads is 1 to 1024, or 0 for all "
                       "cores");
    if (w->seed < 0)
        return err_set(err, ERR_USAGE, "--seed is 0 or more");
    if (!(a->hold_out >= 0 && a->hold_out <= 0.5))
        return err_set(err, ERR_USAGE, "--hold-out=%g: a share from 0 (none) "
                       "to 0.5 is expected, like 0.2", a->hold_out);
    if (a->own.count > 0 && !a->group)
        return err_set(err, ERR_USAGE, "--own says which parameters are one a "
                       "group; --group=COLUMN is wanted as well");
    return true;
}

static i64 cores(void)
{
    return i64_max(1, i64_min(1024, sysconf(_SC_NPROCESSORS_ONLN)));
}

static bool whole(FitArgs *a, const Words *w, const TextList *rest, Err *err)
{
    FitOptions *o = &a->options;
    if (!fit_objective_find(&o->objective, w->objective))
        return err_set(err, ERR_USAGE, "--objective=%s: there are huber and "
                       "squares-log (on ln L), huber-raw and squares (on L), "
                       "and quantile", w->objective);
    if (!fit_resample_find(&o->resample, w->resample))
        return err_set(err, ERR_USAGE, "--resample=%s: there are runs, "
                       "clusters, wild, and auto", w->resample);
    if (rest->count > 1)
        return err_set(err, ERR_USAGE, "%s: one study or file is fitted at a "
                       "time", rest->item[1]);
    if (!within(a, w, err) || !ways_find(a->way, &w->ways, err))
        return false;
    a->input.source = rest->count ? rest->item[0] : NULL;
    o->seed = (u64)w->seed;
    o->threads = (int)(w->threads > 0 ? w->threads : cores());
    return true;
}

bool fit_args_read(FitArgs *out, Arena *arena, int argc, char **argv,
                   bool *helped, Err *err)
{
    static const char *const repeated[] = { "law", "pin", "bound", "own",
                                            "approach" };
    static const char *const law[] = { "chinchilla" };
    TextList rest = { 0 };
    Words w = { .objective = "huber", .resample = "auto", .seed = 1 };
    *out = (FitArgs){ .laws = { 1, law }, .options = fit_defaults(),
                      .hold_out = 0.2 };
    FitOptions *o = &out->options;
    const Opt opt[] = {
        { "law", "LAW,...", "the law to fit, a name or a file; several are "
          "compared with the first; of a family (bnsl) BIC chooses the member",
          .texts = &out->laws },
        FIT_INPUT_OPTS(out->input),
        { "objective", "WHICH", "huber or squares-log (on ln L), huber-raw or "
          "squares (on L), quantile; huber stands beside it, and squares "
          "beside huber", .text = &w.objective },
        { "delta", "X", "where Huber turns from squares to absolute values",
          .real = &o->delta },
        { "quantile", "Q", "which one --objective=quantile follows: 0.1 is "
          "near the noise floor", .real = &o->quantile },
        { "weight", "COLUMN", "how much each run counts: k for a mean of k "
          "seeds", .text = &o->weight },
        { "pin", "E=1.8,...", "parameters that are known and not fitted",
          .texts = &out->pins },
        { "bound", "alpha=0.1..0.6,...", "other bounds for parameters",
          .texts = &out->bounds },
        { "group", "COLUMN", "may its groups share the law's parameters?",
          .text = &out->group },
        { "own", "E,A", "only these are tested; without it offsets, exponents "
          "and all in turn", .texts = &out->own },
        { "bootstrap", "COUNT", "refits of resampled runs behind the "
          "intervals, 0 for none", .count = &o->resamples },
        { "resample", "WHAT", "what is drawn again: runs, clusters, wild; auto "
          "is clusters where a column names them, else runs",
          .text = &w.resample },
        { "cluster", "COLUMN", "which runs belong together (branches of one "
          "trunk, points of one curve)", .text = &o->cluster },
        { "level", "X", "of the intervals", .real = &o->level },
        { "seed", "COUNT", "which resamples are drawn", .count = &w.seed },
        { "se", NULL, "standard errors by the delta method as well",
          .flag = &out->se },
        { "profile", NULL, "profile-likelihood intervals as well",
          .flag = &o->profile },
        { "hold-out", "SHARE", "of the largest runs by compute, foretold from "
          "the others; 0 for none", .real = &out->hold_out },
        { "windows", NULL, "hold out budget after budget, each foretold from "
          "all below", .flag = &out->windows },
        { "without-outliers", NULL, "leave out runs that look failed; they are "
          "listed, and the answer with them is shown beside",
          .flag = &out->without_outliers },
        { "approach", "1|2|3|all", "the compute-optimal size by Chinchilla's "
          "approaches: envelope of curves, IsoFLOP curves, the law",
          .texts = &w.ways },
        { "conventions", NULL, "the same runs under every way of counting N "
          "that the table has (n_body, n_total ...)",
          .flag = &out->conventions },
        { "threads", "COUNT", "for the refits, 0 for all cores; the result is "
          "the same",
          .count = &w.threads, .unhashed = true },
        { "out", "FILE", "write the chosen fit as JSON, for predict and plan",
          .text = &out->out, .unhashed = true },
        { "json", NULL, "print everything as one JSON object",
          .flag = &out->json, .unhashed = true },
    };
    const OptTable table = {
        .command = "scalelaw fit",
        .about = "Find the constants of a law in the runs of a study, or in a "
                 "table of runs, and say how sure they are.",
        .opt = opt, .nopt = COUNT_OF(opt), .operands = "[STUDY|FILE]",
        .rest = &rest, .arena = arena,
    };
    return repeat_join(&argv, &argc, arena, argc, argv, repeated,
                       COUNT_OF(repeated), err)
        && opt_flags(&table, argc, argv, helped, err)
        && (*helped || whole(out, &w, &rest, err));
}
