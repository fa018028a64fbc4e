/* bench_trainer.h - the trainer's own step on random tokens in memory, to be
 * timed. */

#ifndef BENCH_TRAINER_H
#define BENCH_TRAINER_H

#include "cli/bench.h"
#include "train/step.h"

typedef struct Trainer {
    Space       space;
    TrainConfig config;
    Shard       shard;
    Arena       arena; /* its block lies in memory as a run's does */
    u8         *token;
    i64         step;
} Trainer;

i64    trainer_bytes(const BenchShape *shape, const Kern *kern, i64 threads);
void   trainer_open(Trainer *trainer, const BenchShape *shape,
                    const Kern *kern, i64 threads);
/* The same with its state alone: steps are a device's. */
void   trainer_open_far(Trainer *trainer, const BenchShape *shape,
                        const char *device, const char *dtype);
Shape  trainer_shape(const BenchShape *shape);
void   trainer_close(Trainer *trainer);
void   trainer_step(void *trainer);
double trainer_take(void *trainer, i64 n); /* as a Racer does */

#endif
