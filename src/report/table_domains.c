/* table_domains.c - the law of each corpus, and which of its constants these
 * runs can tell. */

#include "report/find_table.h"

#include <math.h>

static const Interval unknown = { NAN, NAN, NAN };

static void row(FindTable *out, const Domain *d)
{
    find_row(out);
    find_text(out, d->corpus);
    find_number(out, (double)d->count);
    find_number(out, d->least);
    find_number(out, d->most / d->least - 1);
    find_interval(out, d->e);
    find_interval(out, d->alpha);
    find_interval(out, d->beta);
    find_interval(out, d->line.npoint ? d->line.a : unknown);
    find_number(out, d->slope);
    find_number(out, d->fit.law ? d->fit.rmse_log : NAN);
    find_text(out, domain_told(d));
}

static void verdict(FindTable *out, const Domains *all)
{
    i64 fitted = 0, told = 0;
    for (i64 k = 0; k < all->count; k++) {
        fitted += all->item[k].told != DOMAIN_UNFITTED;
        told += all->item[k].told >= DOMAIN_PART;
    }
    find_verdict(out, "The one form was fitted to %lld of %lld corpora; for "
                 "%lld these runs tell its constants, or some of them, and for "
                 "%lld the law is not identifiable.", (long long)fitted,
                 (long long)all->count, (long long)told,
                 (long long)(fitted - told));
}

static void notes(FindTable *out, const Domains *all)
{
    for (i64 k = 0; k < all->count; k++)
        if (all->item[k].words[0])
            find_note(out, "%s: %s.", all->item[k].corpus, all->item[k].words);
    find_note(out, "An exponent is told where its interval spans less than a "
              "factor of three, E where its interval is narrower than what the "
              "losses span; where neither exponent is, the law is not "
              "identifiable: it may hold, and other constants would hold as "
              "well.");
    find_note(out, "Losses and E in nats a token; spans: the worst run over the "
              "best; a: N_opt ~ C^a by IsoFLOP; slope: of bits per byte "
              "against compute, for the best runs.");
}

bool table_domains(FindTable *out, Arena *arena, const Analysis *a)
{
    const Domains *all = &a->finds.domains;
    if (all->count < 2)
        return false;
    *out = find_table(arena, "The same law over several corpora");
    out->first = true;
    verdict(out, all);
    find_column(out, "corpus", "corpus", CELL_TEXT, 0);
    find_column(out, "runs", "runs", CELL_COUNT, 0);
    find_column(out, "best loss", "least", CELL_FIXED, 3);
    find_column(out, "spans", "spans", CELL_SHARE, 0);
    find_column(out, "E", "e", CELL_FIXED, 3);
    find_column(out, "alpha", "alpha", CELL_FIXED, 2);
    find_column(out, "beta", "beta", CELL_FIXED, 2);
    find_column(out, "a", "a", CELL_FIXED, 2);
    find_column(out, "slope", "slope", CELL_FIXED, 3);
    find_column(out, "scatter", "rmse_log", CELL_SHARE, 0);
    find_column(out, "told", "told", CELL_TEXT, 0);
    for (i64 k = 0; k < all->count; k++)
        row(out, &all->item[k]);
    notes(out, all);
    return true;
}
