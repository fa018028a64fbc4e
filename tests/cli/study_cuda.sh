# study_cuda.sh - studies on a device, which is played by this processor: the
# runs that cores make, side by side; killed, lost, short of memory, gone on with.
. "$ROOT/tests/cli/say.sh"

object=$(dirname "$(command -v scalelaw)")/libscalelaw_cuda_host.so
if [ ! -f "${SCALELAW_CUDA:-$object}" ]; then
    skip "studies on a device" "no CUDA and no emulation of it was built"
    exit 0
fi
SCALELAW_CUDA=${SCALELAW_CUDA:-$object}
export SCALELAW_CUDA

run scalelaw corpus synth --out=text.txt --bytes=200k --order=1 --letters=8
cat >tiny.study <<'END'
name   = "tiny"
corpus = "text.txt"
[model]
context   = 16
head_size = 8
[grid]
sizes     = ["1x8", "1x16"]
epochs    = true
seeds     = [1, 2]
[train]
batch_tokens = 64
batch_data   = 0
lr           = 0.005
eval_tokens  = 256
eval_points  = 0
checkpoint_s = 0
[arm.rates]
design   = "product"
tokens   = [640]
lr_times = [0.5, 1, 2]
END

says() { # WORDS: the last command did, on stderr
    holds "in words: $1" grep -q -e "$1" err
}

# What its records say, without what belongs to the hour and the machine.
records() {
    scalelaw runs export "$1" --csv 2>/dev/null | awk -F, -v with="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i }
        NR > 1 {
            for (i = 1; i <= NF; i++)
                if ((" id group status steps tokens flop flop_new trunk start " \
                     with " ") ~ " " name[i] " ")
                    printf "%s=%s ", name[i], $i
            print ""
        }'
}

# Losses of one study within so much of the other's.
near() { # ONE OTHER
    records "$1" val_loss | sed 's/.*val_loss=\([^ ]*\).*/\1/' >one.loss
    records "$2" val_loss | sed 's/.*val_loss=\([^ ]*\).*/\1/' >other.loss
    [ -s one.loss ] && paste one.loss other.loss | awk '
        { d = $1 - $2; if (d < 0) d = -d }
        !($1 > 0) || !(d < 1e-4 * $1) { bad = 1 } END { exit bad }'
}

run scalelaw study tiny.study --out=cpu
ends 0 "a study on cores runs to its end"
run scalelaw study tiny.study --out=cuda --device=cuda
ends 0 "a study on a device runs to its end"
holds "says how many were side by side" \
    grep -q "12 runs on cuda, in [0-9]* gangs*, up to [0-9]* side by side" err
records cpu >cpu.txt
records cuda >cuda.txt
holds "its runs are those of cores" cmp cpu.txt cuda.txt
holds "all of them" test "$(wc -l <cpu.txt)" -eq 12
holds "their losses are as near as sums in another order" near cpu cuda
holds "its records say what trained them" \
    test "$(grep -l '"kernels":"cuda-' cuda/runs/*/run.json | wc -l)" -eq 12

run scalelaw study tiny.study --out=cpu --device=cuda
ends 0 "runs that cores have made need no device"
holds "and are not made again" \
    test -z "$(grep -l '"kernels":"cuda-' cpu/runs/*/run.json)"

