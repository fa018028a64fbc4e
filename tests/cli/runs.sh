# runs.sh - scalelaw runs, on records that this script writes itself: what the
# program reads is a format, and not only what it wrote.

. "$ROOT/tests/cli/say.sh"

# The program runs in `place`, for its studies lie in ./out, and here `out` is
# what it printed.
run() {
    (cd place && exec "$@") >out 2>err </dev/null
    status=$?
}

# Reads what was printed by eyes that are not ours.
python_holds() {
    if command -v python3 >/dev/null; then
        holds "$1" python3 -c "$2"
    else
        skip "$1" "needs python3"
    fi
}

# record DIR ID STATUS LAYERS WIDTH TOKENS FLOP LOSS: a run folder. STATUS
# "null" is one that has not ended, and has no DONE.
record() {
    mkdir -p "$1/$2"
    status_json="\"$3\""
    [ "$3" != null ] || status_json=null
    cat >"$1/$2/run.json" <<END
{"schema":1,"id":"$2","name":"${2%-*}","study":"demo","group":"fit",
"config":"lr = 1e-3\nsteps = 900\n","code":"abc","host":"a, b",
"started":"2026-11-22T15:04:05Z","corpus":"gcide","corpus_sha256":"00ff",
"tokenizer":"byte","bytes_per_token":1,"arch":"transformer","layers":$4,
"width":$5,"heads":4,"ff":192,"vocab":257,"context":128,"tied":false,
"params_body":84000,"params_matrix":$((12 * $4 * $5 * $5)),"params_head":12336,
"params_embed":18480,"params_total":114816,"flop_qkv":1,"flop_scores":2,
"flop_values":3,"flop_proj":4,"flop_ff":5,"flop_head":6,"flop_embed":7,
"flop_softmax":8,"flop_per_token":600000,"budget":1e12,"batch_tokens":2048,
"steps":900,"lr":0.01,"schedule":"cosine","seed":1,"kernels":"ref",
"status":$status_json,"reason":null,"tokens":$6,"unique_tokens":$6,"epochs":1,
"flop":$7,"flop_6nd":1e12,"train_loss":1.7,"val_loss":$8,"val_se":0.004,
"val_bpb":2.5,"val_tokens":65536,"wall_s":75,"tok_per_s":1000,"joules":null,
"resumed":0}
END
    [ "$3" != null ] || return 0
    (cd "$1/$2" && sha256sum run.json >DONE && echo "# metrics.jsonl 0" >>DONE)
}

# The line of a run in the table, blanks squeezed.
line() {
    grep "^$1 " out | tr -s ' '
}
says() {
    [ "$(line "$1")" = "$2" ] || { line "$1"; false; }
}

R=place/out/demo/runs
record $R b-00000002 done     3 48 1843200 1.234e12 1.75
record $R a-00000001 done     2 32 950     9.9e10   2.25
record $R c-00000003 plateau  2 16 12345   5e10     3.1
record $R d-00000004 null     2 64 0       null     null
printf '{"schema":1,"name":"demo","config":"","corpus_sha256":"00ff",
"counts":"body+head","corpus_train_tokens":1,"corpus_val_tokens":1,"vocab":257,
"context":128,"resamples":1,"seed":1}\n' >place/out/demo/study.json

# -- list

run scalelaw runs list
ends 0 "the newest study under out is listed without being named"
holds "the list says which study it is of" grep -q "^study: out/demo" err
holds "the list counts by status" \
    grep -q "^4 runs in out/demo: 2 done, 1 plateau, 1 unfinished$" err
holds "a run is one line" says b-00000002 \
    "b-00000002 done 3x48 95.3k 1.84M 1.23e+12 1.7500 2.5000 1 min 15 s"
holds "small counts are whole" says a-00000001 \
    "a-00000001 done 2x32 32.8k 950 9.9e+10 2.2500 2.5000 1 min 15 s"
holds "what has not been measured is a dash" says d-00000004 \
    "d-00000004 unfinished 2x64 115k - - - - -"
