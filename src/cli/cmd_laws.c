/* cmd_laws.c - `scalelaw laws`: which laws there are, what one says, whether it
 * says it rightly, and what they answer to common misconceptions. */

#include "cli/cmd.h"

#include "base/know.h"
#include "base/opt.h"
#include "cli/laws_text.h"

#include <stdio.h>
#include <string.h>

/* ---- list -------------------------------------------------------------- */

static bool laws_all(const Law ***out, int *count, Arena *arena, Err *err)
{
    const char **name;
    *count = know_names(&name, arena, "laws", ".law");
    *out = NEW(arena, const Law *, *count + 1);
    for (int i = 0; i < *count; i++)
        if (!law_load(&(*out)[i], arena, name[i], err))
            return false;
    return true;
}

static void list_law(Arena *arena, const Law *law)
{
    const char *columns = "";
    for (int c = 0; c < law->ncolumn; c++)
        columns = arena_print(arena, "%s%s%s", columns, c ? ", " : "",
                              law->column[c]);
    const char *text = arena_print(arena, "%s (%s; %d set%s)", law->title,
                                   columns, law->nconstants,
                                   law->nconstants == 1 ? "" : "s");
    laws_fold(arena_print(arena, "  %s", law->name), 26, text);
    const char *formula = law->written ? law->written : law->formula;
    if (strlen(formula) <= 74)
        printf("%26s%s\n", "", formula);
    else
        printf("%26s%.71s...\n", "", formula);
}

static void list_text(Arena *arena, const Law *const *law, int count,
                      const char *topic)
{
    for (int t = 0; t < LAWS_TOPICS; t++) {
        if (topic && strcmp(topic, laws_topic[t].name) != 0)
            continue;
        printf("%s (%s)\n", laws_topic[t].about, laws_topic[t].name);
        for (int i = 0; i < count; i++)
            if (strcmp(law[i]->topic, laws_topic[t].name) == 0)
                list_law(arena, law[i]);
        putchar('\n');
    }
}

static void list_json(const Law *const *law, int count, const char *topic)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_array(&j, NULL);
    for (int i = 0; i < count; i++) {
        if (topic && strcmp(topic, law[i]->topic) != 0)
            continue;
        jot_object(&j, NULL);
        jot_text(&j, "name", law[i]->name);
        jot_text(&j, "topic", law[i]->topic);
        jot_text(&j, "formula", law[i]->formula);
        jot_text(&j, "title", law[i]->title);
        jot_text(&j, "response", law[i]->response);
        jot_array(&j, "columns");
        for (int c = 0; c < law[i]->ncolumn; c++)
            jot_text(&j, NULL, law[i]->column[c]);
        jot_end(&j);
        jot_array(&j, "published");
        for (int s = 0; s < law[i]->nconstants; s++)
            jot_text(&j, NULL, law[i]->constants[s].name);
        jot_end(&j);
        jot_end(&j);
    }
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static bool topic_known(const char *topic, Err *err)
{
    const char *name[LAWS_TOPICS];
    for (int t = 0; t < LAWS_TOPICS; t++) {
        name[t] = laws_topic[t].name;
        if (strcmp(topic, name[t]) == 0)
            return true;
    }
    const char *near = conf_nearest(topic, name, LAWS_TOPICS);
    return err_set(err, ERR_USAGE, "%s: not a topic; %s%s", topic,
                   near ? "did you mean " : "`scalelaw laws` names them in "
                                            "parentheses",
                   near ? near : "");
}

static bool list(Arena *arena, const TextList *rest, bool json, Err *err)
{
    const char *topic = rest->count > 1 ? rest->item[1] : NULL;
    const Law **law;
    int count;
    if (rest->count > 2)
        return err_set(err, ERR_USAGE, "list: one topic at most");
    if ((topic && !topic_known(topic, err))
        || !laws_all(&law, &count, arena, err))
        return false;
    if (json)
        list_json(law, count, topic);
    else
        list_text(arena, law, count, topic);
    return laws_out(err);
}

/* ---- check ------------------------------------------------------------- */

typedef struct Tally { i64 laws, wrong, promises, failed; } Tally;

/* The lines of law_check: "ok     LAW: PROMISE" or "FAILED LAW: PROMISE". */
static void promises(Tally *sum, Jot *j, char *text, bool json)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        const bool ok = strncmp(line, "ok", 2) == 0;
        char *law = line + 7, *colon = strstr(law, ": ");
        sum->promises++;
        sum->failed += !ok;
        if (!json) {
            puts(line);
            continue;
        }
        jot_object(j, NULL);
        jot_flag(j, "ok", ok);
        jot_text(j, "promise", colon ? colon + 2 : law);
        if (colon)
            *colon = 0;
        jot_text(j, "law", law);
        jot_end(j);
    }
}

