/* chosen.c - see chosen.h. */

#include "cli/chosen.h"

#include "base/file.h"
#include "cli/runs_place.h"
#include "cli/train_opts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* -- Finding the folder ---------------------------------------------------- */

typedef struct Found {
    Arena      *arena;
    const char *name, *dir, *other; /* what begins so; a second that does */
    double      written;
} Found;

/* A whole name is worth more than any beginning. */
static void look(Found *f, const char *runs)
{
    char **name;
    i64    count;
    Err    none = { 0 };
    if (!dir_list(&name, &count, f->arena, runs, &none))
        return;
    for (i64 i = 0; i < count; i++) {
        const char *path = arena_print(f->arena, "%s/%s", runs, name[i]);
        if (strncmp(name[i], f->name, strlen(f->name)) != 0
            || !file_exists(arena_print(f->arena, "%s/run.json", path)))
            continue;
        if (f->dir)
            f->other = path;
        else
            f->dir = path;
        if (!strcmp(name[i], f->name)) {
            f->dir = path;
            f->other = NULL;
            return;
        }
    }
}

static void look_everywhere(Found *f, void (*at)(Found *f, const char *runs))
{
    char **name;
    i64    count;
    Err    none = { 0 };
    if (!dir_list(&name, &count, f->arena, "out", &none))
        return;
    for (i64 i = 0; i < count; i++)
        at(f, arena_print(f->arena, "out/%s/runs", name[i]));
}

/* Which checkpoint was written last. */
static void look_newest(Found *f, const char *runs)
{
    char **name;
    i64    count;
    Err    none = { 0 };
    if (!dir_list(&name, &count, f->arena, runs, &none))
        return;
    for (i64 i = 0; i < count; i++) {
        struct stat is;
        const char *path = arena_print(f->arena, "%s/%s", runs, name[i]);
        if (stat(arena_print(f->arena, "%s/checkpoint", path), &is) != 0)
            continue;
        const double written = (double)is.st_mtim.tv_sec
                             + 1e-9 * (double)is.st_mtim.tv_nsec;
        if (!f->dir || written > f->written) {
            f->dir = path;
            f->written = written;
        }
    }
}

static bool newest(const char **dir, Arena *arena, Err *err)
{
    Found f = { .arena = arena };
    look_everywhere(&f, look_newest);
    *dir = f.dir;
    if (!f.dir)
        return err_set(err, ERR_USAGE, "no run is named, and none with a "
                       "checkpoint lies in out/*/runs; name its folder, or a "
                       "study and its id");
    fprintf(stderr, "run: %s (the newest under out)\n", f.dir);
    return true;
}

static bool by_name(const char **dir, Arena *arena, const char *study,
                    const char *name, Err *err)
{
    Found     f = { .arena = arena, .name = name };
    RunsPlace place = { .runs = "out/*/runs" };
    if (study && !runs_place_find(&place, arena, study, err))
        return false;
    if (study)
        look(&f, place.runs);
    else
        look_everywhere(&f, look);
    *dir = f.dir;
    if (f.other)
        return err_set(err, ERR_USAGE, "%s: two runs begin so, %s and %s; give "
                       "more of the name", name, f.dir, f.other);
    return f.dir || err_set(err, ERR_IO, "%s: no run of that name in %s, and no "
                            "folder or checkpoint; give one, as in "
                            "out/train/runs/ID", name, place.runs);
}

/* What was named, as a folder and one of its checkpoints. */
static bool place_find(Chosen *out, Arena *arena, const TextList *named,
                       Err *err)
{
    const char *last = named->count ? named->item[named->count - 1] : NULL;
    out->checkpoint = NULL;
    if (named->count > 2)
        return err_set(err, ERR_USAGE, "name one run: its folder, a "
                       "checkpoint, its id, or a study and its id");
    if (!last) {
        if (!newest(&out->dir, arena, err))
            return false;
    } else if (named->count == 2) {
        if (!by_name(&out->dir, arena, named->item[0], last, err))
            return false;
    } else if (file_is_dir(last)) {
        out->dir = last;
    } else if (file_exists(last)) {
        const char *slash = strrchr(last, '/');
        out->checkpoint = last;
        out->dir = slash ? arena_print(arena, "%.*s", (int)(slash - last), last)
                         : ".";
    } else if (!by_name(&out->dir, arena, NULL, last, err)) {
        return false;
    }
    if (!out->checkpoint)
        out->checkpoint = arena_print(arena, "%s/checkpoint", out->dir);
    /* A run is read by its own name: "." has none. */
    char *whole = realpath(out->dir, NULL);
    out->dir = arena_text(arena, whole ? whole : out->dir);
    free(whole);
    return true;
}

