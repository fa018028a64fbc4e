/* quantity.c - see quantity.h. A text is a number, then a unit of which blanks,
 * dashes and case are forgotten: "12k GPU-hours" is 12 and "kgpuhours". Units
 * are a table a kind; a multiplier (k, million) may stand before any; FLOP and
 * FLOP/s have a small grammar of their own.
 *
 * Where case decides (mW and MW), or a word means two things (a ton), nothing
 * is guessed: the message says both. */

#include "base/quantity.h"

#include "base/conf.h"
#include "base/str.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define YEAR (365.25 * 86400)

typedef struct Unit {
    QuantityKind kind;
    const char  *name; /* small letters */
    double       factor;
} Unit;

static const Unit unit[] = {
    { QUANTITY_COUNT, "tokens", 1 },      { QUANTITY_COUNT, "token", 1 },
    { QUANTITY_COUNT, "tok", 1 },         { QUANTITY_COUNT, "params", 1 },
    { QUANTITY_COUNT, "param", 1 },       { QUANTITY_COUNT, "parameters", 1 },
    { QUANTITY_COUNT, "steps", 1 },       { QUANTITY_COUNT, "step", 1 },
    { QUANTITY_COUNT, "requests", 1 },    { QUANTITY_COUNT, "request", 1 },

    { QUANTITY_TIME, "s", 1 },            { QUANTITY_TIME, "sec", 1 },
    { QUANTITY_TIME, "secs", 1 },         { QUANTITY_TIME, "second", 1 },
    { QUANTITY_TIME, "seconds", 1 },      { QUANTITY_TIME, "min", 60 },
    { QUANTITY_TIME, "mins", 60 },        { QUANTITY_TIME, "minute", 60 },
    { QUANTITY_TIME, "minutes", 60 },     { QUANTITY_TIME, "h", 3600 },
    { QUANTITY_TIME, "hr", 3600 },        { QUANTITY_TIME, "hrs", 3600 },
    { QUANTITY_TIME, "hour", 3600 },      { QUANTITY_TIME, "hours", 3600 },
    { QUANTITY_TIME, "d", 86400 },        { QUANTITY_TIME, "day", 86400 },
    { QUANTITY_TIME, "days", 86400 },     { QUANTITY_TIME, "w", 604800 },
    { QUANTITY_TIME, "wk", 604800 },      { QUANTITY_TIME, "week", 604800 },
    { QUANTITY_TIME, "weeks", 604800 },   { QUANTITY_TIME, "mo", YEAR / 12 },
    { QUANTITY_TIME, "month", YEAR / 12 }, { QUANTITY_TIME, "months", YEAR / 12 },
    { QUANTITY_TIME, "y", YEAR },         { QUANTITY_TIME, "yr", YEAR },
    { QUANTITY_TIME, "yrs", YEAR },       { QUANTITY_TIME, "year", YEAR },
    { QUANTITY_TIME, "years", YEAR },

    { QUANTITY_ENERGY, "kwh", 1 },        { QUANTITY_ENERGY, "wh", 1e-3 },
    { QUANTITY_ENERGY, "mwh", 1e3 },      { QUANTITY_ENERGY, "gwh", 1e6 },
    { QUANTITY_ENERGY, "twh", 1e9 },      { QUANTITY_ENERGY, "j", 1 / 3.6e6 },
    { QUANTITY_ENERGY, "joule", 1 / 3.6e6 }, { QUANTITY_ENERGY, "joules", 1 / 3.6e6 },
    { QUANTITY_ENERGY, "kj", 1 / 3.6e3 }, { QUANTITY_ENERGY, "mj", 1 / 3.6 },
    { QUANTITY_ENERGY, "gj", 1e3 / 3.6 }, { QUANTITY_ENERGY, "tj", 1e6 / 3.6 },

    { QUANTITY_POWER, "w", 1 },           { QUANTITY_POWER, "watt", 1 },
    { QUANTITY_POWER, "watts", 1 },       { QUANTITY_POWER, "kw", 1e3 },
    { QUANTITY_POWER, "kilowatt", 1e3 },  { QUANTITY_POWER, "kilowatts", 1e3 },
    { QUANTITY_POWER, "mw", 1e6 },        { QUANTITY_POWER, "megawatt", 1e6 },
    { QUANTITY_POWER, "megawatts", 1e6 }, { QUANTITY_POWER, "gw", 1e9 },
    { QUANTITY_POWER, "gigawatt", 1e9 },  { QUANTITY_POWER, "gigawatts", 1e9 },

    { QUANTITY_MONEY, "usd", 1 },         { QUANTITY_MONEY, "$", 1 },
    { QUANTITY_MONEY, "us$", 1 },         { QUANTITY_MONEY, "dollar", 1 },
    { QUANTITY_MONEY, "dollars", 1 },

    { QUANTITY_BYTES, "b", 1 },           { QUANTITY_BYTES, "byte", 1 },
    { QUANTITY_BYTES, "bytes", 1 },
    { QUANTITY_BYTES, "k", 1e3 },         { QUANTITY_BYTES, "kb", 1e3 },
    { QUANTITY_BYTES, "m", 1e6 },         { QUANTITY_BYTES, "mb", 1e6 },
    { QUANTITY_BYTES, "g", 1e9 },         { QUANTITY_BYTES, "gb", 1e9 },
    { QUANTITY_BYTES, "t", 1e12 },        { QUANTITY_BYTES, "tb", 1e12 },
    { QUANTITY_BYTES, "p", 1e15 },        { QUANTITY_BYTES, "pb", 1e15 },
    { QUANTITY_BYTES, "ki", 0x1p10 },     { QUANTITY_BYTES, "kib", 0x1p10 },
    { QUANTITY_BYTES, "mi", 0x1p20 },     { QUANTITY_BYTES, "mib", 0x1p20 },
    { QUANTITY_BYTES, "gi", 0x1p30 },     { QUANTITY_BYTES, "gib", 0x1p30 },
    { QUANTITY_BYTES, "ti", 0x1p40 },     { QUANTITY_BYTES, "tib", 0x1p40 },
    { QUANTITY_BYTES, "pib", 0x1p50 },

    { QUANTITY_MASS, "kg", 1 },           { QUANTITY_MASS, "g", 1e-3 },
    { QUANTITY_MASS, "t", 1e3 },          { QUANTITY_MASS, "tonne", 1e3 },
    { QUANTITY_MASS, "tonnes", 1e3 },     { QUANTITY_MASS, "kt", 1e6 },
    { QUANTITY_MASS, "mt", 1e9 },         { QUANTITY_MASS, "gt", 1e12 },

    { QUANTITY_SHARE, "%", 1e-2 },        { QUANTITY_SHARE, "percent", 1e-2 },
};

