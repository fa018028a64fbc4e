/* host_block.cpp - a block of threads, one fiber each.
 *
 * A fiber runs a thread until that must wait, and then another that can go on,
 * or the next that has not begun; a thread that ends makes room for the next on
 * the same fiber, so that a kernel without meetings is a loop on one stack.
 * Whoever comes to a meeting first waits, the last lets all go on. That a
 * meeting can never be complete shows when somebody comes to another one, or
 * ends, and is said there. */

#include "host_block.h"

#include <stdarg.h>

HostIndex   host_block_index, host_block_size, host_grid_size;
HostIndex  *host_thread_index;
HostThread *host_now;

enum { MOST = 1024 };

static struct {
    const char                  *name;
    const std::function<void()> *kernel;
    unsigned   threads, begun, ended, waiting;
    uint64_t   meetings;
    HostPlace  place;
    HostVote   vote[2];
    bool       deep; /* a warp that has met goes on before others */
} block;

static HostThread thread_[MOST];
static HostWarp   warp_[MOST / 32];
static unsigned   order_[MOST]; /* who begins when */
static HostFiber  caller, fiber_[MOST];
static bool       made[MOST];
static int        idle[MOST], idles, fibers;

/* Who can go on: a ring. */
static HostThread *ready[2 * MOST];
static unsigned    ready_from, ready_to;

static HostThread **ready_at(unsigned i) { return &ready[i % (2 * MOST)]; }

const char *host_kernel_name(void) { return block.name; }

void host_die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fprintf(stderr, "emulator: ");
    if (block.name)
        fprintf(stderr, "kernel %s, block %u %u %u: ", block.name,
                host_block_index.x, host_block_index.y, host_block_index.z);
    if (host_now)
        fprintf(stderr, "thread %u: ", host_now->index.x);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    abort();
}

/* -- Shared memory ------------------------------------------------------------ */

/* It ends at a page that nobody may touch, but for what its alignment asks;
 * that, and a line before it, is looked at after each block. */
enum { SHARED_LINE = 128 };
static char  *shared_at;
static size_t shared_bytes;

void  *shared_now(void) { return shared_at; }
size_t shared_now_bytes(void) { return shared_bytes; }

bool host_is_shared(const void *p, size_t bytes)
{
    const char *c = (const char *)p;
    return c >= shared_at && c + bytes <= shared_at + shared_bytes;
}

char *host_guarded(size_t bytes); /* host_memory.cpp: its end */

static void shared_set(size_t bytes)
{
    enum { ROOM = 256 << 10 };
    static char *end;
    if (!end)
        end = host_guarded(ROOM);
    const size_t whole = (bytes + SHARED_LINE - 1) / SHARED_LINE * SHARED_LINE;
    shared_at    = end - whole;
    shared_bytes = bytes;
}

static void shared_fill(void)
{
    const size_t whole = (shared_bytes + SHARED_LINE - 1) / SHARED_LINE *
                         SHARED_LINE;
    host_poison(shared_at - SHARED_LINE, whole + SHARED_LINE);
}

static void shared_check(void)
{
    const size_t whole = (shared_bytes + SHARED_LINE - 1) / SHARED_LINE *
                         SHARED_LINE;
    const unsigned char want[2] = { 0xf5, 0x7f };
    for (char *p = shared_at - SHARED_LINE; p < shared_at + whole; p++) {
        if (p == shared_at)
            p += shared_bytes;
        if (p < shared_at + whole && (unsigned char)*p != want[(size_t)p & 1])
            host_die("byte %td of %zu bytes of shared memory was written",
                     p - shared_at, shared_bytes);
    }
}

/* -- Who goes on -------------------------------------------------------------- */

static void run_threads(void);

static void to_ready(HostThread *t, bool front)
{
    t->state = HOST_READY;
    if (front)
        *ready_at(--ready_from) = t;
    else
        *ready_at(ready_to++) = t;
}

/* This fiber is done or must wait; another goes on, of a thread that can, else
 * of one that begins. From the last thread of all: back to the caller. */
static void leave(HostFiber *here)
{
    if (ready_from != ready_to) {
        HostThread *t = *ready_at(ready_from++);
        t->state      = HOST_RUNS;
        host_now          = t;
        host_thread_index = &t->index;
        host_fiber_switch(here, &fiber_[t->fiber]);
    } else if (block.begun < block.threads) {
        const int number = idles ? idle[--idles] : fibers++;
        if (!made[number])
            host_fiber_make(&fiber_[number], number, run_threads);
        made[number] = true;
        host_now     = NULL;
        thread_[order_[block.begun]].fiber = number;
        host_fiber_switch(here, &fiber_[number]);
    } else {
        host_fiber_switch(here, &caller);
    }
}

