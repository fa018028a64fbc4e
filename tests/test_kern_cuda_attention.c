/* test_kern_cuda_attention.c - causal attention on a device, of several sequences
 * at once, held against the reference, in float and with what is multiplied
 * rounded to bfloat16.
 *
 * Room in float: that of test_kern_attention.c. In bfloat16 q, k, v, d_o, weights
 * and the gradient of scores are rounded, each by 2^-9 at most: a score of S terms
 * moves by 2^-8 sqrt(S) |scale| times typical terms, its weight by as much, and what
 * is made of weights by 2^-8 beside. The test gives 2^-7 (1 + scale S) of the
 * largest number, twice that on the way back; a missing key is far more. */

#include "kern/far.h"
#include "tests/cuda/side.h"

static double room_fp32(const Attend *a)
{
    const double s = (double)a->S, t = (double)a->T;
    return 4 * (REAL_EPSILON / 2) * ((s + 3) * sqrt(s) + 2 * t + 8);
}

static double room_bf16(const Attend *a)
{
    return 0x1p-7 * (1 + (double)a->scale * (double)a->S);
}

static i64 row_of(const Attend *a) { return (a->H + 2 * a->KV) * a->S; }

typedef struct All { Many *qkv, *d_o, *o, *keep, *dqkv; } All;

/* The reference, of run g's sequences, into what is wanted. */
static void want(const All *all, i64 g, i64 B, const Attend *a)
{
    real *keep = calloc((size_t)(B * kern_ref.attention_keep(a)), sizeof *keep);
    real *work = calloc((size_t)kern_ref.attention_work(a), sizeof *work);
    kern_attention(&kern_ref, all->o->want[g], keep, work, all->qkv->want[g], B,
                   a);
    kern_attention_back(&kern_ref, all->dqkv->want[g], work,
                        all->d_o->want[g], all->o->want[g], all->qkv->want[g],
                        keep, B, a);
    free(keep);
    free(work);
}

/* The largest difference, of the largest number. */
static double gap(const Many *m, i64 g)
{
    double off = 0, top = 1e-30;
    for (i64 i = 0; i < m->n; i++) {
        const double x = (double)m->seen[g][i], y = (double)m->want[g][i];
        off = isfinite(x) ? fmax(off, fabs(x - y)) : INFINITY;
        top = fmax(top, fabs(y));
    }
    return off / top;
}

static All all_make(Side *s, i64 B, const Attend *a, double sd)
{
    const i64 in = B * a->T * row_of(a), out = B * a->T * a->H * a->S;
    return (All){
        .qkv  = many(s, in, 0.1, sd),  .d_o = many(s, out, -0.1, 1),
        .o    = many(s, out, NAN, 0),  .dqkv = many(s, in, NAN, 0),
        .keep = many(s, B * s->kern->attention_keep(a), NAN, 0),
    };
}

/* odd: arrays begin so many numbers beside 16 bytes. */
static u64 check_beside(Attend a, i64 B, bool bf16, double sd, i64 runs, i64 odd)
{
    const DeviceNeeds needs = { .rows = B * a.T, .widest = row_of(&a),
                                .largest = 1, .params = 1,
                                .width = a.H * a.S, .heads = a.H, .vocab = 1,
                                .bf16 = bf16 };
    Side s = side_open(runs, &needs, 5 * B * a.T * (row_of(&a) + 1), odd);
    const All all = all_make(&s, B, &a, sd);
    s.kern->far->attention(all.o->far, all.keep->far, all.qkv->far, B, &a);
    s.kern->far->attention_back(all.dqkv->far, all.d_o->far, all.o->far,
                                all.qkv->far, all.keep->far, B, &a);
    CHECK(side_back(&s));
    const double most = sd * sd * (bf16 ? room_bf16(&a) : room_fp32(&a));
    for (i64 g = 0; g < runs; g++) {
        if (!side_active(&s, g))
            continue;
        want(&all, g, B, &a);
        test_note("%s, T %d, H %d, KV %d, S %d, B %d, run %d of %d",
                  s.kern->dtype, (int)a.T, (int)a.H, (int)a.KV, (int)a.S,
                  (int)B, (int)g, (int)runs);
        CHECK_BELOW(gap(all.o, g), most);
        CHECK_BELOW(gap(all.dqkv, g), 2 * most);
    }
    const u64 bits = side_bits(&s, 0);
    side_close(&s);
    return bits;
}

