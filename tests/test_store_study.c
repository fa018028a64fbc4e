/* test_store_study.c - studies come back whole, and predictions are
 * not changed after the fact. */

#include "store/field.h"
#include "store/study.h"
#include "store_world.h"

static StudyInfo info_of(void)
{
    static const double    budget[]   = { 1e11, 3e11, 1e12 };
    static const double    multiple[] = { 10, 1000 };
    static const Yardstick stick[]    = { { "gzip -9", 2.58 },
                                          { "xz, \"-9\"", 2.1 } };
    return (StudyInfo){
        .name = "demo", .title = "Title", .config = "a = 1\n",
        .corpus = "gcide",
        .corpus_about = "a dictionary", .corpus_licence = "GPL-3",
        .corpus_sha256 = "00ff", .corpus_train_tokens = 1,
        .corpus_val_tokens = 2, .nyardstick = 2, .yardstick = stick,
        .budgets = { 3, budget }, .holdout = NAN, .counts = "body+head",
        .vocab = 256, .context = 257, .aspect = 16.5, .layers_min = 2,
        .bytes_per_token = 1.5, .resamples = 1000, .seed = 42,
        .plan_multiples = { 2, multiple },
    };
}

TEST(a_study_comes_back_as_it_was_written)
{
    Arena           arena = { 0 };
    StudyInfo       seen;
    Err             err  = { 0 };
    const StudyInfo want = info_of();

    CHECK(study_write(&want, world_path("demo"), &err));
    if (!CHECK(study_read(&seen, &arena, world_path("demo"), &err))) {
        printf("%s\n", err.text);
        return;
    }
    CHECK_TEXT(seen.name, want.name);
    CHECK_TEXT(seen.title, want.title);
    CHECK_TEXT(seen.config, want.config);
    CHECK_TEXT(seen.corpus, want.corpus);
    CHECK_TEXT(seen.corpus_about, want.corpus_about);
    CHECK_TEXT(seen.corpus_licence, want.corpus_licence);
    CHECK_TEXT(seen.corpus_sha256, want.corpus_sha256);
    CHECK(seen.corpus_train_tokens == 1 && seen.corpus_val_tokens == 2);
    CHECK(seen.nyardstick == 2);
    CHECK_TEXT(seen.yardstick[1].name, "xz, \"-9\"");
    CHECK(seen.yardstick[1].bpb == 2.1);
    CHECK(seen.budgets.count == 3 && seen.budgets.item[1] == 3e11);
    CHECK(isnan(seen.holdout));
    CHECK_TEXT(seen.counts, want.counts);
    CHECK(seen.vocab == 256 && seen.context == 257);
    CHECK(seen.aspect == 16.5 && seen.layers_min == 2);
    CHECK(seen.bytes_per_token == 1.5 && seen.resamples == 1000);
    CHECK(seen.seed == 42);
    CHECK(seen.plan_multiples.count == 2);
    CHECK(seen.plan_multiples.item[1] == 1000);
    arena_free(&arena);
}

TEST(a_study_cut_short_anywhere_is_refused)
{
    Arena           arena = { 0 };
    i64             size;
    Err             err  = { 0 };
    const StudyInfo want = info_of();
    CHECK(study_write(&want, world_path("demo"), &err));
    const char *path = arena_text(&arena, world_path("demo/study.json"));
    const char *text = world_read(&arena, &size, path);
    for (i64 cut = 0; cut < size - 1; cut++) {
        StudyInfo seen;
        test_note("cut at byte %lld", (long long)cut);
        world_put(path, text, cut);
        CHECK(!study_read(&seen, &arena, world_path("demo"), &err));
    }
    arena_free(&arena);
}

static void study_refused(const char *from, const char *to, const char *words)
{
    Arena           arena = { 0 };
    StudyInfo       seen;
    Err             err  = { 0 };
    const StudyInfo want = info_of();
    test_note("%s -> %s", from, to);
    CHECK(study_write(&want, world_path("demo"), &err));
    world_edit(world_path("demo/study.json"), from, to);
    if (CHECK(!study_read(&seen, &arena, world_path("demo"), &err)))
        CHECK_HAS(err.text, words);
    arena_free(&arena);
}

