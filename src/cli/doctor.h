/* doctor.h - private to `scalelaw doctor`: its answer, and who adds to it. */

#ifndef DOCTOR_H
#define DOCTOR_H

#include "base/arena.h"

/* One line of the answer. */
typedef struct Line {
    const char *name;
    bool        found;
    const char *text;   /* what was found, or what it would be good for */
    double      number; /* for --json: bytes, cores; NaN where none     */
} Line;

enum { LINES_MAX = 64 };

typedef struct Doctor {
    Arena arena;
    Line  line[LINES_MAX];
    int   count;
} Doctor;

void doctor_add(Doctor *doctor, const char *name, bool found, double number,
                const char *text);

/* The backend for devices, each device, and who counts its joules. */
void doctor_devices(Doctor *doctor);

#endif
