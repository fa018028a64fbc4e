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

# A signal checkpoints; the same command goes on.
long="--corpus=text --shape=3x48 --context=64 --batch=8 --steps=3000 \
--eval_tokens=1024 --eval_points=0 --epochs --out=long"
scalelaw train $long >out 2>err &
pid=$!
tries=0
while ! [ -s "$(echo long/runs/3x48-*/metrics.jsonl)" ] &&
    [ $tries -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
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
run scalelaw sample "$dir" --bytes=40 --seed=3
ends 0 "a model writes"
holds "as many bytes as asked, after the prompt and before the end" \
    test "$(wc -c <out)" -eq 42
cp out first
run scalelaw sample "$dir" --bytes=40 --seed=3
holds "the same seed writes the same" cmp -s out first
run scalelaw sample "$dir" --bytes=40 --seed=4
holds "another seed something else" sh -c '! cmp -s out first'
run scalelaw sample "$dir" --prompt="bott" --bytes=3 --temperature=0
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
