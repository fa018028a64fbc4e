# compare.sh - `scalelaw report A B`: two studies that differ in one setting.
. "$ROOT/tests/cli/say.sh"

small_study fast 0.01
small_study slow 0.003
run scalelaw study fast.study --out=made/fast
ends 0 "the first study"
run scalelaw study slow.study --out=made/slow
ends 0 "the second study"

run scalelaw report made/fast made/slow
ends 0 "two studies are compared"
holds "the setting that differs is named with both values" \
    grep -qE 'train.lr +0.01 +0.003' out
holds "no other setting is named" sh -c "! grep -qE '^  (train|model|grid)\.' out \
    || test \"\$(grep -cE '^  (train|model|grid)\.' out)\" = 1"
holds "the page is written and needs nothing else" \
    sh -c "grep -q '<h1>fast and slow</h1>' compare-fast-slow.html &&
           ! grep -qE 'src=\"?http|@import' compare-fast-slow.html"

run scalelaw report made/fast made/slow --json --out=both.html
ends 0 "and for programs"
holds "as one object" python3 -c "
import json
both = json.load(open('out'))
assert len(both['rows']) == 9 and both['same_text'] is True
assert both['settings'] == [{'key': 'train.lr', 'first': '0.01', 'second': '0.003'}]
assert all(r['loss_first']['value'] < r['loss_second']['value'] for r in both['rows'])
assert both['verdict'] in ('none', 'same', 'offset', 'exponent')
"
holds "on a page of its own" test -s both.html
refuses 2 "three studies are refused" "two to compare" \
    scalelaw report made/fast made/slow made/fast
refuses 2 "--out for one study is refused" "compares two" \
    scalelaw report made/fast --out=x.html

# A figure that a study has nothing for is not left from an earlier report.
touch made/fast/figures/holdout.svg made/fast/figures/mine.txt
run scalelaw report made/fast --quiet
holds "old figures go, other files stay" sh -c \
    '! test -e made/fast/figures/holdout.svg && test -e made/fast/figures/mine.txt'

# What leaves a study for papers.
refuses 2 "an unknown format is refused" "not pdf or png" \
    scalelaw report made/fast --formats=gif
if command -v rsvg-convert >/dev/null; then
    run scalelaw report made/fast --quiet --formats=pdf,png
    ends 0 "figures as PDF and PNG"
    holds "each figure is there as both" sh -c '
        for f in made/fast/figures/*.svg; do
            head -c 5 "${f%.svg}.pdf" | grep -q "%PDF-" &&
            head -c 4 "${f%.svg}.png" | grep -q PNG || exit 1
        done'
    holds "and no half-written file" sh -c '! ls made/fast/figures/*.tmp-*'
else
    skip "figures as PDF and PNG" "there is no rsvg-convert (librsvg2-bin)"
fi
refuses 1 "without the converter the remedy is named" "librsvg2-bin" \
    env PATH=/nowhere "$(command -v scalelaw)" report made/fast --formats=png
holds "the table for LaTeX is there" grep -q 'begin{tabular}' made/fast/fit.tex
holds "and the card" grep -q '^## Data' made/fast/card.md
