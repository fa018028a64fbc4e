/* Figures in letters and braille dots. */

#include "report/dots.h"
#include "report/plot_terminal.h"

#include "tests/test.h"

#include <stdio.h>
#include <string.h>

static Str put(const Dots *dots, bool color)
{
    Str out = { 0 };
    dots_put(&out, dots, color);
    return out;
}

TEST(each_dot_of_a_cell_is_the_one_that_braille_numbers_so)
{
    /* U+2800 and, of dots 1 to 8 from the top left down, bits 0 to 7. */
    static const struct { int x, y; const char *sign; } want[] = {
        { 0, 0, "\xe2\xa0\x81\n" }, { 0, 1, "\xe2\xa0\x82\n" },
        { 0, 2, "\xe2\xa0\x84\n" }, { 1, 0, "\xe2\xa0\x88\n" },
        { 1, 1, "\xe2\xa0\x90\n" }, { 1, 2, "\xe2\xa0\xa0\n" },
        { 0, 3, "\xe2\xa1\x80\n" }, { 1, 3, "\xe2\xa2\x80\n" },
    };
    for (int i = 0; i < COUNT_OF(want); i++) {
        Arena arena = { 0 };
        Dots  dots  = dots_open(&arena, 1, 1);
        dots_set(&dots, INK_BLUE, want[i].x, want[i].y);
        Str out = put(&dots, false);
        CHECK_TEXT(out.text, want[i].sign);
        str_free(&out);
        arena_free(&arena);
    }
}

TEST(what_falls_outside_is_cut_off)
{
    Arena arena = { 0 };
    Dots  dots  = dots_open(&arena, 3, 1);
    int   phase = 0;
    dots_set(&dots, INK_BLUE, -1, 0);
    dots_set(&dots, INK_BLUE, 6, 0);
    dots_set(&dots, INK_BLUE, 0, 4);
    dots_line(&dots, INK_BLUE, (double[]){ -50, -3 }, (double[]){ 50, -3 }, 1,
              0, &phase);
    Str none = put(&dots, false);
    CHECK_TEXT(none.text, "\n");
    /* y = x - 2 enters at (2, 0) and leaves at (5, 3). */
    dots_line(&dots, INK_BLUE, (double[]){ -98, -100 },
              (double[]){ 102, 100 }, 1, 0, &phase);
    Str some = put(&dots, false);
    CHECK_TEXT(some.text, " \xe2\xa0\x91\xe2\xa2\x84\n");
    dots_text(&dots, INK_TEXT, 2, 0, "abc");
    dots_text(&dots, INK_TEXT, 0, 7, "abc");
    Str text = put(&dots, false);
    CHECK_TEXT(text.text, " \xe2\xa0\x91""a\n");
    str_free(&none);
    str_free(&some);
    str_free(&text);
    arena_free(&arena);
}

TEST(colour_is_set_once_for_neighbours_and_taken_back)
{
    Arena arena = { 0 };
    Dots  dots  = dots_open(&arena, 4, 1);
    dots_text(&dots, INK_BLUE, 0, 0, "ab");
    dots_text(&dots, INK_RED, 2, 0, "c");
    Str out = put(&dots, true);
    CHECK_TEXT(out.text, "\033[38;5;32mab\033[38;5;166mc\033[0m\n");
    str_free(&out);
    arena_free(&arena);
}

TEST(letters_are_counted_and_not_bytes)
{
    CHECK(dots_width("10\xc2\xb9\xc2\xb2") == 4);
    CHECK(dots_width("\xff") == 1);
    CHECK(dots_width("\xe2\x96") == 2); /* two bytes of three: each one */
}

static Plot falling(void)
{
    const double x[] = { 1e3, 1e4, 1e5 }, y[] = { 3, 2, 1 };
    Plot plot = plot_open("test", "A figure", 1);
    plot_panel(&plot, 0, "panel",
               axis_over("size N", true, TICK_SI, (Range){ 1e3, 1e5 }, 0),
               axis_over("loss", false, TICK_PLAIN, (Range){ 1, 3 }, 0));
    plot_line(&plot, "law", INK_BLUE, LINE_SOLID, x, y, 3, NULL);
    plot_point(&plot, "run", INK_RED, MARK_DIAMOND, 1e4, 3, NULL);
    plot_key_line(&plot, INK_BLUE, LINE_SOLID, "the law");
    plot_close(&plot);
    return plot;
}

/* Line number i of a text, from 0. */
static void line_of(char *out, const char *text, int i)
{
    while (i-- > 0 && strchr(text, '\n'))
        text = strchr(text, '\n') + 1;
    snprintf(out, 400, "%.*s", (int)strcspn(text, "\n"), text);
}

TEST(a_figure_has_its_words_its_axes_and_its_marks_in_place)
{
    Plot plot = falling();
    Str  out  = { 0 };
    char line[400];
    plot_terminal(&out, &plot, 60, 9, false);
    CHECK(strncmp(out.text, "A figure\n\npanel\nloss\n", 20) == 0);
    CHECK(strstr(out.text, "the law"));
    CHECK(!strchr(out.text, '\033'));

    line_of(line, out.text, 4); /* the top row: 3 is there, and the run */
    CHECK(strstr(line, "3"));
    const char *run = strstr(line, "\xe2\x97\x86");
    if (CHECK(run)) { /* in the middle of what a logarithm spreads evenly */
        char before[400];
        snprintf(before, sizeof before, "%.*s", (int)(run - line), line);
        const int col = dots_width(before);
        test_note("column %d", col);
        CHECK(col > 28 && col < 34);
    }
    line_of(line, out.text, 12);
    CHECK(strstr(line, "1")); /* the bottom row */
    line_of(line, out.text, 14);
    CHECK(strstr(line, "1 k") && strstr(line, "10 k"));
    str_free(&out);
    plot_free(&plot);
}

TEST(no_line_is_wider_than_the_terminal)
{
    Plot plot = falling();
    for (int cols = PLOT_COLS_LEAST; cols <= 200; cols += 23) {
        Str  out = { 0 };
        char line[900];
        plot_terminal(&out, &plot, cols, 12, false);
        for (const char *c = out.text; *c; c += strcspn(c, "\n") + 1) {
            snprintf(line, sizeof line, "%.*s", (int)strcspn(c, "\n"), c);
            CHECK(dots_width(line) <= cols);
        }
        str_free(&out);
    }
    plot_free(&plot);
}
