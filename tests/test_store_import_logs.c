/* test_store_import_logs.c - logs of training: each format's run ends as the
 * row that its last loss makes, with what was logged by then. */

#include "tests/import_world.h"

#include <zlib.h>

static const char *const LOSS[] = { "loss" };
static const char *const NDL[] = { "N", "D", "loss" };

static const char STATE[] =
    "{\n \"best_metric\": null,\n \"epoch\": 1.0,\n \"global_step\": 300,\n"
    " \"log_history\": [\n"
    "  {\"epoch\": 0.3, \"learning_rate\": 1e-4, \"loss\": 4.5, \"step\": 100,"
    " \"num_input_tokens_seen\": 1000},\n"
    "  {\"epoch\": 0.3, \"eval_loss\": 4.25, \"eval_runtime\": 2.5, \"step\": 100},\n"
    "  {\"epoch\": 0.6, \"loss\": 3.5, \"step\": 200, \"num_input_tokens_seen\": 2000},\n"
    "  {\"epoch\": 0.6, \"eval_loss\": 3.25, \"step\": 200},\n"
    "  {\"epoch\": 1.0, \"loss\": 3.0, \"step\": 300, \"num_input_tokens_seen\": 3000},\n"
    "  {\"epoch\": 1.0, \"step\": 300, \"total_flos\": 1.8e10, \"train_loss\": 3.7}\n"
    " ],\n \"max_steps\": 300,\n \"num_input_tokens_seen\": 3000,\n"
    " \"total_flos\": 1.8e10,\n \"train_batch_size\": 8,\n \"trial_name\": null\n}\n";

TEST(a_trainer_state_gives_its_last_evaluation)
{
    Table t;
    const char *path = world_file("run-a/trainer_state.json", STATE);
    CHECK_TEXT(world_import(&t, path, NULL, LOSS, 1), "");
    CHECK(t.nrow == 1 && world_at(&t, "loss", 0) == 3.25);
    CHECK(world_at(&t, "step", 0) == 200 && world_at(&t, "D", 0) == 2000);
    CHECK(world_at(&t, "train_loss", 0) == 3.5);
    CHECK(world_at(&t, "train_batch_size", 0) == 8);
    CHECK(world_at(&t, "C", 0) == 1.8e10); /* said once, behind the loss */
    CHECK_HAS(notes.text, "trainer_state.json, a log of 6 lines: the last loss of "
                          "1 run\n");
    world_end();
}

TEST(curves_give_every_evaluation_with_the_tokens_of_its_step)
{
    Table t;
    const ImportOptions curves = { .curves = true };
    const char *path = world_file("run-b/checkpoint-300/trainer_state.json",
                                  STATE);
    CHECK_TEXT(world_import(&t, path, &curves, LOSS, 1), "");
    CHECK(t.nrow == 2);
    CHECK(world_at(&t, "step", 0) == 100 && world_at(&t, "loss", 0) == 4.25);
    CHECK(world_at(&t, "D", 0) == 1000 && world_at(&t, "D", 1) == 2000);
    /* What holds at the end alone is not said of the points before it. */
    CHECK(isnan(world_at(&t, "eval_runtime", 1)) == false);
    CHECK_TEXT(world_text(&t, "cluster", 1), "run-b"); /* of the folder */
    CHECK_HAS(t.label[1], "at step 200");
    world_end();
}

