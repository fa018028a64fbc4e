/* study_work.h - a study at work: its arms with the runs that they have come to
 * ask for.
 *
 * Arms are laid wave by wave, since what one has found (a rate, a centre, a
 * checkpoint) another begins with. All of it follows from the records on disk,
 * so a process that comes later, or a second one, lays the same runs.
 *
 * The same configuration asked for by two arms is one run: the later arm takes
 * over name and group of the earlier. Runs of groups fit and holdout are always
 * their own: the law stands on whole groups. */

#ifndef STUDY_WORK_H
#define STUDY_WORK_H

#include "cli/study_arms.h"
#include "data/corpus.h"
#include "store/study.h"
#include "sweep/record.h"
#include "sweep/sweep.h"

typedef struct Work {      /* an arm at work */
    const StudyArm   *arm;
    ArmRule           rule;  /* with what earlier arms have told, and scaled */
    i64               count;
    LadderRun       **run;
    const char      **id;    /* of each, as its record has it                */
    bool              laid;
} Work;

typedef struct Speed { TrainConfig config; double flop_per_s; } Speed;

typedef struct Study {
    StudyOpts   opts;
    StudyArms   arms;
    Work       *work;      /* [arms.count] */
    Work       *guess;     /* the same by the rule's own values */
    Arena       arena;
    Corpus      corpus;
    Corpus     *other;     /* of arms */
    i64         nother, nspeed;
    Speed      *speed;
    StudyInfo   info;
    const char *dir, *was; /* was: configuration found there; NULL: none     */
    bool        elsewhere; /* not on the corpus that its file names */
    int         cores;
    Devices     devices;
    double      core_s, wall_s; /* in training, by all cores; of sweeps */
    i64         on_device, gangs, side_by_side; /* as SweepReport         */
    Progress   *progress;
} Study;

RecordOf study_of(const Study *study);
i64      study_waves(const Study *study);
bool     study_holds(const LadderRun *run);      /* it is held out */

/* Where its runs are trained. */
SweepPlace study_place(const Study *study);

/* Something that stays on the screen, above the line of progress. */
void study_tell(const Study *study, const char *format, ...) PRINTF(2, 3);

/* -- Laying ---------------------------------------------------------------- */

/* The arm's runs as far as they can be known; `guess`: with the rule's own
 * values where earlier arms have not told theirs, for an estimate. */
bool work_lay(Work *work, Study *study, Work *all, bool guess, Err *err)
    MUST_USE;
void work_add(Work *work, Study *study, const Work *all, const Ladder *more);
bool work_check(Study *study, const Work *work, Err *err) MUST_USE;

/* Runs of all arms, each once; `all` of one wave (-1: of every), held out or
 * not. */
typedef struct Asked { i64 count; const LadderRun **run; const char **id; } Asked;
Asked work_runs(Study *study, const Work *all, i64 wave, bool held);

/* All arms laid by guess at a scale, for estimates. */
bool work_guess(Work **out, Study *study, double scale, Err *err) MUST_USE;

/* -- What earlier arms have told (study_learn.c) ---------------------------- */

RunList work_records(Study *study, const Work *work);
bool learn_rate(ArmRule *rule, Study *study, const Work *from, Err *err)
    MUST_USE;
bool learn_centre(ArmRule *rule, Study *study, const Work *from, Err *err)
    MUST_USE;
/* Losses of its runs, in their order: infinite of those that failed, NaN of
 * those that have not ended. */
double *learn_losses(Study *study, const Work *work);

/* -- How much (study_scale.c) ----------------------------------------------- */

void   scale_rule(ArmRule *rule, Arena *arena, double by);
bool   scale_find(Study *study, Err *err) MUST_USE;
double runs_flop(const LadderRun *const *run, i64 count);
double runs_seconds(Study *study, const LadderRun *const *run, i64 count);

/* -- An edited study (study_edit.c) ------------------------------------------ */

bool edit_open(Study *study, Err *err) MUST_USE;
bool edit_tell(Study *study, Err *err) MUST_USE;
bool plan_keep(Study *study, Err *err) MUST_USE;

/* -- The walk (study_walk.c, study_hold.c) ----------------------------------- */

/* ERR_BUSY where it was asked to stop. */
bool study_train(Study *study, const LadderRun *const *runs, i64 count,
                 Err *err) MUST_USE;
bool study_hold_out(Study *study, Err *err) MUST_USE;

bool study_walk(Study *study, Err *err) MUST_USE;

#endif
