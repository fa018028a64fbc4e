# import.sh - tables and logs from elsewhere, as a person meets them: what a new
# user offers, and docs/import.md, every file and command of which is tried.

. "$ROOT/tests/cli/say.sh"

# Reads what was printed by eyes that are not ours.
python_holds() {
    if command -v python3 >/dev/null; then
        holds "$1" python3 -c "$2"
    else
        skip "$1" "needs python3"
    fi
}

# A family whose law is known, under the names that its people gave.
awk 'BEGIN {
    print "run,n_params,train_tokens,val/loss,arch"
    for (b = 0; b < 5; b++) for (s = 0; s < 5; s++) {
        n = 1e5 * 2^b * 2.2^(s - 2); d = 2e12 * 3^b / 6 / n
        l = 1.1 + 60 / n^0.42 + 400 / d^0.35
        printf "r%d,%.6e,%.6e,%.8f,%s\n", i++, n, d, l * (1 + 0.002 * sin(7 * i)),
            s % 2 ? "lstm" : "gpt"
    }
}' >runs.csv

# -- fit reads it as it is

run scalelaw fit runs.csv --bootstrap=0
ends 0 "a table is fitted without a map"
holds "and what was read as what is said" grep -q \
    "^runs.csv: N = n_params, D = train_tokens, loss = val/loss$" err
run scalelaw fit runs.csv --bootstrap=0 --where="arch = 'gpt' and N > 1e4"
holds "rows are chosen by texts and letters" sh -c 'head -n 3 out | grep -q "15 runs"'

# -- import writes it down

run scalelaw runs import runs.csv --out=clean.csv
ends 0 "a table is imported"
holds "the laws' letters stand first" \
    sh -c 'head -n 1 clean.csv | grep -q "^N,D,C,loss,run,arch$"'
run scalelaw fit clean.csv --bootstrap=0
cp out clean.out
run scalelaw fit runs.csv --bootstrap=0
holds "and fits as the table it came from" cmp out clean.out
run scalelaw runs import runs.csv
python_holds "a CSV reader finds its columns" '
import csv
rows = list(csv.DictReader(open("out")))
assert len(rows) == 25 and rows[3]["arch"] == "lstm"
assert abs(float(rows[7]["C"]) / (6 * float(rows[7]["N"]) * float(rows[7]["D"])) - 1) < 1e-12'
run scalelaw runs import runs.csv --json
cp out runs.jsonl
python_holds "each line is JSON" '
import json
rows = [json.loads(line) for line in open("out")]
assert len(rows) == 25 and rows[0]["run"] == "r0" and rows[0]["arch"] == "gpt"'
run scalelaw fit runs.jsonl --bootstrap=0
holds "JSON Lines fit as the table they came from" cmp out clean.out
gzip -c runs.csv >packed.csv.gz
run scalelaw fit packed.csv.gz --bootstrap=0
holds "and so does a packed table" cmp out clean.out
awk 'NR > 1 { print > "parts/" (NR % 2) ".csv" } NR == 1 {
    system("mkdir parts"); print > "parts/0.csv"; print > "parts/1.csv" }' runs.csv
run scalelaw runs import parts/0.csv parts/1.csv
holds "several files are one table" test "$(wc -l <out)" -eq 26
run scalelaw fit parts --bootstrap=0
holds "and so is a folder" grep -q "25 runs" out

# -- logs

mkdir -p logs/d4 logs/d8
printf 's:0 tel:11.0\ns:100 trl:5.1 lr:0.0006 norm:1.1\ns:100 tel:5.0\n' >logs/d4/main.log
echo '{"n_params": "10M", "tokens": 2e8}' >logs/d4/config.json
printf 's:0 tel:11.0\ns:200 tel:4.0\ns:300 t' >logs/d8/main.log
run scalelaw runs import logs
ends 0 "a folder of logs is imported"
holds "a run a row, with its last loss" grep -q "^10000000,200000000,.*,5,d4," out
holds "a torn line is said" grep -q "main.log:3: the last line is torn" err
run scalelaw runs import logs --curves
holds "all points, if asked" test "$(wc -l <out)" -eq 5
holds "with the run of each" grep -q ",d8," out

# A family as its logs: 25 runs of four points each.
awk 'BEGIN { for (b = 0; b < 5; b++) for (s = 0; s < 5; s++) {
    n = 1e5 * 2^b * 2.2^(s - 2); d = 2e12 * 3^b / 6 / n
    dir = "family/r" b s; system("mkdir -p " dir)
    for (k = 1; k <= 4; k++) {
        t = d * k / 4
        printf "{\"step\":%d,\"tokens\":%.6e,\"n_params\":%.6e,\"val_loss\":%.8f}\n",
            k * 100, t, n, (1.1 + 60 / n^0.42 + 400 / t^0.35) \
            * (1 + 0.002 * sin(35 * b + 7 * s + k)) >(dir "/metrics.jsonl")
    } } }'
run scalelaw fit family --bootstrap=0
holds "a folder of logs is fitted by the ends of its runs" grep -q "25 runs" out
holds "and of many files the first are named" sh -c \
    'grep -q "^... and 17 more; 25 rows in all$" err && [ $(wc -l <err) -lt 15 ]'
