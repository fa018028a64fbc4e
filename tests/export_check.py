"""export_check.py - an exported model, read by another hand.

    export_check.py DIR SCORES.jsonl TEXT      prints ok / not ok / skip lines

Reads model.safetensors with nothing but the description of the format, runs
GPT-2 or Llama in double with numpy, and holds its scores to those that
`scalelaw sample --scores` printed for the text of the file TEXT. The tokens of
the text are made anew from tokenizer.json. With torch the forward pass is done
once more with torch's own functions; with transformers the folder is loaded.
"""
import json
import re
import struct
import sys

import numpy as np

folder, scores_path, text_path = sys.argv[1:4]


def check(truth, promise, seen=""):
    print(f"ok {promise}" if truth else f"not ok {promise}\n   {seen}")


def read_safetensors(path):
    raw = open(path, "rb").read()
    (size,) = struct.unpack("<Q", raw[:8])
    head = json.loads(raw[8:8 + size])
    data = raw[8 + size:]
    check(size % 8 == 0, "the header ends on a multiple of 8")
    arrays, end = {}, 0
    for name, about in head.items():
        if name == "__metadata__":
            continue
        a, b = about["data_offsets"]
        shape = about["shape"]
        if a != end or about["dtype"] != "F32" or \
                b - a != 4 * int(np.prod(shape)):
            check(False, "arrays follow one another", (name, about))
        end = b
        arrays[name] = np.frombuffer(data[a:b], "<f4").reshape(shape) \
            .astype(np.float64)
    check(end == len(data), "and nothing is left over", (end, len(data)))
    return arrays


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def attend(q, k, v):
    """[heads, T, S] each, causal."""
    T, S = q.shape[1:]
    z = q @ k.transpose(0, 2, 1) / np.sqrt(S)
    z[:, np.triu(np.ones((T, T), bool), 1)] = -np.inf
    return softmax(z) @ v


def gpt2(w, c, x):
    p = "transformer."
    H, d = c["n_head"], c["n_embd"]
    S, T = d // H, len(x)

    def norm(h, name):
        m = h - h.mean(-1, keepdims=True)
        h = m / np.sqrt((m * m).mean(-1, keepdims=True)
                        + c["layer_norm_epsilon"])
        return h * w[name + ".weight"] + w[name + ".bias"]

    def conv1d(h, name):
        return h @ w[name + ".weight"] + w[name + ".bias"]

    def gelu_new(u):
        return 0.5 * u * (1 + np.tanh(np.sqrt(2 / np.pi)
                                      * (u + 0.044715 * u ** 3)))

    h = w[p + "wte.weight"][x] + w[p + "wpe.weight"][:T]
    for i in range(c["n_layer"]):
        q = f"{p}h.{i}."
        qkv = conv1d(norm(h, q + "ln_1"), q + "attn.c_attn")
        heads = [part.reshape(T, H, S).transpose(1, 0, 2)
                 for part in np.split(qkv, 3, -1)]
        o = attend(*heads).transpose(1, 0, 2).reshape(T, d)
        h = h + conv1d(o, q + "attn.c_proj")
        h = h + conv1d(gelu_new(conv1d(norm(h, q + "ln_2"), q + "mlp.c_fc")),
                       q + "mlp.c_proj")
    head = w[p + "wte.weight"] if c["tie_word_embeddings"] \
        else w["lm_head.weight"]
    return norm(h, p + "ln_f") @ head.T


