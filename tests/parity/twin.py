#!/usr/bin/env python3
"""twin.py - the same models in PyTorch, in double: every activation, every
gradient, ten steps of training, compared with what tests/parity_live.h wrote.

    twin.py FOLDER        with 0.txt 0.bin 1.txt 1.bin ...

The text says what the numbers of the .bin are (doubles, one array behind the
other): shape, rules of training, tensors, and arrays by name and layer. For
each array, a line comes out:

    CASE KIND NAME LAYER DIFFERENCE

where the difference is the largest of the array's, over the largest number
that the array has here; of losses and norms, of each over itself.

Nothing here was written with the C before the eyes but the contracts: the
formulas of kern.h and transformer.c, the names in slab order, and in muP and
Muon the papers' rules as their headers state them.
"""

import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


class Case:
    def __init__(self, folder, number):
        self.number, self.arrays, self.tensors = number, {}, []
        path = os.path.join(folder, str(number))
        flat = np.fromfile(path + ".bin", dtype=np.float64)
        for line in open(path + ".txt"):
            word, *rest = line.split()
            if word == "shape":
                pairs = (w.split("=") for w in rest)
                self.shape = {k: int(v) for k, v in pairs}
            elif word == "train":
                pairs = (w.split("=") for w in rest)
                self.train = {k: v if k == "optimizer" else float(v)
                              for k, v in pairs}
            elif word == "tensor":
                self.tensors.append(rest)
            elif word == "array":
                name, layer, at, count = rest
                at, count = int(at), int(count)
                key = (name, int(layer))
                part = torch.from_numpy(flat[at:at + count])
                # Scores come some rows at a time.
                self.arrays[key] = (torch.cat([self.arrays[key], part])
                                    if key in self.arrays else part)

    def tell(self, kind, name, layer, ours, theirs):
        """`theirs` is PyTorch's, in whatever shape."""
        theirs = theirs.detach().reshape(-1)
        if ours.numel() != theirs.numel():
            print(self.number, kind, name, layer, "nan")
            return
        far = (ours - theirs).abs()
        if kind == "step":
            far = far / theirs.abs()
            print(self.number, kind, name, layer, far.max().item())
            return
        largest = theirs.abs().max().item()
        print(self.number, kind, name, layer,
              far.max().item() / (largest if largest > 0 else 1))


