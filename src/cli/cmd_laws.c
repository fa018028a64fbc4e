/* cmd_laws.c - `scalelaw laws`: which laws there are, what one says, and
 * whether it says it rightly. */

#include "cli/cmd.h"

#include "base/jot.h"
#include "base/know.h"
#include "base/opt.h"
#include "law/law.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool out_whole(Err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return err_set(err, ERR_IO, "standard output: cannot be written: %s",
                   strerror(errno));
}

/* ---- list -------------------------------------------------------------- */

static bool list(Arena *arena, bool json, Err *err)
{
    const char **name;
    const int count = know_names(&name, arena, "laws", ".law");
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_array(&j, NULL);
    for (int i = 0; i < count; i++) {
        const Law *law;
        if (!law_load(&law, arena, name[i], err)) {
            str_free(&text);
            return false;
        }
        jot_object(&j, NULL);
        jot_text(&j, "name", law->name);
        jot_text(&j, "formula", law->formula);
        jot_text(&j, "title", law->title);
        jot_end(&j);
        if (!json)
            printf("%-14s %s\n%14s   %s\n", law->name, law->formula, "",
                   law->title);
    }
    jot_end(&j);
    if (json)
        puts(text.text);
    str_free(&text);
    return out_whole(err);
}

/* ---- show -------------------------------------------------------------- */

static void show_line(const char *key, const char *text)
{
    if (text && *text)
        printf("  %-9s %s\n", key, text);
}

static void show_params(const Law *law)
{
    printf("\n  %-10s %-24s %-24s %s\n", "parameter", "search begins", "bounds",
           "unit");
    for (int i = 0; i < law->nparam; i++) {
        const LawParam *p = &law->param[i];
        char from[32], bounds[32];
        snprintf(from, sizeof from, "%g to %g", p->from, p->to);
        snprintf(bounds, sizeof bounds, "%g to %g", p->low, p->high);
        printf("  %-10s %-24s %-24s %s%s%s\n", p->name, from, bounds, p->unit,
               p->linear && *p->unit ? "; " : "",
               p->linear ? "linear: solved exactly" : "");
    }
}

static void show_set(const Law *law, const LawConstants *set)
{
    printf("\n  %s:%s\n", law->name, set->name);
    for (int i = 0; i < law->nparam; i++) {
        printf("    %-10s %-14.9g", law->param[i].name, set->theta[i]);
        if (!isnan(set->low[i]))
            printf(" 95 %% %.6g to %.6g", set->low[i], set->high[i]);
        putchar('\n');
    }
    if (set->source)
        printf("    source     %s\n", set->source);
    if (set->caveat)
        printf("    caveat     %s\n", set->caveat);
}

static void show_text(const Law *law)
{
    printf("%s: %s\n\n  %s\n\n", law->name, law->title, law->formula);
    show_line("source", law->source);
    show_line("N counts", law->counts);
    show_line("cost", law->cost);
    for (int i = 0; i < law->ncaveat; i++)
        show_line("caveat", law->caveat[i]);
    show_params(law);
    for (int i = 0; i < law->nconstants; i++)
        show_set(law, &law->constants[i]);
}

static void jot_set(Jot *j, const Law *law, const LawConstants *set)
{
    jot_object(j, NULL);
    jot_text(j, "name", set->name);
    jot_text(j, "source", set->source);
    jot_text(j, "caveat", set->caveat);
    jot_object(j, "theta");
    for (int i = 0; i < law->nparam; i++)
        jot_real(j, law->param[i].name, set->theta[i]);
    jot_end(j);
    jot_end(j);
}

static void show_json(const Law *law)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "name", law->name);
    jot_text(&j, "title", law->title);
    jot_text(&j, "formula", law->formula);
    jot_text(&j, "source", law->source);
    jot_text(&j, "counts", law->counts);
    jot_text(&j, "cost", law->cost);
    jot_array(&j, "caveat");
    for (int i = 0; i < law->ncaveat; i++)
        jot_text(&j, NULL, law->caveat[i]);
    jot_end(&j);
    jot_array(&j, "published");
    for (int i = 0; i < law->nconstants; i++)
        jot_set(&j, law, &law->constants[i]);
    jot_end(&j);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static bool show(Arena *arena, const char *name, bool json, Err *err)
{
    const Law *law;
    if (!law_load(&law, arena, name, err))
        return false;
    if (json)
        show_json(law);
    else
        show_text(law);
    return out_whole(err);
}

/* ---- check ------------------------------------------------------------- */

static bool check(Arena *arena, const char *const *name, i64 count, Err *err)
{
    i64 failed = 0;
    for (i64 i = 0; i < count; i++) {
        const Law *law;
        Str text = { 0 };
        if (!law_load(&law, arena, name[i], err))
            return false;
        failed += !law_check(law, &text);
        fputs(text.text ? text.text : "", stdout);
        str_free(&text);
    }
    if (!out_whole(err))
        return false;
    if (failed == 0)
        return true;
    return err_set(err, ERR_FORMAT, "laws check: %lld of %lld laws failed; "
                   "the lines above say where", (long long)failed,
                   (long long)count);
}

static bool check_asked(Arena *arena, const TextList *rest, Err *err)
{
    if (rest->count > 1)
        return check(arena, rest->item + 1, rest->count - 1, err);
    const char **name;
    const int count = know_names(&name, arena, "laws", ".law");
    return check(arena, name, count, err);
}

/* ---- the command ------------------------------------------------------- */

static bool one_name(const TextList *rest, Err *err)
{
    return rest->count == 2
        || err_set(err, ERR_USAGE, "laws show: one law is wanted; `scalelaw "
                   "laws` lists them");
}

static bool dispatch(Arena *arena, const TextList *rest, bool json, Err *err)
{
    const char *what = rest->count ? rest->item[0] : "list";
    if (strcmp(what, "list") == 0)
        return list(arena, json, err);
    if (strcmp(what, "show") == 0)
        return one_name(rest, err) && show(arena, rest->item[1], json, err);
    if (strcmp(what, "check") == 0)
        return check_asked(arena, rest, err);
    return err_set(err, ERR_USAGE, "laws %s: there are list, show NAME and "
                   "check [NAME|FILE]", what);
}

bool cmd_laws(int argc, char **argv, Err *err)
{
    Arena    arena = { 0 };
    TextList rest = { 0 };
    bool     json = false, helped = false;
    const Opt opt[] = {
        { "json", NULL, "list and show as JSON", .flag = &json },
    };
    const OptTable table = {
        .command = "scalelaw laws",
        .about = "List the laws, show one (formula, source, published "
                 "constants, caveats), or check derivatives and published "
                 "values.",
        .opt = opt, .nopt = COUNT_OF(opt),
        .operands = "[list | show NAME|FILE | check [NAME|FILE ...]]",
        .rest = &rest, .arena = &arena,
    };
    const bool ok = opt_flags(&table, argc, argv, &helped, err)
                 && (helped || dispatch(&arena, &rest, json, err));
    arena_free(&arena);
    return ok;
}
