# train.sh - one run from the command line: trained, shown, stopped, gone on
# from, refused, sampled.
. "$ROOT/tests/cli/say.sh"

seq 1 40000 | sed 's/.*/& green bottles hang on the wall;/' >text
run scalelaw corpus prepare text
short="--corpus=text --shape=2x16 --context=32 --batch=4 --steps=60 \
--eval_tokens=1024 --eval_points=2 --eval_point_tokens=256 --out=kept"

run scalelaw train $short --dry-run
ends 0 "a dry run says what it would take"
holds "FLOP, memory and disk are named" grep -q "FLOP.*memory.*disk" err
holds "a dry run writes nothing" test ! -e kept

run scalelaw train $short
ends 0 "a run trains"
holds "its record is shown" grep -q "^status  *done" out
dir=$(echo kept/runs/2x16-*)
holds "the record is whole" test -f "$dir/DONE" -a -f "$dir/run.json" \
    -a -f "$dir/metrics.jsonl" -a -f "$dir/checkpoint"
holds "tokens are steps x batch x context" grep -q "^tokens  *7680 " out

cp "$dir/run.json" first.json
run scalelaw train $short --json
ends 0 "a finished run is not trained again"
holds "and --json is its record" cmp -s out first.json

run scalelaw train $short --tokens=7680
ends 2 "steps and tokens both are refused"

# loss FILE...: the line of the loss, to its last digit.
loss() { grep -ho '"val_loss":[0-9.e-]*' "$@"; }

# The configuration in a record is a file to train from.
scalelaw runs show "$dir" 2>/dev/null | sed '1,/^config$/d; s/^    //' >again.cfg
run scalelaw train again.cfg --corpus=text --out=again
ends 0 "a record's configuration is a file to train from"
holds "and gives the same run" test -d "again/runs/$(basename "$dir")"
loss "$dir/run.json" >one
loss again/runs/*/run.json >two
holds "which has a loss" test -s one
holds "the same to its last digit" cmp one two

# Threads change no bit.
run scalelaw train $short --threads=3 --out=threads --json
ends 0 "three threads train"
loss out >two
holds "to the same loss" cmp one two

# A trunk, and branches that cool down from it: each the run in one piece.
trunk="--corpus=text --shape=2x16 --context=32 --batch=4 --eval_tokens=1024 \
--eval_points=0 --warmup_steps=5"
run scalelaw train $trunk --schedule=constant --steps=80 --keep=40,60 --out=wsd
ends 0 "a trunk trains"
stem=$(basename wsd/runs/2x16-*)
holds "and keeps the checkpoints of named steps" \
    test -f "wsd/runs/$stem/checkpoint-40" -a -f "wsd/runs/$stem/checkpoint-60"
run scalelaw train --branch="$stem" --at=40 --cooldown_steps=20 --out=wsd --json
ends 0 "a branch cools down from one of them"
cp out branch.json
loss branch.json >one
run scalelaw train $trunk --schedule=wsd --steps=60 --cooldown_steps=20 \
    --out=piece --json
loss out >two
holds "to the loss of the run in one piece, to its last digit" cmp one two
holds "its record names the trunk" grep -q "\"trunk\":\"$stem\"" branch.json
holds "and where it left it" grep -q '"trunk_step":40' branch.json
holds "tokens are the trunk's and its own" grep -q '"tokens":7680' branch.json
run scalelaw runs export wsd
ends 0 "runs are exported"
holds "branches beside their trunk, as one cluster" \
    test "$(tr ',' '\n' <out | grep -cx "$stem")" -eq 4
run scalelaw train --branch="$stem" --out=wsd
ends 0 "a trunk's last step needs not be named"
holds "a fifth of all steps cools down" \
    test "$(grep -h '"steps":100' wsd/runs/2x16-at80-*/run.json)"
scalelaw runs show wsd/runs/2x16-at40-* 2>/dev/null |
    sed '1,/^config$/d; s/^    //' >again.cfg
