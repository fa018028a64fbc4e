/* cmd_bench.c - `scalelaw bench train|kern|sweep|fit`: what the engine reaches on this
 * machine, as a share of what the machine's arithmetic could do, and how long
 * fits take. */

#include "base/opt.h"
#include "cli/bench.h"
#include "cli/bench_device.h"
#include "cli/cmd.h"
#include "count/count.h"

#include <string.h>
#include <unistd.h>

/* The table of docs/performance.md: from one micro-batch deep to GPT-2. The
 * last three take minutes. */
static const BenchShape shapes[] = {
    { 2, 16, 512, 16, 256 },  { 2, 32, 512, 16, 256 },
    { 2, 64, 512, 16, 256 },  { 4, 128, 512, 16, 256 },
    { 6, 256, 512, 8, 256 },  { 8, 512, 512, 4, 256 },
    { 12, 768, 50257, 4, 256 }, { 12, 768, 50257, 4, 64 },
};
enum { USUAL = 5 };

typedef struct Args {
    BenchOptions bench;
    const char  *kernels, *dtype, *shape, *device;
    i64          vocab, batch, context, runs;
    TextList     what;
    bool         cpu_time, table;
} Args;

static bool far(const Args *a) { return strcmp(a->device, "cpu") != 0; }

/* On a processor fp32 is what is usual; on a device bf16. */
static const char *dtype_of(const Args *a)
{
    return a->dtype ? a->dtype : far(a) ? "bf16" : "fp32";
}

static bool kern_pick(Args *a, Err *err)
{
    a->dtype = dtype_of(a);
    const bool both = strcmp(a->dtype, "both") == 0;
    a->bench.kern = kern_find(a->kernels, both ? "fp32" : a->dtype);
    a->bench.also = both ? kern_find(a->kernels, "bf16") : NULL;
    if (!a->bench.kern)
        return err_set(err, ERR_USAGE, "--kernels=%s --dtype=%s: not one of "
                       "this build, or not for this processor; `scalelaw "
                       "doctor` lists them", a->kernels, a->dtype);
    bench_clock_set(a->cpu_time);
    if (a->cpu_time && a->bench.threads > 1)
        return err_set(err, ERR_USAGE, "--cpu-time counts one thread; leave "
                       "out --threads");
    if (a->bench.threads < 1 || !(a->bench.seconds > 0))
        return err_set(err, ERR_USAGE,
                       "--threads and --seconds must be above 0");
    return true;
}

static bool fits(const BenchShape *shape, const Args *a, Err *err)
{
    const double wanted = (double)bench_train_bytes(shape, &a->bench);
    const double there  = (double)sysconf(_SC_PHYS_PAGES)
                        * (double)sysconf(_SC_PAGESIZE);
    if (wanted < 0.8 * there)
        return true;
    return err_set(err, ERR_USAGE, "--shape=%s: takes %.1f GB, and this "
                   "machine has %.1f; a smaller --batch, --context or shape "
                   "may fit", a->shape, wanted / 1e9, there / 1e9);
}

static bool train_far(const Args *a, const BenchShape *one, Err *err)
{
    if (a->runs < 0 || a->runs > 65535)
        return err_set(err, ERR_USAGE, "--runs goes from 0 to 65535");
    if (strcmp(a->dtype, "both") == 0)
        return err_set(err, ERR_USAGE, "--device=%s: one dtype at a time, "
                       "bf16 or fp32", a->device);
    const BenchDevice how = {
        .device = a->device, .dtype = a->dtype, .peer = a->bench.peer,
        .runs = a->runs, .seconds = a->bench.seconds, .json = a->bench.json,
        .shape = *one,
    };
    return bench_device(&how, err);
}