/* Spellings, in their case, that mean two things. */
static const struct {
    QuantityKind kind;
    const char  *name, *why;
} unclear[] = {
    { QUANTITY_TIME, "m", "minutes or months; write min or months" },
    { QUANTITY_TIME, "M", "minutes or months; write min or months" },
    { QUANTITY_POWER, "mw", "MW are a million watts, mW a thousandth of one; "
      "write MW" },
    { QUANTITY_POWER, "mW", "a thousandth of a watt; write MW for a million" },
    { QUANTITY_ENERGY, "mwh", "MWh are 1000 kWh, mWh a thousandth of a Wh; "
      "write MWh" },
    { QUANTITY_ENERGY, "mWh", "a thousandth of a Wh; write MWh for 1000 kWh" },
    { QUANTITY_ENERGY, "mj", "MJ are a million joules, mJ a thousandth of one; "
      "write MJ" },
    { QUANTITY_ENERGY, "mJ", "a thousandth of a joule; write MJ for a million" },
    { QUANTITY_BYTES, "kb", "bits or bytes; write kB" },
    { QUANTITY_BYTES, "Kb", "bits or bytes; write kB" },
    { QUANTITY_BYTES, "Mb", "bits or bytes; write MB" },
    { QUANTITY_BYTES, "Gb", "bits or bytes; write GB" },
    { QUANTITY_BYTES, "Tb", "bits or bytes; write TB" },
    { QUANTITY_MASS, "mt", "a metric ton or a million of them; write t or Mt" },
    { QUANTITY_MASS, "ton", "metric or short; write t (1000 kg)" },
    { QUANTITY_MASS, "tons", "metric or short; write t (1000 kg)" },
};

