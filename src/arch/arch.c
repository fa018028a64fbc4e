/* arch.c - the architectures by name, and what holds for all of them. */

#include "arch/arch.h"
#include "base/rng.h"

#include <assert.h>
#include <string.h>

#define ARCH(name) extern const Arch arch_##name;
#include "arch/arch_list.h"
#undef ARCH

static const Arch *const known[] = {
#define ARCH(name) &arch_##name,
#include "arch/arch_list.h"
#undef ARCH
};

int arch_count(void) { return COUNT_OF(known); }

const Arch *arch_at(int index)
{
    assert(0 <= index && index < arch_count());
    return known[index];
}

const Arch *arch_find(const char *name)
{
    for (int i = 0; i < arch_count(); i++)
        if (strcmp(known[i]->name, name) == 0)
            return known[i];
    return NULL;
}

i64 arch_param_count(const Arch *arch, const Shape *shape)
{
    Tensor    tensor[ARCH_TENSORS_MAX];
    const int n   = arch->tensors(tensor, shape);
    i64       sum = 0;

    for (int i = 0; i < n; i++) {
        assert(tensor[i].at == sum);
        sum += tensor[i].count;
    }
    return sum;
}

static double constant(const Tensor *tensor, i64 column)
{
    const bool here = tensor->fill[1] == 0 || (column >= tensor->fill[0]
                                               && column < tensor->fill[1]);
    return here ? tensor->init_fill : 0;
}

static void fill(real *param, const Tensor *tensor, u64 seed)
{
    for (i64 i = 0; i < tensor->count; i++) {
        const u64 at = (u64)(tensor->at + i);
        param[at]    = (real)(tensor->init_sd > 0
                           ? tensor->init_sd * rng_normal(seed, RNG_INIT, at)
                           : constant(tensor, i % tensor->cols));
    }
}

void arch_init(real *param, const Arch *arch, const Shape *shape, u64 seed)
{
    Tensor    tensor[ARCH_TENSORS_MAX];
    const int n = arch->tensors(tensor, shape);

    for (int i = 0; i < n; i++)
        fill(param, &tensor[i], seed);
}

enum { TOKENS_NEAR = 256, SIDE_BY_SIDE = 16 };

/* Enough rows for the products to run at full speed, few enough for their
 * activations to stay near the core (docs/performance.md has the table). A
 * recurrent product has a row a sequence and wants as many; but at least two
 * micro-batches are left of a batch, for two threads, and for the noise
 * between two gradients to be seen. */
i64 arch_micro_batch(const Shape *shape, i64 batch)
{
    const i64 near = i64_max(1, TOKENS_NEAR / shape->context);
    if (shape->recurrent)
        return i64_min((batch + 1) / 2, i64_max(SIDE_BY_SIDE, near));
    return i64_min(batch, near);
}
