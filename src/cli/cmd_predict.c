/* cmd_predict.c - `scalelaw predict`: the loss that a fit, or a published set
 * of constants, expects of a run. */

#include "cli/cmd.h"

#include "base/file.h"
#include "base/jot.h"
#include "base/opt.h"
#include "fit/fit.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Args {
    double n, d, c, s;
    bool   json;
} Args;

/* A fit file, or LAW:CONSTANTS as a fit without draws. */
static bool is_file(const char *name)
{
    return file_exists(name) && !file_is_dir(name);
}

static bool constants_named(Fit *out, const Law *law, const char *wanted,
                            Err *err)
{
    const LawConstants *set = wanted ? law_constants(law, wanted)
                              : law->nconstants ? &law->constants[0] : NULL;
    if (!set) {
        Str names = { 0 };
        for (int i = 0; i < law->nconstants; i++)
            str_add(&names, "%s%s", i ? ", " : "", law->constants[i].name);
        err_set(err, ERR_USAGE, "%s:%s: no published constants of that name; "
                "there are: %s", law->name, wanted ? wanted : "",
                names.text ? names.text : "none");
        str_free(&names);
        return false;
    }
    *out = (Fit){ .law = law, .options = fit_defaults(),
                  .counts = law->counts };
    memcpy(out->theta, set->theta, sizeof out->theta);
    fprintf(stderr, "%s:%s: %s\n", law->name, set->name,
            set->source ? set->source : "");
    if (set->caveat)
        fprintf(stderr, "%s:%s: %s\n", law->name, set->name, set->caveat);
    return true;
}

static bool source_read(Fit *out, Arena *arena, const char *name, Err *err)
{
    const char *colon = strchr(name, ':');
    const char *ending = strrchr(name, '.');
    const Law *law;
    if (is_file(name) && !(ending && strcmp(ending, ".law") == 0))
        return fit_read(out, arena, name, err);
    if (!colon && ending && strcmp(ending, ".json") == 0)
        return fit_read(out, arena, name, err);
    const char *law_name = colon ? arena_print(arena, "%.*s",
                                               (int)(colon - name), name)
                                 : name;
    return law_load(&law, arena, law_name, err)
        && constants_named(out, law, colon ? colon + 1 : NULL, err);
}

/* N, D, C, S as the law's columns want them; two of N, D, C give the third. */
static bool column_value(double *out, const char *name, const Args *a, Err *err)
{
    const double n = isnan(a->n) ? a->c / 6 / a->d : a->n;
    const double d = isnan(a->d) ? a->c / 6 / a->n : a->d;
    const double c = isnan(a->c) ? 6 * a->n * a->d : a->c;
    *out = strcmp(name, "N") == 0   ? n
           : strcmp(name, "D") == 0 ? d
           : strcmp(name, "C") == 0 ? c
           : strcmp(name, "S") == 0 ? a->s
                                    : NAN;
    if (*out > 0 && *out < INFINITY)
        return true;
    return err_set(err, ERR_USAGE, "the law needs %s above 0; give --%s, or "
                   "two of --N, --D and --C (C = 6 N D)", name, name);
}

static bool not_contradicting(const Args *a, Err *err)
{
    const double six = 6 * a->n * a->d;
    if (isnan(six) || isnan(a->c) || fabs(a->c / six - 1) < 0.01)
        return true;
    return err_set(err, ERR_USAGE, "--C=%g is not 6 N D = %g; leave one of the "
                   "three out", a->c, six);
}

static void print_json(const Fit *fit, const double *column, Interval at)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "law", fit->law->name);
    for (int c = 0; c < fit->law->ncolumn; c++)
        jot_real(&j, fit->law->column[c], column[c]);
    jot_real(&j, fit->law->response, at.value);
    jot_real(&j, "low", at.low);
    jot_real(&j, "high", at.high);
    jot_real(&j, "level", fit->options.level);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static void print_words(const Fit *fit, Interval at)
{
    printf("%s %.6g", fit->law->response, at.value);
    if (!isnan(at.low))
        printf("  %g %% interval [%.6g, %.6g]", 100 * fit->options.level,
               at.low, at.high);
    putchar('\n');
}

static bool predict(const Args *args, Arena *arena, const char *source,
                    Err *err)
{
    Fit    fit;
    double column[LAW_COLUMNS_MAX];
    if (!source_read(&fit, arena, source, err) || !not_contradicting(args, err))
        return false;
    for (int c = 0; c < fit.law->ncolumn; c++)
        if (!column_value(&column[c], fit.law->column[c], args, err))
            return false;
    const Interval at = fit_predict(&fit, column);
    if (args->json)
        print_json(&fit, column, at);
    else
        print_words(&fit, at);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return err_set(err, ERR_IO, "standard output: cannot be written: %s",
                   strerror(errno));
}

bool cmd_predict(int argc, char **argv, Err *err)
{
    Arena    arena = { 0 };
    TextList rest = { 0 };
    bool     helped = false;
    Args     args = { NAN, NAN, NAN, NAN, false };
    const Opt opt[] = {
        { "N", "COUNT", "parameters, counted as the law counts them",
          .real = &args.n },
        { "D", "COUNT", "tokens", .real = &args.d },
        { "C", "FLOP", "training compute, 6 N D", .real = &args.c },
        { "S", "COUNT", "steps", .real = &args.s },
        { "json", NULL, "as one JSON object", .flag = &args.json },
    };
    const OptTable table = {
        .command = "scalelaw predict",
        .about = "The loss that a fit (fit --out=FIT.json) or a published law "
                 "(chinchilla:besiroglu-exact) expects of a run.",
        .opt = opt, .nopt = COUNT_OF(opt),
        .operands = "FIT.json|LAW[:CONSTANTS]", .rest = &rest, .arena = &arena,
    };
    bool ok = opt_flags(&table, argc, argv, &helped, err);
    if (ok && !helped && rest.count != 1)
        ok = err_set(err, ERR_USAGE, "predict: one fit or one law is wanted; "
                     "`scalelaw laws` lists the laws");
    ok = ok && (helped || predict(&args, &arena, rest.item[0], err));
    arena_free(&arena);
    return ok;
}
