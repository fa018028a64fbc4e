/* gang_parts.h - private to train/: a gang as a struct. gang.c has who waits for
 * whom, gang_device.c what is done on the device meanwhile, gang_sizes.c what lies
 * there. */

#ifndef GANG_PARTS_H
#define GANG_PARTS_H

#include "kern/meter.h"
#include "train/gang.h"

#include <pthread.h>

/* Passes of a gang between two waits, at most; and fewer where they take longer
 * than this, for a run to be stopped in good time. */
enum { GANG_TICKS = 64 };
static const double gang_patience_s = 1;

typedef enum Ask { ASK_NOTHING, ASK_STEPS, ASK_EVAL } Ask;

struct Seat {
    Gang              *gang;
    i64                index;
    bool               taken;
    Space             *space;
    const TrainConfig *config;

    Ask        ask;     /* what its owner waits for                          */
    i64        step;    /* the next to be done on the device                 */
    i64        pass, passes; /* of it: done, and in all                      */
    double     loss;    /* of these, summed over tokens                      */
    i64        ready, next;  /* results: there, and taken                    */
    StepResult result[GANG_TICKS];
    i64        rows, row;    /* of an evaluation: in all, and done           */
    MeterShare energy;
};

struct Gang {
    pthread_mutex_t lock;
    pthread_cond_t  news;
    bool            busy;    /* somebody uses the device                     */
    bool            broken;  /* the device failed, as `err` says             */
    Err             err;
    double          tokens, seconds, tick_s; /* tick_s: of late; 0: not known */

    const DeviceApi *api;
    const Kern      *kern;   /* the device's                                 */
    const Arch      *arch;
    DeviceQueue     *queue;
    DeviceText      *text;
    DeviceSizes      sizes;
    Shape            shape;
    PassHow          how;
    const Shard     *shard;
    char             device[32];
    const char      *kernels; /* static */
    Meter           *meter;   /* NULL: there is none */
    double           pass_flop; /* of a training pass of one run */

    i64              seats;
    Seat            *seat;
    DeviceTick      *tick;   /* [GANG_TICKS, seats]                          */
    i64             *place;  /* [GANG_TICKS, seats, micro]                   */
    DeviceResult    *result; /* [GANG_TICKS, seats]                          */
    real            *loss;   /* [eval_ticks, seats, micro * context]         */
};

/* All but the text. */
DeviceSizes gang_sizes(const DeviceApi *api, const TrainConfig *config,
                       i64 seats);
i64         gang_text_tokens(const Shard *shard);

/* Each is called by one thread at a time, without the lock. */
bool gang_device_open(Gang *gang, const TrainConfig *config, DeviceWhy *why);
void gang_device_close(Gang *gang);
bool gang_device_sit(Gang *gang, Seat *seat, DeviceWhy *why);
bool gang_device_fetch(Gang *gang, Seat *seat, DeviceWhy *why);
bool gang_device_steps(Gang *gang, DeviceWhy *why); /* of all who ask */
bool gang_device_eval(Gang *gang, DeviceWhy *why);  /* all of it      */

#endif
