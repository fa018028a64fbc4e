/* seats.h - private to sweep/: which runs are put on a device next, so many side
 * by side. A pure function of what is there: tested without a device.
 *
 * Runs of one shape train side by side in a gang of seats; gangs of different
 * shapes share the device. A pass of a gang takes
 *
 *     pass_s(n)  =  launch_s + n seat_s          seconds, n seats taken
 *
 * launches that cost the same however many take part, and work that does not.
 * So a gang of n does n / pass_s(n) passes of one run a second, which rises up
 * to 1 / seat_s and no further; it keeps the device at work for a share
 * n seat_s / pass_s(n) of its time, its `use`. Gangs whose uses come to less
 * than one do not hold each other up; beyond that they share it.
 *
 * The two numbers of a shape are first guessed by its FLOP and bytes, and then
 * learned from its gangs as they run (seats_seen). A time for one number of seats
 * tells nothing of another. So while a shape has not been measured its gang has
 * some more seats than the guess would have, and for a moment a quarter of them
 * are taken; with all of them taken that makes two times, and a line.
 *
 * What heads the longest way is opened first. Where it does not fit, it waits
 * until gangs that now run have ended; until then others may be opened, and
 * seats given away again, that are gone by then or leave it its room. So nothing
 * is passed over for ever.
 *
 * SOURCE: Graham 1969 (longest first); Lifka 1995, "The ANL/IBM SP scheduling
 *         system" (filling in without putting off the first that waits). */

#ifndef SEATS_H
#define SEATS_H

#include "base/base.h"

enum { SEATS_MAX = 512, SEATS_SEEN = 8 };

typedef struct SeatsSpeed {
    double launch_s, seat_s;         /* as said above */
    int    seen;                     /* different numbers of seats measured */
    i64    seats[SEATS_SEEN];
    double pass_s[SEATS_SEEN];       /* ... and what a pass took with them  */
} SeatsSpeed;

/* What a pass of one run asks of a device: FLOP, bytes moved, launches; and what
 * the device gives a second. A guess, until something is measured. */
SeatsSpeed seats_guess(double flop, double bytes, double launches,
                       double flop_per_s, double bytes_per_s);

/* A pass of so many took so long, all gangs together in use as said. */
void seats_seen(SeatsSpeed *speed, i64 seats, double pass_s, double use);

double seats_pass_s(const SeatsSpeed *speed, i64 seats);
double seats_use(const SeatsSpeed *speed, i64 seats);

/* The fewest seats with nine tenths of the throughput that any number has. */
i64 seats_useful(const SeatsSpeed *speed);

typedef struct SeatsShape {      /* runs that are alike */
    i64        open;             /* could begin now                         */
    double     path_s;           /* the longest way that one of them heads  */
    double     passes;           /* of that one                             */
    i64        bytes_one, bytes_more; /* of a gang of one; each seat beyond */
    i64        most;             /* seats: more have failed to open; 0: none */
    SeatsSpeed speed;
} SeatsShape;

typedef struct SeatsGang {
    int    shape;
    i64    seats, taken;
    i64    bytes;
    double left_s;               /* until the last that has a seat will end */
    double age_s;                /* since it was opened                     */
} SeatsGang;

typedef struct SeatsNow {
    i64               bytes, bytes_free; /* of the device; of it now        */
    int               shapes, gangs;
    const SeatsShape *shape;
    const SeatsGang  *gang;
} SeatsNow;

/* What stays free of a device of so many bytes: the driver wants some too. */
i64 seats_margin(i64 bytes);

i64 seats_bytes(const SeatsShape *shape, i64 seats);

/* A gang to be opened now, and how many of its seats are taken at once. seats 0:
 * none. */
typedef struct SeatsOpen { int shape; i64 seats, first; } SeatsOpen;
SeatsOpen seats_choose(const SeatsNow *now);

/* Whether a free seat of that gang goes to the next run that is alike. */
bool seats_refill(const SeatsNow *now, int gang);

/* Uses of all gangs; seconds until everything open and under way is done. */
double seats_use_all(const SeatsNow *now);
double seats_left_s(const SeatsNow *now);

#endif
