# export.sh - models in bytes and in byte pairs, asked for text from wherever
# they lie, and read by another hand (tests/export_check.py).
. "$ROOT/tests/cli/say.sh"

# `run` keeps what was printed in ./out, which is a folder to scalelaw.
mkdir w
scalelaw() { (cd w && command scalelaw "$@"); }

cat "$ROOT"/docs/*.md "$ROOT"/*.md >prose.txt
short="--corpus=../prose.txt --context=128 --batch=2 --steps=80 --lr=0.01 \
    --eval_tokens=2048 --eval_points=0"

run scalelaw train $short --shape=2x32 --tied --name=bytes
ends 0 "a model of bytes, tied, is trained"
run scalelaw train $short --shape=3x32 --tokenizer=bpe:600 --name=pairs
ends 0 "a model of byte pairs is trained"
pairs=$(cd w && echo out/train/runs/pairs-*)
holds "its record names the tokenizer" grep -q '"tokenizer":"bpe:600"' \
    "w/$pairs/run.json"
holds "which lies beside it" test -s "w/$pairs/tokenizer.bpe"
holds "and is a merges.txt" sh -c \
    "head -n 1 w/$pairs/tokenizer.bpe | grep -q '^#version: 0.2 .* merges 344 '"

# The same text, the same held-out part: bits per byte compare.
number() { grep -o "\"$1\":[0-9.e-]*" "$2" | cut -d: -f2; }
holds "bits per byte are nats a token over bytes a token" awk -v \
    bpb="$(number val_bpb "w/$pairs/run.json")" -v \
    nats="$(number val_loss "w/$pairs/run.json")" -v \
    wide="$(number bytes_per_token "w/$pairs/run.json")" \
    'BEGIN { x = nats / log(2) / wide / bpb - 1; exit !(wide > 1.5 && x * x < 1e-18) }'
run scalelaw corpus inspect prose.bpe-600
holds "corpus inspect says how long a token is" \
    grep -qE 'bytes a token +[1-4]\.[0-9]+ in the held-out text' out

# -- sample --------------------------------------------------------------------
run scalelaw sample "$pairs" --prompt="The law" --tokens=30
ends 0 "it writes"
holds "from the prompt" grep -q '^The law' out
cp out first
run scalelaw sample "$pairs/checkpoint" --prompt="The law" --tokens=30
holds "named by its checkpoint, the same" cmp out first
run scalelaw sample "$(basename "$pairs")" --prompt="The law" --tokens=30
holds "by its id" cmp out first
run scalelaw sample pairs --prompt="The law" --tokens=30
holds "by how that begins" cmp out first
run scalelaw sample train pairs --prompt="The law" --tokens=30
holds "by study and run" cmp out first
printf 'The law' >prompt
run scalelaw sample pairs --prompt=@../prompt --tokens=30
holds "a prompt may be a file" cmp out first
scalelaw sample pairs --prompt=- --tokens=30 <prompt >out 2>err
holds "or standard input" cmp out first
run scalelaw sample pairs --prompt="The law" --tokens=30 --count=3 --verbose
holds "several texts are different" test "$(sort -u out | wc -l)" -gt 3
holds "the first is the one" sh -c 'head -n "$(wc -l <first)" out | cmp - first'
holds "and it says how fast" grep -q '90 tokens, .* a second' err
run scalelaw sample pairs --prompt="The law" --tokens=30 --top_p=0.0001
cp out greedy
run scalelaw sample pairs --prompt="The law" --tokens=30 --temperature=0
holds "top_p near 0 is the best alone" cmp out greedy
run scalelaw sample pairs --prompt="84 104 101" --ids --tokens=5 --top_k=1
holds "tokens may be numbers" grep -qE '^84 104 101( [0-9]+){5} $' out
head -c 4000 prose.txt >long
run scalelaw sample pairs --prompt=@../long --tokens=3
holds "a prompt may be longer than the context" \
    sh -c 'head -c 4000 out | cmp - long'
cp -r w/out/train w/out/twin
refuses 2 "a name that two runs have" "two runs begin so" scalelaw sample pairs
rm -r w/out/twin
refuses 1 "a run that is nowhere" "no run of that name" scalelaw sample nobody
run scalelaw sample --prompt="The law" --tokens=30
holds "without a name, the newest run" sh -c \
    'cmp out first && grep -q "pairs-.*newest" err'
refuses 2 "a share above 1" "top_p" scalelaw sample pairs --top_p=1.5
refuses 2 "numbers that are no tokens" "no token below 600" \
    scalelaw sample pairs --ids --prompt="1 600"

# -- export --------------------------------------------------------------------
{
    printf 'The quick "brown" fox \\ jumps 1234 times;\n\n  over   the '
    printf 'caf\303\251 \320\264\320\276\320\274 \342\200\224 dog.\n'
} >text
python=
for p in /usr/bin/python3 python3; do
    [ "$python" ] || ! $p -c 'import numpy' 2>.no || python=$p
done
# goes_out NAME FAMILY: a run that was trained under this name.
goes_out() {
    run scalelaw export "$1" --out=../to-$1
    ends 0 "$1: a model goes out"
    holds "$1: as $2" grep -q "as $2" out
    if [ "$python" ]; then
        scalelaw sample "$1" --scores --prompt=@../text >scores 2>err
        $python "$ROOT/tests/export_check.py" to-$1 scores text >said ||
            not_ok "$1 is read back" "the reader failed"
        sed "s/^\(ok\|not ok\|skip\) /\1 $1: /" said
    else
        skip "$1: it is read back" "there is no numpy here"
    fi
}
goes_out bytes GPT-2
goes_out pairs GPT-2
more() { # more NAME OPTIONS...
    name=$1
    shift
    run scalelaw train $short --shape=2x32 --name="$name" --steps=30 "$@"
    ends 0 "$name: a model is trained"
}
more zeros --no-bias
goes_out zeros GPT-2
more mup --mup_width=16 --mup_head=4 --head_size=8
goes_out mup GPT-2
more llama --recipe=llama --kv_heads=1
goes_out llama Llama
more biased --recipe=llama --bias --tied --mup_width=16 --mup_head=4
goes_out biased Llama
more qwen --recipe=llama --qk_norm --mup_width=16 --mup_head=4 --head_size=8 \
    --kv_heads=2
goes_out qwen Qwen3
more odd --norm=rms
refuses 2 "options that no family has" "no family.*--recipe=gpt2 or llama" \
    scalelaw export odd --out=x
refuses 2 "a format that is none" "there is safetensors" \
    scalelaw export pairs --format=gguf --out=x
refuses 2 "no folder" "--out=DIR" scalelaw export pairs
printf x | dd of="w/$pairs/tokenizer.bpe" bs=1 seek=300 conv=notrunc 2>.dd
refuses 1 "a tokenizer that was changed" "tokenizer.bpe:" \
    scalelaw sample pairs
