/* cmd_sample.c - `scalelaw sample`: a trained model writes on from a prompt. */

#include "cli/cmd.h"
#include "cli/train_opts.h"
#include "base/rng.h"
#include "store/run.h"
#include "train/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Sample {
    const char *run_dir, *prompt, *kernels;
    double      temperature;
    i64         bytes, seed, top_k;
} Sample;

static bool read_opts(Sample *s, Arena *arena, int argc, char **argv,
                      bool *helped, Err *err)
{
    TextList  rest = { 0 };
    const Opt opt[] = {
        { "prompt", "TEXT", "what it goes on from [a new line]",
          .text = &s->prompt },
        { "bytes", "N", "how much to write", .count = &s->bytes },
        { "temperature", "X", "below 1 bolder in its best guess, 0 only that",
          .real = &s->temperature },
        { "top_k", "N", "draw among the N best only; 0: all",
          .count = &s->top_k },
        { "seed", "N", "of the draws", .count = &s->seed },
        { "kernels", "NAME", "auto, avx512, avx2, plain or ref",
          .text = &s->kernels },
    };
    const OptTable table = {
        .command  = "scalelaw sample",
        .about    = "Let a trained model write.",
        .opt      = opt, .nopt = COUNT_OF(opt),
        .operands = "RUN_DIR", .rest = &rest, .arena = arena,
    };
    *s = (Sample){ .prompt = "\n", .kernels = "auto", .temperature = 1,
                   .bytes = 500, .seed = 1 };
    if (!opt_flags(&table, argc, argv, helped, err) || *helped)
        return *helped;
    if (rest.count != 1)
        return err_set(err, ERR_USAGE, "name one run's folder, as in scalelaw "
                       "sample out/train/runs/ID");
    if (s->bytes < 0 || s->bytes > 100000000 || s->top_k < 0 || s->seed < 0
        || !(s->temperature >= 0 && isfinite(s->temperature)))
        return err_set(err, ERR_USAGE, "bytes, top_k, seed and temperature "
                       "are at least 0 (bytes up to 1e8); give such");
    s->run_dir = rest.item[0];
    return true;
}

static bool load(Model *model, Arena *arena, const Sample *s, Err *err)
{
    Run         run;
    TrainConfig config;
    const char *path = arena_print(arena, "%s/checkpoint", s->run_dir);
    if (!run_read(&run, arena, s->run_dir, err))
        return false;
    if (strcmp(run.tokenizer, "byte") != 0)
        return err_set(err, ERR_USAGE, "run %s: its tokens are of tokenizer "
                       "%s, and only bytes can be written; name a run on "
                       "bytes", run.id, run.tokenizer);
    if (!train_config_parse(&config, arena, run.config, run.id, err))
        return false;
    config.kernels = s->kernels;
    if (!file_exists(path))
        return err_set(err, ERR_USAGE, "run %s: has no checkpoint (status "
                       "%s); train it first", run.id,
                       run.status ? run.status : "not ended");
    return model_load(model, arena, &config, run.corpus_sha256, path, err);
}

static void write_text(Model *model, Arena *arena, const Sample *s)
{
    const i64 given = (i64)strlen(s->prompt);
    i32      *token = NEW(arena, i32, given + s->bytes);
    double   *room  = NEW(arena, double, model->shape.vocab);
    /* A vocabulary may be larger than the corpus needs: 256 are bytes. */
    const i64 V = i64_min(model->shape.vocab, 256);
    for (i64 i = 0; i < given; i++)
        token[i] = (u8)s->prompt[i];

    fputs(s->prompt, stdout);
    for (i64 i = 0; i < s->bytes; i++) {
        const real *z = model_scores(model, token, given + i);
        token[given + i] = model_draw(room, z, V, s->temperature, s->top_k,
                                      rng_unit((u64)s->seed, RNG_SAMPLE,
                                               (u64)i));
        putchar(token[given + i]);
        fflush(stdout);
    }
    putchar('\n');
}

bool cmd_sample(int argc, char **argv, Err *err)
{
    Arena  arena  = { 0 };
    Sample sample;
    Model  model;
    bool   helped = false;
    bool   ok = read_opts(&sample, &arena, argc, argv, &helped, err);
    if (ok && !helped) {
        if (!*sample.prompt)
            sample.prompt = "\n"; /* something must stand before */
        ok = load(&model, &arena, &sample, err);
        if (ok)
            write_text(&model, &arena, &sample);
    }
    arena_free(&arena);
    return ok;
}
