/* host_device.cpp - which devices there are, what they can, and whether they
 * are well. */

#include "host_device.h"

#include <string>

enum { RUNTIME = CUDART_VERSION };

static thread_local cudaError_t last;
static thread_local int         current;

/* -- Errors -------------------------------------------------------------------- */

static bool is_lost;

static void read_lost(long *at, long *so_far)
{
    static std::string said;
    static long        n, launches;
    const char *text = getenv("SCALELAW_EMULATE_LOST");
    if (said != (text ? text : "")) {
        said     = text ? text : "";
        n        = strtol(said.c_str(), NULL, 10);
        launches = 0;
        is_lost  = false;
    }
    *at     = n;
    *so_far = ++launches;
}

bool host_lost(void) { return is_lost; }

void host_count_launch(void)
{
    long at, launches;
    read_lost(&at, &launches);
    if (at > 0 && launches >= at)
        is_lost = true;
}

static int devices(void)
{
    const char *text = getenv("SCALELAW_EMULATE_DEVICES");
    return text ? atoi(text) : 1;
}

cudaError_t host_alive(void)
{
    if (devices() <= 0)
        return cudaErrorNoDevice;
    if (is_lost && !getenv("SCALELAW_EMULATE_LOST"))
        is_lost = false;
    return is_lost ? cudaErrorECCUncorrectable : cudaSuccess;
}

cudaError_t host_say(cudaError_t error)
{
    if (error)
        last = error;
    return error;
}

cudaError_t cudaPeekAtLastError(void)
{
    HostHold hold(host_lock);
    return last ? last : is_lost ? host_alive() : cudaSuccess;
}

cudaError_t cudaGetLastError(void)
{
    const cudaError_t error = cudaPeekAtLastError();
    last = cudaSuccess;
    return error;
}

#define HOST_ERROR_NAME(name, number, words) case name: return #name;
#define HOST_ERROR_WORDS(name, number, words) case name: return words;
const char *cudaGetErrorName(cudaError_t error)
{
    switch (error) { HOST_ERRORS(HOST_ERROR_NAME) }
    return "unrecognized error code";
}

const char *cudaGetErrorString(cudaError_t error)
{
    switch (error) { HOST_ERRORS(HOST_ERROR_WORDS) }
    return "unrecognized error code";
}

/* -- Devices ------------------------------------------------------------------- */

static bool hopper(void)
{
    const char *text = getenv("SCALELAW_EMULATE_SM");
    return text && strcmp(text, "90") == 0;
}

cudaError_t cudaGetDeviceCount(int *count)
{
    *count = devices() > 0 ? devices() : 0;
    return host_say(*count ? cudaSuccess : cudaErrorNoDevice);
}

static cudaError_t there(int device)
{
    if (devices() <= 0)
        return cudaErrorNoDevice;
    return device < 0 || device >= devices() ? cudaErrorInvalidDevice
                                             : cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *out, int device)
{
    HostHold hold(host_lock);
    if (there(device))
        return host_say(there(device));
    size_t left, all;
    const cudaError_t error = cudaMemGetInfo(&left, &all);
    if (error)
        return error;
    memset(out, 0, sizeof *out);
    snprintf(out->name, sizeof out->name, "emulated device %d", device);
    out->totalGlobalMem         = all;
    out->sharedMemPerBlock      = 48 << 10;
    out->sharedMemPerBlockOptin = hopper() ? 227 << 10 : 163 << 10;
    out->major                  = hopper() ? 9 : 8;
    out->multiProcessorCount    = 8;
    out->maxThreadsPerBlock     = 1024;
    out->regsPerBlock           = 65536;
    out->l2CacheSize            = 4 << 20;
    out->pciBusID               = device + 1;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *out, cudaDeviceAttr what, int device)
{
    if (there(device))
        return host_say(there(device));
    switch (what) {
    case cudaDevAttrMaxThreadsPerBlock:   *out = 1024; break;
    case cudaDevAttrMultiProcessorCount:  *out = 8; break;
    case cudaDevAttrComputeCapabilityMajor: *out = hopper() ? 9 : 8; break;
    case cudaDevAttrComputeCapabilityMinor: *out = 0; break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
        *out = hopper() ? 227 << 10 : 163 << 10;
        break;
    default: return host_say(cudaErrorInvalidValue);
    }
    return cudaSuccess;
}

/* Addresses that no device of this machine has: nobody shall count its joules. */
cudaError_t cudaDeviceGetPCIBusId(char *out, int bytes, int device)
{
    if (there(device))
        return host_say(there(device));
    snprintf(out, (size_t)bytes, "fffe:%02x:00.0", device + 1);
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    if (there(device))
        return host_say(there(device));
    current = device;
    HostHold hold(host_lock);
    return host_say(host_alive());
}

cudaError_t cudaGetDevice(int *device)
{
    *device = current;
    return host_say(there(current));
}

cudaError_t cudaSetDeviceFlags(unsigned) { return host_say(there(current)); }

cudaError_t cudaDriverGetVersion(int *version)
{
    *version = RUNTIME;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
    *version = RUNTIME;
    return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void *, cudaFuncAttribute what,
                                 int value)
{
    int most = 0;
    cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0);
    if (what == cudaFuncAttributeMaxDynamicSharedMemorySize &&
        (value < 0 || value > most))
        return host_say(cudaErrorInvalidValue);
    return cudaSuccess;
}
