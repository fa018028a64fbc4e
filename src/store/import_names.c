/* import_names.c - the names under which the field writes down sizes and losses.
 *
 * Names are compared in small letters, with / . - and blanks as _, and without
 * the "config." and "summary." of exports. Of several that are there, the one
 * that stands first in the list is taken. */

#include "store/import_part.h"

#include <ctype.h>
#include <string.h>

static const struct { const char *letter, *name; } known[] = {
    { "N", "n_body+head" }, /* of our own exports: what their studies fit */
    { "N", "params" }, { "N", "n_params" }, { "N", "num_params" },
    { "N", "parameters" }, { "N", "n_parameters" }, { "N", "num_parameters" },
    { "N", "number_of_parameters" }, { "N", "param_count" },
    { "N", "params_count" }, { "N", "parameter_count" },
    { "N", "model_params" }, { "N", "model_parameters" }, { "N", "model_size" },
    { "N", "total_params" }, { "N", "params_total" }, { "N", "n_total" },
    { "N", "total_parameters" }, { "N", "trainable_params" },
    { "N", "num_trainable_params" }, { "N", "non_embedding_params" },
    { "N", "params_non_embedding" }, { "N", "num_non_embedding_params" },
    { "N", "n_non_embedding" }, { "N", "non_emb_params" },
    { "N", "n_body" }, { "N", "n" },

    { "D", "tokens" }, { "D", "n_tokens" }, { "D", "num_tokens" },
    { "D", "train_tokens" }, { "D", "training_tokens" },
    { "D", "n_train_tokens" }, { "D", "num_train_tokens" },
    { "D", "tokens_trained" }, { "D", "trained_tokens" },
    { "D", "tokens_seen" }, { "D", "n_tokens_seen" },
    { "D", "num_tokens_seen" }, { "D", "num_input_tokens_seen" },
    { "D", "total_tokens" }, { "D", "tokens_total" },
    { "D", "total_train_tokens" }, { "D", "consumed_tokens" },
    { "D", "tokens_consumed" }, { "D", "d" },

    { "C", "flops" }, { "C", "flop" }, { "C", "total_flops" },
    { "C", "flops_total" }, { "C", "train_flops" }, { "C", "training_flops" },
    { "C", "train_flop" }, { "C", "training_flop" }, { "C", "total_flos" },
    { "C", "compute" }, { "C", "compute_flops" }, { "C", "compute_flop" },
    { "C", "total_compute" }, { "C", "train_compute" },
    { "C", "training_compute" }, { "C", "pf_days" }, { "C", "pfdays" },
    { "C", "compute_pf_days" }, { "C", "petaflop_s_days" },
    { "C", "pflop_s_days" }, { "C", "compute_budget" },
    { "C", "flops_budget" }, { "C", "flop_budget" },

    { "S", "steps" }, { "S", "n_steps" }, { "S", "num_steps" },
    { "S", "train_steps" }, { "S", "training_steps" }, { "S", "total_steps" },
    { "S", "num_train_steps" }, { "S", "num_iterations" },
    { "S", "iterations" }, { "S", "max_steps" }, { "S", "max_iters" },
    { "S", "global_step" }, { "S", "step" }, { "S", "iter" },
    { "S", "iteration" }, { "S", "trainer_global_step" },

    { "loss", "val_loss" }, { "loss", "valid_loss" },
    { "loss", "validation_loss" }, { "loss", "eval_loss" },
    { "loss", "final_val_loss" }, { "loss", "loss_val" },
    { "loss", "loss_valid" }, { "loss", "loss_validation" },
    { "loss", "loss_eval" }, { "loss", "test_loss" },
    { "loss", "heldout_loss" }, { "loss", "held_out_loss" },
    { "loss", "val_cross_entropy" }, { "loss", "val_ce" },
    { "loss", "val_nll" }, { "loss", "final_loss" },
    { "loss", "cross_entropy" }, { "loss", "nll" }, { "loss", "lm_loss" },
    { "loss", "val_bpb" }, { "loss", "bpb" }, { "loss", "train_loss" },

    { "lr", "learning_rate" }, { "lr", "train_lr" },
    { "lr", "train_learning_rate" }, { "lr", "lr_scheduler_lr" },
};

static const char *const step_name[] = {
    "step", "global_step", "iter", "iteration", "iter_num", "train_step",
    "train_global_step", "trainer_global_step",
};
static const char *const run_name[] = {
    "run", "run_name", "run_id", "cluster", "experiment", "name", "id",
};
static const char *const state_name[] = { "state", "status" };

enum { NAME_ROOM = 64 };

static const char *without(const char *name, const char *prefix)
{
    const size_t size = strlen(prefix);
    return strncmp(name, prefix, size) ? name : name + size;
}

