/* fit_laws.c - see fit_laws.h. */

#include "cli/fit_laws.h"

#include "base/know.h"

#include <math.h>
#include <string.h>

static void append(LawList *list, Arena *arena, const Law *law)
{
    const Law **more = NEW(arena, const Law *, list->count + 1);
    for (i64 i = 0; i < list->count; i++)
        more[i] = list->item[i];
    more[list->count++] = law;
    list->item = more;
}

/* ---- families ---------------------------------------------------------- */

/* "bnsl-2" of "bnsl": the name, a hyphen and a number. */
static bool is_member(const char *law, const char *family)
{
    const size_t length = strlen(family);
    if (strncmp(law, family, length) != 0 || law[length] != '-')
        return false;
    const char *rest = law + length + 1;
    return *rest && strspn(rest, "0123456789") == strlen(rest);
}

static bool put_named(LawList *out, Arena *arena, const char *name, Err *err)
{
    const Law *law;
    const char **known;
    const i64 before = out->count;
    const int count = know_names(&known, arena, "laws", ".law");
    for (int i = 0; i < count; i++) {
        if (!is_member(known[i], name))
            continue;
        if (!law_load(&law, arena, known[i], err))
            return false;
        append(out, arena, law);
    }
    if (out->count > before)
        return true;
    if (!law_load(&law, arena, name, err))
        return false;
    append(out, arena, law);
    return true;
}

/* ---- pins and bounds --------------------------------------------------- */

/* "E=..." cut at its equals sign; NULL where there is none. */
static const char *cut(const char **name, Arena *arena, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return NULL;
    *name = arena_print(arena, "%.*s", (int)(equals - text), text);
    return equals + 1;
}

static bool nobody_has(const LawList *laws, const char *option,
                       const char *name, Err *err)
{
    const char *known[LAW_PARAMS_MAX];
    const Law *law = laws->item[0];
    for (int i = 0; i < law->nparam; i++)
        known[i] = law->param[i].name;
    const char *near = conf_nearest(name, known, law->nparam);
    return err_set(err, ERR_USAGE, "--%s=%s: %s has no such parameter%s%s; its "
                   "formula is %s", option, name, law->name,
                   near ? "; did you mean " : "", near ? near : "",
                   law->formula);
}

static bool pin(LawList *laws, Arena *arena, const char *text, Err *err)
{
    const char *name, *rest = cut(&name, arena, text);
    double value;
    bool any = false;
    if (!rest || !conf_number(&value, rest))
        return err_set(err, ERR_USAGE, "--pin=%s: PARAMETER=NUMBER is "
                       "expected, like --pin=E=1.8", text);
    for (i64 i = 0; i < laws->count; i++) {
        if (law_param(laws->item[i], name) < 0)
            continue;
        any = true;
        if (!law_pin(&laws->item[i], arena, laws->item[i], name, value, err))
            return false;
    }
    return any || nobody_has(laws, "pin", name, err);
}

/* "0.1..0.6"; an end that is left away is NaN, and stays what it was. */
static bool ends_read(double *low, double *high, Arena *arena, const char *text)
{
    const char *dots = strstr(text, "..");
    *low = *high = NAN;
    if (!dots || strlen(text) == 2)
        return false;
    const char *first = arena_print(arena, "%.*s", (int)(dots - text), text);
    return (!*first || conf_number(low, first))
        && (!dots[2] || conf_number(high, dots + 2)) && !(*low >= *high);
}

static bool bound(LawList *laws, Arena *arena, const char *text, Err *err)
{
    const char *name, *rest = cut(&name, arena, text);
    double low, high;
    bool any = false;
    if (!rest || !ends_read(&low, &high, arena, rest))
        return err_set(err, ERR_USAGE, "--bound=%s: PARAMETER=LOW..HIGH is "
                       "expected, like --bound=alpha=0.1..0.6", text);
    for (i64 i = 0; i < laws->count; i++) {
        const Law *law = laws->item[i];
        const int at = law_param(law, name);
        if (at < 0)
            continue;
        any = true;
        if (!law_bound(&laws->item[i], arena, law, name,
                       isnan(low) ? law->param[at].low : low,
                       isnan(high) ? law->param[at].high : high, err))
            return false;
    }
    return any || nobody_has(laws, "bound", name, err);
}

bool fit_laws_find(LawList *out, Arena *arena, const FitArgs *args, Err *err)
{
    *out = (LawList){ 0 };
    for (i64 i = 0; i < args->laws.count; i++)
        if (!put_named(out, arena, args->laws.item[i], err))
            return false;
    if (out->count == 0)
        return err_set(err, ERR_USAGE, "--law: a law is expected, like "
                       "--law=chinchilla; `scalelaw laws` lists them");
    for (i64 i = 0; i < args->pins.count; i++)
        if (!pin(out, arena, args->pins.item[i], err))
            return false;
    for (i64 i = 0; i < args->bounds.count; i++)
        if (!bound(out, arena, args->bounds.item[i], err))
            return false;
    return true;
}
