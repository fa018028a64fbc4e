/* coord.h - the coordinate check: do a few steps of training change what a
 * model computes by as much at every width?
 *
 * At each width a model is trained for some steps, and a text that is no part
 * of the training is passed through it before and after. Of every place where
 * the architecture shows its activations, two numbers are kept:
 *
 *     size    mean |x|, after the steps
 *     change  mean |x - x_before|: what the steps did
 *
 * Against the width each is a line on log-log axes; `slope` is its power. A
 * parametrisation that carries the learning rate from one width to another
 * has a change of slope 0 everywhere. Where it is positive, wide models are
 * moved further by the same rate, and blow up first.
 *
 * SOURCE: Yang et al. 2022, arXiv:2203.03466, appendix D.1 ("Verifying muP
 *         implementation via coordinate checking"). */

#ifndef COORD_H
#define COORD_H

#include "base/conf.h"
#include "train/train.h"

enum { COORD_WIDTHS_MAX = 16, COORD_SITES_MAX = 96 };

typedef struct CoordSite {
    char   name[32];
    i64    layer;                    /* -1: outside the layers */
    double size[COORD_WIDTHS_MAX], change[COORD_WIDTHS_MAX];
    double size_slope, change_slope; /* powers of the width    */
} CoordSite;

typedef struct Coord {
    int       widths, sites;
    i64       width[COORD_WIDTHS_MAX];
    CoordSite site[COORD_SITES_MAX];
    double    loss[COORD_WIDTHS_MAX]; /* of the last step: mean over seeds */
    int       worst;        /* site whose change_slope is furthest from 0 */
} Coord;

typedef struct CoordRule {
    TrainConfig config;    /* all but width, heads and ff       */
    RealList    widths;    /* at least two, rising              */
    i64         head_size, steps, seeds; /* seeds: 1, 2, ...    */
} CoordRule;

/* Allocates and frees what it needs; the standard parametrisation or muP is
 * what config.shape.mup_width says. */
bool coord_take(Coord *out, const CoordRule *rule, const Shard *shard,
                Err *err) MUST_USE;

/* A text of known entropy in memory, where no corpus is at hand. */
bool coord_text(Shard *out, Arena *arena, Err *err) MUST_USE;

#endif
