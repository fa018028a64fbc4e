# plan.sh - `scalelaw plan` as a person meets it: published laws, and refusals.

. "$ROOT/tests/cli/say.sh"

run scalelaw plan --flops=1e21 --law=chinchilla:besiroglu
ends 0 "a published law plans"
holds "besiroglu's optimum at 1e21 is 2.78 B on 60.0 B" \
    grep -Eq 'besiroglu +2\.78 B +60\.0 B +21\.6 +2\.306' out
holds "the convention is said" grep -q 'N counts total; C = 6 N D' out

run scalelaw plan --flops=5.76e23 --law=chinchilla:hoffmann-printed
holds "the printed set puts Chinchilla's budget at 32 B on 3 T" \
    grep -Eq '32\.2 B +2\.98 T' out
holds "and warns of it" grep -q 'Caution: Rounded beyond use' out

run scalelaw plan --flops=1PFd --law=chinchilla:besiroglu --json
holds "a petaflop/s-day is 8.64e19 FLOP" grep -q '"flop":8.64e+19' out
run scalelaw plan "--flops=1 pf-days" --law=chinchilla:besiroglu --json
holds "however it is written" grep -q '"flop":8.64e+19' out

run scalelaw plan --flops=1e20 --law=chinchilla:hoffmann --law kaplan-nd
holds "laws stand side by side" \
    sh -c 'grep -q chinchilla:hoffmann out && grep -q kaplan-nd: out'
run scalelaw plan --flops=1e20 --law=all
ends 0 "all laws of N and D plan"
holds "each set of constants has its row" \
    sh -c 'test $(grep -c "^  chinchilla:" out) -ge 4'
run scalelaw plan --flops=1e20,1e21 --law=chinchilla --json
holds "several budgets, one answer each" \
    sh -c 'test $(grep -o "\"flop\":" out | wc -l) -eq 2'

refuses 2 "a budget that is no number" "a budget above 0" \
    scalelaw plan --flops=lots --law=chinchilla
refuses 2 "no budget" "how much compute" scalelaw plan --law=chinchilla
refuses 2 "no law" "by which law" scalelaw plan --flops=1e21
refuses 2 "unknown constants" "there are besiroglu-exact" \
    scalelaw plan --flops=1e21 --law=chinchilla:nobody
refuses 2 "a law of steps" "not a law of N and D" \
    scalelaw plan --flops=1e21 --law=kaplan-ns
refuses 3 "a budget without an optimum" "no best size" \
    scalelaw plan --flops=100 --law=chinchilla
refuses 1 "a fit that is not there" "nowhere.json" \
    scalelaw plan --flops=1e21 --fit=nowhere.json
refuses 1 "a study that is not there" "no study" \
    scalelaw report ./nowhere
