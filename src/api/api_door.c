/* api_door.c - in and out of the library: locale, errors, who holds what. */

#include "api/api.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- handles ----------------------------------------------------------- */

void *home_new(size_t bytes)
{
    Arena arena = { 0 };
    Home *home = arena_take(&arena, 1, (i64)bytes);
    home->arena = arena;
    atomic_init(&home->holders, 1);
    return home;
}

void home_hold(Home *home)
{
    atomic_fetch_add(&home->holders, 1);
}

void home_drop(Home *home)
{
    while (home && atomic_fetch_sub(&home->holders, 1) == 1) {
        Home *needs = home->needs;
        Arena arena = home->arena; /* the handle lies in it */
        arena_free(&arena);
        home = needs;
    }
}

/* ---- the door ---------------------------------------------------------- */

/* newlocale of "C" is a constant of the C library: nothing to free, and it
 * cannot fail. */
Door door_in(sl_error *error)
{
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return (Door){ .was = uselocale(c), .error = error, .kind = SL_OK };
}

static int kind_of(const Door *door)
{
    static const int kind[] = {
        [ERR_NONE] = SL_OK,      [ERR_USAGE] = SL_USAGE,
        [ERR_IO] = SL_IO,        [ERR_FORMAT] = SL_FORMAT,
        [ERR_REFUSED] = SL_REFUSED, [ERR_BUSY] = SL_BUSY,
    };
    return door->kind != SL_OK ? door->kind : kind[door->err.kind];
}

bool door_out(Door *door)
{
    const int kind = kind_of(door);
    uselocale(door->was);
    if (door->error) {
        door->error->kind = kind;
        memcpy(door->error->text, door->err.text, sizeof door->error->text);
        if (kind == SL_OK)
            door->error->text[0] = 0;
    }
    return kind == SL_OK;
}

void *door_give(Door *door, void *handle)
{
    if (door_out(door))
        return handle;
    home_drop(handle);
    return NULL;
}

bool door_given(Door *door, const void *what, const char *name)
{
    if (what)
        return true;
    return err_set(&door->err, ERR_USAGE, "%s is NULL; a value is expected",
                   name);
}

static const double SMALL = 1 << 20; /* not worth a call of the system */

/* By the system itself: compilers may take malloc and free for nothing. */
static bool machine_gives(size_t bytes)
{
    void *probe = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return probe != MAP_FAILED && munmap(probe, bytes) == 0;
}

bool door_room(Door *door, double items, double item_bytes, const char *what)
{
    const double bytes = items * item_bytes;
    if (bytes < SMALL || (bytes < 0x1p62 && machine_gives((size_t)bytes)))
        return true;
    door->kind = SL_MEMORY;
    return err_set(&door->err, ERR_USAGE, "%s: %.3g bytes are wanted, more "
                   "than the machine gives; ask for less", what, bytes);
}

TextList names_split(Arena *arena, const char *text)
{
    const char  *all  = text ? text : "";
    const char **item = NEW(arena, const char *, (i64)strlen(all) + 1);
    TextList     list = { 0, item };
    char *rest = arena_text(arena, all), *name;
    while ((name = strsep(&rest, ", ")))
        if (*name)
            item[list.count++] = name;
    return list;
}

_Static_assert(sizeof ((Err *)0)->text == sizeof ((sl_error *)0)->text,
               "texts are copied whole");

/* ---- what belongs to no handle ------------------------------------------ */

int sl_version(void)
{
    return SL_VERSION;
}

const char *sl_version_text(void)
{
    return SCALELAW_VERSION;
}

void sl_text_free(char *text)
{
    free(text);
}
