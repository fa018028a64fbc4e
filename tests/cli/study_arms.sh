# study_arms.sh - a study of arms: waves that learn from each other, an arm that
# goes beyond an edge, forks, fine-tuning; cut off and gone on from; edited
# half-way; scaled to what it may cost; and what is refused.
. "$ROOT/tests/cli/say.sh"

small_text
cat >arms.study <<'END'
name   = "arms"
title  = "Arms to test with"
corpus = "words.txt"
[model]
context   = 16
head_size = 4
[grid]
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
[fit]
resamples = 60
[arm.rates]
design   = "product"
sizes    = ["1x8", "1x16"]
tokens   = [3e4]
lr_times = [0.25, 0.5, 1, 2]
extend   = 4
[arm.round]
budgets   = [4e8, 8e8]
rate_from = "rates"
extend    = 1
[arm.fit]
budgets     = [4e8, 8e8, 1.6e9, 3.2e9]
holdout     = true
centre_from = "round"
rate_from   = "rates"
retry       = 0.5
[arm.stem]
design = "trunk"
sizes  = ["1x8"]
tokens = [2e4, 4e4, 8e4]
[arm.fork]
design      = "fork"
start_from  = "stem"
at          = [0.25, 1]
batch_times = [1, 2]
tokens      = [4e3]
[arm.fine]
design     = "product"
start_from = "stem"
sizes      = ["1x8"]
tokens     = [1e4]
unique     = [2e3, 0]
END

run scalelaw study arms.study --dry-run
ends 0 "a dry run shows every arm"
for arm in rates round fit stem fork fine; do
    holds "with its design, wave, runs and FLOP: $arm" \
        grep -qE "^$arm, [a-z]+, wave [0-9]: [0-9]+ runs, .* FLOP" err
    holds "and FLOP by purpose: $arm" \
        grep -qE "^  $arm +[0-9]+ runs .* FLOP .*%" err
done
holds "an arm that waits says for whom" \
    grep -q "fit.*rates from rates, centre from round" err
holds "and nothing is trained" test ! -e out/arms

mkdir whole cut
run scalelaw study arms.study --out=whole/s
ends 0 "waves go from sweep to prediction"
holds "the rate comes from the sweeps" grep -qE "fit: rate .* sweeps of rates" err
holds "the centre from the round" grep -qE "fit: best size about .* of round" err
holds "a sweep whose best is at its edge goes beyond it" \
    grep -q "rates: the best is at the edge; one beyond it, rates-1x" err
holds "and no run is counted twice" sh -c '! grep -qE "^\[1(0[1-9]|[1-9][0-9]) %" err'
plan=whole/s/plan.csv
holds "the plan has every run that was asked for, and no other" sh -c '
    tail -n +2 whole/s/plan.csv | cut -d, -f1 | sort >asked
    ls whole/s/runs | sort >there
    cmp asked there'
holds "arms that wait are later waves" sh -c '
    awk -F, "\$3 == \"rates\" && \$4 == 0 { r = 1 } \$3 == \"round\" && \$4 == 1 { o = 1 }
             \$3 == \"fit\" && \$4 == 2 { f = 1 } \$3 == \"holdout\" && \$4 == 3 { h = 1 }
             END { exit !(r && o && f && h) }" whole/s/plan.csv'
first_run() { ls -d whole/s/runs/$1 | head -n 1; }
holds "a fork begins at a moment of its stem" \
    grep -qE '"start": ?"stem-1x8-d8e4-s1-[0-9a-f]+"' \
    "$(first_run 'fork-1x8-at0.25-b2-s1-*')/run.json"
holds "a branch of the trunk costs its cooldown alone" sh -c '
    awk -F, "\$2 == \"stem-1x8-d8e4-s1\" { t = \$5 }
             \$2 == \"stem-1x8-d4e4-s1\" { b = \$5 }
             END { exit !(b > 0 && b < 0.12 * t) }" whole/s/plan.csv'
holds "predicted before any held-out run began" sh -c '
    p=$(stat -c %Y whole/s/prediction.json)
    for r in whole/s/runs/c3.2e+09-*/metrics.jsonl; do
        [ "$(stat -c %Y "$r")" -ge "$p" ] || exit 1
    done'

