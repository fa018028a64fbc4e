/* fit_show.c - see fit_show.h. Both objectives stand side by side: on the same
 * runs they give different exponents, and a reader should see by how much. */

#include "cli/fit_show.h"

#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { WIDE = 79, MARGIN = 15, CELL = 31, SUSPECTS_SHOWN = 6 };

/* ---- paragraphs -------------------------------------------------------- */

static void put_words(FILE *out, const char *words)
{
    int column = MARGIN;
    while (*(words += strspn(words, " "))) {
        const int length = (int)strcspn(words, " ");
        if (column > MARGIN && column + 1 + length > WIDE) {
            fprintf(out, "\n%*s", MARGIN, "");
            column = MARGIN;
        }
        column += fprintf(out, "%s%.*s", column > MARGIN ? " " : "", length,
                          words);
        words += length;
    }
    putc('\n', out);
}

void fit_paragraph(FILE *out, const char *label, const char *format, ...)
{
    char text[2000];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    fprintf(out, "  %-*s", MARGIN - 2, label);
    put_words(out, text);
}

/* ---- the table --------------------------------------------------------- */

static const char *objective_words(char *out, size_t room, const FitOptions *o)
{
    switch (o->objective) {
    case FIT_HUBER_LOG:
        snprintf(out, room, "Huber on ln L, delta %g", o->delta);
        break;
    case FIT_HUBER:
        snprintf(out, room, "Huber on L, delta %g", o->delta);
        break;
    case FIT_QUANTILE:
        snprintf(out, room, "quantile %g of ln L", o->quantile);
        break;
    case FIT_SQUARES:
        snprintf(out, room, "least squares on L");
        break;
    case FIT_SQUARES_LOG:
        snprintf(out, room, "least squares on ln L");
        break;
    }
    return out;
}

enum { BRIEF_TEXT = 40 };

/* %.*g without the zeros of an exponent: 3.66e4, not 3.66e+04. */
static const char *brief(char out[BRIEF_TEXT], double x, int digits)
{
    snprintf(out, BRIEF_TEXT, "%.*g", digits, x);
    char *e = strchr(out, 'e');
    if (!e)
        return out;
    char *from = e + 1, *to = e + 1;
    if (*from == '-')
        to++;
    from += 1 + strspn(from + 1, "0");
    memmove(to, from, strlen(from) + 1);
    return out;
}

/* The last cell of a line is not padded. */
static void put_cell(FILE *out, double value, double low, double high,
                     const char *mark, bool last)
{
    char text[4 * BRIEF_TEXT], x[BRIEF_TEXT], from[BRIEF_TEXT], to[BRIEF_TEXT];
    brief(x, value, 5);
    if (isnan(low) && isnan(high))
        snprintf(text, sizeof text, "%s%s", x, mark);
    else
        snprintf(text, sizeof text, "%-9s [%s, %s]%s", x, brief(from, low, 4),
                 brief(to, high, 4), mark);
    fprintf(out, "%-*s%s", last ? 0 : CELL, text, last ? "\n" : " ");
}

static const char *mark_of(const Fit *fit, int i)
{
    return fit->certificate.at_bound[i]      ? " *"
           : fit->certificate.unidentified[i] ? " ?"
                                              : "";
}

static void show_params(const FitSide side[2], FILE *out)
{
    for (int i = 0; i < side[0].fit.law->nparam; i++) {
        fprintf(out, "  %-*s", MARGIN - 2, side[0].fit.law->param[i].name);
        for (int k = 0; k < 2; k++) {
            const Fit *f = &side[k].fit;
            put_cell(out, f->theta[i], f->low[i], f->high[i], mark_of(f, i),
                     k == 1);
        }
    }
}

static void show_line(const FitSide side[2], FILE *out)
{
    static const char *const label[] = { "N_opt ~ C^", "D_opt ~ C^" };
    for (int row = 0; row < 2 && (side[0].has_line || side[1].has_line);
         row++) {
        fprintf(out, "  %-*s", MARGIN - 2, label[row]);
        for (int k = 0; k < 2; k++) {
            const Interval x = row ? side[k].line.b : side[k].line.a;
            if (side[k].has_line)
                put_cell(out, x.value, x.low, x.high, "", k == 1);
            else
                fprintf(out, "%-*s%s", k ? 0 : CELL, "no optimum",
                        k ? "\n" : " ");
        }
    }
}

static void show_scalars(const FitSide side[2], FILE *out)
{
    fprintf(out, "  %-*s%-*.10g %.10g\n", MARGIN - 2, "objective", CELL,
            side[0].fit.objective, side[1].fit.objective);
    char text[2][32];
    for (int k = 0; k < 2; k++)
        snprintf(text[k], sizeof text[k], "%.3g %% of the %s",
                 100 * side[k].fit.rmse_log, side[k].fit.law->response);
    fprintf(out, "  %-*s%-*s %s\n", MARGIN - 2, "scatter", CELL, text[0],
            text[1]);
}

