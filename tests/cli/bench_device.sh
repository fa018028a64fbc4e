# bench_device.sh - training steps on a device are timed side by side, with the
# ratio to whoever answers as a peer; where there is no device, that is said.
# The device is the emulated one: what is held is what is told, not how fast.
. "$ROOT/tests/cli/say.sh"

keys='"L": "d_model": "vocab": "batch": "context": "dtype": "path": "device":
"device_name": "emulated": "runs": "ms_min": "ms_median": "tokens_per_s":
"gflops": "peak_gflops": "share_of_peak": "ratio": "samples":'
due='ms_min\|ms_median\|gflops\|tokens_per_s'

quick="--shape=1x16 --vocab=20 --batch=3 --context=8 --seconds=0.01"

SCALELAW_CUDA=/nowhere/libscalelaw_cuda.so
export SCALELAW_CUDA
refuses 1 "without a backend there is nothing to measure" "device cuda: there is no" \
    scalelaw bench train --device=cuda $quick
refuses 2 "what is no device is refused" "cuda:1" \
    scalelaw bench train --device=gpu $quick
refuses 2 "on a device only training steps are measured" "bench train" \
    scalelaw bench kern --device=cuda
refuses 2 "in one dtype at a time" "bf16 or fp32" \
    scalelaw bench train --device=cuda --dtype=both $quick

SCALELAW_CUDA=${BUILD:-$(dirname "$(command -v scalelaw)")}/libscalelaw_cuda_host.so
if [ ! -e "$SCALELAW_CUDA" ]; then
    skip "steps on a device" "no emulated backend was built (no g++)"
    exit 0
fi
if grep -q __asan_init "$(command -v scalelaw)"; then
    skip "steps on a device" "the emulator and the address sanitizer do not mix"
    exit 0
fi
SCALELAW_EMULATE_DEVICES=0 refuses 1 "without a device there is nothing to measure" \
    "device cuda: no device" scalelaw bench train --device=cuda $quick
SCALELAW_EMULATE_BYTES=300000 refuses 1 "nor where it has too little memory" \
    "out of memory" scalelaw bench train --device=cuda $quick --peer=none

for dtype in bf16 fp32; do
    run scalelaw bench train --device=cuda $quick --dtype=$dtype --runs=3 \
        --peer=none --json
    ends 0 "steps of three runs are timed in $dtype"
    holds "with every key" whole out
    holds "in one row, of three runs" sh -c 'test "$(wc -l <out)" = 1 &&
        grep -q "\"runs\":3," out && grep -q "\"emulated\":true" out'
    holds "that claims no share of a device" grep -q '"share_of_peak":null' out
done
holds "it is said loudly that nothing of a device is measured" \
    grep -q "EMULATED" err

# A peer that says each step takes five milliseconds, one product 1 TFLOP/s.
cat >peer.sh <<'PEER'
while read -r word rest; do
    case $word in
    open)   echo "$rest" >>asked
            echo "ready bf16 stand-in 1.0" ;;
    steps)  echo "took $(awk "BEGIN { print 0.005 * $rest }")" ;;
    memory) echo "peak 123000000" ;;
    rate)   echo "rate 1e12" ;;
    *)      echo "no" ;;
    esac
done
PEER
run scalelaw bench train --device=cuda $quick --runs=2 --peer="sh peer.sh" --json
ends 0 "a peer is raced against"
holds "with every key for both" whole out
holds "it hears the shape, and on which device" \
    grep -qx "1 16 1 20 3 8 1 cuda bf16" asked
holds "its row has its name, its time and what it holds" sh -c \
    'tail -n 1 out | grep "\"path\":\"stand-in 1.0\"" |
     grep "\"ms_median\":5[,.]" | grep -q "\"device_mb\":123[,.}]"'
holds "the ratio is of tokens a second, all runs together" awk '
    { match($0, /"tokens_per_s":[^,]*/)
      rate[NR] = substr($0, RSTART + 15, RLENGTH - 15) }
    END { match($0, /"ratio":[^,]*/)
          seen = substr($0, RSTART + 8, RLENGTH - 8)
          want = rate[1] / rate[2]
          exit !(NR == 2 && seen > 0.99 * want && seen < 1.01 * want) }' out
holds "and a share is of what it says one product reaches" \
    grep -q '"peak_gflops":1000,"peak_of":"the peer.s product"' out

# The driver's counter of joules, played: one more each time that it is asked.
nvml=$(dirname "$SCALELAW_CUDA")/libfake_nvml.so
if [ -e "$nvml" ]; then
    SCALELAW_NVML=$nvml run scalelaw bench train --device=cuda $quick --runs=2 \
        --peer=none --json
    ends 0 "with a counter of joules"
    holds "they are measured" grep -q '"joule_per_token":[0-9.e-]*[1-9]' out
    SCALELAW_NVML=/nowhere/libnvidia-ml.so.1 run scalelaw bench train \
        --device=cuda $quick --runs=2 --peer=none --json
    holds "and where there is none they are absent, and it is said" sh -c \
        'grep -q "\"joule_per_token\":null" out && grep -q "joules are not" err'
else
    skip "joules are measured" "the stand-in for NVML was not built"
fi
