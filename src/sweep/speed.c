/* speed.c - see speed.h. */

#include "sweep/speed.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/rng.h"

static void tokens_draw(i32 *x, i64 count, i64 vocab)
{
    for (i64 i = 0; i < count; i++)
        x[i] = (i32)rng_below(0, RNG_TEST, (u64)i, vocab);
}

double speed_flop_per_s(const TrainConfig *config, double flop)
{
    const Shape *shape = &config->shape;
    const Arch  *arch  = arch_find(config->arch);
    const Kern  *kern  = kern_find(config->kernels, config->dtype);
    if (!arch || !kern)
        return 0;

    const i64 batch = arch_micro_batch(shape, config->batch);
    const i64 rows  = batch * shape->context;
    Arena     arena = { 0 };
    real *param  = NEW(&arena, real, arch_param_count(arch, shape));
    real *grad   = NEW(&arena, real, arch_param_count(arch, shape));
    real *packed = NEW(&arena, real, arch->packed_count(kern, shape));
    real *work   = NEW(&arena, real, arch->work_count(kern, shape, batch));
    real *loss   = NEW(&arena, real, rows);
    i32  *x      = NEW(&arena, i32, rows + 1);
    arch_init(param, arch, shape, 1);
    tokens_draw(x, rows + 1, shape->vocab);

    const double pass_flop = count_train_flop(*shape) * (double)rows;
    const double share = flop / pass_flop / 100; /* passes */
    i64    passes = -1; /* the first pass warms the caches */
    double began  = clock_s();
    for (; passes < 1 || ((double)passes < share && clock_s() - began < 0.1);
         passes++) {
        if (passes == 0)
            began = clock_s();
        arch->pack(packed, kern, shape, param);
        arch->pass(loss, grad, kern, shape, param, packed, work, x, x + 1,
                   batch, &(PassHow){ .scale = (real)1 / (real)rows });
    }
    const double speed = pass_flop * (double)passes / (clock_s() - began);
    arena_free(&arena);
    return speed;
}
