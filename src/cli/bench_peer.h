/* bench_peer.h - another trainer, in a process of its own, that answers
 * questions over a pipe: so that its steps can be timed in turn with ours, and
 * nothing of it lies in this program.
 *
 * Questions and answers are lines (bench/peer_torch.py lists them). Any
 * command that answers them can be raced against: --peer=COMMAND. */

#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "cli/bench.h"

#include <stdio.h>
#include <sys/types.h>

typedef struct Peer {
    FILE *to, *from;
    pid_t pid;
    char  dtype[8], name[80]; /* "bf16", "torch 1.13.1 bf16 foreach" */
} Peer;

/* Starts it and has it make ready for a shape. False: there is none, or it
 * could not; standard error has heard why. */
bool peer_open(Peer *peer, const BenchShape *shape,
               const BenchOptions *options);

/* Seconds that n steps took by its own clock; NaN if it has ended. */
double peer_steps(void *peer, i64 n);

double peer_rss_mb(Peer *peer); /* the most it held; NaN if it will not say */
double peer_rate(Peer *peer); /* FLOP/s of one large product on its device; NaN */
bool   peer_tried(Peer *peer, char *words, int room);
void   peer_close(Peer *peer);

#endif
