/* checklist.c - see checklist.h. */

#include "report/checklist.h"

#include "report/num.h"

#include <math.h>
#include <string.h>

const char *checklist_word(CheckAnswer answer)
{
    return answer == CHECK_YES ? "yes" : answer == CHECK_NO ? "no"
                                                            : "not known";
}

typedef struct Maker {
    Checklist      *out;
    Arena          *arena;
    const Analysis *a;
    const char     *part;
} Maker;

static void say(Maker *m, const char *question, CheckAnswer answer,
                const char *evidence)
{
    if (m->out->count < CHECK_ITEMS)
        m->out->item[m->out->count++] = (CheckItem){ m->part, question, answer,
                                                     evidence };
}

static CheckAnswer when(bool truth)
{
    return truth ? CHECK_YES : CHECK_NO;
}

/* An answer that rests on a text which may be absent. */
static void say_known(Maker *m, const char *question, const char *text)
{
    say(m, question, text && *text ? CHECK_YES : CHECK_UNKNOWN,
        text && *text ? text : "the records do not say");
}

/* Form --------------------------------------------------------------------- */

static const char *count_words(CountN counts)
{
    switch (counts) {
    case N_BODY:      return "N: matrices of the layers, 12 L d^2";
    case N_BODY_HEAD: return "N: matrices of the layers and of the head";
    case N_TOTAL:     return "N: every parameter";
    case N_FLOP:      return "N: training FLOP per token over 6";
    }
    return NULL;
}

static void form(Maker *m)
{
    const Analysis *a = m->a;
    m->part = "form";
    say(m, "Is the form of the law given?", when(a->chosen != NULL),
        a->chosen ? a->chosen->law->formula : "no law was fitted");
    say(m, "Is it said why this form?", when(a->chosen_words != NULL),
        a->chosen_words);
    say(m, "Was another form tried?", when(a->outer.law != NULL),
        a->outer.law ? a->outer.law->formula
                     : "too few runs for one more constant");
    say(m, "Are N, D and C defined?", CHECK_YES,
        arena_print(m->arena, "%s; D: %ss trained on; C: exact FLOP of the "
                    "shapes, backward twice forward",
                    count_words(a->cost.counts), analysis_token(a)));
}

/* Training ----------------------------------------------------------------- */

static i64 distinct(const Analysis *a, double (*of)(const Run *))
{
    i64 count = 0;
    for (i64 i = 0; i < a->fitted.count; i++) {
        bool seen = false;
        for (i64 k = 0; k < i; k++)
            seen = seen || finds_same(of(&a->fitted.run[k]),
                                      of(&a->fitted.run[i]), 1e-9);
        count += !seen;
    }
    return count;
}

static double seed_of(const Run *run)
{
    return (double)run->seed + 1;
}

static double total_of(const Run *run)
{
    return (double)run->params.total;
}

static const char *ranges(Maker *m)
{
    double n[2] = { INFINITY, 0 }, d[2] = { INFINITY, 0 };
    char   t[4][NUM_TEXT];
    for (i64 i = 0; i < m->a->fitted.count; i++) {
        const Run   *run = &m->a->fitted.run[i];
        const double size = count_n(run->shape, m->a->cost.counts);
        n[0] = fmin(n[0], size);
        n[1] = fmax(n[1], size);
        d[0] = fmin(d[0], (double)run->tokens);
        d[1] = fmax(d[1], (double)run->tokens);
    }
    return arena_print(m->arena, "%lld runs of %lld sizes; N %s to %s, D %s to "
                       "%s", (long long)m->a->fitted.count,
                       (long long)distinct(m->a, total_of),
                       num_si(t[0], n[0], 3), num_si(t[1], n[1], 3),
                       num_si(t[2], d[0], 3), num_si(t[3], d[1], 3));
}

static const Run *first_run(const Analysis *a)
{
    return a->fitted.count > 0 ? &a->fitted.run[0] : NULL;
}

static bool has_config(const Analysis *a)
{
    for (i64 i = 0; i < a->fitted.count; i++)
        if (!a->fitted.run[i].config || !*a->fitted.run[i].config)
            return false;
    return a->fitted.count > 0;
}

