# study_bad.sh - studies that ask for what cannot be: lists, names, budgets, and
# arms to start from all of whose runs failed.
. "$ROOT/tests/cli/say.sh"

small_text
cat >good.study <<'END'
name   = "good"
title  = "Arms to bend"
corpus = "words.txt"
[model]
context   = 16
head_size = 4
[grid]
sizes   = ["1x8"]
holdout = false
[train]
batch_tokens = 256
lr           = 0.01
eval_tokens  = 4096
[fit]
resamples = 20
[arm.pre]
design   = "product"
tokens   = [3e4]
lr_times = [1]
[arm.fine]
design     = "product"
start_from = "pre"
tokens     = [1e4]
unique     = [2e3]
END
run scalelaw study good.study --dry-run
ends 0 "the study that is bent here is good"

# bent PROMISE SED-EXPRESSION PATTERN: refused with file, line and key.
bent() {
    sed "$2" good.study >bent.study
    refuses 2 "$1" "$3" scalelaw study bent.study --dry-run
}
bent "a length beyond counting" 's/^tokens   = .*/tokens = [1e30]/' \
    "bent.study:18: tokens: 1e\+30 is not above 0 and up to"
bent "a rate of nothing" 's/^lr_times = .*/lr_times = [0]/' \
    "bent.study:19: lr_times: 0 is not above 0"
bent "less than no text" 's/^unique     = .*/unique = [-3]/' \
    "bent.study:24: unique: -3 is not 0 or above"
bent "half a seed" 's/^lr_times = .*/seeds = [1.5]/' \
    "bent.study:19: seeds: 1.5 is no whole number"
bent "a seed below 0, for all arms" 's/^holdout = .*/seeds = [-1]/' \
    "bent.study: arm pre: seeds: -1 is no whole number"
bent "holding out where no budget is the last" \
    's/^lr_times = .*/holdout = true/' "bent.study:19: holdout: only an isoflop"
bent "an arm that starts from itself" 's/^start_from = .*/start_from = "fine"/' \
    "bent.study:22: .*no other arm 'fine'$"
bent "a name that leads elsewhere" 's/^name   = .*/name = "..\/good"/' \
    "name: '../good' "

refuses 2 "a budget that no factor meets" "budget: too little" \
    scalelaw study good.study --dry-run --budget=1

# Forty runs of one step, which cannot be less, and one that can.
sed "s/^tokens   = .*/tokens = [256]/
     s/^lr_times = .*/lr_times = [$(seq -s, 1 40)]/" good.study >floor.study
run scalelaw study floor.study --dry-run --budget=1.95e8
ends 0 "a budget just above what cannot be less is met"

# Nothing left to start from.
sed 's/^lr_times = .*/lr = 100/' good.study >failed.study
refuses 3 "to start from runs that all failed" \
    "arm fine: start_from: all 1 runs of arm pre failed" \
    scalelaw study failed.study --out=s/failed
holds "and nothing is trained from scratch instead" \
    sh -c '! ls s/failed/runs | grep -q fine'
run scalelaw study status s/failed
holds "status says which arms are not planned yet" \
    grep -q "not in the plan yet.*: fine" out
holds "and not that nothing is left" sh -c '! grep -q "^nothing is left to" out'
run scalelaw study status s/failed --json
holds "nor in JSON" grep -q '"not_planned_yet":\["fine"\]' out

# Two arms with one trunk: a fork from the second finds its moment.
cat >>good.study <<'END'
[arm.one]
design = "trunk"
tokens = [2e4, 8e4]
[arm.two]
design = "trunk"
tokens = [2e4, 8e4]
[arm.fork]
design     = "fork"
start_from = "two"
at         = [0.3]
tokens     = [4e3]
END
run scalelaw study good.study --out=s/twin
ends 0 "two arms may ask for the same runs"
holds "which are trained once" sh -c '! ls s/twin/runs | grep -q ^two'
holds "with the moments that forks of either need" \
    sh -c '! grep -q "trained again" err'

# A fork from a moment that its run, stopped early, never came to.
cat >early.study <<'END'
name   = "early"
title  = "Stopped early"
corpus = "words.txt"
[model]
context   = 16
head_size = 4
[grid]
sizes   = ["1x32"]
holdout = false
epochs  = true
[train]
batch_tokens = 256
lr           = 0.01
eval_tokens  = 4096
warmup       = 0
[fit]
resamples = 20
[arm.learn]
design      = "product"
tokens      = [1e6]
unique      = [400]
patience    = 1e-4
eval_points = 100
schedule    = "constant"
[arm.fork]
design     = "fork"
start_from = "learn"
at         = [0.95, 1]
tokens     = [4e3]
END
run scalelaw study early.study --out=s/early
ends 0 "a run that stopped early is no obstacle"
holds "a fork from beyond its end is told, and not trained" \
    grep -q "fork-1x32-at0.95.*not trained: .* which ended (done) after" err
run scalelaw study status s/early
holds "nor counted as done" grep -qE "^fork +2 +1 +1 " out
