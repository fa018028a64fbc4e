/* safetensors.h - named arrays of float32 in one file, as others read them.
 *
 *     8 bytes   length of the header, little-endian
 *     header    JSON: {"name": {"dtype", "shape", "data_offsets"}, ...},
 *               filled up with spaces to a multiple of 8
 *     numbers   row by row, one array after another, nothing between
 *
 * SOURCE: huggingface/safetensors, README.md, "Format". */

#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "base/err.h"
#include "kern/real.h"

/* Element (r, c) is from[r * row_step + c * col_step], so a slice and a
 * transpose need no copy; `scale` times that in the first `scaled` columns.
 * `from` NULL: zeros. */
typedef struct SafeTensor {
    const char *name;
    i64         rows, cols; /* rows 0: a vector of cols */
    const real *from;
    i64         row_step, col_step;
    real        scale;
    i64         scaled;
} SafeTensor;

bool safetensors_write(const char *path, const SafeTensor *tensor, i64 count,
                       Err *err) MUST_USE;

#endif
