/* plan_number.c - a number of an answer in the manner of its unit (declared in
 * plan_show.h). */

#include "cli/plan_show.h"

#include "base/quantity.h"
#include "report/num.h"

#include <math.h>
#include <string.h>

static const char *plain(char *out, double x)
{
    const double size = fabs(x);
    if (size >= 1000 && size < 1e6)
        snprintf(out, PLAN_CELL, "%.0f", x);
    else
        snprintf(out, PLAN_CELL, "%.3g", x);
    return out;
}

/* A difference of losses keeps its sign: three digits. */
static const char *nats(char *out, double x)
{
    if (x == 0)
        return strcpy(out, "0");
    if (fabs(x) >= 1e-4)
        snprintf(out, PLAN_CELL, "%+.*f", fabs(x) < 1e-2 ? 5 : 4, x);
    else
        snprintf(out, PLAN_CELL, "%+.2g", x);
    return out;
}

static const char *share(char *out, double x)
{
    const double percent = fabs(x) < 1e-9 ? 0 : 100 * x;
    if (percent >= 99.95 && percent < 100)
        snprintf(out, PLAN_CELL, "%.4g %%", percent);
    else if (fabs(percent) < 0.05 && percent != 0)
        snprintf(out, PLAN_CELL, "%.2g %%", percent);
    else
        snprintf(out, PLAN_CELL, "%.1f %%", percent);
    return out;
}

static const char *quantity(char *out, double x, QuantityKind kind)
{
    char text[QUANTITY_TEXT];
    snprintf(out, PLAN_CELL, "%s", quantity_print(text, x, kind, 3));
    return out;
}

static const char *counted(char *out, double x)
{
    char text[NUM_TEXT];
    if (x >= 1e15)
        snprintf(out, PLAN_CELL, "%s", num_flop(text, x));
    else if (x < 1000 && x == rint(x))
        snprintf(out, PLAN_CELL, "%.0f", x);
    else
        snprintf(out, PLAN_CELL, "%s", num_si(text, x, 3));
    return out;
}

const char *plan_number(char out[PLAN_CELL], double x, AnswerUnit unit)
{
    char text[NUM_TEXT];
    if (isnan(x))
        return strcpy(out, "–");
    if (isinf(x))
        return strcpy(out, x > 0 ? "endless" : "-endless");
    switch (unit) {
    case ANSWER_PARAMS: case ANSWER_TOKENS: case ANSWER_COUNT:
        return counted(out, x);
    case ANSWER_FLOP:
        snprintf(out, PLAN_CELL, "%s", num_flop(text, x));
        return out;
    case ANSWER_LOSS:
        snprintf(out, PLAN_CELL, "%#.4g", x);
        return out;
    case ANSWER_NATS:
        return nats(out, x);
    case ANSWER_SHARE:
        return share(out, x);
    case ANSWER_SECONDS:
        return quantity(out, x, QUANTITY_TIME);
    case ANSWER_DOLLARS:
        return quantity(out, x, QUANTITY_MONEY);
    case ANSWER_KWH:
        return quantity(out, x, QUANTITY_ENERGY);
    case ANSWER_KG:
        return quantity(out, x, QUANTITY_MASS);
    case ANSWER_BYTES:
        return quantity(out, x, QUANTITY_BYTES);
    case ANSWER_RATE:
        return quantity(out, x, QUANTITY_RATE);
    case ANSWER_PLAIN: case ANSWER_TEXT:
        break;
    }
    return plain(out, x);
}
