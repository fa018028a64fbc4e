/* walk.h - which files of a folder are the text.
 *
 * Files are taken in the order of their whole paths, byte by byte, as `find |
 * LC_ALL=C sort` has them. Symbolic links are never followed, so a folder
 * cannot be walked for ever. What was left out is counted, to be said. */

#ifndef WALK_H
#define WALK_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

typedef struct WalkRule {
    TextList like;   /* shell patterns on the whole path; none: every file  */
    TextList unlike; /* and none of these                                   */
    bool     texts;  /* leave out hidden files, and files that are not text */
} WalkRule;

typedef struct Walk {
    i64          count, bytes; /* files taken, and their length as they lie */
    const char **path;
    u64          stamp;        /* of all paths, lengths and times           */
    i64          unmatched, hidden, links, binary, empty, unreadable, other;
    const char  *binary_first, *unreadable_first;
} Walk;

/* `path` is a folder, or one file (to which no rule applies). */
bool walk(Walk *out, Arena *arena, const char *path, const WalkRule *rule,
          Err *err) MUST_USE;

/* "2 binary (first: a/b.png), 1 symbolic link", or NULL if all was taken. */
const char *walk_left_out(Arena *arena, const Walk *walk);

#endif
