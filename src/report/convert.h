/* convert.h - a study's figures as PDF and PNG, made from the SVG files that a
 * report has written, by rsvg-convert (librsvg, Debian's librsvg2-bin).
 *
 * PNG is twice the size of the SVG, on white; PDF keeps lines and letters. */

#ifndef CONVERT_H
#define CONVERT_H

#include "base/conf.h"
#include "base/err.h"

/* formats: "pdf", "png"; refused in words if it is another, or if there is no
 * rsvg-convert. *count: files written. */
bool convert_check(const TextList *formats, Err *err) MUST_USE;
bool convert_figures(i64 *count, const char *study_dir,
                     const TextList *formats, Err *err) MUST_USE;

#endif
