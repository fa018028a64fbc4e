/* test_sweep_cuda.c - sweeps on a device, which is played by this processor:
 * the same runs come of it as of cores, however they were stopped, and whoever
 * else was at work. Each sweep is a process of its own, as it is for people. */

#include "sweep_world.h"

#include "sweep/devices.h"
#include "tests/cuda_object.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHAPES = 2, RATES = 3, SEEDS = 2, RUNS = SHAPES * RATES * SEEDS };

#define NEEDS_DEVICE()                                                     \
    do {                                                                   \
        if (!cuda_find())                                                  \
            SKIP("no CUDA and no emulation of it was built");              \
    } while (0)

/* No device's memory can be made small, or the device be lost, for a test. */
#define NEEDS_EMULATION()                                                  \
    do {                                                                   \
        NEEDS_DEVICE();                                                    \
        if (!strstr(getenv("SCALELAW_CUDA"), "_host"))                     \
            SKIP("a device cannot be made to fail");                       \
    } while (0)

static TrainConfig small(i64 shape, i64 rate, i64 seed)
{
    TrainConfig c = train_defaults();
    c.arch  = "transformer";
    c.shape = (Shape){ .layers = 1, .width = 8 + 8 * shape, .heads = 2,
                       .ff = 24, .vocab = 256, .context = 16 };
    c.batch = 3;
    c.steps = 6 + 2 * seed; /* who is beside whom changes on the way */
    c.lr    = 0.005 * (double)(rate + 1);
    c.seed  = (u64)(1 + seed);
    c.eval_tokens  = 128;
    c.eval_points  = 0;
    c.checkpoint_s = 0;
    return c;
}

/* Two shapes, three rates, two seeds. */
static bool small_room(Room *room, Err *err)
{
    room->dir = test_folder();
    const char *text = arena_print(&room->arena, "%s/words.txt", room->dir);
    if (!text_write(text, err)
        || !corpus_need(&room->corpus, &room->arena, text, room->dir, NULL, err))
        return false;
    room->grid = (Ladder){ RUNS, NEW(&room->arena, LadderRun, RUNS) };
    for (i64 i = 0; i < RUNS; i++) {
        LadderRun *run = &room->grid.run[i];
        *run = (LadderRun){ .group = "fit", .budget = NAN,
                            .config = small(i % 2, i / 2 % 3, i / 6) };
        run->flop = run->flop_new = count_train_flop(run->config.shape)
            * (double)(run->config.steps * run->config.batch * 16);
        snprintf(run->name, sizeof run->name, "r%lld", (long long)i);
    }
    return true;
}

/* What a child has to say of its sweep. */
typedef struct Said { bool ok; SweepReport report; Err err; } Said;

/* A backend that tells less than its gangs take. */
static i64 few_bytes(const DeviceSizes *sizes)
{
    return 1000 * sizes->runs;
}

static bool tells_less;

static void bend(Devices *devices)
{
    static DeviceApi bent;
    bent       = *devices->api[0];
    bent.bytes = few_bytes;
    devices->api[0] = &bent;
}

static pid_t begin(Room *room, const char *study, const char *on, int *from)
{
    int pipes[2];
    CHECK(pipe(pipes) == 0);
    const pid_t child = fork();
    if (child == 0) {
        Said       said = { 0 };
        Devices    devices;
        SweepPlace place = place_of(room, study, 2);
        const LadderRun *run[RUNS];
        for (i64 i = 0; i < RUNS; i++)
            run[i] = &room->grid.run[i];
        said.ok = devices_parse(&devices, on, &said.err)
               && devices_open(&devices, &said.err);
        if (tells_less)
            bend(&devices);
        place.devices = &devices;
        place.cores   = devices.cpu ? 2 : 0;
        said.ok = said.ok && sweep_run(&said.report, run, room->grid.count,
                                       &place, &said.err);
        _exit(write(pipes[1], &said, sizeof said) == sizeof said ? 0 : 1);
    }
    close(pipes[1]);
    *from = pipes[0];
    return child;
}

static Said end(pid_t child, int from)
{
    Said said = { 0 };
    int  status = 1;
    if (read(from, &said, sizeof said) != sizeof said)
        (void)err_set(&said.err, ERR_IO, "it died");
    close(from);
    CHECK(waitpid(child, &status, 0) == child);
    return said;
}

static Said sweep_on(Room *room, const char *study, const char *on)
{
    int         from;
    const pid_t child = begin(room, study, on, &from);
    const Said  said  = end(child, from);
    test_note("%s on %s: %s", study, on, said.err.text);
    return said;
}

