# plan.sh - `scalelaw plan` as a person meets it: whatever is given, by all laws
# side by side; parts of the answer; a configuration that trains; refusals.

. "$ROOT/tests/cli/say.sh"

# ---- Published laws

run scalelaw plan --flops=1e21 --law=chinchilla:besiroglu
ends 0 "a published law plans"
holds "besiroglu's optimum at 1e21 is 2.78 B" grep -Eq 'parameters N +2\.78 B' out
holds "on 60.0 B tokens" grep -Eq 'tokens D +60\.0 B' out
holds "with its loss" grep -Eq '^  loss +2\.306' out
holds "the convention is said" grep -Eq 'N counts +total' out
holds "and how far from its data that is" grep -Eq 'largest run +0\.333' out
holds "no line is wider than 100 columns" \
    sh -c 'test $(wc -L <out) -le 100'

run scalelaw plan --flops=5.76e23 --law=chinchilla:hoffmann-printed
holds "the printed set puts Chinchilla's budget at 32 B" grep -q '32\.2 B' out
holds "on 3 T" grep -q '2\.98 T' out
holds "and warns of it" grep -q 'Rounded beyond use' out
holds "beyond its data it is a projection" grep -q 'a projection' out

run scalelaw plan --flops=1PFd --law=chinchilla:besiroglu --json
holds "a petaflop/s-day is 8.64e19 FLOP" grep -q '"flop":8.64e+19' out
run scalelaw plan "--flops=1 pf-days" --law=chinchilla:besiroglu --json
holds "however it is written" grep -q '"flop":8.64e+19' out

run scalelaw plan --flops=1e20 --law=chinchilla:hoffmann --law kaplan-nd
holds "laws stand side by side" \
    sh -c 'grep -q chinchilla:hoffmann out && grep -q kaplan-nd: out'
run scalelaw plan --flops=1e20 --law=all --json
ends 0 "all laws of N and D plan"
holds "each set of constants has its plan" \
    sh -c 'test $(grep -o "\"by\":\"chinchilla:[a-z0-9-]*\",\"law\"" out |
           sort -u | wc -l) -ge 4'
run scalelaw plan --flops=1e20,1e21 --law=chinchilla --json
holds "several budgets, one plan each" \
    sh -c 'test $(grep -o "\"flop\":[0-9.e+]*,\"by\"" out | wc -l) -eq 2'
run scalelaw plan --flops=1e20,1e21 --law=chinchilla
holds "and a head each" sh -c 'test $(grep -c "PF-days)" out) -eq 2'

# ---- Which law

run scalelaw plan --flops=1e21
ends 0 "without a law the usual ones are asked"
for law in besiroglu hoffmann kaplan kaplan:table-6 llama-3; do
    holds "$law among them" grep -q "$law" out
done
holds "Hoffmann's constants are warned of" grep -q 'optimiser stopped early' out
holds "a frontier without a loss shows none" \
    sh -c 'grep -E "^  loss " out | grep -q "–$"'
holds "and all are counted alike" grep -q 'counted alike' out
holds "on one screen" sh -c 'test $(wc -l <out) -le 40'

run scalelaw plan --more=1e9x --json
ends 0 "1e9 times more compute is one command"
holds "Kaplan: 3.7e6 times the parameters" \
    grep -Eq '"key":"n_times"[^}]*"by":"kaplan:table-6"[^}]*"value":37[0-9]{5}' out
run scalelaw plan --more=1e9x
holds "and 269 times the tokens" grep -Eq 'D times.* 269 ' out
holds "Chinchilla: 41 k and 24 k times" \
    sh -c 'grep -Eq "N times +41\.1 k" out && grep -Eq "D times +24\.3 k" out'

run scalelaw plan --flops=1e25 --law=kaplan --show=plan
holds "Kaplan's contradiction is said beyond it" grep -q 'contradict themselves' out
run scalelaw plan --flops=1e20 --law=kaplan --show=plan
holds "and not before" sh -c '! grep -q contradict out'

# ---- Any of them the unknown

