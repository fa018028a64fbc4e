/* make_shard.c - from files to a shard (make.h).
 *
 * The text passes twice. The first pass unpacks, joins, measures and hashes
 * it, and leaves a plain copy on disk; one plain file is its own copy. The
 * second cuts the mapped copy into blocks and writes them out, training blocks
 * first. Neither holds more than a hundred megabytes, however long it is. */

#include "data/make.h"

#include "data/measure.h"
#include "data/pages.h"
#include "data/split.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* -- First pass: measure --------------------------------------------------- */

/* One plain file needs no copy: it can be mapped where it lies. */
static bool needs_copy(const MakeText *text)
{
    u8         head[2] = { 0 };
    if (text->count != 1 || !pour_plain(&text->steps))
        return true;
    FILE      *file = fopen(text->path[0], "rbe");
    const bool gzip = file && fread(head, 1, 2, file) == 2
                   && head[0] == 0x1f && head[1] == 0x8b;
    if (file)
        fclose(file);
    return gzip;
}

static bool pour_all(Measure *m, const MakeText *text, Err *err)
{
    const PourSink sink = { m, measure_take };
    for (i64 i = 0; i < text->count; i++)
        if (!pour_file(text->path[i], &text->steps, &sink, err))
            return false;
    return true;
}

static bool measure_all(Measure *m, const MakeText *text, const char *copy,
                        Talk *talk, Err *err)
{
    if (!measure_open(m, copy, !text->fixed, err))
        return false;
    char what[96];
    snprintf(what, sizeof what, "%s: reading", text->name);
    m->talk = talk;
    m->pass = talk_pass(what, text->bytes);
    const bool done = pour_all(m, text, err);
    measure_close(m);
    return done;
}

/* -- What the text must be ------------------------------------------------- */

static bool is_text(const Measure *m, const MakeText *text, Err *err)
{
    if (!text->text || !pour_counts_binary(m->count))
        return true;
    u8          head[8] = { 0 };
    const i64   size = pour_peek(head, sizeof head, text->path[0]);
    const char *packed = pour_packed_by(head, size);
    if (packed)
        return err_set(err, ERR_FORMAT, "%s: packed by %s, which is not read "
                       "here; unpack it first", text->path[0], packed);
    char nul[27];
    return err_set(err, ERR_FORMAT, "%s: not text (%s NUL bytes%s); convert it "
                   "(iconv, if it is UTF-16), or give --binary to take the "
                   "bytes as they are", text->from,
                   talk_count(nul, m->count[0]),
                   m->count[0] ? "" : ", but many control characters");
}

static bool is_long_enough(const Measure *m, const MakeText *text,
                           const CorpusRule *rule, Err *err)
{
    char      has[27], wants[27];
    const i64 least = split_bytes_least(rule->holdout);
    if (m->bytes == 0)
        return err_set(err, ERR_FORMAT, "%s: empty; at least %s bytes of text "
                       "are needed", text->from, talk_count(wants, least));
    if (m->bytes >= least)
        return true;
    return err_set(err, ERR_FORMAT, "%s: %s bytes of text; at least %s are "
                   "needed to hold out 16 windows of 256 bytes at "
                   "--holdout=%g", text->from, talk_count(has, m->bytes),
                   talk_count(wants, least), rule->holdout);
}

static bool is_expected(const Measure *m, const MakeText *text, Talk *talk,
                        Err *err)
{
    if (!text->sha256)
        return true;
    if (!strcmp(m->sha256, text->sha256)) {
        talk_say(talk, "%s: SHA-256 %.16s..., as it should be", text->name,
                 m->sha256);
        return true;
    }
    if (!text->fixed) {
        talk_say(talk, "%s: another version than the catalogue knows (SHA-256 "
                 "%.16s...); taken as it is", text->name, m->sha256);
        return true;
    }
    char has[27], wants[27];
    return err_set(err, ERR_FORMAT, "%s: not the text it should be: %s bytes "
                   "with SHA-256 %.16s..., and %s bytes with %.16s... are "
                   "expected; another version of the package, which scalelaw "
                   "corpus prepare FILE --name=NAME takes as it is", text->name,
                   talk_count(has, m->bytes), m->sha256,
                   talk_count(wants, text->expect), text->sha256);
}

/* -- Second pass: write ---------------------------------------------------- */

typedef struct Writing {
    ShardWriter writer;
    i64         count[256]; /* of the training tokens */
    Talk       *talk;
    TalkPass    pass;
} Writing;

static bool put(Writing *w, const u8 *text, i64 from, i64 to, bool train,
                Err *err)
{
    for (i64 i = from; i < to && train; i++)
        w->count[text[i]]++;
    talk_at(w->talk, &w->pass, w->writer.count);
    return from == to
        || shard_write_put(&w->writer, text + from, to - from, err);
}

