/* bench_device.h - training steps on a device: many runs of one shape side by
 * side, as a share of what the device reaches in one large product. */

#ifndef BENCH_DEVICE_H
#define BENCH_DEVICE_H

#include "cli/bench.h"

typedef struct BenchDevice {
    const char *device;   /* "cuda", "cuda:1"                                  */
    const char *dtype;    /* "bf16", "fp32"                                    */
    const char *peer;     /* as BenchOptions has it; torch: eager and compiled */
    i64         runs;     /* side by side; 0: as many as the row says and fit  */
    double      seconds;  /* of each who is timed, a row                       */
    bool        json;
    BenchShape  shape;    /* one row; layers 0: the table of docs/performance.md */
} BenchDevice;

bool bench_device(const BenchDevice *options, Err *err) MUST_USE;

#endif
