# study_texts.sh - a study of two texts as a person runs it: one learned first,
# the other after it and from nothing, and again and again; killed on the way,
# it ends the same.
. "$ROOT/tests/cli/say.sh"

seq 1 12000 | sed 's/.*/& green bottles hang on the wall;/' >prose.txt
seq 1 12000 | sed 's/.*/if (& == bottle) hang (wall);/' >code.txt
cat >texts.study <<'END'
name   = "texts"
title  = "Two texts"
corpus = "code.txt"
[model]
context   = 16
head_size = 8
[grid]
counts = "body+head"
epochs = true
[train]
batch_tokens = 256
lr           = 0.02
checkpoint_s = 0
eval_tokens  = 2048
eval_points  = 6
eval_point_tokens = 1024
[arm.pre]
design = "product"
corpus = "prose.txt"
sizes  = ["1x8", "1x16"]
tokens = [40e3]
[arm.scratch]
design = "product"
sizes  = ["1x8", "1x16"]
tokens = [4e3, 12e3, 36e3, 72e3]
seeds  = [1, 2]
[arm.tuned]
design     = "product"
start_from = "pre"
sizes      = ["1x8", "1x16"]
tokens     = [4e3, 8e3, 12e3]
[arm.again]
design = "product"
sizes  = ["1x8", "1x16"]
unique = [12e3]
tokens = [24e3, 36e3]
END

# found KEY FILE: the numbers of one finding, its texts left out.
found() {
    python3 -c 'import json, sys
print(json.dumps(json.load(open(sys.argv[2]))["findings"][sys.argv[1]]["rows"]))' "$@"
}

run scalelaw study texts.study --out=whole --json
ends 0 "a study of two texts"
cp out whole.json
holds "what the first text was worth to the second is found" \
    test "$(found transfer whole.json | grep -o '"d_e"' | wc -l)" -eq 6
holds "and what reading again was worth" \
    test "$(found repeat whole.json | grep -o '"worth"' | wc -l)" -eq 4
holds "both are figures" test -f whole/figures/transfer.svg \
    -a -f whole/figures/overfit.svg
pre=$(basename whole/runs/pre-1x16-*)
holds "a run says whose parameters it began with" \
    grep -q "\"start\":\"$pre\"" whole/runs/tuned-1x16-*/run.json
holds "and how many different tokens it saw" sh -c \
    'grep -q "\"unique_tokens\":1[12][0-9]*," whole/runs/again-1x8-*/run.json'

# Killed at whatever it is doing, three times.
for pause in 0.4 0.6 0.8; do
    scalelaw study texts.study --out=torn --json >/dev/null 2>&1 &
    child=$!
    sleep "$pause"
    kill -9 "$child" 2>/dev/null
    wait "$child" 2>/dev/null
done
run scalelaw study texts.study --out=torn --json
ends 0 "killed three times, it ends"
for what in transfer repeat; do
    found $what whole.json >one
    found $what out >two
    holds "and finds the same of $what" cmp -s one two
done
