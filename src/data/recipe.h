/* recipe.h - how to come by a corpus of the catalogue (corpora/NAME.corpus),
 * and how to know that it is the right one. */

#ifndef RECIPE_H
#define RECIPE_H

#include "data/pour.h"
#include "data/shard.h"
#include "data/source.h"
#include "data/walk.h"

typedef struct Recipe {
    const char *name, *about, *licence, *package, *sha256;
    i64         package_bytes, bytes; /* of the download, of the text        */
    bool        fixed;                /* another text than sha256 is refused */
    TextList    paths;                /* inside the package, no leading '/'  */
    WalkRule    rule;                 /* for those that are folders          */
    PourSteps   steps;                /* for each file                       */
    bool        made;                 /* drawn from a source: no package,    */
    SourceRule  source;               /* no paths, no steps                  */
    int            nyardstick;
    ShardYardstick yardstick[SHARD_YARDSTICKS_MAX];
} Recipe;

/* By name, or by the path of a .corpus file. */
bool recipe_load(Recipe *out, Arena *arena, const char *name, Err *err)
    MUST_USE;

int recipe_names(const char ***names, Arena *arena);

/* Whether the catalogue, or the user's own, has it. */
bool recipe_known(const char *name);

#endif
