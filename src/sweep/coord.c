/* coord.c - see coord.h. A pass shows its activations one after the other, and
 * in the same order every time: the first pass writes them down in a row, the
 * second walks along the row and compares. */

#include "sweep/coord.h"

#include "data/batch.h"
#include "data/synth.h"
#include "train/step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PROBE_TOKENS = 256, TEXT = 1 << 17, LETTERS = 27, ORDER = 2 };

/* -- Watching a pass ------------------------------------------------------- */

typedef struct Watch {
    Coord  *coord;
    int     width;      /* which of them                          */
    bool    after;      /* the steps: compare; before: write down */
    double  share;      /* of a seed                              */
    float  *kept;       /* [room]: all that was seen before       */
    i64     room, at;
} Watch;

static bool same_site(const CoordSite *site, const char *name, i64 layer)
{
    return site->layer == layer && strcmp(site->name, name) == 0;
}

/* The site that is shown now; rows of one may come in several calls. */
static CoordSite *site_of(Watch *w, const char *name, i64 layer)
{
    Coord *c = w->coord;
    for (int i = 0; i < c->sites; i++)
        if (same_site(&c->site[i], name, layer))
            return &c->site[i];
    if (c->sites == COORD_SITES_MAX)
        return NULL;
    CoordSite *site = &c->site[c->sites++];
    *site = (CoordSite){ .layer = layer };
    snprintf(site->name, sizeof site->name, "%s", name);
    return site;
}

static void see(void *self, const char *name, i64 layer, const real *x,
                i64 rows, i64 cols)
{
    Watch    *w = self;
    const i64 n = rows * cols;
    double    size = 0, change = 0;
    for (i64 i = 0; i < n && w->at + i < w->room; i++) {
        if (!w->after)
            w->kept[w->at + i] = (float)x[i];
        size   += fabs((double)x[i]);
        change += fabs((double)x[i] - (double)w->kept[w->at + i]);
    }
    w->at += n;
    CoordSite *site = w->after ? site_of(w, name, layer) : NULL;
    if (!site)
        return;
    /* Every call of a site shows as many columns, so tokens weigh alike. */
    const double weight = w->share / ((double)PROBE_TOKENS * (double)cols);
    site->size[w->width]   += size * weight;
    site->change[w->width] += change * weight;
}

/* -- One width, one seed --------------------------------------------------- */

static void probe(Watch *w, const Space *space, const Shard *shard, i32 *x,
                  i32 *y, real *loss)
{
    const i64     T = space->shape.context, batch = PROBE_TOKENS / T;
    const PassHow how = { .see = see, .see_self = w };
    w->at = 0;
    for (i64 from = 0; from < batch; from += space->micro) {
        const i64 count = i64_min(space->micro, batch - from);
        for (i64 b = 0; b < count; b++)
            batch_val(x + b * T, y + b * T, shard, T, from + b);
        space->arch->pass(loss, NULL, space->kern, &space->shape,
                          space->state.param, space->packed,
                          space->worker->work, x, y, count, &how);
    }
}

/* Numbers shown at most: some tens of the width a token and layer, and the
 * scores. */
static i64 room_of(const Shape *s)
{
    return PROBE_TOKENS * (s->layers * (14 * s->width + 2 * s->ff) + s->vocab
                           + 4 * s->width);
}

static double take_one(Watch *w, const TrainConfig *config, const Shard *shard,
                       i64 steps)
{
    Arena      arena = { 0 };
    Space      space;
    StepResult step = { 0 };
    space_lay(&space, NEW(&arena, u8, train_memory(config)), config);
    i32  *x = NEW(&arena, i32, PROBE_TOKENS), *y = NEW(&arena, i32,
                                                       PROBE_TOKENS);
    real *loss = NEW(&arena, real, PROBE_TOKENS);
    w->room = room_of(&config->shape);
    w->kept = NEW(&arena, float, w->room);

    arch_init(space.state.param, space.arch, &space.shape, config->seed);
    step_pack(&space);
    w->after = false;
    probe(w, &space, shard, x, y, loss);
    for (i64 s = 0; s < steps; s++)
        step = step_take(&space, config, shard, s);
    w->after = true;
    probe(w, &space, shard, x, y, loss);
    arena_free(&arena);
    return step.loss;
}

/* -- Slopes ---------------------------------------------------------------- */

/* Of log y against log x; NaN where some y is no size. */
static double slope(const i64 *x, const double *y, int n)
{
    double mx = 0, my = 0, xy = 0, xx = 0;
    for (int i = 0; i < n; i++) {
        mx += log((double)x[i]) / n;
        my += log(y[i]) / n;
    }
    for (int i = 0; i < n; i++) {
        const double dx = log((double)x[i]) - mx;
        xy += dx * (log(y[i]) - my);
        xx += dx * dx;
    }
    return isfinite(my) ? xy / xx : NAN;
}

