/* gang.c - who waits for whom. See gang.h. */

#include "train/gang_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* -- Who is alike ------------------------------------------------------------- */

static i64 micro_of(const TrainConfig *c)
{
    return device_micro_batch(arch_param_count(arch_find(c->arch), &c->shape),
                              c->shape.context, c->batch);
}

static bool same_shape(const TrainConfig *a, const TrainConfig *b)
{
    const Shape *s = &a->shape, *t = &b->shape;
    return strcmp(a->arch, b->arch) == 0 && strcmp(a->dtype, b->dtype) == 0
        && s->layers == t->layers && s->width == t->width
        && s->heads == t->heads && s->ff == t->ff && s->vocab == t->vocab
        && s->context == t->context && s->kv_heads == t->kv_heads
        && s->mup_width == t->mup_width && s->mup_head == t->mup_head
        && s->tied == t->tied && s->rms == t->rms && s->rope == t->rope
        && s->gated == t->gated && s->qk_norm == t->qk_norm
        && s->bare == t->bare && s->recurrent == t->recurrent
        && micro_of(a) == micro_of(b);
}

static bool same(double a, double b) { return !(a < b) && !(a > b); }

static bool same_update(const TrainConfig *a, const TrainConfig *b)
{
    return strcmp(a->optimizer, b->optimizer) == 0
        && same(a->beta1, b->beta1) && same(a->beta2, b->beta2)
        && same(a->epsilon, b->epsilon) && same(a->momentum, b->momentum)
        && same(a->weight_decay, b->weight_decay) && same(a->clip, b->clip)
        && same(a->dropout, b->dropout) && same(a->z_loss, b->z_loss);
}

bool gang_alike(const TrainConfig *a, const Shard *a_text,
                const TrainConfig *b, const Shard *b_text)
{
    return a_text == b_text && strcmp(a->device, b->device) == 0
        && same_shape(a, b) && same_update(a, b);
}

/* -- Opening and closing -------------------------------------------------------- */

static Gang *gang_new(const TrainConfig *config, const Shard *shard, i64 seats)
{
    Gang *gang = calloc(1, sizeof *gang);
    Seat *seat = calloc((size_t)seats, sizeof *seat);
    if (!gang || !seat) {
        free(gang);
        free(seat);
        return NULL;
    }
    gang->shard = shard;
    gang->seats = seats;
    gang->seat  = seat;
    strncpy(gang->device, config->device, sizeof gang->device - 1);
    for (i64 i = 0; i < seats; i++)
        seat[i] = (Seat){ .gang = gang, .index = i };
    pthread_mutex_init(&gang->lock, NULL);
    pthread_cond_init(&gang->news, NULL);
    return gang;
}

bool gang_open(Gang **out, const TrainConfig *config, const Shard *shard,
               i64 seats, DeviceFault *fault, Err *err)
{
    DeviceWhy why = { .fault = DEVICE_OK };
    assert(seats > 0);
    *out = gang_new(config, shard, seats);
    if (!*out)
        return err_set(err, ERR_IO, "device %s: no memory for %lld seats",
                       config->device, (long long)seats);
    const bool ok = gang_device_open(*out, config, &why);
    *fault = why.fault;
    if (ok)
        return true;
    gang_close(*out);
    *out = NULL;
    return device_refuse(err, config->device, &why);
}

void gang_close(Gang *gang)
{
    if (!gang)
        return;
    gang_device_close(gang);
    pthread_cond_destroy(&gang->news);
    pthread_mutex_destroy(&gang->lock);
    free(gang->seat);
    free(gang);
}

/* -- What it says of itself ------------------------------------------------------- */

const char *gang_kernels(const Seat *seat) { return seat->gang->kernels; }

i64 gang_seats(const Gang *gang) { return gang->seats; }

i64 gang_taken(Gang *gang)
{
    i64 taken = 0;
    pthread_mutex_lock(&gang->lock);
    for (i64 i = 0; i < gang->seats; i++)
        taken += gang->seat[i].taken;
    pthread_mutex_unlock(&gang->lock);
    return taken;
}

