/* sweep_device.c - what a device trains: gangs of seats (crew.h).
 *
 * One thread a device decides for all of it (seats.h): it looks at what is open
 * and what is free, gives seats that have come free to the next runs alike,
 * opens gangs, closes those that nobody needs, and measures what a pass takes.
 * It claims runs before it opens a gang for them, so that none is opened for
 * runs that another process has. */

#include "sweep/crew.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>

enum { GANGS_MAX = 64 };

/* While others hold a device's memory one asks for it so often, for so long. */
static const double ask_s = 2, patience_s = 30;

struct Device {
    Sweep            *sweep;
    Arena             arena;       /* of this thread alone */
    const DeviceApi  *api;
    const DeviceName *name;
    char              word[32];    /* "cuda:1" */
    i64               bytes, free;
    SeatsShape       *shape;       /* [kinds] */
    double           *guess_s;     /* [kinds]: of a pass alone, at first    */
    double           *shut_until_s; /* [kinds]: it had no memory for it     */
    bool             *open;        /* [tasks]: could begin now              */
    SeatsGang         now[GANGS_MAX];
    Crew             *crew[GANGS_MAX];
    int               crews;
    double            idle_since_s; /* nothing here, though something is open */
};

/* -- What there is ----------------------------------------------------------- */

/* What is free is asked without the lock: the device may be in no hurry. */
static void ask_memory(Device *device)
{
    i64       left;
    DeviceWhy why;
    pthread_mutex_unlock(&device->sweep->lock);
    const bool ok = device->api->bytes_free(&left, device->name->number, &why);
    pthread_mutex_lock(&device->sweep->lock);
    if (ok)
        device->free = left;
}

/* Of those at the end of the list each core that is free is left one. */
static void look_at_tasks(Device *device)
{
    Sweep *sweep = device->sweep;
    int    left  = sweep->workers ? sweep->free : 0;
    for (i64 i = sweep->tasks.count - 1; i >= 0; i--) {
        Task *task = &sweep->tasks.task[i];
        device->open[i] = task->kind >= 0
            && !sweep->kinds.kind[task->kind].cores_only
            && clock_s() >= device->shut_until_s[task->kind]
            && sweep_is_open(sweep, task);
        if (device->open[i] && left > 0 && sweep_is_for_core(sweep, task)) {
            device->open[i] = false;
            left--;
        }
    }
}

static i64 bytes_one(const Device *device, const Kind *kind)
{
    const Kind *kinds = device->sweep->kinds.kind;
    for (int g = 0; g < device->crews; g++)
        if (kinds[device->crew[g]->kind].shard == kind->shard)
            return kind->bytes_one; /* its text is there */
    return kind_bytes_alone(kind);
}

/* Longest way first: the first of a kind is its longest. A way is in seconds as
 * they were guessed; what was measured since scales it. */
static void look_open(Device *device)
{
    Sweep *sweep = device->sweep;
    look_at_tasks(device);
    for (int k = 0; k < sweep->kinds.count; k++) {
        device->shape[k].open      = 0;
        device->shape[k].bytes_one = bytes_one(device, &sweep->kinds.kind[k]);
    }
    for (i64 i = 0; i < sweep->tasks.count; i++) {
        const Task *task = &sweep->tasks.task[i];
        if (!device->open[i])
            continue;
        SeatsShape *shape = &device->shape[task->kind];
        if (shape->open++ > 0)
            continue;
        shape->passes = task->passes;
        shape->path_s = task->path_s * seats_pass_s(&shape->speed, 1)
                      / device->guess_s[task->kind];
    }
}

static SeatsNow now_of(Device *device)
{
    SeatsNow now = { .bytes = device->bytes, .bytes_free = device->free,
                     .shapes = device->sweep->kinds.count,
                     .gangs = device->crews, .shape = device->shape,
                     .gang = device->now };
    for (int g = 0; g < device->crews; g++) {
        const Crew *crew = device->crew[g];
        device->now[g] = (SeatsGang){
            .shape = crew->kind, .seats = crew->seats, .taken = crew_taken(crew),
            .bytes = crew->bytes, .age_s = clock_s() - crew->opened_s };
    }
    const double use = fmax(1, seats_use_all(&now));
    for (int g = 0; g < device->crews; g++) {
        const Crew  *crew = device->crew[g];
        const double pass_s = use * seats_pass_s(
            &device->shape[crew->kind].speed, device->now[g].taken);
        device->now[g].left_s = pass_s * crew_passes_left(crew);
    }
    return now;
}

/* -- How fast it is ----------------------------------------------------------- */

