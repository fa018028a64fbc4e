/* html_words.c - the summary in words: what was found, how sure, what the data
 * could not say, what was predicted against what came. Every sentence is made
 * from the analysis; one that has no ground is not written. */

#include "report/html.h"

#include "report/find_table.h"
#include "report/held_score.h"
#include "report/num.h"
#include "report/xml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void line(Str *out, Str *text)
{
    html_put(out, "p", text->text ? text->text : "");
    str_free(text);
}

/* What was found ----------------------------------------------------------- */

static void law(Str *out, const Analysis *a)
{
    if (!a->chosen) {
        Str why = { 0 };
        str_add(&why, "There is no law of size and data: %s.", a->chosen_words);
        line(out, &why);
        return;
    }
    const Fit *fit = a->chosen;
    const int  e   = law_param(fit->law, "E");
    char value[NUM_TEXT], low[NUM_TEXT], high[NUM_TEXT];
    Str  text = { 0 };
    str_add(&text, "The loss of %lld runs follows %s, to within %.2f %% of the "
            "loss. ", (long long)a->fitted.count, fit->law->formula,
            100 * fit->rmse_log);
    if (e >= 0 && fit->certificate.unidentified[e])
        str_put(&text, "Where it would end, the floor E, these runs do not "
                "say.");
    else if (e >= 0)
        str_add(&text, "By it no model of this kind would get below E = %s "
                "nats per %s (%s to %s), however large and however long it "
                "were trained.", num_plain(value, fit->theta[e], 4),
                analysis_token(a), num_plain(low, fit->low[e], 3),
                num_plain(high, fit->high[e], 3));
    line(out, &text);
}

/* What each table of findings says in a sentence. */
static void verdicts(Str *out, const Analysis *a)
{
    Arena       arena = { 0 };
    FindTable   table[FIND_TABLES];
    const char *name[FIND_TABLES];
    const int   count = find_tables(table, name, &arena, a);
    str_put(out, count ? "<ul>\n" : "");
    for (int k = 0; k < count; k++) {
        str_add(out, "<li><a href=\"#found-%s\">", name[k]);
        xml_text(out, table[k].title);
        str_put(out, table[k].verdict ? "</a>: " : "</a>");
        xml_text(out, table[k].verdict);
        str_put(out, "</li>\n");
    }
    str_put(out, count ? "</ul>\n" : "");
    arena_free(&arena);
}

static void found(Str *out, const Analysis *a)
{
    html_put(out, "h3", "What was found");
    law(out, a);
    verdicts(out, a);
}

/* How sure ----------------------------------------------------------------- */

static void how_sure(Str *out, const Analysis *a)
{
    if (!a->chosen)
        return;
    const FitCertificate *c = &a->chosen->certificate;
    Str text = { 0 };
    html_put(out, "h3", "How sure");
    str_add(&text, "%lld of %lld starts ended at the same minimum. ",
            (long long)c->agree, (long long)c->starts);
    if (a->chosen->ndraw > 0)
        str_add(&text, "Intervals come from %lld refits of resampled runs: "
                "they say how far chance in the runs could move an answer, if "
                "the form of the law is right.", (long long)a->chosen->ndraw);
    else
        str_put(&text, "No refits were asked for, so that there are no "
                "intervals.");
    line(out, &text);
}

/* What they could not say -------------------------------------------------- */

static i64 lines_in(const char *text)
{
    i64 count = 0;
    for (; text && *text; text++)
        count += *text == '\n';
    return count;
}

/* "The constants A and B of the law: why." */
static void constants(Str *out, const Fit *fit, const bool *which,
                      const char *why)
{
    Str text  = { 0 };
    int count = 0;
    for (int i = 0; i < fit->law->nparam; i++)
        if (which[i])
            str_add(&text, "%s%s", count++ ? ", " : "",
                    fit->law->param[i].name);
    if (count) {
        str_add(&text, ": %s.", why);
        html_put(out, "li", text.text);
    }
    str_free(&text);
}

static void unsettled(Str *out, const Analysis *a)
{
    if (!a->chosen)
        return;
    const FitCertificate *c = &a->chosen->certificate;
    constants(out, a->chosen, c->at_bound, "constants of the law that the fit "
              "drove to the end of what was searched");
    constants(out, a->chosen, c->unidentified, "constants of the law whose "
              "intervals span more than a factor ten, or which the fit does "
              "not feel; plans rest on combinations of them, which may be "
              "settled all the same");
    if (a->finds.profile.law)
        constants(out, &a->finds.profile,
                  a->finds.profile.certificate.profile_open,
                  "constants whose profile never rises on one side: the runs "
                  "set no limit there");
}

static void silent(Str *out, const char *name, const Frontier *of)
{
    if (of->npoint > 0)
        return;
    Str text = { 0 };
    str_add(&text, "%s gave no line: %s.", name, of->words);
    html_put(out, "li", text.text);
    str_free(&text);
}

static void not_said(Str *out, const Analysis *a)
{
    char      text[300];
    const i64 lost = lines_in(a->excluded.text);
    html_put(out, "h3", "What the data could not say");
    str_put(out, "<ul>\n");
    unsettled(out, a);
    if (a->fitted.count > 0) {
        silent(out, "The envelope", &a->envelope);
        silent(out, "IsoFLOP", &a->isoflop);
        silent(out, "The law's optimum", &a->parametric);
    }
    if (a->plan_words)
        html_put(out, "li", a->plan_words);
    if (lost > 0) {
        snprintf(text, sizeof text, "%lld record%s left out, for reasons that "
                 "stand below the table of runs.", (long long)lost,
                 lost == 1 ? " was" : "s were");
        html_put(out, "li", text);
    }
    if (a->finds.rates.count == 0)
        html_put(out, "li", "Whether other learning rates would move the "
                 "answer: no rate was varied alone.");
    if (!(a->c_fit > 0)) {
        str_put(out, "</ul>\n");
        return;
    }
    snprintf(text, sizeof text, "What lies beyond %.3g times the fitted "
             "compute: nothing was trained there.",
             a->c_largest / a->c_fit);
    html_put(out, "li", text);
    str_put(out, "</ul>\n");
}

/* Predicted against measured ----------------------------------------------- */

static void predicted(Str *out, const Analysis *a)
{
    const HoldoutScore s = holdout_score(a);
    if (s.asked > 0)
        return; /* said among the findings */
    html_put(out, "h3", "Predicted against measured");
    html_put(out, "p", "Nothing was predicted before it was trained.");
}

void html_words(Str *out, const Analysis *a)
{
    str_put(out, "<section id=\"summary\" class=\"words\">\n");
    html_put(out, "h2", "In words");
    found(out, a);
    how_sure(out, a);
    not_said(out, a);
    predicted(out, a);
    str_put(out, "</section>\n");
}
