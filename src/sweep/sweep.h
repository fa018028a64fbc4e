/* sweep.h - many runs on the cores of one machine.
 *
 * Tiny models gain nothing from a second thread and lose much to its barriers,
 * so each worker owns one core and trains one run at a time; the longest runs
 * start first, so that the cores finish together. A sweep of fewer runs than
 * cores gives each the spare cores as threads (no bit of a result depends on
 * how many).
 *
 * A run that is finished on disk is skipped; one that was cut off goes on from
 * its checkpoint. A run that diverges or never learns is a finding: it is
 * recorded with its reason, and the sweep goes on. */

#ifndef SWEEP_H
#define SWEEP_H

#include "sweep/progress.h"
#include "sweep/record.h"

typedef struct SweepPlace {
    const char *study_dir;  /* runs go to STUDY_DIR/runs */
    RecordOf    of;
    int         cores;
    Progress   *progress;
} SweepPlace;

typedef struct SweepReport {
    i64    skipped, done, found; /* found: ended as diverged or plateau */
    bool   interrupted;          /* asked to stop; all are checkpointed */
} SweepReport;

bool sweep_run(SweepReport *out, const LadderRun *const *runs, i64 count,
               const SweepPlace *place, Err *err) MUST_USE;

/* From now on SIGINT and SIGTERM ask sweeps to checkpoint and stop; a second
 * one ends the process as usual. */
void sweep_catch_signals(void);
bool sweep_stopping(void);

#endif