TEST(a_study_that_is_not_what_it_should_be_is_refused_in_words)
{
    study_refused("\"schema\":1", "\"schema\":3", "a study of schema 3");
    study_refused("\"name\":\"demo\"", "\"name\":null", "is missing");
    study_refused("\"name\":", "\n\n\"name\" ", "study.json:3:");
    study_refused("{\"schema\":1", "7; {\"schema\":1", "study.json:1:");
    study_refused("\"vocab\":256", "\"vocab\":\"\"",
                  "\"vocab\" is not a whole number");
    study_refused("[100000000000,", "[\"x\",", "\"budgets\" is not a list");
    study_refused("\"bpb\":2.1000000000000001", "\"bpb\":\"x\"",
                  "yardstick 2: \"bpb\"");
    study_refused("{\"name\":\"gzip -9\",", "7,{\"name\":\"gzip -9\",",
                  "yardstick 1: not a JSON object");
}

TEST(a_folder_without_a_study_is_refused_in_words)
{
    Arena     arena = { 0 };
    StudyInfo seen;
    Err       err = { 0 };
    CHECK(!study_read(&seen, &arena, world_path("demo"), &err));
    CHECK_HAS(err.text, "no study");
    arena_free(&arena);
}

TEST(the_newest_study_is_the_one_written_last)
{
    Arena       arena = { 0 };
    const char *dir;
    Err         err  = { 0 };
    StudyInfo   info = info_of();
    CHECK(!study_newest(&dir, &arena, world_path("out"), &err));
    CHECK_HAS(err.text, "scalelaw study");
    CHECK(dir_make(world_path("out/empty"), &err));
    CHECK(!study_newest(&dir, &arena, world_path("out"), &err));
    CHECK(study_write(&info, world_path("out/zebra"), &err));
    usleep(20000); /* the file system's clock ticks every few milliseconds */
    CHECK(study_write(&info, world_path("out/ape"), &err));
    CHECK(study_newest(&dir, &arena, world_path("out"), &err));
    CHECK_HAS(dir, "out/ape");
    usleep(20000);
    CHECK(study_write(&info, world_path("out/zebra"), &err));
    CHECK(study_newest(&dir, &arena, world_path("out"), &err));
    CHECK_HAS(dir, "out/zebra");
    arena_free(&arena);
}

/* -- Predictions ---------------------------------------------------------- */

static Prediction item[2] = {
    { "a-1", "a", "huber", 1e5, 2e6, 3e12, 1.5, 1.4, 1.6 },
    { "b-2", "b", "squares", 2e5, 1e6, 3e12, 1.55, NAN, NAN },
};
static const PredictionList two = { .count = 2, .item = item };

static bool predict(const PredictionList *list, char hash[HASH_HEX], Err *err)
{
    *err = (Err){ 0 };
    return prediction_write(list, world_path("demo"), hash, err);
}

static bool predicted(PredictionList *out, Arena *arena, Err *err)
{
    *err = (Err){ 0 };
    return prediction_read(out, arena, world_path("demo"), err);
}

TEST(a_prediction_comes_back_as_it_was_written)
{
    Arena          arena = { 0 };
    PredictionList seen;
    Err            err;
    char           hash[HASH_HEX];
    CHECK(predicted(&seen, &arena, &err));
    CHECK(seen.count == 0);
    CHECK(predict(&two, hash, &err));
    CHECK(predicted(&seen, &arena, &err));
    if (!CHECK(seen.count == 2))
        return;
    CHECK_TEXT(seen.item[0].run_id, "a-1");
    CHECK_TEXT(seen.item[1].run_name, "b");
    CHECK_TEXT(seen.item[1].fit, "squares");
    CHECK(seen.item[0].n == 1e5 && seen.item[0].d == 2e6);
    CHECK(seen.item[0].c == 3e12 && seen.item[0].loss == 1.5);
    CHECK(seen.item[0].low == 1.4 && seen.item[0].high == 1.6);
    CHECK(isnan(seen.item[1].low) && isnan(seen.item[1].high));
    arena_free(&arena);
}