TEST(a_trainer_state_that_is_none_is_refused)
{
    static const struct { const char *text, *error; } wrong[] = {
        { "{\"log_history\": [{\"step\": 1, \"loss\": 2}", ", or ] is expected" },
        { "{\"log_history\": [3]}", "an entry {...} of log_history is expected" },
        { "{\"log_history\": 3}", "log_history is a list" },
        { "{\"log_history\": []}", "nothing was logged" },
        { "{\"log_history\": [{\"step\": 1}]} x", "something stands behind the end" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Table t;
        test_note("%s", wrong[i].text);
        CHECK_HAS(world_import(&t, world_file("t.json", wrong[i].text), NULL,
                               LOSS, 1), wrong[i].error);
    }
    world_end();
}

TEST(a_run_that_diverged_is_not_its_last_finite_loss)
{
    Table t;
    const char *path = world_file("t.json", "{\"log_history\": ["
        "{\"step\": 1, \"eval_loss\": 4}, {\"step\": 2, \"eval_loss\": NaN}]}");
    CHECK_HAS(world_import(&t, path, NULL, LOSS, 1), ": loss is 'NaN'");
    world_end();
}

TEST(a_main_log_of_llm_c_gives_its_last_held_out_loss)
{
    Table t;
    const ImportOptions curves = { .curves = true };
    const char *path = world_file("log124M/main.log",
        "s:0 tel:11.0098\ns:1 trl:10.98 lr:0.000001 norm:5.2\ns:250 tel:6.4\n"
        "s:250 eval:0.2446\ns:251 trl:6.3 lr:0.0006 norm:1.25\n");
    CHECK_TEXT(world_import(&t, path, NULL, LOSS, 1), "");
    CHECK(t.nrow == 1 && world_at(&t, "loss", 0) == 6.4);
    CHECK(world_at(&t, "step", 0) == 250 && world_at(&t, "hellaswag", 0) == 0.2446);
    CHECK(world_at(&t, "train_loss", 0) == 10.98);
    CHECK_TEXT(world_import(&t, path, &curves, LOSS, 1), "");
    CHECK(t.nrow == 2 && world_at(&t, "loss", 0) == 11.0098);

    path = world_file("main.log", "s:0 tel:11\ns:1 trl:3 lr:x\n");
    CHECK_HAS(world_import(&t, path, NULL, LOSS, 1),
              "main.log:2: not a line of llm.c's main.log");
    path = world_file("main.log", "s:0 tel:11\ns:1 trl:3 lr");
    CHECK_TEXT(world_import(&t, path, NULL, LOSS, 1), "");
    CHECK_HAS(notes.text, "main.log:2: the last line is torn");
    world_end();
}

static const char *events(const char *name, double loss, i64 cut)
{
    Str file = { 0 };
    put_run(&file, loss);
    const char *path = world_bytes(name, file.text, file.size - cut);
    str_free(&file);
    return path;
}

TEST(event_files_give_scalars_tensors_and_hyper_parameters)
{
    Table t;
    const char *path = events("events.out.tfevents.1700000000.host", 3, 0);
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 1);
    CHECK_NEAR(world_at(&t, "loss", 0), 3 + 1.0 / 200, 1e-6);
    CHECK(world_at(&t, "N", 0) == 1e6 && world_at(&t, "D", 0) == 200000);
    CHECK(world_at(&t, "train/loss", 0) == 4);
    CHECK_HAS(notes.text, "TensorBoard events, a log of");

    const ImportOptions curves = { .curves = true };
    CHECK_TEXT(world_import(&t, path, &curves, NDL, 3), "");
    CHECK(t.nrow == 2 && world_at(&t, "step", 0) == 100);
    CHECK_NEAR(world_at(&t, "loss", 0), 3 + 1.0 / 100, 1e-15); /* a double */
    CHECK(world_at(&t, "N", 0) == 1e6 && world_at(&t, "D", 0) == 100000);
    world_end();
}

TEST(a_torn_last_record_is_said_and_what_is_whole_is_kept)
{
    /* The last record is tokens at step 300, the one before it a train/loss. */
    for (i64 cut = 1; cut <= 40; cut++) {
        Table t;
        test_note("%lld bytes cut off", (long long)cut);
        CHECK_TEXT(world_import(&t, events("e", 3, cut), NULL, NDL, 3), "");
        CHECK(world_at(&t, "D", 0) == 200000);
        CHECK_HAS(notes.text, "the last, is torn, and left out");
    }
    world_end();
}

TEST(a_record_that_does_not_match_its_checksum_is_refused)
{
    Str file = { 0 };
    put_run(&file, 3);
    i64 refused = 0;
    for (i64 at = 12; at < file.size; at++) {
        Table t;
        const ImportOptions as = { .format = "tensorboard" };
        file.text[at] ^= 4;
        const char *path = world_bytes("e", file.text, file.size);
        file.text[at] ^= 4;
        test_note("byte %lld bent", (long long)at);
        if (CHECK(strstr(world_import(&t, path, &as, NULL, 0),
                         "does not match its checksum")))
            refused++;
    }
    CHECK(refused == file.size - 12);
    Table t;
    const ImportOptions skip = { .skip_bad = true };
    file.text[file.size - 1] ^= 4;
    CHECK_TEXT(world_import(&t, world_bytes("e", file.text, file.size), &skip,
                            NDL, 3), "");
    CHECK(world_at(&t, "D", 0) == 200000);
    CHECK_HAS(notes.text, "does not match its checksum");
    str_free(&file);
    world_end();
}

TEST(an_event_file_without_scalars_is_refused)
{
    Str   file = { 0 };
    Table t;
    put_version(&file);
    CHECK_HAS(world_import(&t, world_bytes("e", file.text, file.size), NULL,
                           NULL, 0), "no scalar in this event file");
    str_free(&file);
    world_end();
}

