/* test_sweep_slow_help.c - at the tail of a sweep a core that has nothing to do
 * helps the run that is longest under way, and its result is the same. */

#include "sweep_world.h"

/* A short run and a long one, of two lanes. */
static void pair_make(Room *room)
{
    for (int i = 0; i < 2; i++) {
        LadderRun *run = &room->grid.run[i];
        run->config = room->grid.run[3].config;
        run->config.seed += (u64)i;
        run->config.batch = 32;
        run->config.steps = i ? 9000 : 300;
        run->config.lr *= 1 + 0.01 * i;
        run->flop = run->flop_new = count_train_flop(run->config.shape)
                  * (double)(run->config.steps * 32 * 32);
    }
    room->grid.count = 2;
}

TEST(a_core_without_a_run_helps_the_longest_and_changes_no_bit)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        pair_make(&room);
        CHECK(sweep(&report, &room, "helped", 2, &err));
        i64 resumed = 0;
        const RunList list = runs_of(&room, "helped");
        for (i64 i = 0; i < list.count; i++)
            resumed += list.run[i].resumed;
        CHECK(resumed == 1 || resumed == 2); /* 2: it was no help */
        CHECK(report.core_s > 1.05 * report.wall_s);
        CHECK(report.core_s <= 2 * report.wall_s);
        CHECK(sweep(&report, &room, "alone", 1, &err));
        CHECK(report.core_s <= report.wall_s);
        same_results(&room, "helped", "alone");
    }
    test_note("%s", err.text);
    CHECK(err.kind == ERR_NONE);
    room_close(&room);
}
