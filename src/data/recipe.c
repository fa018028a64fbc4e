/* recipe.c - see recipe.h. The file is read by base/conf.h; what is checked
 * here is that it says all that is needed, so that a mistake in it is found
 * before anything is downloaded. */

#include "data/recipe.h"

#include "base/know.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const keys[] = {
    "name", "about", "licence", "package", "package_bytes", "paths", "like",
    "unlike", "steps", "bytes", "sha256", "fixed", "yardsticks",
    "yardstick_bpb", "source", "order", "letters", "states", "seed", "noise",
};

static bool missing(Err *err, const Conf *conf, const char *key)
{
    return err_set(err, ERR_USAGE, "%s: %s is not given", conf->path, key);
}

static bool text_read(const char **out, const Conf *conf, const char *key,
                      Err *err)
{
    *out = NULL;
    return conf_text(out, conf, "", key, err)
        && (*out || missing(err, conf, key));
}

static bool count_read(i64 *out, const Conf *conf, const char *key, Err *err)
{
    double value = NAN;
    if (!conf_real(&value, conf, "", key, err))
        return false;
    if (isnan(value))
        return missing(err, conf, key);
    if (value < 0 || value > 1e15 || value != floor(value))
        return conf_refuse(conf, conf_find(conf, "", key), err,
                           "a whole number is expected");
    *out = (i64)value;
    return true;
}

static bool step_read(PourSteps *steps, const char *name)
{
    const struct { const char *name; bool *flag; } known[] = {
        { "drop-headers", &steps->drop_headers },
        { "join-lines",   &steps->join_lines   },
        { "upper",        &steps->upper        },
        { "end-line",     &steps->end_line     },
        { "fasta-lines",  &steps->fasta_lines  },
        { "drop-idx",     &steps->drop_idx     },
        { "wav-mulaw",    &steps->wav_mulaw    },
    };
    for (int i = 0; i < COUNT_OF(known); i++)
        if (!strcmp(name, known[i].name)) {
            *known[i].flag = true;
            return true;
        }
    /* Whatever is gzip is unpacked; the word stands there for the reader. */
    return !strcmp(name, "gunzip");
}

static bool steps_read(Recipe *out, const Conf *conf, Err *err)
{
    TextList steps = { 0 };
    if (!conf_texts(&steps, conf, "", "steps", err))
        return false;
    for (i64 i = 0; i < steps.count; i++)
        if (!step_read(&out->steps, steps.item[i]))
            return conf_refuse(conf, conf_find(conf, "", "steps"), err,
                               "'%s' is no step; there are gunzip, "
                               "drop-headers, join-lines, upper, end-line, "
                               "fasta-lines, drop-idx, wav-mulaw",
                               steps.item[i]);
    return true;
}

static bool paths_read(Recipe *out, const Conf *conf, Err *err)
{
    if (!conf_texts(&out->paths, conf, "", "paths", err)
        || !conf_texts(&out->rule.like, conf, "", "like", err)
        || !conf_texts(&out->rule.unlike, conf, "", "unlike", err))
        return false;
    if (!out->paths.count)
        return missing(err, conf, "paths");
    for (i64 i = 0; i < out->paths.count; i++)
        if (out->paths.item[i][0] == '/' || strstr(out->paths.item[i], ".."))
            return conf_refuse(conf, conf_find(conf, "", "paths"), err,
                               "'%s' must lie inside the package",
                               out->paths.item[i]);
    return true;
}

static bool yardsticks_read(Recipe *out, const Conf *conf, Err *err)
{
    TextList name = { 0 };
    RealList bpb = { 0 };
    if (!conf_texts(&name, conf, "", "yardsticks", err)
        || !conf_reals(&bpb, conf, "", "yardstick_bpb", err))
        return false;
    if (name.count != bpb.count || name.count > SHARD_YARDSTICKS_MAX)
        return err_set(err, ERR_USAGE, "%s: yardsticks names %lld compressors "
                       "and yardstick_bpb has %lld numbers; as many of each "
                       "are expected, at most %d", conf->path,
                       (long long)name.count, (long long)bpb.count,
                       SHARD_YARDSTICKS_MAX);
    out->nyardstick = (int)name.count;
    for (i64 i = 0; i < name.count; i++) {
        ShardYardstick *to = &out->yardstick[i];
        snprintf(to->name, sizeof to->name, "%s", name.item[i]);
        to->bpb = bpb.item[i];
    }
    return true;
}

/* It goes onto apt-get's command line: a name, never an option. */
static bool package_named(const char *name)
{
    return name[0] != '-' && name[0]
        && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789+-.")];
}

static bool source_read(Recipe *out, const Conf *conf, const char *kind,
                        Err *err)
{
    SourceRule *rule = &out->source;
    i64         seed;
    out->made = true;
    rule->hidden = strcmp(kind, "hmm") == 0;
    if (!rule->hidden && strcmp(kind, "markov") != 0)
        return conf_refuse(conf, conf_find(conf, "", "source"), err,
                           "'%s' is no source; there are markov and hmm", kind);
    if (!count_read(&rule->letters, conf, "letters", err)
        || !count_read(rule->hidden ? &rule->states : &rule->order, conf,
                       rule->hidden ? "states" : "order", err)
        || !count_read(&seed, conf, "seed", err)
        || !conf_real(&rule->noise, conf, "", "noise", err))
        return false;
    rule->seed = (u64)seed;
    return true;
}

static bool package_read(Recipe *out, const Conf *conf, Err *err)
{
    return text_read(&out->package, conf, "package", err)
        && count_read(&out->package_bytes, conf, "package_bytes", err)
        && paths_read(out, conf, err)
        && steps_read(out, conf, err);
}

static bool read_all(Recipe *out, const Conf *conf, Err *err)
{
    const char *source = NULL;
    return conf_only(conf, "", keys, COUNT_OF(keys), err)
        && text_read(&out->name, conf, "name", err)
        && text_read(&out->about, conf, "about", err)
        && text_read(&out->licence, conf, "licence", err)
        && text_read(&out->sha256, conf, "sha256", err)
        && count_read(&out->bytes, conf, "bytes", err)
        && conf_flag(&out->fixed, conf, "", "fixed", err)
        && conf_text(&source, conf, "", "source", err)
        && (source ? source_read(out, conf, source, err)
                   : package_read(out, conf, err))
        && yardsticks_read(out, conf, err);
}

bool recipe_load(Recipe *out, Arena *arena, const char *name, Err *err)
{
    const char *text, *path;
    Conf        conf;
    *out = (Recipe){ .fixed = true };
    if (!know_load(&text, &path, arena, "corpora", name, ".corpus", err)
        || !conf_parse(&conf, arena, text, path, err)
        || !read_all(out, &conf, err))
        return false;
    if (!out->made && !package_named(out->package))
        return conf_refuse(&conf, conf_find(&conf, "", "package"), err,
                           "'%s' is not the name of a Debian package",
                           out->package);
    if (strlen(out->sha256) != HASH_HEX - 1)
        return conf_refuse(&conf, conf_find(&conf, "", "sha256"), err,
                           "64 hexadecimal digits are expected");
    return true;
}

int recipe_names(const char ***names, Arena *arena)
{
    return know_names(names, arena, "corpora", ".corpus");
}

bool recipe_known(const char *name)
{
    Arena       arena = { 0 };
    const char *text, *path;
    Err         none = { 0 };
    const bool  known = !strchr(name, '/')
        && know_load(&text, &path, &arena, "corpora", name, ".corpus", &none);
    arena_free(&arena);
    return known;
}
