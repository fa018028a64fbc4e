/* plot_terminal.c - see plot_terminal.h.
 *
 * A cell is two dots wide and four high; to axis_ticks, which thinks in
 * pixels, it is CELL_X by CELL_Y, so that labels keep their distance. */

#include "report/plot_terminal.h"

#include "report/dots.h"

#include <math.h>
#include <string.h>

enum { CELL_X = 8, CELL_Y = 9, NOTE_LETTERS = 60 };

/* A panel's frame in cells, and the canvas around it. */
typedef struct Frame {
    Dots             dots;
    const PlotPanel *panel;
    int              left, cols, rows; /* of the frame; its top is row 0 */
} Frame;

/* -- Places ---------------------------------------------------------------- */

static double dot_x(const Frame *f, double x)
{
    return 2 * f->left + axis_share(&f->panel->x, x) * (2 * f->cols - 1);
}

static double dot_y(const Frame *f, double y)
{
    const double share = axis_share(&f->panel->y, y);
    return (f->panel->y.style == TICK_NAMES ? share : 1 - share)
         * (4 * f->rows - 1);
}

static bool inside(const Frame *f, double x, double y)
{
    return x >= 2 * f->left && x < 2 * (f->left + f->cols) && y >= 0
        && y < 4 * f->rows;
}

/* -- Marks ----------------------------------------------------------------- */

static void letter(Frame *f, Ink ink, double x, double y, const char *text)
{
    if (inside(f, x, y))
        dots_text(&f->dots, ink, (int)x / 2, (int)y / 4, text);
}

static const char *letter_of(Mark mark)
{
    switch (mark) {
    case MARK_DOT:     return "●";
    case MARK_HOLLOW:  return "○";
    case MARK_DIAMOND: return "◆";
    case MARK_CROSS:   return "×";
    }
    return "?";
}

static void segment(Frame *f, const PlotItem *item, const double a[2],
                    const double b[2], int *phase)
{
    static const struct { int on, off; } dash[] = {
        [LINE_SOLID] = { 1, 0 }, [LINE_DASHED] = { 5, 3 },
        [LINE_DOTTED] = { 1, 2 }, [LINE_THIN] = { 1, 1 },
    };
    dots_line(&f->dots, item->ink, a, b, dash[item->line].on,
              dash[item->line].off, phase);
}

/* Through all places that can be drawn; a gap where one cannot. */
static void line(Frame *f, const PlotItem *item, const double *y)
{
    int    phase = 0;
    bool   begun = false;
    double last[2] = { 0, 0 };
    for (i64 i = 0; i < item->count; i++) {
        const double at[2] = { dot_x(f, item->x[i]), dot_y(f, y[i]) };
        const bool   drawn = plot_drawable(f->panel, item->x[i], y[i]);
        if (drawn && begun)
            segment(f, item, last, at, &phase);
        begun   = drawn;
        last[0] = at[0];
        last[1] = at[1];
    }
}

static void span(Frame *f, const PlotItem *item, double x1, double y1,
                 double x2, double y2)
{
    int          phase = 0;
    const double a[2] = { dot_x(f, x1), dot_y(f, y1) };
    const double b[2] = { dot_x(f, x2), dot_y(f, y2) };
    if (plot_drawable(f->panel, x1, y1) && plot_drawable(f->panel, x2, y2))
        segment(f, item, a, b, &phase);
}

static void points(Frame *f, const PlotItem *item)
{
    for (i64 i = 0; i < item->count; i++)
        if (plot_drawable(f->panel, item->x[i], item->y[i])) {
            const double x = dot_x(f, item->x[i]), y = dot_y(f, item->y[i]);
            if (item->kind == PLOT_CLOUD)
                dots_set(&f->dots, item->ink, (int)x, (int)y);
            else
                letter(f, item->ink, x, y, letter_of(item->mark));
        }
}

static void band(Frame *f, PlotItem edge)
{
    edge.line = LINE_DOTTED;
    line(f, &edge, edge.low);
    line(f, &edge, edge.high);
}

static void rule(Frame *f, PlotItem item)
{
    const PlotPanel *p = f->panel;
    item.line = LINE_THIN;
    if (item.kind == PLOT_RULE_Y)
        span(f, &item, p->x.low, item.y[0], p->x.high, item.y[0]);
    else
        span(f, &item, item.x[0], p->y.low, item.x[0], p->y.high);
}

/* A shade is told by where it begins. */
static void shade(Frame *f, PlotItem item)
{
    item.line = LINE_DOTTED;
    span(f, &item, item.x[0], f->panel->y.low, item.x[0], f->panel->y.high);
}

/* Lines first, so that letters stand before them. */
static void draw_lines(Frame *f, const PlotItem *item)
{
    switch (item->kind) {
    case PLOT_LINE: line(f, item, item->y); break;
    case PLOT_BAND: band(f, *item); break;
    case PLOT_SPAN_X:
    case PLOT_BAR:
        span(f, item, item->low[0], item->y[0], item->high[0], item->y[0]);
        break;
    case PLOT_SPAN_Y:
        span(f, item, item->x[0], item->low[0], item->x[0], item->high[0]);
        break;
    case PLOT_SHADE:  shade(f, *item); break;
    case PLOT_RULE_X:
    case PLOT_RULE_Y: rule(f, *item); break;
    case PLOT_CLOUD:  points(f, item); break;
    default: break;
    }
}

static void note(Frame *f, const PlotItem *item)
{
    const int wide = dots_width(item->text);
    const int back = item->anchor && strcmp(item->anchor, "end") == 0 ? wide
                   : item->anchor && strcmp(item->anchor, "middle") == 0
                       ? wide / 2 : 0;
    letter(f, INK_TEXT, dot_x(f, item->x[0]) - 2 * back,
           dot_y(f, item->y[0]), item->text);
}