plan() { run scalelaw plan --law=chinchilla:besiroglu --show=plan "$@"; }
plan --N=70B
holds "a size: the budget it is best for" grep -Eq 'compute C +5\.42e23' out
plan --D=60B
holds "tokens: the size they are best for" grep -Eq 'parameters N +2\.78 B' out
plan --ratio=25.7
holds "a ratio" grep -Eq 'compute C +(1|9\.9[0-9])e1[78]' out
plan --loss=2.3055
holds "a loss: the cheapest budget" grep -Eq 'compute C +(1|9\.99|1\.00)e2[01]' out
plan --N=70B --D=1.4T
holds "a run as it is: Chinchilla's loss" grep -Eq '^  loss +1\.974' out
holds "and what was best" grep -Eq 'best N for that C +73\.0 B' out
plan --flops=1e21 --N=1.389B
holds "half the best size wastes 15.6 %" grep -Eq 'compute wasted +15\.6 %' out
plan --steps=100k --batch=4M
holds "steps of a batch are tokens" grep -Eq 'tokens D +400 B' out
plan --N=7B --loss=2.1
holds "a size and a loss: the tokens" grep -Eq 'tokens a parameter +[0-9]' out
plan "--flops=5.76e23 FLOP" --explain
holds "--explain fills the equation in" \
    grep -q 'N = G (C/6)^a = 0.1196 x (9.6e+22)^0.5126' out
holds "with its source" grep -q '2404.10102' out

# ---- Machines

plan "--money=\$2M" --on=h100 --gpus=512 --mfu=0.4
holds "money buys compute" grep -Eq 'compute C +[0-9.]+e23' out
cp out money
plan --days=30 --on=h100 --gpus=512 --mfu=40%
holds "so does time" grep -Eq 'compute C +5\.2[0-9]e23' out
plan --energy=500MWh --on=h100
holds "so does energy" grep -Eq 'compute C +[0-9.]+e23' out
plan --gpu-hours=12k --on=a100
holds "so do device-hours" grep -Eq 'compute C +5\.39e21' out
run scalelaw plan --flops=1e22 --on=h100 --gpus=64 --grid=france --show=cost
holds "a bill has money, energy and carbon" \
    sh -c 'grep -q "money" out && grep -q "energy" out && grep -q "carbon" out'
run scalelaw plan --flops=1e21 --on=h100 --gpus=64 --batch=4M \
    --show=memory,batch,roi --law=chinchilla:besiroglu
ends 0 "memory, batches and returns"
holds "ZeRO" grep -q 'ZeRO 3' out
holds "rules side by side" grep -q 'deepseek' out
holds "the next per cent" grep -q '1 % less loss' out

# ---- Everything that is assumed can be set

cost() { run scalelaw plan --flops=1e22 --on=h100 --gpus=64 \
             --law=chinchilla:besiroglu "$@"; }
cost --show=terms --watts=500 --idle=20% --lifetime=4 --pue=1.2
holds "what a bill rests on is shown" grep -Eq 'device .--watts. +500' out
holds "with the flag that sets it" grep -Eq 'lifetime. +4\.00 years' out
cost --show=cost --watts=500 --idle=20% --pue=1.2 --explain
holds "and is counted with: 7019 h x .5 kW x 1.2 x 1.2" \
    grep -Eq 'energy +5\.05 MWh' out
cost --show=grids
holds "the same energy on the grids of the catalogue" \
    sh -c 'grep -Eq "Poland.* 3\.58 t" out && grep -Eq "Norway.* 162 kg" out'
cost --show=machine
holds "the data sheet" grep -Eq 'bf16 peak +989 TFLOP' out
cost --show=serving --serve=1e12 --grid=france
holds "serving: what a request costs and how many fit" \
    sh -c 'grep -q "Wh a request" out && grep -q "full contexts that fit" out'
run scalelaw plan "--money=\$2M" --on=h100 --law=chinchilla --show=cost
holds "what prices of a range buy is a range" \
    grep -q 'buys 5.7e+23 to 1.43e+24' out
run scalelaw plan --loss=2.1 --on=h100 --law=chinchilla:besiroglu --show=cost
holds "a bill of a budget that was worked out knows its spread" \
    grep -q 'by the draws of the fit, so all' out

cost --show=memory --layers=32 --width=4096
holds "memory by ZeRO stage and by precision" \
    sh -c 'grep -q "mixed-fp32-grads .*adam8" out && grep -q "^  ZeRO 3" out'
holds "and by what is kept for going backward" \
    sh -c 'grep -Eq "none +selective +full" out && grep -q "33.3 %" out'
cost --layers=32 --width=4096 --zero=1 --tensor=4 --pipeline=2 \
    --recompute=full --mix=adam8 --micro-batch=2
holds "an arrangement that is told is taken" \
    grep -q 'As told, on 64 devices: data 8, tensor 4, pipeline 2, ZeRO 1, recom' out
