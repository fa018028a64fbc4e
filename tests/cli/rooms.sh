# rooms.sh - the rooms check speaks up: each rule is broken once in a copy of
# the tree, and the offence has to be named.

. "$ROOT/tests/cli/say.sh"

fresh() {
    rm -rf copy
    mkdir copy
    (cd "$ROOT" && tar -cf - src include tests/*.[ch] tools laws docs \
        CMakeLists.txt *.md LICENSE check) | tar -xf - -C copy
}

# bent PROMISE PATTERN: the copy as it now stands is refused in these words.
bent() {
    run "$ROOT/tools/check_rooms" copy
    if [ "$status" -eq 1 ] && grep -qE -- "$2" out; then
        ok "$1"
    else
        not_ok "$1" "status $status; '$2' is wanted in: $(head -c 300 out)"
    fi
    fresh
}

run "$ROOT/tools/check_rooms"
ends 0 "the tree keeps the rules of the house"
fresh

echo '#include "law/law.h"' >>copy/src/kern/kern.c
bent "a room that looks ahead is named" \
    '^src/kern/kern.c:[0-9]+: kern includes "law/law.h", of a room after it'

echo '#include "data/shard.h"' >>copy/src/fit/fit.h
bent "a hole in the wall is named" \
    '^src/fit/fit.h:[0-9]+: fit includes "data/shard.h", across the wall'

printf '  #  include "nowhere/x.h"\n' >>copy/src/base/err.c
bent "an include of no room is named" '^src/base/err.c:.* is of no room'

echo '#include "arena.h"' >>copy/src/base/err.c
bent "an include that does not say its room is named" 'does not say its room'

mkdir copy/src/attic
bent "a room that is not of the house is named" '^src/attic/: not a room'

cp copy/src/base/err.c copy/src/law/err.c
bent "a file name used twice is named" '^err.c: the name of several files'

printf 'int\tx;\n' >>copy/src/base/err.c
bent "a tab is named" '^src/base/err.c:[0-9]+: a tab'

echo '# x ' >>copy/CMakeLists.txt
bent "a blank at a line end is named" '^CMakeLists.txt:[0-9]+: a blank at the'

printf '/* %0120d */\n' 0 >>copy/src/base/err.h
bent "a long line is named" '^src/base/err.h:[0-9]+: 126 columns'

rm copy/LICENSE
bent "a missing licence is named" '^LICENSE: missing'

sed -i 's/Unreleased/soon/' copy/CHANGELOG.md
bent "a change log without a place for what is new is named" 'no Unreleased'

mv copy/docs/decisions/0001-* copy/docs/decisions/0009-nine.md
bent "a gap in the decisions is named" 'decision 0001-... is expected next'
