/* test_count.c - parameters and FLOP against what the papers print. */

#include "count/count.h"
#include "tests/test.h"

#include <stdlib.h>

#include <string.h>

static Shape shape(i64 layers, i64 width, i64 heads, i64 vocab, i64 context)
{
    return (Shape){ .layers = layers, .width = width, .heads = heads,
                    .ff = 4 * width, .vocab = vocab, .context = context };
}

/* SOURCE: Hoffmann et al. 2022, Tables A4 and A9. What reproduces the printed
 * ratios: attention and feed-forward, uncausal, without embedding and logits;
 * N with a fifth d x d (relative positions) and one embedding of 32,000. */
TEST(chinchilla_table_a4_ratios_are_the_printed_ones)
{
    static const struct { i64 L, d, h; double ratio; } row[] = {
        { 10, 640,  10, 1.03 }, { 20, 1024, 16, 1.10 },
        { 24, 1280, 10, 1.08 }, { 26, 1792, 14, 1.04 },
        { 28, 2048, 16, 1.03 }, { 40, 3584, 28, 0.99 },
    };
    for (int i = 0; i < COUNT_OF(row); i++) {
        const i64       L = row[i].L, d = row[i].d;
        const Shape     s = shape(L, d, row[i].h, 32000, 2048);
        const FlopCount f = count_flops(s, false);
        const double    c = 3 * (f.qkv + f.scores + f.softmax + f.values
                                 + f.proj + f.ff);
        const double    n = (double)(count_params(s).matrix + L * d * d
                                     + 32000 * d);
        test_note("%lld layers of %lld", (long long)L, (long long)d);
        CHECK_BELOW(c / (6 * n) - row[i].ratio, 0.005);
        CHECK_BELOW(row[i].ratio - c / (6 * n), 0.005);
    }
}

/* SOURCE: Brown et al. 2020, arXiv:2005.14165, Tables 2.1 and D.1. Two rows of
 * Table 2.1 contradict themselves: XL prints 24 heads of 128 for a width of
 * 2048 (the heads do not enter), 13B prints a width of 5140 for 40 heads of
 * 128; 5120 gives the printed count, 5140 does not. Each count is right within
 * half of its last printed digit. */
TEST(the_eight_sizes_of_gpt_3_are_the_printed_ones)
{
    static const struct { i64 L, d; double millions, half; } row[] = {
        { 12, 768,   125,    0.5 }, { 24, 1024,  356,    0.5 },
        { 24, 1536,  760,    0.5 }, { 24, 2048,  1320,   5 },
        { 32, 2560,  2650,   5 },   { 32, 4096,  6660,   5 },
        { 40, 5120,  12850,  5 },   { 96, 12288, 174600, 50 },
    };
    for (int i = 0; i < COUNT_OF(row); i++) {
        Shape s = shape(row[i].L, row[i].d, 1, 50257, 2048);
        s.tied  = true;
        const double seen = count_n(s, N_TOTAL) / 1e6;
        test_note("%g M", row[i].millions);
        CHECK_BELOW(seen - row[i].millions, row[i].half);
        CHECK_BELOW(row[i].millions - seen, row[i].half);
    }
    Shape wide = shape(40, 5140, 1, 50257, 2048);
    wide.tied  = true;
    CHECK(count_n(wide, N_TOTAL) / 1e6 - 12850 > 50);
}

TEST(gpt_3_has_the_body_and_the_budget_that_kaplan_counts)
{
    const Shape s = shape(96, 12288, 96, 50257, 2048);
    CHECK(count_params(s).matrix == 12LL * 96 * 12288 * 12288);
    CHECK_NEAR(count_n(s, N_BODY), 1.73946e11, 1e-5);
    CHECK_NEAR(count_n(s, N_BODY), 12.0 * 96 * 12288 * 12288, 0);
    CHECK_NEAR(6 * 174.6e9 * 3e11, 3.1428e23, 1e-12);
}

