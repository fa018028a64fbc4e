/* export_llama.c - our Transformer as transformers' LlamaForCausalLM, and with
 * normed queries and keys as its Qwen3ForCausalLM.
 *
 * Its linear maps keep [out, in], ours [in, out]: each goes out transposed, and
 * what we keep side by side (queries, keys, values; gate and up) as slices. It
 * turns halves of a head as pairs, as we do, from base 10000. */

#include "cli/export_parts.h"

#include "base/jot.h"

typedef struct Slice { const char *from, *to; i64 in, first, out; } Slice;

static i64 head_width(const Shape *s)
{
    return s->width / s->heads;
}

static i64 kv_heads(const Shape *s)
{
    return s->kv_heads ? s->kv_heads : s->heads;
}

static void config_print(Str *out, const Shape *s)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_array(&j, "architectures");
    jot_text(&j, NULL, s->qk_norm ? "Qwen3ForCausalLM" : "LlamaForCausalLM");
    jot_end(&j);
    jot_text(&j, "model_type", s->qk_norm ? "qwen3" : "llama");
    jot_count(&j, "vocab_size", s->vocab);
    jot_count(&j, "max_position_embeddings", s->context);
    jot_count(&j, "hidden_size", s->width);
    jot_count(&j, "intermediate_size", s->ff);
    jot_count(&j, "num_hidden_layers", s->layers);
    jot_count(&j, "num_attention_heads", s->heads);
    jot_count(&j, "num_key_value_heads", kv_heads(s));
    jot_count(&j, "head_dim", head_width(s));
    jot_text(&j, "hidden_act", "silu");
    jot_real(&j, "rms_norm_eps", 1e-5);
    jot_real(&j, "rope_theta", 10000);
    jot_flag(&j, "attention_bias", !s->bare);
    jot_flag(&j, "mlp_bias", !s->bare);
    jot_real(&j, "attention_dropout", 0);
    jot_flag(&j, "tie_word_embeddings", s->tied);
    jot_text(&j, "bos_token_id", NULL);
    jot_text(&j, "eos_token_id", NULL);
    jot_text(&j, "torch_dtype", "float32");
    jot_end(&j);
}

/* Columns of a matrix of `wide` as the rows of another, and their biases. */
static void slice_put(ExportList *out, const ExportPlace *p, i64 layer,
                      const Slice *s, i64 wide, real scale)
{
    const char *w = arena_print(p->arena, "%s.w", s->from);
    const char *b = arena_print(p->arena, "%s.b", s->from);
    const char *to = arena_print(p->arena, "model.layers.%lld.%s",
                                 (long long)layer, s->to);
    SafeTensor *t = export_put(out, export_at(p, w, layer) + s->first, s->out,
                               s->in, arena_print(p->arena, "%s.weight", to));
    t->row_step = 1;
    t->col_step = wide;
    t->scale = scale;
    t->scaled = s->in;
    if (!export_at(p, b, layer))
        return;
    t = export_put(out, export_at(p, b, layer) + s->first, 0, s->out,
                   arena_print(p->arena, "%s.bias", to));
    t->scale = scale;
    t->scaled = s->out;
}

static SafeTensor *gain_put(ExportList *out, const ExportPlace *p, i64 layer,
                            const char *from, i64 cols, const char *to)
{
    return export_put(out, export_at(p, from, layer), 0, cols,
                      arena_print(p->arena, "model.layers.%lld.%s.weight",
                                  (long long)layer, to));
}

static void layer_put(ExportList *out, const ExportPlace *p, i64 layer)
{
    const Shape *s = p->shape;
    const i64    d = s->width, ff = s->ff, S = head_width(s);
    const i64    kv = kv_heads(s) * S, qkv = d + 2 * kv;
    /* muP's factor on q.k goes into the queries, or into their gain. */
    const real   factor = export_attention_factor(s);
    const struct { Slice slice; i64 wide; real scale; } map[] = {
        { { "qkv",  "self_attn.q_proj", d,  0,      d  }, qkv,
          s->qk_norm ? 1 : factor },
        { { "qkv",  "self_attn.k_proj", d,  d,      kv }, qkv,    1 },
        { { "qkv",  "self_attn.v_proj", d,  d + kv, kv }, qkv,    1 },
        { { "proj", "self_attn.o_proj", d,  0,      d  }, d,      1 },
        { { "up",   "mlp.gate_proj",    d,  0,      ff }, 2 * ff, 1 },
        { { "up",   "mlp.up_proj",      d,  ff,     ff }, 2 * ff, 1 },
        { { "down", "mlp.down_proj",    ff, 0,      d  }, d,      1 },
    };
    for (int i = 0; i < COUNT_OF(map); i++)
        slice_put(out, p, layer, &map[i].slice, map[i].wide, map[i].scale);
    gain_put(out, p, layer, "norm1.gain", d, "input_layernorm");
    gain_put(out, p, layer, "norm2.gain", d, "post_attention_layernorm");
    if (!s->qk_norm)
        return;
    SafeTensor *q = gain_put(out, p, layer, "qnorm.gain", S,
                             "self_attn.q_norm");
    q->scale = factor;
    q->scaled = S;
    gain_put(out, p, layer, "knorm.gain", S, "self_attn.k_norm");
}

bool export_llama_has(const Shape *s)
{
    return s->rms && s->rope && s->gated && (s->bare || !s->qk_norm);
}

void export_llama(ExportList *out, const ExportPlace *p)
{
    const Shape *s = p->shape;
    out->family = s->qk_norm ? "Qwen3" : "Llama";
    config_print(&out->config, s);
    export_put(out, export_at(p, "token", 0), s->vocab, s->width,
               "model.embed_tokens.weight");
    for (i64 l = 0; l < s->layers; l++)
        layer_put(out, p, l);
    export_last_norm(out, p, "normf.gain", "model.norm.weight");
    if (!s->tied)
        export_put(out, export_at(p, "head", 0), s->vocab, s->width,
                   "lm_head.weight");
}
