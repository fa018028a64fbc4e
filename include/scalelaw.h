/* scalelaw.h - libscalelaw: fit scaling laws to runs, and plan from the fits.
 *
 *     cc x.c $(pkg-config --cflags --libs scalelaw)
 *
 *     sl_error  e;
 *     sl_table *runs = sl_table_read("runs.csv", NULL, NULL, NULL, 0, &e);
 *     sl_law   *law  = sl_law_load("chinchilla", &e);
 *     sl_fit   *fit  = runs && law ? sl_fit_law(law, runs, NULL, &e) : NULL;
 *     sl_plan  *plan = fit ? sl_plan_budget(fit, 1e21, &e) : NULL;
 *     sl_interval n;
 *     if (!plan || !sl_plan_value(plan, "N", &n, &e))
 *         fprintf(stderr, "%s\n", e.text);
 *
 * docs/example.c is the same as a whole program, docs/example.py by ctypes.
 *
 * Handles   are opaque. What a function returns as `sl_x *` is the caller's, to
 *           be given to sl_x_free (which takes NULL); a `char *` that is not
 *           const goes to sl_text_free. Texts and arrays that are const live as
 *           long as the handle that gave them. A fit keeps what it needs of its
 *           law and table, which may be freed before it.
 * Errors    A function that can fail returns NULL or false and fills *error,
 *           which may be NULL; a call that succeeds leaves kind SL_OK. Nothing
 *           prints, exits, or sets anything global.
 * Memory    What a call is asked for is sized first, and what the machine does
 *           not have is SL_MEMORY. Where it then runs out within a call (a few
 *           kB that a machine nearly always has), the process is ended by
 *           abort, as other numerical libraries do.
 * Threads   Any number of threads may call at once. A handle may be read by
 *           several (a fit, a law, a table are read by what is made from them);
 *           while one thread changes a table or options, or frees a handle, no
 *           other may use it.
 * Locale    Numbers are read and written as in C, whatever setlocale said.
 * Numbers   What is not known is NaN, never 0. N, D, C, loss: parameters,
 *           tokens, FLOP, nats a token.
 *
 * The promise: libscalelaw.so.SL_VERSION_MAJOR is its soname. Within one major
 * version functions, words and constants are only ever added; structs that may
 * grow begin with their own size, the others (sl_error, sl_interval) do not
 * change. What is not declared here is not exported. */

#ifndef SCALELAW_H
#define SCALELAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define SL_API __attribute__((visibility("default")))
#else
#define SL_API
#endif

#define SL_VERSION_MAJOR 0
#define SL_VERSION_MINOR 1
#define SL_VERSION_PATCH 0
#define SL_VERSION (SL_VERSION_MAJOR * 10000 + SL_VERSION_MINOR * 100 \
                    + SL_VERSION_PATCH)

/* Of the library that is linked: SL_VERSION, and "0.1.0". */
SL_API int         sl_version(void);
SL_API const char *sl_version_text(void);

/* ---- errors ------------------------------------------------------------ */

typedef enum sl_kind {
    SL_OK,
    SL_USAGE,   /* the call asks what cannot be                           */
    SL_IO,      /* the operating system refused                           */
    SL_FORMAT,  /* a file is not what it should be                        */
    SL_REFUSED, /* the data cannot answer what was asked                  */
    SL_BUSY,    /* another process has it                                 */
    SL_MEMORY   /* more than the machine has                              */
} sl_kind;

typedef struct sl_error {
    int  kind;       /* sl_kind                                           */
    char text[1024]; /* the thing first, the remedy last; "" if SL_OK     */
} sl_error;

typedef struct sl_interval {
    double value, low, high; /* low and high NaN: no interval is known    */
} sl_interval;

SL_API void sl_text_free(char *text);

/* ---- tables of runs ---------------------------------------------------- */

typedef struct sl_table sl_table;

