/* corpus_prepare.c - any text of the user's own. Its name is that of the file
 * or folder, without endings. Whether it has to be prepared again is told by a
 * stamp of all its files (path, length, time), without reading them. */

#include "data/fetch.h"
#include "data/make.h"
#include "data/recipe.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Prepare {
    Arena            *arena;
    const CorpusRule *rule;
    const char       *from, *name;
    MakePaths         paths;
    Walk              files;
    Talk             *talk;
} Prepare;

/* -- The name -------------------------------------------------------------- */

static const char *without(Arena *arena, const char *name, const char *ending)
{
    const size_t size = strlen(name), tail = strlen(ending);
    if (size <= tail || strcmp(name + size - tail, ending))
        return name;
    return arena_print(arena, "%.*s", (int)(size - tail), name);
}

/* "/home/me/My book.txt.gz" -> "My-book" */
static const char *name_from(Arena *arena, const char *path)
{
    char *whole = realpath(path, NULL);
    char *text = arena_text(arena, whole ? whole : path);
    free(whole);
    const char *slash = strrchr(text, '/'), *name = slash ? slash + 1 : text;
    for (int i = 0; i < 2; i++) {
        name = without(arena, name, ".gz");
        name = without(arena, name, ".txt");
    }
    char *out = arena_print(arena, "%.60s", *name ? name : "root");
    for (char *c = out; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            *c = '-';
    if (out[0] == '.')
        out[0] = '-';
    return out;
}

bool corpus_name_check(const char *name, Err *err)
{
    if (!*name || strlen(name) > 60 || name[0] == '.' || strchr(name, '/'))
        return err_set(err, ERR_USAGE, "--name: '%.80s' cannot be the name of "
                       "a corpus; 1 to 60 characters, no '/', no '.' at the "
                       "beginning", name);
    if (recipe_known(name))
        return err_set(err, ERR_USAGE, "%s: a corpus of the catalogue has this "
                       "name; give another with --name=NAME", name);
    return true;
}

/* -- The files ------------------------------------------------------------- */

/* "txt" -> "*.txt" and "*.txt.gz" */
static TextList patterns(Arena *arena, const TextList *endings)
{
    const char **item = NEW(arena, const char *, 2 * endings->count + 1);
    i64          n = 0;
    for (i64 i = 0; i < endings->count; i++) {
        const char *ending = endings->item[i];
        ending += strspn(ending, "*");
        ending += strspn(ending, ".");
        item[n++] = arena_print(arena, "*.%s", ending);
        item[n++] = arena_print(arena, "*.%s.gz", ending);
    }
    return (TextList){ n, item };
}

static bool files_find(Prepare *p, Err *err)
{
    const WalkRule rule = {
        .like = patterns(p->arena, &p->rule->endings),
        .texts = !p->rule->binary,
    };
    if (!walk(&p->files, p->arena, p->from, &rule, err))
        return false;
    const char *left = walk_left_out(p->arena, &p->files);
    if (file_is_dir(p->from)) {
        char count[27], size[16];
        talk_say(p->talk, "%s: %s files, %s; left out: %s", p->from,
                 talk_count(count, p->files.count),
                 talk_bytes(size, p->files.bytes), left ? left : "none");
    }
    return p->files.count > 0
        || err_set(err, ERR_FORMAT, "%s: no text in this folder%s%s; give a "
                   "folder of text files, and --ext=ENDING if only some count",
                   p->from, left ? ": " : "", left ? left : "");
}

/* -- Both ------------------------------------------------------------------ */

static bool is_there(const Prepare *p, Talk *talk)
{
    Shard shard;
    if (!make_have(&shard, &p->paths, p->rule, talk))
        return false;
    const bool same = shard.stamp == p->files.stamp;
    talk_say(same ? p->talk : talk, same ? "%s: there already, and whole"
                           : "%s: of another text, or of files that have "
                             "changed; making it again", p->paths.shard);
    shard_close(&shard);
    return same;
}

static bool shard_make(const Prepare *p, Err *err)
{
    Shard          about = { .stamp = p->files.stamp };
    char          *whole = realpath(p->from, NULL);
    const MakeText text = {
        .name = p->name, .from = p->from,
        .count = p->files.count, .path = p->files.path,
        .bytes = p->files.bytes, .text = !p->rule->binary,
        .steps.end_line = file_is_dir(p->from),
    };
    snprintf(about.name, sizeof about.name, "%s", p->name);
    snprintf(about.source, sizeof about.source, "%s", whole ? whole : p->from);
    free(whole);
    return make_shard(&p->paths, &text, &about, p->rule, p->talk, err);
}

bool corpus_rule_check(const CorpusRule *rule, Err *err)
{
    return (rule->holdout >= 0.001 && rule->holdout <= 0.5)
        || err_set(err, ERR_USAGE, "--holdout: %g is not a share between "
                   "0.001 and 0.5; 0.05 is usual", rule->holdout);
}

bool corpus_prepare(const char **path, Arena *arena, const char *from,
                    const CorpusRule *rule, Talk *talk, Err *err)
{
    Prepare p = { .arena = arena, .rule = rule, .from = from, .talk = talk };
    int     lock;
    if (!corpus_rule_check(rule, err) || !files_find(&p, err))
        return false;
    p.name = rule->name ? rule->name : name_from(arena, from);
    if (!corpus_name_check(p.name, err))
        return false;
    p.paths = make_paths(arena, corpus_dir(rule->data_dir), p.name);
    *path = p.paths.shard;
    if (is_there(&p, NULL))
        return true;
    if (!make_lock(&lock, &p.paths, talk, err))
        return false;
    const bool done = is_there(&p, talk) || shard_make(&p, err);
    make_unlock(lock, &p.paths);
    return done;
}
