/* test_report_kaplan.c - Kaplan's laws and the critical batch, held to runs and
 * logs that were made from them. */

#include "report/analysis.h"
#include "report/fig.h"
#include "report/find_table.h"

#include "tests/made_kaplan.h"
#include "tests/markup.h"
#include "tests/test.h"

static const Analysis *analysed(const KaplanWorld *w, const char *name)
{
    static Arena arena;
    char         dir[400];
    Err          err = { 0 };
    Analysis    *a   = NEW(&arena, Analysis, 1);
    snprintf(dir, sizeof dir, "%s/%s", test_folder(), name);
    if (!CHECK(kaplan_world_write(w, dir, &err))
        || !CHECK(analysis_make(a, &arena, dir, 2, &err))) {
        printf("error: %s\n", err.text);
        exit(1);
    }
    return a;
}

static const Analysis *world(void)
{
    static const Analysis *a;
    const KaplanWorld      w = kaplan_world();
    if (!a)
        a = analysed(&w, "whole");
    return a;
}

/* Found within `rel` of the truth, and the truth within the interval. */
static void holds(const KaplanFit *fit, const char *name, double truth,
                  double rel)
{
    const Interval x = kaplan_constant(fit, name);
    test_note("%s: %g (%g to %g), truth %g; %s", name, x.value, x.low, x.high,
              truth, fit->words ? fit->words : "fitted");
    CHECK_NEAR(x.value, truth, rel);
    CHECK(x.low <= truth && truth <= x.high);
}

/* -- The critical batch ----------------------------------------------------- */

TEST(two_batches_give_the_gradient_and_its_noise_exactly)
{
    /* The worked example of McCandlish et al.: |G|^2 = 1, tr(Sigma) = 1000. */
    const NoiseParts p = noise_parts(2.953125, 512, 32.25, 32);
    CHECK_NEAR(p.square, 1, 1e-12);
    CHECK_NEAR(p.trace, 1000, 1e-12);
}

TEST(the_noise_scale_of_a_log_is_read_at_its_losses)
{
    const Critical *c = &world()->finds.critical;
    CHECK(c->curves == COUNT_OF(kaplan_width) + 1);
    for (i64 i = 0; i < c->curves; i++) {
        const NoiseCurve *one = &c->curve[i];
        CHECK(one->count > 20);
        CHECK(i == 0 || one->n >= one[-1].n);
        for (i64 k = 0; k < one->count; k++)
            CHECK_NEAR(one->scale[k].value, 700, 1e-6);
    }
}

TEST(branches_give_the_largest_batch_that_does_as_well)
{
    const Critical *c = &world()->finds.critical;
    if (!CHECK(c->forks == 2))
        return;
    for (i64 i = 0; i < 2; i++) {
        const Fork *f = &c->fork[i];
        CHECK(f->count == 9);
        /* 4096 lies 0.009 above the rest, 8192 lies 0.029 above */
        CHECK_NEAR(f->critical.value, 4096, 1e-12);
        CHECK_NEAR(f->critical.high, 8192, 1e-12);
    }
    const double n = count_n(kaplan_shape(32), N_BODY);
    const Kaplan k = kaplan_world().k;
    CHECK_NEAR(c->fork[0].loss, kaplan_by_step(&k, n, 500, 512), 0.01);
    CHECK_NEAR(c->fork[1].loss, kaplan_by_step(&k, n, 1200, 512), 0.01);
}

TEST(branches_of_which_none_suffers_have_no_upper_end)
{
    KaplanWorld w = kaplan_world();
    w.fork_at = 1e9;
    w.sizes = w.samples = false;
    const Critical *c = &analysed(&w, "open")->finds.critical;
    CHECK(c->forks == 2);
    CHECK_NEAR(c->fork[0].critical.value, 32768, 1e-12);
    CHECK(isinf(c->fork[0].critical.high));
}

TEST(branches_that_failed_were_too_large)
{
    KaplanWorld w = kaplan_world();
    w.fork_at = 1e9;
    w.fork_fails = true;
    w.sizes = w.samples = false;
    const Critical *c = &analysed(&w, "fails")->finds.critical;
    if (!CHECK(c->forks == 2))
        return;
    CHECK(c->fork[0].count == 9);
    CHECK_NEAR(c->fork[0].critical.value, 8192, 1e-12);
    CHECK_NEAR(c->fork[0].critical.high, 16384, 1e-12);
}

