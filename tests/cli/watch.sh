# watch.sh - a study served in a browser: what is told as runs end, who may
# read, and that nothing is written.
. "$ROOT/tests/cli/say.sh"

small_study small 0.01

# An address once it is printed.
address() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -s "$1" ] && break
        sleep 0.1
    done
    cat "$1"
}

run scalelaw study small.study --out=kept/small
ends 0 "a study to look at"
spare=$(ls -d kept/small/runs/* | tail -1)
mv "$spare" spare.run && mkdir spare &&
    mv spare.run "spare/$(basename "$spare")"

find kept/small -type f -exec sha256sum {} + | sort >before
scalelaw watch kept/small --port=0 --every=0.1 >url 2>said &
watcher=$!
python3 "$ROOT/tests/cli/watch.py" "$(address url)" kept/small \
    "spare/$(basename "$spare")" || not_ok "all was asked"

port=$(sed 's/.*:\([0-9]*\).*/\1/' url)
refuses 75 "a port that is taken is refused" "port=0" \
    scalelaw watch kept/small --port="$port"

kill "$watcher"
holds "it ends well when asked to" wait "$watcher"
rm -r "kept/small/runs/$(basename "$spare")"
find kept/small -type f -exec sha256sum {} + | sort >after
holds "nothing was written into the study" sh -c "test -s before && cmp before after"

scalelaw watch kept/small --port=0 --listen=127.0.0.1 \
    --token=0123456789abcdef >url2 2>said2 &
watcher=$!
python3 "$ROOT/tests/cli/watch.py" --token=0123456789abcdef \
    "$(address url2)" || not_ok "all was asked with a token"
kill "$watcher"
wait "$watcher"

refuses 2 "an address that is none is refused" "0.0.0.0" \
    scalelaw watch kept/small --listen=elsewhere
refuses 2 "a short token is refused" "16 to 64" \
    scalelaw watch kept/small --token=short
refuses 1 "a study that is not there is refused" "no study" \
    scalelaw watch kept/none
