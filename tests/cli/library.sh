# library.sh - libscalelaw as somebody else meets it: installed in a folder of
# its own, found by pkg-config, linked by one line. BUILD names the build folder.

. "$ROOT/tests/cli/say.sh"

run cmake --install "$BUILD" --prefix "$PWD/there"
ends 0 "the program and the library install into any folder"
for file in bin/scalelaw include/scalelaw/scalelaw.h share/man/man1/scalelaw.1; do
    holds "$file is installed" test -s "there/$file"
done

pc=$(find there -name scalelaw.pc)
holds "a pkg-config file is installed" test -s "$pc"
PKG_CONFIG_PATH=$(readlink -f "$(dirname "$pc")")
export PKG_CONFIG_PATH
# The install moved: the file was written for the prefix of the build.
sed -i "s|^prefix=.*|prefix=$PWD/there|" "$pc"

compiler=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$BUILD/CMakeCache.txt")
sanitize=$(sed -n 's/^SCALELAW_SANITIZE:BOOL=ON/-fsanitize=address,undefined/p' \
    "$BUILD/CMakeCache.txt")
# shellcheck disable=SC2046 # flags are words
run "$compiler" -std=gnu11 -Wall -Wextra -o try "$ROOT/tests/library.c" $sanitize \
    $(pkg-config --cflags --libs scalelaw)
ends 0 "a program compiles and links with what pkg-config says"
holds "its headers compile without a warning" test ! -s err
run ./try
ends 0 "that program runs"
holds "and finds everything right" grep -q '^[0-9]* passed, 0 failed$' out

run nm -u "$(find there -name libscalelaw.a)"
holds "no symbol of the half that trains is wanted" \
    sh -c '! grep -E " (shard|corpus|kern|arch|train|sweep)_" out'
