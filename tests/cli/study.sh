# study.sh - the whole walk on a small made text: trained, predicted, checked,
# planned, reported; cut off by kill -9 and gone on from; and what is refused.
. "$ROOT/tests/cli/say.sh"

# Words of a lexicon in a made order: something to learn, and no network.
awk 'BEGIN {
    split("the a model learns law of scale data loss is and falls with size", w)
    for (i = 0; i < 90000; i++) {
        x = (x * 1103515245 + 12345) % 2147483648
        printf "%s%s", w[1 + int(x / 65536) % 14], i % 9 ? " " : ".\n"
    }
}' >words.txt

cat >small.study <<'END'
name   = "small"
title  = "A study to test with"
corpus = "words.txt"
[model]
context   = 16
head_size = 4
[grid]
budgets      = [4e8, 8e8, 1.6e9, 3.2e9]
sizes        = ["1x4", "1x8", "1x12", "1x16", "1x20", "1x28", "1x40"]
centre_n     = 4500
centre_c     = 1e9
centre_power = 0.3
sizes_min    = 4
[train]
batch_tokens = 256
lr           = 0.01
eval_tokens  = 4096
eval_points  = 3
eval_point_tokens = 1024
checkpoint_s = 0.05
[fit]
resamples = 60
END

run scalelaw study small.study --dry-run
ends 0 "a dry run says what it would do"
holds "with FLOP, time, memory and disk" \
    grep -q "runs, .* FLOP, about .* cores, .* memory, .* disk" err
holds "and trains nothing" test ! -e out/small

mkdir whole cut
run scalelaw study small.study --out=whole/s
ends 0 "a study goes from text to report"
for word in "The law" "Huber" "least squares" "Predicted, then measured" \
    "Best size for more compute" "N_opt" "bits per byte" "report.html"; do
    holds "its last screen says: $word" grep -q "$word" out
done
holds "the screen is at most 80 wide" awk 'length > 80 { exit 1 }' out
holds "every run is done, or says why not" \
    sh -c 'scalelaw runs list whole/s --json >runs.json && ! grep -q interrupted runs.json'
holds "the prediction's hash is its file's" sh -c '
    want=$(cut -c1-64 whole/s/prediction.sha256)
    test "$(sha256sum <whole/s/prediction.json | cut -c1-64)" = "$want"'
holds "predicted before any held-out run began" sh -c '
    p=$(stat -c %Y whole/s/prediction.json)
    for r in whole/s/runs/c3.2e+09-*/metrics.jsonl; do
        [ "$(stat -c %Y "$r")" -ge "$p" ] || exit 1
    done'
for figure in isoflop curves surface residuals allocation holdout; do
    holds "figure $figure is drawn, and its numbers kept" \
        test -s whole/s/figures/$figure.svg -a -s whole/s/figures/$figure.csv
done

cp out first
run scalelaw study small.study --out=whole/s
holds "again, it says the same" cmp -s out first
run scalelaw study small.study --out=whole/s --json
holds "and --json is one document of it" \
    sh -c 'head -c 1 out | grep -q "{" && test "$(wc -l <out)" -eq 1 && grep -q chosen_words out'
holds "and trains nothing" grep -q "24 of 24 runs\|100 %" err

# kill -9 wherever it has come to, then on to the end.
for tenths in 1 2 4 3 5; do
    scalelaw study small.study --out=cut/s >/dev/null 2>&1 &
    child=$!
    sleep 0.$tenths
    kill -9 $child 2>/dev/null
    wait $child 2>/dev/null
done
run scalelaw study small.study --out=cut/s
ends 0 "killed five times, it goes on"
hours='s/[0-9-]*T[0-9:]*Z/TIME/g'
sed "s/cut/whole/; $hours" out >second
sed "$hours" first >unhurried
holds "and ends with the same numbers" cmp -s unhurried second

# Two at once share it: whoever dies, the other takes over.
came_to() { # what a study came to, without what belongs to the hour and the machine
    cat "$1"/fit/*.json "$1/prediction.json"
    scalelaw runs export "$1" --csv 2>/dev/null | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i }
        NR > 1 {
            for (i = 1; i <= NF; i++)
                if (name[i] ~ /^(id|status|steps|tokens|flop|val_loss|train_loss)$/)
                    printf "%s=%s ", name[i], $i
            print ""
        }'
}
came_to whole/s >whole.txt
scalelaw study small.study --out=two/s --cores=1 >one.out 2>one.err &
one=$!
scalelaw study small.study --out=two/s --cores=1 >two.out 2>two.err &
two=$!
wait $one
status=$?
ends 0 "one of two processes on one study comes to the end"
wait $two
status=$?
ends 0 "and so does the other"
came_to two/s >two.txt
holds "with the records of one alone" cmp -s whole.txt two.txt
holds "both say the same at the end" cmp -s one.out two.out
holds "no claim is left" sh -c '[ -z "$(ls two/s/locks)" ]'

scalelaw study small.study --out=dead/s --cores=1 >/dev/null 2>&1 &
one=$!
scalelaw study small.study --out=dead/s --cores=1 >two.out 2>two.err &
two=$!
sleep 0.25
kill -9 $one 2>/dev/null
wait $one 2>/dev/null
wait $two
status=$?
ends 0 "where one of two is killed, the other ends the study"
came_to dead/s >dead.txt
holds "with the same records" cmp -s whole.txt dead.txt

cp -r whole busy
: >held
(flock 9; while [ -e held ]; do sleep 0.1; done) 9>busy/s/lock &
child=$!
until flock -n busy/s/lock true; [ $? -ne 0 ]; do sleep 0.1; done
scalelaw study small.study --out=busy/s >out 2>err </dev/null &
waiting=$!
for moment in $(seq 600); do
    grep -q "waiting: .*lock: process" err && break
    sleep 0.1
done
holds "who writes for the study is named" grep -q "waiting: .*lock: process" err
rm held
wait $child
wait $waiting
status=$?
ends 0 "and waited for"

# What cannot be.
bent() { # NAME SED-EXPRESSION
    sed "$2" small.study >"$1.study"
}
bent unknown 's/^spread.*//; s/^lr  .*/lrr = 0.01/'
refuses 2 "an unknown key is named, with its line and the nearest" \
    "unknown.study:[0-9]+: .*lrr.*lr" scalelaw study unknown.study
bent type 's/^resamples.*/resamples = "many"/'
refuses 2 "a wrong type is named" "type.study:[0-9]+.*resamples" \
    scalelaw study type.study
bent edge 's/^centre_n .*/centre_n = 4e6/'
refuses 2 "a minimum outside the grid is refused" "outside the grid" \
    scalelaw study edge.study
bent long 's/^budgets .*/budgets = [4e8, 8e8, 1.6e9, 3e11]/'
refuses 2 "more text than there is is refused, with the remedy" "epochs" \
    scalelaw study long.study --centre_power=0
refuses 2 "another configuration in the same folder" "out=DIR" \
    scalelaw study small.study --out=whole/s --warmup=0.2
refuses 1 "a study file that is not there" "nosuch" scalelaw study nosuch.study
refuses 2 "a study of no known name" "demo" scalelaw study nosuch
: >empty.txt
refuses 1 "an empty corpus" "empty" \
    scalelaw study small.study --corpus=empty.txt
