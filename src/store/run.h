/* run.h - the run record: one folder a run, and text files are the truth.
 *
 *     STUDY/runs/ID/run.json       who it is: configuration, corpus, host,
 *                                  exact counts; rewritten once, at the
 *                                  end, with what came of it
 *     STUDY/runs/ID/metrics.jsonl  append-only, a header line, then one line a
 *                                  log point, flushed
 *     STUDY/runs/ID/checkpoint     (the trainer's)
 *     STUDY/runs/ID/tokenizer.bpe  what its tokens are, where not bytes
 *     STUDY/runs/ID/DONE           last: the SHA-256 of run.json as finished,
 *                                  and the length of metrics.jsonl
 *
 * ID is readable and unique: NAME-HHHHHHHH, the hash of configuration, corpus
 * and code version. Same id = same run. SQLite (store/index.h) holds nothing
 * that cannot be rebuilt from these files. Numbers that could not be measured
 * are absent, never 0. */

#ifndef RUN_H
#define RUN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/table.h"
#include "count/count.h"

#define RUN_SCHEMA 1

typedef struct Run {
    /* who */
    const char *id, *name, *study, *group;  /* group: "fit", "holdout", ... */
    const char *config;        /* the configuration as text (opt_print)      */
    const char *code, *host, *started;      /* version, machine, UTC         */
    /* corpus_sha256: of the text; with tokens other than bytes, of that and
     * of the tokenizer (shard_identity). */
    const char *corpus, *corpus_sha256, *tokenizer;
    double      bytes_per_token;
    /* Of a source that is known: the least loss at this context, nats a token,
     * and its standard error (0: exact). NaN: nobody knows. */
    double      entropy_nats, entropy_se;
    /* how large; planned */
    const char *arch;
    Shape       shape;
    ParamCount  params;
    FlopCount   flops;         /* forward, per token, causal                 */
    double      flop_per_token;/* training: count_train_flop                 */
    double      budget;        /* FLOP the study gave it; NaN if none        */
    i64         batch_tokens, steps;
    double      lr;
    const char *schedule, *optimizer;
    u64         seed;
    const char *dtype;         /* fp32, bf16; NULL in records before it      */
    const char *kernels;
    const char *trunk;         /* id of the run it branched from; NULL: none */
    double      trunk_step;    /* after so many of its steps; NaN if none    */
    const char *start;         /* id of the run whose parameters it began
                                  with, in a schedule of its own; NULL: none */
    double      start_step;    /* after so many of its steps; NaN: none, or
                                  at its end                                 */
    /* what came of it; status NULL while it has not ended */
    const char *status;        /* done, diverged, plateau, interrupted       */
    const char *reason;
    i64         tokens, unique_tokens;
    double      epochs, flop, flop_6nd; /* flop_6nd: 6 * total * tokens      */
    double      flop_new;      /* of flop, what no trunk had done            */
    double      train_loss, val_loss, val_se, val_bpb;
    i64         val_tokens;
    /* Least held-out loss of the evaluations on the way and one at the end,
     * all on the same eval_point_tokens (val_loss is the end's, on val_tokens);
     * and how often the smoothed training loss jumped. NaN: not taken. */
    double      least_loss, least_step, spikes;
    double      wall_s, tok_per_s, joules; /* joules NaN: not measurable     */
    i64         resumed;
} Run;

typedef struct RunList { i64 count; Run *run; } RunList; /* sorted by id */

/* The id from name and everything that decides the result. */
void run_id(char out[96], const char *name, const char *hashed_config,
            const char *corpus_sha256, const char *code);

/* STUDY/runs/ID, made if need be. Rewrites run.json atomically. With
 * finished (run_ended must hold): writes DONE after it, metrics.jsonl being
 * closed. Refused where it would lose a result: a finished run is not made
 * unfinished, a record of another schema is not overwritten. While status is
 * NULL the outcomes are written as null, whatever stands in them. */
bool run_write(const Run *run, const char *runs_dir, bool finished, Err *err)
    MUST_USE;

/* One run; refused in words if it is of another schema, half-written, or if
 * DONE does not match run.json or metrics.jsonl, or if the folder's name is not
 * the id. A run without DONE reads with status NULL (outcomes absent) or
 * "interrupted". */
bool run_read(Run *out, Arena *arena, const char *dir, Err *err) MUST_USE;
bool run_finished(const char *runs_dir, const char *id);

/* It has a status, and that is not "interrupted". */
bool run_ended(const Run *run);

/* Runs of one trunk share its luck: its id, or the run's own. What is
 * resampled together, column `cluster`. */
const char *run_cluster(const Run *run);

/* All runs below a folder. A broken one is named in `broken` (one line each,
 * "dir: why") and left out, never silently. */
bool run_list(RunList *out, Str *broken, Arena *arena, const char *runs_dir,
              Err *err) MUST_USE;

/* The runs of status "done" as a table, one label (id) a row, and the columns
 *   n_body n_body+head n_total n_flop  D C C_6nd loss loss_se bpb budget seed
 *   layers width lr batch_tokens steps epochs wall_s unique
 *   loss_least tokens_least (at the least held-out loss: see Run.least_loss)
 * and, where some run is a branch, the text column `cluster`.
 * Diverged and plateau runs are in the list and not in the table. */
Table run_table(Arena *arena, const RunList *runs);

/* metrics.jsonl: opened for appending at a step (later lines are cut off, a
 * torn last line too; keep_to_step 0 begins anew), one line a call, in the
 * hands of the system when the call returns; and read back (a torn last line
 * left out; no log at all is no points). */
typedef struct Metric {
    i64    step, tokens;
    double flop, wall_s, train_loss, val_loss, val_se, val_bpb, lr, grad_norm,
           tok_per_s;
    /* For the gradient noise scale: |gradient|^2 of parts of the batch, of so
     * many tokens each (grad_norm is that of the whole); NaN where not taken. */
    double grad_sq_small, batch_small;
} Metric;
typedef struct MetricList { i64 count; Metric *metric; } MetricList;
typedef struct MetricLog MetricLog;

bool metric_open(MetricLog **out, const Run *run, const char *runs_dir,
                 i64 keep_to_step, Err *err) MUST_USE;
bool metric_put(MetricLog *log, const Metric *metric, Err *err) MUST_USE;
void metric_close(MetricLog *log);
bool metric_read(MetricList *out, Arena *arena, const char *runs_dir,
                 const char *id, Err *err) MUST_USE;

#endif
