/* seats.c - see seats.h. */

#include "sweep/seats.h"

#include <math.h>

/* A share of the most throughput that is as good as all of it; what all gangs
 * may use before another is opened; and before that of the longest way is. */
static const double ENOUGH = 0.9, FULL = 0.9, FULL_LONGEST = 1.5;

/* Of a shape that was not measured: so many times the seats that it is guessed
 * to have use for, within half of what memory there is; of which a share is taken
 * at first, for so long at most. Not where there are few. */
enum { GENEROUS = 4, PROBE_SHARE = 4, PROBE_SEATS = 16 };
static const double PROBE_S = 5;

/* Of a time newly measured against what was measured before. */
static const double NEW_SHARE = 0.5;

/* -- How fast --------------------------------------------------------------- */

/* A launch within a graph, as is told of the kind of devices there are. */
static const double LAUNCH_S = 3e-6;

SeatsSpeed seats_guess(double flop, double bytes, double launches,
                       double flop_per_s, double bytes_per_s)
{
    return (SeatsSpeed){
        .launch_s = LAUNCH_S * launches,
        .seat_s   = fmax(1e-12, flop / flop_per_s + bytes / bytes_per_s),
    };
}

double seats_pass_s(const SeatsSpeed *speed, i64 seats)
{
    return speed->launch_s + (double)seats * speed->seat_s;
}

double seats_use(const SeatsSpeed *speed, i64 seats)
{
    return seats < 1 ? 0
         : (double)seats * speed->seat_s / seats_pass_s(speed, seats);
}

/* n / (a + b n) >= s / b  where  b n (1 - s) >= s a. */
i64 seats_useful(const SeatsSpeed *speed)
{
    const double n = ENOUGH / (1 - ENOUGH) * speed->launch_s / speed->seat_s;
    return n < 1 ? 1 : n < SEATS_MAX ? (i64)ceil(n - 1e-9) : SEATS_MAX;
}

/* Both numbers as they were, so many times. */
static void scale(SeatsSpeed *speed)
{
    const double by = speed->pass_s[0] / seats_pass_s(speed, speed->seats[0]);
    speed->launch_s *= by;
    speed->seat_s   *= by;
}

/* The line through what was measured, by least squares of relative errors; one
 * that falls, or begins below zero, is held to where neither is. */
static void line(SeatsSpeed *speed)
{
    double w = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (int i = 0; i < speed->seen; i++) {
        const double n = (double)speed->seats[i], t = speed->pass_s[i];
        const double weight = 1 / (t * t);
        w  += weight;
        x  += weight * n;
        y  += weight * t;
        xx += weight * n * n;
        xy += weight * n * t;
    }
    const double slope = (w * xy - x * y) / (w * xx - x * x);
    speed->seat_s = fmin(fmax(slope, 1e-3 * y / x), xy / xx);
    speed->launch_s = fmax(0, (y - speed->seat_s * x) / w);
}

static int place_of(SeatsSpeed *speed, i64 seats)
{
    int at = 0;
    while (at < speed->seen && speed->seats[at] != seats)
        at++;
    if (at == SEATS_SEEN) { /* the oldest gives way */
        for (at = 0; at < SEATS_SEEN - 1; at++) {
            speed->seats[at]  = speed->seats[at + 1];
            speed->pass_s[at] = speed->pass_s[at + 1];
        }
        speed->seen--;
    }
    return at;
}

void seats_seen(SeatsSpeed *speed, i64 seats, double pass_s, double use)
{
    const double alone_s = pass_s / fmax(1, use);
    if (seats < 1 || !(alone_s > 0) || !isfinite(alone_s))
        return;
    const int  at    = place_of(speed, seats);
    const bool known = at < speed->seen;
    speed->seats[at]  = seats;
    speed->pass_s[at] = known ? NEW_SHARE * alone_s
                                + (1 - NEW_SHARE) * speed->pass_s[at]
                              : alone_s;
    speed->seen += !known;
    if (speed->seen == 1)
        scale(speed);
    else
        line(speed);
}

/* -- What is there ---------------------------------------------------------- */

i64 seats_margin(i64 bytes)
{
    return i64_min(bytes / 20, (i64)1 << 30);
}

i64 seats_bytes(const SeatsShape *shape, i64 seats)
{
    return shape->bytes_one + (seats - 1) * shape->bytes_more;
}

double seats_use_all(const SeatsNow *now)
{
    double use = 0;
    for (int g = 0; g < now->gangs; g++)
        use += seats_use(&now->shape[now->gang[g].shape].speed,
                         now->gang[g].taken);
    return use;
}

/* Open runs that no free seat waits for. */
static i64 unseated(const SeatsNow *now, int shape)
{
    i64 count = now->shape[shape].open;
    for (int g = 0; g < now->gangs; g++)
        if (now->gang[g].shape == shape)
            count -= now->gang[g].seats - now->gang[g].taken;
    return i64_max(0, count);
}

/* Seats that so many bytes have room for. */
static i64 seats_in(const SeatsShape *shape, i64 bytes)
{
    if (bytes < shape->bytes_one)
        return 0;
    return shape->bytes_more > 0
         ? 1 + (bytes - shape->bytes_one) / shape->bytes_more : SEATS_MAX;
}

static i64 room_now(const SeatsNow *now)
{
    return i64_max(0, now->bytes_free - seats_margin(now->bytes));
}

/* Its next run in a gang of so many, beside what is under way. */
static double takes_s(const SeatsNow *now, const SeatsShape *shape, i64 seats)
{
    const double use = seats_use_all(now) + seats_use(&shape->speed, seats);
    return shape->passes * seats_pass_s(&shape->speed, seats) * fmax(1, use);
}

