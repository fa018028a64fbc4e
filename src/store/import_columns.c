/* import_columns.c - the columns of a table in the letters of the laws: by the
 * user's map, by names that are known, by units, by C = 6 N D; and rows held
 * against what is needed. */

#include "store/import_part.h"

#include "base/conf.h"
#include "base/quantity.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static const char *const letter[] = { "N", "D", "C", "S", "loss" };

/* ---- names ------------------------------------------------------------------ */

static void scale(Table *t, Arena *arena, const char *name, double factor)
{
    const double *from = table_column(t, name);
    double       *to = NEW(arena, double, t->nrow);
    for (i64 row = 0; row < t->nrow; row++)
        to[row] = factor * from[row];
    table_add(t, arena, name, to);
}

static void know_one(Table *t, ImportWork *work, const char *name, Str *said)
{
    const char *others, *from = import_known(&others, work->arena, t, name);
    if (!from || !import_alias(t, work->arena, name, from))
        return;
    const double factor = import_factor(from, name);
    if (factor > 1)
        scale(t, work->arena, name, factor);
    str_add(said, "%s%s = %.80s", said->size ? ", " : "", name, from);
    if (factor > 1)
        str_add(said, " (times %g)", factor);
    if (others)
        str_add(said, " (not %.200s)", others);
}

static bool has(const Table *t, const char *name)
{
    return table_column(t, name) || table_text(t, name);
}

/* Whether --map says what this letter is. */
static bool is_mapped(const char *map, const char *name)
{
    const size_t size = strlen(name);
    for (; map && *map; map += strcspn(map, ","), map += *map == ',')
        if (!strncmp(map, name, size) && map[size] == '=')
            return true;
    return false;
}

void import_know(Table *t, ImportWork *work, const char *path)
{
    Str said = { 0 };
    for (int l = 0; l < COUNT_OF(letter); l++)
        if (work->options->schedule && strcmp(letter[l], "loss") != 0)
            continue; /* a law of curves asks for none of these */
        else if (!has(t, letter[l]) && !is_mapped(work->options->map, letter[l]))
            know_one(t, work, letter[l], &said);
    if (said.size && !(work->known.text && !strcmp(work->known.text, said.text)))
        import_note(work, "%s: %s%s", path, said.text,
                    strstr(said.text, "(not ") ? "; --map chooses otherwise"
                                               : "");
    if (said.size) {
        work->known.size = 0;
        str_put(&work->known, said.text);
    }
    str_free(&said);
}

/* ---- units ------------------------------------------------------------------ */

/* "3 PF-days" and the like; true if every text of the column is a number now. */
static bool units_read(Table *t, Arena *arena, const char *name)
{
    const QuantityKind kind = strcmp(name, "C") ? QUANTITY_COUNT
                                                : QUANTITY_FLOP;
    const char  **text = table_text(t, name);
    const double *old = table_column(t, name);
    double       *value = NEW(arena, double, t->nrow);
    bool          all = true;
    for (i64 row = 0; row < t->nrow; row++) {
        Err ignored = { 0 };
        value[row] = old ? old[row] : NAN;
        if (isnan(value[row]) && text[row][0]
            && !quantity_parse(&value[row], text[row], kind, name, &ignored))
            all = false;
    }
    table_add(t, arena, name, value);
    return all;
}

static void units_all(Table *t, Arena *arena)
{
    for (int l = 0; l < COUNT_OF(letter); l++)
        if (table_text(t, letter[l]) && units_read(t, arena, letter[l]))
            import_drop_text(t, letter[l]);
}

/* ---- C = 6 N D ---------------------------------------------------------------- */

/* One of N, D, C from the other two, where nothing stands. A cell with words in
 * it is no empty one. */
static void derive(Table *t, ImportWork *work, const char *name,
                   const char *one, const char *other)
{
    const double *a = table_column(t, one), *b = table_column(t, other);
    const double *old = table_column(t, name);
    const char  **text = table_text(t, name);
    if (!a || !b)
        return;
    double *values = NEW(work->arena, double, t->nrow);
    i64     count = 0;
    for (i64 row = 0; row < t->nrow; row++) {
        const double x = *name == 'C' ? 6 * a[row] * b[row]
                                      : a[row] / b[row] / 6;
        const bool stands = (old && !isnan(old[row])) || (text && text[row][0]);
        values[row] = stands ? old ? old[row] : NAN : x;
        count += !stands && !isnan(x);
    }
    if (!count)
        return;
    table_add(t, work->arena, name, values);
    if (count == t->nrow)
        import_note(work, "%s: not in the table, taken from C = 6 N D", name);
    else
        import_note(work, "%s: not in %" PRId64 " of %" PRId64 " rows, taken "
                    "there from C = 6 N D", name, count, t->nrow);
}

static void derive_all(Table *t, ImportWork *work)
{
    derive(t, work, "N", "C", "D");
    derive(t, work, "D", "C", "N");
    derive(t, work, "C", "N", "D");
}

/* ---- runs that did not end ----------------------------------------------------- */

static bool is_unfinished(const char *state)
{
    static const char *const word[] = {
        "crashed", "failed", "killed", "running", "pending", "preempted",
        "preempting", "interrupted", "diverged", "plateau", "error", "oom",
        "cancelled", "canceled", "timeout", "unfinished",
    };
    for (int w = 0; w < COUNT_OF(word); w++)
        if (!strcasecmp(word[w], state))
            return true;
    return false;
}

