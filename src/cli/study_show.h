/* study_show.h - what a study says on stderr before and while it works. */

#ifndef STUDY_SHOW_H
#define STUDY_SHOW_H

#include "store/study.h"
#include "sweep/ladder.h"

void study_say(const char *line);

double study_flop(const Ladder *grid);

/* The plan: runs, FLOP, time from a measured speed, memory, disk. */
void study_show(const Ladder *grid, const StudyInfo *info, int cores);

/* After it: how much of the time of its cores went into training. Nothing where
 * there was nothing to train. */
void study_show_cores(double core_s, double wall_s, int cores);

#endif
