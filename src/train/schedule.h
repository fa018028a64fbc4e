/* schedule.h - when: the learning rate's warm-up and which steps are written
 * down. All are pure functions of the configuration, so a resumed run writes
 * the lines that an unbroken one would have. `done` counts finished steps,
 * 1 .. steps. */

#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "train/train.h"

/* Steps of warm-up and of WSD's cooldown: as given, or the shares, rounded. */
i64 schedule_warmup(const TrainConfig *config);
i64 schedule_cooldown(const TrainConfig *config);

/* Steps before the rate falls: until then runs of one stem are one run. */
i64 schedule_flat(const TrainConfig *config);

/* 100 to 200 steps evenly spread in log(step), the first and the last among
 * them; every step where there are fewer. */
bool schedule_logs(const TrainConfig *config, i64 done);

/* eval_points steps evenly spread in log(step) over the last 7 doublings of
 * the run, fewer where these fall together; the end, which is always
 * evaluated, is not among them. */
bool schedule_evaluates(const TrainConfig *config, i64 done);

#endif
