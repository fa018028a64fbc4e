/* compare_page.c - a comparison as a page of its own: the answer in words, two
 * figures (losses over compute, and the gain), and the tables behind them. */

#include "report/compare_study.h"

#include "report/fig.h"
#include "report/html.h"
#include "report/num.h"
#include "report/xml.h"

#include <math.h>

static const Ink inks[2] = { INK_BLUE, INK_RED };

/* -- Figures --------------------------------------------------------------- */

/* A number of each row, as three lines. */
typedef struct Track { double c[COMPARE_ROWS], x[COMPARE_ROWS],
                              low[COMPARE_ROWS], high[COMPARE_ROWS]; } Track;

static void track_put(Track *t, int i, double c, Interval x)
{
    t->c[i] = c;
    t->x[i] = x.value;
    t->low[i]  = x.low;
    t->high[i] = x.high;
}

static void track_draw(Plot *plot, const Track *t, const char *name, Ink ink)
{
    plot_band(plot, name, ink, t->c, t->low, t->high, COMPARE_ROWS);
    plot_line(plot, name, ink, LINE_SOLID, t->c, t->x, COMPARE_ROWS, name);
}

static Track track_loss(const Compare *k, int s)
{
    Track t;
    for (int i = 0; i < COMPARE_ROWS; i++)
        track_put(&t, i, k->row[i].c, k->row[i].loss[s]);
    return t;
}

static bool shared(const Compare *k, const Run *run)
{
    return run->flop >= 0.9 * k->c_low && run->flop <= 1.1 * k->c_high;
}

static void runs_of(Plot *plot, const Compare *k, int s)
{
    const Analysis *a = k->of[s];
    for (i64 i = 0; i < a->fitted.count; i++) {
        char hover[FIG_TEXT];
        const Run *run = &a->fitted.run[i];
        if (shared(k, run))
            plot_point(plot, a->info.name, inks[s], MARK_DOT, run->flop,
                       run->val_loss * k->per[s], fig_hover(hover, a, run));
    }
}

static Range losses(const Compare *k)
{
    Range y = range_new();
    for (int s = 0; s < 2; s++) {
        for (int i = 0; i < COMPARE_ROWS; i++)
            range_add(&y, k->row[i].loss[s].value);
        for (i64 i = 0; i < k->of[s]->fitted.count; i++)
            if (shared(k, &k->of[s]->fitted.run[i]))
                range_add(&y, k->of[s]->fitted.run[i].val_loss * k->per[s]);
    }
    return y;
}

static void figure_loss(Plot *plot, const Compare *k)
{
    char label[FIG_TEXT];
    snprintf(label, sizeof label, "held-out loss (%.60s)", k->unit);
    plot_panel(plot, 0, NULL,
               axis_over("training compute C (FLOP)", true, TICK_POWER,
                         (Range){ k->c_low, k->c_high }, 0.05),
               axis_over(label, true, TICK_PLAIN, losses(k), 0.05));
    plot_key_head(plot, "best at each budget");
    for (int s = 0; s < 2; s++) {
        const Track t = track_loss(k, s);
        track_draw(plot, &t, k->of[s]->info.name, inks[s]);
        runs_of(plot, k, s);
        plot_key_line(plot, inks[s], LINE_SOLID, k->of[s]->info.name);
    }
    plot_key_point(plot, INK_GREY, MARK_DOT, "a run");
}

static void figure_gain(Plot *plot, const Compare *k)
{
    Track t;
    Range y = range_new();
    range_add(&y, 1);
    for (int i = 0; i < COMPARE_ROWS; i++) {
        track_put(&t, i, k->row[i].c, k->row[i].gain);
        range_add(&y, t.x[i]);
        range_add(&y, fmax(t.low[i], t.x[i] / 5));
        range_add(&y, fmin(t.high[i], t.x[i] * 5));
    }
    plot_panel(plot, 0, NULL,
               axis_over("training compute C of the second (FLOP)", true,
                         TICK_POWER, (Range){ k->c_low, k->c_high }, 0.05),
               axis_over("compute of the first over that of the second", true,
                         TICK_PLAIN, y, 0.1));
    plot_rule_y(plot, 1);
    track_draw(plot, &t, "compute-equivalent gain", INK_GREEN);
    plot_key_line(plot, INK_GREEN, LINE_SOLID, "gain of the second");
    plot_note(plot, k->c_low, 1, "start", "1: neither is ahead");
}