static void show_head(const FitAnswer *a, FILE *out)
{
    char first[64], second[64];
    const Fit *fit = &a->side[0].fit;
    fprintf(out, "%s\n", fit->law->formula);
    fprintf(out, "%s; %lld runs%s%s\n\n", fit->law->name, (long long)fit->nrow,
            a->counts ? "; N counts " : "", a->counts ? a->counts : "");
    objective_words(first, sizeof first, &fit->options);
    objective_words(second, sizeof second, &a->side[1].fit.options);
    fprintf(out, "  %-*s%-*s %s\n", MARGIN - 2, "", CELL, first, second);
}

/* What was drawn again. */
static const char *resampled(const FitAnswer *a)
{
    const FitOptions *o = &a->side[0].fit.options;
    const bool clusters = o->cluster && (table_column(&a->runs, o->cluster)
                                         || table_text(&a->runs, o->cluster));
    const Law *law = a->side[0].fit.law;
    if (law->code && strcmp(law->column[0], "curve") == 0
        && o->resample != FIT_RESAMPLE_RUNS)
        return o->resample == FIT_RESAMPLE_CLUSTERS
                   ? "by curve" : "wild by eighths of a curve";
    if (o->resample == FIT_RESAMPLE_WILD)
        return clusters ? "with wild residuals by cluster"
                        : "with wild residuals";
    return o->resample == FIT_RESAMPLE_CLUSTERS
        || (o->resample == FIT_RESAMPLE_AUTO && clusters) ? "by cluster"
                                                          : "by run";
}

/* Wild residuals under a Huber that is hardly more than absolute values move
 * its minimum less than new runs would (docs/coverage.md). */
static bool wild_narrow(const Fit *fit)
{
    const FitOptions *o = &fit->options;
    return o->resample == FIT_RESAMPLE_WILD && fit->ndraw > 0
        && o->objective == FIT_HUBER_LOG && o->delta < 2 * fit->rmse_log;
}

static void show_legend(const FitAnswer *a, FILE *out)
{
    const FitSide *side = a->side;
    bool bound = false, unknown = false;
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < side[k].fit.law->nparam; i++) {
            bound |= side[k].fit.certificate.at_bound[i];
            unknown |= side[k].fit.certificate.unidentified[i];
        }
    if (side[0].fit.ndraw > 0)
        fprintf(out, "  %*s[%g %% intervals of %lld refits %s]\n", MARGIN - 2,
                "", 100 * side[0].fit.options.level,
                (long long)side[0].fit.ndraw, resampled(a));
    if (wild_narrow(&side[0].fit))
        fprintf(out, "  %*swild residuals under Huber with a delta below the "
                "scatter give intervals\n  %*sthat are too narrow; take "
                "--objective=squares, or --resample=runs\n", MARGIN - 2, "",
                MARGIN - 2, "");
    if (bound || unknown)
        fprintf(out, "  %*s%s%s%s\n", MARGIN - 2, "",
                bound ? "* at its bound" : "", bound && unknown ? "   " : "",
                unknown ? "? not identified by these runs" : "");
}

/* ---- where asked: other intervals of the first fit --------------------- */

static void show_others(const Fit *fit, bool se, FILE *out)
{
    const bool profile = fit->options.profile;
    if (!se && !profile)
        return;
    fprintf(out, "\n  %-*s%-14s%-16s%s\n", MARGIN - 2, "", "value",
            se ? "standard error" : "", profile ? "  profile interval" : "");
    for (int i = 0; i < fit->law->nparam; i++) {
        fprintf(out, "  %-*s%-14.6g", MARGIN - 2, fit->law->param[i].name,
                fit->theta[i]);
        char cell[NUM_TEXT], high[NUM_TEXT];
        if (se)
            text_cell(out, num_plain(cell, fit->se[i], 4), 16);
        if (profile)
            fprintf(out, "  [%s, %s]",
                    num_plain(cell, fit->profile_low[i], 5),
                    num_plain(high, fit->profile_high[i], 5));
        putc('\n', out);
    }
}

/* ---- in words ---------------------------------------------------------- */

static void show_certificate(const FitAnswer *a, FILE *out)
{
    fit_paragraph(out, "certificate", "%s", a->side[0].fit.certificate.words);
    for (int k = 0; k < 2; k++)
        if (a->side[k].why[0])
            fit_paragraph(out, "no optimum", "%s", a->side[k].why);
}

static void show_holdout(const Holdout *h, FILE *out)
{
    char by[32], cell[5][BRIEF_TEXT];
    snprintf(by, sizeof by, "by %s", h->by);
    fprintf(out, "  %-*s%-9s%-8lld", MARGIN - 2, "", by, (long long)h->nheld);
    if (h->refused) {
        fprintf(out, "the other %lld are too few to fit\n",
                (long long)h->nfit);
        return;
    }
    if (isnan(h->extrapolation)) /* of curves */
        snprintf(cell[0], BRIEF_TEXT, "-");
    else
        snprintf(cell[0], BRIEF_TEXT, "%.3gx", h->extrapolation);
    snprintf(cell[1], BRIEF_TEXT, "%+.2f %%", 100 * h->error);
    snprintf(cell[2], BRIEF_TEXT, "%.2f %%", 100 * h->rms);
    snprintf(cell[3], BRIEF_TEXT, "%+.2f %%", 100 * h->worst);
    snprintf(cell[4], BRIEF_TEXT, "   %.0f %%", 100 * h->inside);
    fprintf(out, "%-9s%-11s%-9s%s%s\n", cell[0], cell[1], cell[2], cell[3],
            isnan(h->inside) ? "" : cell[4]);
}