static void training(Maker *m)
{
    const Analysis *a     = m->a;
    const Run      *run   = first_run(a);
    const i64       seeds = distinct(a, seed_of);
    m->part = "training";
    say(m, "How many runs, over what range?", CHECK_YES, ranges(m));
    say_known(m, "Is the architecture given, with every shape?",
              run ? run->arch : NULL);
    say(m, "Are rate, schedule, warm-up and batch given for every run?",
        has_config(a) ? CHECK_YES : CHECK_UNKNOWN,
        has_config(a) ? "each run's configuration is in its record"
                      : "some records carry no configuration");
    say(m, "Was the learning rate tuned at more than one size?",
        when(a->finds.rates.count > 1),
        arena_print(m->arena, "%lld sweeps of four rates or more among these "
                    "runs", (long long)a->finds.rates.count));
    say(m, "Is there more than one seed?", when(seeds > 1),
        arena_print(m->arena, "%lld seed%s", (long long)seeds,
                    seeds == 1 ? "" : "s"));
    say(m, "Are runs taken at their end, not on the way?", CHECK_YES,
        "the law is fitted to final losses; curves serve approach 1 alone");
    say(m, "Is it said which runs were left out, and why?", CHECK_YES,
        a->excluded.text && *a->excluded.text ? "listed below the table of runs"
                                              : "none was left out");
}

/* Data --------------------------------------------------------------------- */

static void data(Maker *m)
{
    const Analysis *a   = m->a;
    const Run      *run = first_run(a);
    char            se[NUM_TEXT];
    m->part = "data";
    say_known(m, "Is the training text given?", a->info.corpus
              ? arena_print(m->arena, "%s, SHA-256 %.16s...", a->info.corpus,
                            a->info.corpus_sha256 ? a->info.corpus_sha256 : "")
              : NULL);
    say_known(m, "Are tokenizer and vocabulary given?", run && run->tokenizer
              ? arena_print(m->arena, "%s, %lld tokens", run->tokenizer,
                            (long long)a->info.vocab) : NULL);
    say(m, "Is it said how the loss was measured?",
        run && run->val_tokens > 0 ? CHECK_YES : CHECK_UNKNOWN,
        run && run->val_tokens > 0
            ? arena_print(m->arena, "on %lld held-out %ss, standard error %s "
                          "nats", (long long)run->val_tokens,
                          analysis_token(a), num_plain(se, run->val_se, 2))
            : "the records do not say");
    say(m, "Was no text seen twice?",
        when(a->finds.repeats.count == 0),
        a->finds.repeats.count ? arena_print(m->arena, "%lld runs saw text "
                                             "more than once",
                                             (long long)a->finds.repeats.count)
                               : "every run below one epoch");
}

/* Fitting ------------------------------------------------------------------ */

static void fitting(Maker *m)
{
    const Analysis *a = m->a;
    char text[NUM_TEXT];
    m->part = "fitting";
    if (!a->chosen) {
        say(m, "Was a law fitted?", CHECK_NO, a->chosen_words);
        return;
    }
    const FitCertificate *c = &a->chosen->certificate;
    say(m, "Are objective and weights given?", CHECK_YES,
        arena_print(m->arena, "%s, delta %g; all runs weigh the same",
                    fit_objective_name(a->chosen->options.objective),
                    a->chosen->options.delta));
    say(m, "Are starting points and method given?", CHECK_YES,
        arena_print(m->arena, "variable projection over %lld grid points, %lld "
                    "polished, %lld ended at the same minimum",
                    (long long)c->grid_points, (long long)c->starts,
                    (long long)c->agree));
    say(m, "Did the fit settle?", when(c->gradient < 1e-6),
        arena_print(m->arena, "relative gradient %s at the end",
                    num_plain(text, c->gradient, 2)));
    say(m, "Is the uncertainty given, and how it was found?",
        when(a->chosen->ndraw > 0),
        arena_print(m->arena, "%lld bootstrap refits of resampled runs",
                    (long long)a->chosen->ndraw));
    say(m, "Was the law put to the test on runs that it had not seen?",
        when(isfinite(a->held_minimum.c) && a->held_minimum.npoint > 0),
        a->prediction_hash ? arena_print(m->arena, "predicted before they were "
                                         "trained, hash %.16s...",
                                         a->prediction_hash)
                           : "no budget was held out");
}

static void open_(Maker *m)
{
    const Run *run = first_run(m->a);
    m->part = "open";
    say_known(m, "Is the code that trained and fitted it identified?",
              run ? run->code : NULL);
    say(m, "Are the numbers of every run there?", CHECK_YES,
        "table of runs; CSV beside each figure; records in runs/");
}

void checklist_make(Checklist *out, Arena *arena, const Analysis *analysis)
{
    Maker m = { .out = out, .arena = arena, .a = analysis };
    *out = (Checklist){ 0 };
    form(&m);
    training(&m);
    data(&m);
    fitting(&m);
    open_(&m);
}
