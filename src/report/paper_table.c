/* paper_table.c - see paper_table.h. */

#include "report/paper_table.h"

#include "report/num.h"

#include <math.h>
#include <string.h>

void paper_text(Str *out, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++)
        switch (*c) {
        case '{': case '}': case '$': case '&': case '#': case '_': case '%':
            str_add(out, "\\%c", *c);
            break;
        case '\\': str_put(out, "\\textbackslash{}"); break;
        case '^':  str_put(out, "\\textasciicircum{}"); break;
        case '~':  str_put(out, "\\textasciitilde{}"); break;
        default:   str_bytes(out, (u8)*c < ' ' ? " " : c, 1);
        }
}

/* 468.5 -> "468.5", 2.1e-5 -> "2.1 \times 10^{-5}". */
static void number(Str *out, double x)
{
    const double size = fabs(x);
    if (x == 0 || (size >= 1e-3 && size < 1e5)) {
        const int digits = x == 0 || size < 10 ? 4 : size < 1000 ? 2 : 0;
        str_add(out, "%.*f", digits, x);
        return;
    }
    const int power = (int)floor(log10(size));
    str_add(out, "%.3f \\times 10^{%d}", x / pow(10, power), power);
}

/* Value over interval, in mathematics. */
static void interval(Str *out, double value, double low, double high)
{
    if (!isfinite(value)) {
        str_put(out, "--");
        return;
    }
    str_put(out, "$");
    number(out, value);
    if (isfinite(low) && isfinite(high)) {
        str_put(out, "$ ($");
        number(out, low);
        str_put(out, "$, $");
        number(out, high);
        str_put(out, "$)");
        return;
    }
    str_put(out, "$");
}

static bool is_greek(const char *name)
{
    static const char *const greek[] = { "alpha", "beta", "gamma", "delta",
                                         "kappa", "lambda", "sigma" };
    for (int i = 0; i < COUNT_OF(greek); i++)
        if (strcmp(name, greek[i]) == 0)
            return true;
    return false;
}

static void name_of(Str *out, const char *name)
{
    if (is_greek(name)) {
        str_add(out, "$\\%s$", name);
    } else if (strlen(name) == 1) {
        str_add(out, "$%s$", name);
    } else {
        str_put(out, "\\textrm{");
        paper_text(out, name);
        str_put(out, "}");
    }
}

/* -- The table ------------------------------------------------------------- */

typedef struct Columns {
    int         count;
    const Fit  *fit[3];
    const char *head[3];
} Columns;

static Columns columns_of(const Analysis *a)
{
    Columns   c = { .count = 2, .fit = { &a->huber, &a->squares },
                    .head = { "Huber on $\\ln L$", "squares" } };
    if (a->outer.law) {
        c.fit[2]  = &a->outer;
        c.head[2] = "outer exponent free";
        c.count   = 3;
    }
    return c;
}

static void row(Str *out, const Columns *c, const char *name)
{
    name_of(out, name);
    for (int f = 0; f < c->count; f++) {
        const int p = law_param(c->fit[f]->law, name);
        str_put(out, " & ");
        if (p < 0)
            str_put(out, "--");
        else
            interval(out, c->fit[f]->theta[p], c->fit[f]->low[p],
                     c->fit[f]->high[p]);
    }
    str_put(out, " \\\\\n");
}

static void quality(Str *out, const Columns *c)
{
    str_put(out, "runs");
    for (int f = 0; f < c->count; f++)
        str_add(out, " & $%lld$", (long long)c->fit[f]->nrow);
    str_put(out, " \\\\\nr.m.s. of $\\ln L$");
    for (int f = 0; f < c->count; f++) {
        str_put(out, " & $");
        number(out, c->fit[f]->rmse_log);
        str_put(out, "$");
    }
    str_put(out, " \\\\\n");
}

static void rows(Str *out, const Columns *c)
{
    const Fit *most = c->fit[c->count - 1];
    for (int p = 0; p < most->law->nparam; p++)
        row(out, c, most->law->param[p].name);
    for (int p = 0; p < c->fit[0]->law->nparam; p++)
        if (law_param(most->law, c->fit[0]->law->param[p].name) < 0)
            row(out, c, c->fit[0]->law->param[p].name);
}

static void powers(Str *out, const Analysis *a, int columns)
{
    const Frontier *line[] = { &a->envelope, &a->isoflop, &a->parametric };
    static const char *const head[] = { "envelope", "IsoFLOP", "fitted law" };
    str_add(out, "\\hline\n\\multicolumn{%d}{l}{$N_{\\mathrm{opt}} \\propto "
            "C^a$ by approach} \\\\\n", columns + 1);
    for (int i = 0; i < COUNT_OF(line); i++) {
        if (line[i]->npoint == 0)
            continue;
        str_add(out, "$a$, %s & \\multicolumn{%d}{l}{", head[i], columns);
        interval(out, line[i]->a.value, line[i]->a.low, line[i]->a.high);
        str_put(out, "} \\\\\n");
    }
}

static void caption(Str *out, const Analysis *a)
{
    str_put(out, "\\caption{Laws fitted to the study \\textrm{");
    paper_text(out, a->info.name);
    str_put(out, "} (corpus \\textrm{");
    paper_text(out, a->info.corpus);
    str_add(out, "}), losses in nats per %s, $N$ counted as ",
            analysis_token(a));
    paper_text(out, a->info.counts);
    str_add(out, ". In brackets: 95\\,\\%% intervals from %lld refits of "
            "resampled runs.", (long long)a->info.resamples);
    if (a->prediction_hash)
        str_add(out, " Held-out losses were predicted before training "
                "(SHA-256 \\texttt{%.16s}).", a->prediction_hash);
    str_put(out, "}\n");
}

void paper_table(Str *out, const Analysis *a)
{
    if (!a->chosen) {
        str_put(out, "% Made by scalelaw: this study has no law.\n");
        return;
    }
    const Columns c = columns_of(a);
    str_put(out, "% Made by scalelaw; LaTeX alone, no packages.\n"
            "\\begin{table}\n\\centering\n");
    caption(out, a);
    str_put(out, "\\begin{tabular}{l");
    for (int f = 0; f < c.count; f++)
        str_put(out, "l");
    str_put(out, "}\n\\hline\n");
    for (int f = 0; f < c.count; f++)
        str_add(out, " & %s", c.head[f]);
    str_put(out, " \\\\\n\\hline\n");
    rows(out, &c);
    quality(out, &c);
    powers(out, a, c.count);
    str_put(out, "\\hline\n\\end{tabular}\n\\end{table}\n");
}
