/* test_store_run.c - run records come back as they were written, and nothing
 * that was cut short, bent or mixed up passes for a finished run. */

#include "base/clock.h"
#include "store/run_field.h"
#include "store_world.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define ID "c1e+12-3x48-s1-0123abcd"

static bool read_back(Run *run, Arena *arena, Err *err)
{
    *err = (Err){ 0 };
    return run_read(run, arena, world_path("runs/" ID), err);
}

static void same_value(Value seen, Value want, const char *name)
{
    test_note("field %s", name);
    CHECK(seen.none == want.none);
    if (seen.none)
        return;
    CHECK(seen.count == want.count);
    CHECK(seen.real == want.real);
    CHECK_TEXT(seen.text, want.text);
}

static void same_run(const Run *seen, const Run *want)
{
    for (int f = 0; f < run_nfield; f++)
        same_value(field_value(&run_field[f], seen),
                   field_value(&run_field[f], want), run_field[f].name);
}

static size_t kind_bytes(FieldKind kind)
{
    return kind == FIELD_TEXT   ? sizeof(const char *)
           : kind == FIELD_FLAG ? sizeof(bool)
                                : sizeof(double);
}

/* Marks the bytes that the list covers; what is left is a forgotten member,
 * but for the padding behind Shape's last flag. */
TEST(no_member_of_a_run_is_missing_in_the_list_of_fields)
{
    char         covered[sizeof(Run)] = { 0 };
    const size_t flag = offsetof(Run, shape.recurrent);

    for (int f = 0; f < run_nfield; f++) {
        const size_t size = kind_bytes(run_field[f].kind);
        test_note("field %s", run_field[f].name);
        for (size_t b = 0; b < size; b++)
            CHECK(!covered[run_field[f].offset + b]++);
    }
    for (size_t b = 0; b < sizeof(Run); b++) {
        if (b > flag && b < offsetof(Run, shape) + sizeof(Shape))
            continue;
        test_note("byte %zu of Run", b);
        CHECK(covered[b]);
    }
}

TEST(no_two_fields_have_one_name)
{
    for (int f = 0; f < run_nfield; f++) {
        test_note("field %s", run_field[f].name);
        CHECK(run_field_find(run_field[f].name) == &run_field[f]);
    }
}

TEST(a_finished_run_comes_back_as_it_was_written)
{
    Arena     arena = { 0 };
    Err       err;
    Run       seen;
    const Run run = world_run(ID);

    CHECK(world_write(&run, true));
    CHECK(run_finished(world_path("runs"), ID));
    if (CHECK(read_back(&seen, &arena, &err)))
        same_run(&seen, &run);
    arena_free(&arena);
}

/* Written by another program's eyes: no key twice, numbers as numbers. */
TEST(what_was_not_measured_is_null_in_the_file_and_never_0)
{
    Arena   arena = { 0 };
    Run     run   = world_run(ID), seen;
    i64     size;
    Err     err;
    run.val_se = INFINITY;
    CHECK(world_write(&run, true));

    const char *text = world_read(&arena, &size, world_path("runs/" ID
                                                            "/run.json"));
    CHECK_HAS(text, "\"joules\":null");
    CHECK_HAS(text, "\"val_se\":null");
    CHECK_HAS(text, "\"reason\":null");
    if (CHECK(read_back(&seen, &arena, &err))) {
        CHECK(isnan(seen.joules) && isnan(seen.val_se));
        CHECK(!seen.reason);
    }
    arena_free(&arena);
}

/* Zeros in the memory of a run that has only begun are no results. */
TEST(a_run_that_has_not_ended_has_no_outcomes)
{
    Arena arena = { 0 };
    Run   run   = world_run(ID), seen;
    i64   size;
    Err   err;
    run.status   = NULL;
    run.val_loss = 0;

    CHECK(world_write(&run, false));
    CHECK(!run_finished(world_path("runs"), ID));
    CHECK_HAS(world_read(&arena, &size, world_path("runs/" ID "/run.json")),
              "\"val_loss\":null");
    if (CHECK(read_back(&seen, &arena, &err))) {
        CHECK(!seen.status);
        CHECK(isnan(seen.val_loss) && isnan(seen.flop) && seen.tokens == 0);
        CHECK(seen.lr == run.lr && seen.steps == run.steps);
    }
    arena_free(&arena);
}

