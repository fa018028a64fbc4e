/* import_sheet.c - see import_sheet.h. Columns are found by a hash of their
 * names, after a look at the one behind the last: rows mostly repeat the order
 * of the row before. */

#include "store/import_sheet.h"

#include "base/conf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    POOL_BYTES = 1 << 16,
    CELLS_MAX  = 1 << 27, /* a gigabyte of numbers */
};

typedef struct Column {
    const char  *name;
    i64          name_size;
    double      *real;  /* [room], set up to filled; NaN where absent  */
    const char **text;  /* [room] or NULL: as it stood; NULL where not */
    i64          room, filled;
    bool         wordy; /* some text is no number */
} Column;

struct Sheet {
    Arena  *arena;
    Column *column;
    int     ncolumn, column_room, next;
    int    *slot; /* column + 1; [nslot], a power of two */
    int     nslot;
    i64    *line;
    i64     nrow, row_room;
    i64     cells; /* room for so many in all columns */
    bool    full;  /* that would be more than CELLS_MAX */
    char   *pool, *pool_end;
};

static void *grown(void *old, i64 count, size_t item)
{
    void *now = realloc(old, (size_t)count * item);
    if (!now) {
        fprintf(stderr, "scalelaw: no memory for a table of %lld cells\n",
                (long long)count);
        abort();
    }
    return now;
}

Sheet *sheet_open(Arena *arena)
{
    Sheet *s = grown(NULL, 1, sizeof *s);
    *s = (Sheet){ .arena = arena, .nslot = 64 };
    s->slot = grown(NULL, s->nslot, sizeof *s->slot);
    memset(s->slot, 0, (size_t)s->nslot * sizeof *s->slot);
    return s;
}

void sheet_free(Sheet *s)
{
    for (int c = 0; c < s->ncolumn; c++) {
        free(s->column[c].real);
        free(s->column[c].text);
    }
    free(s->column);
    free(s->slot);
    free(s->line);
    free(s);
}

/* Small texts lie together: the arena gives each call a line of its own. */
static char *kept(Sheet *s, const char *text, i64 size)
{
    if (s->pool_end - s->pool <= size) {
        const i64 room = i64_max(size + 1, POOL_BYTES);
        s->pool = NEW(s->arena, char, room);
        s->pool_end = s->pool + room;
    }
    char *at = s->pool;
    memcpy(at, text, (size_t)size);
    at[size] = 0;
    s->pool += size + 1;
    return at;
}

void sheet_row(Sheet *s, i64 line)
{
    if (s->nrow == s->row_room) {
        s->row_room = i64_max(256, 2 * s->row_room);
        s->line = grown(s->line, s->row_room, sizeof *s->line);
    }
    s->line[s->nrow++] = line;
    s->next = 0;
}

void sheet_drop_row(Sheet *s)
{
    s->nrow--;
    for (int c = 0; c < s->ncolumn; c++)
        s->column[c].filled = i64_min(s->column[c].filled, s->nrow);
}

i64 sheet_rows(const Sheet *s)
{
    return s->nrow;
}

static bool is_named(const Column *column, const char *name, i64 size)
{
    return column->name_size == size
           && !memcmp(column->name, name, (size_t)size);
}

static u64 hash(const char *name, i64 size)
{
    u64 h = 0xcbf29ce484222325u; /* FNV-1a */
    for (i64 i = 0; i < size; i++)
        h = (h ^ (u8)name[i]) * 0x100000001b3u;
    return h ^ (h >> 31);
}

/* The slot of that name, or the free one where it belongs. */
static int *slot_of(const Sheet *s, const char *name, i64 size)
{
    u64 at = hash(name, size);
    for (;; at++) {
        int *slot = &s->slot[at & (u64)(s->nslot - 1)];
        if (!*slot || is_named(&s->column[*slot - 1], name, size))
            return slot;
    }
}

static void slots_double(Sheet *s)
{
    s->nslot *= 2;
    s->slot = grown(s->slot, s->nslot, sizeof *s->slot);
    memset(s->slot, 0, (size_t)s->nslot * sizeof *s->slot);
    for (int c = 0; c < s->ncolumn; c++)
        *slot_of(s, s->column[c].name, s->column[c].name_size) = c + 1;
}

static int column_add(Sheet *s, const char *name, i64 size)
{
    if (2 * s->ncolumn >= s->nslot)
        slots_double(s);
    if (s->ncolumn == s->column_room) {
        s->column_room = s->column_room ? 2 * s->column_room : 32;
        s->column = grown(s->column, s->column_room, sizeof *s->column);
    }
    int *slot = slot_of(s, name, size);
    s->column[s->ncolumn] = (Column){ .name = kept(s, name, size),
                                      .name_size = size };
    return *slot = ++s->ncolumn;
}