/* -- What its tokens mean -------------------------------------------------- */

static bool tokens_find(Chosen *out, Arena *arena, Err *err)
{
    const char *path = arena_print(arena, "%s/tokenizer.bpe", out->dir);
    const i64   V = out->config.shape.vocab;
    out->vocab = V;
    if (!strcmp(out->run.tokenizer, "byte")) {
        /* A vocabulary may be larger than the corpus needs. */
        out->vocab = i64_min(V, 256);
        return true;
    }
    out->ids = !file_exists(path);
    if (out->ids)
        return true;
    if (!bpe_load(&out->bpe, arena, path, err))
        return false;
    out->vocab = i64_min(V, out->bpe->vocab);
    return out->bpe->vocab <= V
        || err_set(err, ERR_FORMAT, "%s: of %lld tokens, and the model has "
                   "%lld; put the run's own there", path,
                   (long long)out->bpe->vocab, (long long)V);
}

bool chosen_find(Chosen *out, Arena *arena, const TextList *named,
                 const char *kernels, Err *err)
{
    *out = (Chosen){ 0 };
    Run *run = &out->run;
    if (!place_find(out, arena, named, err)
        || !run_read(run, arena, out->dir, err)
        || !train_config_parse(&out->config, arena, run->config, run->id, err)
        || !tokens_find(out, arena, err))
        return false;
    out->config.kernels = kernels;
    if (!file_exists(out->checkpoint))
        return err_set(err, ERR_USAGE, "run %s: has no checkpoint (status "
                       "%s); train it first", run->id,
                       run->status ? run->status : "not ended");
    return model_load(&out->model, arena, &out->config, run->corpus_sha256,
                      out->checkpoint, err);
}

/* -- Text and tokens ------------------------------------------------------- */

Ids chosen_encode(Arena *arena, const Chosen *chosen, const void *text,
                  i64 count)
{
    const u8 *bytes = text;
    Ids       out = { count, NEW(arena, i32, count + 1) };
    if (!chosen->bpe) {
        for (i64 i = 0; i < count; i++)
            out.id[i] = bytes[i];
        return out;
    }
    u16 *token = NEW(arena, u16, count + 1);
    out.count = bpe_encode_all(token, chosen->bpe, bytes, count);
    for (i64 i = 0; i < out.count; i++)
        out.id[i] = token[i];
    return out;
}

bool chosen_numbers(Ids *out, Arena *arena, const Chosen *chosen,
                    const char *text, Err *err)
{
    *out = (Ids){ 0, NEW(arena, i32, (i64)strlen(text) + 1) };
    for (const char *at = text; *at;) {
        char *end;
        errno = 0;
        const long long v = strtoll(at, &end, 10);
        if (end == at || errno || v < 0 || v >= chosen->config.shape.vocab)
            return err_set(err, ERR_USAGE, "--prompt: '%.12s' is no token below "
                           "%lld; with --ids give numbers, as in '1 5 77'", at,
                           (long long)chosen->config.shape.vocab);
        out->id[out->count++] = (i32)v;
        at = end + strspn(end, " ,\t\n");
    }
    return true;
}

i64 chosen_bytes(const u8 **bytes, const Chosen *chosen, i32 token)
{
    static u8 single[256];
    if (chosen->bpe) {
        *bytes = chosen->bpe->token[token];
        return chosen->bpe->size[token];
    }
    single[token & 255] = (u8)token;
    *bytes = &single[token & 255];
    return 1;
}