TEST(an_interrupted_run_keeps_what_it_reached_and_is_not_finished)
{
    Arena arena = { 0 };
    Run   run   = world_run(ID), seen;
    Err   err;
    run.status = "interrupted";

    CHECK(world_write(&run, false));
    CHECK(!run_finished(world_path("runs"), ID));
    if (CHECK(read_back(&seen, &arena, &err))) {
        CHECK_TEXT(seen.status, "interrupted");
        CHECK(seen.tokens == run.tokens);
    }
    arena_free(&arena);
}

/* Killed after run.json was renamed and before DONE was. */
TEST(a_record_of_success_without_DONE_is_an_unfinished_run)
{
    Arena     arena = { 0 };
    Run       seen;
    Err       err;
    const Run run = world_run(ID);

    CHECK(world_write(&run, true));
    CHECK(unlink(world_path("runs/" ID "/DONE")) == 0);
    CHECK(!run_finished(world_path("runs"), ID));
    if (CHECK(read_back(&seen, &arena, &err))) {
        CHECK(!seen.status);
        CHECK(isnan(seen.val_loss));
    }
    arena_free(&arena);
}

/* Every beginning of each of the three files, in a folder that is otherwise
 * whole; and each file with one bit turned, at every byte. */
static void harm(const char *file, bool turn)
{
    Arena       arena = { 0 };
    i64         size;
    const char *path = arena_text(&arena, world_path("runs/" ID "/%s", file));
    char       *text = world_read(&arena, &size, path);

    for (i64 at = 0; at < size; at++) {
        test_note("%s %s at byte %lld", file, turn ? "turned" : "cut",
                  (long long)at);
        text[at] = (char)(text[at] ^ (turn ? 1 : 0));
        world_put(path, text, turn ? size : at);
        text[at] = (char)(text[at] ^ (turn ? 1 : 0));

        Arena few = { 0 };
        Run   seen;
        Err   err = { 0 };
        CHECK(!run_finished(world_path("runs"), ID));
        if (CHECK(!run_read(&seen, &few, world_path("runs/" ID), &err))) {
            CHECK_HAS(err.text, "runs/" ID "/");
            CHECK(err.kind == ERR_FORMAT);
        }
        arena_free(&few);
    }
    world_put(path, text, size);
    CHECK(run_finished(world_path("runs"), ID));
    arena_free(&arena);
}

static void world_finished_with_log(void)
{
    MetricLog *log;
    Err        err = { 0 };
    const Run  run = world_run(ID);
    const Metric line = { .step = 1, .train_loss = 2 };
    CHECK(metric_open(&log, &run, world_path("runs"), 0, &err)
          && metric_put(log, &line, &err));
    metric_close(log);
    CHECK(world_write(&run, true));
}

TEST(a_finished_run_cut_short_anywhere_is_never_taken_for_finished)
{
    world_finished_with_log();
    harm("run.json", false);
    harm("DONE", false);
    harm("metrics.jsonl", false);
}

TEST(a_finished_run_with_any_byte_bent_is_never_taken_for_finished)
{
    world_finished_with_log();
    harm("run.json", true);
    harm("DONE", true);
}

/* The bent twin: were DONE believed for being there, this would pass. */
TEST(DONE_of_another_result_is_refused_by_name)
{
    Arena arena = { 0 };
    Run   seen;
    Err   err;
    world_finished_with_log();
    world_edit(world_path("runs/" ID "/run.json"), "\"val_loss\":1.75",
               "\"val_loss\":1.25");
    CHECK(!read_back(&seen, &arena, &err));
    CHECK_HAS(err.text, "DONE: does not match run.json");
    arena_free(&arena);
}

TEST(a_log_of_another_length_is_refused_by_name)
{
    Arena arena = { 0 };
    Run   seen;
    Err   err;
    world_finished_with_log();
    world_edit(world_path("runs/" ID "/metrics.jsonl"), "\"step\":1,",
               "\"step\":10,");
    CHECK(!read_back(&seen, &arena, &err));
    CHECK_HAS(err.text, "length of metrics.jsonl");
    arena_free(&arena);
}

