/* study_learn.c - what finished arms tell those that come after: the rate, where
 * the best size lies, which runs failed. Read from records alone.
 *
 * The rate is fitted as ln lr = a + b ln N through the interior optima of the
 * sweeps (report/finds_rate.c), each over the power of D that the rule has.
 * One sweep settles a factor and no power: then that of the rule stays. Likewise
 * the centre: two minima are too few to believe the power between them. */

#include "base/file.h"
#include "cli/study_work.h"
#include "report/finds.h"

#include <math.h>
#include <string.h>

RunList work_records(Study *study, const Work *work)
{
    RunList out = { 0, NEW(&study->arena, Run, work->count + 1) };
    for (i64 i = 0; i < work->count; i++) {
        Err         err = { 0 };
        const char *dir = arena_print(&study->arena, "%s/runs/%s", study->dir,
                                      work->id[i]);
        if (file_is_dir(dir)
            && run_read(&out.run[out.count], &study->arena, dir, &err)
            && run_ended(&out.run[out.count]))
            out.count++;
    }
    return out;
}

static const Run *record_of(const RunList *runs, const char *id)
{
    for (i64 i = 0; i < runs->count; i++)
        if (strcmp(runs->run[i].id, id) == 0)
            return &runs->run[i];
    return NULL;
}

double *learn_losses(Study *study, const Work *work)
{
    const RunList runs = work_records(study, work);
    double       *loss = NEW(&study->arena, double, work->count + 1);
    for (i64 i = 0; i < work->count; i++) {
        const Run *run = record_of(&runs, work->id[i]);
        loss[i] = !run ? NAN : finds_done(run) ? run->val_loss : INFINITY;
    }
    return loss;
}

static FitOptions options_of(const Study *study)
{
    FitOptions options = fit_defaults();
    options.resamples = study->opts.resamples;
    options.seed      = (u64)study->opts.fit_seed;
    options.threads   = study->cores;
    return options;
}

/* -- The rate ---------------------------------------------------------------- */

/* The rate at 1e6 tokens, by the rule's power of D. */
static double at_a_million(const ArmRule *rule, const RateSweep *sweep)
{
    return sweep->best->n.value * pow(sweep->d / 1e6, -rule->grid.lr_data);
}

static void rate_scale(ArmRule *rule, const RateSweep *sweep)
{
    LadderRun like = { .config = rule->base };
    ladder_lay(&like, &rule->grid, sweep->run[0]->shape, sweep->d);
    rule->grid.lr *= sweep->best->n.value / like.config.lr;
}

/* By least squares; false where all sweeps are of one size. */
static bool rate_line(ArmRule *rule, const RateSweep *const *sweep, i64 count)
{
    double x = 0, y = 0, xx = 0, xy = 0;
    for (i64 k = 0; k < count; k++) {
        x += log(sweep[k]->n) / (double)count;
        y += log(at_a_million(rule, sweep[k])) / (double)count;
    }
    for (i64 k = 0; k < count; k++) {
        const double u = log(sweep[k]->n) - x;
        xx += u * u;
        xy += u * (log(at_a_million(rule, sweep[k])) - y);
    }
    if (!(xx > 1e-4))
        return false;
    rule->grid.lr_n       = exp(x);
    rule->grid.lr_n_power = xy / xx;
    rule->grid.lr         = exp(y);
    return true;
}

bool learn_rate(ArmRule *rule, Study *study, const Work *from, Err *err)
{
    Rates         rates;
    CountN        counts = N_BODY_HEAD;
    const RunList runs   = work_records(study, from);
    count_n_find(&counts, rule->grid.counts);
    rates_find(&rates, &study->arena, &runs, counts, options_of(study));

    const RateSweep **inside = NEW(&study->arena, const RateSweep *,
                                   rates.count + 1);
    i64 count = 0;
    for (i64 k = 0; k < rates.count; k++)
        if (rates.sweep[k].best)
            inside[count++] = &rates.sweep[k];
    if (count == 0)
        return err_set(err, ERR_REFUSED, "arm %s: rate_from: none of the %lld "
                       "sweeps of arm %s has its best rate inside (a sweep is "
                       "4 rates or more of one size, data and batch); give "
                       "that arm more lr_times, or extend", rule->name,
                       (long long)rates.count, from->arm->name);
    if (rate_line(rule, inside, count))
        study_tell(study, "%s: rate %.3g (N / %.3g)^%.2f, from %lld of %lld "
                   "sweeps of %s", rule->name, rule->grid.lr, rule->grid.lr_n,
                   rule->grid.lr_n_power, (long long)count,
                   (long long)rates.count, from->arm->name);
    else {
        rate_scale(rule, inside[0]);
        study_tell(study, "%s: rate %.3g at width 32, from the one size that %s "
                   "swept", rule->name, rule->grid.lr, from->arm->name);
    }
    return true;
}

/* -- The centre --------------------------------------------------------------- */

static Table centre_table(Study *study, const RunList *runs, CountN counts)
{
    static const char *const names[] = { "N", "D", "C", "loss", "budget" };
    Table table = table_new(&study->arena, COUNT_OF(names), names, runs->count);
    table.nrow = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        const i64  row = table.nrow;
        if (!finds_done(run))
            continue;
        table.column[0][row] = count_n(run->shape, counts);
        table.column[1][row] = (double)run->tokens;
        table.column[2][row] = run->flop;
        table.column[3][row] = run->val_loss;
        table.column[4][row] = run->budget;
        table.label[table.nrow++] = run->id;
    }
    return table;
}

/* The middle of the minima that lie inside; how many there are. */
static i64 centre_middle(ArmRule *rule, const IsoflopBudget *budget, i64 count)
{
    double c = 0, n = 0;
    i64    inside = 0;
    for (i64 b = 0; b < count; b++)
        if (budget[b].inside) {
            c += log(budget[b].c);
            n += log(budget[b].n.value);
            inside++;
        }
    if (inside > 0) {
        rule->grid.centre_c = exp(c / (double)inside);
        rule->grid.centre_n = exp(n / (double)inside);
    }
    return inside;
}

/* No study of loss has seen one outside of these. */
static bool power_believed(double a)
{
    return a > 0.2 && a < 0.9;
}

bool learn_centre(ArmRule *rule, Study *study, const Work *from, Err *err)
{
    IsoflopBudget *budget = NULL;
    Frontier       line;
    i64            count  = 0;
    Err            why    = { 0 };
    CountN         counts = N_BODY_HEAD;
    const RunList  runs   = work_records(study, from);
    count_n_find(&counts, rule->grid.counts);
    const Table table = centre_table(study, &runs, counts);
    const bool  drawn = isoflop_fit(&budget, &count, &line, &study->arena,
                                    &table, options_of(study), &why);
    const i64   inside = centre_middle(rule, budget, count);
    if (inside == 0)
        return err_set(err, ERR_REFUSED, "arm %s: centre_from: no budget of arm "
                       "%s has its best size inside; give that arm more sizes, "
                       "or extend", rule->name, from->arm->name);
    const bool power = drawn && inside > 2 && power_believed(line.a.value);
    if (power)
        rule->grid.centre_power = line.a.value;
    study_tell(study, "%s: best size about %.3g at %.3g FLOP, as its power %.2f "
               "(%s), from %lld of %lld budgets of %s", rule->name,
               rule->grid.centre_n, rule->grid.centre_c,
               rule->grid.centre_power, power ? "found" : "assumed",
               (long long)inside, (long long)count, from->arm->name);
    return true;
}
