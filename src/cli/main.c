/* main.c - which command, and what its failure means to the shell.
 *
 * Below main nothing prints an error and nothing exits: the text arrives here,
 * is printed once, and its kind is the exit status that the man page promises. */

#include "base/conf.h"
#include "cli/cmd.h"
#include "kern/kern.h"

#include <errno.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const Cmd command[] = {
#define CMD(name, about) { #name, about, cmd_##name },
#include "cli/cmd_list.h"
#undef CMD
};

static void help(FILE *out)
{
    fputs("scalelaw COMMAND [options]\n"
          "How large a model, on how much data, for this budget, and how sure "
          "are we?\n\n", out);
    for (int i = 0; i < COUNT_OF(command); i++)
        fprintf(out, "  %-9s %s\n", command[i].name, command[i].about);
    fputs("\nscalelaw COMMAND --help shows the options of a command; "
          "man scalelaw the rest.\n", out);
}

static void version(void)
{
#ifdef __clang__
    const char *compiler = __VERSION__; /* begins with its name */
#else
    const char *compiler = "gcc " __VERSION__;
#endif
    printf("scalelaw %s\n", SCALELAW_VERSION);
    printf("code     %s\n", SCALELAW_CODE);
    printf("built    %s, %s\n", SCALELAW_BUILD, compiler);
    printf("kernels ");
    for (int i = 0; i < kern_count(); i++)
        if (strcmp(kern_at(i)->dtype, "fp32") == 0)
            printf(" %s%s", kern_at(i)->name,
                   kern_at(i) == kern_best("fp32") ? " (used here)"
                   : kern_at(i)->usable()          ? ""
                                          : " (not on this processor)");
    putchar('\n');
}

static bool unknown(const char *word, Err *err)
{
    const char *names[COUNT_OF(command)];
    for (int i = 0; i < COUNT_OF(command); i++)
        names[i] = command[i].name;
    const char *near = conf_nearest(word, names, COUNT_OF(command));
    if (near)
        return err_set(err, ERR_USAGE, "not a command; did you mean scalelaw "
                       "%s?", near);
    return err_set(err, ERR_USAGE, "not a command; scalelaw --help lists them");
}

static bool dispatch(int argc, char **argv, Err *err)
{
    for (int i = 0; i < COUNT_OF(command); i++)
        if (!strcmp(argv[0], command[i].name))
            return command[i].run(argc, argv, err);
    return unknown(argv[0], err);
}

/* What was printed may still wait in the buffer; a full disk shows here. */
static bool flush(Err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return err_set(err, ERR_IO, "standard output: cannot be written: %s",
                   strerror(errno));
}

int main(int argc, char **argv)
{
    /* A reader that has had enough (`| head`) ends the program quietly. */
    signal(SIGPIPE, SIG_DFL);
    if (argc < 2) {
        help(stderr);
        return err_exit(ERR_USAGE);
    }

    const char *word = argv[1];
    Err         err = { 0 };
    bool        done = true;
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
        help(stdout);
    else if (!strcmp(word, "--version"))
        version();
    else
        done = dispatch(argc - 1, argv + 1, &err);
    if (done)
        done = flush(&err);
    if (!done)
        fprintf(stderr, "scalelaw %s: %s\n", word, err.text);
    /* The pool's threads end before the process does: a leak checker that
     * looks at a thread in the middle of its end may fall over it. */
    omp_pause_resource_all(omp_pause_hard);
    return done ? 0 : err_exit(err.kind);
}