came_to() {
    cat "$1"/fit/*.json "$1/prediction.json" "$1/plan.csv"
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
run scalelaw study arms.study --out=whole/s
came_to whole/s >again.txt
holds "again, it asks for the same and trains nothing" cmp -s whole.txt again.txt
for tenths in 2 5 8 4; do
    scalelaw study arms.study --out=cut/s >/dev/null 2>&1 &
    child=$!
    sleep 0.$tenths
    kill -9 $child 2>/dev/null
    wait $child 2>/dev/null
done
run scalelaw study arms.study --out=cut/s
ends 0 "killed four times, it goes on"
came_to cut/s >cut.txt
holds "to the same runs, plan, law and prediction" cmp -s whole.txt cut.txt

# Edited half-way.
sed 's/^tokens     = \[1e4\]/tokens     = [5e3]/' arms.study >edited.study
run scalelaw study edited.study --out=whole/s
ends 0 "a study edited since goes on"
holds "and says what counts and what does not" grep -qE \
    "edited since: [1-9][0-9]* finished .* count, 2 are no longer .*; 2 are to be trained" err
holds "by name" grep -q "no longer asked for: fine-1x8-d1e4" err
holds "and its plan is without them" sh -c '! grep -q fine-1x8-d1e4 whole/s/plan.csv'
sed 's/^budgets     = .*/budgets     = [4e8, 8e8, 1.6e9, 3.3e9]/' arms.study >held.study
refuses 2 "held-out runs that were predicted cannot be edited away" "out=DIR" \
    scalelaw study held.study --out=whole/s
holds "nor is anything trained for it" sh -c '! ls whole/s/runs | grep -q c3.3e'
sed 's/^law of/other of/; s/the model/a model/g' words.txt | tail -n +5 >other.txt
refuses 2 "another corpus is another study" "another corpus" \
    scalelaw study arms.study --corpus=other.txt --out=whole/s

# What it may cost.
flop_of() { sed -nE 's/^  [0-9]+ runs, ([0-9.e+]+) FLOP, about.*/\1/p' err; }
sed '/^\[arm.fork/,$d' arms.study >cheap.study
run scalelaw study cheap.study --dry-run
all=$(flop_of)
run scalelaw study cheap.study --dry-run --budget=7e10
ends 0 "a budget makes a study larger"
holds "by one factor, and up to the budget" \
    sh -c "echo $(flop_of) $all | awk '{ exit !(\$1 <= 7e10 && \$1 > 0.9 * 7e10 && \$2 < 6e10) }'"
holds "which is said" grep -qE "of all arms times 1\.[0-9]+" err
sed '/^\[arm.round/,$d' arms.study >sweep.study
refuses 2 "a budget below a step of each run is refused" "too little" \
    scalelaw study sweep.study --dry-run --budget=10
run scalelaw study sweep.study --dry-run --time=2 --epochs
ends 0 "and so does a time"
holds "which is said" grep -qE "of all arms times [0-9.]+" err

# Without a law.
run scalelaw study sweep.study --out=whole/sweep
ends 0 "a study of rates alone ends with a report"
holds "without a prediction" test ! -e whole/sweep/prediction.json -a -s whole/sweep/report.html

# What cannot be.
bent() { # NAME SED-EXPRESSION
    sed "$2" arms.study >"$1.study"
}
bent key 's/^lr_times /lr_time /'
refuses 2 "an unknown key of an arm is named, with the nearest" \
    "key.study:[0-9]+: lr_time: .*lr_times" scalelaw study key.study --dry-run
bent type 's/^extend   = 4/extend   = "much"/'
refuses 2 "a wrong type" "type.study:[0-9]+: extend: a whole number" \
    scalelaw study type.study --dry-run
bent arm 's/^rate_from   = "rates"/rate_from   = "rate"/'
refuses 2 "an arm that is not there, with the nearest" \
    "arm.study:[0-9]+: .*no other arm 'rate'; did you mean rates" \
    scalelaw study arm.study --dry-run
bent design 's/^design = "trunk"/design = "tree"/'
refuses 2 "a design that is none" "design.study:[0-9]+: design: 'tree'.*trunk" \
    scalelaw study design.study --dry-run
bent circle 's/^extend   = 4/after = ["fit"]/'
refuses 2 "arms that wait for each other" "circle" \
    scalelaw study circle.study --dry-run
bent fork '/^start_from  = "stem"/d'
refuses 2 "a fork from nothing" "fork.study:[0-9]+: .*start_from" \
    scalelaw study fork.study --dry-run
bent extend 's/^lr_times = .*//'
refuses 2 "an edge that there is not" "extend.study:[0-9]+: extend" \
    scalelaw study extend.study --dry-run
bent name 's/^\[arm.stem\]/[arm.]/'
refuses 2 "an arm without a name" "name.study" scalelaw study name.study --dry-run
bent flat 's/^lr_times = .*/lr_times = [4, 8, 16]/; s/^extend   = 4//'
refuses 3 "rates that have no best inside" "rate_from: none of the .* sweeps" \
    scalelaw study flat.study --out=whole/flat