static void draw_letters(Frame *f, const PlotItem *item)
{
    if (item->kind == PLOT_POINT)
        points(f, item);
    else if (item->kind == PLOT_NOTE && item->text
             && dots_width(item->text) <= NOTE_LETTERS)
        note(f, item);
}

/* -- Axes ------------------------------------------------------------------ */

static int label_width(const Axis *y, int rows)
{
    Tick      tick[TICKS_MAX];
    const int count = axis_ticks(tick, y, rows * CELL_Y, false);
    int       wide = 0;
    for (int i = 0; i < count; i++)
        wide = wide > dots_width(tick[i].text) ? wide
                                               : dots_width(tick[i].text);
    return wide;
}

static void axis_left(Frame *f)
{
    Tick      tick[TICKS_MAX];
    const int count = axis_ticks(tick, &f->panel->y, f->rows * CELL_Y, false);
    for (int row = 0; row < f->rows; row++)
        dots_text(&f->dots, INK_GREY, f->left - 1, row, "│");
    for (int i = 0; i < count; i++) {
        const int row = (int)dot_y(f, tick[i].value) / 4;
        if (!*tick[i].text || row < 0 || row >= f->rows)
            continue;
        dots_text(&f->dots, INK_GREY, f->left - 1, row, "┤");
        dots_text(&f->dots, INK_TEXT, f->left - 1 - dots_width(tick[i].text),
                  row, tick[i].text);
    }
}

static void axis_below(Frame *f)
{
    Tick      tick[TICKS_MAX];
    const int count = axis_ticks(tick, &f->panel->x, f->cols * CELL_X, true);
    dots_text(&f->dots, INK_GREY, f->left - 1, f->rows, "└");
    for (int col = 0; col < f->cols; col++)
        dots_text(&f->dots, INK_GREY, f->left + col, f->rows, "─");
    for (int i = 0; i < count; i++) {
        const int col  = (int)dot_x(f, tick[i].value) / 2;
        const int wide = dots_width(tick[i].text);
        if (!wide || col < f->left || col >= f->left + f->cols)
            continue;
        dots_text(&f->dots, INK_GREY, col, f->rows, "┬");
        const int most = f->dots.cols - wide;
        dots_text(&f->dots, INK_TEXT,
                  col - wide / 2 > most ? most : col - wide / 2, f->rows + 1,
                  tick[i].text);
    }
}

/* -- Panels and keys ------------------------------------------------------- */

static void panel_put(Str *out, const Plot *plot, int number, int cols,
                      int rows, bool color)
{
    Arena            arena = { 0 };
    const PlotPanel *panel = &plot->at[number];
    Frame f = { .panel = panel, .rows = rows,
                .left = label_width(&panel->y, rows) + 1 };
    f.dots = dots_open(&arena, cols, rows + 2);
    f.cols = cols - f.left - 1;
    for (i64 i = 0; i < plot->items; i++)
        if (plot->item[i].panel == number)
            draw_lines(&f, &plot->item[i]);
    for (i64 i = 0; i < plot->items; i++)
        if (plot->item[i].panel == number)
            draw_letters(&f, &plot->item[i]);
    axis_left(&f);
    axis_below(&f);

    if (panel->title)
        str_add(out, "\n%s\n", panel->title);
    str_add(out, "%s\n", panel->y.label ? panel->y.label : "");
    dots_put(out, &f.dots, color);
    const char *label = panel->x.label ? panel->x.label : "";
    const int   blank = cols - dots_width(label);
    str_add(out, "%*s%s\n", blank > 0 ? blank : 0, "", label);
    arena_free(&arena);
}

static void key_put(Str *out, Ink ink, const char *sign, const char *text,
                    bool color)
{
    Arena     arena = { 0 };
    const int cols  = dots_width(text) + 6;
    Dots      one   = dots_open(&arena, cols, 1);
    dots_text(&one, ink, 1, 0, sign);
    dots_text(&one, INK_TEXT, 5, 0, text);
    dots_put(out, &one, color);
    arena_free(&arena);
}

static const char *sign_of(const PlotKey *key)
{
    static const char *const dash[] = { [LINE_SOLID] = "━━━",
                                        [LINE_DASHED] = "╍╍╍",
                                        [LINE_DOTTED] = "┈┈┈",
                                        [LINE_THIN] = "───" };
    switch (key->kind) {
    case KEY_LINE:  return dash[key->line];
    case KEY_POINT: return letter_of(key->mark);
    case KEY_BAND:  return "┈┈┈";
    case KEY_HEAD:  break;
    }
    return "";
}

/* Words that stand beside their lines on a page are keys here. */
static void keys_put(Str *out, const Plot *plot, bool color)
{
    for (i64 i = 0; i < plot->items; i++)
        if (plot->item[i].kind == PLOT_TAG && plot->item[i].panel == 0)
            key_put(out, plot->item[i].ink, "━━━", plot->item[i].text, color);
    for (int i = 0; i < plot->keys; i++)
        if (plot->key[i].kind == KEY_HEAD)
            str_add(out, "%s\n", plot->key[i].text);
        else
            key_put(out, plot->key[i].ink, sign_of(&plot->key[i]),
                    plot->key[i].text, color);
}

void plot_terminal(Str *out, const Plot *plot, int cols, int rows, bool color)
{
    cols = cols < PLOT_COLS_LEAST ? PLOT_COLS_LEAST : cols;
    rows = rows < PLOT_ROWS_LEAST ? PLOT_ROWS_LEAST : rows;
    str_add(out, "%s\n", plot->title);
    for (int i = 0; i < plot->panels; i++)
        panel_put(out, plot, i, cols, rows, color);
    keys_put(out, plot, color);
}
