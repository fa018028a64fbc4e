# corpus.sh - texts taken, listed, inspected, refused; made to measure.
. "$ROOT/tests/cli/say.sh"

json() { # json FILE EXPRESSION: a Python expression over the document d
    python3 -c "import json,sys; d=json.load(open('$1')); sys.exit(not ($2))"
}
have_python=$(command -v python3 || true)

run scalelaw corpus synth --order=2 --letters=6 --bytes=300k --out=chain.txt
ends 0 "text of known entropy is written"
holds "as long as was asked" test "$(wc -c <chain.txt)" -eq 300000
holds "its entropy is said" grep -q 'knowing 2 before *[0-9.]* nats' out
cp chain.txt again.txt
run scalelaw corpus synth --order=2 --letters=6 --bytes=300k --out=chain.txt
holds "the same seed writes the same text" cmp chain.txt again.txt
run scalelaw corpus synth --order=2 --letters=6 --bytes=300k --out=x --seed=2
holds "another seed another" sh -c '! cmp -s chain.txt x'

run scalelaw corpus prepare chain.txt
ends 0 "a text file is prepared"
holds "tokens are counted in words" grep -q 'to train on, .* held out' out
holds "progress goes to stderr" grep -q 'chain: 300,000 bytes of text' err
holds "the shard lies in ./data" test -s data/chain.shard
holds "SHA-256 is that of the text" \
    grep -q "$(sha256sum chain.txt | cut -c1-64)" out

cp data/chain.shard first.shard
run scalelaw corpus prepare chain.txt
holds "prepared again, nothing is done" grep -q 'there already, and whole' err
holds "and the shard is as it was" cmp data/chain.shard first.shard

gzip -k -9 chain.txt
run scalelaw corpus prepare chain.txt.gz --name=packed --data=other
holds "gzip is the same text" \
    grep -q "$(sha256sum chain.txt | cut -c1-64)" out
holds "--data is another folder" test -s other/packed.shard
run env SCALELAW_DATA_DIR=third \
    scalelaw corpus prepare chain.txt --quiet
holds "so is SCALELAW_DATA_DIR" test -s third/chain.shard
holds "--quiet is quiet" test ! -s err

run scalelaw corpus list
ends 0 "the catalogue is listed"
holds "with gcide and how to get it" grep -qE '^gcide +39,952,321 +to get' out
holds "and what is prepared" grep -qE '^chain +300,000 +ready' out
printf x | dd of=data/chain.shard bs=1 seek=100 conv=notrunc 2>.dd
run scalelaw corpus list
holds "a damaged one is called so" grep -qE '^chain +- +damaged' out
run scalelaw corpus inspect gcide
ends 0 "one of the catalogue is inspected before it is there"
holds "licence and yardsticks" sh -c \
    'grep -q "GPL-2+" out && grep -q "xz -9e *1.845 bits per byte" out'

run scalelaw corpus inspect markov2-noise1
ends 0 "a source of known entropy is inspected before it is drawn"
holds "and nothing is downloaded for it" sh -c \
    'grep -q "drawn here, from a source of known entropy" out &&
     ! grep -q "package" out'

refuses 1 "a damaged shard" 'header is damaged.*make it again' \
    scalelaw corpus inspect chain
run scalelaw corpus prepare chain.txt
holds "is made again" cmp data/chain.shard first.shard
truncate -s 200000 data/chain.shard
refuses 1 "a shard cut short" 'cut short: 200000 bytes where 304096' \
    scalelaw corpus inspect data/chain.shard
refuses 1 "text where a shard is expected" 'corpus prepare' \
    scalelaw corpus inspect chain.txt

: >empty
refuses 1 "an empty file" 'empty: empty; at least 81,940 bytes' \
    scalelaw corpus prepare empty
refuses 1 "a missing file" 'nowhere: cannot be read' \
    scalelaw corpus prepare nowhere
head -c 100000 /dev/urandom >noise
refuses 1 "what is not text" 'noise: not text .* --binary' \
    scalelaw corpus prepare noise --quiet
head -c 10000 chain.txt.gz >cut.gz
refuses 1 "gzip that ends early" 'cut.gz: the gzip file was cut short' \
    scalelaw corpus prepare cut.gz
refuses 2 "a name that is no corpus" 'did you mean gcide' \
    scalelaw corpus inspect gcid
refuses 2 "an unknown subcommand" 'did you mean inspect' \
    scalelaw corpus inspekt gcide
refuses 2 "an unknown option" 'did you mean --holdout' \
    scalelaw corpus prepare chain.txt --holdut=0.1
refuses 2 "two files at once" 'one file or folder' \
    scalelaw corpus prepare chain.txt again.txt
refuses 2 "more than half held out" 'holdout: 0.7 is not a share' \
    scalelaw corpus prepare chain.txt --holdout=0.7

# A source of the user's own, small enough to be drawn at once.
cat >coin.corpus <<'END'
name    = "coin"
about   = "a hidden Markov source"
licence = "CC0-1.0"
source  = "hmm"
states  = 6
letters = 5
seed    = 2
noise   = 0.02
bytes   = 200000
fixed   = false
sha256  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
END
mkdir -p own/corpora && cp coin.corpus own/corpora
sed 's/"hmm"/"dice"/' coin.corpus >dice.corpus
run env SCALELAW_DATA=own scalelaw corpus get coin
ends 0 "a hidden Markov source is drawn"
holds "its entropy stands with its error" \
    grep -qE 'known entropy +[0-9.]+ nats a token, standard error' out
holds "and what that means at a context" grep -q 'at context 32' out
refuses 2 "a source that is none" "'dice' is no source" \
    scalelaw corpus get ./dice.corpus

if [ -n "$have_python" ]; then
    run scalelaw corpus prepare again.txt --json --quiet
    holds "prepare speaks JSON" json out \
        'd["bytes"] == 300000 == d["train_tokens"] + d["val_tokens"]'
    holds "what is not known is null" json out 'd["licence"] is None'
    run scalelaw corpus list --json
    holds "list speaks JSON" json out \
        '{"gcide", "chain", "again"} <= {c["name"] for c in d}'
    run scalelaw corpus synth --bytes=1000 --out=y --json
    holds "synth speaks JSON" json out \
        'd["entropy_nats"] == d["entropy_nats_by_context"][2] > 0.5'
else
    skip "JSON is read back" "there is no python3 here"
fi
