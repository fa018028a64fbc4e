/* test_base_quantity.c - numbers with units: what the field writes is read,
 * what could mean two things is asked about, and what is printed reads back. */

#include "base/quantity.h"

#include "base/rng.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NKIND = QUANTITY_SHARE + 1 };

TEST(quantities_are_read_as_the_field_writes_them)
{
    static const struct {
        const char  *text;
        QuantityKind kind;
        double       want;
    } read[] = {
        { "70B", QUANTITY_COUNT, 70e9 },
        { "70 b", QUANTITY_COUNT, 70e9 },
        { "1.4T tokens", QUANTITY_COUNT, 1.4e12 },
        { "124m", QUANTITY_COUNT, 124e6 },
        { "300k", QUANTITY_COUNT, 300e3 },
        { "2_000_000", QUANTITY_COUNT, 2e6 },
        { "3e8", QUANTITY_COUNT, 3e8 },
        { "1.5 billion params", QUANTITY_COUNT, 1.5e9 },
        { "+7", QUANTITY_COUNT, 7 },
        { "5.76e23", QUANTITY_FLOP, 5.76e23 },
        { "5.76e+23 FLOPs", QUANTITY_FLOP, 5.76e23 },
        { "3640PFd", QUANTITY_FLOP, 3640 * 8.64e19 },
        { "3640 PF-days", QUANTITY_FLOP, 3640 * 8.64e19 },
        { "3640 pflop/s-days", QUANTITY_FLOP, 3640 * 8.64e19 },
        { "3640 petaFLOP/s days", QUANTITY_FLOP, 3640 * 8.64e19 },
        { "3640 PFs-days", QUANTITY_FLOP, 3640 * 8.64e19 },
        { "10 EF-days", QUANTITY_FLOP, 10 * 8.64e22 },
        { "2 TFLOP/s-hours", QUANTITY_FLOP, 7.2e15 },
        { "10EFLOP", QUANTITY_FLOP, 1e19 },
        { "1.2 ZFLOPs", QUANTITY_FLOP, 1.2e21 },
        { "3e3 zetta", QUANTITY_FLOP, 3e24 },
        { "989T", QUANTITY_RATE, 989e12 },
        { "989 TFLOP/s", QUANTITY_RATE, 989e12 },
        { "989 TFLOPS", QUANTITY_RATE, 989e12 },
        { "1.98 PF", QUANTITY_RATE, 1.98e15 },
        { "9.89e14", QUANTITY_RATE, 9.89e14 },
        { "90s", QUANTITY_TIME, 90 },
        { "90", QUANTITY_TIME, 90 },
        { "12h", QUANTITY_TIME, 43200 },
        { "5 min", QUANTITY_TIME, 300 },
        { "3d", QUANTITY_TIME, 259200 },
        { "3 weeks", QUANTITY_TIME, 3 * 604800 },
        { "3 months", QUANTITY_TIME, 365.25 * 21600 },
        { "1 mo", QUANTITY_TIME, 365.25 * 7200 },
        { "1 month", QUANTITY_TIME, 365.25 * 7200 },
        { "1y", QUANTITY_TIME, 365.25 * 86400 },
        { "12k GPU-hours", QUANTITY_TIME, 12e3 * 3600 },
        { "1.7M A100-hours", QUANTITY_TIME, 1.7e6 * 3600 },
        { "2 million GPU hours", QUANTITY_TIME, 2e6 * 3600 },
        { "1287 MWh", QUANTITY_ENERGY, 1287e3 },
        { "3.6 MJ", QUANTITY_ENERGY, 1 },
        { "500 kwh", QUANTITY_ENERGY, 500 },
        { "1.2GWh", QUANTITY_ENERGY, 1.2e6 },
        { "700 W", QUANTITY_POWER, 700 },
        { "1.2 MW", QUANTITY_POWER, 1.2e6 },
        { "30 kw", QUANTITY_POWER, 30e3 },
        { "$2.5M", QUANTITY_MONEY, 2.5e6 },
        { "10 k USD", QUANTITY_MONEY, 1e4 },
        { "US$ 10k", QUANTITY_MONEY, 1e4 },
        { "2.5 million dollars", QUANTITY_MONEY, 2.5e6 },
        { "4e6", QUANTITY_MONEY, 4e6 },
        { "80GB", QUANTITY_BYTES, 80e9 },
        { "80gb", QUANTITY_BYTES, 80e9 },
        { "80 GiB", QUANTITY_BYTES, 80 * 0x1p30 },
        { "2TB", QUANTITY_BYTES, 2e12 },
        { "24G", QUANTITY_BYTES, 24e9 },
        { "552 t", QUANTITY_MASS, 552e3 },
        { "552 tCO2e", QUANTITY_MASS, 552e3 },
        { "3 kg", QUANTITY_MASS, 3 },
        { "2 Mt", QUANTITY_MASS, 2e9 },
        { "40%", QUANTITY_SHARE, 0.4 },
        { "40 percent", QUANTITY_SHARE, 0.4 },
        { "0.4", QUANTITY_SHARE, 0.4 },
        { "0", QUANTITY_SHARE, 0 },
        { "100%", QUANTITY_SHARE, 1 },
    };
    for (int i = 0; i < COUNT_OF(read); i++) {
        Err    err = { 0 };
        double seen = NAN;
        test_note("%s", read[i].text);
        if (!CHECK(quantity_parse(&seen, read[i].text, read[i].kind, "--x",
                                  &err)))
            test_note("%s", err.text);
        else
            CHECK_NEAR(seen, read[i].want, 1e-15);
    }
}

