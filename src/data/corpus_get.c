/* corpus_get.c - a corpus of the catalogue: from the machine if its package is
 * installed, else from the package, downloaded and unpacked beside the data. */

#include "data/fetch.h"
#include "data/make.h"
#include "data/recipe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Get {
    Arena            *arena;
    const Recipe     *recipe;
    const CorpusRule *rule;
    MakePaths         paths;
    Talk             *talk;
} Get;

/* All files of the recipe under a root: "" for the machine itself. */
static bool files_find(MakeText *out, const Get *get, const char *root,
                       Err *err)
{
    const Recipe *recipe = get->recipe;
    Walk         *part = NEW(get->arena, Walk, recipe->paths.count);
    i64           count = 0, bytes = 0;
    for (i64 i = 0; i < recipe->paths.count; i++) {
        const char *path = arena_print(get->arena, "%s/%s", root,
                                       recipe->paths.item[i]);
        if (!walk(&part[i], get->arena, path, &recipe->rule, err))
            return false;
        if (part[i].unreadable)
            return err_set(err, ERR_IO, "%s: cannot be read",
                           part[i].unreadable_first);
        count += part[i].count;
        bytes += part[i].bytes;
    }
    const char **path = NEW(get->arena, const char *, count + 1);
    for (i64 i = 0, at = 0; i < recipe->paths.count; at += part[i++].count)
        if (part[i].count)
            memcpy(path + at, part[i].path,
                   (size_t)part[i].count * sizeof *path);
    out->path = path;
    out->count = count;
    out->bytes = bytes;
    return count > 0
        || err_set(err, ERR_FORMAT, "%s: the package %s holds none of its "
                   "files", recipe->name, recipe->package);
}

/* What the recipe says of the text; its files are still to be told. */
static void about_set(Shard *about, MakeText *text, const Get *get,
                      const char *source)
{
    const Recipe *recipe = get->recipe;
    *about = (Shard){ 0 };
    *text = (MakeText){
        .name = recipe->name, .from = recipe->name, .steps = recipe->steps,
        .sha256 = recipe->sha256, .expect = recipe->bytes,
        .fixed = recipe->fixed, .nyardstick = recipe->nyardstick,
        .yardstick = recipe->yardstick,
    };
    snprintf(about->name, sizeof about->name, "%s", recipe->name);
    snprintf(about->about, sizeof about->about, "%s", recipe->about);
    snprintf(about->licence, sizeof about->licence, "%s", recipe->licence);
    snprintf(about->source, sizeof about->source, "%s", source);
}

static bool shard_from(const Get *get, const char *root, const char *source,
                       Err *err)
{
    Shard    about;
    MakeText text;
    about_set(&about, &text, get, source);
    return files_find(&text, get, root, err)
        && make_shard(&get->paths, &text, &about, get->rule, get->talk, err);
}

static bool is_installed(const Get *get)
{
    for (i64 i = 0; i < get->recipe->paths.count; i++)
        if (!file_exists(arena_print(get->arena, "/%s",
                                     get->recipe->paths.item[i])))
            return false;
    return true;
}

/* Whether what is installed would do. It may be another version: then the
 * package is fetched after all, and nothing has been lost but a second. */
static bool from_machine(const Get *get, bool *done, Err *err)
{
    *done = false;
    if (!is_installed(get))
        return true;
    const char *source = arena_print(get->arena, "installed files of the "
                                     "Debian package %s",
                                     get->recipe->package);
    talk_say(get->talk, "%s: taking the %s", get->recipe->name, source);
    *done = shard_from(get, "", source, err);
    if (*done || err->kind != ERR_FORMAT)
        return *done;
    talk_say(get->talk, "%.*s", (int)strcspn(err->text, ";"), err->text);
    *err = (Err){ 0 };
    return true;
}

static bool from_package(const Get *get, Err *err)
{
    const Recipe *recipe = get->recipe;
    const char   *root = arena_print(get->arena, "%s/root", get->paths.work);
    const char   *source;
    /* The package, what is in it (no smaller), its text, and the shard. */
    const i64 bytes = 2 * recipe->package_bytes + 2 * recipe->bytes;
    if (!make_room(&get->paths, bytes, err)
        || !fetch_package(&source, get->arena, recipe->package,
                          recipe->package_bytes, get->paths.cache,
                          get->paths.work, root, get->talk, err))
        return err_add(err, "%s", recipe->name);
    return shard_from(get, root, source, err);
}

