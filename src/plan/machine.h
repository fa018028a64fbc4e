/* machine.h - what computing costs: machines and electricity grids as data
 * (hardware/NAME.hw, hardware/NAME.grid), and from FLOP to hours, money, energy
 * and carbon.
 *
 *     hours  = C / (devices * peak * MFU * 3600)
 *     kWh    = devices * hours * average_kW * PUE
 *     kgCO2e = kWh * intensity + embodied * device-hours / lifetime
 *
 * SOURCE: Patterson et al. 2021, arXiv:2104.10350; Luccioni et al. 2022,
 * arXiv:2211.02001. Money, power, intensity: the file says source and date. */

#ifndef MACHINE_H
#define MACHINE_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

typedef struct Machine {
    const char *name, *title, *kind;   /* "h100", "NVIDIA H100 SXM", "gpu"     */
    double      fp32, tf32, bf16, fp16, fp8, int8; /* dense peak FLOP/s; NaN   */
    double      memory, bandwidth;     /* bytes; bytes/s                       */
    double      watts;                 /* of the board, TDP                    */
    double      price_low, price_high; /* dollars a device-hour, rented        */
    double      embodied_kg;           /* of one device; NaN unknown           */
    const char *source, *date;
} Machine;

typedef struct PowerGrid {
    const char *name, *title, *source, *date;
    double      kg_per_kwh;
} PowerGrid;

/* Unknown names fail with the near ones and the list. */
bool machine_load(Machine *out, Arena *arena, const char *name, Err *err)
    MUST_USE;
bool power_grid_load(PowerGrid *out, Arena *arena, const char *name, Err *err)
    MUST_USE;

/* Peak of a precision ("bf16"; NULL: the one that training would use). */
bool machine_peak(double *out, const Machine *machine, const char *precision,
                  Err *err) MUST_USE;

typedef struct Deal {          /* on what, at what price; NaN: the default     */
    Machine   machine;
    PowerGrid grid;
    double    devices;         /* 1                                            */
    double    peak, mfu;       /* FLOP/s a device; share reached: 0.4          */
    double    price;           /* dollars a device-hour: middle of the range   */
    double    watts, pue;      /* average a device: TDP; 1.1                   */
    double    lifetime_hours;  /* for embodied carbon: 5 years                 */
} Deal;

typedef struct Bill {
    double flop, device_hours, hours, dollars, kwh, kg, kg_embodied;
} Bill;

Bill   deal_bill(const Deal *deal, double flop);
/* The other way: how much compute money, energy or time buy. */
double deal_flop_of_dollars(const Deal *deal, double dollars);
double deal_flop_of_kwh(const Deal *deal, double kwh);
double deal_flop_of_device_hours(const Deal *deal, double device_hours);

#endif
