/* test64_arch.c - a whole model's gradient against the slope of its loss, in
 * double, on the reference kernels: every parameter, one at a time.
 *
 * A central difference with step h misses h^2 f'''/6 and rounds by
 * eps loss / h. With h = 1e-5 and a loss of about 100 nats both are near 1e-9
 * or below; gradients of a tensor are measured against the largest of it,
 * which is about 1, so 1e-7 leaves room for a third derivative of 1000. */

#include "arch/arch.h"
#include "base/arena.h"
#include "base/rng.h"
#include "tests/arch_options.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SEED = 7 };

typedef struct Bench {
    Arena       arena;
    const Arch *arch;
    Shape       shape;
    i64         n, batch;
    real       *param, *grad, *packed, *work, *loss;
    i32        *x, *y;
    PassHow     how;
    double      log_z2; /* sum of (log Z)^2, of the scores that were seen */
} Bench;

/* Parameters all different and none at its initial value: gains near 1,
 * biases and embeddings large enough that each of them is felt. */
static Bench bench_open(Shape shape, i64 batch)
{
    Bench b = { .arch = arch_of(&shape), .shape = shape,
                .batch = batch, .how = { .scale = 1, .seed = SEED } };
    const i64 R = batch * shape.context;

    b.n      = arch_param_count(b.arch, &shape);
    b.param  = NEW(&b.arena, real, b.n);
    b.grad   = NEW(&b.arena, real, b.n);
    b.packed = NEW(&b.arena, real, b.arch->packed_count(&kern_ref, &shape));
    b.work   = NEW(&b.arena, real,
                   b.arch->work_count(&kern_ref, &shape, batch));
    b.loss   = NEW(&b.arena, real, R);
    b.x      = NEW(&b.arena, i32, R);
    b.y      = NEW(&b.arena, i32, R);

    arch_init(b.param, b.arch, &shape, SEED);
    for (i64 i = 0; i < b.n; i++)
        b.param[i] += (real)(0.3 * rng_normal(SEED, RNG_TEST, (u64)i));
    for (i64 r = 0; r < R; r++) {
        b.x[r] = (i32)rng_below(SEED, RNG_TEST, (u64)(b.n + 2 * r),
                                shape.vocab);
        b.y[r] = (i32)rng_below(SEED, RNG_TEST, (u64)(b.n + 2 * r + 1),
                                shape.vocab);
    }
    return b;
}

static void see_scores(void *self, const char *name, i64 layer,
                       const real *z, i64 rows, i64 cols)
{
    Bench *b = self;
    (void)layer;
    if (strcmp(name, "scores") != 0)
        return;
    for (i64 r = 0; r < rows; r++) {
        double sum = 0;
        for (i64 v = 0; v < cols; v++)
            sum += exp((double)z[r * cols + v]);
        b->log_z2 += log(sum) * log(sum);
    }
}

/* What the gradient is of: cross-entropy, and with z-loss more. */
static double loss_sum(Bench *b, real *grad)
{
    b->log_z2       = 0;
    b->how.see      = see_scores;
    b->how.see_self = b;
    b->arch->pack(b->packed, &kern_ref, &b->shape, b->param);
    b->arch->pass(b->loss, grad, &kern_ref, &b->shape, b->param, b->packed,
                  b->work, b->x, b->y, b->batch, &b->how);
    double sum = (double)b->how.z_loss * b->log_z2;
    for (i64 r = 0; r < b->batch * b->shape.context; r++)
        sum += (double)b->loss[r];
    return sum;
}

static double slope(Bench *b, i64 i)
{
    const real   middle = b->param[i];
    const double h = 1e-5;

    b->param[i] = middle + (real)h;
    const double above = loss_sum(b, NULL);
    b->param[i] = middle - (real)h;
    const double below = loss_sum(b, NULL);
    b->param[i] = middle;
    return (above - below) / (2 * h);
}

