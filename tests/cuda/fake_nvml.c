/* fake_nvml.c - NVML as far as src/kern/meter.c asks of it, for tests: of the
 * emulator's first device, whose counter is what the file that FAKE_NVML names
 * says in millijoules ("no": it has none), and without such a file 1 J more each
 * time that it is asked.
 *
 * SOURCE: NVIDIA, NVML API Reference Guide. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, UNINITIALIZED = 1, NOT_SUPPORTED = 3, NOT_FOUND = 6 };

static int users, device;
static unsigned long long asked;

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **out);
int nvmlDeviceGetTotalEnergyConsumption(void *of, unsigned long long *out);
const char *nvmlErrorString(int code);
double fake_nvml_joules(void); /* told since it was loaded, without a file */

double fake_nvml_joules(void) { return (double)asked; }

int nvmlInit_v2(void)
{
    users++;
    return SUCCESS;
}

int nvmlShutdown(void) { return users-- > 0 ? SUCCESS : UNINITIALIZED; }

int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **out)
{
    *out = &device;
    return users == 0 ? UNINITIALIZED
         : strcmp(bus, "fffe:01:00.0") == 0 ? SUCCESS : NOT_FOUND;
}

int nvmlDeviceGetTotalEnergyConsumption(void *of, unsigned long long *out)
{
    const char *path = getenv("FAKE_NVML");
    FILE       *in = path ? fopen(path, "r") : NULL;
    if (users == 0 || of != &device)
        return UNINITIALIZED;
    *out = 1000 * ++asked;
    if (!in)
        return SUCCESS;
    const int got = fscanf(in, "%llu", out);
    fclose(in);
    return got == 1 ? SUCCESS : NOT_SUPPORTED;
}

const char *nvmlErrorString(int code)
{
    return code == NOT_FOUND ? "Not Found"
         : code == NOT_SUPPORTED ? "Not Supported" : "Uninitialized";
}
