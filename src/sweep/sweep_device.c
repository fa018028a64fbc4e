/* sweep_device.c - what a device trains: gangs of seats, each seat a thread that
 * trains one run after the other as a core does, in step with those beside it.
 *
 * One thread a device decides for all of it (seats.h): it looks at what is open
 * and what is free, gives seats that have come free to the next runs alike,
 * opens gangs, closes those that nobody needs, and measures what a pass takes.
 * It claims runs before it opens a gang for them, so that none is opened for
 * runs that another process has. */

#include "sweep/sweep_parts.h"

#include "base/clock.h"
#include "train/gang.h"

#include <math.h>
#include <stdio.h>

enum { GANGS_MAX = 64 };

/* A time is measured over so long at least, and so many passes a seat. While
 * others hold a device's memory one is asked of it so often, for so long. */
static const double measure_s = 0.5, ask_s = 2, patience_s = 30;
enum { PASSES_MIN = 8 };

typedef struct Crew Crew;

typedef struct Chair {
    SweepWorker         worker;
    Crew          *crew;
    pthread_t      thread;
    pthread_cond_t wake;
    Task          *task;  /* that it trains; NULL: it is free */
    bool           leave;
    i64            step;  /* of its task, counted so far; -1: none yet */
} Chair;

/* A gang, and who sits in it. */
struct Crew {
    Sweep  *sweep;
    const char *device;
    Gang   *gang;
    int     kind;
    i64     seats, bytes;
    Chair  *chair;
    double  opened_s;
    /* Measured since `since_s` (NaN: not yet), when last looked at: seconds of
     * seats that were taken, passes of a run. */
    double  since_s, looked_s, seat_s, passes;
};

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

static i64 taken(const Crew *crew)
{
    i64 count = 0;
    for (i64 i = 0; i < crew->seats; i++)
        count += crew->chair[i].task != NULL;
    return count;
}

static double passes_left(const Task *task)
{
    const i64 step = i64_max(__atomic_load_n(&task->step, __ATOMIC_RELAXED),
                             task->config.branch_at);
    return kind_passes(&task->config, task->config.steps - step);
}

/* What is free is asked without the lock: the device may be in no hurry. */
static void ask_memory(Device *device)
{
    DeviceInfo info;
    DeviceWhy  why;
    pthread_mutex_unlock(&device->sweep->lock);
    const bool ok = device->api->info(&info, device->name->number, &why);
    pthread_mutex_lock(&device->sweep->lock);
    if (ok)
        device->free = info.bytes_free;
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

/* Longest way first: the first of a kind is its longest. A way is in seconds as
 * they were guessed; what was measured since scales it. */
static void look_open(Device *device)
{
    Sweep *sweep = device->sweep;
    look_at_tasks(device);
    for (int k = 0; k < sweep->kinds.count; k++)
        device->shape[k].open = 0;
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
            .shape = crew->kind, .seats = crew->seats, .taken = taken(crew),
            .bytes = crew->bytes, .age_s = clock_s() - crew->opened_s };
    }
    const double use = fmax(1, seats_use_all(&now));
    for (int g = 0; g < device->crews; g++) {
        const Crew  *crew = device->crew[g];
        const double pass_s = use * seats_pass_s(
            &device->shape[crew->kind].speed, device->now[g].taken);
        for (i64 i = 0; i < crew->seats; i++)
            if (crew->chair[i].task)
                device->now[g].left_s = fmax(device->now[g].left_s, pass_s
                                             * passes_left(crew->chair[i].task));
    }
    return now;
}

/* -- How fast it is ----------------------------------------------------------- */

/* Passes that its run has made and nobody has counted. Where it went on from a
 * checkpoint it is those since. */
static double passes_new(Chair *chair)
{
    const Task *task = chair->task;
    const i64   step = __atomic_load_n(&task->step, __ATOMIC_RELAXED);
    const i64   from = i64_max(chair->step, task->began_step);
    chair->step = i64_max(step, from);
    return kind_passes(&task->config, chair->step - from);
}

static void measure_anew(Crew *crew)
{
    crew->since_s = clock_s();
    crew->seat_s  = crew->passes = 0;
}

/* Passes of all seats over their seconds, from the coming of some steps to that
 * of others, for they come many at once. Who comes and goes meanwhile changes
 * nothing: what a pass takes is linear in the seats, so it is that of their mean. */
static void measure(Device *device, Crew *crew, double use)
{
    const double now = clock_s(), before = crew->passes;
    crew->seat_s  += (double)taken(crew) * (now - crew->looked_s);
    crew->looked_s = now;
    for (i64 i = 0; i < crew->seats; i++)
        if (crew->chair[i].task)
            crew->passes += passes_new(&crew->chair[i]);
    const double took = now - crew->since_s, seats = crew->seat_s / took;
    if (!(crew->passes > before))
        return;
    if (isnan(crew->since_s)) { /* until its first step it makes ready */
        measure_anew(crew);
        return;
    }
    if (took < measure_s || crew->passes < PASSES_MIN * seats)
        return;
    seats_seen(&device->shape[crew->kind].speed, i64_max(1, llround(seats)),
               crew->seat_s / crew->passes, use);
    measure_anew(crew);
}

