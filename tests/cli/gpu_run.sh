# gpu_run.sh - what a GPU is needed to show is one script; it is tried here on an
# emulated device, in part and in tiny sizes: that it builds with a compiler alone,
# counts what passed, and calls a failure one.
. "$ROOT/tests/cli/say.sh"

GPU_OBJECT=${BUILD:-$(dirname "$(command -v scalelaw)")}/libscalelaw_cuda_host.so
export GPU_OBJECT
if [ ! -e "$GPU_OBJECT" ]; then
    skip "tests/gpu/run" "no emulated backend was built (no g++)"
    exit 0
fi
gpu="$ROOT/tests/gpu/run --emulate"

run sh "$ROOT/tests/gpu/build" built --emulate
ends 0 "all that trains is built without a library"

run sh $gpu --built built --only "bench sanitizer" --keep kept
ends 0 "the script goes through"
holds "and says before and after that nothing of a device is shown" sh -c \
    'head -n 1 out | grep -q ^EMULATED && tail -n 2 out | grep -q EMULATED'
holds "its last line counts" sh -c \
    'tail -n 1 out | grep -qx "3 passed, 0 failed, 4 skipped"'
holds "above it is a table of the steps" sh -c \
    'for step in build device bench sanitizer; do
         test "$(grep -c "^$step " kept/table)" -ge 1 || exit 1
     done'
holds "rows are kept, and claim no share" sh -c \
    'grep -q "\"share_of_peak\":null" kept/bench.jsonl'
holds "what cannot be held is skipped in words" grep -q "^sanitizer.*skipped: " out

cat >built/test_kern_cuda_bent <<'BENT'
#!/bin/sh
echo "bent.c:1: seen: 1, but 2 is wanted"
echo "not ok a_product_is_a_product"
echo "4 passed, 1 failed, 2 skipped"
exit 1
BENT
printf '#!/bin/sh\necho "Segmentation fault"\nexit 139\n' >built/test_kern_cuda_gone
chmod +x built/test_kern_cuda_bent built/test_kern_cuda_gone
rm -f built/test_kern_cuda_[!bg]*
run sh $gpu --built built --only kernels
ends 1 "a test that failed fails the script"
holds "and is counted, with those that passed and were skipped" sh -c \
    'tail -n 1 out | grep -qx "6 passed, 2 failed, 2 skipped"'
holds "it is named" grep -q "not ok a_product_is_a_product" out
holds "and so is a program that ended without a word of it" \
    grep -q "test_kern_cuda_gone .*ended with status 139" out

SCALELAW_EMULATE_DEVICES=0 run sh $gpu --built built
ends 1 "without a device it fails"
holds "and says so" grep -q "no device" out

# Goals, by a device that never was: rows as `bench train --json` writes them.
mv built/gpu_bench built/gpu_bench.real
row='"bench":"train","device":"cuda","emulated":false,"L":2,"d_model":64,'
row=$row'"vocab":512,"batch":16,"context":256'
cat >built/gpu_bench <<BENCH
#!/bin/sh
[ "\$1" = train ] || { echo "A device that never was"; exit 0; }
say() { # RUNS PATH TOKENS SHARE ASKED RATIO ALONE
    printf '{$row,"runs":%s,"path":"%s","ms_median":9,' "\$1" "\$2"
    printf '"tokens_per_s":%s,"peak_gflops":790000,' "\$3"
    printf '"share_of_peak":%s,"share_asked":%s,' "\$4" "\$5"
    printf '"ratio":%s,"times_one_alone":%s}\n' "\$6" "\$7"
}
say 192 "cuda" 90 0.031 0.03 1 null
say 1 "torch 2.11 eager" 9 0.003 0.03 10 null
say 1 "torch 2.11 graphs" 99 0.033 0.03 0.9 null
say 1 "cuda" 5 0.001 null 1 18
BENCH
chmod +x built/gpu_bench
run sh "$ROOT/tests/gpu/run" --built built --only bench
ends 1 "a goal that was not reached fails the script"
holds "goals are counted: a share, two ratios, one run beside many" grep -qE \
    '^bench +goals of the table +2 +2 +0 ' out
holds "those that were not reached are named" sh -c \
    'grep -q "not ok .*0.90 times the tokens of torch 2.11 graphs" out &&
     grep -q "not ok .*18.0 times one alone, 20 are asked" out'
GPU_LIMIT_S=0 run sh "$ROOT/tests/gpu/run" --built built --only kernels
holds "past its time it skips, in words" grep -q "skipped: the nine minutes" out
