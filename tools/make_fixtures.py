#!/usr/bin/python3
"""make_fixtures.py - what PyTorch says about the same model.

    apt-get install python3-torch
    /usr/bin/python3 tools/make_fixtures.py tests/fixtures/transformer.txt

Builds a few small Transformers in float64 out of torch.nn.functional and
torch.optim.AdamW, and writes losses, gradients and ten training steps as text.
Weights and tokens come from the formulas below, which tests/parity.h repeats,
so that no weight has to be stored:

    slab[i]     = fill + 0.25 sin(0.37 i i + i)      i counts through the slab
    token(q, t) = 0 if t == 0 else (7 q q + 5 t t + 3 q t + t) mod V

q numbers sequences from the start of the run. Every sequence starts with token
0 and what follows its last token is token 0, so that sequences can be laid
side by side in any order and each still is the same.

Lines of the file:

    case   layers width heads ff vocab context tied batch
    mean   mean loss of sequences 0 .. batch - 1
    loss   index value                a few tokens' losses
    tensor at count sum norm max      gradient of the mean loss, per tensor
    grad   index value                a hundred entries, spread over the slab
    train  steps lr warmup lr_final beta1 beta2 epsilon decay clip
    step   loss norm lr               before the update, norm before clipping
    after  at count sum norm max      parameters at the end, per tensor
    param  index value                a hundred of them
"""

import math
import sys

import torch
import torch.nn.functional as F

CASES = [
    # layers width heads ff vocab context tied batch
    (2, 24, 3, 96, 37, 20, 0, 3),      # sizes that no vector divides
    (3, 16, 2, 48, 50, 33, 1, 2),      # tied, a narrow feed-forward
    (1, 64, 4, 256, 256, 64, 0, 5),
    (2, 32, 2, 128, 256, 256, 0, 2),   # a run of the demo study
]

STEPS, LR, WARMUP, LR_FINAL = 10, 0.01, 0.2, 0.1
BETA1, BETA2, EPSILON, DECAY, CLIP = 0.9, 0.98, 1e-8, 0.1, 1.0
ENTRIES, LOSSES = 100, 16


def tensor_list(L, d, ff, V, T, tied):
    """(rows, cols, layers, fill, decay) of each tensor, in slab order."""
    tensors = [
        ("token", V, d, 1, 0, True), ("position", T, d, 1, 0, True),
        ("norm1.gain", 1, d, L, 1, False), ("norm1.bias", 1, d, L, 0, False),
        ("qkv.w", d, 3 * d, L, 0, True), ("qkv.b", 1, 3 * d, L, 0, False),
        ("proj.w", d, d, L, 0, True), ("proj.b", 1, d, L, 0, False),
        ("norm2.gain", 1, d, L, 1, False), ("norm2.bias", 1, d, L, 0, False),
        ("up.w", d, ff, L, 0, True), ("up.b", 1, ff, L, 0, False),
        ("down.w", ff, d, L, 0, True), ("down.b", 1, d, L, 0, False),
        ("normf.gain", 1, d, 1, 1, False), ("normf.bias", 1, d, 1, 0, False),
    ]
    if not tied:
        tensors.append(("head", V, d, 1, 0, True))
    return tensors


