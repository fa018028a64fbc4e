/* crew.c - see crew.h. */

#include "sweep/crew.h"

#include "base/clock.h"

#include <math.h>

/* A time is measured over so long at least, and so many passes a seat. */
static const double measure_s = 0.5;
enum { PASSES_MIN = 8 };

/* -- Who sits there --------------------------------------------------------- */

i64 crew_taken(const Crew *crew)
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

double crew_passes_left(const Crew *crew)
{
    double most = 0;
    for (i64 i = 0; i < crew->seats; i++)
        if (crew->chair[i].task)
            most = fmax(most, passes_left(crew->chair[i].task));
    return most;
}

/* -- How fast it is --------------------------------------------------------- */

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
bool crew_measure(Crew *crew, double *seats, double *pass_s)
{
    const double now = clock_s(), before = crew->passes;
    crew->seat_s  += (double)crew_taken(crew) * (now - crew->looked_s);
    crew->looked_s = now;
    for (i64 i = 0; i < crew->seats; i++)
        if (crew->chair[i].task)
            crew->passes += passes_new(&crew->chair[i]);
    const double took = now - crew->since_s;
    if (!(crew->passes > before))
        return false;
    *seats  = crew->seat_s / took;
    *pass_s = crew->seat_s / crew->passes;
    const bool fresh = isnan(took); /* until its first step it makes ready */
    if (!fresh && (took < measure_s || crew->passes < PASSES_MIN * *seats))
        return false;
    measure_anew(crew);
    return !fresh;
}

/* -- Seats ------------------------------------------------------------------ */

static void *sit(void *self)
{
    Chair *chair = self;
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

void crew_give(Chair *chair, Task *task)
{
    chair->task = task;
    chair->step = -1;
    pthread_cond_signal(&chair->wake);
}

/* -- Opened and closed ------------------------------------------------------ */

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

Crew *crew_new(Arena *arena, Sweep *sweep, const char *device, Gang *gang,
               int kind, i64 seats)
{
    Crew *crew = NEW(arena, Crew, 1);
    *crew = (Crew){ .sweep = sweep, .device = device, .gang = gang,
                    .kind = kind, .seats = seats,
                    .chair = NEW(arena, Chair, seats),
                    .opened_s = clock_s(), .looked_s = clock_s(),
                    .since_s = NAN };
    crew_sit(crew);
    return crew;
}

void crew_close(Crew *crew)
{
    Sweep *sweep = crew->sweep;
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
}
