/* opt.h - one table of options serves the command line, the configuration
 * file, the help text, printing and hashing.
 *
 *     const Opt opts[] = {
 *         { "train.lr", "X", "peak learning rate", .real = &config.lr },
 *         ...
 *     };
 *     OptTable table = { .command = "train", .about = "...", .opt = opts,
 *                        .nopt = COUNT_OF(opts) };
 *     opt_file(&table, "x.study", &err);      first the file,
 *     opt_flags(&table, argc, argv, &err);    then --key=value wins
 *
 * A configuration file is a small part of TOML:
 *
 *     # a comment
 *     name = "demo"
 *     [train]                     keys below are train.KEY
 *     lr       = 3e-4             a number; 70_000 and 70e3 are numbers
 *     cosine   = true
 *     budgets  = [1e11, 3e11]     a list may go over several lines
 *     sizes    = ["2x16", "2x32"]
 *
 * It is read by base/conf.h, which says exactly what it may hold; files whose
 * sections no table can foresee ([param.E]) use that reader directly.
 *
 * Errors name file, line, key and what was expected: an unknown key (with the
 * nearest known one), a wrong type, a key given twice. Flags: --key=value,
 * --key value, --flag, --no-flag; `--` ends them. The part of a dotted name
 * after the last dot may be used alone on the command line where it is
 * unambiguous. Exactly one of the targets of an Opt is set. */

#ifndef OPT_H
#define OPT_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdio.h>

typedef struct Opt {
    const char  *name; /* "train.lr" */
    const char  *unit; /* what help shows for the value: "N", "FILE", "X" */
    const char  *help;
    const char **text;
    double      *real;
    i64         *count; /* whole number; 1e6 and 70M accepted */
    bool        *flag;
    RealList    *reals;
    TextList    *texts;
    bool         unhashed; /* does not change what is computed: a path, threads */
} Opt;

typedef struct OptTable {
    const char *command; /* "scalelaw train"; for messages and help */
    const char *about;   /* one sentence                            */
    const Opt  *opt;
    int         nopt;
    const char *operands;     /* "[FILE]" for the usage line, or NULL    */
    TextList   *rest;         /* receives operands; NULL refuses them    */
    Arena      *arena;        /* where texts and lists live              */
} OptTable;

bool opt_file(const OptTable *table, const char *path, Err *err) MUST_USE;

/* The same from text in memory; `name` stands for the path in messages. */
bool opt_parse(const OptTable *table, const char *text, const char *name,
               Err *err) MUST_USE;

/* The same from a list of entries, some of a file's for instance. */
bool opt_conf(const OptTable *table, const Conf *conf, Err *err) MUST_USE;

/* argv[0] is skipped. With --help, prints it and sets *helped. */
bool opt_flags(const OptTable *table, int argc, char **argv, bool *helped,
               Err *err) MUST_USE;

void opt_help(const OptTable *table, FILE *out);

/* All options as a configuration file that opt_file reads back; with
 * `hashed_only` without those marked unhashed. Numbers in %.17g. */
void opt_print(const OptTable *table, bool hashed_only, Str *out);
const char *opt_text(const OptTable *table, bool hashed_only); /* its arena */

/* "70B" -> 7e10, "1.4T", "2.5e3", "10k", "3_000"; false if not a number. */
bool opt_number(double *out, const char *text);

#endif