static void begin(HostThread *t, int number)
{
    t->fiber          = number;
    t->state          = HOST_RUNS;
    host_now          = t;
    host_thread_index = &t->index;
}

static void end(HostThread *t)
{
    HostWarp *w = t->warp;
    if (block.waiting)
        host_die("ended while %u of %u threads wait in %s at %s:%d",
                 block.waiting, block.threads, block.place.what,
                 block.place.file, block.place.line);
    if (w->arrived)
        host_die("ended while %u lanes of its warp wait in %s at %s:%d",
                 w->arrived, w->place.what, w->place.file, w->place.line);
    t->state = HOST_ENDED;
    w->ended++;
    block.ended++;
}

/* What a fiber does: the next thread, as long as nobody waits to go on. */
static void run_threads(void)
{
    int number = thread_[order_[block.begun]].fiber;
    for (;;) {
        while (block.begun < block.threads && ready_from == ready_to) {
            HostThread *t = &thread_[order_[block.begun++]];
            begin(t, number);
            (*block.kernel)();
            end(t);
        }
        host_now       = NULL;
        idle[idles++]  = number;
        leave(&fiber_[number]);
        number = thread_[order_[block.begun]].fiber;
    }
}

/* -- Meetings ----------------------------------------------------------------- */

static bool same(HostPlace a, HostPlace b)
{
    return a.line == b.line &&
           (a.what == b.what || strcmp(a.what, b.what) == 0) &&
           (a.file == b.file || strcmp(a.file, b.file) == 0);
}

static void join(HostPlace *meeting, unsigned arrived, HostPlace place,
                 const char *who)
{
    if (!arrived)
        *meeting = place;
    else if (!same(*meeting, place))
        host_die("is in %s at %s:%d while %u %s wait in %s at %s:%d",
                 place.what, place.file, place.line, arrived, who,
                 meeting->what, meeting->file, meeting->line);
}

HostVote host_block_meet(HostPlace place, bool word)
{
    HostThread *t = host_now;
    HostWarp   *w = t->warp;
    if (w->arrived)
        host_die("is in %s at %s:%d while %u lanes of its warp wait in %s at"
                 " %s:%d", place.what, place.file, place.line, w->arrived,
                 w->place.what, w->place.file, w->place.line);
    if (block.ended)
        host_die("is in %s at %s:%d, and %u of %u threads have ended",
                 place.what, place.file, place.line, block.ended,
                 block.threads);
    join(&block.place, block.waiting, place, "threads of the block");

    HostVote *vote = &block.vote[block.meetings & 1];
    if (!block.waiting)
        *vote = HostVote{ 0, 1, 0 };
    vote->any |= word;
    vote->all &= word;
    vote->count += word;
    w->at_block++;
    if (++block.waiting < block.threads) {
        t->state = HOST_AT_BLOCK;
        leave(&fiber_[t->fiber]);
        return *vote;
    }
    block.waiting = 0;
    block.meetings++;
    host_race_order(HOST_BARRIER);
    for (unsigned i = 0; i < block.threads; i++) {
        HostThread *other = &thread_[order_[i]];
        other->warp->at_block = 0;
        if (other != t)
            to_ready(other, false);
    }
    return *vote;
}

unsigned host_lane(void) { return host_now->lane; }

HostSlot *host_slot(void)
{
    HostWarp *w = host_now->warp;
    return &w->slot[w->meetings & 1][host_now->lane];
}

HostSlot *host_slot_of(unsigned lane, HostPlace place)
{
    HostWarp *w = host_now->warp;
    if (lane >= w->lanes)
        host_die("%s at %s:%d asks lane %u of a warp of %u", place.what,
                 place.file, place.line, lane, w->lanes);
    return &w->slot[(w->meetings + 1) & 1][lane];
}

void host_whole_warp(unsigned mask, HostPlace place)
{
    if (mask != 0xffffffffu)
        host_die("%s at %s:%d is of lanes %08x; all lanes are to meet",
                 place.what, place.file, place.line, mask);
}

void host_warp_sync(HostSlot *) { host_now->warp->syncs++; }

void host_warp_meet(HostPlace place, void (*act)(HostSlot slot[32]))
{
    HostThread *t = host_now;
    HostWarp   *w = t->warp;
    if (w->at_block)
        host_die("is in %s at %s:%d while %u lanes of its warp wait in %s at"
                 " %s:%d", place.what, place.file, place.line, w->at_block,
                 block.place.what, block.place.file, block.place.line);
    if (w->ended)
        host_die("is in %s at %s:%d, and %u lanes of its warp have ended",
                 place.what, place.file, place.line, w->ended);
    join(&w->place, w->arrived, place, "lanes of its warp");

    if (++w->arrived < w->lanes) {
        t->state = HOST_AT_WARP;
        leave(&fiber_[t->fiber]);
        return;
    }
    if (act)
        act(w->slot[w->meetings & 1]);
    w->arrived = 0;
    w->meetings++;
    for (unsigned i = 0; i < w->lanes; i++) {
        const unsigned place_in = block.deep ? w->lanes - 1 - i : i;
        HostThread    *other = &thread_[order_[w->first + place_in]];
        if (other != t)
            to_ready(other, block.deep);
    }
}