static void measure_all(Device *device)
{
    const SeatsNow now  = now_of(device);
    const double   use  = seats_use_all(&now);
    for (int g = 0; g < device->crews; g++) {
        Crew  *crew = device->crew[g];
        double seats, pass_s;
        if (crew_measure(crew, &seats, &pass_s))
            seats_seen(&device->shape[crew->kind].speed,
                       i64_max(1, llround(seats)), pass_s, use);
    }
    device->sweep->left_s = seats_left_s(&now);
}

/* -- Seats -------------------------------------------------------------------- */

/* The next run of a kind that nobody else has, claimed; NULL if none is. */
static Task *take_next(Device *device, int kind)
{
    Sweep *sweep = device->sweep;
    for (i64 i = 0; i < sweep->tasks.count; i++) {
        Task *task = &sweep->tasks.task[i];
        if (!device->open[i] || task->kind != kind
            || !sweep_fits(sweep, task->bytes_seat))
            continue;
        device->open[i] = false;
        device->shape[kind].open--;
        if (sweep_take(sweep, task, 0))
            return task;
        if (sweep->failed)
            return NULL;
    }
    device->shape[kind].open = 0; /* what is left has not the room here */
    return NULL;
}

static void fill_free(Device *device, int g)
{
    Crew *crew = device->crew[g];
    for (i64 i = 0; i < crew->seats && device->shape[crew->kind].open; i++) {
        const SeatsNow now = now_of(device);
        if (crew->chair[i].task || !seats_refill(&now, g))
            continue;
        Task *task = take_next(device, crew->kind);
        if (task)
            crew_give(&crew->chair[i], task);
    }
}

/* -- Gangs opened and closed --------------------------------------------------- */

static void close_one(Device *device, int g)
{
    Crew *crew = device->crew[g];
    device->crew[g] = device->crew[--device->crews];
    crew_close(crew);
    for (int k = 0; k < device->sweep->kinds.count; k++) {
        device->shape[k].most   = 0; /* there is room again */
        device->shut_until_s[k] = 0;
    }
}

/* Those that nobody sits in, and nobody waits for. */
static bool close_idle(Device *device)
{
    for (int g = device->crews - 1; g >= 0; g--)
        if (crew_taken(device->crew[g]) == 0) {
            close_one(device, g);
            return true;
        }
    return false;
}

static void count_seated(Device *device)
{
    i64 seats = 0;
    for (int g = 0; g < device->crews; g++)
        seats += crew_taken(device->crew[g]);
    device->sweep->report->side_by_side
        = i64_max(device->sweep->report->side_by_side, seats);
}

static void fail(Device *device, const Task *task, DeviceFault fault,
                 const char *words)
{
    DeviceWhy why = { .fault = fault };
    Err       err = { 0 };
    snprintf(why.text, sizeof why.text, "%s", words);
    (void)device_refuse(&err, device->word, &why);
    sweep_fail(device->sweep, task, &err);
}

/* The gang is there: its seats, and the runs in them. */
static void crew_begin(Device *device, Crew *crew, Task **task, i64 count)
{
    if (crew->seats == 0)
        fail(device, NULL, DEVICE_OTHER, "no thread can be had for a seat; "
             "raise the limit on threads");
    device->crew[device->crews++] = crew;
    device->sweep->report->gangs++;
    for (i64 i = 0; i < count; i++)
        if (i < crew->seats)
            crew_give(&crew->chair[i], task[i]);
        else
            sweep_drop(device->sweep, task[i], TURN_STOPPED);
}

/* For want of memory fewer seats are tried, half of them each time; 0: there is
 * none for one. The lock is let go of for as long as it takes. */
static i64 gang_try(Device *device, Gang **gang, int kind, i64 seats,
                    DeviceFault *why, Err *err)
{
    Sweep       *sweep  = device->sweep;
    const Kind  *of     = &sweep->kinds.kind[kind];
    TrainConfig  config = of->config;
    config.device = device->word;
    for (;;) {
        pthread_mutex_unlock(&sweep->lock);
        const bool ok = gang_open(gang, &config, of->shard, seats, why, err);
        pthread_mutex_lock(&sweep->lock);
        if (ok)
            return seats;
        seats = *why == DEVICE_MEMORY ? seats / 2 : 0;
        device->shape[kind].most = seats;
        if (seats == 0)
            return 0;
    }
}

static void drop_from(Device *device, Task **task, i64 from, i64 count)
{
    for (i64 i = from; i < count; i++)
        sweep_drop(device->sweep, task[i], TURN_STOPPED);
}