def llama(w, c, x):
    p = "model."
    H, KV, d = c["num_attention_heads"], c["num_key_value_heads"], \
        c["hidden_size"]
    S, T = c.get("head_dim", d // H), len(x)

    def norm(h, name):
        h = h / np.sqrt((h * h).mean(-1, keepdims=True) + c["rms_norm_eps"])
        return h * w[name + ".weight"]

    def linear(h, name):
        return h @ w[name + ".weight"].T + w.get(name + ".bias", 0)

    def turn(h):  # rotate_half of transformers' modeling_llama
        rate = c["rope_theta"] ** (-np.arange(0, S, 2) / S)
        angle = np.arange(T)[:, None] * rate
        cos = np.cos(np.concatenate([angle, angle], 1))
        sin = np.sin(np.concatenate([angle, angle], 1))
        half = np.concatenate([-h[..., S // 2:], h[..., :S // 2]], -1)
        return h * cos + half * sin

    def heads(h, name, count, extra):
        h = linear(h, name + "_proj").reshape(T, count, S)
        if extra + ".weight" in w:
            h = norm(h, extra)
        return h.transpose(1, 0, 2)

    h = w[p + "embed_tokens.weight"][x]
    for i in range(c["num_hidden_layers"]):
        q = f"{p}layers.{i}."
        n, a = norm(h, q + "input_layernorm"), q + "self_attn."
        Q = turn(heads(n, a + "q", H, a + "q_norm"))
        K = turn(heads(n, a + "k", KV, a + "k_norm"))
        V = heads(n, a + "v", KV, "none")
        K, V = (np.repeat(m, H // KV, 0) for m in (K, V))
        o = attend(Q, K, V).transpose(1, 0, 2).reshape(T, H * S)
        h = h + linear(o, a + "o_proj")
        n = norm(h, q + "post_attention_layernorm")
        g = linear(n, q + "mlp.gate_proj")
        g = g / (1 + np.exp(-g)) * linear(n, q + "mlp.up_proj")
        h = h + linear(g, q + "mlp.down_proj")
    head = w[p + "embed_tokens.weight"] if c["tie_word_embeddings"] \
        else w["lm_head.weight"]
    return norm(h, p + "norm") @ head.T


def torch_gpt2(w, c, x):
    import torch
    from torch.nn import functional as F
    w = {name: torch.tensor(a) for name, a in w.items()}
    H, d, T, p = c["n_head"], c["n_embd"], len(x), "transformer."

    def norm(h, name):
        return F.layer_norm(h, (d,), w[name + ".weight"], w[name + ".bias"],
                            c["layer_norm_epsilon"])

    def conv1d(h, name):
        return torch.addmm(w[name + ".bias"], h, w[name + ".weight"])

    mask = torch.full((T, T), float("-inf"), dtype=torch.float64).triu(1)
    h = F.embedding(torch.tensor(x), w[p + "wte.weight"]) \
        + w[p + "wpe.weight"][:T]
    for i in range(c["n_layer"]):
        q = f"{p}h.{i}."
        Q, K, V = (m.view(T, H, d // H).transpose(0, 1) for m in conv1d(
            norm(h, q + "ln_1"), q + "attn.c_attn").split(d, 1))
        z = Q @ K.transpose(1, 2) / (d // H) ** 0.5 + mask
        o = (z.softmax(-1) @ V).transpose(0, 1).reshape(T, d)
        h = h + conv1d(o, q + "attn.c_proj")
        u = conv1d(norm(h, q + "ln_2"), q + "mlp.c_fc")
        try:
            u = F.gelu(u, approximate="tanh")
        except TypeError:
            u = 0.5 * u * (1 + torch.tanh((2 / torch.pi) ** 0.5
                                          * (u + 0.044715 * u ** 3)))
        h = h + conv1d(u, q + "mlp.c_proj")
    head = w[p + "wte.weight"] if c["tie_word_embeddings"] \
        else w["lm_head.weight"]
    return (norm(h, p + "ln_f") @ head.T).numpy()


def tokenize(path, text):
    """tokenizer.json as its fields say, in plain Python."""
    t = json.load(open(path))
    split, level = t["pre_tokenizer"]["pretokenizers"]
    pattern = split["pattern"]["Regex"]
    pattern = re.sub(r"\\x\{([0-9A-F]+)\}",
                     lambda m: re.escape(chr(int(m[1], 16))), pattern)
    shown = list(range(33, 127)) + list(range(161, 173)) + \
        list(range(174, 256))
    letter, more = {b: chr(b) for b in shown}, 256
    for b in range(256):
        if b not in letter:
            letter[b], more = chr(more), more + 1
    vocab = t["model"]["vocab"]
    rank = {tuple(m.split(" ")): i
            for i, m in enumerate(t["model"]["merges"])}
    ids = []
    pieces = re.findall(pattern, text)
    check("".join(pieces) == text, "the expression takes every character")
    for piece in pieces:
        word = [letter[b] for b in piece.encode()]
        while len(word) > 1:
            pairs = [(rank.get(p, 1 << 30), i)
                     for i, p in enumerate(zip(word, word[1:]))]
            best, at = min(pairs)
            if best == 1 << 30:
                break
            word[at:at + 2] = [word[at] + word[at + 1]]
        ids += [vocab[part] for part in word]
    return ids


lines = [json.loads(line) for line in open(scores_path)]
ids = [line["token"] for line in lines]
ours = np.array([line["scores"] for line in lines])
config = json.load(open(f"{folder}/config.json"))
text = open(text_path, encoding="utf-8", newline="").read()

weights = read_safetensors(f"{folder}/model.safetensors")
theirs = (gpt2 if config["model_type"] == "gpt2" else llama)(
    weights, config, ids)
spread = ours.std()
worst = np.abs(theirs - ours).max() / spread
check(ours.shape == theirs.shape and spread > 0.1,
      "scores of every token at every place", (ours.shape, spread))
check(worst < 2e-5, "numpy in double finds the same scores", worst)
nats = -np.log(softmax(theirs)[np.arange(len(ids) - 1), ids[1:]])
check(np.allclose(nats, [line["nats"] for line in lines[1:]], atol=1e-4),
      "and the same nats")
check(tokenize(f"{folder}/tokenizer.json", text) == ids,
      "tokenizer.json makes the same tokens of the text")

if config["model_type"] == "gpt2":
    try:
        import torch  # noqa: F401
        worst = np.abs(torch_gpt2(weights, config, ids) - ours).max() / spread
        check(worst < 2e-5, "torch finds the same scores", worst)
    except ImportError:
        print("skip torch finds the same scores: there is no torch here")
try:
    import torch
    import transformers
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        loaded = model(torch.tensor([ids])).logits[0].double().numpy()
    worst = np.abs(loaded - ours).max() / spread
    check(worst < 2e-4, "transformers loads it and finds the same", worst)
    loaded = transformers.AutoTokenizer.from_pretrained(folder)
    check(loaded(text)["input_ids"] == ids, "and so its tokenizer")
    check(loaded.decode(ids) == text, "and back")
except ImportError:
    print("skip transformers loads it: there is no transformers here")
