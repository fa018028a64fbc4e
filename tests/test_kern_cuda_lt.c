/* test_kern_cuda_lt.c - large products of bfloat16 by cuBLASLt against the
 * reference. Where the device is emulated the library is tests/cuda's stand-in,
 * which refuses what the library may refuse; on a device it is the library.
 *
 * Sums are of n products of two bfloat16 numbers, exact in float, in an order
 * nobody knows: off by about sqrt(n) u of the sum of their sizes, n E|x| E|w|;
 * four times that is allowed. */

#include "tests/cuda/side.h"

static const double u = REAL_EPSILON / 2;

static const Kern *ref(void) { return &kern_ref_bf16; }

/* Before the backend is loaded: which library it will find. */
static void library_find(void)
{
    (void)cuda_find();
    const char *object = getenv("SCALELAW_CUDA");
    /* A device's is libscalelaw_cuda.so. */
    if (object && strstr(object, "libscalelaw_cuda_")
        && !beside_set("SCALELAW_CUBLASLT", "libfake_cublaslt.so"))
        SKIP("the stand-in for cuBLASLt was not built");
}

/* The mode of the stand-in; nothing to the library. */
static void library_mode(const char *mode) { setenv("SCALELAW_FAKE_LT", mode, 1); }

typedef struct Case {
    i64 R, K, N;
    i64 rows; /* that scratch is made for: fewer are taken in stretches */
    i64 odd;
} Case;

static Side open_case(const Case *c, i64 runs, bool all)
{
    const DeviceNeeds needs = { .rows = c->rows,
                                .widest = i64_max(c->K, c->N),
                                .largest = c->rows < c->R ? 1 : c->K * c->N,
                                .width = i64_min(c->K, c->N), .vocab = 1,
                                .params = 1, .bf16 = true };
    library_find();
    Side      s = side_open(runs, &needs, 4 * (c->K * c->N + 4096)
                            + 8 * c->R * (c->K + c->N) + 65536, c->odd);
    DeviceWhy why;
    for (i64 g = 0; g < runs && all; g++)
        s.tick[g].active = 1;
    side_must(s.api->tick(s.queue, s.tick, &why), &why);
    return s;
}

static double size_of(i64 n, double x_sd, double w_sd)
{
    const double mean = 0.8; /* E|x| of a normal */
    return 4 * u * sqrt((double)n) * (double)n * mean * x_sd * mean * w_sd;
}

static bool near_all(const char *what, const Case *c, const real *seen,
                     const real *want, i64 n, double room)
{
    double worst = 0;
    for (i64 i = 0; i < n; i++) {
        const double off = fabs((double)seen[i] - (double)want[i]);
        worst = off <= worst ? worst : off; /* NaN is worst */
    }
    test_note("%s of %d x %d x %d", what, (int)c->R, (int)c->K, (int)c->N);
    return CHECK_BELOW(worst, room);
}

static real *fresh(i64 n) { return calloc((size_t)n, sizeof(real)); }

/* -- y = x w + b, and what comes of it -------------------------------------------- */

typedef struct Maps { Many *w, *pack, *x, *b, *add, *y, *a, *slope, *dy, *dx, *s; }
    Maps;

static Maps maps_of(Side *s, const Case *c)
{
    const i64  packed = s->kern->packed_count(c->K, c->N);
    const Maps m = {
        .w = many(s, c->K * c->N, 0, 0.05), .pack = many(s, packed, 0, 1),
        .x = many(s, c->R * c->K, 0.1, 1), .b = many(s, c->N, 0, 1),
        .add = many(s, c->R * c->N, 0, 1), .y = many(s, c->R * c->N, NAN, 0),
        .a = many(s, c->R * c->N, NAN, 0), .slope = many(s, c->R * c->N, NAN, 0),
        .dy = many(s, c->R * c->N, 0, 1), .dx = many(s, c->R * c->K, NAN, 0),
        .s = many(s, c->R * c->K, 0, 1),
    };
    return m;
}

static void maps_far(const Side *s, const Maps *m, const Case *c)
{
    const Kern *k = s->kern;
    k->pack(m->pack->far, m->w->far, c->K, c->N);
    k->linear(m->y->far, m->x->far, m->pack->far, m->b->far, m->add->far, c->R,
              c->K, c->N);
    k->linear_gelu(m->a->far, m->slope->far, m->x->far, m->pack->far, m->b->far,
                   c->R, c->K, c->N);
    k->pack_t(m->pack->far, m->w->far, c->K, c->N);
    k->linear_dx(m->dx->far, m->dy->far, m->pack->far, m->s->far, c->R, c->K,
                 c->N);
}

static void maps_check(const Maps *m, const Case *c, i64 g)
{
    const Kern *k = ref();
    const i64   yn = c->R * c->N, xn = c->R * c->K;
    real *pack = fresh(k->packed_count(c->K, c->N));
    real *pack_t = fresh(k->packed_count(c->N, c->K));
    real *y = fresh(yn), *slope = fresh(yn), *dx = fresh(xn);
    const double forward = size_of(c->K, 1, 0.05) + 8 * u;

    k->pack(pack, m->w->want[g], c->K, c->N);
    k->pack_t(pack_t, m->w->want[g], c->K, c->N);
    k->linear(y, m->x->want[g], pack, m->b->want[g], m->add->want[g], c->R,
              c->K, c->N);
    near_all("y", c, m->y->seen[g], y, yn, forward);
    k->linear_gelu(y, slope, m->x->want[g], pack, m->b->want[g], c->R, c->K,
                   c->N);
    near_all("gelu", c, m->a->seen[g], y, yn, 1.2 * forward + 16 * u);
    near_all("slope", c, m->slope->seen[g], slope, yn, forward + 32 * u);
    k->linear_dx(dx, m->dy->want[g], pack_t, m->s->want[g], c->R, c->K, c->N);
    near_all("dx", c, m->dx->seen[g], dx, xn, 5 * size_of(c->N, 1, 0.05));
    free(pack), free(pack_t), free(y), free(slope), free(dx);
}