/* The shape after `last` in the order of ways, longest first; -1: none. */
static int next_in_order(const SeatsNow *now, int last)
{
    int next = -1;
    for (int s = 0; s < now->shapes; s++) {
        const double way = now->shape[s].path_s;
        const bool   after = last < 0 || way < now->shape[last].path_s
                          || (way == now->shape[last].path_s && s > last);
        if (now->shape[s].open > 0 && after
            && (next < 0 || way > now->shape[next].path_s))
            next = s;
    }
    return next;
}

/* -- Who waits for memory --------------------------------------------------- */

/* The first that does: until when, and what will then be free beside it. */
typedef struct Wait {
    int    shape; /* -1: none */
    double until_s;
    i64    beside;
} Wait;

static bool could_ever(const SeatsNow *now, const SeatsShape *shape)
{
    i64 all = room_now(now);
    for (int g = 0; g < now->gangs; g++)
        all += now->gang[g].bytes;
    return shape->bytes_one <= all;
}

/* Gangs end one after the other, the one with least left first, until it fits. */
static Wait wait_of(const SeatsNow *now, int shape)
{
    const i64 want = now->shape[shape].bytes_one;
    Wait wait = { shape, 0, 0 };
    i64  free = room_now(now);
    while (free < want) {
        double next = INFINITY;
        for (int g = 0; g < now->gangs; g++)
            if (now->gang[g].left_s > wait.until_s)
                next = fmin(next, now->gang[g].left_s);
        if (isinf(next))
            break; /* what is left is not told */
        wait.until_s = next;
        free = room_now(now);
        for (int g = 0; g < now->gangs; g++)
            if (now->gang[g].left_s <= next)
                free += now->gang[g].bytes;
    }
    wait.beside = i64_max(0, free - want);
    return wait;
}

static Wait first_waiting(const SeatsNow *now)
{
    for (int s = -1; (s = next_in_order(now, s)) >= 0;) {
        const SeatsShape *shape = &now->shape[s];
        if (unseated(now, s) > 0 && seats_in(shape, room_now(now)) < 1
            && could_ever(now, shape))
            return wait_of(now, s);
    }
    return (Wait){ .shape = -1 };
}

/* Whether `shape` heads no longer way than what waits for memory. */
static bool is_behind(const SeatsNow *now, const Wait *wait, int shape)
{
    return wait->shape >= 0 && wait->shape != shape
        && now->shape[shape].path_s <= now->shape[wait->shape].path_s;
}

/* -- Before anything is measured -------------------------------------------- */

static i64 seats_wanted(const SeatsNow *now, const SeatsShape *shape)
{
    const i64 useful = seats_useful(&shape->speed);
    if (shape->speed.seen >= 2)
        return useful;
    return i64_max(useful, i64_min(i64_min(SEATS_MAX, GENEROUS * useful),
                                   seats_in(shape, room_now(now) / 2)));
}

static i64 seats_now(const SeatsShape *shape, i64 seats, double age_s)
{
    return shape->speed.seen == 0 && seats >= PROBE_SEATS && age_s < PROBE_S
         ? seats / PROBE_SHARE : seats;
}

/* -- What to do ------------------------------------------------------------- */

static i64 seats_for(const SeatsNow *now, const Wait *wait, int s)
{
    const SeatsShape *shape = &now->shape[s];
    i64 seats = i64_min(unseated(now, s), seats_wanted(now, shape));
    seats = i64_min(seats, seats_in(shape, room_now(now)));
    if (shape->most > 0)
        seats = i64_min(seats, shape->most);
    if (seats < 1 || !is_behind(now, wait, s)
        || takes_s(now, shape, seats) <= wait->until_s)
        return i64_max(0, seats);
    return i64_min(seats, seats_in(shape, wait->beside));
}

SeatsOpen seats_choose(const SeatsNow *now)
{
    const Wait   wait = first_waiting(now);
    const double use  = seats_use_all(now);
    double       full = FULL_LONGEST;
    for (int s = -1; (s = next_in_order(now, s)) >= 0; full = FULL) {
        const i64 seats = use < full ? seats_for(now, &wait, s) : 0;
        if (seats > 0)
            return (SeatsOpen){ s, seats, seats_now(&now->shape[s], seats, 0) };
    }
    return (SeatsOpen){ .shape = -1 };
}

bool seats_refill(const SeatsNow *now, int gang)
{
    const SeatsGang  *g     = &now->gang[gang];
    const SeatsShape *shape = &now->shape[g->shape];
    const Wait        wait  = first_waiting(now);
    if (shape->open < 1 || g->taken >= seats_now(shape, g->seats, g->age_s))
        return false;
    return !is_behind(now, &wait, g->shape)
        || g->left_s > wait.until_s /* its room is not what is waited for */
        || takes_s(now, shape, g->taken + 1) <= wait.until_s
        || g->bytes <= wait.beside;
}

/* Those under way end as they do; what is open goes at the most throughput that
 * its shape has, one shape after the other. */
double seats_left_s(const SeatsNow *now)
{
    double left = 0, open = 0;
    for (int g = 0; g < now->gangs; g++)
        left = fmax(left, now->gang[g].left_s);
    for (int s = 0; s < now->shapes; s++) {
        const SeatsShape *shape = &now->shape[s];
        const i64 seats = i64_min(i64_max(1, shape->open),
                                  seats_useful(&shape->speed));
        open += (double)shape->open * shape->passes
              * seats_pass_s(&shape->speed, seats) / (double)seats;
    }
    return left + open;
}
