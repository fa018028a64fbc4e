/* results.c - see results.h.
 *
 * Everything is made from the records, so that it can be made again; but for the
 * machine, of which a run's record holds the name alone: processor, cores and
 * compiler are those of the machine that writes this, and it is said where that
 * is another. */

#include "report/results.h"

#include "base/clock.h"
#include "base/file.h"
#include "report/drawing.h"
#include "report/find_table.h"
#include "report/mark.h"
#include "report/num.h"
#include "report/study_card.h"
#include "store/run_field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Bytes: of a figure with its numbers, and of all of them. */
enum { FIGURE_MOST = 130000, FIGURES_MOST = 700000, LESS = 5000 };

/* Time --------------------------------------------------------------------- */

typedef struct Span { double from, to; } Span;

static int by_start(const void *a, const void *b)
{
    const double x = ((const Span *)a)->from, y = ((const Span *)b)->from;
    return (x > y) - (x < y);
}

static double seconds_of(const char *utc)
{
    struct tm tm = { 0 };
    const char *end = utc ? strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;
    return end && !*end ? (double)timegm(&tm) : NAN;
}

ResultsTime results_time(const RunList *runs)
{
    ResultsTime t = { .first = NAN, .last = NAN };
    Arena scratch = { 0 };
    Span *span    = NEW(&scratch, Span, runs->count + 1);
    i64   count   = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const double from = seconds_of(runs->run[i].started);
        if (!isfinite(from) || !isfinite(runs->run[i].wall_s))
            continue;
        span[count++] = (Span){ from, from + runs->run[i].wall_s };
        t.runs_s += runs->run[i].wall_s;
    }
    qsort(span, (size_t)count, sizeof *span, by_start);
    for (i64 i = 0; i < count; i++) {
        const double from = i == 0 ? span[i].from : fmax(span[i].from, t.last);
        t.busy_s += fmax(0, span[i].to - from);
        t.last = i == 0 ? span[i].to : fmax(t.last, span[i].to);
    }
    t.first = count > 0 ? span[0].from : NAN;
    arena_free(&scratch);
    return t;
}

static const char *utc_of(Arena *arena, double seconds)
{
    const time_t at = (time_t)seconds;
    struct tm    tm;
    char         text[32];
    if (!isfinite(seconds) || !gmtime_r(&at, &tm))
        return "not recorded";
    strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm);
    return arena_text(arena, text);
}

/* Machine ------------------------------------------------------------------ */

static void item(Str *out, const char *what, const char *text)
{
    str_add(out, "- %s: ", what);
    mark_text(out, text && *text ? text : NULL);
    str_put(out, "\n");
}

static const char *processor(Arena *arena)
{
    char  line[512];
    FILE *in = fopen("/proc/cpuinfo", "r");
    const char *model = NULL;
    while (in && !model && fgets(line, sizeof line, in)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        line[strcspn(line, "\n")] = 0;
        model = arena_text(arena, colon + 1 + strspn(colon + 1, " \t"));
    }
    if (in)
        fclose(in);
    return model;
}

/* Distinct texts of the runs, one after the other. */
static const char *all_of(Arena *arena, const RunList *runs,
                          const char *(*of)(const Run *))
{
    Str text = { 0 };
    for (i64 i = 0; i < runs->count; i++) {
        bool seen = !of(&runs->run[i]);
        for (i64 k = 0; k < i && !seen; k++)
            seen = finds_same_text(of(&runs->run[i]), of(&runs->run[k]));
        if (!seen)
            str_add(&text, "%s%s", text.size ? ", " : "", of(&runs->run[i]));
    }
    const char *out = arena_text(arena, text.text ? text.text : "");
    str_free(&text);
    return out;
}

static const char *host(const Run *run) { return run->host; }
static const char *code(const Run *run) { return run->code; }
static const char *kernels(const Run *run) { return run->kernels; }

static void machine(Str *out, Arena *arena, const Analysis *a)
{
    const ResultsTime t = results_time(&a->runs);
    const char *hosts = all_of(arena, &a->runs, host);
    const char *gcc = strchr("0123456789", *__VERSION__) ? "gcc " : "";
    char words[24], here[256] = "";
    gethostname(here, sizeof here - 1);
    str_put(out, "\n## Machine and time\n\n");
    item(out, "trained on", hosts);
    item(out, strcmp(hosts, here) == 0 ? "processor"
              : "processor of the machine that wrote this, which is another",
         processor(arena));
    item(out, "cores", arena_print(arena, "%ld", sysconf(_SC_NPROCESSORS_ONLN)));
    item(out, "kernels", all_of(arena, &a->runs, kernels));
    item(out, "compiler", arena_print(arena, "%s%s", gcc, __VERSION__));
    item(out, "code that trained", all_of(arena, &a->runs, code));
    item(out, "first run began", utc_of(arena, t.first));
    item(out, "last run ended", utc_of(arena, t.last));
    clock_words(words, t.busy_s);
    item(out, "time with a run under way", words);
    if (t.busy_s > 0)
        item(out, "runs side by side, on average",
             arena_print(arena, "%.2f", t.runs_s / t.busy_s));
}

/* README ------------------------------------------------------------------- */

static bool copy(Str *out, const char *dir, const char *name, Err *err)
{
    Arena       arena = { 0 };
    const char *path  = arena_print(&arena, "%s/%s", dir, name);
    char       *text;
    i64         size;
    const bool  ok = file_read(&text, &size, &arena, path, err);
    if (ok)
        str_bytes(out, text, size);
    arena_free(&arena);
    return ok;
}

