# plot.sh - figures of a study in the terminal.
. "$ROOT/tests/cli/say.sh"

small_study small 0.01
run scalelaw study small.study --out=made/small
ends 0 "a study to draw"
rm made/small/report.html

run scalelaw plot
holds "the figures are listed" grep -q '^isoflop ' out
run scalelaw plot isoflop made/small --cols=70
ends 0 "a figure is drawn"
holds "with its axes and keys" sh -c \
    "grep -q 'held-out loss' out && grep -q 'parameters N' out &&
     grep -q '4 × 10⁸ FLOP' out && grep -q '└' out"
holds "in braille" sh -c 'LC_ALL=C grep -q "$(printf "\342\240\211")" out ||
    LC_ALL=C grep -q "$(printf "\342\240\244")" out'
holds "without colour where the output is no terminal" sh -c \
    '! grep -q "$(printf "\033")" out'
holds "and nothing is written" test ! -e made/small/report.html
run scalelaw plot isoflop made/small --color
holds "colour can be asked for" grep -q "$(printf '\033')" out
run env NO_COLOR=1 scalelaw plot isoflop made/small --color
holds "and a flag is stronger than NO_COLOR" grep -q "$(printf '\033')" out
run scalelaw plot isoflop made/small --csv
holds "its numbers as a table" grep -q ',' out
refuses 2 "an unknown figure is refused" "lists them" \
    scalelaw plot isoflip made/small
refuses 3 "a figure that the study has nothing for is refused" "nothing to draw" \
    scalelaw plot holdout made/small
cat >terminal.py <<'END'
"""Exits 0 where the figure on a terminal has colour, 3 where it has none."""
import os, pty, sys
seen = []
def read(fd):
    seen.append(os.read(fd, 65536))
    return seen[-1]
os.environ.update(TERM="xterm", COLUMNS="72")
if sys.argv[1] == "none":
    os.environ["NO_COLOR"] = "1"
pty.spawn(["scalelaw", "plot", "isoflop", "made/small"], read)
text = b"".join(seen)
assert "held-out loss".encode() in text
sys.exit(0 if b"\033[38;5;" in text else 3)
END
if python3 -c 'import pty; pty.openpty()' 2>/dev/null; then
    run python3 terminal.py some
    ends 0 "on a terminal there is colour"
    run python3 terminal.py none
    ends 3 "unless NO_COLOR is set"
else
    skip "colour on a terminal" "this machine gives no pseudo-terminal"
fi
