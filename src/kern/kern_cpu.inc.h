/* kern_cpu.inc.h - the fast kernels, whole: one source for every vector width.
 *
 * A file kern_cpu_NAME.c defines LANES (floats in a vector) and includes this
 * with the machine flags its name stands for; everything in here is then a
 * private copy of its own, and the tables at the end of that file, one for each
 * dtype, are the only doors. Which copy runs is decided by kern_best() in kern.c.
 *
 * Order of every sum is fixed by the shapes alone, so that the same arguments
 * give the same bits on any thread, at any address. Between widths they
 * differ in the last bits: docs/numerics.md. */

#include "kern/kern.h"

#include <assert.h>
#include <math.h>

#include "kern/cpu_vec.inc.h"

#include "kern/cpu_probe.inc.h"

#include "kern/cpu_transpose.inc.h"

#include "kern/cpu_tile.inc.h"

#include "kern/cpu_linear.inc.h"

#include "kern/cpu_grad.inc.h"

#include "kern/cpu_bf16.inc.h"

#include "kern/cpu_bf16_linear.inc.h"

#include "kern/cpu_bf16_grad.inc.h"

#include "kern/cpu_rows.inc.h"

#include "kern/cpu_rms.inc.h"

#include "kern/cpu_option.inc.h"

#include "kern/cpu_cell.inc.h"

#include "kern/cpu_attention.inc.h"

#include "kern/cpu_attention_back.inc.h"

#include "kern/cpu_xent.inc.h"

#include "kern/cpu_span.inc.h"

/* All entries but the name and usable: what products are taken in, and the
 * rest, which is the same in both. */
#define KERN_CPU_FP32                                                      \
    .dtype = "fp32", .probe = probe, .packed_count = packed_count,         \
    .pack = pack, .pack_t = pack_t, .linear = linear,                      \
    .linear_gelu = linear_gelu, .linear_dx = linear_dx,                    \
    .linear_dw = linear_dw

#define KERN_CPU_BF16                                                      \
    .dtype = "bf16", .probe = probe_bf16,                                  \
    .packed_count = packed_count_bf16, .pack = pack_bf16,                  \
    .pack_t = pack_t_bf16, .linear = linear_bf16,                          \
    .linear_gelu = linear_gelu_bf16, .linear_dx = linear_dx_bf16,          \
    .linear_dw = linear_dw_bf16

#define KERN_CPU                                                           \
    .norm = norm,                                                          \
    .norm_back = norm_back, .rms = rms, .rms_back = rms_back,              \
    .rope = rope, .swiglu = swiglu, .swiglu_back = swiglu_back,            \
    .lstm = lstm, .lstm_back = lstm_back,                                  \
    .dropout = dropout, .attention_keep = attention_keep,              \
    .attention_work = attention_work, .attention = attention,              \
    .attention_back = attention_back, .embed = embed,                      \
    .embed_back = embed_back, .xent = xent, .adamw = adamw,                \
    .sum_squares = sum_squares, .gather = gather