static void show_holdouts(const FitAnswer *a, double share, FILE *out)
{
    if (a->nheld == 0)
        return;
    char held[32];
    if (strcmp(a->holdout[0].by, "curve") == 0)
        snprintf(held, sizeof held, "curve by curve");
    else
        snprintf(held, sizeof held, "largest %.3g %%", 100 * share);
    fprintf(out, "  %-*s%-17s%-9s%-11s%-9s%s\n", MARGIN - 2, "hold-out", held,
            "beyond", "mean error", "rms",
            isnan(a->holdout[0].inside) ? "worst" : "worst      within");
    for (int i = 0; i < a->nheld; i++)
        show_holdout(&a->holdout[i], out);
    fit_paragraph(out, "", "(runs left out, foretold from the others%s)",
                  isnan(a->holdout[0].inside) ? ""
                                              : "; within their interval");
}

static void show_noise(const FitNoise *n, FILE *out)
{
    if (isnan(n->sd_log)) {
        fit_paragraph(out, "noise", "no two runs repeat a setting, so luck "
                      "cannot be told from lack of fit; a few other seeds "
                      "would");
        return;
    }
    if (isnan(n->p)) {
        fit_paragraph(out, "noise", "%.2g %% between runs of one setting "
                      "(%lld settings, %lld runs)", 100 * n->sd_log,
                      (long long)n->groups, (long long)n->rows);
        return;
    }
    fit_paragraph(out, "noise", "%.2g %% between runs of one setting (%lld "
                  "settings, %lld runs); the law misses %s (lack of fit F = "
                  "%.3g, p %s%.2g)", 100 * n->sd_log, (long long)n->groups,
                  (long long)n->rows,
                  n->p < 0.05 ? "by more than that: another form may do better"
                              : "by no more than that",
                  n->lack, n->p < 1e-4 ? "< " : "= ", fmax(n->p, 1e-4));
}

/* A run's name; of file:line without the folders. */
static const char *run_name(const Table *runs, i64 row)
{
    const char *label = runs->label && runs->label[row] ? runs->label[row]
                                                        : "a run";
    const char *slash = strrchr(label, '/');
    return slash ? slash + 1 : label;
}

static bool any_copy(const Suspects *s)
{
    for (i64 i = 0; i < s->count; i++)
        if (s->item[i].kind == SUSPECT_COPY)
            return true;
    return false;
}

static void show_suspects(const FitAnswer *a, FILE *out)
{
    const Suspects *s = &a->suspects;
    if (s->count == 0)
        return;
    fit_paragraph(out, "look at", "%lld run%s may have failed%s, %s:",
                  (long long)s->count, s->count > 1 ? "s" : "",
                  any_copy(s) ? " or stand twice" : "",
                  a->left_out ? "and left out here"
                              : "and fitted here all the same "
                                "(--without-outliers leaves them out)");
    for (i64 i = 0; i < s->count && i < SUSPECTS_SHOWN; i++)
        fit_paragraph(out, "", "%s: %s, %s", run_name(&a->all, s->item[i].row),
                      suspect_kind(s->item[i].kind), s->item[i].words);
    if (s->count > SUSPECTS_SHOWN)
        fit_paragraph(out, "", "and %lld more (--json names all)",
                      (long long)(s->count - SUSPECTS_SHOWN));
}

static void show_contrast(const FitAnswer *a, FILE *out)
{
    const char *label = a->left_out ? "with them" : "without them";
    char text[1000];
    int used = 0;
    if (a->suspects.count == 0)
        return;
    if (!a->has_contrast) {
        fit_paragraph(out, label, "no answer: %s", a->contrast_why);
        return;
    }
    const Fit *f = &a->contrast.fit;
    for (int i = 0; i < f->law->nparam && used < 800; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%s %.4g",
                         i ? ", " : "", f->law->param[i].name, f->theta[i]);
    if (a->contrast.has_line)
        snprintf(text + used, sizeof text - (size_t)used, "; N_opt ~ C^%.4f",
                 a->contrast.line.a.value);
    fit_paragraph(out, label, "%s", text);
}

void fit_show(const FitAnswer *a, const FitArgs *args, FILE *out)
{
    show_head(a, out);
    show_params(a->side, out);
    show_line(a->side, out);
    show_scalars(a->side, out);
    show_legend(a, out);
    show_others(&a->side[0].fit, args->se, out);
    putc('\n', out);
    show_certificate(a, out);
    show_holdouts(a, args->hold_out, out);
    show_noise(&a->noise, out);
    show_suspects(a, out);
    show_contrast(a, out);
    fit_show_windows(a, out);
    fit_show_scores(a, out);
    fit_show_apart(a, out);
    fit_show_conventions(a, out);
    fit_show_ways(a, out);
}
