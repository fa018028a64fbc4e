/* sweep.h - many runs on the cores of one machine, or of several that share a
 * folder.
 *
 * Tiny models gain nothing from a second thread and lose to its barriers, so
 * each worker owns one core and trains one run at a time; what heads the
 * longest way starts first, so that the cores finish together (task.h). Where
 * fewer runs can be trained than there are cores, at the tail or while all wait
 * for one trunk, a run is stopped, and goes on with the spare cores as threads:
 * no bit of a result depends on how many. No run starts for which memory is
 * short.
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

#include "sweep/progress.h"
#include "sweep/record.h"

typedef struct SweepPlace {
    const char *study_dir;  /* runs go to STUDY_DIR/runs */
    RecordOf    of;
    int         cores;
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
} SweepReport;

/* Runs, in any order; those that they come after are trained before. */
bool sweep_run(SweepReport *out, const LadderRun *const *runs, i64 count,
               const SweepPlace *place, Err *err) MUST_USE;

/* From now on SIGINT and SIGTERM ask sweeps to checkpoint and stop; a second
 * one ends the process as usual. */
void sweep_catch_signals(void);
bool sweep_stopping(void);

#endif
