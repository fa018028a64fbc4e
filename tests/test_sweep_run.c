/* test_sweep_run.c - many runs on a small text: finished ones are skipped, cut
 * off ones go on, failed ones are findings, and nobody's numbers depend on how
 * many worked side by side. */

#include "sweep/sweep.h"

#include "base/rng.h"
#include "data/corpus.h"
#include "tests/test.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A text with something to learn: words of a small lexicon at random. */
static bool text_write(const char *path, Err *err)
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
    Ladder        grid;
} Room;

static bool room_open(Room *room, Err *err)
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

static void room_close(Room *room)
{
    corpus_close(&room->corpus);
    arena_free(&room->arena);
}

static const char *config_text(Arena *arena, const TrainConfig *c, bool hashed)
{
    (void)hashed;
    return arena_print(arena, "%lldx%lld %lld %lld %.17g",
                       (long long)c->shape.layers, (long long)c->shape.width,
                       (long long)c->batch, (long long)c->steps, c->lr);
}

static bool sweep(SweepReport *report, Room *room, const char *study, int cores,
                  Err *err)
{
    const LadderRun *run[64];
    for (i64 i = 0; i < room->grid.count; i++)
        run[i] = &room->grid.run[i];
    const SweepPlace place = {
        .study_dir = arena_print(&room->arena, "%s/%s", room->dir, study),
        .of = { .study = study, .code = "test", .shard = &room->corpus.shard,
                .config_text = config_text },
        .cores = cores,
    };
    return sweep_run(report, run, room->grid.count, &place, err);
}

static RunList runs_of(Room *room, const char *study)
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

static void same_results(Room *room, const char *one, const char *other)
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

TEST(results_do_not_depend_on_how_many_work_and_finished_runs_are_skipped)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        CHECK(sweep(&report, &room, "one", 1, &err));
        CHECK_NEAR(report.done, room.grid.count, 0);
        CHECK(sweep(&report, &room, "many", 3, &err));
        CHECK_NEAR(report.done, room.grid.count, 0);
        same_results(&room, "one", "many");

        CHECK(sweep(&report, &room, "one", 2, &err));
        CHECK_NEAR(report.skipped, room.grid.count, 0);
        CHECK_NEAR(report.done, 0, 0);
    }
    test_note("%s", err.text);
    CHECK(err.kind == ERR_NONE);
    room_close(&room);
}

TEST(every_record_carries_exact_counts_and_the_budget_it_was_given)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))
        && CHECK(sweep(&report, &room, "counts", 2, &err))) {
        const RunList list = runs_of(&room, "counts");
        for (i64 i = 0; i < list.count; i++) {
            const Run *r = &list.run[i];
            CHECK_NEAR(r->flop, count_train_flop(r->shape) * (double)r->tokens,
                       1e-12);
            CHECK_NEAR(r->flop_6nd, 6.0 * (double)r->params.total
                                    * (double)r->tokens, 1e-12);
            CHECK_NEAR(r->tokens, r->steps * r->batch_tokens, 0);
            CHECK_NEAR(r->val_bpb, r->val_loss / log(2), 1e-12);
            CHECK(isnan(r->joules));
        }
    }
    room_close(&room);
}

TEST(a_diverged_run_is_a_finding_and_the_sweep_goes_on)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        room.grid.run[1].config.lr = 1e4;
        CHECK(sweep(&report, &room, "wild", 2, &err));
        CHECK_NEAR(report.found, 1, 0);
        CHECK_NEAR(report.done, room.grid.count - 1, 0);
        const RunList list  = runs_of(&room, "wild");
        i64           words = 0;
        for (i64 i = 0; i < list.count; i++)
            words += strcmp(list.run[i].status, "done") != 0
                  && list.run[i].reason && strlen(list.run[i].reason) > 10;
        CHECK_NEAR(words, 1, 0);
    }
    room_close(&room);
}

/* A child sweeps and is killed, -9 or politely, at whatever moment it has come
 * to; then the sweep is run to its end. */
static void cut(Room *room, int signal_number, int after_ms)
{
    const pid_t child = fork();
    if (child == 0) {
        Err         err = { 0 };
        SweepReport report;
        sweep_catch_signals();
        const bool ok = sweep(&report, room, "cut", 2, &err);
        _exit(ok ? 0 : 1);
    }
    int status = 0;
    usleep((useconds_t)after_ms * 1000);
    kill(child, signal_number);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(signal_number == SIGKILL || (WIFEXITED(status) && !WEXITSTATUS(status)));
}

TEST(a_sweep_killed_at_any_moment_goes_on_to_the_same_numbers)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        for (i64 i = 0; i < room.grid.count; i++)
            room.grid.run[i].config.checkpoint_s = 0.01;
        CHECK(sweep(&report, &room, "whole", 2, &err));
        cut(&room, SIGKILL, 15);
        cut(&room, SIGTERM, 40);
        cut(&room, SIGKILL, 70);
        CHECK(sweep(&report, &room, "cut", 2, &err));
        same_results(&room, "whole", "cut");
    }
    test_note("%s", err.text);
    CHECK(err.kind == ERR_NONE);
    room_close(&room);
}
