#!/bin/sh
# table.sh - the table of docs/performance.md: every shape of `bench train
# --table`, ours in fp32 and bf16 and PyTorch in turn, as Markdown. Minutes;
# the two shapes of GPT-2's size take most of them and 6 GB. Meant for a quiet
# machine; on a busy one, `--cpu-time` measures one thread all the same.
#
#     bench/table.sh [build/scalelaw [FLAG...]]      FLAG: --cpu-time, --seconds=3,
#                                                    --threads=2, --peer=none ...
#     bench/table.sh --from ROWS.jsonl               rows that were kept
#
# A row is one shape. "of peak" is of the probe that ran beside; "x" is how many
# times as long PyTorch took as our quicker dtype, by medians, and fp32 as bf16.

set -eu
if [ "${1-}" = --from ]; then
    rows=$2
else
    program=${1:-build/scalelaw}
    [ $# -eq 0 ] || shift
    rows=$(mktemp)
    "$program" bench train --table --dtype=both --json "$@" >"$rows"
    echo "rows as they came: $rows" >&2
fi

awk '
function get(key,    at, rest) { # the number or text behind "key":
    at = index($0, "\"" key "\":")
    if (!at) return ""
    rest = substr($0, at + length(key) + 3)
    if (substr(rest, 1, 1) == "\"") {
        rest = substr(rest, 2)
        return substr(rest, 1, index(rest, "\"") - 1)
    }
    sub(/[,}].*/, "", rest)
    return rest
}
function cell(who) {
    return ((shape, who) in ms) ? \
        sprintf("%.4g / %.4g (%s)", least[shape, who], ms[shape, who], \
                kept[shape, who]) : "-"
}
function percent(who) {
    return ((shape, who) in share) ? \
        sprintf("%.0f %%", 100 * share[shape, who]) : "-"
}
function times(slow, quick) {
    return slow && quick ? sprintf("%.2f", slow / quick) : "-"
}
{
    shape = get("L") ", " get("d_model") ", " get("vocab") "; " \
            get("batch") " x " get("context")
    who = index(get("path"), " ") ? "peer" : get("dtype")
    if (!(shape in seen)) { seen[shape] = 1; order[++n] = shape }
    ms[shape, who] = get("ms_median") + 0
    least[shape, who] = get("ms_min")
    share[shape, who] = get("share_of_peak")
    kept[shape, who] = get("kept") " of " get("samples")
    if (who == "peer") name[shape] = get("path")
}
END {
    print "| L, d, V; B x T | fp32 ms min / median | of peak |" \
          " bf16 ms min / median | of peak | x fp32 | PyTorch ms | x ours |" \
          " its way |"
    print "|---|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= n; i++) {
        shape = order[i]
        best = ms[shape, "fp32"]
        if (((shape, "bf16") in ms) && ms[shape, "bf16"] < best)
            best = ms[shape, "bf16"]
        printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", shape,
               cell("fp32"), percent("fp32"), cell("bf16"), percent("bf16"),
               times(ms[shape, "fp32"], ms[shape, "bf16"]), cell("peer"),
               times(ms[shape, "peer"], best), name[shape]
    }
}' "$rows"
