/* html_answer.c - the headline: what to train next, how far the law could be
 * trusted so far, and how good the models really are. */

#include "report/html.h"

#include "report/held_score.h"
#include "report/num.h"
#include "report/xml.h"

#include <math.h>
#include <string.h>

static void card(Str *out, const char *head, const char *big, const char *rest)
{
    str_put(out, "<div class=\"card\"><span class=\"soft\">");
    xml_text(out, head);
    str_put(out, "</span>");
    html_put(out, "b", big);
    str_put(out, "<span>");
    xml_text(out, rest);
    str_put(out, "</span></div>\n");
}

/* The first plan beyond what was trained; the last one if none is. */
static const Plan *first_step(const Analysis *a)
{
    i64 i = 0;
    while (i < a->nplan - 1 && a->plan[i].c < a->c_largest * 1.01)
        i++;
    return &a->plan[i];
}

static void card_plan(Str *out, const Analysis *a)
{
    if (a->nplan == 0) {
        card(out, "Best size for more compute", "not settled",
             a->plan_words ? a->plan_words : "No multiple was asked for.");
        return;
    }
    const Plan *p = first_step(a);
    char n[NUM_TEXT], d[NUM_TEXT], c[NUM_TEXT], head[256], big[256], rest[512];
    snprintf(head, sizeof head, "With %.3g times the compute (%s FLOP)",
             p->c / a->c_largest, num_power(c, p->c));
    snprintf(big, sizeof big, "%s parameters", num_si(n, p->n.value, 3));
    snprintf(rest, sizeof rest, "on %.20s %ss. With 95 %% confidence the best "
             "size is %.40s. Expected loss: %.3f nats per %s.",
             num_si(d, p->d.value, 3), analysis_token(a), num_si_ends(n, p->n),
             p->loss.value, analysis_token(a));
    card(out, head, big, rest);
}

static const char *why_not_checked(const Analysis *a)
{
    return a->nholdout                 ? "The held-out budget is not trained yet."
         : isfinite(a->info.holdout) ? "The held-out budget waits for its "
                                       "prediction."
                                     : "No budget was held out.";
}

static void card_holdout(Str *out, const Analysis *a)
{
    const HoldoutScore s   = holdout_score(a);
    const HoldoutRow  *row = s.best;
    if (!row) {
        card(out, "Predicted before training", "not checked",
             why_not_checked(a));
        return;
    }
    char big[NUM_TEXT], error[NUM_TEXT], rest[512];
    snprintf(big, sizeof big, "%.20s too %s",
             num_percent(error, fabs(row->error)) + 1,
             row->error < 0 ? "low" : "high");
    snprintf(rest, sizeof rest, "at the best held-out size: %.4f nats were "
             "predicted, %.4f came, %s the 95 %% interval. Of all %lld "
             "held-out runs %lld came inside; the largest error is %.2f %%.",
             row->predicted.loss, row->measured, holdout_where(row),
             (long long)s.trained, (long long)s.inside, 100 * s.worst);
    card(out, "Predicted before training, then measured", big, rest);
}

static void card_best(Str *out, const Analysis *a)
{
    const Run *best = analysis_best(a);
    if (!best)
        return;
    char loss[64];
    Str  rest = { 0 };
    for (int i = 0; i < a->info.nyardstick; i++)
        str_add(&rest, "%s%s %.3f", i ? ", " : "For comparison: ",
                a->info.yardstick[i].name, a->info.yardstick[i].bpb);
    str_put(&rest, a->info.nyardstick ? "." : "");
    card(out, "The best model trained", analysis_loss_words(loss, a, best),
         rest.text);
    str_free(&rest);
}

void html_answer(Str *out, const Analysis *a)
{
    str_put(out, "<div class=\"answer\">\n");
    card_plan(out, a);
    card_holdout(out, a);
    card_best(out, a);
    str_put(out, "</div>\n");
}
