/* sweep_world.h - a small text, some small runs on it, and a sweep of them. */

#ifndef SWEEP_WORLD_H
#define SWEEP_WORLD_H

#include "sweep/sweep.h"

#include "base/rng.h"
#include "data/corpus.h"
#include "tests/test.h"

#include <math.h>
#include <string.h>

#define SWEEP_WORLD __attribute__((unused)) static

/* A text with something to learn: words of a small lexicon at random. */
SWEEP_WORLD bool text_write(const char *path, Err *err)
{
    static const char *const word[] = { "the ",  "law ",  "of ",  "scale\n",
                                        "model ", "data ", "loss ", "is " };
    Str text = { 0 };
    for (u64 i = 0; i < 60000; i++)
        str_put(&text, word[rng_below(7, RNG_TEST, i, COUNT_OF(word))]);
    const bool ok = file_write(path, text.text, text.size, err);
    str_free(&text);
    return ok;
}

typedef struct Room {
    Arena       arena;
    const char *dir;
    Corpus      corpus;
    Ladder      grid;
} Room;

SWEEP_WORLD bool room_open(Room *room, Err *err)
{
    static const double      budgets[] = { 6e8, 1.2e9 }, seeds[] = { 1 };
    static const char *const sizes[]   = { "1x8", "1x16", "1x24", "1x32" };
    room->dir = test_folder();
    const char *text = arena_print(&room->arena, "%s/words.txt", room->dir);
    if (!text_write(text, err)
        || !corpus_need(&room->corpus, &room->arena, text, room->dir, NULL, err))
        return false;

    const LadderRule rule = {
        .budgets = { COUNT_OF(budgets), budgets },
        .sizes = { COUNT_OF(sizes), sizes },
        .spread = 20, .centre_n = 9000, .centre_c = 6e8, .centre_power = 0.1,
        .counts = "body+head", .sizes_min = 4, .holdout = true,
        .batch_tokens = 128, .lr = 0.01, .lr_width = -1,
        .seeds = { 1, seeds }, .head_size = 8,
    };
    TrainConfig base = train_defaults();
    base.shape = (Shape){ .vocab = 256, .context = 32 };
    base.arch  = "transformer";
    base.eval_tokens = 4096;
    return ladder_make(&room->grid, &room->arena, &rule, &base, err);
}

SWEEP_WORLD void room_close(Room *room)
{
    corpus_close(&room->corpus);
    arena_free(&room->arena);
}

SWEEP_WORLD const char *config_text(Arena *arena, const TrainConfig *c, bool hashed)
{
    (void)hashed;
    return arena_print(arena, "%lldx%lld %lld %lld %.17g %lld %s",
                       (long long)c->shape.layers, (long long)c->shape.width,
                       (long long)c->batch, (long long)c->steps, c->lr,
                       (long long)c->branch_at,
                       c->start_run ? c->start_run : "");
}

SWEEP_WORLD SweepPlace place_of(Room *room, const char *study, int cores)
{
    return (SweepPlace){
        .study_dir = arena_print(&room->arena, "%s/%s", room->dir, study),
        .of = { .study = study, .code = "test", .shard = &room->corpus.shard,
                .config_text = config_text },
        .cores = cores,
    };
}

SWEEP_WORLD bool sweep(SweepReport *report, Room *room, const char *study,
                       int cores, Err *err)
{
    const LadderRun *run[64];
    for (i64 i = 0; i < room->grid.count; i++)
        run[i] = &room->grid.run[i];
    const SweepPlace place = place_of(room, study, cores);
    return sweep_run(report, run, room->grid.count, &place, err);
}

SWEEP_WORLD RunList runs_of(Room *room, const char *study)
{
    RunList list   = { 0 };
    Str     broken = { 0 };
    Err     err    = { 0 };
    CHECK(run_list(&list, &broken, &room->arena,
                   arena_print(&room->arena, "%s/%s/runs", room->dir, study),
                   &err));
    CHECK(broken.size == 0);
    str_free(&broken);
    return list;
}

SWEEP_WORLD void same_results(Room *room, const char *one, const char *other)
{
    const RunList a = runs_of(room, one), b = runs_of(room, other);
    CHECK_NEAR(a.count, b.count, 0);
    CHECK_NEAR(a.count, room->grid.count, 0);
    for (i64 i = 0; i < a.count && i < b.count; i++) {
        test_note("%s", a.run[i].id);
        CHECK_TEXT(a.run[i].id, b.run[i].id);
        CHECK_TEXT(a.run[i].status, "done");
        CHECK(a.run[i].val_loss == b.run[i].val_loss);
    }
}

#endif
