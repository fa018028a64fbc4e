/* host_memory.cpp - memory of the emulated device, and what is copied there.
 *
 * What is allocated lies between pages that nobody may touch, is filled with
 * poison, and its margins are looked at when it is freed. */

#include "host_device.h"

#include <map>
#include <sys/mman.h>

enum { PAGE = 4096, LINE = 256 };

struct Piece { char *whole; size_t whole_bytes, bytes; };

static std::map<char *, Piece> device, pinned;
static size_t used;

static size_t total(void)
{
    const char *text = getenv("SCALELAW_EMULATE_BYTES");
    return text ? (size_t)strtoull(text, NULL, 10) : (size_t)4 << 30;
}

void host_poison(void *p, size_t bytes)
{
    const uint32_t word = HOST_POISON;
    char *to = (char *)p, *end = to + bytes;
    for (; to + 4 <= end; to += 4)
        memcpy(to, &word, 4);
    memcpy(to, &word, (size_t)(end - to));
}

static char *map_guarded(size_t bytes, Piece *piece)
{
    const size_t inner = (bytes + PAGE - 1) / PAGE * PAGE;
    piece->whole_bytes = inner + 2 * PAGE;
    void *got = mmap(NULL, piece->whole_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED)
        return NULL;
    piece->whole = (char *)got;
    mprotect(piece->whole, PAGE, PROT_NONE);
    mprotect(piece->whole + PAGE + inner, PAGE, PROT_NONE);
    return piece->whole + PAGE + inner;
}

char *host_guarded(size_t bytes)
{
    Piece piece;
    char *end = map_guarded(bytes, &piece);
    if (!end)
        host_die("no memory for shared memory");
    return end;
}

/* The end lies at the guard page, but for what alignment asks. */
cudaError_t cudaMalloc(void **out, size_t bytes)
{
    HostHold    hold(host_lock);
    cudaError_t error = host_alive();
    if (!error)
        error = host_uncaptured();
    if (error)
        return host_say(error);
    *out = NULL;
    if (!bytes)
        return cudaSuccess;
    const size_t whole = (bytes + LINE - 1) / LINE * LINE;
    if (used + whole > total())
        return host_say(cudaErrorMemoryAllocation);
    Piece piece;
    char *end = map_guarded(whole, &piece);
    if (!end)
        return host_say(cudaErrorMemoryAllocation);
    host_poison(end - whole, whole);
    piece.bytes = bytes;
    used += whole;
    device[end - whole] = piece;
    host_race_piece(end - whole, whole);
    *out = end - whole;
    return cudaSuccess;
}

static void check_margin(const char *p, const Piece &piece)
{
    const size_t whole = (piece.bytes + LINE - 1) / LINE * LINE;
    for (size_t i = piece.bytes; i < whole; i++)
        if ((unsigned char)p[i] != (i % 2 ? 0x7f : 0xf5))
            host_die("byte %zu of an allocation of %zu was written", i,
                     piece.bytes);
}

cudaError_t cudaFree(void *p)
{
    HostHold hold(host_lock);
    if (!p)
        return host_say(host_alive());
    const cudaError_t error = host_uncaptured();
    if (error)
        return host_say(error);
    const auto found = device.find((char *)p);
    if (found == device.end())
        return host_say(cudaErrorInvalidValue);
    host_drain_all();
    check_margin(found->first, found->second);
    host_race_piece(found->first, 0);
    used -= (found->second.bytes + LINE - 1) / LINE * LINE;
    munmap(found->second.whole, found->second.whole_bytes);
    device.erase(found);
    return host_say(host_alive());
}

cudaError_t cudaHostAlloc(void **out, size_t bytes, unsigned)
{
    HostHold    hold(host_lock);
    cudaError_t error = host_alive();
    if (!error)
        error = host_uncaptured();
    if (error)
        return host_say(error);
    *out = NULL;
    if (!bytes)
        return cudaSuccess;
    if (posix_memalign(out, LINE, bytes))
        return host_say(cudaErrorMemoryAllocation);
    host_poison(*out, bytes);
    pinned[(char *)*out] = Piece{ (char *)*out, bytes, bytes };
    return cudaSuccess;
}

cudaError_t cudaMallocHost(void **out, size_t bytes)
{
    return cudaHostAlloc(out, bytes, 0);
}

cudaError_t cudaFreeHost(void *p)
{
    HostHold hold(host_lock);
    if (!p)
        return cudaSuccess;
    const cudaError_t error = host_uncaptured();
    if (error)
        return host_say(error);
    if (!pinned.erase((char *)p))
        return host_say(cudaErrorInvalidValue);
    host_drain_all();
    free(p);
    return host_say(host_alive());
}

cudaError_t cudaMemGetInfo(size_t *left, size_t *all)
{
    HostHold hold(host_lock);
    const cudaError_t error = host_alive();
    if (error)
        return host_say(error);
    *all  = total();
    *left = used < *all ? *all - used : 0;
    return cudaSuccess;
}

/* -- Copies -------------------------------------------------------------------- */

