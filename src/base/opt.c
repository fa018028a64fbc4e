/* opt.c - values into an option table: from a file, then from the command line.
 * Both roads end in one of the six targets; only the words of a complaint
 * differ. Help and printing are opt_print.c. */

#include "base/opt.h"

#include "base/file.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 256 };

bool opt_number(double *out, const char *text)
{
    return conf_number(out, text);
}

/* What an option wants, for messages. */
static const char *wanted(const Opt *opt)
{
    return opt->text    ? conf_kind_words(CONF_TEXT)
           : opt->real  ? conf_kind_words(CONF_REAL)
           : opt->count ? "a whole number"
           : opt->flag  ? conf_kind_words(CONF_FLAG)
           : opt->reals ? conf_kind_words(CONF_REALS)
                        : conf_kind_words(CONF_TEXTS);
}

static void check_table(const OptTable *table)
{
    assert(table->arena);
    for (int i = 0; i < table->nopt; i++) {
        const Opt *opt = &table->opt[i];
        assert(1 == !!opt->text + !!opt->real + !!opt->count + !!opt->flag
                        + !!opt->reals + !!opt->texts);
    }
}

/* Beyond 2^53 a double no longer tells neighbours apart. */
static bool whole(i64 *out, double value)
{
    if (value != floor(value) || fabs(value) > 0x1p53)
        return false;
    *out = (i64)value;
    return true;
}

static bool all_finite(RealList list)
{
    for (i64 i = 0; i < list.count; i++)
        if (!isfinite(list.item[i]))
            return false;
    return true;
}

/* Put the value where the option wants it; false if it is not of that kind. */
static bool put(const Opt *opt, const ConfEntry *value)
{
    const ConfKind kind = value->kind;
    if (opt->text && kind == CONF_TEXT)
        *opt->text = value->text;
    else if (opt->real && kind == CONF_REAL && isfinite(value->real))
        *opt->real = value->real;
    else if (opt->count && kind == CONF_REAL)
        return whole(opt->count, value->real);
    else if (opt->flag && kind == CONF_FLAG)
        *opt->flag = value->flag;
    else if (opt->reals && kind == CONF_REALS && all_finite(value->reals))
        *opt->reals = value->reals;
    else if (opt->texts && kind == CONF_TEXTS)
        *opt->texts = value->texts;
    else if (opt->texts && kind == CONF_REALS && value->reals.count == 0)
        *opt->texts = (TextList){ 0 };
    else
        return false;
    return true;
}

/* --- from a file --------------------------------------------------------- */

static const Opt *named(const OptTable *table, const char *name)
{
    for (int i = 0; i < table->nopt; i++)
        if (!strcmp(table->opt[i].name, name))
            return &table->opt[i];
    return NULL;
}

/* Fill `names` with the names of all options. */
static const char **all_names(const OptTable *table)
{
    const char **names = NEW(table->arena, const char *, table->nopt);
    for (int i = 0; i < table->nopt; i++)
        names[i] = table->opt[i].name;
    return names;
}

static bool unknown_key(const OptTable *table, const Conf *conf,
                        const ConfEntry *entry, const char *name, Err *err)
{
    const char *near = conf_nearest(name, all_names(table), table->nopt);
    return err_set(err, ERR_USAGE, "%s:%d: %s: not a known key%s%s%s",
                   conf->path, entry->line, name, near ? "; did you mean " : "",
                   near ? near : "", near ? "?" : "");
}

/* A [section] is known if some option lies in it. */
static bool section_known(const OptTable *table, const char *section)
{
    const size_t size = strlen(section);
    for (int i = 0; i < table->nopt; i++)
        if (!strncmp(table->opt[i].name, section, size)
            && table->opt[i].name[size] == '.')
            return true;
    return false;
}

static bool entry_set(const OptTable *table, const Conf *conf,
                      const ConfEntry *entry, Err *err)
{
    const char *name = entry->key;
    if (*entry->section)
        name = arena_print(table->arena, "%s.%s", entry->section, entry->key);
    const Opt *opt = named(table, name);
    if (!opt)
        return unknown_key(table, conf, entry, name, err);
    if (put(opt, entry))
        return true;

    /* A number of the wrong sort is better shown than named by its kind. */
    if (entry->kind == CONF_REAL)
        return conf_refuse(conf, entry, err, "%s is expected, not %.17g",
                           wanted(opt), entry->real);
    return conf_refuse(conf, entry, err, "%s is expected, not %s", wanted(opt),
                       conf_kind_words(entry->kind));
}

bool opt_conf(const OptTable *table, const Conf *conf, Err *err)
{
    check_table(table);
    for (i64 i = 0; i < conf->sections.count; i++)
        if (!section_known(table, conf->sections.item[i]))
            return err_set(err, ERR_USAGE, "%s: [%s]: not a known section",
                           conf->path, conf->sections.item[i]);
    for (i64 i = 0; i < conf->count; i++)
        if (!entry_set(table, conf, &conf->entry[i], err))
            return false;
    return true;
}

bool opt_parse(const OptTable *table, const char *text, const char *name,
               Err *err)
{
    Conf conf;
    return conf_parse(&conf, table->arena, text, name, err)
        && opt_conf(table, &conf, err);
}

bool opt_file(const OptTable *table, const char *path, Err *err)
{
    Conf conf;
    return conf_load(&conf, table->arena, path, err)
        && opt_conf(table, &conf, err);
}

/* --- from the command line ----------------------------------------------- */

/* --max-steps and --max_steps are one. */
static bool same_flag(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
            return false;
    return *a == *b;
}

static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* The option meant by a flag: its whole name, or the end of only one. Both
 * NULL and ambiguous names are told apart by *many. */
