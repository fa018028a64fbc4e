/* energy.h - energy and carbon beyond one training run: what serving costs a
 * request, the Green Software Foundation's intensity, and the same energy on
 * other grids. */

#ifndef ENERGY_H
#define ENERGY_H

#include "plan/bill.h"

/* kg CO2e per functional unit: (E I + M) / R, E in kWh, I in kg/kWh, M the
 * embodied kg of what is counted, R how many units.
 * SOURCE: Green Software Foundation, Software Carbon Intensity, ISO/IEC
 * 21031:2024. */
double energy_sci(double kwh, double kg_per_kwh, double kg_embodied,
                  double units);

/* FLOP of a forward pass over so many tokens: 2 N a token.
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, section 2.1. */
double energy_serving_flop(double n, double tokens);

typedef struct Serving {
    double n, tokens;   /* parameters; tokens a request, read and written     */
    double requests;
    double mfu;         /* of serving; NaN: 0.05. Generation reaches far less
                           than training does                                 */
} Serving;

/* Keys flop, device_hours, kwh, wh_request, dollars_request, sci. */
void answer_serving(Answer *answer, const char *by, const Deal *deal,
                    const Serving *serving);

/* The same kWh on each grid: one key a grid, by its name. */
void answer_grids(Answer *answer, double kwh, const PowerGrid *grid, i64 count);

#endif
