/* corpus.c - finding, opening and describing what is there (corpus.h); getting
 * it there is corpus_get.c and corpus_prepare.c. */

#include "data/corpus.h"

#include "data/make.h"
#include "data/recipe.h"
#include "data/tokenize.h"

#include <stdlib.h>
#include <string.h>

CorpusRule corpus_rule(void)
{
    return (CorpusRule){ .holdout = 0.05, .seed = 1 };
}

const char *corpus_dir(const char *given)
{
    if (given && *given)
        return given;
    const char *own = getenv("SCALELAW_DATA_DIR");
    return own && *own ? own : "data";
}

static bool ends_in(const char *text, const char *ending)
{
    const size_t size = strlen(text), tail = strlen(ending);
    return size > tail && !strcmp(text + size - tail, ending);
}

static bool load(Corpus *out, Arena *arena, const char *path, Err *err)
{
    *out = (Corpus){ .path = path };
    if (!shard_open(&out->shard, path, err))
        return false;
    const Shard *shard = &out->shard;
    if (shard->about[0])
        out->about = arena_text(arena, shard->about);
    if (shard->licence[0])
        out->licence = arena_text(arena, shard->licence);

    Yardstick *item = NEW(arena, Yardstick, SHARD_YARDSTICKS_MAX);
    for (int i = 0; i < shard->nyardstick; i++)
        item[i] = (Yardstick){ arena_text(arena, shard->yardstick[i].name),
                               shard->yardstick[i].bpb };
    out->nyardstick = shard->nyardstick;
    out->yardstick = item;
    return true;
}

static bool no_such(Arena *arena, const char *name, const char *dir, Err *err)
{
    const char **known;
    const int    nknown = recipe_names(&known, arena);
    const TextList there = corpus_prepared(arena, dir);
    const char  *near = conf_nearest(name, known, nknown);
    if (!near)
        near = conf_nearest(name, there.item, (int)there.count);
    if (near)
        return err_set(err, ERR_USAGE, "%s: no corpus, file or folder of that "
                       "name; did you mean %s?", name, near);
    return err_set(err, ERR_USAGE, "%s: no corpus, file or folder of that "
                   "name; scalelaw corpus list shows what there is", name);
}

bool corpus_open(Corpus *out, Arena *arena, const char *name,
                 const char *data_dir, Err *err)
{
    *out = (Corpus){ 0 };
    const char *dir = corpus_dir(data_dir);
    if (ends_in(name, ".shard") || (strchr(name, '/') && file_exists(name)))
        return load(out, arena, name, err);
    if (!strchr(name, '/')) {
        const char *path = make_paths(arena, dir, name).shard;
        if (file_exists(path))
            return load(out, arena, path, err);
    }
    if (recipe_known(name))
        return err_set(err, ERR_IO, "%s: not prepared in %s; scalelaw corpus "
                       "get %s does that", name, dir, name);
    if (file_exists(name))
        return err_set(err, ERR_IO, "%s: not prepared; scalelaw corpus prepare "
                       "%s does that", name, name);
    return no_such(arena, name, dir, err);
}

/* A name of the catalogue goes before a prepared one, which goes before a file
 * in the current folder; ./gcide is the file. */
bool corpus_need_as(Corpus *out, Arena *arena, const char *name,
                    const char *tokenizer, const char *data_dir, Talk *talk,
                    Err *err)
{
    *out = (Corpus){ 0 };
    CorpusRule  rule = corpus_rule();
    const char *path = name;
    rule.data_dir = data_dir;
    rule.any_split = true;

    if (!ends_in(name, ".shard")) {
        if (recipe_known(name)) {
            if (!corpus_get(&path, arena, name, &rule, talk, err))
                return false;
        } else if (!strchr(name, '/')
                   && file_exists(make_paths(arena, corpus_dir(data_dir),
                                             name).shard)) {
            path = make_paths(arena, corpus_dir(data_dir), name).shard;
        } else if (file_exists(name)) {
            if (!corpus_prepare(&path, arena, name, &rule, talk, err))
                return false;
        } else {
            return no_such(arena, name, corpus_dir(data_dir), err);
        }
    }
    return tokenize_shard(&path, arena, tokenizer, data_dir, talk, err)
        && load(out, arena, path, err);
}

bool corpus_need(Corpus *out, Arena *arena, const char *name,
                 const char *data_dir, Talk *talk, Err *err)
{
    return corpus_need_as(out, arena, name, NULL, data_dir, talk, err);
}

void corpus_close(Corpus *corpus)
{
    shard_close(&corpus->shard);
    *corpus = (Corpus){ 0 };
}

TextList corpus_prepared(Arena *arena, const char *data_dir)
{
    char **name;
    i64    count, n = 0;
    Err    none = { 0 };
    if (!dir_list(&name, &count, arena, corpus_dir(data_dir), &none))
        return (TextList){ 0 };
    const char **found = NEW(arena, const char *, count + 1);
    for (i64 i = 0; i < count; i++)
        if (ends_in(name[i], ".shard"))
            found[n++] = arena_print(arena, "%.*s",
                                     (int)(strlen(name[i]) - 6), name[i]);
    return (TextList){ n, found };
}