static const Opt *meant(const OptTable *table, const char *flag, bool *many)
{
    const Opt *found = NULL;
    *many = false;
    for (int i = 0; i < table->nopt; i++)
        if (same_flag(table->opt[i].name, flag))
            return &table->opt[i];
    for (int i = 0; i < table->nopt; i++)
        if (same_flag(last_part(table->opt[i].name), flag)) {
            *many = found != NULL;
            if (*many)
                return NULL;
            found = &table->opt[i];
        }
    return found;
}

static bool unknown_flag(const OptTable *table, const char *flag, bool many,
                         Err *err)
{
    if (many)
        return err_set(err, ERR_USAGE, "--%s: several options end so; give the "
                       "whole name (--help lists them)", flag);
    const char **names = NEW(table->arena, const char *, 2 * table->nopt);
    for (int i = 0; i < table->nopt; i++) {
        names[2 * i] = table->opt[i].name;
        names[2 * i + 1] = last_part(table->opt[i].name);
    }
    const char *near = conf_nearest(flag, names, 2 * table->nopt);
    if (near)
        return err_set(err, ERR_USAGE, "--%s: not an option; did you mean --%s?",
                       flag, near);
    return err_set(err, ERR_USAGE, "--%s: not an option; --help lists them",
                   flag);
}

/* "a,b,c" cut at its commas; the empty text is the empty list. */
static TextList split(Arena *arena, const char *text)
{
    i64 count = *text ? 1 : 0;
    for (const char *c = text; *c; c++)
        count += *c == ',';
    const char **item = NEW(arena, const char *, count);
    char        *copy = arena_text(arena, text);
    for (i64 i = 0; i < count; i++) {
        item[i] = copy;
        copy += strcspn(copy, ",");
        *copy++ = 0;
    }
    return (TextList){ count, item };
}

/* The words of the command line as a value of the kind that opt wants. */
static bool value_of(ConfEntry *out, const Opt *opt, Arena *arena,
                     const char *text)
{
    if (opt->text) {
        *out = (ConfEntry){ .kind = CONF_TEXT, .text = text };
        return true;
    }
    if (opt->real || opt->count) {
        out->kind = CONF_REAL;
        return conf_number(&out->real, text);
    }
    if (opt->flag) {
        *out = (ConfEntry){ .kind = CONF_FLAG, .flag = !strcmp(text, "true") };
        return out->flag || !strcmp(text, "false");
    }
    const TextList list = split(arena, text);
    if (opt->texts) {
        *out = (ConfEntry){ .kind = CONF_TEXTS, .texts = list };
        return true;
    }
    double *item = NEW(arena, double, list.count);
    for (i64 i = 0; i < list.count; i++)
        if (!conf_number(&item[i], list.item[i]))
            return false;
    *out = (ConfEntry){ .kind = CONF_REALS, .reals = { list.count, item } };
    return true;
}

static bool flag_set(const OptTable *table, const Opt *opt, const char *flag,
                     const char *text, Err *err)
{
    ConfEntry   value = { 0 };
    const char *commas = opt->reals || opt->texts ? ", with commas between" : "";
    if (value_of(&value, opt, table->arena, text) && put(opt, &value))
        return true;
    return err_set(err, ERR_USAGE, "--%s: %s%s is expected, not '%s'", flag,
                   wanted(opt), commas, text);
}

/* One --flag at argv[*i]; moves *i on where its value is the next word. */
static bool flag_read(const OptTable *table, int argc, char **argv, int *i,
                      Err *err)
{
    const char  *word = argv[*i] + 2, *equals = strchr(word, '=');
    const size_t size = equals ? (size_t)(equals - word) : strlen(word);
    char         flag[NAME_MAX_BYTES];
    bool         many, many_no;
    if (size >= sizeof flag)
        return err_set(err, ERR_USAGE, "--%.40s...: not an option", word);
    memcpy(flag, word, size);
    flag[size] = 0;

    const Opt *opt = meant(table, flag, &many);
    const Opt *off = !opt && !equals && !strncmp(flag, "no-", 3)
                         ? meant(table, flag + 3, &many_no) : NULL;
    if (off && off->flag) {
        *off->flag = false;
        return true;
    }
    if (!opt)
        return unknown_flag(table, flag, many, err);
    if (equals)
        return flag_set(table, opt, flag, equals + 1, err);
    if (opt->flag) {
        *opt->flag = true;
        return true;
    }
    if (*i + 1 == argc || !strncmp(argv[*i + 1], "--", 2))
        return err_set(err, ERR_USAGE, "--%s: a value is expected: --%s=%s",
                       flag, flag, opt->unit ? opt->unit : "VALUE");
    return flag_set(table, opt, flag, argv[++*i], err);
}

static bool operands_keep(const OptTable *table, const char *const *item,
                          i64 count, Err *err)
{
    if (table->rest)
        *table->rest = (TextList){ count, item };
    else if (count)
        return err_set(err, ERR_USAGE, "%s: not expected; options begin with "
                       "--, and --help lists them", item[0]);
    return true;
}

bool opt_flags(const OptTable *table, int argc, char **argv, bool *helped,
               Err *err)
{
    check_table(table);
    const char **rest = NEW(table->arena, const char *, argc);
    i64          nrest = 0;
    bool         ended = false;
    *helped = false;

    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (ended || word[0] != '-' || !word[1]) {
            rest[nrest++] = word;
        } else if (!strcmp(word, "--")) {
            ended = true;
        } else if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
            opt_help(table, stdout);
            *helped = true;
            return true;
        } else if (word[1] != '-') {
            return err_set(err, ERR_USAGE, "%s: not an option; options begin "
                           "with --, and --help lists them", word);
        } else if (!flag_read(table, argc, argv, &i, err)) {
            return false;
        }
    }
    return operands_keep(table, rest, nrest, err);
}
