#!/usr/bin/env python3
"""peer_torch.py - a training step as a PyTorch user would write it, for
`scalelaw bench train` to time beside its own.

A plain GPT-2: layer norm before each half, learned positions, tanh-GELU, tied
head; AdamW with clipping, as here; random tokens that are ready in memory. The
best of several ways to run it is looked for at each shape: single precision
and bfloat16 (autocast: 32-bit master weights), attention by hand or fused,
traced, compiled, optimizers fused or by lists, whatever this PyTorch has.

It answers lines, one each, and ends with its input:

    open LAYERS WIDTH HEADS VOCAB BATCH CONTEXT THREADS wall|cpu|cuda:N [WAY]
        ready DTYPE NAME       or  no WHY
    steps N
        took SECONDS           all N steps
    memory
        peak BYTES             of this process, or its device, so far
    rate
        rate FLOPS             of the device in one large product of bfloat16
    tried
        ways NAME MS, NAME MS ...

On a device WAY is eager or compile: bfloat16 products by autocast, fused
attention and AdamW, and torch.compile (which then replays CUDA graphs) or not;
its clock is stopped when the device is done.
"""

import math
import os
import sys
import time
import warnings

# Debian's 1.13 takes AVX2 unless it is told.
if "avx512f" in open("/proc/cpuinfo").read():
    os.environ.setdefault("ATEN_CPU_CAPABILITY", "avx512")

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

warnings.filterwarnings("ignore")  # of what tracing makes constant

CLIP = 1.0
TRIAL_S = 1.0  # for each way, after its first step


class Block(nn.Module):
    def __init__(self, width, heads, context, fused):
        super().__init__()
        self.heads, self.fused = heads, fused
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        future = torch.full((context, context), -math.inf).triu(1)
        self.register_buffer("future", future)

    def attention(self, x):
        batch, context, width = x.shape
        q, k, v = (a.view(batch, context, self.heads, -1).transpose(1, 2)
                   for a in self.qkv(x).split(width, dim=2))
        if self.fused:
            o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scale = 1 / math.sqrt(width // self.heads)
            scores = (q * scale) @ k.transpose(2, 3) + self.future.to(q.dtype)
            o = scores.softmax(dim=3).to(v.dtype) @ v
        return self.proj(o.transpose(1, 2).reshape(batch, context, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        a = F.gelu(self.up(self.norm2(x)), approximate="tanh")
        return x + self.down(a)


class Model(nn.Module):
    def __init__(self, layers, width, heads, vocab, context, fused):
        super().__init__()
        self.token = nn.Embedding(vocab, width)
        self.position = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(
            Block(width, heads, context, fused) for _ in range(layers))
        self.normf = nn.LayerNorm(width)
        self.register_buffer("places", torch.arange(context))
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)

    def forward(self, x, y):
        h = self.token(x) + self.position(self.places)
        for block in self.blocks:
            h = block(h)
        z = F.linear(self.normf(h), self.token.weight)
        return F.cross_entropy(z.view(-1, z.shape[-1]), y.view(-1))


def optimizer(model, how):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": matrices, "weight_decay": 0.1},
              {"params": others, "weight_decay": 0.0}]
    extra = {} if how == "plain" else {how: True}
    return torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.95), **extra)


def shape_of(words):
    names = ("layers", "width", "heads", "vocab", "batch", "context")
    return dict(zip(names, map(int, words)))


