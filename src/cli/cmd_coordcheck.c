/* cmd_coordcheck.c - `scalelaw coordcheck`: may one learning rate serve models
 * of every width? A few steps at several widths, under the standard
 * parametrisation and under muP, and how what they changed grows with the
 * width (sweep/coord.h). */

#include "base/file.h"
#include "base/jot.h"
#include "cli/cmd.h"
#include "cli/train_opts.h"
#include "data/corpus.h"
#include "sweep/coord.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Check {
    TrainOpts   opts;    /* corpus, model, optimizer     */
    CoordRule   rule;
    double      tolerance;
    const char *csv;
    bool        json;
    Arena       arena;
    Corpus      corpus;  /* closed or not, as `opened`   */
    bool        opened;
    Shard       text;
    Coord       standard, mup;
} Check;

enum { ROWS = STUDY_OPTS_MAX + 16 };

static int rows_of(Opt row[ROWS], Check *c)
{
    const Opt own[] = {
        { "corpus", "NAME", "a corpus, a shard or a text [text made here]",
          .text = &c->opts.corpus },
        { "data", "DIR", "where corpora are kept", .text = &c->opts.data_dir },
        { "widths", "LIST", "rising", .reals = &c->rule.widths },
        { "model.recipe", "NAME", "gpt2, or llama: rms, rope, swiglu, no bias",
          .text = &c->opts.text.recipe },
        { "head_size", "N", "width of an attention head",
          .count = &c->rule.head_size },
        { "steps", "N", "of training at each width", .count = &c->rule.steps },
        { "seeds", "N", "averaged over", .count = &c->rule.seeds },
        { "tolerance", "X", "slopes up to this are flat",
          .real = &c->tolerance },
        { "csv", "FILE", "every number, a line each", .text = &c->csv },
        { "json", "", "the same as one JSON document", .flag = &c->json },
    };
    Opt       run[STUDY_OPTS_MAX];
    const int all = run_opts_table(run, &c->opts.config, &c->opts.text);
    int       n = COUNT_OF(own);
    memcpy(row, own, sizeof own);
    static const char *const kept[] = {
        "model.layers", "train.lr", "train.batch", "model.context",
        "model.tied", "model.norm", "model.position", "model.ff_kind",
        "model.qk_norm", "model.bias", "model.mup_width", "model.mup_head",
        "train.optimizer", "train.momentum", "train.beta1", "train.beta2",
        "train.epsilon", "train.weight_decay", "train.clip", "train.dtype",
        "train.kernels",
    };
    /* What nobody names is as the recipe has it. */
    c->opts.text.norm = c->opts.text.position = c->opts.text.ff_kind = NULL;
    for (int k = 0; k < COUNT_OF(kept); k++)
        for (int i = 0; i < all; i++)
            if (strcmp(run[i].name, kept[k]) == 0) {
                row[n] = run[i];
                if (strcmp(kept[k], "model.mup_width") == 0)
                    row[n].help = "muP: base width; 0: the first of widths";
                if (strcmp(kept[k], "model.layers") == 0)
                    row[n].help = "layers of every model";
                n++;
            }
    return n;
}

static bool read_opts(Check *c, int argc, char **argv, bool *helped, Err *err)
{
    static const double widths[] = { 32, 64, 128, 256 };
    Opt          row[ROWS];
    TrainConfig *config = &c->opts.config;
    c->opts = train_opts_defaults();
    config->shape.layers  = 2;
    config->shape.context = 64;
    config->batch         = 16;
    config->lr            = 0.01;
    c->rule = (CoordRule){ .widths = { COUNT_OF(widths), widths },
                           .head_size = 16, .steps = 4, .seeds = 3 };
    c->tolerance = 0.2;
    const OptTable table = {
        .command = "scalelaw coordcheck",
        .about   = "Do steps of training change models of every width alike?",
        .opt = row, .nopt = rows_of(row, c), .arena = &c->arena,
    };
    return opt_flags(&table, argc, argv, helped, err)
           && (*helped || run_opts_settle(config, &c->opts.text, err));
}

static void say(const char *line) { fprintf(stderr, "%s\n", line); }

static bool open_text(const Shard **out, Check *c, Err *err)
{
    *out = &c->text;
    if (!c->opts.corpus)
        return coord_text(&c->text, &c->arena, err);
    c->opened = corpus_need(&c->corpus, &c->arena, c->opts.corpus,
                            c->opts.data_dir, say, err);
    *out = &c->corpus.shard;
    return c->opened;
}

static bool take(Check *c, Err *err)
{
    const Shard *text;
    Shape       *shape = &c->opts.config.shape;
    if (!open_text(&text, c, err))
        return false;
    if (shape->vocab == 0)
        shape->vocab = text->vocab;
    const i64 base = shape->mup_width    ? shape->mup_width
                     : c->rule.widths.count ? (i64)c->rule.widths.item[0] : 0;
    const i64 head = shape->mup_head;
    c->rule.config = c->opts.config;
    c->rule.config.shape.mup_width = c->rule.config.shape.mup_head = 0;
    if (!coord_take(&c->standard, &c->rule, text, err))
        return false;
    c->rule.config.shape.mup_width = base;
    c->rule.config.shape.mup_head  = head;
    return coord_take(&c->mup, &c->rule, text, err);
}