/* No slope at all is further from 0 than any. */
static double off(const CoordSite *site)
{
    return isnan(site->change_slope) ? INFINITY : fabs(site->change_slope);
}

static void slopes(Coord *c)
{
    for (int i = 0; i < c->sites; i++) {
        CoordSite *s = &c->site[i];
        s->size_slope   = slope(c->width, s->size, c->widths);
        s->change_slope = slope(c->width, s->change, c->widths);
        if (off(s) > off(&c->site[c->worst]))
            c->worst = i;
    }
}

/* -- All ------------------------------------------------------------------- */

static bool whole_heads(const CoordRule *rule, i64 width)
{
    return width % i64_min(rule->head_size, width) == 0;
}

static bool rule_check(const CoordRule *rule, Err *err)
{
    const i64 T = rule->config.shape.context;
    if (rule->widths.count < 2 || rule->widths.count > COORD_WIDTHS_MAX)
        return err_set(err, ERR_USAGE, "widths: a slope needs 2 to %d of them; "
                       "give a list such as 32,64,128", COORD_WIDTHS_MAX);
    if (rule->steps < 1 || rule->seeds < 1 || rule->head_size < 1)
        return err_set(err, ERR_USAGE, "steps, seeds and head_size are at "
                       "least 1; give such");
    for (i64 i = 0; i < rule->widths.count; i++) {
        if (!(rule->widths.item[i] >= 1 && rule->widths.item[i] <= 65536)
            || (i && rule->widths.item[i] <= rule->widths.item[i - 1]))
            return err_set(err, ERR_USAGE, "widths: %g does not rise, or is "
                           "none; give a list such as 32,64,128",
                           rule->widths.item[i]);
        if (!whole_heads(rule, (i64)rule->widths.item[i]))
            return err_set(err, ERR_USAGE, "width %g: no whole number of heads "
                           "of %lld; give others, or --head_size",
                           rule->widths.item[i], (long long)rule->head_size);
    }
    if (T > PROBE_TOKENS || PROBE_TOKENS % T)
        return err_set(err, ERR_USAGE, "context: %lld does not divide %d; "
                       "give 64, or another power of 2 up to that",
                       (long long)T, (int)PROBE_TOKENS);
    return true;
}

static TrainConfig config_of(const CoordRule *rule, i64 width, i64 seed)
{
    TrainConfig config = rule->config;
    config.shape.width = width;
    config.shape.heads = width / i64_min(rule->head_size, width);
    config.shape.ff    = count_ff_usual(width, config.shape.gated);
    config.schedule    = SCHEDULE_CONSTANT;
    config.warmup      = 0;
    config.warmup_steps = 0;
    config.steps       = rule->steps;
    config.seed        = (u64)seed;
    config.batch       = i64_max(config.batch,
                                 PROBE_TOKENS / config.shape.context);
    return config;
}

bool coord_take(Coord *out, const CoordRule *rule, const Shard *shard,
                Err *err)
{
    *out = (Coord){ 0 };
    if (!rule_check(rule, err))
        return false;
    out->widths = (int)rule->widths.count;
    for (int w = 0; w < out->widths; w++) {
        out->width[w] = (i64)rule->widths.item[w];
        for (i64 seed = 1; seed <= rule->seeds; seed++) {
            const TrainConfig config = config_of(rule, out->width[w], seed);
            Watch watch = { .coord = out, .width = w,
                            .share = 1 / (double)rule->seeds };
            if (!train_check(&config, shard, true, err))
                return err_add(err, "width %lld", (long long)out->width[w]);
            out->loss[w] += take_one(&watch, &config, shard, rule->steps)
                          * watch.share;
        }
    }
    slopes(out);
    return true;
}

bool coord_text(Shard *out, Arena *arena, Err *err)
{
    Synth synth;
    i64   state = 0;
    u8   *text = NEW(arena, u8, TEXT);
    if (!synth_make(&synth, arena, ORDER, LETTERS, 1, err))
        return false;
    synth_text(text, &synth, &state, 0, TEXT);
    *out = (Shard){
        .name = "synth", .tokenizer = "byte", .vocab = 256,
        .source_bytes = TEXT, .train_count = TEXT - TEXT / 16,
        .val_count = TEXT / 16, .val_bytes_per_token = 1,
        .unigram_nats = synth.entropy_nats[0], .token_bytes = 1,
        .token = text,
    };
    hash_sha256(out->sha256, text, TEXT);
    return true;
}