TEST(branches_are_no_grid_of_batches)
{
    const Batches *b = &world()->finds.batches;
    CHECK(b->count == 10); /* five levels at each of two sizes */
    for (i64 i = 0; i < b->count; i++) {
        const Kaplan k = kaplan_world().k;
        CHECK_NEAR(b->level[i].critical.value,
                   kaplan_b_crit(&k, b->level[i].loss), 0.02);
    }
}

TEST(kaplans_law_of_the_critical_batch_is_found)
{
    const KaplanFit *law = &world()->finds.critical.law;
    const Kaplan     k   = kaplan_world().k;
    CHECK_NEAR(kaplan_constant(law, "alpha_B").value, k.alpha_B, 0.03);
    CHECK_NEAR(kaplan_constant(law, "B_star").value, k.B_star, 0.06);
    CHECK_NEAR(critical_at(&world()->finds.critical, 1.8, -1),
               kaplan_b_crit(&k, 1.8), 0.02);
}

TEST(three_ways_stand_in_one_row_where_they_meet)
{
    const Critical *c = &world()->finds.critical;
    i64 all = 0;
    for (i64 i = 0; i < c->rows; i++) {
        const CriticalRow *r = &c->row[i];
        all += isfinite(r->grid.value) && isfinite(r->fork.value)
            && isfinite(r->noise.value);
        CHECK(isfinite(r->grid.value) || isfinite(r->fork.value));
        /* read between what was measured, never beyond */
        CHECK(!isfinite(r->fork.value)
              || (r->loss <= c->fork[0].loss * (1 + 1e-9)
                  && r->loss >= c->fork[1].loss * (1 - 1e-9)));
        if (isfinite(r->noise.value))
            CHECK_NEAR(r->noise.value, 700, 1e-6);
    }
    CHECK(all > 0);
}

/* -- The laws ---------------------------------------------------------------- */

TEST(loss_by_size_is_found_and_no_floor_invented)
{
    const KaplanAxis *n = &world()->finds.kaplan.n;
    const Kaplan      k = kaplan_world().k;
    CHECK(n->count == COUNT_OF(kaplan_width));
    holds(&n->power, "alpha_N", k.alpha_N, 0.02);
    holds(&n->power, "N_c", k.N_c, 0.2);
    CHECK_BELOW(n->gain, 6);
}

TEST(a_floor_is_seen_where_there_is_one)
{
    KaplanWorld w = kaplan_world();
    w.floor   = 0.9;
    w.batches = w.samples = false;
    const Analysis   *a = analysed(&w, "floor");
    const KaplanAxis *n = &a->finds.kaplan.n;
    CHECK(n->gain > 6);
    holds(&n->floor, "a", w.k.alpha_N, 0.3);
}

TEST(loss_by_size_and_steps_is_found_from_curves)
{
    const KaplanSteps *s = &world()->finds.kaplan.steps;
    const Kaplan       k = kaplan_world().k;
    CHECK(s->converted);
    holds(&s->law, "alpha_N", k.alpha_N, 0.03);
    holds(&s->law, "alpha_S", k.alpha_S, 0.05);
    CHECK_NEAR(kaplan_constant(&s->law, "S_c").value, k.S_c, 0.15);
    for (i64 i = 0; i < s->count; i++) {
        const double steps = (double)s->run[s->point[i].run]->steps;
        CHECK(s->point[i].s >= 0.02 * steps - 1);
        CHECK(s->point[i].s <= 0.8 * steps + 1);
    }
}

TEST(the_best_size_follows_by_curves_and_by_the_closed_form)
{
    const KaplanFinds *f = &world()->finds.kaplan;
    const Kaplan       k = kaplan_world().k;
    const double       p = kaplan_alpha_C(&k) / k.alpha_N;
    CHECK(f->closed.words == NULL);
    CHECK_NEAR(f->closed.p_n.value, p, 0.05);
    CHECK_NEAR(f->closed.alpha_c.value, kaplan_alpha_C(&k), 0.05);
    CHECK_NEAR(f->closed.n.value, kaplan_n(&k, f->closed.c), 0.1);
    CHECK(f->closed.n.low < f->closed.n.high);
    CHECK(f->steps.adjusted.npoint > 0);
    CHECK_NEAR(f->steps.adjusted.a.value, p, 0.12);
    CHECK_NEAR(kaplan_constant(&f->c_min.power, "alpha_C").value,
               kaplan_alpha_C(&k), 0.1);
    /* the batch of the runs is too large for early losses: more so for small
     * models, whose best is therefore overrated in C as it was spent */
    CHECK(f->steps.naive.a.value > f->steps.adjusted.a.value);
}

