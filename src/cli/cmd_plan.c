/* cmd_plan.c - `scalelaw plan`: how large a model, on how much data, for this
 * much compute; by one law or by several side by side. */

#include "base/jot.h"
#include "base/opt.h"
#include "cli/cmd.h"
#include "cli/plan_source.h"
#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Args {
    TextList    flops;
    TextList    laws;
    const char *fit, *study;
    bool        json, helped;
} Args;

/* One budget by one law; refused in words where it has no optimum. */
typedef struct Row {
    const PlanSource *by;
    Plan              plan;
    bool              ok;
    char              refusal[1024];
} Row;

/* What is asked ------------------------------------------------------------ */

/* --law may stand several times; the option table keeps the last, so the words
 * are gathered into one list with commas first. */
static bool gather_laws(char ***argv_out, int *argc_out, Arena *arena, int argc,
                        char **argv, Err *err)
{
    char **kept = NEW(arena, char *, argc + 2);
    const char *all = NULL;
    int    count = 0;
    for (int i = 0; i < argc; i++) {
        const char *value = NULL;
        if (strncmp(argv[i], "--law=", 6) == 0)
            value = argv[i] + 6;
        else if (strcmp(argv[i], "--law") == 0 && i + 1 < argc)
            value = argv[++i];
        if (!value)
            kept[count++] = argv[i];
        else if (!*value)
            return err_set(err, ERR_USAGE, "--law: a law is expected, like "
                           "--law=chinchilla; `scalelaw laws list` shows all");
        else
            all = all ? arena_print(arena, "%s,%s", all, value) : value;
    }
    if (all)
        kept[count++] = arena_print(arena, "--law=%s", all);
    *argv_out = kept;
    *argc_out = count;
    return true;
}

static bool args_read(Args *args, Arena *arena, int argc, char **argv, Err *err)
{
    const Opt opt[] = {
        { .name = "flops", .unit = "FLOP", .texts = &args->flops,
          .help = "budget: 1e21, 3640PFd (petaflop/s-days); several with "
                  "commas" },
        { .name = "law", .unit = "LAW[:SET]", .texts = &args->laws,
          .help = "published constants, e.g. chinchilla:hoffmann; may be "
                  "repeated; `all` for every law of N and D" },
        { .name = "fit", .unit = "FILE", .text = &args->fit,
          .help = "a fit as `scalelaw fit` or a study wrote it" },
        { .name = "study", .unit = "DIR", .text = &args->study,
          .help = "both fits of a study, at the cost of its own shapes" },
        { .name = "json", .flag = &args->json, .help = "for programs" },
    };
    const OptTable table = {
        .command = "scalelaw plan",
        .about   = "The compute-optimal size and data for a budget, with "
                   "intervals where the fit has draws.",
        .opt = opt, .nopt = COUNT_OF(opt), .arena = arena };
    char **words = NULL;
    int    count = 0;
    return gather_laws(&words, &count, arena, argc, argv, err)
        && opt_flags(&table, count, words, &args->helped, err);
}

/* "1e21", "1e21FLOP", "3640PFd", "3640 PF-days". */
static bool budget_parse(double *out, Arena *arena, const char *text, Err *err)
{
    static const struct { const char *name; double flop; } unit[] = {
        { "PF-days", 8.64e19 }, { "PF-day", 8.64e19 }, { "PFdays", 8.64e19 },
        { "PFday", 8.64e19 },   { "PFd", 8.64e19 },    { "FLOPs", 1 },
        { "FLOP", 1 } };
    char  *number = arena_text(arena, text);
    double scale  = 1;
    for (int i = 0; i < COUNT_OF(unit); i++) {
        const size_t size = strlen(number), tail = strlen(unit[i].name);
        if (size <= tail || strcasecmp(number + size - tail, unit[i].name) != 0)
            continue;
        scale = unit[i].flop;
        number[size - tail] = 0;
        break;
    }
    for (size_t size = strlen(number); size && number[size - 1] == ' '; size--)
        number[size - 1] = 0;
    if (opt_number(out, number) && *out > 0 && isfinite(*out)) {
        *out *= scale;
        return true;
    }
    return err_set(err, ERR_USAGE, "--flops=%s: a budget above 0 is expected, "
                   "like 1e21 or 3640PFd (petaflop/s-days)", text);
}

static bool sources_find(PlanSources *out, Arena *arena, const Args *args,
                         Err *err)
{
    if (args->fit && !plan_source_fit(out, arena, args->fit, err))
        return false;
    if (args->study && !plan_source_study(out, arena, args->study, err))
        return false;
    for (i64 i = 0; i < args->laws.count; i++)
        if (!plan_source_law(out, arena, args->laws.item[i], err))
            return false;
    return out->count > 0
        || err_set(err, ERR_USAGE, "by which law? give --law=chinchilla (or "
                   "another, or all), --fit=FILE, or --study=DIR");
}

/* The answer --------------------------------------------------------------- */

static Row row_make(const PlanSource *by, double c)
{
    Row row = { .by = by };
    Err err = { 0 };
    row.ok = plan_budget(&row.plan, &by->fit, &by->cost, c, by->c_max, &err);
    if (!row.ok) {
        row.plan.c = c;
        snprintf(row.refusal, sizeof row.refusal, "%s", err.text);
    }
    return row;
}

