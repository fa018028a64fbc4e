# corpus_gcide.sh - the default corpus, for real, from Debian.
. "$ROOT/tests/cli/say.sh"

mkdir try
if ! (cd try && timeout 60 apt-get -q -o Acquire::Retries=0 download dict-gcide) \
        >try.log 2>&1; then
    skip "gcide is fetched" "no dict-gcide from apt here: $(grep -m1 '^E:' try.log)"
    exit 0
fi
sha=802beb667e1fb666203e750f1faea60d5c202ac5430c2083c4180494609f10a7

run scalelaw corpus get gcide
ends 0 "gcide is fetched"
holds "40 MB of it" grep -q '39,952,321 bytes' out
holds "its SHA-256 is the known one" grep -q "$sha" out
holds "its licence is said" grep -q 'GPL-2+' out
holds "the text that zcat gives is the same" sh -c "
    dpkg-deb -x data/cache/dict-gcide_*.deb x &&
    zcat x/usr/share/dictd/gcide.dict.dz | sha256sum | grep -q $sha"
holds "nothing half done is left" sh -c '! ls -d data/*.tmp data/*.work'
cp data/gcide.shard whole

run scalelaw corpus get gcide
ends 0 "fetched again"
holds "it is there already" grep -q 'there already, and whole' err

# Killed somewhere in the middle, five times, then let alone.
for delay in 0.02 0.1 0.2 0.3 0.4; do
    rm -f data/gcide.shard
    scalelaw corpus get gcide >out 2>err &
    child=$!
    sleep $delay
    kill -9 $child 2>.kill
    wait $child 2>.wait
done
run scalelaw corpus get gcide
ends 0 "after kill -9 it goes on"
holds "and ends with the same shard" cmp data/gcide.shard whole
holds "and nothing half done" sh -c '! ls -d data/*.tmp data/*.work'
