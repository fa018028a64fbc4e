/* bench_fit.c - how long fits take: one with its certificate, its refits, its
 * profiles; over rows and threads; and the same law written by hand in C in
 * place of its formula.
 *
 * The runs are made in memory, like the 240 that Besiroglu et al. read from
 * Chinchilla's figure: those themselves are taken where $SCALELAW_SHARED or
 * ../shared holds them. Where python3 has SciPy, bench/peer_scipy.py fits the
 * same runs as is usual, by L-BFGS-B from a grid of starts. */

#include "cli/bench.h"

#include "base/jot.h"
#include "base/rng.h"
#include "cli/bench_hand.h"
#include "fit/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POINTS = 240 };

/* One thing to time, and what came of it. */
typedef struct Piece {
    const char *what;
    const Law  *law;
    Table       runs;
    FitOptions  options;
    double      objective;
} Piece;

static void run_fit(void *self)
{
    Piece *p = self;
    Arena arena = { 0 };
    Fit fit;
    Err err = { 0 };
    p->objective = fit_law(&fit, &arena, p->law, &p->runs, p->options, &err)
                       ? fit.objective : NAN;
    arena_free(&arena);
}

/* ---- runs -------------------------------------------------------------- */

/* Sizes and ratios of Chinchilla's runs, its law, residuals like theirs: a
 * Laplace law of half a per cent. */
static Table runs_made(Arena *arena, const Law *law, i64 nrow)
{
    static const char *const names[] = { "N", "D", "loss" };
    const double theta[] = { 1.81721810, 477.82587, 2143.4174, .34731050,
                             .36717243 };
    Table t = table_new(arena, 3, names, nrow);
    for (i64 i = 0; i < nrow; i++) {
        const u64 at = 3 * (u64)i;
        const double n = 5e7 * pow(200, rng_unit(1, RNG_SYNTH, at));
        const double d = 20 * n * pow(10, 2 * rng_unit(1, RNG_SYNTH, at + 1)
                                              - 1);
        const double u = rng_unit(1, RNG_SYNTH, at + 2) - 0.5;
        const double noise = -0.005 * copysign(log(1 - 2 * fabs(u)), u);
        t.column[0][i] = n;
        t.column[1][i] = d;
        t.column[2][i] = law_at(law, theta, n, d) * exp(noise);
    }
    return t;
}

static bool runs_published(Table *out, Arena *arena)
{
    const char *shared = getenv("SCALELAW_SHARED");
    const char *path = arena_print(arena, "%s/data/chinchilla_points/"
                                   "points.csv", shared ? shared
                                                        : "../shared");
    Table all = { 0 };
    Err err = { 0 };
    if (access(path, R_OK) != 0 || !table_csv_read(&all, arena, path, &err))
        return false;
    const double *excluded = table_column(&all, "excluded_outlier");
    if (!excluded)
        return false;
    bool *keep = NEW(arena, bool, all.nrow);
    for (i64 i = 0; i < all.nrow; i++)
        keep[i] = excluded[i] == 0;
    *out = table_where(arena, &all, keep);
    for (int c = 0; c < out->ncol; c++) {
        if (strcmp(out->name[c], "params") == 0)
            out->name[c] = "N";
        if (strcmp(out->name[c], "tokens") == 0)
            out->name[c] = "D";
    }
    return table_column(out, "N") && table_column(out, "D")
        && table_column(out, "loss");
}

/* ---- rows of the table ------------------------------------------------- */

static void head(const BenchOptions *o)
{
    if (!o->json)
        printf("%-34s %8s %7s %8s %11s %11s %10s  %s\n", "fit", "runs",
               "refits", "threads", "min", "median", "a refit", "kept");
}

/* What the refits alone take: the fit's own time is taken off. */
static double refit_us(const Piece *p, const Timing *t, double fit_s)
{
    return p->options.resamples
               ? 1e6 * (t->s_min - fit_s) / (double)p->options.resamples
               : NAN;
}

static void row_text(const Piece *p, const Timing *t, double each_us)
{
    printf("%-34s %8lld %7lld %8d %8.3f ms %8.3f ms ", p->what,
           (long long)p->runs.nrow, (long long)p->options.resamples,
           p->options.threads, 1e3 * t->s_min, 1e3 * t->s_median);
    if (isnan(each_us))
        printf("%10s", "");
    else
        printf("%7.1f us", each_us);
    printf("  %d of %d\n", (int)(t->taken - t->dropped), (int)t->taken);
}

static void row_json(const Piece *p, const Timing *t, double each_us)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "bench", "fit");
    jot_text(&j, "what", p->what);
    jot_count(&j, "runs", p->runs.nrow);
    jot_count(&j, "refits", p->options.resamples);
    jot_count(&j, "threads", p->options.threads);
    jot_real(&j, "ms_min", 1e3 * t->s_min);
    jot_real(&j, "ms_median", 1e3 * t->s_median);
    jot_real(&j, "us_per_refit", each_us);
    jot_real(&j, "objective", p->objective);
    jot_count(&j, "samples", t->taken);
    jot_count(&j, "dropped", t->dropped);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static double measure(Piece *p, double fit_s, const BenchOptions *o)
{
    const Timing t = bench_time(run_fit, p, o->kern, o->seconds);
    const double each_us = refit_us(p, &t, fit_s);
    (o->json ? row_json : row_text)(p, &t, each_us);
    fflush(stdout);
    return t.s_min;
}