class Way:
    """One way to take a step; its name says which."""

    def __init__(self, name, s):
        torch.manual_seed(1)
        words = name.split()
        self.name, self.bf16 = name, words[0] == "bf16"
        self.model = Model(s["layers"], s["width"], s["heads"], s["vocab"],
                           s["context"], "sdpa" in words)
        # While ways are chosen, one thread's own time: a busy machine must
        # not decide.
        alone = torch.get_num_threads() == 1
        self.clock = time.process_time if alone else time.perf_counter
        size = (s["batch"], s["context"])
        self.x, self.y = (torch.randint(s["vocab"], size) for _ in "xy")
        self.device = s.get("device", torch.device("cpu"))
        self.model.to(self.device)
        self.x, self.y = self.x.to(self.device), self.y.to(self.device)
        self.loss = self.model
        if "jit" in words:
            with self.cast():
                self.loss = torch.jit.trace(self.model, (self.x, self.y),
                                            check_trace=False)
        if "compile" in words:
            self.loss = torch.compile(self.model)
        if "graphs" in words:
            self.loss = torch.compile(self.model, mode="reduce-overhead")
        how = [w for w in words if w in ("foreach", "fused")]
        self.adamw = optimizer(self.model, how[0] if how else "plain")

    def cast(self):
        return torch.autocast(self.device.type, torch.bfloat16,
                              enabled=self.bf16)

    def wait(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def step(self):
        with self.cast():
            loss = self.loss(self.x, self.y)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.adamw.step()
        self.adamw.zero_grad(set_to_none=True)

    def steps(self, n):
        self.wait()
        start = self.clock()
        for _ in range(n):
            self.step()
        self.wait()
        return self.clock() - start

    def trial_ms(self):
        """The best step within about a second, after the first ones."""
        best, spent = math.inf, self.steps(1)
        spent = 0 if spent < TRIAL_S else spent
        while spent < TRIAL_S or best == math.inf:
            took = self.steps(1)
            best, spent = min(best, took), spent + took
        return 1e3 * best


def names():
    """All ways that this PyTorch can be asked for."""
    lists = "foreach"
    newer = hasattr(F, "scaled_dot_product_attention")
    if newer:
        try:
            optimizer(nn.Linear(2, 2), "fused")
            lists = "fused"
        except (RuntimeError, TypeError, ValueError):
            pass
    bodies = ["", " jit"] + ([" sdpa"] if newer else [])
    if hasattr(torch, "compile") and "SCALELAW_TORCH_COMPILE" in os.environ:
        bodies += [" compile", " sdpa compile"]
    return [dtype + body + " " + lists for dtype in ("fp32", "bf16")
            for body in bodies]


def choose(s, wanted):
    """The quickest way, kept; the others are let go before the next."""
    best, best_ms, tried = None, math.inf, []
    for name in [n for n in names() if wanted in (None, n, n.split()[0])]:
        try:
            way = Way(name, s)
            ms = way.trial_ms()
        except (RuntimeError, TypeError) as why:
            tried.append((name, math.nan))
            print(f"{name}: {str(why).splitlines()[-1]}", file=sys.stderr)
            continue
        tried.append((name, ms))
        if ms < best_ms:
            best, best_ms = way, ms
    return best, tried


def open_far(s, device, wanted):
    """The one way that was asked for, on a device."""
    if not torch.cuda.is_available():
        return None, "this PyTorch has no CUDA device"
    s["device"] = torch.device(device)
    torch.backends.cuda.matmul.allow_tf32 = True
    ways = ["graphs ", "compile "] if wanted == "compile" else [""]
    for way in ways:
        try:
            made = Way("bf16 sdpa " + way + "fused", s)
            made.clock = time.perf_counter
            made.steps(3)  # compiles, and chooses its kernels
            return made, None
        except Exception as wrong:  # compilers fail in many ways
            lines = str(wrong).splitlines() or [repr(wrong)]
            print(f"{way}: {lines[-1]}", file=sys.stderr)
    return None, lines[-1]


def rate():
    """FLOP/s of the best of a few large products."""
    side, best = 8192, 0.0
    if not way or way.device.type != "cuda":
        return "no device"
    a, b = (torch.randn(side, side, device=way.device).bfloat16()
            for _ in "ab")
    for _ in range(5):
        way.wait()
        start = time.perf_counter()
        for _ in range(10):
            a @ b
        way.wait()
        best = max(best, 20 * side ** 3 / (time.perf_counter() - start))
    return f"rate {best:.6g}"


def forget_peak():
    """What was held while choosing is not what training takes."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak_bytes():
    if way and way.device.type == "cuda":
        return torch.cuda.max_memory_allocated(way.device)
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return 1024 * int(line.split()[1])
    return 0


def answer(line):
    global way, tried
    words = line.split()
    if words[0] == "open":
        torch.set_num_threads(int(words[7]))
        wanted = " ".join(words[9:]) or None
        way, tried = None, []
        if words[8] not in ("wall", "cpu"):
            way, why = open_far(shape_of(words[1:7]), words[8], wanted)
            if not way:
                return f"no: {why}"
            version = torch.__version__.split("+")[0]
            return f"ready bf16 torch {version} {way.name}"
        way, tried = choose(shape_of(words[1:7]), wanted)
        if not way:
            return "no way of taking a step works here"
        way.clock = (time.process_time if words[8] == "cpu"
                     else time.perf_counter)
        forget_peak()
        dtype = "bf16" if way.bf16 else "fp32"
        version = torch.__version__.split("+")[0]
        return f"ready {dtype} torch {version} {way.name}"
    if words[0] == "steps":
        return f"took {way.steps(int(words[1])):.9f}"
    if words[0] == "memory":
        return f"peak {peak_bytes()}"
    if words[0] == "rate":
        return rate()
    if words[0] == "tried":
        return "ways " + ", ".join(f"{n} {ms:.3f}" for n, ms in tried)
    return "no such question"


way, tried = None, []
for question in sys.stdin:
    print(answer(question), flush=True)
