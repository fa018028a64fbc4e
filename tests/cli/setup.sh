# setup.sh - tools/setup says what is missing and what for, installs nothing
# where nothing is, and without root prints the one line to run. dpkg-query,
# apt-get, sudo and id are stood in for, so that nothing is really installed.

. "$ROOT/tests/cli/say.sh"

setup=$ROOT/tools/setup
mkdir bin
real=$PATH
PATH=$PWD/bin:$PATH

stand_in() { # NAME BODY
    printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}

all='for p; do case $p in -*) ;; *) echo "$p installed" ;; esac; done'
stand_in dpkg-query "$all"
stand_in apt-get 'echo "$@" >>apt.log'
run sh "$setup" build check san
ends 0 "nothing missing is fine"
holds "and says nothing" test ! -s out -a ! -s err
holds "and calls no apt-get" test ! -e apt.log

stand_in dpkg-query "$all | grep -v '^cmake \|^libcmocka'"
stand_in id 'echo 0'
run sh "$setup" build check
ends 0 "as root it installs"
holds "it says what is missing and what for" \
    grep -qE '^  cmake +describes the build' out
holds "lists are updated first" sh -c "head -n 1 apt.log | grep -q update"
holds "exactly what is missing is installed" \
    grep -q 'install -y --no-install-recommends cmake libcmocka-dev$' apt.log

rm -f apt.log
stand_in id 'echo 1000'
stand_in sudo 'exit 1'
run sh "$setup" build check
ends 1 "without root it stops"
holds "and prints the line to run" grep -q \
    'sudo apt-get update && sudo apt-get install .* cmake libcmocka-dev$' out
holds "without having tried" test ! -e apt.log

stand_in sudo 'shift; exec "$@"' # sudo -n COMMAND
run sh "$setup" build check
ends 0 "with a sudo that asks nothing it installs"
holds "through sudo" grep -q 'with sudo -n apt-get' out

stand_in apt-get 'echo "E: no such thing"; exit 100'
run sh "$setup" build
ends 1 "an apt-get that fails stops it"
holds "with what apt-get said" grep -q '^E: no such thing' err

PATH=$real
run sh "$setup" nonsense
ends 2 "an unknown task is refused"
