/* bill.c - a bill in words. The numbers are deal.c's; here each gets the
 * equation that gave it, so that a reader can redo it by hand.
 *
 * SOURCE: Patterson et al. 2021, arXiv:2104.10350 (energy and carbon of
 * training); Luccioni et al. 2022, arXiv:2211.02001 (idle and embodied). */

#include "plan/bill.h"

#include <math.h>

static const char patterson[] = "Patterson et al. 2021, arXiv:2104.10350";
static const char luccioni[]  = "Luccioni et al. 2022, arXiv:2211.02001";

static void put_hours(Answer *answer, const char *by, const Deal *deal,
                      const Bill *bill, bool from_flop)
{
    AnswerItem *item;
    if (from_flop) {
        item = answer_number(answer, by, "device_hours", "device-hours",
                             ANSWER_COUNT, bill->device_hours);
        answer_because(answer, item, patterson,
                       "C / (peak * MFU * 3600) = %.4g / (%.4g * %.3g * 3600) "
                       "= %.4g", bill->flop, deal->peak, deal->mfu,
                       bill->device_hours);
    } else {
        item = answer_number(answer, by, "flop", "compute done", ANSWER_FLOP,
                             bill->flop);
        answer_because(answer, item, patterson,
                       "C = device-hours * 3600 * peak * MFU = %.4g * 3600 * "
                       "%.4g * %.3g = %.4g", bill->device_hours, deal->peak,
                       deal->mfu, bill->flop);
    }
    item = answer_number(answer, by, "time", "time", ANSWER_SECONDS,
                         bill->hours * 3600);
    answer_because(answer, item, patterson,
                   "device-hours / devices = %.4g / %g = %.4g h = %.4g days",
                   bill->device_hours, deal->devices, bill->hours,
                   bill->hours / 24);
}

static void put_dollars(Answer *answer, const char *by, const Deal *deal,
                        const Bill *bill)
{
    const bool     range = bill->dollars_high > bill->dollars_low;
    const Interval value = { bill->dollars,
                             range ? bill->dollars_low : NAN,
                             range ? bill->dollars_high : NAN };
    AnswerItem *item = answer_put(answer, by, "dollars", "money",
                                  ANSWER_DOLLARS, value);
    if (isnan(bill->dollars)) {
        answer_remark(answer, item, "no price of %s is known: give one",
                      deal->machine.title);
        return;
    }
    if (range)
        answer_because(answer, item, deal->machine.price_source,
                       "device-hours * price = %.4g * %.3g (%.3g to %.3g) $/h "
                       "= %.4g", bill->device_hours, deal->price,
                       deal->price_low, deal->price_high, bill->dollars);
    else
        answer_because(answer, item, "the price that was given",
                       "device-hours * price = %.4g * %.3g $/h = %.4g",
                       bill->device_hours, deal->price, bill->dollars);
}

static void put_energy(Answer *answer, const char *by, const Deal *deal,
                       const Bill *bill)
{
    AnswerItem *item = answer_number(answer, by, "kwh", "energy", ANSWER_KWH,
                                     bill->kwh);
    if (isnan(bill->kwh)) {
        answer_remark(answer, item, "the power of %s is not published: give "
                      "watts", deal->machine.title);
        return;
    }
    answer_because(answer, item, patterson,
                   "device-hours * kW * (1 + idle) * PUE = %.4g * %.4g * %.3g "
                   "* %.3g = %.4g kWh", bill->device_hours, deal->watts / 1000,
                   1 + deal->idle, deal->pue, bill->kwh);
}

static void put_carbon(Answer *answer, const char *by, const Deal *deal,
                       const Bill *bill)
{
    AnswerItem *item = answer_number(answer, by, "kg", "carbon of electricity",
                                     ANSWER_KG, bill->kg);
    if (isnan(bill->kg))
        answer_remark(answer, item, "%s", isnan(bill->kwh)
                      ? "its energy is not known"
                      : "no grid was named");
    else
        answer_because(answer, item, deal->grid.source ? deal->grid.source
                                                       : patterson,
                       "kWh * intensity = %.4g * %.3g kg/kWh = %.4g kg",
                       bill->kwh, deal->grid.kg_per_kwh, bill->kg);

    item = answer_number(answer, by, "kg_embodied", "carbon of making it",
                         ANSWER_KG, bill->kg_embodied);
    if (isnan(bill->kg_embodied))
        answer_remark(answer, item, "not known for %s", deal->machine.title);
    else
        answer_because(answer, item, luccioni,
                       "embodied * device-hours / lifetime = %.4g kg * %.4g / "
                       "%.4g h = %.4g kg", deal->machine.embodied_kg,
                       bill->device_hours, deal->lifetime_hours,
                       bill->kg_embodied);
}

/* What was taken for granted, once, however many columns took it. */
static void put_notes(Answer *answer, const Deal *given, const Deal *deal)
{
    const Machine *machine = &deal->machine;
    if (!(given->mfu > 0))
        answer_note(answer, "%.0f %% of the %s peak of %s is assumed to be "
                    "reached (MFU); measure yours and give it.",
                    100 * deal->mfu, deal->precision, machine->title);
    if (!(given->watts > 0) && deal->watts > 0)
        answer_note(answer, "%s is taken to draw its %g W all the time; "
                    "measured power is lower.", machine->title, deal->watts);
    if (!(given->pue > 0) && deal->watts > 0)
        answer_note(answer, "A PUE of %.2f is assumed: cooling and losses of "
                    "the data centre.", deal->pue);
    if (!(given->price > 0) && deal->price > 0)
        answer_note(answer, "Price of %s: %s, %s.", machine->title,
                    machine->price_source, machine->price_date);
    for (i64 i = 0; i < machine->caveat.count; i++)
        answer_note(answer, "%s: %s", machine->title, machine->caveat.item[i]);
    for (i64 i = 0; i < deal->grid.caveat.count; i++)
        answer_note(answer, "%s: %s", deal->grid.title,
                    deal->grid.caveat.item[i]);
}

