/* energy.c - serving, intensity and grids.
 *
 * SOURCE: Green Software Foundation, Software Carbon Intensity, ISO/IEC
 * 21031:2024; Luccioni et al. 2022, arXiv:2211.02001 (the one measured
 * deployment: 3.96 Wh a request); Sardana & Frankle 2024, arXiv:2401.00448
 * (how little of the peak generation reaches). */

#include "plan/energy.h"

#include <math.h>

double energy_sci(double kwh, double kg_per_kwh, double kg_embodied,
                  double units)
{
    return (kwh * kg_per_kwh + kg_embodied) / units;
}

double energy_serving_flop(double n, double tokens)
{
    return 2 * n * tokens;
}

static Deal serving_deal(const Deal *deal, double mfu)
{
    Deal out = *deal;
    out.mfu  = mfu > 0 ? mfu : 0.05;
    return out;
}

static void put_sci(Answer *answer, const char *by, const Deal *deal,
                    const Bill *bill, double requests)
{
    const bool   made = !isnan(bill->kg_embodied);
    const double kg   = made ? bill->kg_embodied : 0;
    AnswerItem  *item = answer_number(
        answer, by, "sci", "carbon a request (SCI)", ANSWER_KG,
        energy_sci(bill->kwh, deal->grid.kg_per_kwh, kg, requests));
    answer_because(answer, item, "Software Carbon Intensity, ISO/IEC 21031",
                   "(E I + M) / R = (%.4g kWh * %.3g + %.4g kg) / %.4g",
                   bill->kwh, deal->grid.kg_per_kwh, kg, requests);
    if (!made)
        answer_remark(answer, item, "without making %s, which is not known",
                      deal->machine.title);
}

void answer_serving(Answer *answer, const char *by, const Deal *deal,
                    const Serving *serving)
{
    const Deal   on   = serving_deal(deal, serving->mfu);
    const Deal   full = deal_settled(&on);
    const double flop = energy_serving_flop(serving->n, serving->tokens)
                      * serving->requests;
    const Bill   bill = deal_bill(&on, flop);
    AnswerItem  *item = answer_number(answer, by, "flop", "compute of serving",
                                      ANSWER_FLOP, flop);
    answer_because(answer, item, "Kaplan et al. 2020, arXiv:2001.08361",
                   "2 N * tokens * requests = 2 * %.4g * %.4g * %.4g = %.4g",
                   serving->n, serving->tokens, serving->requests, flop);
    answer_number(answer, by, "device_hours", "device-hours", ANSWER_COUNT,
                  bill.device_hours);
    answer_number(answer, by, "kwh", "energy", ANSWER_KWH, bill.kwh);
    item = answer_number(answer, by, "wh_request", "Wh a request", ANSWER_PLAIN,
                         bill.kwh * 1000 / serving->requests);
    answer_because(answer, item, "Luccioni et al. 2022, arXiv:2211.02001",
                   "kWh * 1000 / requests = %.4g * 1000 / %.4g = %.4g",
                   bill.kwh, serving->requests,
                   bill.kwh * 1000 / serving->requests);
    answer_put(answer, by, "dollars_request", "money a request",
               ANSWER_DOLLARS,
               (Interval){ bill.dollars / serving->requests,
                           bill.dollars_low / serving->requests,
                           bill.dollars_high / serving->requests });
    put_sci(answer, by, &full, &bill, serving->requests);
    if (!(serving->mfu > 0))
        answer_note(answer, "Serving is assumed to reach %.0f %% of the peak: "
                    "generation one token at a time waits for memory (Sardana "
                    "& Frankle assume 50 %% for training and 1 %% for "
                    "generation); BLOOM's one measured deployment took 3.96 Wh "
                    "a request.", 100 * full.mfu);
}

void answer_grids(Answer *answer, double kwh, const PowerGrid *grid, i64 count)
{
    for (i64 i = 0; i < count; i++) {
        AnswerItem *item = answer_number(answer, NULL, grid[i].name,
                                         grid[i].title, ANSWER_KG,
                                         kwh * grid[i].kg_per_kwh);
        answer_because(answer, item, grid[i].source,
                       "kWh * intensity = %.4g * %.3g kg/kWh = %.4g kg", kwh,
                       grid[i].kg_per_kwh, kwh * grid[i].kg_per_kwh);
    }
    answer_note(answer, "Where it runs often matters more than what it runs.");
}
