/* study_arms.h - the arms of a study, from the sections [arm.NAME] of its file.
 *
 * An arm has the keys of its own below, and any key of [grid], [model] and
 * [train] by its last name, which it else shares with the whole study. A study
 * without such sections has one arm: an IsoFLOP grid named fit.
 *
 * Arms that wait for none are wave 0; another arm is one wave after the latest
 * that it waits for. */

#ifndef STUDY_ARMS_H
#define STUDY_ARMS_H

#include "cli/study_opts.h"
#include "sweep/arm.h"

typedef struct StudyArm StudyArm;
struct StudyArm {
    const char *name, *design, *corpus;      /* corpus NULL: the study's     */
    const char *rate_from, *centre_from, *start_from;
    TextList    after_names;
    StudyArm   *rate, *centre, *start;       /* the arms of these names      */
    i64         wave;
    ArmRule     rule;      /* vocabulary, shard and `from` still to come     */
};

typedef struct StudyArms {
    i64         count;
    StudyArm   *arm;       /* in the order of the file                       */
    const char *text;      /* their sections, as one would write them        */
} StudyArms;

/* How the sections of arms begin. */
#define STUDY_ARM "arm."
bool        study_arms_is(const char *section);
const char *study_arms_text(Arena *arena, const Conf *conf);

/* The entries of `conf` that belong to no arm. */
Conf study_arms_without(Arena *arena, const Conf *conf);

/* `shared` as file and flags left it, names not yet settled. ERR_USAGE with
 * file, line and key for what is no key, of a wrong kind, or names no arm. */
bool study_arms_read(StudyArms *out, Arena *arena, const Conf *conf,
                     const StudyOpts *shared, Err *err) MUST_USE;

/* The keys that an arm has of its own, for --help. */
void study_arms_help(Arena *arena, FILE *out);

#endif
