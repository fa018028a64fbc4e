/* html_more.c - the parts of a page that are about the study as work: what it
 * cost, the checklist of a careful fit, and what it takes to repeat it. */

#include "report/html.h"

#include "base/hash.h"
#include "report/checklist.h"
#include "report/num.h"
#include "report/xml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Ledger ------------------------------------------------------------------- */

static void row(Str *out, const LedgerRow *r)
{
    char text[NUM_TEXT];
    str_put(out, "<tr><th scope=\"row\">");
    html_bdi(out, r->group);
    str_put(out, "</th>");
    html_put(out, "td", isfinite(r->budget) ? num_power(text, r->budget) : "");
    str_add(out, "<td>%lld</td><td>%lld</td>", (long long)r->runs,
            (long long)r->done);
    html_put(out, "td", num_power(text, r->flop));
    html_put(out, "td", num_si(text, r->wall_s, 3));
    html_put(out, "td", isfinite(r->joules) ? num_si(text, r->joules, 3)
                                            : "not measured");
    str_put(out, "</tr>\n");
}

void html_ledger(Str *out, const Analysis *a)
{
    const Ledger *l = &a->finds.ledger;
    str_put(out, "<section id=\"ledger-table\">\n");
    html_put(out, "h2", "Ledger");
    html_table_open(out, "What the runs took, by group and budget");
    str_put(out, "<thead><tr><th scope=\"col\">group</th><th scope=\"col\">"
            "budget (FLOP)</th><th scope=\"col\">runs</th><th scope=\"col\">"
            "done</th><th scope=\"col\">FLOP spent</th><th scope=\"col\">"
            "seconds</th><th scope=\"col\">joules</th></tr></thead>\n<tbody>\n");
    for (i64 i = 0; i < l->count; i++)
        row(out, &l->row[i]);
    row(out, &l->all);
    html_table_shut(out);
    str_put(out, "</section>\n");
}

/* Checklist ---------------------------------------------------------------- */

void html_checklist(Str *out, const Analysis *a)
{
    static const char *const class[] = { "yes", "no", "unknown" };
    Arena     arena = { 0 };
    Checklist list;
    checklist_make(&list, &arena, a);
    str_put(out, "<section id=\"checklist\">\n");
    html_put(out, "h2", "Checklist");
    html_put(out, "p", "The questions of Li et al. 2025, (Mis)fitting scaling "
             "laws (arXiv:2502.18969), answered from the records of this "
             "study.");
    html_table_open(out, "How the law was fitted");
    str_put(out, "<thead><tr><th scope=\"col\">part</th><th scope=\"col\">"
            "question</th><th scope=\"col\">answer</th><th scope=\"col\">"
            "evidence</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < list.count; i++) {
        const CheckItem *item = &list.item[i];
        const bool first = i == 0
                        || strcmp(list.item[i - 1].part, item->part) != 0;
        str_put(out, "<tr>");
        html_put(out, "td", first ? item->part : "");
        str_put(out, "<td class=\"w\">");
        xml_text(out, item->question);
        str_add(out, "</td><td><span class=\"check %s\">%s</span></td>"
                "<td class=\"w\">", class[item->answer],
                checklist_word(item->answer));
        html_bdi(out, item->evidence);
        str_put(out, "</td></tr>\n");
    }
    html_table_shut(out);
    str_put(out, "</section>\n");
    arena_free(&arena);
}

/* To repeat it ------------------------------------------------------------- */

static void hash_row(Str *out, const char *what, const char *hash)
{
    if (!hash || !*hash)
        return;
    html_put(out, "dt", what);
    str_put(out, "<dd><code>");
    xml_text(out, hash);
    str_put(out, "</code></dd>\n");
}

/* Versions of the code among the runs; one, if nobody mixed them. */
static void codes(Str *out, const Analysis *a)
{
    for (i64 i = 0; i < a->runs.count; i++) {
        bool seen = false;
        for (i64 k = 0; k < i && !seen; k++)
            seen = finds_same_text(a->runs.run[i].code, a->runs.run[k].code);
        if (!seen)
            hash_row(out, "code that trained", a->runs.run[i].code);
    }
}

void html_repeat(Str *out, const Analysis *a)
{
    str_put(out, "<section id=\"repeat\">\n");
    html_put(out, "h2", "To repeat it");
    html_put(out, "p", "Save the configuration above as study.study. Runs that "
             "are there are not trained again; the same configuration, corpus "
             "and code give the same runs, under the same names.");
    html_put(out, "pre",
             "scalelaw study study.study --out again   # train, fit, predict, "
             "report\n"
             "scalelaw report again                    # fit and draw what is "
             "there\n"
             "scalelaw runs list again                 # every run with its "
             "numbers\n"
             "scalelaw --version                       # must name the code "
             "below");
    str_put(out, "<dl>\n");
    codes(out, a);
    hash_row(out, "SHA-256 of the corpus", a->info.corpus_sha256);
    hash_row(out, "SHA-256 of the prediction", a->prediction_hash);
    if (a->info.config) {
        char hash[HASH_HEX];
        hash_sha256(hash, a->info.config, (i64)strlen(a->info.config));
        hash_row(out, "SHA-256 of the configuration", hash);
    }
    str_put(out, "</dl>\n</section>\n");
}