refuses 2 "stages there are not" "--zero" scalelaw plan --flops=1e22 --zero=4
refuses 2 "what does not divide the devices" "64 devices" \
    scalelaw plan --flops=1e22 --on=h100 --gpus=64 --tensor=6
refuses 2 "what does not divide the layers" "--pipeline=5" \
    scalelaw plan --flops=1e22 --on=h100 --gpus=10 --pipeline=5 --layers=32
refuses 2 "an unknown mix" "did you mean fp32" \
    scalelaw plan --flops=1e22 --mix=fp33
refuses 2 "an unknown recomputation" "selective" \
    scalelaw plan --flops=1e22 --recompute=half
refuses 2 "half a device" "--gpus=1.5" \
    scalelaw plan --days=3 --on=h100 --gpus=1.5
refuses 2 "money for what nobody rents" "--price" \
    scalelaw plan --money=1M --on=m1-max
refuses 2 "serving weighed against what nobody rents" "give --price" \
    scalelaw plan --flops=1e21 --on=m1-max --serve=1e12 --serve-mfu=0.01
refuses 2 "energy of unknown power" "--watts" \
    scalelaw plan --energy=1MWh --on=tpu-v5e
run scalelaw plan --energy=1MWh --on=tpu-v5e --watts=220 --law=chinchilla
ends 0 "unless it is said"

run scalelaw plan --flops=1e22 --show=batch --law=chinchilla:besiroglu \
    --tuned-lr=3e-4 --tuned-tokens=10B
holds "a tuned rate is carried over" grep -q delphi out
refuses 2 "a tuned rate without its tokens" "belong together" \
    scalelaw plan --flops=1e22 --tuned-lr=3e-4

run scalelaw plan --flops=1e21 --show=all --on=m1-max --serve=1e12 --explain
holds "no equation is made of what is unknown" \
    sh -c '! grep -Eq "(^|[^a-z])nan([^a-z]|\$)" out'
run scalelaw plan --flops=1e21 --law=kaplan --show=plan
holds "what Kaplan's C means is said" grep -q 'costs twice that' out

# Published footprints, from their published hours.
run scalelaw plan --model=gpt-3-175b --law=chinchilla:besiroglu --on=v100 \
    --watts=330 --grid=v100-site --gpus=10000 --show=models --json
holds "GPT-3: 1,287 MWh" \
    grep -Eq '"key":"kwh"[^}]*"by":null[^}]*"value":12871[0-9]{2}\.' out
holds "and 552 t" \
    grep -Eq '"key":"kg"[^}]*"by":null[^}]*"value":5522[0-9]{2}\.' out
hours() { run scalelaw plan --law=chinchilla --on=a100 --show=cost \
              --gpu-hours="$@"; }
hours 1022362 --grid=us
holds "LLaMA 65B: 173 t" grep -Eq 'electricity +173 t' out
hours 1082990 --grid=france --pue=1 --lifetime=5.1 --explain
holds "BLOOM: 433,196 kWh, 24.7 t, and 11.2 t of making" sh -c \
    'grep -Eq "= 4.332e.05 kWh" out && grep -Eq "electricity +24.7 t" out &&
     grep -Eq "making it +11.2 t" out'
hours 1082990 --idle=0.592445 --pue=1 --grid=france
holds "with idle nodes 39.3 t" grep -Eq 'electricity +39.3 t' out
run scalelaw plan --carbon=50t --on=a100 --grid=france --law=chinchilla
holds "carbon is a budget too" grep -Eq 'compute C +6\.3e23' out
refuses 2 "carbon of no grid" "--grid" scalelaw plan --carbon=50t --on=a100
run scalelaw plan --flops=1e22 --law=chinchilla --show=machines
holds "the same on all machines" \
    sh -c 'grep -q b200 out && grep -q tpu-v5p out'
run scalelaw plan --model=llama-65b --law=chinchilla --on=a100 --gpus=2048 \
    --show=memory
holds "a real model's memory" grep -q 'N = 6.52e+10 over tensor 4' out

# ---- A page of one's own

run scalelaw plan --page=page.html --law=chinchilla:besiroglu --law=llama-3
ends 0 "a planner page needs no study"
holds "it is one file that asks for nothing" \
    sh -c 'grep -q "</html>" page.html && ! grep -Eq "https?://" page.html'
holds "of the laws that have a surface" \
    sh -c 'grep -q chinchilla:besiroglu page.html && ! grep -q llama-3 page.html'
if command -v node >/dev/null; then
    node "$ROOT/tests/page/ask.js" page.html 0 1e21 >said
    holds "and says what the program says" \
        grep -Eq '"best":.*"n":277[0-9]{7}\.' said
