/* laws_why.c - `scalelaw laws why`: common misconceptions about scaling laws,
 * each answered with the fact, the equation, numbers that are worked out from
 * the laws as they lie here, the source, and the user's own evidence.
 *
 * A question is a file laws/NAME.why:
 *
 *     statement = "what people say"
 *     fact      = "what is so"
 *     equation  = "..."               may be left out
 *     source    = "..."
 *     evidence  = "exponent"          or ratio, gain, limit, floor, or nothing
 *
 *     [shown.1]                       a number
 *     say     = "... {} ..."          what it stands in
 *     law     = "kaplan-n:kaplan"     a law and one of its published sets
 *     at      = [1e10]                its columns in order; or
 *     optimum = 1e21                  the best at this compute, of which
 *     part    = "N"                   N, D, ratio or loss
 *     over    = [1e9]                 divided by the same here
 *     show    = "times"               times, less (1 - it, in %), count, loss */

#include "cli/laws_text.h"

#include "base/know.h"
#include "base/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Shown {
    const char *say, *law, *part, *show;
    RealList    at, over;
    double      optimum;
    double      value;
    const char *text; /* say with the value put in */
} Shown;

typedef struct Why {
    const char *name, *statement, *fact, *equation, *source, *evidence;
    int         nshown;
    Shown      *shown;
} Why;

/* ---- numbers ----------------------------------------------------------- */

static bool set_find(const Law **law, const LawConstants **set, Arena *arena,
                     const char *name, Err *err)
{
    char *file = arena_text(arena, name), *colon = strchr(file, ':');
    if (!colon)
        return err_set(err, ERR_FORMAT, "law = \"%s\": LAW:SET is wanted",
                       name);
    *colon = 0;
    if (!law_load(law, arena, file, err))
        return false;
    *set = law_constants(*law, colon + 1);
    return *set || err_set(err, ERR_FORMAT, "law = \"%s\": no set of that "
                           "name", name);
}

static bool value_at(double *out, const Law *law, const LawConstants *set,
                     const RealList *at, Err *err)
{
    double value[LAW_COLUMNS_MAX], *column[LAW_COLUMNS_MAX];
    if (at->count != law->ncolumn)
        return err_set(err, ERR_FORMAT, "%s: %d columns are wanted",
                       law->name, law->ncolumn);
    for (int c = 0; c < law->ncolumn; c++) {
        value[c] = at->item[c];
        column[c] = &value[c];
    }
    law_eval(out, NULL, NULL, law, set->theta, column, 1);
    return true;
}

static bool optimum_at(double *out, const Law *law, const LawConstants *set,
                       const char *part, double c, Err *err)
{
    const double n = law_optimum(law, set->theta, c), d = c / 6 / n;
    const struct { const char *name; double value; } of[] = {
        { "N", n }, { "D", d }, { "ratio", d / n },
        { "loss", law_at(law, set->theta, n, d) },
    };
    for (int i = 0; i < COUNT_OF(of); i++)
        if (strcmp(part, of[i].name) == 0) {
            *out = of[i].value;
            return !isnan(n)
                || err_set(err, ERR_FORMAT, "%s has no optimum at %g",
                           law->name, c);
        }
    return err_set(err, ERR_FORMAT, "part = \"%s\": N, D, ratio or loss",
                   part);
}

static bool shown_work_out(Shown *s, Arena *arena, Err *err)
{
    const Law *law = NULL;
    const LawConstants *set = NULL;
    double over = 1;
    if (!set_find(&law, &set, arena, s->law, err))
        return false;
    if (isnan(s->optimum)) {
        if (!value_at(&s->value, law, set, &s->at, err)
            || (s->over.count && !value_at(&over, law, set, &s->over, err)))
            return false;
    } else if (!optimum_at(&s->value, law, set, s->part, s->optimum, err)
               || (s->over.count
                   && !optimum_at(&over, law, set, s->part, s->over.item[0],
                                  err))) {
        return false;
    }
    s->value /= over;
    return true;
}

static const char *shown_print(Arena *arena, const Shown *s)
{
    char quantity[QUANTITY_TEXT];
    if (strcmp(s->show, "less") == 0)
        return arena_print(arena, "%.3g %%", 100 * (1 - s->value));
    if (strcmp(s->show, "loss") == 0)
        return arena_print(arena, "%.4f", s->value);
    if (strcmp(s->show, "count") == 0
        || (strcmp(s->show, "times") == 0 && s->value >= 1e4))
        return arena_text(arena, quantity_print(quantity, s->value,
                                                QUANTITY_COUNT, 3));
    return arena_print(arena, "%.3g", s->value);
}

static bool shown_put(Shown *s, Arena *arena, Err *err)
{
    const char *gap = strstr(s->say, "{}");
    if (!gap)
        return err_set(err, ERR_FORMAT, "say: a {} for the number is wanted");
    s->text = arena_print(arena, "%.*s%s%s", (int)(gap - s->say), s->say,
                          shown_print(arena, s), gap + 2);
    return true;
}

/* ---- reading ----------------------------------------------------------- */