echo 'device = "cuda,cpu"' | cat - tiny.study >both.study
run scalelaw study both.study --out=both
ends 0 "a device and cores do a study together, as its file says"
records both >both.txt
holds "each run once" cmp cpu.txt both.txt
holds "some on the device" grep -q '"kernels":"cuda-' both/runs/*/run.json
holds "with their losses" near cpu both

# What it will be given, before.
run scalelaw study tiny.study --device=cuda --dry-run
ends 0 "a plan on a device is shown"
holds "with the device's memory" grep -q "^  cuda: .* GB of memory, .* free" err
holds "with its gangs" grep -q "1x8, context 16, .*: 6 runs alike, 6 side by side" err
holds "without a time that nobody measured" sh -c '! grep -q "about" err'
run scalelaw study tiny.study --device=cuda --time=60
ends 2 "a time cannot be asked for on a device"
says "before it is trained"

# Killed in the middle, twice, by a signal that nobody can catch.
killed() { # FILES
    scalelaw study tiny.study --out=cut --device=cuda >/dev/null 2>&1 &
    pid=$!
    for i in $(seq 600); do
        [ "$(ls cut/runs/*/checkpoint 2>/dev/null | wc -l)" -ge "$1" ] && break
        kill -0 $pid 2>/dev/null || break
        sleep 0.02
    done
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
}
killed 1
killed 7
run scalelaw study tiny.study --out=cut --device=cuda
ends 0 "one that was killed goes on"
holds "from its checkpoints" grep -q '"resumed":[1-9]' cut/runs/*/run.json
records cut "val_loss train_loss" >cut.txt
records cuda "val_loss train_loss" >cuda.txt
holds "and has the bits of one left alone" cmp cut.txt cuda.txt

# No device can be made to fail, or to be two, for a test.
case $SCALELAW_CUDA in
*_host*)

# A device that is lost on the way.
SCALELAW_EMULATE_LOST=600 scalelaw study tiny.study --out=lost --device=cuda \
    >out 2>err
status=$?
ends 1 "a device that is lost ends a study"
says "device cuda: "
says "run the command again"
holds "with one error" test "$(grep -c "^scalelaw study: " err)" -eq 1
holds "and checkpoints" ls lost/runs/*/checkpoint
run scalelaw study tiny.study --out=lost
ends 0 "which cores take to its end"
records lost >lost.txt
holds "with all its runs" cmp cpu.txt lost.txt
holds "and their losses" near cpu lost

# Little memory: fewer side by side; too little: words, or the cores.
SCALELAW_EMULATE_BYTES=4000000 scalelaw study tiny.study --out=little \
    --device=cuda >out 2>err
status=$?
ends 0 "little memory is enough for fewer side by side"
holds "which is said" grep -q "up to [2-6] side by side" err
records little "val_loss train_loss" >little.txt
holds "no bit of a run depends on who is beside it" cmp little.txt cuda.txt
SCALELAW_EMULATE_BYTES=20000 scalelaw study tiny.study --out=none \
    --device=cuda >out 2>err
status=$?
ends 2 "too little memory is refused before anything is trained"
says "of the device's memory"
SCALELAW_EMULATE_BYTES=20000 scalelaw study tiny.study --out=none \
    --device=cuda,cpu >out 2>err
status=$?
ends 0 "unless cores are there to take it"

# Two devices.
SCALELAW_EMULATE_DEVICES=2 scalelaw study tiny.study --out=two \
    --device=cuda,cuda:1 >out 2>err
status=$?
ends 0 "two devices share a study"
says "^  cuda:1: "
records two "val_loss train_loss" >two.txt
holds "whichever had a run, its bits are the same" cmp two.txt cuda.txt
run scalelaw study tiny.study --out=three --device=cuda:1
ends 1 "a device that is not there is refused"
says "device cuda:1: "

;;
*)  skip "lost, small and several devices" "only an emulated one can be made so" ;;
esac

# What a device does not train.
run scalelaw study tiny.study --out=muon --device=cuda --optimizer=muon
ends 2 "an optimizer that no device has is refused"
says "--device=cuda,cpu"
run scalelaw study tiny.study --out=muon --device=cuda,cpu --optimizer=muon
ends 0 "or left to the cores"

# Trunks and their branches, which wait for them.
{ sed 's/"tiny"/"arms"/; /^seeds/d; /^\[arm/,$d' tiny.study; cat <<'END'
[arm.trunks]
design = "trunk"
schedule = "wsd"
tokens = [640, 1280]
END
} >arms.study
run scalelaw study arms.study --out=arms --device=cuda
ends 0 "branches on a device begin from trunks on it"
run scalelaw study arms.study --out=arms-cpu
records arms >arms.txt
records arms-cpu >arms-cpu.txt
holds "as they do on cores" cmp arms.txt arms-cpu.txt
holds "with their losses" near arms-cpu arms

# One run.
run scalelaw train --corpus=text.txt --shape=1x8 --context=16 --tokens=640 \
    --batch=4 --eval_points=0 --eval_tokens=256 --device=cuda --out=one
ends 0 "one run trains on a device"
holds "and its record says so" grep -q '"kernels":"cuda-' one/runs/*/run.json
run scalelaw train --corpus=text.txt --shape=1x8 --device=cuda,cpu
ends 2 "not on two"
run scalelaw train --corpus=text.txt --shape=1x8 --device=gpu
ends 2 "and not on what is none"
SCALELAW_CUDA=/nowhere/libscalelaw_cuda.so \
    scalelaw train --corpus=text.txt --shape=1x8 --device=cuda >out 2>err
status=$?
ends 1 "without a backend it is refused"
says "--device=cpu"