static void put_figure(Str *out, const Compare *k, const char *name,
                       const char *title, void (*draw)(Plot *, const Compare *),
                       const char *see)
{
    Plot plot = plot_open(name, title, 1);
    draw(&plot, k);
    plot_close(&plot);
    str_add(out, "<figure id=\"%s\">\n", name);
    html_put(out, "h3", title);
    str_put(out, "<div class=\"wide\">\n");
    str_bytes(out, plot.inner.text, plot.inner.size);
    str_put(out, "</div>\n<p class=\"tip\"></p>\n<figcaption>");
    html_put(out, "p", see);
    str_put(out, "</figcaption></figure>\n");
    plot_free(&plot);
}

/* -- Tables ---------------------------------------------------------------- */

static void cell(Str *out, const char *text)
{
    html_put(out, "td", text ? text : "–");
}

static void heads(Str *out, const char *caption, const char *const *head,
                  int count)
{
    str_put(out, "<div class=\"wide\"><table>");
    html_put(out, "caption", caption);
    str_put(out, "<thead><tr>");
    for (int i = 0; i < count; i++) {
        str_put(out, "<th scope=\"col\">");
        xml_text(out, head[i]);
        str_put(out, "</th>");
    }
    str_put(out, "</tr></thead><tbody>\n");
}

static void table_settings(Str *out, const Compare *k)
{
    const char *const head[] = { "setting", k->of[0]->info.name,
                                 k->of[1]->info.name };
    if (k->nsetting == 0) {
        html_put(out, "p", "The studies' files say the same but for names.");
        return;
    }
    heads(out, "What was different", head, COUNT_OF(head));
    for (i64 i = 0; i < k->nsetting; i++) {
        str_put(out, "<tr>");
        cell(out, k->setting[i].key);
        cell(out, k->setting[i].of[0]);
        cell(out, k->setting[i].of[1]);
        str_put(out, "</tr>\n");
    }
    str_put(out, "</tbody></table></div>\n");
}

static void table_rows(Str *out, const Compare *k)
{
    static const char *const head[] = {
        "FLOP", "loss of the first", "loss of the second", "difference",
        "best N of the first", "of the second", "gain of the second" };
    char text[NUM_TEXT];
    heads(out, "At the best size for each budget, with 95 % intervals", head,
          COUNT_OF(head));
    for (int i = 0; i < COMPARE_ROWS; i++) {
        const CompareRow *r = &k->row[i];
        str_put(out, "<tr>");
        cell(out, num_power(text, r->c));
        cell(out, num_interval(text, r->loss[0], 3));
        cell(out, num_interval(text, r->loss[1], 3));
        cell(out, num_interval(text, r->difference, 4));
        cell(out, num_si_interval(text, r->n[0]));
        cell(out, num_si_interval(text, r->n[1]));
        cell(out, num_interval(text, r->gain, 2));
        str_put(out, "</tr>\n");
    }
    str_put(out, "</tbody></table></div>\n");
}

static void table_terms(Str *out, const Compare *k)
{
    static const char *const head[] = { "", "first", "second",
                                        "second less first", "what it is" };
    char text[NUM_TEXT];
    heads(out, "The laws' constants, with 95 % intervals", head,
          COUNT_OF(head));
    for (int i = 0; i < k->nterm; i++) {
        const CompareTerm *t = &k->term[i];
        str_put(out, "<tr>");
        cell(out, t->name);
        cell(out, num_interval(text, t->of[0], 3));
        cell(out, num_interval(text, t->of[1], 3));
        cell(out, num_interval(text, t->difference, 3));
        cell(out, t->about);
        str_put(out, "</tr>\n");
    }
    str_put(out, "</tbody></table></div>\n");
}

/* -- The page -------------------------------------------------------------- */

static void put_notes(Str *out, const Compare *k)
{
    str_put(out, "<p class=\"soft\">Losses in ");
    xml_text(out, k->unit);
    str_put(out, ". Both spend each budget on the size that their own fit "
            "calls best. The gain is the compute that the first needs for the "
            "loss of the second, over the second's; its intervals pair the "
            "draws of the two fits, which know nothing of each other.</p>\n");
}

void compare_page(const Compare *k, Str *out)
{
    Str title = { 0 };
    str_add(&title, "%.200s and %.200s", k->of[0]->info.name,
            k->of[1]->info.name);
    html_head(out, title.text);
    html_put(out, "h1", title.text);
    html_put(out, "p", k->words);
    table_settings(out, k);
    put_figure(out, k, "compare_loss", "Loss over compute", figure_loss,
               "Lines: the least loss that each study's law gives a budget. "
               "Dots: runs, of every size.");
    if (k->verdict != COMPARE_NONE)
        put_figure(out, k, "compare_gain", "Compute-equivalent gain",
                   figure_gain, "A level line is an offset: a constant factor "
                   "of compute. A rising or falling one is another exponent.");
    table_rows(out, k);
    table_terms(out, k);
    put_notes(out, k);
    html_foot(out);
    str_free(&title);
}
