/* test_store_metric.c - the log of a run survives being cut off anywhere, and
 * going on leaves every step in it once. */

#include "store_world.h"

#include <signal.h>
#include <sys/resource.h>

#define ID  "c1e+12-3x48-s1-0123abcd"
#define LOG "runs/" ID "/metrics.jsonl"

static Metric point(i64 step)
{
    const double s = (double)step;
    return (Metric){
        .step = step, .tokens = 100 * step, .flop = 1e9 * s, .wall_s = 0.1 * s,
        .train_loss = 5 / s, .val_loss = step % 2 ? NAN : 5.5 / s,
        .val_se = step % 2 ? NAN : 0.01, .val_bpb = step % 2 ? NAN : 7.9 / s,
        .lr = 1e-3 / s, .grad_norm = 0.3, .tok_per_s = 1234.5,
    };
}

/* Points from..to after what an opening at keep_to_step leaves. */
static bool log_on(i64 keep_to_step, i64 from, i64 to, Err *err)
{
    MetricLog *log;
    const Run  run = world_run(ID);
    *err = (Err){ 0 };
    if (!metric_open(&log, &run, world_path("runs"), keep_to_step, err))
        return false;
    bool ok = true;
    for (i64 step = from; ok && step <= to; step++) {
        const Metric m = point(step);
        ok = metric_put(log, &m, err);
    }
    metric_close(log);
    return ok;
}

static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

static void same_point(const Metric *seen, const Metric *want)
{
    CHECK(seen->step == want->step && seen->tokens == want->tokens);
    CHECK(same(seen->flop, want->flop) && same(seen->wall_s, want->wall_s));
    CHECK(same(seen->train_loss, want->train_loss));
    CHECK(same(seen->val_loss, want->val_loss));
    CHECK(same(seen->val_se, want->val_se));
    CHECK(same(seen->val_bpb, want->val_bpb));
    CHECK(same(seen->lr, want->lr) && same(seen->grad_norm, want->grad_norm));
    CHECK(same(seen->tok_per_s, want->tok_per_s));
}

/* The log is exactly the points 1..last. */
static void holds(i64 last)
{
    Arena      arena = { 0 };
    MetricList list;
    Err        err = { 0 };
    if (!CHECK(metric_read(&list, &arena, world_path("runs"), ID, &err)))
        printf("%s\n", err.text);
    CHECK(list.count == last);
    for (i64 i = 0; i < list.count; i++) {
        const Metric want = point(i + 1);
        same_point(&list.metric[i], &want);
    }
    arena_free(&arena);
}

TEST(points_come_back_as_they_were_put)
{
    Err err;
    CHECK(log_on(0, 1, 6, &err));
    holds(6);
}

TEST(a_run_without_a_log_has_no_points)
{
    holds(0);
}

TEST(the_log_is_lines_that_say_first_whose_they_are)
{
    Arena arena = { 0 };
    i64   size;
    Err   err;
    CHECK(log_on(0, 1, 1, &err));
    const char *text = world_read(&arena, &size, world_path(LOG));
    CHECK(strncmp(text, "{\"schema\":1,\"id\":\"" ID "\",", 30) == 0);
    CHECK_HAS(text, "\n{\"step\":1,\"tokens\":100,");
    CHECK_HAS(text, "\"val_loss\":null");
    CHECK(text[size - 1] == '\n');
    arena_free(&arena);
}

/* Going on from a checkpoint at step 4 writes 5 and 6 again. */
TEST(going_on_leaves_every_step_once)
{
    Err err;
    CHECK(log_on(0, 1, 6, &err));
    CHECK(log_on(4, 5, 8, &err));
    holds(8);
    CHECK(log_on(8, 9, 9, &err));
    holds(9);
}

TEST(beginning_anew_leaves_nothing_of_the_old_log)
{
    Err err;
    CHECK(log_on(0, 1, 6, &err));
    CHECK(log_on(0, 1, 2, &err));
    holds(2);
}

/* A point before the first step is written again as well. */
TEST(beginning_anew_leaves_no_second_step_0)
{
    Arena      arena = { 0 };
    MetricList list;
    Err        err;
    CHECK(log_on(0, 0, 2, &err));
    CHECK(log_on(0, 0, 2, &err));
    CHECK(metric_read(&list, &arena, world_path("runs"), ID, &err));
    CHECK(list.count == 3);
    arena_free(&arena);
}

/* A killed process: the file ends anywhere. Reading gives the whole lines, and
 * going on from the last checkpoint before that gives the whole log. */
