/* corpus_show.c - see corpus_show.h. */

#include "cli/corpus_show.h"

#include "base/jot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double bits = 1 / M_LN2; /* of a nat */

static void print(Str *text)
{
    puts(text->text);
    str_free(text);
}

/* -- One ------------------------------------------------------------------- */

static void yardsticks_jot(Jot *j, const ShardYardstick *yardstick, int count)
{
    jot_array(j, "yardsticks");
    for (int i = 0; i < count; i++) {
        jot_object(j, NULL);
        jot_text(j, "name", yardstick[i].name);
        jot_real(j, "bits_per_byte", yardstick[i].bpb);
        jot_end(j);
    }
    jot_end(j);
}

/* What is not known is null. */
static const char *known(const char *text)
{
    return text[0] ? text : NULL;
}

static void corpus_jot(const Corpus *corpus)
{
    const Shard *s = &corpus->shard;
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "name", s->name);
    jot_text(&j, "about", known(s->about));
    jot_text(&j, "licence", known(s->licence));
    jot_text(&j, "source", known(s->source));
    jot_text(&j, "shard", corpus->path);
    jot_text(&j, "sha256", s->sha256);
    jot_real(&j, "bytes", s->source_bytes ? (double)s->source_bytes : NAN);
    jot_text(&j, "tokenizer", s->tokenizer);
    jot_text(&j, "tokenizer_sha256", known(s->tokenizer_sha256));
    jot_count(&j, "vocab", s->vocab);
    jot_count(&j, "train_tokens", s->train_count);
    jot_count(&j, "val_tokens", s->val_count);
    jot_real(&j, "val_bytes_per_token", s->val_bytes_per_token);
    jot_real(&j, "holdout", s->holdout);
    jot_count(&j, "block_bytes", s->block_bytes);
    jot_count(&j, "split_seed", (i64)s->seed);
    jot_real(&j, "unigram_nats", s->unigram_nats);
    jot_real(&j, "entropy_nats", s->entropy_nats);
    jot_real(&j, "entropy_se", s->entropy_se);
    yardsticks_jot(&j, s->yardstick, s->nyardstick);
    jot_end(&j);
    print(&text);
}

static void line(const char *what, const char *value)
{
    if (value && value[0])
        printf("  %-16s %s\n", what, value);
}

static void yardsticks_print(const ShardYardstick *yardstick, int count)
{
    for (int i = 0; i < count; i++)
        printf("  %-16s %.3f bits per byte\n", yardstick[i].name,
               yardstick[i].bpb);
}

static void tokens_print(const Shard *s)
{
    char train[27], val[27];
    const double all = (double)(s->train_count + s->val_count);
    printf("  %-16s %s to train on, %s held out (%.2f %%)\n", "tokens",
           talk_count(train, s->train_count), talk_count(val, s->val_count),
           100 * (double)s->val_count / all);
    if (s->block_bytes)
        printf("  %-16s blocks of about %lld bytes, by hash (seed %llu)\n",
               "held out", (long long)s->block_bytes,
               (unsigned long long)s->seed);
    else
        line("held out", "as the files had it");
    if (isnan(s->val_bytes_per_token))
        line("bytes a token", "not known: the tokens were given, without "
                              "their text");
    else if (strcmp(s->tokenizer, "byte") != 0)
        printf("  %-16s %.4f in the held-out text\n", "bytes a token",
               s->val_bytes_per_token);
    printf("  %-16s %.3f bits a token (%.4f nats)\n", "single tokens",
           s->unigram_nats * bits, s->unigram_nats);
}

/* Of a source that is known: what no model can pass. */
static void entropy_print(const Shard *s)
{
    if (isnan(s->entropy_nats))
        return;
    printf("  %-16s %.5f nats a token", "known entropy", s->entropy_nats);
    if (s->entropy_se > 0)
        printf(", standard error %.1g", s->entropy_se);
    printf("; %.5f given one token before it, %.5f given two\n",
           s->entropy_after[0], s->entropy_after[1]);
    printf("  %-16s %.5f nats a token is the least loss\n", "at context 32",
           shard_floor(s, 32));
}

void corpus_show(const Corpus *corpus, bool json)
{
    const Shard *s = &corpus->shard;
    char         bytes[27];
    if (json) {
        corpus_jot(corpus);
        return;
    }
    puts(s->name);
    line("about", s->about);
    line("licence", s->licence);
    line("source", s->source);
    line("shard", corpus->path);
    line("SHA-256", s->sha256);
    printf("  %-16s %s%s; %s tokens, vocabulary %lld\n", "text",
           s->source_bytes ? talk_count(bytes, s->source_bytes) : "not known",
           s->source_bytes ? " bytes" : "", s->tokenizer,
           (long long)s->vocab);
    tokens_print(s);
    entropy_print(s);
    yardsticks_print(s->yardstick, s->nyardstick);
}

static void recipe_jot(Jot *j, const Recipe *recipe, const char *state)
{
    jot_object(j, NULL);
    jot_text(j, "name", recipe->name);
    jot_text(j, "state", state);
    jot_text(j, "about", recipe->about);
    jot_text(j, "licence", recipe->licence);
    jot_text(j, "package", recipe->package);
    jot_real(j, "package_bytes", recipe->made
                                 ? NAN : (double)recipe->package_bytes);
    jot_count(j, "bytes", recipe->bytes);
    jot_text(j, "sha256", recipe->sha256);
    yardsticks_jot(j, recipe->yardstick, recipe->nyardstick);
    jot_end(j);
}

