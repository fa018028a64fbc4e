/* test_report_finds.c - what runs show beside the law of size and data, each
 * held to the truth that the runs were made from; and the figures of it: drawn
 * where there are such runs, absent where there are none. */

#include "base/json.h"
#include "report/checklist.h"
#include "report/fig.h"
#include "report/report.h"

#include "tests/made_more.h"
#include "tests/markup.h"
#include "tests/test.h"

/* One study with everything, made and analysed once. */
typedef struct World {
    bool     made;
    Arena    arena;
    Analysis a;
    Err      err;
} World;

static const Analysis *world(void)
{
    static World w;
    char         dir[400];
    MadeStudy    made = made_demo();
    if (w.made)
        return &w.a;
    made.resamples = 60;
    made.noise     = 0.001;
    snprintf(dir, sizeof dir, "%s/study", test_folder());
    w.made = CHECK(made_write(&made, dir, &w.err))
          && CHECK(made_more_write(&made, dir, &w.err))
          && CHECK(analysis_make(&w.a, &w.arena, dir, 2, &w.err));
    if (!w.made) {
        printf("error: %s\n", w.err.text);
        exit(1);
    }
    return &w.a;
}

static const Analysis *bare(Arena *arena)
{
    static Analysis a;
    char      dir[400];
    Err       err  = { 0 };
    MadeStudy made = made_demo();
    made.resamples = 0;
    snprintf(dir, sizeof dir, "%s/bare", test_folder());
    CHECK(made_write(&made, dir, &err)
          && analysis_make(&a, arena, dir, 2, &err));
    return &a;
}

TEST(the_best_rate_of_each_sweep_is_found_and_how_it_moves_with_size)
{
    const Rates *r = &world()->finds.rates;
    CHECK(r->count == 3);
    for (i64 k = 0; k < r->count; k++) {
        const RateSweep *s = &r->sweep[k];
        test_note("N %g", s->n);
        CHECK(s->count == 7);
        if (!CHECK(s->best != NULL))
            continue;
        CHECK_NEAR(s->best->n.value, made_rate(s->n), 1e-6);
        CHECK(s->best->n.low <= s->best->n.value
              && s->best->n.high >= s->best->n.value);
    }
    CHECK_NEAR(r->line.a.value, made_rate_power, 1e-6);
}

/* Runs of one size that follow a rule differ in their data too: no sweep. */
TEST(runs_of_a_ladder_are_no_sweep)
{
    Arena           arena = { 0 };
    const Analysis *a     = bare(&arena);
    CHECK(a->finds.rates.count == 0);
    CHECK(a->finds.shapes.count == 0);
    CHECK(a->finds.batches.count == 0);
    CHECK(a->finds.repeats.count == 0);
    CHECK(a->finds.domains.count == 1);
    arena_free(&arena);
}

TEST(shapes_of_one_size_are_told_apart_by_their_loss)
{
    const Shapes *s = &world()->finds.shapes;
    if (!CHECK(s->count == 1) || !CHECK(s->set[0].count == 4))
        return;
    double worst = 0;
    for (i64 i = 0; i < 4; i++)
        worst = fmax(worst, s->set[0].excess[i]);
    CHECK_NEAR(worst, 0.03, 1e-9);
}

TEST(repeated_text_is_held_against_fresh_text)
{
    const Analysis *a = world();
    const RepeatList  *r = &a->finds.repeats;
    CHECK(r->count == 16);
    for (i64 i = 0; i < r->count; i++) {
        const Repeat *one = &r->item[i];
        const double  n = one->n, d = (double)one->run->tokens;
        CHECK_NEAR(one->epochs, d / one->unique, 1e-12);
        CHECK_NEAR(1 + one->waste, one->run->val_loss
                   / law_at(a->chosen->law, a->chosen->theta, n, d), 1e-12);
        CHECK(one->waste > 0 && one->excess > 0);
    }
}

/* The curve between logged points is taken as straight in logarithms, which is
 * good to a few percent here. */
