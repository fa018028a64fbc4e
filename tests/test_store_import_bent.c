/* test_store_import_bent.c - no file at all makes a reader misbehave: samples of
 * every format with bytes changed, cut, doubled, put behind one another. Under
 * the sanitizers this is where memory is watched. */

#include "base/rng.h"
#include "tests/import_world.h"

typedef struct Sample { const char *name; Str bytes; } Sample;

enum { SAMPLES = 9, TRIALS = 1500 };

static void sample_text(Sample *s, const char *name, const char *text)
{
    s->name = name;
    str_put(&s->bytes, text);
}

static void samples_make(Sample *s)
{
    sample_text(&s[0], "csv", "params,tokens,\"loss, val\",who\r\n"
                "1e6,70B,3,\"a \"\"b\"\"\"\r\n2e6,1.4T,2.5,\"x\ny\"\r\n");
    sample_text(&s[1], "csv", "run,step,val_loss,params\na,1,5,1e6\na,2,4,1e6\n"
                "b,1,5,2e6\nb,2,nan,2e6\n");
    sample_text(&s[2], "wandb", "\"Step\",\"r - val/loss\",\"r - val/loss__MIN\","
                "\"q - val/loss\"\n\"0\",\"5\",\"5\",\"6\"\n\"1\",\"4\",\"4\",\"\"\n");
    sample_text(&s[3], "jsonl", "{\"id\":\"a\",\"config\":{\"n_params\":1e6,\"l\":"
                "[1,{\"x\":[]}]},\"tokens\":\"20M\",\"val_loss\":3}\n"
                "{\"id\":\"\\u00e9\\ud83d\\ude00\",\"tokens\":3e7,\"val_loss\":NaN}\n");
    sample_text(&s[4], "trainer_state", "{\"epoch\":1,\"log_history\":[{\"step\":1,"
                "\"loss\":4.5},{\"step\":1,\"eval_loss\":4.2,\"x\":{\"y\":[1]}},"
                "{\"step\":2,\"eval_loss\":3.9}],\"total_flos\":1.8e10,\"s\":\"t\"}");
    sample_text(&s[5], "llmc", "s:0 tel:11.0098\ns:1 trl:10.98 lr:0.000001 norm:5.2\n"
                "s:250 tel:6.4\ns:250 eval:0.2446\n");
    sample_text(&s[6], "nanochat", "flops_budget,depth,params_total,num_iterations,"
                "tokens_trained,val_bpb\n1e18,8,8.5e7,1000,5e8,1.05\n");
    s[7].name = "tensorboard";
    put_run(&s[7].bytes, 3);
    sample_text(&s[8], "csv", "a;b\tc;;d\n1,5;\"2\";;x\n;;;\n");
}

/* A few bytes changed; sometimes a part cut out, doubled, or the end lost. */
static char *bent(i64 *count, const Str *sample, u64 key)
{
    static const char odd[] = "\",;\t\n\r{}[]:\\ -_.eE0919nN";
    const i64 size = sample->size;
    char     *out = NEW(&arena, char, 2 * size + 1);
    memcpy(out, sample->text, (size_t)size);
    *count = size;
    for (u64 k = 0; k < 1 + key % 4; k++) {
        const u64 at = key * 64 + 8 * k;
        out[rng_below(11, RNG_TEST, at, size)] =
            rng_below(11, RNG_TEST, at + 1, 3)
                ? odd[rng_below(11, RNG_TEST, at + 2, (i64)sizeof odd - 1)]
                : (char)rng_below(11, RNG_TEST, at + 2, 256);
    }
    const i64 from = rng_below(11, RNG_TEST, key * 64 + 40, size);
    const i64 part = rng_below(11, RNG_TEST, key * 64 + 41, size - from) + 1;
    if (key % 5 == 1)
        *count = from;
    if (key % 5 == 2) {
        memmove(out + from, out + from + part, (size_t)(size - from - part));
        *count = size - part;
    }
    if (key % 5 == 3) {
        memmove(out + from + part, out + from, (size_t)(size - from));
        *count = size + part;
    }
    return out;
}

/* A table that was read holds together. */
static bool is_whole(const Table *t)
{
    u64 sum = 0;
    for (int c = 0; c < t->ncol; c++)
        for (i64 row = 0; row < t->nrow; row++)
            sum += t->column[c][row] > 0;
    for (int c = 0; c < t->ntext; c++)
        for (i64 row = 0; row < t->nrow; row++)
            sum += strlen(t->text[c][row]);
    for (i64 row = 0; row < t->nrow; row++)
        sum += strlen(t->label[row]);
    return sum < 1000000;
}

static void bent_try(const Sample *s, u64 key, i64 *read, i64 *refused)
{
    static const char *const need[] = { "N", "loss" };
    i64         count;
    Table       t;
    Err         err = { 0 };
    Str         said = { 0 };
    const char *bytes = bent(&count, &s->bytes, key);
    const char *path = world_bytes("bent", bytes, count);
    const ImportOptions options = {
        .format = key % 3 ? s->name : NULL, .skip_bad = key % 2,
        .curves = key / 2 % 2, .where = key % 7 ? NULL : "step > 1",
    };
    test_note("%s, key %llu", s->name, (unsigned long long)key);
    if (import_table(&t, &said, &arena, path, &options, need,
                     key % 11 ? 0 : 2, &err)) {
        ++*read;
        CHECK(is_whole(&t));
        Str out = { 0 };
        import_write_csv(&t, &out);
        import_write_jsonl(&t, &out);
        str_free(&out);
    } else {
        ++*refused;
        CHECK(err.text[0] && (err.kind == ERR_FORMAT || err.kind == ERR_USAGE));
    }
    str_free(&said);
    world_end();
}

TEST(thirteen_thousand_bent_files_are_read_or_refused_in_words)
{
    Sample sample[SAMPLES] = { { NULL, { 0 } } };
    samples_make(sample);
    for (int i = 0; i < SAMPLES; i++) {
        i64 read = 0, refused = 0;
        for (u64 trial = 0; trial < TRIALS; trial++)
            bent_try(&sample[i], (u64)i * TRIALS + trial, &read, &refused);
        test_note("sample %d: %lld read, %lld refused", i, (long long)read,
                  (long long)refused);
        CHECK(read > TRIALS / 20 && refused > TRIALS / 50);
        str_free(&sample[i].bytes);
    }
}

/* Bending with checksums made right again reaches the reader of messages. */
TEST(bent_messages_with_right_checksums_are_read_or_refused)
{
    i64 read = 0;
    for (u64 trial = 0; trial < 4000; trial++) {
        Str   file = { 0 }, value = { 0 }, tensor = { 0 };
        Table t;
        put_string(&tensor, 2, "");
        put_double(&tensor, 6, 2.5);
        put_varint(&tensor, 1 << 3);
        put_varint(&tensor, 2);
        put_string(&value, 1, "val_loss");
        put_message(&value, 8, &tensor);
        put_hparam(&value, "params", 1e6);
        i64   count;
        char *bytes = bent(&count, &value, trial);
        const Str bent_value = { .text = bytes, .size = count };
        put_scalar(&file, 1, "tokens", 5);
        put_event(&file, 2, &bent_value);
        const char *path = world_bytes("e", file.text, file.size);
        test_note("trial %llu", (unsigned long long)trial);
        if (CHECK(!*world_import(&t, path, NULL, NULL, 0)))
            read += t.nrow >= 1 && is_whole(&t);
        Str *all[] = { &file, &value, &tensor };
        for (int i = 0; i < COUNT_OF(all); i++)
            str_free(all[i]);
        world_end();
    }
    CHECK(read == 4000);
}