/* SOURCE: Kaplan et al. 2020, arXiv:2001.08361, eq. 2.1 and 2.2. */
TEST(kaplans_forward_pass_is_2n_plus_2_layers_context_width)
{
    const Shape     s = shape(6, 512, 8, 50257, 1024);
    const FlopCount f = count_flops(s, true);
    CHECK_NEAR(f.qkv + f.scores + f.values + f.proj + f.ff,
               2 * count_n(s, N_BODY) + 2.0 * 6 * 1024 * 512, 0);
    const FlopCount whole = count_flops(s, false);
    CHECK_NEAR(whole.scores + whole.values, 4.0 * 6 * 1024 * 512, 0);
}

/* Every term of appendix F by hand, all sizes different and ff not 4 d. */
TEST(each_term_is_that_of_hoffmanns_appendix_f)
{
    const Shape s = { .layers = 3, .width = 10, .heads = 5, .ff = 7,
                      .vocab = 11, .context = 13 };
    const FlopCount f = count_flops(s, false);
    CHECK(f.qkv == 3 * 2 * 3 * 10 * 10);
    CHECK(f.scores == 3 * 2 * 13 * 10);
    CHECK(f.values == 3 * 2 * 13 * 10);
    CHECK(f.proj == 3 * 2 * 10 * 10);
    CHECK(f.ff == 3 * 2 * (10 * 7 + 10 * 7));
    CHECK(f.head == 2 * 10 * 11);
    CHECK(f.embed == 2 * 10 * 11);
    CHECK(f.softmax == 3 * 3 * 5 * 13);
    CHECK(count_params(s).matrix == 3 * (4 * 10 * 10 + 2 * 10 * 7));
}

TEST(training_flop_follow_the_closed_formula)
{
    const double L = 2, d = 32, V = 256, T = 256;
    const Shape  s = shape(2, 32, 2, 256, 256);
    CHECK_NEAR(count_train_flop(s),
               6 * (12 * L * d * d + V * d) + 6 * L * d * T, 0);
    CHECK_NEAR(count_n(s, N_FLOP), count_train_flop(s) / 6, 0);
}

TEST(the_body_is_12_l_d2_plus_13_l_d_plus_2_d)
{
    for (i64 L = 1; L <= 96; L *= 7)
        for (i64 d = 16; d <= 4096; d *= 4) {
            const ParamCount n = count_params(shape(L, d, 1, 256, 64));
            CHECK(n.body == 12 * L * d * d + 13 * L * d + 2 * d);
            CHECK(n.head == 256 * d);
            CHECK(n.embed == 256 * d + 64 * d);
            CHECK(n.total == n.body + n.head + n.embed);
        }
}

/* SOURCE: Dey et al. 2023, arXiv:2304.03208, whose models count as ours do:
 * V d + T d + L (12 d^2 + 13 d) + 2 d, tied; the smallest is called 111M. */
TEST(a_tied_head_has_no_parameters_and_the_same_flop)
{
    Shape s = shape(10, 768, 12, 50257, 2048);
    const double flop = count_train_flop(s);
    const double both = count_n(s, N_BODY_HEAD);
    s.tied = true;
    CHECK(count_params(s).head == 0);
    CHECK_NEAR(count_n(s, N_TOTAL), 111e6, 0.005);
    CHECK_NEAR(count_train_flop(s), flop, 0);
    CHECK_NEAR(count_n(s, N_BODY_HEAD), both, 0);
}

/* SOURCE of the shapes: Touvron et al. 2023, arXiv:2307.09288 (Llama 2), Zhang
 * et al. 2024, arXiv:2401.02385 (TinyLlama), Jiang et al. 2023,
 * arXiv:2310.06825 (Mistral), Dubey et al. 2024, arXiv:2407.21783 (Llama 3).
 *
 * The totals are worked by hand from them. A layer has queries and what goes
 * out 2 d d, keys and values 2 d (d KV / H), three of the feed-forward 3 d ff,
 * two norms 2 d; the model L layers, tokens and head 2 V d, a last norm d:
 *
 *   7B    202383360 a layer: 32 = 6476267520,  + 262144000  + 4096
 *   13B   317204480 a layer: 40 = 12688179200, + 327680000  + 5120
 *   Tiny   44044288 a layer: 22 = 968974336,   + 131072000  + 2048
 *   7B    218112000 a layer: 32 = 6979584000,  + 262144000  + 4096
 *   8B    218112000 a layer: 32 = 6979584000,  + 1050673152 + 4096 */
