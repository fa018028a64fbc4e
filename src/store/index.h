/* index.h - SQLite over the run records: quick to ask, safe to delete.
 *
 * STUDY/index.sqlite has one table `runs`, a column a field of run.json, and
 * is rebuilt from the folders alone (`scalelaw runs index`). */

#ifndef INDEX_H
#define INDEX_H

#include "store/run.h"

/* Rebuild from runs_dir into db_path, atomically (new file, then rename). */
bool index_build(i64 *indexed, Str *broken, const char *db_path,
                 const char *runs_dir, Err *err) MUST_USE;

/* Ids for which the SQL condition holds, in its order:
 * where = "val_loss < 2 order by flop". NULL: all. */
bool index_ids(char ***ids, i64 *count, Arena *arena, const char *db_path,
               const char *where, Err *err) MUST_USE;

#endif
