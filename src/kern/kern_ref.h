/* kern_ref.h - private to kern/: the parts of the reference backend that have
 * a file of their own. */

#ifndef KERN_REF_H
#define KERN_REF_H

#include "kern/kern.h"

i64  attention_keep_ref(const Attend *a);
i64  attention_work_ref(const Attend *a);
void attention_ref(real *o, real *keep, real *work, const real *qkv,
                   const Attend *a);
void attention_back_ref(real *dqkv, real *work, const real *d_o,
                        const real *o, const real *qkv, const real *keep,
                        const Attend *a);

#endif
