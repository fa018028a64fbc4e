/* run_column.c - columns that follow from a run record: in the letters of the
 * laws for fits (run_table), and under nanochat's names for its notebooks.
 *
 * SOURCE: nanochat's result table, github.com/karpathy/nanochat,
 *         runs/scaling_laws.sh: one row a run, parameters counted apart. */

#include "store/run_field.h"

#include <math.h>
#include <string.h>

/* An outcome of a run that has not ended is no number. */
static double ended(const Run *run, double value)
{
    return run->status ? value : NAN;
}

/* N under the conventions of count_n, from the counts as recorded. */
static double n_body(const Run *run)  { return (double)run->params.matrix; }
static double n_total(const Run *run) { return (double)run->params.total; }
static double n_flop(const Run *run)  { return run->flop_per_token / 6; }
static double n_body_head(const Run *run)
{
    /* V d even where the head is tied: its FLOP are done. */
    return (double)(run->params.matrix + run->shape.vocab * run->shape.width);
}

static double tokens(const Run *run)
{
    return ended(run, (double)run->tokens);
}
static double flop(const Run *run)     { return ended(run, run->flop); }
static double flop_6nd(const Run *run) { return ended(run, run->flop_6nd); }
static double val_loss(const Run *run) { return ended(run, run->val_loss); }
static double val_se(const Run *run)   { return ended(run, run->val_se); }
static double val_bpb(const Run *run)  { return ended(run, run->val_bpb); }
static double epochs(const Run *run)   { return ended(run, run->epochs); }
static double wall_s(const Run *run)   { return ended(run, run->wall_s); }
static double unique(const Run *run)
{
    return ended(run, (double)run->unique_tokens);
}
static double loss_least(const Run *run)
{
    return ended(run, run->least_loss);
}
static double tokens_least(const Run *run)
{
    return ended(run, run->least_step * (double)run->batch_tokens);
}
static double budget(const Run *run)   { return run->budget; }
static double seed(const Run *run)     { return (double)run->seed; }
static double layers(const Run *run)   { return (double)run->shape.layers; }
static double width(const Run *run)    { return (double)run->shape.width; }
static double lr(const Run *run)       { return run->lr; }
static double steps(const Run *run)    { return (double)run->steps; }
static double batch_tokens(const Run *run)
{
    return (double)run->batch_tokens;
}

const RunColumn law_column[] = {
    { "n_body",       n_body,       true  },
    { "n_body+head",  n_body_head,  true  },
    { "n_total",      n_total,      true  },
    { "n_flop",       n_flop,       false },
    { "D",            tokens,       true  },
    { "C",            flop,         false },
    { "C_6nd",        flop_6nd,     false },
    { "loss",         val_loss,     false },
    { "loss_se",      val_se,       false },
    { "bpb",          val_bpb,      false },
    { "budget",       budget,       false },
    { "seed",         seed,         true  },
    { "layers",       layers,       true  },
    { "width",        width,        true  },
    { "lr",           lr,           false },
    { "batch_tokens", batch_tokens, true  },
    { "steps",        steps,        true  },
    { "epochs",       epochs,       false },
    { "wall_s",       wall_s,       false },
    { "unique",       unique,       true  },
    { "loss_least",   loss_least,   false },
    { "tokens_least", tokens_least, true  },
};
const int law_ncolumn = COUNT_OF(law_column);

static double wte(const Run *run)
{
    return (double)(run->shape.vocab * run->shape.width);
}
static double lm_head(const Run *run) { return (double)run->params.head; }
static double body(const Run *run)    { return (double)run->params.body; }

const RunColumn nanochat_column[] = {
    { "flops_budget",       budget,  false },
    { "depth",              layers,  true  },
    { "model_dim",          width,   true  },
    { "params_wte",         wte,     true  },
    { "params_lm_head",     lm_head, true  },
    { "params_transformer", body,    true  },
    { "params_total",       n_total, true  },
    { "num_iterations",     steps,   true  },
    { "tokens_trained",     tokens,  true  },
    { "val_bpb",            val_bpb, false },
    { "train_time_sec",     wall_s,  false },
};
const int nanochat_ncolumn = COUNT_OF(nanochat_column);

/* Only these teach a law: a run that diverged or never left the unigram loss
 * has a loss that says nothing of its size. */
static bool taught(const Run *run)
{
    return run->status && strcmp(run->status, "done") == 0;
}

static i64 count_taught(const RunList *runs)
{
    i64 count = 0;
    for (i64 i = 0; i < runs->count; i++)
        count += taught(&runs->run[i]);
    return count;
}

const char *run_cluster(const Run *run)
{
    return run->trunk ? run->trunk : run->id;
}

/* Only where there are branches: runs that are their own clusters need no
 * column to say so. */
static void add_clusters(Table *table, Arena *arena, const RunList *runs)
{
    const char **cluster = NEW(arena, const char *, table->nrow);
    bool         branches = false;
    i64          row = 0;
    for (i64 i = 0; i < runs->count; i++)
        if (taught(&runs->run[i])) {
            cluster[row++] = run_cluster(&runs->run[i]);
            branches |= runs->run[i].trunk != NULL;
        }
    if (branches)
        table_add_text(table, arena, "cluster", cluster);
}

Table run_table(Arena *arena, const RunList *runs)
{
    const char *names[COUNT_OF(law_column)];
    for (int c = 0; c < law_ncolumn; c++)
        names[c] = law_column[c].name;

    Table table = table_new(arena, law_ncolumn, names, count_taught(runs));
    i64   row   = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        if (!taught(run))
            continue;
        for (int c = 0; c < law_ncolumn; c++)
            table.column[c][row] = law_column[c].value(run);
        table.label[row++] = run->id;
    }
    add_clusters(&table, arena, runs);
    return table;
}