holds "columns are aligned" test "$(awk '{ print index($0, "x") }' out |
    sed 1d | sort -u | wc -l)" -eq 1

for name in out/demo out/demo/ out/demo/runs demo --study=out/demo; do
    run scalelaw runs list $name
    holds "runs list $name finds them" test "$(wc -l <out)" -eq 5
done

run scalelaw runs list --where="val_loss < 3 order by flop desc"
holds "a condition chooses and orders" test \
    "$(awk 'NR > 1 { print $1 }' out | tr '\n' ' ')" = "b-00000002 a-00000001 "
refuses 2 "a wrong condition is refused" "no such column: lss" \
    scalelaw runs list --where="lss < 3"
refuses 2 "more than a condition is refused" "more than one statement" \
    scalelaw runs list --where="1; drop table runs"

run scalelaw runs list --json
python_holds "JSON holds every run with numbers as numbers" '
import json
runs = {r["id"]: r for r in json.load(open("out"))}
assert len(runs) == 4 and runs["b-00000002"]["val_loss"] == 1.75
assert runs["d-00000004"]["val_loss"] is None
assert runs["d-00000004"]["tokens"] is None'

refuses 1 "a folder that is no study is refused" "nowhere: no study" \
    scalelaw runs list nowhere
refuses 2 "two studies are refused" "one study" scalelaw runs list a b

# -- show

run scalelaw runs show b-00000002
ends 0 "a run is shown by its id"
holds "a field comes with its value and meaning" \
    grep -qE "^val_loss +1.75 +nats a token" out
holds "the configuration is shown line by line" grep -q "^    steps = 900$" out
run scalelaw runs show b-
holds "the beginning of an id is enough" grep -q "^id *b-00000002" out
run scalelaw runs show out/demo/runs/c-00000003/
holds "the folder of a run is enough" grep -q "^status *plateau" out
run scalelaw runs show d-
holds "an unfinished run shows dashes, not 0" grep -qE "^tokens +- " out
run scalelaw runs show --json b-
python_holds "a run is shown as JSON" '
import json
assert json.load(open("out"))["params_matrix"] == 12 * 3 * 48 * 48'
record $R b-00000005 done 3 48 1 1e12 1.8
refuses 2 "a beginning of two ids is refused with both" \
    "b-00000002, b-00000005" scalelaw runs show b-
refuses 2 "an unknown id is refused" "no run of out/demo" scalelaw runs show x
refuses 2 "no id is refused" "give one run" scalelaw runs show
rm -r $R/b-00000005

# -- export

run scalelaw runs export
ends 0 "runs are exported as CSV"
python_holds "a CSV reader finds the laws' letters and nanochat's names" '
import csv
rows = {r["id"]: r for r in csv.DictReader(open("out"))}
b = rows["b-00000002"]
assert len(rows) == 4 and b["host"] == "a, b"
assert float(b["C"]) == float(b["flop"]) == 1.234e12
assert b["D"] == b["tokens"] == b["tokens_trained"] == "1843200"
assert b["loss"] == b["val_loss"] == "1.75" and b["joules"] == ""
assert b["depth"] == "3" and b["n_body+head"] == "95280"
assert rows["d-00000004"]["D"] == rows["d-00000004"]["val_loss"] == ""'
run scalelaw runs export --jsonl --where="status = 'done'" --out=runs.jsonl
holds "JSONL goes to a file, one run a line" \
    test "$(wc -l <place/runs.jsonl)" -eq 2
python_holds "each line is JSON, with numbers where there are some" '
import json
rows = [json.loads(line) for line in open("place/runs.jsonl")]
assert [row["status"] for row in rows] == ["done", "done"]
assert rows[1]["flop"] == 1.234e12 and rows[1]["joules"] is None'
run scalelaw runs export --format=jsonl --where="status = 'done'"
holds "--format=jsonl is the same" cmp -s out place/runs.jsonl
run scalelaw runs export
cp out runs.csv
run scalelaw runs export --format=csv
holds "--format=csv is the default" cmp -s out runs.csv
refuses 2 "two formats are refused" "give one" \
    scalelaw runs export --csv --jsonl