TEST(loss_by_size_and_data_is_found_and_sizes_collapse)
{
    const KaplanOverfit *o = &world()->finds.kaplan.overfit;
    const KaplanWorld    w = kaplan_world();
    CHECK(o->count == 4 * COUNT_OF(kaplan_unique));
    holds(&o->law, "alpha_N", w.k.alpha_N, 0.05);
    holds(&o->law, "alpha_D", w.alpha_D, 0.05);
    CHECK_NEAR(o->power.value, w.k.alpha_N / w.alpha_D, 0.05);
    CHECK_NEAR(o->power_best, w.k.alpha_N / w.alpha_D, 0.2);
    CHECK_BELOW(o->after, 0.5 * o->before);
    CHECK(o->collapsed >= 16);
}

TEST(early_stopping_is_held_against_its_bound)
{
    const KaplanOverfit *o = &world()->finds.kaplan.overfit;
    CHECK(o->bounded >= 16);
    CHECK(o->held >= o->bounded * 9 / 10);
    KaplanWorld w = kaplan_world();
    w.stop_times = 0.5;
    o = &analysed(&w, "early")->finds.kaplan.overfit;
    CHECK(o->bounded >= 16);
    CHECK(o->held <= o->bounded / 10);
}

TEST(loss_by_data_is_of_the_largest_model_and_of_what_turned)
{
    const KaplanAxis *d = &world()->finds.kaplan.d;
    const double      n = count_n(kaplan_shape(96), N_BODY);
    CHECK(d->count == COUNT_OF(kaplan_unique) - 1);
    for (i64 i = 0; i < d->count; i++) {
        CHECK_NEAR(count_n(d->run[i]->shape, N_BODY), n, 1e-12);
        CHECK(d->counted[i]);
    }
    CHECK(kaplan_constant(&d->power, "alpha_D").value > 0.02);
}

static void band_or_words(const KaplanMeet *m)
{
    CHECK(m->words != NULL && m->draws > 100);
    CHECK(m->meet >= 0 && m->meet <= m->draws);
    if (2 * m->meet < m->draws || m->meet == 0) {
        CHECK(strstr(m->words, "no crossing") != NULL);
        CHECK(isnan(m->c.value));
    } else {
        CHECK(m->c.low > m->c_largest);
        CHECK(m->c.low <= m->c.value && m->c.value <= m->c.high);
    }
}

TEST(the_contradiction_is_a_band_or_said_not_to_be)
{
    KaplanWorld w = kaplan_world();
    band_or_words(&world()->finds.kaplan.meet);
    CHECK(world()->finds.kaplan.meet.meet > 100);
    w.D_c = 6e7; /* text is worth so little that the lines have met before */
    const KaplanMeet *m = &analysed(&w, "met")->finds.kaplan.meet;
    band_or_words(m);
    CHECK(m->meet < m->draws / 2);
}

TEST(two_lines_meet_where_both_have_one_value)
{
    const double a = 0.05, b = 0.095, p = 0.26;
    const double c = exp(kaplan_meeting(a, log(3.1e8), b, log(5.4e13),
                                        log(4e10), p));
    CHECK_NEAR(pow(3.1e8 / c, a), pow(5.4e13 / (4e10 * pow(c, p)), b), 1e-9);
    CHECK_NEAR(c, 1.06e5, 0.01); /* equation 6.7's, PF-days */
    CHECK(isnan(kaplan_meeting(0.05, 1, 0.1, 1, 1, 0.5)));
}

/* -- Refusals ----------------------------------------------------------------- */

