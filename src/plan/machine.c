/* machine.c - machines and grids from their files. Every number must be
 * positive, every key known: a mistyped `watt` would otherwise silently make
 * energy unknown. */

#include "plan/machine.h"

#include "base/know.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* "H100" is "h100"; a path stays as it is. */
static const char *lower(Arena *arena, const char *name)
{
    char *out = arena_text(arena, name);
    if (!strchr(name, '/') && !strchr(name, '.'))
        for (char *c = out; *c; c++)
            *c = *c == ' ' || *c == '_' ? '-'
                                        : (char)tolower((unsigned char)*c);
    return out;
}

/* "hardware/h100.hw" -> "h100" */
static const char *bare(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    char       *name  = arena_text(arena, slash ? slash + 1 : path);
    char       *dot   = strrchr(name, '.');
    if (dot)
        *dot = 0;
    return name;
}

static bool read(Conf *conf, const char **path, Arena *arena, const char *name,
                 const char *ending, Err *err)
{
    const char *text;
    return know_load(&text, path, arena, "hardware", name, ending, err)
        && conf_parse(conf, arena, text, *path, err);
}

/* The file that has `wanted` among its other names; NULL if none has. */
static const char *also_called(Arena *arena, const char *wanted,
                               const char *ending)
{
    const char **names, *path;
    const int    count = know_names(&names, arena, "hardware", ending);
    for (int i = 0; i < count; i++) {
        Conf     conf;
        Err      err;
        TextList also = { 0 };
        if (!read(&conf, &path, arena, names[i], ending, &err)
            || !conf_texts(&also, &conf, "", "also", &err))
            continue; /* it will be refused when it is asked for */
        for (i64 k = 0; k < also.count; k++)
            if (!strcmp(also.item[k], wanted))
                return names[i];
    }
    return NULL;
}

static bool load(Conf *conf, const char **name, Arena *arena, const char *given,
                 const char *ending, Err *err)
{
    const char *wanted = lower(arena, given), *path;
    if (!read(conf, &path, arena, wanted, ending, err)) {
        const char *other = err->kind == ERR_USAGE
                          ? also_called(arena, wanted, ending) : NULL;
        if (!other || !read(conf, &path, arena, other, ending, err))
            return false;
    }
    *name = bare(arena, path);
    return true;
}

static bool positive(double *out, const Conf *conf, const char *key, Err *err)
{
    *out = NAN;
    if (!conf_real(out, conf, "", key, err))
        return false;
    if (isnan(*out) || (*out > 0 && isfinite(*out)))
        return true;
    return conf_refuse(conf, conf_find(conf, "", key), err,
                       "a number above 0 is expected, not %g", *out);
}

typedef struct Field { const char *key; size_t at; } Field;

static const Field number[] = {
    { "fp32", offsetof(Machine, fp32) }, { "tf32", offsetof(Machine, tf32) },
    { "bf16", offsetof(Machine, bf16) }, { "fp16", offsetof(Machine, fp16) },
    { "fp8", offsetof(Machine, fp8) },   { "int8", offsetof(Machine, int8) },
    { "memory", offsetof(Machine, memory) },
    { "bandwidth", offsetof(Machine, bandwidth) },
    { "watts", offsetof(Machine, watts) },
    { "embodied_kg", offsetof(Machine, embodied_kg) },
};

static const Field words[] = {
    { "title", offsetof(Machine, title) },
    { "kind", offsetof(Machine, kind) },
    { "source", offsetof(Machine, source) },
    { "date", offsetof(Machine, date) },
    { "price_source", offsetof(Machine, price_source) },
    { "price_date", offsetof(Machine, price_date) },
};

static const char *const machine_keys[] = {
    "fp32", "tf32", "bf16", "fp16", "fp8", "int8", "memory", "bandwidth",
    "watts", "embodied_kg", "title", "kind", "source", "date", "price",
    "price_source", "price_date", "caveat", "also",
};

static bool read_price(Machine *out, const Conf *conf, Err *err)
{
    RealList price = { 0 };
    out->price_low = out->price_high = NAN;
    if (!conf_reals(&price, conf, "", "price", err))
        return false;
    if (price.count == 0)
        return true;
    if (price.count != 2 || !(price.item[0] > 0)
        || !(price.item[1] >= price.item[0]) || isinf(price.item[1]))
        return conf_refuse(conf, conf_find(conf, "", "price"), err,
                           "a range [low, high] of dollars an hour is "
                           "expected");
    out->price_low  = price.item[0];
    out->price_high = price.item[1];
    return true;
}