TEST(sha256sum_confirms_the_prediction)
{
    Err  err;
    char hash[HASH_HEX], command[2048];
    CHECK(predict(&two, hash, &err));
    snprintf(command, sizeof command, "cd '%s' && sha256sum -c --status "
             "prediction.sha256 && grep -q '^%s  ' prediction.sha256",
             world_path("demo"), hash);
    CHECK(system(command) == 0);
}

TEST(a_prediction_is_not_changed_after_the_fact)
{
    Arena          arena = { 0 };
    PredictionList seen;
    Err            err;
    char           hash[HASH_HEX], again[HASH_HEX];
    CHECK(predict(&two, hash, &err));
    CHECK(predict(&two, again, &err)); /* the same is no change */
    CHECK_TEXT(again, hash);

    Prediction better = item[0];
    better.loss = 1.51;
    const PredictionList other = { .count = 1, .item = &better };
    CHECK(!predict(&other, again, &err));
    CHECK_HAS(err.text, "not changed after the fact");
    CHECK(predicted(&seen, &arena, &err) && seen.item[0].loss == 1.5);

    world_edit(world_path("demo/prediction.json"), "\"loss\":1.5,",
               "\"loss\":1.6,");
    CHECK(!predicted(&seen, &arena, &err));
    CHECK_HAS(err.text, "changed after it was written");
    arena_free(&arena);
}

TEST(a_torn_prediction_is_not_mended_by_writing_it_again)
{
    Arena arena = { 0 };
    i64   size;
    Err   err;
    char  hash[HASH_HEX];
    CHECK(predict(&two, hash, &err));
    const char *path = arena_text(&arena, world_path("demo/prediction.json"));
    const char *text = world_read(&arena, &size, path);
    world_put(path, text, size - 1);
    CHECK(!predict(&two, hash, &err));
    CHECK_HAS(err.text, "stands already");
    arena_free(&arena);
}

/* Every state that kill -9 can leave: nothing; the seal alone; both. */
TEST(a_prediction_cut_off_being_written_is_written_the_same)
{
    Arena          arena = { 0 };
    PredictionList seen;
    Err            err;
    char           hash[HASH_HEX];
    CHECK(predict(&two, hash, &err));
    CHECK(unlink(world_path("demo/prediction.json")) == 0);
    CHECK(predicted(&seen, &arena, &err));
    CHECK(seen.count == 0);

    const PredictionList other = { .count = 1, .item = item };
    CHECK(!predict(&other, hash, &err));
    CHECK(predict(&two, hash, &err));
    CHECK(predicted(&seen, &arena, &err));
    CHECK(seen.count == 2);
    arena_free(&arena);
}

TEST(a_prediction_that_nothing_vouches_for_is_refused)
{
    Arena          arena = { 0 };
    PredictionList seen;
    Err            err;
    char           hash[HASH_HEX];
    CHECK(predict(&two, hash, &err));
    CHECK(unlink(world_path("demo/prediction.sha256")) == 0);
    CHECK(!predicted(&seen, &arena, &err));
    CHECK_HAS(err.text, "nothing vouches");
    arena_free(&arena);
}

TEST(a_prediction_cut_short_anywhere_is_refused)
{
    Arena arena = { 0 };
    i64   size;
    Err   err;
    char  hash[HASH_HEX];
    static const char *const file[] = { "prediction.json",
                                        "prediction.sha256" };
    CHECK(predict(&two, hash, &err));
    for (int f = 0; f < COUNT_OF(file); f++) {
        const char *path = arena_text(&arena, world_path("demo/%s", file[f]));
        const char *text = world_read(&arena, &size, path);
        for (i64 cut = 0; cut < size; cut++) {
            PredictionList seen;
            test_note("%s cut at byte %lld", file[f], (long long)cut);
            world_put(path, text, cut);
            CHECK(!predicted(&seen, &arena, &err));
        }
        world_put(path, text, size);
    }
    arena_free(&arena);
}
