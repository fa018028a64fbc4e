/* fig_profiles.c - how sharply the runs settle each constant: how far the
 * objective rises when it is held elsewhere and all others are fitted anew. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

/* Up to a little over the threshold; what lies higher says no more. */
static Range within(const FitProfileCurve *p, double most)
{
    Range x = range_new();
    for (i64 i = 0; i < p->n; i++)
        if (p->rise[i] <= most)
            range_add(&x, p->x[i]);
    return x;
}

static const char *end(char *out, double value)
{
    return fabs(value) >= 1000 ? num_si(out, value, 3)
                               : num_plain(out, value, 3);
}

static void panel(Plot *plot, const Fit *fit, int which)
{
    const FitProfileCurve *p    = &fit->profile[which];
    const LawParam        *of   = &fit->law->param[p->param];
    const double           line = fit->profile_threshold;
    const Range            x    = within(p, 1.6 * line);
    const bool             log  = x.low > 0 && x.high > 4 * x.low;
    const bool             open = fit->certificate.profile_open[p->param];
    char title[FIG_TEXT], label[FIG_TEXT], low[NUM_TEXT], high[NUM_TEXT];
    snprintf(label, sizeof label, "%s%s%s%s", of->name,
             of->unit && *of->unit ? " (" : "", of->unit ? of->unit : "",
             of->unit && *of->unit ? ")" : "");
    snprintf(title, sizeof title, "%s to %s%s",
             end(low, fit->profile_low[p->param]),
             end(high, fit->profile_high[p->param]),
             open ? ", open" : "");
    Axis y = axis_over("rise of the objective (as F)", false, TICK_PLAIN,
                       (Range){ 0, 1.6 * line }, 0.02);
    y.bare = which % 3 != 0;
    plot_panel(plot, which, title,
               axis_over(label, log, log && x.high > 1e4 ? TICK_POWER
                                                         : TICK_PLAIN, x, 0.04),
               y);
    plot_rule_y(plot, line);
    plot_rule_x(plot, fit->theta[p->param]);
    plot_line(plot, of->name, INK_BLUE, LINE_SOLID, p->x, p->rise, p->n,
              of->name);
}

bool fig_profiles(Plot *plot, const Analysis *a)
{
    const Fit *fit = &a->finds.profile;
    if (!fit->law || fit->nprofile == 0
        || fit->nprofile > PLOT_PANELS)
        return false;
    plot->panels = (int)fit->nprofile;
    plot->columns = 3;
    plot->height  = 190;
    for (int i = 0; i < plot->panels; i++)
        panel(plot, fit, i);
    plot_key_line(plot, INK_BLUE, LINE_SOLID, "profile");
    plot_key_line(plot, INK_GREY, LINE_THIN,
                  "across: 95 % line; upright: the fitted value");
    return true;
}
