/* quantity_print.c - quantities as people write them (declared in quantity.h),
 * so that quantity_parse reads them back. */

#include "base/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Step { double from, size; const char *unit; } Step;

/* From the largest; `from` is where a unit begins to be used. */
static const Step count_step[] = {
    { 1e12, 1e12, " T" }, { 1e9, 1e9, " B" }, { 1e6, 1e6, " M" },
    { 1e3, 1e3, " k" }, { 0, 1, "" },
};
static const Step rate_step[] = {
    { 1e18, 1e18, " EFLOP/s" }, { 1e15, 1e15, " PFLOP/s" },
    { 1e12, 1e12, " TFLOP/s" }, { 1e9, 1e9, " GFLOP/s" },
    { 1e6, 1e6, " MFLOP/s" }, { 0, 1, " FLOP/s" },
};
static const Step time_step[] = {
    { 2 * 365.25 * 86400, 365.25 * 86400, " years" },
    { 2 * 86400, 86400, " days" }, { 2 * 3600, 3600, " hours" },
    { 120, 60, " min" }, { 0, 1, " s" },
};
static const Step energy_step[] = {
    { 1e9, 1e9, " TWh" }, { 1e6, 1e6, " GWh" }, { 1e3, 1e3, " MWh" },
    { 1, 1, " kWh" }, { 0, 1e-3, " Wh" },
};
static const Step power_step[] = {
    { 1e9, 1e9, " GW" }, { 1e6, 1e6, " MW" }, { 1e3, 1e3, " kW" },
    { 0, 1, " W" },
};
static const Step byte_step[] = {
    { 1e15, 1e15, " PB" }, { 1e12, 1e12, " TB" }, { 1e9, 1e9, " GB" },
    { 1e6, 1e6, " MB" }, { 1e3, 1e3, " kB" }, { 0, 1, " B" },
};
static const Step mass_step[] = {
    { 1e9, 1e9, " Mt" }, { 1e6, 1e6, " kt" }, { 1e3, 1e3, " t" },
    { 1, 1, " kg" }, { 0, 1e-3, " g" },
};
static const Step share_step[] = { { 0, 0.01, " %" } };

static const struct { const Step *step; int count; } scale[] = {
    [QUANTITY_COUNT] = { count_step, COUNT_OF(count_step) },
    [QUANTITY_RATE] = { rate_step, COUNT_OF(rate_step) },
    [QUANTITY_TIME] = { time_step, COUNT_OF(time_step) },
    [QUANTITY_ENERGY] = { energy_step, COUNT_OF(energy_step) },
    [QUANTITY_POWER] = { power_step, COUNT_OF(power_step) },
    [QUANTITY_MONEY] = { count_step, COUNT_OF(count_step) },
    [QUANTITY_BYTES] = { byte_step, COUNT_OF(byte_step) },
    [QUANTITY_MASS] = { mass_step, COUNT_OF(mass_step) },
    [QUANTITY_SHARE] = { share_step, COUNT_OF(share_step) },
};

/* 5.76e23: without the + and the leading 0 that printf writes. */
static void scientific(char *out, double value, int digits)
{
    char        text[48];
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    char       *e = strchr(text, 'e');
    const bool  minus = e[1] == '-';
    const char *power = e + 2 + strspn(e + 2, "0");
    *e = 0;
    snprintf(out, QUANTITY_TEXT, "%s%s%s%s", text, *power ? "e" : "",
             *power && minus ? "-" : "", power);
}

/* Digits behind the point that leave `digits` in all; 9.996 is 10.0. */
static int decimals(double value, int digits)
{
    const double up = value * (1 + 0.5 * pow(10, -digits));
    const int    before = up > 0 ? 1 + (int)floor(log10(up)) : 1;
    return before < digits ? digits - before : 0;
}

/* Where rounding reaches the next unit, it is written in that. */
static const Step *step_find(double value, QuantityKind kind, int digits)
{
    const Step *step = scale[kind].step;
    const double rounds = 1 + 0.5 * pow(10, -digits);
    int         i = 0;
    while (i + 1 < scale[kind].count && value * rounds < step[i].from)
        i++;
    return &step[i];
}

const char *quantity_print(char out[QUANTITY_TEXT], double value,
                           QuantityKind kind, int digits)
{
    digits = digits < 1 ? 1 : digits > 17 ? 17 : digits;
    if (isnan(value) || isinf(value)) {
        strcpy(out, isnan(value) ? "-" : value > 0 ? "inf" : "-inf");
        return out;
    }
    const double size = fabs(value);
    if (kind == QUANTITY_FLOP || size >= 1e18 * (kind == QUANTITY_RATE ? 1e6 : 1)
        || (size > 0 && size < 1e-6)) {
        scientific(out, value, digits);
        return out;
    }
    const Step  *step = step_find(size, kind, digits);
    const double shown = size / step->size;
    const bool   whole = step->size == 1 && kind != QUANTITY_TIME
                         && shown == floor(shown);
    snprintf(out, QUANTITY_TEXT, "%s%s%.*f%s", value < 0 ? "-" : "",
             kind == QUANTITY_MONEY ? "$" : "",
             whole ? 0 : decimals(shown, digits), shown, step->unit);
    return out;
}
