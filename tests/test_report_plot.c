/* test_report_plot.c - figures: numbers go where axes say, ticks are round and
 * have room, text is escaped, and the table says what the drawing shows. */

#include "report/axis.h"
#include "report/num.h"
#include "report/plot.h"
#include "report/plot_parts.h"
#include "report/text.h"
#include "report/xml.h"

#include "tests/markup.h"
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>

TEST(numbers_read_as_people_write_them)
{
    char text[NUM_TEXT];
    CHECK_TEXT(num_si(text, 61234, 3), "61.2 k");
    CHECK_TEXT(num_si(text, 999.7, 3), "1.00 k");
    CHECK_TEXT(num_si(text, 1.2e9, 3), "1.20 B");
    CHECK_TEXT(num_si(text, 2e4, 0), "20 k");
    CHECK_TEXT(num_si(text, 42, 3), "42.0");
    CHECK_TEXT(num_si(text, NAN, 3), "–");
    CHECK_TEXT(num_flop(text, 3e12), "3e12");
    CHECK_TEXT(num_flop(text, 9.999e20), "1e21");
    CHECK_TEXT(num_power(text, 3e12), "3 × 10¹²");
    CHECK_TEXT(num_power(text, 1e-7), "10⁻⁷");
    CHECK_TEXT(num_percent(text, 0.0123), "+1.23 %");
    CHECK_TEXT(num_interval(text, (Interval){ 0.5, 0.25, 0.75 }, 2),
               "0.50 (0.25 to 0.75)");
    CHECK_TEXT(num_interval(text, (Interval){ 0.5, NAN, NAN }, 2), "0.50");
    CHECK_TEXT(num_si_interval(text, (Interval){ 6e4, 5e4, 7e4 }),
               "60.0 k (50.0 k to 70.0 k)");
}

TEST(text_is_escaped)
{
    Str out = { 0 };
    xml_text(&out, "a<b>&\"c'\x01 é");
    CHECK_TEXT(out.text, "a&lt;b&gt;&amp;&quot;c&#39;  é");
    str_free(&out);
}

static Axis axis_of(bool log, double low, double high)
{
    return (Axis){ .label = "axis", .log = log, .low = low, .high = high };
}

TEST(an_axis_places_its_ends_and_its_middle)
{
    const Axis even = axis_of(false, -2, 6), log = axis_of(true, 10, 1000);
    CHECK_NEAR(axis_share(&even, -2), 0, 1e-15);
    CHECK_NEAR(axis_share(&even, 6), 1, 1e-15);
    CHECK_NEAR(axis_share(&even, 2), 0.5, 1e-15);
    CHECK_NEAR(axis_share(&log, 100), 0.5, 1e-14);
    CHECK_NEAR(axis_share(&log, 1000), 1, 1e-14);
}

/* Every kind of range, narrow to forty decades: there are labels, they lie on
 * the axis, and no two touch. */
TEST(ticks_are_labelled_and_apart)
{
    static const struct { bool log; double low, high; } range[] = {
        { true, 1.31, 1.58 }, { true, 1.4, 2.6 },   { true, 3e3, 6e5 },
        { true, 1e11, 3e12 }, { true, 1e10, 1e16 }, { true, 1e2, 1e28 },
        { true, 1e-20, 1e20 }, { false, -3.1, 3.4 }, { false, 0, 1e-6 },
        { false, 1e9, 1.1e9 }, { true, 0.001, 900 },
    };
    for (int i = 0; i < COUNT_OF(range); i++)
        for (int horizontal = 0; horizontal < 2; horizontal++) {
            Tick       tick[TICKS_MAX];
            Axis       axis = axis_of(range[i].log, range[i].low,
                                      range[i].high);
            const double length = horizontal ? 250 : 360;
            axis.style = range[i].high > 1e5 ? TICK_POWER : TICK_PLAIN;
            const int count = axis_ticks(tick, &axis, length, horizontal);
            double last_end = -1e9;
            int    labels   = 0;
            test_note("from %g to %g", axis.low, axis.high);
            for (int k = 0; k < count; k++) {
                const double at = length * axis_share(&axis, tick[k].value);
                CHECK(at > -1 && at < length + 1);
                if (tick[k].text[0] == 0)
                    continue;
                const double half = horizontal
                                  ? text_width(tick[k].text, 12) / 2 : 7;
                CHECK(at - half > last_end);
                last_end = at + half;
                labels++;
            }
            CHECK(labels >= 2);
        }
}

TEST(an_empty_range_and_a_single_value_still_make_an_axis)
{
    Range none = range_new(), one = range_new();
    range_add(&one, 3);
    range_add(&one, NAN);
    for (int log = 0; log < 2; log++) {
        const Axis a = axis_over("a", log, TICK_PLAIN, none, 0.1);
        const Axis b = axis_over("b", log, TICK_PLAIN, one, 0.1);
        CHECK(a.low < a.high && b.low < 3 && b.high > 3);
        CHECK(!log || (a.low > 0 && b.low > 0));
    }
}

