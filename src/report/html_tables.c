/* html_tables.c - the numbers behind the figures, as tables. */

#include "report/html.h"

#include "report/num.h"
#include "report/xml.h"

#include <math.h>
#include <string.h>

static void open(Str *out, const char *caption, const char *const *head,
                 int count)
{
    html_table_open(out, caption);
    str_put(out, "<thead><tr>");
    for (int i = 0; i < count; i++)
        str_add(out, "<th scope=\"col\">%s</th>", head[i]);
    str_put(out, "</tr></thead>\n<tbody>\n");
}

static void shut(Str *out)
{
    html_table_shut(out);
}

static void cell(Str *out, const char *text)
{
    str_put(out, "<td>");
    xml_text(out, text);
    str_put(out, "</td>");
}

/* A name of a run, cut to a width; a button where it can be marked in the
 * figures. */
static void cell_name(Str *out, const char *name, i64 run)
{
    str_put(out, "<td>");
    if (run >= 0)
        str_add(out, "<button type=\"button\" class=\"run name\" "
                "data-r=\"%lld\" aria-pressed=\"false\" title=\"",
                (long long)run);
    else
        str_put(out, "<span class=\"name\" title=\"");
    xml_text(out, name);
    str_put(out, "\">");
    html_bdi(out, name);
    str_put(out, run >= 0 ? "</button></td>" : "</span></td>");
}

static void cell_wide(Str *out, const char *text)
{
    str_put(out, "<td class=\"w\">");
    xml_text(out, text);
    str_put(out, "</td>");
}

/* A value, and its interval in small letters below: half as wide. */
static void cell_two(Str *out, const char *value, const char *below)
{
    str_put(out, "<td>");
    xml_text(out, value);
    if (*below) {
        str_put(out, "<small>");
        xml_text(out, below);
        str_put(out, "</small>");
    }
    str_put(out, "</td>");
}

static void cell_si(Str *out, Interval x)
{
    char value[NUM_TEXT], below[NUM_TEXT];
    cell_two(out, num_si(value, x.value, 3), num_si_ends(below, x));
}

static void cell_interval(Str *out, Interval x, int decimals)
{
    char value[NUM_TEXT], below[NUM_TEXT];
    const Interval bare = { x.value, NAN, NAN };
    cell_two(out, num_interval(value, bare, decimals),
             num_ends(below, x, decimals));
}

/* A measured loss, and its standard error where that was measured too. */
static void cell_measured(Str *out, double loss, double se)
{
    char value[NUM_TEXT], below[NUM_TEXT] = "";
    const Interval bare = { loss, NAN, NAN };
    if (isfinite(se))
        snprintf(below, sizeof below, "± %.4f", se);
    cell_two(out, num_interval(value, bare, 4), below);
}

/* What a fit's short name stands for. */
static const char *fit_words(const char *fit)
{
    return strcmp(fit, "huber") == 0   ? "additive, Huber"
         : strcmp(fit, "squares") == 0 ? "additive, squares"
         : strcmp(fit, "outer") == 0   ? "wider law"
                                       : fit;
}

/* What to train for more compute ------------------------------------------- */

static void row_plan(Str *out, const Analysis *a, const Plan *p,
                     const char *fit)
{
    char text[NUM_TEXT];
    str_put(out, "<tr>");
    cell(out, num_power(text, p->c));
    snprintf(text, sizeof text, "%.4g×", p->c / a->c_largest);
    cell(out, text);
    cell(out, fit);
    cell_si(out, p->n);
    cell_si(out, p->d);
    cell_si(out, p->ratio);
    if (isfinite(p->width))
        snprintf(text, sizeof text, "%.0f × %.0f", round(p->layers),
                 round(p->width));
    else
        num_plain(text, NAN, 3);
    cell(out, text);
    cell_interval(out, p->loss, 3);
    snprintf(text, sizeof text, "%.4g×", p->extrapolation);
    cell(out, text);
    str_put(out, "</tr>\n");
}

