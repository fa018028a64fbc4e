/* meter.h - joules of a device, and whose they were.
 *
 * The driver's library NVML (libnvidia-ml.so.1, or what SCALELAW_NVML names)
 * counts what a device has taken since it was started, to about a tenth of a
 * second. Several runs train on it at once, so what it took between two readings
 * is shared out among those who computed in between, by their FLOP. That of
 * other processes on the same device cannot be told from it, and that of the
 * processor, memory and fans of the machine is no part of it.
 *
 * The library is loaded at run time, from prototypes of our own. That it is not
 * there is normal, and is said in words.
 *
 * SOURCE: NVIDIA, NVML API Reference Guide, nvmlDeviceGetTotalEnergyConsumption. */

#ifndef METER_H
#define METER_H

#include "base/base.h"

enum { METER_WHY = 256 };

typedef struct Meter Meter;

/* Whose they are. Private to the meter between join and leave. */
typedef struct MeterShare {
    Meter             *meter; /* NULL: nothing is measured              */
    double             flop;  /* since the last reading                 */
    double             joules;
    struct MeterShare *next;
} MeterShare;

/* Of the device with that address on the PCI bus ("0000:3b:00.0"); one a device,
 * however often it is asked for. NULL, and why, where none can be had. */
Meter *meter_open(const char *bus, char why[METER_WHY]);
void   meter_close(Meter *meter);

/* A share begins at 0 joules; with a meter of NULL it stays where it is. */
void   meter_join(Meter *meter, MeterShare *share);
void   meter_leave(MeterShare *share);

/* So much was computed since this was last called. */
void   meter_spend(MeterShare *share, double flop);

/* Read, and share out. Then a share's joules since it joined, but for what the
 * counter has not shown yet; NaN: not measured, or not all of them. */
void   meter_read(Meter *meter);
double meter_joules(const MeterShare *share);

#endif