/* Is it `rows` of `width` bytes, `pitch` apart, of one piece? */
static bool within(const std::map<char *, Piece> &list, const void *p,
                   size_t pitch, size_t width, size_t rows)
{
    const char *c = (const char *)p;
    auto after    = list.upper_bound((char *)p);
    if (after == list.begin())
        return false;
    --after;
    return c + (rows - 1) * pitch + width <= after->first + after->second.bytes;
}

static bool touches(const void *p) /* the device's memory */
{
    auto after = device.upper_bound((char *)p);
    if (after == device.begin())
        return false;
    --after;
    return (const char *)p < after->first + after->second.bytes;
}

struct Copy2D {
    char       *to;
    const char *from;
    size_t      to_pitch, from_pitch, width, rows;
};

static void do_copy(const Copy2D &c)
{
    for (size_t r = 0; r < c.rows; r++)
        memmove(c.to + r * c.to_pitch, c.from + r * c.from_pitch, c.width);
}

static cudaError_t sides(const Copy2D &c, cudaMemcpyKind kind)
{
    const bool to   = kind == cudaMemcpyHostToDevice ||
                      kind == cudaMemcpyDeviceToDevice;
    const bool from = kind == cudaMemcpyDeviceToHost ||
                      kind == cudaMemcpyDeviceToDevice;
    if (c.to_pitch < c.width || c.from_pitch < c.width)
        return cudaErrorInvalidValue;
    if (kind == cudaMemcpyDefault)
        return cudaSuccess;
    if (to ? !within(device, c.to, c.to_pitch, c.width, c.rows)
           : touches(c.to))
        return cudaErrorInvalidValue;
    if (from ? !within(device, c.from, c.from_pitch, c.width, c.rows)
             : touches(c.from))
        return cudaErrorInvalidValue;
    return cudaSuccess;
}

/* Of pageable memory a device takes a copy at once, and to it writes before the
 * call returns. Of pinned memory both happen when their turn has come. */
static cudaError_t enqueue_copy(const Copy2D &c, cudaMemcpyKind kind,
                                cudaStream_t stream)
{
    const bool paged_from = kind == cudaMemcpyHostToDevice &&
        !within(pinned, c.from, c.from_pitch, c.width, c.rows);
    const bool paged_to = kind == cudaMemcpyDeviceToHost &&
        !within(pinned, c.to, c.to_pitch, c.width, c.rows);
    if (paged_from && !host_captures(stream)) {
        std::vector<char> kept(c.width * c.rows);
        do_copy(Copy2D{ kept.data(), c.from, c.width, c.from_pitch, c.width,
                        c.rows });
        return host_enqueue(stream, [c, kept] {
            do_copy(Copy2D{ c.to, kept.data(), c.to_pitch, c.width, c.width,
                            c.rows });
        });
    }
    const cudaError_t error = host_enqueue(stream, [c] { do_copy(c); });
    if (!error && paged_to && !host_captures(stream))
        host_drain(stream);
    return error;
}

cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from,
                              size_t from_pitch, size_t width, size_t rows,
                              cudaMemcpyKind kind, cudaStream_t stream)
{
    HostHold     hold(host_lock);
    const Copy2D c = { (char *)to, (const char *)from, to_pitch, from_pitch,
                       width, rows };
    if (!width || !rows)
        return host_say(host_alive());
    cudaError_t error = host_alive();
    if (!error)
        error = sides(c, kind);
    if (!error)
        error = enqueue_copy(c, kind, stream);
    return host_say(error);
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes,
                            cudaMemcpyKind kind, cudaStream_t stream)
{
    return cudaMemcpy2DAsync(to, bytes, from, bytes, bytes, 1, kind, stream);
}

cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from,
                         size_t from_pitch, size_t width, size_t rows,
                         cudaMemcpyKind kind)
{
    HostHold          hold(host_lock);
    const cudaError_t error = cudaMemcpy2DAsync(to, to_pitch, from, from_pitch,
                                                width, rows, kind, NULL);
    return error ? error : cudaStreamSynchronize(NULL);
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes,
                       cudaMemcpyKind kind)
{
    return cudaMemcpy2D(to, bytes, from, bytes, bytes, 1, kind);
}

cudaError_t cudaMemset2DAsync(void *to, size_t pitch, int byte, size_t width,
                              size_t rows, cudaStream_t stream)
{
    HostHold hold(host_lock);
    cudaError_t error = host_alive();
    if (error || !width || !rows)
        return host_say(error);
    if (pitch < width || !within(device, to, pitch, width, rows))
        return host_say(cudaErrorInvalidValue);
    return host_say(host_enqueue(stream, [=] {
        for (size_t r = 0; r < rows; r++)
            memset((char *)to + r * pitch, byte, width);
    }));
}

cudaError_t cudaMemsetAsync(void *to, int byte, size_t bytes,
                            cudaStream_t stream)
{
    return cudaMemset2DAsync(to, bytes, byte, bytes, 1, stream);
}

cudaError_t cudaMemset(void *to, int byte, size_t bytes)
{
    return cudaMemsetAsync(to, byte, bytes, NULL);
}