static u64 maps_case(const Case *c, i64 runs)
{
    Side       s = open_case(c, runs, true);
    const Maps m = maps_of(&s, c);
    DeviceWhy  why;
    maps_far(&s, &m, c);
    side_must(s.api->wait(s.queue, &why), &why);
    CHECK(side_back(&s)); /* margins */
    for (i64 g = 0; g < runs; g++)
        maps_check(&m, c, g);
    const u64 bits = side_bits(&s, 0);
    side_close(&s);
    return bits;
}

static const Case cases[] = { { 5, 512, 520, 5, 0 }, { 19, 523, 514, 19, 1 },
                              { 200, 514, 512, 9, 1 } };

TEST(large_products_are_the_references_alone_and_side_by_side)
{
    library_mode("");
    for (int i = 0; i < COUNT_OF(cases); i++)
        CHECK(maps_case(&cases[i], 1) == maps_case(&cases[i], 3));
}

TEST(so_they_are_where_the_library_adds_no_bias_or_does_no_batch)
{
    library_mode("nobias");
    maps_case(&cases[1], 3);
    library_mode("nobatch");
    maps_case(&cases[1], 3);
    library_mode("");
}

/* -- dw += x' dy, db += sum dy ----------------------------------------------------- */

/* Who sits out took part before: what it left in scratch must not be added. */
static void sit_out(Side *s, Many *dw, Many *db)
{
    DeviceWhy why;
    side_must(s->api->wait(s->queue, &why), &why);
    many_up(s, dw);
    many_up(s, db);
    for (i64 g = 0; g < s->runs; g++)
        s->tick[g].active = s->runs == 1 || g != SIDE_OUT;
    side_must(s->api->tick(s->queue, s->tick, &why), &why);
}

static u64 back_case(const Case *c, i64 runs)
{
    Side      s = open_case(c, runs, true);
    Many     *x = many(&s, c->R * c->K, 0.1, 1), *dy = many(&s, c->R * c->N, 0, 1);
    Many     *dw = many(&s, c->K * c->N, 0, 1), *db = many(&s, c->N, 0, 1);
    DeviceWhy why;
    s.kern->linear_dw(dw->far, db->far, x->far, dy->far, c->R, c->K, c->N);
    sit_out(&s, dw, db);
    s.kern->linear_dw(dw->far, db->far, x->far, dy->far, c->R, c->K, c->N);
    side_must(s.api->wait(s.queue, &why), &why);
    CHECK(side_back(&s)); /* margins, and the gradient of who sits out */
    for (i64 g = 0; g < runs; g++) {
        if (!side_active(&s, g))
            continue;
        ref()->linear_dw(dw->want[g], db->want[g], x->want[g], dy->want[g],
                         c->R, c->K, c->N);
        near_all("dw", c, dw->seen[g], dw->want[g], c->K * c->N,
                 size_of(c->R, 1, 1) + 32 * u);
        near_all("db", c, db->seen[g], db->want[g], c->N,
                 4 * u * sqrt((double)c->R) * (double)c->R + 32 * u);
    }
    const u64 bits = side_bits(&s, 0);
    side_close(&s);
    return bits;
}

TEST(gradients_of_large_weights_are_added_and_those_of_who_sits_out_stay)
{
    const Case few = { 3, 512, 512, 3, 0 };
    library_mode("");
    back_case(&few, 1);
    for (int i = 0; i < COUNT_OF(cases); i++)
        CHECK(back_case(&cases[i], 1) == back_case(&cases[i], 3));
}

TEST(a_long_sum_is_taken_in_parts_that_are_added_in_their_order)
{
    const Case many_rows = { 2051, 512, 516, 2051, 0 };
    library_mode("");
    CHECK(back_case(&many_rows, 1) == back_case(&many_rows, 3));
}

/* -- Who asks the library -------------------------------------------------------------- */

/* Large weights are packed as they lie: every number has its place, whichever
 * side is the longer. */
TEST(the_library_is_asked_for_large_products_alone)
{
    library_find();
    const DeviceApi *api = side_api();
    if (api->bf16->packed_count(512, 512) == api->bf16->packed_count(511, 512))
        SKIP("cuBLASLt is not here");
    CHECK(api->bf16->packed_count(600, 520) == api->bf16->packed_count(520, 600));
    CHECK(api->bf16->packed_count(600, 520) >= 600 * 520 / 2);
    CHECK(api->fp32->packed_count(512, 512) != api->bf16->packed_count(512, 512));

    if (!getenv("SCALELAW_CUBLASLT"))
        return;
    char path[300];
    snprintf(path, sizeof path, "%s/log", test_folder());
    setenv("SCALELAW_FAKE_LT_LOG", path, 1);
    const Case large = { 2, 512, 512, 2, 0 }, small = { 2, 504, 512, 2, 0 };
    back_case(&small, 1);
    CHECK(access(path, F_OK) != 0);
    back_case(&large, 1);
    CHECK(access(path, F_OK) == 0);
    unsetenv("SCALELAW_FAKE_LT_LOG");
}
