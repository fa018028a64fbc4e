/* test_report_golden.c - figures to the byte, against tests/fixtures/plots. They
 * are made of numbers that stand here, so that no fit moves them. What differs
 * is shown line against line. After a change that is meant:
 *
 *     tests/regolden BUILD        then look at them, and land them with it */

#include "base/file.h"
#include "report/fig.h"

#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first line in which two texts differ. */
static void show_difference(const char *name, const char *seen,
                            const char *want)
{
    int line = 1;
    while (*seen && *want) {
        const size_t a = strcspn(seen, "\n"), b = strcspn(want, "\n");
        if (a != b || strncmp(seen, want, a) != 0)
            break;
        seen += a + (seen[a] == '\n');
        want += b + (want[b] == '\n');
        line++;
    }
    printf("%s:%d:\n- %.*s\n+ %.*s\n", name, line, (int)strcspn(want, "\n"),
           want, (int)strcspn(seen, "\n"), seen);
}

static void hold(const char *file, const char *text)
{
    Arena arena = { 0 };
    Err   err   = { 0 };
    char *want  = NULL;
    i64   size;
    const char *path = arena_print(&arena, "%s/tests/fixtures/plots/%s",
                                   SCALELAW_ROOT, file);
    test_note("%s", file);
    if (getenv("SCALELAW_GOLDEN"))
        CHECK(file_write(path, text, (i64)strlen(text), &err));
    if (CHECK(file_read(&want, &size, &arena, path, &err))) {
        if (strcmp(want, text) != 0)
            show_difference(file, text, want);
        CHECK(strcmp(want, text) == 0);
    }
    arena_free(&arena);
}

/* Alone, as a page has it, and its table. */
static void hold_plot(Plot *plot)
{
    char name[80];
    plot_close(plot);
    snprintf(name, sizeof name, "%s.svg", plot->name);
    hold(name, plot->svg.text);
    snprintf(name, sizeof name, "%s.page.svg", plot->name);
    hold(name, plot->inner.text);
    snprintf(name, sizeof name, "%s.csv", plot->name);
    hold(name, plot->csv.text);
    plot_free(plot);
}

static Axis axis(const char *label, bool log, TickStyle style, double low,
                 double high)
{
    return (Axis){ .label = label, .log = log, .style = style, .low = low,
                   .high = high };
}

TEST(every_kind_of_mark_is_drawn_as_it_was)
{
    const double x[] = { 1, 10, 100, 1000 }, y[] = { 4, 3, NAN, 2 };
    const double low[] = { 3, 2, 1, 1 }, high[] = { 5, 4, 3, 3 };
    Plot p = plot_open("marks", "Every mark, N_opt and 10¹¹ FLOP", 1);
    plot_panel(&p, 0, "a panel of C^0.5",
               axis("training compute C (FLOP)", true, TICK_POWER, 1, 1000),
               axis("loss", false, TICK_PLAIN, 0, 6));
    plot_shade(&p, 100, 5000);
    plot_band(&p, "band", INK_GREY, x, low, high, 4);
    plot_line(&p, "line", INK_BLUE, LINE_SOLID, x, y, 4, "a <line>");
    plot_line(&p, "dashed", INK_RED, LINE_DASHED, x, low, 4, NULL);
    plot_cloud(&p, "cloud", INK_PURPLE, x, high, 4);
    plot_span_x(&p, "span", INK_GREEN, 5, 50, 5);
    plot_span_y(&p, "span", INK_GREEN, 20, 1, 2);
    for (int k = 0; k < 4; k++) {
        p.run = k;
        plot_point(&p, "points", ink_ramp(k, 4), (Mark)k, x[k], 1 + k,
                   "\"quoted\" & <more>");
    }
    plot_rule_x(&p, 30);
    plot_rule_y(&p, 1.5);
    plot_note(&p, 2, 5.5, "start", "a note, 2 × 10⁻³");
    plot_tag(&p, INK_BLUE, 1000, 2, "10¹¹ FLOP");
    plot_tag(&p, INK_RED, 1000, 2, "beside it");
    plot_key_head(&p, "keys");
    plot_key_line(&p, INK_BLUE, LINE_SOLID, "10¹¹ FLOP");
    plot_key_point(&p, INK_RED, MARK_HOLLOW, "a point");
    plot_key_band(&p, INK_GREY, "a band");
    hold_plot(&p);
}

TEST(axes_in_all_their_variants_are_as_they_were)
{
    static const double body[] = { 1e3, 1e4, 1e5 },
                        head[] = { 2e3, 1.5e4, 1.2e5 },
                        total[] = { 3e3, 2e4, 1.4e5 },
                        flop[] = { 2.1e3, 1.6e4, 1.3e5 };
    Plot p = plot_open("axes", "Axes", 2);
    p.units = (PlotUnits){ .bits = 1.5, .shapes = 3, .base = 1,
                           .at = { body, head, total, flop } };
    plot_panel(&p, 0, NULL,
               axis_of_kind(AXIS_N, axis("parameters N (body+head)", true,
                                         TICK_SI, 2e3, 1.2e5)),
               axis_of_kind(AXIS_LOSS, axis("loss (nats per token)", true,
                                            TICK_PLAIN, 1, 4)));
    p.run = 7;
    plot_point(&p, "runs", INK_BLUE, MARK_DOT, 1.5e4, 2, "a run");
    plot_panel(&p, 1, NULL, axis("share", false, TICK_PERCENT, -5, 5),
               axis("steps", true, TICK_SI, 10, 1e6));
    plot_point(&p, "more", INK_RED, MARK_DOT, 1, 1e3, NULL);
    hold_plot(&p);
}

TEST(a_waterfall_is_as_it_was)
{
    static const struct { const char *name; double a[3], published[2]; } row[]
        = { { "Kaplan", { 0.88, 0.85, 0.9 }, { 0.84, 0.86 } },
            { "head & embeddings counted", { 0.78, 0.75, 0.81 },
              { 0.71, 0.7 } },
            { "a name that goes on for longer than there is room",
              { NAN, NAN, NAN }, { 0.6, 0.6 } },
            { "<b>tuned</b> rates", { 0.51, NAN, NAN }, { 0.5, 0.52 } } };
    Analysis   a = { .finds.waterfall.count = COUNT_OF(row) };
    Waterfall *w = &a.finds.waterfall;
    for (int k = 0; k < COUNT_OF(row); k++) {
        w->name[k] = row[k].name;
        w->step[k] = (WaterStep){
            .name = row[k].name,
            .e.a = { row[k].a[0], row[k].a[1], row[k].a[2] },
            .published = { row[k].published[0], row[k].published[1] },
            .way = k ? WATER_AS_PUBLISHED : WATER_FIRST };
    }
    Plot     p = plot_open("waterfall", "From one exponent to another", 1);
    CHECK(fig_waterfall(&p, &a));
    hold_plot(&p);
}

TEST(a_ledger_is_as_it_was)
{
    LedgerRow row[] = {
        { "fit", 1e11, 5, 4, 4.1e11, 30, NAN },
        { "fit", 3e11, 6, 6, 1.8e12, 110, NAN },
        { "holdout", 1e12, 7, 7, 7e12, 400, 1234 } };
    Analysis a = { .finds.ledger = { .count = 3, .row = row } };
    Plot     p = plot_open("ledger", "Where the compute went", 2);
    CHECK(fig_ledger(&p, &a));
    hold_plot(&p);
}