TEST(DONE_beside_a_record_that_has_not_ended_is_refused)
{
    Arena arena = { 0 };
    Run   run   = world_run(ID), seen;
    Err   err;
    char  command[2048];
    run.status = NULL;
    CHECK(world_write(&run, false));
    snprintf(command, sizeof command, "cd '%s' && sha256sum run.json >DONE && "
             "echo '# metrics.jsonl 0' >>DONE", world_path("runs/" ID));
    CHECK(system(command) == 0);
    CHECK(!read_back(&seen, &arena, &err));
    CHECK_HAS(err.text, "has no status");
    arena_free(&arena);
}

/* A torn record without DONE: refused, or read as not finished. */
TEST(an_unfinished_record_cut_short_anywhere_is_refused)
{
    Arena arena = { 0 };
    i64   size;
    Err   err;
    Run   run = world_run(ID), seen;
    run.status = NULL;
    CHECK(world_write(&run, false));

    const char *path = arena_text(&arena, world_path("runs/" ID "/run.json"));
    const char *text = world_read(&arena, &size, path);
    for (i64 cut = 0; cut < size - 1; cut++) {
        test_note("cut at byte %lld of %lld", (long long)cut, (long long)size);
        world_put(path, text, cut);
        CHECK(!read_back(&seen, &arena, &err));
        CHECK_HAS(err.text, "run.json:");
    }
    arena_free(&arena);
}

static void refused_after(const char *from, const char *to, const char *words)
{
    Arena       arena = { 0 };
    Run         seen;
    Err         err;
    i64         size;
    const char *path = arena_text(&arena, world_path("runs/" ID "/run.json"));
    const char *text = world_read(&arena, &size, path);

    test_note("%s -> %s", from, to);
    world_edit(path, from, to);
    if (CHECK(!read_back(&seen, &arena, &err)))
        CHECK_HAS(err.text, words);
    CHECK(err.kind == ERR_FORMAT);
    world_put(path, text, size);
    arena_free(&arena);
}

static void world_unfinished(void)
{
    Run run = world_run(ID);
    run.status = NULL;
    CHECK(world_write(&run, false));
}

TEST(a_record_of_wrong_types_is_refused_by_field)
{
    world_unfinished();
    refused_after("\"layers\":3", "\"layers\":\"3\"",
                  "\"layers\" is not a whole number");
    refused_after("\"layers\":3", "\"layers\":3.5",
                  "\"layers\" is not a whole number");
    refused_after("\"layers\":3", "\"layers\":null", "\"layers\" is missing");
    refused_after("\"layers\":3,", "", "\"layers\" is missing");
    refused_after("\"layers\":3,", "\"layers\":3,\"layers\":4,", "duplicate");
    refused_after("\"lr\":0.10000000000000001", "\"lr\":\"high\"",
                  "\"lr\" is not a number");
    refused_after("\"lr\":0.10000000000000001", "\"lr\":1e400", "overflow");
    refused_after("\"tied\":true", "\"tied\":1", "\"tied\" is not true or");
    refused_after("\"host\":\"host, one\"", "\"host\":7",
                  "\"host\" is not text");
    refused_after("\"id\":\"" ID "\"", "\"id\":\"other\"",
                  "record of run other");
    refused_after("\"id\":\"" ID "\",", "", "record of run (no id)");
}

TEST(a_record_of_another_version_is_refused_in_words)
{
    world_unfinished();
    refused_after("\"schema\":1", "\"schema\":2", "run record of schema 2");
    refused_after("\"schema\":1", "\"schema\":2",
                  "reads schema 1; read it with");
    refused_after("\"schema\":1,", "", "not a run record");
    refused_after("{", "[{", "run.json:");
}

/* Records of before there were options are of models without them; and what
 * they count is what is counted from their shape. */
TEST(a_record_without_options_is_of_a_gpt_2)
{
    static const char *const late[] = {
        "\"kv_heads\":2,", "\"rms\":true,", "\"rope\":false,",
        "\"gated\":true,", "\"qk_norm\":false,", "\"bare\":false,",
        "\"recurrent\":false,",
        "\"mup_width\":24,", "\"mup_head\":6," };
    Arena       arena = { 0 };
    Run         seen;
    Err         err;
    const char *path = arena_text(&arena, world_path("runs/" ID "/run.json"));

    world_unfinished();
    for (int i = 0; i < COUNT_OF(late); i++)
        world_edit(path, late[i], "");
    if (CHECK(read_back(&seen, &arena, &err))) {
        const Shape s = seen.shape;
        CHECK(s.layers == 3 && s.tied);
        CHECK(!s.kv_heads && !s.mup_width && !s.mup_head);
        CHECK(!s.rms && !s.rope && !s.gated && !s.qk_norm && !s.bare);
        CHECK(!s.recurrent);
    }
    arena_free(&arena);
}

