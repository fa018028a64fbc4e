/* test_sweep_after.c - runs that begin from others: they wait for them, find
 * their checkpoints, have them made again where they are gone, and are findings
 * where they never came. */

#include "sweep_world.h"

#include "sweep/task.h"

#include <stdlib.h>
#include <unistd.h>

enum { TRUNK, SHORT, LONG, TUNED, FORK, RUNS };

/* A trunk of 60 steps, branches from its steps 20 and 60, a run from its last
 * weights, and one from those of step 30 with its moments. */
static void family_make(LadderRun run[RUNS], Room *room)
{
    LadderRun *trunk = &run[TRUNK];
    *trunk = room->grid.run[1];
    trunk->config.schedule = SCHEDULE_WSD;
    trunk->config.cooldown = 0;
    trunk->config.steps    = 60;
    trunk->config.eval_points = 0;
    for (int i = 1; i < RUNS; i++) {
        run[i] = *trunk;
        run[i].after = trunk;
    }
    run[SHORT].config = train_branch(&trunk->config, 20, 5, NULL);
    run[LONG].config  = train_branch(&trunk->config, 60, 15, NULL);
    run[TUNED].config.schedule = SCHEDULE_CONSTANT;
    run[TUNED].config.steps    = 25;
    run[FORK].config.schedule  = SCHEDULE_CONSTANT;
    run[FORK].config.steps     = 10;
    run[FORK].config.start_moments = true;
    run[FORK].after_step = 30;
    static const char *const name[] = { "trunk", "short", "long", "tuned",
                                        "fork" };
    for (int i = 0; i < RUNS; i++) {
        const TrainConfig *c = &run[i].config;
        const double step = count_train_flop(c->shape)
                          * (double)(c->batch * c->shape.context);
        snprintf(run[i].name, sizeof run[i].name, "%s", name[i]);
        run[i].flop     = step * (double)c->steps;
        run[i].flop_new = step * (double)(c->steps - c->branch_at);
    }
}

/* In the order given; -1 ends it. */
static bool sweep_some(SweepReport *report, Room *room, const LadderRun *family,
                       const int *which, const char *study, int cores, Err *err)
{
    const LadderRun *run[RUNS];
    i64              count = 0;
    for (; which[count] >= 0; count++)
        run[count] = &family[which[count]];
    const SweepPlace place = place_of(room, study, cores);
    return sweep_run(report, run, count, &place, err);
}

static const int everyone[] = { FORK, TUNED, LONG, SHORT, TRUNK, -1 };

static Run find(Room *room, const char *study, const char *name)
{
    const RunList list = runs_of(room, study);
    for (i64 i = 0; i < list.count; i++)
        if (strcmp(list.run[i].name, name) == 0)
            return list.run[i];
    return (Run){ .id = "none", .status = "none", .reason = "" };
}

TEST(runs_wait_for_those_that_they_begin_from_and_know_them)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    LadderRun   run[RUNS];
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        family_make(run, &room);
        CHECK(sweep_some(&report, &room, run, everyone, "a", 2, &err));
        CHECK_NEAR(report.done, RUNS, 0);
        const Run trunk = find(&room, "a", "trunk"),
                  two   = find(&room, "a", "short"),
                  tuned = find(&room, "a", "tuned"),
                  fork  = find(&room, "a", "fork");
        CHECK_TEXT(two.trunk, trunk.id);
        CHECK(two.trunk_step == 20 && two.steps == 25);
        CHECK_NEAR(two.flop_new, run[SHORT].flop_new, 1e-12);
        CHECK_NEAR(two.flop, run[SHORT].flop, 1e-12);
        CHECK(!tuned.trunk && isnan(tuned.trunk_step));
        CHECK_TEXT(tuned.start, trunk.id);
        CHECK(isnan(tuned.start_step));
        CHECK_TEXT(fork.start, trunk.id);
        CHECK(fork.start_step == 30);
        CHECK(tuned.val_loss < 3 && tuned.val_loss != trunk.val_loss);

        CHECK(sweep_some(&report, &room, run, everyone, "b", 1, &err));
        for (int i = 0; i < RUNS; i++) {
            const Run one = find(&room, "a", run[i].name);
            test_note("%s", one.id);
            CHECK(one.val_loss == find(&room, "b", run[i].name).val_loss);
        }
        CHECK(sweep_some(&report, &room, run, everyone, "a", 2, &err));
        CHECK_NEAR(report.skipped, RUNS, 0);
    }
    test_note("%s", err.text);
    CHECK(err.kind == ERR_NONE);
    room_close(&room);
}

TEST(whoever_is_needed_is_trained_though_not_asked_for)
{
    static const int just[] = { SHORT, -1 };
    Room        room = { 0 };
    Err         err  = { 0 };
    LadderRun   run[RUNS];
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        family_make(run, &room);
        CHECK(sweep_some(&report, &room, run, just, "a", 2, &err));
        CHECK(runs_of(&room, "a").count == 2);
        CHECK_TEXT(find(&room, "a", "short").status, "done");
    }
    room_close(&room);
}

/* A run's folder, or what lies in it: both after a slash. */
static void drop(Room *room, const char *id, const char *what)
{
    const char *command = arena_print(&room->arena, "rm -r %s/a/runs/%s%s",
                                      room->dir, id, what);
    CHECK(system(command) == 0);
}

