/* cmd_export.c - `scalelaw export`: a trained model for other programs. */

#include "cli/cmd.h"

#include "base/opt.h"
#include "cli/export_model.h"

#include <stdio.h>
#include <string.h>

typedef struct Export {
    TextList    named;
    const char *format, *out;
} Export;

static bool read_opts(Export *e, Arena *arena, int argc, char **argv,
                      bool *helped, Err *err)
{
    const Opt opt[] = {
        { "format", "NAME", "safetensors", .text = &e->format },
        { "out", "DIR", "folder for the files", .text = &e->out },
    };
    const OptTable table = {
        .command  = "scalelaw export",
        .about    = "Write a trained model as transformers loads it.",
        .opt      = opt, .nopt = COUNT_OF(opt),
        .operands = "[[STUDY] RUN]", .rest = &e->named, .arena = arena,
    };
    *e = (Export){ .format = "safetensors" };
    if (!opt_flags(&table, argc, argv, helped, err) || *helped)
        return *helped;
    if (strcmp(e->format, "safetensors") != 0)
        return err_set(err, ERR_USAGE, "format: '%s' is not known; there is "
                       "safetensors", e->format);
    return e->out
        || err_set(err, ERR_USAGE, "--out=DIR is not given: where to write it");
}

bool cmd_export(int argc, char **argv, Err *err)
{
    Arena       arena = { 0 };
    Export      e;
    Chosen      chosen;
    const char *family;
    bool        helped = false;
    bool        ok = read_opts(&e, &arena, argc, argv, &helped, err);
    if (ok && !helped) {
        ok = chosen_find(&chosen, &arena, &e.named, "auto", err)
          && export_write(e.out, &arena, &chosen, &family, err);
        if (ok)
            printf("%s: run %s at step %lld, as %s\n", e.out, chosen.run.id,
                   (long long)chosen.model.step, family);
    }
    arena_free(&arena);
    return ok;
}