static const struct {
    QuantityKind kind;
    const char  *what, *like;
    double       least, most;
} about[] = {
    { QUANTITY_COUNT, "a count", "70B, 1.4T, 300k or 3e8", 0, HUGE_VAL },
    { QUANTITY_FLOP, "FLOP", "5.76e23, 3640 PF-days or 10 EFLOP", 0, HUGE_VAL },
    { QUANTITY_RATE, "FLOP/s", "989 TFLOP/s, 1.98 PF or 9.89e14", 0, HUGE_VAL },
    { QUANTITY_TIME, "a time", "90s, 12h, 3 days or 2 weeks", 0, HUGE_VAL },
    { QUANTITY_ENERGY, "an energy", "1287 MWh, 500 kWh or 3.6 MJ", 0, HUGE_VAL },
    { QUANTITY_POWER, "a power", "700 W or 1.2 MW", 0, HUGE_VAL },
    { QUANTITY_MONEY, "dollars", "$2.5M, 10k USD or 4e6", 0, HUGE_VAL },
    { QUANTITY_BYTES, "bytes", "80GB, 80GiB or 2TB", 0, HUGE_VAL },
    { QUANTITY_MASS, "a mass", "552 t or 3 kg", 0, HUGE_VAL },
    { QUANTITY_SHARE, "a share", "40% or 0.4", 0, 1 },
};

static const struct { const char *name; double factor; } many[] = {
    { "thousand", 1e3 }, { "million", 1e6 },  { "billion", 1e9 },
    { "trillion", 1e12 }, { "quadrillion", 1e15 }, { "bn", 1e9 },
}, prefix[] = {
    { "kilo", 1e3 },  { "mega", 1e6 },  { "giga", 1e9 },   { "tera", 1e12 },
    { "peta", 1e15 }, { "exa", 1e18 },  { "zetta", 1e21 }, { "yotta", 1e24 },
    { "k", 1e3 },     { "m", 1e6 },     { "g", 1e9 },      { "b", 1e9 },
    { "t", 1e12 },    { "p", 1e15 },    { "e", 1e18 },     { "z", 1e21 },
    { "y", 1e24 },    { "r", 1e27 },    { "q", 1e30 },
};

enum { UNIT_ROOM = 40 };

typedef struct Parsed {
    double number;
    char   typed[UNIT_ROOM]; /* the unit without blanks and dashes */
    char   plain[UNIT_ROOM]; /* the same in small letters          */
} Parsed;

/* Behind `word`, or NULL where `text` does not begin with it. */
static const char *after(const char *text, const char *word)
{
    const size_t size = strlen(word);
    return strncmp(text, word, size) ? NULL : text + size;
}

/* ---- the number ---------------------------------------------------------- */

/* Digits with _ between them, a point, an exponent; no sign but +. */
static const char *number_end(const char *at, char *out, const char *stop)
{
    bool any = false;
    at += *at == '+';
    for (; isdigit((unsigned char)*at) || *at == '.'
           || (*at == '_' && any && isdigit((unsigned char)at[1])); at++) {
        any |= *at != '.';
        if (*at != '_' && out < stop)
            *out++ = *at;
    }
    const char *e = at + 1 + (at[0] && (at[1] == '+' || at[1] == '-'));
    if (any && (*at == 'e' || *at == 'E') && isdigit((unsigned char)*e)) {
        while (at < e || isdigit((unsigned char)*at)) {
            if (out < stop)
                *out++ = *at;
            at++;
        }
    }
    *out = 0;
    return any && out < stop ? at : NULL;
}

/* The unit, as typed and in small letters. False if it is none at all. */
static bool unit_copy(Parsed *out, const char *at)
{
    int n = 0;
    for (; *at; at++) {
        if (isspace((unsigned char)*at) || *at == '-')
            continue;
        if (n + 1 == UNIT_ROOM)
            return false;
        out->typed[n] = *at;
        out->plain[n++] = (char)tolower((unsigned char)*at);
    }
    out->typed[n] = out->plain[n] = 0;
    return true;
}