/* The same runs with losses as near as said. */
static void same_records(Room *room, const char *one, const char *other,
                         double near)
{
    const RunList a = runs_of(room, one), b = runs_of(room, other);
    CHECK_NEAR(a.count, RUNS, 0);
    CHECK_NEAR(b.count, RUNS, 0);
    for (i64 i = 0; i < a.count && i < b.count; i++) {
        test_note("%s of %s and %s", a.run[i].id, one, other);
        CHECK_TEXT(a.run[i].id, b.run[i].id);
        CHECK_TEXT(a.run[i].status, b.run[i].status);
        CHECK_NEAR(a.run[i].tokens, b.run[i].tokens, 0);
        CHECK_NEAR(b.run[i].val_loss, a.run[i].val_loss, near);
        CHECK_NEAR(b.run[i].train_loss, a.run[i].train_loss, near);
    }
}

TEST(a_device_gives_the_runs_that_cores_give)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_DEVICE();
    if (CHECK(small_room(&room, &err))) {
        CHECK(sweep_on(&room, "cpu", "cpu").ok);
        const Said said = sweep_on(&room, "cuda", "cuda");
        CHECK(said.ok);
        CHECK_NEAR(said.report.done + said.report.found, RUNS, 0);
        CHECK_NEAR(said.report.on_device, RUNS, 0);
        CHECK_BELOW(RUNS / 2 - 1, (double)said.report.side_by_side);
        same_records(&room, "cpu", "cuda", 1e-4);
        const RunList list = runs_of(&room, "cuda");
        for (i64 i = 0; i < list.count; i++)
            CHECK_HAS(list.run[i].kernels, "cuda-");
    }
    room_close(&room);
}

TEST(device_and_cores_share_a_sweep_and_each_run_is_trained_once)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_DEVICE();
    if (CHECK(small_room(&room, &err))) {
        CHECK(sweep_on(&room, "cpu", "cpu").ok);
        const Said said = sweep_on(&room, "both", "cuda,cpu");
        CHECK(said.ok);
        CHECK_NEAR(said.report.done + said.report.found, RUNS, 0);
        CHECK_BELOW(0, (double)said.report.on_device);
        CHECK_BELOW((double)said.report.on_device, RUNS);
        same_records(&room, "cpu", "both", 1e-4);
        const RunList list = runs_of(&room, "both");
        for (i64 i = 0; i < list.count; i++)
            CHECK(list.run[i].resumed == 0);
    }
    room_close(&room);
}

/* How many runs of a study have written a checkpoint. */
static int checkpoints(Room *room, const char *study)
{
    const char *dir = arena_print(&room->arena, "%s/%s/runs", room->dir, study);
    DIR        *list = opendir(dir);
    int         count = 0;
    for (struct dirent *at; list && (at = readdir(list));)
        count += file_exists(arena_print(&room->arena, "%s/%s/checkpoint", dir,
                                         at->d_name));
    if (list)
        closedir(list);
    return count;
}

/* Killed as soon as so many have. */
static void cut(Room *room, const char *study, const char *on, int after)
{
    int         from;
    const pid_t child = begin(room, study, on, &from);
    for (int i = 0; i < 2000 && checkpoints(room, study) < after; i++)
        usleep(10000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(from);
}

TEST(a_sweep_on_a_device_killed_and_gone_on_with_has_the_same_bits)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_DEVICE();
    if (CHECK(small_room(&room, &err))) {
        CHECK(sweep_on(&room, "whole", "cuda").ok);
        cut(&room, "cut", "cuda", 1);
        cut(&room, "cut", "cuda", 7);
        CHECK(sweep_on(&room, "cut", "cuda").ok);
        same_records(&room, "whole", "cut", 0);
        const RunList list = runs_of(&room, "cut");
        i64           resumed = 0;
        for (i64 i = 0; i < list.count; i++)
            resumed += list.run[i].resumed;
        CHECK_BELOW(0, (double)resumed);
    }
    room_close(&room);
}

TEST(two_processes_share_a_device_and_a_study)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_DEVICE();
    if (CHECK(small_room(&room, &err))) {
        int         from[2];
        pid_t       child[2];
        CHECK(sweep_on(&room, "alone", "cuda").ok);
        for (int i = 0; i < 2; i++)
            child[i] = begin(&room, "shared", "cuda", &from[i]);
        const Said one = end(child[0], from[0]), two = end(child[1], from[1]);
        CHECK(one.ok && two.ok);
        CHECK_NEAR(one.report.on_device + two.report.on_device, RUNS, 0);
        same_records(&room, "alone", "shared", 0);
    }
    room_close(&room);
}