else
    skip "and says what the program says" "node is not installed"
fi
refuses 2 "a page of no surface" "no law of N and D" \
    scalelaw plan --page=page.html --law=llama-3
refuses 2 "two things on standard output" "standard output" \
    scalelaw plan --flops=1e21 --page=- --json

# ---- Parts

run scalelaw plan --loss=2.3426 --serve=1e13 --law=chinchilla:besiroglu
holds "served 1e13 tokens: 560 M parameters" grep -Eq 'parameters N +560 M' out
holds "on 900 B tokens" grep -Eq 'tokens D +900 B' out
run scalelaw plan --loss=2.3426 --requests=1e10 --request-tokens=1000 \
    --law=chinchilla:besiroglu
holds "requests are tokens" grep -Eq 'parameters N +560 M' out
run scalelaw plan --flops=1e22 --unique=25e9 --law=chinchilla:besiroglu
holds "25e9 different tokens: Muennighoff's 9.49 epochs" \
    grep -Eq 'epochs .* 9\.49' out
run scalelaw plan --flops=1e21 --show=all --on=h100 --law=chinchilla:besiroglu \
    --batch=2M --serve=1e12 --unique=1e10 --more=10
ends 0 "everything at once"
holds "the valley is drawn" grep -q '▪▪▪' out
holds "the bottleneck" grep -q 'floor, endless N and D' out
holds "over-training" grep -q 'D/N = 1000' out
holds "no line of it is wider than 100 columns" \
    sh -c 'test $(wc -L <out) -le 100'
run scalelaw plan --model=gpt-3-175b --law=chinchilla:besiroglu
ends 0 "a real model"
holds "what the law would have advised" grep -Eq 'N advised .* 5[23]\.[0-9] B' out
run scalelaw plan --model=gpt-3 --law=chinchilla:besiroglu
holds "a family of them: GPT-3 wasted 39.1 %" grep -Eq 'compute wasted.* 39\.1 %' out
run scalelaw plan --model=all --law=chinchilla:besiroglu --json
holds "all of them" \
    sh -c 'test $(grep -o "\"key\":\"wasted\"" out | wc -l) -ge 40'
cat >score.law <<'END'
name    = "score"
title   = "A made score"
formula = "accuracy = top - slope*loss"
[param.top]
from = 0.5
to   = 2
[param.slope]
from = 0.1
to   = 1
[published.made]
top    = 1.2
slope  = 0.3
source = "made for this test"
END
run scalelaw plan --flops=1e21 --score=score.law --show=roi \
    --law=chinchilla:besiroglu --on=h100
holds "a score follows from the loss: 1.2 - 0.3 x 2.3055" grep -q '0\.508' out
refuses 2 "a score that nobody's constants are kept for" "--score" \
    scalelaw plan --flops=1e21 --score=accuracy-of-loss --show=roi
run scalelaw plan --goal=2 --money=1M --on=h100 --law=chinchilla:besiroglu
holds "when a loss is affordable" grep -q 'years from now' out
run scalelaw plan --goal=2 --money=1 --on=h100 --law=chinchilla:besiroglu \
    --hardware-doubling=inf --recipe-halving=1 --spending=2 --explain
holds "at rates that can be set" grep -q 'ln 2 + ln 2/inf + ln 2/1) =' out
run scalelaw plan --flops=1e21 --show=all --json --on=h100 --batch=2M
ends 0 "the same for programs"
holds "sections with items" grep -q '"sections":\[{"key":"plan"' out

# ---- A configuration that trains

seq 1 20000 | sed 's/.*/& green bottles hang on the wall;/' >text
scalelaw corpus prepare text >/dev/null 2>&1
run scalelaw plan --flops=2e12 --law=chinchilla:besiroglu --show=plan \
    --emit-config=made.cfg --batch=2048 --context=64
ends 0 "a configuration is written"
holds "what it costs is said" grep -q 'FLOP by exact count' err
run scalelaw train made.cfg --corpus=text --epochs --dry-run --out=kept
ends 0 "scalelaw train takes it"
# "2.001e+12 FLOP" of the dry run against the budget.
holds "and counts the budget" sh -c \
    'grep -Eo "[0-9.]+e\+?[0-9]+ FLOP" err | head -n 1 |
     awk "{ off = \$1 / 2e12 - 1; exit !(off < 0.01 && off > -0.01) }"'
