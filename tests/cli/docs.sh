# docs.sh - what the documents tell a reader to type. Every line of a ```sh
# block in README.md, *.md and docs/ that begins with scalelaw, awk, build/scalelaw or
# ./ (after a `$ `, if there is one) is run here, in order, in one folder a
# document; or it stands below with the reason why not.

. "$ROOT/tests/cli/say.sh"

# Not run here, because...
reason() {
    case $1 in
    ./check*)              echo "this is it" ;;
    ./demo*)               echo "it takes minutes; study_again_slow.sh runs a small study" ;;
    "scalelaw study status"*) echo "it needs that study; study.sh asks of another" ;;
    "scalelaw study "*)    study_reason $1 ;;
    "scalelaw corpus get"*) echo "it needs a network; corpus_gcide.sh runs it" ;;
    "scalelaw bench"*)     echo "it takes a minute and measures the machine" ;;
    "scalelaw watch "*)    echo "it serves until it is ended; watch.sh runs it" ;;
    "scalelaw report out/"* | "scalelaw runs "*out/* | "scalelaw "*out/demo*)
        echo "it needs the demo's study; its own tests run the same on a made one" ;;
    esac
}

# A study is planned and not trained, where every text that its file names is
# there: none is fetched for a document.
study_reason() {
    file=$ROOT/studies/$3.study
    [ -f "$file" ] || return 0
    for corpus in $(sed -n 's/^corpus *= *"\([a-z0-9-]*\)".*/\1/p' "$file" |
            sort -u); do
        [ -f "$ROOT/data/$corpus.shard" ] && continue
        echo "its text $corpus is not in data/ (scalelaw corpus get $corpus)"
        return 0
    done
}

# What is run of a line: of a study its plan.
runnable() {
    case $1 in
    "scalelaw study "*) echo "$1 --dry-run --data=$ROOT/data" ;;
    *)                  echo "$1" ;;
    esac
}

# Lines of ```sh blocks, without their prompt and what follows a #.
typed() {
    awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' "$1" |
        sed -n 's/^\(\$ \)\{0,1\}\(\(scalelaw\|awk\|build\/\|\.\/\).*\)$/\2/p' |
        sed -e 's/  *#.*$//' -e 's/^\(\.\/\)\{0,1\}build\/scalelaw/scalelaw/'
}

count=0
for page in "$ROOT"/*.md "$ROOT"/docs/*.md; do
    [ -f "$page" ] || continue
    name=$(basename "$page")
    mkdir -p "in-$name"
    typed "$page" >lines
    while IFS= read -r line; do
        count=$((count + 1))
        why=$(reason "$line")
        if [ "$why" ]; then
            echo "left out: $name: $line: $why"
            continue
        fi
        (cd "in-$name" && timeout 180 sh -c "$(runnable "$line")") >shown 2>err </dev/null
        status=$?
        if [ $status -eq 0 ]; then
            ok "$name: $line"
        else
            not_ok "$name: $line" "exit status $status:" \
                "$(tail -n 3 err)"
        fi
    done <lines
done
holds "the documents show commands at all" test "$count" -gt 0

# A page with a command that fails would be noticed.
printf '```sh\n$ ./build/scalelaw frobnicate  # no such thing\n```\n' >bent.md
holds "a wrong command would be found" \
    test "$(typed bent.md)" = "scalelaw frobnicate"