TEST(a_record_with_options_can_be_counted_again)
{
    Arena     arena = { 0 };
    Run       seen;
    Err       err;
    const Run run = world_run(ID);

    CHECK(world_write(&run, true));
    if (CHECK(read_back(&seen, &arena, &err))) {
        CHECK(count_params(seen.shape).total == seen.params.total);
        CHECK(count_train_flop(seen.shape) == seen.flop_per_token);
        CHECK(seen.shape.rms && seen.shape.gated && seen.shape.kv_heads == 2);
    }
    arena_free(&arena);
}

TEST(fields_that_a_later_version_added_are_passed_over)
{
    Arena arena = { 0 };
    Run   seen;
    Err   err;
    world_unfinished();
    world_edit(world_path("runs/" ID "/run.json"), "\"layers\":3",
               "\"mood\":{\"a\":[1]},\"layers\":3");
    CHECK(read_back(&seen, &arena, &err));
    CHECK(seen.shape.layers == 3);
    arena_free(&arena);
}

TEST(a_folder_that_is_no_run_is_refused_in_words)
{
    Arena arena = { 0 };
    Run   seen;
    Err   err;
    CHECK(!read_back(&seen, &arena, &err));
    CHECK_HAS(err.text, "no such run folder");
    CHECK(err.kind == ERR_IO);

    CHECK(dir_make(world_path("runs/" ID), &err));
    CHECK(!read_back(&seen, &arena, &err));
    CHECK_HAS(err.text, "the run never began");

    CHECK(dir_make(world_path("runs/" ID "/run.json"), &err));
    CHECK(!read_back(&seen, &arena, &err));
    CHECK_HAS(err.text, "not a file");
    arena_free(&arena);
}

/* 17 MiB of sparse file cost nothing to make, and nothing to refuse. */
TEST(a_file_far_too_large_to_be_a_record_is_not_read)
{
    Arena arena = { 0 };
    Run   seen;
    Err   err;
    CHECK(dir_make(world_path("runs/" ID), &err));
    world_put(world_path("runs/" ID "/run.json"), "", 0);
    CHECK(truncate(world_path("runs/" ID "/run.json"), 17 << 20) == 0);
    CHECK(!read_back(&seen, &arena, &err));
    CHECK_HAS(err.text, "are not a record");
    CHECK(arena.used < 1 << 20);
    arena_free(&arena);
}

TEST(a_finished_run_is_not_made_unfinished)
{
    Err err = { 0 };
    Run run = world_run(ID);
    CHECK(world_write(&run, true));
    run.status = NULL;
    CHECK(!run_write(&run, world_path("runs"), false, &err));
    CHECK_HAS(err.text, "this run is finished (done)");
    CHECK(err.kind == ERR_USAGE);
    CHECK(run_finished(world_path("runs"), ID));
}

TEST(a_record_of_another_version_is_not_overwritten)
{
    Arena     arena = { 0 };
    Err       err   = { 0 };
    i64       size;
    const Run run = world_run(ID);
    CHECK(world_write(&run, true));
    world_edit(world_path("runs/" ID "/run.json"), "\"schema\":1",
               "\"schema\":9");
    CHECK(!run_write(&run, world_path("runs"), true, &err));
    CHECK_HAS(err.text, "schema 9");
    CHECK_HAS(world_read(&arena, &size, world_path("runs/" ID "/run.json")),
              "\"schema\":9");
    arena_free(&arena);
}

/* What the message says to do, without removing by hand. */
TEST(a_torn_record_may_be_begun_again)
{
    Run run = world_run(ID);
    CHECK(world_write(&run, true));
    world_put(world_path("runs/" ID "/run.json"), "{\"sch", 5);
    run.status = NULL;
    CHECK(world_write(&run, false));
    CHECK(!file_exists(world_path("runs/" ID "/DONE")));
    run.status = "done";
    CHECK(world_write(&run, true));
    CHECK(run_finished(world_path("runs"), ID));
}

