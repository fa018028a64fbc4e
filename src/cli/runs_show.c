/* runs_show.c - see runs_show.h. */

#include "cli/runs_show.h"

#include "base/clock.h"
#include "store/run_field.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* 12.3k, 4.56M: three figures, as sizes and token counts are said. */
static const char *count_text(Arena *arena, double count)
{
    static const struct { double unit; const char *letter; } scale[] = {
        { 1e12, "T" }, { 1e9, "B" }, { 1e6, "M" }, { 1e3, "k" },
    };
    if (!isfinite(count))
        return "-";
    for (int s = 0; s < COUNT_OF(scale); s++) {
        const double of = count / scale[s].unit;
        if (fabs(of) >= 0.9995)
            return arena_print(arena, "%.*f%s", of < 9.995 ? 2 : of < 99.95,
                               of, scale[s].letter);
    }
    return arena_print(arena, "%.0f", count);
}

static const char *loss_text(Arena *arena, double loss)
{
    return isfinite(loss) ? arena_print(arena, "%.4f", loss) : "-";
}

static const char *wall_text(Arena *arena, double seconds)
{
    char words[24];
    if (!isfinite(seconds))
        return "-";
    clock_words(words, seconds);
    return arena_text(arena, words);
}

/* -- The table ------------------------------------------------------------ */

static const char *const heading[] = {
    "id", "status", "LxW", "N body+head", "D", "C", "loss", "bpb", "wall",
};
enum { NCOLUMN = COUNT_OF(heading), NTEXT = 2 }; /* texts stand to the left */

typedef struct Line { const char *cell[NCOLUMN]; } Line;

static double column(const Run *run, const char *name)
{
    for (int c = 0; c < law_ncolumn; c++)
        if (strcmp(law_column[c].name, name) == 0)
            return law_column[c].value(run);
    return NAN;
}

static Line line_of(Arena *arena, const Run *run)
{
    const double c = column(run, "C");
    return (Line){ {
        run->id,
        run->status ? run->status : "unfinished",
        arena_print(arena, "%" PRId64 "x%" PRId64, run->shape.layers,
                    run->shape.width),
        count_text(arena, column(run, "n_body+head")),
        count_text(arena, column(run, "D")),
        isfinite(c) ? arena_print(arena, "%.3g", c) : "-",
        loss_text(arena, column(run, "loss")),
        loss_text(arena, column(run, "bpb")),
        wall_text(arena, column(run, "wall_s")),
    } };
}

static void line_print(const Line *line, const int *width, FILE *out)
{
    for (int c = 0; c < NCOLUMN; c++)
        fprintf(out, "%s%*s", c ? "  " : "", c < NTEXT ? -width[c] : width[c],
                line->cell[c]);
    fputc('\n', out);
}

void runs_show_table(const RunList *runs, FILE *out)
{
    Arena arena = { 0 };
    Line *line  = NEW(&arena, Line, runs->count + 1);
    int   width[NCOLUMN] = { 0 };

    memcpy(line[0].cell, heading, sizeof heading);
    for (i64 i = 0; i < runs->count; i++)
        line[i + 1] = line_of(&arena, &runs->run[i]);
    for (i64 i = 0; i <= runs->count; i++)
        for (int c = 0; c < NCOLUMN; c++)
            width[c] = (int)i64_max(width[c], (i64)strlen(line[i].cell[c]));
    for (i64 i = 0; i <= runs->count; i++)
        line_print(&line[i], width, out);
    arena_free(&arena);
}

void runs_show_sum(const RunList *runs, const char *dir, FILE *out)
{
    static const char *const status[] = {
        "done", "diverged", "plateau", "interrupted", "unfinished",
    };
    fprintf(out, "%" PRId64 " run%s in %s", runs->count,
            runs->count == 1 ? "" : "s", dir);
    const char *before = ": ";
    for (int s = 0; s < COUNT_OF(status); s++) {
        i64 count = 0;
        for (i64 i = 0; i < runs->count; i++) {
            const char *is = runs->run[i].status;
            count += strcmp(is ? is : "unfinished", status[s]) == 0;
        }
        if (count)
            fprintf(out, "%s%" PRId64 " %s", before, count, status[s]);
        before = count ? ", " : before;
    }
    fputc('\n', out);
}

/* -- One run -------------------------------------------------------------- */

static const char *value_text(Arena *arena, Value v)
{
    if (v.none)
        return "-";
    switch (v.kind) {
    case FIELD_TEXT:  return v.text;
    case FIELD_REAL:  return arena_print(arena, "%.10g", v.real);
    case FIELD_COUNT:
    case FIELD_SEED:  return arena_print(arena, "%" PRId64, v.count);
    case FIELD_FLAG:  return v.count ? "true" : "false";
    case FIELD_REALS: break; /* no run field is a list */
    }
    return "-";
}

/* A blank line before what it is, and before what came of it. */
static bool begins_part(const Field *field)
{
    return strcmp(field->name, "arch") == 0
           || strcmp(field->name, "status") == 0;
}

static void field_print(Arena *arena, const Run *run, const Field *field,
                        FILE *out)
{
    const char *text = value_text(arena, run_value(run, field));
    if (begins_part(field))
        fputc('\n', out);
    fprintf(out, field->about ? "%-16s %-24s  %s\n" : "%-16s %s\n", field->name,
            text, field->about);
}

static void config_print(const char *config, FILE *out)
{
    fputs("\nconfig\n", out);
    while (config && *config) {
        const size_t size = strcspn(config, "\n");
        fprintf(out, "%s%.*s\n", size ? "    " : "", (int)size, config);
        config += size + (config[size] == '\n');
    }
}

bool runs_show_one(const Run *run, const char *runs_dir, FILE *out, Err *err)
{
    Arena      arena = { 0 };
    MetricList log;

    for (int f = 0; f < run_nfield; f++)
        if (strcmp(run_field[f].name, "config") != 0)
            field_print(&arena, run, &run_field[f], out);
    const bool ok = metric_read(&log, &arena, runs_dir, run->id, err);
    if (ok && log.count > 0)
        fprintf(out, "\nlog: %" PRId64 " points to step %" PRId64 " of %" PRId64
                ", in %s/%s/metrics.jsonl\n", log.count,
                log.metric[log.count - 1].step, run->steps, runs_dir, run->id);
    config_print(run->config, out);
    arena_free(&arena);
    return ok;
}
