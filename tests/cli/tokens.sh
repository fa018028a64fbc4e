# tokens.sh - files of tokens for and from nanoGPT and llm.c, and training on
# tokens that nobody knows the meaning of.
. "$ROOT/tests/cli/say.sh"

cat "$ROOT"/docs/*.md "$ROOT"/*.md >prose.txt
run scalelaw corpus prepare prose.txt --tokenizer=bpe:512
ends 0 "a corpus of byte pairs is prepared"
run scalelaw corpus export prose.bpe-512 --format=nanogpt --out=nano
ends 0 "it goes out for nanoGPT"
run scalelaw corpus export prose.bpe-512 --format=llmc --out=llm
ends 0 "and for llm.c"
holds "both say how many tokens" grep -q 'llm/prose_val.bin: [0-9]* tokens' out
tail -c +1025 llm/prose_train.bin >bare
holds "after 1024 bytes the two are one" cmp bare nano/train.bin

if command -v python3 >.p; then
    holds "train.py of nanoGPT finds the vocabulary in meta.pkl" python3 -c '
import pickle
meta = pickle.load(open("nano/meta.pkl", "rb"))
assert meta["vocab_size"] == 512
ids = memoryview(open("nano/val.bin", "rb").read()).cast("H")
text = "".join(meta["itos"][i] for i in ids).encode("latin-1")
assert text and text in open("prose.txt", "rb").read() or \
    all(line in open("prose.txt", "rb").read() for line in text.split(b"\n"))
assert all(meta["stoi"][meta["itos"][i]] == i for i in range(512))'
    holds "the header is that of llm.c" python3 -c '
import struct, os
raw = open("llm/prose_train.bin", "rb").read()
magic, version, count = struct.unpack("<3i", raw[:12])
assert (magic, version) == (20240520, 1) and not any(raw[12:1024])
assert len(raw) == 1024 + 2 * count'
else
    skip "meta.pkl and headers are read back" "there is no python3 here"
fi

run scalelaw corpus import nano --name=given
ends 0 "tokens come in from a folder"
holds "what is not known is said" grep -q \
    'bytes a token *not known: the tokens were given' out
run scalelaw corpus import llm/prose_train.bin llm/prose_val.bin --name=given2
holds "the same tokens are the same corpus" sh -c \
    'a=$(scalelaw corpus inspect given | grep SHA) &&
     b=$(scalelaw corpus inspect given2 | grep SHA) && [ "$a" = "$b" ]'
# -- tokenize --------------------------------------------------------------------
head -c 30000 /dev/urandom >noise
cat prose.txt noise >mixed
run scalelaw tokenize prose.bpe-512 mixed
ends 0 "text becomes numbers"
cp out numbers
holds "fewer than bytes" test "$(wc -w <numbers)" -lt "$(wc -c <mixed)"
run scalelaw tokenize prose.bpe-512 numbers --decode
holds "and text again, whatever it was" cmp out mixed
scalelaw tokenize nano/tokenizer.bpe <mixed >again 2>err
holds "by the file of the vocabulary too" cmp again numbers
run scalelaw tokenize prose noise
holds "bytes are tokens" test "$(wc -w <out)" -eq 30000
refuses 2 "numbers that are no tokens" "'900': no token below 512" \
    sh -c 'echo 5 900 | scalelaw tokenize prose.bpe-512 --decode'
refuses 2 "tokens that nobody knows" "nobody" scalelaw tokenize given numbers

short="--context=64 --batch=4 --steps=40 --shape=2x16 --eval_tokens=1024 \
    --eval_points=0 --out=kept"
run scalelaw train --corpus=given $short --name=given
ends 0 "a model is trained on them"
given=$(echo kept/runs/given-*)
holds "without bits per byte" grep -q '"val_bpb":null' "$given/run.json"
holds "and with a loss" grep -q '"val_loss":[0-9]' "$given/run.json"
refuses 2 "text from it" "nobody said what its tokens" \
    scalelaw sample "$given"
run scalelaw sample "$given" --ids --prompt="1 2 3" --tokens=4
holds "it writes numbers" grep -qE '^1 2 3( [0-9]+){4} $' out

run scalelaw corpus import nano --name=known --tokenizer=nano/tokenizer.bpe
ends 0 "with their vocabulary they mean something"
run scalelaw train --corpus=known $short --name=known
run scalelaw train --corpus=prose.bpe-512 $short --name=own
loss() { grep -o '"val_\(loss\|bpb\)":[0-9.]*' kept/runs/$1-*/run.json; }
loss known >one
loss own >two
holds "a loss and bits per byte" test "$(wc -l <one)" -eq 2
holds "the same as on the corpus itself" cmp one two

refuses 2 "no name" "name=NAME" scalelaw corpus import nano
refuses 2 "a format that is none" "nanogpt and llmc" \
    scalelaw corpus import nano --name=x --format=gguf
refuses 1 "tokens past the vocabulary" "is the vocabulary" \
    scalelaw corpus import nano --name=x --vocab=300
refuses 2 "a tokenizer for tokens" "bpe:512 already" \
    scalelaw train --corpus=prose.bpe-512 --tokenizer=bpe:600 --shape=2x16
