# results.sh - what a study found, as a folder to keep: made from its records,
# made again the same, with what was written by hand in its place.

. "$ROOT/tests/cli/say.sh"

small_study look 0.02
scalelaw study look.study --out=made/look >shown 2>err
holds "a small study is trained" test -f made/look/report.html

export SCALELAW="$(command -v scalelaw)" RESULTS="$PWD/results"
holds "its results are written" "$ROOT/tools/results" made/look
page=results/look/README.md
holds "with a page" test -f $page
holds "that says what it is" grep -qx '# A study to look at' $page
holds "on which machine, and when" grep -qE '^- first run began: 20[0-9-]+ ' $page
holds "by which commands" grep -q "scalelaw report made/look --results=" $page
holds "with its configuration" grep -q 'name = "look"' results/look/look.study
holds "a row a run" test "$(wc -l <results/look/runs.csv)" -eq 15
holds "figures and their numbers" \
    test -f results/look/figures/isoflop.svg -a -f results/look/figures/isoflop.csv
holds "tables as CSV" test -f results/look/tables/conventions.csv
holds "every file that the page links to is there" sh -c '
    cd results/look && grep -oE "\]\([a-z]+/[a-z_]+\.[a-z]+\)" README.md |
        tr -d "]()" | while read -r f; do [ -f "$f" ] || exit 1; done'
holds "below a megabyte" test "$(du -sk results/look | cut -f1)" -lt 1000
holds "nothing surprised yet" grep -q 'Nothing is written in' $page
holds "no line ends in a blank" sh -c '! grep -n " $" results/look/README.md'
holds "the index links to it" grep -q '\[look\](look/README.md) | A study to look at | 14 |' \
    results/README.md

cp $page before.md
echo "That it worked." >results/look/surprises.md
touch results/look/tables/repeats.csv
"$ROOT/tools/results" made/look
holds "what was written by hand is taken up" grep -qx 'That it worked.' $page
holds "and is still there" grep -q 'it worked' results/look/surprises.md
rm results/look/surprises.md
"$ROOT/tools/results" made/look
holds "made again it is the same" cmp $page before.md

# The configuration that stands beside it is the study.
scalelaw study results/look/look.study --out=made/look >shown 2>err
holds "its .study goes on with the very same study" grep -q 'look: 14 runs fitted' shown

run "$ROOT/tools/results" made
ends 2 "a folder without a study is refused"
holds "in words" grep -q "no study.json there" err
refuses 2 "results of two studies at once" "of one study" \
    scalelaw report made/look made/look --results=x

# A study of rates and seeds has no law, and everything that needs none.
cat >nolaw.study <<'END'
name   = "nolaw"
title  = "Rates and seeds"
corpus = "words.txt"
[model]
context   = 16
head_size = 4
[train]
batch_tokens = 256
lr           = 0.02
eval_tokens  = 4096
[fit]
resamples = 40
[arm.rates]
design   = "product"
sizes    = ["1x8", "1x16"]
tokens   = [4e4]
lr_times = [0.25, 0.5, 1, 2, 4]
[arm.seeds]
design = "product"
sizes  = ["1x8", "1x16"]
tokens = [4e4]
seeds  = [2, 3]
END
run scalelaw study nolaw.study --out=made/nolaw
ends 0 "a study without a law ends well"
holds "the screen says that there is none" grep -q '^There is no law' out
holds "and what was found" grep -q '^Noise from seed to seed' out
holds "its results say so too" sh -c "'$ROOT/tools/results' made/nolaw &&
    grep -q 'There is no law of size and data: no finished run' results/nolaw/README.md &&
    test -f results/nolaw/tables/rates.csv -a -f results/nolaw/figures/rates.svg"
run scalelaw plot rates made/nolaw
ends 0 "a figure of it is drawn in the terminal"
refuses 3 "one that needs the law is refused in words" "nothing to draw" \
    scalelaw plot surface made/nolaw
holds "both studies are in the index" sh -c \
    'test "$(grep -c "^| \[" results/README.md)" -eq 2'

# Edited: one size less. What was trained of it counts no more, and is named.
sed 's/^sizes    = .*/sizes    = ["1x8"]/' nolaw.study >less.study
run scalelaw study less.study --out=made/nolaw
ends 0 "a study edited half-way goes on"
run scalelaw report made/nolaw
holds "runs that it no longer asks for are left out by name" sh -c \
    'grep -q "5 left out of the fits" out && grep -q "no longer asked for" out'