TEST(llama_and_its_like_have_the_parameters_worked_by_hand)
{
    static const struct { i64 L, d, H, KV, ff, V, total; } row[] = {
        { 32, 4096, 32, 0, 11008, 32000, 6738415616 },  /* Llama 2 7B   */
        { 40, 5120, 40, 0, 13824, 32000, 13015864320 }, /* Llama 2 13B  */
        { 22, 2048, 32, 4, 5632, 32000, 1100048384 },   /* TinyLlama    */
        { 32, 4096, 32, 8, 14336, 32000, 7241732096 },  /* Mistral 7B   */
        { 32, 4096, 32, 8, 14336, 128256, 8030261248 }, /* Llama 3 8B   */
    };
    for (int i = 0; i < COUNT_OF(row); i++) {
        const Shape s = { .layers = row[i].L, .width = row[i].d,
                          .heads = row[i].H, .kv_heads = row[i].KV,
                          .ff = row[i].ff, .vocab = row[i].V, .context = 4096,
                          .rms = true, .rope = true, .gated = true,
                          .bare = true };
        test_note("row %d", i);
        CHECK(count_params(s).total == row[i].total);
    }
}

/* By hand, all sizes different: H 6 of 2, 3 of them with keys and values. */
TEST(each_term_with_options_is_the_size_of_its_matrix)
{
    const Shape s = { .layers = 3, .width = 12, .heads = 6, .kv_heads = 3,
                      .ff = 7, .vocab = 11, .context = 13, .gated = true,
                      .rope = true, .qk_norm = true };
    const FlopCount  f = count_flops(s, true);
    const ParamCount n = count_params(s);
    const i64        qkv = 12 + 2 * 3 * 2;
    CHECK(f.qkv == 3 * 2 * 12 * (double)qkv);
    CHECK(f.scores == 3 * 2 * 6.5 * 12);
    CHECK(f.values == 3 * 2 * 6.5 * 12);
    CHECK(f.proj == 3 * 2 * 12 * 12);
    CHECK(f.ff == 3 * 2 * 3 * 12 * 7);
    CHECK(f.head == 2 * 12 * 11);
    CHECK(n.matrix == 3 * (12 * qkv + 12 * 12 + 3 * 12 * 7));
    CHECK(n.embed == 11 * 12);
    CHECK(n.body == n.matrix + 3 * (qkv + 12 + 2 * 7 + 12) /* biases */
                        + 7 * 2 * 12 + 3 * 2 * 2);         /* norms  */
}

/* Whatever the options: six FLOP for each parameter of a matrix and of the
 * head, and attention. */
TEST(training_flop_are_six_a_parameter_and_attention_under_every_option)
{
    for (int bits = 0; bits < 1 << 7; bits++) {
        const Shape s = { .layers = 2, .width = 24, .heads = 4, .ff = 50,
                          .vocab = 31, .context = 16, .tied = bits & 1,
                          .rms = bits >> 1 & 1, .rope = bits >> 2 & 1,
                          .gated = bits >> 3 & 1, .qk_norm = bits >> 4 & 1,
                          .bare = bits >> 5 & 1,
                          .kv_heads = bits >> 6 & 1 ? 2 : 0 };
        test_note("options %x", (unsigned)bits);
        CHECK_NEAR(count_train_flop(s),
                   6 * count_n(s, N_BODY_HEAD) + 6.0 * 2 * 24 * 16, 1e-15);
    }
}

TEST(conventions_are_found_by_their_names)
{
    for (int i = N_BODY; i <= N_FLOP; i++) {
        CountN found = N_BODY;
        CHECK(count_n_find(&found, count_n_name((CountN)i)));
        CHECK(found == (CountN)i);
    }
    CountN found;
    CHECK(!count_n_find(&found, "bodies"));
    CHECK_TEXT(count_n_name(N_BODY_HEAD), "body+head");
}

