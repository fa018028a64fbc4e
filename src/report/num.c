/* num.c - numbers as people read them. */

#include "report/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *unknown(char *out)
{
    strcpy(out, "–");
    return out;
}

/* Decimals that leave `digits` significant ones of a number below 1000. */
static int decimals_of(double value, int digits)
{
    const int whole = value >= 99.95 ? 3 : value >= 9.995 ? 2 : 1;
    return whole < digits ? digits - whole : 0;
}

const char *num_si(char *out, double value, int digits)
{
    static const char *const unit[] = { "", " k", " M", " B", " T" };
    if (!isfinite(value))
        return unknown(out);
    if (value < 0.9995) {
        snprintf(out, NUM_TEXT, "%.*g", digits ? digits : 4, value);
        return out;
    }
    int k = 0;
    while (value >= 999.5 && k < COUNT_OF(unit) - 1) {
        value /= 1000;
        k++;
    }
    if (digits == 0 || value >= 999.5)
        snprintf(out, NUM_TEXT, "%.4g%s", value, unit[k]);
    else
        snprintf(out, NUM_TEXT, "%.*f%s", decimals_of(value, digits), value,
                 unit[k]);
    return out;
}

/* Mantissa and exponent of ten, the mantissa rounded to three digits. */
static int exponent_of(double *mantissa, double value)
{
    int exponent = (int)floor(log10(value));
    *mantissa = value / pow(10, exponent);
    if (*mantissa >= 9.995) {
        *mantissa /= 10;
        exponent++;
    }
    return exponent;
}

const char *num_flop(char *out, double value)
{
    if (!(value > 0) || isinf(value))
        return unknown(out);
    double    mantissa;
    const int exponent = exponent_of(&mantissa, value);
    snprintf(out, NUM_TEXT, "%.3ge%d", mantissa, exponent);
    return out;
}

static void superscript(char *out, int value)
{
    static const char *const digit[] = { "⁰", "¹", "²", "³", "⁴",
                                         "⁵", "⁶", "⁷", "⁸", "⁹" };
    char plain[16];
    snprintf(plain, sizeof plain, "%d", value);
    for (const char *c = plain; *c; c++)
        strcat(out, *c == '-' ? "⁻" : digit[*c - '0']);
}

const char *num_power(char *out, double value)
{
    if (!(value > 0) || isinf(value))
        return unknown(out);
    double    mantissa;
    const int exponent = exponent_of(&mantissa, value);
    if (fabs(mantissa - 1) < 5e-4)
        strcpy(out, "10");
    else
        snprintf(out, NUM_TEXT, "%.3g × 10", mantissa);
    superscript(out, exponent);
    return out;
}

const char *num_plain(char *out, double value, int digits)
{
    if (!isfinite(value))
        return unknown(out);
    snprintf(out, NUM_TEXT, "%.*g", digits, value);
    return out;
}

const char *num_percent(char *out, double share)
{
    if (!isfinite(share))
        return unknown(out);
    snprintf(out, NUM_TEXT, "%+.2f %%", 100 * share);
    return out;
}

const char *num_si_ends(char *out, Interval x)
{
    char low[NUM_TEXT], high[NUM_TEXT];
    out[0] = 0;
    if (isfinite(x.low) && isfinite(x.high))
        snprintf(out, NUM_TEXT, "%.20s to %.20s", num_si(low, x.low, 3),
                 num_si(high, x.high, 3));
    return out;
}

const char *num_ends(char *out, Interval x, int decimals)
{
    out[0] = 0;
    if (isfinite(x.low) && isfinite(x.high))
        snprintf(out, NUM_TEXT, "%.*f to %.*f", decimals, x.low, decimals,
                 x.high);
    return out;
}

const char *num_si_interval(char *out, Interval x)
{
    char value[NUM_TEXT], both[NUM_TEXT];
    num_si(value, x.value, 3);
    if (*num_si_ends(both, x))
        snprintf(out, NUM_TEXT, "%.20s (%.40s)", value, both);
    else
        snprintf(out, NUM_TEXT, "%.20s", value);
    return out;
}

const char *num_interval(char *out, Interval x, int decimals)
{
    char both[NUM_TEXT];
    if (!isfinite(x.value))
        return unknown(out);
    if (*num_ends(both, x, decimals))
        snprintf(out, NUM_TEXT, "%.*f (%.40s)", decimals, x.value, both);
    else
        snprintf(out, NUM_TEXT, "%.*f", decimals, x.value);
    return out;
}