refuses 2 "and in other words" "give one" \
    scalelaw runs export --csv --format=jsonl
refuses 2 "an unknown format is refused" "csv or jsonl" \
    scalelaw runs export --format=parquet

# -- and back: what was exported is imported as the study's runs that are done

run scalelaw runs export --out=all.csv
run scalelaw runs import all.csv --need=N,D,C,loss
ends 0 "an export is imported"
python_holds "with the N that studies fit, and the runs that are done" '
import csv
rows = {r["id"]: r for r in csv.DictReader(open("out"))}
assert sorted(rows) == ["a-00000001", "b-00000002"]
b = rows["b-00000002"]
assert b["N"] == "95280" and b["D"] == "1843200" and b["loss"] == "1.75"'
holds "the others are named" grep -q "left out, its status is plateau" err
refuses 1 "a place that cannot be written is refused" "none/x.csv" \
    scalelaw runs export --out=none/x.csv
if [ -c /dev/full ]; then
    (cd place && exec scalelaw runs export) >/dev/full 2>err
    status=$?
    ends 1 "a full disk behind the output is said"
fi

# -- index

rm -f place/out/demo/index.sqlite
run scalelaw runs index
ends 0 "the index is rebuilt"
holds "the index says what it holds" \
    grep -q "^4 runs in out/demo/index.sqlite$" out
echo rubbish >place/out/demo/index.sqlite
run scalelaw runs list --where="layers = 3"
holds "an index that is rubbish is replaced" says b-00000002 \
    "b-00000002 done 3x48 95.3k 1.84M 1.23e+12 1.7500 2.5000 1 min 15 s"

# -- runs that cannot be read

record $R e-00000006 done 2 32 950 9e10 2.2
sed -i 's/"schema":1/"schema":2/' $R/e-00000006/run.json
mkdir $R/f-00000007
run scalelaw runs list
ends 1 "a run of another version makes the list end with 1"
holds "the others are listed all the same" test "$(wc -l <out)" -eq 5
holds "the run of another version is named, with a remedy" grep -q \
    "^scalelaw: out/demo/runs/e-00000006: .*schema 2.*reads schema 1" err
holds "a folder without a record is named" \
    grep -q "^scalelaw: out/demo/runs/f-00000007: .*no run.json" err
holds "the end says how many" \
    grep -q "^scalelaw runs: 2 runs could not be read" err
for sub in index export; do
    run scalelaw runs $sub
    ends 1 "runs $sub ends with 1 as well"
    holds "runs $sub does the others" grep -q "4 runs\|^b-00000002," out
done
refuses 1 "it is refused when it is asked for" "schema 2" \
    scalelaw runs show e-00000006

# -- a study without runs, a place that may not be written, words

mkdir -p place/out/new && cp place/out/demo/study.json place/out/new
run scalelaw runs list out/new
ends 0 "a study without runs is an empty list"
holds "and says so" grep -q "no runs yet" err

rm -r $R/e-00000006 $R/f-00000007 place/out/demo/index.sqlite
mkdir place/out/demo/index.sqlite place/tmp # nothing goes over a folder
run env TMPDIR=tmp scalelaw runs list out/demo --where="layers = 3"
ends 0 "a condition works where no index can be kept"
holds "and chooses the same" grep -q "^b-00000002 " out
holds "and leaves nothing behind" rmdir place/tmp

refuses 2 "no subcommand is refused" "list, show, index" scalelaw runs
refuses 2 "an unknown subcommand is refused with the nearest" \
    "did you mean list" scalelaw runs lst
refuses 2 "an unknown option is refused" "wher" scalelaw runs list --wher=1
run scalelaw runs --help
ends 0 "there is help"
run scalelaw runs list --help
holds "there is help for a subcommand" grep -q "where" out
