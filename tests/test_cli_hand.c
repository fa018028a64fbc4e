/* test_cli_hand.c - the law by hand that the formula compiler is measured
 * against is the same law. */

#include "cli/bench_hand.h"

#include "law/law_vec.h"
#include "tests/test.h"

#include <math.h>

static Arena arena;

enum { ROWS = 130 };

static void check_alike(const double *x, const double *y, i64 n)
{
    for (i64 i = 0; i < n; i++)
        CHECK_NEAR(x[i], y[i], 1e-14);
}

static void check_rows(const Law *law, const Law *hand, i64 n)
{
    static const double theta[] = { 1.8, 400, 2000, 0.35, 0.37 };
    double size[ROWS], data[ROWS], *column[] = { size, data };
    double out[2][ROWS], jac[2][5 * ROWS], hess[2][4 * ROWS];
    for (i64 i = 0; i < n; i++) {
        size[i] = 1e5 * pow(1.1, (double)i);
        data[i] = 3e6 * pow(1.07, (double)((i * 37) % ROWS));
    }
    law_rows_eval(out[0], jac[0], hess[0], law_rows(&arena, law, column, n),
                  theta);
    law_rows_eval(out[1], jac[1], hess[1], law_rows(&arena, hand, column, n),
                  theta);
    check_alike(out[0], out[1], n);
    check_alike(jac[0], jac[1], 5 * n);
    check_alike(hess[0], hess[1], 4 * n);
}

TEST(the_law_by_hand_is_the_law_of_the_formula)
{
    static const char *const widths[] = { "avx512", "avx2", "plain" };
    Err err = { 0 };
    const Law *law;
    CHECK(law_load(&law, &arena, "chinchilla", &err));
    const Law *hand = bench_hand_law(&arena, law);
    CHECK(hand && hand->npair == law->npair);
    for (int i = 0; hand && i < 5; i++) {
        CHECK_TEXT(hand->param[i].name, law->param[i].name);
        CHECK(hand->param[i].linear == law->param[i].linear);
    }
    for (int w = 0; hand && w < COUNT_OF(widths); w++) {
        law_vec_use(law_vec_find(widths[w]));
        check_rows(law, hand, 1);
        check_rows(law, hand, 7);
        check_rows(law, hand, 8);
        check_rows(law, hand, ROWS);
    }
    law_vec_use(NULL);
}