unsigned host_ballot(unsigned mask, bool word, HostPlace place)
{
    host_whole_warp(mask, place);
    host_slot()->word[0] = word;
    host_warp_meet(place, [](HostSlot slot[32]) {
        unsigned all = 0;
        for (unsigned i = 0; i < host_now->warp->lanes; i++)
            all |= (unsigned)(slot[i].word[0] != 0) << i;
        for (int i = 0; i < 32; i++)
            slot[i].word[0] = all;
    });
    return host_slot_of(host_lane(), place)->word[0];
}

/* -- Grids -------------------------------------------------------------------- */

uint64_t host_order(void)
{
    const char *text = getenv("SCALELAW_EMULATE_ORDER");
    return text ? strtoull(text, NULL, 10) : 0;
}

/* SOURCE: Steele et al. 2014, "Fast splittable pseudorandom number
 *         generators", as SplitMix64 is usually written. */
static uint64_t mix(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void shuffle(unsigned *list, unsigned n, uint64_t *state)
{
    for (unsigned i = n; i > 1; i--) {
        const unsigned j = (unsigned)(mix(state) % i), kept = list[i - 1];
        list[i - 1] = list[j];
        list[j]     = kept;
    }
}

/* Warps one after the other, in any order, and their lanes in any. */
static void order_threads(unsigned n, uint64_t *state)
{
    const unsigned warps = (n + 31) / 32;
    unsigned turn[MOST / 32], to = 0;
    for (unsigned w = 0; w < warps; w++)
        turn[w] = w;
    if (state)
        shuffle(turn, warps, state);
    for (unsigned w = 0; w < warps; w++) {
        HostWarp *warp = &warp_[turn[w]];
        warp->first = to;
        warp->lanes = n - turn[w] * 32 < 32 ? n - turn[w] * 32 : 32;
        for (unsigned i = 0; i < warp->lanes; i++)
            order_[to++] = turn[w] * 32 + i;
        if (state)
            shuffle(order_ + warp->first, warp->lanes, state);
    }
}

static void begin_block(unsigned threads)
{
    block.begun = block.ended = block.waiting = 0;
    ready_from = ready_to = 0;
    for (unsigned i = 0; i < threads; i++) {
        HostThread *t = &thread_[i];
        t->index  = HostIndex{ i, 0, 0 };
        t->state  = HOST_TO_COME;
        t->lane   = i % 32;
        t->warp   = &warp_[i / 32];
        t->groups = 0;
        t->copies.clear();
    }
    for (unsigned i = 0; i * 32 < threads; i++) {
        HostWarp *w = &warp_[i];
        w->arrived = w->at_block = w->ended = 0;
        w->syncs   = 0;
    }
}

static void run_block(unsigned threads)
{
    host_race_order(HOST_BLOCK);
    shared_fill();
    begin_block(threads);
    host_now = NULL;
    leave(&caller);
    if (block.ended != threads)
        host_die("%u of %u threads never ended", threads - block.ended,
                 threads);
    shared_check();
}

void host_grid(const char *name, dim3 grid, unsigned threads, size_t shared,
               const std::function<void()> &kernel)
{
    static uint64_t launches;
    const uint64_t  seed = host_order(), blocks = (uint64_t)grid.x * grid.y *
                                                  grid.z;
    uint64_t state = seed * 0x2545f4914f6cdd1du + ++launches;
    host_catch_signals();
    block.name    = name;
    block.kernel  = &kernel;
    block.threads = threads;
    block.deep    = !seed || mix(&state) % 2;
    host_block_size = HostIndex{ threads, 1, 1 };
    host_grid_size  = HostIndex{ grid.x, grid.y, grid.z };
    order_threads(threads, seed ? &state : NULL);
    shared_set(shared);
    host_race_order(HOST_LAUNCH);

    std::vector<unsigned> turn(seed ? blocks : 0);
    for (uint64_t i = 0; i < turn.size(); i++)
        turn[i] = (unsigned)i;
    shuffle(turn.data(), (unsigned)turn.size(), &state);
    for (uint64_t i = 0; i < blocks; i++) {
        const uint64_t b = seed ? turn[i] : i;
        host_block_index = HostIndex{ (unsigned)(b % grid.x),
                                      (unsigned)(b / grid.x % grid.y),
                                      (unsigned)(b / grid.x / grid.y) };
        run_block(threads);
    }
    block.name = NULL;
}