static bool shown_read(Shown *s, Arena *arena, const Conf *conf,
                       const char *section, Err *err)
{
    static const char *const keys[] = { "say", "law", "at", "optimum", "part",
                                        "over", "show" };
    *s = (Shown){ .say = "", .law = "", .part = "", .show = "", .optimum = NAN };
    if (!conf_only(conf, section, keys, COUNT_OF(keys), err)
        || !conf_text(&s->say, conf, section, "say", err)
        || !conf_text(&s->law, conf, section, "law", err)
        || !conf_text(&s->part, conf, section, "part", err)
        || !conf_text(&s->show, conf, section, "show", err)
        || !conf_reals(&s->at, conf, section, "at", err)
        || !conf_reals(&s->over, conf, section, "over", err)
        || !conf_real(&s->optimum, conf, section, "optimum", err))
        return false;
    return (shown_work_out(s, arena, err) && shown_put(s, arena, err))
        || err_add(err, "%s: [%s]", conf->path, section);
}

static bool head_read(Why *why, const Conf *conf, Err *err)
{
    static const char *const keys[] = { "statement", "fact", "equation",
                                        "source", "evidence" };
    if (!conf_only(conf, "", keys, COUNT_OF(keys), err)
        || !conf_text(&why->statement, conf, "", "statement", err)
        || !conf_text(&why->fact, conf, "", "fact", err)
        || !conf_text(&why->equation, conf, "", "equation", err)
        || !conf_text(&why->source, conf, "", "source", err)
        || !conf_text(&why->evidence, conf, "", "evidence", err))
        return false;
    return (why->statement && why->fact && why->source)
        || err_set(err, ERR_FORMAT, "%s: statement, fact and source are wanted",
                   conf->path);
}

static bool why_load(Why *why, Arena *arena, const char *name, Err *err)
{
    const char *text, *path;
    Conf conf;
    *why = (Why){ .name = name };
    if (!know_load(&text, &path, arena, "laws", name, ".why", err)
        || !conf_parse(&conf, arena, text, path, err)
        || !head_read(why, &conf, err))
        return false;
    why->shown = NEW(arena, Shown, conf.sections.count + 1);
    for (i64 s = 0; s < conf.sections.count; s++)
        if (!shown_read(&why->shown[why->nshown++], arena, &conf,
                        conf.sections.item[s], err))
            return false;
    return true;
}

/* ---- saying ------------------------------------------------------------ */

enum { MARGIN = 13 };

static void say_short(Arena *arena, const Why *why)
{
    laws_fold(arena_print(arena, "  %s", why->name), 20, why->statement);
}

static void say_long(const Why *why, const TextList *evidence)
{
    printf("%s\n", why->name);
    laws_fold("  it is said", MARGIN, why->statement);
    laws_fold("  in fact", MARGIN, why->fact);
    if (why->equation)
        laws_fold("  equation", MARGIN, why->equation);
    for (int i = 0; i < why->nshown; i++)
        laws_fold(i ? "" : "  numbers", MARGIN, why->shown[i].text);
    for (i64 i = 0; i < evidence->count; i++)
        laws_fold(i ? "" : "  your runs", MARGIN, evidence->item[i]);
    laws_fold("  source", MARGIN, why->source);
    putchar('\n');
}

static void jot_why(Jot *j, const Why *why, const TextList *evidence)
{
    jot_object(j, NULL);
    jot_text(j, "name", why->name);
    jot_text(j, "statement", why->statement);
    jot_text(j, "fact", why->fact);
    jot_text(j, "equation", why->equation);
    jot_array(j, "numbers");
    for (int i = 0; i < why->nshown; i++) {
        jot_object(j, NULL);
        jot_text(j, "text", why->shown[i].text);
        jot_text(j, "law", why->shown[i].law);
        jot_real(j, "value", why->shown[i].value);
        jot_end(j);
    }
    jot_end(j);
    jot_array(j, "evidence");
    for (i64 i = 0; i < evidence->count; i++)
        jot_text(j, NULL, evidence->item[i]);
    jot_end(j);
    jot_text(j, "source", why->source);
    jot_end(j);
}

/* Those asked for; all of them for "all", and for none. */
static TextList asked(Arena *arena, const TextList *topics)
{
    const bool all = topics->count == 0
                  || (topics->count == 1
                      && strcmp(topics->item[0], "all") == 0);
    if (!all)
        return *topics;
    const char **name;
    const i64 count = know_names(&name, arena, "laws", ".why");
    return (TextList){ count, name };
}

bool laws_why(Arena *arena, const TextList *topics, const char *study,
              const char *fit, bool json, Err *err)
{
    const TextList name = asked(arena, topics);
    const bool brief = topics->count == 0 && !study && !fit && !json;
    Str text = { 0 };
    Jot j = jot_open(&text);
    bool ok = true;
    jot_array(&j, NULL);
    for (i64 i = 0; ok && i < name.count; i++) {
        Why why;
        TextList evidence;
        ok = why_load(&why, arena, name.item[i], err)
          && laws_evidence(&evidence, arena, why.evidence, study, fit, err);
        if (ok && json)
            jot_why(&j, &why, &evidence);
        else if (ok && brief)
            say_short(arena, &why);
        else if (ok)
            say_long(&why, &evidence);
    }
    jot_end(&j);
    if (ok && json)
        puts(text.text);
    else if (ok && brief)
        puts("\n`scalelaw laws why NAME` answers one, `laws why all` all of "
             "them; --study=DIR or\n--fit=FILE adds what your own runs say.");
    str_free(&text);
    return ok && laws_out(err);
}
