# bench.sh - what is measured is told with the same keys for whoever was
# timed; a peer that answers is raced against, and one that does not is said
# to be none.
. "$ROOT/tests/cli/say.sh"

keys='"L": "d_model": "vocab": "batch": "context": "threads": "dtype": "path":
"ms_min": "ms_median": "tokens_per_s": "gflops": "share_of_peak": "rss_mb":'
due='ms_min\|ms_median\|gflops\|rss_mb'

quick="--seconds=0.02 --batch=2 --context=32 --json"

run scalelaw bench train --shape=1x16 $quick --peer=none
ends 0 "a training step is timed"
holds "with every key that was asked for" whole out
holds "in one row" test "$(wc -l <out)" = 1

run scalelaw bench train --shape=1x16 $quick --peer=none --dtype=both
ends 0 "both dtypes race"
holds "with every key" whole out
holds "a row each" sh -c 'grep -q "\"dtype\":\"fp32\"" out &&
    grep -q "\"dtype\":\"bf16\"" out'

# A peer that says each step takes five milliseconds: text in, text out.
cat >peer.sh <<'PEER'
while read -r word rest; do
    case $word in
    open)   echo "$rest" >>asked
            echo "ready fp32 stand-in 1.0" ;;
    steps)  echo "took $(awk "BEGIN { print 0.005 * $rest }")" ;;
    memory) echo "peak 123000000" ;;
    *)      echo "no" ;;
    esac
done
PEER
run scalelaw bench train --shape=1x16 --vocab=99 $quick --peer="sh peer.sh"
ends 0 "a peer is raced against"
holds "with every key for both" whole out
holds "it hears the shape: L, d, heads, V, B, T, threads" \
    grep -qx "1 16 1 99 2 32 1 wall" asked
holds "its row has its name, its time and its memory" sh -c \
    'tail -n 1 out | grep "\"path\":\"stand-in 1.0\"" |
     grep "\"ms_median\":5[,.]\|\"ms_median\":4.99\|\"ms_median\":5.00" |
     grep -q "\"rss_mb\":123[,.}]"'

run scalelaw bench train --shape=1x16 $quick --peer="exit 3"
ends 0 "a peer that ends at once leaves our row"
holds "whole" whole out
holds "and is said to be none" grep -q "^no peer: " err

cat >tired.sh <<'PEER'
read -r word rest; echo "ready bf16 tired"
read -r word rest; echo "took 0.01"
PEER
run scalelaw bench train --shape=1x16 $quick --peer="sh tired.sh"
ends 0 "a peer that ends midway leaves our row"
holds "alone" test "$(wc -l <out)" = 1
holds "and is said to have ended" grep -q "ended" err

run scalelaw bench nonsense
ends 2 "an unknown benchmark is refused"
holds "by naming those there are" grep -q "train, kern, sweep and fit" err

# The real one, where it is installed: that it is quick enough to be asked.
if /usr/bin/python3 -c 'import torch' 2>/dev/null; then
    run scalelaw bench train --shape=1x16 $quick --peer=torch
    ends 0 "PyTorch races"
    holds "with every key for both" whole out
    holds "and says which of its ways was the quickest" \
        grep -q '"path":"torch .*"tried":"fp32 ' out
else
    skip "PyTorch races" "python3-torch is not installed"
fi
