# lstm.sh - a stacked LSTM from the command line: trained, shown, gone on from,
# asked for text; what it has not is refused.
. "$ROOT/tests/cli/say.sh"

seq 1 40000 | sed 's/.*/& green bottles hang on the wall;/' >text
run scalelaw corpus prepare text
short="--corpus=text --arch=lstm --shape=2x20 --context=32 --batch=8 \
--steps=120 --lr=0.02 --eval_tokens=1024 --eval_points=2 \
--eval_point_tokens=256"

run scalelaw train $short --dry-run
ends 0 "a dry run says what it would take, and no heads need divide the width"
holds "FLOP, memory and disk are named" grep -q "FLOP.*memory.*disk" err
run scalelaw train $short --out=kept --json
ends 0 "a run trains"
dir=$(echo kept/runs/2x20-*)
holds "its record names the architecture" \
    grep -q '"arch":"lstm".*"recurrent":true' out
# Two layers of 8 maps of 20 x 20 and 4 biases; head and embedding 256 x 20.
for count in body:6560 matrix:6400 head:5120 embed:5120 total:16800; do
    holds "and its parameters: $count" \
        grep -q "\"params_${count%:*}\":${count#*:}," out
done
holds "FLOP a token are six times those that multiply" \
    grep -q '"flop_per_token":69120,' out
# Of its text, which a byte alone foretells to 3 nats.
holds "it learns" awk -v loss="$(grep -o '"val_loss":[0-9.]*' out | cut -d: -f2)" \
    'BEGIN { exit !(loss > 0 && loss < 1.5) }'
grep -ho '"val_loss":[0-9.e-]*' out >one
holds "the loss along the context is kept" test -s "$dir/position.csv"

run scalelaw train $short --threads=2 --out=threads --json
grep -ho '"val_loss":[0-9.e-]*' out >two
holds "two threads train to the same loss, to its last digit" cmp one two
scalelaw runs show "$dir" 2>/dev/null | sed '1,/^config$/d; s/^    //' >again.cfg
run scalelaw train again.cfg --corpus=text --out=again --json
ends 0 "a record's configuration is a file to train from"
grep -ho '"val_loss":[0-9.e-]*' out >two
holds "and gives the same loss" cmp one two
run scalelaw train $short --out=other --dropout=0.2 --tied --optimizer=muon \
    --dtype=bf16
ends 0 "dropout, a tied head, Muon and bf16 are there too"

run scalelaw sample "$dir" --prompt="bott" --tokens=30 --seed=3
ends 0 "it writes"
holds "on from the prompt" grep -q "^bott" out
cp out first
run scalelaw sample "$dir" --prompt="bott" --tokens=30 --seed=3
holds "the same seed writes the same" cmp -s out first
run scalelaw sample "$dir" --prompt="green bottles" --scores
ends 0 "and says what it makes of a text"

refuses 2 "a folder for transformers" "LSTM.*transformers loads no such" \
    scalelaw export "$dir" --out=away
holds "nothing is written" test ! -e away
for option in --norm=rms --position=rope --ff_kind=swiglu --qk_norm \
    --no-bias --kv_heads=1 --mup_width=10 --heads=2 --ff=80 --recipe=llama; do
    refuses 2 "$option" "an LSTM has no such thing.*--arch=transformer" \
        scalelaw train $short $option --out=no
done
refuses 2 "an architecture that is none" "gru.*such as transformer" \
    scalelaw train $short --arch=gru --head_size=20 --out=no
holds "what is refused leaves nothing" test ! -e no
refuses 2 "a check of muP's coordinates" "arch" \
    scalelaw coordcheck --arch=lstm

# A study of them: a ladder without heads.
cat >cells.study <<'EOF'
name   = "cells"
corpus = "text"

[model]
arch    = "lstm"
context = 32

[grid]
sizes     = ["1x9", "1x10", "1x11", "1x12", "1x14", "1x16", "1x18", "1x22", "2x20", "2x25"]
budgets   = [5e8, 1e9]
holdout   = false
centre_n  = 5000
centre_c  = 7e8
spread    = 1.5
sizes_min = 3

[train]
batch_tokens      = 256
lr                = 0.02
eval_tokens       = 2048
eval_points       = 2
eval_point_tokens = 512

[fit]
resamples = 20
EOF
run scalelaw study cells.study --out=study/s
holds "a study of LSTMs trains (it may find no law)" \
    test "$(ls -d study/s/runs/*/DONE | wc -l)" -ge 6
holds "every run of it is one" \
    test "$(grep -L '"recurrent":true' study/s/runs/*/run.json | wc -l)" -eq 0
run scalelaw runs list study/s
ends 0 "and is listed"
