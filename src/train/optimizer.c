/* optimizer.c - the optimizers by name. */

#include "train/optimizer.h"

#include <assert.h>
#include <string.h>

static const Optimizer *const known[] = {
#define OPTIMIZER(name) &optimizer_##name,
#include "train/optimizer_list.h"
#undef OPTIMIZER
};

int optimizer_count(void) { return COUNT_OF(known); }

const Optimizer *optimizer_at(int index)
{
    assert(0 <= index && index < optimizer_count());
    return known[index];
}

const Optimizer *optimizer_find(const char *name)
{
    for (int i = 0; i < optimizer_count(); i++)
        if (strcmp(known[i]->name, name) == 0)
            return known[i];
    return NULL;
}
