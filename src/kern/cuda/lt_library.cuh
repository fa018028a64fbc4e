/* lt_library.cuh - cuBLASLt as it is called here: found when it is first asked
 * for, so that the object loads where it is not installed.
 *
 * The library writes matrices by columns. A matrix of ours, by rows, is to it
 * its transpose, so that d[R,M] = p[R,S] q[S,M] is asked for as d' = q' p'.
 *
 * SOURCE: NVIDIA, cuBLAS Library, chapter "Using the cuBLASLt API". */

#ifndef LT_LIBRARY_CUH
#define LT_LIBRARY_CUH

#include "kern/cuda/cuda.cuh"

/* A factor: x[rows, cols] of bfloat16, rows `ld` apart; turned: its transpose is
 * meant. `apart`: bytes to that of the next product of the batch. */
struct LtFactor {
    const void *at;
    i64         ld, apart;
    bool        turned;
};

/* d[rows,cols] = p[rows,sum] q[sum,cols] + c[rows,cols] + bias[cols], `batch`
 * times side by side. c and bias may be NULL, and c may be d. */
struct LtProduct {
    float       *d;
    LtFactor     p, q;
    const float *c, *bias;
    i64          apart; /* bytes, of d, c and bias alike */
    i64          ld;    /* of d and c                    */
    i64          rows, cols, sum, batch;
};

/* The library is there. SCALELAW_CUBLASLT names another file, or says "none". */
bool lt_found(void);

/* Makes the library ready for the device that is current. */
void lt_ready(void);

/* Can bias be added in the same launch? Where not, ask without. */
bool lt_fuses(const LtProduct *product);

/* Enqueue it. The algorithm is the one that the library proposes for a batch of
 * one, so that no bit depends on who is beside. */
void lt_product(const LtProduct *product);

#endif
