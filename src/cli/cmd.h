/* cmd.h - the commands. One file cmd_NAME.c and one row in cmd_list.h each;
 * main, help, the man page check and the tests walk the list. */

#ifndef CMD_H
#define CMD_H

#include "base/err.h"

typedef struct Cmd {
    const char *name, *about;
    /* argv[0] is the command's name. Data to stdout, progress to stderr. */
    bool (*run)(int argc, char **argv, Err *err);
} Cmd;

#define CMD(name, about) bool cmd_##name(int argc, char **argv, Err *err);
#include "cli/cmd_list.h"
#undef CMD

#endif