/* "277 k..447 k" below its value; nothing without draws. */
static const char *ends(char *out, Interval x, bool plain)
{
    char low[NUM_TEXT], high[NUM_TEXT];
    out[0] = 0;
    if (isfinite(x.low) && isfinite(x.high))
        snprintf(out, NUM_TEXT, "%.20s..%.20s",
                 plain ? num_plain(low, x.low, 4) : num_si(low, x.low, 3),
                 plain ? num_plain(high, x.high, 4) : num_si(high, x.high, 3));
    return out;
}

static void print_row(const Row *row)
{
    const Plan *p = &row->plan;
    char n[NUM_TEXT], d[NUM_TEXT], ratio[NUM_TEXT], loss[NUM_TEXT];
    printf("  %-27.40s ", row->by->name);
    if (!row->ok) {
        printf("no answer: %s\n", row->refusal);
        return;
    }
    printf("%-17s%-17s%-8s%s\n", num_si(n, p->n.value, 3),
           num_si(d, p->d.value, 3), num_plain(ratio, p->ratio.value, 3),
           num_plain(loss, p->loss.value, 4));
    if (isfinite(p->n.low))
        printf("  %-27s %-17s%-17s%-8s%s\n", "  95 %", ends(n, p->n, false),
               ends(d, p->d, false), "", ends(loss, p->loss, true));
    if (isfinite(p->width))
        printf("  %-27s about %.0f layers of width %.0f\n", "",
               round(p->layers), round(p->width));
    if (p->extrapolation > 1)
        printf("  %-27s %.3g times the largest budget it was fitted to\n", "",
               p->extrapolation);
}

static void print_source(const PlanSource *by)
{
    printf("\n%s: %s\n", by->name, by->fit.law->formula);
    text_wrapped(stdout, by->source, 2);
    printf("  N counts %s; C = %s\n", by->fit.counts, by->cost.family
           ? "D (6 (12 L d^2 + V d) + 6 L d T), in the study's shapes"
           : "6 N D");
    if (by->caveat && *by->caveat) {
        char text[1024];
        snprintf(text, sizeof text, "Caution: %s", by->caveat);
        text_wrapped(stdout, text, 2);
    }
}

static void print_all(const Row *row, i64 budgets, const PlanSources *sources)
{
    for (i64 b = 0; b < budgets; b++) {
        char c[NUM_TEXT];
        const Row *first = row + b * sources->count;
        printf("%s%s FLOP (%.3g PF-days)\n", b ? "\n" : "",
               num_flop(c, first->plan.c), first->plan.c / 8.64e19);
        printf("  %-27s %-17s%-17s%-8s%s\n", "by", "parameters N", "tokens D",
               "D/N", "loss");
        for (i64 s = 0; s < sources->count; s++)
            print_row(&first[s]);
    }
    for (i64 s = 0; s < sources->count; s++)
        print_source(&sources->item[s]);
}

static void jot_row(Jot *j, const Row *row)
{
    const Plan *p = &row->plan;
    jot_object(j, NULL);
    jot_real(j, "flop", p->c);
    jot_text(j, "by", row->by->name);
    jot_text(j, "law", row->by->fit.law->name);
    jot_text(j, "formula", row->by->fit.law->formula);
    jot_text(j, "counts", row->by->fit.counts);
    jot_text(j, "cost", row->by->cost.family ? "family" : "6ND");
    if (row->ok) {
        fit_put_interval(j, "n", p->n);
        fit_put_interval(j, "d", p->d);
        fit_put_interval(j, "ratio", p->ratio);
        fit_put_interval(j, "loss", p->loss);
        jot_real(j, "layers", p->layers);
        jot_real(j, "width", p->width);
        jot_real(j, "extrapolation", p->extrapolation);
    }
    jot_text(j, "refused", row->ok ? NULL : row->refusal);
    jot_text(j, "source", row->by->source);
    jot_text(j, "caveat", row->by->caveat);
    jot_end(j);
}

static void print_json(const Row *row, i64 count)
{
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_array(&j, NULL);
    for (i64 i = 0; i < count; i++)
        jot_row(&j, &row[i]);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

/* One law that has no answer is a refusal; among several it is a row. */
static bool any_answer(const Row *row, i64 count, Err *err)
{
    for (i64 i = 0; i < count; i++)
        if (row[i].ok)
            return true;
    return err_set(err, ERR_REFUSED, "%s", row[0].refusal);
}

static bool plan(const Args *args, Arena *arena, Err *err)
{
    PlanSources sources = { 0 };
    if (args->flops.count == 0)
        return err_set(err, ERR_USAGE, "how much compute? give --flops=1e21, "
                       "or --flops=3640PFd");
    if (!sources_find(&sources, arena, args, err))
        return false;

    const i64 count = args->flops.count * sources.count;
    Row      *row   = NEW(arena, Row, count);
    for (i64 i = 0; i < count; i++) {
        double c;
        if (!budget_parse(&c, arena, args->flops.item[i / sources.count], err))
            return false;
        row[i] = row_make(&sources.item[i % sources.count], c);
    }
    if (!any_answer(row, count, err))
        return false;
    if (args->json)
        print_json(row, count);
    else
        print_all(row, args->flops.count, &sources);
    return true;
}

bool cmd_plan(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  args  = { 0 };
    const bool ok = args_read(&args, &arena, argc, argv, err)
                 && (args.helped || plan(&args, &arena, err));
    arena_free(&arena);
    return ok;
}
