/* test_kern_cuda_token.c - embeddings and the classifier's loss on a device
 * against the reference, for one run and for three. u = 2^-24. */

#include "tests/cuda/side.h"

static const double u = REAL_EPSILON / 2;

/* -- Embeddings ------------------------------------------------------------------ */

typedef struct Embed {
    i64  R, T, C, V, odd;
    i64  often; /* if not 0, all but every oftenth token are one and the same */
    bool bare;  /* no positions */
} Embed;

typedef struct Arrays { Many *x, *token, *place, *dx, *dtoken, *dplace, *id; }
    Arrays;

static Arrays arrays_of(Side *s, const Embed *e)
{
    Arrays a;
    a.id     = many_words(s, e->R + 40, e->V, 0); /* more than are meant */
    a.x      = many(s, e->R * e->C, 0, 1);
    a.token  = many(s, e->V * e->C, 0, 1);
    a.place  = many(s, e->T * e->C, 0, 1);
    a.dx     = many(s, e->R * e->C, 0, 1);
    a.dtoken = many(s, e->V * e->C, 0, 1);
    a.dplace = many(s, e->T * e->C, 0, 1);
    for (i64 g = 0; e->often && g < s->runs; g++)
        for (i64 r = 0; r < e->R; r++)
            if (r % e->often)
                words_of(a.id, g)[r] = (i32)(e->V / 2);
    many_up(s, a.id);
    return a;
}

/* A row of dtoken is a sum of at most R rows, in some order: off by R u of the
 * sum of their sizes, which are 1 or so. */
static void check_embed_run(const Arrays *a, const Embed *e, i64 g)
{
    const double room = (double)e->R * u * 4;
    Many        *const out[] = { a->dtoken, a->dplace };
    CHECK(memcmp(a->x->seen[g], a->x->want[g], (size_t)a->x->n * sizeof(real))
          == 0);
    for (int i = 0; i < 2; i++)
        CHECK_BELOW(gap_of_largest(out[i]->seen[g], out[i]->want[g],
                                   out[i]->n), room);
}

static u64 check_embed_runs(const Embed *e, i64 runs)
{
    const DeviceNeeds needs = { .rows = e->R, .width = e->C, .widest = e->C,
                                .largest = 1, .params = 1, .vocab = e->V };
    Side         s = side_open(runs, &needs, 2 * e->C * (e->R + e->V + e->T)
                               + e->R + 40, e->odd);
    const Arrays a = arrays_of(&s, e);
    s.kern->embed(a.x->far, a.token->far, e->bare ? NULL : a.place->far,
                  words_far(a.id), e->R, e->T, e->C, e->V);
    s.kern->embed_back(a.dtoken->far, e->bare ? NULL : a.dplace->far,
                       a.dx->far, words_far(a.id), e->R, e->T, e->C, e->V);
    CHECK(side_back(&s));
    for (i64 g = 0; g < runs; g++) {
        if (!side_active(&s, g))
            continue;
        kern_ref.embed(a.x->want[g], a.token->want[g],
                       e->bare ? NULL : a.place->want[g], words_of(a.id, g),
                       e->R, e->T, e->C, e->V);
        kern_ref.embed_back(a.dtoken->want[g],
                            e->bare ? NULL : a.dplace->want[g], a.dx->want[g],
                            words_of(a.id, g), e->R, e->T, e->C, e->V);
        test_note("R %d, T %d, C %d, V %d, odd %d, run %d of %d", (int)e->R,
                  (int)e->T, (int)e->C, (int)e->V, (int)e->odd, (int)g,
                  (int)runs);
        check_embed_run(&a, e, g);
    }
    const u64 bits = side_bits(&s, 0);
    side_close(&s);
    return bits;
}

/* Alone, with threads in another order, and beside others: the same bits. */
static void check_embed(const Embed *e)
{
    const u64 alone = check_embed_runs(e, 1);
    side_order(2);
    CHECK(check_embed_runs(e, 1) == alone);
    side_order(0);
    CHECK(check_embed_runs(e, SIDE_RUNS) == alone);
}

TEST(embeddings_of_a_device_are_the_references)
{
    check_embed(&(Embed){ .R = 1, .T = 1, .C = 1, .V = 1 });
    check_embed(&(Embed){ .R = 64, .T = 16, .C = 12, .V = 11 });
    check_embed(&(Embed){ .R = 64, .T = 16, .C = 12, .V = 11, .bare = true });
    check_embed(&(Embed){ .R = 300, .T = 100, .C = 260, .V = 300, .odd = 1 });
    check_embed(&(Embed){ .R = 257, .T = 33, .C = 128, .V = 255 });
    check_embed(&(Embed){ .R = 40, .T = 50, .C = 132, .V = 40 });
}

