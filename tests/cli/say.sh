# say.sh - the words of tests/cli/*.sh; not a test. Begin a script with
#
#     . "$ROOT/tests/cli/say.sh"
#
#     run scalelaw laws list         status in $status, output in out and err
#     holds "laws are listed"        grep -q chinchilla out
#     ends 0 "listing succeeds"
#     refuses 2 "an unknown law"     "did you mean" scalelaw laws show chinchila
#
# A script goes on after a check that failed.

ok()     { echo "ok $1"; }
not_ok() { echo "not ok $1"; shift; [ $# -eq 0 ] || echo "   $*"; }
skip()   { echo "skip $1: $2"; }

# Run a command, keeping what it printed and how it ended.
run() {
    "$@" >out 2>err </dev/null
    status=$?
}

# holds PROMISE COMMAND...: the command succeeds.
holds() {
    promise=$1
    shift
    if "$@" >.holds 2>&1; then
        ok "$promise"
    else
        not_ok "$promise" "does not hold: $*"
        sed 's/^/   /' .holds | head -n 5
        [ ! -s err ] || sed 's/^/   stderr: /' err | head -n 5
    fi
    rm -f .holds
}

# ends STATUS PROMISE: how the last `run` ended.
ends() {
    if [ "$status" -eq "$1" ]; then
        ok "$2"
    else
        not_ok "$2" "exit status $status, but $1 is wanted"
        sed 's/^/   stderr: /' err | tail -n 5
    fi
}

# refuses STATUS PROMISE PATTERN COMMAND...: the command ends with that status,
# prints no result, and one line on stderr that begins with its own name and
# matches the pattern.
refuses() {
    want=$1 promise=$2 pattern=$3
    shift 3
    run "$@"
    if [ "$status" -ne "$want" ]; then
        not_ok "$promise" "exit status $status, but $want is wanted: $(cat err)"
    elif [ "$(grep -c '^scalelaw ' err)" -ne 1 ]; then
        not_ok "$promise" "one line that begins with scalelaw is wanted:" \
            "$(cat err)"
    elif ! grep -qE -- "$pattern" err; then
        not_ok "$promise" "'$pattern' is wanted in: $(cat err)"
    else
        ok "$promise"
    fi
}

# comes FILE: it is there and not empty, within half a minute. FILE may be a
# pattern.
comes() {
    for moment in $(seq 600); do
        # shellcheck disable=SC2086 # a pattern
        [ ! -s "$(echo $1)" ] || return 0
        sleep 0.05
    done
    return 1
}

# whole FILE: every line has every key of $keys, and a number above 0 where one is
# due: in those of the pattern $due.
whole() {
    test -s "$1" || return 1
    for key in $keys; do
        test "$(grep -c "$key" "$1")" = "$(wc -l <"$1")" || return 1
    done
    ! grep -q "\"\($due\)\":\(null\|0[,}]\)" "$1"
}

# A text to learn in seconds, made the same each time.
small_text() {
    awk 'BEGIN {
        split("the a model learns law of scale data loss is and falls with size", w)
        for (i = 0; i < 60000; i++) {
            x = (x * 1103515245 + 12345) % 2147483648
            printf "%s%s", w[1 + int(x / 65536) % 14], i % 9 ? " " : ".\n"
        }
    }' >words.txt
}

# small_study NAME RATE: fifteen runs of that text in a second, nothing held
# out. Train it with --out elsewhere than ./out, where `run` writes.
small_study() {
    small_text
    cat >"$1.study" <<END
name   = "$1"
title  = "A study to look at"
corpus = "words.txt"
[model]
context   = 16
head_size = 4
[grid]
budgets      = [4e8, 8e8, 1.6e9]
sizes        = ["1x4", "1x8", "1x12", "1x16", "1x20"]
centre_n     = 3500
centre_c     = 4e8
centre_power = 0.3
sizes_min    = 3
holdout      = false
[train]
batch_tokens = 256
lr           = $2
eval_tokens  = 4096
[fit]
resamples = 40
END
}
