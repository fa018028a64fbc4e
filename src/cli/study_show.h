/* study_show.h - what a study says on stderr before and while it works. */

#ifndef STUDY_SHOW_H
#define STUDY_SHOW_H

#include "cli/study_work.h"

void study_say(const char *line);

/* The plan: arms and runs, FLOP by purpose, time from measured speeds, memory,
 * disk. */
void study_show(Study *study, const Work *guess);

/* After it: how much of the time of its cores went into training. Nothing where
 * there was nothing to train. */
void study_show_cores(double core_s, double wall_s, int cores);

#endif
