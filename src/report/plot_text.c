/* plot_text.c - text in figures. Powers of ten come as 10¹¹, whose figures many
 * fonts draw unevenly or not at all: in SVG they are ordinary figures, raised
 * and smaller. In texts of ours the same for N^0.73, and a lowered word, N_opt. */

#include "report/plot_parts.h"

#include "report/xml.h"

#include <ctype.h>
#include <string.h>

static const char *const raised[] = { "⁰", "¹", "²", "³", "⁴", "⁵",
                                      "⁶", "⁷", "⁸", "⁹", "⁻" };

/* Which of them stands here: 0 to 10, and its bytes; -1 none. */
static int raised_at(const char *text, size_t *bytes)
{
    for (int i = 0; i < COUNT_OF(raised); i++) {
        *bytes = strlen(raised[i]);
        if (strncmp(text, raised[i], *bytes) == 0)
            return i;
    }
    return -1;
}

/* What follows a shifted part must go back by as much; a shift counts in
 * letters of its own size, 0.72 of the rest. */
static const char *put_raised(Str *out, const char *text)
{
    size_t bytes;
    int    digit = raised_at(text, &bytes);
    str_put(out, "<tspan class=\"sup\" dy=\"-.5em\">");
    for (; digit >= 0; digit = raised_at(text, &bytes)) {
        if (digit == 10)
            str_put(out, "−");
        else
            str_add(out, "%d", digit);
        text += bytes;
    }
    str_put(out, "</tspan>");
    return text;
}

static bool carries(char c)
{
    return isalnum((u8)c) || c == '.' || c == '-';
}

/* What follows ^ in a text of ours: C^a, N^0.73. */
static const char *put_power(Str *out, const char *text)
{
    str_put(out, "<tspan class=\"sup\" dy=\"-.5em\">");
    for (text++; carries(*text); text++)
        str_bytes(out, text, 1);
    str_put(out, "</tspan>");
    return text;
}

static const char *put_lowered(Str *out, const char *text)
{
    str_put(out, "<tspan class=\"sup\" dy=\".35em\">");
    for (text++; isalnum((u8)*text); text++)
        str_bytes(out, text, 1);
    str_put(out, "</tspan>");
    return text;
}

static void put_rest(Str *out, const char *text, bool low, const char *back)
{
    if (!*text)
        return;
    /* a blank that begins a part would be dropped */
    const bool blank = *text == ' ';
    str_add(out, "<tspan%s dy=\"%sem\">", blank ? " dx=\".27em\"" : "",
            back);
    plot_text(out, text + blank, low);
    str_put(out, "</tspan>");
}

void plot_text(Str *out, const char *text, bool low)
{
    for (size_t bytes; *text; text++) {
        if (raised_at(text, &bytes) >= 0) {
            put_rest(out, put_raised(out, text), low, ".36");
            return;
        }
        if (low && *text == '_' && isalpha((u8)text[1])) {
            put_rest(out, put_lowered(out, text), low, "-.252");
            return;
        }
        if (low && *text == '^' && carries(text[1])) {
            put_rest(out, put_power(out, text), low, ".36");
            return;
        }
        const char one[2] = { *text, 0 };
        xml_text(out, one);
    }
}

double plot_text_width(const char *text, double size)
{
    double wide = 0;
    while (*text) {
        size_t     bytes;
        const bool up = raised_at(text, &bytes) >= 0;
        char       one[8];
        if (!up)
            for (bytes = 1; ((u8)text[bytes] & 0xC0) == 0x80 && bytes < 7;)
                bytes++;
        memcpy(one, text, bytes);
        one[bytes] = 0;
        wide += text_width(one, up ? 0.72 * size : size);
        text += bytes;
    }
    return wide;
}
