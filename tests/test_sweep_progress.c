/* How far many runs have come, as lines and as a table for a terminal. */

#include "sweep/progress_draw.h"

#include "tests/test.h"

#include <math.h>
#include <string.h>

static ProgressState two_of_three(void)
{
    ProgressState at = { .began_s = 100, .flop = 3e10, .flop_done = 1e10,
                         .runs = 3, .runs_done = 1, .nworker = 2 };
    at.worker[0] = (ProgressWorker){ .name = "c1e+10-2x32-s1", .flop = 1e10,
                                     .loss = 1.5, .began_s = 100, .step = 50,
                                     .steps = 100, .busy = true };
    at.worker[1] = (ProgressWorker){ .name = "gone", .flop = 1e10 };
    for (int i = 0; i < PROGRESS_SPARK; i++)
        at.worker[0].spark[i] = i < 12 ? 5 - 0.25 * i : (double)NAN;
    return at;
}

TEST(the_line_adds_up_what_is_done_and_under_way)
{
    const ProgressState at  = two_of_three();
    Str                 out = { 0 };
    progress_line(&out, &at, 110);
    CHECK(strstr(out.text, "[ 50 %] 1.50e+10 of 3.00e+10 FLOP  1 of 3 runs"));
    CHECK(strstr(out.text, "c1e+10-2x32-s1 50 % 1.500"));
    CHECK(!strstr(out.text, "gone"));
    CHECK(strstr(out.text, "10 s left")); /* half was done in ten seconds */
    CHECK(!strchr(out.text, '\033'));
    str_free(&out);
}

TEST(hundreds_at_once_are_counted_and_a_few_of_them_named)
{
    ProgressState at  = two_of_three();
    Str           out = { 0 };
    at.nworker = 300;
    for (int i = 1; i < 300; i++) {
        at.worker[i] = at.worker[0];
        at.worker[i].device = true;
    }
    progress_line(&out, &at, 110);
    CHECK(strstr(out.text, "(299 on the device)"));
    CHECK(strstr(out.text, "and 292 more\n"));
    CHECK_BELOW((double)out.size, 500);
    str_free(&out);
}

TEST(where_nothing_is_left_no_time_is)
{
    ProgressState at  = two_of_three();
    Str           out = { 0 };
    at.flop_done = at.flop;
    progress_line(&out, &at, 100.5); /* too soon to tell a speed */
    CHECK(!strstr(out.text, "left"));
    str_free(&out);
}

TEST(work_done_by_another_process_does_not_count_as_speed)
{
    ProgressState at  = two_of_three();
    Str           out = { 0 };
    at.flop_before = 1e10;
    progress_line(&out, &at, 110);
    CHECK(strstr(out.text, "30 s left")); /* 0.5e10 in ten seconds, 1.5e10 left */
    str_free(&out);
}

static int count_of(const char *text, char what)
{
    int count = 0;
    for (; *text; text++)
        count += *text == what;
    return count;
}

TEST(the_table_takes_the_place_of_its_own_lines)
{
    const ProgressState at  = two_of_three();
    Str                 out = { 0 };
    CHECK(progress_table(&out, &at, 110, 0) == 2);
    CHECK(count_of(out.text, '\n') == 2);
    CHECK(!strstr(out.text, "A\r")); /* nothing to go up over */
    CHECK(strstr(out.text, "spent 1.5e+10, left 1.5e+10 FLOP"));
    out.size = 0;
    progress_table(&out, &at, 110, 2);
    CHECK(strncmp(out.text, "\033[2A\r\033[K", 8) == 0);
    str_free(&out);
}

TEST(a_sparkline_falls_with_the_loss)
{
    const double loss[] = { 4, 2, 1, (double)NAN, 4, (double)NAN };
    Str          out = { 0 };
    progress_spark(&out, loss, 6);
    CHECK_TEXT(out.text, "\xe2\x96\x88" "\xe2\x96\x85" "\xe2\x96\x81" " "
               "\xe2\x96\x88");
    str_free(&out);
    Str level = { 0 };
    progress_spark(&level, (double[]){ 3, 3 }, 2);
    CHECK_TEXT(level.text, "\xe2\x96\x81\xe2\x96\x81");
    str_free(&level);
}

TEST(no_line_is_cut_inside_a_letter)
{
    Str out = { 0 };
    progress_cut(&out, "a\xe2\x96\x88" "b\xc3\xa9z", 3);
    CHECK_TEXT(out.text, "a\xe2\x96\x88" "b");
    str_free(&out);
    Str all = { 0 };
    progress_cut(&all, "ab", 30);
    CHECK_TEXT(all.text, "ab");
    str_free(&all);
}