/* Those of the runs that it has seats for begin. */
static bool open_for(Device *device, int kind, i64 seats, Task **task,
                     i64 count)
{
    DeviceFault why  = DEVICE_OK;
    Err         err  = { 0 };
    Gang       *gang = NULL;
    seats = gang_try(device, &gang, kind, seats, &why, &err);
    drop_from(device, task, seats, count);
    if (seats == 0 && why == DEVICE_MEMORY)
        device->shut_until_s[kind] = clock_s() + ask_s;
    else if (seats == 0)
        sweep_fail(device->sweep, NULL, &err);
    if (seats == 0)
        return false;
    Crew *crew = crew_new(&device->arena, device->sweep, device->word, gang,
                          kind, seats);
    crew->bytes = seats_bytes(&device->shape[kind], seats);
    crew_begin(device, crew, task, i64_min(count, seats));
    return true;
}

static bool open_one(Device *device)
{
    Task           *task[SEATS_MAX];
    const SeatsNow  now  = now_of(device);
    const SeatsOpen open = seats_choose(&now);
    i64             count = 0;
    if (open.seats < 1 || device->crews == GANGS_MAX)
        return false;
    while (count < open.first
           && (task[count] = take_next(device, open.shape)))
        count++;
    /* Some may have turned out to be another's. */
    const i64 seats = count < open.first ? count : open.seats;
    return count > 0 && open_for(device, open.shape, seats, task, count);
}

/* -- Where others hold its memory ----------------------------------------------- */

static Task *first_shut(const Device *device)
{
    Sweep *sweep = device->sweep;
    for (i64 i = 0; i < sweep->tasks.count; i++) {
        Task *task = &sweep->tasks.task[i];
        if (task->kind >= 0 && !sweep->kinds.kind[task->kind].cores_only
            && sweep_is_open(sweep, task))
            return task;
    }
    return NULL;
}

/* With nothing under way on any device, and nothing that could be, cores take
 * what there is, and without any it is told in words. */
static void be_patient(Device *device)
{
    Sweep *sweep = device->sweep;
    Task  *task  = sweep->seated == 0 ? first_shut(device) : NULL;
    if (!task) {
        device->idle_since_s = clock_s();
        return;
    }
    if (clock_s() - device->idle_since_s < patience_s)
        return;
    if (sweep->workers > 0) {
        sweep->kinds.kind[task->kind].cores_only = true;
        return;
    }
    char words[DEVICE_WHY];
    snprintf(words, sizeof words, "%.3g GB of memory are needed for one run, "
             "%.3g of %.3g are free",
             (double)device->shape[task->kind].bytes_one / 1e9,
             (double)device->free / 1e9, (double)device->bytes / 1e9);
    fail(device, task, DEVICE_MEMORY, words);
}

/* -- All of it ------------------------------------------------------------------ */

Device *device_new(Sweep *sweep, Arena *arena, int index)
{
    const Devices *devices = sweep->place->devices;
    const int      kinds   = sweep->kinds.count;
    Device        *device  = NEW(arena, Device, 1);
    *device = (Device){
        .sweep = sweep, .api = devices->api[index],
        .name  = &devices->name[index], .bytes = devices->info[index].bytes,
        .free  = devices->info[index].bytes_free,
        .shape = NEW(arena, SeatsShape, kinds + 1),
        .guess_s      = NEW(arena, double, kinds + 1),
        .shut_until_s = NEW(arena, double, kinds + 1),
        .open         = NEW(arena, bool, sweep->tasks.count),
        .idle_since_s = clock_s(),
    };
    devices_word(device->word, device->name);
    for (int k = 0; k < kinds; k++) {
        const Kind *kind = &sweep->kinds.kind[k];
        device->shape[k] = (SeatsShape){
            .bytes_more = kind->bytes_more,
            .speed = kind_guess(&kind->config, &devices->info[index]) };
        device->guess_s[k] = seats_pass_s(&device->shape[k].speed, 1);
    }
    return device;
}

static bool any_taken(const Device *device)
{
    for (int g = 0; g < device->crews; g++)
        if (crew_taken(device->crew[g]) > 0)
            return true;
    return false;
}

/* One look at everything; false when there is nothing to do but wait. */
static bool turn(Device *device)
{
    ask_memory(device);
    look_open(device);
    measure_all(device);
    for (int g = 0; g < device->crews; g++)
        fill_free(device, g);
    const bool more = close_idle(device) || open_one(device);
    count_seated(device);
    return more;
}

void *device_work(void *self)
{
    Device *device = self;
    Sweep  *sweep  = device->sweep;
    pthread_mutex_lock(&sweep->lock);
    while (!sweep->failed && !sweep_stopping() && sweep_goes_on(sweep))
        if (!turn(device)) {
            be_patient(device);
            sweep_look(sweep);
            sweep_wait(sweep);
        }
    while (any_taken(device))
        sweep_wait(sweep);
    while (device->crews > 0)
        close_one(device, 0);
    pthread_cond_broadcast(&sweep->news);
    pthread_mutex_unlock(&sweep->lock);
    arena_free(&device->arena);
    return NULL;
}
