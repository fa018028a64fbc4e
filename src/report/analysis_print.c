/* analysis_print.c - the screenful that ends a study: 80 columns, plain text,
 * what was asked first. */

#include "report/analysis.h"

#include "report/find_table.h"
#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <string.h>

enum { COLUMN = 30 }; /* two of them fit on a screen with their names */

/* Wide ends with large powers of ten take a digit less. */
static const char *law_number(char *out, double value, double low, double high)
{
    if (!isfinite(low) || !isfinite(high)) {
        snprintf(out, NUM_TEXT, "%.4g", value);
        return out;
    }
    snprintf(out, NUM_TEXT, "%.4g (%.4g to %.4g)", value, low, high);
    if (strlen(out) > COLUMN)
        snprintf(out, NUM_TEXT, "%.3g (%.3g to %.3g)", value, low, high);
    return out;
}

static void print_law(const Analysis *a, FILE *out)
{
    const Fit *h = &a->huber, *s = &a->squares;
    if (!a->chosen) {
        fprintf(out, "\nThere is no law of size and data\n");
        text_wrapped(out, a->chosen_words, 2);
        return;
    }
    char text[NUM_TEXT];
    fprintf(out, "\nThe law   %s   (nats per %s; N: %s)\n", h->law->formula,
            analysis_token(a), a->info.counts);
    fprintf(out, "  %-9s %-33s %s\n", "", "Huber on ln L, 95 %",
            "least squares on L, 95 %");
    for (int i = 0; i < h->law->nparam; i++) {
        fprintf(out, "  %-9s ", h->law->param[i].name);
        law_number(text, h->theta[i], h->low[i], h->high[i]);
        text_cell(out, text, 34);
        fprintf(out, "%s\n",
                law_number(text, s->theta[i], s->low[i], s->high[i]));
    }
    fprintf(out, "  %-9s %-33.2f %.2f\n", "scatter %", 100 * h->rmse_log,
            100 * s->rmse_log);
    text_wrapped(out, h->certificate.words, 2);
}

static void print_outer(const Analysis *a, FILE *out)
{
    const Fit *fit = &a->outer;
    if (!fit->law)
        return;
    char text[NUM_TEXT];
    fprintf(out, "\nA wider law   %s   (Huber on ln L)\n", fit->law->formula);
    for (int i = 0; i < fit->law->nparam; i++) {
        fprintf(out, "%s%-6s", i % 2 ? "" : "  ", fit->law->param[i].name);
        law_number(text, fit->theta[i], fit->low[i], fit->high[i]);
        if (i % 2)
            fprintf(out, "%s\n", text);
        else
            text_cell(out, text, 34);
    }
    text_wrapped(out, fit->certificate.words, 2);
    text_wrapped(out, a->chosen_words, 2);
}

/* Under a law there is room for what they say; without one they are what the
 * study is about. */
enum { SCREEN_ROWS = 10 };

static void print_findings(const Analysis *a, bool first, FILE *out)
{
    Arena       arena = { 0 };
    FindTable   table[FIND_TABLES];
    const char *name[FIND_TABLES];
    const int   count = find_tables(table, name, &arena, a);
    for (int k = 0; k < count; k++)
        if (table[k].first == first)
            find_table_print(out, &table[k],
                             a->chosen && !first ? 0 : SCREEN_ROWS);
    arena_free(&arena);
}

static void print_plan(const Analysis *a, FILE *out)
{
    char n[NUM_TEXT], d[NUM_TEXT], c[NUM_TEXT], shape[NUM_TEXT];
    fprintf(out, "\nBest size for more compute (95 %%)\n  %-15s%-27s%-27s%s\n",
            "FLOP", "parameters N", strcmp(analysis_token(a), "byte")
            ? "tokens D" : "bytes D", "shape");
    for (i64 i = 0; i < a->nplan; i++) {
        const Plan *p = &a->plan[i];
        snprintf(shape, sizeof shape, "%.0f x %.0f", round(p->layers),
                 round(p->width));
        fprintf(out, "  %-7s %4.4gx  ", num_flop(c, p->c), p->c / a->c_largest);
        text_cell(out, num_si_interval(n, p->n), 27);
        text_cell(out, num_si_interval(d, p->d), 27);
        fprintf(out, "%s\n", isfinite(p->width) ? shape : "");
    }
    if (a->nplan > 0)
        fprintf(out, "  (shape: layers x width; the last is %.4g times the "
                "largest budget fitted)\n",
                a->plan[a->nplan - 1].extrapolation);
    if (a->plan_words)
        text_wrapped(out, a->plan_words, 2);
}

static void print_best(const Analysis *a, FILE *out)
{
    const Run *best = analysis_best(a);
    if (!best)
        return;
    Str text = { 0 };
    char loss[64];
    str_add(&text, "Best run %s: %s", best->name,
            analysis_loss_words(loss, a, best));
    for (int i = 0; i < a->info.nyardstick; i++)
        str_add(&text, "%s%s %.3f", i ? ", " : "; ", a->info.yardstick[i].name,
                a->info.yardstick[i].bpb);
    fputc('\n', out);
    text_wrapped(out, text.text, 0);
    str_free(&text);
}

/* The count, and the first few by name: the report has all. */
static void print_excluded(const Analysis *a, FILE *out)
{
    const char *text = a->excluded.text ? a->excluded.text : "";
    i64 lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    if (lines == 0)
        return;
    fprintf(out, "\n%lld left out of the fits:\n", (long long)lines);
    for (i64 i = 0; i < i64_min(lines, 3); i++) {
        const int size = (int)strcspn(text, "\n");
        fprintf(out, "  %.*s\n", size > 76 ? 76 : size, text);
        text += size + 1;
    }
    if (lines > 3)
        fprintf(out, "  and %lld more, in the report\n", (long long)lines - 3);
}

void analysis_print(const Analysis *a, FILE *out)
{
    fprintf(out, "%s: %lld runs fitted, on %s\n", a->info.name,
            (long long)a->fitted.count, a->info.corpus);
    print_law(a, out);
    print_outer(a, out);
    print_findings(a, true, out);
    if (a->nholdout == 0 && a->chosen)
        fprintf(out, "\nNo budget was held out, so nothing was predicted.\n");
    if (a->chosen)
        print_plan(a, out);
    print_findings(a, false, out);
    print_best(a, out);
    print_excluded(a, out);
    fprintf(out, "\nReport: %s/report.html\n", a->dir);
}