TEST(what_is_no_quantity_is_refused_with_a_remedy)
{
    static const struct {
        const char  *text;
        QuantityKind kind;
        const char  *error;
    } wrong[] = {
        { "", QUANTITY_COUNT, "--x: '' is not a count; write it like 70B" },
        { "many", QUANTITY_COUNT, "'many' is not a count" },
        { "nan", QUANTITY_COUNT, "'nan' is not a count" },
        { "inf", QUANTITY_FLOP, "'inf' is not FLOP" },
        { "1e400", QUANTITY_COUNT, "more than a number can hold" },
        { "1e308 T", QUANTITY_COUNT, "more than a number can hold" },
        { "0", QUANTITY_MONEY, "'0' is not above 0" },
        { "-3", QUANTITY_TIME, "'-3' is not above 0" },
        { "-$3", QUANTITY_MONEY, "not above 0" },
        { "$-3", QUANTITY_MONEY, "not above 0" },
        { "1e-400", QUANTITY_COUNT, "not above 0" },
        { "0x10", QUANTITY_COUNT, "'x10' is no unit of a count" },
        { "1e9x", QUANTITY_FLOP, "'x' is no unit of FLOP" },
        { "1.2.3", QUANTITY_COUNT, "is not a count" },
        { "70Q", QUANTITY_COUNT, "'Q' is no unit of a count" },
        { "70B B", QUANTITY_COUNT, "'BB' is no unit" },
        { "1,287 MWh", QUANTITY_ENERGY, "leave out the commas" },
        { "3 tokns", QUANTITY_COUNT, "did you mean 'tokens'" },
        { "3 wekks", QUANTITY_TIME, "did you mean 'weeks'" },
        { "3 TFLOP/s", QUANTITY_FLOP, "FLOP a second; FLOP are wanted" },
        { "3 days", QUANTITY_FLOP, "'days' is no unit of FLOP" },
        { "3 PF-days", QUANTITY_RATE, "'PFdays' is no unit of FLOP/s" },
        { "3m", QUANTITY_TIME, "'m' may be minutes or months" },
        { "3 M", QUANTITY_TIME, "minutes or months" },
        { "3 mW", QUANTITY_POWER, "write MW for a million" },
        { "3 mw", QUANTITY_POWER, "write MW" },
        { "3 mwh", QUANTITY_ENERGY, "write MWh" },
        { "3 Gb", QUANTITY_BYTES, "bits or bytes; write GB" },
        { "3 ton", QUANTITY_MASS, "metric or short" },
        { "3 mtCO2", QUANTITY_MASS, "write t or Mt" },
        { "5 EUR", QUANTITY_MONEY, "'EUR' is no unit of dollars" },
        { "40", QUANTITY_SHARE, "not a share from 0 to 1; write it like 40%" },
        { "-1%", QUANTITY_SHARE, "not a share" },
        { "1 hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh",
          QUANTITY_TIME, "is not a time" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Err    err = { 0 };
        double seen = 7;
        test_note("%s", wrong[i].text);
        CHECK(!quantity_parse(&seen, wrong[i].text, wrong[i].kind, "--x", &err));
        CHECK(seen == 7 && err.kind == ERR_USAGE);
        CHECK_HAS(err.text, wrong[i].error);
    }
}

TEST(quantities_are_printed_as_the_field_writes_them)
{
    static const struct {
        double       value;
        QuantityKind kind;
        int          digits;
        const char  *want;
    } print[] = {
        { 70e9, QUANTITY_COUNT, 3, "70.0 B" },
        { 1.4e12, QUANTITY_COUNT, 2, "1.4 T" },
        { 999.96e6, QUANTITY_COUNT, 3, "1.00 B" },
        { 9.996e6, QUANTITY_COUNT, 3, "10.0 M" },
        { 7, QUANTITY_COUNT, 3, "7" },
        { 512, QUANTITY_COUNT, 2, "512" },
        { 0, QUANTITY_COUNT, 3, "0" },
        { 5.76e23, QUANTITY_FLOP, 3, "5.76e23" },
        { 1, QUANTITY_FLOP, 1, "1" },
        { 989e12, QUANTITY_RATE, 3, "989 TFLOP/s" },
        { 3.1 * 86400, QUANTITY_TIME, 2, "3.1 days" },
        { 45, QUANTITY_TIME, 2, "45 s" },
        { 1.287e6, QUANTITY_ENERGY, 3, "1.29 GWh" },
        { 700, QUANTITY_POWER, 3, "700 W" },
        { 2.5e6, QUANTITY_MONEY, 2, "$2.5 M" },
        { -2.5e6, QUANTITY_MONEY, 2, "-$2.5 M" },
        { 80e9, QUANTITY_BYTES, 2, "80 GB" },
        { 552e3, QUANTITY_MASS, 3, "552 t" },
        { 0.4, QUANTITY_SHARE, 3, "40.0 %" },
        { NAN, QUANTITY_FLOP, 3, "-" },
        { INFINITY, QUANTITY_COUNT, 3, "inf" },
    };
    for (int i = 0; i < COUNT_OF(print); i++) {
        char out[QUANTITY_TEXT];
        CHECK_TEXT(quantity_print(out, print[i].value, print[i].kind,
                                  print[i].digits), print[i].want);
    }
}

TEST(what_is_printed_reads_back_as_what_it_was)
{
    for (int kind = 0; kind < NKIND; kind++)
        for (u64 trial = 0; trial < 2000; trial++) {
            char         out[QUANTITY_TEXT];
            Err          err = { 0 };
            double       seen = NAN;
            const double u = rng_normal(5, RNG_TEST, trial * NKIND + (u64)kind);
            const double want = kind == QUANTITY_SHARE ? exp(-fabs(u))
                                                       : pow(10, 4 + 8 * u);
            const int    digits = 1 + (int)(trial % 17);
            quantity_print(out, want, (QuantityKind)kind, digits);
            test_note("%.17g as %s", want, out);
            if (CHECK(quantity_parse(&seen, out, (QuantityKind)kind, "x", &err)))
                /* Half a unit of the last digit, and rounding of the ninth
                 * from a unit's size. */
                CHECK_NEAR(seen, want, 0.51 * pow(10, 1 - digits) + 1e-15);
            else
                test_note("%s", err.text);
        }
}

TEST(fifty_thousand_scraps_of_text_are_read_or_refused_in_words)
{
    static const char letter[] = "0123456789.eE+-_ kKMGBTPZmdhswyFLOPf/$%,U\xc3n";
    int read = 0, refused = 0;
    for (u64 trial = 0; trial < 50000; trial++) {
        char         text[80] = { 0 };
        Err          err = { 0 };
        double       seen = NAN;
        const u64    key = trial * 100;
        const i64    size = rng_below(9, RNG_TEST, key, trial % 50 ? 8 : 79);
        const QuantityKind kind =
            (QuantityKind)rng_below(9, RNG_TEST, key + 1, NKIND);
        for (i64 i = 0; i < size; i++)
            text[i] = letter[rng_below(9, RNG_TEST, key + 2 + (u64)i,
                                       (i64)sizeof letter - 1)];
        test_note("'%s' of kind %d", text, (int)kind);
        if (quantity_parse(&seen, text, kind, "x", &err)) {
            read++;
            CHECK(seen >= 0 && seen < INFINITY
                  && (seen > 0 || kind == QUANTITY_SHARE));
        } else {
            refused++;
            CHECK(isnan(seen) && err.kind == ERR_USAGE
                  && !strncmp(err.text, "x: '", 4));
        }
    }
    CHECK(read > 500 && refused > 5000);
}
