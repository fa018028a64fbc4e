/* api.h - what stands behind the handles of scalelaw.h: private to this room.
 *
 * Each public function is a door: it turns the locale to "C" for this thread,
 * works with the rooms of the program, and turns it back, so that the rooms
 * need not know that they are in somebody else's process. A handle lies in its
 * own arena and counts its holders: a fit holds its law, which may then be
 * freed before it. */

#ifndef API_H
#define API_H

#include "fit/isoflop.h"
#include "plan/plan.h"

#include <locale.h>
#include <scalelaw.h>
#include <stdatomic.h>

/* ---- api_door.c -------------------------------------------------------- */

typedef struct Home { /* first in every handle */
    Arena        arena;
    atomic_int   holders;
    struct Home *needs; /* held until this one goes */
} Home;

/* A handle of `bytes`, zeroed, held once. */
void *home_new(size_t bytes);
void  home_hold(Home *home);
void  home_drop(Home *home); /* NULL is nothing */

typedef struct Door {
    locale_t  was;
    sl_error *error; /* NULL: the caller does not ask */
    Err       err;
    int       kind;  /* SL_MEMORY, which the rooms do not know; else SL_OK */
} Door;

Door door_in(sl_error *error);

/* Out again: true if nothing failed. */
bool door_out(Door *door);

/* The same, with a new handle: NULL, and it is dropped, if something failed. */
void *door_give(Door *door, void *handle);

/* What callers give: false with words where it is NULL. */
bool door_given(Door *door, const void *what, const char *name);

/* Whether the machine has so many items at all: sizes are asked here before an
 * arena, which ends the program, is asked for them. */
bool door_room(Door *door, double items, double item_bytes, const char *what);

/* "alpha,beta" as a list; NULL and "" as an empty one. */
TextList names_split(Arena *arena, const char *text);

/* ---- handles ----------------------------------------------------------- */

struct sl_table { Home home; Table table; Str notes; };
struct sl_law   { Home home; const Law *law; };
struct sl_fit   { Home home; Fit fit; };
struct sl_plan  { Home home; Plan plan; };
struct sl_frontier { Home home; Frontier frontier; double level; };

typedef struct Pin   { const char *param; double value; } Pin;
typedef struct Bound { const char *param; double low, high; } Bound;

enum { CHANGES_MAX = 2 * LAW_PARAMS_MAX };

struct sl_options {
    Home        home;
    FitOptions  fit;
    int         npin, nbound;
    Pin         pin[CHANGES_MAX];
    Bound       bound[CHANGES_MAX];
    const char *group; /* column; NULL: none */
    TextList    own;
};

/* The law and table that the options make of these. */
bool options_apply(const Law **law, Table *runs, Arena *arena,
                   const sl_options *options, Err *err);
FitOptions options_fit(const sl_options *options);

#endif
