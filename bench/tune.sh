#!/bin/sh
# tune.sh - the sweep behind the demo's rules for batch and learning rate: for
# three widths, losses over a grid of both. About ten minutes on two cores.
#
#     bench/tune.sh [build/scalelaw]     from the top of a clone, after ./demo
#
# Prints a line a run: layers x width, tokens, batch in tokens, rate, held-out
# loss in nats per byte. docs/study.md says what was read from it.

set -eu
program=${1:-build/scalelaw}
out=out/tune

one() { # SHAPE TOKENS BATCH-TOKENS RATE
    "$program" train --corpus=gcide --shape="$1" --context=32 --head_size=8 \
        --tokens="$2" --batch=$(($3 / 32)) --lr="$4" --beta2=0.99 \
        --eval_tokens=524288 --out="$out" --threads=1 --json 2>/dev/null |
        sed -n "s/.*\"val_loss\":\([0-9.]*\).*/$1 $2 $3 $4 \1/p"
}

if [ "${2-}" ]; then
    shift
    one "$@"
    exit
fi
for shape in 2x24:1.3e6 2x32:8e5 3x48:5e5 3x64:3e6; do
    for batch in 128 256 512; do
        for rate in 0.006 0.01 0.016 0.025; do
            echo "$program ${shape%:*} ${shape#*:} $batch $rate"
        done
    done
done | xargs -P "$(nproc)" -L 1 "$0"
