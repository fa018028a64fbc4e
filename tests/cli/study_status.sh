# study_status.sh - how far a study has come, while it trains, after it was cut
# off, and when it is done; what of it is no longer asked for; who works on it.
. "$ROOT/tests/cli/say.sh"

run scalelaw corpus synth --out=text.txt --bytes=1M --order=2 --letters=24
cat >tiny.study <<'END'
name   = "tiny"
corpus = "text.txt"
[model]
context   = 32
head_size = 8
[grid]
budgets   = [3e10, 9e10]
holdout   = false
sizes     = ["1x8", "1x16", "2x16", "2x24", "2x32", "2x48", "2x64"]
spread    = 6
sizes_min = 5
centre_n  = 14e3
centre_c  = 3e10
epochs    = true
[train]
batch_tokens = 256
lr           = 0.02
eval_tokens  = 16384
checkpoint_s = 0.05
[fit]
resamples = 20
END

field() { # NAME: a number of the JSON on out, the last of that name
    grep -o "\"$1\":[^,}]*" out | tail -1 | cut -d: -f2
}

scalelaw study tiny.study --out=w/out/tiny --cores=1 >/dev/null 2>&1 &
child=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    sleep 0.1
    [ "$(ls w/out/tiny/locks 2>/dev/null | wc -l)" -gt 0 ] && break
done
run sh -c "cd w && scalelaw study status tiny"
ends 0 "status of a study that trains, by its name"
holds "names the process, its host and its run" \
    grep -q "^process $child on $(uname -n) trains c[39]" out
run scalelaw study status w/out/tiny --json
ends 0 "the same for programs"
holds "is one line of JSON" sh -c 'test "$(wc -l <out)" -eq 1'
holds "with the process as a number" grep -q "\"process\":$child" out
holds "one run is running" grep -q '"running":1' out
kill -9 $child
wait $child 2>/dev/null

run scalelaw study status w/out/tiny
ends 0 "status of a study that was killed"
holds "nobody works on it" grep -q "no process trains a run of it" out
run scalelaw study status w/out/tiny --json
cut=$(field running)
holds "nothing of it is running" test "$cut" = 0

run scalelaw study tiny.study --out=w/out/tiny
ends 0 "it goes on to its end"
run sh -c "cd w && scalelaw study status"
ends 0 "the newest study is taken where none is named"
holds "nothing is left" grep -q "nothing is left to train" out
runs=$(ls w/out/tiny/runs | wc -l)
holds "all runs are done" grep -q "^all  *$runs  *$runs  *0  *0  *0 " out
run scalelaw study status w/out/tiny --json
holds "spent is the sum of what the records say" sh -c '
    spent=$(grep -ho "\"flop_new\":[0-9]*" w/out/tiny/runs/*/run.json |
        awk -F: "{ s += \$2 } END { printf \"%.0f\", s }")
    grep -q "\"flop_spent\":$spent," out'

# A plan that asks for less: the rest is named, and counts as spent alone.
first=$(ls w/out/tiny/runs | head -1)
{
    echo id,name,group,wave,flop_new,tokens
    for id in $(ls w/out/tiny/runs | tail -n +2) new-00000000; do
        echo "$id,$id,fit,0,1e10,1e6"
    done
} >w/out/tiny/plan.csv
run scalelaw study status w/out/tiny
ends 0 "status of a study that was edited"
holds "names the run that is no longer asked for" grep -q "^  $first\$" out
holds "and has the one to come waiting" \
    grep -q "^fit  *$runs  *$((runs - 1))  *0  *0  *1 " out
holds "the time left is told, by the speed so far" \
    grep -q "^about .* left at .* GFLOP/s a core, if begun on" out
run scalelaw study status w/out/tiny --json
holds "for programs, too" grep -q "\"no_longer_asked_for\":\[\"$first\"\]" out

echo bent >w/out/tiny/plan.csv
refuses 1 "a bent plan" "plan.csv.*columns" scalelaw study status w/out/tiny
refuses 1 "a study that is not there" "nosuch" scalelaw study status nosuch
refuses 2 "two studies" "one study is enough" scalelaw study status a b