run scalelaw train again.cfg --corpus=text --out=again --json
ends 0 "a branch's configuration is a file to train from"
loss out >two
holds "and gives the same loss" cmp one two
holds "of the same trunk" grep -q "\"trunk\":\"$stem\"" out
refuses 2 "a step that was not kept" "kept: 40, 60.*--at" \
    scalelaw train --branch="$stem" --at=50 --out=wsd
refuses 2 "another rate than the trunk's" "another configuration" \
    scalelaw train --branch="$stem" --at=40 --lr=0.5 --out=wsd
refuses 2 "a trunk that is none" "nosuch is no run.*folder" \
    scalelaw train --branch=nosuch --at=40 --out=wsd
refuses 2 "an end before the start" "no step is left" \
    scalelaw train --branch="$stem" --at=40 --steps=30 --out=wsd
holds "what was refused leaves no run behind" \
    [ "$(grep -L '"status":"done"' wsd/runs/*/run.json | wc -l)" -eq 0 ]
refuses 2 "a step below 0" "at: -1 is no step" \
    scalelaw train --branch="$stem" --at=-1 --out=wsd
refuses 2 "a file of options for a branch" "again.cfg: a branch takes" \
    scalelaw train again.cfg --branch="$stem" --at=40 --out=wsd

# A signal checkpoints; the same command goes on.
long="--corpus=text --shape=3x48 --context=64 --batch=8 --steps=3000 \
--eval_tokens=1024 --eval_points=0 --epochs --out=long"
scalelaw train $long >out 2>err &
pid=$!
comes "long/runs/3x48-*/metrics.jsonl"
kill -INT $pid
wait $pid
status=$?
ends 75 "a run that is interrupted says so by status 75"
holds "in words" grep -q "goes on from here" err
holds "with a checkpoint" test -f "$(echo long/runs/3x48-*/checkpoint)"
holds "and is not done" test ! -e "$(echo long/runs/3x48-*/DONE)"
run scalelaw train $long --json
ends 0 "the same command goes on"
holds "and says so" grep -q '"resumed":1[,}]' out

# What it writes.
run scalelaw sample "$dir" --tokens=40 --seed=3
ends 0 "a model writes"
holds "as many bytes as asked, after the prompt and before the end" \
    test "$(wc -c <out)" -eq 42
cp out first
run scalelaw sample "$dir" --tokens=40 --seed=3
holds "the same seed writes the same" cmp -s out first
run scalelaw sample "$dir" --tokens=40 --seed=4
holds "another seed something else" sh -c '! cmp -s out first'
run scalelaw sample "$dir" --prompt="bott" --tokens=3 --temperature=0
holds "the prompt is kept" grep -q "^bott" out

# What cannot be.
refuses 2 "no corpus" "corpus" scalelaw train --shape=2x16
refuses 2 "no shape" "shape" scalelaw train --corpus=text
refuses 2 "a shape that is none" "2by16.*2x32" \
    scalelaw train --corpus=text --shape=2by16
refuses 2 "a width that heads do not divide" "head" \
    scalelaw train --corpus=text --shape=2x40
refuses 2 "more tokens than the text has" "tokens.*--epochs" \
    scalelaw train --corpus=text --shape=2x16 --tokens=1e9
refuses 2 "a model larger than the machine" "GiB" \
    scalelaw train --corpus=text --shape=900x32000
refuses 2 "an unknown key" "learning" \
    scalelaw train --corpus=text --shape=2x16 --learning=1
refuses 2 "an unknown schedule" "cosine, wsd or constant" \
    scalelaw train --corpus=text --shape=2x16 --schedule=linear
refuses 2 "an optimizer that is none" "adamw, muon or sgd" \
    scalelaw train --corpus=text --shape=2x16 --optimizer=lion
