/* gpu_bench.c - of the program, for tests/gpu/run on a machine that cannot build
 * all of it: what device is there, and `bench train --device=cuda`.
 *
 *     gpu_bench info
 *     gpu_bench train SECONDS [SHAPE [RUNS]]    rows of JSON */

#include "cli/bench_device.h"
#include "count/count.h"
#include "kern/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(const Err *err)
{
    fprintf(stderr, "gpu_bench: %s\n", err->text);
    return 1;
}

static int info(void)
{
    DeviceWhy        why = { .fault = DEVICE_OK };
    DeviceInfo       device;
    Err              err = { 0 };
    const DeviceApi *api = device_load("cuda", &why);
    if (!api || api->count(&why) == 0 || !api->info(&device, 0, &why)) {
        (void)device_refuse(&err, "cuda", &why);
        return refuse(&err);
    }
    printf("%s: compute %d.%d, %d processors, %.1f of %.1f GB free, driver %d, "
           "runtime %d; %s%s\n", device.name, device.major, device.minor,
           device.processors, 1e-9 * (double)device.bytes_free,
           1e-9 * (double)device.bytes, device.driver, device.runtime,
           api->build, api->emulated ? " (EMULATED)" : "");
    return 0;
}

static int train(int argc, char **argv)
{
    Err         err = { 0 };
    BenchDevice how = { .device = "cuda", .dtype = "bf16", .peer = "auto",
                        .seconds = atof(argv[2]), .json = true,
                        .shape = { .vocab = 64, .batch = 4, .context = 16 } };
    Shape       shape = { 0 };
    if (argc > 3 && !count_shape_parse(&shape, argv[3]))
        return 2;
    how.shape.layers = shape.layers;
    how.shape.width  = shape.width;
    how.runs         = argc > 4 ? atoi(argv[4]) : 0;
    return bench_device(&how, &err) ? 0 : refuse(&err);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "info") == 0)
        return info();
    if (argc > 2 && strcmp(argv[1], "train") == 0)
        return train(argc, argv);
    fprintf(stderr, "usage: gpu_bench info | train SECONDS [LxD [RUNS]]\n");
    return 2;
}
