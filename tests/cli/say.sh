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