/* "tCO2e" is a mass in t. */
static void gas_cut(Parsed *p)
{
    static const char *const gas[] = { "co2eq", "co2e", "co2" };
    const size_t size = strlen(p->plain);
    for (int g = 0; g < COUNT_OF(gas); g++) {
        const size_t tail = strlen(gas[g]);
        if (size > tail && !strcmp(p->plain + size - tail, gas[g])) {
            p->plain[size - tail] = p->typed[size - tail] = 0;
            return;
        }
    }
}

static bool split(Parsed *out, const char *text, QuantityKind kind)
{
    char  digits[64], *end;
    *out = (Parsed){ 0 };
    while (isspace((unsigned char)*text))
        text++;
    if (kind == QUANTITY_MONEY) {
        const char *rest = after(text, "$");
        rest = rest ? rest : after(text, "US$");
        rest = rest ? rest : after(text, "USD");
        text = rest ? rest : text;
        while (isspace((unsigned char)*text))
            text++;
    }
    const char *rest = number_end(text, digits, digits + sizeof digits - 1);
    if (!rest || !unit_copy(out, rest))
        return false;
    if (kind == QUANTITY_MASS)
        gas_cut(out);
    out->number = strtod(digits, &end);
    return *end == 0;
}

/* ---- the unit ------------------------------------------------------------ */

static bool unit_find(double *factor, const char *name, QuantityKind kind)
{
    for (int u = 0; u < COUNT_OF(unit); u++)
        if (unit[u].kind == kind && !strcmp(unit[u].name, name)) {
            *factor = unit[u].factor;
            return true;
        }
    return false;
}

/* "gpuhours", "h100hours": hours of a device are hours here. */
static const char *device_skip(const char *name)
{
    static const char *const device[] = { "gpu", "tpu", "device", "accelerator",
                                          "core", "h100", "h200", "a100",
                                          "b200", "v100" };
    for (int d = 0; d < COUNT_OF(device); d++) {
        const char *rest = after(name, device[d]);
        if (rest && *rest)
            return rest;
    }
    return name;
}

/* [prefix] flop [/s] [time]: one that ends in a time is a count, one with /s a
 * rate. A prefix alone is what the kind is. */
static bool flop_after(double *factor, const char *at, QuantityKind kind)
{
    static const char *const word[] = { "flops", "flop", "f", "" };
    for (int w = 0; w < COUNT_OF(word); w++) {
        const char *rest = after(at, word[w]);
        if (!rest)
            continue;
        const char *rate = after(rest, "/s");
        const char *time = rate ? rate : *rest == 's' ? rest + 1 : rest;
        double      seconds;
        if (!*rest || (rate && !*rate && kind == QUANTITY_RATE))
            return true;
        if (kind != QUANTITY_FLOP || !*word[w])
            continue;
        if (unit_find(&seconds, rest, QUANTITY_TIME)
            || unit_find(&seconds, time, QUANTITY_TIME)) {
            *factor *= seconds;
            return true;
        }
    }
    return false;
}

static bool flop_find(double *factor, const char *name, QuantityKind kind)
{
    for (int p = 0; p < COUNT_OF(prefix); p++) {
        const char *rest = after(name, prefix[p].name);
        *factor = prefix[p].factor;
        if (rest && flop_after(factor, rest, kind))
            return true;
    }
    *factor = 1;
    return flop_after(factor, name, kind);
}

static bool plain_find(double *factor, const char *name, QuantityKind kind)
{
    *factor = 1;
    if (!*name || unit_find(factor, name, kind))
        return true;
    if (kind == QUANTITY_FLOP || kind == QUANTITY_RATE)
        return flop_find(factor, name, kind);
    return kind == QUANTITY_TIME
           && unit_find(factor, device_skip(name), kind);
}

/* Letters that multiply a unit of this kind: of counts and money all, of hours
 * only k and M, and none where the unit has prefixes of its own. */
