/* sweep.h - many runs on the cores of one machine, on its devices, or on
 * several machines that share a folder.
 *
 * Tiny models gain nothing from a second thread and lose to its barriers, so
 * each worker owns one core and trains one run at a time; what heads the
 * longest way starts first, so that the cores finish together (task.h). Where
 * fewer runs can be trained than there are cores, at the tail or while all wait
 * for one trunk, a run is stopped, and goes on with the spare cores as threads:
 * no bit of a result depends on how many. No run starts for which memory is
 * short.
 *
 * On a device runs of one shape train side by side, in gangs of seats, hundreds
 * at once, each with a thread that does its book-keeping; seats.h says which
 * gangs are opened, and how wide. With cores besides, these take the smallest
 * runs, and what no device can train.
 *
 * A run that is finished on disk is skipped; one that was cut off goes on from
 * its checkpoint. A run that diverges or never learns is a finding: it is
 * recorded with its reason, and the sweep goes on; so are those that needed a
 * checkpoint that it never came to. A checkpoint that was there and is gone is
 * made again.
 *
 * Several processes may sweep one study at once. Each claims the runs that it
 * trains (store/claim.h), waits at the end for those of the others, and takes
 * over what a dead one leaves. */

#ifndef SWEEP_H
#define SWEEP_H

#include "sweep/devices.h"
#include "sweep/progress.h"
#include "sweep/record.h"

typedef struct SweepPlace {
    const char *study_dir;  /* runs go to STUDY_DIR/runs */
    RecordOf    of;
    int         cores;
    const Devices *devices;     /* NULL: cores alone                          */
    Progress   *progress;
    bool        refuse_busy;/* a run that another process trains is ERR_BUSY,
                               and not waited for */
} SweepPlace;

typedef struct SweepReport {
    i64    skipped, done, found; /* found: ended as diverged or plateau,
                                    or for want of a trunk               */
    i64    elsewhere;            /* finished by other processes          */
    bool   interrupted;          /* asked to stop; all are checkpointed  */
    double wall_s;               /* from first to last                   */
    double core_s;               /* in training, by all cores: at most
                                    wall_s times cores                   */
    i64    on_device;            /* of done and found: ended on a device  */
    i64    gangs, side_by_side;  /* opened; most runs at once on a device */
} SweepReport;

/* Runs, in any order; those that they come after are trained before. */
bool sweep_run(SweepReport *out, const LadderRun *const *runs, i64 count,
               const SweepPlace *place, Err *err) MUST_USE;

/* From now on SIGINT and SIGTERM ask sweeps to checkpoint and stop; a second
 * one ends the process as usual. */
void sweep_catch_signals(void);
bool sweep_stopping(void);

#endif