void corpus_show_recipe(const Recipe *recipe, bool json)
{
    char bytes[27], size[16];
    if (json) {
        Str text = { 0 };
        Jot j = jot_open(&text);
        recipe_jot(&j, recipe, "not prepared");
        print(&text);
        return;
    }
    printf("%s (not prepared: scalelaw corpus get %s)\n", recipe->name,
           recipe->name);
    line("about", recipe->about);
    line("licence", recipe->licence);
    if (recipe->made)
        line("source", "drawn here, from a source of known entropy");
    else
        printf("  %-16s Debian package %s, %s to download\n", "source",
               recipe->package, talk_bytes(size, recipe->package_bytes));
    line("SHA-256", recipe->sha256);
    printf("  %-16s %s bytes\n", "text", talk_count(bytes, recipe->bytes));
    yardsticks_print(recipe->yardstick, recipe->nyardstick);
}

/* -- All ------------------------------------------------------------------- */

typedef struct Row {
    const char *name, *licence, *about;
    const char *state;  /* "ready", "to get", or what is wrong with it */
    i64         bytes;
    Recipe      recipe; /* of the catalogue, where recipe.name is set  */
} Row;

static void state_find(Row *row, Arena *arena, const char *dir)
{
    Shard       shard;
    Err         why = { 0 };
    const char *path = arena_print(arena, "%s/%s.shard", dir, row->name);
    if (!file_exists(path)) {
        row->state = "to get";
        return;
    }
    if (!shard_peek(&shard, path, &why)) {
        row->state = "damaged";
        return;
    }
    row->state = "ready";
    row->bytes = shard.source_bytes;
    if (!row->recipe.name) {
        row->licence = arena_text(arena, shard.licence);
        row->about = arena_text(arena, shard.source);
    }
}

static bool is_in(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}

static bool rows_find(Row **out, int *count, Arena *arena, const char *dir,
                      Err *err)
{
    const char   **known_name;
    const int      nknown = recipe_names(&known_name, arena);
    const TextList there = corpus_prepared(arena, dir);
    Row           *row = NEW(arena, Row, nknown + there.count + 1);
    *out = row;
    *count = 0;
    for (int i = 0; i < nknown; i++) {
        Row *r = &row[(*count)++];
        if (!recipe_load(&r->recipe, arena, known_name[i], err))
            return false;
        r->name = known_name[i];
        r->licence = r->recipe.licence;
        r->about = r->recipe.about;
        r->bytes = r->recipe.bytes;
        state_find(r, arena, dir);
    }
    for (i64 i = 0; i < there.count; i++)
        if (!is_in(there.item[i], known_name, nknown)) {
            Row *r = &row[(*count)++];
            r->name = there.item[i];
            state_find(r, arena, dir);
        }
    return true;
}

static void row_jot(Jot *j, const Row *row)
{
    if (row->recipe.name) {
        recipe_jot(j, &row->recipe, row->state);
        return;
    }
    jot_object(j, NULL);
    jot_text(j, "name", row->name);
    jot_text(j, "state", row->state);
    jot_text(j, "source", row->about);
    jot_count(j, "bytes", row->bytes);
    jot_end(j);
}

static void rows_print(const Row *row, int count, const char *dir)
{
    printf("%-14s %13s  %-8s %-16s %s\n", "NAME", "BYTES", "STATE", "LICENCE",
           "ABOUT");
    for (int i = 0; i < count; i++) {
        char        bytes[27];
        const char *licence = row[i].licence;
        printf("%-14s %13s  %-8s %-16s %s\n", row[i].name,
               row[i].bytes ? talk_count(bytes, row[i].bytes) : "-",
               row[i].state, licence && licence[0] ? licence : "-",
               row[i].about ? row[i].about : "-");
    }
    printf("in %s; scalelaw corpus get NAME fetches one, scalelaw corpus "
           "prepare FILE takes your own\n", dir);
}

bool corpus_show_list(Arena *arena, const char *data_dir, bool json, Err *err)
{
    const char *dir = corpus_dir(data_dir);
    Row        *row;
    int         count;
    if (!rows_find(&row, &count, arena, dir, err))
        return false;
    if (!json) {
        rows_print(row, count, dir);
        return true;
    }
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_array(&j, NULL);
    for (int i = 0; i < count; i++)
        row_jot(&j, &row[i]);
    jot_end(&j);
    print(&text);
    return true;
}

/* -- Synthetic ------------------------------------------------------------- */

static void synth_jot(const Synth *synth, const char *path, i64 bytes)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "path", path);
    jot_count(&j, "bytes", bytes);
    jot_count(&j, "order", synth->order);
    jot_count(&j, "letters", synth->letters);
    jot_count(&j, "seed", (i64)synth->seed);
    jot_real(&j, "entropy_nats", synth->entropy_nats[synth->order]);
    jot_array(&j, "entropy_nats_by_context");
    for (int i = 0; i <= synth->order; i++)
        jot_real(&j, NULL, synth->entropy_nats[i]);
    jot_end(&j);
    jot_end(&j);
    print(&text);
}

void corpus_show_synth(const Synth *synth, const char *path, i64 bytes,
                       bool json)
{
    char count[27];
    if (json) {
        synth_jot(synth, path, bytes);
        return;
    }
    printf("%s: %s bytes, %d letters, each depending on the %d before it\n",
           path, talk_count(count, bytes), synth->letters, synth->order);
    for (int i = 0; i <= synth->order; i++)
        printf("  knowing %d before  %.6f nats a byte (%.4f bits)%s\n", i,
               synth->entropy_nats[i], synth->entropy_nats[i] * bits,
               i == synth->order ? ", or any more" : "");
}
