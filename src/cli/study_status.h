/* study_status.h - `scalelaw study status`: how far a study has come, from its
 * folder alone, whoever works on it. */

#ifndef STUDY_STATUS_H
#define STUDY_STATUS_H

#include "base/err.h"

#include <stdbool.h>

bool study_status(int argc, char **argv, Err *err);

#endif