static bool train(const Args *a, Err *err)
{
    BenchShape one = { .vocab = a->vocab, .batch = a->batch,
                       .context = a->context };
    Shape      parsed = { 0 };
    if (a->shape && !count_shape_parse(&parsed, a->shape))
        return err_set(err, ERR_USAGE, "--shape=%s: not LAYERSxWIDTH, as 2x64",
                       a->shape);
    if (one.vocab < 2 || one.vocab > 65536 || one.batch < 1 || one.batch > 256
        || one.context < 1 || one.context > 8192)
        return err_set(err, ERR_USAGE, "--vocab goes from 2 to 65536, --batch "
                       "to 256, --context to 8192");

    one.layers = parsed.layers;
    one.width  = parsed.width;
    if (far(a))
        return train_far(a, &one, err);
    if (a->shape && !fits(&one, a, err))
        return false;
    bench_train_head(&a->bench);
    if (a->shape)
        bench_train(&one, &a->bench);
    const int rows = a->table ? COUNT_OF(shapes) : USUAL;
    for (int i = 0; i < rows && !a->shape; i++)
        bench_train(&shapes[i], &a->bench);
    return true;
}

static bool pick(const Args *a, Err *err)
{
    const char *what = a->what.count > 0 ? a->what.item[0] : "train";
    if (a->what.count > 1)
        return err_set(err, ERR_USAGE, "one thing at a time: train, kern, "
                       "sweep or fit");
    if (strcmp(what, "train") == 0)
        return train(a, err);
    if (far(a))
        return err_set(err, ERR_USAGE, "--device=%s: only training steps are "
                       "measured on a device: bench train", a->device);
    if (strcmp(what, "kern") == 0) {
        bench_kern(&a->bench);
        return true;
    }
    if (strcmp(what, "fit") == 0)
        return bench_fit(&a->bench, err);
    if (strcmp(what, "sweep") == 0)
        return bench_sweep(&a->bench, err);
    return err_set(err, ERR_USAGE, "cannot measure '%s'; train, kern, sweep "
                   "and fit can be", what);
}

bool cmd_bench(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  a = { .kernels = "auto", .device = "cpu", .vocab = 512,
                .batch = 16, .context = 256,
                .bench = { .threads = 1, .seconds = 1.5, .peer = "auto" } };
    const Opt opts[] = {
        { "kernels", "NAME", "auto, avx512, avx2, plain or ref",
          .text = &a.kernels },
        { "dtype", "NAME", "of products: fp32, bf16, or both of them in turn "
          "(fp32; on a device bf16)", .text = &a.dtype },
        { "device", "NAME", "cpu; or cuda, cuda:1: training steps of many runs "
          "side by side there, as a share of its large products",
          .text = &a.device },
        { "runs", "N", "side by side on a device; 0: as many as each row "
          "usually has and its memory holds", .count = &a.runs },
        { "peer", "NAME", "who races with training steps: torch, none, auto "
          "(torch where it is installed) or a command that answers as "
          "bench/peer_torch.py does", .text = &a.bench.peer },
        { "table", NULL, "all eight shapes, GPT-2 too, in place of the usual "
          "five: minutes, and 6 GB with a peer", .flag = &a.table },
        { "threads", "N", "threads of a training step, or of fits (1 to N)",
          .count = &a.bench.threads },
        { "seconds", "X", "time to spend on a row", .real = &a.bench.seconds },
        { "shape", "LxD", "one shape, as 2x64, in place of the usual five",
          .text = &a.shape },
        { "vocab", "N", "of that shape", .count = &a.vocab },
        { "batch", "N", "sequences a step of that shape", .count = &a.batch },
        { "context", "N", "tokens a sequence of that shape",
          .count = &a.context },
        { "parts", NULL, "show where the time of a step goes",
          .flag = &a.bench.parts },
        { "cpu-time", NULL, "count this thread's processor time, not the "
          "wall's: for a busy machine", .flag = &a.cpu_time },
        { "json", NULL, "one line of JSON a row", .flag = &a.bench.json },
    };
    const OptTable table = {
        .command = "scalelaw bench",
        .about = "Measure the engine on this machine: whole training steps "
                 "(train) or single kernels (kern), as a share of what the "
                 "core reaches when it only multiplies and adds; two "
                 "runs at once and the start of a run (sweep); or fits "
                 "(fit).",
        .opt = opts, .nopt = COUNT_OF(opts), .operands = "[train|kern|sweep|fit]",
        .rest = &a.what, .arena = &arena,
    };
    bool       helped = false;
    const bool ok = opt_flags(&table, argc, argv, &helped, err)
                 && (helped || (kern_pick(&a, err) && pick(&a, err)));
    arena_free(&arena);
    return ok;
}