/* From a file: CSV, JSON Lines, a W&B export, a trainer_state.json, a main.log
 * of llm.c, TensorBoard events, a folder of those. format: NULL, by content.
 * map: "N=params,D=tokens,loss=val/loss" or NULL. need: "N,D,loss", columns
 * that must be numbers above 0 in every row, or NULL; a row that is not so is
 * an error that names it. */
enum {
    SL_READ_SKIP_BAD = 1, /* leave bad rows out, named in the notes        */
    SL_READ_CURVES   = 2  /* every logged point a row, not a run's last    */
};
SL_API sl_table *sl_table_read(const char *path, const char *format,
                               const char *map, const char *need,
                               unsigned flags, sl_error *error);

/* The finished runs of a study's folder; counts: which N, "body",
 * "body+head", "total", "flop". */
SL_API sl_table *sl_table_study(const char *folder, const char *counts,
                                sl_error *error);

/* Without columns; then columns, copied from values[rows]. One of the same name
 * is replaced. */
SL_API sl_table *sl_table_new(int64_t rows, sl_error *error);
SL_API bool sl_table_set(sl_table *table, const char *name,
                         const double *values, sl_error *error);
SL_API bool sl_table_set_text(sl_table *table, const char *name,
                              const char *const *values, sl_error *error);

SL_API int64_t       sl_table_rows(const sl_table *table);
SL_API int           sl_table_columns(const sl_table *table);
SL_API const char   *sl_table_name(const sl_table *table, int column);
SL_API const double *sl_table_get(const sl_table *table, const char *name);
SL_API const char   *sl_table_label(const sl_table *table, int64_t row);
SL_API const char   *sl_table_notes(const sl_table *table); /* lines       */
SL_API char         *sl_table_csv(const sl_table *table, sl_error *error);
SL_API void          sl_table_free(sl_table *table);

/* ---- laws -------------------------------------------------------------- */

typedef struct sl_law sl_law;

SL_API char   *sl_law_list(sl_error *error); /* names, one a line          */
/* An embedded law, or a path with a '/' or ending in .law; the text of a law
 * file. */
SL_API sl_law *sl_law_load(const char *name_or_path, sl_error *error);
SL_API sl_law *sl_law_parse(const char *text, sl_error *error);
SL_API void    sl_law_free(sl_law *law);

SL_API const char *sl_law_name(const sl_law *law);
SL_API const char *sl_law_title(const sl_law *law);
SL_API const char *sl_law_formula(const sl_law *law); /* NULL: none        */
SL_API const char *sl_law_source(const sl_law *law);
SL_API const char *sl_law_response(const sl_law *law);
SL_API int         sl_law_params(const sl_law *law);
SL_API const char *sl_law_param_name(const sl_law *law, int param);
SL_API const char *sl_law_param_unit(const sl_law *law, int param);
SL_API int         sl_law_columns(const sl_law *law);
SL_API const char *sl_law_column_name(const sl_law *law, int column);

/* Published sets: how many, their names, and theta[params] of one. */
SL_API int         sl_law_sets(const sl_law *law);
SL_API const char *sl_law_set_name(const sl_law *law, int set);
SL_API bool        sl_law_set(const sl_law *law, const char *set,
                              double *theta, sl_error *error);

/* out[rows] at theta[params], over column[columns][rows] in the law's order. */
SL_API bool sl_law_eval(const sl_law *law, const double *theta,
                        const double *const *column, int64_t rows, double *out,
                        sl_error *error);

/* ---- how to fit -------------------------------------------------------- */

typedef struct sl_options sl_options;

/* Those of the program: Huber on ln L, 1000 resamples, 95 %, one thread. */
SL_API sl_options *sl_options_new(sl_error *error);
SL_API void        sl_options_free(sl_options *options);

/* "huber", "squares", and what `scalelaw fit --help` lists more. */
SL_API bool sl_options_objective(sl_options *options, const char *name,
                                 sl_error *error);
