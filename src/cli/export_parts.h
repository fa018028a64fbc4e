/* export_parts.h - private to export_*.c: where a model's numbers lie, and the
 * families that it can go out as. */

#ifndef EXPORT_PARTS_H
#define EXPORT_PARTS_H

#include "cli/export_model.h"

typedef struct ExportPlace {
    Arena       *arena;
    const Shape *shape;
    const real  *param;
    int          ntensor;
    Tensor       tensor[ARCH_TENSORS_MAX];
} ExportPlace;

/* The numbers of one layer of a tensor, by our name; NULL: it has none. */
const real *export_at(const ExportPlace *place, const char *name, i64 layer);

/* One more array as it lies, rows 0: a vector; from NULL: zeros. What is put
 * may be changed through what is returned. */
SafeTensor *export_put(ExportList *out, const real *from, i64 rows, i64 cols,
                       const char *name);

/* What muP multiplies, where others do not: q.k, and what leaves the last norm
 * (its gain or shift; NULL from us stays zeros). */
real export_attention_factor(const Shape *shape);
void export_last_norm(ExportList *out, const ExportPlace *place,
                      const char *ours, const char *theirs);

/* Whether a family has all options of a shape, and the model as it has it. */
bool export_gpt2_has(const Shape *shape);
void export_gpt2(ExportList *out, const ExportPlace *place);
bool export_llama_has(const Shape *shape);
void export_llama(ExportList *out, const ExportPlace *place);

#endif
