# man.sh - the man page is of this program: its commands, options and exit
# statuses are those that the program shows.

. "$ROOT/tests/cli/say.sh"

page=$ROOT/docs/scalelaw.1
run "$ROOT/tools/make_man" "$(command -v scalelaw)" new.1
ends 0 "the chapter of commands can be made"
holds "every command and option is as the program says (else: tools/make_man)" \
    cmp "$page" new.1

# A page that says otherwise would be noticed.
sed 's/doctor/dentist/' "$page" >bent.1
holds "a page of another program would be noticed" sh -c '! cmp -s bent.1 new.1'

# Exit statuses, one by one, from err.c.
sed -n 's/^    case ERR_[A-Z]*: *return \([0-9]*\);.*/\1/p' \
    "$ROOT/src/base/err.c" | sort -un >codes
sed -n '/^.SH EXIT STATUS/,/^.SH FILES/s/^\.B \([0-9][0-9]*\)$/\1/p' "$page" |
    sort -un >told
holds "the exit statuses are those of err.c" cmp codes told

for name in $(grep -rhoE 'getenv\("[A-Z_]+"\)' "$ROOT"/src |
        sed 's/.*"\(.*\)".*/\1/' | sort -u); do
    case $name in
    PATH|TMPDIR) continue ;; # as everywhere
    esac
    holds "the environment variable $name is explained" \
        grep -q "^\.B $name\$" "$page"
done

if command -v groff >/dev/null; then
    groff -man -Tutf8 -ww "$page" >rendered 2>warnings
    holds "groff has nothing to complain of" test ! -s warnings
else
    skip "groff has nothing to complain of" "groff is not installed"
fi