static double letter_factor(const Parsed *p, QuantityKind kind)
{
    const char c = p->plain[0];
    if (kind == QUANTITY_TIME)
        return p->plain[1] ? c == 'k' ? 1e3 : p->typed[0] == 'M' ? 1e6 : 0 : 0;
    if (kind != QUANTITY_COUNT && kind != QUANTITY_MONEY)
        return 0;
    for (int i = 0; i < COUNT_OF(prefix); i++)
        if (prefix[i].name[0] == c && !prefix[i].name[1]
            && strchr("kmgbtp", c))
            return prefix[i].factor;
    return 0;
}

static bool factor_find(double *factor, const Parsed *p, QuantityKind kind)
{
    const char *rest = p->plain;
    if (plain_find(factor, rest, kind))
        return true;
    for (int m = 0; m < COUNT_OF(many); m++) {
        const char *unit_name = after(rest, many[m].name);
        if (unit_name && plain_find(factor, unit_name, kind)) {
            *factor *= many[m].factor;
            return true;
        }
    }
    const double letter = letter_factor(p, kind);
    if (letter == 0 || !plain_find(factor, rest + 1, kind))
        return false;
    *factor *= letter;
    return true;
}

/* ---- what is said -------------------------------------------------------- */

static bool like(const char *text, QuantityKind kind, const char *what,
                 Err *err)
{
    return err_set(err, ERR_USAGE, "%s: '%.60s' is not %s; write it like %s",
                   what, text, about[kind].what, about[kind].like);
}

static bool unit_wrong(const Parsed *p, const char *text, QuantityKind kind,
                       const char *what, Err *err)
{
    double ignored;
    if (kind == QUANTITY_FLOP && flop_find(&ignored, p->plain, QUANTITY_RATE))
        return err_set(err, ERR_USAGE, "%s: '%.60s' is FLOP a second; FLOP are "
                       "wanted, as in %s", what, text, about[kind].like);
    if (p->typed[0] == ',')
        return err_set(err, ERR_USAGE, "%s: '%.60s': leave out the commas, as "
                       "in %s", what, text, about[kind].like);
    const char *names[COUNT_OF(unit)];
    int         count = 0;
    for (int u = 0; u < COUNT_OF(unit); u++)
        if (unit[u].kind == kind)
            names[count++] = unit[u].name;
    const char *near = conf_nearest(p->plain, names, count);
    return err_set(err, ERR_USAGE, "%s: '%.60s': '%s' is no unit of %s%s%s%s; "
                   "write it like %s", what, text, p->typed, about[kind].what,
                   near ? ", did you mean '" : "", near ? near : "",
                   near ? "'" : "", about[kind].like);
}

static const char *why_unclear(const char *typed, QuantityKind kind)
{
    for (int u = 0; u < COUNT_OF(unclear); u++)
        if (unclear[u].kind == kind && !strcmp(unclear[u].name, typed))
            return unclear[u].why;
    return NULL;
}

static bool within(double value, const char *text, QuantityKind kind,
                   const char *what, Err *err)
{
    if (kind == QUANTITY_SHARE)
        return (value >= 0 && value <= 1)
               || err_set(err, ERR_USAGE, "%s: '%.60s' is not a share from 0 to "
                          "1; write it like %s", what, text,
                          about[kind].like);
    if (value > 0 && value < HUGE_VAL)
        return true;
    return err_set(err, ERR_USAGE, "%s: '%.60s' is %s; write it like %s", what,
                   text, value > 0 ? "more than a number can hold"
                                   : "not above 0", about[kind].like);
}

static bool is_negative(const char *text)
{
    text += strspn(text, " \t$");
    return *text == '-' && strpbrk(text, "0123456789");
}

bool quantity_parse(double *out, const char *text, QuantityKind kind,
                    const char *what, Err *err)
{
    Parsed p;
    double factor;
    if (is_negative(text))
        return within(-1, text, kind, what, err);
    if (!split(&p, text, kind))
        return like(text, kind, what, err);
    const char *two = why_unclear(p.typed, kind);
    if (two)
        return err_set(err, ERR_USAGE, "%s: '%.60s': '%s' may be %s", what,
                       text, p.typed, two);
    if (!factor_find(&factor, &p, kind))
        return unit_wrong(&p, text, kind, what, err);
    const double value = p.number * factor;
    if (!within(value, text, kind, what, err))
        return false;
    *out = value;
    return true;
}
