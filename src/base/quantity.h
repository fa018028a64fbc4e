/* quantity.h - numbers with units, read and printed in the field's way:
 * "70B", "1.4T tokens", "5.76e23", "3640 PF-days", "12k GPU-hours", "3 weeks",
 * "1.2 GWh", "$2.5M", "80 GB".
 *
 * A quantity is kept in one unit a kind: FLOP, seconds, kWh, watts, dollars,
 * bytes, kg of CO2 equivalent; counts have none. */

#ifndef QUANTITY_H
#define QUANTITY_H

#include "base/err.h"

typedef enum QuantityKind {
    QUANTITY_COUNT,   /* parameters, tokens, steps, requests: 70B, 1.4T, 3e8   */
    QUANTITY_FLOP,    /* 5.76e23, 3640PFd, 10 EF-days, 1e9x is refused         */
    QUANTITY_RATE,    /* FLOP/s: 989T, 989 TFLOP/s, 1.98 PF                    */
    QUANTITY_TIME,    /* seconds: 90s, 12h, 3d, 2w, 3 months (30.44 d), 1y     */
    QUANTITY_ENERGY,  /* kWh: 1287 MWh, 3.6 MJ, 500 kWh                        */
    QUANTITY_POWER,   /* watts: 700 W, 1.2 MW                                  */
    QUANTITY_MONEY,   /* dollars: $2.5M, 10 k USD, 4e6                         */
    QUANTITY_BYTES,   /* 80GB (1e9), 80GiB (2^30), 2TB                         */
    QUANTITY_MASS,    /* kg: 552 t, 3 kg                                       */
    QUANTITY_SHARE,   /* 0..1: 40%, 0.4                                        */
} QuantityKind;

/* `what` names it in the message: "--money". The unit may be left out (then the
 * kind's own), stand with or without a blank, in either case where that is not
 * ambiguous. Errors show what was read and examples of the kind. Only finite
 * values > 0 (SHARE: 0..1; COUNT, MONEY, ENERGY...: > 0). */
bool quantity_parse(double *out, const char *text, QuantityKind kind,
                    const char *what, Err *err) MUST_USE;

/* "70.0 B", "5.76e23", "3.1 days", "1.29 GWh", "$2.5 M", "80 GB"; NaN: "-". */
enum { QUANTITY_TEXT = 64 };
const char *quantity_print(char out[QUANTITY_TEXT], double value,
                           QuantityKind kind, int digits);

#endif
