/* err.h - how a function says that it could not do what it was asked.
 *
 * Three things can go wrong, and each has a road of its own:
 *
 *   a bug      the code contradicts itself        assert(), which stays on in
 *                                                 release builds
 *   a failure  the world said no: a file is       return false and fill the Err
 *              missing, the disk is full
 *   a finding  the mathematics said no: a run     a named value in the result:
 *              diverged, a fit did not settle     it is data, and it is kept
 *
 * A function that can fail takes `Err *err` last, returns bool, and is
 * MUST_USE. A text names the thing first and the remedy last, has no newline
 * and no full stop at its end. Each floor may put in front what only it knows:
 *
 *     if (!shard_open(&shard, path, err))
 *         return err_add(err, "run %s", id);
 *
 * main prints the text once and exits with err_exit(kind). */

#ifndef ERR_H
#define ERR_H

#include "base/base.h"

typedef enum ErrKind {
    ERR_NONE,
    ERR_USAGE,   /* command line or configuration asks what cannot be: exit 2 */
    ERR_IO,      /* the operating system refused: exit 1                      */
    ERR_FORMAT,  /* a file is not what it should be: exit 1                   */
    ERR_REFUSED, /* the data cannot answer what was asked of a fit: exit 3    */
    ERR_BUSY,    /* another process has it, try again later: exit 75          */
} ErrKind;

typedef struct Err {
    ErrKind kind;
    char    text[1024];
} Err;

/* Both always return false, so that failing is one line. */
bool err_set(Err *err, ErrKind kind, const char *format, ...) PRINTF(3, 4);
bool err_add(Err *err, const char *format, ...) PRINTF(2, 3);

/* The exit status that the man page promises for this kind. */
int err_exit(ErrKind kind);

#endif
