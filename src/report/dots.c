/* dots.c - see dots.h. */

#include "report/dots.h"

#include <math.h>
#include <stdlib.h>

Dots dots_open(Arena *arena, int cols, int rows)
{
    return (Dots){ .cols = cols, .rows = rows,
                   .cell = NEW(arena, Cell, (i64)cols * rows) };
}

static Cell *cell_at(Dots *dots, int col, int row)
{
    return col >= 0 && col < dots->cols && row >= 0 && row < dots->rows
               ? &dots->cell[row * dots->cols + col] : NULL;
}

/* Dots 1 2 3 7 go down the left side, 4 5 6 8 down the right. */
void dots_set(Dots *dots, Ink ink, int x, int y)
{
    static const u8 bit[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 },
                                  { 0x04, 0x20 }, { 0x40, 0x80 } };
    Cell *cell = x < 0 || y < 0 ? NULL : cell_at(dots, x / 2, y / 4);
    if (!cell)
        return;
    cell->dots |= bit[y % 4][x % 2];
    cell->ink = (u8)ink;
}

/* Cut a line to the canvas in one coordinate; false if nothing is left. */
static bool cut(double from[2], double to[2], int way, double most)
{
    for (int end = 0; end < 2; end++) {
        double       *p = end ? to : from, *q = end ? from : to;
        const double  at = p[way] < 0 ? 0 : p[way] > most ? most : p[way];
        if (at == p[way])
            continue;
        if ((p[way] < 0 && q[way] < 0) || (p[way] > most && q[way] > most))
            return false;
        const double share = (at - q[way]) / (p[way] - q[way]);
        p[!way] = q[!way] + share * (p[!way] - q[!way]);
        p[way]  = at;
    }
    return true;
}

void dots_line(Dots *dots, Ink ink, const double from[2], const double to[2],
               int on, int off, int *phase)
{
    double a[2] = { from[0], from[1] }, b[2] = { to[0], to[1] };
    if (!cut(a, b, 0, 2 * dots->cols - 1) || !cut(a, b, 1, 4 * dots->rows - 1))
        return;
    const double across = b[0] - a[0], down = b[1] - a[1];
    const int    steps = (int)ceil(fmax(fabs(across), fabs(down)));
    for (int i = 0; i <= steps; i++) {
        const double share = steps ? (double)i / steps : 0;
        if ((*phase)++ % (on + off) < on)
            dots_set(dots, ink, (int)lround(a[0] + share * across),
                     (int)lround(a[1] + share * down));
    }
    if (steps)
        (*phase)--; /* where the next line begins, this one has ended */
}

/* -- Letters --------------------------------------------------------------- */

/* The next letter of UTF-8; a byte that is none stands for itself. */
static u32 letter_next(const char **text)
{
    const u8 *c = (const u8 *)*text;
    const int more = *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc0 ? 1 : 0;
    u32       letter = more == 3 ? *c & 7u : more == 2 ? *c & 15u
                     : more == 1 ? *c & 31u : *c;
    for (int i = 1; i <= more; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            *text += 1;
            return '?';
        }
        letter = letter << 6 | (c[i] & 0x3fu);
    }
    *text += more + 1;
    return letter;
}

void dots_text(Dots *dots, Ink ink, int col, int row, const char *text)
{
    while (*text) {
        const u32 letter = letter_next(&text);
        Cell     *cell = cell_at(dots, col++, row);
        if (!cell)
            continue;
        cell->letter = letter < ' ' ? ' ' : letter;
        cell->ink    = (u8)ink;
    }
}

int dots_width(const char *text)
{
    int width = 0;
    for (; *text; width++)
        letter_next(&text);
    return width;
}

/* -- Out ------------------------------------------------------------------- */

/* Colours of the 256 that stand on black and on white. */
static int color_of(int ink)
{
    static const int kind[] = { [INK_BLUE] = 32, [INK_RED] = 166,
                                [INK_GREEN] = 35, [INK_PURPLE] = 133,
                                [INK_AMBER] = 172, [INK_GREY] = 244,
                                [INK_TEXT] = -1 };
    static const int ramp[INK_RAMPS] = { 61, 67, 31, 37, 71, 106, 142, 178 };
    return ink >= INK_RAMP ? ramp[ink - INK_RAMP] : kind[ink];
}

static void put_color(Str *out, int from, int to)
{
    if (from == to)
        return;
    if (to < 0)
        str_put(out, "\033[0m");
    else
        str_add(out, "\033[38;5;%dm", to);
}

static bool is_blank(const Cell *cell)
{
    return (cell->letter == 0 || cell->letter == ' ') && cell->dots == 0;
}

static void put_row(Str *out, const Cell *cell, int cols, bool color)
{
    int now = -1;
    while (cols > 0 && is_blank(&cell[cols - 1]))
        cols--;
    for (int i = 0; i < cols; i++) {
        const int want = !color || is_blank(&cell[i]) ? now
                                                      : color_of(cell[i].ink);
        put_color(out, now, want);
        now = want;
        str_letter(out, cell[i].letter ? cell[i].letter
                        : cell[i].dots ? 0x2800u + cell[i].dots : ' ');
    }
    put_color(out, now, -1);
    str_put(out, "\n");
}

void dots_put(Str *out, const Dots *dots, bool color)
{
    for (int row = 0; row < dots->rows; row++)
        put_row(out, dots->cell + (i64)row * dots->cols, dots->cols, color);
}