static void put_bill(Answer *answer, const char *by, const Deal *given,
                     const Bill *bill, bool from_flop)
{
    const Deal deal = deal_settled(given);
    put_hours(answer, by, &deal, bill, from_flop);
    put_dollars(answer, by, &deal, bill);
    put_energy(answer, by, &deal, bill);
    put_carbon(answer, by, &deal, bill);
    put_notes(answer, given, &deal);
}

void answer_bill(Answer *answer, const char *by, const Deal *deal, double flop)
{
    const Bill bill = deal_bill(deal, flop);
    put_bill(answer, by, deal, &bill, true);
}

void answer_bill_hours(Answer *answer, const char *by, const Deal *deal,
                       double device_hours)
{
    const Bill bill = deal_bill_hours(deal, device_hours);
    put_bill(answer, by, deal, &bill, false);
}

/* --- terms and data sheets ------------------------------------------------ */

static const char *whose(double given, const char *file)
{
    return given > 0 ? "given" : file;
}

static void term(Answer *answer, const char *by, const char *key,
                 const char *label, AnswerUnit unit, double value,
                 const char *source)
{
    AnswerItem *item = answer_number(answer, by, key, label, unit, value);
    item->source = source;
}

void answer_terms(Answer *answer, const char *by, const Deal *given)
{
    const Deal     deal    = deal_settled(given);
    const Machine *machine = &deal.machine;
    term(answer, by, "peak", "peak a device (--precision)", ANSWER_RATE, deal.peak,
         whose(given->peak, machine->source));
    term(answer, by, "mfu", "share of it reached, MFU (--mfu)", ANSWER_SHARE, deal.mfu,
         whose(given->mfu, "assumed"));
    term(answer, by, "devices", "devices (--gpus)", ANSWER_COUNT, deal.devices,
         whose(given->devices, "assumed"));
    AnswerItem *price =
        answer_put(answer, by, "price", "price a device-hour (--price)", ANSWER_DOLLARS,
                   (Interval){ deal.price, deal.price_low, deal.price_high });
    price->source = whose(given->price, machine->price_source);
    term(answer, by, "watts", "watts a device (--watts)", ANSWER_PLAIN, deal.watts,
         whose(given->watts, machine->source));
    term(answer, by, "pue", "PUE of the data centre (--pue)", ANSWER_PLAIN, deal.pue,
         whose(given->pue, "assumed"));
    term(answer, by, "idle", "idle energy, as a share (--idle)", ANSWER_SHARE, deal.idle,
         whose(given->idle, "assumed"));
    term(answer, by, "intensity", "kg CO2e a kWh (--grid)", ANSWER_PLAIN,
         deal.grid.kg_per_kwh, deal.grid.source);
    term(answer, by, "flop_per_dollar", "FLOP a dollar", ANSWER_FLOP,
         deal_flop_per_dollar(given), "peak * MFU * 3600 / price");
    term(answer, by, "flop_per_joule", "FLOP a joule", ANSWER_FLOP,
         deal_flop_per_joule(given), "peak * MFU / (watts * (1 + idle) * PUE)");
    term(answer, by, "lifetime", "life of a device (--lifetime)", ANSWER_SECONDS,
         deal.lifetime_hours * 3600, whose(given->lifetime_hours, "assumed"));
}

void answer_machine(Answer *answer, const Machine *machine)
{
    const struct { const char *key, *label; AnswerUnit unit; double value; }
    row[] = {
        { "bf16", "bf16 peak", ANSWER_RATE, machine->bf16 },
        { "fp16", "fp16 peak", ANSWER_RATE, machine->fp16 },
        { "tf32", "tf32 peak", ANSWER_RATE, machine->tf32 },
        { "fp32", "fp32 peak", ANSWER_RATE, machine->fp32 },
        { "fp8", "fp8 peak", ANSWER_RATE, machine->fp8 },
        { "int8", "int8 peak", ANSWER_RATE, machine->int8 },
        { "memory", "memory", ANSWER_BYTES, machine->memory },
        { "bandwidth", "bytes a second", ANSWER_BYTES, machine->bandwidth },
        { "watts", "watts", ANSWER_PLAIN, machine->watts },
        { "embodied", "carbon of making it", ANSWER_KG, machine->embodied_kg },
    };
    for (int i = 0; i < COUNT_OF(row); i++)
        term(answer, machine->name, row[i].key, row[i].label, row[i].unit,
             row[i].value, machine->source);
    AnswerItem *price =
        answer_put(answer, machine->name, "price", "price an hour",
                   ANSWER_DOLLARS,
                   (Interval){ (machine->price_low + machine->price_high) / 2,
                               machine->price_low, machine->price_high });
    price->source = machine->price_source;
    for (i64 i = 0; i < machine->caveat.count; i++)
        answer_note(answer, "%s: %s", machine->title, machine->caveat.item[i]);
}
