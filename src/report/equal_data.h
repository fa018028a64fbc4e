/* equal_data.h - how much fresh text would have given the same loss: what a token
 * that was seen before, or one of another text, is worth is read off the curve
 * of the same model on fresh text of its own kind.
 *
 * The curve goes through measured points, ln D as a monotone cubic of ln L
 * (Fritsch and Carlson's), so nothing is assumed of its form but that more data
 * are better. What lies beyond its ends is not known.
 *
 * SOURCE: Hernandez et al. 2021, arXiv:2102.01293, section 2 (effective data);
 *         Fritsch and Carlson 1980, SIAM J. Numer. Anal. 17, 238. */

#ifndef EQUAL_DATA_H
#define EQUAL_DATA_H

#include "base/rng.h"
#include "store/run.h"

/* Runs of one shape and one length, which differ in rate and seed: the rate with
 * the least mean of ln L over its seeds. */
typedef struct DataCell {
    double     d, ln_loss;
    i64        seeds;
    const Run *run;               /* one of them                             */
} DataCell;
typedef struct DataCells { i64 count; DataCell *cell; } DataCells; /* D rising */

/* From runs of one shape; `loss` says which of a run's counts. Adds to *squares
 * and *freedom what repeats of a setting with other seeds scatter by. */
DataCells data_cells(Arena *arena, const Run *const *run, i64 count,
                     double (*loss)(const Run *run), double *squares,
                     i64 *freedom);

typedef struct EqualData {
    i64     count;
    double *x, *y;                /* -ln L and ln D, both rising             */
} EqualData;

/* Through cells, each moved by noise[k] in ln L (NULL: none). One that is no
 * better than a shorter one is left out. */
EqualData equal_data(Arena *arena, const DataCells *cells,
                     const double *noise);

/* ln D of that loss. Beyond the ends of the curve NaN; or, where `beyond`, on
 * along its last slope, for draws that must land somewhere. */
double equal_data_at(const EqualData *curve, double ln_loss, bool beyond);

#endif
