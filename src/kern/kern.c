/* kern.c - the backends by name.
 *
 * The list is kern_list.h, best first. In double only the reference exists. */

#include "kern/kern.h"

#include <assert.h>
#include <string.h>

#ifndef REAL64
#define KERN(name) extern const Kern kern_##name;
#include "kern/kern_list.h"
#undef KERN
#endif

static const Kern *const backend[] = {
#ifndef REAL64
#define KERN(name) &kern_##name,
#include "kern/kern_list.h"
#undef KERN
#endif
    &kern_ref,
};

int kern_count(void) { return COUNT_OF(backend); }

const Kern *kern_at(int index)
{
    assert(0 <= index && index < kern_count());
    return backend[index];
}

const Kern *kern_best(void)
{
    int i = 0;
    while (!backend[i]->usable())
        i++;
    return backend[i];
}

const Kern *kern_find(const char *name)
{
    if (strcmp(name, "auto") == 0)
        return kern_best();
    for (int i = 0; i < kern_count(); i++)
        if (strcmp(name, backend[i]->name) == 0)
            return backend[i]->usable() ? backend[i] : NULL;
    return NULL;
}