static double told(Gang *gang, const double *number)
{
    pthread_mutex_lock(&gang->lock);
    while (gang->busy)
        pthread_cond_wait(&gang->news, &gang->lock);
    const double value = *number;
    pthread_mutex_unlock(&gang->lock);
    return value;
}

double gang_tokens(Gang *gang)  { return told(gang, &gang->tokens); }
double gang_seconds(Gang *gang) { return told(gang, &gang->seconds); }

double gang_joules(Seat *seat)
{
    meter_read(seat->gang->meter);
    return meter_joules(&seat->energy);
}

/* -- Using the device --------------------------------------------------------------- */

/* `use` with the device to itself and the lock released; what fails fails for
 * everybody. The lock is taken before and after. */
static void with_device(Gang *gang, Seat *seat,
                        bool (*use)(Gang *, Seat *, DeviceWhy *))
{
    DeviceWhy why = { .fault = DEVICE_OK };
    while (gang->busy)
        pthread_cond_wait(&gang->news, &gang->lock);
    if (gang->broken)
        return;
    gang->busy = true;
    pthread_mutex_unlock(&gang->lock);
    const bool ok = use(gang, seat, &why);
    pthread_mutex_lock(&gang->lock);
    gang->busy = false;
    if (!ok) {
        gang->broken = true;
        (void)device_refuse(&gang->err, gang->device, &why);
    }
    pthread_cond_broadcast(&gang->news);
}

static bool whole(const Gang *gang, Err *err)
{
    if (gang->broken)
        *err = gang->err;
    return !gang->broken;
}

/* -- Leading -------------------------------------------------------------------------- */

static bool all_ask(const Gang *gang)
{
    for (i64 i = 0; i < gang->seats; i++)
        if (gang->seat[i].taken && gang->seat[i].ask == ASK_NOTHING)
            return false;
    return true;
}

static bool any_asks(const Gang *gang, Ask what)
{
    for (i64 i = 0; i < gang->seats; i++)
        if (gang->seat[i].ask == what)
            return true;
    return false;
}

/* Who has what it waits for asks for nothing more. A seat in the middle of a
 * batch goes on asking. */
static void answer(Gang *gang, Ask what)
{
    for (i64 i = 0; i < gang->seats; i++) {
        Seat *seat = &gang->seat[i];
        if (seat->ask == what && (what == ASK_EVAL || seat->ready > 0))
            seat->ask = ASK_NOTHING;
    }
}

static bool use_steps(Gang *gang, Seat *unused, DeviceWhy *why)
{
    (void)unused;
    return gang_device_steps(gang, why);
}

static bool use_eval(Gang *gang, Seat *unused, DeviceWhy *why)
{
    (void)unused;
    return gang_device_eval(gang, why);
}

/* Evaluations first: whoever takes one holds all others up. */
static void lead(Gang *gang)
{
    const Ask what = any_asks(gang, ASK_EVAL) ? ASK_EVAL : ASK_STEPS;
    with_device(gang, NULL, what == ASK_EVAL ? use_eval : use_steps);
    answer(gang, what);
}

static bool ask_and_wait(Seat *seat, Ask what, Err *err)
{
    Gang *gang = seat->gang;
    seat->ask = what;
    pthread_cond_broadcast(&gang->news);
    while (seat->ask != ASK_NOTHING && !gang->broken)
        if (!gang->busy && all_ask(gang))
            lead(gang);
        else
            pthread_cond_wait(&gang->news, &gang->lock);
    seat->ask = ASK_NOTHING;
    return whole(gang, err);
}

/* -- A seat's own ----------------------------------------------------------------------- */

static Seat *free_seat(Gang *gang)
{
    for (i64 i = 0; i < gang->seats; i++)
        if (!gang->seat[i].taken)
            return &gang->seat[i];
    return NULL;
}

static void seat_begin(Seat *seat, Space *space, const TrainConfig *config)
{
    const Gang *gang = seat->gang;
    const i64   micro = gang->sizes.micro;
    *seat = (Seat){
        .gang = seat->gang, .index = seat->index, .taken = true,
        .space = space, .config = config,
        .step   = space->state.head->at.step,
        .passes = (config->batch + micro - 1) / micro,
    };
}

