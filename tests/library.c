/* library.c - what a program of somebody else's does with libscalelaw, and
 * nothing beside it: recover a known law, plan from it, count a model. Linked
 * in the tree against every object of the library, and after an install by
 * pkg-config (tests/cli/library.sh); that it links shows that the library holds
 * no thread to the half that trains. Prints its own sum, as tests do. */

#include <scalelaw.h>

#include <math.h>
#include <stdio.h>

static int passed, failed;

static void check(bool holds, const char *promise)
{
    printf("%s %s\n", holds ? "ok" : "not ok", promise);
    if (holds)
        passed++;
    else
        failed++;
}

/* Runs of a law with constants of no published one, and no noise. */
static Table runs_of(Arena *arena, const Law *law, const double *theta)
{
    enum { SIZES = 6, HORIZONS = 5 };
    const char *names[] = { "N", "D", "loss" };
    Table       runs = table_new(arena, 3, names, SIZES * HORIZONS);
    for (int i = 0; i < SIZES * HORIZONS; i++) {
        runs.column[0][i] = 1e6 * pow(3, i % SIZES);
        runs.column[1][i] = 2e7 * pow(4, (double)(i / SIZES));
    }
    law_eval(runs.column[2], NULL, NULL, law, theta, runs.column, runs.nrow);
    return runs;
}

static void check_fit(Arena *arena, Err *err)
{
    const Law   *law;
    const double truth[] = { 1.3, 210, 530, 0.31, 0.37 };
    const char  *names[] = { "E", "A", "B", "alpha", "beta" };
    double       theta[LAW_PARAMS_MAX] = { 0 };
    bool         found = law_load(&law, arena, "chinchilla", err);
    check(found, "an embedded law is found");
    for (int i = 0; found && i < COUNT_OF(truth); i++) {
        found = law_param(law, names[i]) >= 0;
        if (found)
            theta[law_param(law, names[i])] = truth[i];
    }
    if (!found)
        return;

    const Table runs = runs_of(arena, law, theta);
    FitOptions  options = fit_defaults();
    Fit         fit;
    Plan        plan;
    options.resamples = 0;
    bool done = fit_law(&fit, arena, law, &runs, options, err);
    check(done, "a law is fitted");
    for (int i = 0; done && i < COUNT_OF(truth); i++)
        done = fabs(fit.theta[i] / theta[i] - 1) < 1e-4;
    check(done, "the constants of a known law are recovered");

    const PlanCost cost = { .family = false };
    done = plan_budget(&plan, &fit, &cost, 1e18, NAN, err);
    check(done, "a budget is planned");
    check(done && fabs(6 * plan.n.value * plan.d.value / 1e18 - 1) < 1e-6,
          "the plan spends the budget");
}

int main(void)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shape shape = { .layers = 12, .width = 768, .heads = 12, .ff = 3072,
                          .vocab = 50257, .context = 1024, .tied = true };
    check_fit(&arena, &err);
    if (err.kind)
        printf("%s\n", err.text);
    /* SOURCE: Radford et al. 2019 published GPT-2 small: 124439808 numbers. */
    check(count_params(shape).total == 124439808, "GPT-2 small is counted");
    arena_free(&arena);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