TEST(the_critical_batch_is_found_at_every_loss)
{
    const Batches *b = &world()->finds.batches;
    CHECK(b->count >= 3);
    for (i64 k = 0; k < b->count; k++) {
        test_note("loss %g, %lld batches", b->level[k].loss,
                  (long long)b->level[k].count);
        CHECK_NEAR(b->level[k].critical.value, made_critical, 0.1);
        for (i64 i = 0; i < b->level[k].count; i++)
            CHECK_NEAR((b->level[k].s[i] / b->level[k].s_min - 1)
                       * (b->level[k].e[i] / b->level[k].e_min - 1), 1, 0.25);
    }
}

TEST(runs_of_another_corpus_are_in_no_fit_and_stand_beside)
{
    const Analysis *a = world();
    const Domains  *d = &a->finds.domains;
    CHECK(d->count == 2);
    for (i64 i = 0; i < a->fitted.count; i++)
        CHECK_TEXT(a->fitted.run[i].corpus, "made");
    CHECK_HAS(a->excluded.text, "of another corpus, prose");
    CHECK(d->item[0].count + d->item[1].count > 50);
    for (i64 k = 0; k < d->count; k++)
        CHECK(d->item[k].slope < 0);
}

/* The best of each architecture; places from eight on stand for several. */
TEST(the_loss_along_the_context_is_read_for_each_architecture)
{
    const Positions *p = &world()->finds.positions;
    if (!CHECK(p->count == 2))
        return;
    CHECK(strcmp(p->curve[0].run->arch, p->curve[1].run->arch) != 0);
    for (i64 k = 0; k < 2; k++) {
        const bool lstm = strcmp(p->curve[k].run->arch, "lstm") == 0;
        CHECK(p->curve[k].count == 4);
        CHECK_NEAR(p->curve[k].position[3], 8, 1e-15);
        CHECK_NEAR(p->curve[k].loss[3], lstm ? 2.1 : 2.4, 1e-15);
    }
}

TEST(the_exponent_depends_on_what_is_counted)
{
    const Conventions *c = &world()->finds.conventions;
    CHECK(c->count == 8);
    for (i64 i = 0; i < c->count; i++)
        CHECK(c->item[i].a.value > 0.2 && c->item[i].a.value < 0.9);
    CHECK(fabs(c->item[0].a.value - c->item[1].a.value) > 1e-3);
    CHECK_NEAR(c->item[1].a.value, world()->isoflop.a.value, 1e-9);
}

/* The log of a batch run, damaged in its middle. */
TEST(a_damaged_log_costs_its_curve_and_is_named)
{
    Arena      arena = { 0 };
    Batches    all, less;
    Str        lost = { 0 };
    Err        err  = { 0 };
    MadeStudy  made = made_demo();
    MadeMore   w    = { .m = &made, .dir = test_folder(), .err = &err,
                        .ok = true };
    RunList    list;
    char       dir[500], name[700];
    snprintf(dir, sizeof dir, "%s/runs", test_folder());
    made_batches(&w);
    if (!CHECK(w.ok && run_list(&list, &lost, &arena, dir, &err)))
        return;
    batches_find(&all, &lost, &arena, &list, N_BODY_HEAD, dir);
    CHECK(!lost.text);
    snprintf(name, sizeof name, "runs/%s/metrics.jsonl", list.run[0].id);
    CHECK(made_file(test_folder(), name, "{\"schema\":1}\nnot json\n{}\n",
                    &err));
    batches_find(&less, &lost, &arena, &list, N_BODY_HEAD, dir);
    CHECK_HAS(lost.text ? lost.text : "", list.run[0].id);
    if (CHECK(all.count > 0 && less.count > 0))
        CHECK(less.level[0].count < all.level[0].count);
    str_free(&lost);
    arena_free(&arena);
}

TEST(the_ledger_adds_up)
{
    const Analysis *a = world();
    const Ledger   *l = &a->finds.ledger;
    double flop = 0;
    i64    runs = 0;
    for (i64 i = 0; i < l->count; i++) {
        flop += l->row[i].flop;
        runs += l->row[i].runs;
    }
    CHECK_NEAR(flop, l->all.flop, 1e-12);
    CHECK(runs == a->runs.count && l->all.runs == runs);
    CHECK(isnan(l->all.joules)); /* none was measured */
}

