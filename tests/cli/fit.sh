# fit.sh - scalelaw fit, predict and laws as a person meets them.
. "$ROOT/tests/cli/say.sh"

# A study whose law is known: 5 budgets x 5 sizes, no noise but a wobble.
awk 'BEGIN {
    print "run,params,tokens,val_loss,kept"
    for (b = 0; b < 5; b++) for (s = 0; s < 5; s++) {
        n = 1e5 * 2^b * 2.2^(s - 2); d = 2e12 * 3^b / 6 / n
        l = 1.1 + 60 / n^0.42 + 400 / d^0.35
        i = 5 * b + s
        l *= 1 + 0.002 * sin(7 * i + 1)
        printf "r%d,%.6e,%.6e,%.8f,%d\n", i, n, d, l, i != 24
    }
}' >runs.csv
MAP=--map=N=params,D=tokens,loss=val_loss

run scalelaw fit runs.csv $MAP --bootstrap=100 --out=fit.json
ends 0 "a table is fitted"
holds "both objectives are shown" grep -q "least squares on L" out
holds "and Huber stands first" grep -q "^  *Huber on ln L.*least squares" out
holds "the exponent of N_opt has an interval, by both" \
    grep -qE '^  N_opt ~ C\^ +0\.[0-9]+ +\[0\..*\] +0\.[0-9]+ +\[0\.' out
holds "the certificate is in words" grep -q "^  certificate .*starts" out
holds "the largest fifth is foretold without being asked" \
    sh -c 'tr -s " \n" " " <out | grep -q \
    "the largest 20 % by 6 N D (5 runs, up to 3 times beyond) foretold"'
holds "in one screen" sh -c '[ $(wc -l <out) -le 32 ]'
holds "of 80 columns" sh -c '! grep -q "^.\{81\}" out'
holds "the fit lies in a file" grep -q '"scalelaw":"fit"' fit.json

run scalelaw fit runs.csv $MAP --bootstrap=100 --threads=2 --out=fit2.json
holds "two threads give the same bytes" cmp fit.json fit2.json
run scalelaw fit runs.csv $MAP --bootstrap=0 --objective=squares --json
holds "--json has the two fits, the chosen one first" \
    sh -c 'head -c 60 out | grep -q "\"fits\":\[{\"scalelaw\":\"fit\"" &&
           grep -o "\"objective\":\"[a-z]*\"" out | head -n 1 | grep -q squares'
run scalelaw fit runs.csv $MAP --bootstrap=0 --where='kept = 1 and params > 1e4'
holds "--where leaves rows out" sh -c 'head -n 2 out | grep -q "24 runs"'

run scalelaw predict fit.json --N=2M --D=100M
ends 0 "a fit predicts"
holds "with an interval" grep -qE '^loss 1\.[0-9]+  95 % interval \[' out
run scalelaw predict chinchilla:hoffmann-printed --N=70B --D=1.4T
holds "a published law predicts" grep -q '^loss 1.9366' out
holds "and its caveat is said" grep -q "32 B parameters and 3 T" err
run scalelaw predict chinchilla:hoffmann-printed --N=70B --C=5.88e23 --json
holds "two of N, D, C give the third" grep -q '"D":14000000' out

# What cannot be answered ends with 3, in words.
awk -F, 'NR == 1 || NR <= 8' runs.csv >few.csv
refuses 3 "too few runs" "7 runs for the 5 parameters of chinchilla" \
    scalelaw fit few.csv $MAP
awk -F, 'BEGIN { OFS = "," } NR > 1 { $3 = 20 * $2 } 1' runs.csv >ray.csv
refuses 3 "one ray" "one ray D = 20 N" scalelaw fit ray.csv $MAP
awk -F, 'BEGIN { OFS = "," } NR > 1 { $2 = 1e6 } 1' runs.csv >flat.csv
refuses 3 "a column that does not vary" "N is 1e\+06 in all 25 runs" \
    scalelaw fit flat.csv $MAP

# What is wrong with the input ends with 1 or 2, naming thing and place.
awk -F, 'BEGIN { OFS = "," } NR == 5 { $4 = "nan" } 1' runs.csv >nan.csv
refuses 1 "a row without a loss" "nan.csv:5.*loss is" scalelaw fit nan.csv $MAP
run scalelaw fit nan.csv $MAP --bootstrap=0 --skip-bad
ends 0 "--skip-bad leaves it out"
holds "and names it" grep -q "nan.csv:5.*left out" err
refuses 2 "a column that is not there" "there are the columns" \
    scalelaw fit runs.csv --map=N=parms
refuses 2 "no map" "no column 'loss'.*--map=loss=COLUMN" \
    scalelaw fit runs.csv
refuses 2 "an unknown objective" "huber and squares" \
    scalelaw fit runs.csv $MAP --objective=mean
refuses 2 "a delta of 0" "must be above 0" scalelaw fit runs.csv $MAP --delta=0
refuses 2 "a condition that is none" "COLUMN < NUMBER" \
    scalelaw fit runs.csv $MAP --where=kept
refuses 1 "a file that is not there" "nowhere" scalelaw fit nowhere.csv $MAP
refuses 2 "a law that is not there" "did you mean chinchilla" \
    scalelaw fit runs.csv $MAP --law=chinchila
refuses 2 "predict without a size" "the law needs N" \
    scalelaw predict chinchilla:hoffmann
refuses 2 "constants that are not there" "besiroglu-exact" \
    scalelaw predict chinchilla:nobody --N=1B --D=1T
refuses 2 "N, D and C that disagree" "is not 6 N D" \
    scalelaw predict chinchilla --N=1B --D=20B --C=1e30

# A law of the user's own takes the same road.
cat >mine.law <<'LAW'
name    = "mine"
formula = "loss = E + (A/N^alpha + B/D^alpha)^k"
[param.E]
from = 0.1
to   = 5
low  = 0
[param.A]
from = 1
to   = 1e5
low  = 0
[param.B]
from = 1
to   = 1e6
low  = 0
[param.alpha]
from = 0.04
to   = 1.6
low  = 0
[param.k]
from = 0.2
to   = 2
low  = 0.01
LAW
run scalelaw laws check mine.law
ends 0 "a law of one's own is checked"
run scalelaw fit runs.csv $MAP --law=mine.law --bootstrap=0
ends 0 "and fitted"
holds "with all its parameters" grep -qE '^  k  ' out
sed 's/alpha)^k/alpha^k/' mine.law >broken.law
refuses 1 "a broken formula, with its place" \
    "broken.law: formula, line 1, column 36: '\)' is missing" \
    scalelaw laws show broken.law

run scalelaw laws
ends 0 "laws are listed"
holds "all of them" sh -c '[ $(grep -c "loss = " out) -ge 7 ]'
run scalelaw laws show chinchilla
holds "a law shows its source" grep -q "arXiv:2203.15556" out
holds "and that the printed digits recommend 32 B" grep -q "32 B parameters" out
run scalelaw laws check
ends 0 "all laws hold what they say"
holds "promise by promise" sh -c '[ $(grep -c "^ok " out) -ge 40 ]'

# The published minimum, where the data are.
POINTS=${SCALELAW_SHARED:-$ROOT/../shared}/data/chinchilla_points/points.csv
if [ -f "$POINTS" ]; then
    run scalelaw fit "$POINTS" --map=N=params,D=tokens \
        --where='excluded_outlier = 0' --bootstrap=0
    holds "the 240 points reach 1.0182740178e-3" grep -q 0.001018274018 out
else
    skip "the 240 points reach 1.0182740178e-3" "no $POINTS"
fi