void html_table_plan(Str *out, const Analysis *a)
{
    if (a->nplan == 0)
        return;
    char data[32], ratio[32];
    snprintf(data, sizeof data, "%ss D", analysis_token(a));
    snprintf(ratio, sizeof ratio, "D / N");
    const char *const head[] = { "FLOP", "of largest", "fit by",
                                 "parameters N", data, ratio,
                                 "layers × width", "loss", "beyond fit" };
    html_put(out, "h2", "Best size and data for more compute");
    open(out, "Compute-optimal plans, with 95 % intervals", head,
         COUNT_OF(head));
    for (i64 i = 0; i < a->nplan; i++) {
        row_plan(out, a, &a->plan[i], fit_words(a->chosen_fit));
        row_plan(out, a, &a->plan_squares[i], fit_words("squares"));
    }
    shut(out);
    if (a->plan_words)
        html_put(out, "p", a->plan_words);
}

/* The law ------------------------------------------------------------------ */

static const char *constant(char *out, const Fit *fit, int i)
{
    if (isfinite(fit->low[i]) && isfinite(fit->high[i]))
        snprintf(out, NUM_TEXT, "%.4g (%.4g to %.4g)", fit->theta[i],
                 fit->low[i], fit->high[i]);
    else
        snprintf(out, NUM_TEXT, "%.4g", fit->theta[i]);
    return out;
}

static const char *finding(const Fit *fit, int i)
{
    return fit->certificate.at_bound[i]     ? "at its bound"
         : fit->certificate.unidentified[i] ? "not identified by these runs"
                                            : "";
}

static void row_certificate(Str *out, const char *what, const char *huber,
                            const char *squares)
{
    str_put(out, "<tr>");
    cell(out, what);
    cell_wide(out, huber);
    cell_wide(out, squares);
    cell(out, "");
    str_put(out, "</tr>\n");
}

static void certificate(Str *out, const Fit *h, const Fit *s)
{
    char a[NUM_TEXT], b[NUM_TEXT];
    row_certificate(out, "scatter in ln L", num_percent(a, h->rmse_log) + 1,
                    num_percent(b, s->rmse_log) + 1);
    row_certificate(out, "objective", num_plain(a, h->objective, 10),
                    num_plain(b, s->objective, 10));
    snprintf(a, sizeof a, "%lld of %lld", (long long)h->certificate.agree,
             (long long)h->certificate.starts);
    snprintf(b, sizeof b, "%lld of %lld", (long long)s->certificate.agree,
             (long long)s->certificate.starts);
    row_certificate(out, "starts that agree", a, b);
    row_certificate(out, "relative gradient",
                    num_plain(a, h->certificate.gradient, 2),
                    num_plain(b, s->certificate.gradient, 2));
    row_certificate(out, "condition number",
                    num_plain(a, h->certificate.condition, 3),
                    num_plain(b, s->certificate.condition, 3));
    snprintf(a, sizeof a, "%lld, %lld failed", (long long)h->ndraw,
             (long long)h->certificate.refits_failed);
    snprintf(b, sizeof b, "%lld, %lld failed", (long long)s->ndraw,
             (long long)s->certificate.refits_failed);
    row_certificate(out, "bootstrap refits", a, b);
    row_certificate(out, "in words", h->certificate.words,
                    s->certificate.words);
}

/* The additive law with its outer exponent free. */
static void table_outer(Str *out, const Analysis *a)
{
    static const char *const head[] = { "constant", "Huber on ln L", "" };
    const Fit *fit = &a->outer;
    if (!fit->law)
        return;
    str_put(out, "<p>A wider law: <code>");
    xml_text(out, fit->law->formula);
    str_put(out, "</code>. ");
    xml_text(out, fit->certificate.words);
    str_put(out, ".</p>\n");
    open(out, "Constants of the wider law with 95 % intervals", head,
         COUNT_OF(head));
    for (int i = 0; i < fit->law->nparam; i++) {
        char text[NUM_TEXT];
        str_put(out, "<tr>");
        cell(out, fit->law->param[i].name);
        cell(out, constant(text, fit, i));
        cell(out, finding(fit, i));
        str_put(out, "</tr>\n");
    }
    shut(out);
}