/* Its own tests: test_report_waterfall.c. */
TEST(a_waterfall_is_found_among_other_runs)
{
    const Waterfall *w = &world()->finds.waterfall;
    if (!CHECK(w->count == WATER_STEPS))
        return;
    CHECK_NEAR(w->step[3].e.a.value, 0.6, 0.02);
    CHECK_NEAR(w->step[4].e.a.value, 0.5, 0.02);
    CHECK(w->step[4].way == WATER_AS_PUBLISHED);
    CHECK(isnan(w->step[0].e.a.value));
}

/* Each figure, by its name: with everything they are all there but the one that
 * needs a prediction; without, those of other runs are absent, never empty. */
TEST(a_figure_is_there_where_its_runs_are_and_absent_where_not)
{
    static const char *const special[] = { "rates", "batch", "shape", "overfit",
                                           "position", "domains", "floor",
                                           "waterfall", "transfer", "kaplan",
                                           "steps", "collapse" };
    /* Of a prediction; of runs that test_report_transfer.c and
     * test_report_kaplan.c and test_report_domains.c make. */
    static const char *const elsewhere[] = { "holdout", "transfer", "floor", "kaplan",
                                             "steps", "collapse" };
    Arena           arena = { 0 };
    const Analysis *full  = world(), *none = bare(&arena);
    for (int i = 0; i < fig_count(); i++) {
        const Fig *fig = fig_at(i);
        bool       of_special = false, has = true;
        for (int k = 0; k < COUNT_OF(special); k++)
            of_special = of_special || strcmp(special[k], fig->name) == 0;
        for (int k = 0; k < COUNT_OF(elsewhere); k++)
            has = has && strcmp(elsewhere[k], fig->name) != 0;
        test_note("%s", fig->name);
        Plot with = plot_open(fig->name, fig->title, fig->panels);
        Plot out  = plot_open(fig->name, fig->title, fig->panels);
        CHECK(fig->draw(&with, full) == has);
        const bool drawn = fig->draw(&out, none);
        if (of_special)
            CHECK(!drawn && out.items == 0);
        if (has) {
            plot_close(&with);
            CHECK_TEXT(markup_check(with.svg.text).why, "");
            CHECK_TEXT(markup_check(with.inner.text).why, "");
            CHECK(with.items > 3);
            CHECK(strlen(with.csv.text) > 60);
        }
        plot_free(&with);
        plot_free(&out);
    }
    arena_free(&arena);
}

TEST(programs_are_told_the_same)
{
    const Analysis *a    = world();
    Str             text = { 0 };
    json_t         *json;
    Arena           arena = { 0 };
    Err             err   = { 0 };
    char            path[400];
    analysis_json(a, &text);
    snprintf(path, sizeof path, "%s/a.json", test_folder());
    if (CHECK(file_write(path, text.text, text.size, &err))
        && CHECK(json_load_path(&json, path, &err))) {
        const json_t *rate = json_array_get(json_object_get(json, "rates"), 1);
        const json_t *best = json_object_get(rate, "best");
        const json_t *all  = json_object_get(json, "ledger_all");
        CHECK_NEAR(json_get_real(best, "value", -1),
                   a->finds.rates.sweep[1].best->n.value, 1e-15);
        CHECK_NEAR(json_get_real(all, "flop", -1), a->finds.ledger.all.flop,
                   1e-15);
        CHECK((i64)json_array_size(json_object_get(json, "batches"))
              == a->finds.batches.count);
        CHECK(json_is_null(json_object_get(all, "joules")));
        json_decref(json);
    }
    str_free(&text);
    arena_free(&arena);
}

TEST(the_checklist_is_answered_from_the_records)
{
    Arena     arena = { 0 };
    Checklist list;
    checklist_make(&list, &arena, world());
    CHECK(list.count > 15 && list.count < CHECK_ITEMS);
    bool tuned = false, seeds = false;
    for (int i = 0; i < list.count; i++) {
        const CheckItem *item = &list.item[i];
        test_note("%s", item->question);
        CHECK(item->evidence && *item->evidence);
        if (strstr(item->question, "rate tuned"))
            tuned = item->answer == CHECK_YES;
        if (strstr(item->question, "one seed"))
            seeds = item->answer == CHECK_NO;
    }
    CHECK(tuned && seeds);
    arena_free(&arena);
}