TEST(a_log_cut_off_at_any_byte_can_be_gone_on_with)
{
    enum { LAST = 3 };
    Arena arena = { 0 };
    i64   size;
    Err   err;
    CHECK(log_on(0, 1, LAST, &err));
    const char *text = world_read(&arena, &size, world_path(LOG));

    for (i64 cut = 0; cut <= size; cut++) {
        i64 lines = 0;
        for (i64 b = 0; b < cut; b++)
            lines += text[b] == '\n';
        const i64 whole = i64_max(lines - 1, 0);
        test_note("cut at byte %lld: %lld points", (long long)cut,
                  (long long)whole);
        world_put(world_path(LOG), text, cut);
        holds(whole);
        CHECK(log_on(whole, whole + 1, LAST + 1, &err));
        holds(LAST + 1);
    }
    arena_free(&arena);
}

/* What a power cut leaves where blocks were given and not written. */
TEST(zeros_at_the_end_of_a_log_are_cut_off)
{
    Arena arena = { 0 };
    i64   size;
    Err   err;
    CHECK(log_on(0, 1, 3, &err));
    const char *text = world_read(&arena, &size, world_path(LOG));
    char       *more = NEW(&arena, char, size + 4096);
    memcpy(more, text, (size_t)size);
    world_put(world_path(LOG), more, size + 4096);
    CHECK(log_on(3, 4, 4, &err));
    holds(4);
    arena_free(&arena);
}

TEST(a_line_bent_before_others_that_count_is_refused_by_number)
{
    Arena      arena = { 0 };
    MetricList list;
    Err        err;
    CHECK(log_on(0, 1, 4, &err));
    world_edit(world_path(LOG), "{\"step\":2", "{step:2");

    CHECK(!metric_read(&list, &arena, world_path("runs"), ID, &err));
    CHECK_HAS(err.text, "metrics.jsonl:3:");
    CHECK_HAS(err.text, "damaged");
    CHECK(!log_on(4, 5, 5, &err));
    CHECK_HAS(err.text, "metrics.jsonl:3:");
    arena_free(&arena);
}

TEST(a_bent_line_that_would_be_written_again_anyway_does_not_matter)
{
    Err err;
    CHECK(log_on(0, 1, 4, &err));
    world_edit(world_path(LOG), "{\"step\":3", "{step:3");
    CHECK(log_on(2, 3, 5, &err));
    holds(5);
}

TEST(a_line_of_the_wrong_type_is_refused_by_field)
{
    Arena      arena = { 0 };
    MetricList list;
    Err        err = { 0 };
    CHECK(log_on(0, 1, 4, &err));
    world_edit(world_path(LOG), "\"tokens\":300", "\"tokens\":\"300\"");
    CHECK(!metric_read(&list, &arena, world_path("runs"), ID, &err));
    CHECK_HAS(err.text, "metrics.jsonl:4: \"tokens\" is not a whole number");
    arena_free(&arena);
}

TEST(the_log_of_another_run_is_refused)
{
    Arena      arena = { 0 };
    MetricList list;
    Err        err;
    CHECK(log_on(0, 1, 2, &err));
    world_edit(world_path(LOG), "\"id\":\"" ID, "\"id\":\"other");
    CHECK(!metric_read(&list, &arena, world_path("runs"), ID, &err));
    CHECK_HAS(err.text, "is the log of run other");
    CHECK(!log_on(2, 3, 3, &err));
    CHECK_HAS(err.text, "is the log of run other");
    arena_free(&arena);
}

TEST(the_log_of_another_version_is_refused_and_left_alone)
{
    Arena      arena = { 0 };
    MetricList list;
    Err        err;
    i64        size;
    CHECK(log_on(0, 1, 2, &err));
    world_edit(world_path(LOG), "\"schema\":1", "\"schema\":2");
    CHECK(!metric_read(&list, &arena, world_path("runs"), ID, &err));
    CHECK_HAS(err.text, "schema 2");
    CHECK(!log_on(0, 1, 1, &err));
    CHECK_HAS(world_read(&arena, &size, world_path(LOG)), "\"step\":2");
    arena_free(&arena);
}

static i64 log_bytes(void)
{
    Arena arena = { 0 };
    i64   size;
    world_read(&arena, &size, world_path(LOG));
    arena_free(&arena);
    return size;
}

/* A disk that fills up in the middle of point 4: said, and the part taken
 * back, so that what stands is whole. */
TEST(a_full_disk_is_said_and_leaves_whole_lines)
{
    struct rlimit old, tight;
    Err err;
    CHECK(log_on(0, 1, 3, &err));
    const i64 three = log_bytes();
    CHECK(log_on(2, 3, 2, &err)); /* point 3 is cut off again */

    signal(SIGXFSZ, SIG_IGN);
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    tight = old;
    tight.rlim_cur = (rlim_t)three + 10;
    CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
    const bool ok = log_on(2, 3, 4, &err);
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);

    CHECK(!ok);
    CHECK(err.kind == ERR_IO);
    CHECK_HAS(err.text, "metrics.jsonl: cannot be written");
    CHECK(log_bytes() == three);
    holds(3);
}
