/* task.c - see task.h. */

#include "sweep/task.h"

#include "base/file.h"
#include "sweep/kind.h"
#include "sweep/speed.h"
#include "train/space.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a shape: a pass or two each, for an order needs no more. */
enum { TRIES = 3, TRY_FLOP = 1000000000 };

/* With a device at hand a core is not asked of what would take it minutes. */
static const double CORE_FLOP = 1e12;

/* -- Who needs whom -------------------------------------------------------- */

static Task *find(TaskList *list, const LadderRun *run)
{
    for (i64 i = 0; i < list->count; i++)
        if (list->task[i].run == run)
            return &list->task[i];
    return NULL;
}

static void put(TaskList *list, const LadderRun *run, bool asked)
{
    if (!find(list, run))
        list->task[list->count++] = (Task){ .run = run, .asked = asked };
}

static i64 step_needed(const LadderRun *run)
{
    return run->config.branch_at ? run->config.branch_at : run->after_step;
}

/* The runs, then what they need and nobody asked for. */
static void gather(TaskList *out, Arena *arena, const LadderRun *const *runs,
                   i64 count)
{
    i64 room = 0;
    for (i64 i = 0; i < count; i++)
        for (const LadderRun *run = runs[i]; run; run = run->after)
            room++;
    *out = (TaskList){ .task = NEW(arena, Task, room) };
    for (i64 i = 0; i < count; i++)
        put(out, runs[i], true);
    for (i64 i = 0; i < count; i++)
        for (const LadderRun *run = runs[i]->after; run; run = run->after)
            put(out, run, false);
}

static void keep(RealList *list, Arena *arena, i64 step)
{
    for (i64 i = 0; i < list->count; i++)
        if (list->item[i] == (double)step)
            return;
    double *wider = NEW(arena, double, list->count + 1);
    i64     at = 0;
    for (; at < list->count && list->item[at] < (double)step; at++)
        wider[at] = list->item[at];
    wider[at] = (double)step;
    for (; at < list->count; at++)
        wider[at + 1] = list->item[at];
    *list = (RealList){ list->count + 1, wider };
}

static bool seatable(const Task *task, const SweepPlace *place)
{
    Err why = { 0 };
    return place->devices && place->devices->count > 0
        && kind_trainable(&task->config, task->run->shard ? task->run->shard
                                         : place->of.shard,
                          place->devices, &why);
}

static void lay(Task *task, Arena *arena, const SweepPlace *place,
                const char *runs_dir)
{
    Space space;
    task->config = record_config(arena, &place->of, runs_dir, task->run);
    task->record = record_begin(arena, &place->of, task->run);
    task->dir    = arena_print(arena, "%s/%s", runs_dir, task->record.id);
    task->need   = NEW(arena, char, TASK_PATH);
    task->config.threads = 1;
    task->bytes = space_lay(&space, NULL, &task->config);
    if (task->config.branch_at && task->run->after)
        task->config.trunk = task->need;
    else if (task->run->after)
        task->config.start = task->need;
    task->lanes = (int)space.lanes;
    task->kind  = -1;
    task->seatable = seatable(task, place);
    task->bytes_seat = kind_host_bytes(&task->config);
    task->ended_step = -1;
    task->flop_seen  = -1;
}

static void join(TaskList *list, Arena *arena, Task *task)
{
    const LadderRun *run = task->run;
    if (!run->after)
        return;
    task->after      = find(list, run->after);
    task->after_step = step_needed(run);
    if (task->after_step > 0)
        keep(&task->after->config.keep, arena, task->after_step);
}

/* -- How long -------------------------------------------------------------- */

static bool same_speed(const TrainConfig *a, const TrainConfig *b)
{
    const Shape *s = &a->shape, *t = &b->shape;
    return s->layers == t->layers && s->width == t->width
        && s->heads == t->heads && s->ff == t->ff && s->vocab == t->vocab
        && s->context == t->context && !strcmp(a->arch, b->arch)
        && !strcmp(a->dtype, b->dtype);
}

/* The best of a few tries, each cut short by nobody knows what. */
static double speed_tried(const Task *task)
{
    double best = 1;
    for (int i = 0; i < TRIES; i++)
        best = fmax(best, speed_flop_per_s(&task->config,
                                           fmin(task->run->flop_new,
                                                TRY_FLOP)));
    return best;
}

/* Asked once a shape, and briefly: it decides an order, and no more. */
static double speed_of(const TaskList *list, i64 index)
{
    const Task *task = &list->task[index];
    for (i64 i = 0; i < index; i++)
        if (same_speed(&list->task[i].config, &task->config)
            && isfinite(list->task[i].seconds))
            return list->task[i].run->flop_new / list->task[i].seconds;
    return speed_tried(task);
}