void html_table_law(Str *out, const Analysis *a)
{
    static const char *const head[] = { "constant", "Huber on ln L",
                                        "least squares on L", "" };
    const Fit *h = &a->huber, *s = &a->squares;
    html_put(out, "h2", "The law");
    if (!a->chosen) {
        str_put(out, "<p>There is none: ");
        xml_text(out, a->chosen_words);
        str_put(out, ".</p>\n");
        return;
    }
    str_put(out, "<p><code>");
    xml_text(out, h->law->formula);
    str_add(out, "</code>, loss in nats per %s, N counting ",
            analysis_token(a));
    xml_text(out, a->info.counts);
    str_add(out, ", fitted to %lld runs. ", (long long)a->fitted.count);
    xml_text(out, h->law->source);
    str_put(out, ".</p>\n");
    open(out, "Constants with 95 % intervals, and the certificate of each fit",
         head, COUNT_OF(head));
    for (int i = 0; i < h->law->nparam; i++) {
        char text[NUM_TEXT];
        str_put(out, "<tr>");
        cell(out, h->law->param[i].name);
        cell(out, constant(text, h, i));
        cell(out, constant(text, s, i));
        cell(out, finding(h, i));
        str_put(out, "</tr>\n");
    }
    certificate(out, h, s);
    shut(out);
    table_outer(out, a);
    str_put(out, "<p><b>Which of the two:</b> ");
    xml_text(out, a->chosen_words);
    str_put(out, ".</p>\n");
}

/* Runs --------------------------------------------------------------------- */

static void row_run(Str *out, const Analysis *a, const Run *run)
{
    char text[NUM_TEXT];
    str_put(out, "<tr>");
    cell_name(out, run->name ? run->name : run->id, fig_run(a, run));
    cell(out, run->group);
    cell(out, num_power(text, run->budget));
    cell(out, num_si(text, fig_n(a, run), 3));
    cell(out, run->status ? num_si(text, (double)run->tokens, 3) : "");
    cell(out, num_plain(text, run->lr, 3));
    snprintf(text, sizeof text, "%lld", (long long)run->batch_tokens);
    cell(out, text);
    snprintf(text, sizeof text, "%lld", (long long)run->steps);
    cell(out, text);
    cell_measured(out, run->val_loss, run->val_se);
    cell_interval(out, (Interval){ run->val_bpb, NAN, NAN }, 3);
    cell(out, num_si(text, run->wall_s, 3));
    if (run->reason)
        cell_two(out, run->status ? run->status : "not finished", run->reason);
    else
        cell(out, run->status ? run->status : "not finished");
    str_put(out, "</tr>\n");
}

static bool stands_before(const Analysis *a, const Run *x, const Run *y)
{
    if (x->budget < y->budget || x->budget > y->budget)
        return x->budget < y->budget;
    return fig_n(a, x) < fig_n(a, y);
}

/* As a reader looks for them: budgets rising, then sizes. */
static RunList by_budget(Arena *arena, const Analysis *a)
{
    RunList out = { .run = NEW(arena, Run, a->runs.count + 1) };
    for (i64 i = 0; i < a->runs.count; i++) {
        i64 at = out.count++;
        for (; at > 0 && stands_before(a, &a->runs.run[i], &out.run[at - 1]);
             at--)
            out.run[at] = out.run[at - 1];
        out.run[at] = a->runs.run[i];
    }
    return out;
}

void html_table_runs(Str *out, const Analysis *a)
{
    static const char *const head[] = {
        "run", "group", "budget", "N", "D", "LR", "batch", "steps",
        "loss", "bits/byte", "seconds", "status" };
    Arena scratch = { 0 };
    html_put(out, "h2", "Runs");
    open(out, "All runs of the study", head, COUNT_OF(head));
    const RunList sorted = by_budget(&scratch, a);
    for (i64 i = 0; i < sorted.count; i++)
        row_run(out, a, &sorted.run[i]);
    shut(out);
    arena_free(&scratch);
}

void html_excluded(Str *out, const Analysis *a)
{
    const char *text = a->excluded.text;
    if (!text || !*text) {
        html_put(out, "p", "No run was left out of the fits.");
        return;
    }
    html_put(out, "p", "Left out of the fits, and why:");
    str_put(out, "<ul>\n");
    while (*text) {
        Str       line = { 0 };
        const i64 size = (i64)strcspn(text, "\n");
        str_bytes(&line, text, size);
        html_put(out, "li", line.text);
        str_free(&line);
        text += size + (text[size] == '\n');
    }
    str_put(out, "</ul>\n");
}
