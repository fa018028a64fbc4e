/* machine.h - what computing costs: machines and electricity grids as data
 * (hardware/NAME.hw, hardware/NAME.grid), and from FLOP to hours, money, energy
 * and carbon.
 *
 *     device-hours = C / (peak * MFU * 3600)
 *     hours        = device-hours / devices
 *     kWh          = device-hours * average_kW * (1 + idle) * PUE
 *     kgCO2e       = kWh * intensity + embodied * device-hours / lifetime
 *
 * A file of a machine:
 *
 *     title     = "NVIDIA H100 SXM5 80 GB"
 *     kind      = "gpu"                     gpu, tpu, cpu
 *     also      = ["h100-sxm"]              other names it is asked for by
 *     bf16      = 989.4e12                  dense peaks, FLOP/s; also fp32 tf32
 *     memory    = 80e9                        fp16 fp8 int8; bytes; bytes/s
 *     bandwidth = 3.35e12
 *     watts     = 700                       of the board, at most
 *     price     = [1.99, 5.00]              dollars a device-hour, rented
 *     price_source = "..."  price_date = "2026-05"
 *     embodied_kg  = 164                    of making it
 *     source    = "data sheet"  date = "2022"
 *     caveat    = ["what is uncertain, in words"]
 *
 * and of a grid: title, kg_per_kwh, source, date, caveat. What is left out is
 * unknown (NaN), and what would follow from it is unknown too.
 *
 * SOURCE: Patterson et al. 2021, arXiv:2104.10350; Luccioni et al. 2022,
 * arXiv:2211.02001 (idle, embodied). */

#ifndef MACHINE_H
#define MACHINE_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

typedef struct Machine {
    const char *name, *title, *kind;   /* "h100", "NVIDIA H100 SXM", "gpu"    */
    double      fp32, tf32, bf16, fp16, fp8, int8; /* dense peak FLOP/s; NaN  */
    double      memory, bandwidth;     /* bytes; bytes/s                      */
    double      watts;                 /* of the board, TDP                   */
    double      price_low, price_high; /* dollars a device-hour, rented       */
    double      embodied_kg;           /* of one device; NaN unknown          */
    const char *source, *date;
    const char *price_source, *price_date; /* NULL where there is no price    */
    TextList    caveat;
} Machine;

typedef struct PowerGrid {
    const char *name, *title, *source, *date;
    double      kg_per_kwh;
    TextList    caveat;
} PowerGrid;

/* Names in any case ("H100"), or what the file is also called. Unknown names
 * fail with the near ones and the list. */
bool machine_load(Machine *out, Arena *arena, const char *name, Err *err)
    MUST_USE;
bool power_grid_load(PowerGrid *out, Arena *arena, const char *name, Err *err)
    MUST_USE;

/* All that ship with the program. */
int machine_names(const char ***names, Arena *arena);
int power_grid_names(const char ***names, Arena *arena);

/* Peak of a precision ("bf16"; NULL: the one that training would use: bf16,
 * else fp16, tf32, fp32). */
bool machine_peak(double *out, const Machine *machine, const char *precision,
                  Err *err) MUST_USE;

/* The precision that NULL stands for, or NULL where no peak is known. */
const char *machine_precision(const Machine *machine);

typedef struct Deal {          /* on what, at what price; NaN, 0: the default */
    Machine   machine;
    PowerGrid grid;
    double    devices;         /* 1                                           */
    double    peak, mfu;       /* FLOP/s a device; share reached: 0.4         */
    double    price;           /* dollars a device-hour: middle of the range  */
    double    price_low, price_high; /* the machine's range, or the price     */
    double    watts, pue;      /* average a device: TDP; 1.1                  */
    double    lifetime_hours;  /* for embodied carbon: 5 years                */
    double    idle;            /* energy beside the run, as a share of it: 0  */
    const char *precision;     /* of the peak; NULL: as training would use    */
} Deal;

/* Everything at its default. A grid that is NULL: no carbon. */
Deal deal_new(const Machine *machine, const PowerGrid *grid);

/* The same deal with every default filled in; NaN where it has none (no power
 * is published, nobody rents it). */
Deal deal_settled(const Deal *deal);

typedef struct Bill {
    double flop, device_hours, hours, dollars, kwh, kg, kg_embodied;
    double dollars_low, dollars_high; /* of the price range; equal where the
                                         deal names a price                   */
} Bill;                               /* kg: of electricity, without embodied */

Bill deal_bill(const Deal *deal, double flop);
Bill deal_bill_hours(const Deal *deal, double device_hours);

/* The other way: how much compute money, energy or time buy. */
double deal_flop_of_dollars(const Deal *deal, double dollars);
double deal_flop_of_kwh(const Deal *deal, double kwh);
double deal_flop_of_device_hours(const Deal *deal, double device_hours);
double deal_flop_of_kg(const Deal *deal, double kg); /* with embodied */

/* FLOP a dollar and FLOP a joule, settled. */
double deal_flop_per_dollar(const Deal *deal);
double deal_flop_per_joule(const Deal *deal);

#endif
