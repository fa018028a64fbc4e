/* finds_json.c - what runs show beside the law, for programs. */

#include "report/finds.h"

#include <math.h>

static void put_rates(Jot *j, const Rates *r)
{
    const Interval unknown = { NAN, NAN, NAN };
    jot_array(j, "rates");
    for (i64 k = 0; k < r->count; k++) {
        jot_object(j, NULL);
        jot_real(j, "n", r->sweep[k].n);
        jot_real(j, "d", r->sweep[k].d);
        jot_count(j, "runs", r->sweep[k].count);
        fit_put_interval(j, "best", r->sweep[k].best ? r->sweep[k].best->n
                                                     : unknown);
        jot_end(j);
    }
    jot_end(j);
    fit_put_interval(j, "rate_power", r->line.npoint ? r->line.a : unknown);
}

static void put_batches(Jot *j, const Batches *b)
{
    jot_array(j, "batches");
    for (i64 k = 0; k < b->count; k++) {
        const BatchLevel *level = &b->level[k];
        jot_object(j, NULL);
        jot_real(j, "loss", level->loss);
        jot_real(j, "n", level->n);
        jot_real(j, "steps_min", level->s_min);
        jot_real(j, "tokens_min", level->e_min);
        fit_put_interval(j, "critical", level->critical);
        jot_end(j);
    }
    jot_end(j);
    jot_real(j, "critical_power", b->count ? b->power : NAN);
}

static void put_conventions(Jot *j, const Conventions *c)
{
    jot_array(j, "conventions");
    for (i64 i = 0; i < c->count; i++) {
        jot_object(j, NULL);
        jot_text(j, "counts", count_n_name(c->item[i].counts));
        jot_text(j, "compute", c->item[i].six_nd ? "6ND" : "exact");
        fit_put_interval(j, "a", c->item[i].a);
        jot_end(j);
    }
    jot_end(j);
}

static void put_shapes(Jot *j, const Shapes *s)
{
    jot_array(j, "shapes");
    for (i64 k = 0; k < s->count; k++) {
        double worst = 0;
        for (i64 i = 0; i < s->set[k].count; i++)
            worst = fmax(worst, s->set[k].excess[i]);
        jot_object(j, NULL);
        jot_real(j, "n", s->set[k].n);
        jot_count(j, "shapes", s->set[k].count);
        jot_real(j, "worst_excess_log", worst);
        jot_end(j);
    }
    jot_end(j);
}

static void put_row(Jot *j, const char *key, const LedgerRow *row)
{
    jot_object(j, key);
    jot_text(j, "group", row->group);
    jot_real(j, "budget", row->budget);
    jot_count(j, "runs", row->runs);
    jot_count(j, "done", row->done);
    jot_real(j, "flop", row->flop);
    jot_real(j, "wall_s", row->wall_s);
    jot_real(j, "joules", row->joules);
    jot_end(j);
}

static void put_ledger(Jot *j, const Ledger *l)
{
    jot_array(j, "ledger");
    for (i64 i = 0; i < l->count; i++)
        put_row(j, NULL, &l->row[i]);
    jot_end(j);
    put_row(j, "ledger_all", &l->all);
}

static void put_domains(Jot *j, const Domains *d)
{
    jot_array(j, "corpora");
    for (i64 k = 0; k < d->count; k++) {
        jot_object(j, NULL);
        jot_text(j, "corpus", d->item[k].corpus);
        jot_count(j, "runs", d->item[k].count);
        jot_real(j, "slope", d->item[k].slope);
        jot_end(j);
    }
    jot_end(j);
}

void finds_json(Jot *j, const Finds *f)
{
    put_rates(j, &f->rates);
    put_shapes(j, &f->shapes);
    put_batches(j, &f->batches);
    jot_count(j, "repeated_runs", f->repeats.count);
    put_conventions(j, &f->conventions);
    put_domains(j, &f->domains);
    put_ledger(j, &f->ledger);
}