static bool required(const Conf *conf, const char *key, const char *what,
                     Err *err)
{
    if (conf_find(conf, "", key))
        return true;
    return err_set(err, ERR_USAGE, "%s: has no %s; add `%s = %s`", conf->path,
                   key, key, what);
}

bool machine_load(Machine *out, Arena *arena, const char *name, Err *err)
{
    Conf conf;
    *out = (Machine){ 0 };
    if (!load(&conf, &out->name, arena, name, ".hw", err)
        || !conf_only(&conf, "", machine_keys, COUNT_OF(machine_keys), err)
        || !required(&conf, "title", "\"what it is called\"", err)
        || !required(&conf, "source", "\"where the numbers are from\"", err)
        || !read_price(out, &conf, err)
        || !conf_texts(&out->caveat, &conf, "", "caveat", err))
        return false;
    for (int i = 0; i < COUNT_OF(number); i++)
        if (!positive((double *)((char *)out + number[i].at), &conf,
                      number[i].key, err))
            return false;
    for (int i = 0; i < COUNT_OF(words); i++)
        if (!conf_text((const char **)((char *)out + words[i].at), &conf, "",
                       words[i].key, err))
            return false;
    if (!machine_precision(out))
        return err_set(err, ERR_USAGE, "%s: has no peak; add one of fp32, "
                       "tf32, bf16, fp16 in FLOP/s", conf.path);
    return true;
}

bool power_grid_load(PowerGrid *out, Arena *arena, const char *name, Err *err)
{
    static const char *const keys[] = { "title", "kg_per_kwh", "source", "date",
                                        "caveat" };
    Conf conf;
    *out = (PowerGrid){ 0 };
    return load(&conf, &out->name, arena, name, ".grid", err)
        && conf_only(&conf, "", keys, COUNT_OF(keys), err)
        && required(&conf, "title", "\"which grid\"", err)
        && required(&conf, "kg_per_kwh", "0.3", err)
        && required(&conf, "source", "\"who says so\"", err)
        && positive(&out->kg_per_kwh, &conf, "kg_per_kwh", err)
        && conf_text(&out->title, &conf, "", "title", err)
        && conf_text(&out->source, &conf, "", "source", err)
        && conf_text(&out->date, &conf, "", "date", err)
        && conf_texts(&out->caveat, &conf, "", "caveat", err);
}

int machine_names(const char ***names, Arena *arena)
{
    return know_names(names, arena, "hardware", ".hw");
}

int power_grid_names(const char ***names, Arena *arena)
{
    return know_names(names, arena, "hardware", ".grid");
}

/* --- peaks ---------------------------------------------------------------- */

typedef struct Precision { const char *name; double peak; } Precision;

enum { PRECISIONS = 6, TRAINING = 4 };

/* Those that training would use first, best first. */
static void precisions(Precision out[PRECISIONS], const Machine *machine)
{
    out[0] = (Precision){ "bf16", machine->bf16 };
    out[1] = (Precision){ "fp16", machine->fp16 };
    out[2] = (Precision){ "tf32", machine->tf32 };
    out[3] = (Precision){ "fp32", machine->fp32 };
    out[4] = (Precision){ "fp8", machine->fp8 };
    out[5] = (Precision){ "int8", machine->int8 };
}

const char *machine_precision(const Machine *machine)
{
    Precision all[PRECISIONS];
    precisions(all, machine);
    for (int i = 0; i < TRAINING; i++)
        if (all[i].peak > 0)
            return all[i].name;
    return NULL;
}

static bool no_peak(const Machine *machine, const char *precision,
                    const Precision *all, Err *err)
{
    char list[80] = "";
    for (int i = 0; i < PRECISIONS; i++)
        if (all[i].peak > 0) {
            strcat(list, *list ? ", " : "");
            strcat(list, all[i].name);
        }
    return err_set(err, ERR_USAGE, "precision %s: no peak of %s is known; it "
                   "has %s", precision, machine->title, list);
}

bool machine_peak(double *out, const Machine *machine, const char *precision,
                  Err *err)
{
    Precision all[PRECISIONS];
    precisions(all, machine);
    if (!precision)
        precision = machine_precision(machine);
    for (int i = 0; precision && i < PRECISIONS; i++)
        if (!strcmp(all[i].name, precision) && all[i].peak > 0) {
            *out = all[i].peak;
            return true;
        }
    return no_peak(machine, precision ? precision : "for training", all, err);
}
