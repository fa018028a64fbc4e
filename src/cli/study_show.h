/* study_show.h - what a study says on stderr before and while it works. */

#ifndef STUDY_SHOW_H
#define STUDY_SHOW_H

#include "cli/study_work.h"

void study_say(const char *line);

/* The plan: arms and runs, FLOP by purpose, time from measured speeds (none on a
 * device), memory, disk, gangs. */
void study_show(Study *study, const Work *guess);

/* After it: how much of the time of its cores went into training, and what
 * devices did. Nothing where there was nothing to train. */
void study_show_cores(const Study *study);

#endif
