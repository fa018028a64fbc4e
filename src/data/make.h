/* make.h - from files to a shard, under the lock of its name: the part that
 * corpus_get and corpus_prepare share. */

#ifndef MAKE_H
#define MAKE_H

#include "data/corpus.h"
#include "data/pour.h"

/* Where the pieces of one corpus lie. */
typedef struct MakePaths {
    const char *dir, *shard, *text, *work, *lock, *cache;
} MakePaths;

MakePaths make_paths(Arena *arena, const char *data_dir, const char *name);

/* Hold the lock of the name: waits while another process has it, saying so;
 * then clears what a killed one left. */
bool make_lock(int *handle, const MakePaths *paths, Talk *talk, Err *err)
    MUST_USE;
void make_unlock(int handle, const MakePaths *paths);

/* Refuse where fewer bytes are free than will be needed. */
bool make_room(const MakePaths *paths, i64 bytes, Err *err) MUST_USE;

/* Whether the shard is there, whole, and of this split; `out` is open then. */
bool make_have(Shard *out, const MakePaths *paths, const CorpusRule *rule,
               Talk *talk);

typedef struct MakeText {
    const char       *name, *from; /* of the corpus; what to call the text */
    i64               count;   /* files */
    const char *const *path;
    i64               bytes;   /* of the files as they lie, for the progress */
    PourSteps         steps;
    bool              text;    /* refuse what is not text                    */
    const char       *sha256;  /* what it should be, or NULL                 */
    i64               expect;  /* its length then                            */
    bool              fixed;   /* refuse another text than that              */
    int               nyardstick; /* known of that text; gzip -9 is measured */
    const ShardYardstick *yardstick; /* of any other                         */
} MakeText;

/* Writes paths->shard. `about` brings name, source, licence, about and
 * stamp; the rest is measured. */
bool make_shard(const MakePaths *paths, const MakeText *text, Shard *about,
                const CorpusRule *rule, Talk *talk, Err *err) MUST_USE;

#endif
