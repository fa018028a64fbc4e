/* deal.c - from FLOP to device-hours, and from those to everything else, and
 * back (declared in machine.h).
 *
 * One road: every amount is a rate times device-hours, so that budgets in
 * money, energy, carbon and time are each one division. Unknown rates are NaN
 * and make unknown what follows from them, and nothing else.
 *
 * SOURCE: Patterson et al. 2021, arXiv:2104.10350; Luccioni et al. 2022,
 * arXiv:2211.02001 (idle and embodied). */

#include "plan/machine.h"

#include <math.h>

static const double usual_mfu = 0.4, usual_pue = 1.1;
static const double five_years = 5 * 365.25 * 24; /* hours */

Deal deal_new(const Machine *machine, const PowerGrid *grid)
{
    return (Deal){ .machine = *machine,
                   .grid    = grid ? *grid : (PowerGrid){ .kg_per_kwh = NAN },
                   .devices = NAN, .peak = NAN, .mfu = NAN, .price = NAN,
                   .price_low = NAN, .price_high = NAN, .watts = NAN,
                   .pue = NAN, .lifetime_hours = NAN, .idle = NAN };
}

static double given(double value, double usual)
{
    return value > 0 ? value : usual;
}

/* A price that was named has no range. */
static void settle_price(Deal *deal)
{
    const Machine *machine = &deal->machine;
    deal->price_low  = given(deal->price_low, given(deal->price,
                                                    machine->price_low));
    deal->price_high = given(deal->price_high, given(deal->price,
                                                     machine->price_high));
    deal->price = given(deal->price, (deal->price_low + deal->price_high) / 2);
}

Deal deal_settled(const Deal *deal)
{
    Deal   out  = *deal;
    double peak = NAN;
    Err    err  = { 0 };
    if (!machine_peak(&peak, &deal->machine, deal->precision, &err))
        peak = NAN;
    if (!out.precision)
        out.precision = machine_precision(&deal->machine);
    out.peak           = given(deal->peak, peak);
    out.devices        = given(deal->devices, 1);
    out.mfu            = given(deal->mfu, usual_mfu);
    out.watts          = given(deal->watts, deal->machine.watts);
    out.pue            = given(deal->pue, usual_pue);
    out.lifetime_hours = given(deal->lifetime_hours, five_years);
    out.idle           = given(deal->idle, 0);
    out.grid.kg_per_kwh = given(deal->grid.kg_per_kwh, NAN);
    settle_price(&out);
    return out;
}

/* All of these of a settled deal, a device-hour. */
static double flop_an_hour(const Deal *deal)
{
    return deal->peak * deal->mfu * 3600;
}

static double kwh_an_hour(const Deal *deal)
{
    return deal->watts / 1000 * (1 + deal->idle) * deal->pue;
}

static double embodied_an_hour(const Deal *deal)
{
    return deal->machine.embodied_kg / deal->lifetime_hours;
}

static Bill bill(const Deal *deal, double device_hours)
{
    return (Bill){
        .flop         = device_hours * flop_an_hour(deal),
        .device_hours = device_hours,
        .hours        = device_hours / deal->devices,
        .dollars      = device_hours * deal->price,
        .dollars_low  = device_hours * deal->price_low,
        .dollars_high = device_hours * deal->price_high,
        .kwh          = device_hours * kwh_an_hour(deal),
        .kg           = device_hours * kwh_an_hour(deal)
                      * deal->grid.kg_per_kwh,
        .kg_embodied  = device_hours * embodied_an_hour(deal),
    };
}

Bill deal_bill(const Deal *deal, double flop)
{
    const Deal settled = deal_settled(deal);
    Bill       out     = bill(&settled, flop / flop_an_hour(&settled));
    out.flop           = flop;
    return out;
}

Bill deal_bill_hours(const Deal *deal, double device_hours)
{
    const Deal settled = deal_settled(deal);
    return bill(&settled, device_hours);
}

double deal_flop_of_device_hours(const Deal *deal, double device_hours)
{
    const Deal settled = deal_settled(deal);
    return device_hours * flop_an_hour(&settled);
}

double deal_flop_of_dollars(const Deal *deal, double dollars)
{
    return dollars * deal_flop_per_dollar(deal);
}

double deal_flop_of_kwh(const Deal *deal, double kwh)
{
    const Deal settled = deal_settled(deal);
    return kwh / kwh_an_hour(&settled) * flop_an_hour(&settled);
}

double deal_flop_of_kg(const Deal *deal, double kg)
{
    const Deal   settled  = deal_settled(deal);
    const double embodied = embodied_an_hour(&settled);
    const double an_hour  = kwh_an_hour(&settled) * settled.grid.kg_per_kwh
                          + (isnan(embodied) ? 0 : embodied);
    return kg / an_hour * flop_an_hour(&settled);
}

double deal_flop_per_dollar(const Deal *deal)
{
    const Deal settled = deal_settled(deal);
    return flop_an_hour(&settled) / settled.price;
}

double deal_flop_per_joule(const Deal *deal)
{
    const Deal settled = deal_settled(deal);
    return flop_an_hour(&settled) / (kwh_an_hour(&settled) * 3.6e6);
}