/* More words than places: a place's block owns the word that it sees first. */
TEST(embeddings_of_a_large_vocabulary_are_the_references)
{
    check_embed(&(Embed){ .R = 7, .T = 16, .C = 5, .V = 8 });
    check_embed(&(Embed){ .R = 77, .T = 16, .C = 130, .V = 100, .odd = 1 });
    check_embed(&(Embed){ .R = 300, .T = 64, .C = 8, .V = 3000 });
}

TEST(a_word_that_is_almost_all_of_a_text_gets_all_of_its_gradient)
{
    check_embed(&(Embed){ .R = 300, .T = 100, .C = 20, .V = 30, .often = 9 });
    check_embed(&(Embed){ .R = 300, .T = 100, .C = 20, .V = 3000,
                          .often = 7 });
}

TEST(where_there_is_no_token_the_first_is_embedded_and_nothing_comes_back)
{
    for (i64 V = 9; V < 100; V += 80) {
        enum { R = 45, T = 15, C = 9 };
        const DeviceNeeds needs = { .rows = R, .width = C, .widest = C };
        Side  s = side_open(SIDE_RUNS, &needs, 2 * C * (R + V + T) + R + C, 0);
        Many *id = many_words(&s, R, V, 4), *token = many(&s, V * C, 0, 1);
        Many *x = many(&s, R * C, 0, 1), *dx = many(&s, R * C, 0, 1);
        Many *dtoken = many(&s, (V + 1) * C, 0, 0); /* of -1, and of words */
        Many *dplace = many(&s, T * C, 0, 0);
        s.kern->embed(x->far, token->far, NULL, words_far(id), R, T, C, V);
        s.kern->embed_back(dtoken->far + C, dplace->far, dx->far,
                           words_far(id), R, T, C, V);
        CHECK(side_back(&s));
        for (i64 g = 0; g < s.runs; g += 2) {
            i32 *word = words_of(id, g);
            for (i64 r = 0; r < R; r++)
                for (i64 c = 0; word[r] < 0 && c < C; c++)
                    dx->want[g][r * C + c] = 0;
            for (i64 r = 0; r < R; r++)
                word[r] = word[r] < 0 ? 0 : word[r];
            kern_ref.embed(x->want[g], token->want[g], NULL, word, R, T, C, V);
            kern_ref.embed_back(dtoken->want[g] + C, dplace->want[g],
                                dx->want[g], word, R, T, C, V);
            CHECK(gap_of_largest(x->seen[g], x->want[g], x->n) == 0);
            CHECK_BELOW(gap_of_largest(dtoken->seen[g], dtoken->want[g],
                                       dtoken->n), R * u);
            CHECK(memcmp(dtoken->seen[g], dtoken->was[g], C * sizeof(real))
                  == 0);
            CHECK_BELOW(gap_of_largest(dplace->seen[g], dplace->want[g],
                                       T * C), R * u);
        }
        side_close(&s);
    }
}

/* -- Cross-entropy ------------------------------------------------------------------ */

typedef struct Xent {
    i64    R, V, odd;
    double sd, z_loss;
    bool   in_place, no_grad;
} Xent;

/* What kern_ref says, but for rows without a token: nothing. */
static void reference(const Xent *x, real *loss, real *dz, const real *z,
                      const i32 *y, real scale)
{
    for (i64 r = 0; r < x->R; r++) {
        if (y[r] >= 0) {
            kern_ref.xent(loss + r, dz ? dz + r * x->V : NULL, z + r * x->V,
                          y + r, 1, x->V, scale, (real)x->z_loss);
            continue;
        }
        loss[r] = 0;
        for (i64 v = 0; dz && v < x->V; v++)
            dz[r * x->V + v] = 0;
    }
}

/* z - top is rounded once, of size up to `wide`, and exp is off by 2 units: each
 * term of the sum by (wide + 3) u, of the sum too; what additions lose is summed.
 * The loss is off by as much, and by its own rounding. */
static void check_xent_run(const Xent *x, const Many *loss, const Many *dz,
                           i64 g, real scale)
{
    const double wide = 10 * x->sd, off = (2 * wide + 16) * u;
    for (i64 r = 0; r < x->R; r++)
        CHECK_BELOW(fabs((double)loss->seen[g][r] - (double)loss->want[g][r]),
                    off + 2 * u * fabs((double)loss->want[g][r]));
    for (i64 i = 0; dz && i < x->R * x->V; i++)
        CHECK_BELOW(fabs((double)dz->seen[g][i] - (double)dz->want[g][i]),
                    (double)scale * u * 3
                        + off * fabs((double)dz->want[g][i]));
}

