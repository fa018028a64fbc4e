/* export_model.h - a trained model as a folder that `transformers` loads:
 * model.safetensors, config.json, and the tokenizer where there is one. */

#ifndef EXPORT_MODEL_H
#define EXPORT_MODEL_H

#include "base/str.h"
#include "cli/chosen.h"
#include "cli/safetensors.h"

/* The tensors under another program's names, and its configuration. */
typedef struct ExportList {
    SafeTensor *tensor;
    i64         count;
    const char *family; /* "GPT-2" */
    Str         config; /* JSON    */
} ExportList;

/* As whichever family has this model's options; refused in words where none
 * has. */
bool export_list(ExportList *out, Arena *arena, const Model *model, Err *err)
    MUST_USE;

/* tokenizer.json of Hugging Face's tokenizers: the same tokens for any UTF-8
 * text. `bpe` NULL: bytes. */
void export_tokenizer(Str *out, const Bpe *bpe);

/* All files into `dir`, which is made. */
bool export_write(const char *dir, Arena *arena, const Chosen *chosen,
                  const char **family, Err *err) MUST_USE;

#endif
