/* gang.h - runs of one shape that train in step on a device.
 *
 * Each run is driven by a thread of its own through the trainer, as on a core:
 * its log lines, evaluations, checkpoints and findings are the trainer's. Only
 * steps and evaluations are taken together. Whoever needs one says so and waits;
 * when all who are seated wait, the last of them leads: one call of the device
 * does as many passes as it takes until the first of them has something to do on
 * the host, and everybody finds the results of several steps, which it then takes
 * one after the other. So the device waits for no one in between, and a run is
 * at rest (its parameters those of its last step) only where nothing is ahead.
 *
 * Runs may differ in rate, seed, batch, schedule and horizon, and sit down and
 * rise at any time: no bit of one depends on the others (device.h). A run whose
 * batch takes k passes is updated at every kth; what its last pass has too many
 * of is no sequence.
 *
 * Only the owner of a seat calls its functions, one at a time. */

#ifndef GANG_H
#define GANG_H

#include "kern/device.h"
#include "train/space.h"
#include "train/step.h"

typedef struct Gang Gang;
typedef struct Seat Seat;

/* Can they share a gang? */
bool gang_alike(const TrainConfig *a, const Shard *a_text,
                const TrainConfig *b, const Shard *b_text);

/* Bytes of the device's memory that so many seats take, the text besides. */
i64 gang_bytes(const DeviceApi *api, const TrainConfig *config, i64 seats);
i64 gang_text_bytes(const Shard *shard);

/* Of runs that are like this one, on the device that it names. Refused in words:
 * no backend, no device, too little memory. *why is the reason's kind. */
bool gang_open(Gang **out, const TrainConfig *config, const Shard *shard,
               i64 seats, DeviceFault *why, Err *err) MUST_USE;
void gang_close(Gang *gang); /* when all have risen */

/* "cuda-1a2b3c4d": what a record says of its kernels. It stays. */
const char *gang_kernels(const Seat *seat);

i64    gang_seats(const Gang *gang);
i64    gang_taken(Gang *gang);
/* Tokens that all of them trained on so far, and the seconds on the device that
 * it took. */
double gang_tokens(Gang *gang);
double gang_seconds(Gang *gang);

/* Joules that the device took for this seat's runs since it sat down; NaN: they
 * are not measured (meter.h). */
double gang_joules(Seat *seat);

/* A free seat for a run that stands as `space` has it (its parameters and
 * moments go to the device). False with ERR_BUSY where all are taken. */
bool gang_sit(Seat **out, Gang *gang, Space *space, const TrainConfig *config,
              Err *err) MUST_USE;
void gang_rise(Seat *seat);

/* Step number `step` (from 0), each in its turn. */
bool gang_step(StepResult *out, Seat *seat, i64 step, Err *err) MUST_USE;

/* May it be stopped or written down? Else steps are done that it has not taken
 * yet. */
bool gang_rests(const Seat *seat);

/* n held-out sequences, evenly spread, into the space's eval_loss and eval_bin.
 * At rest only. */
bool gang_evaluate(Seat *seat, i64 n, Err *err) MUST_USE;

/* Parameters and moments into the space. At rest only. */
bool gang_fetch(Seat *seat, Err *err) MUST_USE;

/* At least so many steps of everybody who is seated, by this thread in place of
 * their owners, and nobody takes what comes of them: for whoever measures.
 * *done: how many, of the least. */
bool gang_drive(Gang *gang, i64 steps, i64 *done, Err *err) MUST_USE;

#endif
