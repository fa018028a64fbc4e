/* cmocka.h - of cmocka what tests/test.c asks of it, for a machine without it:
 * tests one after the other, each of which may be left from within. One that
 * crashes ends the program. bare.c has the functions. */

#ifndef BARE_CMOCKA_H
#define BARE_CMOCKA_H

#include <stddef.h>

struct CMUnitTest {
    const char *name;
    void      (*test_func)(void **state);
    int       (*setup_func)(void **state);
    int       (*teardown_func)(void **state);
    void       *initial_state;
};

void bare_leave(int how) __attribute__((noreturn)); /* 1: failed, 2: skipped */

#define fail()        bare_leave(1)
#define fail_msg(...) (printf(__VA_ARGS__), printf("\n"), bare_leave(1))
#define skip()        bare_leave(2)

int _cmocka_run_group_tests(const char *name, const struct CMUnitTest *test,
                            size_t count, int (*setup)(void **state),
                            int (*teardown)(void **state));

#endif
