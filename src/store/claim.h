/* claim.h - who works on what, where several processes, on one machine or on
 * several that share a file system, work on one study.
 *
 *     STUDY/locks/ID   held by the process that trains run ID
 *     STUDY/lock       held for as long as it takes to write what belongs to the
 *                      study and not to a run: study.json, plan.csv, the
 *                      prediction, fits, report
 *
 * Both are flock and not files whose being there means something: the system
 * lets go of a lock when its holder dies, however it dies, so nobody has to
 * judge by the clock whether a silent holder is dead, and a clock that is wrong
 * cannot give one run to two. Inside stand process and host, for people. A file
 * that was left by a holder who was killed says nothing and is taken over.
 * Between machines this asks for a file system that shares locks (NFS 4 does;
 * mounted `nolock` or `local_lock=flock` it does not). */

#ifndef CLAIM_H
#define CLAIM_H

#include "base/arena.h"
#include "base/err.h"

/* A run for this process alone; ERR_BUSY, naming the holder, when another has
 * it. Whether the run was finished meanwhile is to be looked at after. */
bool claim_take(int *handle, const char *study_dir, const char *id, Err *err)
    MUST_USE;
void claim_drop(int handle, const char *study_dir, const char *id);

/* The runs that are held now, by id. */
typedef struct Claim {
    const char *id, *host;
    i64         pid;
} Claim;
typedef struct ClaimList { i64 count; Claim *claim; } ClaimList;

bool claim_list(ClaimList *out, Arena *arena, const char *study_dir, Err *err)
    MUST_USE;

/* The study for this process alone, for a moment: waits for whoever has it,
 * and says so once if that takes long. Let go of by file_unlock. Makes the
 * folder. */
bool study_guard(int *handle, const char *study_dir,
                 void (*say)(const char *line), Err *err) MUST_USE;

#endif