run scalelaw train made.cfg --corpus=text --steps=3 --eval_tokens=256 \
    --eval_points=0 --out=kept
ends 0 "and trains"
run scalelaw plan --flops=2e12 --law=chinchilla:besiroglu --emit-config=-
holds "or it goes to standard output" grep -q '^\[model\]' out

# ---- A fit of one's own

awk 'BEGIN { srand(7); print "N,D,loss"
    for (n = 1e6; n < 2e9; n *= 4) for (d = 2e7; d < 3e10; d *= 5)
        printf "%.6g,%.6g,%.8g\n", n, d, (1.8 + 480/n^.35 + 2000/d^.36) \
            * (1 + .004 * (rand() + rand() - 1)) }' >runs.csv
run scalelaw fit runs.csv --law=chinchilla --bootstrap=200 --out=mine.json
ends 0 "a fit is made"
run scalelaw plan --flops=1e20 --fit=mine.json --law=chinchilla:besiroglu
ends 0 "it plans beside a published law"
holds "under its own name" grep -Eq '^ +mine +chinchilla:besiroglu' out
holds "with intervals" grep -Eq '[0-9] [MB]\.\.[0-9.]+ [MB]' out
run scalelaw plan --flops=1e20 --fit=mine.json --json
holds "for programs too" grep -Eq '"by":"mine".*"low":[0-9]' out
no=false,false,false
sed "s/\"unidentified\":\[$no,false,false\]/\"unidentified\":[$no,true,false]/" \
    mine.json >vague.json
refuses 3 "a fit that its data do not identify" "do not tell" \
    scalelaw plan --flops=1e20 --fit=vague.json

# ---- Refusals

refuses 2 "a budget that is no number" "--flops" \
    scalelaw plan --flops=lots --law=chinchilla
refuses 3 "less than one parameter" "no such model" \
    scalelaw plan --flops=1e-5 --law=llama-3
refuses 2 "a loss below nothing" "like 2.1" scalelaw plan --loss=-1
refuses 2 "a negative budget" "--flops" scalelaw plan --flops=-1e21
refuses 2 "an unknown unit" "--flops" scalelaw plan "--flops=3 bananas"
refuses 2 "a unit of another kind" "--money" \
    scalelaw plan --money=500MWh --on=h100
refuses 2 "nothing asked" "how much compute" scalelaw plan --law=chinchilla
refuses 2 "unknown constants" "there are besiroglu-exact" \
    scalelaw plan --flops=1e21 --law=chinchilla:nobody
refuses 2 "a law of steps" "not a law of N and D" \
    scalelaw plan --flops=1e21 --law=kaplan-ns
refuses 2 "an unknown machine" "h100" scalelaw plan --money=1M --on=h1000
refuses 2 "an unknown grid" "france" \
    scalelaw plan --flops=1e21 --on=h100 --grid=frence
refuses 2 "money without a machine" "--on=" scalelaw plan --money=1M
refuses 2 "a number of machines without one" "--on=" \
    scalelaw plan --flops=1e21 --gpus=8
refuses 2 "C, N and D that do not multiply" "leave one of the three out" \
    scalelaw plan --flops=1e21 --N=70B --D=1.4T
refuses 2 "two budgets" "give one budget" \
    scalelaw plan --flops=1e21 --money=1M --on=h100
refuses 2 "steps without a batch" "--batch" scalelaw plan --steps=1000
refuses 2 "an unknown part" "did you mean around" \
    scalelaw plan --flops=1e21 --show=arund
refuses 2 "a part that lacks something" "--serve" \
    scalelaw plan --flops=1e21 --show=inference
refuses 2 "a share of the peak above 1" "--mfu" \
    scalelaw plan --flops=1e21 --on=h100 --mfu=1.4
refuses 2 "an unknown model" "gpt-3" scalelaw plan --model=gpt-3-176b
refuses 2 "less compute called more" "above 1" scalelaw plan --more=0.5
refuses 3 "a budget without an optimum" "no best size" \
    scalelaw plan --flops=100 --law=chinchilla
refuses 3 "a loss below the floor" "at the very best" \
    scalelaw plan --loss=1.5 --law=chinchilla:besiroglu
refuses 3 "a vocabulary larger than the model" "--vocab" \
    scalelaw plan --flops=1e13 --law=chinchilla:besiroglu --show=shape
refuses 1 "a fit that is not there" "nowhere.json" \
    scalelaw plan --flops=1e21 --fit=nowhere.json
refuses 1 "a study that is not there" "no study" \
    scalelaw report ./nowhere