/* "auto", "runs", "clusters", "wild". */
SL_API bool sl_options_resample(sl_options *options, const char *what,
                                sl_error *error);
SL_API bool sl_options_delta(sl_options *o, double delta, sl_error *error);
SL_API bool sl_options_quantile(sl_options *o, double q, sl_error *error);
SL_API bool sl_options_level(sl_options *o, double level, sl_error *error);
SL_API bool sl_options_resamples(sl_options *o, int64_t n, sl_error *error);
SL_API bool sl_options_seed(sl_options *o, uint64_t seed, sl_error *error);
SL_API bool sl_options_threads(sl_options *o, int threads, sl_error *error);
SL_API bool sl_options_profile(sl_options *o, bool wanted, sl_error *error);
/* Columns: how much a row counts; which cluster it is of. */
SL_API bool sl_options_weight(sl_options *o, const char *column,
                              sl_error *error);
SL_API bool sl_options_cluster(sl_options *o, const char *column,
                               sl_error *error);
/* A parameter held at a value, kept within bounds; and parameters (names with
 * commas; NULL: all) that differ by group, a column of texts or numbers. */
SL_API bool sl_options_pin(sl_options *o, const char *param, double value,
                           sl_error *error);
SL_API bool sl_options_bound(sl_options *o, const char *param, double low,
                             double high, sl_error *error);
SL_API bool sl_options_group(sl_options *o, const char *column,
                             const char *params, sl_error *error);

/* ---- fits -------------------------------------------------------------- */

typedef struct sl_fit sl_fit;

/* options NULL: the defaults. SL_REFUSED, in words, where the data cannot
 * say. */
SL_API sl_fit *sl_fit_law(const sl_law *law, const sl_table *runs,
                          const sl_options *options, sl_error *error);
/* Constants that were printed somewhere (no draws; intervals as given). */
SL_API sl_fit *sl_fit_published(const sl_law *law, const char *set,
                                sl_error *error);
SL_API sl_fit *sl_fit_read(const char *path, sl_error *error);
SL_API bool    sl_fit_write(const sl_fit *fit, const char *path,
                            sl_error *error);
SL_API char   *sl_fit_json(const sl_fit *fit, sl_error *error);
SL_API void    sl_fit_free(sl_fit *fit);

/* The law that was fitted: with pins and groups another than was given. */
SL_API const char *sl_fit_law_name(const sl_fit *fit);
SL_API const char *sl_fit_formula(const sl_fit *fit);
SL_API int         sl_fit_params(const sl_fit *fit);
SL_API const char *sl_fit_param_name(const sl_fit *fit, int param);
SL_API int         sl_fit_columns(const sl_fit *fit);
SL_API const char *sl_fit_column_name(const sl_fit *fit, int column);

/* One parameter: value and bootstrap interval; profile-likelihood interval
 * (NaN unless asked for); standard error by the delta method. */
SL_API bool   sl_fit_param(const sl_fit *fit, const char *name,
                           sl_interval *out, sl_error *error);
SL_API bool   sl_fit_profile(const sl_fit *fit, const char *name,
                             sl_interval *out, sl_error *error);
SL_API double sl_fit_se(const sl_fit *fit, const char *name);
/* Whether it ended at a bound; whether the data do not tell it. */
SL_API bool   sl_fit_at_bound(const sl_fit *fit, const char *name);
SL_API bool   sl_fit_unidentified(const sl_fit *fit, const char *name);

/* The certificate in words, and its numbers: "objective", "rmse_log", "rows",
 * "c_max", "grid_points", "starts", "agree", "gradient", "condition",
 * "iterations", "draws", "refits_failed"; NaN for another word. */
SL_API const char *sl_fit_words(const sl_fit *fit);
SL_API double      sl_fit_number(const sl_fit *fit, const char *what);

/* theta[params] of draw 0..draws-1: another law that the data could have
 * given. */
