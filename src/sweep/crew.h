/* crew.h - private to sweep/: a gang on a device and the threads that sit in it,
 * a seat each, and train one run after the other as a core does, in step with
 * those beside them. All under the sweep's lock. */

#ifndef CREW_H
#define CREW_H

#include "sweep/sweep_parts.h"
#include "train/gang.h"

typedef struct Crew Crew;

typedef struct Chair {
    SweepWorker    worker;
    Crew          *crew;
    pthread_t      thread;
    pthread_cond_t wake;
    Task          *task;  /* that it trains; NULL: it is free          */
    bool           leave;
    i64            step;  /* of its task, counted so far; -1: none yet */
} Chair;

struct Crew {
    Sweep      *sweep;
    const char *device;
    Gang       *gang;
    int         kind;
    i64         seats, bytes;
    Chair      *chair;
    double      opened_s;
    /* Measured since `since_s` (NaN: not yet), when last looked at: seconds of
     * seats that were taken, passes of a run. */
    double      since_s, looked_s, seat_s, passes;
};

/* Takes over the gang; seats for as many as threads can be had for. */
Crew *crew_new(Arena *arena, Sweep *sweep, const char *device, Gang *gang,
               int kind, i64 seats);

/* When nobody sits there. The lock is let go of while threads end. */
void crew_close(Crew *crew);

/* A free seat's next run, which has been taken for it. */
void crew_give(Chair *chair, Task *task);

i64    crew_taken(const Crew *crew);
double crew_passes_left(const Crew *crew); /* of the run with most left */

/* What a pass took, with so many seats taken in the mean; false where nothing new
 * is known. To be asked often. */
bool crew_measure(Crew *crew, double *seats, double *pass_s);

#endif
