/* test.c - runs what registered itself, by cmocka, which catches a test that
 * crashes and goes on with the next. */

#include "tests/test.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#ifdef _OPENMP
#include <omp.h>
#endif

static Test *first, **last = &first;
static int   passed, skipped, broken; /* broken: checks of this test */
static char  note[256], folder[256], shared[4096];

void test_list(Test *test)
{
    *last = test;
    last = &test->next;
}

void test_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(note, sizeof note, format, args);
    va_end(args);
}

/* --- checks -------------------------------------------------------------- */

static bool judged(bool holds, const char *file, int line, const char *what,
                   const char *format, ...) PRINTF(5, 6);

static bool judged(bool holds, const char *file, int line, const char *what,
                   const char *format, ...)
{
    if (holds)
        return true;
    va_list args;
    va_start(args, format);
    printf("%s:%d: %s: ", file, line, what);
    vprintf(format, args);
    printf("%s%s%s\n", *note ? " (" : "", note, *note ? ")" : "");
    va_end(args);
    fflush(stdout);
    broken++;
    return false;
}

bool test_check(bool holds, const char *file, int line, const char *what)
{
    return judged(holds, file, line, what, "does not hold");
}

bool test_near(double seen, double want, double relative, const char *file,
               int line, const char *what)
{
    const double scale = want == 0 ? 1 : fabs(want);
    const bool   holds = seen == want || fabs(seen - want) <= relative * scale;
    return judged(holds, file, line, what,
                  "%.17g, but %.17g is wanted within %g; it is %.3g off", seen,
                  want, relative, fabs(seen - want) / scale);
}

bool test_below(double seen, double limit, const char *file, int line,
                const char *what)
{
    return judged(seen < limit, file, line, what,
                  "%.6g, but less than %.6g is wanted", seen, limit);
}

bool test_text(const char *seen, const char *want, const char *file, int line,
               const char *what)
{
    const bool holds = seen && want ? !strcmp(seen, want) : seen == want;
    return judged(holds, file, line, what, "\"%s\", but \"%s\" is wanted",
                  seen ? seen : "(none)", want ? want : "(none)");
}

bool test_has(const char *seen, const char *part, const char *file, int line,
              const char *what)
{
    return judged(seen && strstr(seen, part), file, line, what,
                  "\"%s\", but \"%s\" is wanted in it", seen ? seen : "(none)",
                  part);
}

/* --- surroundings -------------------------------------------------------- */

const char *test_folder(void)
{
    if (*folder)
        return folder;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/scalelaw-test-XXXXXX",
             base && *base ? base : "/tmp");
    if (!mkdtemp(folder)) {
        perror(folder);
        exit(1);
    }
    return folder;
}

static void folder_remove(void)
{
    char command[300];
    if (!*folder)
        return;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        printf("%s: could not be removed\n", folder);
    *folder = 0;
}

const char *test_shared(const char *name)
{
    const char *base = getenv("SCALELAW_SHARED");
    if (base && *base)
        snprintf(shared, sizeof shared, "%s/%s", base, name);
    else
        snprintf(shared, sizeof shared, "%s/../shared/%s", SCALELAW_ROOT, name);
    return access(shared, R_OK) == 0 ? shared : NULL;
}

/* --- one test, all tests ------------------------------------------------- */

/* A check that failed before the skip is not skipped away. */
void test_skip(const char *why)
{
    if (broken)
        fail();
    printf("skipped: %s\n", why);
    fflush(stdout);
    skipped++;
    skip();
    abort(); /* not reached: skip() jumps */
}

static void run(void **state)
{
    const Test *test = *state;
    broken = 0;
    *note = 0;
    test->run();
    if (broken)
        fail_msg("%d check%s failed", broken, broken == 1 ? "" : "s");
    passed++;
}

static int after(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

static bool asked_for(const char *name, int argc, char **argv)
{
    bool found = argc < 2;
    for (int i = 1; i < argc && !found; i++)
        found = strstr(name, argv[i]) != NULL;
    return found;
}

/* Why: see the end of cli/main.c. Tests in emulation have no pool. */
static void pool_end(void)
{
#ifdef _OPENMP
    omp_pause_resource_all(omp_pause_hard);
#endif
}

int main(int argc, char **argv)
{
    enum { TESTS_MAX = 512 };
    static struct CMUnitTest unit[TESTS_MAX];
    size_t                   n = 0;
    for (Test *test = first; test; test = test->next) {
        if (!asked_for(test->name, argc, argv))
            continue;
        if (n == TESTS_MAX) {
            printf("more than %d tests: split the file\n", TESTS_MAX);
            return 1;
        }
        unit[n++] = (struct CMUnitTest){ .name = test->name, .test_func = run,
                                         .teardown_func = after,
                                         .initial_state = test };
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    _cmocka_run_group_tests("tests", unit, n, NULL, NULL);

    const int failed = (int)n - passed - skipped;
    printf("%d passed, %d failed", passed, failed);
    if (skipped)
        printf(", %d skipped", skipped);
    printf("\n");
    pool_end();
    return failed || n == 0;
}
