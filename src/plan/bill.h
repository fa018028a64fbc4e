/* bill.h - what a run costs, as items of an answer: device-hours, days, money,
 * energy, carbon, each with its equation filled in, and every assumption that
 * went into it beside it. */

#ifndef BILL_H
#define BILL_H

#include "plan/answer.h"
#include "plan/machine.h"

/* The bill of so many FLOP: keys device_hours, time, dollars, kwh, kg,
 * kg_embodied. What cannot be known (no published power, no price) is NaN with
 * the reason as its text. Money is an interval where the deal names no price.
 * Assumptions and the machine's caveats become notes. */
void answer_bill(Answer *answer, const char *by, const Deal *deal, double flop);

/* The same from device-hours that were counted; adds the FLOP they do. */
void answer_bill_hours(Answer *answer, const char *by, const Deal *deal,
                       double device_hours);

/* What was assumed, as items that a person may change: keys peak, mfu, devices,
 * price, watts, pue, idle, intensity, lifetime; and what follows from them
 * whatever the run: flop_per_dollar, flop_per_joule. */
void answer_terms(Answer *answer, const char *by, const Deal *deal);

/* The data sheet: keys bf16 ... int8, memory, bandwidth, watts, price,
 * embodied. */
void answer_machine(Answer *answer, const Machine *machine);

#endif
