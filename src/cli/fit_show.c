/* fit_show.c - see fit_show.h. */

#include "cli/fit_show.h"

#include <math.h>
#include <string.h>

static void show_head(const Fit *fit, FILE *out)
{
    const FitOptions *o = &fit->options;
    fprintf(out, "%s  (%s", fit->law->formula, fit->law->name);
    if (o->objective == FIT_HUBER_LOG)
        fprintf(out, "; Huber on ln L, delta %g", o->delta);
    else
        fprintf(out, "; least squares on L");
    fprintf(out, "; %lld runs%s%s)\n", (long long)fit->nrow,
            fit->counts ? "; N counts " : "", fit->counts ? fit->counts : "");
    fprintf(out, "  objective %.10g, residuals of ln L %.4f (root mean "
            "square)\n", fit->objective, fit->rmse_log);
}

static void show_interval(double low, double high, FILE *out)
{
    if (!isnan(low))
        fprintf(out, "  [%.6g, %.6g]", low, high);
}

static void show_params(const Fit *fit, FILE *out)
{
    if (fit->ndraw)
        fprintf(out, "  %-10s %12s  %g %% interval of %lld refits by run\n",
                "parameter", "value", 100 * fit->options.level,
                (long long)fit->ndraw);
    for (int i = 0; i < fit->law->nparam; i++) {
        fprintf(out, "  %-10s %12.6g", fit->law->param[i].name, fit->theta[i]);
        show_interval(fit->low[i], fit->high[i], out);
        fprintf(out, "%s%s\n",
                fit->certificate.at_bound[i] ? "  at its bound" : "",
                fit->certificate.unidentified[i] ? "  not identified" : "");
    }
}

static void show_frontier(const Frontier *f, FILE *out)
{
    fprintf(out, "  N_opt ~ C^%.4f", f->a.value);
    show_interval(f->a.low, f->a.high, out);
    fprintf(out, "   D_opt ~ C^%.4f", f->b.value);
    show_interval(f->b.low, f->b.high, out);
    fprintf(out, "   (C = 6 N D)\n");
}

/* Broken at blanks, 76 columns. */
static void show_words(const char *words, FILE *out)
{
    enum { WIDE = 76 };
    while (*words) {
        size_t length = strlen(words);
        if (length > WIDE) {
            length = WIDE;
            while (length > 1 && words[length] != ' ')
                length--;
        }
        fprintf(out, "  %.*s\n", (int)length, words);
        words += length;
        words += strspn(words, " ");
    }
}

void fit_show(const Fit *fit, const Frontier *frontier, FILE *out)
{
    show_head(fit, out);
    show_params(fit, out);
    if (frontier)
        show_frontier(frontier, out);
    show_words(fit->certificate.words, out);
}