static u64 check_xent_runs(const Xent *x, i64 runs)
{
    const DeviceNeeds needs = { .rows = x->R, .width = 1, .widest = x->V,
                                .largest = 1, .params = 1, .vocab = x->V };
    const real scale = (real)0.125;
    Side  s = side_open(runs, &needs, 2 * x->R * (x->V + 1), x->odd);
    Many *z = many(&s, x->R * x->V, -2, x->sd);
    Many *y = many_words(&s, x->R, x->V, x->R > 3 ? 4 : 0);
    Many *loss = many(&s, x->R, 0, 1), *own = many(&s, x->R * x->V, 0, 1);
    Many *dz = x->no_grad ? NULL : x->in_place ? z : own;
    s.kern->xent(loss->far, dz ? dz->far : NULL, z->far, words_far(y), x->R,
                 x->V, scale, (real)x->z_loss);
    CHECK(side_back(&s));
    for (i64 g = 0; g < runs; g++) {
        if (!side_active(&s, g))
            continue;
        reference(x, loss->want[g], dz ? dz->want[g] : NULL, z->want[g],
                  words_of(y, g), scale);
        test_note("R %d, V %d, run %d of %d", (int)x->R, (int)x->V, (int)g,
                  (int)runs);
        check_xent_run(x, loss, dz, g, scale);
    }
    const u64 bits = side_bits(&s, 0);
    side_close(&s);
    return bits;
}

static void check_xent(const Xent *x)
{
    const u64 alone = check_xent_runs(x, 1);
    side_order(2);
    CHECK(check_xent_runs(x, 1) == alone);
    side_order(0);
    CHECK(check_xent_runs(x, SIDE_RUNS) == alone);
}

TEST(xent_of_a_device_is_the_references_at_every_vocabulary)
{
    static const i64 V[] = { 1, 2, 31, 33, 128, 129, 256, 257, 500, 512, 513,
                             1000, 1024, 1025, 1300, 2049, 5003, 16384,
                              16385 };
    for (int i = 0; i < COUNT_OF(V); i++) {
        check_xent(&(Xent){ .R = 11, .V = V[i], .sd = 3, .in_place = true,
                            .z_loss = i % 2 ? 1e-3 : 0 });
        check_xent(&(Xent){ .R = 3, .V = V[i], .sd = 1, .odd = 1,
                            .no_grad = i % 3 == 0 });
    }
}

TEST(xent_of_fifty_thousand_words_is_the_references)
{
    check_xent(&(Xent){ .R = 2, .V = 50257, .sd = 2, .in_place = true });
    check_xent(&(Xent){ .R = 1, .V = 60000, .sd = 0.01, .in_place = true });
}

/* Scores that differ by hundreds, and a common shift. */
TEST(xent_of_a_device_survives_large_scores)
{
    check_xent(&(Xent){ .R = 9, .V = 300, .sd = 200, .in_place = true });
    check_xent(&(Xent){ .R = 9, .V = 3000, .sd = 200, .in_place = true });
}

/* The loss of word 0 where the first `large` scores are 0 and others -low. */
static real loss_of_low(i64 V, i64 large, float low)
{
    const DeviceNeeds needs = { .rows = 1, .width = 1, .widest = V };
    Side  s = side_open(1, &needs, V + 2, 0);
    Many *z = many(&s, V, 0, 0), *loss = many(&s, 1, 0, 1);
    Many *y = many_words(&s, 1, 1, 0);
    for (i64 v = large; v < V; v++)
        z->want[0][v] = (real)-low;
    many_up(&s, z);
    s.kern->xent(loss->far, NULL, z->far, words_far(y), 1, V, 1, 0);
    CHECK(side_back(&s));
    const real seen = loss->seen[0][0];
    side_close(&s);
    return seen;
}

TEST(xent_of_flat_scores_is_the_logarithm_of_how_many_there_are)
{
    static const i64 V[] = { 3, 777, 50001 };
    for (int i = 0; i < COUNT_OF(V); i++)
        CHECK_NEAR(loss_of_low(V[i], V[i], 0), log((double)V[i]), 2 * u);
}

/* Some large scores first, then terms whose additions to a float all err to one
 * side: 3e-6 of the sum in all, if what they lose were not summed. The exponential
 * is off by 2 units, and the loss is rounded. */
TEST(xent_of_many_equal_terms_loses_none_of_them)
{
    const i64    V = 240000, large = 1024;
    const double low = (double)1.352f;
    const double sum = (double)large + (double)(V - large) * exp(-low);
    CHECK_BELOW(fabs((double)loss_of_low(V, large, 1.352f) - log(sum)),
                (4 + 2 * log(sum)) * u);
}