run scalelaw fit family --curves --bootstrap=20
holds "or by all their points" grep -q "100 runs" out
holds "whose runs are drawn whole" grep -q "by cluster" out

# -- the mistakes of a new user

refuses 2 "no file" "say which file" scalelaw runs import
refuses 1 "a file that is not there" "No such file" scalelaw runs import none.csv
refuses 1 "the same for fit" "none.csv: .*No such file" scalelaw fit none.csv
refuses 2 "an unknown format" "there are csv, jsonl" \
    scalelaw runs import runs.csv --format=excel
printf 'size,tokens,loss\n1e6,2e7,3\n' >sizes.csv
refuses 2 "a size under a name of one's own" \
    "no column 'N' .parameters: params.*columns size, tokens, loss.*--map=N=" \
    scalelaw fit sizes.csv
run scalelaw runs import sizes.csv --map=N=size --need=N,D,loss
ends 0 "which --map names"
refuses 2 "a typing error in it" "did you mean 'size'" \
    scalelaw runs import sizes.csv --map=N=sise
printf 'params,tokens,loss\n70B,1.4T,1.9\n124M,300 B,NaN\n1e9,-1,2\n' >bad.csv
refuses 1 "a loss that is none" "bad.csv:3: loss is 'NaN'.*--skip-bad" \
    scalelaw fit bad.csv
run scalelaw runs import bad.csv --need=N,D,loss --skip-bad
ends 0 "--skip-bad leaves such rows out"
holds "one by one, by name" sh -c \
    'grep -q "bad.csv:3: loss is .NaN.*left out" err &&
     grep -q "bad.csv:4: D is -1.*left out" err'
holds "and keeps the rest" sh -c \
    'wc -l <out | grep -qx " *2" && grep -q "^70000000000,1400000000000," out'
printf '1e6,2e7,3\n' >nameless.csv
refuses 1 "no names" "nameless.csv:1: a first line|nameless.csv:1: numbers|no rows" \
    scalelaw runs import nameless.csv
printf '{"params": 1e6, "tokens": 2e7, "loss": 3\n' >cut.jsonl
refuses 1 "JSON that ends too early" "cut.jsonl:[12]:.*the text ends here" \
    scalelaw runs import cut.jsonl
printf 'PAR1\0\0\0\0' >runs.parquet
refuses 1 "Parquet, with what helps" "duckdb" scalelaw runs import runs.parquet
: >empty.csv
refuses 1 "an empty file" "empty.csv: empty" scalelaw runs import empty.csv
mkdir nothing
refuses 1 "an empty folder" "nothing: no file in it" scalelaw runs import nothing
refuses 1 "a place that cannot be written" "none/x.csv" \
    scalelaw runs import runs.csv --out=none/x.csv
refuses 2 "a condition that is none" "COLUMN < NUMBER" \
    scalelaw runs import runs.csv --where=loss
refuses 2 "curves of a study" "is for files" scalelaw fit --curves nostudy

# -- docs/import.md: files by their names before a block, commands behind $

mkdir doc
awk '/^`[^`]*`:$/ { name = substr($0, 2, length($0) - 3) }
     /^```/ { on = !on; if (!on && name) { close("doc/" path); name = "" }
              else if (on && name) { path = name; dir = path
                  if (sub("/[^/]*$", "", dir)) system("mkdir -p doc/" dir) }
              next }
     on && name { print > ("doc/" path) }' "$ROOT/docs/import.md"
sed -n 's/^    \$ //p' "$ROOT/docs/import.md" >commands
count=0
while IFS= read -r line; do
    count=$((count + 1))
    (cd doc && sh -c "$line") >out 2>err </dev/null
    status=$?
    ends 0 "docs/import.md: $line"
done <commands
awk '/^gives$/ { wanted = 1 } /^```/ { on = !on; if (!on && wanted) exit; next }
     on && wanted' "$ROOT/docs/import.md" >shown
awk '/^and on stderr$/ { wanted = 1 } /^```/ { on = !on; if (!on && wanted) exit; next }
     on && wanted' "$ROOT/docs/import.md" >said
(cd doc && exec scalelaw runs import runs.csv) >out 2>err
holds "docs/import.md shows what is printed" cmp shown out
holds "and what is said" cmp said err
holds "docs/import.md shows commands" test "$count" -ge 8

# Each known name of the table in docs/import.md is known.
grep -E '^\| `(N|D|C|S|loss)` \|' "$ROOT/docs/import.md" |
    sed 's/^| `\([A-Za-z]*\)` | \(.*\) |$/\1 \2/' | tr -d '`,' >names
holds "the page lists names for all five" test "$(wc -l <names)" -eq 5
while read -r letter all; do
    for name in $all; do
        printf '%s\n1\n' "$name" >one.csv
        scalelaw runs import one.csv >out 2>err ||
            not_ok "docs/import.md: $name is read"
        head -n 1 out | grep -qE "^$letter(,|$)" ||
            not_ok "docs/import.md: $name is known as $letter"
    done
    ok "docs/import.md: names of $letter are known as that"
done <names
