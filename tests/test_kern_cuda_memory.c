/* test_kern_cuda_memory.c - what architectures do to numbers besides arithmetic,
 * on a device: the bits of far.c, and of dropout the mask. u = 2^-24. */

#include "kern/far.h"
#include "tests/cuda/side.h"

static const double u = REAL_EPSILON / 2;

static const DeviceNeeds none = { .rows = 1, .width = 1, .widest = 1,
                                  .largest = 1, .params = 1, .vocab = 1 };

/* Are all runs' arrays, bit for bit, what is wanted? */
static bool all_same(const Side *s)
{
    for (int a = 0; a < s->arrays; a++)
        for (i64 g = 0; g < s->runs; g++) {
            const Many *m = s->array[a];
            if (side_active(s, g)
                && memcmp(m->seen[g], m->want[g],
                          (size_t)m->n * sizeof(real)))
                return false;
        }
    return true;
}

static void check_spans(i64 n, i64 odd, i64 runs)
{
    Side  s = side_open(runs, &none, 5 * n, odd);
    Many *from = many(&s, n, 0, 1), *to = many(&s, n, 0, 1);
    Many *zero = many(&s, n, 0, 1), *times = many(&s, n, 0, 1);
    Many *apart = many(&s, n, 0, 1); /* from an address of another kind */
    s.kern->far->copy(to->far, from->far, n);
    s.kern->far->zero(zero->far, n);
    s.kern->far->times(times->far, n, (real)1.7);
    if (n > 1)
        s.kern->far->copy(apart->far, from->far + 1, n - 1);
    CHECK(side_back(&s));
    for (i64 g = 0; g < runs; g++) {
        kern_copy(&kern_ref, to->want[g], from->want[g], n);
        kern_zero(&kern_ref, zero->want[g], n);
        kern_times(&kern_ref, times->want[g], n, (real)1.7);
        kern_copy(&kern_ref, apart->want[g], from->want[g] + 1, n - 1);
    }
    test_note("n %d, odd %d, %d runs", (int)n, (int)odd, (int)runs);
    CHECK(all_same(&s));
    side_close(&s);
}

TEST(spans_are_copied_emptied_and_multiplied_to_the_last_number)
{
    static const i64 size[] = { 1, 2, 3, 4, 5, 255, 1023, 1024, 1025, 1027,
                                4099, 70001 };
    for (int i = 0; i < COUNT_OF(size); i++)
        for (i64 odd = 0; odd < 4; odd++)
            check_spans(size[i], odd, odd % 2 ? 1 : SIDE_RUNS);
}

TEST(rows_of_one_order_lie_in_the_other)
{
    static const i64 shape[][3] = { { 1, 1, 1 }, { 3, 5, 37 }, { 2, 9, 1 },
                                    { 16, 7, 32 }, { 5, 1, 65 } };
    for (int i = 0; i < COUNT_OF(shape); i++) {
        const i64 A = shape[i][0], B = shape[i][1], n = shape[i][2];
        Side  s = side_open(SIDE_RUNS, &none, 2 * A * B * n, i % 2);
        Many *from = many(&s, A * B * n, 0, 1), *to = many(&s, A * B * n, 0, 1);
        s.kern->far->swap(to->far, from->far, A, B, n);
        CHECK(side_back(&s));
        for (i64 g = 0; g < s.runs; g++)
            kern_swap(&kern_ref, to->want[g], from->want[g], A, B, n);
        test_note("A %d, B %d, n %d", (int)A, (int)B, (int)n);
        CHECK(all_same(&s));
        side_close(&s);
    }
}

/* far.c turns on and on, in double: at position t it is off by t 2^-52 or so,
 * which moves a float by at most one unit in its last place. */
TEST(angles_of_rotary_positions_are_those_of_the_processor)
{
    static const i64 shape[][2] = { { 1, 2 }, { 70, 16 }, { 1030, 64 } };
    for (int i = 0; i < COUNT_OF(shape); i++) {
        const i64 T = shape[i][0], S = shape[i][1];
        Side  s = side_open(SIDE_RUNS, &none, T * S, 0);
        Many *turn = many(&s, T * S, 0, 1);
        s.kern->far->turns(turn->far, T, S);
        CHECK(side_back(&s));
        for (i64 g = 0; g < s.runs; g++) {
            kern_turns(&kern_ref, turn->want[g], T, S);
            test_note("T %d, S %d, run %d", (int)T, (int)S, (int)g);
            for (i64 k = 0; side_active(&s, g) && k < T * S; k++)
                CHECK_BELOW(fabs((double)(turn->seen[g][k]
                                          - turn->want[g][k])), 2.1 * u);
        }
        side_close(&s);
    }
}

/* Some sequences of a pass, of which the tick names the first. */
static u64 check_drop(i64 B, i64 n, real p, i64 odd, i64 runs)
{
    Side  s = side_open(runs, &none, 4 * B * n, odd);
    Many *x = many(&s, B * n, 3, 1), *add = many(&s, B * n, 0, 1);
    Many *bare = many(&s, B * n, 0, 1), *sum = many(&s, B * n, 0, 1);
    Drop  how = { .seed = 99, .sequence = 99, .place = 7, .p = p };
    s.kern->far->drop(bare->far, x->far, NULL, B, n, &how);
    s.kern->far->drop(sum->far, x->far, add->far, B, n, &how);
    s.kern->far->drop(add->far, x->far, add->far, B, n, &how); /* in place */
    CHECK(side_back(&s));
    for (i64 g = 0; g < runs; g++) {
        how.seed = s.tick[g].seed, how.sequence = s.tick[g].sequence;
        kern_drop(&kern_ref, bare->want[g], x->want[g], NULL, B, n, &how);
        kern_drop(&kern_ref, sum->want[g], x->want[g], add->want[g], B, n,
                  &how);
        test_note("B %d, n %d, p %g, run %d of %d", (int)B, (int)n, (double)p,
                  (int)g, (int)runs);
        for (i64 i = 0; side_active(&s, g) && i < B * n; i++) {
            const double want = (double)bare->want[g][i], size = fabs(want);
            CHECK((bare->seen[g][i] == 0) == (bare->want[g][i] == 0));
            CHECK_BELOW(fabs((double)bare->seen[g][i] - want),
                        2.1 * u * size + 1e-30);
            CHECK_BELOW(fabs((double)(sum->seen[g][i] - sum->want[g][i])),
                        4 * u * (size + fabs((double)add->was[g][i])));
            CHECK(add->seen[g][i] == sum->seen[g][i]);
        }
    }
    const u64 bits = side_bits(&s, 0);
    side_close(&s);
    return bits;
}

TEST(dropout_drops_what_the_processor_drops_of_each_runs_own_sequences)
{
    static const struct { i64 B, n; double p; } at[] = {
        { 1, 1, 0.5 }, { 5, 500, 0.3 }, { 2, 4097, 0.1 }, { 3, 33, 0 },
        { 1, 9001, 0.999 },
    };
    for (int i = 0; i < COUNT_OF(at); i++) {
        const u64 alone = check_drop(at[i].B, at[i].n, (real)at[i].p, i % 2, 1);
        CHECK(check_drop(at[i].B, at[i].n, (real)at[i].p, i % 2, SIDE_RUNS)
              == alone);
    }
}