TEST(a_shape_is_two_whole_numbers_and_an_x)
{
    Shape s = { .heads = 3 };
    CHECK(count_shape_parse(&s, "3x48"));
    CHECK(s.layers == 3 && s.width == 48 && s.heads == 3);

    static const char *const bad[] = {
        "", "x", "3x", "x48", "3x48x", "3x48 ", " 3x48", "0x48", "3x0",
        "-3x48", "3x-48", "3 x48", "3x 48", "3X48", "+3x48", "3x+48", "3.5x48",
        "3000000x48", "99999999999999999999x2", "two",
    };
    for (int i = 0; i < COUNT_OF(bad); i++) {
        test_note("'%s'", bad[i]);
        CHECK(!count_shape_parse(&s, bad[i]));
        CHECK(s.layers == 3 && s.width == 48);
    }
}

/* 8 d^2 parameters either way, within what rounding to 8 leaves. */
TEST(a_gated_feed_forward_has_the_parameters_of_a_plain_one)
{
    static const i64 want[][2] = { { 8, 24 }, { 16, 40 }, { 32, 88 },
                                   { 64, 168 }, { 768, 2048 } };
    for (int i = 0; i < COUNT_OF(want); i++)
        CHECK(count_ff_usual(want[i][0], true) == want[i][1]);
    CHECK(count_ff_usual(1, true) == 8);
    for (i64 d = 1; d < 2000; d++) {
        CHECK(count_ff_usual(d, false) == 4 * d);
        CHECK(count_ff_usual(d, true) % 8 == 0);
        if (d > 1)
            CHECK(3 * llabs(count_ff_usual(d, true) * 3 - 8 * d) <= 3 * 12);
    }
}

/* -- A stacked LSTM ------------------------------------------------------- */

static Shape stack(i64 layers, i64 width, bool tied)
{
    return (Shape){ .layers = layers, .width = width, .heads = 1, .ff = 1,
                    .vocab = 256, .context = 32, .tied = tied,
                    .recurrent = true };
}

/* PyTorch's LSTM of width 64 has 4 (64 + 64) 64 weights and two times 4 x 64
 * biases a layer, of which the second say nothing: 33,280 - 256. */
TEST(an_lstm_has_eight_squares_a_layer_and_four_biases)
{
    const ParamCount c = count_params(stack(3, 64, false));
    CHECK(c.matrix == 3 * 8 * 64 * 64);
    CHECK(c.body == 3 * (33280 - 256));
    CHECK(c.head == 256 * 64 && c.embed == 256 * 64);
    CHECK(c.total == c.body + c.head + c.embed);
    CHECK(count_params(stack(3, 64, true)).total == c.total - c.head);
}

TEST(what_an_lstm_takes_does_not_grow_with_the_context)
{
    Shape           s = stack(2, 48, false);
    const FlopCount f = count_flops(s, true);
    const double    n = (double)(count_params(s).matrix + 256 * 48);
    CHECK(f.ff == 2.0 * 2 * 8 * 48 * 48 && f.head == 2.0 * 256 * 48);
    CHECK(f.qkv + f.scores + f.values + f.proj + f.softmax == 0);
    CHECK(count_train_flop(s) == 6 * n && count_n(s, N_FLOP) == n);
    CHECK(count_n(s, N_BODY_HEAD) == n);
    s.context = 4096;
    CHECK(count_train_flop(s) == 6 * n);
    CHECK(count_params(s).total == count_params(stack(2, 48, false)).total);
}

TEST(what_a_recurrent_shape_has_not_is_one)
{
    Shape s = { .heads = 7, .ff = 9 };
    CHECK(!count_recurrent(&s) && s.heads == 7 && s.ff == 9);
    s.recurrent = true;
    CHECK(count_recurrent(&s) && s.heads == 1 && s.ff == 1);
}