static bool use_sit(Gang *gang, Seat *seat, DeviceWhy *why)
{
    return gang_device_sit(gang, seat, why);
}

/* Seated, it asks for nothing yet: others wait until it does. */
bool gang_sit(Seat **out, Gang *gang, Space *space, const TrainConfig *config,
              Err *err)
{
    pthread_mutex_lock(&gang->lock);
    while (gang->busy)
        pthread_cond_wait(&gang->news, &gang->lock);
    Seat *seat = free_seat(gang);
    bool  ok = seat || err_set(err, ERR_BUSY, "device %s: all %lld seats are "
                               "taken", gang->device, (long long)gang->seats);
    if (seat) {
        seat_begin(seat, space, config);
        with_device(gang, seat, use_sit);
        ok = whole(gang, err);
        seat->taken = ok;
        if (ok)
            meter_join(gang->meter, &seat->energy);
    }
    pthread_cond_broadcast(&gang->news);
    pthread_mutex_unlock(&gang->lock);
    *out = ok ? seat : NULL;
    return ok;
}

void gang_rise(Seat *seat)
{
    if (!seat)
        return;
    Gang *gang = seat->gang;
    pthread_mutex_lock(&gang->lock);
    while (gang->busy)
        pthread_cond_wait(&gang->news, &gang->lock);
    meter_leave(&seat->energy);
    seat->taken = false;
    seat->ask   = ASK_NOTHING;
    pthread_cond_broadcast(&gang->news);
    pthread_mutex_unlock(&gang->lock);
}

bool gang_rests(const Seat *seat) { return seat->next == seat->ready; }

bool gang_step(StepResult *out, Seat *seat, i64 step, Err *err)
{
    bool ok = true;
    pthread_mutex_lock(&seat->gang->lock);
    if (gang_rests(seat)) {
        assert(step == seat->step);
        seat->ready = seat->next = 0;
        ok = ask_and_wait(seat, ASK_STEPS, err);
    }
    if (ok)
        *out = seat->result[seat->next++];
    pthread_mutex_unlock(&seat->gang->lock);
    return ok;
}

bool gang_evaluate(Seat *seat, i64 n, Err *err)
{
    assert(gang_rests(seat));
    pthread_mutex_lock(&seat->gang->lock);
    seat->rows = n;
    seat->row  = 0;
    const bool ok = ask_and_wait(seat, ASK_EVAL, err);
    pthread_mutex_unlock(&seat->gang->lock);
    return ok;
}

static bool use_fetch(Gang *gang, Seat *seat, DeviceWhy *why)
{
    return gang_device_fetch(gang, seat, why);
}

bool gang_fetch(Seat *seat, Err *err)
{
    Gang *gang = seat->gang;
    assert(gang_rests(seat));
    pthread_mutex_lock(&gang->lock);
    with_device(gang, seat, use_fetch);
    const bool ok = whole(gang, err);
    pthread_mutex_unlock(&gang->lock);
    return ok;
}

/* -- Driven by one, for measuring ---------------------------------------------------------- */

static void all_ask_again(Gang *gang)
{
    for (i64 i = 0; i < gang->seats; i++) {
        Seat *seat = &gang->seat[i];
        seat->ask   = seat->taken ? ASK_STEPS : ASK_NOTHING;
        seat->ready = seat->next = 0;
    }
}

static i64 least_ready(const Gang *gang)
{
    i64 least = INT64_MAX;
    for (i64 i = 0; i < gang->seats; i++)
        if (gang->seat[i].taken)
            least = i64_min(least, gang->seat[i].ready);
    return least;
}

bool gang_drive(Gang *gang, i64 steps, i64 *done, Err *err)
{
    *done = 0;
    pthread_mutex_lock(&gang->lock);
    while (*done < steps && !gang->broken) {
        all_ask_again(gang);
        with_device(gang, NULL, use_steps);
        *done += gang->broken ? 0 : least_ready(gang);
    }
    for (i64 i = 0; i < gang->seats; i++) {
        gang->seat[i].ask   = ASK_NOTHING;
        gang->seat[i].ready = gang->seat[i].next = 0;
    }
    const bool ok = whole(gang, err);
    pthread_mutex_unlock(&gang->lock);
    return ok;
}
