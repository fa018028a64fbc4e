/* host_runtime.h - the part of CUDA's runtime that the backend calls, played by
 * this processor (host_stream.cpp, host_memory.cpp). Numbers of errors are
 * CUDA's.
 *
 * SOURCE: NVIDIA, CUDA Runtime API. */

#ifndef HOST_RUNTIME_H
#define HOST_RUNTIME_H

#define CUDART_VERSION 13000

#define HOST_ERRORS(_)                                                      \
    _(cudaSuccess, 0, "no error")                                           \
    _(cudaErrorInvalidValue, 1, "invalid argument")                         \
    _(cudaErrorMemoryAllocation, 2, "out of memory")                        \
    _(cudaErrorInitializationError, 3, "initialization error")              \
    _(cudaErrorInvalidConfiguration, 9, "invalid configuration argument")   \
    _(cudaErrorInsufficientDriver, 35,                                      \
      "CUDA driver version is insufficient for CUDA runtime version")       \
    _(cudaErrorDevicesUnavailable, 46,                                      \
      "CUDA-capable device(s) is/are busy or unavailable")                  \
    _(cudaErrorNoDevice, 100, "no CUDA-capable device is detected")         \
    _(cudaErrorInvalidDevice, 101, "invalid device ordinal")                \
    _(cudaErrorNoKernelImageForDevice, 209,                                 \
      "no kernel image is available for execution on the device")           \
    _(cudaErrorECCUncorrectable, 214, "uncorrectable ECC error encountered") \
    _(cudaErrorInvalidResourceHandle, 400, "invalid resource handle")       \
    _(cudaErrorNotReady, 600, "device not ready")                           \
    _(cudaErrorIllegalAddress, 700,                                         \
      "an illegal memory access was encountered")                           \
    _(cudaErrorLaunchOutOfResources, 701,                                   \
      "too many resources requested for launch")                            \
    _(cudaErrorLaunchTimeout, 702,                                          \
      "the launch timed out and was terminated")                            \
    _(cudaErrorHardwareStackError, 714, "hardware stack error")             \
    _(cudaErrorIllegalInstruction, 715,                                     \
      "an illegal instruction was encountered")                             \
    _(cudaErrorMisalignedAddress, 716, "misaligned address")                \
    _(cudaErrorLaunchFailure, 719, "unspecified launch failure")            \
    _(cudaErrorNotSupported, 801, "operation not supported")                \
    _(cudaErrorStreamCaptureUnsupported, 900,                               \
      "operation not permitted when stream is capturing")                   \
    _(cudaErrorStreamCaptureInvalidated, 901,                               \
      "operation failed due to a previous error during capture")            \
    _(cudaErrorStreamCaptureUnjoined, 904,                                  \
      "capturing stream has unjoined work")                                 \
    _(cudaErrorStreamCaptureImplicit, 906,                                  \
      "operation would make the legacy stream depend on a capturing"        \
      " blocking stream")                                                   \
    _(cudaErrorStreamCaptureWrongThread, 908,                               \
      "attempt to terminate a thread-local capture sequence from another"   \
      " thread")                                                            \
    _(cudaErrorUnknown, 999, "unknown error")

#define HOST_ERROR_NUMBER(name, number, words) name = number,
enum cudaError { HOST_ERRORS(HOST_ERROR_NUMBER) };
#undef HOST_ERROR_NUMBER
typedef enum cudaError cudaError_t;

enum cudaMemcpyKind {
    cudaMemcpyHostToHost,
    cudaMemcpyHostToDevice,
    cudaMemcpyDeviceToHost,
    cudaMemcpyDeviceToDevice,
    cudaMemcpyDefault,
};

enum cudaFuncAttribute {
    cudaFuncAttributeMaxDynamicSharedMemorySize = 8,
    cudaFuncAttributePreferredSharedMemoryCarveout = 9,
};

enum cudaStreamCaptureMode {
    cudaStreamCaptureModeGlobal,
    cudaStreamCaptureModeThreadLocal,
    cudaStreamCaptureModeRelaxed,
};

enum cudaStreamCaptureStatus {
    cudaStreamCaptureStatusNone,
    cudaStreamCaptureStatusActive,
    cudaStreamCaptureStatusInvalidated,
};

enum cudaDeviceAttr {
    cudaDevAttrMaxThreadsPerBlock = 1,
    cudaDevAttrMultiProcessorCount = 16,
    cudaDevAttrComputeCapabilityMajor = 75,
    cudaDevAttrComputeCapabilityMinor = 76,
    cudaDevAttrMaxSharedMemoryPerBlockOptin = 97,
};

