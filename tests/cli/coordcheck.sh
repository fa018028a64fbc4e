# coordcheck.sh - the coordinate check from the command line.
. "$ROOT/tests/cli/say.sh"

short="--widths=32,64,128 --seeds=1 --batch=4"
run scalelaw coordcheck $short --csv=all.csv
ends 0 "a check of three widths"
holds "the standard parametrisation grows with the width" \
    grep -q "^  1.after_ff .*grows$" out
holds "which is said" grep -q "not alike: the change of" out
holds "muP does not" grep -q "^Under muP one learning rate serves" out
holds "every number is in the CSV: 2 x 17 sites x 3 widths and a header" \
    test "$(wc -l <all.csv)" -eq 103
run scalelaw coordcheck $short --json
ends 0 "and as JSON"
holds "with the verdicts" grep -q \
    '"standard":{"flat":false.*"mup":{"flat":true' out
run scalelaw coordcheck $short --tolerance=0
holds "a tolerance of 0 is never held" \
    grep -q "^Under muP these steps are not alike" out
run scalelaw coordcheck --help
ends 0 "help is there"

refuses 2 "gradient descent" "muP's rates" \
    scalelaw coordcheck $short --optimizer=sgd
refuses 2 "one width" "widths" scalelaw coordcheck --widths=32
refuses 2 "a width that heads do not divide" "width 40" \
    scalelaw coordcheck --widths=40,80
refuses 2 "a corpus that is not there" "nowhere" \
    scalelaw coordcheck $short --corpus=nowhere.txt