SL_API bool sl_fit_draw(const sl_fit *fit, int64_t draw, double *theta,
                        sl_error *error);

/* At column[columns], in the order of sl_fit_column_name: the law with the
 * uncertainty of its constants, and one new run, which scatters about it.
 * Either may be NULL. */
SL_API bool sl_fit_predict(const sl_fit *fit, const double *column,
                           sl_interval *law, sl_interval *run,
                           sl_error *error);

/* ---- plans ------------------------------------------------------------- */

typedef struct sl_plan sl_plan;

/* Where the predicted loss is least at c FLOP, C = 6 N D. */
SL_API sl_plan *sl_plan_budget(const sl_fit *fit, double c, sl_error *error);

/* The same where FLOP per token come from a family of Transformers: exactly
 * 6 (12 L d^2 + V d) + 6 L d T, d = aspect L. counts: which N the law uses. */
typedef struct sl_family {
    size_t      size;           /* sizeof (sl_family)                     */
    int64_t     vocab, context;
    double      aspect;         /* width / layers                         */
    double      layers_min;
    const char *counts;
} sl_family;
SL_API sl_plan *sl_plan_family(const sl_fit *fit, double c,
                               const sl_family *family, sl_error *error);
SL_API void     sl_plan_free(sl_plan *plan);

/* "N", "D", "loss", "ratio" (D/N), with intervals from the draws; "C",
 * "extrapolation" (C / largest C of the runs), "width", "layers". */
SL_API bool sl_plan_value(const sl_plan *plan, const char *what,
                          sl_interval *out, sl_error *error);

/* ---- the three approaches ---------------------------------------------- */

typedef struct sl_frontier sl_frontier;

/* N = G C^a, D = H C^b. 1: the envelope of learning curves (columns run, N, D,
 * C, loss) at `bins` computes. 2: the minimum at each budget (columns N, D, C,
 * loss, budget), method "parabola" or "akima", then a line. 3: a fitted law. */
SL_API sl_frontier *sl_frontier_envelope(const sl_table *curves, int64_t bins,
                                         const sl_options *options,
                                         sl_error *error);
SL_API sl_frontier *sl_frontier_isoflop(const sl_table *runs,
                                        const char *method,
                                        const sl_options *options,
                                        sl_error *error);
SL_API sl_frontier *sl_frontier_parametric(const sl_fit *fit, double c_low,
                                           double c_high, sl_error *error);
SL_API void         sl_frontier_free(sl_frontier *frontier);

/* "a", "b": the exponents with intervals. "N", "D" at c FLOP. */
SL_API bool sl_frontier_value(const sl_frontier *frontier, const char *what,
                              double c, sl_interval *out, sl_error *error);
SL_API int64_t     sl_frontier_points(const sl_frontier *frontier);
/* What the line goes through: C, N, D, loss. */
SL_API bool        sl_frontier_point(const sl_frontier *frontier,
                                     int64_t point, double out[4],
                                     sl_error *error);
SL_API const char *sl_frontier_words(const sl_frontier *frontier);

/* ---- counting ---------------------------------------------------------- */

/* A decoder-only Transformer. */
typedef struct sl_shape {
    size_t  size; /* sizeof (sl_shape)                                     */
    int64_t layers, width, heads, ff, vocab, context;
    int     tied; /* the head is the token embedding                       */
} sl_shape;

/* Parameters as "body", "body+head", "total", "flop" count them (and "matrix",
 * "head", "embed" alone); FLOP per training token. */
SL_API bool sl_count_params(const sl_shape *shape, const char *counts,
                            double *out, sl_error *error);
SL_API bool sl_count_flop(const sl_shape *shape, double *out, sl_error *error);

/* ---- reports ----------------------------------------------------------- */

/* STUDY/report.html and its figures, from a study's finished runs. */
SL_API bool sl_report_write(const char *study, int threads, sl_error *error);

#ifdef __cplusplus
}
#endif

#endif
