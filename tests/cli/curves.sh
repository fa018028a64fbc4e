# curves.sh - laws of curves under a learning-rate schedule, from tables and logs
# to a schedule that was not fitted.
. "$ROOT/tests/cli/say.sh"

# A number of a table: the value of COLUMN in the last row of FILE.
last() { awk -F, -v c="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == c) k = i }
    END { print $k }' "$2"; }
near() { awk -v a="$1" -v b="$2" -v r="$3" 'BEGIN { d = a / b - 1
    exit !(a != "" && d < r && -d < r) }'; }

# Warm-up of 200 steps, then flat, down a cosine, or down at the end.
schedule() {
    awk -v which="$1" 'BEGIN {
        print "curve,step,lr"
        n = split(which, name, " ")
        for (k = 1; k <= n; k++) for (s = 100; s <= 6000; s += 100) {
            lr = name[k] == "cosine" ? .55 + .45 * cos(s * 3.1416 / 6000) \
               : name[k] == "step" && s > 3000 ? .3 \
               : name[k] == "wsd" && s > 4800 ? 1 - .9 * (s - 4800) / 1200 : 1
            print name[k] "," s "," 1e-3 * (s < 200 ? .5 : lr)
        }
    }'
}

schedule "flat cosine step" >shown.csv
run scalelaw predict multi-power:25m --table=shown.csv
ends 0 "published constants foretell curves by name"
holds "what was before the top of the rate is left out, and said" \
    grep -q "3 of 180 rows left out.*warm-up" err
awk -F, -v OFS=, 'NR == 1 { $2 = "loss" }
    NR > 1 { $2 *= 1 + .001 * sin(NR * NR) } 1' out >curves.csv
schedule wsd >wsd.csv
run scalelaw predict multi-power:25m --table=wsd.csv
truth=$(last loss_predicted out)
holds "of a whole curve, not of rows alone" near "$truth" 2.983327 1e-5

run scalelaw fit curves.csv --law=multi-power --bootstrap=40 --out=fit.json \
    --hold-out=0
ends 0 "curves by name are fitted"
holds "and how refits were made is said" grep -q "eighths of a curve" out
holds "no letter is made of their steps" sh -c '! grep -q "S = step" err'
run scalelaw fit curves.csv --law=tissue --bootstrap=0 --windows
holds "hold-out is curve by curve, and says so" \
    grep -qE "hold-out +curve by curve" out
holds "each curve is foretold from the others" \
    sh -c 'grep -q "^ *curve flat " out && grep -q "^ *curve cosine " out'

run scalelaw predict fit.json --table=wsd.csv
ends 0 "a schedule that was not fitted is foretold"
holds "each row of it but the warm-up" test "$(wc -l <out)" -eq 60
holds "to 0.3 %" near "$(last loss_predicted out)" "$truth" 0.003
low=$(last loss_predicted_low out) high=$(last loss_predicted_high out)
holds "with an interval" awk -v l="$low" -v h="$high" \
    'BEGIN { exit !(l > 2 && h > l && h < 4) }'
holds "that of a point is wider" awk -v a="$(last loss_predicted_run_low out)" \
    -v b="$low" 'BEGIN { exit !(a > 2 && a < b) }'

# --- Logs -------------------------------------------------------------------

mkdir logs
for name in flat cosine step; do
    awk -F, -v want="$name" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["curve"] == want { printf "{\"step\": %d, \"learning_rate\": %s, \
\"val_loss\": %s}\n", $at["step"], $at["lr"], $at["loss"] }' curves.csv \
        >"logs/$name.jsonl"
done
run scalelaw fit logs --law=multi-power --bootstrap=0 --hold-out=0 --json
ends 0 "a folder of logs is a folder of curves"
cp out logs.json
run scalelaw fit curves.csv --law=multi-power --bootstrap=0 --hold-out=0 --json
holds "and the fit is the table's" near "$(grep -o '"rmse_log":[^,}]*' logs.json |
    head -n 1 | cut -d: -f2)" "$(grep -o '"rmse_log":[^,}]*' out | head -n 1 |
    cut -d: -f2)" 1e-4
awk -F, 'NR == 1 { print "curve,step,loss" } NR > 1 { print "a," NR ",3" }' \
    curves.csv >bare.csv
run scalelaw fit bare.csv --law=tissue
ends 2 "a table without a rate is refused"
holds "in words" grep -q "no column 'lr' (learning_rate" err