TEST(a_chart_exported_from_wandb_is_a_log_of_its_runs)
{
    Table t;
    const ImportOptions curves = { .curves = true };
    const char *path = world_file("chart.csv",
        "\"Step\",\"big - run - val/loss\",\"big - run - val/loss__MIN\","
        "\"big - run - val/loss__MAX\",\"small - val/loss\","
        "\"small - val/loss__MIN\",\"small - val/loss__MAX\"\n"
        "\"0\",\"5\",\"5\",\"5\",\"6\",\"6\",\"6\"\n"
        "\"10\",\"4\",\"4\",\"4\",\"\",\"\",\"\"\n"
        "\"20\",\"3\",\"3\",\"3\",\"5.5\",\"5.5\",\"5.5\"\n"
        "\"30\",\"\",\"\",\"\",\"4.5\",\"4.5\",\"4.5\"\n");
    CHECK_TEXT(world_import(&t, path, NULL, LOSS, 1), "");
    CHECK(t.nrow == 2 && !table_column(&t, "val/loss__MIN"));
    CHECK_TEXT(world_text(&t, "run", 0), "big - run");
    CHECK(world_at(&t, "loss", 0) == 3 && world_at(&t, "step", 0) == 20);
    CHECK(world_at(&t, "loss", 1) == 4.5 && world_at(&t, "step", 1) == 30);
    CHECK_TEXT(world_import(&t, path, &curves, LOSS, 1), "");
    CHECK(t.nrow == 6);
    CHECK_TEXT(world_text(&t, "cluster", 5), "small");
    world_end();
}