#define cudaStreamDefault      0u
#define cudaStreamNonBlocking  1u
#define cudaEventDefault       0u
#define cudaEventBlockingSync  1u
#define cudaEventDisableTiming 2u
#define cudaHostAllocDefault   0u
#define cudaDeviceScheduleBlockingSync 4u

struct cudaDeviceProp {
    char   name[256];
    size_t totalGlobalMem, sharedMemPerBlock, sharedMemPerBlockOptin;
    int    major, minor, multiProcessorCount, maxThreadsPerBlock;
    int    regsPerBlock, l2CacheSize, ECCEnabled;
    int    pciBusID, pciDeviceID, pciDomainID;
};

struct HostStream;
struct HostEvent;
struct HostGraph;
typedef HostStream *cudaStream_t;
typedef HostEvent  *cudaEvent_t;
typedef HostGraph  *cudaGraph_t;
typedef HostGraph  *cudaGraphExec_t;
typedef void (*cudaHostFn_t)(void *);

#pragma GCC visibility push(hidden)

/* Enqueue a grid. Refused by what cudaGetLastError then gives. bounds: what
 * __launch_bounds__ says of the kernel; 0: nothing. */
void host_launch(cudaStream_t stream, const char *name, dim3 grid, int threads,
                 int64_t shared, std::function<void()> kernel, int bounds = 0);
int  host_bounds(const void *kernel);

const char *cudaGetErrorName(cudaError_t error);
const char *cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetLastError(void);
cudaError_t cudaPeekAtLastError(void);

cudaError_t cudaGetDeviceCount(int *count);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *out, int device);
cudaError_t cudaDeviceGetAttribute(int *out, cudaDeviceAttr what, int device);
cudaError_t cudaDeviceGetPCIBusId(char *out, int bytes, int device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDevice(int *device);
cudaError_t cudaSetDeviceFlags(unsigned flags);
cudaError_t cudaDeviceSynchronize(void);
cudaError_t cudaDriverGetVersion(int *version);
cudaError_t cudaRuntimeGetVersion(int *version);
cudaError_t cudaFuncSetAttribute(const void *kernel, cudaFuncAttribute what,
                                 int value);

cudaError_t cudaMalloc(void **out, size_t bytes);
cudaError_t cudaFree(void *p);
cudaError_t cudaMallocHost(void **out, size_t bytes);
cudaError_t cudaHostAlloc(void **out, size_t bytes, unsigned flags);
cudaError_t cudaFreeHost(void *p);
cudaError_t cudaMemGetInfo(size_t *left, size_t *total);
cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes,
                       cudaMemcpyKind kind);
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes,
                            cudaMemcpyKind kind, cudaStream_t stream = NULL);
cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from,
                         size_t from_pitch, size_t width, size_t height,
                         cudaMemcpyKind kind);
cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from,
                              size_t from_pitch, size_t width, size_t height,
                              cudaMemcpyKind kind, cudaStream_t stream = NULL);
cudaError_t cudaMemset(void *to, int byte, size_t bytes);
cudaError_t cudaMemsetAsync(void *to, int byte, size_t bytes,
                            cudaStream_t stream = NULL);
cudaError_t cudaMemset2DAsync(void *to, size_t pitch, int byte, size_t width,
                              size_t height, cudaStream_t stream = NULL);

cudaError_t cudaStreamCreate(cudaStream_t *out);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *out, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamQuery(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                unsigned flags = 0);
cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t act,
                               void *self);

cudaError_t cudaEventCreate(cudaEvent_t *out);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *out, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream = NULL);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventQuery(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t from, cudaEvent_t to);

cudaError_t cudaStreamBeginCapture(cudaStream_t stream,
                                   cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *out);
cudaError_t cudaStreamIsCapturing(cudaStream_t stream,
                                  cudaStreamCaptureStatus *out);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t *out, cudaGraph_t graph,
                                 unsigned long long flags = 0);
cudaError_t cudaGraphUpload(cudaGraphExec_t exec, cudaStream_t stream);
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec);

#pragma GCC visibility pop

template <class T> cudaError_t cudaMalloc(T **out, size_t bytes)
{
    return cudaMalloc((void **)out, bytes);
}
template <class T> cudaError_t cudaMallocHost(T **out, size_t bytes)
{
    return cudaMallocHost((void **)out, bytes);
}
template <class T>
cudaError_t cudaFuncSetAttribute(T *kernel, cudaFuncAttribute what, int value)
{
    return cudaFuncSetAttribute((const void *)kernel, what, value);
}

#endif
