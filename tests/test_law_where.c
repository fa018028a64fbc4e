/* test_law_where.c - parts of a formula by name: as if they had been written
 * out, and refused in words where they cannot be. */

#include "law/law.h"

#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static Arena arena;

static const char *file(const char *formula, const char *where)
{
    return arena_print(&arena, "name = \"x\"\nformula = \"%s\"\nwhere = [%s]\n"
                       "[param.p]\nfrom = 1\nto = 2\n", formula, where);
}

static double value(const char *formula, const char *where, double x)
{
    Err err = { 0 };
    const Law *law;
    double theta[] = { 3 }, *column[] = { &x }, out = NAN;
    test_note("%s where %s", formula, where);
    if (!CHECK(law_parse(&law, &arena, file(formula, where), "x.law", &err))) {
        test_note("%s", err.text);
        return NAN;
    }
    law_eval(&out, NULL, NULL, law, theta, column, 1);
    return out;
}

static void refused(const char *formula, const char *where, const char *words)
{
    Err err = { 0 };
    const Law *law;
    test_note("%s where %s", formula, where);
    if (CHECK(!law_parse(&law, &arena, file(formula, where), "x.law", &err)))
        CHECK_HAS(err.text, words);
}

TEST(a_part_stands_for_itself_in_parentheses)
{
    CHECK_NEAR(value("y = 2*a", "\"a = p + x\"", 4), 14, 1e-15);
    CHECK_NEAR(value("y = a^2", "\"a = p + x\"", 4), 49, 1e-15);
    CHECK_NEAR(value("y = x - a", "\"a = p - 1\"", 4), 2, 1e-15);
}

TEST(parts_may_be_made_of_those_before_them)
{
    CHECK_NEAR(value("y = b*b", "\"a = p + x\", \"b = a/7\"", 4), 1, 1e-15);
    refused("y = b + p", "\"b = a/7 + x\", \"a = p\"", "used before it is");
}

/* e and a are parts; 1e3, exp and aa are not. */
TEST(numbers_and_longer_names_are_left_alone)
{
    CHECK_NEAR(value("y = p - 3 + 1e3 + e", "\"e = 0.5 + x\"", 4), 1004.5, 1e-15);
    CHECK_NEAR(value("y = p - 3 + exp(x - 4) + e", "\"e = 2\"", 4), 3, 1e-15);
    CHECK_NEAR(value("y = p + aa + a", "\"a = 2\"", 4), 9, 1e-15);
}

TEST(what_the_file_wrote_is_kept_beside_what_is_compiled)
{
    Err err = { 0 };
    const Law *law;
    if (!CHECK(law_parse(&law, &arena, file("y = a + x", "\"a = p*x\""),
                         "x.law", &err)))
        return;
    CHECK_TEXT(law->written, "y = a + x");
    CHECK_TEXT(law->formula, "y = (p*x) + x");
    CHECK(law->where.count == 1);
    CHECK_TEXT(law->where.item[0], "a = p*x");
}

TEST(parts_that_make_no_sense_are_refused)
{
    refused("y = p*x", "\"a\"", "NAME = ... is wanted");
    refused("y = p*x", "\"2 = p\"", "NAME = ... is wanted");
    refused("y = p*x", "\"a = p\", \"a = x\"", "stands for two things");
    refused("y = p*a", "\"a = x +\"", "formula");
}

/* Each part twice the one before: 2^30 would not fit into any machine. */
TEST(parts_that_double_without_end_are_refused)
{
    char where[2000] = "\"a0 = p*x\"";
    for (int i = 1; i < 30; i++) {
        char one[64];
        snprintf(one, sizeof one, ", \"a%d = a%d + a%d\"", i, i - 1, i - 1);
        strcat(where, one);
    }
    refused("y = a29", where, "grows too long");
}