class Model:
    def __init__(self, case):
        self.s, self.case, self.p = case.shape, case, {}
        flat = case.arrays["param", -1]
        for name, layers, rows, cols, at, *_ in case.tensors:
            size = tuple(map(int, (layers, rows, cols)))
            at, count = int(at), math.prod(size)
            self.p[name] = flat[at:at + count].clone().reshape(
                size).requires_grad_()
        self.seen = {}

    def see(self, name, layer, x):
        self.seen[name, layer] = x
        return x

    def at(self, name, layer):
        return self.p[name][layer] if name in self.p else None

    def norm(self, x, name, layer):
        gain = self.p[name + ".gain"][layer, 0]
        if self.s["rms"]:
            return gain * x / (x.square().mean(-1, True) + 1e-5).sqrt()
        bias = self.p[name + ".bias"][layer, 0]
        return F.layer_norm(x, x.shape[-1:], gain, bias, 1e-5)

    def linear(self, x, name, layer):
        y = x @ self.p[name + ".w"][layer]
        bias = self.at(name + ".b", layer)
        return y if bias is None else y + bias

    def turn(self, x):
        """x[B, heads, T, S]: halves are paired, as in GPT-NeoX."""
        T, S = x.shape[2:]
        rate = 10000.0 ** (-torch.arange(S // 2) * 2.0 / S)
        angle = torch.arange(T).double()[:, None] * rate
        a, b = x.split(S // 2, dim=3)
        cos, sin = angle.cos(), angle.sin()
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=3)

    def attention(self, x, layer):
        s = self.s
        B, T, d = x.shape
        H, S = s["heads"], d // s["heads"]
        KV = s["kv_heads"] or H
        qkv = self.linear(x, "qkv", layer)
        q, k, v = (a.reshape(B, T, -1, S).transpose(1, 2)
                   for a in qkv.split([H * S, KV * S, KV * S], dim=2))
        if s["qk_norm"]:
            q, k = (self.p[n][layer, 0] * a
                    / (a.square().mean(-1, True) + 1e-5).sqrt()
                    for n, a in (("qnorm.gain", q), ("knorm.gain", k)))
        if s["rope"]:
            q, k = self.turn(q), self.turn(k)
        rows = [a.transpose(1, 2).reshape(B, T, -1) for a in (q, k, v)]
        self.see("qkv", layer, torch.cat(rows, dim=2))
        k, v = (a.repeat_interleave(H // KV, dim=1) for a in (k, v))
        base = s["mup_head"] if s["mup_width"] and s["mup_head"] else S
        scores = q @ k.transpose(2, 3) * math.sqrt(base) / S
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weight = scores.masked_fill(future, -math.inf).softmax(dim=3)
        o = (weight @ v).transpose(1, 2).reshape(B, T, d)
        self.see("attention", layer, o)
        return self.linear(o, "proj", layer)

    def feed_forward(self, x, layer):
        a = self.linear(x, "up", layer)
        if self.s["gated"]:
            gate, up = a.split(self.s["ff"], dim=2)
            a = F.silu(gate) * up
        else:
            a = F.gelu(a, approximate="tanh")
        self.see("act", layer, a)
        return self.linear(a, "down", layer)

    def cells(self, x):
        """PyTorch's own LSTM; it holds weights the other way round, and has
        two biases where one says it all. Its h stands in [B, T, d], ours is
        shown by time."""
        s, h = self.s, self.p["token"][0][x]
        self.see("embed", -1, h)
        for layer in range(s["layers"]):
            w, u = self.p["in.w"][layer].T, self.p["state.w"][layer].T
            b = self.p["bias"][layer, 0]
            zero = torch.zeros(1, x.shape[0], s["width"])
            h, _, _ = torch._VF.lstm(h, (zero, zero),
                                     [w, u, b, torch.zeros_like(b)], True, 1,
                                     0.0, True, False, True)
            self.see("out", layer, h.transpose(0, 1))
        return self.see("top", -1, h)

    def scores(self, x):
        s = self.s
        if s["recurrent"]:
            head = self.p["token" if s["tied"] else "head"][0]
            return self.see("scores", -1, self.cells(x) @ head.T)
        h = self.p["token"][0][x]
        if not s["rope"]:
            h = h + self.p["position"][0]
        self.see("embed", -1, h)
        for layer in range(s["layers"]):
            n = self.see("norm1", layer, self.norm(h, "norm1", layer))
            h = self.see("after_attention", layer,
                         h + self.attention(n, layer))
            n = self.see("norm2", layer, self.norm(h, "norm2", layer))
            h = self.see("after_ff", layer, h + self.feed_forward(n, layer))
        n = self.see("normf", -1, self.norm(h, "normf", 0))
        if s["mup_width"]:
            n = n * (s["mup_width"] / s["width"])
        head = self.p["token" if s["tied"] else "head"][0]
        return self.see("scores", -1, n @ head.T)

    def losses(self, x, y):
        """Cross-entropy of each token, and what the gradient is of beside."""
        z = self.scores(x).reshape(-1, self.s["vocab"])
        beside = self.case.train["z_loss"] * z.logsumexp(1).square()
        return F.cross_entropy(z, y.reshape(-1), reduction="none"), beside

    def slab(self, what):
        return torch.cat([what(p).reshape(-1) for p in self.p.values()])


def polar(u):
    """Five steps of Newton and Schulz, with Jordan's coefficients."""
    x = u / u.norm()
    if x.shape[0] > x.shape[1]:
        return polar(u.T).T
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x


class Muon:
    """Of one matrix; its columns are cut where several maps lie in one."""

    def __init__(self, p, cuts, scale):
        self.p, self.scale, self.m = p, scale, torch.zeros_like(p)
        ends = [0] + [c for c in cuts if c] + [p.shape[2]]
        self.parts = list(zip(ends, ends[1:]))

    def step(self, lr, momentum, decay):
        g = self.p.grad
        self.m = momentum * self.m + (1 - momentum) * g
        u = (1 - momentum) * g + momentum * self.m
        with torch.no_grad():
            for layer in range(self.p.shape[0]):
                for a, b in self.parts:
                    p = self.p[layer, :, a:b]
                    size = 0.2 * math.sqrt(max(p.shape) * self.scale)
                    p -= lr * (size * polar(u[layer, :, a:b]) + decay * p)


class Trainer:
    def __init__(self, model, t):
        self.model, self.t, self.muon, self.groups = model, t, [], []
        for name, _, _, _, _, decays, hidden, scale, *cuts in model.case.tensors:
            p, scale = model.p[name], float(scale)
            decay = t["weight_decay"] if int(decays) else 0.0
            if t["optimizer"] == "muon" and int(hidden):
                self.muon.append(Muon(p, list(map(int, cuts)), scale))
            else:
                self.groups.append({"params": [p], "scale": scale,
                                    "weight_decay": decay / scale})
        betas = (t["beta1"], t["beta2"])
        if t["optimizer"] == "sgd":
            for group in self.groups:  # decay outside the momentum, as ours
                group["decay"], group["weight_decay"] = (
                    group["weight_decay"] * group["scale"], 0.0)
            self.opt = torch.optim.SGD(self.groups, lr=1.0,
                                       momentum=t["momentum"])
        else:
            self.opt = torch.optim.AdamW(self.groups, lr=1.0, betas=betas,
                                         eps=t["epsilon"])

    def step(self, x, y, lr):
        for p in self.model.p.values():
            p.grad = None
        loss, beside = self.model.losses(x, y)
        (loss + beside).mean().backward()
        norm = torch.sqrt(sum(p.grad.square().sum()
                              for p in self.model.p.values()))
        clip = self.t["clip"]
        if clip > 0 and norm > clip:
            for p in self.model.p.values():
                p.grad *= clip / norm
        for group in self.opt.param_groups:
            group["lr"] = lr * group["scale"]
            with torch.no_grad():
                for p in group["params"]:
                    p *= 1 - lr * group.get("decay", 0.0)
        self.opt.step()
        for muon in self.muon:
            muon.step(lr, self.t["momentum"], self.t["weight_decay"])
        return loss.mean(), norm


def tokens(case, name, step):
    size = (-1, case.shape["context"])
    return case.arrays[name, step].long().reshape(size)


def compare(case):
    model = Model(case)
    loss, beside = model.losses(tokens(case, "x", -1), tokens(case, "y", -1))
    (loss + beside).mean().backward()
    case.tell("loss", "loss", -1, case.arrays["loss", -1], loss)
    for (name, layer), x in model.seen.items():
        ours = case.arrays.get(("see." + name, layer), torch.empty(0))
        case.tell("activation", name, layer, ours, x)
    for name, layers, rows, cols, at, *_ in case.tensors:
        p = model.p[name]
        ours = case.arrays["grad", -1][int(at):int(at) + p.numel()]
        case.tell("gradient", name, -1, ours, p.grad)

    trainer = Trainer(model, case.train)
    for step in range(int(case.train["steps"])):
        rate = case.arrays["rate", step].item()
        loss, norm = trainer.step(tokens(case, "x", step),
                                  tokens(case, "y", step), rate)
        case.tell("step", "loss", step, case.arrays["step_loss", step], loss)
        case.tell("step", "norm", step, case.arrays["step_norm", step], norm)
    for name, layers, rows, cols, at, *_ in case.tensors:
        p = model.p[name]
        ours = case.arrays["after", -1][int(at):int(at) + p.numel()]
        case.tell("after", name, -1, ours, p)


number = 0
while os.path.exists(os.path.join(sys.argv[1], f"{number}.txt")):
    compare(Case(sys.argv[1], number))
    number += 1
print("cases", number)
