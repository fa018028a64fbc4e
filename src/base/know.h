/* know.h - the knowledge that ships with the program: laws, corpora, studies,
 * hardware. Each is a small text file, embedded in the binary at build time;
 * a file of the user's own comes first.
 *
 *     know_load(&text, &path, &arena, "laws", "chinchilla", ".law", &err)
 *
 * looks for, in this order: a path as given (if the name has a '/' or ends
 * in the extension), $SCALELAW_DATA/laws/chinchilla.law, the embedded
 * laws/chinchilla.law. An unknown name fails and lists what there is. */

#ifndef KNOW_H
#define KNOW_H

#include "base/arena.h"
#include "base/err.h"

typedef struct KnowFile {
    const char *path; /* "laws/chinchilla.law" */
    const u8   *bytes;
    i64         count;
} KnowFile;

/* Made by the build (tools/embed) from laws/ corpora/ studies/ hardware/. */
extern const KnowFile know_file[];
extern const int      know_count;

bool know_load(const char **text, const char **path, Arena *arena,
               const char *folder, const char *name, const char *ending,
               Err *err) MUST_USE;

/* Names (without folder and ending) of all embedded files of a folder. */
int know_names(const char ***names, Arena *arena, const char *folder,
               const char *ending);

#endif
