#!/usr/bin/env python3
"""peer_scipy.py - the usual way to fit the additive law, for comparison.

Runs as lines "N D loss" on standard input; Huber of ln L (delta 1e-3), the sum
of it, with exact gradients, by SciPy's L-BFGS-B: from one start, and from the
500 starts of Hoffmann et al.'s kind. As `scalelaw bench fit` starts it, rows
look like that command's.
"""

import json
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

DELTA = 1e-3
rows = np.loadtxt(sys.stdin)
ln_n, ln_d, ln_l = np.log(rows).T


def objective(theta):
    """Hoffmann's parameters: a, b, e are logarithms of A, B, E."""
    a, b, e, alpha, beta = theta
    parts = np.stack([a - alpha * ln_n, b - beta * ln_d, np.full_like(ln_n, e)])
    ln_m = logsumexp(parts, axis=0)
    share = np.exp(parts - ln_m)
    r = ln_m - ln_l
    size = np.abs(r)
    value = np.where(size <= DELTA, r * r / 2, DELTA * (size - DELTA / 2)).sum()
    pull = np.clip(r, -DELTA, DELTA)
    grad = np.array([
        (pull * share[0]).sum(), (pull * share[1]).sum(),
        (pull * share[2]).sum(), -(pull * share[0] * ln_n).sum(),
        -(pull * share[1] * ln_d).sum(),
    ])
    return value * 1e3, grad * 1e3  # so that tolerances are not met at once


def starts():
    for alpha in (0.0, 0.5, 1.0, 1.5, 2.0):
        for beta in (0.0, 0.5, 1.0, 1.5, 2.0):
            for e in (-1.0, 0.0):
                for a in (5.0, 15.0):
                    for b in (0.0, 5.0, 10.0, 15.0, 20.0):
                        yield (a, b, e, alpha, beta)


def fit(start):
    return minimize(objective, start, jac=True, method="L-BFGS-B",
                    options={"maxiter": 5000, "maxfun": 5000,
                             "ftol": 1e-15, "gtol": 1e-10})


def tell(what, count, seconds, best):
    if "--json" in sys.argv:
        print(json.dumps({"bench": "fit", "what": what, "runs": len(rows),
                          "starts": count, "ms_min": 1e3 * seconds,
                          "objective": best}))
    else:
        print(f"{what:<34} {len(rows):>8} {count:>7} {1:>8} "
              f"{1e3 * seconds:>8.1f} ms   objective {best:.10g}")


clock = time.process_time  # a busy machine is not the peer's fault
single = []
for _ in range(5):
    began = clock()
    one = fit((5.0, 5.0, 0.0, 0.5, 0.5))
    single.append(clock() - began)
tell("SciPy L-BFGS-B, 1 start", 1, min(single), one.fun / 1e3)

began = clock()
ends = [fit(start).fun / 1e3 for start in starts()]
tell("SciPy L-BFGS-B, 500 starts", len(ends), clock() - began, min(ends))