/* Room in a column for the last row; false where the sheet is full. */
static bool room_make(Sheet *s, Column *column)
{
    if (column->room >= s->nrow)
        return true;
    const i64 room = i64_max(64, i64_max(2 * column->room, s->nrow));
    s->full |= s->cells + room - column->room > CELLS_MAX;
    if (s->full)
        return false;
    s->cells += room - column->room;
    column->room = room;
    column->real = grown(column->real, room, sizeof(double));
    if (column->text)
        column->text = grown(column->text, room, sizeof(char *));
    return true;
}

/* The column of that name with room for the last row, all before it set; NULL
 * where the sheet is full. */
static Column *column_at(Sheet *s, const char *name, i64 size)
{
    int c = s->next;
    if (c >= s->ncolumn || !is_named(&s->column[c], name, size)) {
        const int found = *slot_of(s, name, size);
        c = (found ? found : column_add(s, name, size)) - 1;
    }
    s->next = c + 1;

    Column *column = &s->column[c];
    if (!room_make(s, column))
        return NULL;
    for (; column->filled < s->nrow; column->filled++) {
        column->real[column->filled] = NAN;
        if (column->text)
            column->text[column->filled] = NULL;
    }
    return column;
}

void sheet_real(Sheet *s, const char *name, i64 size, double value)
{
    Column *column = column_at(s, name, size);
    if (!column)
        return;
    column->real[s->nrow - 1] = value;
    if (column->text)
        column->text[s->nrow - 1] = NULL;
}

void sheet_text(Sheet *s, const char *name, i64 size, const char *text,
                i64 text_size)
{
    double  value;
    Column *column = column_at(s, name, size);
    if (!column)
        return;
    if (!column->text) {
        column->text = grown(NULL, column->room, sizeof(char *));
        memset(column->text, 0, (size_t)column->filled * sizeof(char *));
    }
    const char *own = kept(s, text, text_size);
    const bool  is_number = conf_number(&value, own);
    column->text[s->nrow - 1] = own;
    column->real[s->nrow - 1] = is_number ? value : NAN;
    column->wordy |= !is_number && *own;
}

/* ---- the table ---------------------------------------------------------- */

static const char *number_text(Sheet *s, double value)
{
    char text[32];
    if (isnan(value))
        return "";
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value)
        snprintf(text, sizeof text, "%.17g", value);
    return kept(s, text, (i64)strlen(text));
}

static void text_out(Table *out, Sheet *s, const Column *column)
{
    const char **text = NEW(s->arena, const char *, s->nrow);
    for (i64 row = 0; row < s->nrow; row++)
        text[row] = row >= column->filled ? ""
                    : column->text[row]   ? column->text[row]
                                          : number_text(s, column->real[row]);
    out->text_name[out->ntext] = column->name;
    out->text[out->ntext++] = text;
}

static void number_out(Table *out, Sheet *s, const Column *column)
{
    bool any = false;
    for (i64 row = 0; row < column->filled && !any; row++)
        any = !isnan(column->real[row]);
    if (!any)
        return;
    double *real = NEW(s->arena, double, s->nrow);
    for (i64 row = 0; row < s->nrow; row++)
        real[row] = row < column->filled ? column->real[row] : NAN;
    out->name[out->ncol] = column->name;
    out->column[out->ncol++] = real;
}

static void labels_out(Table *out, Sheet *s, const char *path)
{
    char text[24];
    const i64 size = (i64)strlen(path);
    char *whole = NEW(s->arena, char, size + 24);
    memcpy(whole, path, (size_t)size);
    for (i64 row = 0; row < s->nrow; row++) {
        const int digits = snprintf(text, sizeof text, ":%lld",
                                    (long long)s->line[row]);
        memcpy(whole + size, text, (size_t)digits + 1);
        out->label[row] = s->line[row] ? kept(s, whole, size + digits) : path;
    }
}

bool sheet_close(Table *out, Sheet *s, const char *path, Err *err)
{
    const bool fits = !s->full && (s->ncolumn == 0
                                   || s->nrow <= CELLS_MAX / s->ncolumn);
    *out = (Table){ .nrow = s->nrow };
    if (fits) {
        out->name = NEW(s->arena, const char *, s->ncolumn);
        out->column = NEW(s->arena, double *, s->ncolumn);
        out->text_name = NEW(s->arena, const char *, s->ncolumn);
        out->text = NEW(s->arena, const char **, s->ncolumn);
        out->label = NEW(s->arena, const char *, s->nrow);
        labels_out(out, s, path);
        for (int c = 0; c < s->ncolumn; c++) {
            number_out(out, s, &s->column[c]);
            if (s->column[c].wordy)
                text_out(out, s, &s->column[c]);
        }
    } else {
        err_set(err, ERR_FORMAT, "%s: %lld rows with %d different names in "
                "them; is this a table of runs? give it in parts", path,
                (long long)s->nrow, s->ncolumn);
    }
    sheet_free(s);
    return fits;
}
