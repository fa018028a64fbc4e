# predict.sh - scalelaw predict as a person meets it.
. "$ROOT/tests/cli/say.sh"

says() { tr -s ' \n' '  ' <out | grep -qE -- "$1"; }

awk 'BEGIN {
    print "run,N,D,loss"
    for (b = 0; b < 5; b++) for (s = 0; s < 5; s++) {
        n = 1e5 * 2^b * 2.2^(s - 2); d = 2e12 * 3^b / 6 / n
        i = 5 * b + s
        printf "r%d,%.6e,%.6e,%.8f\n", i, n, d,
            (1.1 + 60 / n^0.42 + 400 / d^0.35) * (1 + 0.002 * sin(7 * i + 1))
    }
}' >runs.csv
run scalelaw fit runs.csv --bootstrap=100 --hold-out=0 --out=fit.json
ends 0 "there is a fit"

# --- One run ----------------------------------------------------------------

run scalelaw predict fit.json --N=2M --D=10M
ends 0 "a fit predicts"
holds "with an interval of the law" \
    grep -qE '^loss [0-9.]+  95 % interval \[' out
holds "and a wider one of one new run" sh -c '
    tr -d "[],:" <out | awk "/^loss/ { low = \$6; high = \$7 }
        /one new run/ { ok = \$4 < low && \$5 > high } END { exit !ok }"'
holds "within the data it says so" says "extrapolation: within"
run scalelaw predict fit.json --N=20M --D=20M
holds "beyond them by how much" says "extrapolation: 14.8 times beyond"
holds "with a caution" says "Caution: far beyond the runs"
run scalelaw predict fit.json --N=70B --D=1.4T
holds "and far beyond it is called a projection" \
    says "a projection, not a prediction: beyond 34 times"
run scalelaw predict fit.json --N=2M --C=1.2e14 --json
holds "two of N, D and C give the third" grep -q '"D":10000000' out
holds "programs are told the same" \
    grep -qE '"run_low":[0-9.]+,"run_high":[0-9.]+,"extrapolation":0\.7' out

# A file read back says the same bits, and plan reads it too.
cp fit.json moved.json
run scalelaw predict fit.json --N=2M --D=10M --json
sed 's/"by":"[a-z.]*"//' out >first
run scalelaw predict moved.json --N=2M --D=10M --json
sed 's/"by":"[a-z.]*"//' out >second
holds "a copy predicts the same bits" cmp first second

# --- Published constants ----------------------------------------------------

run scalelaw predict chinchilla:hoffmann-printed --N=70B --D=1.4T
holds "a published law predicts" grep -q '^loss 1.9366' out
holds "says whose it is and how it counts N" says "equation 10.*N counts total"
holds "and its caveat" says "32 B parameters and 3 T"
holds "and how far its data reach" says "its data reach 3.00e21 FLOP"
run scalelaw predict steplaw-lr --set=N=1B --set=D=100B
holds "laws of other things too" grep -q '^lr 0.0016325' out

# --- Several ----------------------------------------------------------------

run scalelaw predict fit.json --N=1M,2M,4M --D=10M
holds "a list is run after run" sh -c '
    [ "$(sed -n "s/^\([124]\)\.00 M *10\.0 M .*/\1/p" out | tr -d "\n")" = 124 ]'
sed 1q runs.csv >table.csv && sed -n 2,4p runs.csv >>table.csv
run scalelaw predict fit.json --table=table.csv
holds "a table comes back with what is expected" \
    sh -c 'head -n 1 out | grep -q "loss_predicted.*extrapolation" &&
           [ $(wc -l <out) -eq 4 ]'
holds "and how well it was met" grep -q "predicted over measured:.*3 runs" err
run scalelaw predict fit.json --table=table.csv --json
holds "or as JSON" sh -c '[ $(grep -o "\"run_high\"" out | wc -l) -eq 3 ]'

# --- What more would buy ----------------------------------------------------

run scalelaw predict fit.json --N=2M --D=10M --times=10
holds "ten times the size, the data, the compute" \
    sh -c '[ $(grep -cE "^  [NDC] x 10 +[0-9.]+ +-0\.[0-9]+ +\[-0" out) -eq 3 ]'
holds "compute at its best split buys the most" sh -c '
    awk "/ x 10 / { if (\$5 < least) { least = \$5; who = \$1 } }
         END { exit who != \"C\" }" out'

# --- Mistakes ---------------------------------------------------------------

refuses 2 "without a size" "the law needs N" scalelaw predict chinchilla
refuses 2 "constants that are not there" "besiroglu-exact" \
    scalelaw predict chinchilla:nobody --N=1B --D=1T
refuses 2 "N, D and C that disagree" "is not 6 N D" \
    scalelaw predict chinchilla --N=1B --D=20B --C=1e30
refuses 2 "a size with a strange unit" "no unit of a count" \
    scalelaw predict chinchilla --N=7furlongs --D=1T
refuses 2 "lists that do not go together" "lists go together" \
    scalelaw predict chinchilla --N=1B,2B --D=1T,2T,3T
refuses 2 "a column of no law" "no column of chinchilla" \
    scalelaw predict chinchilla --N=1B --D=1T --set=lr=1e-3
refuses 2 "a column twice" "the same column" \
    scalelaw predict chinchilla --N=1B --D=1T --set=N=2B
refuses 2 "a table and a size" "names the runs already" \
    scalelaw predict fit.json --table=table.csv --N=1B
refuses 2 "a factor of nothing" "a factor above 0" \
    scalelaw predict chinchilla --N=1B --D=1T --times=0
refuses 1 "a fit that is not there" "nowhere.json" \
    scalelaw predict nowhere.json --N=1B --D=1T
refuses 2 "two sources" "one fit or one law" \
    scalelaw predict chinchilla kaplan-nd --N=1B --D=1T
