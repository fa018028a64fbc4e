# train_cuda.sh - one run on a device, which is played by this processor: as on a
# core, stopped, gone on with there and here, refused, lost.
. "$ROOT/tests/cli/say.sh"

object=$(dirname "$(command -v scalelaw)")/libscalelaw_cuda_host.so
SCALELAW_CUDA=/nowhere/libscalelaw_cuda.so
export SCALELAW_CUDA

run scalelaw corpus synth --out=text --bytes=200k --order=1 --letters=8
run scalelaw corpus prepare text
model="--corpus=text --shape=1x16 --context=16 --batch=4 --eval_tokens=256 \
--eval_points=2 --eval_point_tokens=128"
short="$model --steps=30"

# Where there is none.
refuses 1 "without a backend the path is named, and what to do" \
    "device cuda: .*/nowhere/libscalelaw_cuda.so.*--device=cpu" \
    scalelaw train $short --device=cuda --out=none
holds "and nothing was begun" test ! -e none/runs
refuses 2 "a device that is none" "'gpu'.*cpu.*cuda" \
    scalelaw train $short --device=gpu
refuses 2 "an empty one" "device" scalelaw train $short --device=
refuses 2 "a number that is none" "cuda:x" scalelaw train $short --device=cuda:x
run scalelaw train --help
holds "the help has it" grep -q -e "--device" out

if [ ! -f "$object" ]; then
    skip "training on a device" "no emulation of CUDA was built"
    exit 0
fi
SCALELAW_CUDA=$object

loss() { grep -ho '"val_loss":[0-9.e-]*' "$@"; }

# Within so much of each other, in parts of one.
near() { # ONE OTHER MOST
    awk -F: -v most="$3" '{ x[NR] = $2 }
        END { d = x[1] - x[2]; if (d < 0) d = -d
              exit !(NR == 2 && x[1] > 0 && d <= most * x[1]) }' "$1" "$2"
}

run scalelaw train $short --device=cuda --dry-run
ends 0 "a dry run says what the device would have to hold"
holds "of which device" grep -q "^  cuda: .*emulated.* GB of memory" err
holds "how much of it" grep -q "1x16, context 16, .*1 run alike, .* GB" err
holds "and no time that nobody measured" sh -c '! grep -q "about" err'

run scalelaw train $short --out=near --json
cp out near.json
run scalelaw train $short --device=cuda --out=far --json
ends 0 "a run trains on a device"
cp out far.json
holds "the record says by which kernels, of which sources" \
    grep -qE '"kernels":"cuda-emulated-[0-9a-f]{8}"' far.json
holds "it is the run that a core makes" test \
    "$(basename near/runs/*)" = "$(basename far/runs/*)"
holds "and of joules nothing, as nobody counted them" \
    sh -c '! grep -qE "\"joules\":[0-9]" far.json near.json'
counter=$(dirname "$object")/libfake_nvml.so
if [ -f "$counter" ]; then
    run env SCALELAW_NVML="$counter" scalelaw train $short --device=cuda \
        --out=counted --json
    holds "where NVML counts them the record has its joules" \
        grep -qE '"joules":[1-9]' out
else
    skip "a run's joules" "the stand-in for NVML was not built"
fi
loss near.json >one
loss far.json >two
holds "its loss is as near as sums in another order" near one two 1e-5
holds "with as many lines" test \
    "$(cat near/runs/*/metrics.jsonl | wc -l)" -eq \
    "$(cat far/runs/*/metrics.jsonl | wc -l)"
run scalelaw train $short --device=cuda --out=far --json
holds "a finished one is not trained again" cmp -s out far.json
run scalelaw train $short --device=cuda --out=again --json
loss out >one
holds "and another has its loss to the last digit" cmp one two
run scalelaw train $short --device=cuda:0 --dtype=bf16 --out=half --json
ends 0 "it trains in bf16"
loss out >one
holds "to nearly the same loss" near one two 0.01
holds "and not quite" sh -c '! cmp -s one two'
run scalelaw train $short --arch=lstm --device=cuda --out=cells
ends 0 "it trains recurrent cells"
run scalelaw train $short --shape=2x16 --device=cuda --out=deep --json
loss out >one
run scalelaw train $short --shape=2x16 --device=cpu --out=deep-near --json
loss out >two
holds "and models of several layers" near one two 1e-5

# Stopped by a signal, and gone on with: there, and here.
long="$model --steps=400 --epochs --checkpoint_s=0"
stopped() { # FOLDER DEVICE
    scalelaw train $long --device="$2" --out="$1" >out 2>err &
    pid=$!
    comes "$1/runs/*/checkpoint"
    kill -INT $pid
    wait $pid
    status=$?
}
run scalelaw train $long --device=cuda --out=whole --json
loss out >whole.loss
stopped cut cuda
ends 75 "one that is interrupted says so by status 75"
holds "with a checkpoint" test -f "$(echo cut/runs/*/checkpoint)"
cp -r cut moved
run scalelaw train $long --device=cuda --out=cut --json
ends 0 "the same command goes on"
holds "from where it was" grep -q '"resumed":1[,}]' out
loss out >one
holds "to the loss of one in one piece, to its last digit" cmp one whole.loss
run scalelaw train $long --device=cpu --out=moved --json
ends 0 "a core goes on with what a device began"
holds "from where it was" grep -q '"resumed":1[,}]' out
loss out >one
holds "to nearly that loss" near one whole.loss 1e-3
stopped back cpu
run scalelaw train $long --device=cuda --out=back --json
ends 0 "and a device with what a core began"
loss out >one
holds "to nearly that loss" near one whole.loss 1e-3

# A device that is lost, and one too small.
SCALELAW_EMULATE_LOST=10000 scalelaw train $long --device=cuda --out=lost \
    >out 2>err
status=$?
ends 1 "a device that is lost ends a run"
holds "in words, with the remedy" grep -q "device cuda: .*again" err
holds "with its checkpoint" test -f "$(echo lost/runs/*/checkpoint)"
run scalelaw train $long --device=cuda --out=lost --json
ends 0 "from which it goes on"
holds "not from its beginning" grep -q '"resumed":1[,}]' out
loss out >one
holds "to the loss of one that was not lost" cmp one whole.loss
SCALELAW_EMULATE_BYTES=20000 scalelaw train $short --device=cuda --out=small \
    >out 2>err
status=$?
holds "too little memory is refused" test "$status" -ne 0
holds "in words" grep -q "memory" err
refuses 1 "a device of another number" "device cuda:7: " \
    scalelaw train $short --device=cuda:7 --out=seventh

# What a device does not do.
refuses 2 "an optimizer that takes matrices whole" "muon.*--device=cpu" \
    scalelaw train $short --optimizer=muon --device=cuda --out=muon
