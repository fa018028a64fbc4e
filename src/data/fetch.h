/* fetch.h - a Debian package as a folder, without root and without installing:
 * apt-get download (which checks the signed checksum), dpkg-deb -x. */

#ifndef FETCH_H
#define FETCH_H

#include "base/arena.h"
#include "base/err.h"
#include "data/talk.h"

/* Unpack `package` into the folder `to`, which is made. The .deb is kept in
 * `cache` and used again; one that somebody put there will do as well, so a
 * machine without network can be served by hand. `source` receives "Debian
 * package NAME VERSION". `work` is a scratch folder, made here. */
bool fetch_package(const char **source, Arena *arena, const char *package,
                   i64 bytes, const char *cache, const char *work,
                   const char *to, Talk *talk, Err *err) MUST_USE;

/* A folder and all in it, if it is there. */
void fetch_remove(const char *path);

#endif
