/* cmocka.h - as much of cmocka as tests/test.c asks for, for a machine that
 * has none: tests built by a cross compiler, or where there is only CUDA. Found by
 * -Itests/bare alone.
 *
 * A test that fails or skips leaves by a jump; one that crashes jumps out of
 * its signal. */

#ifndef BARE_CMOCKA_H
#define BARE_CMOCKA_H

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void      (*test_func)(void **state);
    int       (*setup_func)(void **state);
    int       (*teardown_func)(void **state);
    void       *initial_state;
};

static sigjmp_buf leave_test;

enum { LEFT_FAILED = 1, LEFT_SKIPPED, LEFT_CRASHED };

static void fail(void) { siglongjmp(leave_test, LEFT_FAILED); }
static void skip(void) { siglongjmp(leave_test, LEFT_SKIPPED); }
static void crashed(int number)
{
    (void)number;
    siglongjmp(leave_test, LEFT_CRASHED);
}

#define fail_msg(...) (printf(__VA_ARGS__), printf("\n"), fail())

static void run_one(const struct CMUnitTest *unit)
{
    static const char *const end[] = { "OK", "FAILED", "SKIPPED", "CRASHED" };
    void     *state = unit->initial_state;
    const int left  = sigsetjmp(leave_test, 1);

    if (left == 0)
        unit->test_func(&state);
    printf("[ %s ] %s\n", end[left], unit->name);
    fflush(stdout); /* whoever is killed has said how far it was */
    if (unit->teardown_func)
        unit->teardown_func(&state);
}

static int _cmocka_run_group_tests(const char *name,
                                   const struct CMUnitTest *unit, size_t n,
                                   int (*setup)(void **),
                                   int (*teardown)(void **))
{
    static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
    struct sigaction act;

    memset(&act, 0, sizeof act);
    act.sa_handler = crashed;
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &act, NULL);
    for (size_t i = 0; i < n; i++)
        run_one(&unit[i]);
    (void)name, (void)setup, (void)teardown;
    return 0;
}

#endif