static char *bytes_of(Room *room, const char *id)
{
    char *text = NULL;
    i64   size;
    Err   err = { 0 };
    CHECK(file_read(&text, &size, &room->arena,
                    arena_print(&room->arena, "%s/a/runs/%s/run.json",
                                room->dir, id), &err));
    return text;
}

TEST(a_checkpoint_that_is_gone_is_made_again_and_the_record_stays)
{
    static const int first[] = { TRUNK, SHORT, TUNED, FORK, -1 };
    Room        room = { 0 };
    Err         err  = { 0 };
    LadderRun   run[RUNS];
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        family_make(run, &room);
        CHECK(sweep_some(&report, &room, run, first, "a", 2, &err));
        const Run   trunk  = find(&room, "a", "trunk");
        const Run   two    = find(&room, "a", "short");
        const Run   tuned  = find(&room, "a", "tuned");
        const char *before = bytes_of(&room, trunk.id);
        drop(&room, two.id, "");
        drop(&room, tuned.id, "");
        drop(&room, trunk.id, "/checkpoint*");
        CHECK(sweep_some(&report, &room, run, everyone, "a", 2, &err));
        CHECK_NEAR(report.done, 3, 0);
        CHECK_NEAR(report.skipped, 2, 0);
        CHECK(find(&room, "a", "short").val_loss == two.val_loss);
        CHECK(find(&room, "a", "tuned").val_loss == tuned.val_loss);
        CHECK_TEXT(find(&room, "a", "long").status, "done");
        CHECK_TEXT(bytes_of(&room, trunk.id), before);
        CHECK(!file_exists(arena_print(&room.arena, "%s/a/runs/%s/again",
                                       room.dir, trunk.id)));
    }
    test_note("%s", err.text);
    CHECK(err.kind == ERR_NONE);
    room_close(&room);
}

TEST(who_needs_what_a_run_never_came_to_is_a_finding)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    LadderRun   run[RUNS];
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        family_make(run, &room);
        run[TRUNK].config.lr   = 1e4;
        run[TRUNK].config.clip = 0;
        run[SHORT].config = train_branch(&run[TRUNK].config, 55, 5, NULL);
        run[TUNED].after  = &run[SHORT]; /* from one that was not trained */
        CHECK(sweep_some(&report, &room, run, everyone, "a", 2, &err));
        CHECK_NEAR(report.found, RUNS, 0);
        CHECK_NEAR(report.done, 0, 0);
        const Run two = find(&room, "a", "short");
        CHECK_TEXT(two.status, "diverged");
        CHECK_HAS(two.reason, "begins from step 55 of trunk-");
        CHECK_HAS(find(&room, "a", "tuned").reason, "of short-");
        CHECK(two.flop_new == 0 && two.tokens == 0 && isnan(two.val_loss));
        CHECK(sweep_some(&report, &room, run, everyone, "a", 2, &err));
        CHECK_NEAR(report.skipped, RUNS, 0);
    }
    test_note("%s", err.text);
    CHECK(err.kind == ERR_NONE);
    room_close(&room);
}

TEST(a_run_may_be_on_a_shard_of_its_own)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        Shard half = room.corpus.shard;
        snprintf(half.name, sizeof half.name, "half");
        half.train_count /= 2;
        half.sha256[0] ^= 1;
        room.grid.count = 1;
        CHECK(sweep(&report, &room, "whole", 1, &err));
        room.grid.run[0].shard = &half;
        room.grid.count = 2;
        CHECK(sweep(&report, &room, "a", 1, &err));
        const RunList list = runs_of(&room, "a");
        i64           own = 0;
        for (i64 i = 0; i < list.count; i++)
            own += strcmp(list.run[i].corpus, "half") == 0;
        CHECK(list.count == 2 && own == 1);
        CHECK(runs_of(&room, "whole").run[0].val_loss
              != find(&room, "a", room.grid.run[0].name).val_loss);
        CHECK(strcmp(list.run[0].corpus_sha256, list.run[1].corpus_sha256));
    }
    room_close(&room);
}

/* -- The order ------------------------------------------------------------- */

TEST(the_longest_way_is_begun_first)
{
    Room      room = { 0 };
    Err       err  = { 0 };
    LadderRun run[RUNS];
    if (CHECK(room_open(&room, &err))) {
        family_make(run, &room);
        LadderRun alone = run[TRUNK];
        alone.config.seed++;
        alone.config.lr *= 1.1;
        alone.flop_new = run[TRUNK].flop_new * 1.1;
        /* Longer than the trunk, and shorter than trunk and branch. */
        const LadderRun *given[] = { &alone, &run[SHORT], &run[LONG],
                                     &run[TRUNK] };
        const SweepPlace place = place_of(&room, "a", 2);
        TaskList list;
        tasks_make(&list, &room.arena, given, 4, &place, "runs");
        CHECK(list.count == 4);
        CHECK_TEXT(list.task[0].run->name, "trunk");
        CHECK(list.task[1].run == &alone);
        CHECK_NEAR(list.task[0].path_s,
                   list.task[0].seconds * (60 + 15) / 60, 1e-9);
        const RealList keep = list.task[0].config.keep;
        CHECK(keep.count == 2 && keep.item[0] == 20 && keep.item[1] == 60);
        for (i64 i = 0; i < list.count; i++)
            if (list.task[i].run->after)
                CHECK(list.task[i].after == &list.task[0]);
    }
    room_close(&room);
}