/* A run begun, logged and finished. */
static bool live(const char *runs, Run run)
{
    MetricLog   *log;
    Err          err = { 0 };
    const Metric m   = { .step = 1, .train_loss = 2 };

    run.status = NULL;
    if (!run_write(&run, runs, false, &err)
        || !metric_open(&log, &run, runs, 0, &err))
        return false;
    const bool ok = metric_put(log, &m, &err) && metric_put(log, &m, &err);
    metric_close(log);
    run.status = "done";
    return ok && run_write(&run, runs, true, &err);
}

static void live_for_ever(const char *runs)
{
    for (int i = 0;; i++) {
        char id[32];
        snprintf(id, sizeof id, "run-%06d", i);
        if (!live(runs, world_run(id)))
            _exit(1);
    }
}

/* Whatever the killed process left is whole, or can be gone on with. */
static void judge(const char *runs, i64 *finished, i64 *unfinished)
{
    Arena   arena  = { 0 };
    Str     broken = { 0 };
    RunList list;
    Err     err = { 0 };
    CHECK(run_list(&list, &broken, &arena, runs, &err));
    if (broken.text) /* the folder made, the record not yet written */
        CHECK_HAS(broken.text, "has no run.json: the run never began");
    for (i64 i = 0; i < list.count; i++) {
        const Run *run = &list.run[i];
        if (run->status) {
            CHECK(run_finished(runs, run->id));
            ++*finished;
        } else {
            CHECK(live(runs, *run) && run_finished(runs, run->id));
            ++*unfinished;
        }
    }
    str_free(&broken);
    arena_free(&arena);
}

TEST(a_process_killed_at_any_moment_leaves_only_runs_that_can_be_gone_on_with)
{
    enum { ROUNDS = 15, ROUNDS_MAX = 90 };
    i64          finished = 0, unfinished = 0;
    const double begun = clock_s();
    for (int i = 0; i < 4; i++)
        CHECK(live(world_path("warm-%d", i), world_run(ID)));
    const double one_s = (clock_s() - begun) / 4; /* mostly the disk's time */

    /* On a busy machine a child may take longer than was measured: then on,
     * with more patience each round, until both kinds were seen. */
    for (int round = 0; round < ROUNDS
         || (round < ROUNDS_MAX && !(finished > 0 && unfinished > 3)); round++) {
        char runs[1024];
        Err  err = { 0 };
        snprintf(runs, sizeof runs, "%s", world_path("round-%d", round));
        CHECK(dir_make(runs, &err));
        const pid_t child = fork();
        if (child == 0)
            live_for_ever(runs);
        usleep((useconds_t)(1e6 * 2.5 * one_s * round / ROUNDS));
        int status = 0;
        CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
        test_note("round %d", round);
        judge(runs, &finished, &unfinished);
    }
    /* Were none ever caught in the middle, this would have shown nothing. */
    test_note("%lld finished, %lld unfinished", (long long)finished,
              (long long)unfinished);
    CHECK(finished > 0 && unfinished > 3);
}

/* What sha256sum says of DONE is what a user can check without us. */
TEST(sha256sum_confirms_DONE)
{
    char command[2048];
    world_finished_with_log();
    snprintf(command, sizeof command, "cd '%s' && sha256sum -c --status DONE",
             world_path("runs/" ID));
    CHECK(system(command) == 0);
    world_edit(world_path("runs/" ID "/run.json"), "gcide", "gcida");
    CHECK(system(command) != 0);
}

/* A disk that is full after so many bytes: the old record stays whole. */
TEST(a_full_disk_leaves_the_old_record)
{
    Arena arena = { 0 };
    Run   run   = world_run(ID), seen;
    Err   err   = { 0 }, why;
    run.status  = "interrupted";
    CHECK(world_write(&run, false));

    struct rlimit old, tight;
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    tight = old;
    tight.rlim_cur = 100;
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
    run.tokens = 7;
    const bool ok = run_write(&run, world_path("runs"), false, &err);
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);

    CHECK(!ok);
    CHECK(err.kind == ERR_IO);
    CHECK_HAS(err.text, "run.json");
    if (CHECK(read_back(&seen, &arena, &why)))
        CHECK(seen.tokens == 1843200);
    arena_free(&arena);
}

