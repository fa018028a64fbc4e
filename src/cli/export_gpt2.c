/* export_gpt2.c - our Transformer as transformers' GPT2LMHeadModel.
 *
 * Its linear maps are "Conv1D", which keep [in, out] as we do; so every array
 * goes out as it lies. Without biases there, zeros stand for them. */

#include "cli/export_parts.h"

#include "base/jot.h"

static void config_print(Str *out, const Shape *s)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_array(&j, "architectures");
    jot_text(&j, NULL, "GPT2LMHeadModel");
    jot_end(&j);
    jot_text(&j, "model_type", "gpt2");
    jot_count(&j, "vocab_size", s->vocab);
    jot_count(&j, "n_positions", s->context);
    jot_count(&j, "n_ctx", s->context);
    jot_count(&j, "n_embd", s->width);
    jot_count(&j, "n_layer", s->layers);
    jot_count(&j, "n_head", s->heads);
    jot_count(&j, "n_inner", s->ff);
    jot_text(&j, "activation_function", "gelu_new");
    jot_real(&j, "layer_norm_epsilon", 1e-5);
    jot_flag(&j, "scale_attn_weights", true);
    jot_real(&j, "resid_pdrop", 0);
    jot_real(&j, "embd_pdrop", 0);
    jot_real(&j, "attn_pdrop", 0);
    jot_flag(&j, "tie_word_embeddings", s->tied);
    jot_text(&j, "bos_token_id", NULL);
    jot_text(&j, "eos_token_id", NULL);
    jot_text(&j, "torch_dtype", "float32");
    jot_end(&j);
}

static void layer_put(ExportList *out, const ExportPlace *p, i64 layer)
{
    const Shape *s = p->shape;
    const i64    d = s->width, ff = s->ff;
    const struct {
        const char *ours, *theirs;
        i64         rows, cols;
        bool        queries; /* come first in it */
    } row[] = {
        { "norm1.gain", "ln_1.weight",        0,  d,     false },
        { "norm1.bias", "ln_1.bias",          0,  d,     false },
        { "qkv.w",      "attn.c_attn.weight", d,  3 * d, true  },
        { "qkv.b",      "attn.c_attn.bias",   0,  3 * d, true  },
        { "proj.w",     "attn.c_proj.weight", d,  d,     false },
        { "proj.b",     "attn.c_proj.bias",   0,  d,     false },
        { "norm2.gain", "ln_2.weight",        0,  d,     false },
        { "norm2.bias", "ln_2.bias",          0,  d,     false },
        { "up.w",       "mlp.c_fc.weight",    d,  ff,    false },
        { "up.b",       "mlp.c_fc.bias",      0,  ff,    false },
        { "down.w",     "mlp.c_proj.weight",  ff, d,     false },
        { "down.b",     "mlp.c_proj.bias",    0,  d,     false },
    };
    for (int i = 0; i < COUNT_OF(row); i++) {
        const char *name = arena_print(p->arena, "transformer.h.%lld.%s",
                                       (long long)layer, row[i].theirs);
        SafeTensor *t = export_put(out, export_at(p, row[i].ours, layer),
                                   row[i].rows, row[i].cols, name);
        t->scale = export_attention_factor(s);
        t->scaled = row[i].queries ? d : 0;
    }
}

bool export_gpt2_has(const Shape *s)
{
    return (s->kv_heads == 0 || s->kv_heads == s->heads) && !s->rms && !s->rope
        && !s->gated && !s->qk_norm;
}

void export_gpt2(ExportList *out, const ExportPlace *p)
{
    const Shape *s = p->shape;
    const i64    d = s->width;
    out->family = "GPT-2";
    config_print(&out->config, s);
    export_put(out, export_at(p, "token", 0), s->vocab, d,
               "transformer.wte.weight");
    export_put(out, export_at(p, "position", 0), s->context, d,
               "transformer.wpe.weight");
    for (i64 l = 0; l < s->layers; l++)
        layer_put(out, p, l);
    export_last_norm(out, p, "normf.gain", "transformer.ln_f.weight");
    export_last_norm(out, p, "normf.bias", "transformer.ln_f.bias");
    if (!s->tied)
        export_put(out, export_at(p, "head", 0), s->vocab, d,
                   "lm_head.weight");
}
