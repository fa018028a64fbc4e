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