static void say(const BenchOptions *o, const char *text)
{
    if (!o->json)
        puts(text);
}

/* ---- the pieces -------------------------------------------------------- */

static FitOptions plain_options(void)
{
    FitOptions o = fit_defaults();
    o.resamples = 0;
    return o;
}

/* One set of runs: certificate, profiles, refits. */
static double one_set(Arena *arena, const char *name, const Law *law,
                      const Table *runs, const BenchOptions *o)
{
    Piece p = { arena_print(arena, "%s: certified fit", name), law, *runs,
                plain_options(), NAN };
    const double fit_s = measure(&p, 0, o);
    p.what = arena_print(arena, "%s: with all profiles", name);
    p.options.profile = true;
    (void)measure(&p, 0, o);
    p.options.profile = false;
    for (int threads = 1; threads <= o->threads; threads++) {
        p.options.threads = threads;
        p.what = arena_print(arena, "%s: with 1000 refits", name);
        p.options.resamples = 1000;
        (void)measure(&p, fit_s, o);
        p.what = arena_print(arena, "%s: with 4000 refits", name);
        p.options.resamples = 4000;
        (void)measure(&p, fit_s, o);
    }
    return fit_s;
}

static void by_hand(Arena *arena, const Law *law, const Table *runs,
                    double formula_s, const BenchOptions *o)
{
    char text[120];
    Piece p = { "made-up runs: law by hand in C",
                bench_hand_law(arena, law), *runs, plain_options(), NAN };
    const double hand_s = measure(&p, 0, o);
    snprintf(text, sizeof text, "a fit through the formula takes %.2f times "
             "the law by hand", formula_s / hand_s);
    say(o, text);
}

static void over_rows(Arena *arena, const Law *law, const BenchOptions *o)
{
    for (i64 nrow = 100; nrow <= 1000000; nrow *= 10) {
        Piece p = { "made-up runs: certified fit", law,
                    runs_made(arena, law, nrow), plain_options(), NAN };
        (void)measure(&p, 0, o);
        if (nrow < 100000 || o->threads < 2)
            continue;
        p.options.threads = (int)o->threads;
        (void)measure(&p, 0, o);
    }
}

/* ---- the peer ---------------------------------------------------------- */

static void table_to_peer(const Table *runs, FILE *out)
{
    const double *n = table_column(runs, "N"), *d = table_column(runs, "D");
    const double *loss = table_column(runs, "loss");
    for (i64 i = 0; i < runs->nrow; i++)
        fprintf(out, "%.17g %.17g %.17g\n", n[i], d[i], loss[i]);
}

/* The first of them that has SciPy; NULL if none. */
static const char *python(void)
{
    static const char *const name[] = { "python3", "/usr/bin/python3" };
    for (int i = 0; i < COUNT_OF(name); i++) {
        char command[120];
        snprintf(command, sizeof command, "%s -c 'import scipy.optimize' "
                 "2>/dev/null", name[i]);
        if (system(command) == 0)
            return name[i];
    }
    return NULL;
}

/* Its rows are printed by itself, in the form of these. */
static void peer(const Table *runs, const BenchOptions *o)
{
    char command[120];
    const char *with = python();
    if (access("bench/peer_scipy.py", R_OK) != 0 || !with) {
        say(o, with ? "no peer: bench/peer_scipy.py is in the sources, and is "
                      "run from there"
                    : "no peer: python3 with SciPy is not here");
        return;
    }
    snprintf(command, sizeof command, "%s bench/peer_scipy.py%s", with,
             o->json ? " --json" : "");
    fflush(stdout);
    FILE *to = popen(command, "w");
    if (to)
        table_to_peer(runs, to);
    if (!to || pclose(to) != 0)
        say(o, "no peer: bench/peer_scipy.py failed");
}

bool bench_fit(const BenchOptions *o, Err *err)
{
    Arena arena = { 0 };
    const Law *law;
    Table points;
    if (!law_load(&law, &arena, "chinchilla", err))
        return false;
    const Table made = runs_made(&arena, law, POINTS);
    head(o);
    const double formula_s = one_set(&arena, "made-up runs", law, &made, o);
    by_hand(&arena, law, &made, formula_s, o);
    if (runs_published(&points, &arena))
        (void)one_set(&arena, "Chinchilla's points", law, &points, o);
    else
        say(o, "no published points: $SCALELAW_SHARED does not hold them");
    over_rows(&arena, law, o);
    peer(&made, o);
    arena_free(&arena);
    return true;
}