TEST(with_little_memory_fewer_have_a_seat_at_a_time_and_all_are_trained)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_EMULATION();
    if (CHECK(small_room(&room, &err))) {
        const Said much = sweep_on(&room, "much", "cuda");
        setenv("SCALELAW_EMULATE_BYTES", "4000000", 1);
        const Said little = sweep_on(&room, "little", "cuda");
        setenv("SCALELAW_EMULATE_BYTES", "20000", 1);
        const Said none = sweep_on(&room, "none", "cuda");
        const Said both = sweep_on(&room, "both", "cuda,cpu");
        unsetenv("SCALELAW_EMULATE_BYTES");
        CHECK(much.ok && little.ok && both.ok && !none.ok);
        CHECK_BELOW((double)little.report.side_by_side,
                    (double)much.report.side_by_side);
        CHECK_NEAR(little.report.on_device, RUNS, 0);
        CHECK_NEAR(both.report.on_device, 0, 0);
        CHECK_HAS(none.err.text, "memory");
        CHECK_HAS(none.err.text, "--device=cuda,cpu");
        same_records(&room, "much", "little", 0);
    }
    room_close(&room);
}

/* Half as large as all that the emulated device has. */
static bool large_text(Room *room, Err *err)
{
    enum { BYTES = 10000000 };
    char *text = NEW(&room->arena, char, BYTES);
    for (i64 i = 0; i < BYTES; i++)
        text[i] = (char)('a' + rng_below(9, RNG_TEST, (u64)i, 16));
    const char *path = arena_print(&room->arena, "%s/large.txt", room->dir);
    return file_write(path, text, BYTES, err)
        && corpus_need(&room->corpus, &room->arena, path, room->dir, NULL, err);
}

TEST(gangs_of_one_text_have_it_once)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_EMULATION();
    if (CHECK(small_room(&room, &err) && large_text(&room, &err))) {
        setenv("SCALELAW_EMULATE_BYTES", "22000000", 1);
        const Said said = sweep_on(&room, "one", "cuda");
        unsetenv("SCALELAW_EMULATE_BYTES");
        CHECK(said.ok);
        CHECK_NEAR(said.report.gangs, 2, 0);
        CHECK_NEAR((double)said.report.side_by_side, RUNS, 0);
    }
    room_close(&room);
}

TEST(a_seat_that_comes_free_goes_to_the_next_that_is_alike)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_EMULATION();
    if (CHECK(small_room(&room, &err))) {
        for (i64 i = 0; i < RUNS; i++) {
            const u64 seed = (u64)i;
            room.grid.run[i].config = small(0, i % 3, i % 2);
            room.grid.run[i].config.seed = seed;
        }
        setenv("SCALELAW_EMULATE_BYTES", "2400000", 1);
        const Said said = sweep_on(&room, "few", "cuda");
        unsetenv("SCALELAW_EMULATE_BYTES");
        CHECK(said.ok);
        CHECK_NEAR(said.report.on_device, RUNS, 0);
        CHECK_BELOW(1, (double)said.report.side_by_side);
        CHECK_BELOW((double)said.report.side_by_side, RUNS);
        CHECK_NEAR(said.report.gangs, 1, 0);
    }
    room_close(&room);
}

TEST(where_memory_is_less_than_was_told_fewer_seats_are_tried)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_EMULATION();
    if (CHECK(small_room(&room, &err))) {
        const Said whole = sweep_on(&room, "whole", "cuda");
        setenv("SCALELAW_EMULATE_BYTES", "4000000", 1);
        tells_less = true;
        const Said less = sweep_on(&room, "less", "cuda");
        tells_less = false;
        unsetenv("SCALELAW_EMULATE_BYTES");
        CHECK(whole.ok && less.ok);
        CHECK_BELOW((double)less.report.side_by_side,
                    (double)whole.report.side_by_side);
        same_records(&room, "whole", "less", 0);
    }
    room_close(&room);
}

TEST(a_lost_device_is_told_once_and_the_sweep_goes_on_anywhere)
{
    Room room = { 0 };
    Err  err  = { 0 };
    NEEDS_EMULATION();
    if (CHECK(small_room(&room, &err))) {
        CHECK(sweep_on(&room, "whole", "cuda").ok);
        setenv("SCALELAW_EMULATE_LOST", "700", 1);
        const Said lost = sweep_on(&room, "lost", "cuda");
        const Said also = sweep_on(&room, "also", "cuda");
        unsetenv("SCALELAW_EMULATE_LOST");
        CHECK(!lost.ok && !also.ok);
        CHECK(lost.err.kind == ERR_IO);
        CHECK_HAS(lost.err.text, "device cuda: ");
        CHECK_HAS(lost.err.text, "run the command again");
        CHECK_BELOW(0, checkpoints(&room, "lost"));
        CHECK(sweep_on(&room, "lost", "cuda").ok);
        same_records(&room, "whole", "lost", 0);
        CHECK(sweep_on(&room, "also", "cpu").ok);
        same_records(&room, "whole", "also", 1e-4);
    }
    room_close(&room);
}
