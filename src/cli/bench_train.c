/* bench_train.c - a whole step of training: data, forward, backward, clipping,
 * AdamW, packing; the trainer's own step on random tokens in memory.
 *
 * FLOP are count_train_flop: 6 (12 L d^2 + V d) + 6 L d T a token; norms,
 * softmax, GELU and the optimizer are work that is not counted.
 *
 * Ours in one dtype or two, and a peer, race: a few steps of each in turn.
 * With two of ours, the memory of this process is that of both. */

#include "cli/bench.h"

#include "cli/bench_peer.h"
#include "cli/bench_row.h"
#include "cli/bench_trainer.h"

#include <stdio.h>
#include <string.h>

i64 bench_train_bytes(const BenchShape *s, const BenchOptions *o)
{
    return trainer_bytes(s, o->kern, o->threads)
         + (o->also ? trainer_bytes(s, o->also, o->threads) : 0);
}

static void parts(Trainer *t)
{
    const Kern *kern = t->space.kern;
    t->space.kern = bench_parts(kern);
    bench_parts_reset();

    const double start = bench_clock_s(), end = start + 0.5;
    const i64    from = t->step;
    while (bench_clock_s() < end)
        trainer_step(t);
    bench_parts_show(bench_clock_s() - start, (double)(t->step - from));
    t->space.kern = kern;
}

/* ---- a race ------------------------------------------------------------ */

enum { OURS = 2, RACERS = OURS + 1 };

typedef struct Race {
    const BenchShape   *shape;
    const BenchOptions *options;
    Trainer trainer[OURS];
    Peer    peer;
    Racer   racer[RACERS];
    int     ours, count;
    double  rss_mb; /* of this process */
} Race;

static void enter(Race *race, const Kern *kern)
{
    Trainer *t = &race->trainer[race->ours++];
    trainer_open(t, race->shape, kern, race->options->threads);
    race->racer[race->count++] = (Racer){ .take = trainer_take, .self = t,
                                          .probe = kern,
                                          .threads = t->config.threads };
}

/* A peer is probed with what its own numbers could reach. */
static void enter_peer(Race *race)
{
    const BenchOptions *o = race->options;
    if (!peer_open(&race->peer, race->shape, o))
        return;
    const Kern *probe = kern_best(race->peer.dtype);
    race->racer[race->count++] = (Racer){
        .take = peer_steps, .self = &race->peer,
        .probe = probe && strcmp(probe->name, "ref") ? probe : o->kern,
        .threads = (int)o->threads,
    };
}

static BenchRow row_of(Race *race, int i)
{
    const Kern *kern = race->racer[i].probe;
    return (BenchRow){
        .shape = race->shape, .dtype = kern->dtype, .path = kern->name,
        .timing = race->racer[i].timing, .rss_mb = race->rss_mb,
        .flop  = count_train_flop(race->trainer[0].config.shape)
               * (double)(race->shape->batch * race->shape->context),
        .ratio = race->racer[i].timing.s_median
               / race->racer[0].timing.s_median,
    };
}

static void show(Race *race)
{
    for (int i = 0; i < race->count; i++) {
        BenchRow row = row_of(race, i);
        char     tried[1000] = "";
        if (i >= race->ours) {
            row.dtype  = race->peer.dtype;
            row.path   = race->peer.name;
            row.rss_mb = peer_rss_mb(&race->peer);
            if (peer_tried(&race->peer, tried, sizeof tried))
                row.tried = tried;
        }
        if (row.timing.taken > 0)
            bench_row_show(&row, race->options);
        else
            bench_say("no peer: it ended while it was timed");
    }
}

void bench_train_head(const BenchOptions *o) { bench_row_head(o); }

void bench_train(const BenchShape *s, const BenchOptions *o)
{
    Race race = { .shape = s, .options = o };
    bench_rss_reset();
    enter(&race, o->kern);
    if (o->also)
        enter(&race, o->also);
    enter_peer(&race);
    bench_race(race.racer, race.count, o->seconds);
    race.rss_mb = bench_rss_mb();
    show(&race);
    if (o->parts && !o->json)
        parts(&race.trainer[0]);
    fflush(stdout);
    peer_close(&race.peer);
    for (int i = 0; i < race.ours; i++)
        trainer_close(&race.trainer[i]);
}
