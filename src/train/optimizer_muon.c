/* optimizer_muon.c - Muon: of a matrix's momentum only the directions count.
 *
 * The mean of gradients is replaced by the nearest matrix whose singular
 * values are all (about) 1, so that directions which a gradient hardly shows
 * move as far as those that it is full of:
 *
 *     m  <-  mu m + (1 - mu) g
 *     u   =  (1 - mu) g + mu m                          (Nesterov)
 *     o   =  newton(u / |u|)
 *     p  <-  p - lr (0.2 sqrt(max(rows, cols)) o + decay p)
 *
 * newton takes five steps of x <- a x + (b s + c s s) x with s = x x', which
 * lead singular values from (0, 1] to 0.7 .. 1.2. Since the entries of o have
 * a mean square of 1 / max(rows, cols), the factor gives steps as large as
 * AdamW's usually are: Muon takes AdamW's rate and decay, and all that is no
 * hidden matrix (embeddings, head, gains, biases) is AdamW's.
 *
 * Under muP the factor is 0.2 sqrt(max(rows, cols) lr_scale), which is as
 * large at every width: a step of Muon has the spectral norm lr times its
 * factor, and that norm is what must be held (AdamW's steps, whose norm grows
 * with the width itself, need all of lr_scale).
 *
 * A wide matrix is taken as it is and a tall one lying down, so s is as small
 * as can be. One thread has a whole matrix: no bit depends on their number.
 * The products are the model's kernels', in bf16 where those are.
 *
 * SOURCE: Jordan et al. 2024, kellerjordan.github.io/posts/muon (the method,
 *         a, b, c, five steps); Liu et al. 2025, arXiv:2502.16982, section 2.2
 *         (the factor 0.2 sqrt(max), decay); Yang et al. 2023,
 *         arXiv:2310.17813, condition 1 (the spectral norm). SEE: Jordan's own factor is
 *         sqrt(max(1, rows / cols)), and wants a rate of its own. */

#include "train/optimizer.h"

#include <math.h>

enum { ITERATIONS = 5 };

static const double a = 3.4445, b = -4.7750, c = 2.0315;
static const double RMS = 0.2;

/* Scratch of one matrix, lying down: r rows of l numbers, r <= l. */
typedef struct Room {
    i64   r, l;
    bool  lies;      /* transposed: the matrix itself is tall */
    real *x, *y;     /* [r,l]                     */
    real *s, *t, *u; /* [r,r]                     */
    real *packed;
} Room;

static i64 packed_most(const Kern *kern, i64 r, i64 l)
{
    return i64_max(kern->packed_count(r, l),
                   i64_max(kern->packed_count(l, r),
                           kern->packed_count(r, r)));
}

static i64 matrix_work(const Kern *kern, i64 rows, i64 cols)
{
    const i64 r = i64_min(rows, cols), l = i64_max(rows, cols);
    return 2 * r * l + 3 * r * r + packed_most(kern, r, l);
}

static Room room_lay(real *work, i64 rows, i64 cols)
{
    const i64 r = i64_min(rows, cols), l = i64_max(rows, cols);
    Room room = { .r = r, .l = l, .lies = rows > cols };
    room.x = work;
    room.y = room.x + r * l;
    room.s = room.y + r * l;
    room.t = room.s + r * r;
    room.u = room.t + r * r;
    room.packed = room.u + r * r;
    return room;
}

/* Where entry (i, j) of the matrix is in x and y. */
static i64 place(const Room *room, i64 i, i64 j)
{
    return room->lies ? j * room->l + i : i * room->l + j;
}

/* The momentum of the step, into x; returns its norm. The gradient is taken
 * out. */
static double mean_take(const OptimizerStep *step, const OptimizerMatrix *w,
                        const Room *room)
{
    const double mu = step->config->momentum;
    double       squares = 0;
    for (i64 i = 0; i < w->rows; i++)
        for (i64 j = 0; j < w->cols; j++) {
            const i64    at = i * w->stride + j;
            const double g = step->scale * (double)w->g[at];
            const double m = mu * (double)w->m[at] + (1 - mu) * g;
            const double u = (1 - mu) * g + mu * m;
            w->m[at] = (real)m;
            w->g[at] = 0;
            room->x[place(room, i, j)] = (real)u;
            squares += u * u;
        }
    return sqrt(squares);
}

static void scaled(real *to, const real *from, double factor, i64 n)
{
    for (i64 i = 0; i < n; i++)
        to[i] = (real)(factor * (double)from[i]);
}

/* y = a x + (b s + c s s) x with s = x x'. */
static void iterate(const Kern *kern, const Room *room)
{
    const i64 r = room->r, l = room->l;
    kern->pack_t(room->packed, room->x, r, l);
    kern->linear_dx(room->s, room->x, room->packed, NULL, r, r, l);

    scaled(room->t, room->s, b, r * r);
    scaled(room->u, room->s, c, r * r);
    kern->pack(room->packed, room->s, r, r);
    kern->linear(room->t, room->u, room->packed, NULL, room->t, r, r, r);

    scaled(room->y, room->x, a, r * l);
    kern->pack(room->packed, room->x, r, l);
    kern->linear(room->y, room->t, room->packed, NULL, room->y, r, r, l);
}

static void matrix(const OptimizerStep *step, const OptimizerMatrix *w,
                   real *work)
{
    Room         room = room_lay(work, w->rows, w->cols);
    const double norm = mean_take(step, w, &room);
    scaled(room.x, room.x, norm > 0 ? 1 / norm : 0, room.r * room.l);
    for (int i = 0; i < ITERATIONS; i++) {
        iterate(step->kern, &room);
        real *made = room.y;
        room.y = room.x;
        room.x = made;
    }

    const double size = RMS * sqrt((double)room.l * w->lr_scale);
    const double lr = step->lr * size;
    const double keep = 1 - (w->decay ? step->lr * step->config->weight_decay
                                      : 0);
    for (i64 i = 0; i < w->rows; i++)
        for (i64 j = 0; j < w->cols; j++) {
            real *p = w->p + i * w->stride + j;
            *p = (real)(keep * (double)*p
                        - lr * (double)room.x[place(&room, i, j)]);
        }
}

static void span(const OptimizerStep *step, const OptimizerSpan *s)
{
    optimizer_adamw.span(step, s);
}

const Optimizer optimizer_muon = {
    .name        = "muon",
    .about       = "hidden matrices by Newton-Schulz, the rest by AdamW",
    .span        = span,
    .matrix      = matrix,
    .matrix_work = matrix_work,
};
