# program.sh - the program as such: help, version, exit codes, commands that
# are not there, a reader that goes away, a disk that is full.

. "$ROOT/tests/cli/say.sh"

run scalelaw
ends 2 "without a command it shows help and ends as misuse"
holds "that help is on stderr" grep -q 'COMMAND \[options\]' err

run scalelaw --help
ends 0 "--help succeeds"
commands=$(sed -n 's/^CMD(\([a-z]*\),.*/\1/p' "$ROOT/src/cli/cmd_list.h")
for name in $commands; do
    holds "--help lists $name" grep -q "^  $name " out
done
for name in $commands; do
    run scalelaw "$name" --help
    holds "$name --help succeeds and says whose it is" \
        sh -c "[ $status -eq 0 ] && head -n 1 out | grep -q 'scalelaw $name'"
done

run scalelaw --version
ends 0 "--version succeeds"
holds "--version shows version, code, compiler and kernels" sh -c '
    grep -qE "^scalelaw [0-9]+\.[0-9]+\.[0-9]+$" out &&
    grep -qE "^code     [0-9a-f]{16}$" out &&
    grep -qE "^built    .*(gcc|[Cc]lang)" out &&
    grep -qE "^kernels .* ref" out'

refuses 2 "a typo in a command finds the nearest" \
    'did you mean scalelaw doctor\?' scalelaw docter
refuses 2 "a word that is no command is refused" \
    'scalelaw frobnicate: not a command; scalelaw --help lists them' \
    scalelaw frobnicate
refuses 2 "an unknown option is refused with the nearest" \
    'scalelaw doctor: --jsno: not an option; did you mean --json\?' \
    scalelaw doctor --jsno
refuses 2 "an operand where none is expected is refused" \
    'scalelaw doctor: x: not expected' scalelaw doctor x

if [ -w /dev/full ]; then
    scalelaw --help >/dev/full 2>err
    status=$?
    ends 1 "output on a full disk is a failure"
    holds "a full disk is said in words" grep -q 'No space left' err
else
    skip "output on a full disk is a failure" "there is no /dev/full"
fi

# By the time anything is written, nobody reads any more.
(sleep 0.3; scalelaw --help 2>pipe.err; echo $? >pipe.status) | true
holds "a reader that goes away brings no complaint" test ! -s pipe.err
holds "a reader that goes away ends the program by its signal" \
    grep -qx 141 pipe.status

run scalelaw doctor
ends 0 "doctor succeeds"
for name in cores kernels memory disk apt-get corpus; do
    holds "doctor speaks of $name" grep -q "^$name" out
done
run env PATH="$(dirname "$(command -v scalelaw)")" scalelaw doctor
holds "doctor says what a missing tool would be for" \
    grep -q '^apt-get .*not found; corpus get fetches' out
run scalelaw doctor --json
holds "doctor --json is one line" test "$(wc -l <out)" -eq 1

run env SCALELAW_CUDA=/nowhere/backend.so scalelaw doctor
ends 0 "doctor succeeds without a backend for devices"
holds "doctor says where it looked, and what it does without" \
    grep -q '^cuda .*not found (.*/nowhere/backend.so.*processor trains' out
holds "doctor says that the backend is unverified on a device" \
    grep -q '^cuda .*unverified on a device' out
emulated=${BUILD:-$(dirname "$(command -v scalelaw)")}/libscalelaw_cuda_host.so
if [ -f "$emulated" ]; then
    run env SCALELAW_CUDA="$emulated" SCALELAW_EMULATE_DEVICES=2 \
        SCALELAW_NVML=/nowhere/nvml.so scalelaw doctor
    holds "doctor speaks of the backend, its build and each device" sh -c '
        grep -q "^cuda .*libscalelaw_cuda_host.so: .*sources .*emulated.*unver" out &&
        grep -q "^cuda:0 .*4.0 GiB" out && grep -q "^cuda:1 .*driver" out'
    holds "doctor says that nobody counts joules" \
        grep -q '^cuda:1 energy .*not measured (.*/nowhere/nvml.so' out
    run env SCALELAW_CUDA="$emulated" SCALELAW_EMULATE_DEVICES=0 \
        scalelaw doctor --json
    holds "doctor says that there is no device" grep -q \
        '"name":"cuda:0","found":false,[^}]*cudaErrorNoDevice' out
else
    skip "doctor with devices" "no emulated backend was built (no g++)"
fi
