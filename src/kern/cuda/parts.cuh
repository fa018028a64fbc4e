/* parts.cuh - the kernels of the CUDA backend as the tables list them; each file
 * NAME.cu holds what stands under its name here. Host functions: they enqueue.
 * Contract: kern.h, device.h. */

#ifndef PARTS_CUH
#define PARTS_CUH

#include "kern/cuda/cuda.cuh"

/* Scratch in bytes, each for its own launches: they follow one another. */
i64 linear_scratch(const DeviceNeeds *n);
i64 norm_scratch(const DeviceNeeds *n);
i64 update_scratch(const DeviceNeeds *n);
i64 attention_scratch(const DeviceNeeds *n);

/* -- linear*.cu, pack.cu: products, of either dtype (Launch.bf16) ------------- */
i64  packed_count_fp32(i64 K, i64 N);
i64  packed_count_bf16(i64 K, i64 N);
void pack_cu(real *packed, const real *w, i64 K, i64 N);
void pack_t_cu(real *packed, const real *w, i64 K, i64 N);
void linear_cu(real *y, const real *x, const real *packed, const real *b,
               const real *add, i64 R, i64 K, i64 N);
void linear_gelu_cu(real *a, real *slope, const real *x, const real *packed,
                    const real *b, i64 R, i64 K, i64 N);
void linear_dx_cu(real *dx, const real *dy, const real *packed_t,
                  const real *slope, i64 R, i64 K, i64 N);
void linear_dw_cu(real *dw, real *db, const real *x, const real *dy, i64 R,
                  i64 K, i64 N);

/* -- lt.cu: large products of bfloat16, by cuBLASLt where it is ---------------- */

/* Each says whether it took the call, which K and N alone decide (and whether
 * the library is there), so that packed weights and products agree: linear.cu
 * asks here first, in "bf16" only. Both pack and pack_t of such a matrix hold
 * w[K,N] as it lies. lt_open: when a queue opens, its device being current and
 * nothing being recorded. */
void lt_open(void);
i64  lt_scratch(const DeviceNeeds *n);
i64  lt_packed_count(i64 K, i64 N); /* of reals, either way round; 0: not taken */
bool lt_pack(real *packed, const real *w, i64 K, i64 N);
bool lt_linear(real *y, const real *x, const real *packed, const real *b,
               const real *add, i64 R, i64 K, i64 N);
bool lt_linear_gelu(real *a, real *slope, const real *x, const real *packed,
                    const real *b, i64 R, i64 K, i64 N);
bool lt_linear_dx(real *dx, const real *dy, const real *packed_t,
                  const real *slope, i64 R, i64 K, i64 N);
bool lt_linear_dw(real *dw, real *db, const real *x, const real *dy, i64 R,
                  i64 K, i64 N);

/* -- norm.cu, norm_back.cu ---------------------------------------------------- */
void norm_cu(real *y, real *stat, const real *x, const real *gain,
             const real *bias, i64 R, i64 C);
void norm_back_cu(real *dx, real *dgain, real *dbias, const real *dy,
                  const real *x, const real *stat, const real *gain, i64 R,
                  i64 C);
void rms_cu(real *y, real *stat, const real *x, const real *gain, i64 R, i64 C,
            i64 row);
void rms_back_cu(real *dx, real *dgain, const real *add, const real *dy,
                 const real *x, const real *stat, const real *gain, i64 R,
                 i64 C, i64 row);

/* -- option.cu ---------------------------------------------------------------- */
void rope_cu(real *x, const real *turn, i64 R, i64 T, i64 H, i64 S, i64 row,
             bool back);
void swiglu_cu(real *a, const real *u, i64 R, i64 F);
void swiglu_back_cu(real *du, const real *da, const real *u, i64 R, i64 F);
void lstm_cu(real *h, real *c, real *gate, const real *before, i64 R, i64 C);
void lstm_back_cu(real *gate, real *dc, const real *dh, const real *later,
                  const real *c, const real *before, i64 R, i64 C);

/* -- memory.cu: KernFar; seed and sequence of Drop are the tick's ------------- */
void copy_cu(real *to, const real *from, i64 n);
void zero_cu(real *x, i64 n);
void times_cu(real *x, i64 n, real factor);
void swap_cu(real *to, const real *from, i64 A, i64 B, i64 n);
void turns_cu(real *turn, i64 T, i64 S);
void drop_cu(real *y, const real *x, const real *add, i64 B, i64 n,
             const Drop *drop);

/* -- attention*.cu ------------------------------------------------------------ */
i64  attention_keep_cu(const Attend *a);
void attention_cu(real *o, real *keep, const real *qkv, i64 B,
                  const Attend *a);
void attention_back_cu(real *dqkv, const real *d_o, const real *o,
                       const real *qkv, const real *keep, i64 B,
                       const Attend *a);

/* -- token.cu, xent.cu: tokens in, tokens out --------------------------------- */
void embed_cu(real *x, const real *token, const real *position, const i32 *id,
              i64 R, i64 T, i64 C, i64 V);
void embed_back_cu(real *dtoken, real *dposition, const real *dx,
                   const i32 *id, i64 R, i64 T, i64 C, i64 V);
void xent_cu(real *loss, real *dz, const real *z, const i32 *y, i64 R, i64 V,
             real scale, real z_loss);

/* -- step.cu, update.cu: what no architecture has; the queue hands what it knows */
struct StepText { const void *token; int token_bytes; const i64 *place;
                  i64 micro, context; };
void draw_cu(i32 *x, i32 *y, const StepText *text);
void losses_cu(const real *loss, i64 n, DeviceResult *result, real *kept);
void update_cu(const DeviceSizes *sizes, char *block, DeviceResult *result);
void next_cu(i32 *now);

#endif