class Model:
    def __init__(self, L, d, H, ff, V, T, tied):
        self.L, self.d, self.H, self.V, self.T = L, d, H, V, T
        self.tied, self.p, self.at, self.decay = tied, {}, {}, {}
        i = 0
        for name, rows, cols, layers, fill, decay in tensor_list(
                L, d, ff, V, T, tied):
            count = layers * rows * cols
            values = [fill + 0.25 * math.sin(0.37 * k * k + k)
                      for k in range(i, i + count)]
            self.p[name] = torch.tensor(values, dtype=torch.float64).reshape(
                layers, rows, cols).requires_grad_()
            self.at[name], self.decay[name] = i, decay
            i += count
        self.count = i

    def attention(self, x, layer):
        B, T, d = x.shape
        p = self.p
        qkv = x @ p["qkv.w"][layer] + p["qkv.b"][layer]
        q, k, v = (a.reshape(B, T, self.H, d // self.H).transpose(1, 2)
                   for a in qkv.split(d, dim=2))
        scores = q @ k.transpose(2, 3) / math.sqrt(d // self.H)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weight = scores.masked_fill(future, -math.inf).softmax(dim=3)
        o = (weight @ v).transpose(1, 2).reshape(B, T, d)
        return o @ p["proj.w"][layer] + p["proj.b"][layer]

    def feed_forward(self, x, layer):
        p = self.p
        a = F.gelu(x @ p["up.w"][layer] + p["up.b"][layer],
                   approximate="tanh")
        return a @ p["down.w"][layer] + p["down.b"][layer]

    def norm(self, x, name, layer):
        return F.layer_norm(x, (self.d,), self.p[name + ".gain"][layer, 0],
                            self.p[name + ".bias"][layer, 0], 1e-5)

    def losses(self, x, y):
        h = self.p["token"][0][x] + self.p["position"][0]
        for layer in range(self.L):
            h = h + self.attention(self.norm(h, "norm1", layer), layer)
            h = h + self.feed_forward(self.norm(h, "norm2", layer), layer)
        head = self.p["token" if self.tied else "head"][0]
        z = self.norm(h, "normf", 0) @ head.T
        return F.cross_entropy(z.reshape(-1, self.V), y.reshape(-1),
                               reduction="none")

    def slab(self, what):
        return torch.cat([what(p).reshape(-1) for p in self.p.values()])


def batch(first, count, T, V):
    """Sequences first .. first + count: tokens, and what came next."""
    x = [[0 if t == 0 else (7 * q * q + 5 * t * t + 3 * q * t + t) % V
          for t in range(T)] for q in range(first, first + count)]
    y = [row[1:] + [0] for row in x]
    return torch.tensor(x), torch.tensor(y)


def rate(step):
    warm = round(WARMUP * STEPS)
    if step < warm:
        return LR * (step + 1) / warm
    t = (step - warm) / (STEPS - warm)
    return LR * (LR_FINAL + (1 - LR_FINAL) * 0.5 * (1 + math.cos(math.pi * t)))


def write_slab(out, model, what, tensor_word, entry_word):
    for name, p in model.p.items():
        a = what(p)
        print(tensor_word, model.at[name], a.numel(), *("%.15g" % v.item() for
              v in (a.sum(), a.norm(), a.abs().max())), file=out)
    slab = model.slab(what)
    for k in range(ENTRIES):
        i = k * (model.count - 1) // (ENTRIES - 1)
        print(entry_word, i, "%.15g" % slab[i].item(), file=out)


def write_case(out, case):
    L, d, H, ff, V, T, tied, B = case
    model = Model(L, d, H, ff, V, T, tied)
    print("case", *case, file=out)

    losses = model.losses(*batch(0, B, T, V))
    losses.mean().backward()
    print("mean", "%.15g" % losses.mean().item(), file=out)
    for k in range(LOSSES):
        i = k * (B * T - 1) // (LOSSES - 1)
        print("loss", i, "%.15g" % losses[i].item(), file=out)
    write_slab(out, model, lambda p: p.grad, "tensor", "grad")
    write_training(out, model, B)


def write_training(out, model, B):
    names = list(model.p)
    optimizer = torch.optim.AdamW(
        [{"params": [model.p[n] for n in names if model.decay[n]],
          "weight_decay": DECAY},
         {"params": [model.p[n] for n in names if not model.decay[n]],
          "weight_decay": 0.0}],
        lr=LR, betas=(BETA1, BETA2), eps=EPSILON)
    print("train", STEPS, LR, WARMUP, LR_FINAL, BETA1, BETA2, EPSILON, DECAY,
          CLIP, file=out)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        optimizer.zero_grad()
        loss = model.losses(*batch(step * B, B, model.T, model.V)).mean()
        loss.backward()
        norm = model.slab(lambda p: p.grad).norm()
        if norm > CLIP:  # torch's own clipping adds 1e-6 to the norm
            for p in model.p.values():
                p.grad *= CLIP / norm
        optimizer.step()
        print("step %.15g %.15g %.15g" % (loss.item(), norm.item(),
                                          rate(step)), file=out)
    write_slab(out, model, lambda p: p.detach(), "after", "param")


def main():
    with open(sys.argv[1], "w") as out:
        print("# made by tools/make_fixtures.py with PyTorch",
              torch.__version__, "in float64", file=out)
        for case in CASES:
            write_case(out, case)


main()