static void measure_all(Device *device)
{
    const SeatsNow now  = now_of(device);
    const double   use  = seats_use_all(&now);
    for (int g = 0; g < device->crews; g++)
        measure(device, device->crew[g], use);
    device->sweep->left_s = seats_left_s(&now);
}

/* -- Seats -------------------------------------------------------------------- */

static void *sit(void *self)
{
    Chair  *chair  = self;
    Sweep *sweep = chair->crew->sweep;
    pthread_mutex_lock(&sweep->lock);
    for (;;) {
        while (!chair->task && !chair->leave)
            pthread_cond_wait(&chair->wake, &sweep->lock);
        if (!chair->task)
            break;
        sweep_work_on(&chair->worker, chair->task);
        chair->crew->passes += passes_new(chair);
        chair->task = NULL;
    }
    pthread_mutex_unlock(&sweep->lock);
    return NULL;
}

static void give(Chair *chair, Task *task)
{
    chair->task = task;
    chair->step = -1;
    pthread_cond_signal(&chair->wake);
}

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
            give(&crew->chair[i], task);
    }
}

/* -- Gangs opened and closed --------------------------------------------------- */

static int row_take(Sweep *sweep)
{
    for (int i = 0; i < SWEEP_ROWS; i++)
        if (!sweep->row[i]) {
            sweep->row[i] = true;
            return i;
        }
    return SWEEP_ROWS; /* unseen */
}

static void row_free(Sweep *sweep, int row)
{
    if (row < SWEEP_ROWS)
        sweep->row[row] = false;
}

/* Seats for as many as threads can be had for. */
static void crew_sit(Crew *crew)
{
    i64 i = 0;
    for (; i < crew->seats; i++) {
        Chair *chair = &crew->chair[i];
        *chair = (Chair){ .worker = { crew->sweep, row_take(crew->sweep),
                                    crew->device, crew->gang },
                        .crew = crew };
        pthread_cond_init(&chair->wake, NULL);
        if (pthread_create(&chair->thread, NULL, sit, chair) == 0)
            continue;
        pthread_cond_destroy(&chair->wake);
        row_free(crew->sweep, chair->worker.index);
        break;
    }
    crew->seats = i;
}

static void crew_close(Device *device, int g)
{
    Crew  *crew  = device->crew[g];
    Sweep *sweep = device->sweep;
    device->crew[g] = device->crew[--device->crews];
    for (i64 i = 0; i < crew->seats; i++) {
        crew->chair[i].leave = true;
        pthread_cond_signal(&crew->chair[i].wake);
    }
    pthread_mutex_unlock(&sweep->lock);
    for (i64 i = 0; i < crew->seats; i++) {
        pthread_join(crew->chair[i].thread, NULL);
        pthread_cond_destroy(&crew->chair[i].wake);
    }
    gang_close(crew->gang);
    pthread_mutex_lock(&sweep->lock);
    for (i64 i = 0; i < crew->seats; i++)
        row_free(sweep, crew->chair[i].worker.index);
    for (int k = 0; k < sweep->kinds.count; k++) {
        device->shape[k].most   = 0; /* there is room again */
        device->shut_until_s[k] = 0;
    }
}

/* Those that nobody sits in, and nobody waits for. */
static bool close_idle(Device *device)
{
    for (int g = device->crews - 1; g >= 0; g--)
        if (taken(device->crew[g]) == 0) {
            crew_close(device, g);
            return true;
        }
    return false;
}

static void count_seated(Device *device)
{
    i64 seats = 0;
    for (int g = 0; g < device->crews; g++)
        seats += taken(device->crew[g]);
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
    crew_sit(crew);
    if (crew->seats == 0)
        fail(device, NULL, DEVICE_OTHER, "no thread can be had for a seat; "
             "raise the limit on threads");
    device->crew[device->crews++] = crew;
    device->sweep->report->gangs++;
    for (i64 i = 0; i < count; i++)
        if (i < crew->seats)
            give(&crew->chair[i], task[i]);
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
    Crew       *crew = NEW(&device->arena, Crew, 1);
    seats = gang_try(device, &gang, kind, seats, &why, &err);
    drop_from(device, task, seats, count);
    if (seats == 0 && why == DEVICE_MEMORY)
        device->shut_until_s[kind] = clock_s() + ask_s;
    else if (seats == 0)
        sweep_fail(device->sweep, NULL, &err);
    if (seats == 0)
        return false;
    *crew = (Crew){ .sweep = device->sweep, .device = device->word,
                    .gang = gang, .kind = kind, .seats = seats,
                    .bytes = seats_bytes(&device->shape[kind], seats),
                    .chair = NEW(&device->arena, Chair, seats),
                    .opened_s = clock_s(), .looked_s = clock_s(),
                    .since_s = NAN };
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
            .bytes_one = kind->bytes_one, .bytes_more = kind->bytes_more,
            .speed = kind_guess(&kind->config, &devices->info[index]) };
        device->guess_s[k] = seats_pass_s(&device->shape[k].speed, 1);
    }
    return device;
}

static bool any_taken(const Device *device)
{
    for (int g = 0; g < device->crews; g++)
        if (taken(device->crew[g]) > 0)
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
        crew_close(device, 0);
    pthread_cond_broadcast(&sweep->news);
    pthread_mutex_unlock(&sweep->lock);
    arena_free(&device->arena);
    return NULL;
}