static Plot small_plot(void)
{
    Plot plot = plot_open("small", "a <small> \"plot\" & more", 1);
    plot_panel(&plot, 0, NULL, axis_of(true, 1, 100), axis_of(false, 0, 10));
    return plot;
}

/* The frame, read back from the drawing itself. */
static void frame(double out[4], const char *svg)
{
    const char *at = strstr(svg, "<rect class=\"axis\"");
    CHECK(at && sscanf(at, "<rect class=\"axis\" fill=\"none\" x=\"%lf\" "
                       "y=\"%lf\" width=\"%lf\" height=\"%lf\"", &out[0],
                       &out[1], &out[2], &out[3]) == 4);
}

TEST(a_point_is_drawn_where_its_numbers_say)
{
    Plot plot = small_plot();
    plot_point(&plot, "runs", INK_BLUE, MARK_DOT, 10, 2.5, "half way");
    plot_close(&plot);
    double box[4] = { 0 }, cx = 0, cy = 0;
    frame(box, plot.svg.text);
    const char *at = strstr(plot.svg.text, "<circle");
    CHECK(at && sscanf(strstr(at, "cx="), "cx=\"%lf\" cy=\"%lf\"", &cx, &cy)
                    == 2);
    CHECK_NEAR(cx, box[0] + 0.5 * box[2], 1e-4);
    CHECK_NEAR(cy, box[1] + 0.75 * box[3], 1e-4);
    CHECK_HAS(plot.csv.text, "\"axis against axis\",\"runs\",point,10,2.5,,,"
                             "\"half way\"\n");
    plot_free(&plot);
}

TEST(what_is_no_number_is_neither_drawn_nor_listed)
{
    const double x[] = { 1, 10, 20, 30, 100 };
    const double y[] = { 1, NAN, 3, INFINITY, 5 };
    const double low[] = { 0, 1, NAN, 2, 3 }, high[] = { 2, 3, 4, NAN, 6 };
    Plot plot = small_plot();
    plot_line(&plot, "line", INK_RED, LINE_SOLID, x, y, 5, NULL);
    plot_band(&plot, "band", INK_RED, x, low, high, 5);
    plot_point(&plot, "points", INK_RED, MARK_CROSS, -1, 3, NULL);
    plot_point(&plot, "points", INK_RED, MARK_DIAMOND, NAN, 3, NULL);
    plot_span_x(&plot, "spans", INK_RED, 2, NAN, 3);
    plot_span_y(&plot, "spans", INK_RED, 2, 3, NAN);
    plot_close(&plot);
    CHECK_TEXT(markup_check(plot.svg.text).why, "");
    CHECK(markup_count(plot.csv.text, ",line,") == 3);
    CHECK(markup_count(plot.csv.text, ",band,") == 3);
    CHECK(markup_count(plot.csv.text, "points") == 0);
    CHECK(markup_count(plot.csv.text, "spans") == 0);
    plot_free(&plot);
}

TEST(the_checker_of_markup_sees_what_is_wrong)
{
    static const char *const wrong[] = {
        "<a><b></a></b>", "<a>", "<a x=1/>", "<a x=\"1<2\"/>", "a & b",
        "<path d=\"M1 nan\"/>", "<circle cx=\"-inf\"/>", "</a>", "<a &amp/>",
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        test_note("%s", wrong[i]);
        CHECK(markup_check(wrong[i]).why[0] != 0);
    }
    CHECK_TEXT(markup_check("<a x=\"1\"><b/>&lt;<style>a>b</style></a>").why,
               "");
}

TEST(a_figure_is_well_formed_alone_and_in_a_page)
{
    Plot plot = small_plot();
    plot_point(&plot, "a \"quoted\" & <series>", INK_GREEN, MARK_HOLLOW, 3, 3,
               "<hover> & \"more\"");
    plot_note(&plot, 3, 3, "end", "<note>");
    plot_key_head(&plot, "<key>");
    plot_key_line(&plot, ink_ramp(2, 3), LINE_DASHED, "a & b");
    plot_close(&plot);
    CHECK_TEXT(markup_check(plot.svg.text).why, "");
    CHECK_TEXT(markup_check(plot.inner.text).why, "");
    CHECK_HAS(plot.csv.text, "\"a \"\"quoted\"\" & <series>\"");
    CHECK(strstr(plot.inner.text, "http") == NULL);
    CHECK_HAS(plot.svg.text, "xmlns=\"http://www.w3.org/2000/svg\"");
    plot_free(&plot);
}

TEST(keys_never_run_out_of_the_canvas)
{
    Plot plot = small_plot();
    for (int i = 0; i < 40; i++)
        plot_key_point(&plot, INK_BLUE, MARK_DOT, "a key");
    plot_close(&plot);
    double lowest = 0;
    for (const char *at = strstr(plot.svg.text, "cy=\""); at;
         at = strstr(at + 1, "cy=\""))
        lowest = fmax(lowest, atof(at + 4));
    CHECK(lowest + 4 < plot.canvas_height);
    plot_free(&plot);
}