static bool check_all(Tally *sum, Jot *j, Arena *arena, const char *const *name,
                      i64 count, bool json, Err *err)
{
    for (i64 i = 0; i < count; i++) {
        const Law *law;
        Str text = { 0 };
        if (!law_load(&law, arena, name[i], err))
            return false;
        sum->laws++;
        sum->wrong += !law_check(law, &text);
        promises(sum, j, text.text, json);
        str_free(&text);
    }
    return true;
}

static void check_sum(Jot *j, const Tally *sum, bool json)
{
    if (!json) {
        printf("%lld laws, %lld promises, %lld failed\n", (long long)sum->laws,
               (long long)sum->promises, (long long)sum->failed);
        return;
    }
    jot_end(j);
    jot_count(j, "laws", sum->laws);
    jot_count(j, "promises", sum->promises);
    jot_count(j, "failed", sum->failed);
    jot_end(j);
    puts(j->out->text);
}

static bool check(Arena *arena, const TextList *rest, bool json, Err *err)
{
    const char **every, *const *name = rest->item + 1;
    i64 count = rest->count - 1;
    if (count == 0) {
        count = know_names(&every, arena, "laws", ".law");
        name = every;
    }
    Tally sum = { 0 };
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_array(&j, "checked");
    bool ok = check_all(&sum, &j, arena, name, count, json, err);
    if (ok)
        check_sum(&j, &sum, json);
    str_free(&text);
    if (!ok || !laws_out(err))
        return false;
    return sum.failed == 0
        || err_set(err, ERR_FORMAT, "check: %lld of %lld laws failed; the "
                   "lines above say where", (long long)sum.wrong,
                   (long long)sum.laws);
}

/* ---- the command ------------------------------------------------------- */

typedef struct Args {
    bool        json;
    const char *study, *fit;
    TextList    rest;
} Args;

static bool unknown(Arena *arena, const char *what, Err *err)
{
    static const char *const verb[] = { "list", "show", "check", "why" };
    const char **law, *near = conf_nearest(what, verb, COUNT_OF(verb));
    const int count = know_names(&law, arena, "laws", ".law");
    if (near)
        return err_set(err, ERR_USAGE, "%s: did you mean laws %s?", what, near);
    near = conf_nearest(what, law, count);
    if (near)
        return err_set(err, ERR_USAGE, "%s: did you mean laws show %s?", what,
                       near);
    return err_set(err, ERR_USAGE, "%s: there are list [TOPIC], show NAME, "
                   "check [NAME|FILE ...] and why [QUESTION ...]", what);
}

static bool show(Arena *arena, const Args *args, Err *err)
{
    if (args->rest.count < 2)
        return err_set(err, ERR_USAGE, "show: which law? `scalelaw laws` "
                       "lists them");
    for (i64 i = 1; i < args->rest.count; i++)
        if (!laws_show(arena, args->rest.item[i], args->json, err))
            return false;
    return true;
}

static bool dispatch(Arena *arena, const Args *args, Err *err)
{
    const char *what = args->rest.count ? args->rest.item[0] : "list";
    const bool asks_why = strcmp(what, "why") == 0;
    if ((args->study || args->fit) && !asks_why)
        return err_set(err, ERR_USAGE, "--%s: only `laws why` looks at runs",
                       args->study ? "study" : "fit");
    if (strcmp(what, "list") == 0)
        return list(arena, &args->rest, args->json, err);
    if (strcmp(what, "show") == 0)
        return show(arena, args, err);
    if (strcmp(what, "check") == 0)
        return check(arena, &args->rest, args->json, err);
    const TextList topics = { args->rest.count - 1, args->rest.item + 1 };
    if (asks_why)
        return laws_why(arena, &topics, args->study, args->fit, args->json,
                        err);
    return unknown(arena, what, err);
}

bool cmd_laws(int argc, char **argv, Err *err)
{
    Arena arena = { 0 };
    Args  args = { 0 };
    bool  helped = false;
    const Opt opt[] = {
        { "json", NULL, "as JSON, one line", .flag = &args.json },
        { "study", "DIR", "why: what this study's runs say to it",
          .text = &args.study },
        { "fit", "FILE", "why: what this fit says to it", .text = &args.fit },
    };
    const OptTable table = {
        .command = "scalelaw laws",
        .about = "List the laws by topic, show one (formula, source, published "
                 "constants, what it recommends, caveats), check derivatives "
                 "and published values, or answer common misconceptions.",
        .opt = opt, .nopt = COUNT_OF(opt),
        .operands = "[list [TOPIC] | show NAME|FILE ... | check [NAME|FILE "
                    "...] | why [QUESTION ...|all]]",
        .rest = &args.rest, .arena = &arena,
    };
    const bool ok = opt_flags(&table, argc, argv, &helped, err)
                 && (helped || dispatch(&arena, &args, err));
    arena_free(&arena);
    return ok;
}
