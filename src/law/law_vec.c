/* law_vec.c - which vectors (law_vec.h). The choice is kept: it is a constant of
 * the machine, so threads that race to make it make the same. */

#include "law/law_vec.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LAW_VEC(name) extern const LawVec law_vec_##name;
#include "law/law_vec_list.h"
#undef LAW_VEC

static const LawVec *const list[] = {
#define LAW_VEC(name) &law_vec_##name,
#include "law/law_vec_list.h"
#undef LAW_VEC
};

static _Atomic(const LawVec *) chosen;

const LawVec *law_vec_find(const char *name)
{
    for (int i = 0; i < COUNT_OF(list); i++)
        if (strcmp(list[i]->name, name) == 0)
            return list[i]->usable() ? list[i] : NULL;
    return NULL;
}

static const LawVec *widest(void)
{
    for (int i = 0; i < COUNT_OF(list) - 1; i++)
        if (list[i]->usable())
            return list[i];
    return list[COUNT_OF(list) - 1];
}

const LawVec *law_vec(void)
{
    const LawVec *vec = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (vec)
        return vec;
    const char *asked = getenv("SCALELAW_VECTOR");
    vec = asked ? law_vec_find(asked) : NULL;
    vec = vec ? vec : widest();
    atomic_store_explicit(&chosen, vec, memory_order_relaxed);
    return vec;
}

void law_vec_use(const LawVec *vec)
{
    atomic_store_explicit(&chosen, vec, memory_order_relaxed);
}
