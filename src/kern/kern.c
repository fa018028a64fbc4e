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
    &kern_ref_bf16,
    &kern_ref,
};

int kern_count(void) { return COUNT_OF(backend); }

const Kern *kern_at(int index)
{
    assert(0 <= index && index < kern_count());
    return backend[index];
}

static bool is(const Kern *kern, const char *name, const char *dtype)
{
    return strcmp(kern->dtype, dtype) == 0
        && (strcmp(name, "auto") == 0 || strcmp(kern->name, name) == 0);
}

const Kern *kern_find(const char *name, const char *dtype)
{
    for (int i = 0; i < kern_count(); i++)
        if (is(backend[i], name, dtype) && backend[i]->usable())
            return backend[i];
    return NULL;
}

const Kern *kern_best(const char *dtype) { return kern_find("auto", dtype); }