TEST(a_text_that_is_not_utf8_is_refused_before_it_is_written)
{
    Err err = { 0 };
    Run run = world_run(ID);
    run.host = "caf\xe9";
    CHECK(!run_write(&run, world_path("runs"), true, &err));
    CHECK_HAS(err.text, "cannot be kept");
    CHECK(!file_exists(world_path("runs/" ID "/run.json")));
}

TEST(an_id_follows_from_everything_that_decides_the_result)
{
    char a[96], b[96];
    run_id(a, "c1e+12-3x48", "lr = 1", "ff", "v1");
    CHECK(strlen(a) == strlen("c1e+12-3x48-01234567"));
    CHECK(strncmp(a, "c1e+12-3x48-", 12) == 0);
    run_id(b, "c1e+12-3x48", "lr = 1", "ff", "v1");
    CHECK_TEXT(b, a);
    run_id(b, "c1e+12-3x48", "lr = 2", "ff", "v1");
    CHECK(strcmp(a, b) != 0);
    run_id(b, "c1e+12-3x48", "lr = 1", "fe", "v1");
    CHECK(strcmp(a, b) != 0);
    run_id(b, "c1e+12-3x48", "lr = 1", "ff", "v2");
    CHECK(strcmp(a, b) != 0);
    run_id(b, "c1e+12-3x48", "lr = 1f", "f", "v1"); /* the seam moved */
    CHECK(strcmp(a, b) != 0);
}

TEST(an_id_is_always_a_plain_folder_name)
{
    char id[96], longer[300];
    run_id(id, "../a b/\"c\"", "", "", "");
    CHECK(strncmp(id, "-.-a-b--c--", 11) == 0);
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = 0;
    run_id(id, longer, "", "", "");
    CHECK(strlen(id) == 80 + 9);
    run_id(id, "", "", "", "");
    CHECK(strlen(id) == 9);
}

TEST(a_list_holds_the_whole_runs_by_id_and_names_the_broken_ones)
{
    Arena   arena  = { 0 };
    Str     broken = { 0 };
    RunList list;
    Err     err = { 0 };
    Run     run = world_run("b-1");

    CHECK(world_write(&run, true));
    run.id = "a-1";
    CHECK(world_write(&run, true));
    run.id = "c-1";
    CHECK(world_write(&run, true));
    world_edit(world_path("runs/c-1/run.json"), "\"schema\":1", "\"schema\":2");
    CHECK(dir_make(world_path("runs/d-1"), &err));
    CHECK(dir_make(world_path("runs/.hidden"), &err));
    world_put(world_path("runs/index.sqlite"), "x", 1);

    if (CHECK(run_list(&list, &broken, &arena, world_path("runs"), &err))) {
        CHECK(list.count == 2);
        CHECK_TEXT(list.run[0].id, "a-1");
        CHECK_TEXT(list.run[1].id, "b-1");
    }
    CHECK_HAS(broken.text, "runs/c-1/run.json: a run record of schema 2");
    CHECK_HAS(broken.text, "runs/d-1: has no run.json");
    i64 lines = 0;
    for (const char *c = broken.text; c && *c; c++)
        lines += *c == '\n';
    CHECK(lines == 2);
    str_free(&broken);
    arena_free(&arena);
}

TEST(a_copied_run_folder_does_not_count_twice)
{
    Arena   arena  = { 0 };
    Str     broken = { 0 };
    RunList list;
    Err     err = { 0 };
    char    command[2048];
    const Run run = world_run("a-1");
    CHECK(world_write(&run, true));
    snprintf(command, sizeof command, "cp -r '%s' '%s'", world_path("runs/a-1"),
             world_path("runs/copy"));
    CHECK(system(command) == 0);
    CHECK(run_list(&list, &broken, &arena, world_path("runs"), &err));
    CHECK(list.count == 1);
    CHECK_HAS(broken.text, "runs/copy/run.json: is the record of run a-1");
    str_free(&broken);
    arena_free(&arena);
}

TEST(a_missing_folder_of_runs_is_refused)
{
    Arena   arena  = { 0 };
    Str     broken = { 0 };
    RunList list;
    Err     err = { 0 };
    CHECK(!run_list(&list, &broken, &arena, world_path("runs"), &err));
    CHECK_HAS(err.text, "/runs: ");
    CHECK(err.kind == ERR_IO);
    arena_free(&arena);
}
