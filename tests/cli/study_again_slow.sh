# study_again_slow.sh - a study that is killed at any moment and started again ends
# with the same numbers as one that was left alone; on one core or on two, by one
# process or by two. What is finished is not done again.

. "$ROOT/tests/cli/say.sh"

run scalelaw corpus synth --out=text.txt --bytes=2M --order=2 --letters=24
ends 0 "a text of known entropy is written"
cat >tiny.study <<'EOF'
name   = "tiny"
corpus = "text.txt"
[model]
context   = 32
head_size = 8
[grid]
budgets   = [4e9, 1.2e10, 3.6e10]
holdout   = true
sizes     = ["1x8", "1x16", "2x16", "2x24", "2x32", "2x48", "2x64"]
counts    = "body+head"
spread    = 6
sizes_min = 5
centre_n  = 14e3
centre_c  = 1.2e10
epochs    = true
[train]
batch_tokens      = 256
lr                = 0.02
lr_width          = -0.6
eval_tokens       = 16384
eval_point_tokens = 4096
eval_points       = 6
checkpoint_s      = 0.05
[fit]
resamples = 50
[plan]
multiples = [10]
EOF

# What a study came to, without what belongs to the hour and the machine.
came_to() {
    cat "$1"/fit/*.json "$1/prediction.json"
    scalelaw runs export "$1" --csv 2>/dev/null | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i }
        NR > 1 {
            for (i = 1; i <= NF; i++)
                if (name[i] ~ /^(id|status|steps|tokens|flop|val_loss|val_se|train_loss)$/)
                    printf "%s=%s ", name[i], $i
            print ""
        }' | sort
}

run scalelaw study tiny.study --out=whole --cores=2
ends 0 "a small study runs from text to report"
holds "its report is there" test -s whole/report.html
holds "its prediction is sealed by its hash" sh -c '
    grep -q "$(sha256sum <whole/prediction.json | cut -c1-64)" \
        whole/prediction.sha256'
came_to whole >whole.txt
holds "every run has a loss" sh -c '
    [ "$(grep -c "val_loss=[0-9.]* " whole.txt)" -ge 12 ]'
late=$(find whole/runs -path '*c3.6e+10*' -name metrics.jsonl ! -newer whole/prediction.json)
holds "the held-out runs came after it" test -z "$late"

run scalelaw study tiny.study --out=one --cores=1
ends 0 "the same study on one core"
came_to one >one.txt
holds "ends with the same numbers" cmp whole.txt one.txt

# Killed after ever longer, until one comes through.
kills=0 status=137
for delay in 0.15 0.3 0.45 0.6 0.8 1 1.3 1.7 2.2 300; do
    timeout -s KILL "$delay" scalelaw study tiny.study --out=cut --cores=2 \
        >out 2>err
    status=$?
    [ $status -eq 137 ] || break
    kills=$((kills + 1))
done
ends 0 "a study that was killed goes on to its end"
holds "it was killed several times before" test "$kills" -ge 3
came_to cut >cut.txt
holds "and ends with the same numbers" cmp whole.txt cut.txt

before=$(ls -l --time-style=full-iso whole/runs/*/*)
run scalelaw study tiny.study --out=whole --cores=2
ends 0 "a finished study can be asked again"
holds "and trains nothing again" \
    test "$before" = "$(ls -l --time-style=full-iso whole/runs/*/*)"

# Two processes share a study. Either is killed at ever other moments and begun
# anew, now and then both, until one comes through.
worker() {
    timeout -s KILL "$1" scalelaw study tiny.study --out=shared --cores=1 \
        >"$2.out" 2>"$2.err"
}
kills=0
for pair in "0.3 0.7" "0.9 0.4" "0.5 0.5" "1.1 0.6" "0.2 1.3" "1.6 0.8" \
    "2 300" "300 300"; do
    set -- $pair
    worker $1 one &
    one=$!
    worker $2 two &
    two=$!
    wait $one
    [ $? -eq 137 ] && kills=$((kills + 1))
    wait $two
    status=$?
    [ $status -eq 137 ] && kills=$((kills + 1))
done
ends 0 "a study that two share goes on whoever of them is killed"
holds "they were killed many times" test "$kills" -ge 6
came_to shared >shared.txt
holds "and it ends with the same numbers" cmp whole.txt shared.txt