static u64 check_at(Attend a, i64 B, bool bf16, double sd, i64 runs)
{
    return check_beside(a, B, bf16, sd, runs, 0);
}

static Attend usual(i64 T, i64 H, i64 KV, i64 S)
{
    return (Attend){ T, H, KV, S, (real)(1 / sqrt((double)S)) };
}

static const i64 lengths[] = { 1, 2, 7, 31, 32, 33, 63, 64, 65, 100 };
static const i64 widths[]  = { 1, 3, 8, 16, 17, 24, 32, 48, 64, 80, 128 };

/* Each length with a few widths, each width with a few lengths. */
static void check_all(bool bf16)
{
    for (int i = 0; i < COUNT_OF(lengths); i++)
        for (int j = 0; j < COUNT_OF(widths); j++)
            if ((i + j) % 3 == 0)
                check_at(usual(lengths[i], 1 + i % 3, 1, widths[j]), 1 + j % 3,
                         bf16, 1, 1);
}

TEST(attention_in_float_is_the_references)
{
    check_all(false);
    check_at(usual(40, 1, 1, 200), 1, false, 1, 1);
    check_at(usual(34, 2, 1, 256), 1, false, 1, 1);
}

TEST(attention_in_bfloat16_is_the_references_within_its_rounding)
{
    check_all(true);
}

/* Blocks of more rows take over beyond 256. */
TEST(long_sequences_and_arrays_at_odd_addresses_are_the_references)
{
    for (int bf16 = 0; bf16 < 2; bf16++) {
        check_at(usual(300, 1, 1, 64), 1, bf16, 1, 1);
        check_at(usual(258, 2, 1, 16), 1, bf16, 1, 1);
        check_at(usual(161, 2, 1, 128), 1, bf16, 1, 1);
        check_beside(usual(65, 2, 1, 32), 2, bf16, 1, 1, 1);
        check_beside(usual(34, 2, 2, 64), 2, bf16, 1, 1, 3);
    }
}

TEST(heads_of_queries_share_keys_and_values)
{
    for (int bf16 = 0; bf16 < 2; bf16++) {
        check_at(usual(37, 6, 2, 8), 2, bf16, 1, 1);
        check_at(usual(70, 4, 4, 16), 2, bf16, 1, 1);
        check_at(usual(33, 3, 1, 24), 2, bf16, 1, 1);
    }
}

/* Scores of dozens: what is not subtracted first overflows. */
TEST(large_scores_are_no_trouble)
{
    check_at(usual(50, 2, 2, 16), 1, false, 6, 1);
}

TEST(a_run_beside_others_has_the_bits_it_has_alone_in_any_order)
{
    for (int bf16 = 0; bf16 < 2; bf16++) {
        const Attend a = usual(45, 4, 2, 16);
        const u64    bits = check_at(a, 3, bf16, 1, 1);
        side_order(5);
        CHECK(check_at(a, 3, bf16, 1, SIDE_RUNS) == bits);
        side_order(0);
    }
}

/* Weights that add up to 1: with values of 1, what comes out is 1, whoever looks. */
TEST(the_future_has_no_weight)
{
    const Attend a = usual(66, 2, 2, 8);
    for (int bf16 = 0; bf16 < 2; bf16++) {
        const DeviceNeeds needs = { .rows = a.T, .widest = row_of(&a),
                                    .largest = 1, .params = 1, .width = 16,
                                    .heads = 2, .vocab = 1, .bf16 = bf16 };
        Side s = side_open(1, &needs, 5 * a.T * (row_of(&a) + 1), 0);
        All  all = all_make(&s, 1, &a, 1);
        for (i64 t = 0; t < a.T; t++) /* values grow with their place */
            for (i64 i = 0; i < a.H * a.S; i++)
                all.qkv->want[0][t * row_of(&a) + 2 * a.H * a.S + i] = (real)t;
        many_up(&s, all.qkv);
        s.kern->far->attention(all.o->far, all.keep->far, all.qkv->far, 1, &a);
        CHECK(side_back(&s));
        for (i64 i = 0; i < all.o->n; i++) {
            const double t = (double)(i / (a.H * a.S));
            test_note("number %d", (int)i);
            CHECK((double)all.o->seen[0][i] <= t * (1 + 0x1p-7));
            CHECK((double)all.o->seen[0][i] >= 0);
        }
        side_close(&s);
    }
}