/* All training blocks, or all held-out ones, neighbours at once. */
static bool put_half(Writing *w, const u8 *text, const Split *split, bool held,
                     Err *err)
{
    i64 from = 0, behind = 0, at = 0;
    for (i64 i = 0; i < split->count; i++) {
        if (split_is_held(split, i) != held) {
            if (!put(w, text, from, at, !held, err))
                return false;
            from = split->end[i];
        }
        at = split->end[i];
        pages_let_go(text, &behind, from);
    }
    return put(w, text, from, at, !held, err);
}

static double entropy_nats(const i64 count[256], i64 all)
{
    double sum = 0;
    for (int b = 0; b < 256; b++)
        if (count[b]) {
            const double p = (double)count[b] / (double)all;
            sum -= p * log(p);
        }
    return sum;
}

static bool write_all(Writing *w, const u8 *text, const Split *split,
                      Shard *about, Err *err)
{
    if (!put_half(w, text, split, false, err))
        return false;
    about->train_count = w->writer.count;
    if (!put_half(w, text, split, true, err))
        return false;
    about->val_count = w->writer.count - about->train_count;
    about->unigram_nats = entropy_nats(w->count, about->train_count);
    return shard_write_close(&w->writer, about, err);
}

static void said(const Shard *about, const Split *split, Talk *talk)
{
    char train[27], val[27], held[27];
    talk_say(talk, "%s: %s tokens to train on, %s held out (%s blocks of about "
             "%lld bytes, spread over the text)", about->name,
             talk_count(train, about->train_count),
             talk_count(val, about->val_count), talk_count(held, split->held),
             (long long)split->block_bytes);
}

static bool write_shard(const MakePaths *paths, const FileMap *map,
                        Shard *about, const CorpusRule *rule, Talk *talk,
                        Err *err)
{
    Arena       scratch = { 0 };
    Writing     w = { .talk = talk };
    const Split split = split_text(&scratch, map, rule->holdout,
                                   rule->seed);
    char what[96];
    snprintf(what, sizeof what, "%s: writing", about->name);
    w.pass = talk_pass(what, map->count);
    about->block_bytes = split.block_bytes;
    const bool done = shard_write_open(&w.writer, paths->shard, 1, err)
                   && write_all(&w, map->bytes, &split, about, err);
    shard_write_drop(&w.writer);
    if (done)
        said(about, &split, talk);
    arena_free(&scratch);
    return done;
}

/* -- Both ------------------------------------------------------------------ */

static void yardsticks_set(Shard *about, const Measure *m,
                           const MakeText *text)
{
    ShardYardstick *to = about->yardstick;
    if (text->sha256 && !strcmp(text->sha256, m->sha256)) {
        about->nyardstick = text->nyardstick;
        for (int i = 0; i < text->nyardstick; i++)
            to[i] = text->yardstick[i];
        return;
    }
    about->nyardstick = 1;
    to->bpb = m->gzip_bpb;
    snprintf(to->name, sizeof to->name, "gzip -9%s",
             m->bytes > MEASURE_GZIP_BYTES ? " (first 16 MB)" : "");
}

static void fields_set(Shard *about, const Measure *m, const MakeText *text,
                       const CorpusRule *rule)
{
    memcpy(about->tokenizer, "byte", 5);
    memcpy(about->sha256, m->sha256, sizeof about->sha256);
    about->source_bytes = m->bytes;
    about->vocab = 256;
    about->val_bytes_per_token = 1;
    about->token_bytes = 1;
    about->holdout = rule->holdout;
    about->seed = rule->seed;
    yardsticks_set(about, m, text);
}

/* What was measured and what is mapped must be one text. */
static bool same_text(const FileMap *map, const Measure *m, const char *path,
                      Err *err)
{
    return map->count == m->bytes
        || err_set(err, ERR_IO, "%s: it changed while it was read; try again "
                   "when nobody writes to it", path);
}

bool make_shard(const MakePaths *paths, const MakeText *text, Shard *about,
                const CorpusRule *rule, Talk *talk, Err *err)
{
    Measure     m;
    FileMap     map = { 0 };
    const bool  copied = needs_copy(text);
    const char *from = copied ? paths->text : text->path[0];
    const i64   least = text->expect ? text->expect : text->bytes;
    char        size[27];
    if (!make_room(paths, copied ? 2 * least : least, err)
        || !measure_all(&m, text, copied ? paths->text : NULL, talk, err))
        return false;
    talk_say(talk, "%s: %s bytes of text", text->name,
             talk_count(size, m.bytes));
    if (!is_expected(&m, text, talk, err) || !is_text(&m, text, err)
        || !is_long_enough(&m, text, rule, err) || !file_map(&map, from, err))
        return false;

    fields_set(about, &m, text, rule);
    const bool done = same_text(&map, &m, from, err)
                   && write_shard(paths, &map, about, rule, talk, err);
    file_unmap(&map);
    return done;
}
