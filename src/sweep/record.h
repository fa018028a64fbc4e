/* record.h - a run of a grid as the record that store/ keeps: who it is before
 * it starts, and what came of it when it has ended. */

#ifndef RECORD_H
#define RECORD_H

#include "store/run.h"
#include "sweep/ladder.h"

/* What all runs of one study share. */
typedef struct RecordOf {
    const char  *study;
    const char  *code;      /* version of the sources that decide the numbers */
    const Shard *shard;     /* of runs that name no other */
    /* The configuration of a run as text: all of it, and what decides bits. */
    const char *(*config_text)(Arena *arena, const TrainConfig *config,
                               bool hashed_only);
} RecordOf;

/* The configuration of a run as it is trained: with the run that it comes
 * after by id, and by the path of its checkpoint in runs_dir (or NULL), there or not. */
TrainConfig record_config(Arena *arena, const RecordOf *of,
                          const char *runs_dir, const LadderRun *run);

Run record_begin(Arena *arena, const RecordOf *of, const LadderRun *run);
void record_end(Run *record, const TrainResult *result);

Metric record_metric(const TrainMetric *metric, double bytes_per_token);

/* RUN/position.csv: held-out loss along the context, columns position and
 * loss. Nothing where there was no evaluation at the end. */
bool record_positions(const TrainResult *result, i64 context,
                      const char *path, Err *err) MUST_USE;

/* Nats per token -> bits per byte. */
double record_bpb(double nats, double bytes_per_token);

#endif