/* "summary.Val/Loss (nats)" -> "val_loss_nats"; "" for what is too long. */
static void normal(char out[NAME_ROOM], const char *name)
{
    char plain[NAME_ROOM];
    int  n = 0;
    if (strlen(name) >= NAME_ROOM) {
        out[0] = 0;
        return;
    }
    for (; *name; name++) {
        const bool joins = strchr("/.- ()[]:_", *name) != NULL;
        if (!joins)
            plain[n++] = (char)tolower((unsigned char)*name);
        else if (n && plain[n - 1] != '_')
            plain[n++] = '_';
    }
    while (n && plain[n - 1] == '_')
        n--;
    plain[n] = 0;
    strcpy(out, without(without(without(plain, "config_"), "summary_"),
                        "hparams_"));
}

/* "params (B)" counts in billions: the factor, and the name without it. */
static double factor_cut(char *plain)
{
    static const struct { const char *end; double factor; } unit[] = {
        { "_k", 1e3 }, { "_m", 1e6 }, { "_b", 1e9 }, { "_t", 1e12 },
        { "_millions", 1e6 }, { "_billions", 1e9 }, { "_trillions", 1e12 },
        { "_million", 1e6 }, { "_billion", 1e9 }, { "_trillion", 1e12 },
    };
    const size_t size = strlen(plain);
    for (int u = 0; u < COUNT_OF(unit); u++) {
        const size_t end = strlen(unit[u].end);
        if (size > end && !strcmp(plain + size - end, unit[u].end)) {
            plain[size - end] = 0;
            return unit[u].factor;
        }
    }
    return 1;
}

static bool is_one_of(const char *name, const char *const *names, int count)
{
    char plain[NAME_ROOM];
    normal(plain, name);
    for (int i = 0; i < count; i++)
        if (!strcmp(plain, names[i]))
            return true;
    return false;
}

bool import_is_step(const char *name)
{
    return is_one_of(name, step_name, COUNT_OF(step_name));
}

bool import_is_run_name(const char *name)
{
    return is_one_of(name, run_name, COUNT_OF(run_name));
}

bool import_is_state(const char *name)
{
    return is_one_of(name, state_name, COUNT_OF(state_name));
}

/* The place of a name in the list, -1 if it stands for nothing. */
static int rank(const char *name, const char *letter)
{
    char plain[NAME_ROOM];
    normal(plain, name);
    if (!strcmp(letter, "N") || !strcmp(letter, "D"))
        factor_cut(plain);
    for (int k = 0; k < COUNT_OF(known); k++)
        if (!strcmp(known[k].letter, letter) && !strcmp(known[k].name, plain))
            return k;
    return -1;
}

double import_factor(const char *name, const char *letter)
{
    char        plain[NAME_ROOM];
    const char *dot = strrchr(name, '.');
    normal(plain, rank(name, letter) < 0 && dot ? dot + 1 : name);
    if (!strcmp(letter, "C"))
        return strstr(plain, "days") ? 1e15 * 86400 : 1;
    return !strcmp(letter, "N") || !strcmp(letter, "D") ? factor_cut(plain) : 1;
}

typedef struct Best {
    const char *name;
    int         rank;
    Str         others;
} Best;

static void consider(Best *best, const char *name, const char *part,
                     const char *letter)
{
    const int r = rank(part, letter);
    if (r < 0 || (best->name && !strcmp(best->name, name)))
        return;
    const bool first = !best->name || r < best->rank;
    const char *other = first ? best->name : name;
    if (other && best->others.size < 200)
        str_add(&best->others, "%s%s", best->others.size ? ", " : "", other);
    if (first) {
        best->name = name;
        best->rank = r;
    }
}

static void consider_all(Best *best, const Table *table, const char *letter,
                         bool last_part)
{
    for (int c = 0; c < table->ncol + table->ntext; c++) {
        const char *name = c < table->ncol ? table->name[c]
                                           : table->text_name[c - table->ncol];
        const char *dot = strrchr(name, '.');
        if (c >= table->ncol && table_column(table, name))
            continue; /* of numbers and words: met before */
        if (!last_part)
            consider(best, name, name, letter);
        else if (dot)
            consider(best, name, dot + 1, letter);
    }
}

const char *import_known(const char **others, Arena *arena, const Table *table,
                         const char *letter)
{
    Best best = { 0 };
    consider_all(&best, table, letter, false);
    if (!best.name)
        consider_all(&best, table, letter, true);
    *others = best.others.size ? arena_text(arena, best.others.text) : NULL;
    str_free(&best.others);
    return best.name;
}

const char *import_run_column(const Table *t)
{
    for (int c = 0; c < t->ntext; c++)
        if (import_is_run_name(t->text_name[c]))
            return t->text_name[c];
    for (int c = 0; c < t->ncol; c++)
        if (import_is_run_name(t->name[c]))
            return t->name[c];
    return NULL;
}