refuses 2 "gradient descent without a rate" "give --lr" \
    scalelaw train --corpus=text --shape=2x16 --optimizer=sgd
refuses 2 "a norm that is none" "model.norm: 'batch' is not layer or rms" \
    scalelaw train --corpus=text --shape=2x16 --norm=batch
refuses 2 "a recipe that is none" "gpt2 or llama" \
    scalelaw train --corpus=text --shape=2x16 --recipe=gpt5
refuses 2 "everything dropped" "train.dropout: 1" \
    scalelaw train --corpus=text --shape=2x16 --dropout=1
refuses 2 "kernels that are none" "kernels neon512" \
    scalelaw train --corpus=text --shape=2x16 --kernels=neon512
refuses 2 "a rate below 0" "lr" \
    scalelaw train --corpus=text --shape=2x16 --lr=-1
refuses 2 "a corpus that is not there" "nowhere" \
    scalelaw train --corpus=nowhere.txt --shape=2x16
refuses 1 "a run that is not there" "nowhere" scalelaw sample nowhere

# A checkpoint cut short is refused, not trained over.
rm "$dir/DONE"
head -c 3000 "$dir/checkpoint" >cut && mv cut "$dir/checkpoint"
refuses 1 "a checkpoint cut short" "cut short.*remove it" \
    scalelaw train $short
refuses 1 "sampling from it" "cut short" scalelaw sample "$dir"

# Beginning with the parameters of another run.
scalelaw corpus synth --out=other.txt --bytes=120000 --seed=9 >/dev/null 2>&1
tiny="--corpus=text --shape=2x16 --context=32 --out=st --eval_tokens=1024"
run scalelaw train $tiny --tokens=20000 --keep=10 --name=first --json
ends 0 "a run to begin with"
first=$(basename st/runs/first-*)
run scalelaw train --start="$first" --corpus=other.txt --tokens=30000 --out=st \
    --name=then --json
ends 0 "a run begins with its parameters, on another text"
holds "with its model, from step 0" \
    grep -q '"layers":2,"width":16.*"start":.*"tokens":29696,' out
holds "and says whose they were" grep -q "\"start\":\"$first\",\"start_step\":null" out
cp out started
run scalelaw train --start="st/runs/$first/checkpoint" --corpus=other.txt \
    --tokens=30000 --out=st --name=then --json
holds "by its checkpoint it is the same run" cmp -s out started
run scalelaw train --start="$first" --at=10 --start_moments --tokens=3000 \
    --batch=64 --out=st --name=fork --json
ends 0 "a fork of a kept step, with another batch"
holds "says the step" grep -q '"batch_tokens":2048.*"start_step":10,' out
holds "on the corpus of the first" grep -q '"corpus":"text"' out
cp "st/runs/$first/checkpoint" stray
run scalelaw train --start=stray --corpus=text --shape=2x16 --context=32 \
    --tokens=3000 --out=st --name=stray --json
ends 0 "a checkpoint that nobody vouches for"
holds "is known by what it holds" grep -q '"start":"file-' out
run scalelaw train --start="$first" --dry-run --out=st
holds "it is said before" grep -q "begins with the parameters of $first" err
refuses 2 "a start that is not there" "nowhere is no run and no file" \
    scalelaw train --start=nowhere --corpus=text --out=st
refuses 2 "a step that it did not keep" "kept: 10" \
    scalelaw train --start="$first" --at=7 --out=st
refuses 2 "another shape" "another model.*2x16" \
    scalelaw train --start="$first" --width=32 --ff=128 --out=st --tokens=3000
refuses 2 "patience without evaluations" "eval_points" \
    scalelaw train $tiny --patience=0.1 --eval_points=2

# Stopped early, and stopped because it will never learn.
run scalelaw train $tiny --tokens=100000 --lr=1e-6 --name=low --json
ends 0 "a rate far too low"
holds "is found out at half of the run" \
    grep -q '"status":"plateau".*never below' out
