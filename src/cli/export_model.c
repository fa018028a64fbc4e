/* export_model.c - see export_model.h. */

#include "cli/export_parts.h"

#include "base/file.h"

#include <math.h>
#include <string.h>

enum { ARRAYS_A_LAYER = 20, ARRAYS_BESIDE = 8 };

const real *export_at(const ExportPlace *p, const char *name, i64 layer)
{
    for (int i = 0; i < p->ntensor; i++)
        if (!strcmp(p->tensor[i].name, name))
            return p->param + p->tensor[i].at
                 + layer * p->tensor[i].rows * p->tensor[i].cols;
    return NULL;
}

SafeTensor *export_put(ExportList *out, const real *from, i64 rows, i64 cols,
                       const char *name)
{
    SafeTensor *t = &out->tensor[out->count++];
    *t = (SafeTensor){ .name = name, .rows = rows, .cols = cols, .from = from,
                       .row_step = cols, .col_step = 1, .scale = 1 };
    return t;
}

/* 1 / sqrt(S) is what every family has. */
real export_attention_factor(const Shape *s)
{
    const double S = (double)(s->width / s->heads);
    return s->mup_width && s->mup_head
           ? (real)sqrt((double)s->mup_head / S) : 1;
}

void export_last_norm(ExportList *out, const ExportPlace *p, const char *ours,
                      const char *theirs)
{
    const Shape *s = p->shape;
    SafeTensor  *t = export_put(out, export_at(p, ours, 0), 0, s->width,
                                theirs);
    t->scale = s->mup_width
               ? (real)((double)s->mup_width / (double)s->width) : 1;
    t->scaled = s->width;
}

bool export_list(ExportList *out, Arena *arena, const Model *model, Err *err)
{
    const Shape *s = &model->shape;
    ExportPlace  p = { .arena = arena, .shape = s, .param = model->param };
    p.ntensor = model->arch->tensors(p.tensor, s);
    *out = (ExportList){
        .tensor = NEW(arena, SafeTensor,
                      ARRAYS_A_LAYER * s->layers + ARRAYS_BESIDE),
    };
    if (model->arch->recurrent)
        return err_set(err, ERR_USAGE, "it is a stacked LSTM, and transformers "
                       "loads no such family; its parameters are in the "
                       "checkpoint, and scalelaw sample lets it write");
    if (export_gpt2_has(s)) {
        export_gpt2(out, &p);
        return true;
    }
    if (export_llama_has(s)) {
        export_llama(out, &p);
        return true;
    }
    return err_set(err, ERR_USAGE, "the model's options are together those of "
                   "no family that transformers loads: GPT-2 has layer norm, "
                   "learned positions, GELU and as many heads of keys as of "
                   "queries, Llama has RMS norm, RoPE and SwiGLU; train with "
                   "--recipe=gpt2 or llama");
}

static bool text_write(const char *dir, const char *name, Arena *arena,
                       const Str *text, Err *err)
{
    return file_write(arena_print(arena, "%s/%s", dir, name), text->text,
                      text->size, err);
}

static bool tokenizer_write(const char *dir, Arena *arena,
                            const Chosen *chosen, Err *err)
{
    Str json = { 0 }, config = { 0 }, merges = { 0 };
    if (chosen->ids)
        return true; /* nobody knows what the tokens mean */
    export_tokenizer(&json, chosen->bpe);
    str_add(&config, "{\"tokenizer_class\":\"PreTrainedTokenizerFast\","
            "\"model_max_length\":%lld,"
            "\"clean_up_tokenization_spaces\":false}",
            (long long)chosen->config.shape.context);
    if (chosen->bpe)
        bpe_print(chosen->bpe, &merges);
    const bool done = text_write(dir, "tokenizer.json", arena, &json, err)
        && text_write(dir, "tokenizer_config.json", arena, &config, err)
        && (!chosen->bpe
            || text_write(dir, "tokenizer.bpe", arena, &merges, err));
    str_free(&json);
    str_free(&config);
    str_free(&merges);
    return done;
}

bool export_write(const char *dir, Arena *arena, const Chosen *chosen,
                  const char **family, Err *err)
{
    ExportList list;
    if (!export_list(&list, arena, &chosen->model, err))
        return err_add(err, "run %s", chosen->run.id);
    *family = list.family;
    const bool done = dir_make(dir, err)
        && safetensors_write(arena_print(arena, "%s/model.safetensors", dir),
                             list.tensor, list.count, err)
        && tokenizer_write(dir, arena, chosen, err)
        && text_write(dir, "config.json", arena, &list.config, err);
    str_free(&list.config);
    return done;
}
