# What the CUDA backend was compiled to, as far as that shows without a device:
# registers and spills from the assembler's account, the symbols and targets of
# the objects. Nothing is compiled.
. "$ROOT/tests/cli/say.sh"

report=$ROOT/tools/cuda_report

# -- The report itself ---------------------------------------------------------

# account SPILLED STACK REGISTERS SHARED: of one kernel, for two targets.
account() {
    for target in sm_80 sm_90a; do
        cat <<END
ptxas info    : Compiling entry function '_Z11next_kernel4RunsPi' for '$target'
ptxas info    : Function properties for _Z11next_kernel4RunsPi
    $2 bytes stack frame, $1 bytes spill stores, 0 bytes spill loads
ptxas info    : Used $3 registers, used 0 barriers, ${4:+$4 bytes smem, }8 bytes cmem[0]
END
    done
}
mkdir -p made/cuda
judge() { # STATUS PROMISE WORDS ACCOUNT...
    want=$1 promise=$2 words=$3
    shift 3
    account "$@" >made/cuda/step.cu.o.log
    run "$report" made -q
    ends "$want" "$promise"
    holds "$promise, in words" grep -q -- "$words" out
}
judge 0 "a kernel that keeps all in registers is well" \
    "^1 kernels for 2 targets, 0 offences" 0 0 64
judge 1 "a spill is reported" "next_kernel.*(sm_90a): spills 8 bytes" 8 0 64
judge 1 "a stack frame is reported" "has a stack frame of 16 bytes" 0 16 64
judge 1 "too many registers are reported" "uses 65 registers" 0 0 65
judge 1 "static shared memory is reported" "512 bytes of static" 0 0 64 512
account 0 0 64 | head -n 4 >made/cuda/step.cu.o.log
account 0 0 64 | tail -n 4 | sed s/next_kernel/draw_kernel/ \
    >>made/cuda/step.cu.o.log
run "$report" made -q
ends 1 "a kernel for one target alone is reported"
holds "a kernel for one target alone is named" \
    grep -q "was not compiled for sm_90a" out
run "$report" .
ends 2 "a build without the assembler's account is no success"

# -- What nvcc made --------------------------------------------------------------

device=$BUILD/libscalelaw_cuda.so host=$BUILD/libscalelaw_cuda_host.so
if [ -e "$device" ]; then
    run "$report" "$BUILD" -q
    ends 0 "no kernel spills, and each can be launched"
    [ "$status" -eq 0 ] || sed 's/^/   /' out
    for source in "$ROOT"/src/kern/cuda/*.cu; do
        log=$BUILD/cuda/$(basename "$source").o.log
        [ -e "$log" ] || not_ok "each source was compiled" "no $log"
    done
else
    skip "no kernel spills, and each can be launched" \
        "no nvcc compiled libscalelaw_cuda.so"
fi

for object in "$device" "$host"; do
    name=$(basename "$object")
    if [ -e "$object" ] && command -v nm >/dev/null; then
        nm -D --defined-only "$object" | awk '{ print $3 }' >symbols
        echo scalelaw_device >wanted
        holds "$name shows one symbol" cmp wanted symbols
        nm -D --undefined-only "$object" | grep -E ' (_Z.*_cu|host_|cu[A-Zd])' \
            >open
        holds "$name lacks nothing of its own" test ! -s open
    else
        skip "$name shows one symbol" "it was not built here"
    fi
done

# -- Its instructions --------------------------------------------------------------

cuobjdump=$(command -v cuobjdump || ls /usr/local/cuda/bin/cuobjdump 2>/dev/null)
if [ -e "$device" ] && [ "$cuobjdump" ]; then
    "$cuobjdump" --list-elf --list-ptx "$device" >parts 2>/dev/null
    for target in sm_80 sm_90a; do
        holds "there is code for $target" grep -q "$target.cubin" parts
    done
    holds "there is PTX for what comes later" grep -q "\.ptx" parts
    for source in "$ROOT"/src/kern/cuda/*.cu; do
        name=$(basename "$source")
        object=$BUILD/cuda/$name.o
        grep -lq mma_bf16 "$source" || continue
        for target in sm_80 sm_90a; do
            "$cuobjdump" -sass -arch "$target" "$object" >sass 2>/dev/null
            holds "$name multiplies bfloat16 on tensor cores of $target" \
                grep -q 'HMMA.*BF16' sass
        done
    done
else
    skip "bfloat16 is multiplied on tensor cores" \
        "cuobjdump, which would show the instructions, is not here"
fi
