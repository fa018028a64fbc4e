#!/bin/sh
# bf16.sh - does training in bf16 come out where training in fp32 does? Three
# sizes, some seeds, each run once in either; a seed decides first weights and
# the order of the text, so a pair of runs differs in nothing but the rounding.
#
#     bench/bf16.sh [build/scalelaw] [SEEDS]    from the top of a clone, after
#                                               ./demo; 5 seeds: 5 minutes
#
# Two tables. Ends: mean held-out loss of the last evaluation, the seeds'
# standard deviation, and bf16 less fp32: its mean over pairs with its standard
# error, and as a share of the seeds' deviation. Curves: the same difference at
# each evaluation on the way. Runs are kept in out/bf16; what is there already
# is not trained again. docs/numerics.md says what was seen.

set -eu
program=${1:-build/scalelaw}
seeds=${2:-5}
out=out/bf16
lines=$out/lines

one() { # SHAPE TOKENS DTYPE SEED: the run's folder
    "$program" train --corpus=gcide --shape="$1" --context=256 --batch=4 \
        --tokens="$2" --dtype="$3" --seed="$4" --eval_tokens=524288 \
        --eval_points=12 --eval_point_tokens=65536 --name="$1-$3-$4" \
        --out="$out" --threads=1 --json 2>/dev/null |
        sed -n 's/^{"schema":1,"id":"\([^"]*\)".*/\1/p'
}

# SHAPE DTYPE SEED STEP LOSS for each evaluation on the way, and with the step
# `end` for the last.
tell() { # FOLDER SHAPE DTYPE SEED
    sed -n 's/.*"step":\([0-9]*\),.*"val_loss":\([0-9.]*\),.*/\1 \2/p' \
        "$1/metrics.jsonl" | sed "s/^/$2 $3 $4 /"
    sed -n "s/.*\"val_loss\":\([0-9.]*\),.*/$2 $3 $4 end \1/p" "$1/run.json"
}

mkdir -p "$out"
: >"$lines"
for size in 2x32:2e6 2x64:2e6 3x96:1e6; do
    for seed in $(seq "$seeds"); do
        for dtype in fp32 bf16; do
            id=$(one "${size%:*}" "${size#*:}" "$dtype" "$seed")
            [ "$id" ] || { echo "a run of $size did not end" >&2; exit 1; }
            tell "$out/runs/$id" "${size%:*}" "$dtype" "$seed" >>"$lines"
        done
    done
done

awk '
    { loss[$1, $4, $2, $3] = $5
      if (!(($1, $4) in seen)) { seen[$1, $4] = 1; key[n++] = $1 " " $4 }
      if ($3 > seeds) seeds = $3 }
    function row(shape, step,   s, x, d, mx, md, sx, sd) {
        mx = md = sx = sd = 0
        for (s = 1; s <= seeds; s++) {
            mx += loss[shape, step, "fp32", s] / seeds
            md += (loss[shape, step, "bf16", s] \
                   - loss[shape, step, "fp32", s]) / seeds
        }
        for (s = 1; s <= seeds; s++) {
            x = loss[shape, step, "fp32", s] - mx
            d = loss[shape, step, "bf16", s] - loss[shape, step, "fp32", s] - md
            sx += x * x / (seeds - 1)
            sd += d * d / (seeds - 1)
        }
        printf "%-7s %6s %9.5f %10.5f %9.5f %+10.5f %9.5f %9.2f\n", shape, \
            step, mx, mx + md, sqrt(sx), md, sqrt(sd / seeds), \
            md / sqrt(sx)
    }
    END {
        head = sprintf("%-7s %6s %9s %10s %9s %10s %9s %9s", "shape", \
            "step", "fp32", "bf16", "sd seeds", "bf16-fp32", "its se", \
            "in sd")
        print head
        for (i = 0; i < n; i++) {
            split(key[i], k)
            if (k[2] == "end") row(k[1], k[2])
        }
        print "\n" head
        for (i = 0; i < n; i++) {
            split(key[i], k)
            if (k[2] != "end") row(k[1], k[2])
        }
    }' "$lines"
