# memory.sh - what a run says it will hold, before its first step, is what the
# system saw the process hold: within a tenth, for models of 1e4 to 1e7
# parameters, alone and with two threads, on a text of a megabyte and on one
# that is longer than what is held of it at a time; and so for odd shapes: a
# long context, a large batch, many thin layers.
. "$ROOT/tests/cli/say.sh"

if grep -q '^SCALELAW_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt"; then
    skip "memory is what was said" "sanitizers take memory of their own"
    exit 0
fi

seq 1 40000 | sed 's/.*/& green bottles hang on the wall;/' >short
for part in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    sed "s/ / $part /" short
done >long
scalelaw corpus prepare short >/dev/null 2>&1
scalelaw corpus prepare long >/dev/null 2>&1

# LINE: "  13.4 MB of memory at most, 13.9 were said"
near() {
    awk '/of memory at most/ { seen = $1; said = $7; n++ }
        END { exit !(n == 1 && said > seen / 1.1 && said < seen * 1.1) }' "$1"
}
below() { awk -v most="$2" '/of memory at most/ { exit !($1 < most) }' "$1"; }

try() { # SHAPE BATCH THREADS CORPUS STEPS [CONTEXT]
    at="$1 x$2 T${6:-256} on $4, $3 threads"
    run scalelaw train --corpus="$4" --shape="$1" --context="${6:-256}" \
        --batch="$2" --threads="$3" --steps="$5" --epochs --eval_points=0 \
        --eval_tokens=8192 --out="kept-$1-$2-$3-$4-${6:-256}"
    ends 0 "$at: trains"
    holds "$at: memory is what was said" near err
}

try 2x16 16 1 short 20
holds "a model of 2e4 parameters stays below 64 MB" below err 64
try 2x16 16 1 long 20
holds "however long its text" below err 64
try 2x64 32 2 long 4
holds "one of 1e5 too" below err 64
try 3x96 16 1 long 2
holds "one of 4e5 too" below err 64
try 4x128 16 1 short 1
holds "one of 9e5 too, on one thread" below err 64
try 2x64 64 1 short 1
holds "however large its batch" below err 64
try 2x64 16 1 short 1 2048
holds "at a context of 2048 too" below err 64
try 60x32 16 2 short 1
try 6x256 4 1 short 1
try 8x384 2 2 short 1
