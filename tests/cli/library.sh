# library.sh - libscalelaw as somebody else meets it: installed in a folder of
# its own, found by pkg-config, linked by one line, read by Python. BUILD names
# the build folder.

. "$ROOT/tests/cli/say.sh"

run cmake --install "$BUILD" --prefix "$PWD/first"
ends 0 "the program and the library install into any folder"
mv first there # and may be moved
for file in bin/scalelaw include/scalelaw.h share/man/man1/scalelaw.1; do
    holds "$file is installed" test -s "there/$file"
done
holds "one header is all there is" \
    sh -c '[ "$(find there/include -type f)" = there/include/scalelaw.h ]'

pc=$(find there -name scalelaw.pc)
holds "a pkg-config file is installed" test -s "$pc"
PKG_CONFIG_PATH=$(readlink -f "$(dirname "$pc")")
LD_LIBRARY_PATH=$(readlink -f "$(dirname "$(find there -name libscalelaw.so)")")
export PKG_CONFIG_PATH LD_LIBRARY_PATH

compiler=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$BUILD/CMakeCache.txt")
sanitize=$(sed -n 's/^SCALELAW_SANITIZE:BOOL=ON/-fsanitize=address,undefined/p' \
    "$BUILD/CMakeCache.txt")
mkdir empty && cd empty || exit 1

# --- A stranger's program, shared and static ----------------------------------

# shellcheck disable=SC2046 # flags are words
run "$compiler" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -o try \
    "$ROOT/tests/library.c" $sanitize $(pkg-config --cflags --libs scalelaw) \
    -lpthread -lm
ends 0 "a program compiles and links with what pkg-config says"
holds "its header compiles without a warning" test ! -s err
made=no
localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 >/dev/null 2>&1 && made=yes
run env LOCPATH="$PWD" ./try
ends 0 "that program runs"
holds "and finds everything right" grep -q '^[0-9]* passed, 0 failed$' out
if [ $made = yes ]; then
    holds "also where numbers are written 1,5" \
        grep -q '^ok numbers are the same in a locale' out
else
    skip "also where numbers are written 1,5" "no locale can be made here"
fi

static=$(find ../there -name libscalelaw.a)
# shellcheck disable=SC2046
run "$compiler" -std=c11 -D_GNU_SOURCE -o still "$ROOT/tests/library.c" \
    $sanitize $(pkg-config --cflags scalelaw) "$static" \
    $(pkg-config --static --libs scalelaw | sed 's/-lscalelaw//') -lpthread -lm
ends 0 "and with the static library and what --static says it needs"
run ./still
ends 0 "which runs as well"

printf '#include <scalelaw.h>\nint main() { return sl_version() != SL_VERSION; }\n' \
    >try.cc
if command -v c++ >/dev/null; then
    # shellcheck disable=SC2046
    run c++ -Wall -Wextra -Wpedantic -o plus try.cc $sanitize \
        $(pkg-config --cflags --libs scalelaw)
    ends 0 "the header is C++ too"
else
    skip "the header is C++ too" "no C++ compiler"
fi

# --- What is exported ----------------------------------------------------------

sed 's|/\*.*||; /^ \*/d' "$ROOT/include/scalelaw.h" |
    grep -o 'sl_[a-z_]* *(' | tr -d ' (' | sort -u >declared
run nm -D --defined-only "$(find ../there -name libscalelaw.so)"
awk '$2 != "A" { print $3 }' out | sed 's/@.*//' | sort -u >shared
holds "every function that is declared is exported, and nothing else" \
    sh -c 'grep -vxF -f shared declared >missing
           grep -vxF -f declared shared >>missing
           cat missing; [ -s shared ] && [ ! -s missing ]'
run nm -g --defined-only "$static"
awk 'NF == 3 { print $3 }' out | sort -u >global
holds "every global symbol of the static library is one of them" \
    sh -c '[ -s global ] && ! grep -v "^sl_" global && cmp -s global shared'
run nm -u "$static"
holds "no symbol of the half that trains is wanted" \
    sh -c '! grep -E " (shard|corpus|kern|arch|train|sweep)_" out'
run readelf -d "$(find ../there -name libscalelaw.so)"
holds "its soname carries the major version" \
    grep -q 'SONAME.*\[libscalelaw\.so\.0\]' out

# --- The examples ----------------------------------------------------------------

awk 'BEGIN {
    print "N,D,loss"
    for (i = 0; i < 6; i++)
        for (k = 0; k < 5; k++) {
            n = 1e6 * 3^i; d = 2e7 * 4^k
            printf "%.0f,%.0f,%.6f\n", n, d,
                (1.3 + 210 / n^.31 + 530 / d^.37) * (1 + .002 * sin(7 * (5 * i + k)))
        }
}' >runs.csv
cp "$ROOT/docs/example.c" "$ROOT/docs/example.py" .
# shellcheck disable=SC2046
run "$compiler" -Wall -Wextra example.c $sanitize \
    $(pkg-config --cflags --libs scalelaw) -o example
ends 0 "docs/example.c compiles as it says"
run ./example runs.csv 1e18
ends 0 "it fits, plans and writes the fit"
holds "its N is an interval about the truth" awk '
    # (alpha A / beta B)^(1/(alpha+beta)) (C/6)^(beta/(alpha+beta))
    BEGIN { want = (.31*210/(.37*530))^(1/.68) * (1e18/6)^(.37/.68) }
    $1 == "N" { gsub(/[()]/, ""); good = $3 < want && want < $5 && $3 > want/3 }
    END { exit !good }' out
run ./example nowhere.csv 1e18
holds "and says in words what is wrong" grep -q '^nowhere.csv: ' err
holds "in the status too" test "$status" -ne 0

python=$(command -v /usr/bin/python3 || command -v python3)
LIBSCALELAW=$(find "$LD_LIBRARY_PATH" -name 'libscalelaw.so.0')
export LIBSCALELAW
if [ -z "$python" ]; then
    skip "docs/example.py predicts from that fit" "no python3"
elif [ -n "$sanitize" ]; then
    skip "docs/example.py predicts from that fit" \
        "a sanitized library wants its runtime first in the process"
else
    run "$python" example.py fit.json 1e9 20e9
    ends 0 "docs/example.py predicts from that fit"
    holds "what it says is near the truth" awk '
        BEGIN { want = 1.3 + 210 / 1e9^.31 + 530 / 20e9^.37 }
        $1 == "law" { gsub(/[()]/, ""); good = $3 < want && want < $5 }
        END { exit !good }' out
    run "$python" example.py nowhere.json 1 1
    holds "and it says what is wrong" grep -q 'nowhere.json' err
fi
