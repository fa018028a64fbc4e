/* trend.h - when a loss becomes affordable, if trends go on: a scenario, with
 * every assumption shown and settable, and no forecast.
 *
 *     C(t) = dollars g^t * FLOP a dollar 2^(t/h) * 2^(t/a)      t in years
 *     t    = ln(C_needed / C(0)) / (ln g + ln 2/h + ln 2/a)
 *
 * h: years in which FLOP a dollar double; a: years in which recipes halve the
 * compute for a loss; g: growth of the budget a year.
 *
 * SOURCE: Hobbhahn & Besiroglu 2022 (h); Ho et al. 2024, arXiv:2403.05812 (a);
 *         Cottier et al. 2024, arXiv:2405.21015 (g). */

#ifndef TREND_H
#define TREND_H

#include "plan/machine.h"
#include "plan/solve.h"

typedef struct TrendRate { double value, low, high; const char *source; }
    TrendRate;

typedef struct Trend {
    TrendRate hardware;    /* h, years to double FLOP a dollar               */
    TrendRate algorithms;  /* a, years to halve the compute of a loss        */
    TrendRate spending;    /* g, times a year; 1: the budget stays           */
    double    year;        /* now: 2026.9                                    */
} Trend;

/* Published rates; the budget stays. A value alone (low, high NaN) is taken as
 * said. An infinite h or a: no such progress. */
Trend trend_defaults(double year);

/* ln of how much more compute a year brings. */
double trend_speed(double hardware, double algorithms, double spending);

/* Years until `ratio` times today's compute is had: 0 for ratio <= 1, infinite
 * where nothing grows. */
double trend_years(const Trend *trend, double ratio);

/* Section trend: for a loss and a budget of today. Keys needed, today, dollars
 * (today's price of it), years, date; columns: as said, each assumption at its
 * slow and at its fast end, and each alone. */
bool answer_trend(Answer *answer, const PlanBy *by, const Deal *deal,
                  const Trend *trend, double dollars, double loss, Err *err)
    MUST_USE;

#endif