static bool is_there(const Get *get, Talk *talk)
{
    Shard shard;
    if (!make_have(&shard, &get->paths, get->rule, talk))
        return false;
    const bool same = !strcmp(shard.name, get->recipe->name)
        && (!get->recipe->fixed || !strcmp(shard.sha256, get->recipe->sha256));
    if (same)
        talk_say(get->talk, "%s: there already, and whole (%s)", shard.name,
                 get->paths.shard);
    else
        talk_say(talk, "%s: another text; making it again",
                 get->paths.shard);
    shard_close(&shard);
    return same;
}

/* -- Drawn from a source ----------------------------------------------------- */

/* So many products of its filter are a few seconds; and no more letters than
 * the error needs, which falls as their root. */
static i64 sample_letters(const Source *s)
{
    const double most = 1e7, work = 5e9;
    const double letter = (double)s->states
        * (double)(s->rule.letters + (s->rule.hidden ? s->states : 0));
    return (i64)fmin(most, work / letter);
}

static void entropy_set(Shard *about, const Source *source)
{
    SourceEntropy e;
    source_entropy(&e, source, sample_letters(source));
    about->entropy_nats = e.nats;
    about->entropy_se = e.se;
    for (int j = 0; j < SHARD_CONTEXTS; j++)
        about->entropy_after[j] = e.after[j + 1];
}

static bool from_source(const Get *get, Err *err)
{
    const Recipe     *recipe = get->recipe;
    const SourceRule *rule = &recipe->source;
    const char *path = arena_print(get->arena, "%s/%s.txt", get->paths.work,
                                   recipe->name);
    Source source;
    if (!make_room(&get->paths, 2 * recipe->bytes, err)
        || !dir_make(get->paths.work, err)
        || !source_make(&source, get->arena, rule, err))
        return err_add(err, "%s", recipe->name);
    talk_say(get->talk, "%s: drawing the text, and the entropy of what it was "
             "drawn from", recipe->name);
    if (!source_write(&source, path, recipe->bytes, err))
        return false;

    Shard    about;
    MakeText text;
    about_set(&about, &text, get, rule->hidden
              ? arena_print(get->arena, "hidden Markov source: %lld states, "
                            "%lld letters, seed %llu, noise %g",
                            (long long)rule->states, (long long)rule->letters,
                            (unsigned long long)rule->seed, rule->noise)
              : arena_print(get->arena, "Markov source: order %lld, %lld "
                            "letters, seed %llu, noise %g",
                            (long long)rule->order, (long long)rule->letters,
                            (unsigned long long)rule->seed, rule->noise));
    text.count = 1;
    text.path = &path;
    text.bytes = recipe->bytes;
    entropy_set(&about, &source);
    return make_shard(&get->paths, &text, &about, get->rule, get->talk, err);
}

static bool get_locked(const Get *get, Err *err)
{
    /* Another process may have made it while this one waited. */
    bool done = is_there(get, get->talk);
    if (done)
        return true;
    if (get->recipe->made)
        return from_source(get, err);
    return from_machine(get, &done, err) && (done || from_package(get, err));
}

bool corpus_get(const char **path, Arena *arena, const char *name,
                const CorpusRule *rule, Talk *talk, Err *err)
{
    Recipe    recipe;
    int       lock;
    const Get get = { arena, &recipe, rule, make_paths(arena,
                      corpus_dir(rule->data_dir), name), talk };
    if (!recipe_load(&recipe, arena, name, err))
        return false;
    *path = get.paths.shard;
    if (file_exists(get.paths.shard) && is_there(&get, NULL))
        return true;
    talk_say(talk, "%s: %s (licence %s)", recipe.name, recipe.about,
             recipe.licence);
    if (!make_lock(&lock, &get.paths, talk, err))
        return false;
    const bool done = get_locked(&get, err);
    make_unlock(lock, &get.paths);
    return done;
}
