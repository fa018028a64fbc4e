/* host_race.cpp - two accesses to the same memory, one of them a write, that
 * nothing puts in order.
 *
 * The emulator runs one thread at a time, so that a sum into which two blocks
 * write comes out right here and wrong on a device. Where kernels are compiled
 * with -fsanitize=thread the compiler calls __tsan_read4(p) and its like before
 * each access; they are defined here. For each two bytes of device memory and of
 * shared memory it is known who wrote last, and who has read since.
 *
 * Time is a count of barriers, over all blocks and launches: of two accesses in
 * one launch, those of two blocks are never in order; those of one block are if
 * a barrier lies between; those of one warp if a __syncwarp does. That a warp's
 * other operations, or its lanes' going in step, put memory in order is not
 * taken for granted. Several threads that write the same number race as well.
 *
 * SOURCE: Serebryany and Iskhodzhanov 2009, "ThreadSanitizer: data race detection
 *         in practice", for shadow cells; NVIDIA, CUDA C++ Programming Guide,
 *         "Memory Consistency Model" and "Warp Synchronization". */

#include "host_block.h"

#include <dlfcn.h>
#include <map>
#include <sys/mman.h>

bool host_races;

/* Who has read in this interval: a thread, lanes of a warp, or many. */
enum { ONE = 0, WARP_OF = 0x4000, MANY = 0x8000, WHO = 0x3fff };

struct Cell {
    uint32_t wrote, read, read_first;  /* times; 0: never          */
    uint32_t wrote_code, read_code;    /* where, from code_from on */
    uint16_t writer, reader, wrote_sync, read_sync;
};

struct Shadow { char *from; size_t bytes; Cell *cell; bool shared; };

static std::map<char *, Shadow> pieces;
static Shadow   last;  /* the piece that was asked for last */
static Shadow   shared_;
static uint32_t now = 1, block_from = 1, launch_from = 1;

static Cell *cells(size_t bytes)
{
    void *got = mmap(NULL, (bytes / 2 + 8) * sizeof(Cell),
                     PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED)
        host_die("no memory to look for races in %zu bytes", bytes);
    return (Cell *)got;
}

static void forget(const Shadow &s)
{
    munmap(s.cell, (s.bytes / 2 + 8) * sizeof(Cell));
}

void host_race_piece(char *p, size_t bytes)
{
    if (!host_races)
        return;
    last = Shadow{};
    if (bytes) {
        pieces[p] = Shadow{ p, bytes, cells(bytes), false };
    } else if (pieces.count(p)) {
        forget(pieces[p]);
        pieces.erase(p);
    }
}

void host_race_order(HostOrder order)
{
    enum { MOST = 256 << 10 };
    if (!host_races)
        return;
    now++;
    if (order != HOST_BARRIER)
        block_from = now;
    if (order != HOST_LAUNCH)
        return;
    launch_from = now;
    if (!shared_.cell)
        shared_.cell = cells(MOST);
    shared_.from   = (char *)shared_now();
    shared_.bytes  = shared_now_bytes();
    shared_.shared = true;
}

static const Shadow *shadow_of(const char *p)
{
    if (p >= shared_.from && p < shared_.from + shared_.bytes)
        return &shared_;
    if (p >= last.from && p < last.from + last.bytes)
        return &last;
    auto after = pieces.upper_bound((char *)p);
    if (after == pieces.begin())
        return NULL;
    --after;
    if (p >= after->first + after->second.bytes)
        return NULL;
    last = after->second;
    return &last;
}

/* -- Words ---------------------------------------------------------------------- */

static uint32_t code_at(const void *code)
{
    return (uint32_t)((const char *)code - (const char *)(uintptr_t)&cells);
}

/* For addr2line. */
static size_t code_name(uint32_t code, const char **object)
{
    const char *at = (const char *)(uintptr_t)&cells + (int32_t)code;
    Dl_info     info;
    *object = "?";
    if (!dladdr(at, &info))
        return 0;
    *object = info.dli_fname;
    return (size_t)(at - (const char *)info.dli_fbase) - 1;
}

struct Meets { const Shadow *s; const char *p; bool write; uint32_t code; };

static void race(const Meets &m, bool wrote, const char *who, uint32_t before)
{
    const char  *object;
    const size_t first = code_name(before, &object);
    const size_t second = code_name(m.code, &object);
    host_die("a race: byte %td of %s of %zu bytes is %s (at +0x%zx), and was %s"
             " by %s (at +0x%zx), with nothing that puts them in order"
             " (addr2line -Cfie %s 0x%zx 0x%zx knows the lines)",
             m.p - m.s->from, m.s->shared ? "shared memory" : "an array",
             m.s->bytes, m.write ? "written" : "read", second,
             wrote ? "written" : "read", who, first, object, second, first);
}

static const char *thread_name(unsigned who)
{
    static char text[40];
    snprintf(text, sizeof text, "thread %u", who);
    return text;
}

