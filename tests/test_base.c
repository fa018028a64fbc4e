/* test_base.c - what the ground floor promises: errors, memory, text, random
 * numbers, hashes, clocks. Files are test_base_file.c; readers are
 * test_base_conf.c, test_base_opt.c and test_base_csv.c. */

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/jot.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/str.h"
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

TEST(a_failure_grows_at_the_front)
{
    Err err = { 0 };
    CHECK(!err_set(&err, ERR_IO, "x.tok: %s", "cut short"));
    CHECK(!err_add(&err, "run %d", 7));
    CHECK_TEXT(err.text, "run 7: x.tok: cut short");
    CHECK(err.kind == ERR_IO);
}

TEST(a_failure_too_long_to_tell_keeps_its_beginning)
{
    Err  err = { 0 };
    char longer[2000];
    memset(longer, 'a', sizeof longer);
    longer[sizeof longer - 1] = 0;
    err_set(&err, ERR_IO, "%s", longer);
    err_add(&err, "front");
    CHECK(strlen(err.text) == sizeof err.text - 1);
    CHECK(!strncmp(err.text, "front: aaa", 10));
}
