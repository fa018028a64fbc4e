/* bench_rate.h - what a device reaches in one large product of bfloat16. */

#ifndef BENCH_RATE_H
#define BENCH_RATE_H

#include "kern/device.h"

/* FLOP/s of this backend's own, on a device; NaN where it is emulated. False and
 * why: the device would not. */
bool bench_rate(double *flops, const DeviceApi *api, int device,
                DeviceWhy *why);

#endif