/* -- What is in order -------------------------------------------------------------- */

static bool in_order(const HostThread *t, uint32_t time, unsigned who,
                     unsigned sync)
{
    return time < now || who == t->index.x ||
           (who / 32 == t->index.x / 32 && sync < t->warp->syncs);
}

static void after_write(const HostThread *t, const Cell *c, const Meets &m)
{
    if (c->wrote < launch_from)
        return;
    if (c->wrote < block_from) {
        if (!m.s->shared)
            race(m, true, "another block", c->wrote_code);
    } else if (!in_order(t, c->wrote, c->writer, c->wrote_sync)) {
        race(m, true, thread_name(c->writer), c->wrote_code);
    }
}

static void after_reads(const HostThread *t, const Cell *c, const Meets &m)
{
    const unsigned who = c->reader & WHO;
    if (c->read < launch_from)
        return;
    if (c->read_first < block_from && !m.s->shared)
        race(m, false, "another block", c->read_code);
    if (c->read < now)
        return;
    if (c->reader & MANY)
        race(m, false, "several threads", c->read_code);
    if (c->reader & WARP_OF
            ? who / 32 != t->index.x / 32 || c->read_sync >= t->warp->syncs
            : !in_order(t, c->read, who, c->read_sync))
        race(m, false, thread_name(who), c->read_code);
}

static void note_read(const HostThread *t, Cell *c, uint32_t code)
{
    const unsigned me = t->index.x, who = c->reader & WHO;
    if (c->read < launch_from)
        c->read_first = now;
    if (c->read != now || (!(c->reader & MANY) && who / 32 == me / 32 &&
                           c->read_sync < t->warp->syncs))
        c->reader = (uint16_t)me;
    else if (who / 32 != me / 32)
        c->reader |= MANY;
    else if (who != me)
        c->reader |= WARP_OF;
    c->read      = now;
    c->read_sync = t->warp->syncs;
    c->read_code = code;
}

void host_race(const HostThread *t, const void *p, size_t bytes, bool write,
               const void *code)
{
    const char   *from = (const char *)p;
    const Shadow *s = shadow_of(from);
    if (!s)
        return;
    const size_t   first = (size_t)(from - s->from) / 2;
    const size_t   end = ((size_t)(from - s->from) + bytes + 1) / 2;
    const uint32_t at = code_at(code);
    for (size_t i = first; i < end && i < (s->bytes + 1) / 2; i++) {
        Cell *c = &s->cell[i];
        after_write(t, c, Meets{ s, s->from + 2 * i, write, at });
        if (!write) {
            note_read(t, c, at);
            continue;
        }
        after_reads(t, c, Meets{ s, s->from + 2 * i, write, at });
        c->wrote      = now;
        c->writer     = (uint16_t)t->index.x;
        c->wrote_sync = t->warp->syncs;
        c->wrote_code = at;
    }
}

/* -- What the compiler calls --------------------------------------------------------- */

#define HOST_ACCESS(name, bytes, write)                                       \
    extern "C" void name(void *p);                                            \
    extern "C" void name(void *p)                                             \
    {                                                                         \
        if (host_now)                                                         \
            host_race(host_now, p, bytes, write, __builtin_return_address(0)); \
    }
#define HOST_ACCESSES(bytes)                                                  \
    HOST_ACCESS(__tsan_read##bytes, bytes, false)                             \
    HOST_ACCESS(__tsan_write##bytes, bytes, true)                             \
    HOST_ACCESS(__tsan_unaligned_read##bytes, bytes, false)                   \
    HOST_ACCESS(__tsan_unaligned_write##bytes, bytes, true)
HOST_ACCESSES(1)
HOST_ACCESSES(2)
HOST_ACCESSES(4)
HOST_ACCESSES(8)
HOST_ACCESSES(16)

extern "C" {

void __tsan_init(void);
void __tsan_init(void) { host_races = true; }

void __tsan_read_range(void *p, size_t bytes);
void __tsan_read_range(void *p, size_t bytes)
{
    if (host_now)
        host_race(host_now, p, bytes, false, __builtin_return_address(0));
}

void __tsan_write_range(void *p, size_t bytes);
void __tsan_write_range(void *p, size_t bytes)
{
    if (host_now)
        host_race(host_now, p, bytes, true, __builtin_return_address(0));
}

void __tsan_func_entry(void *);
void __tsan_func_entry(void *) { }
void __tsan_func_exit(void);
void __tsan_func_exit(void) { }

/* Of the host's side: statics of functions. */
unsigned char __tsan_atomic8_load(const volatile unsigned char *p, int);
unsigned char __tsan_atomic8_load(const volatile unsigned char *p, int)
{
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}
void __tsan_vptr_update(void **, void *);
void __tsan_vptr_update(void **at, void *to) { *at = to; }

}