static bool surprises(Str *out, const char *dir, Err *err)
{
    Arena      arena = { 0 };
    const bool there = file_exists(arena_print(&arena, "%s/surprises.md", dir));
    str_put(out, "\n## What surprised\n\n");
    if (!there)
        str_put(out, "Nothing is written in `surprises.md` yet.\n");
    const bool ok = !there || copy(out, dir, "surprises.md", err);
    arena_free(&arena);
    return ok;
}

static void figures(Str *out, const Drawing *d, const char *dir,
                    const char *large)
{
    Arena arena = { 0 };
    str_put(out, "\n## Figures\n");
    for (int i = 0; i < fig_count(); i++) {
        const Fig *fig = fig_at(i);
        if (!d->drawn[i]
            || !file_exists(arena_print(&arena, "%s/figures/%s.svg", dir,
                                        fig->name)))
            continue;
        str_add(out, "\n![%s](figures/%s.svg)\n\n**%s.** ", fig->title,
                fig->name, fig->title);
        mark_text(out, fig->see);
        str_add(out, " [Numbers](figures/%s.csv).\n", fig->name);
    }
    if (large)
        str_add(out, "\nToo large to be kept here, and in the study's report: "
                "%s.\n", large);
    arena_free(&arena);
}

static void found(Str *out, const Analysis *a)
{
    Arena       arena = { 0 };
    FindTable   table[FIND_TABLES];
    const char *name[FIND_TABLES];
    const int   count = find_tables(table, name, &arena, a);
    str_put(out, "\n## What was found\n\n");
    if (!a->chosen) {
        str_put(out, "- There is no law of size and data: ");
        mark_text(out, a->chosen_words);
        str_put(out, "\n");
    }
    for (int k = 0; k < count; k++) {
        str_add(out, "- **%s.** ", table[k].title);
        mark_text(out, table[k].verdict ? table[k].verdict : "Table below.");
        str_add(out, " ([CSV](tables/%s.csv))\n", name[k]);
    }
    arena_free(&arena);
}

static void commands(Str *out, const Analysis *a, const char *dir)
{
    str_put(out, "\n## Commands\n\n");
    str_add(out, "    scalelaw study %s/%s.study --out=%s\n"
            "    scalelaw report %s --results=%s\n", dir, a->info.name, a->dir,
            a->dir, dir);
}

static bool readme(const Analysis *a, const Drawing *d, const char *dir,
                   const char *large, Err *err)
{
    Arena arena = { 0 };
    Str   out   = { 0 };
    str_put(&out, "# ");
    mark_text(&out, a->info.title ? a->info.title : a->info.name);
    str_put(&out, "\n\nMade by `scalelaw report` from the records of the study "
            "`");
    str_put(&out, a->info.name);
    str_put(&out, "`; only \"What surprised\" is written by hand.\n");
    found(&out, a);
    bool ok = surprises(&out, dir, err);
    machine(&out, &arena, a);
    study_card_parts(&out, a);
    figures(&out, d, dir, large);
    commands(&out, a, dir);
    ok = ok && drawing_file(dir, "README", ".md", &out, err);
    str_free(&out);
    arena_free(&arena);
    return ok;
}

/* The rest ----------------------------------------------------------------- */

static bool put_tables(const Analysis *a, const char *into, Err *err)
{
    Arena       arena = { 0 };
    FindTable   table[FIND_TABLES];
    const char *name[FIND_TABLES];
    const char *dir   = arena_print(&arena, "%s/tables", into);
    const int   count = find_tables(table, name, &arena, a);
    bool        ok    = dir_make(dir, err);
    for (int k = 0; k < find_table_count(); k++)
        unlink(arena_print(&arena, "%s/%s.csv", dir, find_table_at(k)->name));
    for (int k = 0; ok && k < count; k++) {
        Str text = { 0 };
        find_table_csv(&text, &table[k]);
        ok = drawing_file(dir, name[k], ".csv", &text, err);
        str_free(&text);
    }
    arena_free(&arena);
    return ok;
}

static bool put_runs(const Analysis *a, const char *dir, Err *err)
{
    Str text = { 0 }, config = { 0 };
    run_csv(&a->runs, &text);
    str_put(&config, a->info.config ? a->info.config : "");
    const bool ok = drawing_file(dir, "runs", ".csv", &text, err)
                 && drawing_file(dir, a->info.name, ".study", &config, err);
    str_free(&text);
    str_free(&config);
    return ok;
}

static bool put_prediction(const Analysis *a, const char *dir, Err *err)
{
    static const char *const ending[] = { ".json", ".sha256" };
    bool ok = true;
    for (int k = 0; ok && a->prediction_hash && k < COUNT_OF(ending); k++) {
        Str  text = { 0 };
        char name[32];
        snprintf(name, sizeof name, "prediction%s", ending[k]);
        ok = copy(&text, a->dir, name, err)
          && drawing_file(dir, "prediction", ending[k], &text, err);
        str_free(&text);
    }
    return ok;
}

/* How large a figure may be for all that are not larger to fit. */
static i64 most_of(const Drawing *d)
{
    for (i64 most = FIGURE_MOST; most > LESS; most -= LESS) {
        i64 sum = 0;
        for (int i = 0; i < fig_count(); i++) {
            const i64 size = d->plot[i].svg.size + d->plot[i].csv.size;
            sum += d->drawn[i] && size <= most ? size : 0;
        }
        if (sum <= FIGURES_MOST)
            return most;
    }
    return LESS;
}

bool results_write(const Analysis *a, const char *dir, Err *err)
{
    Str        large = { 0 };
    Drawing    d     = drawing_make(a);
    const bool ok = dir_make(dir, err)
                 && drawing_write(&d, dir, most_of(&d), &large, err)
                 && put_tables(a, dir, err) && put_runs(a, dir, err)
                 && put_prediction(a, dir, err)
                 && readme(a, &d, dir, large.text, err);
    drawing_free(&d);
    str_free(&large);
    return ok;
}