/* -- Showing --------------------------------------------------------------- */

static const CoordSite *worst(const Coord *coord)
{
    return &coord->site[coord->worst];
}

static bool flat(const Check *c, const Coord *coord)
{
    return fabs(worst(coord)->change_slope) <= c->tolerance;
}

static void name_of(char out[64], const CoordSite *site)
{
    if (site->layer < 0)
        snprintf(out, 64, "%s", site->name);
    else
        snprintf(out, 64, "%lld.%s", (long long)site->layer, site->name);
}

static void show_one(const Check *c, const Coord *coord, const char *title)
{
    char name[64];
    printf("%s: mean |x - x before| after %lld step%s, by width\n\n", title,
           (long long)c->rule.steps, c->rule.steps == 1 ? "" : "s");
    printf("  %-20s", "");
    for (int w = 0; w < coord->widths; w++)
        printf(" %9lld", (long long)coord->width[w]);
    printf("     slope\n");
    for (int i = 0; i < coord->sites; i++) {
        const CoordSite *s = &coord->site[i];
        name_of(name, s);
        printf("  %-20s", name);
        for (int w = 0; w < coord->widths; w++)
            printf(" %9.3g", s->change[w]);
        printf("  %+8.2f%s\n", s->change_slope,
               fabs(s->change_slope) <= c->tolerance ? ""
               : s->change_slope > 0 ? "  grows" : "  vanishes");
    }
    name_of(name, worst(coord));
    printf("  %-20s", "loss");
    for (int w = 0; w < coord->widths; w++)
        printf(" %9.3f", coord->loss[w]);
    printf("\n\n  %s: %s %s as width^%.2f\n\n",
           flat(c, coord) ? "alike at every width" : "not alike",
           flat(c, coord) ? "at most" : "the change of", name,
           worst(coord)->change_slope);
}

static void show(const Check *c)
{
    show_one(c, &c->standard, "standard");
    show_one(c, &c->mup, "muP");
    printf("%s\n", flat(c, &c->mup)
           ? "Under muP one learning rate serves these widths."
           : "Under muP these steps are not alike: the learning rate may not "
             "carry over.");
}

static void jot_one(Jot *j, const Check *c, const Coord *coord,
                    const char *key)
{
    jot_object(j, key);
    jot_flag(j, "flat", flat(c, coord));
    jot_array(j, "loss");
    for (int w = 0; w < coord->widths; w++)
        jot_real(j, NULL, coord->loss[w]);
    jot_end(j);
    jot_array(j, "sites");
    for (int i = 0; i < coord->sites; i++) {
        const CoordSite *s = &coord->site[i];
        jot_object(j, NULL);
        jot_text(j, "site", s->name);
        jot_count(j, "layer", s->layer);
        jot_real(j, "size_slope", s->size_slope);
        jot_real(j, "change_slope", s->change_slope);
        jot_array(j, "size");
        for (int w = 0; w < coord->widths; w++)
            jot_real(j, NULL, s->size[w]);
        jot_end(j);
        jot_array(j, "change");
        for (int w = 0; w < coord->widths; w++)
            jot_real(j, NULL, s->change[w]);
        jot_end(j);
        jot_end(j);
    }
    jot_end(j);
    jot_end(j);
}

static void show_json(const Check *c)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_count(&j, "steps", c->rule.steps);
    jot_count(&j, "seeds", c->rule.seeds);
    jot_real(&j, "lr", c->rule.config.lr);
    jot_text(&j, "optimizer", c->rule.config.optimizer);
    jot_real(&j, "tolerance", c->tolerance);
    jot_array(&j, "widths");
    for (int w = 0; w < c->mup.widths; w++)
        jot_count(&j, NULL, c->mup.width[w]);
    jot_end(&j);
    jot_one(&j, c, &c->standard, "standard");
    jot_one(&j, c, &c->mup, "mup");
    jot_end(&j);
    printf("%s\n", text.text);
    str_free(&text);
}

static void csv_one(Str *out, const Coord *coord, const char *name)
{
    for (int i = 0; i < coord->sites; i++)
        for (int w = 0; w < coord->widths; w++) {
            const CoordSite *s = &coord->site[i];
            str_add(out, "%s,%lld,%s,%lld,%.17g,%.17g,%.17g,%.17g\n", name,
                    (long long)s->layer, s->name, (long long)coord->width[w],
                    s->size[w], s->change[w], s->size_slope, s->change_slope);
        }
}

static bool write_csv(const Check *c, Err *err)
{
    Str text = { 0 };
    str_put(&text, "parametrisation,layer,site,width,size,change,size_slope,"
            "change_slope\n");
    csv_one(&text, &c->standard, "standard");
    csv_one(&text, &c->mup, "mup");
    const bool ok = file_write(c->csv, text.text, text.size, err);
    str_free(&text);
    return ok;
}

bool cmd_coordcheck(int argc, char **argv, Err *err)
{
    Check check  = { 0 };
    bool  helped = false;
    bool  ok = read_opts(&check, argc, argv, &helped, err);
    if (ok && !helped) {
        ok = take(&check, err) && (!check.csv || write_csv(&check, err));
        if (ok && check.json)
            show_json(&check);
        else if (ok)
            show(&check);
    }
    if (check.opened)
        corpus_close(&check.corpus);
    arena_free(&check.arena);
    return ok;
}
