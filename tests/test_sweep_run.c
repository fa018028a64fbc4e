/* test_sweep_run.c - many runs on a small text: finished ones are skipped, cut
 * off ones go on, failed ones are findings, and nobody's numbers depend on how
 * many worked side by side. */

#include "sweep_world.h"

#include "store/claim.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* A child sweeps beside us; `again` and again it is killed and begun anew. */
static pid_t beside(Room *room, const char *study)
{
    const pid_t child = fork();
    if (child == 0) {
        Err         err = { 0 };
        SweepReport report;
        _exit(sweep(&report, room, study, 1, &err) ? 0 : 1);
    }
    return child;
}

TEST(two_processes_share_a_sweep_and_each_run_is_trained_once)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        int         status = 1;
        CHECK(sweep(&report, &room, "alone", 1, &err));
        const pid_t child = beside(&room, "shared");
        CHECK(sweep(&report, &room, "shared", 1, &err));
        CHECK(waitpid(child, &status, 0) == child && status == 0);
        CHECK_NEAR(report.done + report.elsewhere + report.skipped,
                   room.grid.count, 0);
        CHECK(report.done < room.grid.count); /* the child did some */
        same_results(&room, "alone", "shared");
        const RunList list = runs_of(&room, "shared");
        for (i64 i = 0; i < list.count; i++)
            CHECK(list.run[i].resumed == 0); /* begun once, by one of them */
    }
    test_note("%s", err.text);
    CHECK(err.kind == ERR_NONE);
    room_close(&room);
}

TEST(what_a_dead_process_leaves_is_taken_over)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        for (i64 i = 0; i < room.grid.count; i++)
            room.grid.run[i].config.checkpoint_s = 0.01;
        CHECK(sweep(&report, &room, "alone", 2, &err));
        for (int ms = 5; ms < 200; ms *= 3) {
            const pid_t child = beside(&room, "left"), other = beside(&room,
                                                                      "left");
            usleep((useconds_t)ms * 1000);
            kill(child, SIGKILL);
            waitpid(child, NULL, 0);
            usleep((useconds_t)ms * 1000);
            kill(other, SIGKILL);
            waitpid(other, NULL, 0);
        }
        const pid_t child = beside(&room, "left");
        usleep(20000);
        kill(child, SIGKILL);
        CHECK(sweep(&report, &room, "left", 2, &err));
        waitpid(child, NULL, 0);
        same_results(&room, "alone", "left");
    }
    test_note("%s", err.text);
    CHECK(err.kind == ERR_NONE);
    room_close(&room);
}

TEST(a_run_that_another_trains_is_refused_where_that_is_asked)
{
    Room        room = { 0 };
    Err         err  = { 0 };
    SweepReport report;
    if (CHECK(room_open(&room, &err))) {
        const LadderRun *run   = &room.grid.run[0];
        SweepPlace       place = place_of(&room, "busy", 1);
        const char *id = record_begin(&room.arena, &place.of, run).id;
        int         handle;
        CHECK(claim_take(&handle, place.study_dir, id, &err));
        place.refuse_busy = true;
        CHECK(!sweep_run(&report, &run, 1, &place, &err));
        CHECK(err.kind == ERR_BUSY);
        CHECK_HAS(err.text, id);
        claim_drop(handle, place.study_dir, id);
    }
    room_close(&room);
}