TEST(without_a_grid_of_batches_steps_stay_as_run_and_it_is_said)
{
    KaplanWorld w = kaplan_world();
    w.batches = w.samples = false;
    const Analysis    *a = analysed(&w, "sizes");
    const KaplanFinds *f = &a->finds.kaplan;
    CHECK(f->any && !f->steps.converted);
    CHECK(a->finds.critical.law.words != NULL);
    CHECK(f->closed.words && strstr(f->closed.words, "critical batch"));
    CHECK(isnan(f->closed.p_n.value) && isnan(f->closed.c));
    CHECK(f->meet.words && f->meet.draws == 0 && isnan(f->meet.c.value));
    CHECK(f->overfit.count == 0 && f->overfit.law.words != NULL);
    CHECK(f->c_min.power.words && strstr(f->c_min.power.words, "critical"));
}

TEST(a_critical_batch_that_falls_with_the_loss_has_no_law)
{
    KaplanWorld w = kaplan_world();
    w.k.alpha_B = -1; /* B_crit ~ L */
    w.k.B_star  = 200;
    w.samples   = false;
    const Analysis *a = analysed(&w, "falling");
    CHECK(a->finds.batches.count > 0 && a->finds.batches.power > 0);
    CHECK(a->finds.critical.law.fit.law == NULL);
    CHECK(strstr(a->finds.critical.law.words, "does not grow") != NULL);
    CHECK(!a->finds.kaplan.steps.converted);
    CHECK(isnan(critical_at(&a->finds.critical, 2, -1)));
}

TEST(without_sizes_what_needs_them_is_refused_in_words)
{
    KaplanWorld w = kaplan_world();
    w.sizes = false;
    const KaplanFinds *f = &analysed(&w, "samples")->finds.kaplan;
    CHECK(f->n.power.words != NULL && f->n.power.fit.law == NULL);
    CHECK(f->closed.words && strstr(f->closed.words, "L(N,S)"));
    CHECK(f->meet.words && strstr(f->meet.words, "L(C_min)"));
    CHECK(f->overfit.law.fit.law != NULL && f->overfit.bounded == 0);
}

TEST(a_study_that_is_not_kaplans_has_none_of_it)
{
    char      dir[400];
    Arena     arena = { 0 };
    Analysis  a;
    Err       err  = { 0 };
    MadeStudy made = made_demo();
    FindTable t;
    made.resamples = 0;
    snprintf(dir, sizeof dir, "%s/other", test_folder());
    CHECK(made_write(&made, dir, &err)
          && analysis_make(&a, &arena, dir, 2, &err));
    CHECK(!a.finds.kaplan.any && a.finds.critical.rows == 0);
    CHECK(!table_kaplan(&t, &arena, &a) && !table_batch(&t, &arena, &a));
    arena_free(&arena);
}

/* -- Shown ---------------------------------------------------------------------- */

static bool has(const FindTable *t, const char *text)
{
    Str  out = { 0 };
    find_table_csv(&out, t);
    find_table_markdown(&out, t);
    const bool there = out.text && strstr(out.text, text);
    str_free(&out);
    return there;
}

TEST(tables_say_what_was_found_and_what_was_not)
{
    Arena       arena = { 0 };
    FindTable   t;
    KaplanWorld w = kaplan_world();
    CHECK(table_kaplan(&t, &arena, world()));
    CHECK(has(&t, "alpha_N/alpha_D") && has(&t, "appendix B"));
    CHECK(has(&t, "contradiction") && has(&t, "Early stopping"));
    CHECK(table_batch(&t, &arena, world()));
    CHECK(has(&t, "noise scale is") && has(&t, "alpha\\_B"));
    w.batches = w.samples = false;
    CHECK(table_kaplan(&t, &arena, analysed(&w, "shown")));
    CHECK(has(&t, "which the runs do not tell"));
    arena_free(&arena);
}

/* That others have none of them is test_report_finds.c's. */
TEST(figures_are_drawn_of_such_runs)
{
    static const char *const name[] = { "kaplan", "steps", "collapse", "batch" };
    int drawn = 0;
    for (int i = 0; i < fig_count(); i++)
        for (int k = 0; k < COUNT_OF(name); k++) {
            const Fig *fig = fig_at(i);
            if (strcmp(fig->name, name[k]) != 0)
                continue;
            Plot plot = plot_open(fig->name, fig->title, fig->panels);
            test_note("%s", fig->name);
            if (CHECK(fig->draw(&plot, world()))) {
                drawn++;
                plot_close(&plot);
                CHECK_TEXT(markup_check(plot.svg.text).why, "");
                CHECK(plot.csv.size > 400);
            }
            plot_free(&plot);
        }
    CHECK(drawn == COUNT_OF(name));
}
