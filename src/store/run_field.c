/* run_field.c - the one list of what a run record holds. */

#include "store/run_field.h"

#include <string.h>

#define SAY(name, member, about) FIELD(Run, name, member, about)
#define END(name, member, about) \
    { name, FIELD_KIND(Run, member), offsetof(Run, member), true, false, about }
#define LATE(name, member, about) \
    { name, FIELD_KIND(Run, member), offsetof(Run, member), false, true, about }

const Field run_field[] = {
    SAY("id",        id,        "name and hash of what decides the result"),
    SAY("name",      name,      "as the study calls it"),
    SAY("study",     study,     NULL),
    SAY("group",     group,     "what it is for: fit, holdout"),
    SAY("config",    config,    "configuration as merged"),
    SAY("code",      code,      "version that trained it"),
    SAY("host",      host,      "machine"),
    SAY("started",   started,   "UTC"),
    SAY("corpus",    corpus,    NULL),
    SAY("corpus_sha256", corpus_sha256, "of its tokens"),
    SAY("tokenizer", tokenizer, NULL),
    SAY("bytes_per_token", bytes_per_token, "of the held-out text"),
    SAY("entropy_nats", entropy_nats, "nats a token, of a known source"),
    SAY("entropy_se", entropy_se, "its standard error"),

    SAY("arch",      arch,           NULL),
    SAY("layers",    shape.layers,   "L"),
    SAY("width",     shape.width,    "d, of the residual stream"),
    SAY("heads",     shape.heads,    "attention heads"),
    SAY("ff",        shape.ff,       "width of the feed-forward"),
    SAY("vocab",     shape.vocab,    "V, tokens it knows"),
    SAY("context",   shape.context,  "T, tokens it sees"),
    SAY("tied",      shape.tied,     "the head is the token embedding"),
    LATE("kv_heads", shape.kv_heads, "heads of keys and values; 0: as heads"),
    LATE("rms",      shape.rms,      "norms are RMS norms"),
    LATE("rope",     shape.rope,     "positions turn queries and keys"),
    LATE("gated",    shape.gated,    "the feed-forward is a SwiGLU"),
    LATE("qk_norm",  shape.qk_norm,  "queries and keys are normed"),
    LATE("bare",     shape.bare,     "linear maps have no biases"),
    LATE("recurrent", shape.recurrent, "a stacked LSTM: no heads, no ff"),
    LATE("mup_width", shape.mup_width, "base width of muP; 0: standard"),
    LATE("mup_head", shape.mup_head, "its head size; 0: as here"),
    SAY("params_body",   params.body,   "layers with biases and norms"),
    SAY("params_matrix", params.matrix, "matrices of the layers: Kaplan's N"),
    SAY("params_head",   params.head,   "0 if tied"),
    SAY("params_embed",  params.embed,  "tokens and positions"),
    SAY("params_total",  params.total,  "body + head + embed"),
    SAY("flop_qkv",     flops.qkv,     "FLOP a token, forward, causal"),
    SAY("flop_scores",  flops.scores,  "FLOP a token, forward, causal"),
    SAY("flop_values",  flops.values,  "FLOP a token, forward, causal"),
    SAY("flop_proj",    flops.proj,    "FLOP a token, forward"),
    SAY("flop_ff",      flops.ff,      "FLOP a token, forward"),
    SAY("flop_head",    flops.head,    "FLOP a token, forward"),
    SAY("flop_embed",   flops.embed,   "2 V d, a convention: none are done"),
    SAY("flop_softmax", flops.softmax, "3 H T, a convention"),
    SAY("flop_per_token", flop_per_token, "FLOP a token, to train: exact"),
    SAY("budget",       budget,        "FLOP that the study gave it"),
    SAY("batch_tokens", batch_tokens,  "tokens a step"),
    SAY("steps",        steps,         "planned"),
    SAY("lr",           lr,            "peak learning rate"),
    SAY("schedule",     schedule,      "of the learning rate"),
    SAY("optimizer",    optimizer,     NULL),
    SAY("seed",         seed,          "of initial weights and data order"),
    SAY("dtype",        dtype,         "products are taken in: fp32, bf16"),
    SAY("kernels",      kernels,       NULL),
    SAY("trunk",        trunk,         "run that it branched from"),
    SAY("trunk_step",   trunk_step,    "and after how many of its steps"),
    SAY("start",        start,         "run whose parameters it began with"),
    SAY("start_step",   start_step,    "of its steps; at its end if none"),

    END("status",       status,        "done, diverged, plateau, interrupted"),
    END("reason",       reason,        NULL),
    END("tokens",       tokens,        "D, trained on, repeats included"),
    END("unique_tokens", unique_tokens, "U, different ones"),
    END("epochs",       epochs,        "times through the corpus"),
    END("flop",         flop,          "C, exact: flop_per_token * tokens"),
    END("flop_new",     flop_new,      "of C, what its trunk had not done"),
    END("flop_6nd",     flop_6nd,      "6 * params_total * tokens"),
    END("train_loss",   train_loss,    "nats a token, end of the run"),
    END("val_loss",     val_loss,      "nats a token, held-out text"),
    END("val_se",       val_se,        "its standard error"),
    END("val_bpb",      val_bpb,       "bits a byte, held-out text"),
    END("val_tokens",   val_tokens,    "measured on"),
    END("least_loss",   least_loss,    "least on the way, on fewer tokens"),
    END("least_step",   least_step,    "and after how many steps"),
    END("spikes",       spikes,        "jumps of the smoothed training loss"),
    END("wall_s",       wall_s,        "seconds, all segments"),
    END("tok_per_s",    tok_per_s,     "training speed"),
    END("joules",       joules,        "energy, where it can be measured"),
    END("resumed",      resumed,       "times it went on from a stop"),
};
const int run_nfield = COUNT_OF(run_field);

const Field *run_field_find(const char *name)
{
    for (int i = 0; i < run_nfield; i++)
        if (strcmp(run_field[i].name, name) == 0)
            return &run_field[i];
    return NULL;
}

Value run_value(const Run *run, const Field *field)
{
    Value v = field_value(field, run);
    v.none  = v.none || (field->outcome && !run->status);
    return v;
}

void run_jot(Jot *j, const char *key, const Run *run)
{
    jot_object(j, key);
    jot_count(j, "schema", RUN_SCHEMA);
    fields_jot(j, run_field, run_nfield, run, run->status != NULL);
    jot_end(j);
}
