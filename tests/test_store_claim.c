/* test_store_claim.c - one process at a time has a run, whoever dies; and a study
 * for a moment. */

#include "store/claim.h"
#include "base/clock.h"
#include "store_world.h"

#include <signal.h>
#include <sys/wait.h>

/* A child that takes a run, says by its answer whether it got it, and stays. */
static pid_t child_with(const char *study, const char *id, char *answer)
{
    int ready[2], handle;
    Err err = { 0 };
    if (pipe(ready) != 0)
        abort();
    const pid_t child = fork();
    if (child == 0) {
        const bool ok = claim_take(&handle, study, id, &err);
        if (write(ready[1], ok ? "y" : "n", 1) == 1)
            pause();
        _exit(0);
    }
    if (read(ready[0], answer, 1) != 1)
        abort();
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

TEST(a_run_is_one_process_s_until_that_lets_go_or_dies)
{
    Arena       arena = { 0 };
    Err         err   = { 0 };
    char        got;
    int         handle;
    ClaimList   list;
    const char *study = arena_text(&arena, world_path("demo"));
    CHECK(claim_list(&list, &arena, study, &err) && list.count == 0);
    const pid_t child = child_with(study, "a-1", &got);
    CHECK(got == 'y');
    CHECK(!claim_take(&handle, study, "a-1", &err));
    CHECK(err.kind == ERR_BUSY);
    CHECK_HAS(err.text, arena_print(&arena, "process %d on ", (int)child));
    CHECK(claim_take(&handle, study, "a-2", &err)); /* another run is free */

    CHECK(claim_list(&list, &arena, study, &err));
    if (CHECK(list.count == 2)) {
        CHECK_TEXT(list.claim[0].id, "a-1");
        CHECK(list.claim[0].pid == child && list.claim[1].pid == getpid());
        CHECK_TEXT(list.claim[0].host, list.claim[1].host);
        CHECK(list.claim[0].host[0] && !strstr(list.claim[0].host, "on "));
    }
    claim_drop(handle, study, "a-2");
    end(child);
    CHECK(claim_list(&list, &arena, study, &err) && list.count == 0);
    CHECK(claim_take(&handle, study, "a-1", &err)); /* over the dead one's file */
    claim_drop(handle, study, "a-1");
    CHECK(!file_exists(world_path("demo/locks/a-1")));
    arena_free(&arena);
}

/* Each of many takes the run, and adds one to a number in two steps. Where two
 * had it at once, a step would be lost. */
TEST(a_run_taken_and_let_go_of_many_times_is_never_two_processes_)
{
    enum { CHILDREN = 6, TIMES = 2000 };
    Arena       arena = { 0 };
    const char *study = arena_text(&arena, world_path("demo"));
    const char *tally = arena_text(&arena, world_path("tally"));
    pid_t       child[CHILDREN];
    world_put(tally, "0\n", 2);
    for (int c = 0; c < CHILDREN; c++) {
        child[c] = fork();
        for (int i = 0; child[c] == 0 && i < TIMES;) {
            int  handle;
            long number = 0;
            Err  err = { 0 };
            if (!claim_take(&handle, study, "a", &err))
                continue;
            FILE *file = fopen(tally, "r+");
            if (!file || fscanf(file, "%ld", &number) != 1)
                _exit(1);
            rewind(file);
            fprintf(file, "%ld\n", number + 1);
            fclose(file);
            claim_drop(handle, study, "a");
            i++;
        }
        if (child[c] == 0)
            _exit(0);
    }
    for (int c = 0; c < CHILDREN; c++) {
        int status = 1;
        CHECK(waitpid(child[c], &status, 0) == child[c] && status == 0);
    }
    i64 size;
    CHECK_NEAR(atol(world_read(&arena, &size, tally)), CHILDREN * TIMES, 0);
    arena_free(&arena);
}

static int said;
static void say(const char *line)
{
    said += strstr(line, "is at work there") != NULL;
}

TEST(the_study_is_waited_for_and_long_waits_are_said_once)
{
    Arena       arena = { 0 };
    Err         err   = { 0 };
    int         handle, ready[2];
    char        got;
    const char *study = arena_text(&arena, world_path("demo"));
    CHECK(pipe(ready) == 0);
    const pid_t child = fork();
    if (child == 0) {
        const bool ok = study_guard(&handle, study, say, &err);
        if (write(ready[1], ok ? "y" : "n", 1) == 1)
            usleep(2600000);
        _exit(0);
    }
    CHECK(read(ready[0], &got, 1) == 1 && got == 'y');
    const double began = clock_s();
    CHECK(study_guard(&handle, study, say, &err));
    CHECK(clock_s() - began > 2);
    CHECK(said == 1);
    CHECK(err.kind == ERR_NONE);
    file_unlock(handle);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    arena_free(&arena);
}
