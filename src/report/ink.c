/* ink.c - the colours, light and dark, and the style sheet made of them.
 *
 * SOURCE: the six kinds after Okabe and Ito 2008, Color Universal Design; the
 *         ramps are samples of matplotlib's plasma (light) and viridis (dark),
 *         which were made to rise evenly in lightness. */

#include "report/ink.h"

static const struct { const char *class, *light, *dark; } ink[INKS] = {
    [INK_BLUE]     = { "i0", "#0072b2", "#5db4ec" },
    [INK_RED]      = { "i1", "#cf5a00", "#ff9148" },
    [INK_GREEN]    = { "i2", "#008a64", "#35cf9d" },
    [INK_PURPLE]   = { "i3", "#a0508a", "#e59fd0" },
    [INK_AMBER]    = { "i4", "#a87500", "#f0c244" },
    [INK_GREY]     = { "i5", "#6b7280", "#9aa4b0" },
    [INK_TEXT]     = { "i6", "#1d2228", "#e8ebef" },
    [INK_RAMP]     = { "r0", "#0d0887", "#5a8fc0" },
    [INK_RAMP + 1] = { "r1", "#41049d", "#2f9aa5" },
    [INK_RAMP + 2] = { "r2", "#6a00a8", "#1fab8f" },
    [INK_RAMP + 3] = { "r3", "#8f0da4", "#40bd72" },
    [INK_RAMP + 4] = { "r4", "#b12a90", "#75d054" },
    [INK_RAMP + 5] = { "r5", "#cc4778", "#a5db36" },
    [INK_RAMP + 6] = { "r6", "#de5f65", "#d2e21b" },
    [INK_RAMP + 7] = { "r7", "#ea7a4b", "#fde725" },
};

Ink ink_ramp(i64 index, i64 count)
{
    if (count < 2)
        return INK_RAMP;
    return (Ink)(INK_RAMP + (index * (INK_RAMPS - 1) + (count - 1) / 2)
                                / (count - 1));
}

const char *ink_class(Ink which)
{
    return ink[which].class;
}

void ink_style(Str *out)
{
    str_put(out,
        ".fig text{font:12px system-ui,'Segoe UI',Roboto,'DejaVu Sans',"
        "sans-serif;fill:#1d2228}"
        ".fig .lab{font-size:13px}.fig .ttl{font-size:14px;font-weight:600}"
        ".fig .note{font-size:11px;fill:#5b6470;stroke:#fff;stroke-width:3px;"
        "paint-order:stroke}"
        ".fig .bg{fill:#fff}.fig .halo{stroke:#fff}"
        ".fig .sup{font-size:.72em}.fig .head{font-weight:600}"
        ".fig .tag text{fill:currentColor}.fig .off{display:none}"
        ".fig .grid{stroke:#e4e7eb}.fig .axis{stroke:#7b8490}"
        ".fig .pt:hover{stroke-width:5}.fig .ln:hover{stroke-width:4}");
    for (int i = 0; i < INKS; i++)
        str_add(out, ".%s{color:%s}", ink[i].class, ink[i].light);
    str_put(out, "@media screen and (prefers-color-scheme:dark){"
        ".fig text{fill:#e8ebef}.fig .note{fill:#a5aeb9;stroke:#171b20}"
        ".fig .bg{fill:#171b20}.fig .halo{stroke:#171b20}"
        ".fig .grid{stroke:#2b3139}.fig .axis{stroke:#808a96}");
    for (int i = 0; i < INKS; i++)
        str_add(out, ".%s{color:%s}", ink[i].class, ink[i].dark);
    str_put(out, "}");
}