TEST(a_table_of_logged_points_is_a_log_and_a_table_of_runs_is_not)
{
    Table t;
    const ImportOptions curves = { .curves = true };
    const char *path = world_file("long.csv", "run,params,tokens,step,val_loss\n"
        "a,1e6,10,1,5\na,1e6,20,2,4\nb,2e6,10,1,4.5\nb,2e6,20,2,\nb,2e6,30,3,3\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 2 && world_at(&t, "loss", 1) == 3 && world_at(&t, "D", 1) == 30);
    CHECK_TEXT(world_import(&t, path, &curves, NDL, 3), "");
    CHECK(t.nrow == 4 && world_at(&t, "D", 2) == 10);

    /* Sizes that change without a name of a run: rows are runs. */
    path = world_file("runs.csv", "params,tokens,step,val_loss\n1e6,10,1,5\n"
                                  "2e6,10,2,4\n3e6,10,3,3\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 3);
    world_end();
}

TEST(what_curves_write_is_read_back_as_curves)
{
    Table t, again;
    Str   out = { 0 };
    const ImportOptions curves = { .curves = true };
    CHECK_TEXT(world_import(&t, events("e", 3, 0), &curves, NDL, 3), "");
    import_write_csv(&t, &out);
    const char *path = world_file("curves.csv", out.text);
    CHECK_TEXT(world_import(&again, path, &curves, NDL, 3), "");
    CHECK(again.nrow == 2 && world_at(&again, "loss", 0) == world_at(&t, "loss", 0));
    CHECK_TEXT(world_text(&again, "cluster", 0), "e");
    CHECK_TEXT(world_import(&again, path, NULL, NDL, 3), "");
    CHECK(again.nrow == 1);
    str_free(&out);
    world_end();
}

TEST(results_of_nanochat_are_read_under_their_names)
{
    Table t;
    const char *path = world_file("results.csv",
        "flops_budget,depth,model_dim,params_wte,params_lm_head,"
        "params_transformer,params_total,num_iterations,tokens_trained,val_bpb,"
        "train_time_sec\n1e18,8,512,3e7,3e7,2.5e7,8.5e7,1000,5e8,1.05,300\n");
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(world_at(&t, "N", 0) == 8.5e7 && world_at(&t, "D", 0) == 5e8);
    CHECK(world_at(&t, "C", 0) == 1e18 && world_at(&t, "loss", 0) == 1.05);
    CHECK_HAS(notes.text, "nanochat results, 1 row\n");
    CHECK_HAS(notes.text, "loss = val_bpb");
    world_end();
}

TEST(gzip_is_unpacked_on_the_way)
{
    Table t;
    char *path = arena_print(&arena, "%s/runs.csv.gz", test_folder());
    for (int part = 0; part < 2; part++) { /* two members, one file */
        gzFile file = gzopen(path, part ? "ab" : "wb");
        gzputs(file, part ? "2e6,1e7,2.5\n" : "params,tokens,loss\n1e6,1e7,3\n");
        gzclose(file);
    }
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    CHECK(t.nrow == 2 && world_at(&t, "loss", 1) == 2.5);
    world_end();
}

TEST(a_folder_is_a_run_a_subfolder)
{
    Table t;
    world_file("all/hf/checkpoint-100/trainer_state.json", STATE);
    world_file("all/hf/checkpoint-200/trainer_state.json", STATE);
    world_file("all/hf/config.json", "{\"n_params\": 1000000, \"hidden\": [64]}");
    world_file("all/llmc/main.log", "s:0 tel:11\ns:9 tel:6.5\n");
    world_file("all/llmc/sizes.json", "{\"n_params\": \"124M\", \"tokens\": 5e9}");
    events("all/tb/sub/events.out.tfevents.1", 3, 0);
    events("all/tb/sub/1700000000.123/events.out.tfevents.2", 3, 0);
    world_file("all/.hidden.csv", "N\n1\n");
    world_file("all/README.md", "# notes, and commas\n");
    world_file("all/more.csv", "params,tokens,val_loss,run\n1e7,2e8,2.75,x\n");
    const char *path = arena_print(&arena, "%s/all", test_folder());
    CHECK_TEXT(world_import(&t, path, NULL, NDL, 3), "");
    if (!CHECK(t.nrow == 4))
        test_note("%s", notes.text);
    static const char *const run[] = { "x", "hf", "llmc", "tb/sub" };
    static const double n[] = { 1e7, 1e6, 124e6, 1e6 };
    static const double loss[] = { 2.75, 3.25, 6.5, 3.005 };
    for (int i = 0; i < 4; i++) {
        CHECK_TEXT(world_text(&t, "run", i), run[i]);
        CHECK_NEAR(world_at(&t, "N", i), n[i], 1e-12);
        CHECK_NEAR(world_at(&t, "loss", i), loss[i], 1e-6);
    }
    CHECK(world_at(&t, "D", 1) == 2000 && world_at(&t, "D", 2) == 5e9);
    CHECK_HAS(notes.text, "1 other file in it");
    world_end();
}

TEST(files_of_one_folder_with_a_log_each_are_a_run_each)
{
    Table t;
    static const char *const lines = "step,tokens,val_loss\n1,10,5\n2,20,%d\n";
    for (int i = 1; i <= 3; i++)
        world_file(arena_print(&arena, "logs/r%d.csv", i),
                   arena_print(&arena, "%.*s%d\n", (int)strlen(lines) - 3, lines, i));
    world_file("logs/broken.csv", "a,b\n1\n");
    const char *path = arena_print(&arena, "%s/logs", test_folder());
    CHECK_HAS(world_import(&t, path, NULL, LOSS, 1), "broken.csv:2: 1 cell where");
    const ImportOptions skip = { .skip_bad = true };
    CHECK_TEXT(world_import(&t, path, &skip, LOSS, 1), "");
    CHECK(t.nrow == 3);
    CHECK_TEXT(world_text(&t, "run", 2), "r3");
    CHECK(world_at(&t, "loss", 2) == 3 && world_at(&t, "D", 2) == 20);
    world_end();
}

TEST(a_folder_without_a_table_is_refused)
{
    Table t;
    world_file("empty/notes.txt", "a, b\n");
    const char *path = arena_print(&arena, "%s/empty", test_folder());
    CHECK_HAS(world_import(&t, path, NULL, NULL, 0),
              "no file in it that could be read, of 1; there are readers for");
    world_end();
}

TEST(what_one_file_lacks_follows_there_alone)
{
    Table t;
    world_file("two/a.csv", "params,flops,loss\n2,48,3\n");
    world_file("two/b.csv", "params,tokens,loss\n2,5,3\n2,none,3\n");
    const char *path = arena_print(&arena, "%s/two", test_folder());
    const ImportOptions skip = { .skip_bad = true };
    CHECK_TEXT(world_import(&t, path, &skip, NDL, 3), "");
    CHECK(t.nrow == 2 && world_at(&t, "D", 0) == 4 && world_at(&t, "C", 1) == 60);
    CHECK_HAS(notes.text, "C: not in 1 of 3 rows, taken there from C = 6 N D");
    CHECK_HAS(notes.text, "D is 'none'");
    world_end();
}

TEST(several_files_are_one_table)
{
    Table t;
    Err   err = { 0 };
    Str   said = { 0 };
    const ImportOptions options = { .format = NULL };
    const char *path[] = { world_file("a.csv", "params,tokens,loss\n1,2,3\n"),
                           world_file("b.jsonl", "{\"n_params\":4,\"D\":5,"
                                                 "\"val_loss\":6,\"x\":\"y\"}\n") };
    CHECK(import_tables(&t, &said, &arena, path, 2, &options, NDL, 3, &err));
    CHECK(t.nrow == 2 && world_at(&t, "N", 0) == 1 && world_at(&t, "N", 1) == 4);
    CHECK(world_at(&t, "loss", 1) == 6 && world_at(&t, "C", 0) == 12);
    CHECK_TEXT(world_text(&t, "x", 0), "");
    str_free(&said);
    world_end();
}