/* A run that crashed has a loss that says nothing of its size, and one without a
 * state, among others with one, has not ended. */
static void unfinished_skip(Table *t, ImportWork *work, int column)
{
    enum { NAMED = 10 };
    const char *name = t->text_name[column], **state = t->text[column];
    bool       *keep = NEW(work->arena, bool, t->nrow);
    i64         count = 0;
    for (i64 row = 0; row < t->nrow; row++) {
        keep[row] = state[row][0] && !is_unfinished(state[row]);
        if (!keep[row] && count++ < NAMED)
            import_note(work, "%s: left out, its %s is %s", t->label[row], name,
                        state[row][0] ? state[row] : "empty");
    }
    if (count > NAMED)
        import_note(work, "... and %" PRId64 " more like these", count - NAMED);
    if (count)
        *t = table_where(work->arena, t, keep);
}

static void unfinished_all(Table *t, ImportWork *work)
{
    const char *where = work->options->where;
    for (int c = 0; c < t->ntext; c++)
        if (import_is_state(t->text_name[c])
            && !(where && strstr(where, t->text_name[c]))) {
            unfinished_skip(t, work, c);
            return;
        }
}

/* ---- what is needed -------------------------------------------------------------- */

static const char *meaning(const char *name)
{
    static const struct { const char *name, *words; } known[] = {
        { "N", " (parameters: params, n_params, ...)" },
        { "D", " (tokens: tokens, train_tokens, ...)" },
        { "C", " (training compute: flops, ...)" },
        { "S", " (steps: steps, ...)" },
        { "lr", " (learning_rate, ...)" },
        { "step", " (global_step, iter, ...)" },
        { "loss", " (val_loss, eval_loss, ...)" },
    };
    for (int k = 0; k < COUNT_OF(known); k++)
        if (!strcmp(known[k].name, name))
            return known[k].words;
    return "";
}

static bool all_there(const Table *t, Arena *arena, const char *path,
                      const char *const *need, int nneed, Err *err)
{
    for (int n = 0; n < nneed; n++) {
        if (has(t, need[n]))
            continue;
        return err_set(err, ERR_USAGE, "%s: no column '%s'%s; there are the "
                       "columns %s; say which it is with --map=%s=COLUMN",
                       path, need[n], meaning(need[n]),
                       import_column_names(arena, t), need[n]);
    }
    return true;
}

typedef struct Need {
    const char   *name;
    const double *number;
    const char  **text;
    bool          zero; /* 0 is a value */
} Need;

static bool is_whole(const Need *need, i64 row)
{
    const double x = need->number ? need->number[row] : NAN;
    return x < INFINITY && (x > 0 || (need->zero && x >= 0));
}

/* "x.csv:5: loss is 'nan'" */
static void row_words(Str *out, const Table *t, const Need *need, i64 row)
{
    const char *text = need->text ? need->text[row] : "";
    str_add(out, "%s: %s is ", t->label[row], need->name);
    if (need->number && !isnan(need->number[row]))
        str_add(out, "%.6g", need->number[row]);
    else if (*text)
        str_add(out, "'%.60s'", text);
    else
        str_put(out, "empty");
    str_put(out, need->zero ? ", a number from 0 on is needed"
                            : ", a number above 0 is needed");
}

static const Need *first_bad(const Need *need, int nneed, i64 row)
{
    for (int n = 0; n < nneed; n++)
        if (!is_whole(&need[n], row))
            return &need[n];
    return NULL;
}

static bool row_refuse(const Table *t, const Need *need, i64 row, Err *err)
{
    Str words = { 0 };
    row_words(&words, t, need, row);
    err_set(err, ERR_FORMAT, "%.500s; correct it, or leave such rows out with "
            "--skip-bad", words.text);
    str_free(&words);
    return false;
}

static bool rows_whole(Table *t, ImportWork *work, const Need *need, int nneed,
                       Err *err)
{
    bool *keep = NEW(work->arena, bool, t->nrow);
    i64   bad = 0;
    for (i64 row = 0; row < t->nrow; row++) {
        const Need *which = first_bad(need, nneed, row);
        keep[row] = !which;
        if (!which)
            continue;
        bad++;
        if (!work->options->skip_bad)
            return row_refuse(t, which, row, err);
        row_words(&work->bad, t, which, row);
        str_put(&work->bad, "\n");
    }
    if (bad)
        *t = table_where(work->arena, t, keep);
    return true;
}

static bool hold(Table *t, ImportWork *work, const char *path,
                 const char *const *names, int nneed, Err *err)
{
    const ImportOptions *o = work->options;
    Need *need = NEW(work->arena, Need, nneed);
    if (!all_there(t, work->arena, path, names, nneed, err))
        return false;
    for (int n = 0; n < nneed; n++) {
        need[n] = (Need){ names[n], table_column(t, names[n]),
                          table_text(t, names[n]), false };
        for (int z = 0; z < o->nzero; z++)
            need[n].zero |= !strcmp(o->zero[z], names[n]);
    }
    return rows_whole(t, work, need, nneed, err);
}

bool import_finish(Table *t, ImportWork *work, const char *path,
                   const char *const *need, int nneed, Err *err)
{
    if (!import_map(t, work->arena, work->options->map, err))
        return false;
    import_know(t, work, path);
    if (work->options->schedule)
        import_curves(t, work, path);
    units_all(t, work->arena);
    derive_all(t, work);
    unfinished_all(t, work);
    return import_where(t, work->arena, work->options->where, err)
           && hold(t, work, path, need, nneed, err);
}
