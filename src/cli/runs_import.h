/* runs_import.h - scalelaw runs import: runs from elsewhere as one clean
 * table. */

#ifndef RUNS_IMPORT_H
#define RUNS_IMPORT_H

#include "base/err.h"

bool runs_import(int argc, char **argv, Err *err) MUST_USE;

#endif
