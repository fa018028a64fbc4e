/* test.h - tests as promises, over cmocka.
 *
 *     TEST(xent_does_not_feel_a_common_shift)
 *     {
 *         for (int i = 0; i < COUNT_OF(sizes); i++) {
 *             test_note("at size %d", sizes[i]);
 *             CHECK_NEAR(seen, want, 1e-12);
 *         }
 *     }
 *
 * A file of tests is a program: each TEST registers itself and main is here.
 * A CHECK that fails prints file, line, what was checked, the numbers and the
 * last note; the test goes on, so that one run shows all, and counts as failed.
 * The checks also return whether they held, for where going on would crash:
 *
 *     if (!CHECK(shard_open(&shard, path, &err)))
 *         return;
 *
 * The program ends with the line `N passed, N failed`, and `, N skipped` where
 * tests said why they could not be held; its exit status is 1 if any failed.
 * Words on its command line run only the tests whose names contain one. */

#ifndef TEST_H
#define TEST_H

#include "base/base.h"

typedef struct Test {
    const char  *name;
    void       (*run)(void);
    struct Test *next;
} Test;

#define TEST(promise)                                                  \
    static void promise(void);                                         \
    __attribute__((constructor)) static void promise##_listed(void)    \
    {                                                                  \
        static Test test = { #promise, promise, NULL };                \
        test_list(&test);                                              \
    }                                                                  \
    static void promise(void)

#define CHECK(truth) test_check((truth), __FILE__, __LINE__, #truth)

/* |seen - want| <= relative * |want|; where want is 0, |seen| <= relative.
 * NaN is near nothing. */
#define CHECK_NEAR(seen, want, relative)                               \
    test_near((double)(seen), (double)(want), (double)(relative),      \
              __FILE__, __LINE__, #seen)

/* seen < limit; NaN is below nothing. */
#define CHECK_BELOW(seen, limit)                                       \
    test_below((double)(seen), (double)(limit), __FILE__, __LINE__, #seen)

/* Equal texts; NULL equals NULL. */
#define CHECK_TEXT(seen, want)                                         \
    test_text((seen), (want), __FILE__, __LINE__, #seen)

/* `part` occurs in `seen`: for messages. */
#define CHECK_HAS(seen, part)                                          \
    test_has((seen), (part), __FILE__, __LINE__, #seen)

/* Leave this test, saying in words what it would need. */
#define SKIP(why) test_skip(why)

/* What the checks that follow are about; until the next note or test. */
void test_note(const char *format, ...) PRINTF(1, 2);

/* A fresh folder for this test, removed with all in it when the test ends. */
const char *test_folder(void);

/* A file of published data: $SCALELAW_SHARED/NAME, or ../shared/NAME beside the
 * repository. NULL where there is none; then SKIP. Lives as long as the test. */
const char *test_shared(const char *name);

/* Behind the macros. */
void test_list(Test *test);
void test_skip(const char *why) __attribute__((noreturn));
bool test_check(bool holds, const char *file, int line, const char *what);
bool test_near(double seen, double want, double relative, const char *file,
               int line, const char *what);
bool test_below(double seen, double limit, const char *file, int line,
                const char *what);
bool test_text(const char *seen, const char *want, const char *file, int line,
               const char *what);
bool test_has(const char *seen, const char *part, const char *file, int line,
              const char *what);

#endif