TEST(a_ramp_begins_and_ends_at_its_ends_and_never_falls)
{
    CHECK(ink_ramp(0, 1) == INK_RAMP);
    for (i64 count = 2; count < 20; count++) {
        CHECK(ink_ramp(0, count) == INK_RAMP);
        CHECK(ink_ramp(count - 1, count) == INK_RAMP + INK_RAMPS - 1);
        for (i64 i = 1; i < count; i++)
            CHECK(ink_ramp(i, count) >= ink_ramp(i - 1, count));
    }
}

TEST(wrapped_words_stay_within_eighty_columns)
{
    char  *text;
    size_t size;
    FILE  *out = open_memstream(&text, &size);
    for (int i = 0; i < 40; i++)
        text_wrapped(out, "words of – various – lengths, and a longer one: "
                     "compute-optimal; and then some more words to wrap", i);
    fclose(out);
    for (const char *line = text; *line;) {
        const size_t bytes = strcspn(line, "\n");
        size_t letters = 0;
        for (size_t i = 0; i < bytes; i++)
            letters += ((u8)line[i] & 0xC0) != 0x80;
        CHECK(letters <= 79);
        line += bytes + 1;
    }
    free(text);
}

static bool whole_letters(const char *text)
{
    for (const u8 *c = (const u8 *)text; *c;) {
        const int more = *c >= 0xF0 ? 3 : *c >= 0xE0 ? 2 : *c >= 0xC0 ? 1 : 0;
        if (more == 0 && *c >= 0x80)
            return false;
        for (int i = 1; i <= more; i++)
            if ((c[i] & 0xC0) != 0x80)
                return false;
        c += more + 1;
    }
    return true;
}

/* At every length, and into every room, of letters of one to four bytes. */
TEST(a_text_is_cut_between_letters_and_says_so)
{
    static const char text[] = "aé€😀 ניסוי bc";
    char out[64];
    CHECK_TEXT(text_cut(out, sizeof out, "short", 5), "short");
    CHECK_TEXT(text_cut(out, sizeof out, "longer", 5), "long…");
    for (size_t room = 5; room < sizeof text + 4; room++)
        for (int letters = 1; letters < 20; letters++) {
            test_note("%d letters in %zu bytes", letters, room);
            text_cut(out, room, text, letters);
            CHECK(strlen(out) < room);
            CHECK(whole_letters(out));
            const bool cut = strcmp(out, text) != 0;
            CHECK(cut == (strstr(out, "…") != NULL));
        }
}

static double number_after(const char *text, const char *what)
{
    const char *at = text ? strstr(text, what) : NULL;
    return at ? strtod(at + strlen(what), NULL) : NAN;
}

/* Ten lines that end at the same place: their names are a line apart, and all
 * within the frame. */
TEST(names_of_lines_are_moved_apart)
{
    Plot   plot = small_plot();
    double at[10], box[4] = { 0 };
    int    count = 0;
    for (int i = 0; i < 10; i++)
        plot_tag(&plot, INK_BLUE, 50, i < 5 ? 0.1 : 9.9, "a name");
    plot_close(&plot);
    frame(box, plot.svg.text);
    for (const char *tag = strstr(plot.svg.text, " tag\">"); tag && count < 10;
         tag = strstr(tag + 1, " tag\">"))
        at[count++] = number_after(strstr(tag, "<text"), " y=\"");
    CHECK(count == 10);
    for (int i = 0; i < count; i++) {
        CHECK(at[i] > box[1] - 8 && at[i] < box[1] + box[3] + 8);
        CHECK(i == 0 || at[i] - at[i - 1] > 14);
    }
    plot_free(&plot);
}

/* A page's other axes: the same place is another number. */
TEST(an_axis_in_other_units_has_its_ends_at_the_same_places)
{
    static const double small[] = { 10, 100, 1000 }, large[] = { 30, 200, 1500 };
    Plot plot = plot_open("units", "units", 1);
    plot.units = (PlotUnits){ .bits = 1.5, .shapes = 3, .base = 0,
                              .at = { small, large, large, large } };
    PlotVariant v[PLOT_VARIANTS];
    Axis loss = axis_of(true, 1, 4), n = axis_of(true, 10, 1000);
    loss.kind = AXIS_LOSS;
    n.kind    = AXIS_N;
    CHECK(plot_variants(v, &plot, loss) == 4);
    CHECK(v[0].base && v[0].axis.log && !v[1].axis.log && !v[1].base);
    CHECK_NEAR(v[2].axis.low, 1.5, 1e-15);
    CHECK_NEAR(v[2].axis.high, 6, 1e-15);
    CHECK_TEXT(v[2].unit, "bits");
    CHECK(plot_variants(v, &plot, n) == 8);
    CHECK_NEAR(v[2].axis.low, 30, 1e-12);
    CHECK_NEAR(v[2].axis.high, 1500, 1e-12);
    CHECK(plot_variants(v, &plot, axis_of(false, 0, 1)) == 1);
    plot_free(&plot);
}