static bool asks_core(const Task *task, const SweepPlace *place)
{
    return !task->seatable
        || (place->cores > 0 && task->run->flop_new <= CORE_FLOP);
}

static void foretell(TaskList *list, const SweepPlace *place)
{
    for (i64 i = 0; i < list->count; i++) {
        Task        *task = &list->task[i];
        const double flop = fmax(1, task->run->flop_new);
        task->seconds = !asks_core(task, place) ? INFINITY
                      : list->count > 1 ? flop / speed_of(list, i) : flop;
        task->passes  = kind_passes(&task->config,
                                    task->config.steps - task->config.branch_at);
        if (task->seatable) {
            const SeatsSpeed speed = kind_guess(&task->config,
                                                &place->devices->info[0]);
            task->device_s = task->passes * seats_pass_s(&speed, 1);
        }
        task->path_s = task_way_s(task);
    }
}

double task_way_s(const Task *task)
{
    return task->seatable ? task->device_s : task->seconds;
}

/* What a task and those before it give way to. Of a trunk that goes on past
 * its branch only the part until there. */
static void path_up(const Task *task)
{
    double way = task_way_s(task);
    for (; task->after; task = task->after) {
        Task        *a = task->after;
        const double share = task->after_step > 0
            ? (double)task->after_step / (double)a->config.steps : 1;
        way += task_way_s(a) * fmin(1, share);
        a->path_s = fmax(a->path_s, way);
    }
}

static int longer_first(const void *a, const void *b)
{
    const Task *x = *(const Task *const *)a, *y = *(const Task *const *)b;
    if (x->path_s != y->path_s)
        return x->path_s < y->path_s ? 1 : -1;
    return strcmp(x->record.id, y->record.id);
}

/* Tasks point to each other, so their order is one of pointers first. */
static void sort(TaskList *list, Arena *arena)
{
    Task **order = NEW(arena, Task *, list->count);
    Task  *task  = NEW(arena, Task, list->count);
    for (i64 i = 0; i < list->count; i++)
        order[i] = &list->task[i];
    qsort(order, (size_t)list->count, sizeof *order, longer_first);
    for (i64 i = 0; i < list->count; i++) {
        task[i] = *order[i];
        order[i]->again = i; /* where it went */
    }
    for (i64 i = 0; i < list->count; i++)
        if (task[i].after)
            task[i].after = &task[task[i].after->again];
    list->task = task;
}

void tasks_make(TaskList *out, Arena *arena, const LadderRun *const *runs,
                i64 count, const SweepPlace *place, const char *runs_dir)
{
    gather(out, arena, runs, count);
    for (i64 i = 0; i < out->count; i++)
        lay(&out->task[i], arena, place, runs_dir);
    for (i64 i = 0; i < out->count; i++)
        join(out, arena, &out->task[i]);
    foretell(out, place);
    for (i64 i = 0; i < out->count; i++)
        path_up(&out->task[i]);
    sort(out, arena);
}

/* -- What it needs --------------------------------------------------------- */

/* The checkpoint of a step (0: the last one), if it lies there, as the path
 * that the task begins from. */
static bool lies_there(Task *task, i64 step)
{
    const char *dir = task->after->dir;
    if (step > 0)
        snprintf(task->need, TASK_PATH, "%s/checkpoint-%lld", dir,
                 (long long)step);
    else
        snprintf(task->need, TASK_PATH, "%s/checkpoint", dir);
    return file_exists(task->need);
}

TaskNeed task_need(Task *task)
{
    const Task *after = task->after;
    const i64   step  = task->after_step;
    const bool  over  = after && after->state == TASK_OVER;
    if (!after || (step > 0 && lies_there(task, step))
        || (over && (step == 0 || step == after->ended_step)
            && strcmp(after->status, "diverged") && lies_there(task, 0)))
        return NEED_MET;
    if (!over)
        return NEED_WAIT;
    return after->ended_step < i64_max(step, 1)
        || (step == 0 && !strcmp(after->status, "diverged"))
         ? NEED_NEVER : NEED_AGAIN;
}

double task_rate(const Task *task, double now_s)
{
    const i64    step = __atomic_load_n(&task->step, __ATOMIC_RELAXED);
    const double took = now_s - task->began_s;
    return took > 1 && step > task->began_step
         ? (double)(step - task->began_step) / took : NAN;
}

double task_left_s(const Task *task, double now_s)
{
    const double rate = task_rate(task, now_s);
    if (task->state != TASK_HERE)
        return task->seconds;
    if (isnan(rate))
        return task->seconds / (task->threads > 0 ? task->threads : 1);
    return (double)(task->config.steps
                    - __atomic_load_n(&task->step, __ATOMIC_RELAXED)) / rate;
}