/* The widest |gradient - slope| over a tensor, as a share of its largest. */
static double tensor_gap(Bench *b, const Tensor *t)
{
    double widest = 0, largest = 0;
    for (i64 i = t->at; i < t->at + t->count; i++) {
        const double want = slope(b, i);
        widest  = fmax(widest, fabs((double)b->grad[i] - want));
        largest = fmax(largest, fabs(want));
    }
    return widest / largest;
}

static void check_tensors(Bench *b, const char *what)
{
    Tensor    tensor[ARCH_TENSORS_MAX];
    const int n = b->arch->tensors(tensor, &b->shape);

    loss_sum(b, b->grad);
    for (int i = 0; i < n; i++) {
        test_note("%s, %s, tied %d", tensor[i].name, what, b->shape.tied);
        CHECK_BELOW(tensor_gap(b, &tensor[i]), 1e-7);
    }
}

static void check_gradient(Shape shape, i64 batch)
{
    Bench b = bench_open(shape, batch);
    check_tensors(&b, "plain");
    arena_free(&b.arena);
}

static const Shape small = { .layers = 2, .width = 6, .heads = 2, .ff = 24,
                             .vocab = 7, .context = 5 };

TEST(every_parameter_knows_its_slope)
{
    check_gradient(small, 2);
}

TEST(every_parameter_knows_its_slope_with_a_tied_head)
{
    Shape tied = small;
    tied.tied  = true;
    check_gradient(tied, 2);
}

TEST(every_parameter_knows_its_slope_in_an_odd_shape)
{
    check_gradient((Shape){ .layers = 1, .width = 3, .heads = 3, .ff = 5,
                            .vocab = 2, .context = 3 }, 1);
}

/* Each option alone, and together, with nothing else and with all that a pass
 * may be asked for: dropout, z-loss, sequences from the middle of a run. */
static const Shape even = { .layers = 2, .width = 8, .heads = 2, .ff = 10,
                            .vocab = 7, .context = 5 };

static void check_options(PassHow how, const char *what)
{
    for (int i = 0; i < COUNT_OF(option_sets); i++) {
        Shape shape;
        CHECK(option_lay(&shape, &even, &option_sets[i]));
        Bench b = bench_open(shape, 2);
        b.how   = how;
        char note[64];
        snprintf(note, sizeof note, "%s, %s", option_sets[i].name, what);
        check_tensors(&b, note);
        arena_free(&b.arena);
    }
}

TEST(every_parameter_knows_its_slope_under_every_option)
{
    check_options((PassHow){ .scale = 1 }, "nothing else");
}

TEST(every_parameter_knows_its_slope_with_dropout_and_z_loss)
{
    check_options((PassHow){ .scale = 1, .z_loss = (real)0.05,
                             .dropout = (real)0.3, .seed = 12,
                             .sequence = 1000 }, "dropout and z-loss");
}

/* A check that cannot fail proves nothing. */
TEST(a_gradient_bent_by_a_thousandth_would_be_noticed)
{
    Bench  b = bench_open(small, 2);
    Tensor tensor[ARCH_TENSORS_MAX];
    const int n = b.arch->tensors(tensor, &small);

    loss_sum(&b, b.grad);
    for (int i = 0; i < n; i++) {
        const Tensor *t = &tensor[i];
        for (i64 k = t->at; k < t->at + t->count; k++)
            b.grad[k] *= (real)1.001;
        test_note("%s", t->name);
        CHECK(tensor_gap(&b, t) > 1e-4);
    }
    arena_free(&b.arena);
}

TEST(a_pass_adds_to_the_gradient_and_scales_it)
{
    Bench b = bench_open(small, 2);
    loss_sum(&b, b.grad);
    real *once = NEW(&b.arena, real, b.n);
    memcpy(once, b.grad, (size_t)b.n * sizeof *once);

    b.how.scale = (real)0.25;
    loss_sum(&b, b.grad);
    double widest = 0;
    for (i64 i = 0; i < b.n; i++)
        widest = fmax(widest, fabs((double)b.grad[i]
                                   - 1.25 * (double)once[i]));
    CHECK_BELOW(widest, 1e-12);
    arena_free(&b.arena);
}
