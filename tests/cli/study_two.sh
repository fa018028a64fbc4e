# study_two.sh - a study of trunks with branches, forks and runs that begin from
# others, by two processes that are both killed on the way: the same records and
# the same plan as by one that was left alone.
. "$ROOT/tests/cli/say.sh"

run scalelaw corpus synth --out=text.txt --bytes=1M --order=2 --letters=24
cat >arms.study <<'END'
name   = "arms"
corpus = "text.txt"
[model]
context   = 32
head_size = 8
[grid]
sizes     = ["1x8", "1x16"]
epochs    = true
[train]
batch_tokens = 256
lr           = 0.02
eval_tokens  = 8192
eval_points  = 3
eval_point_tokens = 2048
checkpoint_s = 0.05
[arm.trunks]
design = "trunk"
schedule = "wsd"
tokens = [1e5, 2e5, 4e5]
[arm.forks]
design = "fork"
start_from = "pre"
at = [0.5]
batch_times = [1, 2]
tokens = [5e4]
[arm.pre]
design = "product"
schedule = "constant"
tokens = [2e5]
[arm.tuned]
design = "product"
start_from = "pre"
tokens = [1e5]
END

# What its records say, without what belongs to the hour and the machine.
records() {
    scalelaw runs export "$1" --csv 2>/dev/null | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i }
        NR > 1 {
            for (i = 1; i <= NF; i++)
                if (" id group status steps tokens flop flop_new val_loss " \
                    "train_loss trunk start " ~ " " name[i] " ")
                    printf "%s=%s ", name[i], $i
            print ""
        }'
}

run scalelaw study arms.study --out=alone --cores=2
ends 0 "a study of trunks, forks and starts runs to its end"
records alone >alone.txt
holds "with its 14 runs done" sh -c '[ "$(grep -c "status=done" alone.txt)" -eq 14 ]'
holds "says how busy the cores were" grep -q "cores trained for [0-9.]* % of" err

worker() { # SECONDS: killed after so many, then begun anew
    timeout -s KILL "$1" scalelaw study arms.study --out=two --cores=1 \
        >/dev/null 2>&1
    scalelaw study arms.study --out=two --cores=1 >/dev/null 2>&1
}
worker 0.4 &
one=$!
worker 0.7 &
two=$!
wait $one
status=$?
ends 0 "one of two processes that were killed comes to the end"
wait $two
status=$?
ends 0 "and so does the other"
records two >two.txt
holds "with the records of one alone" cmp alone.txt two.txt
holds "and its plan" cmp alone/plan.csv two/plan.csv
run scalelaw study status two
holds "the ledger says that all was spent" grep -q "^all  *14  *14  *0  *0  *0 .* 0.00e+00" out

# Branches of a trunk whose checkpoints somebody has removed.
rm -rf two/runs/trunks-*-d[12]e5* two/runs/*/checkpoint*
run scalelaw study arms.study --out=two
ends 0 "checkpoints that were removed are made again where they are needed"
holds "which is said" grep -q "is gone, and others begin from it" err
records two >two.txt
holds "and the records are the same" cmp alone.txt two.txt
