/* bench_row.h - a row of `bench train`, as text or as one line of JSON with
 * the same keys for whoever was timed. */

#ifndef BENCH_ROW_H
#define BENCH_ROW_H

#include "cli/bench.h"

typedef struct BenchRow {
    const BenchShape *shape;
    const char *dtype, *path;
    Timing      timing;
    double      flop;    /* of one step                                 */
    double      rss_mb;  /* the most that the process held              */
    double      ratio;   /* its median over that of the first row       */
    const char *tried;   /* a peer's other ways, and their ms; or NULL  */
} BenchRow;

void bench_row_head(const BenchOptions *options);
void bench_row_show(const BenchRow *row, const BenchOptions *options);

#endif
